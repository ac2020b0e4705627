"""The values of functions with kinks and jumps over a whole ball."""

from __future__ import annotations

from collections.abc import Callable

from flint import arb

from derivcli.engines.balls.errors import UnsureError
from derivcli.engines.balls.integers import only_whole

_ZERO = arb(0)


def hull(one: arb, other: arb) -> arb:
    """The least ball around two numbers."""
    return one.union(other)


def whole_power(ball: arb, exponent: int) -> arb:
    """A whole power of all numbers in a ball. (FLINT's own is NaN for a ball about 0.)"""
    if exponent < 0:
        return 1 / whole_power(ball, -exponent)
    if exponent < 2:
        return ball if exponent else arb(1)
    if ball.is_exact():
        return ball**exponent
    if exponent % 2:
        return hull(ball.lower() ** exponent, ball.upper() ** exponent)
    return hull(ball.abs_lower() ** exponent, ball.abs_upper() ** exponent)


def _size(x: arb) -> arb:
    return hull(_ZERO, x.abs_upper()) if x.contains(0) else abs(x)


def _greatest(*numbers: arb) -> arb:
    low, high = numbers[0].lower(), numbers[0].upper()
    for number in numbers[1:]:
        low, high = max(low, number.lower()), max(high, number.upper())
    return hull(low, high)


def _least(*numbers: arb) -> arb:
    return -_greatest(*[-number for number in numbers])


def _sign(x: arb) -> arb:
    return arb(1) if x > 0 else arb(-1) if x < 0 else arb(0, 1)


def _floor(x: arb) -> arb:
    return hull(x.lower().floor(), x.upper().floor())


def _round(x: arb) -> arb:
    return hull((x.lower() - 0.5).ceil(), (x.upper() + 0.5).floor())


def _trunc(x: arb) -> arb:
    return hull(*(end.floor() if end >= 0 else end.ceil() for end in (x.lower(), x.upper())))


def _signed_root(x: arb, n: arb) -> arb:
    whole = only_whole(n)
    if whole is None or not n.is_exact() or whole <= 0 or (whole % 2 == 0 and not x >= 0):
        raise UnsureError
    return hull(*(end.sgn() * (abs(end) ** (1 / n)) if not end.is_zero() else _ZERO for end in (x.lower(), x.upper())))


def _angle(y: arb, x: arb) -> arb:
    if x.contains(0) and y.contains(0):
        raise UnsureError
    return arb(0, 1) * arb.pi() if y.contains(0) and not x > 0 else arb.atan2(y, x)


RANGES: dict[str, Callable[..., arb]] = {
    "abs": _size,
    "max": _greatest,
    "min": _least,
    "relu": lambda x: _greatest(x, _ZERO),
    "sign": _sign,
    "floor": _floor,
    "round": _round,
    "trunc": _trunc,
    "root": _signed_root,
    "atan2": _angle,
}
"""By the operation the values over balls of its operands."""
