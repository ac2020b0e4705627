"""Series of the inverses of error functions, by their equations, and of exponential integrals."""

from __future__ import annotations

import torch

from derivcli.engines.taylor.composition import SAMPLED
from derivcli.engines.taylor.elementary import exp
from derivcli.engines.taylor.quadrature import quadrature
from derivcli.engines.taylor.recurrences import TaylorRule, derivative, integral, inverse_error, truncated
from derivcli.engines.taylor.series import Series
from derivcli.engines.torch.rules import TORCH_RULES

# Error functions and their inverses


def inverse(factor: float, rate: float) -> TaylorRule:
    """A way to grow by the slope factor*exp(rate*y^2/2)."""
    return lambda base, u: inverse_error(base, factor * exp(base * base * (rate / 2)), u, rate)


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


def expint(n: Series, u: Series) -> Series:
    """By elementary functions for one whole order. Another order is led to others on a line, and else sampled."""
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
