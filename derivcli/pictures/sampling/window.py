"""The vertical range that shows a function's shape."""

from __future__ import annotations

import numpy as np

from derivcli.pictures.sampling.samples import Mask
from derivcli.pictures.scene import Floats

REACH = 3.0
"""How many times the distance of the quartiles lies beyond them what may be cut."""

WORTH = 3.0
"""How many times higher than the rest a pole has to be that it is cut."""


def window(x: Floats, y: Floats, joined: Mask, wide: float) -> tuple[float, float]:
    """The lowest and the highest value to be shown: all but those on the way to a pole that flattens the rest.

    Values without any spread are those of a constant, whose rounding is no shape. `wide` is the width of a pixel.
    """
    finite = np.isfinite(y)
    if not finite.any():
        return (np.nan, np.nan)
    low, high = float(np.nanmin(y)), float(np.nanmax(y))
    if high / 4 - low / 4 <= 8 * np.finfo(np.float64).eps * max(abs(low), abs(high)) / 4:
        return (float(np.nanmedian(y)),) * 2
    first, third = _quartiles(x, y, finite)
    reach = REACH * (third / 4 - first / 4)
    inner_low, inner_high = max(low / 4, first / 4 - reach), min(high / 4, third / 4 + reach)
    if WORTH * (inner_high - inner_low) >= high / 4 - low / 4:
        return low, high
    size = inner_high - inner_low
    tops = [_top(x, sign * y / 4, joined, wide, bound, size) for sign, bound in ((-1, -inner_low), (1, inner_high))]
    return -4 * tops[0], 4 * tops[1]


def _quartiles(x: Floats, y: Floats, finite: Mask) -> tuple[float, float]:
    """Those of the values over the axis, where each point stands for half of the gaps beside it."""
    gaps = np.diff(x / 4)
    weight = (np.concatenate((gaps[:1], gaps)) + np.concatenate((gaps, gaps[-1:])))[finite]
    order = np.argsort(y[finite])
    share = np.cumsum(weight[order])
    places = np.searchsorted(share / share[-1], (0.25, 0.75))
    first, third = y[finite][order][np.minimum(places, len(order) - 1)]
    return float(first), float(third)


def _top(x: Floats, y: Floats, joined: Mask, wide: float, bound: float, size: float) -> float:
    """The highest value of those up to a bound, and of those above it that are not on the way to a pole."""
    above = y > bound
    starts = np.flatnonzero(above & ~np.concatenate(([False], above[:-1] & joined)))
    stops = np.flatnonzero(above & ~np.concatenate((joined & above[1:], [False]))) + 1
    top = bound
    for start, stop in zip(starts, stops, strict=True):
        highest = int(start + np.argmax(y[start:stop]))
        if y[highest] > top and not _runs_away(x, y, joined, wide, highest, size):
            top = float(y[highest])
    return top


def _runs_away(x: Floats, y: Floats, joined: Mask, wide: float, highest: int, size: float) -> bool:
    """Whether the values grow toward their highest like those of a pole on one of its sides.

    At a break it is told by the last half of a pixel, over which they grow by more than the `size` of the rest.
    Elsewhere the steps between equally distant points grow by factors that grow themselves. A peak, a power or an
    exponential is not like that, however steep it is.
    """
    for side in (-1, 1):
        branch = _branch(joined, highest, side)
        distance, values = np.abs(x[branch] / 4 - x[highest] / 4) * 4, y[branch]
        if len(branch) > 1 and 0 < highest < len(joined) and not joined[highest - (side > 0)]:
            if y[highest] - np.interp(wide / 2, distance, values) > size:
                return True
        elif len(branch) >= 4:
            fallen = np.flatnonzero(values < y[highest] / 4)
            reach = distance[fallen[0]] if fallen.size else distance[-1]
            steps = -np.diff(np.interp(np.linspace(0, reach, 4), distance, values) / y[highest])
            if steps.min() >= 0 and steps[0] * steps[2] > 1.2 * steps[1] ** 2:
                return True
    return False


def _branch(joined: Mask, highest: int, side: int) -> Floats:
    """The numbers of the points that are joined to one on a side of it."""
    if side > 0:
        ends = np.flatnonzero(~joined[highest:])
        return np.arange(highest, highest + ends[0] + 1 if ends.size else len(joined) + 1)
    ends = np.flatnonzero(~joined[:highest][::-1])
    return np.arange(highest, highest - ends[0] - 1 if ends.size else -1, -1)
