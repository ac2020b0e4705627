"""What code is to be written for a request: a script in PyTorch, or a function in another language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from derivcli.errors import DerivError
from derivcli.language import limits
from derivcli.pipeline import fit_together, formulas, parse
from derivcli.result import DEVICES, DTYPES, SymbolicResult, derivative_key, partial_of
from derivcli.vector_operators import VECTOR_OPERATORS

if TYPE_CHECKING:
    from derivcli.engines.task import Task
    from derivcli.errors import Note
    from derivcli.explain.code.data_columns import DataColumns
    from derivcli.explain.code.function_plan import Cell, FunctionPlan, Output
    from derivcli.explain.code.languages import Language
    from derivcli.explain.code.script_plan import ScriptPlan
    from derivcli.language.tree import Tree
    from derivcli.points.files.data_files import DataFiles
    from derivcli.points.points import Points
    from derivcli.request import Request
    from derivcli.result import Partial


@dataclass(frozen=True, slots=True)
class Code:
    """The code of a request, and where the texts of it have two meanings."""

    text: str
    notes: Sequence[Note]


def code(request: Request, language: Language, plot: str = "", data: DataFiles | None = None) -> Code:
    """The code of a request in a language; of data files one column for each variable is known."""
    if request.moving or request.tangent:
        raise DerivError("no code is written for curves and tangents", hint="`shell:leave out --code`")
    request.check_certain()
    expressions = parse(request, data)
    request = replace(request, expressions=expressions)
    task = fit_together(request, expressions, data)
    if any(task.sums):
        noun = VECTOR_OPERATORS[request.operator].noun
        raise DerivError(f"no code is written for {noun}", hint="leave out `shell:--code`")
    columns = None
    if data is not None and request.data is not None:
        from derivcli.explain.code.data_columns import columns_of

        data.check_used(task.names)
        columns = columns_of(request.data, data, task.names)
    points = request.points.notes if request.points else ()
    notes = list(dict.fromkeys([*points, *(note for each in expressions for note in each.notes)]))
    if language.load is not None:
        _check(request, language, plot)
        formal = replace(request, points=None, data=None, check=None)
        return Code(language.load()(replace(function_plan(formal), points=request.points, columns=columns)), notes)
    from derivcli.explain.code.script import write_script

    return Code(write_script(script_plan(request, task, plot, columns)), notes)


def _check(request: Request, language: Language, plot: str) -> None:
    """Refuse what only a script in PyTorch does."""
    other = {
        "--plot": plot,
        f"--series {request.series}": request.series is not None,
        f"--dtype {request.dtype}": request.dtype != DTYPES[0],
        f"--device {request.device}": request.device != DEVICES[0],
    }
    for option, given in other.items():
        if given:
            hint = f"leave out `{option}`, or choose torch"
            raise DerivError(f"`{option}` is for scripts in PyTorch, and not for {language.title}", hint=hint)


def script_plan(request: Request, task: Task, plot: str = "", columns: DataColumns | None = None) -> ScriptPlan:
    """What a script in PyTorch is to do, at the points that were typed. PyTorch is not needed for that."""
    from derivcli.explain.code.script_plan import ScriptPlan
    from derivcli.render.quantities import derivative_label, function_names

    points = request.points
    if points is None:
        raise DerivError("a script computes numbers, and there are no points", hint="add some, as in `--at x=3`")
    if columns is not None:
        points = _with_columns(points, columns)
    limits.check_points_held(points.count)
    found = {derivative_key(partial): task.expressions[0] for partial in task.partials}
    shapes = [
        SymbolicResult(each, found, direction=task.direction, dependent=task.dependent) for each in task.expressions
    ]
    functions = function_names(shapes)

    def label(place: int, partial: Partial) -> tuple[str, str]:
        made = derivative_label(functions[place], derivative_key(partial), shapes[place])
        return made.plain, made.shown(unicode=False)

    return ScriptPlan(task, points, functions, label, request.series, plot, columns)


def _with_columns(points: Points, columns: DataColumns) -> Points:
    """The points that were typed, and two values in the place of each column, which stand for many."""
    import numpy as np

    from derivcli.points.points import points_from_arrays

    made = points_from_arrays({name: np.zeros(2) for name in columns.headers})
    return replace(made, axes=(*made.axes, *points.axes))


def function_plan(request: Request) -> FunctionPlan:
    """What a function in another language is to compute, by formulas."""
    from derivcli.explain.code.function_plan import FunctionPlan
    from derivcli.explain.code.steadiest import steadiest
    from derivcli.language.tree import expansions, symbol
    from derivcli.render.quantities import arguments_of, derivative_equations, equations, function_names

    results = [steadiest(result) for result in formulas(request)]
    names = function_names(results)
    is_implicit = bool(results[0].dependent)
    lines = [f"{left} = {right}" for left, right in equations(results)]
    lines += [f"{label.plain} = {text}" for label, text in derivative_equations(results)]
    named = {name for result in results for key in result.derivatives for name in partial_of(key)}
    known = dict.fromkeys(name for result in results for name in (*arguments_of(result), *result.expression.variables))
    moved = [] if results[0].direction is not None else sorted(named - {*known})
    definitions: dict[str, Tree] = {}
    for result in results:
        found = expansions(result.expression.definitions)
        definitions |= {part.name: found[symbol(part.name)] for part in result.expression.definitions}
    function = "slope" if is_implicit else names[0] if len(names) == 1 else names[0].rstrip("0123456789") or "f"
    return FunctionPlan(
        function,
        [*known, *moved],
        _slopes(results, names) if is_implicit else [_values(results, names), _derivatives(results, names)],
        lines,
        tuple(dict.fromkeys(remark for result in results for remark in result.remarks)),
        definitions,
        request.points,
    )


def _values(results: Sequence[SymbolicResult], names: Sequence[str]) -> Output:
    from derivcli.explain.code.function_plan import Cell, Output

    pairs = zip(names, results, strict=True)
    if len(results) == 1:
        return Output("value", (Cell(names[0], "value", results[0].expression.expanded),))
    cells = [Cell(name, f"{name}_value", result.expression.expanded) for name, result in pairs]
    return Output("values", tuple(cells), (len(cells),))


def _derivatives(results: Sequence[SymbolicResult], names: Sequence[str]) -> Output:
    """The derivatives as a number, as a gradient or another vector, or as a matrix."""
    from derivcli.explain.code.function_plan import Output

    rows = [_cells(result, name) for result, name in zip(results, names, strict=True)]
    first = all(len(partial_of(key)) == 1 for key in results[0].derivatives) and results[0].direction is None
    if results[0].layout == "hessian":
        by = list(dict.fromkeys(partial_of(key)[0] for key in results[0].derivatives))
        cells = [rows[0][derivative_key(tuple(sorted(pair, key=by.index)))] for pair in product(by, by)]
        return Output("hessian", tuple(cells), (len(by), len(by)))
    width = len(rows[0])
    cells = [cell for row in rows for cell in row.values()]
    if len(rows) > 1:
        return Output("jacobian" if first else "derivatives", tuple(cells), (len(rows), width))
    if width == 1:
        return Output("derivative", tuple(cells))
    return Output("gradient" if first else "derivatives", tuple(cells), (width,))


def _slopes(results: Sequence[SymbolicResult], names: Sequence[str]) -> list[Output]:
    """The derivatives of what equations make functions."""
    from derivcli.explain.code.function_plan import Output

    cells = [cell for result, name in zip(results, names, strict=True) for cell in _cells(result, name).values()]
    return [Output("slopes", tuple(cells), (len(cells),)) if len(cells) > 1 else Output(cells[0].name, tuple(cells))]


def _cells(result: SymbolicResult, name: str) -> dict[str, Cell]:
    from derivcli.explain.code.function_plan import Cell
    from derivcli.render.quantities import derivative_label

    found = {}
    for key, formula in result.derivatives.items():
        label = derivative_label(name, key, result).plain
        found[key] = Cell(label, re.sub(r"\W", "_", label), formula.tree)
    return found
