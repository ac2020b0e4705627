"""Formats for programs: tab-separated text, CSV, and bare numbers."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from derivcli.render.columns import Column, Style, columns_of, dependent_of, derivative_equations, equations
from derivcli.render.numbers import number_texts
from derivcli.render.series import coefficient_columns, expansions

if TYPE_CHECKING:
    from derivcli.check.verdict import Verdicts
    from derivcli.result import Result, SeriesResult, SymbolicResult


def write_tsv(results: Sequence[Result], style: Style) -> str:
    """A line of names, then a line for each point, parted by tabs."""
    return _delimited(columns_of(results), style, "\t")


def write_csv(results: Sequence[Result], style: Style) -> str:
    """A line of names, then a line for each point, parted by commas."""
    return _delimited(columns_of(results), style, ",")


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


def write_series_tsv(results: Sequence[SeriesResult], style: Style) -> str:
    """A line of names, then the coefficients of each Taylor polynomial on a line, parted by tabs."""
    return _delimited(coefficient_columns(results), style, "\t")


def write_series_csv(results: Sequence[SeriesResult], style: Style) -> str:
    """A line of names, then the coefficients of each Taylor polynomial on a line, parted by commas."""
    return _delimited(coefficient_columns(results), style, ",")


def write_series_value(results: Sequence[SeriesResult], style: Style) -> str:
    """The Taylor polynomials alone, a line each; nan for one that has no finite coefficients."""
    return "".join(f"{one.right(style) or 'nan'}\n" for one in expansions(results, style))


def _formulas(results: Sequence[SymbolicResult]) -> list[tuple[str, str]]:
    derivatives = [(label.plain, text) for label, text in derivative_equations(results)]
    understood = [
        ("equation", " = ".join(sides)) if dependent_of(results[0]) else sides for sides in equations(results)
    ]
    return [("name", "formula"), *understood, *derivatives]


def _delimited(columns: Sequence[Column], style: Style, delimiter: str) -> str:
    """A line of names and a line for each point."""
    found: list[tuple[str, list[str]]] = []
    for column in columns:
        found.append((column.label.plain, column.texts(style.digits)))
        if style.verdicts and column.verdicts is not None:
            found += _verdicts(column.label.plain, column.verdicts, style)
    rows = zip(*[texts for _, texts in found], strict=True)
    return delimited_rows([[name for name, _ in found], *rows], delimiter)


def _verdicts(name: str, verdicts: Verdicts, style: Style) -> list[tuple[str, list[str]]]:
    """Columns of the kinds of verdict, and of the true numbers where they are known."""
    truths = number_texts(verdicts.truth, style.digits)
    known = ["" if math.isnan(truth) else text for truth, text in zip(verdicts.truth.tolist(), truths, strict=True)]
    return [(f"{name} verdict", verdicts.names()), (f"{name} truth", known)]


def delimited_rows(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    """Rows of texts as lines, their cells parted by the delimiter."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return stream.getvalue()
