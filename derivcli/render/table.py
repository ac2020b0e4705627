"""The table for a terminal: what was understood, then the numbers, aligned, in any width."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from derivcli.render import verdicts
from derivcli.render.captions import direction_line, engine_line, gradient_lines
from derivcli.render.columns import Column, Style, columns_of, dependent_of, derivative_equations, equations
from derivcli.render.matrices import Matrix, matrices_of
from derivcli.render.series import MOST, Expansion, coefficient_columns, expansions
from derivcli.render.terminal import (
    COLORS,
    PADDING,
    TableColumn,
    console_of,
    fits,
    print_box,
    print_columns,
    print_equations,
    print_line,
    print_wrapped,
    terms_together,
    text_on,
)

if TYPE_CHECKING:
    from derivcli.result import AnyResult, Result, SeriesResult, SymbolicResult


def write_table(results: Sequence[Result], style: Style) -> str:
    """The formulas, then a matrix for each point, a table with a row for each or, where that is too wide, a block.

    Under it stands what else is known of the numbers, and what the check found.
    """
    console = console_of(style)
    _print_understood(console, results)
    print_wrapped(console, direction_line(results))
    console.print()
    matrices = [(matrix.title, _matrix_columns(matrix)) for matrix in matrices_of(results, style)]
    if matrices and all(fits(columns, style) for _, columns in matrices):
        for number, (title, columns) in enumerate(matrices):
            if number:
                console.print()
            print_wrapped(console, title)
            print_box(console, columns, style)
    else:
        print_columns(console, _table_columns(columns_of(results), style), style)
    for line in gradient_lines(results, style):
        print_wrapped(console, line)
    print_wrapped(console, engine_line(results), COLORS["caption"])
    print_verdicts(console, results, style)
    return text_on(console)


def _print_understood(console: Console, results: Sequence[AnyResult]) -> None:
    """What was read; of an equation both sides are the user's own."""
    own = any(map(dependent_of, results))
    print_equations(console, equations(results), left_color="" if own else None)


def _matrix_columns(matrix: Matrix) -> list[TableColumn]:
    """A matrix as columns, the names of its rows the first of them."""
    columns = [
        TableColumn(column.label, column.texts, COLORS[column.role], warned=column.warned) for column in matrix.columns
    ]
    return [TableColumn(matrix.corner, matrix.rows, COLORS["name"], numeric=False), *columns]


def _table_columns(columns: Sequence[Column], style: Style) -> list[TableColumn]:
    """The columns of numbers; of several rows each checked one is followed by the marks of its verdicts."""
    found = []
    for column in columns:
        label = column.label.shown(style.unicode)
        found.append(TableColumn(label, column.texts(style.digits), COLORS[column.role]))
        if column.role == "derivative" and column.verdicts is not None and len(column.verdicts) > 1:
            marks = [verdicts.mark(column.verdicts[point], style.unicode) for point in range(len(column.verdicts))]
            found.append(TableColumn("", marks, COLORS["verdict"], False, column.verdicts.hard().tolist()))
    return found


def print_verdicts(console: Console, results: Sequence[Result | SeriesResult], style: Style) -> None:
    """What the check found: a line for each number that is not simply right, or one proud line."""
    if not verdicts.checked(results):
        return
    findings = verdicts.findings_of(results, style)
    lines = findings.lines()
    for line in findings.report() if style.verdicts or not lines else []:
        print_wrapped(console, line, COLORS["verdict"] if not lines else "")
    for line in lines:
        print_wrapped(console, line, COLORS["warning"])


def write_formulas_table(results: Sequence[SymbolicResult], style: Style) -> str:
    """The formulas, then their derivatives."""
    console = console_of(style)
    _print_understood(console, results)
    print_wrapped(console, direction_line(results))
    derivatives = [(label.equation(style.unicode), text) for label, text in derivative_equations(results)]
    print_equations(console, derivatives, COLORS["formula"])
    return text_on(console)


def write_series_table(results: Sequence[SeriesResult], style: Style) -> str:
    """The formulas, then each Taylor polynomial with its coefficients and its remainder, and what the check found."""
    console = console_of(style)
    _print_understood(console, results)
    found = expansions(results, style)
    for one in found if len(found) <= MOST else []:
        console.print()
        _print_expansion(console, one, style)
    if len(found) > MOST:
        console.print()
        print_columns(console, _table_columns(coefficient_columns(results), style), style)
    print_wrapped(console, engine_line(results), COLORS["caption"])
    print_verdicts(console, results, style)
    return text_on(console)


def _print_expansion(console: Console, one: Expansion, style: Style) -> None:
    """One polynomial, its coefficients, and what the function is more than that."""
    print_wrapped(console, one.heading)
    right = one.right(style)
    if right is None or one.absence():
        print_wrapped(console, one.absence(), COLORS["warning"])
    else:
        room = style.width - len(f"{one.left} = ")
        print_equations(console, [(one.left, terms_together(right, room))], COLORS["formula"])
    columns = _numbered_coefficients(one, style)
    print_columns(console, columns if fits(columns, style) else columns[:2], style)
    print_wrapped(console, one.remainder(style))


def _numbered_coefficients(one: Expansion, style: Style) -> list[TableColumn]:
    """The coefficients under each other, with the marks of their verdicts where they have any."""
    numbers = one.numbers(style)
    columns = [
        TableColumn("n", [str(order) for order in range(len(numbers))], COLORS["at"]),
        TableColumn("coefficient", numbers, COLORS["derivative"]),
    ]
    if one.result.verdicts:
        marks = [verdicts.mark(each[one.point], style.unicode) for each in one.result.verdicts]
        warned = [bool(each.hard()[one.point]) for each in one.result.verdicts]
        columns.append(TableColumn("", marks, COLORS["verdict"], numeric=False, warned=warned))
    return columns


def write_sections(sections: Sequence[tuple[str, Sequence[tuple[str, str]]]], style: Style) -> str:
    """Terms and what they mean under the titles of their sections; a long term has a line of its own."""
    console = console_of(style)
    longest = max(len(term) for _, rows in sections for term, _ in rows)
    indent = min(longest, style.width // 3) + PADDING
    for number, (title, rows) in enumerate(sections):
        console.print(Text(title if number == 0 else f"\n{title}", style="italic"))
        for term, meaning in rows:
            lines = textwrap.wrap(meaning, style.width - indent, break_on_hyphens=False)
            beside = lines.pop(0) if len(term) + PADDING <= indent else ""
            print_line(console, Text.assemble((term.ljust(indent if beside else 0), "bold cyan"), beside))
            for line in lines:
                print_line(console, Text(" " * indent + line))
    return text_on(console)


def write_facts(title: str, facts: Sequence[tuple[str, str]], style: Style) -> str:
    """A title, then a line for each fact, those of several lines aligned."""
    console = console_of(style)
    console.print(Text(title, style="bold cyan"))
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, PADDING, 0, 0))
    table.add_column(style="italic", no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in facts:
        table.add_row(Text(label), Text(text))
    console.print(table)
    return text_on(console)
