"""A derivative at a point: its values put into the formula, and what that comes to, exact where it is proved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from derivcli.check.exact_equality import is_exactly, is_number
from derivcli.check.judge import coordinates
from derivcli.check.true_derivative import KnownDerivative, derivative_at, sum_at
from derivcli.engines.balls.coordinates import Coordinate
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.symbolic import arrange, expression_of, merged
from derivcli.language import tree as build
from derivcli.language.expression import Expression
from derivcli.language.pickling import equal, reduced
from derivcli.language.printer import text_of
from derivcli.language.tree import Tree, fold, substitute, symbol
from derivcli.points.points import Points
from derivcli.result import SymbolicResult, partial_of
from derivcli.simplify.exact_value import exact_forms

SHOWN_DIGITS = 10

MAX_TRIALS = 3
"""So many forms of a number are compared with the truth."""


@dataclass(frozen=True, slots=True)
class DerivativeValue:
    """A derivative at the point `at`: `put` is the formula with the point in it.

    `exact` is what it comes to, None where no formula is proved to be that; `number` are its first digits, "" where
    there is no number, or none is known, and `reason` says why.
    """

    at: Mapping[str, Tree]
    put: Tree
    exact: Expression | None
    number: str
    reason: str = ""

    __eq__ = equal
    __reduce__ = reduced

    @property
    def forms(self) -> list[Tree]:
        """The formula with the point in it and, where that is another one, what it comes to."""
        put = self.put if self.is_rational else arrange(self.put)
        if self.exact is None or text_of(self.exact.tree) == text_of(put):
            return [self.put]
        return [self.put, self.exact.tree]

    @property
    def is_rational(self) -> bool:
        """Whether it comes to a fraction, which needs no digits beside it."""
        return self.exact is not None and bool(merged(self.exact.tree).is_Rational)


def values(result: SymbolicResult, key: str, formula: Tree, points: Points) -> tuple[DerivativeValue, ...]:
    """The derivative of a key, with its formula, at all points."""
    return tuple(_value(result, key, formula, points, place) for place in range(points.count))


def _value(result: SymbolicResult, key: str, formula: Tree, points: Points, place: int) -> DerivativeValue:
    expression = result.expression
    point = {name: _typed(points, name, place) for name in points.names}
    put = fold(substitute(formula, {symbol(name): tree for name, tree in point.items()}), _with_signs)
    variables = points.at if result.functions else expression.variables
    at = coordinates(points.at, points, variables, place)
    if result.dependent and not is_exactly(expression_of(sympy.S.Zero), expression, Derivative(), at):
        return DerivativeValue(point, put, None, "", "the point is not on the curve")
    truth = _truth(result, key, at)
    if truth.ball is None or truth.one_sided:
        one_sided = "the function is defined on one side only" if truth.one_sided else "nothing is proved of it"
        return DerivativeValue(point, put, None, "", truth.reason or one_sided)
    forms = map(expression_of, exact_forms(formula, point)[:MAX_TRIALS])
    exact = next((form for form in forms if is_number(form, truth)), None)
    return DerivativeValue(point, put, exact, f"{float(truth.ball.mid()):.{SHOWN_DIGITS}g}")


def _truth(result: SymbolicResult, key: str, at: Mapping[str, Coordinate]) -> KnownDerivative:
    """What is known of a derivative, or of a sum of some, at a point."""
    if key not in result.sums:
        asked = Derivative(partial_of(key)[::-1], dependent=result.dependent)
        return derivative_at(result.expression, asked, at)
    terms = [(each.sign, result.functions[each.place], Derivative(each.partial[::-1])) for each in result.sums[key]]
    return sum_at(terms, at)


def _with_signs(node: Any, parts: list[Tree]) -> Tree:
    """The node, a number with its sign where it is one that is subtracted."""
    if isinstance(node, sympy.Mul) and parts[0] is build.MINUS_ONE and len(parts) == 2:
        return build.negative(parts[1])
    return build.rebuild(node, parts) if parts else node


def _typed(points: Points, name: str, place: int) -> Tree:
    exact = points.exact(name, place)
    return sympy.Rational(*float(points.at[name][place]).as_integer_ratio()) if exact is None else exact
