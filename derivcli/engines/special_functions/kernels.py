"""The special functions on NumPy arrays: SciPy where it is right to 13 digits, exact recurrences, else mpmath.

Every kernel takes float64 arrays that broadcast, and gives NaN where the function has no real value. A whole
parameter below its least value makes a function 0: the table's formulas multiply such a term by 0 anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivcli.engines.special_functions import high_precision
from derivcli.engines.special_functions.elliptic import HALF_PI, ellipint, row_powers
from derivcli.engines.special_functions.high_precision import order_slope, plain, pointwise, steady_order_slope
from derivcli.engines.special_functions.polynomials import RECURRENCES, RecurrenceStep

Array = NDArray[np.float64]
Truths = NDArray[np.bool_]
ArrayFunction = Callable[..., Array]


def by_scipy(name: str, index: int | None = None) -> ArrayFunction:
    """A function of scipy.special, or one of the results of a function that gives several."""

    def kernel(*inputs: Array) -> Array:
        import scipy.special

        with np.errstate(all="ignore"):
            found = getattr(scipy.special, name)(*inputs)
            return np.asarray(found if index is None else found[index], dtype=np.float64)

    return kernel


def either(fast: ArrayFunction, slow: ArrayFunction, trusted: Callable[..., Any]) -> ArrayFunction:
    """The fast kernel where it can be trusted, the slow one at the other points."""

    def kernel(*inputs: Array) -> Array:
        grid = np.broadcast_arrays(*inputs)
        with np.errstate(all="ignore"):
            good: Truths = np.asarray(trusted(*grid))
            if good.all():
                return np.asarray(fast(*grid))
            values = np.empty(good.shape)
            values[good] = fast(*(part[good] for part in grid))
        values[~good] = slow(*(part[~good] for part in grid))
        return values

    return kernel


def _positive(kernel: ArrayFunction) -> ArrayFunction:
    """The kernel, NaN where the last argument is negative and the function complex."""
    return lambda *inputs: np.where(inputs[-1] < 0, np.nan, kernel(*inputs))


# The gamma family

MIN_POLYGAMMA_ARGUMENT = -10
"""From here to the left SciPy's polygamma loses digits, and takes a step for each pole."""


def _lambertw(x: Array, k: Array) -> Array:
    """The two branches that are real. The float64 next to -1/e is taken as -1/e itself."""
    import scipy.special

    found = scipy.special.lambertw(x, k)
    real = np.isin(k, (-1, 0)) & (found.imag == 0)
    return np.where(np.isin(k, (-1, 0)) & (x == -1 / np.e), -1, np.where(real, found.real, np.nan))


GAMMA: dict[str, ArrayFunction] = {
    "gamma": by_scipy("gamma"),
    "polygamma": either(
        by_scipy("polygamma"),
        pointwise(high_precision.polygamma_by_reflection),
        lambda n, x: x > MIN_POLYGAMMA_ARGUMENT,
    ),
    "beta": either(by_scipy("beta"), pointwise(plain("beta")), lambda a, b: np.maximum(abs(a), abs(b)) < 20),
    "lowergamma": either(
        lambda s, x: by_scipy("gammainc")(s, x) * by_scipy("gamma")(s),
        pointwise(lambda mp, s, x: high_precision.lowergamma_s(mp, 0, s, x)),
        lambda s, x: (s > 0) & (s < 30) & (x >= 0),
    ),
    "uppergamma": either(
        lambda s, x: by_scipy("gammaincc")(s, x) * by_scipy("gamma")(s),
        pointwise(lambda mp, s, x: high_precision.uppergamma_s(mp, 0, s, x)),
        lambda s, x: (s > 0.1) & (s < 30) & (x >= 0),
    ),
    "gammainc": either(
        by_scipy("gammainc"),
        pointwise(lambda mp, a, x: high_precision.gammainc_a(mp, 0, a, x)),
        lambda a, x: (a > 0) & (a < 60),
    ),
    "gammaincc": either(by_scipy("gammaincc"), pointwise(high_precision.gammaincc), lambda a, x: (a > 0.1) & (a < 60)),
    "zeta": either(
        lambda s, a: np.where(s > 1, by_scipy("zeta")(s, a), by_scipy("zeta")(s)),
        pointwise(lambda mp, s, a: high_precision.zeta_s(mp, 0, s, a)),
        lambda s, a: ((s > 1) & (a > 0)) | ((a == 1) & (s < 1)),
    ),
    "binomial": either(
        by_scipy("binom"),
        pointwise(plain("binomial")),
        lambda n, k: (n >= 0) & (n < 1000) & (k == np.floor(k)) & (k >= 0),
    ),
    "rf": either(by_scipy("poch"), pointwise(plain("rf")), lambda x, k: (x > 0) & (k > 0) & (x + k < 20)),
    "lambertw": either(
        _lambertw,
        pointwise(lambda mp, x, k: mp.lambertw(x, int(k))),
        lambda x, k: (x <= -1 / np.e) | (x > -0.36) | (k > 0),
    ),
}


# Bessel and Airy functions

MAX_ORDER = 60
"""Of higher orders SciPy's Bessel functions have fewer digits."""
MAX_ARGUMENT = 1000.0
"""So have they at greater arguments."""
MAX_AIRY_ARGUMENT = 40.0


def _near(n: Array, x: Array) -> Any:
    """Where SciPy is right, also for negative x where it knows that the function is complex."""
    return (abs(n) < MAX_ORDER) & (abs(x) < MAX_ARGUMENT) | (x < 0) & (n != np.floor(n))


def _near_and_no_underflow(n: Array, x: Array) -> Any:
    """Where SciPy's I is right, which underflows on the way at small arguments."""
    size = np.abs(x)
    return _near(n, x) & ((size == 0) | ((size > 1e-100) & (np.abs(n) * np.log10(np.where(x == 0, 1, size)) > -150)))


def _near_or_negative(n: Array, x: Array) -> Any:
    """The same for functions that are complex at every negative x."""
    return _near(n, x) | (x < 0)


def _spherical(name: str) -> ArrayFunction:
    """A spherical Bessel function of whole order. It is 0 for a negative one."""

    def kernel(n: Array, x: Array) -> Array:
        import scipy.special

        order = np.maximum(n, 0).astype(np.int64)
        return np.where(n < 0, 0, np.asarray(getattr(scipy.special, name)(order, x)))

    return kernel


def _difference(name: str) -> ArrayFunction:
    """A scaled Bessel function of scipy.special or its derivative, which is half the second difference in n."""

    def kernel(k: Array, n: Array, x: Array) -> Array:
        below, here, above = (by_scipy(name)(n + shift, x) for shift in (-1, 0, 1))
        slope = (below - 2 * here + above) / 2
        return np.where(k == 0, here, -slope if name == "kve" else slope)

    return kernel


def _little_cancels(k: Array, n: Array, x: Array) -> Any:
    """Where a difference, which is smaller than its terms by a factor of 2 x, keeps 13 digits."""
    first = (k == 1) & ((n == 0) | (n == 1)) & (abs(x) < 40)
    return (abs(n) < MAX_ORDER) & ((k == 0) | first)


def _even_or_odd(kernel: ArrayFunction) -> ArrayFunction:
    """The kernel for x > 0 of a function that is even or odd where its order is whole, and else complex for x < 0."""

    def whole_line(k: Array, n: Array, x: Array) -> Array:
        mirrored = np.where(n == np.floor(n), 1 - 2 * np.mod(n + k, 2), np.nan)
        factor = np.where(x > 0, 1, np.where(x < 0, mirrored, (1 + mirrored) / 2))
        return np.asarray(factor * kernel(k, n, np.abs(x)))

    return whole_line


BESSEL: dict[str, ArrayFunction] = {
    "besselj": either(by_scipy("jv"), pointwise(plain("besselj")), _near),
    "bessely": either(by_scipy("yv"), pointwise(plain("bessely")), _near_or_negative),
    "besseli": either(by_scipy("iv"), pointwise(plain("besseli")), _near_and_no_underflow),
    "besselk": either(by_scipy("kv"), pointwise(plain("besselk")), _near_or_negative),
    "besselj_n": pointwise(order_slope("besselj")),
    "besseli_n": pointwise(steady_order_slope("besseli")),
    "ive_x": _even_or_odd(either(_difference("ive"), pointwise(high_precision.ive_x), _little_cancels)),
    "kve_x": either(_difference("kve"), pointwise(high_precision.kve_x), _little_cancels),
    "jn": either(
        _spherical("spherical_jn"),
        pointwise(high_precision.spherical("besselj")),
        lambda n, x: (n < 15) & (abs(x) < MAX_ARGUMENT),
    ),
    "spherical_in": _spherical("spherical_in"),
    **{
        name: either(
            by_scipy("airy", index),
            pointwise(high_precision.airy(name[:6], index % 2)),
            lambda x: abs(x) < MAX_AIRY_ARGUMENT,
        )
        for index, name in enumerate(("airyai", "airyaiprime", "airybi", "airybiprime"))
    },
}


# Integrals and error functions

MAX_FRESNEL_ARGUMENT = 40.0
_NODES = np.arange(-4.2, 4.8, 1 / 16)
_TIMES = np.exp(_NODES - np.exp(-_NODES))
_TIME_STEPS = _TIMES * (1 + np.exp(-_NODES)) / 16
"""Nodes for an integral from 0 to infinity over something that falls like exp(-t), and their weights."""


def _erfcx_n(k: Array, x: Array) -> Array:
    """The k-th derivative of erfcx, exact in sign left and right of 0, so that nothing cancels."""
    orders, points = np.broadcast_arrays(k, x)
    values = np.where(points > 0, _erfcx_right(orders, np.maximum(points, 0)), _erfcx_left(orders, points))
    return np.asarray(values, dtype=np.float64)


def _erfcx_left(k: Array, x: Array) -> Array:
    """From y' = 2 x y - 2/sqrt(pi) and y'' = 2 x y' + 2 y."""
    before, now = np.full_like(x, -1 / np.sqrt(np.pi)), by_scipy("erfcx")(x)
    result = now
    for order in range(int(np.max(k, initial=0))):
        before, now = now, 2 * x * now + 2 * (order or 1) * before
        result = np.where(k == order + 1, now, result)
    return result


def _erfcx_right(k: Array, x: Array) -> Array:
    """(-2)^k times the integral of 2/sqrt(pi) t^k exp(-t^2 - 2 x t), with t in units in which that falls like exp."""
    unit = 1 / (1 + 2 * x)[..., None]
    time = unit * _TIMES
    heights = row_powers(-2 * time, k) * np.exp(-(time**2) - 2 * x[..., None] * time)
    return np.asarray(2 / np.sqrt(np.pi) * (heights * unit * _TIME_STEPS).sum(axis=-1))


INTEGRALS: dict[str, ArrayFunction] = {
    "Ei": by_scipy("expi"),
    "Si": by_scipy("sici", 0),
    "Ci": _positive(by_scipy("sici", 1)),
    "Shi": by_scipy("shichi", 0),
    "Chi": _positive(by_scipy("shichi", 1)),
    "expint": either(
        lambda n, x: by_scipy("expn")(np.where((n >= 0) & (n < 2**31), np.floor(n), 0), x),
        pointwise(plain("expint")),
        lambda n, x: (n == np.floor(n)) & (n >= 0) & (n < 1000) & (x > 0),
    ),
    "expint_n": pointwise(order_slope("expint")),
    "fresnels": either(by_scipy("fresnel", 0), pointwise(plain("fresnels")), lambda x: abs(x) < MAX_FRESNEL_ARGUMENT),
    "fresnelc": either(by_scipy("fresnel", 1), pointwise(plain("fresnelc")), lambda x: abs(x) < MAX_FRESNEL_ARGUMENT),
    **{name: by_scipy(name) for name in ("erfi", "erfinv", "erfcinv", "erfcx", "dawsn", "log_ndtr", "ndtri")},
    "erfcx_n": _erfcx_n,
}


# Elliptic integrals


def _elliptic(scipy_name: str, j: int) -> ArrayFunction:
    """An incomplete integral of the first or second kind. SciPy leaves out m above 1."""
    zero = np.zeros(())
    return either(by_scipy(scipy_name), lambda z, m: ellipint(zero, zero, zero + j, zero, z, m), lambda z, m: m <= 1)


def _elliptic_pi(n: Array, z: Array, m: Array) -> Array:
    return ellipint(np.zeros(()), np.ones(()), np.ones(()), n, z, m)


ELLIPTIC: dict[str, ArrayFunction] = {
    "elliptic_k": by_scipy("ellipk"),
    "elliptic_e": by_scipy("ellipe"),
    "elliptic_e_inc": _elliptic("ellipeinc", 0),
    "elliptic_f": _elliptic("ellipkinc", 1),
    "elliptic_pi": lambda n, m: _elliptic_pi(n, np.array(HALF_PI), m),
    "elliptic_pi_inc": _elliptic_pi,
    "ellipint": ellipint,
}


# Orthogonal polynomials


def _polynomial(step: RecurrenceStep) -> ArrayFunction:
    """The kernel of an orthogonal polynomial: up to the highest degree, each point takes the one of its own degree."""

    def kernel(n: Array, *parameters: Array) -> Array:
        before = np.zeros(np.broadcast_shapes(*map(np.shape, parameters)))
        now = np.ones_like(before)
        result = np.where(n == 0, now, 0.0)
        for degree in range(int(np.max(n, initial=0))):
            before, now = now, step(degree, now, before, *parameters)
            result = np.where(n == degree + 1, now, result)
        return result

    return kernel


POLYNOMIALS = {name: _polynomial(step) for name, step in RECURRENCES.items()}

POINTWISE = "lowergamma_s uppergamma_s gammainc_a zeta_s binomial_nk rf_xk bessely_n besselk_n dawsn_n".split()
"""Derivatives in parameters, which nothing but `high_precision.py` has."""

KERNELS: dict[str, ArrayFunction] = {
    **(GAMMA | BESSEL | INTEGRALS | ELLIPTIC | POLYNOMIALS),
    **{name: pointwise(getattr(high_precision, name)) for name in POINTWISE},
}
"""The kernel of every special function, by the name of its row."""
