"""The curvature of plane curves with the circle that fits them best: of graphs, of a parameter, of equations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import sympy

from derivcli.engines.symbolic import attempted, expression_of
from derivcli.language.expression import Expression
from derivcli.points.points import Points
from derivcli.result import Exact, Result, derivative_key
from derivcli.study.curves.curve import Tangents
from derivcli.study.curves.lines import Writing
from derivcli.study.curves.measures import CENTRES, CURVATURE, RADIUS, Motion, Row
from derivcli.study.curves.numbers import exact_measures, measured, motion_of
from derivcli.study.curves.tangents import coordinate_known
from derivcli.study.curves.verdicts import CurveTapes, measured_verdicts

ExactMotion = list[list[Expression | None]]

FORM_SECONDS = 0.5

MAX_COST = 14
"""An exact value that costs its reader more is not told, unless that is asked for."""


def circles(
    tangents: Tangents,
    motion: Motion,
    motions: Sequence[ExactMotion],
    tapes: CurveTapes,
    points: Points,
    names: Sequence[str],
    writings: Sequence[Writing],
) -> Tangents:
    """The tangents of a plane curve with its curvature, the radius and the centre of the circle of curvature."""

    def is_told(point: int, value: Expression, number: float) -> bool:
        return writings[point].tells(value.tree, MAX_COST)

    rows: dict[str, Row] = {row.name.format(*names): row for row in (CURVATURE, RADIUS, *CENTRES)}
    numbers = measured(rows, motion)
    verdicts = measured_verdicts(rows, numbers, tapes, tangents.at, points)
    exact = exact_measures(rows, motions, verdicts, is_told, numbers)
    return replace(tangents, quantities=numbers, verdicts=verdicts, exact=exact)


def graph_motion(result: Result, name: str, points: Points) -> tuple[Motion, list[ExactMotion]]:
    """The motion along a graph, in which x is the parameter."""
    x = result.at[name]
    moving = [x, np.ones_like(x), np.zeros_like(x)]
    one, zero = (expression_of(sympy.Integer(value)) for value in (1, 0))
    exact = []
    for point in range(points.count):
        here = coordinate_known(points, name, point, float(x[point])).exact
        place = None if here is None else attempted(FORM_SECONDS, expression_of, here)
        exact.append([[place, one, zero], _values(result, [(), (name,), (name, name)], point)])
    return [moving, *motion_of([result], name, 2)], exact


def level_motion(result: Result, axes: tuple[str, str], points: Points) -> tuple[Motion, list[ExactMotion]]:
    """A motion along the curve F = 0, upright on the gradient of F, as x grows or, where it cannot, as y does."""
    x, y = axes
    keys = [(x,), (y,), (x, x), (x, y), (y, y)]
    fx, fy, *second = (result.derivatives[derivative_key(key)] for key in keys)
    sense = np.where(fy != 0, np.sign(fy), -np.sign(fx))
    with np.errstate(all="ignore"):
        moved = _moved(fx, fy, second, sense)
    numbers = [[result.at[name], *each] for name, each in zip(axes, moved, strict=True)]
    exact: list[ExactMotion] = []
    for point in range(points.count):
        known: list[Any] = [each and each.expanded for each in _values(result, keys, point)]
        places = [coordinate_known(points, name, point, float(result.at[name][point])).exact for name in axes]
        if any(each is None for each in (*known, *places)):
            unknown: list[Expression | None] = [None] * 3
            exact.append([unknown, unknown])
            continue
        signed = known[1] if known[1] != 0 else -known[0]
        paths = _moved(known[0], known[1], known[2:], sympy.sign(signed))
        trees = [[place, *each] for place, each in zip(places, paths, strict=True)]
        exact.append([[attempted(FORM_SECONDS, expression_of, tree) for tree in each] for each in trees])
    return numbers, exact


def _moved(fx: Any, fy: Any, second: Sequence[Any], sense: Any) -> list[list[Any]]:
    """Velocity and acceleration of a point that moves by (F_y, -F_x)."""
    fxx, fxy, fyy = second
    x1, y1 = sense * fy, -sense * fx
    return [[x1, sense * (fxy * x1 + fyy * y1)], [y1, -sense * (fxx * x1 + fxy * y1)]]


def _values(result: Result, partials: Sequence[tuple[str, ...]], point: int) -> list[Expression | None]:
    columns: list[Exact] = [
        result.exact.get(derivative_key(each), ()) if each else result.exact_value for each in partials
    ]
    return [each[point] if each else None for each in columns]
