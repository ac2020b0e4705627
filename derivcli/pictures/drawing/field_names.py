"""Numbers of levels along their lines, and names of marks, where they hide nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from derivcli.pictures.drawing.occupied import Box, Occupied
from derivcli.pictures.drawing.themes import Theme
from derivcli.pictures.drawing.ticks import scaled
from derivcli.pictures.scene import Contours, FieldPanel, Floats, VectorPanel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.contour import ContourSet

LEVEL_SIZE, MARK_SIZE = 0.72, 0.86
"""Letters, compared with those at ticks."""

LETTER_WIDTH = 0.52
"""The width of a digit, compared with its height."""

AROUND = ((1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (0, -1))
"""Where the name of a mark may stand, from the mark."""

APART = 150.0
"""Points between two numbers on one line."""

MAX_TURN = 0.35
"""The angle in radians by which a line may turn under its number."""

MAX_LABELS = 60
MAX_PLACES = 40


def draw_texts(
    axes: Axes, panel: FieldPanel | VectorPanel, drawn: ContourSet | None, contours: Contours | None, theme: Theme
) -> None:
    """The names of marks first, then the numbers of levels where there is room for them."""
    from matplotlib.patheffects import withStroke

    taken = Occupied(axes)
    halo = [withStroke(linewidth=2.4, foreground=theme.background, alpha=0.75)]
    for mark in panel.marks:
        ((x, y),) = taken.place(scaled(np.array([mark.x]), panel.x), scaled(np.array([mark.y]), panel.y))
        taken.add_box(Box(x - 4, y - 4, x + 4, y + 4))
    for mark in panel.marks:
        if mark.name is not None:
            _name_mark(axes, panel, (mark.x, mark.y), mark.name.text, taken, theme, halo)
    if drawn is not None and contours is not None:
        texts = level_texts(contours.levels / 10.0**contours.unit)
        for text, places, angle in _level_places(axes, drawn, texts, taken):
            axes.text(
                *places, text, rotation=angle, ha="center", va="center", color=theme.ink, parse_math=False,
                fontsize=LEVEL_SIZE * _letters(), path_effects=halo, zorder=3.0,
            )  # fmt: skip


def level_texts(levels: Floats) -> list[str]:
    """The levels with the fewest digits that tell them as they are."""
    return [f"{level + 0.0:.10g}".replace("e+", "e").replace("-", "\u2212") for level in levels]


def _letters() -> float:
    import matplotlib

    return float(matplotlib.rcParams["font.size"])


def _name_mark(
    axes: Axes,
    panel: FieldPanel | VectorPanel,
    at: tuple[float, float],
    text: str,
    taken: Occupied,
    theme: Theme,
    halo: Any,
) -> None:
    """The name where it hides least."""
    ((x, y),) = taken.place(scaled(np.array([at[0]]), panel.x), scaled(np.array([at[1]]), panel.y))
    size, lines = MARK_SIZE * _letters(), text.split("\n")
    width, height = max(map(len, lines)) * size * LETTER_WIDTH, 1.15 * size * len(lines)
    spots = [
        (x + across * 5 - width * (1 - across) / 2, y + up * 4 - height * (1 - up) / 2) for across, up in AROUND
    ]
    boxes = [Box(left, bottom, left + width, bottom + height) for left, bottom in spots]
    box = min(boxes, key=taken.overlap)
    taken.add_box(box)
    place = axes.transData.inverted().transform(np.array([box.left, box.bottom]) / taken.points + taken.corner)
    axes.text(
        *place, text, ha="left", va="bottom", color=theme.ink, parse_math=False, fontsize=size, path_effects=halo,
        zorder=5, clip_on=True,
    )  # fmt: skip


def _level_places(
    axes: Axes, drawn: ContourSet, texts: list[str], taken: Occupied
) -> Iterator[tuple[str, tuple[float, float], float]]:
    """Texts of levels with a place in the axes' coordinates and an angle, the longest lines first."""
    size = LEVEL_SIZE * _letters()
    found = []
    for text, path in zip(texts, drawn.get_paths(), strict=True):
        for line in path._iter_connected_components() if len(path.vertices) else ():
            points = taken.place(*line.vertices.T)
            steps = np.hypot(*np.diff(points, axis=0).T)
            found.append((float(steps.sum()), text, points))
    found.sort(key=lambda each: -each[0])
    labels = 0
    for length, text, points in found:
        width = (len(text) + 0.6) * size * LETTER_WIDTH
        if length < 1.8 * width or labels >= MAX_LABELS:
            continue
        for middle, angle in _on_line(points, width, size, taken, max(1, int(length / APART))):
            labels += 1
            yield text, tuple(axes.transData.inverted().transform(middle / taken.points + taken.corner)), angle


def _on_line(
    points: Floats, width: float, height: float, taken: Occupied, count: int
) -> Iterator[tuple[Floats, float]]:
    """Places for up to so many numbers on a line, where it is straight, inside and free, as evenly as can be."""
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
            if not taken.overlap(box) and _inside(box, taken):
                taken.add_box(box)
                angle = np.degrees(np.arctan2(up, across))
                yield middle[place], float((angle + 89) % 180 - 89)
                break


def _complex(moves: Floats) -> Any:
    return moves[:, 0] + 1j * moves[:, 1]


def _inside(box: Box, taken: Occupied) -> bool:
    return box.left > 2 and box.bottom > 2 and box.right < taken.width - 2 and box.top < taken.height - 2
