"""The curve F(x, y) = 0 in a window, followed from one point to the next.

Lines across the window, some pixels apart, find points of the curve. It is followed from each to the next where
F's gradient tells that nothing else is between them. Where it does not, lines half a pixel apart take a closer look.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from derivcli.pictures.curves.arcs import Arcs, arcs
from derivcli.pictures.curves.closer import Closer, Singular, closer, segments, singular_points
from derivcli.pictures.curves.edge_roots import Places
from derivcli.pictures.curves.joining import Segment, joined
from derivcli.pictures.curves.lattice import Lattice, lattice_of
from derivcli.pictures.curves.mesh import NONE, Mesh, Met, met, squares
from derivcli.pictures.curves.plane import Choice, Level
from derivcli.pictures.scene import Floats

PARTS = {1500: 16, 5000: 8, 12000: 4}
"""Into how many parts each side of a cell is divided for a closer look, by how many cells need one; none of more."""

MAX_ROUNDS = 6
MAX_DOUBTED = 4000
"""If more cells than these seem empty by F's values and are not proved to be, its enclosures are too wide to tell."""


@dataclass(frozen=True, slots=True)
class Traced:
    """The lines of a curve in pixels, (2, n) each, its singular points, and whether F is 0 on whole regions.

    `dense` says that a closer look at many cells was left out.
    """

    lines: list[Floats]
    singular: list[Singular]
    regions: bool
    dense: bool = False


def traced(level: Level, finest: int = 16, most: int = max(PARTS)) -> Traced:
    """The curve in the window of a level.

    A closer look divides cells into up to `finest` parts on a side; there is none at more than `most` cells.
    """
    lattice = lattice_of(level.window)
    columns, rows = np.meshgrid(np.arange(lattice.columns + 1), np.arange(lattice.rows + 1))
    keys = lattice.edge(columns, rows, np.zeros_like(rows))
    mesh = squares(level, lattice.points(columns, rows), (keys, keys + 1), lattice.size, True)
    empty = _empty(level, lattice, mesh)
    base = met(level, mesh, False, empty)
    rough, simple = _sorted(mesh, base, empty is not None)
    places = np.nonzero(simple)[0]
    found = _arcs(level, base, places)
    rough[places[found.failed]] = True
    dense = bool(rough.sum() > most)
    if dense:
        rough[:] = False
    parts = min(finest, next(each for cells, each in PARTS.items() if rough.sum() <= cells))
    look, points = _looked_at(level, lattice, mesh, base, rough, parts)
    pieces = _pieces(found, base, places, ~rough[places])
    fine, singular = segments(look, points, _names(base, look, mesh.edges[:, simple & ~rough]))
    zeros = (mesh.values[0] == 0).all(0)
    return Traced(joined([*pieces, *fine]), singular, bool(zeros.any()), dense)


def _looked_at(
    level: Level, lattice: Lattice, mesh: Mesh, base: Met, rough: Choice, parts: int
) -> tuple[Closer, list[tuple[Floats, bool]]]:
    """The closer look at rough cells and all that need one with them, which become rough, and the singular points."""
    points: list[tuple[Floats, bool]] = []
    for _ in range(MAX_ROUNDS):
        look = closer(level, lattice, np.nonzero(rough)[0], parts)
        grown = _differing(lattice, mesh, base, look, rough)
        if not grown.any():
            points = singular_points(level, look)
            grown = _near(lattice, look, points) & ~rough
        if not grown.any():
            break
        rough |= grown
    return look, points


def _empty(level: Level, lattice: Lattice, mesh: Mesh) -> Choice | None:
    """The cells that the curve is proved not to pass, and those in which F has no value at all or is 0 all over.

    None if little can be proved: where it passes is told by F's values then.
    """
    if level.cells is None:
        return None
    window, (across, up) = level.window, lattice.lines
    x = window.on_plane(np.stack([across, np.zeros(len(across))]))[0]
    y = window.on_plane(np.stack([np.zeros(len(up)), up]))[1]
    here = mesh.values[0]
    asked = ~(np.isnan(here).all(0) | (here == 0).all(0))
    proved = level.cells(x, y, asked.reshape(lattice.rows, lattice.columns))
    if proved is None or (asked & mesh.hopeless() & ~proved.ravel()).sum() > MAX_DOUBTED:
        return None
    empty: Choice = proved.ravel() | ~asked
    return empty


def _sorted(mesh: Mesh, base: Met, proved: bool) -> tuple[Choice, Choice]:
    """Which cells need a closer look, and which ones the curve passes once.

    Where all cells that are not searched are `proved` to be empty, those without zeros need one too.
    """
    two = _two(base)
    if base.roots.edge.size:
        slopes = base.roots.slopes[:, two]
        more = np.where(two[None] == NONE, mesh.values[1:, 4:5], slopes)
    else:
        more = mesh.values[1:, 4:5]
    steady = mesh.is_steady(more) & ~base.rough
    simple = base.searched & steady & (base.counts == 2)
    passed_by = steady & (base.counts == 0) & (not proved)
    return base.searched & ~simple & ~passed_by, simple


def _two(base: Met) -> Places:
    """Two of the points around each cell, (2, n)."""
    return np.sort(base.slots, axis=0)[-2:]


def _arcs(level: Level, base: Met, places: Places) -> Arcs:
    """The arcs through the cells that the curve passes once."""
    one, other = _two(base)[:, places]
    points, slopes = base.roots.points, base.roots.slopes
    with np.errstate(all="ignore"):
        return arcs(level, points[:, one], points[:, other], (slopes[:, one], slopes[:, other]))


def _pieces(found: Arcs, base: Met, places: Places, kept: Choice) -> list[Segment]:
    """The arcs that were kept."""
    ends = _two(base)[:, places].T.tolist()
    cuts = np.nonzero(np.diff(found.arc))[0] + 1
    lines = np.split(found.points, cuts, axis=1) if places.size else []
    return [Segment((end[0], end[1]), line) for end, line, keep in zip(ends, lines, kept, strict=True) if keep]


def _differing(lattice: Lattice, mesh: Mesh, base: Met, look: Closer, rough: Choice) -> Choice:
    """The cells that are not rough, and on whose edges the closer look found other zeros."""
    number = [np.bincount(edge, minlength=lattice.edges) for edge in (base.roots.edge, look.on_edges()[1])]
    shared = np.zeros(lattice.edges, bool)
    shared[mesh.edges[:, rough]] = True
    found: Choice = (shared & (number[0] != number[1]))[mesh.edges].any(0)
    return found & ~rough


def _near(lattice: Lattice, look: Closer, points: list[tuple[Floats, bool]]) -> Choice:
    """The cells that small cells about singular points lie in."""
    found = np.zeros(lattice.columns * lattice.rows, bool)
    for point, _ in points:
        column, row = look.around(point) // look.parts
        inside = (column >= 0) & (column < lattice.columns) & (row >= 0) & (row < lattice.rows)
        found[(row * lattice.columns + column)[inside]] = True
    return found


def _names(base: Met, look: Closer, edges: Places) -> Places:
    """What the zeros of the closer look are called: on the edges of simple cells as these call them."""
    count = base.roots.edge.size
    names = count + np.arange(look.met.roots.edge.size)
    places, on = look.on_edges()
    both = np.isin(on, edges)
    places, on = places[both], on[both]
    same = np.nonzero(np.isin(base.roots.edge, on))[0]
    if len(same) == len(places):
        ranked = np.lexsort((look.met.roots.points[:, places].sum(0), on))
        names[places[ranked]] = same[np.lexsort((base.roots.points[:, same].sum(0), base.roots.edge[same]))]
    return names
