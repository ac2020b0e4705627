"""The graph of a ledger as a picture, drawn by Matplotlib alone: PNG, SVG or PDF."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from derivcli.errors import DerivError
from derivcli.render.canvas import GREY, INK, PALE, clean_matplotlib, saved
from derivcli.render.columns import Style
from derivcli.render.curves import short
from derivcli.render.layout import Point, layout
from derivcli.render.ledger import equation_of, numbers_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from derivcli.explain.ledger import Ledger, Node

MOST = 120
"""Nodes of a picture that one can still read."""

LETTERS = 10
"""Points of a letter in a box."""

LETTER = LETTERS / 72 * 0.602
"""Inches that such a letter is wide: DejaVu Sans Mono's are all alike."""

LINE, GAP, BETWEEN, MARGIN = 0.19, 0.34, 0.95, 0.35
"""Inches: a line of text, the space between boxes above each other and beside each other, the border."""

HEAD = 0.62
"""Inches of the header."""

LEAF, RESULT, INNER, FIXED = "#e3f0fb", "#fdeed9", "#ffffff", "#f3f3f3"
ADJOINT = "#0b6fb8"
LOOK: dict[str, Any] = {"parse_math": False, "family": "DejaVu Sans Mono"}


def draw_graph(ledger: Ledger, suffix: str, style: Style) -> bytes:
    """The graph as the bytes of a picture file: boxes with values and adjoints, edges with local derivatives."""
    if len(ledger.nodes) > MOST:
        message = f"a picture of {len(ledger.nodes):,} nodes cannot be read: the limit is {MOST}"
        raise DerivError(message, hint="print the graph with --format dot, or the ledger without --plot")
    with clean_matplotlib():
        return _picture(ledger, suffix, style)


def _picture(ledger: Ledger, suffix: str, style: Style) -> bytes:
    """The whole figure, saved."""
    from matplotlib.figure import Figure

    texts = {node.name: _box_lines(node, style) for node in ledger.nodes}
    slopes = {(local.of, node.name): local for node in ledger.nodes for local in node.locals}
    edges = [(part, node.name) for node in ledger.nodes for part in node.inputs if part in ledger.by_name]
    found = layout(list(texts), edges)
    columns = _columns(found.nodes, texts)
    tall = max(map(len, texts.values())) * LINE + 0.12 + GAP
    heights = [height for _, height in found.nodes.values()]
    heights += [height for points in found.edges.values() for _, height in points]
    width = max(columns[-1][1] + MARGIN, 4.5)
    height = (max(heights) - min(heights) + 1) * tall + HEAD + MARGIN

    def place(point: Point) -> tuple[float, float]:
        left, right = columns[point[0]]
        return (left + right) / 2, height - HEAD - (point[1] - min(heights) + 0.5) * tall

    figure = Figure(figsize=(width, height), dpi=160)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    title = _header(axes, ledger, width, height)
    for edge in edges:
        local = slopes.get(edge)
        ends = columns[found.nodes[edge[0]][0]][1], columns[found.nodes[edge[1]][0]][0]
        sides = _half(texts[edge[0]]), _half(texts[edge[1]])
        label = "" if local is None else numbers_text(local.value, style)
        _draw_edge(axes, [place(point) for point in found.edges[edge]], ends, sides, label)
    for name, lines in texts.items():
        _draw_box(axes, ledger, ledger.by_name[name], lines, place(found.nodes[name]))
    return saved(figure, suffix, title)


def _box_lines(node: Node, style: Style) -> list[str]:
    """What stands in a node's box: how it is made, its value, its adjoint or that it is held fixed."""
    made = f"{node.name} = {node.operation}" if node.operation else node.name
    lines = [made, numbers_text(node.value, style)]
    return [*lines, f"adjoint {numbers_text(node.adjoint, style)}"] if node.adjoint is not None else lines


def _columns(nodes: Mapping[str, Point], texts: Mapping[str, Sequence[str]]) -> list[tuple[float, float]]:
    """Where each layer begins and ends, in inches."""
    count = max(layer for layer, _ in nodes.values()) + 1
    widths = [max(2 * _half(texts[name]) for name, (layer, _) in nodes.items() if layer == at) for at in range(count)]
    found, left = [], MARGIN
    for width in widths:
        found.append((left, left + width))
        left += width + BETWEEN
    return found


def _half(lines: Sequence[str]) -> float:
    """Half the width of a box."""
    return max(map(len, lines)) * LETTER / 2 + 0.12


def _header(axes: Axes, ledger: Ledger, width: float, height: float) -> str:
    """The formula, and how the picture is to be read; the first line is the title."""
    letters = int((width - 2 * MARGIN) / 0.093)
    title = short(";  ".join(f"{left} = {right}" for left, right in equation_of(ledger)), letters)
    axes.text(MARGIN, height - 0.18, title, va="top", fontsize=14, parse_math=False)
    note = short("on each edge the local derivative; an adjoint is the sum of adjoint × local derivative to the right",
                 int((width - 2 * MARGIN) / 0.066))  # fmt: skip
    axes.text(MARGIN, height - 0.44, note, va="top", fontsize=9.5, color=GREY, parse_math=False)
    return title


def _draw_box(axes: Axes, ledger: Ledger, node: Node, lines: Sequence[str], center: tuple[float, float]) -> None:
    """One node."""
    from matplotlib.patches import FancyBboxPatch

    half, tall = _half(lines), len(lines) * LINE + 0.12
    x, y = center
    leaf = LEAF if node.requires_grad else FIXED
    color = RESULT if node.name == ledger.output else leaf if node.is_leaf else INNER
    shape = FancyBboxPatch(
        (x - half, y - tall / 2), 2 * half, tall, boxstyle="round,pad=0,rounding_size=0.07",
        facecolor=color, edgecolor=GREY if node.requires_grad else PALE, linewidth=0.9, zorder=3,
    )  # fmt: skip
    axes.add_patch(shape)
    colors = (INK, GREY, ADJOINT)
    for number, (line, ink) in enumerate(zip(lines, colors, strict=False)):
        height = y + tall / 2 - 0.06 - (number + 0.5) * LINE
        axes.text(x, height, line, ha="center", va="center", fontsize=LETTERS, color=ink, zorder=4, **LOOK)


def _draw_edge(
    axes: Axes, points: Sequence[tuple[float, float]], ends: tuple[float, float], sides: tuple[float, float], label: str
) -> None:
    """An edge from the right side of one box to the left side of another, level where it passes a layer."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    start, stop = (points[0][0] + sides[0], points[0][1]), (points[-1][0] - sides[1] - 0.03, points[-1][1])
    stations = [start, (ends[0], start[1]), *points[1:-1], (ends[1] - 0.03, stop[1]), stop]
    vertices, codes = [stations[0]], [Path.MOVETO]
    for (x0, y0), (x1, y1) in itertools.pairwise(stations):
        middle = (x0 + x1) / 2
        vertices += [(middle, y0), (middle, y1), (x1, y1)]
        codes += [Path.CURVE4] * 3
    color = GREY if label else PALE
    arrow = FancyArrowPatch(
        path=Path(vertices, codes), arrowstyle="-|>,head_length=3.2,head_width=1.7", mutation_scale=1.6,
        color=color, linewidth=1.0, zorder=1, shrinkA=0, shrinkB=0, fill=False,
    )  # fmt: skip
    axes.add_patch(arrow)
    if label:
        look: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        x, y = ends[1] - 0.14, stop[1]
        axes.text(x, y + 0.02, label, ha="right", va="bottom", fontsize=8.5, color=INK, zorder=2, bbox=look, **LOOK)
