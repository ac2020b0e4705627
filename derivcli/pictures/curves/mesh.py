"""Square cells in the plane of a picture, and where a curve F = 0 meets their edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from derivcli.pictures.curves.edge_roots import EdgeRoots, Edges, Places, edge_roots
from derivcli.pictures.curves.plane import Choice, Level
from derivcli.pictures.scene import Floats

SAFETY = 1.5
"""How much more F's gradient may differ inside of a cell than at its corners."""

INWARD = np.array([[1, -1, -1, 1], [1, 1, -1, -1]], float)
"""From each corner into the cell."""

SPREAD = 0.5
"""The cosine of the angle by which F's gradient may turn where a curve passes a cell only once."""

NONE = -1


@dataclass(frozen=True, slots=True)
class Mesh:
    """Cells with corners counter-clockwise from the lower left, (2, 4, n), F and its gradient there, (3, 4 or 5, n).

    The fifth is the middle. `edges`, (4, n), are the numbers of the edges, each from its corner to the next one; cells
    that share an edge have its number in common. `size` is that of a cell, in pixels.
    """

    corners: Floats
    values: Floats
    edges: Places
    size: float

    def hopeless(self) -> Choice:
        """The cells that F is not 0 in, or is 0 all over, by its values and gradients, and by how much these differ.

        A point is nearest to one of the corners. From there F goes along its gradient at first.
        """
        with np.errstate(all="ignore"):
            here, slopes = self.values[0], self.values[1:]
            sign = np.where(here[0] < 0, -1.0, 1.0)
            down = np.maximum(0, -sign * slopes[:, :4] * INWARD[:, :, None]).sum(0)
            bend = np.hypot(*(slopes - slopes.mean(1, keepdims=True))).max(0)
            steep = np.abs(slopes).max(1).sum(0)
            room = sign * here[:4] - self.size * (down / 2 + SAFETY * (bend / 3 + steep / 20))
            empty = (room > 0).all(0) & (sign * here > 0).all(0) & np.isfinite(self.values).all((0, 1))
            huge = np.isinf(here).all(0) & ((here > 0).all(0) | (here < 0).all(0))
            hopeless: Choice = empty | huge | np.isnan(here).all(0) | (here == 0).all(0)
            return hopeless

    def is_steady(self, more: Floats) -> Choice:
        """The cells in which F grows in one direction throughout, by its gradients there and by `more`, (2, k, n)."""
        with np.errstate(all="ignore"):
            slopes = np.concatenate([self.values[1:], more], axis=1)
            slopes = slopes / np.hypot(*slopes)
            unit = slopes.sum(1)
            unit = unit / np.hypot(*unit)
            return np.asarray((slopes * unit[:, None]).sum(0).min(0) > SPREAD)

    def side(self, places: Places, number: Places) -> Edges:
        """The edges of some cells, the one that begins at the corner of this number in each."""
        then = (number + 1) % 4
        return Edges(
            self.corners[:, number, places],
            self.corners[:, then, places],
            self.values[:, number, places],
            self.values[:, then, places],
        )


@dataclass(frozen=True, slots=True)
class Met:
    """Where a curve meets the edges of cells.

    `roots` are the zeros, `slots`, (8, n), the numbers of up to two of them for each edge of a cell, NONE
    where there are fewer. `rough` tells which cells have a rough edge, and `searched` which were searched at all.
    """

    roots: EdgeRoots
    slots: Places
    rough: Choice
    searched: Choice

    @property
    def counts(self) -> Places:
        """How many zeros there are around each cell."""
        return np.asarray((self.slots != NONE).sum(0))


def met(level: Level, mesh: Mesh, fine: bool, empty: Choice | None = None) -> Met:
    """Where the curve meets the edges of all cells that it may pass, and of those next to its zeros.

    Of the `empty` cells it is proved that it passes none of them, and of no others.
    """
    keys, index = np.unique(mesh.edges, return_inverse=True)
    index = index.reshape(mesh.edges.shape)
    first = np.empty(keys.size, np.int64)
    first[index.ravel()[::-1]] = np.arange(index.size)[::-1]
    asked = ~mesh.hopeless()
    if empty is not None:
        asked = ~empty
    done = np.zeros(keys.size, bool)
    hit, parts = np.zeros(keys.size, bool), []
    while True:
        new = np.unique(index[:, asked])
        new = new[~done[new]]
        if not new.size:
            break
        done[new] = True
        number, places = np.divmod(first[new], mesh.edges.shape[1])
        found = edge_roots(level, mesh.side(places, number), fine)
        parts.append((new, found))
        hit[new[found.edge]] = True
        asked = asked | hit[index].any(0)
    roots = _joined(parts, keys.size)
    slots = np.full((2, keys.size), NONE)
    place = np.arange(roots.edge.size)
    again = np.concatenate([[False], roots.edge[1:] == roots.edge[:-1]]) if place.size else np.empty(0, bool)
    slots[0, roots.edge[~again]] = place[~again]
    slots[1, roots.edge[again]] = place[again]
    around = slots[:, index].reshape(8, -1)
    rough = roots.rough[index].any(0) & asked
    return Met(_by_key(roots, keys), around, rough, asked)


def _joined(parts: list[tuple[Places, EdgeRoots]], count: int) -> EdgeRoots:
    """The zeros of several searches, in the order of the edges."""
    rough = np.zeros(count, bool)
    for new, found in parts:
        rough[new] = found.rough
    if not parts:
        return EdgeRoots(np.empty(0, np.int64), np.empty((2, 0)), np.empty((2, 0)), np.empty(0, bool), rough)
    edge = np.concatenate([new[found.edge] for new, found in parts])
    order = np.argsort(edge, kind="stable")
    points, slopes = (
        np.concatenate([getattr(each, name) for _, each in parts], axis=1) for name in ("points", "slopes")
    )
    touches = np.concatenate([found.touches for _, found in parts])
    return EdgeRoots(edge[order], points[:, order], slopes[:, order], touches[order], rough)


def _by_key(roots: EdgeRoots, keys: Places) -> EdgeRoots:
    return EdgeRoots(keys[roots.edge], roots.points, roots.slopes, roots.touches, roots.rough)


def squares(level: Level, points: Floats, keys: tuple[Places, Places], size: float, middles: bool) -> Mesh:
    """The cells between points on lattices, (2, rows, columns) or for several lattices (2, lattices, rows, columns).

    They are `size` wide. `keys` are numbers of the edges to the right of a point, and of those above it.
    """
    shape = points.shape[1:]
    values = level.at(points.reshape(2, -1)).reshape(3, *shape)

    def around(each: Floats) -> Floats:
        parts = [each[..., :-1, :-1], each[..., :-1, 1:], each[..., 1:, 1:], each[..., 1:, :-1]]
        return np.stack([part.reshape(*each.shape[: each.ndim - len(shape)], -1) for part in parts], axis=-2)

    corners, at_corners = around(points), around(values)
    right, up = keys
    edges = [right[..., :-1, :-1], up[..., :-1, 1:], right[..., 1:, :-1], up[..., :-1, :-1]]
    if middles:
        inner = level.at(corners.mean(1))
        at_corners = np.concatenate([at_corners, inner[:, None]], axis=1)
    return Mesh(corners, at_corners, np.stack([each.ravel() for each in edges]), size)
