"""What ball rules are made of: their type, where they have no value or no series, and the floor of a number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
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


def between(
    low: int | None,
    high: int | None,
    function: Callable[[BallSeries], BallSeries],
    ends: Mapping[int, Callable[[arb], arb]] = MappingProxyType({}),
) -> BallRule:
    """A function of low < x < high. At the `ends` named it has a value too, and no series."""

    def rule(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
        x = numbers[0]
        for end, side in ((low, 1), (high, -1)):
            inside = 1 if end is None else side * x.minus(end)
            if end is not None and inside == 0 and end in ends:
                x.touch()
                return arb_series([ends[end](arb(end))])
            if inside <= 0:
                raise no_value(node, *numbers)
        return function(x.series)

    return rule


def nonzero(function: Callable[[BallSeries], BallSeries]) -> BallRule:
    """A function of x != 0."""

    def rule(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
        if numbers[0].sign() == 0:
            raise no_value(node, *numbers)
        return function(numbers[0].series)

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
