"""A canvas of cells, drawn with plotext: lines of dots that share cells, signs, and axes with their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.terminal.dots import Dots
from derivcli.pictures.terminal.signs import FRAME, Signs
from derivcli.pictures.terminal.ticks import Tick

PLAIN, GREY = -1, 8
"""The color of the terminal's text, and that of what stays behind; others are those of 256 colors."""

BLACK, WHITE = 16, 231
"""The same in every terminal."""

_END = "\x1b[0m"
_LAST_SPACES = re.compile(r"(\x1b\[[\d;]*m)? *$")
_SEQUENCE = re.compile(r"\x1b\[([34])8;5;(\d+)m")


@dataclass(frozen=True, slots=True)
class Layer:
    """Dots of one color: of the finest kind there is, or whole cells that are filled by a `sign`."""

    dots: Dots
    color: int = PLAIN
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a canvas: numbers on the left, all of one width, and below it, and a name under these."""

    left: Sequence[Tick] = ()
    margin: int = 0
    below: Sequence[Tick] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Cells:
    """A canvas with its frame, which begins `left` cells before it; `ground` has the color behind each cell."""

    matrix: Any
    columns: int
    rows: int
    left: int
    ground: NDArray[np.int64]

    @property
    def texts(self) -> list[str]:
        """The signs in each line of the canvas, from above."""
        lines = self.matrix.string(colorless=True).split("\n")
        return [line[self.left : self.left + self.columns] for line in lines[: self.rows]]

    def shade(self, column: int, row: int, text: str, color: int = PLAIN, ground: int = PLAIN) -> None:
        """Fill cells of the canvas, `row` lines from above."""
        self.ground[row, column : column + len(text)] = ground
        self.matrix.insert(self.left + column, row, _plotext().colorize(text).fill(_pixel(color, ground)))

    def write(self, column: int, row: int, text: str, color: int = PLAIN) -> None:
        """Put a text over what is there, in black or white where a color is behind it."""
        for place, sign in enumerate(text, start=column):
            ground = int(self.ground[row, place]) if place >= 0 else PLAIN
            pixel = _pixel(color if ground == PLAIN else _seen_on(ground), ground)
            self.matrix.insert(self.left + place, row, _plotext().colorize(sign).fill(pixel))

    def shown(self, color: bool, signs: Signs) -> list[str]:
        """The lines as they are printed."""
        text = self.matrix.string(colorless=not color)
        lines = _SEQUENCE.sub(_short, text).rstrip("\n").split("\n")
        lines = [line if signs.is_unicode else line.translate(FRAME) for line in lines]
        return [_without_last_spaces(line.removeprefix(_END).removesuffix(_END)) for line in lines]


def drawn(layers: Sequence[Layer], columns: int, rows: int, signs: Signs, frame: Frame | None = None) -> Cells:
    """Layers on a canvas of so many cells, those that follow above those before."""
    with _figure() as figure:
        left = frame.margin + 1 if frame else 0
        below = (1 + bool(frame.below) + bool(frame.name)) if frame else 0
        figure.plot_size(left + columns, rows + below)
        figure.axes(False)
        for axis, size in (("x", columns), ("y", rows)):
            figure.ruler(axis, 0).lim(0, size)
            figure.ruler(axis, 0).alignment(lim="edge")
            figure.ruler(axis, 0).ticks([])
        if frame:
            figure.axes(True, axis=[0, 1], side=0)
            _set_ticks(figure, frame, columns, rows)
        for layer in layers:
            _draw(figure, layer, signs)
        return Cells(figure.build(), columns, rows, left, np.full((rows, columns), PLAIN))


def _set_ticks(figure: Any, frame: Frame, columns: int, rows: int) -> None:
    texts = [tick.text.rjust(frame.margin) for tick in frame.left]
    if texts:
        figure.ruler("y", 0).ticks([_middle(tick.place, rows) for tick in frame.left], texts)
    if frame.below:
        figure.ruler("x", 0).ticks(
            [_middle(tick.place, columns) for tick in frame.below], [t.text for t in frame.below]
        )
    if frame.name:
        figure.label(frame.name, "x")


def cell_at(place: float, cells: int) -> int:
    """The cell, of so many, at a place from 0 to 1."""
    return min(int(place * cells), cells - 1)


def _middle(place: float, cells: int) -> float:
    return cell_at(place, cells) + 0.5


def _draw(figure: Any, layer: Layer, signs: Signs) -> None:
    if not len(layer.dots):
        return
    across, down = (1, 1) if layer.sign else signs.dots
    marker = _plotext().marker(layer.sign or signs.line or "*", _pixel(layer.color))
    x, y = (layer.dots + 0.5).T / [[across], [down]]
    figure.draw(figure.signal(x.tolist(), y.tolist(), marker=marker))


@contextmanager
def _figure() -> Iterator[Any]:
    """A figure of our own: the one that plotext has for all is left alone."""
    plotext = _plotext()
    plotext.terminal.limit(False, False)
    try:
        figure = type(plotext.figure)(plotext.terminal)
        figure.theme("colorless")
        figure.legend(False)
        yield figure
    finally:
        plotext.terminal.limit()


def _pixel(color: int, background: int = PLAIN) -> Any:
    given = {"foreground": color, "background": background}
    return _plotext().pixel(**{name: value for name, value in given.items() if value != PLAIN})


def _without_last_spaces(line: str) -> str:
    """A line without what nobody sees at its end; spaces that have a color behind them are seen."""
    last = _LAST_SPACES.search(line)
    assert last is not None, "every line ends in no space or some"
    if last[1] is None:
        return line.rstrip() + _END * ("\x1b" in line)
    return line.rstrip() if last[1] == _END else line + _END


def _seen_on(ground: int) -> int:
    """Black or white, whichever is seen on one of the 216 colors that have even steps of red, green and blue."""
    red, green, blue = np.array([(ground - BLACK) // 36, (ground - BLACK) // 6 % 6, (ground - BLACK) % 6])
    return WHITE if 2 * red + 5 * green + blue < 18 else BLACK


def _plotext() -> Any:
    import plotext

    return plotext


def _short(found: re.Match[str]) -> str:
    """The sequence of one of the first 16 colors, which every terminal knows."""
    ground, color = int(found[1]), int(found[2])
    if color >= 16:
        return found[0]
    return f"\x1b[{ground * 10 + color if color < 8 else (ground + 6) * 10 + color - 8}m"
