"""Functions beside a point and beyond a bound, drawn at random, and their signs by mpmath in many digits."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import mpmath

DIGITS = 110
"""Enough for differences of second order, far out and close by."""

MAX_ARGUMENT = 10**5
"""Exponentials of larger numbers take long."""

Drawn = tuple[str, Callable[[Any], Any]]


def real(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function of mpmath that fails where it is not real."""

    def checked(x: Any) -> Any:
        found = function(x)
        if isinstance(found, mpmath.mpc):
            raise ValueError("not real")
        return found

    return checked


class TooLargeError(Exception):
    """A number has too many digits for mpmath to go on."""


def sized(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function of arguments of which mpmath computes it in little time."""

    def checked(x: Any) -> Any:
        if abs(x) > MAX_ARGUMENT:
            raise TooLargeError
        return function(x)

    return checked


def cube_root(x: Any) -> Any:
    """The real cube root."""
    return mpmath.sign(x) * mpmath.cbrt(abs(x))


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": sized(mpmath.exp),
    "log": real(mpmath.log),
    "sqrt": real(mpmath.sqrt),
    "cbrt": cube_root,
    "atan": mpmath.atan,
    "tanh": sized(mpmath.tanh),
    "sin": sized(mpmath.sin),
    "cos": sized(mpmath.cos),
    "tan": sized(mpmath.tan),
    "abs": abs,
    "asinh": mpmath.asinh,
    "sinh": sized(mpmath.sinh),
    "erf": sized(mpmath.erf),
    "gamma": sized(mpmath.gamma),
    "asin": real(mpmath.asin),
    "acos": real(mpmath.acos),
    "acosh": real(mpmath.acosh),
    "sigmoid": sized(lambda x: 1 / (1 + mpmath.exp(-x))),
    "loggamma": sized(lambda x: mpmath.log(abs(mpmath.gamma(x)))),
}
"""Names of functions here, and what they are for mpmath."""


def drawn(rng: random.Random, depth: int) -> Drawn:
    """A formula in x and the function that it is."""
    kind = rng.random()
    if depth == 0 or kind < 0.1:
        return rng.choice(ATOMS)
    text, inner = drawn(rng, depth - 1)
    if kind < 0.4:
        name = rng.choice(list(FUNCTIONS))
        return f"{name}({text})", lambda x, g=FUNCTIONS[name]: g(inner(x))
    if kind < 0.5:
        power = rng.choice((-2, -1, 2, 3))
        return f"({text})^({power})", lambda x: inner(x) ** power
    more, other = drawn(rng, depth - 1)
    if kind < 0.7:
        return f"({text})*({more})", lambda x: inner(x) * other(x)
    if kind < 0.8:
        return f"({text})/({more})", lambda x: inner(x) / other(x)
    sign = rng.choice((1, -1))
    return f"({text}){'+' if sign > 0 else '-'}({more})", lambda x: inner(x) + sign * other(x)


ATOMS: tuple[Drawn, ...] = (
    ("x", lambda x: x),
    ("x", lambda x: x),
    ("x^2", lambda x: x * x),
    ("1/x", lambda x: 1 / x),
    ("2", lambda x: mpmath.mpf(2)),
    ("1", lambda x: mpmath.mpf(1)),
    ("x/3", lambda x: x / 3),
    ("x-1", lambda x: x - 1),
    ("1-x", lambda x: 1 - x),
    ("exp(x)", FUNCTIONS["exp"]),
    ("log(x)", FUNCTIONS["log"]),
    ("sqrt(x)", FUNCTIONS["sqrt"]),
)


def true_sign(function: Callable[[Any], Any], x: Any, distance: Any, order: int) -> int:
    """The sign of a function or of its first or second derivative at a point, by differences in many digits."""
    h = distance * mpmath.mpf(10) ** -24
    if order == 0:
        value, size = function(x), mpmath.mpf(0)
    elif order == 1:
        ends = function(x + h), function(x - h)
        value, size = ends[0] - ends[1], abs(ends[0]) + abs(ends[1])
    else:
        points = function(x + h), function(x), function(x - h)
        value, size = points[0] - 2 * points[1] + points[2], sum(abs(point) for point in points)
    return 0 if abs(value) <= (1 + size) * mpmath.mpf(10) ** (15 - DIGITS) else int(mpmath.sign(value))
