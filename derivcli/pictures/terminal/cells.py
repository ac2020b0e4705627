"""A canvas of cells, drawn with plotext: lines of dots that share cells, signs, and axes with their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from derivcli.pictures.terminal.dots import Dots
from derivcli.pictures.terminal.signs import FRAME, Signs
from derivcli.pictures.terminal.ticks import Tick

PLAIN, GREY = -1, 8
"""The color of the terminal's text, and that of what stays behind; others are those of 256 colors."""

_END = "\x1b[0m"
_TRAILING = re.compile(r"(?<=\x1b\[0m) *\x1b\[0m$|(?<![^m]) +$| +(?:\x1b\[0m)?$")
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
    """A canvas with its frame; `left` and `top` are where the canvas begins."""

    matrix: Any
    columns: int
    rows: int
    left: int

    @property
    def texts(self) -> list[str]:
        """The signs in each line of the canvas, from above."""
        lines = self.matrix.string(colorless=True).split("\n")
        return [line[self.left : self.left + self.columns] for line in lines[: self.rows]]

    def write(self, column: int, row: int, text: str, color: int = PLAIN, background: int = PLAIN) -> None:
        """Put a text on the canvas, `row` lines from above."""
        self.matrix.insert(self.left + column, row, _plotext().colorize(text).fill(_pixel(color, background)))

    def shown(self, color: bool, signs: Signs) -> list[str]:
        """The lines as they are printed."""
        text = self.matrix.string(colorless=not color)
        lines = _SEQUENCE.sub(_short, text).rstrip("\n").split("\n")
        lines = [line if signs.is_unicode else line.translate(FRAME) for line in lines]
        return [_TRAILING.sub("", line.removeprefix(_END)) for line in lines]


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
        return Cells(figure.build(), columns, rows, left)


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


def _middle(place: float, cells: int) -> float:
    """The middle of the cell that has a place from 0 to 1."""
    return min(int(place * cells), cells - 1) + 0.5


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


def _plotext() -> Any:
    import plotext

    return plotext


def _short(found: re.Match[str]) -> str:
    """The sequence of one of the first 16 colors, which every terminal knows."""
    ground, color = int(found[1]), int(found[2])
    if color >= 16:
        return found[0]
    return f"\x1b[{ground * 10 + color if color < 8 else (ground + 6) * 10 + color - 8}m"
