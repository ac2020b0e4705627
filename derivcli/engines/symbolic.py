"""The derivative as a formula: SymPy differentiates, and the result is put in the order one writes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias

import sympy
from sympy.polys.polyerrors import BasePolynomialError

from derivcli.engines import book_order
from derivcli.engines.time_limit import OutOfTimeError, P, R, limited
from derivcli.errors import DerivError, Span
from derivcli.language import tree as build
from derivcli.language.bound_variables import Integral
from derivcli.language.definitions.unknown_rows import unknown_rows
from derivcli.language.expression import Expression
from derivcli.language.functions import formulas
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import vocabulary
from derivcli.language.parse import parse_expression
from derivcli.language.printer import text_of
from derivcli.language.spelling import CANONICAL, Spelling
from derivcli.language.tree import Tree, postorder, symbol
from derivcli.result import ALONG, FloatArray, Partial, SymbolicResult, derivative_key

if TYPE_CHECKING:
    from derivcli.points.points import Points

DERIVATIVE_SECONDS = 10.0
"""How long SymPy may take for the derivatives of one formula. Its product rule is quadratic in the factors."""

UNREAL = (sympy.I, sympy.nan, sympy.zoo, sympy.oo, -sympy.oo)
"""What no formula over the real numbers holds."""

MAX_EXPONENT = 10_000
"""Larger powers of sums and products are not expanded, since nothing stops an integer power once it runs."""

SYMPY_FAILURES = (
    ArithmeticError,
    AttributeError,
    BasePolynomialError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What comes out of SymPy where an unevaluated tree surprises it."""

MAX_RECURSION = 20_000
"""SymPy differentiates by recursion, several Python frames a level."""

Shorten: TypeAlias = Callable[[Tree, int], Tree]
"""Writes a derivative of some order anew."""

_LOCK = Lock()
_deep = _shallow = 0
"""How many blocks recurse deep, and the limit of recursion before the first."""


def differentiate(
    expression: Expression,
    partials: Sequence[Partial],
    direction: Points | None = None,
    dependent: str = "",
    shorten: Shorten | None = None,
) -> SymbolicResult:
    """The partial derivatives of an expression, along a direction or of an implicit function as a `Result`'s.

    With `shorten` each is written as that does before the next one is taken of it.
    """
    with _refused(expression, partials), deep_recursion():
        made = _made(expression, partials, direction, dependent, shorten)
    found = {derivative_key(partial): made[partial] for partial in partials}
    return SymbolicResult(expression, found, direction=direction, dependent=dependent)


def _made(
    expression: Expression,
    partials: Sequence[Partial],
    direction: Points | None,
    dependent: str,
    shorten: Shorten | None,
) -> dict[Partial, Expression]:
    """The derivatives, and those of lower order on the way to them. Only SymPy's own time counts."""
    made: dict[Partial, Expression] = {(): expression}
    clock = _Clock()
    moves = clock.limited(_moves, expression, partials, direction, dependent)
    for partial in partials:
        for place in reversed(range(len(partial))):
            name, known = partial[place], partial[place:]
            if known in made:
                continue
            if dependent and len(known) == 1:
                tree = arrange(moves[name][dependent])
            else:
                tree = clock.limited(_derivative, made[known[1:]].expanded, moves[name])
            if shorten is not None and not has_pieces(tree):
                tree = shorten(tree, len(known))
                if dependent and len(known) == 1:
                    moves[name] = {**moves[name], dependent: merged(tree)}
            made[known] = clock.limited(expression_of, tree, expression.spelling)
    return made


@dataclass(slots=True)
class _Clock:
    """The time that is left for the derivatives of one formula."""

    left: float = field(default_factory=lambda: DERIVATIVE_SECONDS)

    def limited(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What a computation comes to in the time that is left."""
        start = time.monotonic()
        try:
            return limited(max(self.left, 0), work, *args, **kwargs)
        finally:
            self.left -= time.monotonic() - start


@cache
def derivatives_of(row: Function, differentiated: Callable[..., SymbolicResult] = differentiate) -> dict[str, Tree]:
    """The partial derivative of a function in each parameter that has one, over its parameters."""
    if row.variables != row.parameters:  # the others are numbers, so that a formula with them cannot be typed
        return {name: formulas.partial(row, row.parameters.index(name)) for name in row.variables}
    call = parse_expression(f"{row.name}({', '.join(row.parameters)})", row.parameters)
    found = differentiated(call, [(name,) for name in row.parameters]).derivatives
    return {name: expression.tree for name, expression in found.items()}


Moves = Mapping[str, Tree]
"""How fast variables move: a derivative along x alone has {"x": 1}."""


def _moves(
    expression: Expression, partials: Sequence[Partial], direction: Points | None, dependent: str
) -> dict[str, Moves]:
    """The moves of each name that partials have. The dependent variable moves with it, by -F_x/F_y."""
    names = dict.fromkeys(name for partial in partials for name in partial)
    if direction is not None:
        return {ALONG: {name: direction.exact(name, 0) or _rational(direction.at[name]) for name in direction.at}}
    if not dependent:
        return {name: {name: sympy.S.One} for name in names}
    down = _derivative(expression.expanded, {dependent: sympy.S.One})
    if down == 0:
        raise ArithmeticError("the equation does not hold the dependent variable")
    slopes = {name: merged(-_derivative(expression.expanded, {name: sympy.S.One}) / down) for name in names}
    return {name: {name: sympy.S.One, dependent: slope} for name, slope in slopes.items()}


def _rational(component: FloatArray) -> Tree:
    """The only number of an array, exactly."""
    return sympy.Rational(*component.item().as_integer_ratio())


@contextmanager
def _refused(expression: Expression, partials: Sequence[Partial]) -> Iterator[None]:
    """Refuse what SymPy needs too long for, or what leaves the language."""
    span = Span(0, len(expression.source))
    names = dict.fromkeys(expression.variables) or dict.fromkeys(partials[0])
    way_out = f"give a point, as in `--at {','.join(f'{name}=1' for name in names)}`"
    try:
        yield
    except OutOfTimeError:
        message = f"the derivative as a formula takes longer than {DERIVATIVE_SECONDS:g} seconds"
        raise DerivError(message, expression.source, span, way_out) from None
    except DerivError as error:
        message = f"the derivative cannot be written as a formula: {error.message}"
        raise DerivError(message, expression.source, span, way_out) from None
    except SYMPY_FAILURES:
        message = "the derivative cannot be written as a formula over the real numbers"
        raise DerivError(message, expression.source, span, way_out) from None


def expression_of(tree: Tree, spelling: Spelling = CANONICAL) -> Expression:
    """The expression of a tree that the language can say, spelled as the formula that it comes from."""
    if tree.has(*UNREAL):
        raise ArithmeticError("the derivative is not real")
    text = text_of(tree)
    variables = dict.fromkeys(str(part) for part in postorder(tree) if part.is_Symbol)
    parse_expression(text, variables, functions=unknown_rows(tree))
    made = Expression(text, tree, tuple(variables), spelling=spelling)
    vars(made)["canonical_text"] = text  # known already, and long to write anew for a long formula
    if spelling == CANONICAL:
        vars(made)["text"] = text
    return made


def _derivative(tree: Tree, moves: Moves) -> Tree:
    """The derivative of the simplified tree, or of the tree as typed where simplifying it leaves nothing real."""
    for node in postorder(tree):
        if isinstance(node, sympy.Pow) and not node.base.is_Symbol and _size(node.exp) > MAX_EXPONENT:
            raise ArithmeticError("SymPy would compute a number of millions of digits")
    try:
        found = simplified(_along(merged(tree), moves))
    except SYMPY_FAILURES:
        found = sympy.nan
    if found.has(*UNREAL):
        found = arrange(_along(tree, moves))
    if found.has(*UNREAL):
        raise ArithmeticError("the derivative is not real")
    return found


def attempted(seconds: float, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | None:
    """What SymPy comes to, None where it fails or takes longer."""
    with suppress(DerivError, OutOfTimeError, *SYMPY_FAILURES), deep_recursion():
        return limited(seconds, work, *args, **kwargs)
    return None


def is_piecewise(result: SymbolicResult) -> bool:
    """Whether a derivative has pieces, which meet somewhere."""
    return any(has_pieces(each.tree) for each in result.derivatives.values())


def has_pieces(tree: Tree) -> bool:
    """Whether a formula has branches or steps, as derivatives of kinks do, but for those inside of integrals."""
    kinds = (sympy.Piecewise, sympy.Heaviside, build.class_of(vocabulary()["heaviside"]))
    return any(isinstance(node, kinds) for node in postorder(tree, stop_at=Integral))


def derivative_of(tree: Tree, partial: Partial) -> Tree:
    """A partial derivative of a tree, the last variable taken first, in no more time than the caller gives it."""
    for name in reversed(partial):
        tree = _derivative(tree, {name: sympy.S.One})
    return tree


def evaluated(tree: Tree) -> Tree:
    """The tree as SymPy evaluates it, calls of its own functions too, so that cos(pi) is -1."""

    def make(node: Tree, parts: list[Tree]) -> Tree:
        ours = hasattr(type(node), "row") or isinstance(node, sympy.Piecewise)
        return node if not parts else build.rebuild(node, parts) if ours else node.func(*parts)

    return build.fold(tree, make)


def _along(tree: Tree, moves: Moves) -> Tree:
    """The sum of the partial derivatives, each times how fast its variable moves."""
    return sum((move * tree.diff(symbol(name)) for name, move in moves.items()), start=sympy.S.Zero)


def _size(exponent: Any) -> float:
    """The size of a constant exponent, 0 of any other."""
    try:
        return 0.0 if exponent.free_symbols else abs(float(exponent.evalf(3)))
    except SYMPY_FAILURES:
        return 0.0


def simplified(tree: Tree) -> Tree:
    """The tree with its arithmetic evaluated, in the shape one writes."""
    return arrange(merged(tree))


def arrange(tree: Tree) -> Tree:
    """A tree that SymPy evaluated, in the shape one writes: ordered terms, one fraction a product, no -1 powers."""
    in_book = book_order.is_unknown(tree)
    tree = book_order.joined(tree) if in_book else tree
    done: dict[Tree, Tree] = {}
    for node in postorder(tree):
        done[node] = _arranged(node, done, in_book)
    return done[tree]


def merged(tree: Tree) -> Tree:
    """The tree with its sums, products and powers evaluated by SymPy, so that x**2*x is x**3."""
    return build.fold(tree, _merged)


def _merged(node: Tree, parts: list[Tree]) -> Tree:
    if isinstance(node, sympy.Add | sympy.Mul | sympy.Pow):
        return node.func(*parts)
    if is_below_least(node, parts):
        return sympy.S.Zero
    return build.rebuild(node, parts) if parts else node


def is_below_least(node: Any, parts: Sequence[Tree]) -> bool:
    """Whether a node is a call that is 0 since its order is below the least: a polynomial of degree -1."""
    row = build.row_of(node)
    if row is None or not row.whole:
        return False
    orders = [part for name, part in zip(row.parameters, parts, strict=False) if name in row.whole]
    return any(order.is_Integer and order < row.least for order in orders)


def _arranged(node: Any, done: dict[Tree, Tree], in_book: bool = False) -> Tree:
    if isinstance(node, sympy.Rational):
        return node if node.q == 1 else build.multiply([sympy.Integer(node.p), build.reciprocal(sympy.Integer(node.q))])
    if isinstance(node, sympy.Add):
        terms = book_order.terms(node) if in_book else book_order.positive_first(node.as_ordered_terms())
        return build.add([done[term] for term in terms])
    if isinstance(node, sympy.Mul):
        factors = book_order.factors(node) if in_book else node.as_ordered_factors()
        return _fraction(factors, done)
    if isinstance(node, sympy.Pow):
        return _fraction([node], done) if _is_divisor(node) else _power(node, node.exp, done)
    if not node.args:
        return node
    row, parts = build.row_of(node), [done[part] for part in node.args]
    if row is not None and type(node).__name__ in row.also:  # SymPy's class, which has derivatives of its own
        return build.call(row, parts if row.variadic else parts[: len(row.parameters)])
    return build.rebuild(node, parts)


def _fraction(factors: Sequence[Any], done: dict[Tree, Tree]) -> Tree:
    """A product as one numerator over one denominator, numbers first."""
    number, above, below = _parts_of_fraction(factors, done)
    if number.q != 1:
        below.insert(0, sympy.Integer(number.q))
    if abs(number.p) != 1 or not above:
        above.insert(0, sympy.Integer(number.p))
    elif number.p == -1:
        above[0] = build.negative(above[0])
    if not below:
        return above[0] if len(above) == 1 else build.multiply(above)
    divided = build.reciprocal(below[0] if len(below) == 1 else build.multiply(below))
    return build.multiply([*above, divided])


def _parts_of_fraction(factors: Sequence[Any], done: dict[Tree, Tree]) -> tuple[Any, list[Tree], list[Tree]]:
    """The number in a product, and its other factors above and below the line."""
    number, above, below = sympy.S.One, [], []
    for factor in factors:
        if isinstance(factor, sympy.Rational):
            number *= factor
        elif _is_divisor(factor):
            below.append(_power(factor, -factor.exp, done))
        else:
            above.append(done[factor])
    return number, above, below


def _is_divisor(node: Any) -> bool:
    return isinstance(node, sympy.Pow) and isinstance(node.exp, sympy.Rational) and node.exp.is_negative


def _power(node: Any, exponent: Any, done: dict[Tree, Tree]) -> Tree:
    if exponent == 1:
        return done[node.base]
    if exponent == sympy.S.Half:
        return build.power(done[node.base], exponent)
    return build.power(done[node.base], _arranged(exponent, done) if exponent.is_Rational else done[exponent])


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Let SymPy recurse as deep as the nesting that the parser admits needs.

    The limit is one for all threads: the last of them to leave puts it back.
    """
    global _deep, _shallow
    with _LOCK:
        if not _deep:
            _shallow = sys.getrecursionlimit()
            sys.setrecursionlimit(max(_shallow, MAX_RECURSION))
        _deep += 1
    try:
        yield
    finally:
        with _LOCK:
            _deep -= 1
            if not _deep:
                sys.setrecursionlimit(_shallow)


def _forked() -> None:
    """Wait in the child of a fork for no thread that it does not have."""
    global _LOCK
    _LOCK = Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
