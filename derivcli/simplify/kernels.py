"""A formula as a product of powers of its kernels and of sums of them, in which like things cancel.

Kernels are what arithmetic does not look into: variables, calls, powers with other exponents, roots. In
x*e^(2*x)/sqrt(1 - x^2) they are x, e^(2*x) and sqrt(1 - x^2), whose square is known. Sums are polynomials in kernels,
so that common factors are found at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import chain
from math import gcd, lcm
from typing import Any, TypeAlias

import sympy
from flint import Ordering, fmpz_mpoly_ctx

from derivcli.language.tree import Tree

Polynomial: TypeAlias = Any
"""An `fmpz_mpoly`: a polynomial with whole coefficients."""

MAX_KERNELS = 12
"""More of them make polynomials that nobody would write."""

MAX_TERMS = 300
"""Longer sums are not multiplied out."""

MAX_DEGREE = 80
"""Polynomials of higher degree have no factors sought."""


class TooLongError(ValueError):
    """The formula is longer than what is worked on."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """base ** exponent, where the exponent is one over a whole number or holds a variable."""

    base: Tree
    exponent: Tree


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """number * the kernels to their exponents * the sums to theirs."""

    number: Fraction
    exponents: tuple[int, ...]
    sums: tuple[tuple[Polynomial, int], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """The kernels of a formula, and where polynomials in them live.

    `places` has the place of a kernel by its base and the symbolic part of its exponent, `orders` by which root of that
    each is counted. `squares` has the sums that such powers of kernels are: 1 - x^2 for sqrt(1 - x^2). `reversed` has
    x - 1 where the formula has powers of 1 - x, and `raised` the sums whose exponents hold variables. `lengths` fills
    with what powers of kernels cost.
    """

    kernels: tuple[Kernel, ...]
    context: Any
    places: dict[tuple[Tree, Tree], int]
    orders: tuple[int, ...]
    squares: dict[int, Polynomial]
    reversed: list[Polynomial]
    raised: list[Polynomial]
    lengths: dict[tuple[int, int], int]


def ring_of(tree: Tree, squares: Mapping[Tree, Tree] | None = None) -> Ring:
    """The ring of a formula, where the squares of some calls are known besides those of roots."""
    squares = squares or {}
    orders: dict[tuple[Tree, Tree], int] = {}
    for key, order in chain(_powers(tree), *map(_powers, squares.values())):
        orders[key] = lcm(orders.get(key, 1), order)
    if len(orders) > MAX_KERNELS:
        raise TooLongError
    kernels = tuple(Kernel(base, exponent / order) for (base, exponent), order in orders.items())
    context = fmpz_mpoly_ctx.get(tuple(f"k{place}" for place in range(len(kernels))), Ordering.lex)
    places = {key: place for place, key in enumerate(orders)}
    known = [2 if base in squares else order for (base, _), order in orders.items()]
    ring = Ring(kernels, context, places, tuple(orders.values()), {}, [], [], {})
    for (base, exponent), place in places.items():
        square = squares.get(base, base)
        if exponent == 1 and known[place] > 1 and (isinstance(square, sympy.Add | sympy.Mul) or square.is_Integer):
            with suppress(TooLongError):
                ring.squares[place] = _polynomial(square, ring)
        elif isinstance(base, sympy.Add) and not exponent.is_number:
            with suppress(TooLongError):
                ring.raised.append(_polynomial(base, ring))
    ring.reversed.extend(_reversed(tree, ring))
    return ring


def order_of(place: int, ring: Ring) -> int:
    """Which power of a kernel `squares` has."""
    return max(ring.orders[place], 2)


def _polynomial(node: Tree, ring: Ring) -> Polynomial:
    """A formula without denominators as a polynomial."""
    found = product_of(node, ring)
    if (
        found.number.denominator != 1
        or min(found.exponents, default=0) < 0
        or any(count < 0 for _, count in found.sums)
    ):
        raise TooLongError
    return multiplied_out(found, ring)


def _reversed(tree: Tree, ring: Ring) -> Iterator[Polynomial]:
    """The sums that a formula has powers of with their signs changed, where their first terms are negative."""
    for node in _bases(tree):
        with suppress(TooLongError):
            found = _polynomial(node, ring)
            if found.leading_coefficient() < 0:
                yield -found


def _bases(node: Any) -> Iterator[Tree]:
    """The sums that a formula has powers of."""
    if isinstance(node, sympy.Pow) and isinstance(node.base, sympy.Add):
        yield node.base
    if isinstance(node, sympy.Add | sympy.Mul | sympy.Pow):
        for part in node.args:
            yield from _bases(part)


def _powers(node: Any) -> Iterator[tuple[tuple[Tree, Tree], int]]:
    """The base of every power with the symbolic part of its exponent, and the denominator of the rest."""
    if isinstance(node, sympy.Rational):
        return
    if isinstance(node, sympy.Add | sympy.Mul):
        for part in node.args:
            yield from _powers(part)
        return
    base, parts = _split_power(node)
    for symbolic, number in parts:
        whole = symbolic == 1 and number.q == 1
        if isinstance(base, sympy.Add | sympy.Mul) or (isinstance(base, sympy.Pow) and whole):
            yield from _powers(base)
        if not (whole and isinstance(base, sympy.Add | sympy.Mul | sympy.Rational | sympy.Pow)):
            yield (base, symbolic), int(number.q)


def _split_power(node: Any) -> tuple[Tree, list[tuple[Tree, Any]]]:
    """The base of a power, and the terms of its exponent: what is symbolic in each, times a number."""
    if isinstance(node, sympy.exp):
        base, exponent = sympy.E, node.args[0]
    elif isinstance(node, sympy.Pow):
        base, exponent = node.base, node.exp
    else:
        return node, [(sympy.S.One, sympy.S.One)]
    parts = [term.as_coeff_Mul(rational=True) for term in sympy.Add.make_args(exponent)]
    return base, [(symbolic, number) for number, symbolic in parts]


def one(ring: Ring) -> Product:
    """The product of nothing."""
    return Product(Fraction(1), (0,) * len(ring.kernels))


def product_of(node: Any, ring: Ring) -> Product:
    """A formula as a product of powers."""
    if isinstance(node, sympy.Rational):
        return Product(Fraction(int(node.p), int(node.q)), (0,) * len(ring.kernels))
    if isinstance(node, sympy.Add):
        return total([product_of(term, ring) for term in node.args], ring)
    if isinstance(node, sympy.Mul):
        return times([product_of(factor, ring) for factor in node.args], ring)
    base, parts = _split_power(node)
    return times([_power(base, symbolic, number, ring) for symbolic, number in parts], ring)


def _power(base: Tree, symbolic: Tree, number: Any, ring: Ring) -> Product:
    if symbolic == 1 and number.q == 1 and isinstance(base, sympy.Add | sympy.Mul | sympy.Rational | sympy.Pow):
        return raised(product_of(base, ring), int(number))
    place = ring.places[base, symbolic]
    exponents = [0] * len(ring.kernels)
    exponents[place] = int(number * ring.orders[place])
    return Product(Fraction(1), tuple(exponents))


def times(factors: Sequence[Product], ring: Ring) -> Product:
    """The product of some products."""
    number, exponents, sums = Fraction(1), [0] * len(ring.kernels), list[tuple[Polynomial, int]]()
    for factor in factors:
        number *= factor.number
        exponents = [one + other for one, other in zip(exponents, factor.exponents, strict=True)]
        for each, power in factor.sums:
            multiply_in(sums, each, power)
    return Product(number, tuple(exponents), tuple(sums))


def multiply_in(sums: list[tuple[Polynomial, int]], factor: Polynomial, power: int) -> None:
    """Count a power of a sum in with the same sum."""
    for place, (known, exponent) in enumerate(sums):
        if known == factor:
            sums[place] = (known, exponent + power)
            if exponent + power == 0:
                del sums[place]
            return
    sums.append((factor, power))


def raised(base: Product, power: int) -> Product:
    """A product to a whole power."""
    if base.number == 0 and power < 0:
        raise ZeroDivisionError
    exponents = tuple(power * each for each in base.exponents)
    if abs(power) > MAX_TERMS and abs(base.number) != 1:
        raise TooLongError
    return Product(base.number**power, exponents, tuple((each, power * count) for each, count in base.sums))


def total(terms: Sequence[Product], ring: Ring) -> Product:
    """The sum of some products: what they share, times a sum in lowest terms with it."""
    terms = [term for term in terms if term.number]
    if not terms:
        return Product(Fraction(0), (0,) * len(ring.kernels))
    shared = _shared(terms)
    inverse = raised(shared, -1)
    scale = lcm(*(term.number.denominator for term in terms))
    found = ring.context.constant(0)
    for term in terms:
        found += multiplied_out(
            times([term, inverse, Product(Fraction(scale), inverse.exponents[:0] or one(ring).exponents)], ring), ring
        )
        if len(found) > MAX_TERMS:
            raise TooLongError
    return in_lowest_terms(times([shared, Product(Fraction(1, scale), one(ring).exponents)], ring), found, ring)


def _shared(terms: Sequence[Product]) -> Product:
    """The least power of each kernel and of each sum that any of the terms has."""
    exponents = tuple(min(each) for each in zip(*(term.exponents for term in terms), strict=True))
    sums: list[tuple[Polynomial, int]] = []
    for term in terms:
        for each, _ in term.sums:
            if not any(each == known for known, _ in sums):
                sums.append((each, min(count_of(other, each) for other in terms)))
    return Product(Fraction(1), exponents, tuple((each, count) for each, count in sums if count))


def count_of(product: Product, factor: Polynomial) -> int:
    """The power of a sum in a product."""
    return next((count for each, count in product.sums if each == factor), 0)


def multiplied_out(product: Product, ring: Ring) -> Polynomial:
    """A product without denominators as one sum."""
    if sum(product.exponents) > 10 * MAX_DEGREE:
        raise TooLongError
    length = reduce(lambda length, each: length * min(len(each[0]) ** each[1], MAX_TERMS + 1), product.sums, 1)
    if length > 4 * MAX_TERMS:
        raise TooLongError
    found = ring.context.from_dict({product.exponents: int(product.number)})
    for each, count in product.sums:
        found = found * each**count
    return found


def in_lowest_terms(shared: Product, found: Polynomial, ring: Ring) -> Product:
    """A product times a sum, in which roots are squared and what stands above and below is cancelled."""
    found = squared(found, ring)
    if found == 0:
        return Product(Fraction(0), one(ring).exponents)
    number, exponents, found = primitive(found)
    made = times([shared, Product(Fraction(number), exponents)], ring)
    if len(found) == 1:
        return made
    sums = list(made.sums)
    for below, count in made.sums:
        if count < 0 and is_small(found) and is_small(below):
            common = found.gcd(below)
            if not common.is_constant():
                multiply_in(sums, below, -count)
                sums, found = _cancelled(sums, found, below, count, common)
    number, exponents, found = primitive(found)
    if len(found) > 1:
        multiply_in(sums, found, 1)
    return times(
        [Product(made.number * number, tuple(map(sum, zip(made.exponents, exponents, strict=True))), tuple(sums))], ring
    )


def _cancelled(
    sums: list[Any], found: Polynomial, below: Polynomial, count: int, common: Polynomial
) -> tuple[list[Any], Polynomial]:
    """The sums and the new one, after common factors of the new one and of `below` to the `count` are left out."""
    rest, power = below / common, count
    multiply_in(sums, rest, count) if not rest.is_constant() else None
    while power < 0:
        quotient, rest_of_it = divmod(found, common)
        if rest_of_it != 0:
            break
        found = quotient
        power += 1
    if power:
        multiply_in(sums, common, power)
    return sums, found


def primitive(found: Polynomial) -> tuple[int, tuple[int, ...], Polynomial]:
    """The number and the kernels that all terms of a sum share, and the rest, whose first term is positive."""
    terms = found.to_dict()
    number = gcd(*map(int, terms.values()))
    if found.leading_coefficient() < 0:
        number = -number
    exponents = tuple(int(min(each)) for each in zip(*terms, strict=True))
    ring = found.context()
    return number, exponents, found / ring.from_dict({exponents: number})


def is_small(found: Polynomial) -> bool:
    """Whether factors are sought."""
    return len(found) <= MAX_TERMS and max(found.degrees(), default=0) <= MAX_DEGREE


def squared(found: Polynomial, ring: Ring) -> Polynomial:
    """A sum in which no kernel has a power whose sum is known."""
    for place, square in ring.squares.items():
        order = order_of(place, ring)
        while found != 0 and found.degrees()[place] >= order:
            kept = ring.context.constant(0)
            for exponents, coefficient in found.to_dict().items():
                count, rest = divmod(int(exponents[place]), order)
                lower = ring.context.from_dict({(*exponents[:place], rest, *exponents[place + 1 :]): coefficient})
                kept += lower * square**count
            if len(kept) > MAX_TERMS:
                raise TooLongError
            found = kept
    return found


def rationalized(product: Product, ring: Ring, places: Iterable[int]) -> Product:
    """A product with no root of these below the line: 1/(a + sqrt(b)) is (a - sqrt(b))/(a^2 - b)."""
    for place in places:
        for below, count in product.sums:
            if count < 0 and below.degrees()[place] and order_of(place, ring) == 2:
                product = _times_conjugate(product, below, count, place, ring)
    return product


def _times_conjugate(product: Product, below: Polynomial, count: int, place: int, ring: Ring) -> Product:
    """A product with a sum below the line that has a root replaced, and what is above multiplied out."""
    if any(exponents[place] > 1 for exponents in below.to_dict()):
        raise TooLongError
    turned = {exponents: -number if exponents[place] else number for exponents, number in below.to_dict().items()}
    conjugate = ring.context.from_dict(turned)
    norm = as_product(squared(below * conjugate, ring), ring)
    others = tuple((each, power) for each, power in product.sums if each != below)
    above = Product(Fraction(1), one(ring).exponents, tuple((each, power) for each, power in others if power > 0))
    rest = Product(product.number, product.exponents, tuple((each, power) for each, power in others if power < 0))
    raised_conjugate = Product(Fraction(1), one(ring).exponents, ((conjugate, -count),))
    found = multiplied_out(times([above, raised_conjugate], ring), ring)
    return in_lowest_terms(times([rest, raised(norm, count)], ring), found, ring)


def as_product(found: Polynomial, ring: Ring) -> Product:
    """A sum that is not 0 as a number times kernels times a sum whose terms share nothing."""
    if found == 0:
        raise ZeroDivisionError
    number, exponents, rest = primitive(found)
    return Product(Fraction(number), exponents, ((rest, 1),) if len(rest) > 1 else ())


def factors_of(found: Polynomial) -> list[tuple[Polynomial, int]]:
    """The factors of a primitive sum that have no others, each with a positive first term; itself where it is long."""
    if not is_small(found):
        return [(found, 1)]
    factors = []
    for each, count in found.factor()[1]:
        factors.append((-each if each.leading_coefficient() < 0 else each, int(count)))
    return factors
