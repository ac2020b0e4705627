"""Points of the curve that an equation is, at which claims about its slope are compared."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import chain
from typing import TypeAlias

from derivcli.check.enclosure import restored_context
from derivcli.check.equality import Sample, quantity
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.symbolic import SYMPY_FAILURES
from derivcli.explain.answer.exceptional_points import written
from derivcli.explain.answer.sample_points import numbers_of
from derivcli.language.tree import Tree, number, substitute, symbol
from derivcli.simplify.domains.root_solving import roots
from derivcli.simplify.domains.roots import Root, root

CurvePoint: TypeAlias = Mapping[str, Root]

VALUES = tuple(map(Fraction, "1 2 3 0 -1 4 1/2 -2 -3 5 7/5 -2/3 29/13 -1/10".split()))
"""What all variables but one are at first."""

MAX_NUMBERS = 4
"""How many numbers of the equation are tried too."""

MAX_ROOTS = 6
"""How many points are taken of those with the same values of all variables but one."""

MAX_POINTS = 36

SOLVING_SECONDS = 2.0

RESIDUAL_BITS, RESIDUAL_SIZE = 512, 1e-60
"""A point is on the curve if the difference of the sides is smaller than this, in so many bits."""


def curve_points(equation: Tree, names: Sequence[str], dependent: str) -> dict[Sample, CurvePoint]:
    """Points where a formula is 0, by samples near to them; those first whose coordinates are rational."""
    end = time.monotonic() + SOLVING_SECONDS
    found: dict[Sample, CurvePoint] = {}
    for at in _points(equation, names, dependent):
        if _is_on(equation, names, at):
            found.setdefault(tuple(near(at[name]) for name in names), at)
        if len(found) >= MAX_POINTS or time.monotonic() > end:
            break
    return found


def near(coordinate: Root) -> Fraction:
    """A fraction that a coordinate is, or is nearly."""
    exact = written(coordinate)
    return exact if isinstance(exact, Fraction) else Fraction(coordinate.size)


def _points(equation: Tree, names: Sequence[str], dependent: str) -> Iterator[CurvePoint]:
    """The solutions for each variable, the dependent one first, where the others have simple values."""
    values = list(dict.fromkeys([*VALUES, *numbers_of([equation])[:MAX_NUMBERS]]))
    unknowns = [dependent, *(name for name in names if name != dependent and symbol(name) in equation.free_symbols)]
    for row, unknown in chain.from_iterable([(row, name) for name in unknowns] for row in range(len(values))):
        others = [name for name in names if name != unknown]
        at = {name: values[(row * (1 + 2 * place) + place) % len(values)] for place, name in enumerate(others)}
        fixed = {name: known for name, value in at.items() if (known := root(number(value))) is not None}
        with suppress(*SYMPY_FAILURES):
            put = {symbol(name): number(value) for name, value in at.items()}
            for solution in roots(substitute(equation, put), unknown).found[:MAX_ROOTS]:
                yield {**fixed, unknown: solution}


def _is_on(equation: Tree, names: Sequence[str], at: CurvePoint) -> bool:
    with suppress(UnsureError, TouchError), restored_context():
        place = {name: each.where for name, each in at.items()}
        return bool(abs(quantity(equation, names).ball(place, RESIDUAL_BITS)) < RESIDUAL_SIZE)
    return False
