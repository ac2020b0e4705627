"""The slope, the speed and the curvature of a curve as formulas in its parameter, in their shortest forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derivcli.engines.symbolic import arrange, deep_recursion, expression_of, has_pieces, merged
from derivcli.explain.piecewise.piecewise_derivative import derivatives
from derivcli.language.expression import Expression
from derivcli.language.tree import Tree
from derivcli.result import derivative_key
from derivcli.simplify.cost import cost
from derivcli.simplify.shortest import shortest
from derivcli.study.curves.curve import CurveFormulas
from derivcli.study.curves.measures import SECOND_SLOPE, SLOPE, rows_of


def curve_formulas(
    coordinates: Mapping[str, Expression], parameter: str, radius: Expression | None = None
) -> CurveFormulas:
    """What is measured of a curve, as formulas."""
    rows = rows_of(list(coordinates))
    order = max(row.order for row in rows.values())
    partials = [(parameter,) * each for each in range(1, order + 1)]
    derived = [derivatives(each, partials) for each in coordinates.values()]
    motion = [
        [result.expression.expanded, *(result.derivatives[derivative_key(each)].expanded for each in partials)]
        for result in derived
    ]
    spelling = next(iter(coordinates.values())).spelling
    trees: dict[str, Tree] = {}
    with deep_recursion():
        for key, row in rows.items():
            made = [row.formula(motion)]
            if radius is not None and not row.is_slope:
                made.append(row.formula(_in_polar_frame(radius, parameter)))
            if row is SECOND_SLOPE:
                first = expression_of(trees[SLOPE.name.format(*coordinates)])
                slope = derivatives(first, [(parameter,)]).derivatives[parameter].expanded
                made.append(merged(slope) / motion[0][1])
            trees[key] = min(map(_shortest, made), key=cost)
    velocity = {name: result.derivatives[parameter] for name, result in zip(coordinates, derived, strict=True)}
    formulas = {key: expression_of(tree, spelling) for key, tree in trees.items()}
    return CurveFormulas(dict(coordinates), parameter, velocity, formulas, radius)


def _in_polar_frame(radius: Expression, angle: str) -> list[list[Any]]:
    """The velocity and the acceleration of a polar curve along its radius and across it."""
    found = derivatives(radius, [(angle,), (angle, angle)]).derivatives
    r, first, second = radius.expanded, found[angle].expanded, found[f"{angle},{angle}"].expanded
    r, first, second = merged(r), merged(first), merged(second)
    return [[r, first, second - r], [0, r, 2 * first]]


def _shortest(tree: Any) -> Tree:
    shape = arrange(merged(tree))
    return shape if has_pieces(shape) else shortest(shape).shape
