"""Functions that are misread before they are differentiated: a power of a sum as a sum of powers, sin(x)^2 as sin(x^2).

What is then differentiated rightly is another function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import sympy

from derivcli.explain.answer.mistake import COMMON, USUAL, Mistake
from derivcli.explain.steps.differentiation_rules import Differentiator
from derivcli.explain.steps.teacher_notation import ONE, negative, power, product, quotient, split, total
from derivcli.language import tree as build
from derivcli.language.tree import Tree, row_of

Read: TypeAlias = Iterator[tuple[str, int, Tree]]
"""What a formula is taken for, after a sentence that says so and how far-fetched that is."""

NOT_A_SUM = "{0} is not {1}: it is not taken term by term"


def misread(tree: Tree, right: Tree, d: Differentiator) -> Iterator[Mistake]:
    """The derivatives of what a formula is taken for."""
    for make in (_term_by_term, _power_moved, _power_of_last_factor):
        for sentence, oddness, read in make(tree, d):
            yield Mistake("misread", make.__name__, sentence, d(read), (tree, read), oddness)


def _term_by_term(tree: Any, d: Differentiator) -> Read:
    """(u + v)^2 as u^2 + v^2, and so with roots, reciprocals and functions."""
    row = row_of(tree)
    _, above, below = split(tree)
    if not above and len(below) == 1 and isinstance(below[0], sympy.Add):
        yield NOT_A_SUM, COMMON, _of_terms(below[0], lambda term: quotient(ONE, term))
    elif isinstance(tree, sympy.Pow) and isinstance(tree.base, sympy.Add):
        yield NOT_A_SUM, COMMON, _of_terms(tree.base, lambda term: _powered(term, tree.exp))
    elif row is not None and len(tree.args) == 1 and isinstance(tree.args[0], sympy.Add):
        yield NOT_A_SUM, COMMON, _of_terms(tree.args[0], lambda term: build.call(row, [term]))


def _of_terms(terms: Tree, make: Callable[[Tree], Tree]) -> Tree:
    """What is made of each term, with the signs before them."""
    return total([negative(make(negative(term))) if split(term)[0] < 0 else make(term) for term in terms.args])


def _powered(term: Any, exponent: Any) -> Tree:
    """A power of a term; the root of a square is what is squared."""
    if isinstance(term, sympy.Pow) and exponent.is_Rational and term.exp.is_Rational:
        return power(term.base, term.exp * exponent)
    return power(term, exponent)


def _power_moved(tree: Any, d: Differentiator) -> Read:
    """sin(x)^2 as sin(x^2), and the other way round."""
    if isinstance(tree, sympy.Pow) and _is_whole(tree.exp):
        row = row_of(tree.base)
        if row is not None and len(tree.base.args) == 1:
            sentence = "{0} is not {1}: the power is one of the value, not of the argument"
            yield sentence, COMMON, build.call(row, [power(tree.base.args[0], tree.exp)])
    row = row_of(tree)
    inner = tree.args[0] if row is not None and len(tree.args) == 1 else None
    if row is not None and isinstance(inner, sympy.Pow) and _is_whole(inner.exp):
        sentence = "{0} is not {1}: the power is one of the argument, not of the value"
        yield sentence, USUAL, power(build.call(row, [inner.base]), inner.exp)


def _power_of_last_factor(tree: Any, d: Differentiator) -> Read:
    """(2*x)^3 as 2*x^3."""
    if isinstance(tree, sympy.Pow) and isinstance(tree.base, sympy.Mul) and not d.moves(tree.exp):
        read = power_of_moving(tree.base, tree.exp, d)
        if read is not None:
            yield "{0} is not {1}: the power is one of the whole bracket", COMMON, read


def power_of_moving(base: Tree, exponent: Tree, d: Differentiator) -> Tree | None:
    """A product in which only that part is raised that varies; None where all of it does."""
    sign, above, below = split(base)
    parts = [*above, *map(build.reciprocal, below)]
    kept, moving = ([part for part in parts if d.moves(part) == moves] for moves in (False, True))
    if not moving or (not kept and sign > 0):
        return None
    return product([sympy.Integer(sign), *kept, power(product(moving), exponent)])


def _is_whole(exponent: Any) -> bool:
    return bool(exponent.is_Integer) and exponent > 1
