"""Text on a terminal's screen: equations, wrapped lines, and boxes of aligned columns, in any width."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from derivcli.errors import inert
from derivcli.render.numbers import aligned

if TYPE_CHECKING:
    from derivcli.render.columns import Style

COLORS = {
    "at": "",
    "value": "bold",
    "derivative": "bold cyan",
    "low": "",
    "high": "",
    "formula": "cyan",
    "name": "italic",
    "verdict": "green",
    "warning": "yellow",
    "wrong": "red",
    "caption": "dim",
}
UNBROKEN = "\N{NO-BREAK SPACE}"
"""Stands for a space at which no line ends."""

DEEPEST = 10
"""Brackets in each other, inside of which a line still ends between terms."""

PADDING = 2
"""Columns that the table's borders and gaps take for each of its columns."""


@dataclass(frozen=True)
class TableColumn:
    """A column of text."""

    label: str
    texts: Sequence[str]
    color: str
    numeric: bool = True
    warned: Sequence[bool] = ()
    """Which cells are to catch the eye."""

    @cached_property
    def cells(self) -> list[str]:
        """The texts as they stand under each other."""
        return aligned(self.texts) if self.numeric else list(self.texts)

    def style(self, row: int) -> str:
        """The color of a cell."""
        return COLORS["warning"] if self.warned and self.warned[row] else self.color


def console_of(style: Style) -> Console:
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


def text_on(console: Console) -> str:
    """All that was written, without trailing spaces."""
    assert isinstance(console.file, io.StringIO)
    return "".join(line.rstrip() + "\n" for line in console.file.getvalue().splitlines())


def print_equations(
    console: Console, lines: Sequence[tuple[str, str]], color: str = "", left_color: str | None = None
) -> None:
    """Each equation on a line of its own; a long one goes on, indented, under its right side.

    A left side that is but a name is dim, unless another color is asked for.
    """
    for left, right in lines:
        head = f"{left} = "
        indent = len(head) if 4 * len(head) <= console.width else 4
        wrapped = textwrap.wrap(head + right, console.width, subsequent_indent=" " * indent, break_on_hyphens=False)
        for number, line in enumerate(wrapped):
            text = Text(line.replace(UNBROKEN, " "), style=color)
            if number == 0:
                named = "not bold default" if color else "dim"
                text.stylize(named if left_color is None else left_color, 0, len(head))
            print_line(console, text)


def print_chain(console: Console, head: str, parts: Sequence[tuple[str, str]]) -> None:
    """An equation that goes on from line to line, each with its reason at the right or, without room, below it."""
    indent = len(head) + 3 if 4 * (len(head) + 3) <= console.width else 4
    starts = [f"{head} = ", *[" " * (indent - 2) + "= "] * (len(parts) - 1)]
    blocks = [
        textwrap.wrap(
            start + terms_together(formula, console.width - indent),
            console.width,
            subsequent_indent=" " * indent,
            break_on_hyphens=False,
        )
        for start, (formula, _) in zip(starts, parts, strict=True)
    ]
    longest = max(len(reason) for _, reason in parts)
    ends = [len(block[-1]) + 2 * PADDING for block, (_, reason) in zip(blocks, parts, strict=True) if reason]
    column = max([end for end in ends if end + longest <= console.width], default=console.width - longest)
    for number, (block, (_, reason)) in enumerate(zip(blocks, parts, strict=True), start=1):
        start = max(min(column, console.width - len(reason)), 0)
        if reason and len(block[-1]) + PADDING > start:
            block.append("")
        lines = [Text(line.replace(UNBROKEN, " ")) for line in block]
        for line in lines if number == len(parts) else []:
            line.stylize(COLORS["formula"], len(line.plain) - len(line.plain.lstrip(" =")))
        if reason:
            lines[-1].append(" " * (start - len(lines[-1])) + reason, COLORS["caption"])
        for line in lines:
            print_line(console, line)


def terms_together(formula: str, width: int) -> str:
    """A formula that is broken into lines between its terms only, or between those in the brackets of a long term."""
    return " ".join(_term_together(term, width) for term in _broken(formula, 0).split(" "))


def _term_together(term: str, width: int) -> str:
    """A term that is broken no deeper in its brackets than needed."""
    depth = 0
    while max(map(len, term.split(" "))) > width and depth < DEEPEST:
        depth += 1
        term = _broken(term.replace(UNBROKEN, " "), depth)
    return term


def _broken(formula: str, depth: int) -> str:
    """The formula with spaces at which a line may end, all of them outside of brackets that deep in each other."""
    outer = 0
    letters = []
    for before, letter in zip(f" {formula}", formula, strict=False):
        outer += (letter in "([") - (letter in ")]")
        letters.append(UNBROKEN if letter == " " and (outer > depth or before in "+-") else letter)
    return "".join(letters)


def print_wrapped(console: Console, line: str, color: str = "") -> None:
    """A sentence in as many lines as it needs."""
    for part in textwrap.wrap(inert(line), console.width, subsequent_indent="  ", break_on_hyphens=False):
        print_line(console, Text(part, style=color))


def print_line(console: Console, line: Text) -> None:
    """A line as it is, however long."""
    console.print(line, no_wrap=True, overflow="ignore", crop=False)


def fits(columns: Sequence[TableColumn], style: Style) -> bool:
    """Whether the columns stand side by side in the width of the screen."""
    lines = [[column.label, *(line for cell in column.cells for line in cell.split("\n"))] for column in columns]
    widths = [max(map(len, each)) for each in lines]
    return sum(widths) + (PADDING + 1) * len(widths) + 1 <= style.width


def print_columns(console: Console, columns: Sequence[TableColumn], style: Style) -> None:
    """A row for each point or, where that is too wide, a block for each."""
    if fits(columns, style):
        print_box(console, columns, style)
        return
    for row, cells in enumerate(zip(*[column.texts for column in columns], strict=True)):
        _print_block(console, columns, row, cells, style)


def print_lines(console: Console, columns: Sequence[TableColumn], style: Style) -> None:
    """The columns side by side without a box, at once, however many rows there are."""
    lines = [[line for cell in (column.label, *column.cells) for line in cell.split("\n")] for column in columns]
    widths = [max(map(len, each)) for each in lines]
    for row in zip(*[(column.label, *column.cells) for column in columns], strict=True):
        for line in zip_longest(*[cell.split("\n") for cell in row], fillvalue=""):
            cells = zip(line, widths, columns, strict=True)
            padded = [cell.rjust(width) if column.numeric else cell.ljust(width) for cell, width, column in cells]
            console.file.write("  ".join(padded) + "\n")


def print_box(console: Console, columns: Sequence[TableColumn], style: Style) -> None:
    """The columns side by side under their labels."""
    table = _box(style)
    for column in columns:
        justify: Literal["right", "left"] = "right" if column.numeric else "left"
        table.add_column(Text(column.label), style=column.color, header_style=f"{column.color} italic", justify=justify)
    for number, row in enumerate(zip(*[column.cells for column in columns], strict=True)):
        table.add_row(*[Text(cell, column.style(number)) for column, cell in zip(columns, row, strict=True)])
    console.print(table)


def _print_block(
    console: Console, columns: Sequence[TableColumn], row: int, cells: Sequence[str], style: Style
) -> None:
    """One point, a line for each quantity: in a box or, where that is too wide, without one."""
    cells = aligned(cells) if all(column.numeric for column in columns) else cells
    table = _box(style, header=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    width = max(len(column.label) for column in columns) + max(map(len, cells))
    fitting = width + 2 * (PADDING + 1) + 1 <= style.width
    for column, cell in zip(columns, cells, strict=True):
        if fitting:
            table.add_row(Text(column.label, style="italic"), Text(cell, style=column.style(row)))
        elif column.label:
            print_equations(console, [(column.label, cell.strip())], column.color)
        else:
            console.print(Text("  " + cell, style=column.style(row)))
    console.print(table if fitting else "")


def _box(style: Style, header: bool = True) -> Table:
    lines = box.ROUNDED if style.unicode else box.ASCII
    return Table(box=lines, safe_box=False, border_style="dim", show_header=header)
