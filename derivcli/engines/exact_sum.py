"""Sums of float64 without any rounding, whatever their order: integers for each power of 2."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

HALF_BITS = 26
"""Bits of the lower half of a mantissa, of which 2^26 add up exactly in a float64."""

PIECE_NUMBERS = 1 << 20
"""Numbers that are added at once: the sums of their halves are whole numbers below 2^53."""


class ExactSum:
    """The sum of all numbers that were added; it takes the same memory however many there are."""

    def __init__(self) -> None:
        self._parts: dict[int, int] = defaultdict(int)
        self._other = 0.0

    def add(self, values: NDArray[Any]) -> None:
        """Add the numbers of an array of shape (n,)."""
        numbers = np.asarray(values, np.float64)
        finite = np.isfinite(numbers)
        if not finite.all():
            with np.errstate(invalid="ignore"):
                self._other += float(numbers[~finite].sum())
            numbers = numbers[finite]
        for start in range(0, len(numbers), PIECE_NUMBERS):
            for exponent, part in _by_exponent(numbers[start : start + PIECE_NUMBERS]):
                self._parts[exponent] += part

    @property
    def is_finite(self) -> bool:
        """Whether all numbers were finite."""
        return self._other == 0.0

    @property
    def exact(self) -> Fraction:
        """The sum of the finite numbers."""
        low = min(self._parts, default=0)
        total = sum(part << (exponent - low) for exponent, part in self._parts.items())
        return Fraction(total) * Fraction(2) ** low

    def over(self, count: int) -> float:
        """The sum over a count, rounded once to float64."""
        if not self.is_finite:
            return self._other
        found = self.exact / count
        try:
            return found.numerator / found.denominator
        except OverflowError:
            return math.inf if found > 0 else -math.inf


def _by_exponent(numbers: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """The sums of the mantissas, as whole numbers, for each power of 2 that they count."""
    if not len(numbers):
        return
    mantissas, exponents = np.frexp(numbers)
    low = int(exponents.min())
    places = exponents - low
    whole = np.ldexp(mantissas, 53)
    high = np.floor(np.ldexp(whole, -HALF_BITS))
    rest = whole - np.ldexp(high, HALF_BITS)
    for half, shift in ((high, HALF_BITS), (rest, 0)):
        sums = np.bincount(places, weights=half)
        for place in np.flatnonzero(sums).tolist():
            yield place + low - 53 + shift, int(sums[place])
