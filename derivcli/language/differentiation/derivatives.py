"""Derivatives in a formula: what stands at its top is asked for, all others are taken in their places.

Where the function inside has a kink, a jump or an edge, or is not defined, its derivative in place has no value:
SymPy's conventions there, as that |x| has the derivative 0 at 0, are no truth that a formula may go on with.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import Boolean

from derivcli.errors import DerivError, Note, Span
from derivcli.language import limits, tree
from derivcli.language.bound_variables import Binder, BoundVariable, Integral, free_symbols
from derivcli.language.differentiation.unrolling import unrolled
from derivcli.language.expression import Definition
from derivcli.language.functions import formulas
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import vocabulary
from derivcli.language.parser.syntax_errors import stands_for_formula
from derivcli.language.tree import LEFT_OUT, Derivative, Tree

ZERO, ONE = sympy.S.Zero, sympy.S.One

_OPPOSITES = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


@dataclass(slots=True)
class Taken:
    """A tree whose derivatives are found: what is asked for at its top, and notes on those inside.

    `tree` has other derivatives as they are in their places; `in_place` says whether there are any.
    """

    tree: Tree
    asked: tuple[str, ...] = ()
    in_place: bool = False
    notes: list[Note] = field(default_factory=list)


def taken(
    typed: Tree,
    spans: Mapping[Tree, Span],
    source: str,
    definitions: Iterable[Definition] = (),
    variables: Collection[str] = (),
    top: bool = True,
) -> Taken:
    """A tree whose derivatives have been found; with `top`, the one at its top is asked for and not taken."""
    known = tree.expansions(definitions)
    named, places = _named(typed, spans, source, known, variables)
    found = Taken(named)
    names: list[str] = []
    while top and isinstance(found.tree, Derivative):
        found.tree, by = found.tree.args
        names.append(by.name)
    found.asked = tuple(names)
    if any(isinstance(node, Derivative) for node in tree.postorder(found.tree)):
        found.in_place = True
        found.tree = _in_place(found, places, source, known)
    return found


def _named(
    typed: Tree, spans: Mapping[Tree, Span], source: str, known: Mapping[Tree, Tree], variables: Collection[str]
) -> tuple[Tree, dict[Tree, Span]]:
    """The tree in which each derivative names its variable, and where each stands."""
    places: dict[Tree, Span] = {}

    def make(node: Tree, parts: list[Tree]) -> Tree:
        if not isinstance(node, Derivative):
            return node if parts == list(node.args) else tree.rebuild(node, parts)
        span = spans.get(node, Span(0, len(source)))
        body, by = parts
        if by.name == LEFT_OUT:
            by = tree.symbol(_only_variable(tree.substitute(body, known), variables, source, span))
        elif body.is_Symbol and body != by and body not in known:
            error = stands_for_formula(body.name, span, (by.name,))
            error.source = source
            raise error
        made = tree.derivative(body, by)
        places.setdefault(made, span)
        return made

    return tree.fold(typed, make), places


def _only_variable(body: Tree, variables: Collection[str], source: str, span: Span) -> str:
    """The variable that a derivative goes by where it names none."""
    found = list(dict.fromkeys(str(node) for node in tree.postorder(body) if node.is_Symbol and node.name != LEFT_OUT))
    if len(found) > 1:
        hint = f"name it, as in diff(..., {found[0]})"
        raise DerivError(f"by which of {', '.join(found)} this is differentiated is not said", source, span, hint)
    return [*found, *(variables if len(variables) == 1 else ()), "x"][0]


def _in_place(found: Taken, places: Mapping[Tree, Span], source: str, known: Mapping[Tree, Tree]) -> Tree:
    """The tree with each derivative taken where it stands, the innermost first."""

    def make(node: Tree, parts: list[Tree]) -> Tree:
        if not isinstance(node, Derivative):
            return node if parts == list(node.args) else tree.rebuild(node, parts)
        span = places[node]
        body = tree.substitute(parts[0], known)
        try:
            _check_named(body, parts[1], known)
            slope, needed = derivative_where_it_is(body, parts[1])
        except DerivError as error:
            raise DerivError(
                f"this derivative is not taken here: {error.message}", source, span, error.way_out
            ) from None
        if _size(slope) > limits.MAX_EXPANDED_NODES:
            message = f"this derivative has more than {limits.MAX_EXPANDED_NODES:,} parts"
            raise DerivError(message, source, span, "differentiate the whole formula with `--order`")
        if not needed:
            return slope
        message = _unstated(needed)
        if all(note.wording != message for note in found.notes):
            found.notes.append(Note(message, source, span))
        return tree.piecewise([(slope, tree.all_of(needed))])

    return tree.fold(found.tree, make)


def _check_named(body: Tree, by: Tree, known: Mapping[Tree, Tree]) -> None:
    """Refuse a call of f(u) = u^2 + x, which depends on x by more than its argument."""
    for row in filter(None, map(tree.row_of, tree.postorder(body))):
        used = {tree.symbol(name) for name in row.free}
        if by in used or any(by in free_symbols(known[each]) for each in used & known.keys()):
            message = f"the formula of {row.name} depends on {by.name} by itself"
            raise DerivError(message, hint=f"make {by.name} a parameter of {row.name}, or write its formula here")


def _unstated(needed: Iterable[Tree]) -> str:
    from derivcli.language.printer import text_of

    return f"the derivative in place has values only where {text_of(tree.all_of(list(needed)))}"


def _size(node: Tree) -> int:
    def count(node: Tree, parts: list[int]) -> int:
        return 1 + sum(parts)

    return tree.fold(node, count)


def derivative_where_it_is(body: Tree, by: Tree) -> tuple[Tree, list[Tree]]:
    """The derivative of a tree by a symbol, and the conditions under which it is one beyond its own domain."""
    guard: list[Tree] = []
    if isinstance(body, tree.Choice) and len(body.args) == 1:  # another derivative in place
        guard += _parts_of(body.args[0].cond)
        body = body.args[0].expr
    body = _with_terms(body, by)
    slope = differentiated(body, by)
    kept = set(tree.postorder(slope))
    divided = {node.base for node in kept if isinstance(node, sympy.Pow) and _is_negative(node.exp)}
    varying = _holding(body, lambda node: node == by)
    unsettled = _holding(body, lambda node: node.is_Symbol)
    for node in filter(unsettled.__contains__, tree.postorder(body)):
        guard += [each for each in _needed(node, varying, kept, divided) if each is not sympy.true]
    return slope, list(dict.fromkeys(guard))


def _with_terms(body: Tree, by: Tree) -> Tree:
    """The tree with the terms of sums in their places where these are not smooth everywhere."""
    binders = [node for node in tree.postorder(body) if isinstance(node, Binder)]
    inside = {part for node in binders for part in tree.postorder(node.args[0])}
    varying = _holding(body, lambda node: node == by or isinstance(node, BoundVariable))
    if not any(each is not sympy.true for node in inside for each in _needed(node, varying, (), ())):
        return body
    if any(isinstance(node, Integral) for node in binders):
        hint = "differentiate the whole formula, or write the derivative itself in its place"
        raise DerivError("an integral of what is not smooth everywhere is not differentiated in place", hint=hint)
    return unrolled(body)


def _parts_of(condition: Tree) -> list[Tree]:
    return list(condition.args) if isinstance(condition, sympy.And) else [condition]


def _is_negative(exponent: Tree) -> bool:
    return bool(exponent.is_Rational and exponent < 0)


def _holding(body: Tree, symbols: Callable[[Tree], bool]) -> set[Tree]:
    """The nodes that one of some symbols occurs in."""
    found: set[Tree] = set()
    for node in tree.postorder(body):
        if symbols(node) or any(part in found for part in node.args):
            found.add(node)
    return found


def _needed(node: Any, varying: Collection[Tree], kept: Collection[Tree], divided: Collection[Tree]) -> Iterator[Tree]:
    """What has to hold for a node to be smooth in the variable, and defined where the derivative does not say so."""
    if isinstance(node, sympy.Pow):
        base, exponent = node.args
        if exponent.is_Rational and not exponent.is_Integer and base not in divided:
            yield tree.relation(">" if node in varying else ">=", base, ZERO)
        elif _is_negative(exponent) and base not in divided:
            yield tree.relation("!=", base, ZERO)
    elif isinstance(node, sympy.Piecewise):
        yield from (_apart(part, varying) for pair in node.args for part in tree.postorder(pair.cond))
    else:
        row = tree.row_of(node)
        if row is not None:
            yield from _needed_of_call(row, node, varying, kept)


def _needed_of_call(row: Function, node: Tree, varying: Collection[Tree], kept: Collection[Tree]) -> Iterator[Tree]:
    if row.real_where and node not in kept:
        yield formulas.bind(row, _condition(row.real_where, row.parameters), node.args)
    if node in varying:
        for _, condition in formulas.special(row):
            yield from (opposite(each) for each in _special_of_call(row, condition, node.args, varying))


def _special_of_call(
    row: Function, condition: Tree, arguments: Collection[Tree], varying: Collection[Tree]
) -> Iterator[Tree]:
    """A special condition of a row for a call; of one with any number of arguments for each two of them."""
    given = list(arguments)
    if not row.variadic:
        yield formulas.bind(row, condition, given)
        return
    for place, first in enumerate(given):
        for second in given[place + 1 :]:
            if first in varying or second in varying:
                yield formulas.bind(row, condition, (first, second))


@cache
def _condition(text: str, parameters: tuple[str, ...]) -> Tree:
    return formulas.parse_tree(text, declared=parameters, condition=True)


def _apart(condition: Tree, varying: Collection[Tree]) -> Tree:
    """That the two sides of a comparison that decides between branches are not equal."""
    if not isinstance(condition, Relational) or condition not in varying:
        return sympy.true
    return tree.relation("!=", *condition.args)


def opposite(condition: Tree) -> Tree:
    """The condition that holds where another does not."""
    if isinstance(condition, sympy.And | sympy.Or):
        parts = [opposite(part) for part in condition.args]
        return tree.any_of(parts) if isinstance(condition, sympy.And) else tree.all_of(parts)
    if isinstance(condition, Relational):
        return tree.relation(_OPPOSITES[tree.SIGN_OF[type(condition)]], *condition.args)
    return tree.negation(condition)


def differentiated(body: Tree, by: Tree) -> Tree:
    """The derivative of a tree by a symbol, in the shape of the rules, so that no division by zero is cancelled."""

    def make(node: Any, slopes: list[Tree]) -> Tree:
        if isinstance(node, ExprCondPair):
            return slopes[0]
        if node == by:
            return ONE
        if isinstance(node, Boolean) or all(slope is ZERO for slope in slopes):
            return ZERO
        if isinstance(node, sympy.Add):
            return total(slopes)
        if isinstance(node, sympy.Mul):
            return _product_rule(node.args, slopes)
        if isinstance(node, sympy.Pow):
            return _power_rule(*node.args, *slopes)
        if isinstance(node, sympy.Piecewise):
            return tree.piecewise([(slope, pair.cond) for slope, pair in zip(slopes, node.args, strict=True)])
        return _chain_rule(node, slopes, by)

    return tree.without_zero_products(tree.fold(body, make))


def _product_rule(factors: Collection[Tree], slopes: list[Tree]) -> Tree:
    parts = list(factors)
    terms = (product([*parts[:place], slope, *parts[place + 1 :]]) for place, slope in enumerate(slopes))
    return total(terms)


def _power_rule(base: Tree, exponent: Tree, slope: Tree, growth: Tree) -> Tree:
    """d/dx b^n, where b' is `slope` and n' is `growth`."""
    power = tree.power(base, exponent)
    if growth is ZERO and exponent is sympy.S.Half:
        return product([slope, tree.reciprocal(tree.multiply([sympy.Integer(2), power]))])
    if growth is ZERO and exponent is tree.MINUS_ONE:
        return product([tree.MINUS_ONE, slope, tree.reciprocal(tree.power(base, sympy.Integer(2)))])
    if growth is ZERO:
        return product([exponent, _raised(base, exponent), slope])
    log = ONE if base is sympy.E else tree.call(vocabulary()["log"], [base])
    if slope is ZERO:
        return product([power, log, growth])
    return product([power, total([product([growth, log]), product([exponent, slope, tree.reciprocal(base)])])])


def _raised(base: Tree, exponent: Tree) -> Tree:
    """base ** (exponent - 1)."""
    if exponent.is_Rational:
        lowered = exponent - 1
        return ONE if lowered == 0 else base if lowered == 1 else tree.power(base, lowered)
    return tree.power(base, tree.add([exponent, tree.MINUS_ONE]))


def _chain_rule(node: Any, slopes: list[Tree], by: Tree) -> Tree:
    if isinstance(node, Binder):
        found: Tree = node.diff(by)
        return found
    row = tree.row_of(node)
    assert row is not None, f"{type(node).__name__} has a row"
    terms = (
        product([slope, _partial(row, place, node.args)]) for place, slope in enumerate(slopes) if slope is not ZERO
    )
    return total(terms)


def _partial(row: Function, place: int, arguments: tuple[Tree, ...]) -> Tree:
    if row.sympy is None or row.derivatives is not None or row.definition is not None:
        return formulas.derivative_of_call(row, place, arguments)
    return formulas.bind(row, _sympy_partial(row, place), arguments)


@cache
def _sympy_partial(row: Function, place: int) -> Tree:
    """What SymPy says of its own function, over the row's parameters."""
    call: Any = tree.call(row, [tree.symbol(name) for name in row.parameters])
    found: Tree = call.fdiff(place + 1)
    return found


def total(terms: Iterable[Tree]) -> Tree:
    """The sum of terms, those left out that are 0."""
    found = [term for term in terms if term is not ZERO]
    return ZERO if not found else found[0] if len(found) == 1 else tree.add(found)


def product(factors: Iterable[Tree]) -> Tree:
    """The product of factors, its numbers put together and divisions as one writes them; 0 where a factor is."""
    number: Tree = ONE
    rest: list[Tree] = []
    for factor in factors:
        for part in factor.args if isinstance(factor, sympy.Mul) else (factor,):
            if part.is_Rational:
                number = number * part
            else:
                rest.append(_divided(part))
    if number is ZERO or not rest:
        return number
    if number is not ONE or tree.divisor(rest[0]) is not None:
        rest.insert(0, number)
    return rest[0] if len(rest) == 1 else tree.multiply(rest)


def _divided(factor: Tree) -> Tree:
    """A factor with a negative exponent as a division."""
    if not isinstance(factor, sympy.Pow) or not _is_negative(factor.exp) or factor.exp is tree.MINUS_ONE:
        return factor
    return tree.reciprocal(tree.power(factor.base, -factor.exp))


def _in_its_place(body: Tree, by: Tree) -> Tree:
    slope, needed = derivative_where_it_is(body, by)
    return tree.piecewise([(slope, tree.all_of(needed))]) if needed else slope


Derivative.in_place = staticmethod(_in_its_place)
