"""Derivatives of sums, products and integrals, as SymPy asks for them: sums stay sums.

    (sum of f_k)' = sum of f_k'
    (product of f_k)' = sum over j of f_j' times the product of all others
    (integral of f from a to b)' = f(b)*b' - f(a)*a' + integral of f' from a to b          (Leibniz)

A logarithmic derivative would be shorter for products, and has no value where a factor is 0.
"""

from __future__ import annotations

from typing import Any

import sympy

from derivcli.language.bound_variables import IndexVariable, Integral, IteratedProduct, Summation, free_symbols
from derivcli.language.differentiation.unrolling import unrolled
from derivcli.language.tree import MINUS_ONE, Tree, add, bound_variable, fold, free_name, made, rebuild, substitute

MAX_WRITTEN_FACTORS = 4
"""Of so many factors the product rule is written out."""

INDEX_NAMES = ("j", "i", "m", "n")


def _of_sum(node: Any, variable: Tree) -> Tree:
    body, index, lower, upper = node.args
    slope = _with_lower_powers(evaluated(body).diff(variable))
    if slope == 0:
        return sympy.S.Zero
    while lower.is_Integer and upper.is_Integer and _term_is_constant(node, lower, variable):
        lower += 1  # as of x^0, whose derivative 0*x^(-1) would have no value at 0
        if lower > upper:
            return sympy.S.Zero
    while lower.is_Integer and upper.is_Integer and _term_is_constant(node, upper, variable):
        upper -= 1
    return made(Summation, [slope, index, lower, upper])


def _term_is_constant(node: Any, number: Tree, variable: Tree) -> bool:
    body, index, *_ = node.args
    return bool(evaluated(substitute(body, {index: number})).diff(variable) == 0)


def _of_product(node: Any, variable: Any) -> Tree:
    parts = parts_of_product(node, {variable.name})
    if isinstance(parts, sympy.Basic):
        return evaluated(parts).diff(variable)
    factor, before, behind, *bounds = parts
    slope = _with_lower_powers(evaluated(factor).diff(variable))
    return sympy.S.Zero if slope == 0 else made(Summation, [slope * before * behind, *bounds])


def parts_of_product(node: Any, names: set[str]) -> Tree | list[Tree]:
    """A product written out where it has few factors.

    Of others a factor, the products of those before and behind it, its index, which is called by none of the `names`,
    and the index's bounds.
    """
    body, index, lower, upper = node.args
    if lower.is_Integer and upper.is_Integer and upper - lower < MAX_WRITTEN_FACTORS:
        return unrolled(node)
    taken = names | {each.name for part in node.args for each in free_symbols(part)}
    name = next((name for name in INDEX_NAMES if name not in taken), free_name("j", taken))
    other = bound_variable(IndexVariable, name)
    before = made(IteratedProduct, [body, index, lower, add([other, MINUS_ONE])])
    behind = made(IteratedProduct, [body, index, add([other, sympy.S.One]), upper])
    return [substitute(body, {index: other}), before, behind, other, lower, upper]


def _of_integral(node: Any, variable: Tree) -> Tree:
    body, bound, lower, upper = node.args
    at_ends = [
        sign * evaluated(substitute(body, {bound: end})) * slope
        for sign, end in ((1, upper), (-1, lower))
        if (slope := evaluated(end).diff(variable)) != 0
    ]
    slope = evaluated(body).diff(variable)
    if bound not in free_symbols(slope):
        return sympy.Add(*at_ends, slope * (evaluated(upper) - evaluated(lower)))
    return sympy.Add(*at_ends, made(Integral, [slope, bound, lower, upper]))


def evaluated(tree: Tree) -> Tree:
    """The tree with its arithmetic evaluated by SymPy."""

    def make(node: Tree, parts: list[Tree]) -> Tree:
        if isinstance(node, sympy.Add | sympy.Mul | sympy.Pow):
            return node.func(*parts)
        return rebuild(node, parts) if parts else node

    return fold(tree, make)


def _with_lower_powers(tree: Tree) -> Tree:
    """The tree with x**k/x as x**(k - 1), where k is an index: that has a value at 0, where x**k/x has none."""

    def make(node: Any, parts: list[Any]) -> Any:
        if not isinstance(node, sympy.Mul):
            return node if parts == list(node.args) else rebuild(node, parts)
        powers = {part.base: part.exp for part in parts if isinstance(part, sympy.Pow) and _is_indexed(part.exp)}
        found = []
        for part in parts:
            base, exponent = part.as_base_exp()
            if base in powers and exponent.is_Integer and exponent < 0:
                powers[base] += exponent
            elif not (isinstance(part, sympy.Pow) and _is_indexed(part.exp)):
                found.append(part)
        return sympy.Mul(*found, *(base**exponent for base, exponent in powers.items()))

    return fold(tree, make)


def _is_indexed(tree: Tree) -> bool:
    return any(isinstance(each, IndexVariable) for each in free_symbols(tree))


Summation._eval_derivative = _of_sum
IteratedProduct._eval_derivative = _of_product
Integral._eval_derivative = _of_integral
