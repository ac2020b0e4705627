"""The ways to write a formula anew, each by SymPy's rules; none is believed before it is compared.

A rewriting takes a tree that SymPy evaluated, and gives trees that ought to be the same wherever both are defined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sympy

from derivcli.language.tree import Tree


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A way to write a formula anew; `name` is what a teacher calls it, as `steps` prints it."""

    name: str
    apply: Callable[[Tree], Iterable[Tree]]


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


REWRITINGS: tuple[Rewriting, ...] = (
    Rewriting("factored", factored),
    Rewriting("common denominator", common_denominator),
    Rewriting("expanded", expanded),
)
"""The quick ones first, since the time may end."""
