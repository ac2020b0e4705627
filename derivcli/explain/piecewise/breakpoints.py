"""The points that a formula singles out, on the whole line or on curves: solutions of its break equations.

Two formulas that are the same near such a point need not be the same at it. In one variable the points are the roots of
equations; in several they lie on curves, on which some are chosen.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import islice

from derivcli.engines.symbolic import SYMPY_FAILURES
from derivcli.language.tree import number, substitute, symbol
from derivcli.simplify.domains.root_solving import roots, whole
from derivcli.simplify.domains.roots import ALL, EXTENTS, UNKNOWN, Root, Roots, root, united
from derivcli.study.breaks.equations import BreakEquation

OTHER_VALUES = tuple(map(Fraction, "1 2 -1 1/2 -3 3 0 7/5 -2/3".split()))
"""The values of the other variables where a curve is solved for one."""

MAX_LANDMARKS = 12
"""How many points of each set are taken for ends of intervals in which further points are looked for."""

SOLVING_SECONDS = 6.0
"""How long the equations of one claim may be solved."""

MAX_CURVE_POINTS = 6


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
