"""The table for a terminal: what was understood, then the numbers, aligned, in any width."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from derivcli.render.columns import Column, Style, columns_of, derivative_equations, equations
from derivcli.render.numbers import aligned

if TYPE_CHECKING:
    from derivcli.result import Result, SymbolicResult

COLORS = {"at": "", "value": "bold", "derivative": "bold cyan"}
PADDING = 2
"""Columns that the table's borders and gaps take for each of its columns."""


def write_table(results: Sequence[Result], style: Style) -> str:
    """The formulas, then a table with a row for each point or, where that is too wide, a block for each."""
    console = _console(style)
    _print_equations(console, equations(results))
    console.print()
    columns = columns_of(results)
    bare = [column.texts(style.digits) for column in columns]
    texts = [aligned(cells) for cells in bare]
    labels = [column.label.shown(style.unicode) for column in columns]
    widths = [max(len(label), len(cells[0])) for label, cells in zip(labels, texts, strict=True)]
    if sum(widths) + (PADDING + 1) * len(widths) + 1 <= style.width:
        console.print(_rows(columns, labels, texts, style))
    else:
        for cells in zip(*bare, strict=True):
            _print_block(console, columns, labels, cells, style)
    return _text(console)


def write_formulas_table(results: Sequence[SymbolicResult], style: Style) -> str:
    """The formulas, then their derivatives."""
    console = _console(style)
    _print_equations(console, equations(results))
    _print_equations(
        console, [(label.equation(style.unicode), text) for label, text in derivative_equations(results)], "cyan"
    )
    return _text(console)


def write_sections(sections: Mapping[str, Sequence[Sequence[str]]], header: Sequence[str], style: Style) -> str:
    """Rows of texts under the titles of their sections, in columns that all sections share."""
    console = _console(style)
    table = Table(box=None, show_edge=False, pad_edge=False, padding=(0, PADDING, 0, 0), header_style="italic")
    for label, color, most in zip(header, ("bold cyan", "", ""), (None, style.width // 4, None), strict=True):
        table.add_column(Text(label), style=color, max_width=most, overflow="fold")
    for title, rows in sections.items():
        table.add_row()
        table.add_row(Text(title.capitalize(), style="not bold not cyan italic"))
        for row in rows:
            table.add_row(*[Text(cell) for cell in row])
    console.print(table)
    return _text(console)


def write_facts(title: str, facts: Sequence[tuple[str, str]], style: Style) -> str:
    """A title, then a line for each fact, those of several lines aligned."""
    console = _console(style)
    console.print(Text(title, style="bold cyan"))
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, PADDING, 0, 0))
    table.add_column(style="italic", no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in facts:
        table.add_row(Text(label), Text(text))
    console.print(table)
    return _text(console)


def _console(style: Style) -> Console:
    """A console that writes to memory; nothing that the user typed is markup there."""
    return Console(
        file=io.StringIO(),
        width=style.width,
        force_terminal=style.color,
        no_color=not style.color,
        color_system="standard" if style.color else None,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )


def _text(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return "".join(line.rstrip() + "\n" for line in console.file.getvalue().splitlines())


def _print_equations(console: Console, lines: Sequence[tuple[str, str]], color: str = "") -> None:
    """Each equation on a line of its own; a long one goes on, indented, under its right side."""
    for left, right in lines:
        head = f"{left} = "
        indent = len(head) if 4 * len(head) <= console.width else 4
        wrapped = textwrap.wrap(head + right, console.width, subsequent_indent=" " * indent, break_on_hyphens=False)
        for number, line in enumerate(wrapped):
            text = Text(line, style=color)
            if number == 0:
                text.stylize("not bold default" if color else "dim", 0, len(head))
            console.print(text, no_wrap=True, overflow="ignore", crop=False)


def _rows(columns: Sequence[Column], labels: Sequence[str], texts: Sequence[Sequence[str]], style: Style) -> Table:
    table = Table(box=box.ROUNDED if style.unicode else box.ASCII, safe_box=False, border_style="dim")
    for column, label in zip(columns, labels, strict=True):
        table.add_column(
            Text(label), style=COLORS[column.role], header_style=f"{COLORS[column.role]} italic", justify="right"
        )
    for row in zip(*texts, strict=True):
        table.add_row(*[Text(cell) for cell in row])
    return table


def _print_block(
    console: Console, columns: Sequence[Column], labels: Sequence[str], cells: Sequence[str], style: Style
) -> None:
    """One point, a line for each quantity: in a box or, where that is too wide, without one."""
    cells = aligned(cells)
    table = Table(
        box=box.ROUNDED if style.unicode else box.ASCII, safe_box=False, border_style="dim", show_header=False
    )
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    fits = max(map(len, labels)) + len(cells[0]) + 2 * (PADDING + 1) + 1 <= style.width
    for column, label, cell in zip(columns, labels, cells, strict=True):
        if fits:
            table.add_row(Text(label, style="italic"), Text(cell, style=COLORS[column.role]))
        else:
            _print_equations(console, [(label, cell.strip())], COLORS[column.role])
    console.print(table if fits else "")
