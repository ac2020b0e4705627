"""Functions of two variables as shaded cells, and vector fields as arrows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.scene import Axis, Contours, FieldPanel, Floats, Mark, VectorPanel
from derivcli.pictures.terminal.cells import PLAIN, Cells, Frame, drawn
from derivcli.pictures.terminal.dots import Canvas
from derivcli.pictures.terminal.inks import Ink, Key, key_of
from derivcli.pictures.terminal.panels import curve_layer, write_marks
from derivcli.pictures.terminal.signs import Signs

RAMP = (54, 55, 61, 60, 67, 31, 37, 36, 72, 78, 114, 149, 185, 220, 228)
"""Of the 256 colors those from dark violet by blue and green to yellow, evenly brighter."""

ARROW_COLUMNS, ARROW_ROWS = 5, 2
"""One arrow stands in so many cells."""

OUTSIDE = -1
"""The band of a place where there is no value."""


@dataclass(frozen=True, slots=True)
class Shades:
    """Which of the bands between `levels` each half of a cell lies in, shape (2 rows, columns) from above."""

    bands: NDArray[np.int64]
    levels: Floats
    signs: str

    @property
    def count(self) -> int:
        """How many bands there are."""
        return len(self.levels) + 1

    def color(self, band: int) -> int:
        """The color of a band."""
        return PLAIN if band == OUTSIDE else RAMP[band * (len(RAMP) - 1) // max(self.count - 1, 1)]

    def sign(self, band: int) -> str:
        """The shade of a band, where there are no colors."""
        return " " if band == OUTSIDE else self.signs[band * len(self.signs) // self.count]


def field_cells(
    panel: FieldPanel | VectorPanel,
    columns: int,
    rows: int,
    frame: Frame,
    inks: Mapping[Key, Ink],
    signs: Signs,
    color: bool,
) -> tuple[Cells, list[Mark]]:
    """The cells of a panel, and its marks, which are named below it."""
    cells = drawn([], columns, rows, signs, frame)
    coarse = Canvas(panel.x, panel.y, columns, rows)
    contours = panel.contours
    if contours is not None:
        _write_shades(cells, _shades(contours, coarse, signs), signs, color)
    if isinstance(panel, VectorPanel):
        _write_arrows(cells, coarse, panel.grid, panel.vectors, signs)
    elif contours is not None and contours.gradient is not None and contours.arrows is not None:
        _write_arrows(cells, coarse, contours.arrows, contours.gradient, signs)
    fine = Canvas(panel.x, panel.y, columns * signs.dots[0], rows * signs.dots[1])
    for curve in panel.curves:
        _write_curve(cells, drawn([curve_layer(fine, curve, inks[key_of(curve)])], columns, rows, signs))
    return cells, write_marks(cells, coarse, [(mark, PLAIN) for mark in panel.marks], signs)


def scale_of(contours: Contours, signs: Signs, color: bool) -> list[tuple[str, int]]:
    """The levels between the shades, as pieces of text with their colors."""
    shades = _shades_of(contours, contours.values, signs)
    is_full = color and bool(signs.half)
    samples = [
        ("██", shades.color(band)) if is_full else (shades.sign(band) * 2, PLAIN) for band in range(shades.count)
    ]
    pieces = [samples[0]]
    for level, (below, above) in zip(contours.levels, pairwise(samples), strict=True):
        if above != below:
            pieces += [(f" {level / 10.0**contours.unit:.4g} ", PLAIN), above]
    return pieces


def _shades(contours: Contours, canvas: Canvas, signs: Signs) -> Shades:
    x = _middles(canvas.x, canvas.width)
    y = _middles(canvas.y, 2 * canvas.height)[::-1]
    return _shades_of(contours, _between(contours, x, y), signs)


def _shades_of(contours: Contours, values: Floats, signs: Signs) -> Shades:
    bands = np.searchsorted(contours.levels, values, side="right")
    lowest = signs.shades[0] if np.isfinite(contours.values).all() else signs.faint
    return Shades(np.where(np.isnan(values), OUTSIDE, bands), contours.levels, lowest + signs.shades[1:])


def _middles(axis: Axis, count: int) -> Floats:
    """The middles of so many parts of an axis."""
    part = (np.arange(count) + 0.5) / count
    if axis.logarithmic:
        ends = np.log10([axis.low, axis.high])
        return np.asarray(10 ** (ends[0] * (1 - part) + ends[1] * part))
    return axis.low * (1 - part) + axis.high * part


def _between(contours: Contours, x: Floats, y: Floats) -> Floats:
    """The values at places between those of the grid, linear in both directions."""
    column, across = _neighbours(contours.x, x)
    row, up = _neighbours(contours.y, y)
    values = contours.values
    with np.errstate(all="ignore"):
        low, high = (
            values[row + step][:, column] * (1 - across) + values[row + step][:, column + 1] * across for step in (0, 1)
        )
        mixed = low * (1 - up[:, None]) + high * up[:, None]
    nearest = values[row + (up > 0.5)][:, column + (across > 0.5)]
    return np.where(np.isfinite(mixed), mixed, nearest)


def _neighbours(grid: Floats, places: Floats) -> tuple[NDArray[np.int64], Floats]:
    before = np.clip(np.searchsorted(grid, places) - 1, 0, len(grid) - 2)
    part = (places - grid[before]) / (grid[before + 1] - grid[before])
    return before, np.clip(part, 0, 1)


def _write_shades(cells: Cells, shades: Shades, signs: Signs, color: bool) -> None:
    """Shade the canvas; in color a cell shows two halves."""
    upper, lower = shades.bands[::2], shades.bands[1::2]
    for row in range(cells.rows):
        for column, count in _runs(upper[row], lower[row]):
            above, below = int(upper[row, column]), int(lower[row, column])
            if color and signs.half:
                sign, ink, ground = signs.half[0], shades.color(above), shades.color(below)
                if above in (below, OUTSIDE):
                    sign, ink, ground = (" ", ink, ground) if above == below else (signs.half[1], ground, ink)
                cells.shade(column, row, sign * count, ink, ground)
            else:
                cells.shade(column, row, shades.sign(above if below == OUTSIDE else below) * count)


def _runs(*rows: NDArray[Any]) -> list[tuple[int, int]]:
    """Where cells of one kind begin, and how many they are."""
    changes = np.any([row[1:] != row[:-1] for row in rows], axis=0)
    starts = np.r_[0, np.nonzero(changes)[0] + 1, len(rows[0])]
    return [(int(start), int(end - start)) for start, end in pairwise(starts)]


def _write_arrows(cells: Cells, canvas: Canvas, grid: tuple[Floats, Floats], vectors: Floats, signs: Signs) -> None:
    """Arrows in the directions that vectors have on the screen, one in some cells."""
    rows = np.arange(canvas.height // 2 % ARROW_ROWS, canvas.height, ARROW_ROWS)
    columns = np.arange(ARROW_COLUMNS // 2, canvas.width, ARROW_COLUMNS)
    x, y = _middles(canvas.x, canvas.width)[columns], _middles(canvas.y, canvas.height)[::-1][rows]
    u, v = (_between(Contours(canvas.x.name, *grid, part, np.empty(0)), x, y) for part in vectors)
    for (i, j), eighth in np.ndenumerate(canvas.eighths(u, v)):
        if np.isfinite(u[i, j] + v[i, j]):
            sign = signs.arrows[int(eighth)] if u[i, j] or v[i, j] else "."
            cells.write(int(columns[j]), int(rows[i]), sign)


def _write_curve(cells: Cells, lines: Cells) -> None:
    for row, text in enumerate(lines.texts):
        for column, sign in enumerate(text):
            if sign != " ":
                cells.write(column, row, sign)
