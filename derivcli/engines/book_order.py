"""Derivatives of unknown functions in the order and the shape in which books write them.

(f*g)' = f'(x)*g(x) + f(x)*g'(x)    (f/g)' = (f'(x)*g(x) - f(x)*g'(x))/g(x)**2    (f**n)' = n*f(x)**(n - 1)*f'(x)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy

from derivcli.language.definitions.unknown_rows import unknown_in
from derivcli.language.functions.row import Function
from derivcli.language.tree import Tree, fold, postorder, rebuild, row_of


def is_unknown(tree: Tree) -> bool:
    """Whether a tree holds an unknown function."""
    return next(unknown_in(tree), None) is not None


def is_sum(tree: Tree) -> bool:
    """Whether unknown functions stand in a sum without a fraction, as the product rule leaves it."""
    return isinstance(tree, sympy.Add) and is_unknown(tree) and not any(map(_is_fraction, postorder(tree)))


def _is_fraction(node: Any) -> bool:
    return isinstance(node, sympy.Pow) and node.exp.is_Rational and (node.exp < 0 or not node.exp.is_Integer)


def joined(tree: Tree) -> Tree:
    """The tree with powers of an unknown function put together, and fractions that one function divides made one."""
    return fold(tree, _joined)


def _joined(node: Any, parts: list[Tree]) -> Tree:
    if isinstance(node, sympy.Mul):
        return sympy.powsimp(sympy.Mul(*parts), combine="exp") if any(map(is_unknown, parts)) else sympy.Mul(*parts)
    if isinstance(node, sympy.Add):
        return _joined_fractions(sympy.Add(*parts))
    if isinstance(node, sympy.Pow):
        return sympy.Pow(*parts)
    return rebuild(node, parts) if parts else node


def _joined_fractions(total: Any) -> Tree:
    """A sum in which terms of unknown functions over powers of the same formulas are one fraction."""
    groups: dict[frozenset[Tree], list[Any]] = {}
    for term in sympy.Add.make_args(total):
        bases = {power.base for power in sympy.Mul.make_args(term) if _divides(power)}
        groups.setdefault(frozenset(bases) if is_unknown(term) else frozenset(), []).append(term)
    fractions = [bases for bases, terms in groups.items() if bases and len(terms) > 1]
    if not fractions:
        return total
    return sympy.Add(
        *(term for bases, terms in groups.items() if bases not in fractions for term in terms),
        *(_fraction(bases, groups[bases]) for bases in fractions),
    )


def _divides(power: Any) -> bool:
    return bool(isinstance(power, sympy.Pow) and power.exp.is_Integer and power.exp.is_negative)


def _fraction(bases: frozenset[Tree], terms: Sequence[Any]) -> Tree:
    """Terms over powers of the same formulas as one fraction."""
    below = [base ** min(_exponent(term, base) for term in terms) for base in sorted(bases, key=sympy.default_sort_key)]
    above = sympy.Add(*(term / sympy.Mul(*below) for term in terms))
    return sympy.Mul(above, *below, evaluate=False) if above.is_Add else above * sympy.Mul(*below)


def _exponent(term: Any, base: Tree) -> Any:
    return sum(power.exp for power in sympy.Mul.make_args(term) if isinstance(power, sympy.Pow) and power.base == base)


def factors(node: Any) -> list[Tree]:
    """The factors of a product: numbers and variables, functions of unknown ones, these by name and order, sums."""
    found: list[Tree] = node.as_ordered_factors()
    return sorted(found, key=_factor_key)


def _factor_key(factor: Any) -> tuple[int, str, tuple[int, ...]]:
    base = factor.base if isinstance(factor, sympy.Pow) and factor.exp.is_Rational else factor
    row = row_of(base)
    if row is not None and row.unknown:
        return 2, row.name, _orders(row)
    return (3 if isinstance(factor, sympy.Add) else 1) if is_unknown(factor) else isinstance(factor, sympy.Add), "", ()


def terms(node: Any) -> list[Tree]:
    """The terms of a sum: those of variables, those of unknown functions, and numbers.

    Of several functions the first is differentiated most in the first terms; of one alone it is so in the last ones.
    """
    found: list[Tree] = node.as_ordered_terms()
    names = sorted({row.name for row in unknown_in(node)})
    sign = 1 if len(names) == 1 else -1

    def key(term: Tree) -> tuple[int, list[int]]:
        rows = list(unknown_in(term))
        orders = [max((sum(row.orders) for row in rows if row.name == name), default=-1) for name in names]
        return 1 if rows else 2 * (not term.free_symbols), [sign * order for order in orders]

    ordered = sorted(found, key=key)
    if len(names) == 1 and ordered[0].could_extract_minus_sign():
        sign = -1  # x*f'(x) - f(x)
        ordered = sorted(found, key=key)
    if ordered[0].could_extract_minus_sign():  # 1 - f'(x)
        ordered = [*(term for term in ordered if term.is_Number), *(term for term in ordered if not term.is_Number)]
    return ordered


def positive_first(terms: Sequence[Any]) -> list[Any]:
    """The terms of a sum with a positive one first where there is one: all reversed, 1 - 2*x - x**2, or it alone."""
    if not terms[0].could_extract_minus_sign():
        return list(terms)
    if not terms[-1].could_extract_minus_sign():
        return list(terms[::-1])
    return sorted(terms, key=lambda term: bool(term.could_extract_minus_sign()))


def _orders(row: Function) -> tuple[int, ...]:
    return row.orders or (0,) * len(row.parameters)
