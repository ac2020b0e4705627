"""Series of the remaining special functions: inverses by their equations, polynomials by a recurrence in the degree."""

from __future__ import annotations

import math

import torch

from derivcli.engines.special_functions.polynomials import RECURRENCES, RecurrenceStep
from derivcli.engines.taylor.bessel import AIRY, BESSEL, BESSEL_K
from derivcli.engines.taylor.elementary import exp
from derivcli.engines.taylor.gamma import GAMMA
from derivcli.engines.taylor.quadrature import quadrature
from derivcli.engines.taylor.recurrences import (
    TaylorRule,
    anchored,
    derivative,
    growing,
    integral,
    inverse_error,
    lambert,
    sloping,
    truncated,
)
from derivcli.engines.taylor.sampled_functions import SAMPLED
from derivcli.engines.taylor.series import Series
from derivcli.engines.torch.rules import TORCH_RULES

# Error functions and their inverses

TWO_OVER_SQRT_PI = 2 / math.sqrt(math.pi)


def _inverse(factor: float, rate: float) -> TaylorRule:
    """A way to grow by the slope factor*exp(rate*y^2/2)."""
    return lambda base, u: inverse_error(base, factor * exp(base * base * (rate / 2)), u, rate)


def _lambertw(base: Series, u: Series, _: Series) -> Series:
    raised = exp(base)
    return lambert(base, raised, raised * (1 + base), u)


# Exponential integrals of whole orders

MAX_RECURRENCE_ORDER = 32
"""Up to this order an exponential integral is led back to the elementary one of order 0."""


def _by_order(n: Series, u: Series) -> Series:
    """By the slope -expint(n - 1, u) down to order 0, or by n*expint(n + 1, u) + u*expint(n, u) = exp(-u) up to it."""
    order = int(n.value[0])
    if order > 0:
        slope = -expint_of_whole(truncated(n) - 1, truncated(u)) * derivative(u)
        return integral(u.first.constant(0.0), slope)
    return (exp(-u) - n * expint_of_whole(n + 1, u)) / u if order else exp(-u) / u


expint_of_whole = quadrature("expint", _by_order)


def _expint(n: Series, u: Series) -> Series:
    """By elementary functions for one whole order; of another order on a line by other orders, else by samples."""
    order = float(n.value[0])
    if n.terms.numel() == 1 and order.is_integer() and abs(order) <= MAX_RECURRENCE_ORDER:
        return expint_of_whole(n, u)
    on_line = n.is_constant and len(u.caps) == 1 and len(u) == 2
    return (_expint_on_line if on_line else SAMPLED["expint"])(n, u)


def _expint_on_line(n: Series, u: Series) -> Series:
    """The k-th coefficient is (-u1)^k/k! expint(n - k, u0)."""
    found, factor = [TORCH_RULES["expint"](n.value, u.value)], torch.ones_like(u.value)
    for k in range(1, u.caps[0] + 1):
        factor = factor * -u.terms[1] / k
        found.append(factor * TORCH_RULES["expint"](n.value - k, u.value))
    return Series(torch.stack(found), u.caps)


# Orthogonal polynomials


def _polynomial(name: str, step: RecurrenceStep) -> TaylorRule:
    """The series of a polynomial of one degree."""

    def formula(n: Series, *parameters: Series) -> Series:
        degree = int(n.value[0])
        now, before = parameters[-1].constant(float(degree >= 0)), parameters[-1].constant(0.0)
        for k in range(degree):
            now, before = step(k, now, before, *parameters), now
        return now

    return growing(TORCH_RULES[name], anchored(formula))


POLYNOMIALS = {name: _polynomial(name, step) for name, step in RECURRENCES.items()}


SPECIAL: dict[str, TaylorRule] = {
    **SAMPLED,
    **POLYNOMIALS,
    **AIRY,
    **BESSEL_K,
    **BESSEL,
    **GAMMA,
    "erf": growing(TORCH_RULES["erf"], sloping(lambda u: TWO_OVER_SQRT_PI * exp(-(u * u)))),
    "erfc": growing(TORCH_RULES["erfc"], sloping(lambda u: -TWO_OVER_SQRT_PI * exp(-(u * u)))),
    "erfinv": growing(TORCH_RULES["erfinv"], _inverse(1 / TWO_OVER_SQRT_PI, 2)),
    "erfcinv": growing(TORCH_RULES["erfcinv"], _inverse(-1 / TWO_OVER_SQRT_PI, 2)),
    "ndtri": growing(TORCH_RULES["ndtri"], _inverse(math.sqrt(2 * math.pi), 1)),
    "expint": _expint,
    "lambertw": growing(TORCH_RULES["lambertw"], _lambertw),
}
"""The special functions but those whose slopes the table's formulas give."""
