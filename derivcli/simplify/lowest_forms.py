"""The ways to write a fraction of polynomials in t as a formula of the angle, and the shortest of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy

from derivcli.language.tree import Tree
from derivcli.simplify.circle import (
    Angle,
    Polynomial,
    T,
    in_cosines,
    in_multiples,
    in_sines,
    monomial,
    multiple_angle,
    number,
    sum_of_multiples,
    sum_of_terms,
)
from derivcli.simplify.length import shortest_of, with_sign

MAX_DEGREE = 48
"""Polynomials of a higher degree are left as they are."""


@dataclass(frozen=True, slots=True)
class Forms:
    """One function in the functions of the angle alone, and with those of its multiples and its half besides."""

    plain: Tree
    multiples: Tree


@dataclass(frozen=True, slots=True)
class Fraction:
    """scale * (powers of polynomials irreducible in t) * w**w_power * e**(growth*angle)."""

    angle: Angle
    scale: Tree
    powers: dict[Polynomial, int]
    w_power: int
    growth: Tree = sympy.S.One


@lru_cache(maxsize=4096)
def forms(angle: Angle, above: Polynomial, below: Polynomial, w_power: int) -> Forms:
    """The shortest forms of above/below * w**w_power."""
    if not above:
        return Forms(sympy.S.Zero, sympy.S.Zero)
    if above.degree() > MAX_DEGREE or below.degree() > MAX_DEGREE:
        raise ValueError("polynomials too long")
    fraction = _lowest(angle, above, below, w_power)
    plain = shortest_of([*_factored(fraction, False), *_expanded(fraction, False)])
    multiples = (*_factored(fraction, True), *_expanded(fraction, True), *_half(fraction), *_by_multiples(fraction))
    return Forms(plain, shortest_of([plain, *multiples]))


def _lowest(angle: Angle, above: Polynomial, below: Polynomial, w_power: int) -> Fraction:
    scale, powers = sympy.S.One, dict[Polynomial, int]()
    for polynomial, sign in ((above, 1), (below, -1)):
        leading, factors = polynomial.factor_list()
        scale *= number(leading) ** sign
        for factor, exponent in factors:
            scale *= number(factor.LC) ** (sign * exponent)
            factor = factor.monic()
            powers[factor] = powers.get(factor, 0) + sign * exponent
    if angle.curve.sign > 0:
        w_power += powers.pop(angle.w, 0)
        return Fraction(angle, scale, _without_zeros(powers), w_power)
    left, right = powers.pop(T - 1, 0), powers.pop(T + 1, 0)  # (1 + t)/(1 - t) is e**angle
    scale *= sympy.S.NegativeOne**left
    exponential = sympy.exp(angle.unit)
    if (left + right) % 2:
        growth = exponential**right * (2 / (1 + exponential)) ** (left + right)
    else:
        growth = exponential ** ((right - left) // 2)
        w_power += (left + right) // 2
    return Fraction(angle, scale, _without_zeros(powers), w_power, growth)


def _without_zeros(powers: dict[Polynomial, int]) -> dict[Polynomial, int]:
    return {factor: power for factor, power in powers.items() if power}


def factors(angle: Angle, above: Polynomial, below: Polynomial, w_power: int) -> Tree | None:
    """The factors of above/below * w**w_power, each zero where it is, however the whole was written; None without any.

    Sine is 0 where t is 0 or infinite, 1 - cosine at 0 alone and 1 + cosine at infinity; cosine is where t is 1 or -1.
    """
    fraction = _lowest(angle, above, below, w_power)
    zero, one, minus = _ends(fraction)
    made, w_power, sign = fraction.scale * fraction.growth, fraction.w_power, angle.curve.sign
    for factor, exponent in fraction.powers.items():
        if factor not in _SPECIAL[sign]:
            k = -(-factor.degree() // 2)
            w_power += k * exponent
            made *= sum_in_multiples(angle, factor, k) ** exponent
    infinite = -(zero + one + minus + 2 * w_power)
    a, b = _both(zero, infinite), _both(one, minus)
    alone = [zero - a, infinite - a, one - b, minus - b]
    if any(each % 2 for each in alone) or fraction.growth.has(sympy.Add):
        return None
    below_one, above_one, left, right = (each // 2 for each in alone)
    sine, cosine = angle.sine, angle.cosine
    made *= sine**a * cosine**b * (sign * (1 - cosine)) ** below_one * (1 + cosine) ** above_one
    made *= (1 - sine) ** left * (1 + sine) ** right
    return made / sympy.Integer(2) ** (a + below_one + above_one) * (-1 if sign > 0 and one % 2 else 1)


def _both(one: int, other: int) -> int:
    """What two powers share."""
    return min(one, other) if one > 0 and other > 0 else max(one, other) if one < 0 and other < 0 else 0


def sum_in_multiples(angle: Angle, polynomial: Polynomial, k: int) -> Tree:
    """polynomial/w**k as a sum over multiples of the angle."""
    return sum_of_multiples(angle, in_multiples(in_cosines(polynomial, k, angle.curve.sign)))


def _sums(angle: Angle, polynomial: Polynomial, k: int, multiples: bool) -> Iterator[Tree]:
    """The ways to write polynomial/w**k as a sum."""
    terms = in_cosines(polynomial, k, angle.curve.sign)
    if multiples:
        yield sum_of_multiples(angle, in_multiples(terms))
    yield sum_of_terms(angle, terms)
    yield sum_of_terms(angle, in_sines(terms, angle.curve.sign))


def _factored(fraction: Fraction, multiples: bool) -> Iterator[Tree]:
    """Products of sums, with what is left written by one of the monomials that it is."""
    angle, powers, w_power = fraction.angle, dict(fraction.powers), fraction.w_power
    scale = fraction.scale
    zero, one, minus = _ends(fraction)
    scale *= sympy.S.NegativeOne**one if angle.curve.sign > 0 else 1
    powers = {factor: power for factor, power in powers.items() if factor not in _SPECIAL[angle.curve.sign]}
    sums = sympy.S.One
    if (one - minus) % 2:
        sums *= shortest_of(_sums(angle, 1 - T, 1, multiples))
        one, w_power = one - 1, w_power + 1
    for factor, exponent in powers.items():
        k = -(-factor.degree() // 2)
        w_power += k * exponent
        written = shortest_of(_sums(angle, factor, k, multiples))
        content, written = with_sign(written)
        scale *= content**exponent
        sums *= written**exponent
    for tree in _remainders(angle, (zero, one, minus), w_power, scale, multiples):
        yield sums * tree * fraction.growth


_SPECIAL = {1: (T, T - 1, T + 1), -1: (T, T**2 + 1)}
"""The factors that sine and cosine have, by the sign of the curve."""


def _ends(fraction: Fraction) -> tuple[int, int, int]:
    """The powers of t and of the two factors of the cosine."""
    found = [fraction.powers.get(factor, 0) for factor in _SPECIAL[fraction.angle.curve.sign]]
    return found[0], found[1], found[-1]


def _remainders(angle: Angle, ends: tuple[int, int, int], w_power: int, scale: Tree, multiples: bool) -> Iterator[Tree]:
    """scale * t**zero * (1 - t)**one * (1 + t)**minus * w**w_power as a product of sine, cosine, and 1 with them.

    sine = 2*t/w, cosine = (1 - t)*(1 + t)/w, 1 - cosine = 2*t**2/w, 1 + cosine = 2/w and 1 - sine = (1 - t)**2/w.
    """
    zero, one, minus = ends
    sine, cosine, sign = angle.sine, angle.cosine, angle.curve.sign
    lifts = [((one - minus) // 2, 0, minus), (0, (minus - one) // 2, one)] if sign > 0 else [(0, 0, one)]
    for left, right, b in lifts:
        rest = -w_power - zero - b - left - right
        for below in dict.fromkeys((0, -rest, zero // 2)):  # sine**2 = (1 - cosine)*(1 + cosine)
            a, above = zero - 2 * below, rest + below
            sums = (sign * (1 - cosine)) ** below * (1 + cosine) ** above * (1 - sine) ** left * (1 + sine) ** right
            yield monomial(angle, a, b, scale / sympy.Integer(2) ** (a + below + above), multiples) * sums


def _expanded(fraction: Fraction, multiples: bool) -> Iterator[Tree]:
    """A sum over a sum, or a sum of fractions where the denominator is a product of sine and cosine."""
    angle, m = fraction.angle, fraction.w_power
    above = below = 1 + 0 * T
    for factor, exponent in fraction.powers.items():
        above, below = (above * factor**exponent, below) if exponent > 0 else (above, below * factor**-exponent)
    k = max(-(-below.degree() // 2), -(-above.degree() // 2) + m)
    scale = fraction.scale * fraction.growth
    tops, bottoms = ([*_sums(angle, part, each, multiples)] for part, each in ((above, k - m), (below, k)))
    yield scale * shortest_of(tops) / shortest_of(bottoms)
    for tree in _split(fraction, above, multiples):
        yield fraction.growth * tree


def _split(fraction: Fraction, above: Polynomial, multiples: bool) -> Iterator[Tree]:
    """A sum over sine**a * cosine**b, term by term."""
    angle, m = fraction.angle, fraction.w_power
    sign = angle.curve.sign
    if any(power < 0 and factor not in _SPECIAL[sign] for factor, power in fraction.powers.items()):
        return
    zero, one, minus = (max(0, -power) for power in _ends(fraction))
    b = max(one, minus)
    above *= (T - 1) ** (b - one) * (T + 1) ** (b - minus)
    for a in range(zero, zero + 3):
        top, k = above * T ** (a - zero), a + b - m
        if 2 * k >= top.degree():
            break
    else:
        return
    if a == b == 0:
        return
    scale = fraction.scale * sympy.Integer(2) ** a * (-1 if sign > 0 and b % 2 else 1)
    terms = in_cosines(top, k, sign)
    for each in (terms, in_sines(terms, sign)):
        yield sympy.Add(
            *[_over(angle, powers, (a, b), scale * number(value), multiples) for powers, value in each.items()]
        )


def _over(angle: Angle, above: tuple[int, int], below: tuple[int, int], scale: Tree, multiples: bool) -> Tree:
    return monomial(angle, above[0] - below[0], above[1] - below[1], scale, multiples)


@lru_cache(maxsize=64)
def _multiple(sign: int, odd: int, count: int) -> tuple[Any, dict[Polynomial, int]]:
    """The cosine of a multiple of the angle, or its sine: the number and the factors of it * w**count."""
    polynomial = multiple_angle(count)[odd]
    whole = sum(
        (
            coefficient * (1 - sign * T**2) ** power * (1 + sign * T**2) ** (count - odd - power)
            for (power,), coefficient in polynomial.terms()
        ),
        start=0 * T,
    )
    leading, factors = (whole * (2 * T if odd else 1)).factor_list()
    for factor, power in factors:
        leading *= factor.LC**power
    return number(leading), {factor.monic(): power for factor, power in factors}


def _by_multiples(fraction: Fraction) -> Iterator[Tree]:
    """Products with sines and cosines of multiples of the angle among their factors."""
    angle, powers, w_power, scale = fraction.angle, dict(fraction.powers), fraction.w_power, fraction.scale
    curve, taken = angle.curve, sympy.S.One
    for count in range(sum(abs(power) for power in powers.values()), 1, -1):
        for odd in (0, 1):
            leading, factors = _multiple(curve.sign, odd, count)
            for sign in (1, -1):
                while all(powers.get(factor, 0) * sign >= power for factor, power in factors.items()):
                    for factor, power in factors.items():
                        powers[factor] -= sign * power
                    w_power, scale = w_power + sign * count, scale / leading**sign
                    taken *= (curve.cosine, curve.sine)[odd](count * angle.unit) ** sign
    if taken != 1:
        rest = Fraction(angle, scale, _without_zeros(powers), w_power, fraction.growth)
        for tree in _factored(rest, True):
            yield taken * tree


def _half(fraction: Fraction) -> Iterator[Tree]:
    """The form in half the angle, where it is a product."""
    zero = fraction.powers.get(T, 0)
    if len(fraction.powers) == bool(zero):
        half: Any = Angle(fraction.angle.curve, fraction.angle.unit / 2)  # t is its tangent, w its secant squared
        yield fraction.growth * monomial(half, zero, -zero - 2 * fraction.w_power, fraction.scale)
