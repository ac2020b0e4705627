"""Germs: what a function is at a point and just beside it, as exact series in an infinitesimal t > 0.

A germ is a series in s with rational coefficients, where s^6 is t, so that roots have one too. On the right of a point
a it is that of f(a + t), on the left that of f(a - t), and at the point itself it is a constant. The sign of its first
coefficient decides every step, kink and choice, so that no rounding and no distance can.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

ROOT = 6
"""The power of s that t is: square roots and cube roots of it are powers of s."""

TERMS = 16
"""How many terms of a series are kept where it does not end by itself."""

ENOUGH = 8 * ROOT
"""A series whose terms vanish up to this power of s is 0."""


class NoValueError(Exception):
    """The function has no real value here."""


class NotDecidedError(Exception):
    """The terms that are kept do not decide it."""


@dataclass(frozen=True, slots=True)
class Germ:
    """A series in s: `terms` maps powers to coefficients, none of them 0, and is known below the power `top`."""

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

    def below(self, top: float) -> Germ:
        """What is known of it if only powers below this one are."""
        top = min(top, self.top)
        return Germ({power: number for power, number in self.terms.items() if power < top}, top)

    def without(self, power: int) -> Germ:
        """What is left without the term of a power."""
        return Germ({each: number for each, number in self.terms.items() if each != power}, self.top)

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
        return self.raised(Fraction(-1))

    def __truediv__(self, other: Germ) -> Germ:
        return self * other.inverse()

    def raised(self, exponent: Fraction) -> Germ:
        """A power of a germ that is not 0: that of its first term, times a binomial series."""
        low = min(self.terms)
        first, start = rational_power(self.terms[low], exponent), low * exponent
        if start.denominator != 1:
            raise NotDecidedError
        if len(self.terms) == 1 and self.top == math.inf:
            return Germ({int(start): first})
        stride = math.gcd(*(each - low for each in self.terms)) or 1
        count = min(TERMS, math.ceil((self.top - low) / stride)) if self.top < math.inf else TERMS
        rest = [self.terms.get(low + stride * k, Fraction(0)) / self.terms[low] for k in range(count)]
        found = [Fraction(1)]
        for n in range(1, count):
            shares = ((exponent * k - (n - k)) * rest[k] * found[n - k] for k in range(1, n + 1))
            found.append(sum(shares, Fraction(0)) / n)
        terms = {int(start) + stride * k: first * number for k, number in enumerate(found) if number}
        return Germ(terms, int(start) + min(stride * count, self.top - low))


def rational_power(number: Fraction, exponent: Fraction) -> Fraction:
    """A power that is a fraction; others are not decided."""
    if exponent.denominator == 1:
        return number**exponent.numerator
    top, bottom = (whole_root(each, exponent.denominator) for each in (abs(number.numerator), number.denominator))
    return Fraction(top if number > 0 else -top, bottom) ** exponent.numerator


def whole_root(number: int, degree: int) -> int:
    """The root of a whole number, where it is one itself."""
    low, high = 0, 1 << (number.bit_length() // degree + 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**degree < number else (low, middle)
    if low**degree != number:
        raise NotDecidedError
    return low


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


def sqrt(x: Germ) -> Germ:
    if x.sign() < 0:
        raise NoValueError
    return x.raised(Fraction(1, 2)) if x.sign() else x


def cbrt(x: Germ) -> Germ:
    return x.raised(Fraction(1, 3)) if x.sign() else x


def series(number: Callable[[int], int]) -> Callable[[Germ], Germ]:
    """The function whose n-th derivative at 0 is number(n), of an argument that is 0 at the point."""

    def value(x: Germ) -> Germ:
        if x.low < 1:
            raise NotDecidedError
        if not x.sign():
            return Germ.constant(number(0))
        top = TERMS * min(x.terms)
        found, term = Germ.constant(number(0)), Germ({0: Fraction(1)}, top)
        for index in range(1, TERMS):
            term = (term * x).below(top)
            found = found + term * Germ.constant(Fraction(number(index), math.factorial(index)))
        return found.below(top)

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
    "sqrt": sqrt,
    "cbrt": cbrt,
    "exp": series(lambda index: 1),
    "sin": series(lambda index: (0, 1, 0, -1)[index % 4]),
    "cos": series(lambda index: (1, 0, -1, 0)[index % 4]),
}
"""What functions of formulas mean."""
