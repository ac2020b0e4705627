"""Which curves share a pair of axes, and how far these reach: in units of a power of ten, or by logarithms."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from derivcli.pictures.scene import Asymptote, Axis, Curve, Mark, Name, Panel, unit_of

COMPARABLE = 10
"""Curves share a pair of axes while their scales differ by less than this factor."""

STUDIED = 3
"""The same where special points are named, which need room."""

MOST_PANELS = 3

AIR = 0.06
"""Air above and below, as a part of what is shown."""

MOST_ALONE = 3.0
"""An isolated point makes a picture at most so many times higher."""

NEAR = 0.25
"""A horizontal asymptote is shown that is no farther beyond the rest than this part of its height."""

MOST_HIDDEN = 0.3
"""A curve with a pole may be beyond a picture on such a part of the axis."""

SLACK = 1e-3
"""The part of a window by which a curve may be beyond it and is not cut."""


def grouped(curves: Sequence[Curve], studied: bool, equal: bool) -> list[list[Curve]]:
    """The curves that share a pair of axes: orders together while their scales are comparable, or `equal`."""
    groups: list[list[Curve]] = []
    comparable = math.inf if equal else STUDIED if studied else COMPARABLE
    for order in sorted({_rank(curve) for curve in curves}):
        own = [curve for curve in curves if _rank(curve) == order]
        scale = _scale(own)
        for group in groups:
            scales = sorted((scale, _scale(group)))
            if scales[0] == 0 or scales[1] < comparable * scales[0] or len(groups) == MOST_PANELS:
                group += own
                break
        else:
            groups.append(own)
    return groups


def _rank(curve: Curve) -> int:
    return curve.order if curve.role == "derivative" else 0


def _scale(curves: Iterable[Curve]) -> float:
    """The height of an axis that shows the curves and zero, divided by 32 so that it does not overflow."""
    ends = np.array([end for curve in curves for end in curve.window if math.isfinite(end)]) / 32
    return float(np.max(ends, initial=0) - np.min(ends, initial=0))


def panel_of(
    x: Axis, curves: Sequence[Curve], asymptotes: Sequence[Asymptote], by_logarithms: bool, equal: bool = False
) -> Panel:
    """The curves with the vertical axis that suits them; with one scale on both axes that of the functions alone."""
    functions = [curve for curve in curves if curve.role == "function"]
    derivatives = [curve for curve in curves if curve.role == "derivative"]
    own = functions if equal and functions else [*functions, *derivatives]
    low, high = _range(own, [mark for curve in own for mark in curve.marks if not math.isnan(mark.y)])
    low, high = _with_level(low, high, [each.place for each in asymptotes if not each.vertical])
    drawn = tuple(curves), tuple(each for each in asymptotes if each.vertical or low <= each.place <= high)
    if by_logarithms:
        low, high = (math.log10(max(end, 5e-324)) for end in (low, high))
        low, high = padded(low, high)
        return Panel(x, Axis(Name(""), 10.0 ** max(low, -307), 10.0 ** min(high, 308), logarithmic=True), *drawn)
    low, high = padded(low, high)
    return Panel(x, Axis(Name(""), low, high, unit_of(low, high)), *drawn)


def _range(curves: Sequence[Curve], marks: Sequence[Mark]) -> tuple[float, float]:
    """The vertical range that shows each curve; of several with poles, the tamest says how far all are shown."""
    reach = _reach(curves)
    windows = []
    for curve in curves:
        low, high = curve.window
        near = is_cut(curve) and low < reach and high > -reach
        windows.append((max(low, -reach), min(high, reach)) if near else (low, high))
    ends = [end for window in windows for end in window if math.isfinite(end)]
    ends += [mark.y for mark in marks if abs(mark.y) <= reach and mark.kind != "isolated"]
    alone = sorted((mark.y for mark in marks if mark.kind == "isolated"), key=abs)
    for height in alone:
        low, high = min([height, *ends]), max([height, *ends])
        if not ends or high - low <= MOST_ALONE * (max(ends) - min(ends)) or max(ends) == min(ends):
            ends.append(height)
    return (min(ends), max(ends)) if ends else (-1.0, 1.0)


def _with_level(low: float, high: float, levels: Iterable[float]) -> tuple[float, float]:
    """The range with the horizontal asymptotes that lie close beyond it."""
    near = NEAR * (high / 2 - low / 2) * 2
    kept = [each for each in levels if low - near <= each <= high + near]
    return min([low, *kept]), max([high, *kept])


def _reach(curves: Sequence[Curve]) -> float:
    """How far from zero curves with poles are shown: as the tamest of them, unless that hides much of another."""
    reaches = sorted(max(-curve.window[0], curve.window[1]) for curve in curves if is_cut(curve))
    return next((each for each in reaches if all(_beyond(curve, each) <= MOST_HIDDEN for curve in curves)), math.inf)


def _beyond(curve: Curve, reach: float) -> float:
    """The part of the axis on which a curve is farther from zero."""
    total = sum(float(each.x[-1] - each.x[0]) for each in curve.strokes)
    far = sum(float(np.diff(each.x)[(np.abs(each.y) > reach)[1:]].sum()) for each in curve.strokes)
    return far / total if total > 0 else 0.0


def is_cut(curve: Curve) -> bool:
    """Whether some of it lies outside its window, by more than rounding."""
    low, high = curve.window
    slack = SLACK * (high / 2 - low / 2)
    low, high = low - slack, high + slack
    return any(bool(((each.y < low) | (each.y > high)).any()) for each in curve.strokes)


def padded(low: float, high: float) -> tuple[float, float]:
    """The range with some air on both sides; that of a constant, but for rounding, goes on to zero."""
    if high / 2 - low / 2 <= 1e-12 * max(abs(low), abs(high)):
        low, high = (min(low, 0.0), max(high, 0.0)) if low or high else (-1.0, 1.0)
    air = AIR * (high / 2 - low / 2) * 2
    return max(low - air, -1.7e308), min(high + air, 1.7e308)
