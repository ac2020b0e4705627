"""The window that shows what there is of the curve of an equation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from derivcli.pictures.curves.edge_roots import Places
from derivcli.pictures.curves.plane import Level, Pair, Window
from derivcli.pictures.curves.tracing import Traced, traced
from derivcli.pictures.scene import Floats

SIZES = (
    *(float(f"{digit}e{power}") for power in range(-1, 6) for digit in (1, 2, 5)),
    *(float(f"1e{power}") for power in range(6, 156, 6)),
)
"""Half the widths of windows that are tried, from the middle on in both directions."""

FIRST = SIZES.index(5.0)

WIDER = 2
"""A window is large enough if one so many steps larger shows no more that is special."""

TRIAL_PIXELS, TRIAL_PARTS, TRIAL_CELLS = 160, 4, 200
MAX_FEATURES, MAX_LINES = 40, 12
"""More special points and lines than these come from a pattern that goes on, of which any part tells as much."""

AIR = 0.12
ROOM = 0.75
"""How much of their width is left around special points of a curve that goes on."""

SINGLE_RADII, PAIR_RADII = 4, 2
"""The same for a single one, and for several ones, in radii of curvature."""

TINY = 2000
"""What looks like a point may be a closed curve of this part of the window."""

CLOSE, MAX_ZOOMS = 0.05, 4
"""Special points that are so close, by the size of the window, are looked at in a window a tenth as large."""

USUAL = np.full(2, -5.0), np.full(2, 5.0)
"""Where nothing tells what to show."""


@dataclass(frozen=True, slots=True)
class Features:
    """What a trial window shows: special points of a curve, their radii of curvature, and the box of all of its lines.

    `open` tells whether one of its `lines` leaves the window, `dense` that too much goes on there for a closer look.
    """

    points: Floats
    radii: Floats
    low: Floats
    high: Floats
    open: bool
    dense: bool
    lines: int

    @property
    def points_only(self) -> bool:
        """Whether a single point is seen of the curve."""
        return not self.empty and not (self.high > self.low).any()

    @property
    def empty(self) -> bool:
        """Whether nothing is seen of the curve."""
        return not np.isfinite(self.low).all()


def chosen_window(
    level_in: Callable[[Window], Level], asked: Sequence[Pair | None], periods: Sequence[float | None]
) -> tuple[Pair, Pair]:
    """The ranges of x and y. Those that were asked for stay, and of a variable with a period there are two of these."""
    if None not in asked:
        return asked[0], asked[1]  # type: ignore[return-value]
    fixed = [
        pair or (None if period is None else (-period, period)) for pair, period in zip(asked, periods, strict=True)
    ]

    def features(x: Pair, y: Pair) -> Features:
        window = Window(fixed[0] or x, fixed[1] or y, (TRIAL_PIXELS, TRIAL_PIXELS))
        return _features(window, traced(replace(level_in(window), cells=None), TRIAL_PARTS, TRIAL_CELLS))

    found: dict[int, Features] = {}

    def sized(place: int) -> Features:
        if place not in found:
            side = (-SIZES[place], SIZES[place])
            found[place] = features(side, side)
        return found[place]

    place = _large_enough(sized)
    low, high = USUAL if place is None else _box(*_resolved(features, sized(place), SIZES[place]))
    for _ in range(2):
        closer = features((low[0], high[0]), (low[1], high[1]))
        if closer.points_only:
            middle, tiny = (low + high) / 2, float(np.max(high - low)) / TINY
            closer = features((middle[0] - tiny, middle[0] + tiny), (middle[1] - tiny, middle[1] + tiny))
        if closer.empty or closer.dense or closer.points_only:
            break
        low, high = _tight(closer, low, high) if closer.open else _box(closer, float(np.max(high - low)) / 2)
    low, high = _neat(low, high)
    (left, below), (right, above) = low.tolist(), high.tolist()
    return fixed[0] or (left, right), fixed[1] or (below, above)


def _large_enough(sized: Callable[[int], Features]) -> int | None:
    """The first size that shows all that is special; None if there is more of it the farther one looks."""
    for place in range(FIRST, len(SIZES) - WIDER):
        here = sized(place)
        if here.dense or here.points.shape[1] > MAX_FEATURES or here.lines > MAX_LINES:
            return None
        if not here.empty:
            wider = sized(place + WIDER)
            if wider.dense or wider.points.shape[1] > MAX_FEATURES:
                return None
            if wider.points.shape[1] <= here.points.shape[1]:
                return place
    return None


def _resolved(features: Callable[[Pair, Pair], Features], seen: Features, size: float) -> tuple[Features, float]:
    """What a window shows and its size: a smaller one, if special points are too close to each other to be seen."""
    shown, smaller = seen, size
    for _ in range(MAX_ZOOMS):
        if not shown.open or not shown.points.size:
            break
        if _width(shown) > CLOSE * smaller:
            return shown, smaller
        middle = shown.points.mean(1)
        smaller /= 10
        low, high = middle - smaller, middle + smaller
        shown = features((low[0], high[0]), (low[1], high[1]))
    return seen, size


def _width(seen: Features) -> float:
    return float(np.ptp(seen.points, axis=1).max())


def _box(seen: Features, size: float) -> tuple[Floats, Floats]:
    """The box around a curve that is closed, or around the special points of one that goes on, with air."""
    if not seen.open and not seen.empty:
        air = AIR * (seen.high - seen.low)
        air = np.maximum(air, AIR * air.max()) if air.max() > 0 else np.full(2, size / 5)
        return seen.low - air, seen.high + air
    if not seen.points.size:
        return np.full(2, -size), np.full(2, size)
    low, high = seen.points.min(1), seen.points.max(1)
    wide, near = _width(seen), float(seen.radii.min())
    if wide < CLOSE * size:
        room = min(max(SINGLE_RADII * near, size / 4), size)
    else:
        room = max(ROOM * wide, min(PAIR_RADII * near, wide), min(size / 4, 3 * wide))
    return low - room, high + room


def _neat(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """A box with ends of few digits around one."""
    steps = 10.0 ** np.floor(np.log10(high - low)) / 20
    return np.floor(low / steps) * steps, np.ceil(high / steps) * steps


def _tight(seen: Features, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The part of a box that the curve fills, unless it is a straight line along a side."""
    air = AIR / 2 * (seen.high - seen.low)
    fills = seen.high - seen.low > (high - low) / 1000
    return (
        np.where(fills, np.maximum(low, seen.low - air), low),
        np.where(fills, np.minimum(high, seen.high + air), high),
    )


def _features(window: Window, found: Traced) -> Features:
    parts, radii = [], []
    edge = np.array(window.pixels, float)[:, None]
    is_open = False
    lines = []
    for line in found.lines:
        outside = np.asarray(((line < 0) | (line > edge)).any(0))
        is_open = is_open or bool(outside.any())
        lines.append(np.clip(line, 0, edge))
        places, sizes = _special(line)
        kept = ~outside[places]
        parts.append(line[:, places[kept]])
        radii.append(sizes[kept])
    for each in found.singular:
        lines.append(np.array([each.at]).T)
        parts.append(np.array([each.at]).T)
        radii.append(np.array([np.inf]))
    step = np.sqrt(window.steps[0] * window.steps[1])
    count = len(found.lines)
    if not lines:
        nowhere = np.full(2, np.nan)
        return Features(np.empty((2, 0)), np.empty(0), nowhere, nowhere, is_open, found.dense, count)
    every = window.on_plane(np.concatenate(lines, axis=1))
    points = window.on_plane(np.concatenate(parts, axis=1))
    return Features(points, np.concatenate(radii) * step, every.min(1), every.max(1), is_open, found.dense, count)


def _special(line: Floats) -> tuple[Places, Floats]:
    """Where a line in pixels is parallel to an axis or bends most, and its radius there."""
    if line.shape[1] < 5:
        return np.empty(0, np.int64), np.empty(0)
    ways = np.diff(line, axis=1)
    length = np.maximum(np.hypot(*ways), 1e-9)
    turns = np.angle(np.exp(1j * np.diff(np.arctan2(ways[1], ways[0]))))
    bend = np.abs(turns) / ((length[1:] + length[:-1]) / 2)
    signs = np.sign(np.where(np.abs(ways) < 1e-9, 0, ways))
    parallel = (signs[:, 1:] * signs[:, :-1] < 0).any(0)
    smooth = np.convolve(bend, np.ones(3) / 3, "same")
    most = (smooth[1:-1] >= smooth[:-2]) & (smooth[1:-1] > smooth[2:])
    sharp = np.zeros(len(bend), bool)
    sharp[1:-1] = most & (smooth[1:-1] > 2 / TRIAL_PIXELS)
    places = np.nonzero(parallel | sharp)[0]
    return places + 1, 1 / np.maximum(smooth[places], 1e-9)
