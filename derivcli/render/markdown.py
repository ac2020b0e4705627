"""Markdown: what was understood, then tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derivcli.render import verdicts
from derivcli.render.captions import direction_line, engine_line, gradient_lines
from derivcli.render.columns import Column, Style, columns_of, derivative_equations, equations
from derivcli.render.matrices import Matrix, matrices_of
from derivcli.render.series import MOST, Expansion, coefficient_columns, expansions

if TYPE_CHECKING:
    from derivcli.result import AnyResult, Result, SeriesResult, SymbolicResult


def write_markdown(results: Sequence[Result], style: Style) -> str:
    """The formulas as a list, a matrix for each point or a table with a row for each, and what is known of them."""
    matrices = matrices_of(results, style)
    if matrices:
        tables = [part for matrix in matrices for part in (matrix.title, _matrix(matrix))]
    else:
        tables = [_points(columns_of(results), style)]
    told = [*gradient_lines(results, style), engine_line(results), *_verdicts(results, style)]
    return _formulas(results) + _paragraphs([direction_line(results), *tables, *told])


def write_formulas_markdown(results: Sequence[SymbolicResult], style: Style) -> str:
    """The formulas and their derivatives as a list."""
    lines = [f"- `{label.equation(style.unicode)} = {text}`\n" for label, text in derivative_equations(results)]
    return _formulas(results) + "".join(lines) + _paragraphs([direction_line(results)])


def write_series_markdown(results: Sequence[SeriesResult], style: Style) -> str:
    """The formulas as a list, then each Taylor polynomial with its coefficients and its remainder."""
    found = expansions(results, style)
    told = [part for one in found for part in _expansion(one, style)]
    if len(found) > MOST:
        told = [_points(coefficient_columns(results), style)]
    return _formulas(results) + _paragraphs([*told, engine_line(results), *_verdicts(results, style)])


def _expansion(one: Expansion, style: Style) -> list[str]:
    equation = one.absence() or f"`{one.left} = {one.right(style)}`"
    numbers = one.numbers(style)
    table = _table([["n", *map(str, range(len(numbers)))], ["coefficient", *numbers]])
    return [one.heading, equation, table, one.remainder(style)]


def _verdicts(results: Sequence[Result | SeriesResult], style: Style) -> list[str]:
    """What the check found."""
    if not verdicts.checked(results):
        return []
    findings = verdicts.findings_of(results, style)
    return [*findings.report(), *findings.lines()]


def _formulas(results: Sequence[AnyResult]) -> str:
    return "".join(f"- `{left} = {right}`\n" for left, right in equations(results))


def _paragraphs(parts: Sequence[str]) -> str:
    """The parts that are not empty, each after an empty line."""
    return "".join(f"\n{part.rstrip()}\n" for part in parts if part)


def _points(columns: Sequence[Column], style: Style) -> str:
    """A table with a row for each point."""
    return _table([[column.label.shown(style.unicode), *column.texts(style.digits)] for column in columns])


def _matrix(matrix: Matrix) -> str:
    columns = [[column.label, *column.texts] for column in matrix.columns]
    return _table([[matrix.corner, *matrix.rows], *columns])


def _table(cells: Sequence[Sequence[str]]) -> str:
    """A table of columns, each a header and numbers, and of one width."""
    widths = [max(3, *map(len, column)) for column in cells]
    rows = [
        " | ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in zip(*cells, strict=True)
    ]
    rows.insert(1, " | ".join("-" * (width - 1) + ":" for width in widths))
    return "".join(f"| {row} |\n" for row in rows)
