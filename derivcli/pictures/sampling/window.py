"""The vertical range that shows a function's shape."""

from __future__ import annotations

import numpy as np

from derivcli.pictures.sampling.samples import UNIT, Indices, Mask
from derivcli.pictures.scene import Floats

REACH = 3.0
"""How many times the distance of the quartiles lies beyond them what may be cut."""

WORTH = 3.0
"""How many times higher than the rest a pole has to be that it is cut."""

BROAD = 16.0
"""A piece between breaks is seen, at least a part of it, if it takes more than one such part of the axis."""

ROUNDING = 16 * np.finfo(np.float64).eps
"""Values that differ by less than this part of themselves are those of a constant, whose rounding is no shape."""

SHORTEST = 0.01
"""A line that is shorter, in pixels, is a shred of one that rounding tears beside a pole."""

NEAREST = 2.0**-16
"""How many pixels from a pole its growth is looked at: nearer to it, floats may overflow."""

LONGER = 2.2
"""How many times farther from a pole out of sight, at least, values are a quarter of the highest one than a half."""

CROWD_TURNS, CROWD_PIXELS = 8, 2.0
"""So many turns within so many pixels on both sides are those of a function that swings faster than can be shown."""

RINGS = 20
OVERFLOW = 1e290

FAR = 64.0
"""How many pixels from a break a function may swing that has a pole there."""

LOGARITHM = 0.97
"""By how much the values on the way to a pole rise, at least, each time that the distance from it is halved, if they
rose by one the time before: a logarithm rises by the same."""


def window(x: Floats, y: Floats, joined: Mask, cut: Floats, wide: float) -> tuple[float, float]:
    """The lowest and the highest value to be shown: all but those on the way to a pole that flattens the rest.

    `cut` has the places of breaks in the gaps after the points, and `wide` is the width of a pixel. A point that no
    line passes is not shown.
    """
    y = np.where(np.append(joined, False) | np.append(False, joined), y, np.nan)
    finite = np.isfinite(y)
    if not finite.any():
        return (np.nan, np.nan)
    low, high = float(np.nanmin(y)), float(np.nanmax(y))
    if high - low <= ROUNDING * max(abs(low), abs(high)):
        return (float(np.nanmedian(y)),) * 2
    first, third = _quartiles(x, y, finite)
    inner_low, inner_high = max(low, first - REACH * (third - first)), min(high, third + REACH * (third - first))
    inner_low, inner_high = _with_pieces(x, y, joined, (inner_low, inner_high))
    if WORTH * (inner_high - inner_low) >= high - low:
        return low, high
    bottom = -_top(x, -y, joined, cut, wide, -inner_low)
    return bottom, _top(x, y, joined, cut, wide, inner_high)


def _with_pieces(x: Floats, y: Floats, joined: Mask, inner: tuple[float, float]) -> tuple[float, float]:
    """The range with a quarter of each broad piece between breaks that would lie wholly beyond it."""
    begins = np.flatnonzero(joined & ~np.append(False, joined[:-1]))
    ends = np.flatnonzero(joined & ~np.append(joined[1:], False)) + 2
    low, high = inner
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        if x[end - 1] - x[begin] < x[-1] / BROAD - x[0] / BROAD:
            continue
        piece = y[begin:end]
        if piece.min() > inner[1]:
            high = max(high, _quartiles(x[begin:end], piece, np.isfinite(piece))[0])
        elif piece.max() < inner[0]:
            low = min(low, _quartiles(x[begin:end], piece, np.isfinite(piece))[1])
    return low, high


def _quartiles(x: Floats, y: Floats, finite: Mask) -> tuple[float, float]:
    """Those of the values over the axis, where each point stands for half of the gaps beside it."""
    gaps = np.diff(x)
    weight = (np.append(gaps[:1], gaps) + np.append(gaps, gaps[-1:]))[finite]
    order = np.argsort(y[finite])
    share = np.cumsum(weight[order] / 8)
    places = np.searchsorted(share, (share[-1] / 4, share[-1] * 0.75))
    first, third = y[finite][order][np.minimum(places, len(order) - 1)]
    return float(first), float(third)


def _top(x: Floats, y: Floats, joined: Mask, cut: Floats, wide: float, bound: float) -> float:
    """The highest value of those up to a bound, and of those above it that are not on the way to a pole."""
    above = y > bound
    starts = np.flatnonzero(above & ~np.append(False, above[:-1] & joined))
    stops = np.flatnonzero(above & ~np.append(joined & above[1:], False)) + 1
    highest = np.array([a + np.argmax(y[a:b]) for a, b in zip(starts, stops, strict=True)], dtype=np.intp)
    crowded, breaks = _crowded(x, y, wide), cut[np.isfinite(cut)]
    centres: dict[float, Floats] = {}
    for place in highest[np.argsort(-y[highest])].tolist():
        if crowded[place]:
            centre = _nearest(np.array([*centres]), x[place], FAR * wide)
            if centre is None:
                centre = _nearest(breaks, x[place], FAR * wide)
                centre = float(x[place]) if centre is None else centre
                centres[centre] = _sizes(x, y, centre, wide)
            runs = _grows(centres[centre], abs(x[place] - centre) / wide)
        else:
            runs = _runs_away(x, y, joined, cut, wide, place, bound)
        if not runs:
            return float(y[place])
    return bound


def _nearest(places: Floats, point: float, reach: float) -> float | None:
    """The nearest of the places within reach of a point."""
    away = np.abs(places - point)
    return float(places[np.argmin(away)]) if away.size and away.min() < reach else None


def _crowded(x: Floats, y: Floats, wide: float) -> Mask:
    """The points near which a function swings faster than can be shown."""
    turns = np.concatenate(([0, 0], np.cumsum(np.diff(np.signbit(np.diff(y)))), [0]))
    turns[-1] = turns[-2]
    reach = CROWD_PIXELS * wide
    last = np.searchsorted(x, x + reach) - 1
    return np.asarray(turns[last] - turns[np.searchsorted(x, x - reach)] >= CROWD_TURNS)


def _sizes(x: Floats, y: Floats, centre: float, wide: float) -> Floats:
    """The largest size of a value at distances from a place: up to a pixel, two, four, and so on."""
    known = np.isfinite(y)
    ring = np.clip(np.ceil(np.log2(np.abs(x[known] - centre) / wide)), 0, RINGS - 1).astype(np.intp)
    sizes = np.zeros(RINGS)
    np.maximum.at(sizes, ring, np.abs(y[known]))
    return sizes


def _grows(sizes: Floats, distance: float) -> bool:
    """Whether sizes grow like those of a pole near its place, and from a distance in pixels on."""
    rings = (1, max(1, min(int(np.ceil(np.log2(max(distance, 1)))), RINGS - 7)))
    return all(sizes[ring : ring + 3].max() > 2 * sizes[ring + 3 : ring + 6].max() > 0 for ring in rings)


def _runs_away(x: Floats, y: Floats, joined: Mask, cut: Floats, wide: float, highest: int, bound: float) -> bool:
    """Whether the values grow toward their highest like those of a pole."""
    left, right = (_branch(joined, highest, side) for side in (-1, 1))
    if x[right[-1]] - x[left[-1]] < SHORTEST * wide:
        return True
    ends = x[highest] - x[left[-1]], x[right[-1]] - x[highest]
    if min(ends) > NEAREST * wide:
        return all(y[side[1]] < bound / 2 + y[highest] / 2 for side in (left, right))
    side, branch = (1, left) if ends[1] <= ends[0] else (-1, right)
    place = _break_beside(x, y, cut, int((right if side > 0 else left)[-1]), side)
    if len(branch) < 4 or not np.isfinite(place):
        return len(branch) >= 4 and _bends_up(x, y, branch, bound)
    distance = np.fmax(np.abs(x[branch] - place), np.spacing(abs(place)))
    three = [int(np.searchsorted(distance, NEAREST * wide))]
    for _ in range(2):
        three.append(int(np.searchsorted(distance, 1.9 * distance[min(three[-1], len(branch) - 1)])))
    three = np.fmin(three, len(branch) - 1).tolist()
    rises = -np.diff(y[branch[three]]) / np.diff(np.log2(distance[three]))
    if rises[0] >= LOGARITHM * rises[1] > 0:
        return True
    inside = np.flatnonzero(y[branch] <= bound)
    if y[highest] * UNIT < OVERFLOW or not inside.size or bound <= 0:
        return False
    branch = branch[: inside[0]]
    return len(branch) >= 4 and _bends_up(x, np.log(y / bound), branch, 0.0)


def _break_beside(x: Floats, y: Floats, cut: Floats, point: int, side: int) -> float:
    """The place of the break on a side of a point, or else of the sample without a value there; nan at an end."""
    other = point + side
    if not 0 <= other < len(x):
        return np.nan
    place = float(cut[min(point, other)])
    return float(x[other]) if np.isnan(place) and np.isnan(y[other]) else place


def _bends_up(x: Floats, y: Floats, branch: Indices, bound: float) -> bool:
    """Whether the height above a bound grows like that of a pole which is out of sight.

    It falls to a half, and from there to a quarter, in equal distances if it is an exponential, in shorter ones if it
    is a power or a peak, and in longer ones near a pole.
    """
    distance, height = np.abs(x[branch] - x[branch[0]]), y[branch] - bound
    fallen = np.flatnonzero(height < height[0] / 4)
    if not fallen.size:
        return False
    size = np.log2(np.fmax(height[: fallen[0] + 1], height[0] * 1e-3))
    half, quarter = np.interp((1 - size[0], 2 - size[0]), -size, distance[: fallen[0] + 1])
    return bool(quarter > LONGER * half)


def _branch(joined: Mask, highest: int, side: int) -> Indices:
    """The numbers of the points that are joined to one on a side of it, itself first."""
    if side > 0:
        ends = np.flatnonzero(~joined[highest:])
        return np.arange(highest, highest + ends[0] + 1 if ends.size else len(joined) + 1)
    ends = np.flatnonzero(~joined[:highest][::-1])
    return np.arange(highest, highest - ends[0] - 1 if ends.size else -1, -1)
