"""Where an integrand jumps at a place that moves with a variable, so that Leibniz's rule does not hold.

The integral of if(t < x, 1, 0) from 0 to 2 has the derivative 1 in x, though that of the integrand is 0 wherever it has
one. A corner that moves, as of |t - x|, does no harm to a first derivative, and has a jump for its own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sympy

from derivcli.language.bound_variables import Integral, free_symbols
from derivcli.language.tree import Tree, fold, postorder, row_of, symbol

CORNERS = ("corner", "branch")


def moving_jump(tree: Tree, moves: Sequence[Collection[str]]) -> Tree | None:
    """A step of an integrand that is not differentiable enough where it depends on what moves.

    `moves` are the names of the variables that move, for each time that is differentiated.
    """
    moving = [{symbol(name) for name in names} for names in moves]
    for node in postorder(tree):
        if isinstance(node, Integral):
            found = _jump_in(node, moving)
            if found is not None:
                return found
    return None


def nested_integrals(tree: Tree) -> int:
    """How many integrals stand within each other."""
    return fold(tree, lambda node, depths: max(depths, default=0) + isinstance(node, Integral))


def _jump_in(integral: Any, moving: Sequence[set[Tree]]) -> Tree | None:
    body, bound, *_ = integral.args
    parts = list(postorder(body))
    inner = {part.args[1] for part in parts if isinstance(part, Integral)}
    for node in parts:
        smoothness = _smoothness(node)
        if smoothness is None:
            continue
        free = free_symbols(node)
        order = sum(not names.isdisjoint(free) for names in moving)
        # The derivative of an integral inside of the integrand by a bound of it has the steps of that one's integrand.
        by_bounds = len(moving) - 1 if inner & free else 0
        if (bound in free and order > smoothness) or by_bounds > smoothness:
            return node
    return None


def _smoothness(node: Any) -> int | None:
    """How many derivatives a step has everywhere, below the one whose integral is lost; None for any number."""
    if isinstance(node, sympy.core.relational.Relational):
        return 0
    row = row_of(node)
    kinds = {kind for kind, _ in row.special} if row is not None else set()
    return 0 if "jump" in kinds else 1 if kinds.intersection(CORNERS) else None
