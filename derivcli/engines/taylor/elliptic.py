"""Series of the elliptic integrals, by quadrature of the integrand's series: no coefficient is a difference.

The integral over t from 0 to z is z times one over t/z from 0 to 1, so that z may vary like n and m.
"""

from __future__ import annotations

from typing import TypeAlias

import torch

from derivcli.engines.special_functions.elliptic import HALF_PI, HALF_PI_REST, LEFT_NODES, RIGHT_NODES, WEIGHTS
from derivcli.engines.taylor.elementary import constant_power, cos, sin
from derivcli.engines.taylor.quadrature import in_blocks, quadrature, spread, summed
from derivcli.engines.taylor.recurrences import TaylorRule
from derivcli.engines.taylor.series import Series, choose

Powers: TypeAlias = tuple[int, int, int]
"""The p, i and j of the integrand sin(t)^(2p) (1 - n sin(t)^2)^(-i) (1 - m sin(t)^2)^(1/2 - j)."""


def _quarter(m: Series) -> Series:
    """pi/2 as a series."""
    return m.constant(HALF_PI)


def _ellipint(p: Series, i: Series, j: Series, n: Series, z: Series, m: Series) -> Series:
    return _integral((int(p.value[0]), int(i.value[0]), int(j.value[0])), n, z, m)


def _integral(powers: Powers, n: Series, z: Series, m: Series) -> Series:
    return in_blocks(lambda *inputs: _periods(powers, *inputs), n, z, m)


def _periods(powers: Powers, n: Series, z: Series, m: Series) -> Series:
    """The integral over whole periods, and over what is left of either sign."""
    halves = torch.round(z.value / torch.pi)
    found = _within(powers, n, z - 2 * halves * HALF_PI - 2 * halves * HALF_PI_REST, m)
    if not halves.any():
        return found
    whole = _within(powers, n, z.constant(HALF_PI), m)
    return found + Series(torch.where(halves == 0, 0, whole.terms * (2 * halves)), whole.caps)


def _within(powers: Powers, n: Series, z: Series, m: Series) -> Series:
    """The integral for z from -pi/2 to pi/2. The float64 next to pi/2 is taken as pi/2 itself.

    Where m*sin(z)^2 is 1 the integrals of all coefficients but the first diverge.
    """
    p, i, j = powers
    count = max(u.terms.shape[-1] for u in (n, z, m))
    left, right, weights = (
        torch.as_tensor(x, dtype=z.terms.dtype).repeat(count) for x in (LEFT_NODES, RIGHT_NODES, WEIGHTS)
    )
    end = cos(z) * (z.value.abs() != HALF_PI)
    inside = (m.value * torch.sin(z.value) ** 2 < 1).expand(count).repeat_interleave(len(LEFT_NODES))
    n, z, m, end = (spread(u, count, len(LEFT_NODES)) for u in (n, z, m, end))
    sine, back = sin(z * left), z * right
    cosine = end * cos(back) + sin(z) * sin(back)
    first, second = (_one_minus(factor, sine, cosine) for factor in (n, m))
    heights = constant_power(sine, 2 * p) * constant_power(first, -i) * constant_power(second, 0.5 - j) * z * weights
    return summed(heights * torch.where(inside, 1.0, torch.nan), len(LEFT_NODES))


def _one_minus(factor: Series, sine: Series, cosine: Series) -> Series:
    """1 - factor*sine^2, without cancellation where the factor is between 0 and 1."""
    inside = factor.value > 0
    pieces = [(inside, lambda f, s, c: (1 - f) + f * c * c), (~inside, lambda f, s, c: 1 - f * s * s)]
    return choose(pieces, factor, sine, cosine)


ELLIPTIC: dict[str, TaylorRule] = {
    "elliptic_k": quadrature("elliptic_k", lambda m: _integral((0, 0, 1), m.constant(0.0), _quarter(m), m)),
    "elliptic_e": quadrature("elliptic_e", lambda m: _integral((0, 0, 0), m.constant(0.0), _quarter(m), m)),
    "elliptic_pi": quadrature("elliptic_pi", lambda n, m: _integral((0, 1, 1), n, _quarter(m), m)),
    "elliptic_f": quadrature("elliptic_f", lambda z, m: _integral((0, 0, 1), m.constant(0.0), z, m)),
    "elliptic_e_inc": quadrature("elliptic_e_inc", lambda z, m: _integral((0, 0, 0), m.constant(0.0), z, m)),
    "elliptic_pi_inc": quadrature("elliptic_pi_inc", lambda n, z, m: _integral((0, 1, 1), n, z, m)),
    "ellipint": quadrature("ellipint", _ellipint),
}
