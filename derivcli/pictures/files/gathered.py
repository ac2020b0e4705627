"""What a picture needs to know of the rows of a file: all of them where they are few, else how many are where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from derivcli.pictures.files.growing_grid import Grid, empty_grid
from derivcli.pictures.scene import Floats

MAX_DOTS = 300
"""Rows that are drawn one by one; of more their density is."""

MOST_CELLS = {1: (8_192,), 2: (1_024, 1_024)}
"""Cells along each axis for one coordinate and for two; fewer are drawn."""

SEED = 20_250


@dataclass(frozen=True, slots=True)
class Gathered:
    """The rows whose numbers are finite, `count` of them, and how many others there were.

    `dots` has an array for each coordinate: those of all rows, or of MAX_DOTS of them that were drawn by lot, with the
    same chance for each. `grid` has the counts, where not all rows are dots.
    """

    count: int
    left_out: int
    dots: tuple[Floats, ...]
    grid: Grid | None
    ends: tuple[tuple[float, float], ...]
    """The lowest and the highest number of each coordinate."""


def gathered(blocks: Iterable[Sequence[Floats]], coordinates: int) -> Gathered:
    """What there is in blocks of rows, an array for each coordinate, each seen once."""
    grid, count, left_out = empty_grid(*MOST_CELLS[coordinates]), 0, 0
    lot = _Lot(coordinates)
    lows, highs = [np.inf] * coordinates, [-np.inf] * coordinates
    for block in blocks:
        finite = np.logical_and.reduce([np.isfinite(values) for values in block])
        left_out += int(len(finite) - finite.sum())
        rows = [values if finite.all() else values[finite] for values in block]
        if not len(rows[0]):
            continue
        count += len(rows[0])
        lows = [min(low, float(values.min())) for low, values in zip(lows, rows, strict=True)]
        highs = [max(high, float(values.max())) for high, values in zip(highs, rows, strict=True)]
        grid = grid.with_points(rows)
        lot.add(rows)
    is_few = count <= MAX_DOTS
    return Gathered(count, left_out, lot.dots, None if is_few else grid, tuple(zip(lows, highs, strict=True)))


class _Lot:
    """Rows drawn by lot from any number of them: those with the smallest of random numbers, one for each row."""

    def __init__(self, coordinates: int) -> None:
        self.dots: tuple[Floats, ...] = (np.zeros(0),) * coordinates
        self._tickets = np.zeros(0)
        self._random = np.random.default_rng(SEED)

    def add(self, rows: Sequence[Floats]) -> None:
        """Let these rows take part."""
        tickets = self._random.random(len(rows[0]))
        if len(self._tickets) == MAX_DOTS:
            kept = tickets < self._tickets.max()
            tickets, rows = tickets[kept], [values[kept] for values in rows]
        tickets = np.concatenate([self._tickets, tickets])
        joined = [np.concatenate(pair) for pair in zip(self.dots, rows, strict=True)]
        if len(tickets) > MAX_DOTS:
            best = np.sort(np.argpartition(tickets, MAX_DOTS)[:MAX_DOTS])
            tickets, joined = tickets[best], [values[best] for values in joined]
        self._tickets, self.dots = tickets, tuple(joined)
