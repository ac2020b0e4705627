"""The plan of a graph drawn by Matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from derivcli.pictures.drawing.figure import clean_matplotlib, saved
from derivcli.pictures.drawing.mathtext import mathtext, plain
from derivcli.pictures.drawing.themes import THEMES
from derivcli.pictures.graphs.graph_colors import GRAPH_COLORS, GraphColors
from derivcli.pictures.graphs.graph_plan import (
    HEAD,
    LABEL,
    LETTERS,
    LINE,
    MARGIN,
    PADDING,
    TAG_HEIGHT,
    PlacedBox,
    PlacedEdge,
    PlacedTag,
)
from derivcli.pictures.graphs.graph_sheet import NOTE_LINE, TITLE_LINE, TOP, GraphSheet, Heading, TitleLine

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from derivcli.pictures.look import Look

TITLE_LETTERS, TITLE_GAP = 14.0, 0.1
"""Points of a letter of a title, and inches below a formula in it."""

MONO: dict[str, Any] = {"parse_math": False, "family": "DejaVu Sans Mono"}


def draw_sheet(sheet: GraphSheet, name: str, suffix: str, look: Look) -> bytes:
    """The sheet as the bytes of a file that names itself so."""
    with clean_matplotlib(THEMES[look.theme]):
        from matplotlib.figure import Figure

        plan, heading, size, scale = sheet.plan, sheet.heading, sheet.size, sheet.scale
        colors = GRAPH_COLORS[look.theme]
        figure = Figure(figsize=size, dpi=look.dpi, facecolor="none" if look.transparent else colors.background)
        axes = figure.add_axes((0, 0, 1, 1))
        left = (size[0] / scale - plan.width) / 2 if scale != 1 else 0
        top = heading.height / scale
        axes.set(xlim=(-left, size[0] / scale - left), ylim=(size[1] / scale - top, -top))
        axes.axis("off")
        _draw_heading(figure, heading, size, colors)
        for edge in plan.edges:
            _draw_edge(axes, edge, scale, colors)
        for tag in plan.tags:
            _draw_tag(axes, tag, scale, colors)
        for box in plan.boxes:
            _draw_box(axes, box, scale, colors)
        return saved(figure, suffix, name)


def typeset(latex: str) -> TitleLine | None:
    """A line of a title set as a formula, where Matplotlib can."""
    with clean_matplotlib():
        from matplotlib.font_manager import FontProperties
        from matplotlib.mathtext import MathTextParser

        formula = mathtext(latex)
        if not formula:
            return None
        box = MathTextParser("path").parse(f"${formula}$", 72, FontProperties(size=TITLE_LETTERS))
        width, height = float(box.width) / 72, float(box.height) / 72
        return TitleLine("", formula, width, max(TITLE_LINE, height + TITLE_GAP))


def _draw_heading(figure: Any, heading: Heading, size: tuple[float, float], colors: GraphColors) -> None:
    left, height = MARGIN / size[0], TOP
    for line in heading.title:
        words = plain(line.text) if not line.formula else {"text": f"${line.formula}$", "parse_math": True}
        place = left, 1 - height / size[1]
        figure.text(*place, words["text"], va="top", fontsize=TITLE_LETTERS, parse_math=words["parse_math"])
        height += line.height
    for text in heading.note:
        place = left, 1 - height / size[1]
        figure.text(*place, text, va="top", fontsize=9.5, color=colors.grey, parse_math=False)
        height += NOTE_LINE


def _draw_box(axes: Axes, placed: PlacedBox, scale: float, colors: GraphColors) -> None:
    from matplotlib.patches import FancyBboxPatch

    box, (x, y), width, height = placed.box, placed.middle, placed.width, placed.height
    shape = FancyBboxPatch(
        (x - width / 2, y - height / 2), width, height, boxstyle="round,pad=0,rounding_size=0.07",
        facecolor=colors.fills[box.kind], edgecolor=colors.faint if box.is_pale else colors.grey,
        linewidth=scale * (1.6 if box.kind == "result" else 0.9), zorder=3,
    )  # fmt: skip
    axes.add_patch(shape)
    look: dict[str, Any] = {"fontsize": LETTERS * scale, "zorder": 4, **MONO}
    for number, (line, color) in enumerate(zip(box.lines, (colors.ink, colors.grey, colors.adjoint), strict=False)):
        middle = y - height / 2 + PADDING / 2 + (number + 0.5) * LINE
        axes.text(x, middle, line, ha="center", va="center", color=color, **look)
    if placed.onward:
        look["fontsize"] = LABEL * scale
        right = x + width / 2
        axes.text(right, y + height / 2 + 0.1, f"↳ {placed.onward}", ha="right", va="center", color=colors.grey, **look)


def _draw_tag(axes: Axes, tag: PlacedTag, scale: float, colors: GraphColors) -> None:
    from matplotlib.patches import FancyBboxPatch

    (x, y), width = tag.middle, tag.width
    shape = FancyBboxPatch(
        (x - width / 2, y - TAG_HEIGHT / 2), width, TAG_HEIGHT, boxstyle="round,pad=0,rounding_size=0.05",
        facecolor=colors.background, edgecolor=colors.grey, linewidth=0.7 * scale, linestyle=(0, (2, 2)), zorder=3,
    )  # fmt: skip
    axes.add_patch(shape)
    axes.text(x, y, tag.name, ha="center", va="center", fontsize=LABEL * scale, color=colors.grey, zorder=4, **MONO)


def _draw_edge(axes: Axes, edge: PlacedEdge, scale: float, colors: GraphColors) -> None:
    """The curve of an edge with its arrow's head, and its label where it ends."""
    from matplotlib.patches import PathPatch, Polygon
    from matplotlib.path import Path

    vertices, codes = [edge.stations[0]], [Path.MOVETO]
    for piece in edge.curve:
        vertices += piece
        codes += [Path.CURVE4] * 3
    color = colors.grey if edge.label else colors.faint
    axes.add_patch(PathPatch(Path(vertices, codes), facecolor="none", edgecolor=color, linewidth=scale, zorder=1))
    x, y = edge.stations[-1]
    axes.add_patch(Polygon([(x, y), (x - HEAD, y + HEAD / 3), (x - HEAD, y - HEAD / 3)], color=color, lw=0, zorder=2))
    if edge.label:
        look: dict[str, Any] = {"facecolor": colors.background, "edgecolor": "none", "pad": 0.6 * scale, "alpha": 0.9}
        place, letters = (edge.label_right, y), LABEL * scale
        axes.text(
            *place, edge.label, ha="right", va="center", fontsize=letters, color=colors.ink, zorder=2, bbox=look, **MONO
        )
