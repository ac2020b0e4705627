"""The shortest forms of a formula by the identities of the functions of one angle."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from math import prod
from typing import Any

import sympy
from flint import Ordering, fmpz_mpoly_ctx

from derivcli.language.tree import Tree
from derivcli.simplify.angles import in_sine_and_cosine
from derivcli.simplify.circle import Angle, Polynomial, T
from derivcli.simplify.kernels import Product, Ring, factors_of, one, primitive, product_of, ring_of, times
from derivcli.simplify.length import with_sign
from derivcli.simplify.lowest_forms import Forms, factors, forms, sum_in_multiples
from derivcli.simplify.polynomial_forms import shortest_product

MAX_FACTORED_TERMS = 40
"""Longer sums have no factors sought."""

Exponents = tuple[int, ...]
"""Those of the kernels, without the whole powers of sine and cosine."""

Mixed = dict[Exponents, Polynomial]
"""A sum over products of other kernels, each times a polynomial in t."""


@dataclass(frozen=True, slots=True)
class Kernels:
    """The kernels of a formula, which of them are sine and cosine, and where polynomials in t and kernels live."""

    angle: Angle
    ring: Ring
    sine: int | None
    cosine: int | None
    context: Any

    def split(self, exponents: Exponents) -> tuple[int, int, Exponents]:
        """The whole powers of sine and cosine, and what is left of theirs and of the others."""
        rest, whole = [int(each) for each in exponents], [0, 0]
        for index, place in enumerate((self.sine, self.cosine)):
            if place is not None:
                order = int(self.ring.orders[place])
                whole[index] = int(rest[place] / order)  # towards 0: 1/sqrt(u) stays one root
                rest[place] -= order * whole[index]
        return whole[0], whole[1], tuple(rest)


@dataclass(slots=True)
class Parts:
    """others * above/below * w**w_power * powers of mixed sums, as polynomials in t too."""

    others: Product
    above: Polynomial = field(default_factory=lambda: 1 + 0 * T)
    below: Polynomial = field(default_factory=lambda: 1 + 0 * T)
    w_power: int = 0
    mixed: list[tuple[Any, int]] = field(default_factory=list)

    def multiply(self, polynomial: Polynomial, power: int) -> None:
        """By a power of a polynomial in t."""
        if power > 0:
            self.above *= polynomial**power
        else:
            self.below *= polynomial**-power


def forms_on(tree: Tree, angle: Angle) -> Iterator[Forms]:
    """The formula as a product, and as a sum over the other things in it. ValueError where it is too long."""
    kernels, parts = _in_parts(tree, angle)
    if parts is None:
        yield Forms(sympy.S.Zero, sympy.S.Zero)
        return
    yield _as_product(parts, kernels)
    if [power for _, power in parts.mixed] == [1]:
        yield _term_by_term(parts, kernels)


def factors_on(tree: Tree, angle: Angle) -> Tree:
    """The formula as a product of factors that are the same however it was written; itself where there are none.

    ValueError where it is too long.
    """
    kernels, parts = _in_parts(tree, angle)
    if parts is None:
        return sympy.S.Zero
    w_power, made = parts.w_power, shortest_product(parts.others, kernels.ring).make()
    for key, power in parts.mixed:
        groups = _groups(_by_kernels(key), kernels)
        k = math.ceil(max(part.degree() for part in groups) / 2)
        w_power += k * power
        terms = [
            shortest_product(other, kernels.ring).make() * sum_in_multiples(angle, part, k)
            for part, other in groups.items()
        ]
        made *= sympy.Add(*terms) ** power
    pure = factors(angle, parts.above, parts.below, w_power)
    return tree if pure is None else made * pure


def _in_parts(tree: Tree, angle: Angle) -> tuple[Kernels, Parts | None]:
    ring, product = _read(tree, angle)
    places = [ring.places.get((call, sympy.S.One)) for call in (angle.sine, angle.cosine)]
    context = fmpz_mpoly_ctx.get(("t", *(f"k{place}" for place in range(len(ring.kernels)))), Ordering.lex)
    kernels = Kernels(angle, ring, places[0], places[1], context)
    return kernels, _parts(product, kernels)


def is_arithmetic(difference: Tree, angle: Angle) -> bool:
    """Whether a difference is 0 whatever sine and cosine are."""
    return _read(difference, angle)[1].number == 0


def _read(tree: Tree, angle: Angle) -> tuple[Ring, Product]:
    written = in_sine_and_cosine(tree, angle)
    ring = ring_of(written)
    return ring, product_of(written, ring)


# ---- to t ----


def _parts(product: Product, kernels: Kernels) -> Parts | None:
    """The formula in t; None where it is 0."""
    if product.number == 0:
        return None
    a, b, rest = kernels.split(product.exponents)
    parts = Parts(Product(product.number, rest))
    for polynomial, power in ((2 * T, a), (1 - kernels.angle.curve.sign * T**2, b)):
        parts.multiply(polynomial, power)
        parts.w_power -= power
    for key, power in product.sums:
        found, degree = _in_tangent(key, kernels)
        if not found:
            return None
        parts.w_power -= degree * power
        content = reduce(lambda one_part, other: one_part.gcd(other), found.values())
        parts.multiply(content, power)
        if len(found) == 1:
            parts.others = times([parts.others, _power_of_kernels(next(iter(found)), power)], kernels.ring)
        elif all(part.degree() <= content.degree() for part in found.values()):
            parts.others = times([parts.others, _other_sum(found, content, power, kernels)], kernels.ring)
        else:
            scale, rest_of_it = _joined({each: part.exquo(content) for each, part in found.items()}, kernels)
            parts.others = times([parts.others, Product(scale**power, one(kernels.ring).exponents)], kernels.ring)
            for factor, count in _even_factors(rest_of_it):
                _count_in(parts.mixed, factor, power * count)
    parts.mixed = _cancelled(parts.mixed)
    return parts


def _even_factors(key: Any) -> list[tuple[Any, int]]:
    """The factors of a sum, if each has an even degree in t, as a sum of sines and cosines over a power of w has."""
    found = factors_of(key) if len(key) <= MAX_FACTORED_TERMS else [(key, 1)]
    sign = prod((factor**count for factor, count in found), start=key.context().constant(1)) == key
    return found if sign and all(factor.degrees()[0] % 2 == 0 for factor, _ in found) else [(key, 1)]


def _power_of_kernels(exponents: Exponents, power: int) -> Product:
    return Product(Fraction(1), tuple(each * power for each in exponents))


def _other_sum(found: Mixed, content: Polynomial, power: int, kernels: Kernels) -> Product:
    """A sum in which nothing but a common factor depends on t, without that factor."""
    return _raised(_sum_of({each: _fraction(part.exquo(content).LC) for each, part in found.items()}, kernels), power)


def _raised(product: Product, power: int) -> Product:
    exponents = tuple(each * power for each in product.exponents)
    return Product(product.number**power, exponents, tuple((each, count * power) for each, count in product.sums))


def _sum_of(terms: dict[Exponents, Fraction], kernels: Kernels) -> Product:
    """A sum of products of kernels as a product."""
    below = math.lcm(*[value.denominator for value in terms.values()])
    found = kernels.ring.context.from_dict({each: int(value * below) for each, value in terms.items()})
    number, exponents, rest = primitive(found)
    return Product(Fraction(number, below), exponents, ((rest, 1),) if len(rest) > 1 else ())


def _fraction(value: Any) -> Fraction:
    return Fraction(int(value.numerator), int(value.denominator))


def _in_tangent(key: Any, kernels: Kernels) -> tuple[Mixed, int]:
    """A polynomial in sine and cosine as one in t, over w**degree, by products of other kernels."""
    sign, w = kernels.angle.curve.sign, kernels.angle.w
    terms = [(*kernels.split(exponents), int(value)) for exponents, value in key.to_dict().items()]
    degree = max(a + b for a, b, _, _ in terms)
    found: Mixed = {}
    for a, b, rest, value in terms:
        part = (2 * T) ** a * (1 - sign * T**2) ** b * w ** (degree - a - b) * value
        found[rest] = found.get(rest, 0 * T) + part
    return {each: part for each, part in found.items() if part}, degree


def _joined(found: Mixed, kernels: Kernels) -> tuple[Fraction, Any]:
    """A number, and one polynomial in t and the kernels."""
    terms = {(power, *rest): _fraction(value) for rest, part in found.items() for (power,), value in part.terms()}
    below = math.lcm(*[value.denominator for value in terms.values()])
    made = kernels.context.from_dict({each: int(value * below) for each, value in terms.items()})
    number = primitive(made)[0]
    return Fraction(number, below), made / number


def _by_kernels(key: Any) -> Mixed:
    found: Mixed = {}
    for (power, *rest), value in key.to_dict().items():
        exponents = tuple(int(each) for each in rest)
        found[exponents] = found.get(exponents, 0 * T) + int(value) * T ** int(power)
    return found


def _count_in(powers: list[tuple[Any, int]], key: Any, power: int) -> None:
    """Count a power of a sum in with the same sum."""
    for place, (known, count) in enumerate(powers):
        if known == key:
            powers[place] = (known, count + power)
            return
    powers.append((key, power))


def _cancelled(powers: list[tuple[Any, int]]) -> list[tuple[Any, int]]:
    """The same product, with sums above the line divided by those below where they are multiples of them."""
    made = list(powers)
    for key, _ in [each for each in powers if each[1] == 1]:
        rest = key
        for divisor, count in [each for each in made if each[1] < 0]:
            for _ in range(-count):
                quotient, remainder = divmod(rest, divisor)
                if remainder != 0:
                    break
                rest = quotient
                _count_in(made, divisor, 1)
        if rest != key:
            _count_in(made, key, -1)
            _count_in(made, rest, 1)
    return [(key, power) for key, power in made if power and not key.is_one()]


# ---- and back ----


def _as_product(parts: Parts, kernels: Kernels) -> Forms:
    angle, one_everywhere = kernels.angle, 1 + 0 * T
    w_power, scale = parts.w_power, Fraction(1)
    plain = multiples = sympy.S.One
    for key, power in parts.mixed:
        groups = _groups(_by_kernels(key), kernels)
        k = math.ceil(max(part.degree() for part in groups) / 2)
        w_power += k * power
        found = [(other, forms(angle, part, one_everywhere, -k)) for part, other in groups.items()]
        total = _sum([(shortest_product(other, kernels.ring).make(), form) for other, form in found])
        number, form = with_sign(total.plain)
        scale *= _fraction(number) ** power
        again, multiple = with_sign(total.multiples)
        plain, multiples = plain * form**power, multiples * (again / number * multiple) ** power
    others = Product(Fraction(1), parts.others.exponents, parts.others.sums)
    pure = forms(angle, parts.above * _rational(parts.others.number * scale), parts.below, w_power)
    other = shortest_product(others, kernels.ring).make()
    return Forms(other * plain * pure.plain, other * multiples * pure.multiples)


def _term_by_term(parts: Parts, kernels: Kernels) -> Forms:
    groups = _groups(_by_kernels(parts.mixed[0][0]), kernels)
    found = []
    for part, other in groups.items():
        product = times([parts.others, other], kernels.ring)
        form = forms(kernels.angle, part * parts.above * _rational(product.number), parts.below, parts.w_power)
        unscaled = Product(Fraction(1), product.exponents, product.sums)
        found.append((shortest_product(unscaled, kernels.ring).make(), form))
    return _sum(found)


def _rational(value: Fraction) -> Any:
    return sympy.QQ(value.numerator, value.denominator)


def _groups(found: Mixed, kernels: Kernels) -> dict[Polynomial, Product]:
    """What each polynomial in t is multiplied by."""
    terms: dict[Polynomial, dict[Exponents, Fraction]] = {}
    for rest, part in found.items():
        terms.setdefault(part.monic(), {})[rest] = _fraction(part.LC)
    return {part: _sum_of(each, kernels) for part, each in terms.items()}


def _sum(terms: list[tuple[Tree, Forms]]) -> Forms:
    return Forms(
        sympy.Add(*[other * form.plain for other, form in terms]),
        sympy.Add(*[other * form.multiples for other, form in terms]),
    )
