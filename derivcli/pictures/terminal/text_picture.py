"""A scene as lines of text: titles, panels below each other, each under its key, and what the axes do not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from derivcli.pictures.scene import AnyPanel, Axis, FieldPanel, Mark, Name, Panel, Scene, Stroke, VectorPanel
from derivcli.pictures.terminal.cells import PLAIN, Cells, Frame, Layer, cell_at, drawn
from derivcli.pictures.terminal.dots import Canvas, line_dots
from derivcli.pictures.terminal.inks import Ink, Key, inks_of, key_of
from derivcli.pictures.terminal.page import Page, Piece
from derivcli.pictures.terminal.panels import panel_cells
from derivcli.pictures.terminal.shades import field_cells, scale_of
from derivcli.pictures.terminal.signs import SIGNS, spelled
from derivcli.pictures.terminal.ticks import below_each_other, side_by_side, ticks_of

MAX_COLUMNS, MIN_COLUMNS = 200, 20
MIN_ROWS, MAX_ROWS_PER_COLUMN = 6, 0.4
"""A canvas has so many lines at least, and all have together so many for each column at most."""

SAMPLE_CELLS = 5
MAX_TITLES, MAX_TITLE_LINES, MAX_NOTE_LINES = 4, 2, 4
LINES_BELOW = 3
"""An axis, its numbers and its name."""

SPEAKING = ("closed", "open", "dot", "touch")
"""Marks that need no words: what they are is seen."""


def text_picture(scene: Scene, columns: int, lines: int, color: bool, signs: str = "braille") -> str:
    """The scene in at most so many columns, and in about so many lines; `signs` names a row of SIGNS.

    Nothing in it but its colors acts on a terminal.
    """
    page = Page(max(min(columns, MAX_COLUMNS), MIN_COLUMNS), SIGNS[signs], color)
    scene = spelled(scene, page.signs.is_unicode)
    inks = inks_of(scene.panels, page.signs)
    head = [line for title in _titles(scene) for line in page.wrapped(title, MAX_TITLE_LINES)]
    notes = page.wrapped((" · " if page.signs.is_unicode else "; ").join(scene.notes), MAX_NOTE_LINES)
    keys = [_key(panel, inks, page) for panel in scene.panels]
    taken = len(head) + len(notes) + sum(map(len, keys)) + len(scene.panels) + LINES_BELOW
    most = int(MAX_ROWS_PER_COLUMN * page.columns)
    rows = max(min(lines - taken, most) // len(scene.panels), MIN_ROWS)
    margin = _margin(scene, rows, page)
    body: list[str] = []
    for panel, key in zip(scene.panels, keys, strict=True):
        is_last = panel is scene.panels[-1]
        body += [*key, *_panel(panel, rows, margin, inks, page, is_last, scene.equal)]
    return "\n".join([*head, *body, *notes]) + "\n"


def _titles(scene: Scene) -> list[str]:
    texts = [title.text for title in scene.titles]
    more = len(texts) - MAX_TITLES + 1
    return texts if more < 2 else [*texts[:-more], f"and {more} more functions"]


def _key(panel: AnyPanel, inks: Mapping[Key, Ink], page: Page) -> list[str]:
    """The lines over a panel: a sample of each curve with its name, the levels of the shades, and the axis's unit."""
    groups: list[list[Piece]] = []
    if len(inks) > 1:
        named = {key_of(curve): curve.name.text for curve in panel.curves if curve.name.text}
        groups += [[_sample(inks[key], page), (f" {name}", PLAIN)] for key, name in named.items()]
    if isinstance(panel, FieldPanel | VectorPanel) and panel.contours is not None and len(panel.contours.levels):
        name = panel.contours.name.text
        unit = f" in {page.power(panel.contours.unit)}" if panel.contours.unit else ""
        groups.append([(name and f"{name}: ", PLAIN), *scale_of(panel.contours, page.signs, page.color), (unit, PLAIN)])
    return page.flowed(groups)


def _sample(ink: Ink, page: Page) -> Piece:
    """A piece of a curve as it is drawn."""
    signs, axis = page.signs, Axis(Name(""), 0, 1)
    canvas = Canvas(axis, axis, SAMPLE_CELLS * signs.dots[0], signs.dots[1])
    dots = line_dots(canvas, [Stroke(np.array([0.0, 1.0]), np.array([0.5, 0.5]))], ink.dashes)
    return drawn([Layer(dots, PLAIN, ink.letter)], SAMPLE_CELLS, 1, signs).texts[0].ljust(SAMPLE_CELLS), ink.color


def _panel(
    panel: AnyPanel, rows: int, margin: int, inks: Mapping[Key, Ink], page: Page, is_last: bool, equal: bool
) -> list[str]:
    columns = page.columns - margin - 1
    if equal:
        columns, rows = _with_one_scale(panel, columns, rows)
    frame = Frame(
        ticks_of(panel.y, below_each_other(rows), page.signs.is_unicode),
        margin,
        ticks_of(panel.x, side_by_side(columns), page.signs.is_unicode) if is_last else (),
        panel.x.name.text if is_last else "",
    )
    if isinstance(panel, Panel):
        cells, unnamed = panel_cells(panel, columns, rows, frame, inks, page.signs)
        marks = [*panel.marks, *(mark for curve in panel.curves for mark in curve.marks)]
    else:
        cells, unnamed = field_cells(panel, columns, rows, frame, inks, page.signs, page.color)
        marks = list(panel.marks)
    _write_name(cells, frame, panel.y.name.text)
    return [*cells.shown(page.color, page.signs), *_marks_below(marks, unnamed, page)]


def _write_name(cells: Cells, frame: Frame, name: str) -> None:
    """Put the name of the axis on the left above its numbers, where there is room."""
    numbered = {cells.rows - 1 - cell_at(tick.place, cells.rows) for tick in frame.left}
    if 0 not in numbered and len(name) <= frame.margin:
        cells.write(-1 - len(name), 0, name)


def _with_one_scale(panel: AnyPanel, columns: int, rows: int) -> tuple[int, int]:
    """So many cells that both axes have one scale; a cell is twice as high as it is wide."""
    across, up = ((axis.high - axis.low) / 10.0**axis.unit for axis in (panel.x, panel.y))
    wide = round(2 * rows * across / up)
    return (wide, rows) if wide <= columns else (columns, max(round(columns * up / across / 2), 1))


def _margin(scene: Scene, rows: int, page: Page) -> int:
    """The letters of the widest number on the left."""
    found = [ticks_of(panel.y, below_each_other(rows), page.signs.is_unicode) for panel in scene.panels]
    return max((len(tick.text) for ticks in found for tick in ticks), default=0)


def _marks_below(marks: Sequence[Mark], unnamed: Sequence[Mark], page: Page) -> list[str]:
    """What the marks are, with the names that found no room beside them."""
    kinds = sorted({mark.kind for mark in marks}, key=list(page.signs.marks).index)
    groups: list[list[Piece]] = []
    for kind in kinds:
        named = [mark.name.text for mark in unnamed if mark.kind == kind and mark.name is not None]
        names = [name for name in dict.fromkeys(named) if name != kind]
        words = [*([] if kind in SPEAKING else [kind]), *([", ".join(names)] if names else [])]
        if words:
            groups.append([(f"{page.signs.marks[kind]} {' '.join(words)}", PLAIN)])
    return page.flowed(groups)
