"""The stages of curves and tangents, between their texts and what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.check.limits import MAX_TYPED_POINTS, is_checked
from derivcli.errors import DerivError, Span
from derivcli.language import limits
from derivcli.pipeline import compute, fit_together, judged, parse, prepare_engine
from derivcli.result import derivative_key
from derivcli.validation import check_written

if TYPE_CHECKING:
    from derivcli.engines.task import Progress
    from derivcli.language.expression import Expression
    from derivcli.points.points import Points
    from derivcli.request import Request
    from derivcli.result import Partial, Result
    from derivcli.study.curves.curve import Curve, CurveFormulas, Tangents
    from derivcli.study.curves.lines import Writing
    from derivcli.study.curves.tangents import Judged

AXES = ("x", "y", "z")
"""What coordinates are called that have no names of their own."""


def curve(request: Request, progress: Progress | None = None) -> Curve | CurveFormulas:
    """The curve that is asked for, at points or as formulas."""
    coordinates, radius = coordinates_of(request)
    if not request.has_points:
        from derivcli.explain.curves.formulas import curve_formulas

        return curve_formulas(coordinates, request.moving, radius)
    return curve_at_points(request, coordinates, radius, progress)


def coordinates_of(request: Request) -> tuple[dict[str, Expression], Expression | None]:
    """The coordinates of a curve by their names, and the radius of one that was typed so."""
    from derivcli.language.parse import in_place

    expressions = [in_place(each) for each in parse(request)]
    check_written(expressions, "a curve is judged by formulas")
    fit_together(_of_parameter(request), expressions)
    if request.angle:
        (radius,) = expressions
        return _polar(radius, request.angle), radius
    names = [each.name or axis for each, axis in zip(expressions, AXES, strict=False)]
    for name, each in zip(names, expressions, strict=True):
        if name in (request.parameter, *each.variables):
            message = f"'{name}' is a coordinate of the curve and a variable here"
            hint = "call the variable t, or name the coordinates, as in u(x)=..."
            raise DerivError(message, each.source, Span(0, len(each.source)), hint)
    return dict(zip(names, expressions, strict=True)), None


def _polar(radius: Expression, angle: str) -> dict[str, Expression]:
    """The coordinates r*cos(theta) and r*sin(theta)."""
    from derivcli.engines.symbolic import expression_of
    from derivcli.language.functions.table import vocabulary
    from derivcli.language.tree import call, multiply, symbol

    turned = {"x": "cos", "y": "sin"}
    rows = vocabulary()
    trees = {axis: multiply([radius.expanded, call(rows[name], [symbol(angle)])]) for axis, name in turned.items()}
    return {axis: expression_of(tree, radius.spelling) for axis, tree in trees.items()}


def _of_parameter(request: Request) -> Request:
    """The request for derivatives by the parameter alone."""
    return replace(request, wrt=[request.moving], parameter="", angle="", tangent=False)


def curve_at_points(
    request: Request, coordinates: dict[str, Expression], radius: Expression | None, progress: Progress | None
) -> Curve:
    """The curve at the points that were typed, with its verdicts and exact values."""
    from derivcli.study.curves.curve import Curve
    from derivcli.study.curves.measures import rows_of
    from derivcli.study.curves.numbers import measured, motion_of
    from derivcli.study.curves.tapes import ParametricTapes
    from derivcli.study.curves.verdicts import measured_verdicts

    assert request.points is not None, "numbers are those at points"
    points, parameter, names = request.points, request.moving, list(coordinates)
    rows = rows_of(names)
    order = max(row.order for row in rows.values())
    results = computed(request, list(coordinates.values()), [parameter], order, progress)
    quantities = measured(rows, motion_of(results, parameter, order))
    found = Curve(dict(zip(names, results, strict=True)), parameter, quantities, radius=radius)
    if is_checked(request.check, points.count * len(rows)):
        kept = [(parameter,)] if len(names) > 2 else []
        results = with_verdicts(results, points, kept, progress)
        tapes = ParametricTapes.of(list(coordinates.values()), parameter, results[0].engine)
        verdicts = measured_verdicts(rows, quantities, tapes, results[0].at, points)
        found = replace(found, coordinates=dict(zip(names, results, strict=True)), verdicts=verdicts)
    if points.count <= MAX_TYPED_POINTS and (bool(points.typed) if request.exact is None else request.exact):
        from derivcli.explain.curves.values import exact_curve

        found = exact_curve(found, rows, points, bool(request.exact))
    return found


def computed(
    request: Request, expressions: Sequence[Expression], by: Sequence[str], order: int, progress: Progress | None
) -> list[Result]:
    """The results with all derivatives by some variables, alone and mixed, up to an order."""
    from itertools import combinations_with_replacement

    assert request.points is not None, "numbers are those at points"
    plain = replace(_of_parameter(request), wrt=list(by), dependent="")
    task = fit_together(plain, list(expressions))
    partials = [each for count in range(1, order + 1) for each in combinations_with_replacement(by, count)]
    job = prepare_engine(plain, replace(task, partials=partials), progress)
    limits.check_points_held(request.points.count)
    return compute(job, request.points, progress)


def with_verdicts(
    results: Sequence[Result], points: Points, partials: Sequence[Partial], progress: Progress | None
) -> list[Result]:
    """The results with verdicts for their values and for some of their derivatives."""
    keys = [derivative_key(partial) for partial in partials]
    some = [replace(each, derivatives={key: each.derivatives[key] for key in keys}) for each in results]
    found = judged(some, points, progress)
    return [
        replace(each, verdicts=one.verdicts, value_verdicts=one.value_verdicts)
        for each, one in zip(results, found, strict=True)
    ]


def tangents(request: Request, progress: Progress | None = None) -> Tangents:
    """What touches a curve or a surface at the points that were typed."""
    from derivcli.language.parse import in_place

    checked = replace(request, check=True)
    if request.moving:
        return _of_curve(checked, progress)
    expressions = [in_place(each) for each in parse(checked)]
    check_written(expressions, "a tangent is judged by formulas")
    task = fit_together(replace(checked, tangent=False), expressions)
    by = [name for (name,) in task.partials]
    if request.dependent:
        return _of_equation(checked, task.expressions[0], by, progress)
    return _of_function(checked, task.expressions[0], by, progress)


def _writing(request: Request, expression: Expression, point: int) -> Writing:
    """How the equations at a point are written."""
    from derivcli.study.curves.lines import Writing

    assert request.points is not None, "tangents are those at points"
    decimals = False
    for name, texts in request.points.at.items():
        typed = request.points.typed.get(name, ())
        is_formula = bool(typed and typed[point])
        decimals = decimals or not (is_formula or float(texts[point]).is_integer())
    return Writing(expression.spelling, request.exact, decimals)


def _exactly(request: Request, results: list[Result]) -> list[Result]:
    """The results with all exact values that are known, unless none are wanted."""
    assert request.points is not None, "tangents are those at points"
    if request.exact is False or request.points.count > MAX_TYPED_POINTS:
        return results
    from derivcli.explain.exact_values import exact_results

    return exact_results(results, request.points, True)


def _of_curve(request: Request, progress: Progress | None) -> Tangents:
    """The tangents of a curve of a parameter."""
    from derivcli.study.curves.circles import circles
    from derivcli.study.curves.curve import Tangents
    from derivcli.study.curves.numbers import exact_motion, motion_of
    from derivcli.study.curves.tangents import PASSAGE, Judged, in_plane, in_space
    from derivcli.study.curves.tapes import ParametricTapes

    coordinates, radius = coordinates_of(request)
    found = curve_at_points(replace(request, exact=False), coordinates, radius, progress)
    assert request.points is not None, "tangents are those at points"
    points, names = request.points, list(coordinates)
    results = _exactly(request, list(found.results))
    values = [Judged(each.value, each.value_verdicts, each.exact_value) for each in results]
    touching = []
    writings = [_writing(request, found.expression, point) for point in range(points.count)]
    for point in range(points.count):
        how = writings[point]
        at = [each.known(point) for each in values]
        if len(names) == 2:
            key = next(iter(found.quantities))
            slope = _exact_slope(found, key, results, point)
            touching.append(in_plane(names, at, slope, point, how, PASSAGE))
            continue
        velocity = [
            Judged(
                each.derivatives[found.parameter], each.verdicts[found.parameter], each.exact.get(found.parameter, ())
            )
            for each in results
        ]
        touching.append(in_space(names, at, velocity, point, how))
    made = Tangents(found, tuple(lines for lines, _ in touching), tuple(why for _, why in touching))
    if len(names) > 2:
        return made
    motions = [exact_motion(results, found.parameter, 2, point) for point in range(points.count)]
    tapes = ParametricTapes.of(list(coordinates.values()), found.parameter, results[0].engine)
    return circles(made, motion_of(results, found.parameter, 2), motions, tapes, points, names, writings)


def _exact_slope(found: Curve, key: str, results: list[Result], point: int) -> Judged:
    """The slope of a plane curve, at one point exactly if that is known."""
    from derivcli.study.curves.measures import SLOPE
    from derivcli.study.curves.numbers import exact_measure, exact_motion
    from derivcli.study.curves.tangents import Judged

    exact = exact_measure(SLOPE, exact_motion(results, found.parameter, 1, point))
    column = tuple(exact if place == point else None for place in range(point + 1))
    return Judged(found.quantities[key], found.verdicts[key], column)


def _of_function(request: Request, expression: Expression, by: Sequence[str], progress: Progress | None) -> Tangents:
    """The tangents of a graph, or the planes that touch it."""
    from derivcli.engines.symbolic import expression_of
    from derivcli.language.tree import symbol
    from derivcli.study.curves.circles import circles, graph_motion
    from derivcli.study.curves.curve import Tangents
    from derivcli.study.curves.tangents import Judged, coordinate_known, doubts, in_plane, of_surface
    from derivcli.study.curves.tapes import ParametricTapes

    assert request.points is not None, "tangents are those at points"
    points = request.points
    (result,) = computed(request, [expression], by, 2 if len(by) == 1 else 1, progress)
    (result,) = with_verdicts([result], points, [(name,) for name in by], progress)
    (full,) = _exactly(request, [result])
    shown = replace(result, derivatives={name: result.derivatives[name] for name in by})
    slopes = {name: Judged(full.derivatives[name], full.verdicts[name], full.exact.get(name, ())) for name in by}
    value = Judged(full.value, full.value_verdicts, full.exact_value)
    left = _ordinate(expression, by)
    unsure = doubts(expression, slopes, full.at, points, full.engine) if len(by) > 1 else []
    touching = []
    writings = [_writing(request, expression, point) for point in range(points.count)]
    for point in range(points.count):
        how = writings[point]
        at = [coordinate_known(points, name, point, float(full.at[name][point])) for name in by]
        at.append(value.known(point))
        if len(by) == 1:
            touching.append(in_plane([by[0], left], at, slopes[by[0]], point, how))
        else:
            touching.append(of_surface([*by, left], at, slopes, point, how, unsure[point]))
    made = Tangents(shown, tuple(lines for lines, _ in touching), tuple(why for _, why in touching))
    if len(by) > 1:
        return made
    tapes = ParametricTapes.of([expression_of(symbol(by[0])), expression], by[0], full.engine)
    motion, motions = graph_motion(full, by[0], points)
    return circles(made, motion, motions, tapes, points, (by[0], left), writings)


def _of_equation(request: Request, equation: Expression, by: Sequence[str], progress: Progress | None) -> Tangents:
    """The tangents of the curve of an equation, or the planes that touch its surface."""
    from derivcli.study.curves.circles import circles, level_motion
    from derivcli.study.curves.curve import Tangents
    from derivcli.study.curves.tangents import Judged, coordinate_known, doubts, in_plane, of_surface
    from derivcli.study.curves.tapes import ImplicitTapes

    assert request.points is not None, "tangents are those at points"
    points, dependent = request.points, request.dependent
    plain = replace(request, tangent=False)
    task = fit_together(plain, [equation])
    results = judged(compute(prepare_engine(plain, task, progress), points, progress), points, progress)
    (full,) = _exactly(request, results)
    slopes = {name: Judged(full.derivatives[name], full.verdicts[name], full.exact.get(name, ())) for name in by}
    unsure = doubts(equation, slopes, full.at, points, full.engine) if len(by) > 1 else []
    names = [*by, dependent]
    touching = []
    writings = [_writing(request, equation, point) for point in range(points.count)]
    for point in range(points.count):
        how = writings[point]
        at = [coordinate_known(points, name, point, float(full.at[name][point])) for name in names]
        if len(by) == 1:
            touching.append(in_plane(names, at, slopes[by[0]], point, how))
        else:
            touching.append(of_surface(names, at, slopes, point, how, unsure[point]))
    made = Tangents(results[0], tuple(lines for lines, _ in touching), tuple(why for _, why in touching))
    if len(by) > 1:
        return made
    axes = (by[0], dependent)
    level = computed(request, [equation], axes, 2, progress)
    (exact,) = _exactly(request, level)
    motion, motions = level_motion(exact, axes, points)
    tapes = ImplicitTapes.of(equation, axes, full.engine)
    return circles(made, motion, motions, tapes, points, axes, writings)


def _ordinate(expression: Expression, by: Sequence[str]) -> str:
    """What the function's value is called in the equation of what touches its graph."""
    taken = {*expression.variables, *by}
    usual = ("y", "z", "w") if len(by) == 1 else ("z", "y", "w")
    return next((name for name in usual if name not in taken), expression.name or "f")
