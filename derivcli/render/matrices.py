"""A Hessian or a Jacobian at a point: numbers with names for their rows and columns."""

from __future__ import annotations

from collections.abc import Sequence

from derivcli.render.blocks import Column, Matrix, Style
from derivcli.render.labels import Label
from derivcli.render.numbers import number_at
from derivcli.render.quantities import exact_text, named, point_text
from derivcli.result import Result, SymbolicResult, derivative_key, partial_of

MAX_MATRICES = 8
"""So many matrices are shown; more points are rows of a table."""


def matrices_of(results: Sequence[Result], style: Style) -> list[Matrix]:
    """The matrices, one for each point or for each function and point; none where columns say it better."""
    points = range(len(results[0].value))
    if is_jacobian(results):
        return [_jacobian(results, point, style) for point in points] if len(points) <= MAX_MATRICES else []
    hessians = all(result.layout == "hessian" and len(result.derivatives) > 1 for result in results)
    if hessians and len(points) * len(results) <= MAX_MATRICES:
        return [_hessian(name, result, point, style) for point in points for name, result in named(results)]
    return []


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
    sign, power = ("∂", "²") if style.unicode else ("d", "2")
    columns = [Column(f"{sign}{power}{name}", [f"{sign}{row}" for row in variables], "name", numeric=False)]
    for column in variables:
        entries = [(result, hessian_key(result, row, column)) for row in variables]
        columns.append(_derivatives(f"{sign}{column}", entries, point, style))
    number, exact = number_at(result.value, point, style.digits), exact_text(result.exact_value, point)
    value = [] if result.dependent else [f"{name} = {number}" + (f" = {exact}" if exact not in ("", number) else "")]
    return Matrix(": ".join(part for part in (point_text(result.at, point, style), *value) if part), columns)


def _jacobian(results: Sequence[Result], point: int, style: Style) -> Matrix:
    columns = [
        Column("", [name for name, _ in named(results)], "name", numeric=False),
        Column(
            "value",
            [number_at(result.value, point, style.digits) for result in results],
            "value",
            exact=[exact_text(result.exact_value, point) for result in results],
        ),
    ]
    for key in results[0].derivatives:
        label = Label("", (key,), "partial").shown(style.unicode)  # as in ∂/∂u
        columns.append(_derivatives(label, [(result, key) for result in results], point, style))
    return Matrix(point_text(results[0].at, point, style), columns)


def _derivatives(label: str, entries: Sequence[tuple[Result, str]], point: int, style: Style) -> Column:
    """A column of derivatives, those warned of that are judged and not simply right."""
    texts = [number_at(result.derivatives[key], point, style.digits) for result, key in entries]
    warned = [key in result.verdicts and bool(result.verdicts[key].hard()[point]) for result, key in entries]
    exact = [exact_text(result.exact.get(key, ()), point) for result, key in entries]
    return Column(label, texts, "derivative", warned=warned, exact=exact)
