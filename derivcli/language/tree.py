"""SymPy nodes built as typed: n-ary, in order, never evaluated.

SymPy's own constructors sort, merge and cancel, and `x/x` would lose its hole; so the nodes are made below
them, by `Basic.__new__`. Division is a factor to the power -1 and subtraction a term times -1, as everywhere
in SymPy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import count
from typing import Any, TypeAlias, TypeVar

import sympy
from sympy.core.basic import Basic
from sympy.functions.elementary.piecewise import ExprCondPair

from derivcli.language.bound_variables import Binder, BoundVariable, free_symbols
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FUNCTIONS

Tree: TypeAlias = Basic
"""Any SymPy node, expression or condition."""

Made = TypeVar("Made")

LEFT_OUT = ""
"""The name of the variable of a derivative that names none."""

MINUS_ONE = sympy.S.NegativeOne
NUMBERS: dict[str, Tree] = {"pi": sympy.pi, "e": sympy.E, "E": sympy.E}

RELATIONS: dict[str, type[Tree]] = {
    "<": sympy.StrictLessThan, "<=": sympy.LessThan, ">": sympy.StrictGreaterThan, ">=": sympy.GreaterThan,
    "==": sympy.Equality, "!=": sympy.Unequality,
}  # fmt: skip
SIGN_OF = {kind: sign for sign, kind in RELATIONS.items()}


class Choice(sympy.Piecewise):  # type: ignore[misc]
    """A Piecewise that stays as it is: SymPy's would rearrange its conditions, solve them, and get some wrong."""

    def __new__(cls, *pairs: Tree) -> Choice:
        """The pairs, unevaluated."""
        choice: Choice = Basic.__new__(cls, *pairs)
        return choice

    def _eval_derivative(self, variable: Tree) -> Tree:
        return piecewise([(pair.expr.diff(variable), pair.cond) for pair in self.args])

    def _eval_power(self, exponent: Tree) -> None:
        return None


class Derivative(sympy.Expr):  # type: ignore[misc]
    """The derivative of its first part by its second, a symbol, still to be taken; no formula that is read has one.

    `in_place` takes one. It is in `language.derivatives`: it takes the parser, which makes some.
    """

    is_commutative = True
    in_place: Callable[[Tree, Tree], Tree]

    def _sympystr(self, printer: Any) -> str:
        """For SymPy's printer, which takes the class for its own of that name."""
        return f"d/d{printer.doprint(self.args[1])}[{printer.doprint(self.args[0])}]"


class CallNode(sympy.Function):  # type: ignore[misc]
    """A call of a row that SymPy has no class for.

    Its `fdiff`, which SymPy asks for derivatives, is in `functions.formulas`: it takes the parser, which makes calls.
    """

    is_real = True


class PartialDerivative(Derivative):
    """One of a function of several variables."""


def symbol(name: str) -> sympy.Symbol:
    """The real variable of that name."""
    return sympy.Symbol(name, real=True)


def bound_variable(kind: type[BoundVariable], name: str) -> BoundVariable:
    """The variable of that name that a binder binds."""
    return kind(name, real=True)


def number(value: Fraction) -> Tree:
    """An exact number."""
    return sympy.Rational.from_coprime_ints(value.numerator, value.denominator)


def constant(name: str) -> Tree:
    """The number that a name of the language stands for."""
    return multiply([sympy.Integer(2), sympy.pi]) if name == "tau" else NUMBERS[name]


def add(terms: Sequence[Tree]) -> Tree:
    """The sum of the terms, in their order."""
    return made(sympy.Add, terms)


def multiply(factors: Sequence[Tree]) -> Tree:
    """The product of the factors, in their order."""
    return made(sympy.Mul, factors)


def power(base: Tree, exponent: Tree) -> Tree:
    """base ** exponent."""
    return made(sympy.Pow, (base, exponent))


def reciprocal(base: Tree) -> Tree:
    """1 / base, as a factor."""
    return made(sympy.Pow, (base, MINUS_ONE))


def negative(tree: Tree) -> Tree:
    """The tree with its sign changed: a number of its own, else the product of -1 and the tree."""
    return -tree if isinstance(tree, sympy.Rational) else multiply([MINUS_ONE, tree])


def negated(node: Tree) -> Tree | None:
    """What a product of -1 and one factor, no number, changes the sign of; None for any other node."""
    if not isinstance(node, sympy.Mul) or len(node.args) != 2 or node.args[0] is not MINUS_ONE:
        return None
    return None if isinstance(node.args[1], sympy.Rational) else node.args[1]


def divisor(node: Tree) -> Tree | None:
    """The base of a power to -1; None for any other node."""
    if isinstance(node, sympy.Pow) and node.args[1] is MINUS_ONE:
        return node.args[0]
    return None


def call(row: Function, arguments: Sequence[Tree]) -> Tree:
    """The row's function of the arguments."""
    if row.name == "sqrt":
        return made(sympy.Pow, (arguments[0], sympy.S.Half))
    return made(class_of(row), arguments)


def derivative(tree: Tree, by: Tree, is_partial: bool = False) -> Tree:
    """The derivative of `tree` by a symbol, still to be taken."""
    return made(PartialDerivative if is_partial else Derivative, (tree, by))


def piecewise(pairs: Sequence[tuple[Tree, Tree]]) -> Tree:
    """The value of the first pair whose condition holds."""
    return Basic.__new__(Choice, *[Basic.__new__(ExprCondPair, value, where) for value, where in pairs])


def relation(operator: str, left: Tree, right: Tree) -> Tree:
    """A comparison of two expressions."""
    return Basic.__new__(RELATIONS[operator], left, right)


def all_of(conditions: Sequence[Tree]) -> Tree:
    """The conjunction, which a single condition is by itself, and none is true."""
    return Basic.__new__(sympy.And, *conditions) if len(conditions) > 1 else (*conditions, sympy.true)[0]


def any_of(conditions: Sequence[Tree]) -> Tree:
    """The disjunction."""
    return Basic.__new__(sympy.Or, *conditions)


def negation(condition: Tree) -> Tree:
    """The opposite."""
    return Basic.__new__(sympy.Not, condition)


def truth(value: bool) -> Tree:
    """True or False as a condition."""
    return sympy.true if value else sympy.false


def substitute(tree: Tree, replacements: Mapping[Tree, Tree]) -> Tree:
    """`tree` with symbols replaced, its shape kept; SymPy's own `xreplace` would evaluate on the way.

    What a binder binds stays what it is, and gets another name where a replacement brings in a symbol of its name.
    """

    def make(node: Tree, parts: list[Tree]) -> Tree:
        if isinstance(node, Binder):
            return _substituted_binder(node, replacements)
        return node if parts == list(node.args) else rebuild(node, parts)

    return fold(tree, make, replacements, stop_at=Binder)


def _substituted_binder(node: Tree, replacements: Mapping[Tree, Tree]) -> Tree:
    body, bound, lower, upper = node.args
    free = free_symbols(body)
    inside = {key: value for key, value in replacements.items() if key in free and key != bound}
    brought = {each.name for value in inside.values() for each in free_symbols(value)}
    if bound.name in brought:
        taken = brought | {each.name for each in free}
        fresh = type(bound)(free_name(bound.name, taken), real=True)
        inside[bound], bound = fresh, fresh
    bounds = [substitute(each, replacements) for each in (lower, upper)]
    return rebuild(node, [substitute(body, inside) if inside else body, bound, *bounds])


def named_apart(node: Tree) -> Tree:
    """A binder whose variable has another name than all that its body holds besides."""
    body, bound, *bounds = node.args
    taken = {each.name for each in free_symbols(body) if each != bound}
    if bound.name not in taken:
        return node
    fresh = type(bound)(free_name(bound.name, taken), real=True)
    return rebuild(node, [substitute(body, {bound: fresh}), fresh, *bounds])


def free_name(name: str, taken: Iterable[str]) -> str:
    """A name like this one that is not taken: k1, k2, ..."""
    stem = name.rstrip("0123456789")
    return next(made for made in (f"{stem}{number}" for number in count(1)) if made not in {*taken})


def expansions(definitions: Iterable[Any]) -> dict[Tree, Tree]:
    """What the names of definitions stand for, without each other."""
    found: dict[Tree, Tree] = {}
    for definition in definitions:
        found[symbol(definition.name)] = substitute(definition.tree, found)
    return found


def without_zero_products(tree: Tree) -> Tree:
    """`tree` with whole numbers computed and products with a factor 0 left out, else in its shape."""

    def make(node: Tree, parts: list[Tree]) -> Tree:
        if isinstance(node, sympy.Mul) and sympy.S.Zero in parts:
            return sympy.S.Zero
        if isinstance(node, sympy.Add | sympy.Mul) and all(part.is_Integer for part in parts):
            return node.func(*parts)
        return node if parts == list(node.args) else rebuild(node, parts)

    return fold(tree, make)


def rebuild(node: Tree, parts: Sequence[Tree]) -> Tree:
    """The same node over other parts."""
    return made(type(node), parts)


def fold(
    tree: Tree,
    make: Callable[[Any, list[Made]], Made],
    known: Mapping[Tree, Made] | None = None,
    stop_at: type[Tree] | tuple[type[Tree], ...] = (),
) -> Made:
    """What is made of a tree, node by node, each from what its parts came to, but for nodes that are `known`."""
    done: dict[Tree, Made] = dict(known or {})
    for node in postorder(tree, stop_at):
        if node not in done:
            done[node] = make(node, [] if isinstance(node, stop_at) else [done[part] for part in node.args])
    return done[tree]


def postorder(tree: Tree, stop_at: type[Tree] | tuple[type[Tree], ...] = ()) -> Iterator[Tree]:
    """Every node after its parts, without recursion; a node that stands in several places comes once.

    The parts of nodes of the class `stop_at` are left out.
    """
    seen: set[int] = set()
    opened: set[int] = set()
    stack = [tree]
    while stack:
        node = stack[-1]
        place = id(node)
        if place in seen:
            stack.pop()
        elif place in opened or not (parts := node.args) or isinstance(node, stop_at):
            stack.pop()
            seen.add(place)
            yield node
        else:
            opened.add(place)
            stack += parts[::-1]


@cache
def class_of(row: Function) -> type[Tree]:
    """The SymPy class of a row: SymPy's own, or one made from the row's formulas."""
    if row.sympy is not None:
        found: type[Tree] = getattr(sympy, row.sympy)
        return found

    kind: type[Tree] = type(row.head, (CallNode,), {"row": row, "__module__": __name__})
    return kind


def row_of(node: Tree) -> Function | None:
    """The row of the function that a node calls; None for any other node."""
    kind = type(node)
    return getattr(kind, "row", None) or rows_by_class().get(kind)


@cache
def rows_by_class() -> dict[type[Tree], Function]:
    """The row that a SymPy class stands for, classes that SymPy's own derivatives bring in included."""
    rows = {getattr(sympy, name): row for row in FUNCTIONS for name in row.also}
    return rows | {class_of(row): row for row in FUNCTIONS if row.name not in ("pow", "sqrt")}


def made(kind: type[Tree], parts: Sequence[Tree]) -> Tree:
    """A node of a class over its parts, as they are."""
    node = Basic.__new__(kind, *parts)
    if kind in _COMMUTATIVE:
        node.is_commutative = True
    return node


_COMMUTATIVE = frozenset((sympy.Add, sympy.Mul, sympy.Pow))
