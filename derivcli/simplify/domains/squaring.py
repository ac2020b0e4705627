"""The zeros of sums with square roots, found by squaring: u + sqrt(v) is 0 only where u^2 - v is."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy

from derivcli.engines.symbolic import merged
from derivcli.language.tree import Tree, postorder, row_of

MAX_ROOTS = 4
"""A formula with more square roots is not squared."""

MAX_NODES = 120
"""A longer formula is not squared."""


@lru_cache(maxsize=512)
def squared(tree: Tree) -> Tree | None:
    """A formula without square roots and absolute values that is 0 wherever one with them is; None where none is known.

    It may be 0 elsewhere too.
    """
    made: Any = merged(tree)
    for _ in range(MAX_ROOTS):
        if sum(1 for _ in postorder(made)) > MAX_NODES:
            return None
        outer = _outermost(made)
        if outer is None:
            return made if made != 0 else None
        made = _without(made, *outer)
        if made is None:
            return None
    return None


def _outermost(tree: Any) -> tuple[Any, Any] | None:
    """The inside of a square root or absolute value that stands in no other one, and its square."""
    found: tuple[Any, Any] | None = None
    for node in postorder(tree):  # the last one is no part of another
        if isinstance(node, sympy.Pow) and node.exp.is_Rational and node.exp.q == 2:
            found = node.base, node.base
        elif isinstance(node, sympy.Abs) or getattr(row_of(node), "name", "") == "abs":
            found = node, node.args[0] ** 2
    return found


def _without(tree: Any, inside: Any, square: Any) -> Any:
    """The product of a formula and the same one with the other sign of a root."""
    t = sympy.Dummy("t")
    is_root = inside == square
    put = tree.replace(
        lambda node: node == inside if not is_root else _is_root_of(node, inside),
        lambda node: t if not is_root else t ** (2 * node.exp),
    )
    above = sympy.fraction(sympy.together(put))[0]
    if not above.is_polynomial(t):
        return None
    even, odd = sympy.S.Zero, sympy.S.Zero
    for (power,), factor in sympy.Poly(above, t).terms():
        if power % 2:
            odd += factor * square ** (power // 2)
        else:
            even += factor * square ** (power // 2)
    return sympy.expand(even**2 - odd**2 * square)


def _is_root_of(node: Any, inside: Any) -> bool:
    return isinstance(node, sympy.Pow) and node.base == inside and node.exp.is_Rational and node.exp.q == 2
