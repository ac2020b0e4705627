"""The window of a function of two variables: what was asked for, else what shows its shape."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.fields.critical import studied
from derivcli.pictures.fields.grid import Field, Window, on_grid
from derivcli.pictures.fields.levels import round_step
from derivcli.pictures.scene import Floats

if TYPE_CHECKING:
    from derivcli.pictures.drawn import Drawn
    from derivcli.study.boxes.records import BoxStudy

USUAL = 3.0
"""Half the width of a window where nothing else tells it."""

SOUGHT = (10.0, 1000.0)
"""Critical points are looked for so far from 0 on both sides, the farther ones where there are none nearer."""

MAX_SOUGHT_POINTS = 30
"""More critical points than these do not choose the window, nor do those that go on to the end of what is looked at."""

INNER_PART = 0.8

CHOICE_SECONDS = 0.5

SCALES = (USUAL, 30.0, 0.3, 300.0, 0.03, 3e4, 3e-4, 3e6, 3e8)
"""Half the widths of windows that are tried in turn until a function shows something."""

COARSE_POINTS = 65

MUCH = 8.0
"""A window so many times as large as another is not joined with it."""

FEW_POINTS = 4
"""So few points have more air around them."""

PERIODS = (math.pi / 2, math.pi, 2 * math.pi, 4 * math.pi, 0.5, 1.0, 2.0, 4.0)
"""Periods that a function may have in one of its variables."""

SMALL_PART = 0.4
"""What takes a smaller part of a window than this is looked at again from near by."""

TYPICAL_PART, SAME_PART = 0.99, 1e-3
"""What most values differ by, and the part of it by which those differ that are the same."""

FLAT_PART = 0.02
"""A value that differs from the commonest one by less than this part of what most differ by shows nothing."""


def window_of(drawn: Drawn, field: Field) -> Window:
    """The intervals that were asked for, and chosen ones for the other variables."""
    asked = {interval.variable: (interval.low, interval.high) for interval in drawn.intervals}
    if all(name in asked for name in drawn.names):
        first, second = (asked[name] for name in drawn.names)
        return first, second
    chosen = dict(zip(drawn.names, chosen_window(drawn, field), strict=True))
    first, second = (asked.get(name, chosen[name]) for name in drawn.names)
    return first, second


def chosen_window(drawn: Drawn, field: Field) -> Window:
    """A window about the critical points, those that were typed, whole periods, or the place where values change."""
    periods = [period_along(field, axis) for axis in (0, 1)]
    points = _typed(drawn)
    if not all(periods):
        points += _critical(drawn)
    found = shown(field, points[0] if points else (0.0, 0.0))
    if len({*points}) > 1:
        near = about(points)
        found = joined(near, shown(field, [(low + high) / 2 for low, high in near]))
    first, second = (
        (-_periods(period), _periods(period)) if period else ends for period, ends in zip(periods, found, strict=True)
    )
    return first, second


def _periods(period: float) -> float:
    """Half a window that shows two periods or more."""
    return period * max(1, round(2 / period))


def _typed(drawn: Drawn) -> list[tuple[float, ...]]:
    if drawn.points is None or any(name not in drawn.points.at for name in drawn.names):
        return []
    return list(zip(*(drawn.points.at[name].tolist() for name in drawn.names), strict=True))


def _critical(drawn: Drawn) -> list[tuple[float, ...]]:
    """The critical points near 0, where they are not many."""
    if len(drawn.expressions) > 1:
        return []
    for half in SOUGHT:
        known: BoxStudy | None = studied(drawn, ((-half, half), (-half, half)), CHOICE_SECONDS)
        if known is None or len(known.critical) > MAX_SOUGHT_POINTS:
            break
        found = [tuple(number.value for number in point.at) for point in known.critical]
        if found and np.abs(found).max() < INNER_PART * half:
            return found
        if found or not known.complete:
            break
    return []


def about(points: Iterable[tuple[float, ...]]) -> Window:
    """A window about two points or more with air around them, of round ends; both sides have a like length."""
    array = np.array(list(points), np.float64)
    middle = (array.max(axis=0) + array.min(axis=0)) / 2
    halves = (array.max(axis=0) - array.min(axis=0)) / 2
    largest = float(halves.max())
    air = 0.4 if len(array) > FEW_POINTS else 1.5
    reach = np.maximum(halves + air * largest, largest)
    first, second = (_rounded(m - r, m + r) for m, r in zip(middle.tolist(), reach.tolist(), strict=True))
    return first, second


def joined(near: Window, far: Window) -> Window:
    """Both windows as one, but for one that is much larger than the other."""
    sizes = [max(high - low for low, high in window) for window in (near, far)]
    if sizes[1] > MUCH * sizes[0]:
        return near
    first, second = ((min(a[0], b[0]), max(a[1], b[1])) for a, b in zip(near, far, strict=True))
    return first, second


def _rounded(low: float, high: float) -> tuple[float, float]:
    """The ends moved outward to multiples of a round step."""
    step = round_step((high - low) / 20)
    first, last = math.floor(low / step + 0.01), math.ceil(high / step - 0.01)
    return (first * step, last * step) if step >= 1 else (first / round(1 / step, 9), last / round(1 / step, 9))


def period_along(field: Field, axis: int) -> float:
    """A period in one variable that the values at some points agree with; 0 where there is none."""
    random = np.random.default_rng(20)
    x, y = random.uniform(-2, 2, (2, 24))
    with np.errstate(all="ignore"):
        here = np.array([function[0] for function in field(x, y)])
        for period in PERIODS:
            moves = [(period * k, 0.0) if axis == 0 else (0.0, period * k) for k in (1, 2, 3)]
            there = [np.array([function[0] for function in field(x + right, y + up)]) for right, up in moves]
            moved = field(x + 0.37 * (axis == 0), y + 0.37 * (axis == 1))
            varies = not np.allclose(here, [function[0] for function in moved], equal_nan=True)
            if varies and all(np.allclose(here, each, rtol=1e-9, atol=1e-9, equal_nan=True) for each in there):
                return period
    return 0.0


def shown(field: Field, middle: Sequence[float], zooms: int = 2, first_half: float = USUAL) -> Window:
    """The first window about a point in which a function shows something, cut to where it does."""
    for half in (first_half, *SCALES[1:]):
        x, y = (np.linspace(each - half, each + half, COARSE_POINTS) for each in middle)
        with np.errstate(all="ignore"):
            values = [function[0] for function in on_grid(field, x + half * 1e-3, y - half * 7e-4)]
        shows = np.logical_or.reduce([_shows(each) for each in values])
        rows, columns = np.flatnonzero(shows.any(axis=1)), np.flatnonzero(shows.any(axis=0))
        if len(rows) > 2 and len(columns) > 2:
            across, up = _cut(x, columns), _cut(y, rows)
            if zooms and max(across[1] - across[0], up[1] - up[0]) < SMALL_PART * 2 * half:
                return shown(field, (sum(across) / 2, sum(up) / 2), zooms - 1, (across[1] - across[0]) / 2)
            return across, up
    first, second = ((each - USUAL, each + USUAL) for each in middle)
    return first, second


def _shows(values: Floats) -> NDArray[np.bool_]:
    """The points with a value that differs from the commonest."""
    finite = np.isfinite(values)
    if not finite.any():
        return finite
    inner = values[finite]
    middle = np.median(inner)
    size = np.quantile(np.abs(inner - middle), TYPICAL_PART)
    if size == 0:
        size = np.abs(inner - middle).max()
    if size > 0 and np.median(np.abs(inner - middle)) > SAME_PART * size:
        return finite  # most values differ
    return np.asarray(finite & (np.abs(values - middle) > FLAT_PART * size) if size > 0 else finite & False, np.bool_)


def _cut(points: Floats, places: NDArray[np.int64]) -> tuple[float, float]:
    """The ends of a window in which something is at these places; the whole one where it is at most of them."""
    low, high = points[places[0]], points[places[-1]]
    whole = points[-1] - points[0]
    if high - low > 0.7 * whole:
        return float(points[0]), float(points[-1])
    air = max(0.12 * (high - low), points[1] - points[0])
    return _rounded(float(low - air), float(high + air))
