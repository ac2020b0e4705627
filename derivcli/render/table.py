"""The table for a terminal: what was understood, then the numbers, aligned, in any width."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from derivcli.render import verdicts
from derivcli.render.columns import Style, columns_of, derivative_equations, equations
from derivcli.render.numbers import aligned

if TYPE_CHECKING:
    from derivcli.result import Result, SymbolicResult

COLORS = {"at": "", "value": "bold", "derivative": "bold cyan", "verdict": "green", "warning": "yellow"}
PADDING = 2
"""Columns that the table's borders and gaps take for each of its columns."""


def write_table(results: Sequence[Result], style: Style) -> str:
    """The formulas, then a table with a row for each point or, where that is too wide, a block for each.

    Under it stands what the check found.
    """
    console = _console(style)
    _print_equations(console, equations(results))
    console.print()
    columns = _table_columns(results, style)
    texts = [aligned(column.texts) if column.numeric else list(column.texts) for column in columns]
    widths = [max(map(len, (column.label, *cells))) for column, cells in zip(columns, texts, strict=True)]
    if sum(widths) + (PADDING + 1) * len(widths) + 1 <= style.width:
        console.print(_rows(columns, texts, style))
    else:
        for row, cells in enumerate(zip(*[column.texts for column in columns], strict=True)):
            _print_block(console, columns, row, cells, style)
    _print_verdicts(console, results, style)
    return _text(console)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of text."""

    label: str
    texts: Sequence[str]
    color: str
    numeric: bool = True
    warned: Sequence[bool] = ()
    """Which cells are to catch the eye."""

    def style(self, row: int) -> str:
        """The color of a cell."""
        return COLORS["warning"] if self.warned and self.warned[row] else self.color


def _table_columns(results: Sequence[Result], style: Style) -> list[TableColumn]:
    """The columns of numbers; of several rows each checked one is followed by the marks of its verdicts."""
    found = []
    for column in columns_of(results):
        label = column.label.shown(style.unicode)
        found.append(TableColumn(label, column.texts(style.digits), COLORS[column.role]))
        if column.role == "derivative" and column.verdicts is not None and len(column.verdicts) > 1:
            marks = [verdicts.mark(column.verdicts[point], style.unicode) for point in range(len(column.verdicts))]
            found.append(TableColumn("", marks, COLORS["verdict"], False, column.verdicts.hard().tolist()))
    return found


def _print_verdicts(console: Console, results: Sequence[Result], style: Style) -> None:
    """What the check found: a line for each number that is not simply right, or one proud line."""
    if not verdicts.checked(results):
        return
    told = verdicts.lines(results, style)
    summary = verdicts.report(results, style) if style.verdicts or not told else []
    for line in summary:
        _print_wrapped(console, line, COLORS["verdict"] if not told else "")
    for line in told:
        _print_wrapped(console, line, COLORS["warning"])


def _print_wrapped(console: Console, line: str, color: str) -> None:
    for part in textwrap.wrap(line, console.width, subsequent_indent="  ", break_on_hyphens=False):
        _print_line(console, Text(part, style=color))


def _print_line(console: Console, line: Text) -> None:
    """A line as it is, however long."""
    console.print(line, no_wrap=True, overflow="ignore", crop=False)


def write_formulas_table(results: Sequence[SymbolicResult], style: Style) -> str:
    """The formulas, then their derivatives."""
    console = _console(style)
    _print_equations(console, equations(results))
    _print_equations(
        console, [(label.equation(style.unicode), text) for label, text in derivative_equations(results)], "cyan"
    )
    return _text(console)


def write_sections(sections: Sequence[tuple[str, Sequence[tuple[str, str]]]], style: Style) -> str:
    """Terms and what they mean under the titles of their sections; a long term has a line of its own."""
    console = _console(style)
    longest = max(len(term) for _, rows in sections for term, _ in rows)
    indent = min(longest, style.width // 3) + PADDING
    for number, (title, rows) in enumerate(sections):
        console.print(Text(title if number == 0 else f"\n{title}", style="italic"))
        for term, meaning in rows:
            lines = textwrap.wrap(meaning, style.width - indent, break_on_hyphens=False)
            beside = lines.pop(0) if len(term) + PADDING <= indent else ""
            _print_line(console, Text.assemble((term.ljust(indent if beside else 0), "bold cyan"), beside))
            for line in lines:
                _print_line(console, Text(" " * indent + line))
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
            _print_line(console, text)


def _rows(columns: Sequence[TableColumn], texts: Sequence[Sequence[str]], style: Style) -> Table:
    table = Table(box=box.ROUNDED if style.unicode else box.ASCII, safe_box=False, border_style="dim")
    for column in columns:
        justify: Literal["right", "left"] = "right" if column.numeric else "left"
        table.add_column(Text(column.label), style=column.color, header_style=f"{column.color} italic", justify=justify)
    for number, row in enumerate(zip(*texts, strict=True)):
        table.add_row(*[Text(cell, column.style(number)) for column, cell in zip(columns, row, strict=True)])
    return table


def _print_block(
    console: Console, columns: Sequence[TableColumn], row: int, cells: Sequence[str], style: Style
) -> None:
    """One point, a line for each quantity: in a box or, where that is too wide, without one."""
    cells = aligned(cells) if all(column.numeric for column in columns) else cells
    table = Table(
        box=box.ROUNDED if style.unicode else box.ASCII, safe_box=False, border_style="dim", show_header=False
    )
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    width = max(len(column.label) for column in columns) + max(map(len, cells))
    fits = width + 2 * (PADDING + 1) + 1 <= style.width
    for column, cell in zip(columns, cells, strict=True):
        if fits:
            table.add_row(Text(column.label, style="italic"), Text(cell, style=column.style(row)))
        elif column.label:
            _print_equations(console, [(column.label, cell.strip())], column.color)
        else:
            console.print(Text("  " + cell, style=column.style(row)))
    console.print(table if fits else "")
