"""A graph as a picture, drawn by Matplotlib alone: PNG, SVG or PDF."""

from __future__ import annotations

import itertools
import textwrap
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from derivcli.errors import DerivError
from derivcli.pictures.drawing.figure import GREY, INK, PALE, clean_matplotlib, saved
from derivcli.pictures.drawing.plot_curves import short
from derivcli.pictures.graphs.graph_layout import PASSING, Edge, Point, layout

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from derivcli.render.blocks import Box, Graph

MAX_NODES = 120
"""Nodes of a picture that one can still read."""

LETTERS, LABEL = 10, 8.5
"""Points of a letter in a box, and of one at an edge."""

LETTER = LETTERS / 72 * 0.602
"""Inches that such a letter is wide: DejaVu Sans Mono's are all alike."""

LINE, GAP, BETWEEN, MARGIN = 0.19, 0.34, 0.95, 0.35
"""Inches: a line of text, the space between boxes above each other and beside each other, the border."""

PORT, HEAD = 0.26, 0.1
"""Inches between the ends of edges at one box, and of an arrow's head."""

HEADER, NOTE_LINE = 0.44, 0.18
"""Inches of the title above the graph, and of each line of the note under it."""

NOTE = "on each edge the local derivative; an adjoint is the sum of adjoint × local derivative to the right"

ADJOINT = "#0b6fb8"
LOOK: dict[str, Any] = {"parse_math": False, "family": "DejaVu Sans Mono"}


def draw_graph(graph: Graph, suffix: str) -> bytes:
    """The graph as the bytes of a picture file: boxes with values and adjoints, edges with local derivatives."""
    if len(graph.boxes) > MAX_NODES:
        message = f"a picture of {len(graph.boxes):,} nodes cannot be read: the limit is {MAX_NODES}"
        raise DerivError(message, hint="print the graph with --format dot, or the ledger without --plot")
    with clean_matplotlib():
        return _picture(graph, suffix)


def _picture(graph: Graph, suffix: str) -> bytes:
    from matplotlib.figure import Figure

    texts = {name: box.lines for name, box in graph.boxes.items()}
    labels = graph.edges
    found = layout(list(texts), labels)
    columns = _columns(found.nodes, texts, max(map(len, labels.values()), default=0))
    tall = max(map(len, texts.values())) * LINE + 0.12 + GAP
    rooms = [(height, 0.5) for _, height in found.nodes.values()]
    rooms += [(height, PASSING / 2) for points in found.edges.values() for _, height in points[1:-1]]
    top, bottom = min(height - room for height, room in rooms), max(height + room for height, room in rooms)
    width = max(columns[-1][1] + MARGIN, 4.5)
    header = HEADER + NOTE_LINE * (1 + _note(width).count("\n"))
    height = (bottom - top) * tall + header + MARGIN / 2

    def place(point: Point) -> tuple[float, float]:
        left, right = columns[point[0]]
        return (left + right) / 2, height - header - (point[1] - top) * tall

    figure = Figure(figsize=(width, height), dpi=160)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    title = _header(axes, graph, width, height)
    ports = _ports(found.edges)
    for edge, points in found.edges.items():
        path = [place(point) for point in points]
        start = (path[0][0] + _half(texts[edge[0]]), path[0][1])
        stop = (path[-1][0] - _half(texts[edge[1]]), path[-1][1] - ports[edge])
        ends = columns[points[0][0]][1], columns[points[-1][0]][0]
        _draw_edge(axes, [start, (ends[0], start[1]), *path[1:-1], (ends[1], stop[1]), stop], labels[edge])
    for name, box in graph.boxes.items():
        _draw_box(axes, box, place(found.nodes[name]))
    return saved(figure, suffix, title)


def _columns(nodes: Mapping[str, Point], texts: Mapping[str, Sequence[str]], label: int) -> list[tuple[float, float]]:
    """Where each layer begins and ends, in inches, with room for labels of so many letters between them."""
    count = max(layer for layer, _ in nodes.values()) + 1
    widths = [max(2 * _half(texts[name]) for name, (layer, _) in nodes.items() if layer == at) for at in range(count)]
    found, left = [], MARGIN
    for width in widths:
        found.append((left, left + width))
        left += width + max(BETWEEN, label * LETTER * LABEL / LETTERS + 0.5)
    return found


def _ports(edges: Mapping[Edge, Sequence[Point]]) -> dict[Edge, float]:
    """How far below the middle of its target each edge ends, so that they and their labels stand apart."""
    arriving: dict[str, list[tuple[float, Edge]]] = defaultdict(list)
    for edge, points in edges.items():
        arriving[edge[1]].append((points[-2][1], edge))
    ports = {}
    for group in arriving.values():
        step = min(PORT, 2 * PORT / len(group))
        for number, (_, edge) in enumerate(sorted(group)):
            ports[edge] = (number - (len(group) - 1) / 2) * step
    return ports


def _half(lines: Sequence[str]) -> float:
    return max(map(len, lines)) * LETTER / 2 + 0.12


def _header(axes: Axes, graph: Graph, width: float, height: float) -> str:
    letters = int((width - 2 * MARGIN) / 0.093)
    title = short(";  ".join(f"{left} = {right}" for left, right in graph.title), letters)
    axes.text(MARGIN, height - 0.18, title, va="top", fontsize=14, parse_math=False)
    axes.text(MARGIN, height - 0.44, _note(width), va="top", fontsize=9.5, color=GREY, parse_math=False)
    return title


def _note(width: float) -> str:
    return "\n".join(textwrap.wrap(NOTE, int((width - 2 * MARGIN) / 0.066)))


def _draw_box(axes: Axes, box: Box, center: tuple[float, float]) -> None:
    from matplotlib.patches import FancyBboxPatch

    half, tall = _half(box.lines), len(box.lines) * LINE + 0.12
    x, y = center
    shape = FancyBboxPatch(
        (x - half, y - tall / 2), 2 * half, tall, boxstyle="round,pad=0,rounding_size=0.07",
        facecolor=box.fill, edgecolor=PALE if box.is_pale else GREY, linewidth=0.9, zorder=3,
    )  # fmt: skip
    axes.add_patch(shape)
    colors = (INK, GREY, ADJOINT)
    for number, (line, ink) in enumerate(zip(box.lines, colors, strict=False)):
        height = y + tall / 2 - 0.06 - (number + 0.5) * LINE
        axes.text(x, height, line, ha="center", va="center", fontsize=LETTERS, color=ink, zorder=4, **LOOK)


def _draw_edge(axes: Axes, stations: Sequence[tuple[float, float]], label: str) -> None:
    """An edge through its stations, level at each of them, with its label where it ends."""
    from matplotlib.patches import PathPatch, Polygon
    from matplotlib.path import Path

    vertices, codes = [stations[0]], [Path.MOVETO]
    for (x0, y0), (x1, y1) in itertools.pairwise(stations):
        middle = (x0 + x1) / 2
        vertices += [(middle, y0), (middle, y1), (x1, y1)]
        codes += [Path.CURVE4] * 3
    color = GREY if label else PALE
    axes.add_patch(PathPatch(Path(vertices, codes), facecolor="none", edgecolor=color, linewidth=1.0, zorder=1))
    x, y = stations[-1]
    axes.add_patch(Polygon([(x, y), (x - HEAD, y + HEAD / 3), (x - HEAD, y - HEAD / 3)], color=color, zorder=2))
    if label:
        look: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.9}
        x = stations[-2][0] - 0.12
        axes.text(x, y, label, ha="right", va="center", fontsize=LABEL, color=INK, zorder=2, bbox=look, **LOOK)
