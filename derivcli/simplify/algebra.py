"""Rewritings by the laws of arithmetic: fractions, factors, sums and powers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import sympy

from derivcli.language.tree import Tree
from derivcli.simplify.kernels import Product, Ring, in_lowest_terms, multiplied_out, product_of, ring_of
from derivcli.simplify.polynomial_forms import shortest_product, terms_of
from derivcli.simplify.rewriting import Rewriting


def common_denominator(tree: Tree) -> Iterable[Tree]:
    """A sum with denominators as one fraction in lowest terms, its two parts factored."""
    if isinstance(tree, sympy.Add) and has_denominator(tree):
        yield _fraction(tree)


def factored(tree: Tree) -> Iterable[Tree]:
    """A sum as a product."""
    if isinstance(tree, sympy.Add) and not has_denominator(tree):
        yield _fraction(tree)


def cancelled(tree: Tree) -> Iterable[Tree]:
    """A product in lowest terms, its powers joined."""
    if isinstance(tree, sympy.Mul | sympy.Pow):
        yield _fraction(tree)


def has_denominator(tree: Any) -> bool:
    """Whether a sum has fractions, not counting those of numbers."""
    powers = (factor for term in sympy.Add.make_args(tree) for factor in sympy.Mul.make_args(term))
    return any(isinstance(each, sympy.Pow) and each.exp.could_extract_minus_sign() for each in powers)


def _fraction(tree: Tree) -> Tree:
    ring = ring_of(tree)
    return shortest_product(product_of(tree, ring), ring).tree


def expanded(tree: Tree) -> Iterator[Tree]:
    """A fraction as a sum of fractions, each in lowest terms: by term, or by what calls and roots stand in them."""
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
            made.append(shortest_product(in_lowest_terms(below, found, ring), ring).tree)
        yield sympy.Add(*made)


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


ALGEBRA = (
    Rewriting("common denominator", common_denominator),
    Rewriting("factored", factored),
    Rewriting("cancelled", cancelled),
    Rewriting("expanded", expanded),
)
"""The quick ones first, since the time may end."""
