"""Numbers of levels along their lines, where they hide nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from derivcli.pictures.drawing.occupied import CELL_POINTS, Box, Occupied
from derivcli.pictures.drawing.sheet import measuring
from derivcli.pictures.drawing.themes import Theme
from derivcli.pictures.drawing.ticks import scaled
from derivcli.pictures.drawing.written import add_halo, text_size
from derivcli.pictures.scene import FieldPanel, Floats, VectorPanel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.contour import ContourSet

LEVEL_SIZE = 0.72
"""Letters, compared with those at ticks."""

MARK_POINTS = 4.0
"""Half of the side of what a mark takes."""

LETTER_WIDTH = 0.52
"""The width of a digit, compared with its height."""

APART = 150.0
"""Points between two numbers on one line."""

MAX_TURN = 0.35
"""The angle in radians by which a line may turn under its number."""

CROWDED = 1.9
"""Lines under a number take so many times the cells of its own at most."""

MAX_LABELS = 60
MAX_PLACES = 40


def name_levels(axes: Axes, panel: FieldPanel | VectorPanel, drawn: ContourSet, theme: Theme) -> None:
    """Writes the numbers of levels on their lines, where they hide neither marks nor any text that is there."""
    taken = Occupied(axes)
    for mark in panel.marks:
        ((x, y),) = taken.place(scaled(np.array([mark.x]), panel.x), scaled(np.array([mark.y]), panel.y))
        taken.add_box(Box(x - MARK_POINTS, y - MARK_POINTS, x + MARK_POINTS, y + MARK_POINTS))
    for text in axes.texts:
        extent = text.get_window_extent(measuring(axes))
        (left, bottom), (right, top) = ((corner - taken.corner) * taken.points for corner in extent.get_points())
        taken.add_box(Box(left, bottom, right, top))
    look: dict[str, Any] = {"ha": "center", "va": "center", "color": theme.ink, "parse_math": False}
    look["fontsize"] = text_size(LEVEL_SIZE)
    for label, places, angle in _level_places(axes, drawn, level_texts(np.asarray(drawn.levels, np.float64)), taken):
        add_halo(axes.text(*places, label, rotation=angle, zorder=2.9, **look), theme.background)
        axes.text(*places, label, rotation=angle, zorder=3.0, **look)


def level_texts(levels: Floats) -> list[str]:
    """The levels with the fewest digits that tell them as they are."""
    return [f"{level + 0.0:.10g}".replace("e+", "e").replace("-", "\u2212") for level in levels]


def _level_places(
    axes: Axes, drawn: ContourSet, texts: list[str], taken: Occupied
) -> Iterator[tuple[str, tuple[float, float], float]]:
    """Texts of levels with a place in the axes' coordinates and an angle, the longest lines first."""
    size = text_size(LEVEL_SIZE)
    found, lines = [], Occupied(axes)
    for text, path in zip(texts, drawn.get_paths(), strict=True):
        vertices = np.asarray(path.vertices, np.float64)
        starts = np.flatnonzero(np.asarray(path.codes) == path.MOVETO)
        for line in np.split(vertices, starts[1:]) if len(vertices) else ():
            lines.add_line(*line.T)
            points = taken.place(*line.T)
            steps = np.hypot(*np.diff(points, axis=0).T)
            found.append((float(steps.sum()), text, points))
    found.sort(key=lambda each: -each[0])
    labels = 0
    for length, text, points in found:
        width = (len(text) + 0.6) * size * LETTER_WIDTH
        if length < 1.8 * width or labels >= MAX_LABELS:
            continue
        for middle, angle in _on_line(points, width, size, (taken, lines), max(1, int(length / APART))):
            labels += 1
            yield text, tuple(axes.transData.inverted().transform(middle / taken.points + taken.corner)), angle


def _on_line(
    points: Floats, width: float, height: float, maps: tuple[Occupied, Occupied], count: int
) -> Iterator[tuple[Floats, float]]:
    """Places for up to so many numbers on a line, where it is straight, inside and free, as evenly as can be.

    `maps` are what texts and marks take, and what all the lines take.
    """
    taken, lines = maps
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])

    def at(lengths: Floats) -> Floats:
        return np.column_stack([np.interp(lengths, along, points[:, side]) for side in (0, 1)])

    whole = along[-1]
    for part in range(count):
        low, high = whole * part / count + width / 2, whole * (part + 1) / count - width / 2
        if high <= low:
            continue
        lengths = np.linspace(low, high, MAX_PLACES)
        lengths = lengths[np.argsort(np.abs(lengths - (low + high) / 2))]
        first, middle, last = at(lengths - width / 2), at(lengths), at(lengths + width / 2)
        turns = np.abs(np.angle(_complex(last - middle) * _complex(middle - first).conj()))
        for place in np.flatnonzero(turns < MAX_TURN):
            across, up = last[place] - first[place]
            half = abs(across) / 2 + 0.35 * height, abs(up) / 2 + 0.35 * height
            box = Box(*(middle[place] - half), *(middle[place] + half))
            alone = lines.overlap(box) < CROWDED * width / CELL_POINTS
            if alone and not taken.overlap(box) and _inside(box, taken):
                taken.add_box(box)
                angle = np.degrees(np.arctan2(up, across))
                yield middle[place], float((angle + 89) % 180 - 89)
                break


def _complex(moves: Floats) -> Any:
    return moves[:, 0] + 1j * moves[:, 1]


def _inside(box: Box, taken: Occupied) -> bool:
    return box.left > 2 and box.bottom > 2 and box.right < taken.width - 2 and box.top < taken.height - 2
