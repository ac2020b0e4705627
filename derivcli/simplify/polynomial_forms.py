"""A product of powers of kernels and sums as formulas: factored, multiplied out or collected, the shortest of each.

What a form costs is counted from its kernels, without making it; the few that seem shortest are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from math import prod
from typing import Any, TypeAlias

import sympy

from derivcli.engines.symbolic import arrange
from derivcli.language.tree import Tree
from derivcli.simplify.cost import cost
from derivcli.simplify.kernels import (
    Polynomial,
    Product,
    Ring,
    factors_of,
    multiplied_out,
    primitive,
)

Terms: TypeAlias = Mapping[tuple[int, ...], Fraction]
"""A sum: the number before each product of kernels, whose exponents may be negative."""

MAX_MERGED_TERMS = 12
"""Factors are multiplied with each other where no longer sum comes out."""

MAX_COLLECTED_TERMS = 24
"""Longer sums are not searched for what some of their terms share."""

COLLECTED_DEPTH = 2
"""How often what is left of a sum is collected again."""


@dataclass(frozen=True, slots=True)
class Form:
    """A formula, and about what it costs."""

    tokens: int
    tree: Tree


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
    kernel = ring.kernels[place]
    return tokens(sympy.Pow(kernel.base, kernel.exponent * exponent))


def is_above(place: int, exponent: int, ring: Ring) -> bool:
    """Whether a power of a kernel stands above the line: e^(-x) does."""
    return exponent > 0 or not ring.kernels[place].exponent.is_number


def term_tokens(number: Fraction, exponents: Sequence[int], ring: Ring) -> int:
    """What a product of a number and kernels costs, without its sign."""
    above = below = 0
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
    best = Form(sum_tokens(terms, ring), sum_of(terms, ring))
    if 3 <= len(terms) <= MAX_COLLECTED_TERMS and depth:
        for inside in _sharing(terms):
            some = ring.context.from_dict({each: int(terms[each]) for each in inside})
            rest = found - some
            made = shortest_product(_as_product(some, ring), ring, depth - 1)
            if made.tokens < best.tokens:
                other = shortest_sum(rest, ring, depth - 1)
                best = min(best, Form(made.tokens + other.tokens + 1, sympy.Add(made.tree, other.tree)), key=_tokens)
    return best


def _tokens(form: Form) -> int:
    return form.tokens


def _sharing(terms: Terms) -> list[tuple[tuple[int, ...], ...]]:
    """Which terms have the same power of a kernel."""
    found: dict[tuple[tuple[int, ...], ...], None] = {}
    for place in range(len(next(iter(terms)))):
        for degree in sorted({exponents[place] for exponents in terms} - {0}):
            found[tuple(each for each in terms if each[place] == degree)] = None
    return [inside for inside in found if 1 < len(inside) < len(terms)]


def _as_product(found: Polynomial, ring: Ring) -> Product:
    number, exponents, rest = primitive(found)
    return Product(Fraction(number), exponents, ((rest, 1),) if len(rest) > 1 else ())


# ---- products of sums ----


def shortest_product(product: Product, ring: Ring, depth: int = COLLECTED_DEPTH) -> Form:
    """The shortest form of a product, as one fraction."""
    sums = _factored(product, ring)
    product = Product(product.number, product.exponents, sums)
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


def _factored(product: Product, ring: Ring) -> tuple[tuple[Polynomial, int], ...]:
    """The sums of a product by their factors, some of them multiplied where that is shorter."""
    counts: list[tuple[Polynomial, int]] = []
    for each, count in product.sums:
        for factor, power in factors_of(each):
            known = next((place for place, (other, _) in enumerate(counts) if other == factor), None)
            if known is None:
                counts.append((factor, power * count))
            else:
                counts[known] = (factor, counts[known][1] + power * count)
    counts = [(each, count) for each, count in counts if count]
    made: list[tuple[Polynomial, int]] = []
    for count in dict.fromkeys(count for _, count in counts):
        made += [(each, count) for each in _merged([each for each, other in counts if other == count], count, ring)]
    return tuple(made)


def _merged(factors: list[Polynomial], count: int, ring: Ring) -> list[Polynomial]:
    """Factors of the same power, multiplied with each other as long as that is shorter."""
    extra = 2 * (abs(count) != 1)
    lengths = {id(each): sum_tokens(terms_of(each), ring) + extra for each in factors}
    while len(factors) > 1:
        best = None
        for one_factor, other in combinations(factors, 2):
            if len(one_factor) * len(other) <= 4 * MAX_MERGED_TERMS:
                made = one_factor * other
                saved = lengths[id(one_factor)] + lengths[id(other)] - sum_tokens(terms_of(made), ring) - extra
                if saved > 0 and (best is None or saved > best[0]):
                    best = saved, one_factor, other, made
        if best is None:
            break
        factors = [each for each in factors if each is not best[1] and each is not best[2]] + [best[3]]
        lengths[id(best[3])] = sum_tokens(terms_of(best[3]), ring) + extra
    return factors


def _assembled(product: Product, ring: Ring, depth: int) -> Form:
    """A product as a formula: signs put where they cost least, and roots joined with what they are roots of."""
    product = _with_best_sign(product, ring)
    bases = powers(product.exponents, ring)
    pieces = []
    for each, count in _radicands_joined(product, bases, ring):
        form = shortest_sum(-each if count % 2 == 0 and each in ring.reversed else each, ring, depth)
        pieces.append(sympy.Pow(form.tree, count) if count != 1 else form.tree)
    factors = [sympy.Pow(base, exponent) for base, exponent in bases.items()] + pieces
    tree = multiplied(sympy.Rational(product.number.numerator, product.number.denominator), factors)
    return Form(tokens(tree), tree)


def _with_best_sign(product: Product, ring: Ring) -> Product:
    """A negative product with its sign in a sum that has terms of both signs, above the line rather than below."""
    if product.number > 0:
        return product
    odd = [place for place, (each, count) in enumerate(product.sums) if count % 2 and _has_both_signs(each)]
    odd.sort(key=lambda place: (product.sums[place][1] != 1, product.sums[place][1] < 0))
    if not odd:
        return product
    sums = list(product.sums)
    sums[odd[0]] = (-sums[odd[0]][0], sums[odd[0]][1])
    return Product(-product.number, product.exponents, tuple(sums))


def _has_both_signs(found: Polynomial) -> bool:
    signs = {int(number) > 0 for number in found.coeffs()}
    return len(signs) == 2


def _radicands_joined(product: Product, bases: dict[Tree, Tree], ring: Ring) -> list[tuple[Polynomial, int]]:
    """The sums of a product but for those that join a root of theirs in `bases`: sqrt(u)/u**2 is u**(-3/2)."""
    sums = list(product.sums)
    for place, radicand in ring.radicands.items():
        base = ring.kernels[place].base
        if product.exponents[place]:
            for index, (each, count) in enumerate(sums):
                for sign in (1, -1):
                    if each == sign * radicand and (sign == 1 or count % 2 == 0):
                        bases[base] += count
                        sums[index] = (ring.context.constant(1), 1)
    return [(each, count) for each, count in sums if not each.is_one()]
