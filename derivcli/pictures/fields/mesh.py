"""A grid cut along its breaks: triangles none of which reaches across one, and the breaks as lines."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.fields.borders import KINDS, NEAR, Edges
from derivcli.pictures.fields.grid import Grid
from derivcli.pictures.scene import Floats, Mesh, Stroke

Point: TypeAlias = tuple[float, float]

Vertex: TypeAlias = tuple[int, float]
"""The number of a vertex, and its value."""

STRAIGHT = 0.95
"""The least cosine of the angle by which a line turns where others meet it."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A mesh, and the lines of each kind of break."""

    mesh: Mesh
    lines: dict[str, tuple[Stroke, ...]]


@dataclass(slots=True)
class _Making:
    """Vertices and triangles beyond those of the grid, and the links of breaks between edges."""

    first: int
    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    triangles: list[tuple[int, int, int]] = field(default_factory=list)
    links: list[tuple[int, Point, Point]] = field(default_factory=list)

    known: dict[tuple[int, int, int], int] = field(default_factory=dict)

    def vertex(self, point: Point, value: float) -> Vertex:
        """A new vertex."""
        self.x.append(point[0])
        self.y.append(point[1])
        self.values.append(value)
        return self.first + len(self.values) - 1, value

    def beside(self, at: Point, side: _Side, other: _Side, values: tuple[float, ...]) -> list[Vertex]:
        """The vertices on an edge from a break towards one of its corners; the cells on both sides share them."""
        end = side.place
        found = []
        for number, (part, value) in enumerate(zip(NEAR, values, strict=True)):
            key = side.corner, other.corner, number
            if key not in self.known:
                part *= number > 0
                place = at[0] + part * (end[0] - at[0]), at[1] + part * (end[1] - at[1])
                self.known[key] = self.vertex(place, value)[0]
            found.append((self.known[key], value))
        return found

    def polygon(self, corners: list[Vertex]) -> None:
        """A convex polygon, left out where a corner has no value."""
        if all(math.isfinite(value) for _, value in corners):
            places = [place for place, _ in corners]
            self.triangles += [(places[0], a, b) for a, b in pairwise(places[1:])]


def cut(grid: Grid, edges: tuple[Edges, Edges]) -> Cut:
    """The grid with its cells cut in parts along the breaks."""
    across, up = edges
    rows, columns = grid.values.shape
    broken = (across.kinds[:-1] > 0) | (across.kinds[1:] > 0) | (up.kinds[:, :-1] > 0) | (up.kinds[:, 1:] > 0)
    making = _Making(rows * columns)
    for row, column in zip(*map(np.ndarray.tolist, np.nonzero(broken)), strict=True):
        _cut_cell(making, _perimeter(grid, across, up, row, column))
    whole = _whole_cells(grid, broken)
    across_all, up_all = np.meshgrid(grid.x, grid.y)
    mesh = Mesh(
        np.concatenate([across_all.ravel(), making.x]),
        np.concatenate([up_all.ravel(), making.y]),
        np.concatenate([grid.values.ravel(), making.values]),
        np.concatenate([whole, np.asarray(making.triangles, np.int64).reshape(-1, 3)]),
    )
    inner = [link for link in making.links if not _at_end(grid.x, link, 0) and not _at_end(grid.y, link, 1)]
    lines = {
        name: tuple(chained([(one, other) for each, one, other in inner if each == kind]))
        for kind, name in KINDS.items()
    }
    return Cut(mesh, {name: strokes for name, strokes in lines.items() if strokes})


def _at_end(places: Floats, link: tuple[int, Point, Point], side: int) -> bool:
    """Whether a piece of a break runs along an end of the window, where it parts nothing."""
    near = 1e-6 * float(places[-1] - places[0])
    return any(
        abs(link[1][side] - end) <= near and abs(link[2][side] - end) <= near
        for end in (float(places[0]), float(places[-1]))
    )


def _whole_cells(grid: Grid, broken: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Two triangles for each cell that has all values and no break."""
    rows, columns = grid.values.shape
    finite = np.isfinite(grid.values)
    full = finite[:-1, :-1] & finite[1:, :-1] & finite[:-1, 1:] & finite[1:, 1:] & ~broken
    low = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1))[full]
    one = np.stack([low, low + 1, low + columns + 1], axis=1)
    other = np.stack([low, low + columns + 1, low + columns], axis=1)
    return np.concatenate([one, other])


@dataclass(frozen=True, slots=True)
class _Side:
    """A corner of a cell with the edge that follows it, going round: its break, if `kind` is not 0."""

    corner: int
    place: Point
    value: float
    kind: int
    at: Point
    before: tuple[float, ...]
    after: tuple[float, ...]


def _perimeter(grid: Grid, across: Edges, up: Edges, row: int, column: int) -> list[_Side]:
    """The four sides of a cell against the clock from its corner below on the left."""
    columns = grid.values.shape[1]
    turns = (
        (row, column, across, row, column, False),
        (row, column + 1, up, row, column + 1, False),
        (row + 1, column + 1, across, row + 1, column, True),
        (row + 1, column, up, row, column, True),
    )
    sides = []
    for corner_row, corner_column, edges, edge_row, edge_column, is_backward in turns:
        place = edge_row, edge_column
        at = float(edges.at[place])
        point = (at, float(grid.y[edge_row])) if edges is across else (float(grid.x[edge_column]), at)
        kind, value = int(edges.kinds[place]), float(grid.values[corner_row, corner_column])
        before, after = ((*each[place].tolist(),) if kind else () for each in (edges.before, edges.after))
        if is_backward:
            before, after = after, before
        here = float(grid.x[corner_column]), float(grid.y[corner_row])
        sides.append(_Side(corner_row * columns + corner_column, here, value, kind, point, before, after))
    return sides


def _cut_cell(making: _Making, sides: list[_Side]) -> None:
    """Cut one cell: from break to break if there are two, else from each break to a point between them."""
    breaks = [place for place, side in enumerate(sides) if side.kind]
    points = [sides[place].at for place in breaks]
    middle = _mean(points if len(points) > 1 else [side.place for side in sides])
    if len(breaks) == 2:
        making.links.append((max(sides[place].kind for place in breaks), points[0], points[1]))
    else:
        making.links += [(sides[place].kind, sides[place].at, middle) for place in breaks]
    for start, stop in zip(breaks, [*breaks[1:], breaks[0] + 4], strict=True):
        inner = [sides[place % 4] for place in range(start + 1, stop + 1)]
        first, last = sides[start], sides[stop % 4]
        there = making.beside(first.at, inner[0], first, first.after)
        back = making.beside(last.at, last, sides[(stop + 1) % 4], last.before)
        corners = [(side.corner, side.value) for side in inner]
        if len(breaks) == 2:
            for one, other in zip(pairwise(there), pairwise(back), strict=True):
                making.polygon([*one, *other[::-1]])
            making.polygon([there[-1], *corners, back[-1]])
        else:
            values = [value for _, value in (there[0], *corners, back[0])]
            center = making.vertex(middle, sum(value / len(values) for value in values))
            making.polygon([center, *there, *corners, *back[::-1]])


def _mean(points: list[Point]) -> Point:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def chained(links: list[tuple[Point, Point]]) -> Iterator[Stroke]:
    """The links as lines, each as long as it goes on without a fork."""
    beside: dict[Point, list[Point]] = defaultdict(list)
    for one, other in links:
        if one != other:
            beside[one].append(other)
            beside[other].append(one)
    left = {(one, other) for one, others in beside.items() for other in others}
    starts = [point for point, others in beside.items() if len(others) != 2]
    for start in [*starts, *beside]:
        for second in beside[start]:
            if (start, second) in left:
                line = _walked(beside, left, start, second)
                yield Stroke(np.array([x for x, _ in line]), np.array([y for _, y in line]))


def _walked(
    beside: dict[Point, list[Point]], left: set[tuple[Point, Point]], start: Point, second: Point
) -> list[Point]:
    line = [start]
    here, there = start, second
    while (here, there) in left:
        left -= {(here, there), (there, here)}
        line.append(there)
        onward = [point for point in beside[there] if (there, point) in left]
        if len(beside[there]) != 2:
            onward = [point for point in onward if _goes_on(here, there, point)]
        if onward:
            here, there = there, onward[0]
    return line


def _goes_on(start: Point, middle: Point, stop: Point) -> bool:
    """Whether three points lie about on one line."""
    one, other = (complex(b[0] - a[0], b[1] - a[1]) for a, b in ((start, middle), (middle, stop)))
    return (one.conjugate() * other).real > STRAIGHT * abs(one) * abs(other)


def clipped(mesh: Mesh, low: float, high: float) -> Mesh:
    """The mesh with its values cut off beyond two ends, which poles would run over."""
    return Mesh(mesh.x, mesh.y, np.clip(mesh.values, low, high), mesh.triangles)
