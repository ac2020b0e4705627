"""Documents on a terminal's screen: equations, wrapped lines, and boxes of aligned columns, in any width."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Literal

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from derivcli.errors import inert
from derivcli.render.blocks import (
    BORDER_LETTERS,
    Block,
    Chain,
    CheckResult,
    Checks,
    Column,
    CommandLine,
    Document,
    Equations,
    Facts,
    Gap,
    Glossary,
    Matrices,
    Polynomial,
    Sentence,
    Style,
    Table,
    Variations,
    command_lines,
    fit,
)
from derivcli.render.formats.chains import chain_lines
from derivcli.render.formats.checks import check_lines
from derivcli.render.formats.formula_lines import formula_lines
from derivcli.render.formats.variation_lines import variation_lines
from derivcli.render.numbers import aligned

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
    "title": "bold",
    "bad title": "bold yellow",
}
"""Rich's style of each role; a role without one is plain."""

LEAST_WORDS = 14
"""Letters of a line of words in a table."""

GAP_LETTERS = 2
"""Letters between two things on a line."""


def write_terminal(document: Document, style: Style) -> str:
    """The blocks one under another."""
    return terminal_text(document.blocks(), style)


def terminal_text(blocks: Sequence[Block], style: Style) -> str:
    """Some blocks one under another, without trailing spaces; nothing that the user typed is markup there."""
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=style.width,
        force_terminal=style.color,
        no_color=not style.color,
        color_system="standard" if style.color else None,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        force_jupyter=False,  # where it believes to be in a notebook, it shows each line by itself there
    )
    for block in blocks:
        _print(console, block, style)
    return "".join(line.rstrip() + "\n" for line in stream.getvalue().splitlines())


def _print(console: Console, block: Block, style: Style) -> None:
    """Print a block: a case for each kind of block, however many there are."""
    match block:
        case Equations():
            print_equations(console, block.sides, COLORS.get(block.role, ""), "" if block.typed else None)
        case Sentence():
            print_wrapped(console, block.text, COLORS.get(block.role, ""))
        case Gap():
            console.print()
        case Table():
            _print_table(console, block, style)
        case Matrices():
            _print_matrices(console, block, style)
        case Polynomial():
            _print_polynomial(console, block, style)
        case Chain():
            for pieces in chain_lines(block.lines, console.width):
                print_line(console, Text.assemble(*((text, COLORS.get(role, "")) for text, role in pieces)))
        case CheckResult():
            _print_check(console, block)
        case Checks():
            for pieces in check_lines(block, console.width):
                print_line(console, Text.assemble(*((text, COLORS.get(role, "")) for text, role in pieces)))
        case Glossary():
            _print_glossary(console, block, style)
        case Facts():
            _print_facts(console, block)
        case CommandLine():
            for line in command_lines(block, console.width):
                print_line(console, Text(line, style=COLORS["formula"]))
        case Variations():
            for pieces in variation_lines(block, style):
                print_line(console, Text.assemble(*((text, COLORS.get(role, "")) for text, role in pieces)))


def _print_matrices(console: Console, block: Matrices, style: Style) -> None:
    if not all(fit(matrix.columns, style) for matrix in block.matrices):
        _print_table(console, block.table, style)
        return
    for number, matrix in enumerate(block.matrices):
        if number:
            console.print()
        print_wrapped(console, matrix.title)
        _print_box(console, matrix.columns, style)


def _print_polynomial(console: Console, block: Polynomial, style: Style) -> None:
    if block.absence:
        print_wrapped(console, block.absence, COLORS["warning"])
        return
    print_equations(console, [(block.left, block.right)], COLORS["formula"])


def _print_check(console: Console, block: CheckResult) -> None:
    """A line for each number that is not simply right, or one proud line."""
    for line in block.report if block.asked or not block.lines else []:
        print_wrapped(console, line, COLORS["verdict"] if not block.lines else "")
    for line in block.lines:
        print_wrapped(console, line, COLORS["warning"])


def _print_glossary(console: Console, block: Glossary, style: Style) -> None:
    """Terms and what they mean under the titles of their sections; a long term has a line of its own."""
    longest = max(len(term) for section in block.sections for term, _, _ in section.terms)
    indent = min(longest, style.width // 3) + GAP_LETTERS
    for number, section in enumerate(block.sections):
        console.print(Text(section.title if number == 0 else f"\n{section.title}", style="italic"))
        for term, others, meaning in section.terms:
            said = f"{meaning} Also {', '.join(others)}." if others else meaning
            lines = textwrap.wrap(said, style.width - indent, break_on_hyphens=False) or [""]
            first = lines.pop(0) if len(term) + GAP_LETTERS <= indent else ""
            print_line(console, Text.assemble((term.ljust(indent if first else 0), "bold cyan"), first))
            for line in lines:
                print_line(console, Text(" " * indent + line))


def _print_facts(console: Console, block: Facts) -> None:
    console.print(Text(block.title, style="bold cyan"))
    table = RichTable(box=None, show_header=False, pad_edge=False, padding=(0, GAP_LETTERS, 0, 0))
    table.add_column(style="italic", no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in block.facts:
        table.add_row(Text(label), Text(text))
    console.print(table)


def _formula_lines(head: str, right: str, width: int) -> list[str]:
    """The lines of an equation, broken between terms outside of brackets where that can be."""
    indent = len(head) if 4 * len(head) <= width else 4
    alone = indent < len(head) and len(head + right) > width
    first, *others = formula_lines(right, width - (indent if alone else len(head)), width - indent)
    start = [head.rstrip(), " " * indent + first] if alone else [head + first]
    return [*start, *(" " * indent + other for other in others)]


def _prose_lines(head: str, right: str, width: int) -> list[str]:
    """The lines of an equation with words in it."""
    indent = " " * (len(head) if 4 * len(head) <= width else 4)
    return textwrap.wrap(head + right, width, subsequent_indent=indent, break_on_hyphens=False)


def print_equations(
    console: Console,
    lines: Sequence[tuple[str, str]],
    color: str = "",
    left_color: str | None = None,
    break_lines: Callable[[str, str, int], list[str]] = _formula_lines,
) -> None:
    """Each equation on a line of its own; a long one goes on, indented, under its right side.

    A left side that is but a name is dim, unless another color is asked for.
    """
    for left, right in lines:
        head = f"{left} = "
        for number, line in enumerate(break_lines(head, right, console.width)):
            text = Text(line, style=color)
            if number == 0:
                named = "not bold default" if color else "dim"
                text.stylize(named if left_color is None else left_color, 0, len(head))
            print_line(console, text)


def print_wrapped(console: Console, line: str, color: str = "") -> None:
    """A sentence in as many lines as it needs, of which the others are indented by more than the first."""
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    for part in textwrap.wrap(inert(line), console.width, subsequent_indent=indent, break_on_hyphens=False):
        print_line(console, Text(part, style=color))


def print_line(console: Console, line: Text) -> None:
    """A line as it is, however long."""
    console.print(line, no_wrap=True, overflow="ignore", crop=False)


def _print_table(console: Console, block: Table, style: Style) -> None:
    """A row for each point or, where that is too wide, a block for each; many rows without a box, at once."""
    columns: Sequence[Column] = _with_marks(block.columns)
    if block.is_inline:
        columns = _fitted(columns, style)
    if block.is_long:
        _print_lines(console, columns)
    elif fit(columns, style):
        _print_box(console, columns, style)
    elif block.is_inline:
        _print_entries(console, columns, style)
    else:
        for row, cells in enumerate(zip(*[column.with_exact() for column in columns], strict=True)):
            _print_row(console, columns, row, cells, style)


def _fitted(columns: Sequence[Column], style: Style) -> Sequence[Column]:
    """The columns with exact values behind the numbers or below them, and words in several lines, so that they fit."""
    inline = [column.inline for column in columns]
    ways = (inline, _wrapped(inline, style), columns, _wrapped(columns, style))
    return min((way for way in ways if fit(way, style)), key=_count_lines, default=columns)


def _count_lines(columns: Sequence[Column]) -> int:
    """The lines of a box of columns."""
    return sum(max(cell.count("\n") for cell in row) + 1 for row in zip(*[each.cells for each in columns], strict=True))


def _wrapped(columns: Sequence[Column], style: Style) -> Sequence[Column]:
    """The columns with the words of the widest column of words in the room that the others leave, if that is enough."""
    widest = max(
        (column for column in columns if column.role == "words"), key=lambda column: column.width, default=None
    )
    if widest is None:
        return columns
    others = sum(column.width + BORDER_LETTERS for column in columns if column is not widest)
    room = style.width - others - BORDER_LETTERS - 1
    if room < LEAST_WORDS:
        return columns
    texts = ["\n".join(textwrap.wrap(text, room)) for text in widest.texts]
    return [replace(widest, texts=texts) if column is widest else column for column in columns]


def _print_entries(console: Console, columns: Sequence[Column], style: Style) -> None:
    """An entry for each row: its first cell and its words on a line, the other numbers below."""
    for row, cells in enumerate(zip(*[column.with_exact() for column in columns], strict=True)):
        named = [*zip(columns, cells, strict=True)]
        words = [Text(f"  {cell}", _color(column, row)) for column, cell in named if not column.numeric]
        head = Text(f"{columns[0].label} = {cells[0]}", _color(columns[0], row))
        if len(head) + sum(map(len, words)) <= style.width:
            words, head = [], Text.assemble(head, *words)
        print_line(console, head)
        if words:
            print_wrapped(console, "".join(map(str, words)))
        for column, cell in named[1:]:
            if column.numeric and cell:
                sides = [(f"  {column.label}", cell)]
                print_equations(console, sides, _color(column, row), break_lines=_prose_lines)


def _with_marks(columns: Sequence[Column]) -> list[Column]:
    found = []
    for column in columns:
        found.append(replace(column, warned=(), marks=()) if column.marks else column)
        if column.marks:
            found.append(Column("", column.marks, "verdict", numeric=False, warned=column.warned))
    return found


def _color(column: Column, row: int) -> str:
    return COLORS["warning"] if column.warned and column.warned[row] else COLORS.get(column.role, "")


def _print_lines(console: Console, columns: Sequence[Column]) -> None:
    widths = [column.width for column in columns]
    for row in zip(*[(column.label, *column.cells) for column in columns], strict=True):
        for line in zip_longest(*[cell.split("\n") for cell in row], fillvalue=""):
            cells = zip(line, widths, columns, strict=True)
            padded = [cell.rjust(width) if column.numeric else cell.ljust(width) for cell, width, column in cells]
            console.file.write("  ".join(padded) + "\n")


def _print_box(console: Console, columns: Sequence[Column], style: Style) -> None:
    table = _box(style)
    for column in columns:
        justify: Literal["right", "left"] = "right" if column.numeric else "left"
        color = COLORS.get(column.role, "")
        table.add_column(Text(column.label), style=color, header_style=f"{color} italic", justify=justify)
    for number, row in enumerate(zip(*[column.cells for column in columns], strict=True)):
        table.add_row(*[Text(cell, _color(column, number)) for column, cell in zip(columns, row, strict=True)])
    console.print(table)


def _print_row(console: Console, columns: Sequence[Column], row: int, cells: Sequence[str], style: Style) -> None:
    """One row, a line for each of its cells: in a box or, where that is too wide, without one."""
    cells = aligned(cells) if all(column.numeric for column in columns) else cells
    table = _box(style, header=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    width = max(len(column.label) for column in columns) + max(map(len, cells))
    is_boxed = width + 2 * BORDER_LETTERS + 1 <= style.width
    for column, cell in zip(columns, cells, strict=True):
        if is_boxed:
            table.add_row(Text(column.label, style="italic"), Text(cell, style=_color(column, row)))
        elif column.label:
            sides = [(column.label, cell.strip())]
            print_equations(console, sides, COLORS.get(column.role, ""), break_lines=_prose_lines)
        else:
            console.print(Text("  " + cell, style=_color(column, row)))
    console.print(table if is_boxed else "")


def _box(style: Style, header: bool = True) -> RichTable:
    lines = box.ROUNDED if style.unicode else box.ASCII
    return RichTable(box=lines, safe_box=False, border_style="dim", show_header=header)
