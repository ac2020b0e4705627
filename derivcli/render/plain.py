"""Formats for programs: tab-separated text, CSV, and bare numbers."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from derivcli.render.columns import Style, columns_of, derivative_equations, equations, named
from derivcli.render.numbers import number_texts
from derivcli.render.series import expansions

if TYPE_CHECKING:
    from derivcli.check.verdict import Verdicts
    from derivcli.result import Result, SeriesResult, SymbolicResult

TextColumn: TypeAlias = tuple[str, list[str]]
"""A name and the texts under it."""


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


def write_series_tsv(results: Sequence[SeriesResult], style: Style) -> str:
    """A line of names, then the coefficients of each Taylor polynomial on a line, parted by tabs."""
    return _columns(_series_columns(results, style), "\t")


def write_series_csv(results: Sequence[SeriesResult], style: Style) -> str:
    """A line of names, then the coefficients of each Taylor polynomial on a line, parted by commas."""
    return _columns(_series_columns(results, style), ",")


def write_series_value(results: Sequence[SeriesResult], style: Style) -> str:
    """The Taylor polynomials alone, a line each; nan for one that has no finite coefficients."""
    return "".join(f"{one.right(style) or 'nan'}\n" for one in expansions(results, style))


def _formulas(results: Sequence[SymbolicResult]) -> list[tuple[str, str]]:
    derivatives = [(label.plain, text) for label, text in derivative_equations(results)]
    return [("name", "formula"), *equations(results), *derivatives]


def _delimited(results: Sequence[Result], style: Style, delimiter: str) -> str:
    columns: list[TextColumn] = []
    for column in columns_of(results):
        columns.append((column.label.plain, column.texts(style.digits)))
        if style.verdicts and column.verdicts is not None:
            columns += _verdicts(column.label.plain, column.verdicts, style)
    return _columns(columns, delimiter)


def _series_columns(results: Sequence[SeriesResult], style: Style) -> list[TextColumn]:
    """The points, then each function's coefficients and what its remainder lies between."""
    columns = [(name, number_texts(values, style.digits)) for name, values in results[0].at.items()]
    for function, result in named(results):
        prefix = f"{function} " if len(results) > 1 else ""
        for order, values in enumerate(result.coefficients.T):
            columns.append((f"{prefix}c{order}", number_texts(values, style.digits)))
            if style.verdicts and result.verdicts:
                columns += _verdicts(f"{prefix}c{order}", result.verdicts[order], style)
        if result.remainder is not None:
            ends = zip(("low", "high"), result.remainder.T, strict=True)
            columns += [(f"{prefix}remainder {end}", number_texts(values)) for end, values in ends]
    return columns


def _columns(columns: Sequence[TextColumn], delimiter: str) -> str:
    """Named columns as a line of names and a line for each row."""
    rows = zip(*[texts for _, texts in columns], strict=True)
    return delimited_rows([[name for name, _ in columns], *rows], delimiter)


def _verdicts(name: str, verdicts: Verdicts, style: Style) -> list[TextColumn]:
    """Columns of the kinds of verdict, and of the true numbers where they are known."""
    truths = number_texts(verdicts.truth, style.digits)
    known = ["" if math.isnan(truth) else text for truth, text in zip(verdicts.truth.tolist(), truths, strict=True)]
    return [(f"{name} verdict", verdicts.names()), (f"{name} truth", known)]


def delimited_rows(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    """Rows of texts as lines, their cells parted by the delimiter."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return stream.getvalue()
