"""Names in a panel, each where nothing else is: of curves, of marks, of asymptotes and of levels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from derivcli.pictures.drawing.curve_names import draw_curve_names
from derivcli.pictures.drawing.occupied import Box, Occupied, Spot
from derivcli.pictures.drawing.styles import Styles, key_of
from derivcli.pictures.drawing.themes import Theme
from derivcli.pictures.drawing.ticks import scaled
from derivcli.pictures.drawing.written import AROUND, box_of, corner, draw_text, measured, text_size
from derivcli.pictures.scene import AnyPanel, Curve, Mark, Name, Panel, VectorPanel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.contour import QuadContourSet
    from matplotlib.lines import Line2D

MARK_SIZE, LEVEL_SIZE = 0.92, 0.75
"""Letters of names, compared with those at ticks."""

MAX_LABELS, MAX_TRIES, MIN_CORNERS, LEVEL_AIR = 2, 40, 12, 12.0
"""Texts at one level, places tried for each, corners of a line that has one, and points of air around it."""

MARK_POINTS = 3.5
"""Half of the side of what a mark takes."""

DISTANCES = (4.0, 8.0, 14.0, 22.0)
"""Points between a mark and its name, the first that leaves it free being taken."""


def draw_names(
    axes: Axes, panel: AnyPanel, styles: Styles, theme: Theme, lines: Sequence[Line2D], boxes: Iterable[Box] = ()
) -> list[Curve]:
    """Names all that the panel holds, outside the boxes; gives the curves whose names found no place."""
    taken = Occupied(axes)
    traces = [taken.add_line(*(np.asarray(side, dtype=np.float64) for side in line.get_data())) for line in lines]
    for box in boxes:
        taken.add_box(box)
    marks = [(mark, theme.ink) for mark in panel.marks]
    for curve in () if isinstance(panel, VectorPanel) else panel.curves:
        color = theme.ink if curve.role == "tangent" else styles[key_of(curve)].letters
        marks += [(mark, color) for mark in curve.marks]
    for mark, _ in marks:
        x, y = _spot(taken, panel, mark.x, mark.y)
        if np.isfinite(x + y):
            taken.add_box(Box(x - MARK_POINTS, y - MARK_POINTS, x + MARK_POINTS, y + MARK_POINTS))
    left = draw_curve_names(taken, panel, styles, traces) if isinstance(panel, Panel) else []
    backed = None if isinstance(panel, Panel) else theme.background
    for mark, color in marks:
        if mark.name is not None and _is_seen(panel, mark):
            _draw_beside(taken, _spot(taken, panel, mark.x, mark.y), mark.name, color, backed)
    for asymptote in panel.asymptotes if isinstance(panel, Panel) else ():
        if asymptote.name is not None:
            place = (asymptote.place, panel.y.low) if asymptote.vertical else (panel.x.high, asymptote.place)
            _draw_beside(taken, _spot(taken, panel, *place), asymptote.name, theme.grey, backed)
    return left


def _is_seen(panel: AnyPanel, mark: Mark) -> bool:
    return panel.x.low <= mark.x <= panel.x.high and panel.y.low <= mark.y <= panel.y.high


def _spot(taken: Occupied, panel: AnyPanel, x: float, y: float) -> Spot:
    """Where a point of the mathematics lies."""
    ((left, bottom),) = taken.place(scaled(np.array([x]), panel.x), scaled(np.array([y]), panel.y))
    return float(left), float(bottom)


def _draw_beside(taken: Occupied, spot: Spot, name: Name, color: str, backed: str | None) -> None:
    """A name around a spot, where it hides least; one that would hide something has the background behind it."""
    size = measured(taken.axes, name, MARK_SIZE)
    corners = [corner(spot, size, side, gap) for gap in DISTANCES for side in AROUND]
    costs = []
    for place in corners:
        costs.append(taken.overlap(box_of(place, size, 1.0)))
        if not costs[-1]:
            break
    best = corners[int(np.argmin(costs))]
    taken.add_box(box_of(best, size, 1.0))
    draw_text(taken, best, name, color, MARK_SIZE, backed)


def name_levels(axes: Axes, levels: QuadContourSet, panel: AnyPanel, theme: Theme) -> list[Box]:
    """Writes the values of contour lines onto them, away from marks, and gives the places that these texts take."""
    taken, size = Occupied(axes), text_size(LEVEL_SIZE)
    for mark in panel.marks:
        taken.add_box(box_of(_spot(taken, panel, mark.x, mark.y), (0.0, 0.0), LEVEL_AIR))
    places, boxes = [], []
    for value, segments in zip(levels.levels, levels.allsegs, strict=True):
        half = 0.3 * size * (len(_level(value)) + 1)
        for line in sorted(segments, key=len, reverse=True)[:MAX_LABELS]:
            # Farther inside than the text is wide, and not where another line's text is.
            found = taken.place(*line.T)
            inside = (found > half).all(axis=1) & (found < [taken.width - half, taken.height - half]).all(axis=1)
            for x, y in found[inside][:: max(1, inside.sum() // MAX_TRIES)] if inside.sum() > MIN_CORNERS else ():
                box = Box(x - half, y - half, x + half, y + half)
                if not taken.overlap(box):
                    boxes.append(box)
                    taken.add_box(box_of((x, y), (0.0, 0.0), half + LEVEL_AIR))
                    places.append(taken.transform.inverted().transform(np.array([x, y]) / taken.points + taken.corner))
                    break
    axes.clabel(
        levels, fontsize=size, fmt=_level, inline=True, inline_spacing=4, colors=theme.ink, manual=places, zorder=3
    )
    return boxes


def _level(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")
