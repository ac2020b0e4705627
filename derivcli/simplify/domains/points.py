"""The very points at which conditions fail or formulas jump, as far as they are found without a search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any, TypeAlias

import sympy
from flint import arb

from derivcli.engines.balls.coordinates import Coordinate, rational
from derivcli.engines.balls.errors import UnsureError
from derivcli.engines.symbolic import merged
from derivcli.language.functions import formulas
from derivcli.language.tree import Tree, number, postorder, row_of, substitute, symbol
from derivcli.simplify.domains.conditions import CALL, NONZERO, POWER, Condition, factored
from derivcli.simplify.domains.root_solving import polynomial_roots
from derivcli.simplify.domains.roots import ALL, ENDLESS, UNKNOWN, Root, Roots, root, united, value_of
from derivcli.simplify.domains.squaring import squared

At: TypeAlias = Mapping[str, Coordinate]
"""A point."""

OTHER_VALUES = tuple(map(Fraction, "2 -3/2 1/3 3 -1 5/7".split()))
"""The values of the other variables where a condition is solved for one."""

CHOICES = 4
"""So many times they are chosen."""

INNER_SHARES = tuple(Fraction(each, 17) for each in (1, 4, 9, 13, 16))

SOLVED = sympy.sin, sympy.cos, sympy.exp, sympy.log, sympy.sinh, sympy.cosh, sympy.tanh
"""The functions of which it is known where they have a value."""

HALVES = [number(Fraction(each, 2)) for each in range(-5, 6)]
"""The whole numbers, and those halfway between them, at which steps are looked at."""

PERIODS = range(-6, 7)
"""The roots that are looked at of a formula that repeats."""


def value_at(tree: Tree, at: At) -> arb | None:
    """The value at a point; None where there is none, UnsureError where that is not known."""
    return value_of(tree, tuple(at), {name: Root(where, arb(0)) for name, where in at.items()})


def probes(failing: Condition, others: Iterable[Condition], names: Sequence[str]) -> list[At] | None:
    """Points at which a condition fails, on all sides of those at which others do; None where they are not known."""
    if failing.sign in (POWER, CALL):
        return None
    bounds = [] if failing.sign == NONZERO else [each.tree for each in others if each.sign not in (POWER, CALL)]
    zero = squared(failing.tree) or failing.tree
    found: list[At] = []
    for name, put in _lines(zero, names):
        known = [zeros(substitute(tree, put), name) for tree in (zero, *bounds)]
        if any(each.extent == UNKNOWN for each in known):
            return None
        roots = united(known).found
        places: list[Coordinate] = [each.where for each in roots]
        if failing.sign != NONZERO:
            places += between(roots)
        fixed = {str(other): rational(Fraction(value.p, value.q)) for other, value in put.items()}
        found += [{**fixed, name: place} for place in places]
    is_exact = failing.sign != NONZERO or zero == failing.tree
    return found if is_exact else [at for at in found if may_vanish(failing.tree, at)]


def may_vanish(tree: Tree, at: At) -> bool:
    """Whether a formula is 0 at a point, or not known not to be."""
    with suppress(UnsureError):
        value = value_at(tree, at)
        return value is not None and bool(value.contains(0))
    return True


def inner_points(known: Iterable[Condition], names: Sequence[str]) -> list[At]:
    """Some points on all sides of those at which conditions fail, for a formula that few samples lie in."""
    found: list[At] = []
    trees = [each.tree for each in known if each.sign not in (POWER, CALL)]
    for name, put in _lines(sympy.Tuple(*trees), names):
        roots = united(zeros(substitute(tree, put), name) for tree in trees).found
        fixed = {str(other): rational(Fraction(value.p, value.q)) for other, value in put.items()}
        found += [{**fixed, name: place} for place in between(roots, INNER_SHARES)]
    return found


def _lines(tree: Tree, names: Sequence[str]) -> Iterator[tuple[str, dict[Any, Any]]]:
    """Lines along one variable that a formula holds; on each the others are simple numbers."""
    held = [name for name in names if symbol(name) in tree.free_symbols]
    for row in range(CHOICES if len(names) > 1 else min(1, len(names))):
        name = held[row % len(held)] if held else names[0]
        others = [other for other in names if other != name]
        count = len(OTHER_VALUES)
        yield (
            name,
            {
                symbol(other): number(OTHER_VALUES[(row * (1 + 2 * place) + place) % count])
                for place, other in enumerate(others)
            },
        )


def between(roots: Sequence[Root], shares: Sequence[Fraction] = (Fraction(1, 2),)) -> list[Coordinate]:
    """Points before, between and behind some numbers in order, at such shares of the way from one to the next."""
    sizes = [Fraction(each.size) for each in roots] or [Fraction(1, 5)]
    ends = [sizes[0] - 2, *sizes, sizes[-1] + 2]
    return [rational(low + share * (high - low)) for low, high in pairwise(ends) for share in shares]


def zeros(tree: Tree, name: str) -> Roots:
    """The roots of a formula in one variable whose factors are polynomials, or one function of a linear formula."""
    return united(_zeros_of_factor(base, name) for base, _ in factored(merged(tree))[1])


def _zeros_of_factor(tree: Any, name: str) -> Roots:
    x = symbol(name)
    if not tree.free_symbols:
        return Roots() if tree != 0 else Roots((), UNKNOWN)
    if tree.is_polynomial(x):
        return polynomial_roots(tree, name) or Roots((), UNKNOWN)
    constant, rest = tree.as_independent(x, as_Add=True)
    factor, call = rest.as_independent(x, as_Add=False)
    plain = squared(tree)
    if plain is not None and plain != tree:
        known = zeros(plain, name)
        return Roots(tuple(each for each in known.found if may_vanish(tree, {name: each.where})), known.extent)
    if not isinstance(call, SOLVED):
        return _whole_steps(tree, name)
    slope, offset = call.args[0].coeff(x, 1), call.args[0].coeff(x, 0)
    level = -constant / factor
    if slope * x + offset != sympy.expand(call.args[0]) or slope.free_symbols or slope == 0 or level.free_symbols:
        return Roots((), UNKNOWN)
    inside, extent = _inverse(call, level)
    found = [root((each - offset) / slope) for each in inside]
    return Roots(tuple(each for each in found if each is not None), extent)


def _whole_steps(tree: Tree, name: str) -> Roots:
    """Some roots of a formula with functions that jump at whole numbers, or halfway between them."""
    found: list[Roots] = []
    for node in postorder(tree):
        if _jumps_at_whole_numbers(node):
            inside: Any = node.args[0] if len(node.args) == 1 else node.args[0] / node.args[1]
            found += [zeros(inside - half, name) for half in HALVES]
    if not found or any(each.extent == UNKNOWN for each in found):
        return Roots((), UNKNOWN)
    known = united(found).found
    return Roots(tuple(each for each in known if may_vanish(tree, {name: each.where})), ENDLESS)


def _jumps_at_whole_numbers(node: Tree) -> bool:
    row = row_of(node)
    return row is not None and any(
        kind == "jump" and any(row_of(part) is not None for part in postorder(condition))
        for kind, condition in formulas.special(row)
    )


def _inverse(call: Any, level: Any) -> tuple[list[Any], str]:
    """Where a function has a value, and whether these are all such numbers."""
    if isinstance(call, sympy.exp):
        return [sympy.log(level)] if level.is_positive else [], ALL
    if isinstance(call, sympy.sinh | sympy.log):
        return [sympy.asinh(level) if isinstance(call, sympy.sinh) else sympy.exp(level)], ALL
    if isinstance(call, sympy.cosh):
        return [sympy.acosh(level), -sympy.acosh(level)] if level > 1 else [sympy.S.Zero] if level == 1 else [], ALL
    if isinstance(call, sympy.tanh):
        return [sympy.atanh(level)] if abs(level) < 1 else [], ALL
    if abs(level) > 1:
        return [], ALL
    first = sympy.asin(level) if isinstance(call, sympy.sin) else sympy.acos(level)
    second = sympy.pi - first if isinstance(call, sympy.sin) else -first
    starts = dict.fromkeys((first, second))
    return [start + 2 * k * sympy.pi for k in PERIODS for start in starts], ENDLESS


def jumps(trees: Sequence[Tree], names: Sequence[str]) -> list[At] | None:
    """Points at which functions in some formulas have steps or kinks; None where they are not known.

    Where all formulas have the same such calls, none of them is of interest.
    """
    calls = [{node for node in postorder(tree) if _turns(node)} for tree in trees]
    found: list[At] = []
    for node in set().union(*calls):
        for difference in _differences(node):
            known = probes(Condition(NONZERO, difference), (), names)
            if known is None:
                return [] if all(each == calls[0] for each in calls) else None
            found += known
    return found


def _turns(node: Any) -> bool:
    row = row_of(node)
    if isinstance(node, sympy.core.relational.Relational):
        return True
    return row is not None and row.floats is not None and any(kind in ("jump", "corner") for kind, _ in row.special)


def _differences(node: Any) -> Iterator[Tree]:
    """What is 0 where a node has a step or a kink."""
    if isinstance(node, sympy.core.relational.Relational):
        yield difference_of(node)
        return
    for condition in turning(node):
        yield from (
            difference_of(part) for part in postorder(condition) if isinstance(part, sympy.core.relational.Relational)
        )


def turning(node: Any) -> list[Tree]:
    """Where a call has a step or a kink: equations, and equations with further conditions."""
    row = row_of(node)
    if row is None or not any(kind in ("jump", "corner") for kind, _ in row.special):
        return []
    if row.variadic:
        return [sympy.Eq(one, other, evaluate=False) for one, other in combinations(node.args, 2)]
    bound: list[Any] = [
        formulas.bind(row, condition, node.args)
        for kind, condition in formulas.special(row)
        if kind in ("jump", "corner")
    ]
    return [part for each in bound for part in (each.args if isinstance(each, sympy.Or) else (each,))]


def difference_of(equation: Any) -> Tree:
    """The left side of an equation less its right side."""
    return merged(equation.args[0]) - merged(equation.args[1])
