"""Pictures for Python: of what is typed, and of what was computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import isfinite
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from derivcli.api_requests import listed_formulas_of, request_of
from derivcli.errors import ArgumentError
from derivcli.picture_plans import Sight, scene
from derivcli.pictures.look import THEMES, Look, read_size
from derivcli.pictures.picture import Picture
from derivcli.points.at_option import Interval
from derivcli.points.points import Range, points_from_arrays
from derivcli.python_arguments import intervals_of, names_of, reading
from derivcli.python_options import At, Formula, Lets, Names, On, Partials, Use
from derivcli.request import Request
from derivcli.result import ALONG, Jacobian, Result, SeriesResult, SymbolicResult, VectorField, partial_of
from derivcli.study.boxes.records import BoxStudy, CurveStudy
from derivcli.study.curves.curve import Curve, CurveFormulas, Tangents
from derivcli.study.study import Study

if TYPE_CHECKING:
    from derivcli.points.points import Axis, Points
    from derivcli.study.study import Number


class LookOptions(TypedDict, total=False):
    """How a picture is to look."""

    theme: str
    size: str | tuple[float, float] | None
    dpi: int
    transparent: bool


@reading()
def plot(
    expression: Formula | Sequence[Formula],
    on: On | None = None,
    *,
    at: At | None = None,
    wrt: Names | None = None,
    order: int | Sequence[int] = 1,
    mixed: Partials | None = None,
    along: At | None = None,
    let: Lets | None = None,
    use: Use | None = None,
    dependent: str = "",
    parameter: str = "",
    angle: str = "",
    operator: str = "",
    series: int | None = None,
    study: bool = False,
    surface: bool = False,
    equal: bool = False,
    theme: str = THEMES[0],
    size: str | tuple[float, float] | None = None,
    dpi: int = 200,
    transparent: bool = False,
) -> Picture:
    """A picture of functions and their derivatives, of a curve, or of two variables, which a notebook shows.

    `on` are the intervals that are shown, as for `study`; without them it is what there is to be seen. `at` are points
    at which a tangent touches, or dots. `order` may be several, as in [1, 2, 3]. `study` marks all special points,
    `surface` shows two variables from a side, `equal` gives both axes one scale. `theme` is "light", "dark" or "print",
    `size` a text such as "16x9cm" or a pair of inches. All else means what `derive` and `parametric` say.
    """
    request = request_of(
        listed_formulas_of(expression), at, wrt,
        let=let, use=use, mixed=mixed, along=along, order=order,
        dependent=dependent, parameter=names_of([parameter], "t")[0] if parameter else "",
        angle=names_of([angle], "theta")[0] if angle else "", operator=operator, series=series,
        study=intervals_of(on),
    )  # fmt: skip
    look = look_of({"theme": theme, "size": size, "dpi": dpi, "transparent": transparent})
    return Picture(scene(request, Sight(study, surface, equal, True, look.pixels)), look)


def picture_of(record: Any, look: Look, equal: bool = False) -> Picture:
    """The picture of what was computed."""
    request, sight = _asked(record)
    return Picture(scene(request, replace(sight, equal=equal or sight.equal, pixels=look.pixels)), look)


def _plot(record: Any, axes: Any = None, /, *, equal: bool = False, **look: Unpack[LookOptions]) -> Any:
    """The picture, or, with axes of Matplotlib's, these with it drawn on them."""
    found = picture_of(record, look_of(look), equal)
    return found if axes is None else found.draw(axes)


PLOTTER = SimpleNamespace(plot=_plot)
"""What records ask to be drawn by."""


def look_of(given: LookOptions) -> Look:
    """The look that arguments ask for."""
    dpi, size = given.get("dpi", Look().dpi), given.get("size")
    inches = read_size(size, dpi) if isinstance(size, str) else None if size is None else (size[0], size[1])
    return Look(given.get("theme", THEMES[0]), inches, dpi, given.get("transparent", False))


# What a record is the answer to


def _asked(record: Any) -> tuple[Request, Sight]:
    """The request for the picture of a record."""
    sight = Sight(tips=True)
    if isinstance(record, Study):
        ends = _interval(record.variable, record.low, record.high)
        return Request([record.expression], study=ends), replace(sight, studied=True)
    if isinstance(record, BoxStudy | CurveStudy):
        return _boxed(record), replace(sight, studied=True)
    if isinstance(record, Tangents):
        request, sight = _asked(record.of)
        return request, replace(sight, equal=isinstance(record.of, Curve))
    if isinstance(record, Curve | CurveFormulas):
        return _moving(record), sight
    if isinstance(record, SeriesResult):
        low_high = record.interval
        ends = [] if low_high is None else [Interval(record.variable, *low_high)]
        degree = record.coefficients.shape[1] - 1
        return Request([record.expression], record.points, wrt=[record.variable], series=degree, study=ends), sight
    results = record.results if isinstance(record, Jacobian | VectorField) else (record,)
    return _computed(results), sight


def _computed(results: Sequence[Result | SymbolicResult]) -> Request:
    first, last = results[0], results[-1]
    points, study = _points(first.at) if isinstance(first, Result) else (None, [])
    if last.sums:
        return Request(list(last.functions), points, study=study, operator=last.layout)
    keys = [partial_of(key) for key in first.derivatives]
    expressions = [each.expression for each in results]
    if first.dependent:
        return Request(expressions, points, study=study, dependent=first.dependent)
    if ALONG in keys[0]:
        return Request(expressions, points, study=study, along=first.direction, order=len(keys[0]))
    return Request(expressions, points, study=study, mixed=keys)


def _points(at: dict[str, Any]) -> tuple[Points, list[Interval]]:
    """The points that are marked, and the intervals that many of them stand for."""
    from derivcli.picture_plans import MAX_DOTS

    points = points_from_arrays(at)
    shown = []
    for axis in points.axes:
        values = axis.between(0, axis.count)
        low, high = float(values.min()), float(values.max())
        if axis.count > MAX_DOTS and low < high and isfinite(low) and isfinite(high):
            shown.append(Interval(axis.name, low, high))
    many = {interval.variable for interval in shown}
    kept = [_many(axis) if axis.name in many else _steady(axis) for axis in points.axes]
    return replace(points, axes=tuple(kept)), shown


def _many(axis: Axis) -> Axis:
    """A range in the place of many values, whose ends are told elsewhere."""
    return replace(axis, pieces=(Range(Fraction(0), Fraction(1), axis.count),))


def _steady(axis: Axis) -> Axis:
    """An axis with one value in the place of many that are the same."""
    values = axis.between(0, axis.count)
    return points_from_arrays({axis.name: values[:1]}).axes[0] if (values == values[:1]).all() else axis


def _interval(name: str, low: Number, high: Number) -> list[Interval]:
    return [Interval(name, low.value, high.value)] if isfinite(low.value) and isfinite(high.value) else []


def _boxed(record: BoxStudy | CurveStudy) -> Request:
    """The request for a box or for a curve in it."""
    ends = [each for name, box in zip(record.variables, record.box, strict=True) for each in _interval(name, *box)]
    if isinstance(record, BoxStudy):
        return Request([record.expression], study=ends)
    is_path = len(record.expressions) > 1
    return Request(list(record.expressions), study=ends, parameter=record.variables[0] if is_path else "")


def _moving(record: Curve | CurveFormulas) -> Request:
    points, study = _points(record.at) if isinstance(record, Curve) else (None, [])
    if record.radius is not None:
        return Request([record.radius], points, study=study, angle=record.parameter)
    formulas = record.coordinates.values()
    coordinates = [each.expression if isinstance(each, Result) else each for each in formulas]
    if len(coordinates) > 2:
        raise ArgumentError("a curve in space is not drawn", hint="plot two of its coordinates")
    return Request(coordinates, points, study=study, parameter=record.parameter)
