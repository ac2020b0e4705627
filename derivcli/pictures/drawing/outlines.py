"""Names as outlines, for pages that bring no fonts: what Matplotlib typesets, as a path of SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from derivcli.pictures.drawing.figure import clean_matplotlib
from derivcli.pictures.drawing.mathtext import typeset
from derivcli.pictures.scene import Name

UNITS = 20.0
"""The size of letters, in units of the outline; places in it are rounded to hundredths."""

COMMANDS = {1: "M", 2: "L", 3: "Q", 4: "C"}
"""SVG's letter for each of Matplotlib's codes; 79 closes a path."""

CLOSE = 79


@dataclass(frozen=True, slots=True)
class Outline:
    """A path in SVG's words, and the box that it fills: left, top, width and height, downwards."""

    path: str
    box: tuple[float, float, float, float]


def outline_of(name: Name) -> Outline | None:
    """The outline of a name's formula, or None where it has none that can be typeset."""
    with clean_matplotlib():
        words = typeset(name)
        if not words["parse_math"]:
            return None
        from matplotlib.font_manager import FontProperties
        from matplotlib.textpath import TextPath

        drawn = TextPath((0, 0), words["text"], prop=FontProperties(size=UNITS), usetex=False)
        box = drawn.get_extents()
        return Outline(_path(drawn), (box.x0, -box.y1, box.width, box.height))


def _path(drawn: Any) -> str:
    """The path with its y-axis pointing down."""
    parts = []
    for points, code in drawn.iter_segments():
        if code == CLOSE:
            parts.append("Z")
            continue
        places = [number * (-1) ** place for place, number in enumerate(points.tolist())]
        parts.append(COMMANDS[int(code)] + " ".join(f"{round(number, 2) + 0.0:g}" for number in places))
    return "".join(parts)
