"""Names of curves: beside the axes where a curve ends at their right side, else along the curve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from derivcli.pictures.drawing.occupied import Cells, Occupied, Size, Spot
from derivcli.pictures.drawing.styles import Styles, key_of
from derivcli.pictures.drawing.ticks import scaled
from derivcli.pictures.drawing.written import AROUND, box_of, corner, draw_text, measured, points
from derivcli.pictures.scene import AnyPanel, Curve, Panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME_SIZE, TANGENT_SIZE = 1.15, 0.92
"""Letters of names, compared with those at ticks."""

MAX_WIDTH, MAX_MARGIN = 0.45, 0.2
"""A name wider than this part of the axes stands in a legend, and one wider than this part of the figure not beside."""

AIR, APART, MARGIN_GAP, MARK_GAP = 2.5, 9.0, 5.0, 3.0
"""Points around a name, from it to other curves, and between the axes and a name or a mark and a name beside them."""

MAX_SHIFT = 0.9
"""Names beside the axes move apart by so many of their heights at most."""

STEP = 1.15
"""Names one below the other are so many of their heights apart."""

NEAR_SIDE = 0.04
"""A curve that ends so near the right side, in widths of the axes, ends at it."""

MAX_TRIES = 60
"""Of points along a stroke beside which its name may stand."""


def margin(axes: Axes, panel: AnyPanel) -> float:
    """The inches that names need beside the axes."""
    if not isinstance(panel, Panel):
        return 0.0
    widths = [
        measured(axes, curve.name, _size(curve), display=True)[0]
        for curve in named(panel)
        if _end(curve, panel) is not None
    ]
    figure = axes.get_figure(root=True)
    assert figure is not None
    narrow = [width for width in widths if width <= MAX_MARGIN * 72 * figure.get_figwidth()]
    return (max(narrow) + _gap(panel)) / 72 if narrow else 0.0


def named(panel: AnyPanel) -> list[Curve]:
    """The curves that have names."""
    return [curve for curve in panel.curves if curve.name.text] if isinstance(panel, Panel) else []


def draw_curve_names(taken: Occupied, panel: Panel, styles: Styles, traces: Sequence[Cells]) -> list[Curve]:
    """Names the curves, each of which took the cells of its trace, and gives those that a legend is to name.

    These are all functions and derivatives where one of them finds no place, and tangents that find none.
    """
    lines = [curve for curve in named(panel) if curve.role != "tangent"]
    tangents = [curve for curve in named(panel) if curve.role == "tangent"]
    sizes = {id(curve): measured(taken.axes, curve.name, _size(curve), display=True) for curve in named(panel)}
    gap = _gap(panel)
    heights = _heights_beside(taken, panel, lines, tangents, sizes)
    cells = {id(curve): trace for curve, trace in zip(panel.curves, traces, strict=True)}
    left: list[Curve] = []
    for group in (lines, *([tangent] for tangent in tangents)):
        before, places = taken.cells.copy(), []
        for curve in group:
            size = sizes[id(curve)]
            beside = (taken.width + gap, heights.get(id(curve), 0.0) - size[1] / 2)
            place = beside if id(curve) in heights else _free_place(taken, panel, curve, size, cells)
            if place is None:
                taken.cells = before
                left += group
                break
            taken.add_box(box_of(place, size, points(AIR)))
            places.append((curve, place))
        else:
            for curve, place in places:
                draw_text(taken, place, curve.name, styles[key_of(curve)].letters, _size(curve), display=True)
    return [curve for curve in panel.curves if curve in left]


def _size(curve: Curve) -> float:
    return TANGENT_SIZE if curve.role == "tangent" else NAME_SIZE


def _heights_beside(
    taken: Occupied, panel: Panel, lines: Sequence[Curve], tangents: Sequence[Curve], sizes: Mapping[int, Size]
) -> dict[int, float]:
    """How high names stand beside the axes: those of all curves that end there, or else of all but tangents."""
    for group in ([*lines, *tangents], lines):
        ends = {
            id(curve): _end(curve, panel) for curve in group if sizes[id(curve)][0] <= taken.beside - _gap(panel) + 1
        }
        heights = {
            key: float(taken.place(np.array([0.0]), scaled(np.array([end]), panel.y))[0, 1])
            for key, end in ends.items()
            if end is not None
        }
        found = _apart(heights, {key: size[1] for key, size in sizes.items()})
        if found is not None:
            return found
    return {}


def _free_place(taken: Occupied, panel: Panel, curve: Curve, size: Size, traces: Mapping[int, Cells]) -> Spot | None:
    """The first place along the curve where nothing is, and where no other curve is as near."""
    if size[0] > MAX_WIDTH * taken.width:
        return None
    others = [trace & ~traces[id(curve)] for key, trace in traces.items() if key != id(curve)]
    around = np.any(others, axis=0) if others else np.zeros_like(taken.cells)
    for place in _along(panel, curve, taken, size):
        if not taken.overlap(box_of(place, size, points(AIR))) and not taken.holds(
            around, box_of(place, size, points(APART))
        ):
            return place
    return None


def _gap(panel: Panel) -> float:
    """Points between the axes and names beside them, more where a mark stands at their side."""
    marks = [mark.x for curve in panel.curves for mark in curve.marks]
    near = panel.x.high - NEAR_SIDE / 4 * (panel.x.high - panel.x.low)
    return points(MARGIN_GAP + MARK_GAP * any(near <= x <= panel.x.high for x in marks))


def _end(curve: Curve, panel: Panel) -> float | None:
    """The height at which the curve meets the right side of its panel, or None where it does not."""
    if not curve.strokes or curve.role == "path":
        return None
    stroke = max(curve.strokes, key=lambda stroke: stroke.x[-1])
    near = stroke.x[-1] >= panel.x.high - NEAR_SIDE * (panel.x.high - panel.x.low)
    y = float(np.interp(panel.x.high, stroke.x, stroke.y))
    return y if near and panel.y.low <= y <= panel.y.high else None


def _apart(places: Mapping[int, float], heights: Mapping[int, float]) -> dict[int, float] | None:
    """Where names go so that none overlaps the next, or None where one would move too far."""
    order = sorted(places, key=lambda key: places[key])
    found = {key: places[key] for key in order}
    for _ in range(60):
        for low, high in pairwise(order):
            lack = STEP * (heights[low] + heights[high]) / 2 - (found[high] - found[low])
            if lack > 0:
                found[low] -= lack / 2
                found[high] += lack / 2
    near = all(abs(found[key] - places[key]) <= MAX_SHIFT * heights[key] for key in order)
    return found if near else None


def _along(panel: Panel, curve: Curve, taken: Occupied, size: Size) -> Iterator[Spot]:
    """Lower left corners for a name beside its curve, from its right end leftwards."""
    for stroke in sorted(curve.strokes, key=lambda stroke: -stroke.x[-1]):
        places = taken.place(scaled(stroke.x, panel.x), scaled(stroke.y, panel.y))
        seen = places[(places >= 0).all(axis=1) & (places <= [taken.width, taken.height]).all(axis=1)]
        for x, y in seen[:: -max(1, len(seen) // MAX_TRIES)]:
            for gap in (4.0, 7.0):
                for side in AROUND:
                    left, bottom = corner((float(x), float(y)), size, side, points(gap))
                    if 0 <= left <= taken.width - size[0] and 0 <= bottom <= taken.height - size[1]:
                        yield left, bottom
