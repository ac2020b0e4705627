"""The stages of a picture: what varies, how its numbers are had, and which scene that makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from derivcli.errors import DerivError, EquationError, Span
from derivcli.pipeline import fit_together, judged, parse, prepare_engine
from derivcli.validation import USUAL, check_known, check_named, variables_of

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.pictures.drawn import Drawn, Evaluate, Judge
    from derivcli.pictures.scene import Floats, Scene
    from derivcli.pipeline import Job
    from derivcli.points.at_option import Interval
    from derivcli.points.files.data_files import DataFiles
    from derivcli.points.points import Axis, Points
    from derivcli.request import Request
    from derivcli.result import Result

MAX_DOTS = 30
"""The points of a range that are marked; one of more points says only what is shown."""

FIELDS = ("div", "curl")
"""The operators of which a vector field is drawn."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What of a formula is shown: all special points, a surface, one scale on both axes, numbers to point at.

    `pixels` are the width and height of the picture, as far as they are known.
    """

    studied: bool = False
    surface: bool = False
    equal: bool = False
    tips: bool = False
    pixels: tuple[int, int] = (1440, 1000)


def scene(request: Request, sight: Sight) -> Scene:
    """The scene that a request asks for. Its `study` intervals are those that are shown."""
    request.check_certain()
    return scene_of(request, drawn_of(request, sight))


def scene_of(request: Request, drawn: Drawn) -> Scene:
    """The scene of what is drawn."""
    return _maker(request, drawn)(drawn)


def drawn_of(request: Request, sight: Sight) -> Drawn:
    """What is drawn, with the engine that computes it."""
    expressions, radius = expressions_of(request)
    check_named(expressions)
    check_known(expressions)
    names, fixed = _varying(request, expressions)
    job = _job(request, expressions, names, fixed)
    from derivcli.pictures.drawn import Drawn

    return Drawn(
        tuple(expressions),
        names,
        tuple(job.task.partials),
        _evaluate(job, fixed),
        _judge(job, fixed),
        _intervals(request, names, expressions),
        _marked(request, names),
        fixed,
        sight.studied,
        request.series,
        request.moving,
        radius,
        request.operator,
        sight.surface,
        sight.equal,
        sight.tips,
        sight.pixels,
    )


def _maker(request: Request, drawn: Drawn) -> Callable[[Drawn], Scene]:
    """What makes the scene."""
    if request.moving:
        from derivcli.pictures.curves.path_scene import path_scene

        return path_scene
    if drawn.expressions[0].sides:
        from derivcli.pictures.curves.implicit_scene import implicit_scene

        return implicit_scene
    if request.operator in FIELDS:
        from derivcli.pictures.fields.vector_scene import vector_scene

        return vector_scene
    if len(drawn.names) == 2:
        from derivcli.pictures.fields.field_scene import field_scene

        return field_scene
    from derivcli.pictures.functions.function_scene import function_scene

    return function_scene


def expressions_of(request: Request, data: DataFiles | None = None) -> tuple[list[Expression], Expression | None]:
    """What is drawn, an equation where there is one, and the radius of a polar curve; columns of files are known."""
    if request.moving:
        from derivcli.curve_plans import coordinates_of

        coordinates, radius = coordinates_of(request)
        return list(coordinates.values()), radius
    try:
        expressions = parse(request, data)
    except EquationError:
        if len(request.expressions) > 1:
            raise
        expressions = parse(replace(request, dependent=max(request.names, default="y")), data)
    if len(request.study) == 2 and len(expressions) == 1 and not expressions[0].sides and expressions[0].name:
        return _equation_of(request, expressions), None
    return expressions, None


def _equation_of(request: Request, expressions: list[Expression]) -> list[Expression]:
    """The equation y = x^2, which is one where both of its variables have an interval; else a function called y."""
    names = [interval.variable for interval in request.study]
    if expressions[0].name in names and not expressions[0].arguments:
        return parse(replace(request, dependent=expressions[0].name))
    return expressions


def _varying(request: Request, expressions: Sequence[Expression]) -> tuple[tuple[str, ...], dict[str, float]]:
    """The variables that vary, and the values of the others."""
    if request.moving:
        return (request.moving,), {}
    first = expressions[0]
    known = [*dict.fromkeys([*(name for each in expressions for name in each.arguments), *variables_of(expressions)])]
    if request.operator in FIELDS and request.wrt:
        known = [*dict.fromkeys([*request.wrt, *known])]  # a field need not depend on each of its variables
    known = known or [*(request.points.names if request.points else ()), *_named(request)][:1] or [USUAL]
    if first.sides and len(known) == 1:
        known = sorted({*known, *_named(request)})[:2] if len({*known, *_named(request)}) > 1 else _with_axis(*known)
    shown = {interval.variable for interval in request.study}
    typed = {} if request.points is None else {axis.name: axis for axis in request.points.axes}
    for name in [*typed, *_named(request)]:
        if name not in known:
            source = first.source
            raise DerivError(f"'{name}' does not occur here", source, Span(0, len(source)), "leave it out")
    single = [name for name in known if name in typed and typed[name].count == 1 and name not in shown]
    varying = [name for name in known if name not in single]
    if not varying:
        varying, single = known, []
    most = 1 if len(expressions) > 1 and request.operator not in FIELDS else 2
    if len(varying) > most:
        _refuse_many(varying, most, first)
    if first.sides and len(varying) != 2:
        source = first.source
        message = f"the curve of an equation has two variables, and here {'one varies' if varying else 'none does'}"
        raise DerivError(message, source, Span(0, len(source)), "give no value to two of them")
    return tuple(varying), {name: float(typed[name].between(0, 1)[0]) for name in single}


def _with_axis(name: str) -> list[str]:
    """The two variables of the plane of an equation that has one of them, as x = 1 has."""
    return [name, "y"] if name != "y" else ["x", "y"]


def _named(request: Request) -> list[str]:
    return [interval.variable for interval in request.study if interval.variable]


def _refuse_many(varying: Sequence[str], most: int, first: Expression) -> None:
    listed = f"{', '.join(varying[:-1])} and {varying[-1]}"
    shown = "one variable" if most == 1 else "one variable or two"
    raise DerivError(
        f"a picture shows {shown}, and {listed} vary",
        first.source,
        Span(0, len(first.source)),
        f"give the others one value, as in `--at {varying[-1]}=1`",
    )


def _job(request: Request, expressions: list[Expression], names: Sequence[str], fixed: Mapping[str, float]) -> Job:
    """The engine for all numbers of the picture: by the variables that vary, or by those that were asked for."""
    import numpy as np

    from derivcli.points.points import points_from_arrays

    points = points_from_arrays({name: np.zeros(1) for name in [*names, *fixed]})
    plain = replace(
        request, points=points, data=None, study=(), series=None, interval=None, dependent="", exact=None, check=None,
        parameter="", angle="", operator="", tangent=False,
    )  # fmt: skip
    if plain.wrt is None and not plain.mixed and plain.along is None and not plain.hessian:
        plain = replace(plain, wrt=list(names))
    return prepare_engine(plain, fit_together(plain, expressions))


def _evaluate(job: Job, fixed: Mapping[str, float]) -> Evaluate:
    """The numbers of each function at arrays of points: the value, then the derivatives."""

    def evaluate(at: Mapping[str, Floats]) -> list[list[Floats]]:
        import numpy as np

        with np.errstate(all="ignore"):
            results = job.run(_points(at, fixed))
        return [
            [np.asarray(each, np.float64) for each in (result.value, *result.derivatives.values())]
            for result in results
        ]

    return evaluate


def _judge(job: Job, fixed: Mapping[str, float]) -> Judge:
    """The results with verdicts, at arrays of points or at points as they were typed."""

    def judge(at: Mapping[str, Floats] | Points) -> list[Result]:
        points = _points(at, fixed) if isinstance(at, Mapping) else _with_values(at, fixed)
        return judged(job.run(points), points)

    return judge


def _with_values(points: Points, fixed: Mapping[str, float]) -> Points:
    """Points that were typed, with the values of the other variables."""
    import numpy as np

    from derivcli.points.points import points_from_arrays

    return replace(points, axes=(*points.axes, *points_from_arrays({x: np.array([v]) for x, v in fixed.items()}).axes))


def _points(at: Mapping[str, Floats], fixed: Mapping[str, float]) -> Points:
    import numpy as np

    from derivcli.points.points import points_from_arrays

    count = max(map(len, at.values()))
    return points_from_arrays({**at, **{name: np.full(count, value) for name, value in fixed.items()}})


def _intervals(request: Request, names: Sequence[str], expressions: Sequence[Expression]) -> tuple[Interval, ...]:
    """What is shown: as asked for, or where a range of points lies; in the order of the variables."""
    from derivcli.points.at_option import Interval

    asked = {}
    for interval in request.study:
        name = interval.variable or names[0]
        if name in asked:
            raise DerivError(f"there are two intervals of '{name}'", hint="leave out one of them")
        asked[name] = replace(interval, variable=name)
    for axis in request.points.axes if request.points else ():
        ends = _ends(axis)
        if axis.name not in asked and ends is not None:
            asked[axis.name] = Interval(axis.name, *ends)
    return tuple(asked[name] for name in names if name in asked)


def _ends(axis: Axis) -> tuple[float, float] | None:
    """Where a range lies; None of values that were typed one by one."""
    from derivcli.points.points import Range

    ranges = [piece for piece in axis.pieces if isinstance(piece, Range)]
    ends = [float(end) for piece in ranges for end in (piece.start, piece.stop)]
    return (min(ends), max(ends)) if ends and min(ends) < max(ends) else None


def _marked(request: Request, names: Sequence[str]) -> Points | None:
    """The points that are marked: those that were typed, and the ranges of a few."""
    from derivcli.points.points import Points, Range

    found = []
    for axis in request.points.axes if request.points else ():
        pieces = [piece for piece in axis.pieces if not isinstance(piece, Range) or piece.count <= MAX_DOTS]
        if axis.name in names and pieces:
            found.append(replace(axis, pieces=tuple(pieces)))
    paired = request.points is not None and request.points.paired
    return Points(tuple(found), paired) if len(found) == len(names) else None
