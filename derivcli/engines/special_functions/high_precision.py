"""Special functions one point at a time, by mpmath in more digits than float64 has: where nothing faster is right."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from threading import local
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivcli.engines.time_limit import OutOfTimeError, limited

Array = NDArray[np.float64]
MpmathFunction = Callable[..., Any]

PRECISION_DIGITS = 30
POINT_SECONDS = 2.0
"""How long one point may take: some series have as many terms as an argument says."""
MAX_CACHED_POINTS = 20_000
"""Points whose value is kept, for higher derivatives ask for the same ones again and again."""


def context() -> Any:
    """An mpmath context of this thread's own, so that its precision is nobody else's."""
    if not hasattr(_HERE, "context"):
        import mpmath

        made = mpmath.mp.clone()
        made.dps = PRECISION_DIGITS
        _HERE.context = made
    return _HERE.context


_HERE = local()


def pointwise(formula: MpmathFunction) -> Callable[..., Array]:
    """The formula on arrays, which are broadcast: NaN where it has no real value."""

    @lru_cache(MAX_CACHED_POINTS)
    def value(*point: float) -> float:
        return _real(formula, point)

    def kernel(*inputs: Array) -> Array:
        grid = np.broadcast_arrays(*inputs)
        values = [value(*point) for point in zip(*(part.ravel().tolist() for part in grid), strict=True)]
        return np.array(values, dtype=np.float64).reshape(grid[0].shape)

    return kernel


def _real(formula: MpmathFunction, point: tuple[float, ...]) -> float:
    """The formula at a point. It is NaN at poles, wherever it is complex, and where it takes too long."""
    mp = context()
    mp.dps = PRECISION_DIGITS
    if not all(map(math.isfinite, point)):
        return math.nan
    try:
        found = limited(POINT_SECONDS, formula, mp, *map(mp.mpf, point))
    except (ArithmeticError, ValueError, mp.NoConvergence, OutOfTimeError):
        return math.nan
    if not isinstance(found, mp.mpc):
        return float(found)
    return float(found.real) if abs(found.imag) <= mp.mpf(10) ** (8 - PRECISION_DIGITS) * abs(found.real) else math.nan


def plain(name: str) -> MpmathFunction:
    """A function of mpmath."""
    return lambda mp, *inputs: getattr(mp, name)(*inputs)


def slope(mp: Any, function: MpmathFunction, at: Any, times: Any) -> Any:
    """The derivative of a function of one number, `times` times."""
    return function(at) if times == 0 else mp.diff(function, at, int(times))


def slope_beside_poles(mp: Any, function: MpmathFunction, at: Any, times: Any) -> Any:
    """The same for a function whose poles are at whole numbers."""
    with _steps_within(mp, at):
        return slope(mp, function, at, times)


def _steps_within(mp: Any, at: Any) -> Any:
    """Precision in which the steps of numeric derivatives are small beside the distance to a whole number."""
    distance = abs(at - mp.nint(at))
    return mp.workprec(mp.prec + (-mp.mag(distance) if 0 < distance < 0.125 else 0))


def polygamma_by_reflection(mp: Any, n: Any, x: Any) -> Any:
    """The n-th derivative of digamma left of 0 (DLMF 5.15.6)."""
    order = int(n)
    return (-1) ** order * mp.psi(order, 1 - x) - slope(mp, lambda t: mp.pi * mp.cot(mp.pi * t), x, order)


def order_slope(name: str) -> MpmathFunction:
    """The k-th derivative of a function of mpmath in its first argument, k before the arguments."""
    return lambda mp, k, order, x: slope(mp, lambda t: getattr(mp, name)(t, x), order, k)


def steady_order_slope(name: str) -> MpmathFunction:
    """The same for a function that is large beside its derivative: in digits of which more make no difference."""
    formula = order_slope(name)

    def steady(mp: Any, *inputs: Any) -> Any:
        found = formula(mp, *inputs)
        for _ in range(2):
            mp.dps *= 3
            before, found = found, formula(mp, *inputs)
            if abs(found - before) <= mp.mpf(10) ** -17 * abs(found):
                break
        return found

    return steady


# The gamma family


def lowergamma_s(mp: Any, k: Any, s: Any, x: Any) -> Any:
    """The k-th derivative of the lower function in s. There is none for x < 0, where it is complex but at whole s."""
    if not _reaches(s, x) or is_pole(mp, s):
        return mp.nan
    return slope_beside_poles(mp, lambda t: mp.gammainc(t, 0, x), s, k) if x else 0


def uppergamma_s(mp: Any, k: Any, s: Any, x: Any) -> Any:
    """The k-th derivative of the upper function in s. It has none for a negative x."""
    return slope(mp, lambda t: mp.gammainc(t, x), s, k) if _reaches(s, x) else mp.nan


def _reaches(s: Any, x: Any) -> bool:
    """Whether the integrals to or from x exist. At 0 they go on for s < 0 by continuation only."""
    return bool(x > 0 or (x == 0 and s > 0))


def is_pole(mp: Any, x: Any) -> bool:
    """Whether the gamma function has a pole there, across which a numeric derivative would go."""
    return bool(x <= 0 and x == mp.floor(x))


def gammainc_a(mp: Any, k: Any, a: Any, x: Any) -> Any:
    """By the lower function where that is the smaller one, by the upper elsewhere: the other would cancel."""
    if not _reaches(a, x):
        return mp.nan
    if a > 0 and x < a + 1:
        return slope(mp, lambda t: mp.gammainc(t, 0, x) * mp.rgamma(t), a, k)
    return int(k == 0) - slope(mp, lambda t: mp.gammainc(t, x) * mp.rgamma(t), a, k)


def gammaincc(mp: Any, a: Any, x: Any) -> Any:
    """The regularised upper function."""
    return mp.gammainc(a, x) * mp.rgamma(a) if _reaches(a, x) else mp.nan


def zeta_s(mp: Any, k: Any, s: Any, a: Any) -> Any:
    """The k-th derivative of Hurwitz's zeta function in s. It is 0 for k = -1."""
    if k < 0:
        return 0
    if s > 60 and 0 < a < 10 and k > 0:  # a difference would lose what is left beside the 1 of the first term
        return (-1) ** int(k) * mp.fsum(mp.log(n + a) ** k * (n + a) ** -s for n in range(40))
    return mp.nan if s == 1 or a <= 0 else slope_beside_poles(mp, lambda t: mp.zeta(t, a), s, k)


def binomial_nk(mp: Any, i: Any, j: Any, n: Any, k: Any) -> Any:
    """Both derivatives at once. Where n is a negative whole number, there are only those in n, for a whole k."""
    if is_pole(mp, n + 1) and (j > 0 or k != mp.floor(k)):
        return mp.nan
    return _slope_of_two(mp, mp.binomial, (n, k), (i, j), n)


def rf_xk(mp: Any, i: Any, j: Any, x: Any, k: Any) -> Any:
    """Both derivatives at once."""
    if is_pole(mp, x + k) and not is_pole(mp, x):
        return mp.nan
    return _slope_of_two(mp, mp.rf, (x, k), (i, j), x + k)


def _slope_of_two(mp: Any, function: MpmathFunction, at: tuple[Any, Any], times: tuple[Any, Any], pole: Any) -> Any:
    """The derivative of a function of two numbers, so many times in each. It has poles where `pole` is whole."""
    if not any(times):
        return function(*at)
    with _steps_within(mp, pole):
        return mp.diff(function, at, tuple(map(int, times)))


# Bessel and Airy functions


def bessely_n(mp: Any, k: Any, n: Any, x: Any) -> Any:
    """The k-th derivative in the order, of a function with a pole at 0."""
    return order_slope("bessely")(mp, k, n, x) if x > 0 else mp.nan


def besselk_n(mp: Any, k: Any, n: Any, x: Any) -> Any:
    """The k-th derivative in the order, of a function that is even in it and has a pole at 0."""
    if x <= 0:
        return mp.nan
    return 0 if n == 0 and k % 2 == 1 else order_slope("besselk")(mp, k, n, x)


def ive_x(mp: Any, k: Any, n: Any, x: Any) -> Any:
    """The k-th derivative of exp(-x) I_n(x), for which d/dx is half the second difference in n."""
    return mp.exp(-x) * _differences(mp, k, lambda order: mp.besseli(n + order, x), x)


def kve_x(mp: Any, k: Any, n: Any, x: Any) -> Any:
    """The k-th derivative of exp(x) K_n(x), for which d/dx is minus half the second difference in n."""
    return mp.exp(x) * (-1) ** int(k) * _differences(mp, k, lambda order: mp.besselk(n + order, x), x)


def _differences(mp: Any, k: Any, term: Callable[[int], Any], x: Any) -> Any:
    """Half the second difference, taken k times, in digits for what cancels far out."""
    times = int(k)
    with mp.workdps(PRECISION_DIGITS + times * (2 + max(0, mp.mag(x)) // 3)):
        terms = [(-1) ** m * mp.binomial(2 * times, m) * term(times - m) for m in range(2 * times + 1)]
        return mp.fsum(terms) / 2**times


def spherical(name: str) -> MpmathFunction:
    """The spherical form of a Bessel function, even or odd in x as the order is."""

    def formula(mp: Any, n: Any, x: Any) -> Any:
        if x == 0:
            return int(n == 0)
        value = mp.sqrt(mp.pi / (2 * abs(x))) * getattr(mp, name)(n + 0.5, abs(x))
        return value if x > 0 else (-1) ** int(n) * value

    return formula


def airy(name: str, derivative: int) -> MpmathFunction:
    """An Airy function or its derivative."""
    return lambda mp, x: getattr(mp, name)(x, derivative=derivative)


# Error functions


def dawsn(mp: Any, x: Any) -> Any:
    """Dawson's integral."""
    return mp.exp(-x * x) * mp.erfi(x) * mp.sqrt(mp.pi) / 2


def dawsn_n(mp: Any, k: Any, x: Any) -> Any:
    """From y' = 1 - 2 x y and y'' = -2 x y' - 2 y, in digits for what cancels there."""
    with mp.workdps(PRECISION_DIGITS + 2 * int(k) * (2 + max(0, mp.mag(x)) // 3)):
        before, now = mp.mpf(0), dawsn(mp, x)
        for order in range(int(k)):
            before, now = now, -2 * x * now - (2 * order * before if order else -1)
    return now


# What is sampled


def _positive(formula: MpmathFunction) -> MpmathFunction:
    """The formula, none where the last argument is negative."""
    return lambda mp, *inputs: formula(mp, *inputs) if inputs[-1] >= 0 else mp.nan


def _bessely(mp: Any, n: Any, x: Any) -> Any:
    """By J of both orders, in digits for what cancels next to a whole one."""
    if n == mp.floor(n):
        return mp.bessely(n, x)
    with mp.extraprec(max(0, 20 - 2 * mp.mag(mp.sinpi(n)))):
        return (mp.besselj(n, x) * mp.cospi(n) - mp.besselj(-n, x)) / mp.sinpi(n)


FORMULAS: dict[str, MpmathFunction] = {
    **{name: plain(name) for name in ("gamma", "beta", "zeta", "binomial", "rf", "besselj", "besseli")},
    "polygamma": lambda mp, n, x: mp.psi(int(n), x),
    "lowergamma": _positive(lambda mp, s, x: mp.gammainc(s, 0, x)),
    "uppergamma": _positive(lambda mp, s, x: mp.gammainc(s, x)),
    "gammainc": _positive(lambda mp, a, x: mp.gammainc(a, 0, x) * mp.rgamma(a)),
    "gammaincc": _positive(lambda mp, a, x: mp.gammainc(a, x) * mp.rgamma(a)),
    "bessely": _positive(_bessely),
    "ive": lambda mp, n, x: mp.exp(-abs(x)) * mp.besseli(n, x),
    "jn": spherical("besselj"),
    "spherical_in": spherical("besseli"),
    "expint": _positive(plain("expint")),
    "erfcx": lambda mp, x: mp.exp(x * x) * mp.erfc(x),
    "dawsn": dawsn,
    "log_ndtr": lambda mp, x: mp.log(mp.erfc(-x / mp.sqrt(2)) / 2),
}
"""What functions without a recurrence are, for samples at any precision, by the name of the row."""
