"""Integrals over series: each node of a quadrature is a point of its own, and no coefficient is a difference."""

from __future__ import annotations

import torch

from derivcli.engines.rules import RULES
from derivcli.engines.taylor.elementary import exp
from derivcli.engines.taylor.recurrences import Rule, anchored, growing
from derivcli.engines.taylor.series import Series, embed, joint

BLOCK = 16
"""Points that are integrated together."""
NODES = 512
"""Nodes of the trapezoidal rule: its error is far below float64 for any argument from 1e-30 to 1e30."""
FALL = 800
"""The exponent at which the integrand is cut off."""


def quadrature(name: str, formula: Rule) -> Rule:
    """The rule of an integral; none of its coefficients exists where it has no value."""

    def grow(base: Series, *inputs: Series) -> Series:
        found = anchored(formula)(base, *inputs)
        return Series(torch.where(torch.isfinite(found.value), found.terms, torch.nan), found.caps)

    return growing(RULES[name], grow)


def in_blocks(formula: Rule, *inputs: Series) -> Series:
    """The formula at all points, some of them at a time."""
    count = max(u.terms.shape[-1] for u in inputs)
    places = [torch.arange(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK)]
    blocks = [formula(*(u.at(some) for u in inputs)).terms for some in places]
    *shape, _ = joint(*blocks)
    terms = torch.cat([embed(block, [*shape, block.shape[-1]]) for block in blocks], dim=-1)
    return Series(terms, inputs[0].caps)


def spread(u: Series, count: int, nodes: int) -> Series:
    """The series at each of the points, once for each node."""
    return Series(u.terms.expand(*u.terms.shape[:-1], count).repeat_interleave(nodes, dim=-1), u.caps)


def summed(heights: Series, nodes: int) -> Series:
    """The sum over the nodes of each point."""
    terms = heights.terms
    return Series(terms.reshape(*terms.shape[:-1], -1, nodes).sum(dim=-1), heights.caps)


def bessel_integral(n: Series, u: Series, by_order: int, by_argument: int, scaled: bool) -> Series:
    """The integral of exp(-u*cosh(t))*cosh(n*t) from 0, differentiated in n and in u; times exp(u) if it is scaled."""
    times = by_order + by_argument + sum(u.caps)
    count = max(n.terms.shape[-1], u.terms.shape[-1])
    end = torch.acosh(1 + (FALL + 20 * (abs(n.value) + times)) / u.value).expand(count)
    step = end / NODES
    t = (step[:, None] * torch.arange(NODES + 1, dtype=end.dtype, device=end.device)).flatten()
    above = 2 * torch.sinh(t / 2) ** 2
    n, u = spread(n, count, NODES + 1), spread(u, count, NODES + 1)
    fall = u * (above if scaled else above + 1)
    sign = (-1.0) ** by_order
    heights = (exp(n * t - fall) + sign * exp(-(n * t) - fall)) * (t**by_order / 2)
    weights = step.repeat_interleave(NODES + 1) * (-above if scaled else -above - 1) ** by_argument
    weights[:: NODES + 1] /= 2
    return summed(heights * weights, NODES + 1)


def _besselk(n: Series, u: Series) -> Series:
    return bessel_integral(n, u, 0, 0, False)


def _besselk_n(k: Series, n: Series, u: Series) -> Series:
    return in_blocks(lambda n, u: bessel_integral(n, u, int(k.value[0]), 0, False), n, u)


def _kve_x(k: Series, n: Series, u: Series) -> Series:
    return in_blocks(lambda n, u: bessel_integral(n, u, 0, int(k.value[0]), True), n, u)


BESSEL_K: dict[str, Rule] = {
    "besselk": quadrature("besselk", lambda n, u: in_blocks(_besselk, n, u)),
    "besselk_n": quadrature("besselk_n", _besselk_n),
    "kve_x": quadrature("kve_x", _kve_x),
}
"""The modified Bessel functions that fall, and their derivatives."""
