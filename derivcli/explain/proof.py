"""Proofs by SymPy that two formulas are the same, in the time that they are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sympy

from derivcli.engines import symbolic
from derivcli.engines.clock import OutOfTimeError, clock
from derivcli.language.tree import Tree, postorder

SECONDS = 3.0
"""How long SymPy may look for a proof."""

NODES = 400
"""Of a longer formula only the plain difference is looked at."""


def is_proved(left: Tree, right: Tree) -> bool:
    """Whether SymPy shows within its time that two formulas are the same where both have a value."""
    try:
        with clock(SECONDS), symbolic.deep_recursion():
            return left == right or any(found == 0 for found in _differences(left, right))
    except (OutOfTimeError, *symbolic.SYMPY_FAILURES):
        return False


def _differences(left: Tree, right: Tree) -> Iterator[Tree]:
    """The difference, rewritten by one way after the other, the quick ones first."""
    plain = symbolic.merged(left) - symbolic.merged(right)
    yield plain
    if plain.has(sympy.Piecewise) or sum(1 for _ in postorder(plain)) > NODES:
        return
    for way in WAYS:
        try:
            yield way(plain)
        except symbolic.SYMPY_FAILURES:
            continue


def _by_exponentials(tree: Tree) -> Tree:
    return sympy.simplify(sympy.expand(tree.rewrite(sympy.exp)))


WAYS: tuple[Callable[[Tree], Tree], ...] = (
    sympy.expand,
    lambda tree: sympy.expand(tree, trig=True),
    sympy.ratsimp,
    sympy.trigsimp,
    lambda tree: sympy.expand_func(sympy.expand_log(sympy.powsimp(tree))),
    sympy.simplify,
    _by_exponentials,
)
"""Rewritings that keep a formula's value."""
