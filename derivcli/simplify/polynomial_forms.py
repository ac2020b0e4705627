"""A product of powers of kernels and sums as formulas: factored, multiplied out or collected, the shortest of each.

What a form costs is counted from its kernels, without making it; the few that seem shortest are made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, reduce
from itertools import combinations
from math import prod
from operator import mul
from typing import Any, TypeAlias

import sympy

from derivcli.engines.symbolic import arrange
from derivcli.language.tree import Tree
from derivcli.simplify.cost import cost
from derivcli.simplify.kernels import (
    Polynomial,
    Product,
    Ring,
    as_product,
    count_of,
    factors_of,
    multiplied_out,
    multiply_in,
    raised,
    squared,
    times,
)

Terms: TypeAlias = Mapping[tuple[int, ...], Fraction]
"""A sum: the number before each product of kernels, whose exponents may be negative."""

MAX_MERGED_TERMS = 12
"""Factors are multiplied with each other where no longer sum comes out."""

MAX_GROUP = 4
"""So many factors are multiplied at most."""

MAX_COLLECTED_TERMS = 24
"""Longer sums are not searched for what some of their terms share."""

COLLECTED_DEPTH = 2
"""How often what is left of a sum is collected again."""


@dataclass(frozen=True, slots=True)
class Form:
    """About what a formula costs, and what makes it."""

    tokens: int
    make: Callable[[], Tree]


@lru_cache(maxsize=4096)
def tokens(tree: Tree) -> int:
    """What is to be read of a formula."""
    return cost(arrange(tree))[0]


# ---- products of kernels ----


def powers(exponents: Sequence[int], ring: Ring) -> dict[Tree, Tree]:
    """The exponent of each base in a product of kernels: of x in x**n/x it is n - 1."""
    found: dict[Tree, Tree] = {}
    for kernel, exponent in zip(ring.kernels, exponents, strict=True):
        if exponent:
            found[kernel.base] = found.get(kernel.base, sympy.S.Zero) + kernel.exponent * exponent
    return found


def kernel_tokens(place: int, exponent: int, ring: Ring) -> int:
    """What a power of a kernel costs."""
    known = ring.lengths.get((place, exponent))
    if known is None:
        kernel = ring.kernels[place]
        known = ring.lengths[place, exponent] = tokens(sympy.Pow(kernel.base, kernel.exponent * exponent))
    return known


def is_above(place: int, exponent: int, ring: Ring) -> bool:
    """Whether a power of a kernel stands above the line: e^(-x) does."""
    return exponent > 0 or not ring.kernels[place].exponent.is_number


def term_tokens(number: Fraction, exponents: Sequence[int], ring: Ring, above: int = 0, below: int = 0) -> int:
    """What a number times kernels costs without its sign, with so much else above and below the line."""
    for place, exponent in enumerate(exponents):
        if exponent and is_above(place, exponent, ring):
            above += kernel_tokens(place, exponent, ring)
        elif exponent:
            below += kernel_tokens(place, -exponent, ring)
    above += abs(number.numerator) != 1 or not above
    below += number.denominator != 1
    return above + below + bool(below)


def sum_tokens(terms: Terms, ring: Ring) -> int:
    """What a sum costs; it begins with a positive term if it has one."""
    length = sum(term_tokens(number, exponents, ring) for exponents, number in terms.items())
    return length + len(terms) - 1 + all(number < 0 for number in terms.values())


def term(number: Fraction, exponents: Sequence[int], ring: Ring) -> Tree:
    """A number times kernels."""
    factors = [sympy.Pow(base, exponent) for base, exponent in powers(exponents, ring).items()]
    return multiplied(sympy.Rational(number.numerator, number.denominator), factors)


def multiplied(number: Any, factors: Sequence[Any]) -> Tree:
    """A product in which a number stays before a sum."""
    product = sympy.Mul(*factors)
    if number != 1 and isinstance(product, sympy.Add):
        return sympy.Mul(number, product, evaluate=False)
    return sympy.Mul(number, product)


def sum_of(terms: Terms, ring: Ring) -> Tree:
    """A sum of such terms."""
    return sympy.Add(*(term(number, exponents, ring) for exponents, number in terms.items()))


def terms_of(found: Polynomial) -> dict[tuple[int, ...], Fraction]:
    """The terms of a polynomial."""
    return {exponents: Fraction(int(number)) for exponents, number in found.to_dict().items()}


# ---- sums ----


def shortest_sum(found: Polynomial, ring: Ring, depth: int = COLLECTED_DEPTH) -> Form:
    """A polynomial as a sum, where some terms may have common factors taken out."""
    terms = terms_of(found)
    best = Form(sum_tokens(terms, ring), lambda: sum_of(terms, ring))
    if 3 <= len(terms) <= MAX_COLLECTED_TERMS and depth:
        for inside in _sharing(terms):
            some = ring.context.from_dict({each: int(terms[each]) for each in inside})
            made = shortest_product(as_product(some, ring), ring, depth - 1)
            if made.tokens < best.tokens:
                best = min(best, _added(made, shortest_sum(found - some, ring, depth - 1)), key=_tokens)
    return best


def _added(one: Form, other: Form) -> Form:
    return Form(one.tokens + other.tokens + 1, lambda: sympy.Add(one.make(), other.make()))


def _tokens(form: Form) -> int:
    return form.tokens


def _sharing(terms: Terms) -> list[tuple[tuple[int, ...], ...]]:
    """Which terms have the same power of a kernel."""
    found: dict[tuple[tuple[int, ...], ...], None] = {}
    for place in range(len(next(iter(terms)))):
        for degree in sorted({exponents[place] for exponents in terms} - {0}):
            found[tuple(each for each in terms if each[place] == degree)] = None
    return [inside for inside in found if 1 < len(inside) < len(terms)]


# ---- products of sums ----


def shortest_product(product: Product, ring: Ring, depth: int = COLLECTED_DEPTH) -> Form:
    """The shortest form of a product, as one fraction."""
    product = _merged(_roots_joined(_factored(product), ring), ring)
    forms = [_assembled(each, ring, depth) for each in _numerators(product, ring)]
    return min(forms, key=_tokens)


def _numerators(product: Product, ring: Ring) -> Iterator[Product]:
    """A product as it is; with its number inside of a sum above the line; with all that is above it in one sum."""
    yield product
    above = [(each, count) for each, count in product.sums if count > 0]
    below = [(each, count) for each, count in product.sums if count < 0]
    number = product.number
    if len(above) == 1 and above[0][1] == 1 and not below and not any(product.exponents) and number.denominator == 1:
        yield Product(Fraction(1), product.exponents, ((above[0][0] * int(number), 1),))
    if above and not (len(above) == 1 and above[0][1] == 1):
        with_kernels = (True, False) if any(each > 0 for each in product.exponents) else (False,)
        for kernels_too in with_kernels:
            inside = tuple(max(each, 0) * kernels_too for each in product.exponents)
            outside = tuple(each - taken for each, taken in zip(product.exponents, inside, strict=True))
            length = prod(len(each) ** min(count, 8) for each, count in above)
            if length <= 4 * MAX_MERGED_TERMS and sum(count for _, count in above) <= 8:
                found = multiplied_out(Product(Fraction(number.numerator), inside, tuple(above)), ring)
                yield Product(Fraction(1, number.denominator), outside, ((found, 1), *below))


def _factored(product: Product) -> Product:
    """A product with its sums as products of what has no factors."""
    counts: list[tuple[Polynomial, int]] = []
    for each, count in product.sums:
        for factor, power in factors_of(each):
            multiply_in(counts, factor, power * count)
    return Product(product.number, product.exponents, tuple(counts))


def _roots_joined(product: Product, ring: Ring) -> Product:
    """A product in which what a root is of is joined with it: sqrt(u)/u**2 is u**(-3/2)."""
    for place, square in ring.squares.items():
        if product.exponents[place] and isinstance(ring.kernels[place].base, sympy.Add | sympy.Mul):
            whole = _factored(as_product(square, ring))
            shares = [Fraction(count_of(product, each), count) for each, count in whole.sums]
            pairs = zip(product.exponents, whole.exponents, strict=True)
            shares += [Fraction(each, count) for each, count in pairs if count]
            share = min(shares, key=abs) if len({each > 0 for each in shares}) == 1 else Fraction(0)
            if count := int(share):
                kernel = [0] * len(ring.kernels)
                kernel[place] = count * ring.orders[place]
                root = Product(Fraction(1), tuple(kernel))
                product = times([product, raised(whole, -count), root], ring)
    return product


def _merged(product: Product, ring: Ring) -> Product:
    """A product with sums of the same power multiplied with each other as long as that is shorter."""
    for count in dict.fromkeys(count for _, count in product.sums):
        while group := _best_group([each for each, other in product.sums if other == count], count, ring):
            factors, made = group
            sums = tuple((each, other) for each, other in product.sums if not any(each is factor for factor in factors))
            product = times([Product(product.number, product.exponents, sums), raised(made, count)], ring)
    return product


def _best_group(factors: list[Polynomial], count: int, ring: Ring) -> tuple[tuple[Polynomial, ...], Product] | None:
    """The sums that are shortened most when they are multiplied, and what comes out; None if none are."""
    extra, best = 2 * (abs(count) != 1), None
    lengths = {id(each): sum_tokens(terms_of(each), ring) + extra for each in factors}
    for size in range(2, min(len(factors), MAX_GROUP) + 1):
        for group in combinations(factors, size):
            if prod(map(len, group)) <= 4 * MAX_MERGED_TERMS:
                made = as_product(squared(reduce(mul, group), ring), ring)
                apart = sum(lengths[id(each)] for each in group)
                saved = apart - term_tokens(made.number, made.exponents, ring, _sums_length(made, extra, ring))
                if len(made.sums) == 1 and len(made.sums[0][0]) == 2:
                    saved += 2  # a difference of powers is one thing to a reader
                if saved > 0 and (best is None or saved > best[0]):
                    best = saved, group, made
    return best and best[1:]


def _sums_length(product: Product, extra: int, ring: Ring) -> int:
    return sum(sum_tokens(terms_of(each), ring) + extra for each, _ in product.sums)


def _assembled(product: Product, ring: Ring, depth: int) -> Form:
    """A product as a formula, its sign put where it costs least."""
    product = _with_best_sign(_turned(product, ring), ring)
    sums = [
        (shortest_sum(-each if count % 2 == 0 and each in ring.reversed else each, ring, depth), count)
        for each, count in product.sums
    ]
    above = sum(form.tokens + 2 * (count != 1) for form, count in sums if count > 0)
    below = sum(form.tokens + 2 * (count != -1) for form, count in sums if count < 0)
    length = term_tokens(product.number, product.exponents, ring, above, below) + (product.number < 0)

    def make() -> Tree:
        bases = powers(product.exponents, ring)
        for form, count in sums:
            tree = form.make()
            bases[tree] = bases.get(tree, sympy.S.Zero) + count
        number = sympy.Rational(product.number.numerator, product.number.denominator)
        return multiplied(number, [sympy.Pow(base, exponent) for base, exponent in bases.items()])

    return Form(length, make)


def _turned(product: Product, ring: Ring) -> Product:
    """A product with its sums turned as those are that have exponents with variables: (1 - x)^n/(1 - x)."""
    number, sums = product.number, list(product.sums)
    for place, (each, count) in enumerate(sums):
        if -each in ring.raised:
            number, sums[place] = number * (-1) ** abs(count), (-each, count)
    return Product(number, product.exponents, tuple(sums))


def _with_best_sign(product: Product, ring: Ring) -> Product:
    """A negative product with its sign in a sum that has terms of both signs, above the line rather than below."""
    if product.number > 0:
        return product
    odd = [place for place, (each, count) in enumerate(product.sums) if count % 2 and _has_both_signs(each, ring)]
    odd.sort(key=lambda place: (product.sums[place][1] != 1, product.sums[place][1] < 0))
    if not odd:
        return product
    sums = list(product.sums)
    sums[odd[0]] = (-sums[odd[0]][0], sums[odd[0]][1])
    return Product(-product.number, product.exponents, tuple(sums))


def _has_both_signs(found: Polynomial, ring: Ring) -> bool:
    """Whether a sum that is free to turn has terms of both signs."""
    return len({int(number) > 0 for number in found.coeffs()}) == 2 and found not in ring.raised
