"""What stands inside of calls, roots and exponents in its shortest form, so that the same things look the same."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

import sympy

from derivcli.engines.symbolic import SYMPY_FAILURES
from derivcli.language.bound_variables import Binder
from derivcli.language.tree import Derivative, Tree, fold, rebuild, row_of
from derivcli.simplify.kernels import product_of, ring_of
from derivcli.simplify.polynomial_forms import shortest_product, tokens

LEFT_ALONE = (Binder, Derivative, sympy.Piecewise)
"""What has variables of its own, or conditions."""


@lru_cache(maxsize=256)
def with_short_arguments(tree: Tree) -> Tree:
    """A formula with its arguments, radicands and exponents in their shortest forms."""
    return fold(tree, _shortened, stop_at=LEFT_ALONE)


def _shortened(node: Any, parts: list[Tree]) -> Tree:
    if not parts:
        return node
    if isinstance(node, sympy.Pow) and node.exp.is_Rational and node.exp.q != 1:
        return _root(shortest_argument(parts[0]), node.exp)
    if isinstance(node, sympy.Add | sympy.Mul | sympy.Pow):
        return node.func(*parts)
    if row_of(node) is not None or isinstance(node, sympy.exp):
        return _called(node, [shortest_argument(part) for part in parts])
    return rebuild(node, parts)


def _called(node: Tree, parts: Sequence[Tree]) -> Tree:
    return node if list(node.args) == list(parts) else rebuild(node, parts)


def _root(radicand: Any, exponent: Any) -> Tree:
    """A power of a formula whose numbers are taken out of it as far as they are no whole ones: sqrt(x^2 + 4)/2."""
    number, rest = radicand.as_content_primitive() if isinstance(radicand, sympy.Add) else radicand.as_coeff_Mul()
    if number.is_Rational and number > 0 and (number.q != 1 or (number**exponent).is_Rational):
        return number**exponent * rest**exponent
    return radicand**exponent


@lru_cache(maxsize=1024)
def shortest_argument(tree: Tree) -> Tree:
    """The shortest form of a formula inside of another one, as one fraction."""
    if not isinstance(tree, sympy.Add | sympy.Mul | sympy.Pow) or tokens(tree) < 5:
        return tree
    with suppress(*SYMPY_FAILURES):
        ring = ring_of(tree)
        form = shortest_product(product_of(tree, ring), ring)
        if form.tokens < tokens(tree):
            return form.tree
    return tree
