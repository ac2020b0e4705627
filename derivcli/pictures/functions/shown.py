"""What is shown: the interval that was asked for or that is chosen, and what is known of the functions on it."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from derivcli.pictures.drawn import Drawn
from derivcli.pictures.functions.known import Known, along_the_cut, interval_between, known_of
from derivcli.pictures.functions.sight import USUAL, Sight, sight_of
from derivcli.pictures.functions.tangents import typed_points
from derivcli.pictures.scene import Floats
from derivcli.points.at_option import Interval

MOST_BREAKS, APART = 40, 4
"""Of more breaks those are left out that are nearer to another one than so many pixels."""


MOST_SPECIAL = 100
"""Of more special points a picture shows no single one."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Functions on the interval that is shown, with what is known of each there."""

    drawn: Drawn
    known: tuple[Known, ...]
    low: float
    high: float

    @property
    def variable(self) -> str:
        """The variable that varies."""
        return self.drawn.names[0]

    @property
    def width(self) -> float:
        """The width of the interval, the greatest float64 where it is beyond that."""
        return min(self.high - self.low, sys.float_info.max)

    @property
    def breaks(self) -> list[float]:
        """Where any of the functions breaks, in order, but for many that a picture cannot tell apart."""
        places = {point.x.value for each in self.known for point in each.breaks}
        found = sorted(place for place in places if self.low <= place <= self.high)
        if len(found) <= MOST_BREAKS:
            return found
        near = np.diff(found) < APART * (self.width / self.drawn.size[0])
        alone = ~(np.append(near, False) | np.insert(near, 0, False))
        return [place for place, is_alone in zip(found, alone.tolist(), strict=True) if is_alone]

    @property
    def special(self) -> list[float]:
        """Where something happens that a grid may miss, unless it happens everywhere."""
        studies = [each.study for each in self.known if each.study is not None]
        points = [point for each in studies for point in (*each.zeros, *each.critical, *each.inflections)]
        places = sorted({point.x.value for point in points if self.low < point.x.value < self.high})
        return places if len(places) <= MOST_SPECIAL else []

    def values(self, x: Floats) -> list[Floats]:
        """The functions, each with its derivatives behind it."""
        return values_of(self.drawn, x)


def values_of(drawn: Drawn, x: Floats) -> list[Floats]:
    """The functions at places of the variable, each with its derivatives behind it: nan where it has no value.

    PyTorch gives log a derivative at -1.
    """
    found = []
    with np.errstate(all="ignore"):
        for value, *derivatives in drawn.evaluate({drawn.names[0]: x}):
            found += [value, *(np.where(np.isfinite(value), each, np.nan) for each in derivatives)]
    return found


def shown_of(drawn: Drawn) -> Shown:
    """What is shown of functions of one variable, or of several along a cut; beside polynomials no derivatives."""
    if drawn.degree is not None:
        evaluate = drawn.evaluate
        drawn = replace(drawn, partials=(), evaluate=lambda at: [each[:1] for each in evaluate(at)])
    formulas, variable = along_the_cut(drawn), drawn.names[0]
    asked = drawn.intervals[0] if drawn.intervals else None
    known = [known_of(formula, variable, asked) for formula in formulas]
    if asked is not None and math.isfinite(asked.low) and math.isfinite(asked.high):
        return Shown(drawn, tuple(known), asked.low, asked.high)
    heights = [_height(drawn, number) for number in range(len(formulas))]
    sight = _inside(sight_of(known, heights, typed_points(drawn).tolist()), asked)
    if not all(each.study is None or _covers(each, sight) for each in known):
        there = interval_between(variable, sight.low, sight.high, sight.ends)
        known = [known_of(formula, variable, there) for formula in formulas]
    return Shown(drawn, tuple(known), sight.low, sight.high)


def _height(drawn: Drawn, number: int) -> Callable[[Floats], Floats]:
    """The values of one function."""
    step = 1 + len(drawn.partials)
    return lambda x: values_of(drawn, x)[number * step]


def _covers(known: Known, sight: Sight) -> bool:
    assert known.study is not None, "it was studied"
    return known.study.low.value <= sight.low and sight.high <= known.study.high.value


def _inside(sight: Sight, asked: Interval | None) -> Sight:
    """What of it lies in an interval with an infinite end, or as much beside the finite one."""
    if asked is None:
        return sight
    low, high = max(sight.low, asked.low), min(sight.high, asked.high)
    if low < high:
        return Sight(low, high)
    if math.isfinite(asked.low):
        return Sight(asked.low, asked.low + 2 * USUAL)
    return Sight(asked.high - 2 * USUAL, asked.high)
