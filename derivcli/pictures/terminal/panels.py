"""Curves over an axis as cells: bands and densities first, then asymptotes, curves and marks, then their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from derivcli.pictures.scene import Asymptote, Axis, Band, Curve, Density, Floats, Mark, Panel
from derivcli.pictures.terminal.cells import GREY, PLAIN, Cells, Frame, Layer, drawn
from derivcli.pictures.terminal.dots import Canvas, Dots, fraction, line_dots, point_dots
from derivcli.pictures.terminal.inks import Ink, Key, key_of
from derivcli.pictures.terminal.signs import Signs

FREE = " ┈"
"""What a name may hide."""

ARROW_CELLS = 6
"""How far arrows on a path are apart, in the breadths of a cell."""

BAND_DOTS = 3
"""One in so many dots is set in a band, across and down."""


def panel_cells(
    panel: Panel, columns: int, rows: int, frame: Frame, inks: Mapping[Key, Ink], signs: Signs
) -> tuple[Cells, list[Mark]]:
    """The cells of a panel, and the marks whose names found no room there."""
    fine = Canvas(panel.x, panel.y, columns * signs.dots[0], rows * signs.dots[1])
    coarse = Canvas(panel.x, panel.y, columns, rows)
    layers = [
        *(layer for density in panel.densities for layer in _density(coarse, density, signs)),
        *(Layer(_band_dots(fine, band), GREY, signs.letters and ".") for band in panel.bands),
        *_zero(coarse, signs),
        *(_asymptote(coarse, each, signs) for each in panel.asymptotes),
        *(curve_layer(fine, curve, inks[key_of(curve)]) for curve in panel.curves),
    ]
    cells = drawn(layers, columns, rows, signs, frame)
    for curve in panel.curves:
        _write_arrows(cells, coarse, curve, inks[key_of(curve)], signs)
    marks = [(mark, inks[key_of(curve)].color) for curve in panel.curves for mark in curve.marks]
    return cells, write_marks(cells, coarse, [*marks, *((mark, PLAIN) for mark in panel.marks)], signs)


def curve_layer(canvas: Canvas, curve: Curve, ink: Ink) -> Layer:
    """A curve in its ink."""
    return Layer(line_dots(canvas, curve.strokes, ink.dashes), ink.color, ink.letter)


def write_marks(cells: Cells, canvas: Canvas, marks: Sequence[tuple[Mark, int]], signs: Signs) -> list[Mark]:
    """Put marks on the canvas, and their names where there is room; the marks whose names found none."""
    placed = [(mark, color, *cell) for mark, color in marks for cell in _cells_of(canvas, mark.x, mark.y)]
    for mark, color, column, row in sorted(placed, key=lambda each: each[0].kind != "open"):
        cells.write(column, row, signs.marks[mark.kind], color)
    lines = [line.ljust(cells.columns) for line in cells.texts]
    return [each[0] for each in placed if each[0].name is not None and not _write_name(cells, lines, *each)]


def _write_arrows(cells: Cells, canvas: Canvas, curve: Curve, ink: Ink, signs: Signs) -> None:
    """The directions in which a path is run through, some cells apart."""
    if curve.arrows is None or not len(curve.arrows):
        return
    taken: list[tuple[int, int]] = []
    eighths = canvas.eighths(curve.arrows[:, 2], curve.arrows[:, 3])
    for (x, y, *_), eighth in zip(curve.arrows, eighths, strict=True):
        for column, row in _cells_of(canvas, x, y):
            if all(abs(column - there) + 2 * abs(row - line) >= ARROW_CELLS for there, line in taken):
                cells.write(column, row, signs.arrows[eighth], ink.color)
                taken.append((column, row))


def _write_name(cells: Cells, lines: list[str], mark: Mark, color: int, column: int, row: int) -> bool:
    """Whether a mark's name found free cells beside it, over it or under it; `lines` are what stands there."""
    assert mark.name is not None, "it has a name"
    text = mark.name.text
    for left, line in _around(column, row, len(text)):
        end = left + len(text)
        if left >= 0 and end <= cells.columns and 0 <= line < cells.rows:
            around = lines[line][max(left - 1, 0) : end + 1]
            if not around.strip(FREE) and (cells.ground[line, left:end] == PLAIN).all():
                cells.write(left, line, text, color)
                lines[line] = lines[line][:left] + text + lines[line][end:]
                return True
    return False


def _around(column: int, row: int, width: int) -> Iterator[tuple[int, int]]:
    """Where a text may begin that belongs to a cell: beside it, then over and under it, the nearest first."""
    yield from ((column + 2, row), (column - width - 1, row))
    for step in (1, 2):
        for line in (row - step, row + step):
            yield from ((left, line) for left in (column - width // 2, column + 1, column - width))


def _cells_of(canvas: Canvas, x: float, y: float) -> Iterator[tuple[int, int]]:
    """The cell of a point, counted from above, where it is in sight."""
    for column, row in point_dots(canvas, np.array([x]), np.array([y])):
        yield int(column), canvas.height - 1 - int(row)


def _zero(canvas: Canvas, signs: Signs) -> Iterator[Layer]:
    """The line of y = 0."""
    if not canvas.y.logarithmic and canvas.y.low < 0 < canvas.y.high:
        yield _asymptote(canvas, Asymptote(0, vertical=False), signs)


def _asymptote(canvas: Canvas, line: Asymptote, signs: Signs) -> Layer:
    axis, count = (canvas.x, canvas.width) if line.vertical else (canvas.y, canvas.height)
    part = float(fraction(axis, np.array([line.place]))[0])
    if not 0 <= part <= 1:
        return Layer(np.empty((0, 2), dtype=np.int64))
    place, along = min(int(part * count), count - 1), np.arange(canvas.height if line.vertical else canvas.width)
    ends = (np.full_like(along, place), along) if line.vertical else (along, np.full_like(along, place))
    return Layer(np.stack(ends, axis=1), GREY, signs.down if line.vertical else signs.across)


def _band_dots(canvas: Canvas, band: Band) -> Dots:
    across = np.arange(0, canvas.width, BAND_DOTS)
    x, low = canvas.place(band.x, band.low)
    _, high = canvas.place(band.x, band.high)
    low, high = (np.interp(across + 0.5, x, ends, np.nan, np.nan) for ends in (low, high))
    up = np.arange(0, canvas.height, BAND_DOTS)
    found = (up[None, :] + 0.5 >= low[:, None]) & (up[None, :] + 0.5 <= high[:, None])
    column, row = np.nonzero(found)
    return np.stack([across[column], up[row]], axis=1)


def _density(canvas: Canvas, density: Density, signs: Signs) -> Iterator[Layer]:
    """Cells in shades of how many points lie in them, each ten or so times as many as the one before."""
    total = _counted(canvas, density)
    shades = signs.shades[1:]
    with np.errstate(divide="ignore"):
        level = np.log1p(total) / max(np.log1p(total.max()), 1e-9) * len(shades)
    for number, (low, high) in enumerate(pairwise([0, *range(1, len(shades)), np.inf])):
        row, column = np.nonzero((level > low) & (level <= high))
        yield Layer(np.stack([column, row], axis=1), GREY, shades[number])


def _counted(canvas: Canvas, density: Density) -> Floats:
    """How many points lie in each cell."""
    columns, rows = density.edges
    across = _shared(canvas.x, canvas.width, columns)
    up = _shared(canvas.y, canvas.height, rows)
    return np.asarray(up @ density.counts @ across.T)


def _shared(axis: Axis, cells: int, edges: Floats) -> Floats:
    """Which bins, between edges, are shown by which cell, shape (cells, bins): one holds the middle of the other."""
    place = fraction(axis, edges) * cells
    bins, middles = np.floor((place[:-1] + place[1:]) / 2), np.arange(cells)
    holds = (place[None, :-1] <= middles[:, None] + 0.5) & (middles[:, None] + 0.5 < place[None, 1:])
    return np.asarray((bins[None, :] == middles[:, None]) | holds, dtype=np.float64)
