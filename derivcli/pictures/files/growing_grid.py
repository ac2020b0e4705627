"""Counts of points in cells, whose range grows with the points, so that one pass in flat memory suffices."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.scene import Floats

LEAST_EXPONENT = -1000
"""Cells are at least two to this power wide."""

DIGITS = 50
"""Cells are at least two to minus this power of the largest number, so that float64 tells neighbours apart."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one axis: those of the numbers `first` to before `stop`, each 2**exponent wide; `most` at a time.

    The cell of the number k begins at k 2**exponent, so that twice as wide ones are pairs.
    """

    most: int
    exponent: int = LEAST_EXPONENT
    first: int = 0
    stop: int = 0

    @property
    def ends(self) -> tuple[float, float]:
        """Where the cells begin and end."""
        return _scaled(self.first, self.exponent), _scaled(self.stop, self.exponent)

    def covering(self, values: Floats) -> Cells:
        """Cells for these finite numbers too, as narrow as so many allow."""
        low, high = float(values.min()), float(values.max())
        if self.first < self.stop:
            begin, end = self.ends
            low, high = min(low, begin), max(high, math.nextafter(end, -math.inf))
        exponent = self.exponent
        for size, bits in ((max(abs(low), abs(high)), DIGITS), (high / 2 - low / 2, math.frexp(self.most)[1] - 1)):
            exponent = max(exponent, math.frexp(size)[1] - bits) if size else exponent
        while True:
            first, last = (math.floor(math.ldexp(end, -exponent)) for end in (low, high))
            if last - first < self.most:
                return replace(self, exponent=exponent, first=first, stop=last + 1)
            exponent += 1

    def places(self, values: Floats) -> NDArray[np.int64]:
        """In which of the cells each number is."""
        found: NDArray[np.int64] = np.floor(np.ldexp(values, -self.exponent)).astype(np.int64) - self.first
        return found


def _scaled(number: int, exponent: int) -> float:
    """The number times a power of two, or the float64 next to it."""
    try:
        return math.ldexp(number, exponent)
    except OverflowError:
        return math.copysign(sys.float_info.max, number)


@dataclass(frozen=True, slots=True)
class Grid:
    """Counts of points by one or two coordinates; `counts` has an axis for each of the `axes`."""

    axes: tuple[Cells, ...]
    counts: NDArray[np.int64]

    def with_points(self, points: Sequence[Floats]) -> Grid:
        """The grid with these points counted too, finite numbers for each axis."""
        if not len(points[0]):
            return self
        axes = tuple(cells.covering(values) for cells, values in zip(self.axes, points, strict=True))
        shape = tuple(cells.stop - cells.first for cells in axes)
        places = np.ravel_multi_index([cells.places(values) for cells, values in zip(axes, points, strict=True)], shape)
        counts = np.bincount(places, minlength=math.prod(shape)).reshape(shape)
        return Grid(axes, counts + self._spread(axes, shape))

    def _spread(self, axes: Sequence[Cells], shape: Sequence[int]) -> NDArray[np.int64]:
        """What was counted so far, in other cells that hold the old ones."""
        counts = self.counts
        if not counts.size:
            return np.zeros(shape, np.int64)
        if tuple(axes) == self.axes:
            return counts
        for number, (old, new) in enumerate(zip(self.axes, axes, strict=True)):
            numbers = (np.arange(old.first, old.stop) >> (new.exponent - old.exponent)) - new.first
            moved = np.zeros((*counts.shape[:number], shape[number], *counts.shape[number + 1 :]), np.int64)
            np.add.at(np.moveaxis(moved, number, 0), numbers, np.moveaxis(counts, number, 0))
            counts = moved
        return counts


def empty_grid(*most: int) -> Grid:
    """A grid for numbers of any size, with at most so many cells along each axis."""
    return Grid(tuple(Cells(count) for count in most), np.zeros((0,) * len(most), np.int64))
