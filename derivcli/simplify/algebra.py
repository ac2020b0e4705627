"""Rewritings by the laws of arithmetic: fractions, factors, sums and powers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import sympy

from derivcli.language.tree import Tree
from derivcli.simplify.inner_forms import with_like_radicands, with_short_arguments
from derivcli.simplify.kernels import (
    Product,
    Ring,
    in_lowest_terms,
    multiplied_out,
    order_of,
    product_of,
    rationalized,
    ring_of,
)
from derivcli.simplify.polynomial_forms import shortest_product, terms_of
from derivcli.simplify.rewriting import Rewriting

SQUARES: tuple[tuple[str, Any, Any], ...] = (
    ("sin(u)^2 + cos(u)^2 = 1", sympy.sin, lambda u: 1 - sympy.cos(u) ** 2),
    ("sin(u)^2 + cos(u)^2 = 1", sympy.cos, lambda u: 1 - sympy.sin(u) ** 2),
    ("1 + tan(u)^2 = sec(u)^2", sympy.tan, lambda u: sympy.sec(u) ** 2 - 1),
    ("1 + tan(u)^2 = sec(u)^2", sympy.sec, lambda u: sympy.tan(u) ** 2 + 1),
    ("1 + cot(u)^2 = csc(u)^2", sympy.cot, lambda u: sympy.csc(u) ** 2 - 1),
    ("1 + cot(u)^2 = csc(u)^2", sympy.csc, lambda u: sympy.cot(u) ** 2 + 1),
    ("cosh(u)^2 - sinh(u)^2 = 1", sympy.sinh, lambda u: sympy.cosh(u) ** 2 - 1),
    ("cosh(u)^2 - sinh(u)^2 = 1", sympy.cosh, lambda u: sympy.sinh(u) ** 2 + 1),
)
"""Squares of calls as polynomials in others."""

MAX_PARTED_DEGREE = 8
"""Denominators of a higher degree are not parted."""


def common_denominator(tree: Tree) -> Iterable[Tree]:
    """A sum with denominators as one fraction in lowest terms, its two parts factored."""
    if isinstance(tree, sympy.Add) and has_denominator(tree):
        yield fraction(tree)


def factored(tree: Tree) -> Iterable[Tree]:
    """A sum as a product; one with denominators keeps them, and what all terms share comes before a bracket."""
    if isinstance(tree, sympy.Add) and not has_denominator(tree):
        yield fraction(tree)
    elif isinstance(tree, sympy.Add):
        factors = set.intersection(*({*sympy.Mul.make_args(term)} for term in tree.args))
        shared = sympy.Mul(*[each for each in factors if not has_denominator(each)])
        if shared != 1:
            yield sympy.Mul(shared, sympy.Add(*[term / shared for term in tree.args]))


def cancelled(tree: Tree) -> Iterable[Tree]:
    """A product in lowest terms, its powers joined."""
    if isinstance(tree, sympy.Mul | sympy.Pow):
        yield fraction(tree)


def has_denominator(tree: Any) -> bool:
    """Whether a sum has fractions, not counting those of numbers."""
    powers = (factor for term in sympy.Add.make_args(tree) for factor in sympy.Mul.make_args(term))
    return any(isinstance(each, sympy.Pow) and each.exp.could_extract_minus_sign() for each in powers)


def fraction(tree: Tree) -> Tree:
    """A formula as one fraction."""
    tree = with_like_radicands(tree)
    ring = ring_of(tree)
    return _shortest(product_of(tree, ring), ring)


def _shortest(product: Product, ring: Ring) -> Tree:
    return with_short_arguments(shortest_product(product, ring).make())


def without_roots_below(tree: Tree) -> Iterator[Tree]:
    """One fraction with no root of numbers below the line, and one with no root at all there."""
    tree = with_like_radicands(tree)
    ring = ring_of(tree)
    places = [place for place in ring.squares if order_of(place, ring) == 2]
    numbers = [place for place in places if not ring.kernels[place].base.free_symbols]
    for some in (numbers, places):
        if some:
            yield _shortest(rationalized(product_of(tree, ring), ring, some), ring)


def by_squares(kind: Any, square: Any, tree: Tree) -> Iterator[Tree]:
    """One fraction, where squares of calls of a kind are replaced."""
    if any(isinstance(each.base, kind) for each in tree.atoms(sympy.Pow)):
        tree = with_like_radicands(tree)
        ring = ring_of(tree, {call: square(*call.args) for call in tree.atoms(kind)})
        yield _shortest(product_of(tree, ring), ring)


def expanded(tree: Tree) -> Iterator[Tree]:
    """A fraction as a sum of fractions, each in lowest terms: by term, or by what calls and roots stand in them."""
    tree = with_like_radicands(tree)
    ring = ring_of(tree)
    product = product_of(tree, ring)
    below = Product(
        Fraction(1, product.number.denominator),
        tuple(min(each, 0) for each in product.exponents),
        tuple((each, count) for each, count in product.sums if count < 0),
    )
    above = Product(
        Fraction(product.number.numerator),
        tuple(max(each, 0) for each in product.exponents),
        tuple((each, count) for each, count in product.sums if count > 0),
    )
    terms = terms_of(multiplied_out(above, ring))
    for parts in _partings(list(terms), ring):
        made = []
        for part in parts:
            found = ring.context.from_dict({each: int(terms[each]) for each in part})
            made.append(shortest_product(in_lowest_terms(below, found, ring), ring).make())
        yield with_short_arguments(sympy.Add(*made))


def _partings(terms: Sequence[tuple[int, ...]], ring: Ring) -> Iterator[list[list[tuple[int, ...]]]]:
    """Ways to part terms: each alone, by all kernels but variables, and by each of these."""
    calls = [
        place for place, kernel in enumerate(ring.kernels) if not kernel.base.is_Symbol or not kernel.exponent.is_number
    ]
    seen: list[list[list[tuple[int, ...]]]] = []
    for places in [range(len(ring.kernels)), calls, *([place] for place in calls)]:
        groups: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
        for term in terms:
            groups.setdefault(tuple(term[place] for place in places), []).append(term)
        parts = list(groups.values())
        if len(parts) > 1 and parts not in seen:
            seen.append(parts)
            yield parts


def parted(tree: Tree) -> Iterator[Tree]:
    """A rational function of one variable with several factors below as a sum of fractions with one each."""
    names = list(tree.free_symbols)
    if len(names) != 1 or not tree.is_rational_function(*names):
        return
    _, below = sympy.fraction(sympy.together(tree))
    _, factors = sympy.factor_list(below, *names)
    if len(factors) > 1 and sum(sympy.degree(each, *names) * count for each, count in factors) <= MAX_PARTED_DEGREE:
        yield sympy.apart(tree, *names)


ALGEBRA = (
    Rewriting("common denominator", common_denominator),
    Rewriting("factored", factored),
    Rewriting("cancelled", cancelled),
    Rewriting("expanded", expanded),
    Rewriting("partial fractions", parted),
    Rewriting("denominator rationalized", without_roots_below),
    *(Rewriting(name, partial(by_squares, kind, square)) for name, kind, square in SQUARES),
)
"""The quick ones first, since the time may end."""
