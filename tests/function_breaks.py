"""Functions with all that happens at their breaks, written down by hand: what drawn curves are held against."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath
from mpmath import mp, mpf

N, UP, DOWN, SWINGS = None, float("inf"), float("-inf"), float("nan")
"""Nothing there or no limit, the two infinities, and what swings ever more."""

Ends = tuple[float | None, float | None, float | None]
"""What there is at a break: the limit from the left, the value, the limit from the right."""

SMOOTH: dict[float, Ends] = {}
PI, HALF = float(mpmath.pi), float(mpmath.pi / 2)


@dataclass(frozen=True)
class Broken:
    """A function on an interval, with an oracle for its values and the ends of it and its derivative at breaks.

    `nowhere` are the stretches on which it has no value. Nearer to 0 than `wild` a pixel holds several oscillations.
    """

    text: str
    low: float
    high: float
    true: Callable[[Any], Any]
    ends: dict[float, Ends]
    slopes: dict[float, Ends]
    nowhere: tuple[tuple[float, float], ...] = ()
    wild: float = 0


def steps(places: tuple[float, ...], ends: Ends) -> dict[float, Ends]:
    """The same at several places."""
    return dict.fromkeys(places, ends)


def cbrt(x: Any) -> Any:
    return mp.sign(x) * mp.cbrt(abs(x))


CASES = [
    Broken("x^3-3x", -2, 2, lambda x: x**3 - 3 * x, {}, {}),
    Broken("1/x", -3, 3, lambda x: 1 / x, {0: (DOWN, N, UP)}, {0: (DOWN, N, DOWN)}),
    Broken("1/x^2", -3, 3, lambda x: x**-2, {0: (UP, N, UP)}, {0: (UP, N, DOWN)}),
    Broken("1/x", 0, 1, lambda x: 1 / x, {0: (DOWN, N, UP)}, {0: (DOWN, N, DOWN)}),
    Broken("tan(x)", -3, 3, mp.tan, steps((-HALF, HALF), (UP, N, DOWN)), steps((-HALF, HALF), (UP, N, UP))),
    Broken("abs(x)", -3, 2, abs, {0: (0, 0, 0)}, {0: (-1, N, 1)}),
    Broken("cbrt(x)", -3, 3, cbrt, {0: (0, 0, 0)}, {0: (UP, N, UP)}),
    Broken("sqrt(abs(x))", -3, 3, lambda x: mp.sqrt(abs(x)), {0: (0, 0, 0)}, {0: (DOWN, N, UP)}),
    Broken("cbrt(x^2)", -3, 3, lambda x: mp.cbrt(x * x), {0: (0, 0, 0)}, {0: (DOWN, N, UP)}),
    Broken("sign(x)*sqrt(abs(x))", -3, 3, lambda x: mp.sign(x) * mp.sqrt(abs(x)), {0: (0, 0, 0)}, {0: (UP, N, UP)}),
    Broken("sqrt(x)", -1, 3, mp.sqrt, {0: (N, 0, 0)}, {0: (N, N, UP)}, ((-1, 0),)),
    Broken("x^(1/3)", -1, 1, mp.cbrt, {0: (N, 0, 0)}, {0: (N, N, UP)}, ((-1, 0),)),
    Broken("x^1.5", -1, 2, lambda x: x ** mpf(1.5), {0: (N, 0, 0)}, {0: (N, N, 0)}, ((-1, 0),)),
    Broken("log(x)", -1, 3, mp.log, {0: (N, N, DOWN)}, {0: (N, N, UP)}, ((-1, 0),)),
    Broken("log(abs(x))", -3, 3, lambda x: mp.log(abs(x)), {0: (DOWN, N, DOWN)}, {0: (DOWN, N, UP)}),
    Broken("x*log(x)", -1, 2, lambda x: x * mp.log(x), {0: (N, N, 0)}, {0: (N, N, DOWN)}, ((-1, 0),)),
    Broken("x^x", -0.5, 2, lambda x: x**x, {0: (N, 1, 1)}, {0: (N, N, DOWN)}, ((-0.5, 0),)),
    Broken("floor(x)", -1.5, 1.5, mp.floor, {k: (k - 1, k, k) for k in (-1, 0, 1)}, steps((-1, 0, 1), (0, N, 0))),
    Broken("ceil(x)", -1.5, 1.5, mp.ceil, {k: (k, k, k + 1) for k in (-1, 0, 1)}, steps((-1, 0, 1), (0, N, 0))),
    Broken("round(x)", -1.2, 1.2, mp.nint, {-0.5: (-1, 0, 0), 0.5: (0, 0, 1)}, steps((-0.5, 0.5), (0, N, 0))),
    Broken("sign(x)", -1, 2, mp.sign, {0: (-1, 0, 1)}, {0: (0, N, 0)}),
    Broken("abs(x)/x", -1, 1, mp.sign, {0: (-1, N, 1)}, {0: (0, N, 0)}),
    Broken("x-floor(x)", -1.5, 1.5, lambda x: x - mp.floor(x), steps((-1, 0, 1), (1, 0, 0)),
           steps((-1, 0, 1), (1, N, 1))),
    Broken("mod(x, 2)", -3, 3, lambda x: x - 2 * mp.floor(x / 2), steps((-2, 0, 2), (2, 0, 0)),
           steps((-2, 0, 2), (1, N, 1))),
    Broken("floor(x)*x", -1.5, 1.5, lambda x: mp.floor(x) * x, {-1: (2, 1, 1), 0: (0, 0, 0), 1: (0, 1, 1)},
           {-1: (-2, N, -1), 0: (-1, N, 0), 1: (0, N, 1)}),
    Broken("sin(x)/x", -5, 5, lambda x: mp.sin(x) / x, {0: (1, N, 1)}, {0: (0, N, 0)}),
    Broken("(x^2-1)/(x-1)", -3, 3, lambda x: x + 1, {1: (2, N, 2)}, {1: (1, N, 1)}),
    Broken("x/x", -1, 1, lambda x: mpf(1), {0: (1, N, 1)}, {0: (0, N, 0)}),
    Broken("(1-cos(x))/x^2", -9, 9, lambda x: 2 * (mp.sin(x / 2) / x) ** 2, {0: (0.5, N, 0.5)}, {0: (0, N, 0)}),
    Broken("exp(-1/x^2)", -3, 3, lambda x: mp.exp(-1 / x**2), {0: (0, N, 0)}, {0: (0, N, 0)}),
    Broken("exp(1/x)", -3, 3, lambda x: mp.exp(1 / x), {0: (0, N, UP)}, {0: (0, N, DOWN)}),
    Broken("exp(1/x)", -1, 1.7, lambda x: mp.exp(1 / x), {0: (0, N, UP)}, {0: (0, N, DOWN)}),
    Broken("atan(1/x)", -3, 3, lambda x: mp.atan(1 / x), {0: (-HALF, N, HALF)}, {0: (-1, N, -1)}),
    Broken("tanh(1/x)", -3, 3, lambda x: mp.tanh(1 / x), {0: (-1, N, 1)}, {0: (0, N, 0)}),
    Broken("1/(1+exp(1/x))", -3, 3, lambda x: 1 / (1 + mp.exp(1 / x)), {0: (1, N, 0)}, {0: (0, N, 0)}),
    Broken("atan(tan(x))", -4, 4, lambda x: x - mp.pi * mp.nint(x / mp.pi), steps((-HALF, HALF), (HALF, N, -HALF)),
           steps((-HALF, HALF), (1, N, 1))),
    Broken("x*abs(x)", -2, 2, lambda x: x * abs(x), {0: (0, 0, 0)}, {0: (0, 0, 0)}),
    Broken("abs(x)^3", -2, 2, lambda x: abs(x) ** 3, {0: (0, 0, 0)}, {0: (0, 0, 0)}),
    Broken("where(x>0, x^2, 0)", -2, 2, lambda x: max(x, 0) ** 2, {0: (0, 0, 0)}, {0: (0, 0, 0)}),
    Broken("relu(x)", -2, 3, lambda x: max(x, mpf(0)), {0: (0, 0, 0)}, {0: (0, N, 1)}),
    Broken("max(x, x^2)", -1, 2, lambda x: max(x, x * x), {0: (0, 0, 0), 1: (1, 1, 1)}, {0: (0, N, 1), 1: (1, N, 2)}),
    Broken("max(0, min(x, 1))", -1, 2, lambda x: max(mpf(0), min(x, mpf(1))), {0: (0, 0, 0), 1: (1, 1, 1)},
           {0: (0, N, 1), 1: (1, N, 0)}),
    Broken("abs(x^2-1)", -2, 2, lambda x: abs(x * x - 1), steps((-1, 1), (0, 0, 0)), steps((-1, 1), (-2, N, 2))),
    Broken("abs(abs(x)-1)", -2, 2, lambda x: abs(abs(x) - 1), {-1: (0, 0, 0), 0: (1, 1, 1), 1: (0, 0, 0)},
           {-1: (-1, N, 1), 0: (1, N, -1), 1: (-1, N, 1)}),
    Broken("abs(sin(x))", -4, 4, lambda x: abs(mp.sin(x)), steps((-PI, 0, PI), (0, 0, 0)),
           steps((-PI, 0, PI), (-1, N, 1))),
    Broken("exp(-abs(x))", -2, 2, lambda x: mp.exp(-abs(x)), {0: (1, 1, 1)}, {0: (1, N, -1)}),
    Broken("sqrt(x^2)", -2, 2, abs, {0: (0, 0, 0)}, {0: (-1, N, 1)}),
    Broken("where(x==1, 3, x^2)", 0, 2, lambda x: x * x, {1: (1, 3, 1)}, {1: (2, N, 2)}),
    Broken("where(x<0, -1, 1)", -1, 1, lambda x: mpf(-1 if x < 0 else 1), {0: (-1, 1, 1)}, {0: (0, N, 0)}),
    Broken("where(x<1, x, x+1)", 0, 2, lambda x: x + (x >= 1), {1: (1, 2, 2)}, {1: (1, N, 1)}),
    Broken("1/(x^2-1)", -3, 3, lambda x: 1 / (x * x - 1), {-1: (UP, N, DOWN), 1: (DOWN, N, UP)},
           {-1: (UP, N, UP), 1: (DOWN, N, DOWN)}),
    Broken("1/x+1/(x-1)", -2, 3, lambda x: 1 / x + 1 / (x - 1), steps((0, 1), (DOWN, N, UP)),
           steps((0, 1), (DOWN, N, DOWN))),
    Broken("1/sin(x)", -4, 4, mp.csc, {-PI: (UP, N, DOWN), 0: (DOWN, N, UP), PI: (UP, N, DOWN)},
           {-PI: (UP, N, UP), 0: (DOWN, N, DOWN), PI: (UP, N, UP)}),
    Broken("1/cos(x)", -4, 4, mp.sec, {-HALF: (DOWN, N, UP), HALF: (UP, N, DOWN)},
           {-HALF: (DOWN, N, DOWN), HALF: (UP, N, UP)}),
    Broken("gamma(x)", -2.5, 3, mp.gamma, {-2: (DOWN, N, UP), -1: (UP, N, DOWN), 0: (DOWN, N, UP)},
           {-2: (DOWN, N, DOWN), -1: (UP, N, UP), 0: (DOWN, N, DOWN)}),
    Broken("sqrt(1-x^2)", -2, 2, lambda x: mp.sqrt(1 - x * x), {-1: (N, 0, 0), 1: (0, 0, N)},
           {-1: (N, N, UP), 1: (DOWN, N, N)}, ((-2, -1), (1, 2))),
    Broken("asin(x)", -2, 2, mp.asin, {-1: (N, -HALF, -HALF), 1: (HALF, HALF, N)},
           {-1: (N, N, UP), 1: (UP, N, N)}, ((-2, -1), (1, 2))),
    Broken("acos(x)", -2, 2, mp.acos, {-1: (N, PI, PI), 1: (0, 0, N)},
           {-1: (N, N, DOWN), 1: (DOWN, N, N)}, ((-2, -1), (1, 2))),
    Broken("log(x^2-1)", -3, 3, lambda x: mp.log(x * x - 1), {-1: (DOWN, N, N), 1: (N, N, DOWN)},
           {-1: (DOWN, N, N), 1: (N, N, UP)}, ((-1, 1),)),
    Broken("sqrt(x^2-1)", -3, 3, lambda x: mp.sqrt(x * x - 1), {-1: (0, 0, N), 1: (N, 0, 0)},
           {-1: (DOWN, N, N), 1: (N, N, UP)}, ((-1, 1),)),
    Broken("x*sin(1/x)", -1, 1, lambda x: x * mp.sin(1 / x), {0: (0, N, 0)}, {0: (SWINGS, N, SWINGS)}, wild=0.035),
    Broken("sin(1/x)", -1, 1, lambda x: mp.sin(1 / x), {0: (N, N, N)}, {0: (SWINGS, N, SWINGS)}, wild=0.035),
    Broken("exp(x)", -3, 3, mp.exp, {}, {}),
    Broken("exp(-x^2)", -3, 3, lambda x: mp.exp(-x * x), {}, {}),
    Broken("1/(1+x^2)", -5, 5, lambda x: 1 / (1 + x * x), {}, {}),
    Broken("cos(3x)", -4, 4, lambda x: mp.cos(3 * x), {}, {}),
    Broken("5", -1, 1, lambda x: mpf(5), {}, {}),
]  # fmt: skip
