"""Series of the gamma function, of those that are made of it, and of zeta."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from derivcli.engines.taylor.composition import SAMPLED, on_line
from derivcli.engines.taylor.elementary import exp, log, pow_
from derivcli.engines.taylor.recurrences import (
    TaylorRule,
    derivative,
    growing,
    lambert,
    linear,
    sloping,
    truncated,
    where_constant,
)
from derivcli.engines.taylor.series import Series, choose
from derivcli.engines.torch.rules import TORCH_RULES

# The gamma function and zeta


def _polygamma_on_line(n: Series, u: Series) -> Series:
    """The k-th coefficient is (-1)^(n+k+1) (n+k)!/k! zeta(n+k+1, u0) u1^k."""
    import scipy.special

    order, x = int(n.value[0]), u.terms.detach().cpu().double().numpy()
    found = [TORCH_RULES["polygamma"](n.value, u.value)]
    factor = math.factorial(order) * (-1.0) ** (order + 1)
    for k in range(1, u.caps[0] + 1 if len(u) > 1 else 1):
        factor = -factor * (order + k) / k * x[1]
        with np.errstate(all="ignore"):
            coefficient = factor * scipy.special.zeta(order + k + 1, x[0])
        found.append(torch.as_tensor(coefficient, dtype=u.terms.dtype, device=u.terms.device))
    return Series(torch.stack(found), u.caps)


_polygamma = on_line("polygamma", _polygamma_on_line, lambda n, u: u.value > 0)  # elsewhere terms cancel


def polygamma(order: int, u: Series) -> Series:
    """The derivative of digamma of a whole order."""
    return _polygamma(u.constant(float(order)), u)


def _gamma(base: Series, u: Series) -> Series:
    """By D y = digamma(u) y D u. Left of 0, where the poles on either side cancel, it is sampled."""
    right = u.value > 0
    return choose([(right, _gamma_right), (~right, lambda _, u: SAMPLED["gamma"](u))], base, u)


def _gamma_right(base: Series, u: Series) -> Series:
    return linear(base, polygamma(0, truncated(u)) * derivative(u))


gamma = growing(TORCH_RULES["gamma"], _gamma)


def _zeta_on_line(s: Series, u: Series) -> Series:
    """The k-th coefficient is (-1)^k binomial(s + k - 1, k) zeta(s + k, u0) u1^k."""
    found, factor = [TORCH_RULES["zeta"](s.value, u.value)], torch.ones_like(s.value)
    for k in range(u.caps[0] if len(u) > 1 else 0):
        factor = factor * -(s.value + k) / (k + 1) * u.terms[1]
        found.append(factor * TORCH_RULES["zeta"](s.value + k + 1, u.value))
    return Series(torch.stack(found), u.caps)


def _lambertw(base: Series, u: Series, _: Series) -> Series:
    """By its equation y*exp(y) = u."""
    raised = exp(base)
    return lambert(base, raised, raised * (1 + base), u)


# Incomplete gamma functions


MAX_GAMMA_ARGUMENT = 100
"""From here on gamma(a) is too large beside what it divides."""


def _density(s: Tensor, x: Tensor) -> Tensor:
    return torch.pow(x, s - 1) * torch.exp(-x)


def _regular_density(a: Tensor, x: Tensor) -> Tensor:
    """The same over gamma(a), by logarithms where it would overflow on the way."""
    logarithm = (a - 1) * torch.log(x) - x - TORCH_RULES["loggamma"](a)
    return torch.where(
        (a < MAX_GAMMA_ARGUMENT) & (x < 700), _density(a, x) / TORCH_RULES["gamma"](a), torch.exp(logarithm)
    )


MAX_NEAR_ARGUMENT = 8.0
"""From here on the coefficients of the power and of exp may cancel. Nearer to 0 those of the logarithm's slope do."""


def _grown_density(base: Series, s: Series, x: Series) -> Series:
    near = x.value < MAX_NEAR_ARGUMENT
    return choose([(near, lambda _, s, x: pow_(x, s - 1) * exp(-x)), (~near, _by_logarithm)], base, s, x)


def _grown_regular_density(base: Series, a: Series, x: Series) -> Series:
    if len(a) > 1:
        return density(a, x) / gamma(a)
    near = (x.value < MAX_NEAR_ARGUMENT) & (a.value < MAX_GAMMA_ARGUMENT)
    return choose([(near, lambda _, a, x: density(a, x) / gamma(a)), (~near, _by_logarithm)], base, a, x)


def _by_logarithm(base: Series, s: Series, x: Series) -> Series:
    short = truncated(x)
    rate = ((truncated(s) - 1) / short - 1) * derivative(x)
    return linear(base, rate if len(s) == 1 else rate + log(short) * derivative(s))


density = growing(_density, _grown_density)
regular_density = growing(_regular_density, _grown_regular_density)


def integral_of(name: str, slope: TaylorRule) -> TaylorRule:
    """An integral up to the second parameter. It is sampled where the first one varies, in which there is no slope."""
    return where_constant(growing(TORCH_RULES[name], sloping(slope, slope)), SAMPLED[name], 0)


GAMMA: dict[str, TaylorRule] = {
    "gamma": gamma,
    "loggamma": growing(TORCH_RULES["loggamma"], sloping(lambda u: polygamma(0, u))),
    "polygamma": _polygamma,
    "zeta": on_line("zeta", _zeta_on_line, lambda s, u: s.value > 1),
    "lambertw": growing(TORCH_RULES["lambertw"], _lambertw),
    "lowergamma": integral_of("lowergamma", density),
    "uppergamma": integral_of("uppergamma", lambda s, x: -density(s, x)),
    "gammainc": integral_of("gammainc", regular_density),
    "gammaincc": integral_of("gammaincc", lambda a, x: -regular_density(a, x)),
}
"""The rules of the family, but for what is sampled."""
