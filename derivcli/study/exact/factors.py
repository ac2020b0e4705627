"""A derivative as a product of powers. Where a factor has a simple zero, its exponent is the multiplicity.

Formulas are polynomials in their kernels, so that x^2 - 2*x*cos(x) + cos(x)^2 has the factor x - cos(x) twice.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

import sympy

from derivcli.engines.symbolic import SYMPY_FAILURES, attempted, derivative_of, evaluated, merged
from derivcli.language.bound_variables import Integral
from derivcli.language.differentiation.unrolling import unrolled
from derivcli.language.functions.table import vocabulary
from derivcli.language.tree import Tree, class_of, fold, postorder, rebuild, row_of
from derivcli.simplify.angles import angles, in_sine_and_cosine
from derivcli.simplify.inner_forms import with_like_radicands
from derivcli.simplify.kernels import Product, Ring, TooLongError, factors_of, product_of, ring_of
from derivcli.simplify.polynomial_forms import sum_of, terms_of

SECONDS = 0.25
"""The time on the clock for the derivative of a formula, and for its product."""

MAX_NODES = 300
"""Longer formulas are not looked at."""


def derivative_tree(tree: Tree, name: str, order: int) -> Tree | None:
    """The derivative of an order as a formula that holds where the function is analytic; None where none is found."""
    tree = unrolled(tree)
    if sum(1 for _ in postorder(tree)) > MAX_NODES or any(isinstance(node, Integral) for node in postorder(tree)):
        return None
    found = attempted(SECONDS, derivative_of, tree, (name,) * order) if order else tree
    return None if found is None else attempted(SECONDS, evaluated, found)


@lru_cache(maxsize=64)
def factors(tree: Tree, name: str, order: int) -> tuple[tuple[Tree, int], ...] | None:
    """Formulas with exponents of which the derivative of an order is a product, with others besides that are not 0.

    That is so where the function is analytic. It is None where no product is found.
    """
    found = derivative_tree(tree, name, order)
    product = None if found is None else attempted(SECONDS, _product, found)
    found_above = None if product is None else _above(*product, name)
    return None if found_above is None else tuple(found_above)


def _product(tree: Tree) -> tuple[Product, Ring]:
    tree = with_like_radicands(tree)
    ring = ring_of(tree)
    return product_of(tree, ring), ring


def _above(product: Product, ring: Ring, name: str) -> list[tuple[Tree, int]] | None:
    """The factors of a product that hold the variable and may be 0; None where an exponent is not whole."""
    found: list[tuple[Tree, int]] = []
    for kernel, exponent in zip(ring.kernels, product.exponents, strict=True):
        power = kernel.exponent * exponent
        if not exponent or name not in {each.name for each in kernel.base.free_symbols} or power.is_negative:
            continue
        if not power.is_Integer:
            return None
        row = row_of(kernel.base)
        is_size = row is not None and row.name == "abs"
        found.append((kernel.base.args[0] if is_size else kernel.base, int(power)))
    for each, count in product.sums:
        for factor, times in factors_of(each) if count > 0 else ():
            found.append((sum_of(terms_of(factor), ring), times * count))
    return found


@lru_cache(maxsize=64)
def is_zero(tree: Tree, name: str, order: int) -> bool:
    """Whether a derivative is 0 wherever the function is analytic, by the laws of arithmetic and of the circle."""
    found = derivative_tree(tree, name, order)
    return found is not None and bool(attempted(SECONDS, _is_zero, found))


def _is_zero(tree: Tree) -> bool:
    if tree == 0:
        return True
    tree = merged(_signs_apart(tree))
    for angle in angles(tree):
        tree = in_sine_and_cosine(tree, angle)
    squares = {node: _square(node) for node in postorder(tree) if _square(node) is not None}
    with suppress(TooLongError, ZeroDivisionError, *SYMPY_FAILURES):
        tree = with_like_radicands(tree)
        return bool(product_of(tree, ring_of(tree, squares)).number == 0)
    return False


def _square(node: Tree) -> Tree | None:
    """What the square of a sine, a hyperbolic sine or a sign is; None for anything else."""
    row = row_of(node)
    if row is None or row.name not in SQUARES or not node.free_symbols:
        return None
    return SQUARES[row.name](node.args[0])


SQUARES = {
    "sin": lambda u: 1 - sympy.cos(u) ** 2,
    "sinh": lambda u: sympy.cosh(u) ** 2 - 1,
    "sign": lambda u: sympy.S.One,
}


def _signs_apart(tree: Tree) -> Tree:
    """A formula in which |u| is u*sign(u), as it is off the zeros of u."""
    sign = class_of(vocabulary()["sign"])

    def make(node: Tree, parts: list[Tree]) -> Tree:
        row = row_of(node)
        if row is not None and row.name == "abs":
            return parts[0] * sympy.Basic.__new__(sign, parts[0])
        return rebuild(node, parts) if parts else node

    return fold(tree, make)
