"""The interval that is shown where none was asked for: around what happens, with air, in round numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from derivcli.language.tree import Tree, multiply, negative
from derivcli.pictures.functions.known import Known, period_of
from derivcli.pictures.scene import Floats

USUAL = 3.0
"""What is shown to both sides where nothing says more."""

AIR, MOST_AIR, EDGE_AIR = 0.15, 1.0, 0.06
"""The air beside what happens: at least, and at most where the function stays in sight; and beyond a domain's end."""

MOST_FALL = 4.0
"""How far a function is followed that comes from a pole."""

POINT_AIR = 0.08
"""The air beside a point that is marked."""

GROWTH = 1.5
"""How far the function may leave the heights of its special points in the air, by the difference of these."""

OPEN_AIR = 3.0
"""The air on the one open side of a domain."""

MOST_BREAKS, MOST_TURNS = 7, 8
"""Of more breaks only those next to 0 are shown; of more turns in one period there is one period and not two."""

PILED = 0.2
"""Breaks pile up where those next to 0 are nearer to it by this factor than the farthest one."""

GREATEST, MOST_HALVINGS = 1e6, 40
"""How many times greater one end of a picture may be than the other, and how often it is halved for that."""

FINEST = 1e-9
"""The air beside a place, at least, as a part of its distance from 0: in less, the steps of floats are seen."""

FAR = 6.0
"""A point that is so many widths away from what happens is shown alone."""

ALONE = 0.2
"""What is shown to both sides of such a point, as a part of its distance from 0."""

Heights = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Sight:
    """An interval of the variable; `ends` are formulas of its ends, if there are any."""

    low: float
    high: float
    ends: tuple[Tree | None, Tree | None] = (None, None)


def sight_of(known: Sequence[Known], heights: Sequence[Heights], points: Sequence[float]) -> Sight:
    """What is shown of all functions, and of points that are marked."""
    periods = [period_of(each.expression, each.variable) for each in known if each.study is not None]
    found = [each for each in periods if each is not None]
    if found and len(found) == len(known):
        return _periods(known, *max(found, key=lambda each: each[0]), points)
    spans = [_span(each, height) for each, height in zip(known, heights, strict=True)]
    low, high = min(low for low, _ in spans), max(high for _, high in spans)
    return Sight(*_with_points(low, high, points))


def _periods(known: Sequence[Known], length: float, tree: Tree | None, points: Sequence[float]) -> Sight:
    """Two periods around 0, or one where much happens in it; more, if points lie beyond."""
    turns = max(len(each.study.critical) + len(each.study.breaks) for each in known if each.study is not None)
    half = length if turns <= MOST_TURNS else length / 2
    far = max(map(abs, points), default=0.0)
    if far <= half:
        ends = (None, None) if tree is None or half != length else (_opposite(tree), tree)
        return Sight(-half, half, ends)
    return Sight(*_with_points(-half, half, points))


def _opposite(tree: Tree) -> Tree:
    """The tree with its sign changed, in the number before it where there is one: -2*pi."""
    if not tree.is_Mul or not tree.args[0].is_Rational:
        return negative(tree)
    return multiply([negative(tree.args[0]), *tree.args[1:]])


def _with_points(low: float, high: float, points: Sequence[float]) -> tuple[float, float]:
    if not points:
        return low, high
    first, last = min(points), max(points)
    width = high - low
    if first < low - FAR * width or last > high + FAR * width:
        half = max((last - first) * 0.75, width / 2, ALONE * max(abs(first), abs(last)))
        middle = (first + last) / 2
        return rounded(middle - half, middle + half)
    left = first - POINT_AIR * width if first < low + POINT_AIR * width else low
    right = last + POINT_AIR * width if last > high - POINT_AIR * width else high
    return rounded(min(low, left), max(high, right)) if (left, right) != (low, high) else (low, high)


def _span(known: Known, height: Heights) -> tuple[float, float]:
    """What is shown of one function."""
    if known.study is None:
        return -USUAL, USUAL
    places = _places(known)
    low, high = known.study.low.value, known.study.high.value
    if not places:
        return _clipped(*_unmarked(height), low, high)
    first, last = places[0], places[-1]
    is_open = _is_defined(known, first, -1), _is_defined(known, last, 1)
    if first == last:
        left, right = _around(known, first, height, is_open)
    else:
        allowed, goes_on = _allowed(known, first, last), _goes_on(known, first, last)
        most = (last - first) * (MOST_AIR if all(is_open) else OPEN_AIR)
        left, right = (
            0.0
            if not is_there
            else AIR * (last - first) / 2
            if more
            else _air(height, end, side, last - first, most, allowed)
            for end, side, is_there, more in ((first, -1, is_open[0], goes_on[0]), (last, 1, is_open[1], goes_on[1]))
        )
    least = FINEST * max(abs(first), abs(last))
    left, right = (max(air, least) if is_there else air for air, is_there in zip((left, right), is_open, strict=True))
    edge = EDGE_AIR * (last - first + left + right) or USUAL
    left, right = left or edge, right or edge
    return _clipped(*rounded(first - left, last + right), low, high)


def _clipped(low: float, high: float, least: float, most: float) -> tuple[float, float]:
    """What lies in the interval that a study was asked for or chose, if that leaves anything."""
    inside = max(low, least), min(high, most)
    return inside if inside[0] < inside[1] else (low, high)


def _places(known: Known) -> list[float]:
    """Where something happens that is to be seen, in order."""
    study = known.study
    assert study is not None, "it was studied"
    breaks = [each.x.value for each in known.breaks if each.kind != "isolated"]
    breaks = breaks or [each.x.value for each in known.breaks]
    inner = [each.x.value for each in (*study.zeros, *study.critical, *study.inflections)]
    reach = _reach(breaks)
    return sorted({place for place in (*breaks, *inner) if abs(place) <= reach and math.isfinite(place)})


def _reach(breaks: Sequence[float]) -> float:
    """How far from 0 breaks are shown: all of a few, and all that pile up towards 0."""
    sizes = sorted(map(abs, breaks))
    if len(sizes) <= MOST_BREAKS or sizes[MOST_BREAKS - 1] < PILED * sizes[-1]:
        return math.inf
    return sizes[MOST_BREAKS - 1]


def _goes_on(known: Known, first: float, last: float) -> tuple[bool, bool]:
    """Whether there are more breaks on the left and on the right, too many to be shown."""
    breaks = [each.x.value for each in known.breaks if each.kind != "isolated"]
    return any(place < first for place in breaks), any(place > last for place in breaks)


def _is_defined(known: Known, place: float, side: int) -> bool:
    """Whether the function is defined beyond the outermost place on a side."""
    assert known.study is not None, "it was studied"
    for piece in known.study.pieces:
        if (piece.high.value if side < 0 else piece.low.value) == place:
            return piece.defined
    return True


def _allowed(known: Known, first: float, last: float) -> tuple[float, float]:
    """The heights that the function may reach in the air; without bounds where no difference of heights is known."""
    study = known.study
    assert study is not None, "it was studied"
    special = (*study.zeros, *study.critical, *study.inflections)
    numbers = [each.value for each in special if first <= each.x.value <= last]
    for each in known.breaks:
        numbers += [each.value, each.left, each.right] if first <= each.x.value <= last else []
    numbers += [limit for end in study.ends if math.isinf(end.x.value) for limit in (end.left, end.right)]
    values = [each.value for each in numbers if each is not None and math.isfinite(each.value)]
    span = max(values, default=0.0) - min(values, default=0.0)
    if span <= 1e-9 * max(map(abs, values), default=0.0):
        return -math.inf, math.inf
    return min(values) - GROWTH * span, max(values) + GROWTH * span


def _air(height: Heights, end: float, side: int, span: float, most: float, allowed: tuple[float, float]) -> float:
    """How much is shown beyond the outermost place on a side: as far as the function is in sight there.

    Where it comes from a pole and is not in sight yet, it is shown until it is.
    """
    distances = np.geomspace(AIR * span, max(most, MOST_FALL * span), 96)
    values = height(end + side * distances)
    inside = distances[(values >= allowed[0]) & (values <= allowed[1])]
    near = inside[inside <= most]
    if len(near) or not len(inside):
        return float(near.max(initial=AIR * span))
    falls = abs(values[0]) > 2 * abs(values[-1])
    return float(inside[0] * 1.5) if falls else AIR * span


def _around(known: Known, place: float, height: Heights, is_open: tuple[bool, bool]) -> tuple[float, float]:
    """The same around a single place: as far as the function takes towards its limits, if it has any."""
    study = known.study
    assert study is not None, "it was studied"
    limits = [limit for end in study.ends for limit in (end.left, end.right) if math.isinf(end.x.value)]
    values = [each.value for each in limits if each is not None]
    usual = USUAL if all(is_open) else 5.0
    distances = np.geomspace(1e-9, 1e9, 300)
    if len(values) == sum(is_open) and values and all(map(math.isfinite, values)):
        reach = 0.0
        for side, limit in zip([s for s, there in zip((-1, 1), is_open, strict=True) if there], values, strict=True):
            missing = np.abs(height(place + side * distances) - limit)
            top = float(np.nanmax(missing[np.isfinite(missing)], initial=0.0))
            far = distances[missing > 0.1 * top]
            reach = max(reach, 1.5 * float(far.max(initial=0.0)))
        usual = reach if 0 < reach < 1e8 and not _has_pole(known) else usual
    return usual if is_open[0] else 0.0, usual if is_open[1] else 0.0


def _has_pole(known: Known) -> bool:
    return any(each.kind == "pole" for each in known.breaks)


def _unmarked(height: Heights) -> tuple[float, float]:
    """What is shown of a function at which nothing happens: less, where it grows by more than eyes can follow."""
    half = USUAL
    for _ in range(MOST_HALVINGS):
        ends = np.abs(height(np.array([-half, half])))
        if not (ends.max() > GREATEST * ends.min()):
            return (-half, half) if half == USUAL else rounded(-half, half)
        half /= 2
    return -USUAL, USUAL


def rounded(low: float, high: float) -> tuple[float, float]:
    """The ends moved outward to round numbers."""
    width = high - low
    if not (0 < width < math.inf):
        return low, high
    step = 10.0 ** math.floor(math.log10(width / 20))
    step *= next(factor for factor in (1, 2, 2.5, 5, 10) if step * factor >= width / 40)
    ends = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    places = 2 - math.floor(math.log10(step))
    return round(ends[0], places), round(ends[1], places)
