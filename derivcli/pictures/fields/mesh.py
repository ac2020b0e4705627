"""A grid cut along its breaks: triangles none of which reaches across one, and the breaks as lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.fields.borders import KINDS, Edges
from derivcli.pictures.fields.grid import Grid
from derivcli.pictures.scene import Mesh, Stroke

Point = tuple[float, float]

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

    def vertex(self, point: Point, value: float) -> int:
        """A new vertex."""
        self.x.append(point[0])
        self.y.append(point[1])
        self.values.append(value)
        return self.first + len(self.values) - 1

    def polygon(self, corners: list[int], values: list[float]) -> None:
        """A convex polygon, left out where a corner has no value."""
        if np.isfinite(values).all():
            self.triangles += [(corners[0], a, b) for a, b in pairwise(corners[1:])]


def cut(grid: Grid, edges: tuple[Edges, Edges]) -> Cut:
    """The grid with its cells cut in parts along the breaks."""
    across, up = edges
    rows, columns = grid.values.shape
    broken = (across.kinds[:-1] > 0) | (across.kinds[1:] > 0) | (up.kinds[:, :-1] > 0) | (up.kinds[:, 1:] > 0)
    making = _Making(rows * columns)
    for row, column in zip(*map(np.ndarray.tolist, np.nonzero(broken)), strict=True):
        _cut_cell(making, grid, _perimeter(grid, across, up, row, column))
    whole = _whole_cells(grid, broken)
    across_all, up_all = np.meshgrid(grid.x, grid.y)
    mesh = Mesh(
        np.concatenate([across_all.ravel(), making.x]),
        np.concatenate([up_all.ravel(), making.y]),
        np.concatenate([grid.values.ravel(), making.values]),
        np.concatenate([whole, np.asarray(making.triangles, np.int64).reshape(-1, 3)]),
    )
    lines = {
        name: tuple(chained([(one, other) for each, one, other in making.links if each == kind]))
        for kind, name in KINDS.items()
    }
    return Cut(mesh, {name: strokes for name, strokes in lines.items() if strokes})


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
    value: float
    kind: int
    at: Point
    before: float
    after: float


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
        beside = float(edges.before[place]), float(edges.after[place])
        before, after = beside[::-1] if is_backward else beside
        value = float(grid.values[corner_row, corner_column])
        corner = corner_row * columns + corner_column
        sides.append(_Side(corner, value, int(edges.kinds[place]), point, before, after))
    return sides


def _cut_cell(making: _Making, grid: Grid, sides: list[_Side]) -> None:
    """Cut one cell: from break to break if there are two, else from each break to a point between them."""
    breaks = [place for place, side in enumerate(sides) if side.kind]
    points = [sides[place].at for place in breaks]
    kind = max(sides[place].kind for place in breaks)
    corners = [(float(grid.x[side.corner % len(grid.x)]), float(grid.y[side.corner // len(grid.x)])) for side in sides]
    middle = _mean(points if len(points) > 1 else corners)
    if len(breaks) == 2:
        making.links.append((kind, points[0], points[1]))
    else:
        making.links += [(sides[place].kind, sides[place].at, middle) for place in breaks]
    for start, stop in zip(breaks, [*breaks[1:], breaks[0] + 4], strict=True):
        inner = [sides[place % 4] for place in range(start + 1, stop + 1)]
        ends = sides[start], sides[stop % 4]
        values = [ends[0].after, *(side.value for side in inner), ends[1].before]
        around = [making.vertex(ends[0].at, values[0]), *(side.corner for side in inner)]
        around.append(making.vertex(ends[1].at, values[-1]))
        if len(breaks) != 2:
            value = sum(each / len(values) for each in values)
            around, values = [making.vertex(middle, value), *around], [value, *values]
        making.polygon(around, values)


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
