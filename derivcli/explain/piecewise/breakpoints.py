"""The points that a formula singles out: where its conditions, kinks, jumps and edges change.

Elsewhere a formula is analytic as written, so that two that are the same near such a point need not be the same
at it. In one variable the points are the roots of equations; in several they lie on curves, on which some are chosen.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, islice
from typing import Any

import sympy

from derivcli.engines.symbolic import SYMPY_FAILURES, merged
from derivcli.flag_table import FLAG_TABLE
from derivcli.language.differentiation.unrolling import steps_of
from derivcli.language.functions import formulas
from derivcli.language.tree import Tree, add, negative, number, postorder, row_of, substitute, symbol
from derivcli.simplify.domains.root_solving import roots, whole
from derivcli.simplify.domains.roots import ALL, EXTENTS, UNKNOWN, Root, Roots, root, united

JUMPS, KINKS, POLES = "jumps", "kinks", "poles"
"""What a formula may do at such a point: be another one, turn though it is continuous, or have no value."""

ISOLATED = ("xlogy", "xlog1py")
"""Functions with a value at the edge of their domain to which nearby values do not tend."""

STEP_FUNCTIONS = {**dict.fromkeys(("floor", "ceil", "frac", "trunc"), sympy.S.Zero), "round": sympy.S.Half}
"""Functions that jump where their argument is a whole number plus this."""

PERIODIC_FUNCTIONS = ("mod", "fmod")
"""Functions that jump where a quotient of their arguments is a whole number."""

OTHER_VALUES = tuple(map(Fraction, "1 2 -1 1/2 -3 3 0 7/5 -2/3".split()))
"""The values of the other variables where a curve is solved for one."""

MAX_LANDMARKS = 12
"""How many points of each set are taken for ends of intervals in which further points are looked for."""

SOLVING_SECONDS = 6.0
"""How long the equations of one claim may be solved."""

MAX_CURVE_POINTS = 6


@dataclass(frozen=True, slots=True)
class BreakEquation:
    """An equation `difference` = 0 whose solutions a formula singles out, or a whole number where it is `stepped`."""

    difference: Tree
    does: str
    stepped: bool = False


def break_equations(tree: Tree) -> list[BreakEquation]:
    """The equations of all exceptional points of a formula, each once."""
    return list(dict.fromkeys(each for node in steps_of(tree) for each in of_node(node)))


def of_node(node: Tree) -> Iterator[BreakEquation]:
    """The equations of a node itself, without those of its parts."""
    row = row_of(node)
    if isinstance(node, sympy.core.relational.Relational):
        if not all(map(_is_stepped, node.args)):
            yield BreakEquation(_less(*node.args), JUMPS)
    elif isinstance(node, sympy.Pow):
        yield from _of_power(node)
    elif row is not None:
        yield from _of_call(node, row)


def _is_stepped(tree: Tree) -> bool:
    """Whether a formula changes only where a function in it jumps, and so singles out nothing by itself."""
    row = row_of(tree)
    if row is not None and row.name in (*STEP_FUNCTIONS, "sign", "heaviside") and row.name != "frac":
        return True
    return not tree.is_Symbol and all(map(_is_stepped, tree.args))


def _of_power(node: Any) -> Iterator[BreakEquation]:
    """Where the base of a power is 0, unless the power is a whole one, which is smooth there."""
    base, exponent = merged(node.base), merged(node.exp)
    if not base.free_symbols:
        if base == 0:
            yield BreakEquation(exponent, JUMPS)
    elif exponent.free_symbols:
        yield BreakEquation(node.base, JUMPS)
    elif exponent.is_negative:
        yield BreakEquation(node.base, POLES)
    elif not exponent.is_Integer:
        yield BreakEquation(node.base, KINKS)


def _of_call(node: Any, row: Any) -> Iterator[BreakEquation]:
    """Where a function of the table, or its rewrite, has a singular point."""
    if row.name in STEP_FUNCTIONS:
        yield BreakEquation(_less(node.args[0], STEP_FUNCTIONS[row.name]), JUMPS, stepped=True)
    elif row.name in PERIODIC_FUNCTIONS:
        yield BreakEquation(merged(node.args[0]) / merged(node.args[1]), JUMPS, stepped=True)
    elif row.name == "log":
        yield BreakEquation(node.args[0], POLES)
    elif row.special:
        yield from _of_special_points(node, row)
    elif row.definition is not None and row.kernel is None:
        yield from break_equations(formulas.rewritten(row, node.args))


def _of_special_points(node: Any, row: Any) -> Iterator[BreakEquation]:
    """Where a function of the table has a kink, a jump or an edge."""
    if row.variadic:
        for pair in combinations(node.args, 2):
            yield BreakEquation(_less(*pair), KINKS)
        return
    for kind, condition in formulas.special(row):
        does = KINKS if FLAG_TABLE[kind].is_continuous and row.name not in ISOLATED else JUMPS
        for part in postorder(formulas.bind(row, condition, node.args)):
            if isinstance(part, sympy.core.relational.Relational):
                yield BreakEquation(_less(*part.args), does)


def _less(left: Tree, right: Tree) -> Tree:
    return left if right == 0 else add([left, negative(right)])


def solved(each: BreakEquation, name: str, between: Sequence[Fraction] = (), numbers: Sequence[Fraction] = ()) -> Roots:
    """The solutions of an equation in one variable; for a stepped one, also those where it equals given numbers."""
    if each.stepped:
        return whole(each.difference, name, between, numbers)
    return roots(each.difference, name, between)


def all_roots(
    found: Iterable[BreakEquation], name: str, numbers: Sequence[Fraction] = ()
) -> tuple[Roots, dict[BreakEquation, Roots]]:
    """The solutions of several equations together and of each; of endlessly many, some between all the others."""
    start, each = time.monotonic(), {}
    for source in found:
        each[source] = (
            solved(source, name, (), numbers) if time.monotonic() - start < SOLVING_SECONDS else Roots((), UNKNOWN)
        )
    between = _landmarks(each.values())
    for source, known in each.items():
        if known.extent not in (ALL, UNKNOWN) and between and time.monotonic() - start < SOLVING_SECONDS:
            each[source] = united([known, solved(source, name, between, numbers)])
    return united(each.values()), each


def _landmarks(found: Iterable[Roots]) -> list[Fraction]:
    """Some points between which others are looked for: of each set those next to 0, of finite ones first."""
    chosen: dict[float, None] = {}
    for known in sorted(found, key=lambda known: EXTENTS.index(known.extent)):
        chosen |= dict.fromkeys(sorted((root.size for root in known.found), key=abs)[:MAX_LANDMARKS])
    return sorted(Fraction(size).limit_denominator(10**6) for size in list(chosen)[: 3 * MAX_LANDMARKS])


CurvePoint = Mapping[str, Root]


def on_curve(
    each: BreakEquation, names: Sequence[str], numbers: Sequence[Fraction] = ()
) -> tuple[list[CurvePoint], bool]:
    """Points of an equation, all variables but one being simple numbers or those given, and whether it was solved."""
    values, most = [*OTHER_VALUES, *numbers], MAX_CURVE_POINTS + len(numbers)
    held = [name for name in names if symbol(name) in each.difference.free_symbols]
    found: list[CurvePoint] = []
    is_solved = not held
    for turn, name in enumerate(held):
        if len(found) < most:
            for points, extent in islice(_on_curve(each, names, name, turn, values), len(values) if numbers else most):
                found += points
                is_solved = is_solved or extent != UNKNOWN
    return found[: 2 * most], is_solved


def _on_curve(
    each: BreakEquation, names: Sequence[str], name: str, turn: int, choice: Sequence[Fraction]
) -> Iterator[tuple[list[CurvePoint], str]]:
    """The points of a curve where the other variables have simple values, and what is known of them."""
    others = [other for other in names if other != name]
    for row in range(len(choice)):
        places = [(row * (1 + 2 * place) + place + turn) % len(choice) for place in range(len(others))]
        values = {other: number(choice[place]) for other, place in zip(others, places, strict=True)}
        put = {symbol(other): value for other, value in values.items()}
        fixed = {other: known for other, value in values.items() if (known := root(value)) is not None}
        with suppress(*SYMPY_FAILURES):
            solutions = solved(BreakEquation(substitute(each.difference, put), each.does, each.stepped), name)
            points = [{**fixed, name: solution} for solution in solutions.found[:2]]
            yield [{key: at[key] for key in names} for at in points], solutions.extent


def worst(extents: Iterable[str]) -> str:
    """The least that is known of several sets of roots."""
    return max(extents, key=EXTENTS.index, default=ALL)
