"""Texts in a panel: how large they are, where they stand from a spot, and how they are drawn there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from derivcli.pictures.drawing.mathtext import typeset
from derivcli.pictures.drawing.occupied import Box, Occupied, Size, Spot
from derivcli.pictures.drawing.sheet import measuring
from derivcli.pictures.drawing.themes import LETTER_POINTS
from derivcli.pictures.scene import Name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation, Text

HALO, HALO_WIDTH = "halo", 0.17
"""What texts behind others are called, and how far they reach around these, in letters."""

AROUND = ((1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (0, -1), (1, 0), (-1, 0))
"""On which sides of a spot a text may stand, the best first: to the right and upwards is (1, 1)."""


def text_size(factor: float) -> float:
    """A size of letters in points, compared with that at ticks."""
    import matplotlib

    return factor * float(matplotlib.rcParams["font.size"])


def points(count: float) -> float:
    """Points of a picture of the usual size, in one whose letters are larger or smaller."""
    return count * text_size(1.0) / LETTER_POINTS


def measured(axes: Axes, name: Name, factor: float, display: bool = False) -> Size:
    """The width and height of a name in points."""
    from matplotlib.text import Text

    words = typeset(name, display)
    text = Text(0, 0, words["text"], parse_math=words["parse_math"], fontsize=text_size(factor))
    text.set_figure(axes.figure)
    box = text.get_window_extent(measuring(axes))
    return box.width * 72 / axes.figure.dpi, box.height * 72 / axes.figure.dpi


def corner(spot: Spot, size: Size, side: tuple[int, int], gap: float) -> Spot:
    """The lower left corner of a text on that side of a spot, some points off it."""
    left, bottom = (
        at + gap if way > 0 else at - gap - extent if way < 0 else at - extent / 2
        for at, extent, way in zip(spot, size, side, strict=True)
    )
    return left, bottom


def box_of(place: Spot, size: Size, air: float) -> Box:
    """The box of a text whose lower left corner is there, with air around it."""
    return Box(place[0] - air, place[1] - air, place[0] + size[0] + air, place[1] + size[1] + air)


def draw_text(
    taken: Occupied,
    place: Spot,
    name: Name,
    color: str,
    factor: float,
    backed: str | None = None,
    display: bool = False,
) -> Annotation:
    """Draws a name with its lower left corner there; `backed` is the colour around it."""
    words = typeset(name, display)
    x, y = taken.transform.inverted().transform(np.array(place) / taken.points + taken.corner)
    look: dict[str, Any] = {"color": color, "parse_math": words["parse_math"], "va": "bottom", "ha": "left"}
    look["fontsize"] = text_size(factor)
    if place[0] > taken.width:
        # It stays beside the axes when these show another range.
        gap = (place[0] - taken.width, 0)
        beside: Any = taken.axes.get_yaxis_transform()
        return taken.axes.annotate(
            words["text"], (1, y), gap, xycoords=beside, textcoords="offset points", annotation_clip=False, **look
        )
    if backed:
        add_halo(taken.axes.annotate(words["text"], (x, y), zorder=4.9, **look), backed)
    return taken.axes.annotate(words["text"], (x, y), zorder=5, **look)


def add_halo(text: Text, color: str) -> None:
    """Makes of a text what shines around the same text above it.

    A text with a halo of its own would be drawn as outlines, also in SVG files, whose text is text.
    """
    from matplotlib.patheffects import Stroke

    text.set(gid=HALO, path_effects=[Stroke(linewidth=text_size(HALO_WIDTH), foreground=color, alpha=0.85)])
