"""Series of the Airy and Bessel functions: by their equations, an integral, or their neighbours."""

from __future__ import annotations

import math
from itertools import permutations

import torch
from torch import Tensor

from derivcli.engines.taylor.composition import SAMPLED, on_line
from derivcli.engines.taylor.elementary import exp
from derivcli.engines.taylor.quadrature import in_blocks, quadrature, spread, summed
from derivcli.engines.taylor.recurrences import TaylorRule, derivative, growing, pair, truncated, where_constant
from derivcli.engines.taylor.series import Series
from derivcli.engines.torch.rules import TORCH_RULES

# Airy functions, and the Bessel functions that are singular at 0


def _airy(name: str, other: str) -> TaylorRule:
    """A solution of y'' = u*y, or the slope of one, by both together."""

    def grow(base: Series, u: Series) -> Series:
        step = derivative(u)
        rates = step, truncated(u) * step
        return pair(base, AIRY[other](u.first), *(rates if other.endswith("prime") else reversed(rates)))[0]

    return growing(TORCH_RULES[name], grow)


AIRY: dict[str, TaylorRule] = {
    name: _airy(name, other)
    for function in ("airyai", "airybi")
    for name, other in permutations((function, f"{function}prime"))
}


def _singular(name: str, sign: float, varying: TaylorRule) -> TaylorRule:
    """A Bessel function by u*(u*y')' = (n^2 + sign*u^2)*y, where the order does not vary.

    The errors of the recurrence have a singularity at 0, and so does the function.
    """

    def grow(base: Series, n: Series, u: Series) -> Series:
        order, short = truncated(n), truncated(u)
        rate = derivative(u) / short
        back = (order * order + sign * short * short) * rate
        return pair(base, u.first * _slope(name, sign, n.first, u.first), rate, back)[0]

    return where_constant(growing(TORCH_RULES[name], grow), varying, 0)


def _slope(name: str, sign: float, n: Series, u: Series) -> Series:
    """The slope of a Bessel function, from those of the neighbouring orders."""
    return (BESSEL[name](n - 1, u) + sign * BESSEL[name](n + 1, u)) * (-sign / 2)


# By an integral

INTEGRAL_NODES = 512
"""Nodes of the trapezoidal rule: its error is far below float64 for any argument from 1e-30 to 1e30."""
CUTOFF_EXPONENT = 800
"""The exponent at which the integrand is cut off."""


def bessel_integral(n: Series, u: Series, by_order: int, by_argument: int, scaled: bool) -> Series:
    """The integral of exp(-u*cosh(t))*cosh(n*t) from 0, differentiated in n and in u, times exp(u) if it is scaled."""
    times = by_order + by_argument + sum(u.caps)
    count = max(n.terms.shape[-1], u.terms.shape[-1])
    end = torch.acosh(1 + (CUTOFF_EXPONENT + 20 * (abs(n.value) + times)) / u.value).expand(count)
    step = end / INTEGRAL_NODES
    t = (step[:, None] * torch.arange(INTEGRAL_NODES + 1, dtype=end.dtype, device=end.device)).flatten()
    above = 2 * torch.sinh(t / 2) ** 2
    n, u = spread(n, count, INTEGRAL_NODES + 1), spread(u, count, INTEGRAL_NODES + 1)
    fall = u * (above if scaled else above + 1)
    sign = (-1.0) ** by_order
    heights = (exp(n * t - fall) + sign * exp(-(n * t) - fall)) * (t**by_order / 2)
    weights = step.repeat_interleave(INTEGRAL_NODES + 1) * (-above if scaled else -above - 1) ** by_argument
    weights[:: INTEGRAL_NODES + 1] /= 2
    return summed(heights * weights, INTEGRAL_NODES + 1)


def _in_blocks(n: Series, u: Series, by_order: int = 0, by_argument: int = 0, scaled: bool = False) -> Series:
    return in_blocks(lambda n, u: bessel_integral(n, u, by_order, by_argument, scaled), n, u)


BESSEL_K: dict[str, TaylorRule] = {
    "besselk": quadrature("besselk", _in_blocks),
    "besselk_n": quadrature("besselk_n", lambda k, n, u: _in_blocks(n, u, by_order=int(k.value[0]))),
    "kve_x": quadrature("kve_x", lambda k, n, u: _in_blocks(n, u, by_argument=int(k.value[0]), scaled=True)),
}


# On straight lines

MAX_ORDER, MAX_ARGUMENT = 60, 1000
"""Up to this order and argument torch's values, which are SciPy's, have all their digits."""


def _on_line(name: str, sign: int) -> TaylorRule:
    """A Bessel function of which the k-th derivative is a sum of those of the orders n - k, ..., n + k over 2^k."""

    def along(n: Series, u: Series) -> Series:
        cap = u.caps[0] if len(u) > 1 else 0
        neighbours = [TORCH_RULES[name](n.value + shift, u.value) for shift in range(-cap, cap + 1)]
        half = u.terms[-1] / 2
        return Series(torch.stack([_difference(neighbours, k, sign) * half**k for k in range(cap + 1)]), u.caps)

    def near(n: Series, u: Series) -> Tensor:
        return (abs(n.value) + u.caps[0] < MAX_ORDER) & (abs(u.value) < MAX_ARGUMENT)

    return on_line(name, along, near)


def _difference(neighbours: list[Tensor], times: int, sign: int) -> Tensor:
    """The values of orders 2 apart with binomial weights, over the factorial of `times`."""
    middle = len(neighbours) // 2
    total = torch.zeros_like(neighbours[middle])
    for j in range(times + 1):
        total = total + sign**j * math.comb(times, j) / math.factorial(times) * neighbours[middle - times + 2 * j]
    return total


BESSEL: dict[str, TaylorRule] = {
    "besselj": _on_line("besselj", -1),
    "besseli": _on_line("besseli", 1),
    "bessely": _singular("bessely", -1, SAMPLED["bessely"]),
    "besselk": _singular("besselk", 1, BESSEL_K["besselk"]),
}
