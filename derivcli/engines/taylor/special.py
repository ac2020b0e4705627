"""Series of the special functions that satisfy a differential equation of their own, or a recurrence in the degree."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from derivcli.engines.precise import plain
from derivcli.engines.rules import RULES
from derivcli.engines.taylor.elementary import exp, log, pow_
from derivcli.engines.taylor.meaning import MEANING
from derivcli.engines.taylor.pointwise import Sampled, pointwise
from derivcli.engines.taylor.quadrature import BESSEL_K
from derivcli.engines.taylor.recurrences import (
    Rule,
    anchored,
    derivative,
    growing,
    inverse_error,
    lambert,
    linear,
    pair,
    sloping,
    truncated,
)
from derivcli.engines.taylor.series import Series, choose

# Error functions and their inverses

ROOT = 2 / math.sqrt(math.pi)


def _inverse(factor: float, rate: float) -> Rule:
    """A way to grow by the slope factor*exp(rate*y^2/2)."""
    return lambda base, u: inverse_error(base, factor * exp(base * base * (rate / 2)), u, rate)


def _lambertw(base: Series, u: Series, _: Series) -> Series:
    raised = exp(base)
    return lambert(base, raised, raised * (1 + base), u)


# Orthogonal polynomials


def by_degree(name: str, below: Rule, step: Callable[..., Series]) -> Rule:
    """A polynomial of degree n, 1 for degree 0: `step(k, now, before, *parameters)` goes from degree k to the next."""

    def formula(n: Series, *parameters: Series) -> Series:
        degree = int(n.value[0])
        now, before = parameters[-1].constant(float(degree >= 0)), below(parameters[-1])
        for k in range(degree):
            now, before = step(k, now, before, *parameters), now
        return now

    return growing(RULES[name], anchored(formula))


def _nothing(x: Series) -> Series:
    return x.constant(0.0)


def _gegenbauer(k: int, now: Series, before: Series, a: Series | float, x: Series) -> Series:
    return (2 * (k + a) * x * now - (k + 2 * a - 1) * before) / (k + 1)


def _laguerre(k: int, now: Series, before: Series, a: Series | float, x: Series) -> Series:
    return ((2 * k + 1 + a - x) * now - (k + a) * before) / (k + 1)


POLYNOMIALS: dict[str, Rule] = {
    "legendre": by_degree("legendre", _nothing, lambda k, now, before, x: _gegenbauer(k, now, before, 0.5, x)),
    "chebyshevt": by_degree("chebyshevt", lambda x: x, lambda k, now, before, x: 2 * x * now - before),
    "chebyshevu": by_degree("chebyshevu", _nothing, lambda k, now, before, x: 2 * x * now - before),
    "hermite": by_degree("hermite", _nothing, lambda k, now, before, x: 2 * x * now - 2 * k * before),
    "hermite_prob": by_degree("hermite_prob", _nothing, lambda k, now, before, x: x * now - k * before),
    "laguerre": by_degree("laguerre", _nothing, lambda k, now, before, x: _laguerre(k, now, before, 0.0, x)),
    "gegenbauer": by_degree("gegenbauer", _nothing, _gegenbauer),
    "assoc_laguerre": by_degree("assoc_laguerre", _nothing, _laguerre),
}

# The gamma function

def _polygamma(n: Series, u: Series) -> Series:
    """The derivatives of digamma where u is a straight line in one variable, else samples; so where terms cancel."""
    if len(u.caps) != 1 or len(u) > 2:
        return sampled_polygamma(n, u)
    start = u.value
    return choose([(start > 0, _polygamma_on_line), (~(start > 0), sampled_polygamma)], n, u)


def _polygamma_on_line(n: Series, u: Series) -> Series:
    """The k-th coefficient is (-1)^(n+k+1) (n+k)!/k! zeta(n+k+1, u0) u1^k."""
    import scipy.special

    order, x = int(n.value[0]), u.terms.detach().cpu().double().numpy()
    found = [RULES["polygamma"](n.value, u.value)]
    factor = math.factorial(order) * (-1.0) ** (order + 1)
    for k in range(1, u.caps[0] + 1 if len(u) > 1 else 1):
        factor = -factor * (order + k) / k * x[1]
        with np.errstate(all="ignore"):
            coefficient = factor * scipy.special.zeta(order + k + 1, x[0])
        found.append(torch.as_tensor(coefficient, dtype=u.terms.dtype, device=u.terms.device))
    return Series(torch.stack(found), u.caps)


sampled_polygamma = pointwise(Sampled(lambda mp, n, x: mp.psi(int(n), x)), RULES["polygamma"])


def polygamma(order: int, u: Series) -> Series:
    """The derivative of digamma of a whole order."""
    return _polygamma(u.constant(float(order)), u)


# Incomplete gamma functions


LARGE = 100
"""From here on gamma(a) is too large beside what it divides."""


def _density(s: Tensor, x: Tensor) -> Tensor:
    """x^(s-1)*exp(-x)."""
    return torch.pow(x, s - 1) * torch.exp(-x)


def _regular_density(a: Tensor, x: Tensor) -> Tensor:
    """The same over gamma(a), by logarithms where it would overflow on the way."""
    logarithm = (a - 1) * torch.log(x) - x - RULES["loggamma"](a)
    return torch.where((a < LARGE) & (x < 700), _density(a, x) / RULES["gamma"](a), torch.exp(logarithm))


FAR = 8.0
"""From here on the coefficients of the power and of exp may cancel; nearer to 0 those of the logarithm's slope do."""


def _grown_density(base: Series, s: Series, x: Series) -> Series:
    near = x.value < FAR
    return choose([(near, lambda _, s, x: pow_(x, s - 1) * exp(-x)), (~near, _by_logarithm)], base, s, x)


def _grown_regular_density(base: Series, a: Series, x: Series) -> Series:
    if len(a) > 1:
        return density(a, x) / gamma(a)
    near = (x.value < FAR) & (a.value < LARGE)
    return choose([(near, lambda _, a, x: density(a, x) / gamma(a)), (~near, _by_logarithm)], base, a, x)


def _by_logarithm(base: Series, s: Series, x: Series) -> Series:
    """By the slope of the logarithm."""
    short = truncated(x)
    rate = ((truncated(s) - 1) / short - 1) * derivative(x)
    return linear(base, rate if len(s) == 1 else rate + log(short) * derivative(s))


def _gamma(base: Series, u: Series) -> Series:
    """By D y = digamma(u) y D u; left of 0, where the poles on either side cancel, by samples."""
    right = u.value > 0
    return choose([(right, _gamma_right), (~right, lambda _, u: sampled_gamma(u))], base, u)


def _gamma_right(base: Series, u: Series) -> Series:
    return linear(base, polygamma(0, truncated(u)) * derivative(u))


sampled_gamma = pointwise(Sampled(plain("gamma")), RULES["gamma"])
gamma = growing(RULES["gamma"], _gamma)
density = growing(_density, _grown_density)
regular_density = growing(_regular_density, _grown_regular_density)


def integral_of(name: str, slope: Rule) -> Rule:
    """An integral up to the second parameter; samples where the first one varies, in which there is no slope."""
    along = growing(RULES[name], sloping(slope, slope))

    def value(s: Series, x: Series) -> Series:
        return SAMPLED[name](s, x) if s.caps and len(s) > 1 else along(s, x)

    return value


# Airy functions, and the Bessel functions that are singular at 0


def _airy(slope: str) -> Rule:
    """A way to grow by y'' = u*y."""

    def grow(base: Series, u: Series) -> Series:
        step = derivative(u)
        return pair(base, AIRY[slope](u.first), step, truncated(u) * step)[0]

    return grow


def _airy_slope(function: str) -> Rule:
    """A way to grow for the slope of such a y."""

    def grow(base: Series, u: Series) -> Series:
        step = derivative(u)
        return pair(base, AIRY[function](u.first), truncated(u) * step, step)[0]

    return grow


AIRY: dict[str, Rule] = {
    **{name: growing(RULES[name], _airy(f"{name}prime")) for name in ("airyai", "airybi")},
    **{f"{name}prime": growing(RULES[f"{name}prime"], _airy_slope(name)) for name in ("airyai", "airybi")},
}


def _singular_bessel(name: str, sign: float, slope: Rule, varying: Rule) -> Rule:
    """A Bessel function by u*(u*y')' = (n^2 + sign*u^2)*y, where the order does not vary.

    The errors of the recurrence have a singularity at 0, and so does the function.
    """

    def grow(base: Series, n: Series, u: Series) -> Series:
        order, short = truncated(n), truncated(u)
        rate = derivative(u) / short
        back = (order * order + sign * short * short) * rate
        return pair(base, u.first * slope(n.first, u.first), rate, back)[0]

    along = growing(RULES[name], grow)

    def value(n: Series, u: Series) -> Series:
        return varying(n, u) if n.caps and len(n) > 1 else along(n, u)

    return value


def _neighbours(name: str, sign: float) -> Rule:
    """The slope of a Bessel function, from those of the orders beside its own."""
    return lambda n, u: (BESSEL[name](n - 1, u) - sign * BESSEL[name](n + 1, u)) * (sign / 2)


sampled_bessely = pointwise(Sampled(MEANING["bessely"]), RULES["bessely"])
BESSEL: dict[str, Rule] = {
    "bessely": _singular_bessel("bessely", -1, _neighbours("bessely", 1), sampled_bessely),
    "besselk": _singular_bessel("besselk", 1, _neighbours("besselk", -1), BESSEL_K["besselk"]),
}


# Functions without an equation of their own

SLOPES: dict[str, tuple[str, tuple[int, ...]]] = {
    "lowergamma_s": ("lowergamma", (0,)),
    "uppergamma_s": ("uppergamma", (0,)),
    "gammainc_a": ("gammainc", (0,)),
    "zeta_s": ("zeta", (0,)),
    "binomial_nk": ("binomial", (0, 1)),
    "rf_xk": ("rf", (0, 1)),
    **{f"bessel{kind}_n": (f"bessel{kind}", (0,)) for kind in "jyi"},
    "ive_x": ("ive", (1,)),
    "erfcx_n": ("erfcx", (0,)),
    "dawsn_n": ("dawsn", (0,)),
    "expint_n": ("expint", (0,)),
}
"""Rows that are derivatives of others: which ones, and in which of their arguments."""

SAMPLED: dict[str, Rule] = {
    **{name: pointwise(Sampled(formula), RULES[name]) for name, formula in MEANING.items() if name in RULES},
    **{name: pointwise(Sampled(MEANING[of], by), RULES[name]) for name, (of, by) in SLOPES.items()},
}

SPECIAL: dict[str, Rule] = {
    **SAMPLED,
    **POLYNOMIALS,
    **AIRY,
    **BESSEL_K,
    **BESSEL,
    "erf": growing(RULES["erf"], sloping(lambda u: ROOT * exp(-(u * u)))),
    "erfc": growing(RULES["erfc"], sloping(lambda u: -ROOT * exp(-(u * u)))),
    "erfinv": growing(RULES["erfinv"], _inverse(1 / ROOT, 2)),
    "erfcinv": growing(RULES["erfcinv"], _inverse(-1 / ROOT, 2)),
    "ndtri": growing(RULES["ndtri"], _inverse(math.sqrt(2 * math.pi), 1)),
    "lambertw": growing(RULES["lambertw"], _lambertw),
    "polygamma": _polygamma,
    "loggamma": growing(RULES["loggamma"], sloping(lambda u: polygamma(0, u))),
    "gamma": gamma,
    "lowergamma": integral_of("lowergamma", density),
    "uppergamma": integral_of("uppergamma", lambda s, x: -density(s, x)),
    "gammainc": integral_of("gammainc", regular_density),
    "gammaincc": integral_of("gammaincc", lambda a, x: -regular_density(a, x)),
}
"""The special functions but those whose slopes the table's formulas give."""
