"""Jets: a function of one variable at a point as its first Taylor coefficients, numbers of mpmath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import mpmath

Scalar = Any
"""A number of mpmath, or a whole one."""

TERMS = 7
"""How many coefficients a jet has, more than there are orders."""


@dataclass(frozen=True, slots=True)
class Jet:
    """The Taylor coefficients of a function."""

    series: tuple[Scalar, ...]

    @staticmethod
    def variable(point: Scalar, slope: Scalar = 1) -> Jet:
        """A linear function with a value and a slope."""
        return Jet((mpmath.mpf(point), mpmath.mpf(slope), *[mpmath.mpf(0)] * (TERMS - 2)))

    @staticmethod
    def of(number: Jet | Scalar) -> Jet:
        """A constant, or the jet that it is."""
        return number if isinstance(number, Jet) else Jet.variable(number, 0)

    def __neg__(self) -> Jet:
        return Jet(tuple(-each for each in self.series))

    def __add__(self, other: Jet | Scalar) -> Jet:
        return Jet(tuple(a + b for a, b in zip(self.series, Jet.of(other).series, strict=True)))

    __radd__ = __add__

    def __sub__(self, other: Jet | Scalar) -> Jet:
        return self + -Jet.of(other)

    def __rsub__(self, other: Scalar) -> Jet:
        return Jet.of(other) - self

    def __mul__(self, other: Jet | Scalar) -> Jet:
        factor = Jet.of(other).series
        return Jet(tuple(convolved(self.series, factor, order) for order in range(TERMS)))

    __rmul__ = __mul__

    def __truediv__(self, other: Jet | Scalar) -> Jet:
        divisor, found = Jet.of(other).series, list[Scalar]()
        for order in range(TERMS):
            rest = mpmath.fsum(found[k] * divisor[order - k] for k in range(order))
            found.append((self.series[order] - rest) / divisor[0])
        return Jet(tuple(found))

    def __rtruediv__(self, other: Scalar) -> Jet:
        return Jet.of(other) / self

    def __pow__(self, exponent: int) -> Jet:
        found = Jet.of(1)
        for _ in range(exponent):
            found = found * self
        return found


def convolved(first: Sequence[Scalar], second: Sequence[Scalar], order: int) -> Scalar:
    """One coefficient of a product."""
    return mpmath.fsum(first[k] * second[order - k] for k in range(order + 1))


def integral(start: Scalar, rate: Sequence[Scalar]) -> Jet:
    """The function with a value and the derivative that has these coefficients."""
    return Jet((start, *(number / (order + 1) for order, number in enumerate(rate[: TERMS - 1]))))


def slopes(series: Sequence[Scalar]) -> tuple[Scalar, ...]:
    """The Taylor coefficients of the derivative."""
    return tuple(order * number for order, number in enumerate(series))[1:]


def exp(x: Jet) -> Jet:
    """By y' = x'*y, one coefficient after the other."""
    rate, found = slopes(x.series), [mpmath.exp(x.series[0])]
    for order in range(TERMS - 1):
        found.append(convolved(rate, found, order) / (order + 1))
    return Jet(tuple(found))


def circular(x: Jet) -> tuple[Jet, Jet]:
    """Sine and cosine, each of which is made of the other's derivative."""
    rate = slopes(x.series)
    sine, cosine = [mpmath.sin(x.series[0])], [mpmath.cos(x.series[0])]
    for order in range(TERMS - 1):
        up, down = convolved(rate, cosine, order), convolved(rate, sine, order)
        sine.append(up / (order + 1))
        cosine.append(-down / (order + 1))
    return Jet(tuple(sine)), Jet(tuple(cosine))


def sin(x: Jet) -> Jet:
    return circular(x)[0]


def cos(x: Jet) -> Jet:
    return circular(x)[1]


def expm1(x: Jet) -> Jet:
    return exp(x) - 1


def sigmoid(x: Jet) -> Jet:
    return 1 / (exp(-x) + 1)


def softplus(x: Jet) -> Jet:
    """log(1 + e^x), whose derivative is the sigmoid."""
    rate = slopes(x.series)
    return integral(
        mpmath.log1p(mpmath.exp(x.series[0])),
        [convolved(rate, sigmoid(x).series, order) for order in range(TERMS - 1)],
    )


def tanh(x: Jet) -> Jet:
    return 1 - 2 / (exp(2 * x) + 1)
