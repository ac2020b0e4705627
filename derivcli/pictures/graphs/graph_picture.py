"""The plan of a graph drawn by Matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from derivcli.pictures.drawing.figure import clean_matplotlib, saved
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
from derivcli.pictures.graphs.graph_sheet import NOTE_LINE, TITLE_LINE, TOP, GraphSheet, Heading

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from derivcli.pictures.look import Look

MONO: dict[str, Any] = {"parse_math": False, "family": "DejaVu Sans Mono"}


def draw_sheet(sheet: GraphSheet, suffix: str, look: Look) -> bytes:
    """The sheet as the bytes of a file."""
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
        return saved(figure, suffix, "; ".join(heading.title))


def _draw_heading(figure: Any, heading: Heading, size: tuple[float, float], colors: GraphColors) -> None:
    height = TOP
    styles = [(line, 14.0, colors.ink, TITLE_LINE) for line in heading.title]
    for text, letters, color, room in [*styles, *((line, 9.5, colors.grey, NOTE_LINE) for line in heading.note)]:
        place = MARGIN / size[0], 1 - height / size[1]
        figure.text(*place, text, va="top", fontsize=letters, color=color, parse_math=False)
        height += room


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
