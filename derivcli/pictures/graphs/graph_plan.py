"""Where each box, edge and letter of a graph's drawing stands, in inches from the upper left corner."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from derivcli.errors import DerivError
from derivcli.pictures.graphs.graph_bands import Band, bands_of
from derivcli.pictures.graphs.graph_layout import PASSING, Edge, Point

if TYPE_CHECKING:
    from derivcli.render.blocks import Box, Graph

MAX_NODES = 250
"""Nodes of a picture that one can still read."""

LETTERS, LABEL = 10.0, 8.5
"""Points of a letter in a box, and of one at an edge or in a tag."""

ADVANCE = 0.602
"""The width of a letter in units of its height: those of the fonts for programs are all alike."""

LINE, PADDING, GAP, BETWEEN, MARGIN, BAND_GAP = 0.19, 0.12, 0.34, 0.95, 0.35, 0.3
"""Inches: a line of text, around texts, between boxes above and beside each other, the border, between bands."""

TAG_HEIGHT = 0.2
PORT, HEAD = 0.26, 0.1
"""Inches between the ends of edges at one box, and of an arrow's head."""

MAX_READERS = 3
"""Nodes that read another one further down and are named below it; of more the first are."""

Place: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """A node around its middle; `onward` says what reads it in bands below."""

    name: str
    box: Box
    middle: Place
    width: float
    height: float
    onward: str = ""


@dataclass(frozen=True, slots=True)
class PlacedTag:
    """A node of a band above, named again where it is read, around its middle."""

    name: str
    middle: Place
    width: float


@dataclass(frozen=True, slots=True)
class PlacedEdge:
    """An edge through its stations, level at each of them, whose label ends at `label_right`, as high as the last."""

    edge: Edge
    stations: tuple[Place, ...]
    label: str
    label_right: float

    @property
    def curve(self) -> Iterator[tuple[Place, Place, Place]]:
        """The pieces of the curve as Bézier's points: two that pull it, and its next station."""
        for (x0, y0), (x1, y1) in itertools.pairwise(self.stations):
            middle = (x0 + x1) / 2
            yield (middle, y0), (middle, y1), (x1, y1)


@dataclass(frozen=True, slots=True)
class GraphPlan:
    """A drawing of a graph without what stands above it; in the order in which it is computed."""

    width: float
    height: float
    boxes: tuple[PlacedBox, ...]
    tags: tuple[PlacedTag, ...]
    edges: tuple[PlacedEdge, ...]


def plans_of(graph: Graph) -> Iterator[GraphPlan]:
    """The plans in one band, in two and so on."""
    if len(graph.boxes) > MAX_NODES:
        message = f"a picture of {len(graph.boxes):,} nodes cannot be read: the limit is {MAX_NODES}"
        raise DerivError(message, hint="print the graph with --format dot, or the ledger without --plot")
    widths = {name: _width(box.lines) + BETWEEN for name, box in graph.boxes.items()}
    done = 0
    for count in itertools.count(1):
        bands = bands_of([*graph.boxes], graph.edges, widths, count)
        if len(bands) > done:
            yield _plan(graph, bands)
        elif count > 2 * len(graph.boxes):
            return
        done = len(bands)


def _plan(graph: Graph, bands: Sequence[Band]) -> GraphPlan:
    tall = max(_height(box.lines) for box in graph.boxes.values()) + GAP
    parts, top = [], 0.0
    for band in bands:
        part = _plan_of_band(graph, band, top, tall)
        parts.append(part)
        top = part.height + BAND_GAP
    whole = parts[-1]
    return replace(
        whole,
        width=max(part.width for part in parts),
        height=whole.height + MARGIN / 2,
        boxes=tuple(box for part in parts for box in part.boxes),
        tags=tuple(tag for part in parts for tag in part.tags),
        edges=tuple(edge for part in parts for edge in part.edges),
    )


def _plan_of_band(graph: Graph, band: Band, top: float, tall: float) -> GraphPlan:
    """The part of the plan that starts at a height, where one unit of the layout is so tall."""
    found = band.layout
    sizes = {name: _width(graph.boxes[name].lines) for name in band.nodes}
    sizes |= {tag: _tag_width(tag) for tag in band.tags}
    columns = _columns(found.nodes, sizes, {edge: graph.edges[edge] for edge in band.edges})
    rooms = [(height, PASSING / 2 if name in band.tags else 0.5) for name, (_, height) in found.nodes.items()]
    rooms += [(height, PASSING / 2) for points in found.edges.values() for _, height in points[1:-1]]
    first, last = min(height - room for height, room in rooms), max(height + room for height, room in rooms)

    def place(point: Point) -> Place:
        left, right = columns[point[0]]
        return (left + right) / 2, top + (point[1] - first) * tall

    ports = _ports(found.edges)
    edges = []
    for edge, points in found.edges.items():
        path = [place(point) for point in points]
        start = (path[0][0] + sizes[edge[0]] / 2, path[0][1])
        stop = (path[-1][0] - sizes[edge[1]] / 2, path[-1][1] + ports[edge])
        ends = columns[points[0][0]][1], columns[points[-1][0]][0]
        stations = (start, (ends[0], start[1]), *path[1:-1], (ends[1], stop[1]), stop)
        edges.append(PlacedEdge(edge, stations, graph.edges[edge], ends[1] - HEAD - 0.02))
    boxes = tuple(
        PlacedBox(name, box, place(found.nodes[name]), sizes[name], _height(box.lines), _onward(band, name))
        for name, box in ((name, graph.boxes[name]) for name in band.nodes)
    )
    tags = tuple(PlacedTag(name, place(found.nodes[name]), sizes[name]) for name in band.tags)
    return GraphPlan(columns[-1][1] + MARGIN, top + (last - first) * tall, boxes, tags, tuple(edges))


def _columns(
    nodes: Mapping[str, Point], sizes: Mapping[str, float], labels: Mapping[Edge, str]
) -> list[tuple[float, float]]:
    """Where each layer begins and ends, with room before it for the labels of the edges that end there."""
    found, left = [], MARGIN
    for layer in range(max(layer for layer, _ in nodes.values()) + 1):
        arriving = [text for (_, target), text in labels.items() if nodes[target][0] == layer]
        if layer:
            left += max(BETWEEN, max(map(len, arriving), default=0) * LABEL / 72 * ADVANCE + 0.5)
        width = max(sizes[name] for name, (at, _) in nodes.items() if at == layer)
        found.append((left, left + width))
        left += width
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


def _onward(band: Band, name: str) -> str:
    readers = band.onward.get(name, ())
    return ", ".join([*readers[:MAX_READERS], *(["…"] if len(readers) > MAX_READERS else [])])


def _width(lines: Sequence[str]) -> float:
    return max(map(len, lines)) * LETTERS / 72 * ADVANCE + 2 * PADDING


def _height(lines: Sequence[str]) -> float:
    return len(lines) * LINE + PADDING


def _tag_width(name: str) -> float:
    return len(name) * LABEL / 72 * ADVANCE + 0.18
