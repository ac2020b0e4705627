"""The slope of a curve and its derivatives, shortened with the help of the equation itself, as a teacher does.

On x^2 + y^2 = 25 the second derivative -(x^2 + y^2)/y^3 is -25/y^3.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any

import sympy

from derivcli.engines.symbolic import SYMPY_FAILURES, arrange, attempted, merged
from derivcli.engines.time_limit import ProcessorSeconds
from derivcli.language.tree import Tree, postorder
from derivcli.simplify.cost import cost
from derivcli.simplify.same import is_same
from derivcli.simplify.shortest import Shortest, shortest

SEARCH_SECONDS = ProcessorSeconds(0.3)

REMARK = "the equation itself is used to shorten this, so that it holds on the curve alone"

MAX_NODES = 150
"""Of longer formulas, and with longer equations, nothing is divided."""


@lru_cache(maxsize=64)
def shortest_on_curve(tree: Tree, equation: Tree) -> Shortest:
    """The shortest form of a formula that is the same wherever the equation holds, its left less its right side 0.

    A form is taken if it differs from the formula by a multiple of the equation, and the remark says so.
    """
    found = shortest(tree)
    best = found.shape
    for made, vanishing in attempted(SEARCH_SECONDS, _found, merged(best), merged(equation)) or ():
        if is_same(best, sympy.Add(made, vanishing)):
            shape = shortest(arrange(made)).shape
            best = min(best, shape, key=cost)
    return found if best == found.shape else Shortest(best, found.way, (REMARK,))


def _found(tree: Any, equation: Any) -> list[tuple[Any, Any]]:
    return list(_reduced(tree, equation))


def _reduced(tree: Any, equation: Any) -> Iterator[tuple[Any, Any]]:
    """Forms whose numerator is a remainder on division by the equation, each with what it leaves out."""
    if any(sum(1 for _ in postorder(each)) > MAX_NODES for each in (tree, equation)):
        return
    above, below = sympy.fraction(sympy.cancel(sympy.together(tree)))
    divisor = sympy.expand(sympy.fraction(sympy.together(equation))[0])
    for names in _orders(divisor):
        with suppress(*SYMPY_FAILURES):
            (quotient,), rest = sympy.reduced(sympy.expand(above), [divisor], *names)
            if quotient != 0:
                left_out = quotient * divisor / below
                yield from ((sympy.factor(rest / below), left_out), (rest / below, left_out))


def _orders(equation: Any) -> Iterator[list[Any]]:
    """What a numerator is divided by: orders of the variables, each with another leading term of the equation."""
    gens = list(sympy.Poly(equation).gens)
    yield gens
    yield gens[::-1]
