"""The ball rules of steps, kinks and conditions, and how a rule says that there is no value or no series."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from flint import arb, arb_series, fmpq

from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.engines.balls.integers import floor, only_whole
from derivcli.engines.balls.run import Number, Run
from derivcli.engines.balls.tape import HOLDS, TapeNode

BallSeries: TypeAlias = arb_series
BallRule: TypeAlias = Callable[[Run, TapeNode, list[Number]], Any]


def no_value(node: TapeNode, *numbers: Number) -> NoValueError:
    """What is raised where a function has no real value."""
    places = ", ".join(f"{float(number.ball.mid()):.6g}" for number in numbers)
    return NoValueError(f"{node.operation} has no real value at {places}")


def plain(function: Callable[..., BallSeries]) -> BallRule:
    """A rule that needs no look at special places."""
    return lambda run, node, numbers: function(*[number.series for number in numbers])


def above(edge: int, function: Callable[[BallSeries], BallSeries], at_edge: int | None = None) -> BallRule:
    """A function of x > edge; at the edge it has the value `at_edge`, if any, and no series."""

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


def _abs(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    sign = numbers[0].sign()
    if sign == 0:
        numbers[0].touch()
    return numbers[0].series if sign >= 0 else -numbers[0].series


def _sign(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    sign = numbers[0].sign()
    if sign == 0:
        numbers[0].touch()
    return arb_series([arb(sign)])


def _greatest(sense: int) -> BallRule:
    """The greatest of the operands or, with `sense` -1, the least."""

    def rule(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
        best = numbers[0]
        for number in numbers[1:]:
            difference = sense * best.minus(number)
            if difference == 0:
                best.touch()
                number.touch()
            elif difference < 0:
                best = number
        return best.series

    return rule


Known: TypeAlias = Callable[[], "fmpq | None"]
"""What finds a number as a rational one, where it is known to be one."""


def floor_of(run: Run, ball: arb, exact: fmpq | None, known: Known = lambda: None) -> tuple[arb, bool]:
    """The greatest whole number below, and whether the number is itself whole; `known` is asked where balls fail."""
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


def _rational(x: Number) -> fmpq | None:
    """A number as a rational one, as far as its constants tell."""
    return None if x.constant is None else x.run.found(x.constant.rational)


def _rational_quotient(x: Number, y: Number) -> fmpq | None:
    """A quotient as a rational number, as of 2*pi/pi."""
    above, below = x.constant, y.constant
    if above is None or below is None:
        return None
    return x.run.found(x.field.product(above, x.field.power(below, fmpq(-1))).rational)


def _floor(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    below, whole = floor_of(run, numbers[0].ball, numbers[0].exact, lambda: _rational(numbers[0]))
    if whole:
        numbers[0].touch()
    return arb_series([below])


def _shifted(x: Number) -> fmpq | None:
    """A number and a half as a rational one."""
    known = _rational(x)
    return None if known is None else known + fmpq(1, 2)


def _round(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    """To the nearest whole number, halves to the even one."""
    x = numbers[0]
    exact = None if x.exact is None else x.exact + fmpq(1, 2)
    below, tie = floor_of(run, x.ball + arb(0.5), exact, lambda: _shifted(x))
    if tie:
        x.touch()
        below -= (only_whole(below) or 0) % 2
    return arb_series([below])


def _size(number: fmpq | None) -> fmpq | None:
    return None if number is None else abs(number)


def _trunc(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    """The whole number next towards 0, which jumps at whole numbers but 0."""
    x = numbers[0]
    if x.ball < 1 and x.ball > -1:
        return arb_series([arb(0)])
    sign = x.sign()
    exact = None if x.exact is None else abs(x.exact)
    below, whole = floor_of(run, abs(x.ball), exact, lambda: _size(_rational(x)))
    if whole and sign:
        x.touch()
    return arb_series([sign * below])


def _fmod(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    """x - y*trunc(x/y), with the sign of x."""
    x, y = numbers
    if y.sign() == 0:
        raise no_value(node, x, y)
    quotient = x.ball / y.ball
    exact = None if x.exact is None or y.exact is None else abs(x.exact / y.exact)
    below, whole = floor_of(run, abs(quotient), exact, lambda: _size(_rational_quotient(x, y)))
    sign = x.sign() * y.sign()
    if whole and sign:
        x.touch()
        y.touch()
    return x.series - y.series * below * sign


def _mod(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    """x - y*floor(x/y)."""
    x, y = numbers
    if y.sign() == 0:
        raise no_value(node, *numbers)
    exact = None if x.exact is None or y.exact is None else x.exact / y.exact
    below, whole = floor_of(run, x.ball / y.ball, exact, lambda: _rational_quotient(x, y))
    if whole:
        x.touch()
        y.touch()
    return x.series - y.series * below


def _xlogy(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    """x*log(y), 0 where x is 0."""
    x, y = numbers
    if y.sign() <= 0:
        if x.sign() != 0 or y.sign() < 0:
            raise no_value(node, *numbers)
        x.touch()
        y.touch()
        return arb_series([arb(0)])
    return x.series * y.series.log()


def _xlog1py(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    """x*log(1+y), 0 where x is 0."""
    x, y = numbers
    if y.minus(-1) <= 0:
        if x.sign() != 0 or y.minus(-1) < 0:
            raise no_value(node, *numbers)
        x.touch()
        y.touch()
        return arb_series([arb(0)])
    return x.series * (1 + y.series).log()


def _compare(holds: Callable[[int], bool]) -> BallRule:
    """A comparison; at equality of things that vary the branch changes."""

    def rule(run: Run, node: TapeNode, numbers: list[Number]) -> bool:
        sign = numbers[0].minus(numbers[1])
        if sign == 0:
            numbers[0].touch()
            numbers[1].touch()
        return holds(sign)

    return rule


def _all(run: Run, node: TapeNode, numbers: list[Number]) -> bool:
    return all(number.series for number in numbers)


def _any(run: Run, node: TapeNode, numbers: list[Number]) -> bool:
    return any(number.series for number in numbers)


def _relu(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    sign = numbers[0].sign()
    if sign == 0:
        numbers[0].touch()
    return numbers[0].series if sign > 0 else arb_series([arb(0)])


STEPS: dict[str, BallRule] = {
    **{mark: _compare(holds) for mark, holds in HOLDS.items()},
    "and": _all,
    "or": _any,
    "not": lambda run, node, numbers: not numbers[0].series,
    "true": lambda run, node, numbers: True,
    "false": lambda run, node, numbers: False,
    "abs": _abs,
    "sign": _sign,
    "floor": _floor,
    "round": _round,
    "trunc": _trunc,
    "mod": _mod,
    "fmod": _fmod,
    "max": _greatest(1),
    "min": _greatest(-1),
    "relu": _relu,
    "xlogy": _xlogy,
    "xlog1py": _xlog1py,
}
"""The rules of functions that are made of pieces."""
