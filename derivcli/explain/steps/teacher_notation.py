"""Sums and products as a teacher writes them on the way: without `1*`, `+ 0` and needless brackets, not computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy

from derivcli.engines.symbolic import is_below_least
from derivcli.language import tree as build
from derivcli.language.bound_variables import Integral, Summation
from derivcli.language.tree import Tree, divisor, postorder

ONE, ZERO = sympy.S.One, sympy.S.Zero

ARITHMETIC = (sympy.Add, sympy.Mul, sympy.Pow)


def total(terms: Sequence[Tree]) -> Tree:
    """The sum of terms, of which sums are taken apart and zeros left out."""
    parts = [part for term in terms for part in (term.args if isinstance(term, sympy.Add) else [term])]
    kept = [part for part in parts if part is not ZERO]
    if len(kept) < 2:
        return kept[0] if kept else ZERO
    return build.add(kept)


def product(factors: Sequence[Tree]) -> Tree:
    """One fraction of all that stands above and below in factors, which are taken apart; ones are left out."""
    sign, above, below = split(build.multiply(factors))
    if ZERO in above:
        return ZERO
    above = above or [ONE]
    whole = above[0] if len(above) == 1 else build.multiply(above)
    if below:
        divided = build.reciprocal(below[0] if len(below) == 1 else build.multiply(below))
        whole = build.multiply([*above, divided])
    if sign > 0:
        return whole
    if above == [ONE]:
        return build.multiply([build.MINUS_ONE, *whole.args[1:]]) if below else build.MINUS_ONE
    if whole is above[0]:
        return build.negative(whole)
    return build.multiply([build.negative(above[0]), *whole.args[1:]])


def negative(tree: Tree) -> Tree:
    """The tree with its sign changed."""
    return product([build.MINUS_ONE, tree])


def quotient(above: Tree, below: Tree) -> Tree:
    """One over the other."""
    return product([above, build.reciprocal(below)])


def power(base: Tree, exponent: Tree) -> Tree:
    """The power; the base itself where the exponent is 1."""
    if exponent is ZERO:
        return ONE
    return base if exponent is ONE else build.power(base, exponent)


def squared(base: Tree) -> Tree:
    """The square; that of a power to a whole number has twice the exponent."""
    is_power = isinstance(base, sympy.Pow) and base.exp.is_Integer and base.exp > 1
    return power(base.base, 2 * base.exp) if is_power else power(base, sympy.Integer(2))


def split(tree: Tree) -> tuple[int, list[Tree], list[Tree]]:
    """The sign of a product, and what stands above and below the bar of its fraction, without ones."""
    sign = 1
    above: list[Tree] = []
    below: list[Tree] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        base = divisor(node)
        if isinstance(node, sympy.Mul):
            waiting.extend(reversed(node.args))
        elif node is build.MINUS_ONE:
            sign = -sign
        elif isinstance(node, sympy.Rational) and node.is_negative:
            sign = -sign
            above.append(-node)
        elif base is not None:
            flat = isinstance(base, sympy.Mul) and all(divisor(factor) is None for factor in base.args)
            below += base.args if flat else [base]
        else:
            above.append(node)
    return sign, [part for part in above if part is not ONE], [part for part in below if part is not ONE]


def number_of(tree: Tree) -> sympy.Rational | None:
    """The value of a tree of rational numbers, such as an exponent 3/2; None of any other."""
    if not isinstance(tree, (sympy.Rational, *ARITHMETIC)) or tree.free_symbols:
        return None
    done: dict[Tree, Any] = {}
    for node in postorder(tree):
        value = node.func(*[done[part] for part in node.args]) if isinstance(node, ARITHMETIC) else node
        if not isinstance(value, sympy.Rational):
            return None
        done[node] = value
    found: sympy.Rational = done[tree]
    return found


def put(tree: Tree, replacements: Mapping[Tree, Tree], folded: bool = False) -> Tree:
    """The tree with nodes replaced, and what holds them tidied; whole numbers are computed where it is `folded`."""
    return build.fold(tree, lambda node, parts: _rebuilt(node, parts, folded), replacements)


def _rebuilt(node: Tree, parts: Sequence[Tree], folded: bool) -> Tree:
    if all(new is old for new, old in zip(parts, node.args, strict=True)):
        return node
    if folded and isinstance(node, ARITHMETIC) and all(isinstance(part, sympy.Integer) for part in parts):
        value = node.func(*parts)
        if isinstance(value, sympy.Integer):
            return value
    if isinstance(node, sympy.Add):
        return total(parts)
    if isinstance(node, sympy.Mul):
        return product(parts)
    if isinstance(node, sympy.Pow):
        return power(*parts)
    if isinstance(node, Summation | Integral) and parts[0] is ZERO:
        return ZERO
    return ZERO if is_below_least(node, parts) else build.rebuild(node, parts)
