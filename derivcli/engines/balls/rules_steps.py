"""The ball rules of steps, kinks and conditions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flint import arb, arb_series, fmpq

from derivcli.engines.balls.integers import only_whole
from derivcli.engines.balls.rule import BallRule, BallSeries, floor_of, no_value
from derivcli.engines.balls.run import Number, Run
from derivcli.engines.balls.tape import HOLDS, TapeNode


def _by_sign(function: Callable[[int, BallSeries], BallSeries]) -> BallRule:
    """A function of the sign of its operand, which changes at 0, and of its series."""

    def rule(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
        sign = numbers[0].sign()
        if sign == 0:
            numbers[0].touch()
        return function(sign, numbers[0].series)

    return rule


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


def _rational(x: Number) -> fmpq | None:
    """A number as a rational one, as far as its constants tell."""
    return None if x.constant is None else x.run.found(x.constant.rational)


def _rational_quotient(x: Number, y: Number) -> fmpq | None:
    """A quotient as a rational number, as of 2*pi/pi."""
    above, below = x.constant, y.constant
    if above is None or below is None:
        return None
    return x.run.found(x.field.product(above, x.field.power(below, fmpq(-1))).rational)


def _floor(shift: fmpq) -> BallRule:
    """The greatest whole number below x + shift; shifted by 1/2 it is the nearest to x, and for halves the even one."""

    def moved(known: fmpq | None) -> fmpq | None:
        return None if known is None else known + shift

    def rule(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
        x = numbers[0]
        ball = x.ball + arb(shift) if shift else x.ball
        below, whole = floor_of(run, ball, moved(x.exact), lambda: moved(_rational(x)))
        if whole:
            x.touch()
            below -= (only_whole(below) or 0) % 2 if shift else 0
        return arb_series([below])

    return rule


def _size(number: Any, towards_zero: bool = True) -> Any:
    """The size of a number that is rounded towards 0, if it is known; else the number itself."""
    return abs(number) if towards_zero and number is not None else number


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


def _remainder(towards_zero: bool) -> BallRule:
    """x - y*floor(x/y) or, towards 0, x - y*trunc(x/y)."""

    def rule(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
        x, y = numbers
        if y.sign() == 0:
            raise no_value(node, *numbers)
        size = partial(_size, towards_zero=towards_zero)
        exact = None if x.exact is None or y.exact is None else x.exact / y.exact
        below, whole = floor_of(run, size(x.ball / y.ball), size(exact), lambda: size(_rational_quotient(x, y)))
        sign = x.sign() * y.sign() if towards_zero else 1
        if whole and sign:
            x.touch()
            y.touch()
        return x.series - y.series * below * sign

    return rule


def _times_log(shift: int) -> BallRule:
    """x*log(y + shift), 0 where x is 0."""

    def rule(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
        x, y = numbers
        sign = y.minus(-shift)
        if sign > 0:
            return x.series * (y.series + shift).log()
        if x.sign() != 0 or sign < 0:
            raise no_value(node, *numbers)
        x.touch()
        y.touch()
        return arb_series([arb(0)])

    return rule


def _compare(holds: Callable[[int], bool]) -> BallRule:
    """A comparison. At equality of things that vary the branch changes."""

    def rule(run: Run, node: TapeNode, numbers: list[Number]) -> bool:
        sign = numbers[0].minus(numbers[1])
        if sign == 0:
            numbers[0].touch()
            numbers[1].touch()
        return holds(sign)

    return rule


STEPS: dict[str, BallRule] = {
    **{mark: _compare(holds) for mark, holds in HOLDS.items()},
    "and": lambda run, node, numbers: all(number.series for number in numbers),
    "or": lambda run, node, numbers: any(number.series for number in numbers),
    "not": lambda run, node, numbers: not numbers[0].series,
    "true": lambda run, node, numbers: True,
    "false": lambda run, node, numbers: False,
    "abs": _by_sign(lambda sign, x: x if sign >= 0 else -x),
    "sign": _by_sign(lambda sign, x: arb_series([arb(sign)])),
    "floor": _floor(fmpq(0)),
    "round": _floor(fmpq(1, 2)),
    "trunc": _trunc,
    "mod": _remainder(towards_zero=False),
    "fmod": _remainder(towards_zero=True),
    "max": _greatest(1),
    "min": _greatest(-1),
    "relu": _by_sign(lambda sign, x: x if sign > 0 else arb_series([arb(0)])),
    "xlogy": _times_log(0),
    "xlog1py": _times_log(1),
}
