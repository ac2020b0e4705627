"""Evaluation as rounding might leave it: every step's result moved by a small random factor.

How far the results of several such evaluations lie apart tells how far rounding can move a number. (Monte Carlo
arithmetic: Parker, "Monte Carlo arithmetic: exploiting randomness in floating-point arithmetic", 1997.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from flint import arb, arb_series, fmpq

MANTISSA_BITS = {"float64": 53, "float32": 24}
"""Bits of a number of each format."""

NORMAL_RANGE = {"float64": (arb(2) ** -1022, arb(2) ** 1024), "float32": (arb(2) ** -126, arb(2) ** 128)}
"""The sizes of the ordinary numbers of each format."""

FACTOR_STEPS = 2**20
"""In how many steps a factor is drawn, so that it is an exact number."""


@dataclass(slots=True, eq=False)
class Rounding:
    """Random factors of 1 plus or minus up to 2**size, and what was met on the way beyond the format's range.

    With `inside` the arguments of functions are moved too, as if these rounded them. With `wide` the factors are not
    random but balls, in which all that rounding may do lies. `steep` says that a step may have higher derivatives
    beyond the format.
    """

    size: int
    dtype: str
    seed: int
    extreme: str = ""
    steep: str = ""
    inside: bool = False
    wide: bool = False
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def moved(self, value: Any, order: int) -> Any:
        """A step's result, each of its coefficients moved."""
        self.look(value[place] for place in range(order + 1))
        return arb_series([value[place] * self.factor() for place in range(order + 1)])

    def argument(self, value: Any, order: int) -> Any:
        """An argument as a function may have rounded it."""
        return arb_series([value[0] * self.factor(), *[value[place] for place in range(1, order + 1)]])

    def stored(self, value: Any, order: int, exact: fmpq | None) -> Any:
        """A number of the formula or the point, moved if the format does not hold it."""
        if exact is not None and self.holds(exact):
            return value
        return self.argument(value, order)

    def holds(self, number: fmpq) -> bool:
        """Whether a rational number is one of the format, but for its range."""
        odd = number.p
        while odd and odd % 2 == 0:
            odd //= 2
        return bool(number.q & (number.q - 1) == 0 and abs(odd) < 2 ** MANTISSA_BITS[self.dtype])

    def factor(self) -> arb:
        """One plus or minus up to 2**size."""
        if self.wide:
            return arb(1, arb(2) ** self.size)
        return 1 + arb(self.random.randint(-FACTOR_STEPS, FACTOR_STEPS)) / FACTOR_STEPS * arb(2) ** self.size

    def look(self, sizes: Iterable[arb]) -> None:
        """Note numbers that the format does not hold."""
        smallest, largest = NORMAL_RANGE[self.dtype]
        for size in sizes:
            if abs(size) > largest:
                self.extreme = "overflow"
            elif abs(size) < smallest and not size.is_zero() and not self.extreme:
                self.extreme = "underflow"

    def look_at_slope(self, outer: Any, inner: Sequence[Any], order: int) -> None:
        """Note a step whose own slope, a factor of the backward pass, is beyond the format."""
        slope = abs(outer[1])
        for series in inner:
            run = abs(series[1])
            if run > 0:
                self.look([slope / run])
            size = abs(series[0])
            if size > 0 and abs(outer[0]) / size**order > NORMAL_RANGE[self.dtype][1]:
                self.steep = "overflow"
