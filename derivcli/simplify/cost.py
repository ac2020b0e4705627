"""What a formula costs its reader: the numbers, names and operators to be read, then how deep they are nested."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import gcd, prod
from typing import Any, TypeAlias

import sympy

from derivcli.language.printer import text_of
from derivcli.language.tree import Tree, divisor, fold, postorder

_READ = re.compile(r"\d+(?:\.\d+)?(?:e[-+]?\d+)?|[^\W\d]\w*|\*\*|[-+/^'<>=|]")
"""What is read: brackets and the sign of multiplication are not."""

CLUMSY_TOKENS = 2
"""What is added for a factor that a book would have taken out of a bracket or cancelled."""

Cost: TypeAlias = tuple[int, int]
"""What is read, and the depth, which decides between formulas of the same length."""


def cost(tree: Tree) -> Cost:
    """The cost of a tree in the shape in which it is printed."""
    clumsy = sum(map(_clumsiness, postorder(tree)))
    length = len(_READ.findall(text_of(tree))) + CLUMSY_TOKENS * clumsy
    return length, fold(tree, lambda node, depths: 1 + max(depths, default=0))


def _clumsiness(node: Any) -> int:
    """How many factors of a product are sums with a common number, or stand both above and below: x^n/x."""
    if not isinstance(node, sympy.Mul):
        return 0
    above, below = list(_factors(node, sign=1)), list(_factors(node, sign=-1))
    both = {base for base in above if base.is_Symbol} & {*below}
    return len(both) + sum(_content(base) > 1 for base in above + below if isinstance(base, sympy.Add))


def _factors(node: Any, sign: int) -> Iterator[Any]:
    """The bases of the powers in a product above the line, or below it with the sign -1."""
    for factor in node.args:
        base = divisor(factor)
        if isinstance(factor, sympy.Mul):
            yield from _factors(factor, sign)
        elif base is not None and sign < 0:
            yield from _factors(base, 1) if isinstance(base, sympy.Mul) else [_base(base)]
        elif base is None and sign > 0:
            yield _base(factor)


def _base(power: Any) -> Any:
    return power.base if isinstance(power, sympy.Pow) else power


def _content(total: Any) -> int:
    """The whole number that all terms of a sum have."""
    return gcd(*(_coefficient(term) for term in total.args))


def _coefficient(term: Any) -> int:
    if term.is_Integer:
        return abs(int(term))
    return prod(map(_coefficient, term.args)) if isinstance(term, sympy.Mul) else 1
