"""Rewritings by the laws of arithmetic: fractions, factors, sums and powers."""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from derivcli.language.tree import Tree
from derivcli.simplify.rewriting import Rewriting


def common_denominator(tree: Tree) -> Iterable[Tree]:
    """One fraction in lowest terms, its two parts factored."""
    yield sympy.factor(sympy.cancel(sympy.together(tree)))


def factored(tree: Tree) -> Iterable[Tree]:
    """What all terms share, before a bracket; or polynomials as products."""
    yield sympy.factor_terms(tree)
    yield sympy.factor(tree)


def expanded(tree: Tree) -> Iterable[Tree]:
    """Brackets multiplied out."""
    yield sympy.expand(tree)


ALGEBRA = (
    Rewriting("factored", factored),
    Rewriting("common denominator", common_denominator),
    Rewriting("expanded", expanded),
)
"""The quick ones first, since the time may end."""
