"""What an operator of vector calculus makes of functions, as formulas: sums of their partial derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import sympy

from derivcli.engines import book_order
from derivcli.engines.symbolic import arrange, expression_of, has_pieces, merged
from derivcli.explain.piecewise.piecewise_derivative import derivatives
from derivcli.language.expression import Expression
from derivcli.language.tree import Tree, add, negative
from derivcli.result import Partial, Sum, Sums, SymbolicResult, derivative_key
from derivcli.simplify.cost import cost
from derivcli.simplify.gaps import NO_DERIVATIVE, NONE_KNOWN, gaps
from derivcli.simplify.shortest import shortest

if TYPE_CHECKING:
    from derivcli.engines.task import Task

ZERO: Tree = sympy.S.Zero


def formulas_of(task: Task) -> list[SymbolicResult]:
    """The derivatives of a task as formulas, or the sums of them that it asks for."""
    if any(task.sums):
        return summed_formulas(task.expressions, task.sums)
    return [derivatives(each, task.partials, task.direction, task.dependent) for each in task.expressions]


def summed_formulas(expressions: Sequence[Expression], sums: Sequence[Sums]) -> list[SymbolicResult]:
    """The functions, each with the sums that stand with it."""
    found = derivatives_in(expressions, sums)
    return [_summed(place, found, sums[place]) for place in range(len(expressions))]


def derivatives_in(expressions: Sequence[Expression], sums: Sequence[Sums]) -> list[SymbolicResult]:
    """Each function with those of its derivatives that are terms."""
    terms = [term for each in sums for total in each.values() for term in total]
    needed = [dict.fromkeys(term.partial for term in terms if term.place == place) for place in range(len(expressions))]
    return [_derivatives(each, list(partials)) for each, partials in zip(expressions, needed, strict=True)]


def _derivatives(expression: Expression, partials: Sequence[Partial]) -> SymbolicResult:
    return derivatives(expression, partials) if partials else SymbolicResult(expression, {})


def sum_of(total: Sum, found: Sequence[SymbolicResult]) -> Tree:
    """A sum with the derivatives in it, which is not simplified."""
    trees = [(term.sign, found[term.place].derivatives[derivative_key(term.partial)].expanded) for term in total]
    return signed_sum([(sign, tree) for sign, tree in trees if tree != 0])


def signed_sum(trees: Sequence[tuple[int, Tree]]) -> Tree:
    """Formulas with their signs as a sum, as they are."""
    signed = [tree if sign > 0 else negative(tree) for sign, tree in trees]
    return add(signed) if len(signed) > 1 else signed[0] if signed else ZERO


def shortest_sum(tree: Tree) -> Tree:
    """A sum in its shortest form; one of formulas with branches stays as it is."""
    if has_pieces(tree) or book_order.is_unknown(tree):
        return tree
    found = shortest(tree).shape
    ordered = arrange(merged(tree))
    return ordered if found == tree and cost(ordered) == cost(tree) else found


def _summed(place: int, found: Sequence[SymbolicResult], sums: Sums) -> SymbolicResult:
    functions = [each.expression for each in found]
    trees = {key: sum_of(total, found) for key, total in sums.items()}
    shapes = {key: shortest_sum(tree) for key, tree in trees.items()}
    said = [remark for each in found for remark in each.remarks if not remark.startswith((NO_DERIVATIVE, NONE_KNOWN))]
    remarks = dict.fromkeys(said if sums else ())
    for key, total in sums.items():
        for term in total:
            derived = found[term.place].derivatives[derivative_key(term.partial)].tree
            remarks |= dict.fromkeys(gaps(functions[term.place], term.partial, [derived], shapes[key], is_term=True))
    expression = functions[place]
    if sums:
        expression = replace(expression, spelling=expression.spelling.before(each.spelling for each in functions))
    made = {key: expression_of(tree, expression.spelling) for key, tree in shapes.items()}
    return SymbolicResult(
        expression, made, remarks=tuple(remarks), sums=sums, functions=tuple(functions if sums else ())
    )
