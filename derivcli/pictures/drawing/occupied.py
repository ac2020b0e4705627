"""Which places of a pair of axes are taken, so that names stand where nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.scene import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CELL_POINTS = 1.5
MAX_CORNERS = 200_000

Spot: TypeAlias = tuple[float, float]
"""A place in points from the lower left corner of the axes."""

Cells: TypeAlias = NDArray[np.bool_]

Size: TypeAlias = tuple[float, float]
"""A width and a height in points."""


class Box(NamedTuple):
    """A rectangle in points from the lower left corner of the axes."""

    left: float
    bottom: float
    right: float
    top: float


class Occupied:
    """Cells of the axes, those with something in them being set; places are in points from the lower left corner.

    `beside` is how many points there are between the axes and the right side of the figure.
    """

    def __init__(self, axes: Axes) -> None:
        self.axes = axes
        extent = axes.get_window_extent()
        self.points = 72 / axes.figure.dpi
        self.corner = np.array([extent.x0, extent.y0])
        self.transform = axes.transData
        self.width, self.height = extent.width * self.points, extent.height * self.points
        whole = axes.get_figure(root=True)
        assert whole is not None
        self.beside = (whole.bbox.x1 - extent.x1) * self.points
        self.cells = np.zeros((int(self.height / CELL_POINTS) + 2, int(self.width / CELL_POINTS) + 2), dtype=bool)

    def place(self, x: Floats, y: Floats) -> Floats:
        """Where points given in data coordinates lie, as an array (points, 2)."""
        with np.errstate(all="ignore"):
            pixels: Floats = self.transform.transform(np.column_stack([x, y]))
            places: Floats = (pixels - self.corner) * self.points
        return places

    def add_line(self, x: Floats, y: Floats) -> Cells:
        """Takes the cells along a line, and gives them."""
        line = self.trace(x, y)
        self.cells |= line
        return line

    def trace(self, x: Floats, y: Floats) -> Cells:
        """The cells along a line, in data coordinates, which a nan interrupts."""
        line = np.zeros_like(self.cells)
        places = self.place(x, y)
        starts, ends = places[:-1], places[1:]
        reach = 4 * max(self.width, self.height)
        with np.errstate(all="ignore"):
            near = np.isfinite(starts).all(axis=1) & np.isfinite(ends).all(axis=1)
            starts, ends = np.clip(starts[near], -reach, reach), np.clip(ends[near], -reach, reach)
        steps = np.ceil(np.abs(ends - starts).max(axis=1, initial=0) / CELL_POINTS).astype(int) + 1
        if steps.sum() > MAX_CORNERS:
            return line
        which = np.repeat(np.arange(len(steps)), steps)
        part = (np.arange(len(which)) - np.repeat(np.cumsum(steps) - steps, steps)) / np.repeat(steps, steps)
        self._set(line, starts[which] + part[:, None] * (ends - starts)[which])
        return line

    def add_box(self, box: Box) -> None:
        """Takes the cells of a box."""
        left, bottom, right, top = self._cells(box)
        self.cells[bottom:top, left:right] = True

    def holds(self, cells: Cells, box: Box) -> bool:
        """Whether one of these cells is in the box."""
        left, bottom, right, top = self._cells(box)
        return bool(cells[bottom:top, left:right].any())

    def overlap(self, box: Box) -> int:
        """How many cells of the box are taken, those outside the axes too."""
        left, bottom, right, top = self._cells(box)
        inside = self.cells[bottom:top, left:right]
        whole = (box.right - box.left) * (box.top - box.bottom) / CELL_POINTS**2
        return int(inside.sum()) + max(0, round(whole - inside.size - 0.08 * whole))

    def _cells(self, box: Box) -> tuple[int, int, int, int]:
        rows, columns = self.cells.shape
        left, right = (int(np.clip(np.floor(side / CELL_POINTS), 0, columns)) for side in (box.left, box.right))
        bottom, top = (int(np.clip(np.floor(side / CELL_POINTS), 0, rows)) for side in (box.bottom, box.top))
        return left, bottom, right + 1, top + 1

    @staticmethod
    def _set(cells: Cells, spots: Floats) -> None:
        places = np.floor(spots / CELL_POINTS)
        rows, columns = cells.shape
        inside = (places >= 0).all(axis=1) & (places < [columns, rows]).all(axis=1)
        column, row = places[inside].astype(int).T
        cells[row, column] = True
