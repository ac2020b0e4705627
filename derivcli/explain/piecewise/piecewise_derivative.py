"""Derivatives as formulas that are true where their pieces meet; what that takes is loaded only if there are pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.engines.symbolic import derivatives_of, differentiate, expression_of, is_piecewise
from derivcli.language.bound_variables import IteratedProduct, Summation
from derivcli.language.differentiation.unrolling import unrolled
from derivcli.language.expression import Expression
from derivcli.language.functions.row import Function
from derivcli.language.tree import Tree, postorder
from derivcli.result import Partial, SymbolicResult
from derivcli.simplify.shortest import shortest

if TYPE_CHECKING:
    from derivcli.points.points import Points


def derivatives(
    expression: Expression, partials: Sequence[Partial], direction: Points | None = None, dependent: str = ""
) -> SymbolicResult:
    """The partial derivatives of an expression, along a direction or of an implicit function as a `Result`'s."""
    result = differentiate(expression, partials, direction, dependent)
    if not is_piecewise(result):
        return simplified(result)
    from derivcli.explain.piecewise.breakpoint_values import stated

    if not any(isinstance(node, Summation | IteratedProduct) for node in postorder(expression.expanded)):
        return stated(result)
    terms = expression_of(unrolled(expression.expanded), expression.spelling)  # each of which has pieces of its own
    return replace(stated(differentiate(terms, partials, direction, dependent)), expression=expression)


def simplified(result: SymbolicResult) -> SymbolicResult:
    """The result with each derivative in its shortest form."""
    found = {key: shortest(each.tree) for key, each in result.derivatives.items()}
    remarks = dict.fromkeys(remark for each in found.values() for remark in each.remarks)
    derivatives = {key: expression_of(each.shape, result.expression.spelling) for key, each in found.items()}
    return replace(result, derivatives=derivatives, remarks=(*result.remarks, *remarks))


def derivatives_on_page(row: Function) -> dict[str, Tree]:
    """The partial derivative of a function in each parameter that has one, over its parameters."""
    return derivatives_of(row, derivatives)
