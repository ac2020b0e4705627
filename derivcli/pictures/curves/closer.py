"""A closer look at cells in which a curve does more than to pass once: it crosses itself, ends, or has a corner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from derivcli.pictures.curves.edge_roots import Places
from derivcli.pictures.curves.joining import Segment
from derivcli.pictures.curves.lattice import Lattice
from derivcli.pictures.curves.mesh import NONE, Mesh, Met, met, squares
from derivcli.pictures.curves.plane import Level
from derivcli.pictures.curves.singular import MARGIN_PIXELS, MAX_SEARCHED, flat_points, lowest_points
from derivcli.pictures.scene import Floats

SAME_PIXELS = 0.75
"""Singular points closer than this are one."""

SMALL = 0.05
"""F touches 0 inside of a cell only if it is somewhere less than this part of its size around."""

RING = np.stack([np.cos(np.arange(8) * np.pi / 4 + 0.3), np.sin(np.arange(8) * np.pi / 4 + 0.3)])
"""Where F must not be 0 around a singular point, which else belongs to a region of zeros."""

TOUCH = 1e-6
"""F is 0 at a point if it is there less than this part of what it is around."""

MAX_MATCHED = 6
"""More points than these around a cell are joined as they come."""


@dataclass(frozen=True, slots=True)
class Singular:
    """A singular point in pixels, and how many branches of the curve leave it; in a `cusp` to the same side."""

    at: tuple[float, float]
    branches: int
    cusp: bool = False


@dataclass(frozen=True, slots=True)
class Closer:
    """Small cells inside of `places`, the numbers of rough cells, each divided into `parts` by `parts`."""

    lattice: Lattice
    parts: int
    places: Places
    mesh: Mesh
    met: Met

    @property
    def size(self) -> float:
        """That of a small cell in pixels."""
        return self.lattice.size / self.parts

    def on_edges(self) -> tuple[Places, Places]:
        """Which zeros lie on edges of large cells, and the numbers of these."""
        place, up = np.divmod(self.met.roots.edge, 2)
        row, column = np.divmod(place, self.width)
        there = np.where(up == 0, row % self.parts == 0, column % self.parts == 0)
        edge = self.lattice.edge(column // self.parts, row // self.parts, up)
        return np.nonzero(there)[0], edge[there]

    @property
    def width(self) -> int:
        """How many points there are in a row of the whole small lattice."""
        return self.lattice.columns * self.parts + 1

    @property
    def positions(self) -> Places:
        """The column and the row of each small cell, (2, n)."""
        row, column = np.divmod(np.arange(self.parts**2), self.parts)
        rows, columns = np.divmod(self.places, self.lattice.columns)
        inner = [columns[:, None] * self.parts + column, rows[:, None] * self.parts + row]
        return np.stack([each.ravel() for each in inner])

    def around(self, at: Floats) -> Places:
        """The columns and rows of the small cells about a point, (2, 9)."""
        column, row = np.floor((at + np.array(self.lattice.offsets)) / self.size).astype(np.int64)
        steps = np.array([[-1, 0, 1] * 3, [-1] * 3 + [0] * 3 + [1] * 3])
        found: Places = np.array([[column], [row]]) + steps
        return found


def closer(level: Level, lattice: Lattice, places: Places, parts: int) -> Closer:
    """A closer look at the cells of these numbers."""
    row, column = np.divmod(places, lattice.columns)
    steps = np.arange(parts + 1)
    columns, rows = (
        np.broadcast_to(each, (len(places), parts + 1, parts + 1))
        for each in (
            column[:, None, None] * parts + steps[None, None, :],
            row[:, None, None] * parts + steps[None, :, None],
        )
    )
    keys = 2 * (rows * (lattice.columns * parts + 1) + columns)
    mesh = squares(level, lattice.points(columns / parts, rows / parts), (keys, keys + 1), lattice.size / parts, False)
    return Closer(lattice, parts, places, mesh, met(level, mesh, True))


def singular_points(level: Level, look: Closer) -> list[tuple[Floats, bool]]:
    """Points in pixels at which F is 0, with its gradient or, as True says, only there among all points around."""
    count, size = len(look.places), look.lattice.size
    if not count:
        return []
    values = look.mesh.values.reshape(3, -1, count, look.parts**2).swapaxes(1, 2).reshape(3, count, -1)
    corners = look.mesh.corners.reshape(2, -1, count, look.parts**2).swapaxes(1, 2).reshape(2, count, -1)
    low = corners.min(2)
    with np.errstate(all="ignore"):
        steep = np.hypot(*values[1:])
        sizes = np.where(np.isfinite(values[0]), np.abs(values[0]), np.nan)
        scale = np.stack([_most(sizes), _most(np.where(np.isfinite(steep), steep, np.nan))])
        start = corners[:, np.arange(count), np.argmin(np.where(np.isfinite(steep), steep, np.inf), axis=1)]
        at, found = flat_points(level, start, low, low + size, scale)
        bare = (look.met.slots.reshape(8, count, -1) == NONE).all((0, 2))
        small = np.nanmin(np.where(np.isnan(sizes), np.inf, sizes), axis=1) < SMALL * scale[0]
        rest = np.nonzero(bare & small & ~found)[0][:MAX_SEARCHED]
        least = np.argmin(np.where(np.isnan(sizes), np.inf, sizes), axis=1)
        start = corners[:, np.arange(count), least][:, rest]
        other, touched = lowest_points(level, start, low[:, rest], low[:, rest] + size, scale[:, rest])
        candidates = np.concatenate([at[:, found], other[:, touched]], axis=1)
        around = candidates[:, :, None] + SAME_PIXELS / 2 * RING[:, None]
        beside = np.abs(level.at(around.reshape(2, -1))[0]).reshape(-1, RING.shape[1])
        alone_of = np.arange(candidates.shape[1]) >= found.sum()
        beside = np.where(alone_of | (beside.min(1) == 0), beside.min(1), beside.max(1))
        single = np.abs(level.at(candidates)[0]) < TOUCH * beside
    ends = np.array(level.window.pixels)
    apart: list[tuple[Floats, bool]] = []
    for point, alone in zip(candidates[:, single].T, alone_of[single].tolist(), strict=True):
        seen = (point >= -MARGIN_PIXELS).all() and (point <= ends + MARGIN_PIXELS).all()
        if seen and all(np.hypot(*(point - each)) > SAME_PIXELS for each, _ in apart):
            apart.append((point, alone))
    return apart


def _most(sizes: Floats) -> Floats:
    most: Floats = np.max(np.where(np.isnan(sizes), 0, sizes), axis=1)
    return most


def segments(look: Closer, points: list[tuple[Floats, bool]], names: Places) -> tuple[list[Segment], list[Singular]]:
    """The pieces of the curve in small cells, whose ends are called by `names`, and its singular points.

    About a singular point the pieces lead straight to it.
    """
    position = {(int(column), int(row)): place for place, (column, row) in enumerate(look.positions.T)}
    taken: set[int] = set()
    pieces: list[Segment] = []
    found: list[Singular] = []
    roots, slots = look.met.roots, look.met.slots
    for number, (point, alone) in enumerate(points):
        block = {position[place] for place in map(tuple, look.around(point).T.tolist()) if place in position}
        edges, times = np.unique(look.mesh.edges[:, [*block]], return_counts=True)
        outer = np.nonzero(np.isin(roots.edge, edges[times == 1]))[0]
        if block & taken or roots.touches[outer].any() or (alone and outer.size):
            continue
        taken |= block
        name = -1 - number
        for root in outer:
            pieces.append(Segment((int(names[root]), name), np.stack([roots.points[:, root], point], axis=1)))
        ways = (roots.points[:, outer] - point[:, None]).T
        cusp = len(ways) == 2 and bool(ways[0] @ ways[1] > 0)
        found.append(Singular((float(point[0]), float(point[1])), len(ways), cusp))
    free = np.ones(slots.shape[1], bool)
    free[[*taken]] = False
    pieces += _plain(look, names, np.nonzero(free & (look.met.counts == 2))[0])
    for place in np.nonzero(free & (look.met.counts > 2))[0]:
        pieces += _matched(look, names, slots[slots[:, place] != NONE, place])
    return pieces, found


def _plain(look: Closer, names: Places, places: Places) -> Iterator[Segment]:
    """The pieces in cells that have two points of the curve on their edges."""
    pairs = np.sort(look.met.slots[:, places], axis=0)[-2:]
    points = look.met.roots.points[:, pairs]
    for place, (one, other) in enumerate(names[pairs].T.tolist()):
        yield Segment((one, other), points[:, :, place])


def _matched(look: Closer, names: Places, roots: Places) -> Iterator[Segment]:
    """The pieces in a cell with several points on its edges: those that their tangents fit best."""
    points, slopes = look.met.roots.points[:, roots], look.met.roots.slopes[:, roots]
    with np.errstate(all="ignore"):
        tangents = np.nan_to_num(np.stack([slopes[1], -slopes[0]]) / np.hypot(*slopes))
        ways = points[:, None, :] - points[:, :, None]
        chords = np.nan_to_num(ways / np.hypot(*ways))
        fits = (chords * tangents[:, :, None]).sum(0)
    fit = np.abs(fits - fits.T)  # a chord leaves one end and comes to the other
    for one, other in max(_pairings(len(roots)), key=lambda pairs: sum(fit[pair] for pair in pairs)):
        yield Segment((int(names[roots[one]]), int(names[roots[other]])), points[:, [one, other]])


@cache
def _pairings(count: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    """All ways to make pairs of some things, one of which is left over where their number is odd."""
    if count > MAX_MATCHED:
        return (tuple((place, place + 1) for place in range(0, count - 1, 2)),)

    def made(left: tuple[int, ...]) -> Iterator[tuple[tuple[int, int], ...]]:
        if len(left) < 2:
            yield ()
            return
        if len(left) % 2:
            for place in range(len(left)):
                yield from made(left[:place] + left[place + 1 :])
            return
        for place in range(1, len(left)):
            for rest in made(left[1:place] + left[place + 1 :]):
                yield ((left[0], left[place]), *rest)

    return tuple(made(tuple(range(count))))
