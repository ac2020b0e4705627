"""The functions for Python that tell of curves: their slopes and curvature, and the lines and planes that touch.

Arguments that are not explained mean what `derive` says of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack, overload

from derivcli import curve_plans
from derivcli.api_requests import listed_formulas_of, request_of
from derivcli.errors import ArgumentError
from derivcli.python_arguments import formulas_of, names_of, reading
from derivcli.python_options import At, ExactOptions, Formula, Names, PointOptions

if TYPE_CHECKING:
    from derivcli.study.curves.curve import Curve, CurveFormulas, Tangents


class CurveOptions(ExactOptions, total=False):
    """The parameters of those that tell of curves."""

    engine: str
    device: object


class TangentOptions(PointOptions, total=False):
    """The parameters of what touches, all of which is checked."""

    dependent: str
    parameter: str
    angle: str
    exact: bool | None
    engine: str
    device: object


@overload
def parametric(
    coordinates: Sequence[Formula], parameter: str, at: None = None, **options: Unpack[CurveOptions]
) -> CurveFormulas: ...
@overload
def parametric(coordinates: Sequence[Formula], parameter: str, at: At, **options: Unpack[CurveOptions]) -> Curve: ...
@reading(CurveOptions)
def parametric(
    coordinates: Sequence[Formula], parameter: str, at: At | None = None, **options: Unpack[CurveOptions]
) -> Curve | CurveFormulas:
    """The slope, the speed and the curvature of a curve whose coordinates are two formulas in a parameter, or three.

    Of a plane curve these are dy/dx, d2y/dx2, the speed and the curvature, which is positive where the curve turns to
    the left; of a curve in space the speed, the curvature and the torsion. With points the result is a Curve, whose
    `quantities` have shape (points,); without them a CurveFormulas.
    """
    (name,) = names_of([parameter], "t")
    return _curve(formulas_of(coordinates, "coordinates"), at, parameter=name, **options)


@overload
def polar(radius: Formula, angle: str, at: None = None, **options: Unpack[CurveOptions]) -> CurveFormulas: ...
@overload
def polar(radius: Formula, angle: str, at: At, **options: Unpack[CurveOptions]) -> Curve: ...
@reading(CurveOptions)
def polar(radius: Formula, angle: str, at: At | None = None, **options: Unpack[CurveOptions]) -> Curve | CurveFormulas:
    """The same as `parametric` of the curve x = r*cos(angle), y = r*sin(angle), whose radius r is a formula."""
    (name,) = names_of([angle], "theta")
    return _curve([radius], at, angle=name, **options)


@reading(TangentOptions)
def tangent(
    expression: Formula | Sequence[Formula], at: At, wrt: Names | None = None, **options: Unpack[TangentOptions]
) -> Tangents:
    """What touches a curve or a surface at points, and what stands upright on it there, as equations.

    Of a function of one variable these are the tangent and the normal of its graph; of several, tangent planes and
    normal lines. With a `dependent` variable the expression is an equation, as for `implicit`; with a `parameter` it is
    a list of coordinates, as for `parametric`, and with an `angle` a radius, as for `polar`. Where there is no
    derivative there is no tangent, but half tangents where there are any, and `absence` says why. All is judged.
    """
    expressions = listed_formulas_of(expression)
    if at is None:
        raise ArgumentError("a tangent touches at a point", hint='give one, as in at={"x": 3}')
    for name, usage in (("parameter", "t"), ("angle", "theta")):
        given: Any = options.get(name)
        if given:
            options[name] = names_of([given], usage)[0]  # type: ignore[literal-required]
    return curve_plans.tangents(request_of(expressions, at, wrt, tangent=True, **options))


def _curve(formulas: Sequence[Formula], at: At | None, **options: Any) -> Curve | CurveFormulas:
    return curve_plans.curve(request_of(formulas, at, None, **options))
