"""About how long a formula that SymPy evaluated is when printed, to choose among many: printing takes longer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import sympy

from derivcli.language.tree import Tree

MAX_CACHED = 20_000


def shortest_of(trees: Iterable[Tree]) -> Tree:
    """The first of the shortest."""
    return min(trees, key=length)


def with_sign(tree: Tree) -> tuple[Tree, Tree]:
    """A number and a formula whose product the formula is: whole numbers in its sum, as few minus signs as possible."""
    scale, primitive = tree.primitive() if isinstance(tree, sympy.Add) else (sympy.S.One, tree)
    negative = opposite(primitive)
    return (-scale, negative) if length(negative) < length(primitive) else (scale, primitive)


def opposite(tree: Tree) -> Tree:
    """The formula with its sign changed, in the factor of a product where that saves a sign."""
    if isinstance(tree, sympy.Add):
        return sympy.Add(*[opposite(term) for term in tree.args])
    if isinstance(tree, sympy.Mul):
        for factor in tree.args:
            if isinstance(factor, sympy.Add) and length(opposite(factor)) < length(factor):
                return tree.func(*[opposite(each) if each is factor else each for each in tree.args])
    return -tree


def without_sign(tree: Tree) -> Tree:
    """A product with a minus before it with one of its sums turned round instead."""
    number, factors = tree.as_coeff_mul()
    if number.is_negative:
        for factor in factors:
            if isinstance(factor, sympy.Add) and length(opposite(factor)) <= length(factor):
                return sympy.Mul(-number, *[opposite(each) if each is factor else each for each in factors])
    return tree


@lru_cache(maxsize=MAX_CACHED)
def length(tree: Any) -> int:
    """The names, numbers and operators that are read; roots are calls, and reciprocals one fraction a product."""
    if isinstance(tree, sympy.Rational):
        return 1 + int(tree.p < 0) + (2 if tree.q != 1 else 0)
    if not tree.args:
        return 1
    if isinstance(tree, sympy.Add):
        negative = sum(_is_negative(part) for part in tree.args)  # whose signs are read anyway
        return sum(length(part) for part in tree.args) + max(len(tree.args) - 1 - negative, 0)
    if isinstance(tree, sympy.Mul):
        return _product(tree.args)
    if isinstance(tree, sympy.Pow):
        return _product([tree])
    return 1 + sum(length(part) for part in tree.args)


def _is_negative(tree: Tree) -> bool:
    return bool(tree.could_extract_minus_sign()) and not isinstance(tree, sympy.Add)


def _product(factors: Sequence[Tree]) -> int:
    above = below = 0
    for factor in factors:
        if isinstance(factor, sympy.Rational):
            above += (factor.p < 0) + (abs(factor.p) != 1)
            below += factor.q != 1
        elif isinstance(factor, sympy.Pow) and isinstance(factor.exp, sympy.Rational):
            exponent = abs(factor.exp)
            size = length(factor.base) + (
                0 if exponent == 1 else 1 if exponent == sympy.S.Half else 1 + length(exponent)
            )
            above, below = (above, below + size) if factor.exp.p < 0 else (above + size, below)
        elif isinstance(factor, sympy.Pow):
            above += length(factor.base) + 1 + length(factor.exp)
        else:
            above += length(factor)
    return max(above, 1) + (1 + below if below else 0)
