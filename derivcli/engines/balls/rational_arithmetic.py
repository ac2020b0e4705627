"""The operations that stay among the rational numbers, and their values there."""

from __future__ import annotations

from collections.abc import Callable

from flint import fmpq


def _power(base: fmpq, exponent: fmpq) -> fmpq | None:
    if exponent.q != 1 or abs(exponent.p) > 1000 or (base == 0 and exponent < 0):
        return None
    return base ** int(exponent.p)


def _product(*factors: fmpq) -> fmpq:
    product = fmpq(1)
    for factor in factors:
        product *= factor
    return product


RATIONAL: dict[str, Callable[..., fmpq | None]] = {
    "add": lambda *x: sum(x, fmpq(0)),
    "multiply": _product,
    "power": _power,
    "abs": abs,
    "sign": lambda x: fmpq(int(x > 0) - int(x < 0)),
    "floor": lambda x: fmpq(x.p // x.q),
    "mod": lambda x, y: None if y == 0 else x - y * (x / y).floor(),
    "max": max,
    "min": min,
    "relu": lambda x: max(x, fmpq(0)),
}
"""The rule of each of them. It is None where the value is not known to be rational."""
