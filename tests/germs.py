"""Germs: what a function is at a point and just beside it, as exact series in an infinitesimal t > 0.

A germ is a Laurent series with rational coefficients. On the right of a point a it is that of f(a + t), on the left
that of f(a - t), and at the point itself it is a constant. The sign of its first coefficient decides every step,
kink and choice, so that no rounding and no distance can.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

TERMS = 16
"""How many terms of a series are kept where it does not end by itself."""

ENOUGH = 8
"""A series whose terms vanish up to this power of t is 0."""


class NoValueError(Exception):
    """The function has no real value here."""


class NotDecidedError(Exception):
    """The terms that are kept do not decide it."""


@dataclass(frozen=True, slots=True)
class Germ:
    """A series in t: `terms` maps powers to coefficients, none of them 0, and is known below the power `top`."""

    terms: dict[int, Fraction]
    top: float = math.inf

    @staticmethod
    def constant(number: Fraction | int) -> Germ:
        """A number."""
        return Germ({0: Fraction(number)} if number else {})

    @property
    def low(self) -> float:
        """The lowest power, or that from which on nothing is known."""
        return min(self.terms, default=self.top)

    def sign(self) -> int:
        """The sign just beside the point."""
        if self.terms:
            return 1 if self.terms[min(self.terms)] > 0 else -1
        if self.top < ENOUGH:
            raise NotDecidedError
        return 0

    def coefficient(self, power: int) -> Fraction:
        """One coefficient."""
        if power >= self.top:
            raise NotDecidedError
        return self.terms.get(power, Fraction(0))

    def limit(self) -> Fraction:
        """The value at t = 0 of a germ without a pole."""
        return self.coefficient(0)

    def __neg__(self) -> Germ:
        return Germ({power: -number for power, number in self.terms.items()}, self.top)

    def __add__(self, other: Germ) -> Germ:
        top = min(self.top, other.top)
        sums = {
            power: self.terms.get(power, Fraction(0)) + other.terms.get(power, Fraction(0))
            for power in {*self.terms, *other.terms}
        }
        return Germ({power: number for power, number in sums.items() if number and power < top}, top)

    def __sub__(self, other: Germ) -> Germ:
        return self + -other

    def __mul__(self, other: Germ) -> Germ:
        if other.low == math.inf or self.low == math.inf:
            return Germ({})
        top = min(self.low + other.top, other.low + self.top)
        found: dict[int, Fraction] = {}
        for first, number in self.terms.items():
            for second, factor in other.terms.items():
                if first + second < top:
                    found[first + second] = found.get(first + second, Fraction(0)) + number * factor
        return Germ({power: number for power, number in found.items() if number}, top)

    def inverse(self) -> Germ:
        """One divided by it."""
        if not self.sign():
            raise NoValueError
        low = min(self.terms)
        first = self.terms[low]
        if len(self.terms) == 1 and self.top == math.inf:
            return Germ({-low: 1 / first})
        count = int(min(TERMS, self.top - low))
        found = [1 / first]
        for power in range(1, count):
            shares = (self.terms.get(low + k, Fraction(0)) * found[power - k] for k in range(1, power + 1))
            found.append(-sum(shares, Fraction(0)) / first)
        return Germ({power - low: number for power, number in enumerate(found) if number}, count - low)

    def __truediv__(self, other: Germ) -> Germ:
        return self * other.inverse()

    def derivative(self, order: int) -> Fraction:
        """The derivative of some order by t at t = 0."""
        return self.coefficient(order) * math.factorial(order)


ONE, HALF = Germ.constant(1), Germ.constant(Fraction(1, 2))


def power(base: Germ, exponent: int) -> Germ:
    """A power with a natural exponent."""
    found = ONE
    for _ in range(exponent):
        found = found * base
    return found


def floor(x: Germ) -> Germ:
    """The greatest whole number that is at most x, which must not have a pole."""
    if x.low < 0:
        raise NotDecidedError
    whole = Fraction(math.floor(x.limit()))
    below = whole == x.limit() and (x - Germ.constant(whole)).sign() < 0
    return Germ.constant(whole - below)


def ceil(x: Germ) -> Germ:
    return -floor(-x)


def trunc(x: Germ) -> Germ:
    return floor(x) if x.sign() >= 0 else ceil(x)


def nearest(x: Germ) -> Germ:
    """The nearest whole number; where two are as near, the even one."""
    above = floor(x + HALF)
    halfway = not (x + HALF - above).sign()
    return above - ONE if halfway and above.limit() % 2 else above


def sign(x: Germ) -> Germ:
    return Germ.constant(x.sign())


def heaviside(x: Germ) -> Germ:
    return Germ.constant(Fraction(1 + x.sign(), 2))


def mod(x: Germ, y: Germ) -> Germ:
    return x - y * floor(x / y)


def fmod(x: Germ, y: Germ) -> Germ:
    return x - y * trunc(x / y)


def greatest(x: Germ, y: Germ) -> Germ:
    return x if (x - y).sign() >= 0 else y


def least(x: Germ, y: Germ) -> Germ:
    return -greatest(-x, -y)


def series(number: Callable[[int], int]) -> Callable[[Germ], Germ]:
    """The function whose n-th derivative at 0 is number(n), of an argument that is 0 at the point."""

    def value(x: Germ) -> Germ:
        if x.low < 1:
            raise NotDecidedError
        found, term = Germ.constant(number(0)), ONE
        for index in range(1, TERMS):
            term = term * x
            found = found + term * Germ.constant(Fraction(number(index), math.factorial(index)))
        top = min(TERMS, found.top)
        return Germ({at: each for at, each in found.terms.items() if at < top}, top) if x.sign() else found

    return value


FUNCTIONS: dict[str, Callable[..., Germ]] = {
    "floor": floor,
    "ceil": ceil,
    "round": nearest,
    "trunc": trunc,
    "frac": lambda x: x - floor(x),
    "sign": sign,
    "heaviside": heaviside,
    "abs": lambda x: x * sign(x),
    "relu": lambda x: greatest(x, Germ({})),
    "mod": mod,
    "fmod": fmod,
    "max": greatest,
    "min": least,
    "clamp": lambda x, low, high: least(greatest(x, low), high),
    "exp": series(lambda index: 1),
    "sin": series(lambda index: (0, 1, 0, -1)[index % 4]),
    "cos": series(lambda index: (1, 0, -1, 0)[index % 4]),
}
"""What functions of formulas mean."""
