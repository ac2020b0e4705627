"""The functions for Python that show the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from derivcli import calculate
from derivcli.fitting import Known, check_held, check_range
from derivcli.result import SymbolicResult, derivative_key
from derivcli.wanted import NOTHING, Named, Wanted, mixed_of, names_of, wrt_of

if TYPE_CHECKING:
    from derivcli.derive import At, Lets
    from derivcli.explain.lesson import Lesson
    from derivcli.language.expression import Expression
    from derivcli.points.grid import Points
    from derivcli.result import Partial


def script(
    expression: str | Expression | Sequence[str | Expression],
    at: At,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    paired: bool = False,
    order: int = 1,
    mixed: str | Sequence[str] | None = None,
    along: At | None = None,
    hessian: bool = False,
    dependent: str = "",
    series: int | None = None,
    plot: str = "",
    dtype: str = "float64",
    device: str = "cpu",
) -> str:
    """A short script in PyTorch, with comments, that computes what `derive` does, and prints it.

    Several expressions make a Jacobian. `hessian` asks for all second derivatives, `dependent` names the variable
    that an equation makes a function of the others, `series` is the degree of a Taylor polynomial, and `plot` the
    file of a picture to be drawn instead of printing; all else means what `derive` says. Nothing is computed here.
    Raises DerivError for input that is refused.
    """
    from derivcli.explain.script import write_script

    name = names_of([dependent], "y")[0] if dependent else ""
    direction = None if along is None else _points(along)
    wanted = Wanted(wrt_of(wrt), order, mixed_of(mixed), direction, hessian, name, series)
    expressions = [expression] if isinstance(expression, str) or not isinstance(expression, Sequence) else expression
    return write_script(lesson(_points(at, paired), expressions, wanted, Named(let or {}), dtype, device, plot))


def lesson(
    points: Points,
    expressions: Sequence[str | Expression],
    wanted: Wanted,
    named: Named = NOTHING,
    dtype: str = "float64",
    device: str = "cpu",
    plot: str = "",
) -> Lesson:
    """What a script is to do, once everything fits together; PyTorch is not needed for that."""
    from derivcli.engines.task import Task
    from derivcli.explain.lesson import Lesson
    from derivcli.render.columns import derivative_label, function_names

    check_held(points.count)
    check_range(points, dtype)
    if wanted.series is None:
        task = calculate.task_of(Known(points.names), expressions, wanted, named, dtype, device)
    else:
        parsed, by = calculate.series_of(points, expressions, wanted, named, dtype)
        task = Task(parsed, points.names, [(by,)], dtype, device=device)
    found = {derivative_key(partial): task.expressions[0] for partial in task.partials}
    shapes = [
        SymbolicResult(each, found, direction=task.direction, dependent=task.dependent) for each in task.expressions
    ]
    functions = function_names(shapes)

    def label(place: int, partial: Partial) -> tuple[str, str]:
        made = derivative_label(functions[place], derivative_key(partial), shapes[place])
        return made.plain, made.shown(unicode=False)

    return Lesson(task, points, functions, label, wanted.series, plot)


def _points(at: At, paired: bool = False) -> Points:
    """The points that Python values give."""
    from derivcli.points.spec import points_from, read_points

    if not isinstance(at, str | Mapping):
        raise TypeError(f"points are a text or a mapping of names to values, not {type(at).__name__}")
    return read_points([at], paired) if isinstance(at, str) else points_from(at, paired)
