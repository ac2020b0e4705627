"""The lattice of large cells in a window."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from derivcli.pictures.curves.edge_roots import Places
from derivcli.pictures.curves.plane import Window
from derivcli.pictures.scene import Floats

CELL_PIXELS = 8


@dataclass(frozen=True, slots=True)
class Lattice:
    """Square cells in `columns` and `rows`, `size` pixels wide, which cover a window.

    The first lines lie `offsets` outside of it, so that none runs through the points that people like.
    """

    columns: int
    rows: int
    size: float
    offsets: tuple[float, float]

    def points(self, column: Floats | Places, row: Floats | Places) -> Floats:
        """Points of the lattice in pixels."""
        return np.stack([column * self.size - self.offsets[0], row * self.size - self.offsets[1]])

    @property
    def lines(self) -> tuple[Floats, Floats]:
        """The lines across the window in both directions, in pixels."""
        counts = self.columns + 1, self.rows + 1
        across, up = (
            np.arange(count, dtype=np.float64) * self.size - offset
            for count, offset in zip(counts, self.offsets, strict=True)
        )
        return across, up

    def edge(self, column: Places, row: Places, up: Places) -> Places:
        """The number of the edge from a point to the right, or of that upwards."""
        return np.asarray(2 * (row * (self.columns + 1) + column) + up)

    @property
    def edges(self) -> int:
        """How many numbers of edges there are."""
        return 2 * (self.columns + 1) * (self.rows + 1)


def lattice_of(window: Window) -> Lattice:
    """The lattice for a window."""
    offsets = 0.618 * CELL_PIXELS, 0.427 * CELL_PIXELS
    columns, rows = (
        math.ceil((pixels + offset) / CELL_PIXELS) + 1 for pixels, offset in zip(window.pixels, offsets, strict=True)
    )
    return Lattice(columns, rows, float(CELL_PIXELS), offsets)
