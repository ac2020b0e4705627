"""Formats for programs: tab-separated text, CSV, and bare numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from derivcli.render.columns import Style, columns_of, derivative_equations, equations

if TYPE_CHECKING:
    from derivcli.result import Result, SymbolicResult


def write_tsv(results: Sequence[Result], style: Style) -> str:
    """A line of names, then a line for each point, parted by tabs."""
    return _delimited(results, style, "\t")


def write_csv(results: Sequence[Result], style: Style) -> str:
    """A line of names, then a line for each point, parted by commas."""
    return _delimited(results, style, ",")


def write_value(results: Sequence[Result], style: Style) -> str:
    """The derivatives alone, a line for each point, parted by spaces."""
    columns = [column.texts(style.digits) for column in columns_of(results) if column.role == "derivative"]
    return "".join(f"{' '.join(row)}\n" for row in zip(*columns, strict=True))


def write_formulas_tsv(results: Sequence[SymbolicResult], style: Style) -> str:
    """A line for each function and derivative: its name, a tab, its formula."""
    return delimited_rows(_formulas(results), "\t")


def write_formulas_csv(results: Sequence[SymbolicResult], style: Style) -> str:
    """A line for each function and derivative: its name and its formula."""
    return delimited_rows(_formulas(results), ",")


def write_formulas_value(results: Sequence[SymbolicResult], style: Style) -> str:
    """The formulas of the derivatives alone, a line each."""
    return "".join(f"{text}\n" for _, text in derivative_equations(results))


def _formulas(results: Sequence[SymbolicResult]) -> list[tuple[str, str]]:
    derivatives = [(label.plain, text) for label, text in derivative_equations(results)]
    return [("name", "formula"), *equations(results), *derivatives]


def _delimited(results: Sequence[Result], style: Style, delimiter: str) -> str:
    columns = columns_of(results)
    rows = zip(*[column.texts(style.digits) for column in columns], strict=True)
    return delimited_rows([[column.label.plain for column in columns], *rows], delimiter)


def delimited_rows(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    """Rows of texts as lines, their cells parted by the delimiter."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return stream.getvalue()
