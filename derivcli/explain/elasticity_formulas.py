"""Elasticities x/f df/dx as formulas in their shortest form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sympy

from derivcli.engines.symbolic import arrange, expression_of, has_pieces, merged
from derivcli.language.tree import Tree, multiply, power, symbol
from derivcli.result import SymbolicResult
from derivcli.simplify.shortest import shortest

NOT_EVERYWHERE = "there is no elasticity where the value is 0 or there is no derivative"


def with_elasticity_formulas(results: Sequence[SymbolicResult]) -> list[SymbolicResult]:
    """The results with the elasticity by each variable of a first derivative."""
    return [_with(result) for result in results]


def _with(result: SymbolicResult) -> SymbolicResult:
    remarks = dict.fromkeys(result.remarks)
    found = {}
    for name, slope in result.derivatives.items():
        tree = _quotient(name, slope.expanded, result.expression.expanded)
        if tree != 0 and not has_pieces(tree):
            short = shortest(tree)
            tree = short.shape
            remarks |= dict.fromkeys(short.remarks)
        found[name] = expression_of(tree, result.expression.spelling)
    remarks |= dict.fromkeys([NOT_EVERYWHERE] if found else [])
    return replace(result, elasticities=found, remarks=tuple(remarks))


def _quotient(name: str, slope: Tree, value: Tree) -> Tree:
    """x/f df/dx, as it is."""
    if slope == 0:
        return sympy.S.Zero
    return arrange(merged(multiply([symbol(name), slope, power(value, sympy.S.NegativeOne)])))
