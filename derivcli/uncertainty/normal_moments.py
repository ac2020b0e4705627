"""Moments of independent standard normal numbers, whole or cut to an interval, in balls."""

from __future__ import annotations

from functools import lru_cache
from math import comb, prod

from flint import arb, ctx

MOMENT_BITS = 256
"""Bits of precision: moments about the middle of a narrow interval are small differences."""

CUT = 6.0
"""Inputs are cut at so many standard deviations."""

Interval = tuple[float, float]


@lru_cache(maxsize=20_000)
def _about_zero(power: int, low: float, high: float) -> arb:
    """The integral of z^power times the normal density."""
    if power == 0:
        root = arb(2).sqrt()
        return ((arb(low) / root).erfc() - (arb(high) / root).erfc()) / 2
    edges = arb(low) ** (power - 1) * _density(low) - arb(high) ** (power - 1) * _density(high)
    return edges if power == 1 else (power - 1) * _about_zero(power - 2, low, high) + edges


@lru_cache(maxsize=2_000)
def _density(z: float) -> arb:
    return (-(arb(z) ** 2) / 2).exp() / (2 * arb.pi()).sqrt()


@lru_cache(maxsize=20_000)
def moment(power: int, low: float, high: float, centre: float = 0.0) -> arb:
    """The integral of (z - centre)^power times the normal density over an interval."""
    precision = ctx.prec
    ctx.prec = MOMENT_BITS
    try:
        if not centre:
            return _about_zero(power, low, high)
        terms = (
            comb(power, place) * arb(-centre) ** (power - place) * _about_zero(place, low, high)
            for place in range(power + 1)
        )
        return sum(terms, arb(0))
    finally:
        ctx.prec = precision


def whole_moment(power: int) -> int:
    """The moment of an uncut standard normal number."""
    return 0 if power % 2 else prod(range(1, power, 2))


@lru_cache(maxsize=20_000)
def size_moment(powers: tuple[int, ...], reach: float) -> arb:
    """The integral of the product of |z_i|^power_i over the cube of all |z_i| <= reach."""
    if reach == 0:
        return arb(0)
    return prod((2 * moment(power, 0.0, reach) for power in powers), start=arb(1))


def inside(variables: int, reach: float = CUT) -> arb:
    """The probability that all of so many numbers are at most `reach` in size."""
    return size_moment((0,) * variables, reach)
