"""Means of polynomials of independent normal numbers."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from flint import arb

from derivcli.uncertainty.normal_moments import Interval, moment, size_moment, whole_moment
from derivcli.uncertainty.taylor_arithmetic import Series, exponents

_ZERO = arb(0)


def squared(series: Series) -> Series:
    """The square of a polynomial."""
    found: Series = [{} for _ in range(2 * len(series) - 1)]
    items = [(degree, key, value) for degree, terms in enumerate(series) for key, value in terms.items()]
    for place, (degree, key, value) in enumerate(items):
        terms = found[2 * degree]
        terms[2 * key] = terms.get(2 * key, _ZERO) + value * value
        twice = 2 * value
        for other_degree, other_key, other in items[place + 1 :]:
            terms, both = found[degree + other_degree], key + other_key
            known = terms.get(both)
            terms[both] = twice * other if known is None else known + twice * other
    return found


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
    weight = prod((table[0] for table in tables), start=arb(1))
    tables = [[each / table[0] for each in table] for table in tables]
    found = _ZERO
    for terms in series:
        for key, value in terms.items():
            for table, power in zip(tables, exponents(key, len(rows)), strict=True):
                if power:
                    value = value * table[power]
            found += value
    return found * weight


def shell_integral(series: Series, variables: int, inner: float, outer: float) -> arb:
    """The integral of a polynomial of the sizes |z_i| over what lies between two cubes."""
    found = _ZERO
    for terms in series:
        for key, value in terms.items():
            powers = tuple(sorted(exponents(key, variables)))
            found += value * (size_moment(powers, outer) - size_moment(powers, inner))
    return found
