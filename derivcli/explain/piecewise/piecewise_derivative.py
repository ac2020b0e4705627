"""Derivatives as formulas that are true where their pieces meet; what that takes is loaded only if there are pieces."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import sympy

from derivcli.engines.symbolic import derivatives_of, differentiate, expression_of, has_pieces, is_piecewise
from derivcli.language.bound_variables import IteratedProduct, Summation
from derivcli.language.differentiation.unrolling import unrolled
from derivcli.language.expression import Expression
from derivcli.language.functions.row import Function
from derivcli.language.tree import Tree, piecewise, postorder
from derivcli.result import Partial, SymbolicResult, partial_of
from derivcli.simplify.gaps import gaps, gaps_on_curve
from derivcli.simplify.on_curve import shortest_on_curve
from derivcli.simplify.shortest import shortest

if TYPE_CHECKING:
    from derivcli.points.points import Points


SHORTENING_SECONDS, REMARK_SECONDS = 5.0, 2.0
"""The time of the processor in which the derivatives of one formula are shortened, and looked at for holes."""


def derivatives(
    expression: Expression, partials: Sequence[Partial], direction: Points | None = None, dependent: str = ""
) -> SymbolicResult:
    """The partial derivatives of an expression, along a direction or of an implicit function as a `Result`'s."""
    derived: list[Tree] = []
    remarks: dict[str, None] = {}

    spent = 0.0

    def shorten(tree: Tree, order: int) -> Tree:
        nonlocal spent
        if spent > SHORTENING_SECONDS:
            return tree
        start = time.thread_time()
        found = shortest_on_curve(tree, expression.expanded) if dependent and order > 1 else shortest(tree)
        spent += time.thread_time() - start
        derived.append(tree)
        remarks.update(dict.fromkeys(found.remarks))
        return found.shape

    result = differentiate(expression, partials, direction, dependent, shorten)
    if not is_piecewise(result):
        return with_gaps(replace(result, remarks=tuple(remarks)), derived)
    from derivcli.explain.piecewise.breakpoint_values import stated

    if not any(isinstance(node, Summation | IteratedProduct) for node in postorder(expression.expanded)):
        return simplified(stated(result))
    terms = expression_of(unrolled(expression.expanded), expression.spelling)  # each of which has pieces of its own
    result = stated(differentiate(terms, partials, direction, dependent))
    return replace(simplified(result), expression=expression)


def simplified(result: SymbolicResult) -> SymbolicResult:
    """The result with each derivative in its shortest form, or each of its branches."""
    found = {key: _simplified(each.tree) for key, each in result.derivatives.items()}
    spelling = result.expression.spelling
    return replace(result, derivatives={key: expression_of(tree, spelling) for key, tree in found.items()})


def _simplified(tree: Tree) -> Tree:
    if isinstance(tree, sympy.Piecewise):
        return piecewise([(_simplified(pair.expr), pair.cond) for pair in tree.args])
    return tree if has_pieces(tree) else shortest(tree).shape


def with_gaps(result: SymbolicResult, derived: Sequence[Tree]) -> SymbolicResult:
    """The result with remarks on where a derivative states what the function does not have."""
    f, remarks = result.expression, dict.fromkeys(result.remarks)
    moving = tuple(result.direction.at) if result.direction is not None else ()
    end = time.thread_time() + REMARK_SECONDS
    for key, each in result.derivatives.items():
        if time.thread_time() < end:
            found = (
                gaps_on_curve(f.expanded, derived, each.tree)
                if result.dependent
                else gaps(f, partial_of(key), derived, each.tree, moving)
            )
            remarks |= dict.fromkeys(found)
    return replace(result, remarks=tuple(remarks))


def derivatives_on_page(row: Function) -> dict[str, Tree]:
    """The partial derivative of a function in each parameter that has one, over its parameters."""
    return derivatives_of(row, derivatives)
