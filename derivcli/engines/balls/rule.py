"""What ball rules are made of: their type, where they have no value or no series, and the floor of a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from flint import arb, arb_series, fmpq

from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.engines.balls.integers import floor
from derivcli.engines.balls.run import Number, Run
from derivcli.engines.balls.tape import TapeNode

BallSeries: TypeAlias = arb_series
BallRule: TypeAlias = Callable[[Run, TapeNode, list[Number]], Any]


def no_value(node: TapeNode, *numbers: Number) -> NoValueError:
    """What is raised where a function has no real value."""
    at = ", ".join(f"{float(number.ball.mid()):.6g}" for number in numbers)
    return NoValueError(f"{node.operation} has no real value at {at}")


def plain(function: Callable[..., BallSeries]) -> BallRule:
    """A rule that has a series everywhere."""
    return lambda run, node, numbers: function(*[number.series for number in numbers])


def above(edge: int, function: Callable[[BallSeries], BallSeries], at_edge: int | None = None) -> BallRule:
    """A function of x > edge. At the edge it has the value `at_edge`, if any, and no series."""

    def rule(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
        x = numbers[0]
        sign = x.minus(edge)
        if sign < 0 or (sign == 0 and at_edge is None):
            raise no_value(node, *numbers)
        if sign == 0:
            x.touch()
            return arb_series([arb(at_edge)])
        return function(x.series)

    return rule


def nonzero(function: Callable[[BallSeries], BallSeries]) -> BallRule:
    """A function of x != 0."""

    def rule(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
        if numbers[0].sign() == 0:
            raise no_value(node, *numbers)
        return function(numbers[0].series)

    return rule


def between(function: Callable[[BallSeries], BallSeries], at_end: Callable[[arb], arb] | None = None) -> BallRule:
    """A function of -1 < x < 1. At the ends it has the values of `at_end`, if any, and no series."""

    def rule(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
        x = numbers[0]
        inside = min(x.minus(-1), -x.minus(1))
        if inside < 0 or (inside == 0 and at_end is None):
            raise no_value(node, *numbers)
        if inside == 0 and at_end is not None:
            x.touch()
            return arb_series([at_end(arb(1 if x.ball > 0 else -1))])
        return function(x.series)

    return rule


Known: TypeAlias = Callable[[], "fmpq | None"]
"""What finds a number as a rational one, where it is known to be one."""


def floor_of(run: Run, ball: arb, exact: fmpq | None, known: Known = lambda: None) -> tuple[arb, bool]:
    """The greatest whole number below, and whether the number is whole. `known` is asked where balls do not tell."""
    found: tuple[arb, bool] = run.decide(lambda: _floor_anew(ball, None if run.rounding else exact, known))
    return found


def _floor_anew(ball: arb, exact: fmpq | None, known: Known) -> tuple[arb, bool]:
    below = None if exact is not None else floor(ball)
    if below is not None and ball > below:
        return arb(below), False
    value = known() if exact is None else exact
    if value is None:
        raise UnsureError
    return arb(value.floor()), value.q == 1
