"""Means of polynomials of independent normal numbers."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb

from derivcli.uncertainty.normal_moments import Interval, moment, size_moment, whole_moment
from derivcli.uncertainty.taylor_arithmetic import Series, exponents, product

_ZERO = arb(0)


def squared(series: Series) -> Series:
    """The square of a polynomial."""
    return product(series, series, 2 * (len(series) - 1))


def whole_mean(series: Series, variables: int) -> arb:
    """The mean over uncut normal numbers."""
    found = _ZERO
    for terms in series[::2]:
        for key, value in terms.items():
            weight = 1
            for power in exponents(key, variables):
                weight *= whole_moment(power)
            if weight:
                found += value * weight
    return found


def integral(series: Series, cell: Sequence[Interval]) -> arb:
    """The integral of a polynomial about the middle of a cell, times the normal density, over the cell."""
    rows = [(low, high, (low + high) / 2) for low, high in cell]
    highest = len(series)
    tables = [[moment(power, *row) for power in range(highest)] for row in rows]
    found = _ZERO
    for terms in series:
        for key, value in terms.items():
            for table, power in zip(tables, exponents(key, len(rows)), strict=True):
                value = value * table[power]
            found += value
    return found


def shell_integral(series: Series, variables: int, inner: float, outer: float) -> arb:
    """The integral of a polynomial of the sizes |z_i| over what lies between two cubes."""
    found = _ZERO
    for terms in series:
        for key, value in terms.items():
            powers = tuple(sorted(exponents(key, variables)))
            found += value * (size_moment(powers, outer) - size_moment(powers, inner))
    return found
