"""Series of the special functions that satisfy a differential equation of their own, or a recurrence in the degree."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from derivcli.engines.precise import Formula, airy, jn, plain
from derivcli.engines.rules import RULES
from derivcli.engines.taylor.elementary import exp, log, pow_
from derivcli.engines.taylor.pointwise import Sampled, pointwise
from derivcli.engines.taylor.recurrences import (
    Rule,
    anchored,
    derivative,
    growing,
    inverse_error,
    lambert,
    linear,
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


gamma = growing(RULES["gamma"], lambda base, u: linear(base, polygamma(0, truncated(u)) * derivative(u)))
density = growing(_density, _grown_density)
regular_density = growing(_regular_density, _grown_regular_density)


def integral_of(name: str, slope: Rule) -> Rule:
    """An integral up to the second parameter; samples where the first one varies, in which there is no slope."""
    along = growing(RULES[name], sloping(slope, slope))

    def value(s: Series, x: Series) -> Series:
        return SAMPLED[name](s, x) if s.caps and len(s) > 1 else along(s, x)

    return value


# Functions without an equation of their own


def _parity(mp: Any, n: Any, x: Any, formula: Formula) -> Any:
    """A function that is even or odd in x as its whole order is."""
    return formula(mp, n, x) if x >= 0 else (-1) ** int(n) * formula(mp, n, -x)


def _spherical_in(mp: Any, n: Any, x: Any) -> Any:
    if x == 0:
        return int(n == 0)
    return mp.sqrt(mp.pi / (2 * x)) * mp.besseli(n + mp.mpf(1) / 2, x)


def _positive(formula: Formula) -> Formula:
    """The formula, none where the last argument is negative."""
    return lambda mp, *inputs: formula(mp, *inputs) if inputs[-1] >= 0 else mp.nan


MEANING: dict[str, Formula] = {
    "beta": plain("beta"),
    "lowergamma": _positive(lambda mp, s, x: mp.gammainc(s, 0, x)),
    "uppergamma": _positive(lambda mp, s, x: mp.gammainc(s, x)),
    "gammainc": _positive(lambda mp, a, x: mp.gammainc(a, 0, x) * mp.rgamma(a)),
    "gammaincc": _positive(lambda mp, a, x: mp.gammainc(a, x) * mp.rgamma(a)),
    "zeta": plain("zeta"),
    "binomial": plain("binomial"),
    "rf": plain("rf"),
    "besselj": plain("besselj"),
    "bessely": _positive(plain("bessely")),
    "besseli": plain("besseli"),
    "besselk": _positive(plain("besselk")),
    "ive": lambda mp, n, x: mp.exp(-abs(x)) * mp.besseli(n, x),
    "kve": _positive(lambda mp, n, x: mp.exp(x) * mp.besselk(n, x)),
    "jn": jn,
    "spherical_in": lambda mp, n, x: _parity(mp, n, x, _spherical_in),
    "airyai": airy("airyai", 0),
    "airybi": airy("airybi", 0),
    "airyaiprime": airy("airyai", 1),
    "airybiprime": airy("airybi", 1),
    "expint": _positive(plain("expint")),
    "erfcx": lambda mp, x: mp.exp(x * x) * mp.erfc(x),
    "dawsn": lambda mp, x: mp.exp(-x * x) * mp.erfi(x) * mp.sqrt(mp.pi) / 2,
    "log_ndtr": lambda mp, x: mp.log(mp.erfc(-x / mp.sqrt(2)) / 2),
}
"""What is sampled, by the name of the row."""

SLOPES: dict[str, tuple[str, tuple[int, ...]]] = {
    "lowergamma_s": ("lowergamma", (0,)),
    "uppergamma_s": ("uppergamma", (0,)),
    "gammainc_a": ("gammainc", (0,)),
    "zeta_s": ("zeta", (0,)),
    "binomial_nk": ("binomial", (0, 1)),
    "rf_xk": ("rf", (0, 1)),
    **{f"bessel{kind}_n": (f"bessel{kind}", (0,)) for kind in "jyik"},
    "ive_x": ("ive", (1,)),
    "kve_x": ("kve", (1,)),
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
