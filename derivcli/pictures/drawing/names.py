"""Names in a panel, each where nothing else is: of curves, of marks and of asymptotes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from derivcli.pictures.drawing.curve_names import draw_curve_names
from derivcli.pictures.drawing.occupied import Cells, Occupied, Spot
from derivcli.pictures.drawing.styles import Styles, key_of
from derivcli.pictures.drawing.themes import Theme
from derivcli.pictures.drawing.ticks import limits, scaled
from derivcli.pictures.drawing.written import AROUND, box_of, corner, draw_text, measured, points
from derivcli.pictures.scene import AnyPanel, Curve, Mark, Name, Panel, VectorPanel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

MARK_SIZE = 0.92
"""Letters of names, compared with those at ticks."""

MARK_POINTS = 3.5
"""Half of the side of what a mark takes."""

LAST = ("open", "closed", "inflection", "flat", "zero", "dot")
"""Kinds of marks whose names are left out before those of others, where there is no room for all."""

DISTANCES = (4.0, 8.0, 14.0)
"""Points between a mark and its name, the first that leaves it free being taken."""


def draw_names(axes: Axes, panel: AnyPanel, styles: Styles, theme: Theme, lines: Sequence[Line2D]) -> list[Curve]:
    """Names all that the panel holds; gives the curves whose names found no place."""
    taken = Occupied(axes)
    traces = [taken.add_line(*(np.asarray(side, dtype=np.float64) for side in line.get_data())) for line in lines]
    marks = [(mark, theme.ink) for mark in panel.marks]
    for curve in () if isinstance(panel, VectorPanel) else panel.curves:
        color = styles[key_of(curve)].letters
        marks += [(mark, color) for mark in curve.marks]
    for mark, _ in marks:
        x, y = _spot(taken, panel, mark.x, mark.y)
        if np.isfinite(x + y):
            taken.add_box(box_of((x, y), (0.0, 0.0), points(MARK_POINTS)))
    left = draw_curve_names(taken, panel, styles, traces) if isinstance(panel, Panel) else []
    backed = None if isinstance(panel, Panel) else theme.background
    thin = _thin_lines(taken, panel)
    for mark, color in sorted(marks, key=lambda pair: LAST.index(pair[0].kind) if pair[0].kind in LAST else -1):
        if mark.name is not None and _is_seen(panel, mark):
            _draw_beside(taken, _spot(taken, panel, mark.x, mark.y), mark.name, color, backed, thin)
    for asymptote in panel.asymptotes if isinstance(panel, Panel) else ():
        if asymptote.name is not None:
            place = (asymptote.place, panel.y.low) if asymptote.vertical else (panel.x.high, asymptote.place)
            _draw_beside(taken, _spot(taken, panel, *place), asymptote.name, theme.grey, backed, thin)
    return left


def _is_seen(panel: AnyPanel, mark: Mark) -> bool:
    return panel.x.low <= mark.x <= panel.x.high and panel.y.low <= mark.y <= panel.y.high


def _spot(taken: Occupied, panel: AnyPanel, x: float, y: float) -> Spot:
    """Where a point of the mathematics lies."""
    ((left, bottom),) = taken.place(scaled(np.array([x]), panel.x), scaled(np.array([y]), panel.y))
    return float(left), float(bottom)


def _draw_beside(taken: Occupied, spot: Spot, name: Name, color: str, backed: str | None, thin: Cells) -> None:
    """A name around a spot, in the first place where nothing else is, or none where there is no such place.

    It avoids thin lines too, where it can.
    """
    size = measured(taken.axes, name, MARK_SIZE)
    places = [corner(spot, size, side, points(gap)) for gap in DISTANCES for side in AROUND]
    boxes = [box_of(place, size, points(1.0)) for place in places]
    free = [number for number, box in enumerate(boxes) if not taken.overlap(box)]
    if not free:
        return
    best = next((number for number in free if not taken.holds(thin, boxes[number])), free[0])
    taken.add_box(boxes[best])
    draw_text(taken, places[best], name, color, MARK_SIZE, backed)


def _thin_lines(taken: Occupied, panel: AnyPanel) -> Cells:
    """The cells of asymptotes, and of the lines where a coordinate is 0."""
    ends = np.array(limits(panel.x)), np.array(limits(panel.y))
    places = [(0.0, True), (0.0, False)]
    for line in panel.asymptotes if isinstance(panel, Panel) else ():
        places.append((float(scaled(np.array([line.place]), panel.x if line.vertical else panel.y)[0]), line.vertical))
    found = np.zeros_like(taken.cells)
    for place, vertical in places:
        level = np.full(2, place)
        found |= taken.trace(level, ends[1]) if vertical else taken.trace(ends[0], level)
    return found
