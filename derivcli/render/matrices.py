"""A Hessian or a Jacobian at a point: numbers with names for their rows and columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivcli.render.columns import Style, named, point_text
from derivcli.render.labels import Label
from derivcli.render.numbers import number_texts
from derivcli.result import derivative_key, partial_of

if TYPE_CHECKING:
    from derivcli.result import FloatArray, Result, SymbolicResult

MOST = 8
"""So many matrices are shown; more points are rows of a table."""


@dataclass(frozen=True, slots=True)
class MatrixColumn:
    """A column of a matrix: texts and, for each, whether it is to catch the eye; `role` as in a `Column`."""

    label: str
    role: str
    texts: list[str]
    warned: list[bool]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix at one point: what stands above it, in its corner, before its rows, and its columns."""

    title: str
    corner: str
    rows: list[str]
    columns: list[MatrixColumn]


def matrices_of(results: Sequence[Result], style: Style) -> list[Matrix]:
    """The matrices, one for each point or for each function and point; none where columns say it better."""
    points = range(len(results[0].value))
    if is_jacobian(results):
        return [_jacobian(results, point, style) for point in points] if len(points) <= MOST else []
    if all(map(is_hessian, results)) and len(points) * len(results) <= MOST:
        return [_hessian(name, result, point, style) for point in points for name, result in named(results)]
    return []


def is_hessian(result: Result) -> bool:
    """Whether the derivatives are a Hessian of more than one number."""
    return result.layout == "hessian" and len(result.derivatives) > 1


def is_jacobian(results: Sequence[Result] | Sequence[SymbolicResult]) -> bool:
    """Whether the results are the gradients of several functions by the same variables."""
    keys = list(results[0].derivatives)
    several = len(results) > 1 and len(keys) > 1 and all(len(partial_of(key)) == 1 for key in keys)
    alike = all(list(result.derivatives) == keys for result in results)
    return several and alike and not any(result.direction or result.dependent for result in results)


def hessian_variables(result: Result | SymbolicResult) -> list[str]:
    """The variables of a Hessian's rows and columns, in order."""
    return list(dict.fromkeys(name for key in result.derivatives for name in partial_of(key)))


def hessian_key(result: Result | SymbolicResult, row: str, column: str) -> str:
    """The key of an entry, whichever side of the diagonal it is on."""
    key = derivative_key((row, column))
    return key if key in result.derivatives else derivative_key((column, row))


def _hessian(name: str, result: Result, point: int, style: Style) -> Matrix:
    variables = hessian_variables(result)
    sign = "∂" if style.unicode else "d"
    columns = []
    for column in variables:
        keys = [hessian_key(result, row, column) for row in variables]
        texts = [_text(result.derivatives[key], point, style) for key in keys]
        warned = [_is_hard(result, key, point) for key in keys]
        columns.append(MatrixColumn(f"{sign}{column}", "derivative", texts, warned))
    value = [] if result.dependent else [f"{name} = {_text(result.value, point, style)}"]
    title = ": ".join(part for part in (point_text(result, point, style), *value) if part)
    power = "²" if style.unicode else "2"
    return Matrix(title, f"{sign}{power}{name}", [f"{sign}{row}" for row in variables], columns)


def _jacobian(results: Sequence[Result], point: int, style: Style) -> Matrix:
    values = [_text(result.value, point, style) for result in results]
    columns = [MatrixColumn("value", "value", values, [False] * len(results))]
    for key in results[0].derivatives:
        texts = [_text(result.derivatives[key], point, style) for result in results]
        warned = [_is_hard(result, key, point) for result in results]
        columns.append(MatrixColumn(Label("", (key,)).operator(style.unicode), "derivative", texts, warned))
    return Matrix(point_text(results[0], point, style), "", [name for name, _ in named(results)], columns)


def _text(values: FloatArray, point: int, style: Style) -> str:
    return number_texts(values[point : point + 1], style.digits)[0]


def _is_hard(result: Result, key: str, point: int) -> bool:
    """Whether an entry is judged and not simply right."""
    return key in result.verdicts and bool(result.verdicts[key].hard()[point])
