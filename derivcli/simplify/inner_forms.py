"""What stands inside of calls, roots and exponents in its shortest form, so that the same things look the same."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache, partial
from typing import Any

import sympy

from derivcli.engines.symbolic import SYMPY_FAILURES
from derivcli.language.bound_variables import Binder
from derivcli.language.tree import Derivative, Tree, fold, rebuild, row_of
from derivcli.simplify.kernels import Product, multiplied_out, product_of, ring_of
from derivcli.simplify.polynomial_forms import multiplied, shortest_product, sum_of, terms_of, tokens

LEFT_ALONE = (Binder, Derivative, sympy.Piecewise)
"""What has variables of its own, or conditions."""

MAX_RADICAND_TERMS = 8
"""Longer radicands are not multiplied out."""


@lru_cache(maxsize=256)
def with_short_arguments(tree: Tree) -> Tree:
    """A formula with its arguments, radicands and exponents in their shortest forms."""
    return fold(tree, partial(_shortened, shortest_argument), stop_at=LEFT_ALONE)


@lru_cache(maxsize=256)
def with_like_radicands(tree: Tree) -> Tree:
    """The same, but with radicands multiplied out, so that equal ones are alike."""
    return fold(tree, partial(_shortened, _multiplied_out), stop_at=LEFT_ALONE)


def _shortened(radicand: Callable[[Tree], Tree], node: Any, parts: list[Tree]) -> Tree:
    if not parts:
        return node
    if isinstance(node, sympy.Pow) and node.exp.is_Rational and node.exp.q != 1:
        root = _root(radicand(parts[0]), node.exp)
        denested = _denested(root) if root.is_number else root
        return denested if radicand is _multiplied_out or tokens(denested) < tokens(root) else root
    if list(node.args) == parts:
        return node
    if isinstance(node, sympy.Mul):  # whose number stays before a sum
        return multiplied(
            sympy.Mul(*[part for part in parts if part.is_Rational]), [part for part in parts if not part.is_Rational]
        )
    if isinstance(node, sympy.Add | sympy.Pow):
        return node.func(*parts)
    if row_of(node) is not None or isinstance(node, sympy.exp):
        return rebuild(node, [shortest_argument(part) for part in parts])
    return rebuild(node, parts)


def _root(radicand: Any, exponent: Any) -> Tree:
    """A power of a formula whose numbers are taken out of it as far as they are no whole ones: sqrt(x^2 + 4)/2."""
    number, rest = radicand.as_content_primitive() if isinstance(radicand, sympy.Add) else radicand.as_coeff_Mul()
    if number.is_Rational and number > 0 and (number.q != 1 or (number**exponent).is_Rational):
        return number**exponent * rest**exponent
    return radicand**exponent


def _denested(root: Any) -> Tree:
    """The square root of a number that has roots without a root in a root: sqrt(3 + 2*sqrt(2)) is 1 + sqrt(2)."""
    if not (isinstance(root, sympy.Pow) and root.exp.q == 2 and isinstance(root.base, sympy.Add)):
        return root
    if len(root.base.args) != 2 or len(root.base.atoms(sympy.Pow)) != 1:
        return root
    return sympy.sqrtdenest(sympy.sqrt(root.base)) ** root.exp.p


@lru_cache(maxsize=1024)
def shortest_argument(tree: Tree) -> Tree:
    """The shortest form of a formula inside of another one, as one fraction."""
    if not isinstance(tree, sympy.Add | sympy.Mul | sympy.Pow) or tokens(tree) < 5:
        return tree
    with suppress(*SYMPY_FAILURES):
        ring = ring_of(tree)
        form = shortest_product(product_of(tree, ring), ring)
        if form.tokens < tokens(tree):
            return form.make()
    return tree


@lru_cache(maxsize=1024)
def _multiplied_out(tree: Tree) -> Tree:
    """A formula as a sum over one denominator, where that is not long."""
    if isinstance(tree, sympy.Add | sympy.Mul | sympy.Pow):
        with suppress(*SYMPY_FAILURES):
            ring = ring_of(tree)
            product = product_of(tree, ring)
            if not any(count < 0 for _, count in product.sums) and min(product.exponents) >= 0:
                whole = Product(Fraction(product.number.numerator), product.exponents, product.sums)
                terms = terms_of(multiplied_out(whole, ring))
                if len(terms) <= MAX_RADICAND_TERMS:
                    return multiplied(sympy.Rational(1, product.number.denominator), [sum_of(terms, ring)])
    return shortest_argument(tree)
