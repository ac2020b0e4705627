"""Round numbers at which contours are drawn: so many that they show the shape, also where values span magnitudes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from derivcli.pictures.scene import Floats

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
"""The steps between levels, but for powers of ten."""

LINEAR_LEVELS = 12
"""About so many levels stand at equal steps."""

MAX_SERIES = 12
"""Of growing levels about so many have one sign."""

WIDE_ABOVE_EXTREMUM = 25.0
WIDE_ONE_SIGN = 50.0
WIDE_BOTH_SIGNS = 400.0
"""Values that span so much have levels at growing steps."""

FEW_VALUES = 12
"""A function that has so few values has levels between them."""

MOST = 0.6
"""Levels at equal steps are none for a function of whose values this part lies between two of them."""

TAIL = 0.005
"""The part of the values on either side that may lie far out."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The values of a function in a window, in order, with what is known of it.

    `critical` are the values at critical points, `least` and `greatest` those at an interior minimum or maximum.
    `poles` tells that the values are unbounded.
    """

    values: Floats
    critical: Sequence[float] = ()
    least: float | None = None
    greatest: float | None = None
    poles: bool = False

    def at(self, part: float) -> float:
        """The value below which that part of them lies."""
        return float(self.values[min(len(self.values) - 1, int(part * len(self.values)))])


def levels_of(spread: Spread) -> Floats:
    """The levels in ascending order; none for a constant."""
    if not len(spread.values) or spread.values[0] == spread.values[-1]:
        return np.empty(0)
    different = np.unique(spread.values)
    if len(different) <= FEW_VALUES:
        return np.asarray(different[:-1] / 2 + different[1:] / 2, np.float64)
    low, high = _ends(spread)
    if not high - low > 1e-13 * max(abs(low), abs(high)):
        return np.empty(0)
    grown = _growing(spread, low, high)
    return _even(spread, low, high) if grown is None else grown


def _even(spread: Spread, low: float, high: float) -> Floats:
    """Levels at equal steps, or at growing ones where most values lie between two of those and none is extreme."""
    levels = equal_steps(low, high)
    most = np.bincount(np.searchsorted(levels, spread.values)).max()
    if spread.least is None and spread.greatest is None and most > MOST * len(spread.values):
        if low >= 0 or high <= 0:
            return _one_sign(spread, low, high)
        return _both_signs(spread, low, high)
    return levels


def _one_sign(spread: Spread, low: float, high: float) -> Floats:
    """Levels that grow away from 0."""
    sizes = sorted([abs(low), abs(high)])
    middle = sorted([abs(spread.at(0.1)), abs(spread.at(0.9))])
    least = max(sizes[0], middle[0] / 10, middle[1] * 1e-8, sizes[1] * 1e-12)
    return _signed(series(least, sizes[1]), 1 if high > 0 else -1, 0.0)


def equal_steps(low: float, high: float, count: int = LINEAR_LEVELS) -> Floats:
    """Multiples of a round step that lie between two ends."""
    step = round_step(high / count - low / count)
    first, last = math.floor(low / step) + 1, math.ceil(high / step) - 1
    digits = 1 - math.floor(math.log10(step))
    found = [round(number * step, digits) if digits < 300 else number * step for number in range(first, last + 1)]
    return np.array(found, np.float64)


def round_step(size: float) -> float:
    """The least round number that is no smaller, up to a little."""
    power = 10.0 ** math.floor(math.log10(size))
    return power * next(step for step in STEPS if step * 1.001 >= size / power)


def _ends(spread: Spread) -> tuple[float, float]:
    """The ends of the values, without the few that lie far from all others."""
    low, high = float(spread.values[0]), float(spread.values[-1])
    inner_low, inner_high = spread.at(TAIL), spread.at(1 - TAIL)
    reach = inner_high / 2 - inner_low / 2
    return max(low, inner_low - reach), min(high, inner_high + reach)


def _growing(spread: Spread, low: float, high: float) -> Floats | None:
    """Levels at growing steps, where the values span magnitudes."""
    if spread.poles:
        return _both_signs(spread, low, high)
    if spread.least is not None and spread.least <= low + 0.02 * (high - low):
        return _from_base(spread, spread.least, 1)
    if spread.greatest is not None and spread.greatest >= high - 0.02 * (high - low):
        return _from_base(spread, spread.greatest, -1)
    if low < 0 < high:
        size = np.sort(np.abs(spread.values))
        wide = _part(size, 0.9) > WIDE_BOTH_SIGNS * _part(size, 0.1) > 0
        return _both_signs(spread, low, high) if wide else None
    ends = sorted([abs(spread.at(0.1)), abs(spread.at(0.9))])
    return _one_sign(spread, low, high) if ends[1] > WIDE_ONE_SIGN * ends[0] > 0 else None


def _from_base(spread: Spread, base: float, sign: int) -> Floats | None:
    """Levels at growing distances from the least or the greatest value."""
    distances = np.sort(sign * (spread.values - base))
    others = [sign * (value - base) for value in spread.critical]
    far = _part(distances, 0.98)
    near = min([each for each in others if each > 1e-6 * far] + [_part(distances, 0.1)])
    if not far > WIDE_ABOVE_EXTREMUM * near > 0:
        return None
    near = max(min(near / 2, _part(distances, 0.02)), 1e-6 * far)
    if near < abs(base) < far / 20:
        return _both_signs(spread, spread.at(0.0), spread.at(1.0), near)
    steps = series(near, _part(distances, 0.995))
    unit = 10.0 ** math.floor(math.log10(steps[0]))
    return _signed(steps, sign, round(base / unit) * unit)


def _both_signs(spread: Spread, low: float, high: float, near: float = 0.0) -> Floats:
    """Levels that grow away from 0 in both directions."""
    size = np.sort(np.abs(spread.values))
    far = _part(size, 0.97)
    near = max(near or _part(size, 0.15), far * 1e-4) or far
    steps = series(near, far)
    middle = [0.0] if low < 0 < high else []
    below = [-step for step in steps if -step > low]
    return np.array([*below[::-1], *middle, *(step for step in steps if step < high)])


def series(low: float, high: float) -> Floats:
    """The numbers 1, 2, 5, 10 and so on between two positive ones; fewer of each ten where there are many."""
    for kinds in ((1, 2, 3, 5), (1, 2, 5), (1, 3), (1,)):
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        found = [float(f"{kind}e{power}") for power in powers for kind in kinds]
        found = [each for each in found if low * 0.999 <= each <= high * 1.001]
        if len(found) <= MAX_SERIES:
            break
    found = found[:: 1 + len(found) // (MAX_SERIES + 6)]
    return np.array(found or [low])


def _signed(steps: Floats, sign: int, base: float) -> Floats:
    return np.asarray(np.sort(base + sign * steps), np.float64)


def _part(ordered: Floats, part: float) -> float:
    return float(ordered[min(len(ordered) - 1, int(part * len(ordered)))])
