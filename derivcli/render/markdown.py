"""Markdown: what was understood, then a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derivcli.render.columns import Style, columns_of, derivative_equations, equations
from derivcli.render.verdicts import checked, lines, report

if TYPE_CHECKING:
    from derivcli.result import Result, SymbolicResult


def write_markdown(results: Sequence[Result], style: Style) -> str:
    """The formulas as a list, a table with a row for each point, its columns of one width, and what the check found."""
    columns = columns_of(results)
    cells = [[column.label.shown(style.unicode), *column.texts(style.digits)] for column in columns]
    told = [*report(results, style), *lines(results, style)] if checked(results) else []
    widths = [max(3, *map(len, column)) for column in cells]
    rows = [
        " | ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in zip(*cells, strict=True)
    ]
    rows.insert(1, " | ".join("-" * (width - 1) + ":" for width in widths))
    return _formulas(results) + "\n" + "".join(f"| {row} |\n" for row in rows) + "".join(f"\n{line}\n" for line in told)


def write_formulas_markdown(results: Sequence[SymbolicResult], style: Style) -> str:
    """The formulas and their derivatives as a list."""
    lines = [f"- `{label.equation(style.unicode)} = {text}`\n" for label, text in derivative_equations(results)]
    return _formulas(results) + "".join(lines)


def _formulas(results: Sequence[Result] | Sequence[SymbolicResult]) -> str:
    return "".join(f"- `{left} = {right}`\n" for left, right in equations(results))
