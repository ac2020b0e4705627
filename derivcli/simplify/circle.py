"""Functions on the circle, where sin and cos are, and on the hyperbola of sinh and cosh.

Either curve has the points (2*t/w, (2 - w)/w) with w = 1 + sign*t**2, where t is the tangent of half the angle.
A formula of sines and cosines of one angle is then a fraction of polynomials in t alone, which has one lowest form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, TypeAlias

import sympy
from sympy.polys.rings import ring

from derivcli.language.tree import Tree
from derivcli.simplify.length import shortest_of

T = ring("t", sympy.QQ)[1]
"""The tangent of half the angle; and the cosine, where a polynomial in it is one."""

Polynomial: TypeAlias = Any
Terms: TypeAlias = Mapping[tuple[int, int], Any]
"""A sum of multiples of sine**a * cosine**b: the coefficients, by (a, b)."""


@dataclass(frozen=True, slots=True)
class Curve:
    """cosine**2 + sign*sine**2 = 1, and the classes of its functions."""

    sign: int
    sine: Any
    cosine: Any
    tangent: Any
    cotangent: Any
    secant: Any
    cosecant: Any

    @property
    def functions(self) -> tuple[Any, ...]:
        """All six."""
        return self.sine, self.cosine, self.tangent, self.cotangent, self.secant, self.cosecant


CIRCLE = Curve(1, sympy.sin, sympy.cos, sympy.tan, sympy.cot, sympy.sec, sympy.csc)
HYPERBOLA = Curve(-1, sympy.sinh, sympy.cosh, sympy.tanh, sympy.coth, sympy.sech, sympy.csch)


@dataclass(frozen=True, slots=True)
class Angle:
    """An angle on a curve."""

    curve: Curve
    unit: Tree

    @property
    def w(self) -> Polynomial:
        """1 + sign*t**2."""
        return 1 + self.curve.sign * T**2

    @property
    def sine(self) -> Tree:
        """The sine of the angle."""
        return self.curve.sine(self.unit)

    @property
    def cosine(self) -> Tree:
        """The cosine of the angle."""
        return self.curve.cosine(self.unit)


@cache
def multiple_angle(count: int) -> tuple[Polynomial, Polynomial]:
    """The cosine of a multiple of the angle, and its sine over that of the angle, in the cosine of the angle."""
    cosines, sines = [1 + 0 * T, T], [0 * T, 1 + 0 * T]
    for _ in range(count - 1):
        cosines.append(2 * T * cosines[-1] - cosines[-2])
        sines.append(2 * T * sines[-1] - sines[-2])
    return cosines[count], sines[count]


def in_cosines(polynomial: Polynomial, k: int, sign: int) -> Terms:
    """polynomial/w**k, of degree at most 2*k, as A(cosine) + sine*B(cosine)."""
    terms: dict[tuple[int, int], Any] = {}
    for (power,), coefficient in polynomial.terms():
        half, odd = divmod(power, 2)
        spread = (1 - T) ** half * (1 + T) ** (k - odd - half) * (coefficient * sign**half) / 2**k
        for (degree,), part in spread.terms():
            terms[odd, degree] = terms.get((odd, degree), 0) + part
    return {powers: value for powers, value in terms.items() if value}


def in_sines(terms: Terms, sign: int) -> Terms:
    """The same sum with cosine**2 put as 1 - sign*sine**2."""
    found: dict[tuple[int, int], Any] = {}
    for (a, b), coefficient in terms.items():
        half, odd = divmod(b, 2)
        for (degree,), part in ((1 - sign * T**2) ** half * coefficient).terms():
            found[a + degree, odd] = found.get((a + degree, odd), 0) + part
    return {powers: value for powers, value in found.items() if value}


def in_multiples(terms: Terms) -> Terms:
    """A(cosine) + sine*B(cosine) as a sum over cosines (0, j) and sines (1, j) of the multiples of the angle."""
    found: dict[tuple[int, int], Any] = {}
    for odd in (0, 1):
        rest = sum((value * T**b for (a, b), value in terms.items() if a == odd), start=0 * T)
        while rest:
            degree = rest.degree()
            basis = multiple_angle(degree + odd)[odd]
            found[odd, degree + odd] = factor = rest.LC / basis.LC
            rest -= factor * basis
    return found


def sum_of_terms(angle: Angle, terms: Terms) -> Tree:
    """The sum written out."""
    sine, cosine = angle.sine, angle.cosine
    return sympy.Add(*[number(value) * sine**a * cosine**b for (a, b), value in terms.items()])


def sum_of_multiples(angle: Angle, terms: Terms) -> Tree:
    """The sum over multiples of the angle written out."""
    curve = angle.curve
    kinds = (curve.cosine, curve.sine)
    return sympy.Add(*[number(value) * kinds[odd](count * angle.unit) for (odd, count), value in terms.items()])


def number(value: Any) -> Tree:
    """A coefficient of a polynomial as SymPy's number."""
    return sympy.Rational(int(value.numerator), int(value.denominator))


def rational(value: Tree) -> Any:
    """SymPy's number as a coefficient of a polynomial."""
    return sympy.QQ(int(value.p), int(value.q))


@lru_cache(maxsize=4096)
def monomial(angle: Angle, a: int, b: int, scale: Tree = sympy.S.One, multiples: bool = False) -> Tree:
    """The shortest form of scale * sine**a * cosine**b."""
    return shortest_of(scale * tree for tree in _monomials(angle, a, b, multiples))


def _monomials(angle: Angle, a: int, b: int, multiples: bool) -> Iterator[Tree]:
    curve, unit = angle.curve, angle.unit
    sine, cosine = angle.sine, angle.cosine
    both = min(abs(a), abs(b))
    if a > 0 > b:
        yield curve.tangent(unit) ** both * monomial(angle, a - both, b + both)
    elif a < 0 < b:
        yield curve.cotangent(unit) ** both * monomial(angle, a + both, b - both)
    elif multiples and both and a > 0:
        yield (curve.sine(2 * unit) / 2) ** both * monomial(angle, a - both, b - both)
    elif multiples and both:
        yield (2 * curve.cosecant(2 * unit)) ** both * monomial(angle, a + both, b + both)
    yield (curve.cosecant(unit) ** -a if a < 0 else sine**a) * (curve.secant(unit) ** -b if b < 0 else cosine**b)
    yield sine**a * cosine**b
