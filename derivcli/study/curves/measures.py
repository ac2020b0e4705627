"""What is measured of a curve at a point: one row each, with its formula, its number and its enclosure.

The number is made of the derivatives by the parameter that an engine gives. The enclosure is made of power series,
in other ways: slopes by the inverse series of x(t), curvature by the curve as a graph over its own tangent, and in
space by the curve as a function of its length.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import factorial
from typing import Any, TypeAlias

import numpy as np
from flint import arb, arb_series, ctx

from derivcli.engines.balls.errors import UnsureError
from derivcli.engines.balls.partials import FlatError
from derivcli.language.tree import Tree
from derivcli.result import FloatArray

Motion: TypeAlias = "Sequence[Sequence[FloatArray]]"
"""For each coordinate of a curve its value and its derivatives by the parameter, at every point."""

MotionTrees: TypeAlias = Sequence[Sequence[Any]]
"""The same as formulas, or as exact numbers."""

Expansions: TypeAlias = Sequence[Sequence[arb]]
"""For each coordinate its Taylor coefficients in the parameter about a point."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is measured: its name with the names of coordinates in it, and the highest derivative that it takes."""

    name: str
    order: int
    number: Callable[[Motion], FloatArray]
    formula: Callable[[MotionTrees], Tree]
    enclosure: Callable[[Expansions], arb]
    is_slope: bool = False
    """Whether it is a derivative of the second coordinate by the first."""


def length(parts: Sequence[Any]) -> Any:
    """The length of a vector of numbers, without squares that overflow."""
    found = np.abs(parts[0])
    for part in parts[1:]:
        found = np.hypot(found, part)
    return found


def _derivatives(motion: Sequence[Sequence[Any]], order: int) -> list[Any]:
    return [coordinate[order] for coordinate in motion]


def _slope(motion: Motion) -> FloatArray:
    found: FloatArray = motion[1][1] / motion[0][1]
    return found


def _second_slope(motion: Motion) -> FloatArray:
    (_, x1, x2, *_), (_, y1, y2, *_) = motion
    found: FloatArray = (y2 - y1 / x1 * x2) / x1 / x1
    return found


def _speed(motion: Motion) -> FloatArray:
    found: FloatArray = length(_derivatives(motion, 1))
    return found


def _curvature(motion: Motion) -> FloatArray:
    (_, x1, x2, *_), (_, y1, y2, *_) = motion
    speed = length([x1, y1])
    found: FloatArray = (x1 / speed * y2 - y1 / speed * x2) / speed / speed
    return found


def _cross(one: Sequence[Any], other: Sequence[Any]) -> list[Any]:
    (a, b, c), (d, e, f) = one, other
    return [b * f - c * e, c * d - a * f, a * e - b * d]


def _dot(one: Sequence[Any], other: Sequence[Any]) -> Any:
    products = [each * part for each, part in zip(one, other, strict=True)]
    return sum(products[1:], products[0])


def _bend(motion: Motion) -> FloatArray:
    velocity, acceleration = _derivatives(motion, 1), _derivatives(motion, 2)
    speed = length(velocity)
    unit = [each / speed for each in velocity]
    found: FloatArray = length(_cross(unit, [each / speed for each in acceleration])) / speed
    return found


def _torsion(motion: Motion) -> FloatArray:
    across = _cross(_derivatives(motion, 1), _derivatives(motion, 2))
    size = length(across)
    found: FloatArray = _dot([each / size for each in across], _derivatives(motion, 3)) / size
    return found


def squares(parts: Sequence[Any]) -> Any:
    """The sum of the squares of formulas."""
    return _dot(parts, parts)


def _curvature_formula(motion: MotionTrees) -> Tree:
    (_, x1, x2, *_), (_, y1, y2, *_) = motion
    return (x1 * y2 - y1 * x2) / squares([x1, y1]) ** _half(3)


def _half(count: int) -> Any:
    import sympy  # late, since numbers need none

    return sympy.Rational(count, 2)


def _torsion_formula(motion: MotionTrees) -> Tree:
    across = _cross(_derivatives(motion, 1), _derivatives(motion, 2))
    return _dot(across, _derivatives(motion, 3)) / squares(across)


def _bend_formula(motion: MotionTrees) -> Tree:
    velocity = _derivatives(motion, 1)
    across = _cross(velocity, _derivatives(motion, 2))
    return squares(across) ** _half(1) / squares(velocity) ** _half(3)


# Enclosures


def is_zero(balls: Sequence[arb]) -> bool:
    """Whether all numbers are exactly 0; raises UnsureError where that is not known."""
    if all(ball.is_zero() for ball in balls):
        return True
    if all(ball.contains(0) for ball in balls):
        raise UnsureError
    return False


def _offsets(coordinate: Sequence[arb]) -> arb_series:
    return arb_series([0, *coordinate[1:]])


def _over(y: arb_series, x: arb_series, order: int) -> arb:
    """The n-th derivative of y by x, of two series without a constant term."""
    if is_zero([x[1]]):
        raise FlatError
    found: arb = y(x.reversion())[order] * factorial(order)
    return found


def slope_enclosure(order: int) -> Callable[[Expansions], arb]:
    """The derivative of an order of the second coordinate by the first."""

    def enclosure(curve: Expansions) -> arb:
        ctx.cap = order + 1
        return _over(_offsets(curve[1]), _offsets(curve[0]), order)

    return enclosure


def _unit(curve: Expansions) -> tuple[list[arb], arb]:
    """The direction of a curve as a vector of length 1, and the speed."""
    velocity = [coordinate[1] for coordinate in curve]
    if is_zero(velocity):
        raise FlatError
    speed = _root(squares(velocity))
    return [each / speed for each in velocity], speed


def speed_enclosure(curve: Expansions) -> arb:
    """The length of the velocity."""
    return _root(squares([coordinate[1] for coordinate in curve]))


def _root(ball: arb) -> arb:
    """The root of what is not negative, though its ball may be."""
    return arb.max(ball, arb(0)).sqrt()


def curvature_enclosure(curve: Expansions) -> arb:
    """The curvature of a plane curve, as the second derivative of the graph that it is over its own tangent."""
    ctx.cap = 3
    (cosine, sine), _ = _unit(curve)
    x, y = map(_offsets, curve)
    return _over(y * cosine - x * sine, x * cosine + y * sine, 2)


def _by_length(curve: Expansions, order: int) -> list[arb_series]:
    """A curve in space as a function of its length."""
    ctx.cap = order + 1
    _unit(curve)
    offsets = [_offsets(coordinate) for coordinate in curve]
    passed = squares([offset.derivative() for offset in offsets]).sqrt().integral()
    parameter = passed.reversion()
    return [offset(parameter) for offset in offsets]


def bend_enclosure(curve: Expansions) -> arb:
    """The curvature in space, as the length of the second derivative by the length."""
    bent = [2 * coordinate[2] for coordinate in _by_length(curve, 2)]
    return _root(squares(bent))


def torsion_enclosure(curve: Expansions) -> arb:
    """The torsion, as the volume of the first three derivatives by the length over the square of the curvature."""
    first, second, third = (
        [coordinate[order] * factorial(order) for coordinate in _by_length(curve, 3)] for order in (1, 2, 3)
    )
    if is_zero(second):
        raise FlatError
    found: arb = _dot(_cross(first, second), third) / squares(second)
    return found


def radius_enclosure(curve: Expansions) -> arb:
    """The radius of curvature."""
    found: arb = 1 / abs(_bent(curve))
    return found


def _bent(curve: Expansions) -> arb:
    curvature = curvature_enclosure(curve)
    if is_zero([curvature]):
        raise FlatError
    return curvature


def _centre_enclosure(axis: int) -> Callable[[Expansions], arb]:
    def enclosure(curve: Expansions) -> arb:
        (cosine, sine), _ = _unit(curve)
        found: arb = curve[axis][0] + (cosine if axis else -sine) / _bent(curve)
        return found

    return enclosure


def _radius(motion: Motion) -> FloatArray:
    found: FloatArray = 1 / np.abs(_curvature(motion))
    return found


def _centre(axis: int) -> Callable[[Motion], FloatArray]:
    def number(motion: Motion) -> FloatArray:
        x1, y1 = motion[0][1], motion[1][1]
        normal = (x1 if axis else -y1) / length([x1, y1])
        found: FloatArray = motion[axis][0] + normal / _curvature(motion)
        return found

    return number


def _centre_formula(axis: int) -> Callable[[MotionTrees], Tree]:
    def formula(motion: MotionTrees) -> Tree:
        (_, x1, x2, *_), (_, y1, y2, *_) = motion
        return motion[axis][0] + (x1 if axis else -y1) * squares([x1, y1]) / (x1 * y2 - y1 * x2)

    return formula


def _radius_formula(motion: MotionTrees) -> Tree:
    return abs(1 / _curvature_formula(motion))


SLOPE = Row("d{1}/d{0}", 1, _slope, lambda motion: motion[1][1] / motion[0][1], slope_enclosure(1), is_slope=True)

SECOND_SLOPE = Row(
    "d2{1}/d{0}2",
    2,
    _second_slope,
    lambda m: (m[0][1] * m[1][2] - m[1][1] * m[0][2]) / m[0][1] ** 3,
    slope_enclosure(2),
    is_slope=True,
)

SPEED = Row("speed", 1, _speed, lambda motion: squares(_derivatives(motion, 1)) ** _half(1), speed_enclosure)

CURVATURE = Row("curvature", 2, _curvature, _curvature_formula, curvature_enclosure)
"""Positive where a plane curve turns to the left."""

CURVATURE_IN_SPACE = Row("curvature", 2, _bend, _bend_formula, bend_enclosure)

TORSION = Row("torsion", 3, _torsion, _torsion_formula, torsion_enclosure)
"""Positive where a curve winds like the thread of a screw."""

RADIUS = Row("radius", 2, _radius, _radius_formula, radius_enclosure)

CENTRES = tuple(
    Row(f"centre {{{axis}}}", 2, _centre(axis), _centre_formula(axis), _centre_enclosure(axis)) for axis in (0, 1)
)

PLANE = (SLOPE, SECOND_SLOPE, SPEED, CURVATURE)
SPACE = (SPEED, CURVATURE_IN_SPACE, TORSION)
CIRCLE = (RADIUS, *CENTRES)
"""The circle of curvature of a plane curve."""


def rows_of(names: Sequence[str]) -> dict[str, Row]:
    """What is measured of a curve with coordinates of these names, by its key."""
    return {row.name.format(*names): row for row in (PLANE if len(names) == 2 else SPACE)}
