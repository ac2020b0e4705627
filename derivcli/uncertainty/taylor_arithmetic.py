"""Power series in several variables whose coefficients are balls, up to a total degree.

A series is a list with a dictionary for each degree. Its keys are exponents, packed into one whole number. What is
not in a dictionary is 0 since the formula is made so, not since a ball happens to be 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

from flint import arb

EXPONENT_BITS = 10
"""Bits for the exponent of each variable in a key."""

MAX_EXPONENT = (1 << EXPONENT_BITS) - 1

Series: TypeAlias = "list[dict[int, arb]]"
"""By degree and by exponents the coefficients."""


def constant(value: arb) -> Series:
    """A number."""
    return [{0: value}]


def key_of(variable: int) -> int:
    """The exponents of a variable by itself."""
    return 1 << (EXPONENT_BITS * variable)


@lru_cache(maxsize=10_000)
def exponents(key: int, variables: int) -> tuple[int, ...]:
    """The exponent of each variable."""
    return tuple(key >> (EXPONENT_BITS * place) & MAX_EXPONENT for place in range(variables))


def total(one: Series, other: Series) -> Series:
    """The sum of two series."""
    if len(one) < len(other):
        one, other = other, one
    found = [dict(terms) for terms in one]
    for terms, added in zip(found, other, strict=False):
        for key, value in added.items():
            known = terms.get(key)
            terms[key] = value if known is None else known + value
    return found


def scaled(series: Series, factor: arb) -> Series:
    """A multiple of a series."""
    return [{key: value * factor for key, value in terms.items()} for terms in series]


def product(one: Series, other: Series, order: int) -> Series:
    """The product of two series up to a degree."""
    degree = min(order, len(one) + len(other) - 2)
    found: Series = [{} for _ in range(degree + 1)]
    for first, terms in enumerate(one[: degree + 1]):
        for second, others in enumerate(other[: degree + 1 - first]):
            made = found[first + second]
            for key, value in terms.items():
                for other_key, factor in others.items():
                    place = key + other_key
                    known = made.get(place)
                    made[place] = value * factor if known is None else known + value * factor
    return found


def composed(coefficients: Sequence[arb], inner: Series, order: int) -> Series:
    """A function of a series, from the function's own coefficients about the value of the series."""
    moved: Series = [{}, *inner[1:]]
    found = constant(coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        found = product(moved, found, order)
        found[0] = {0: coefficient}
    return found


def value_of(series: Series) -> arb:
    """The coefficient of degree 0."""
    return series[0].get(0, _ZERO)


_ZERO = arb(0)
