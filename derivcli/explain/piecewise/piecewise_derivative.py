"""Derivatives as formulas that are true where their pieces meet; what that takes is loaded only if there are pieces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derivcli.engines.symbolic import derivatives_of, differentiate, is_piecewise
from derivcli.language.expression import Expression
from derivcli.language.functions.row import Function
from derivcli.language.tree import Tree
from derivcli.result import Partial, SymbolicResult

if TYPE_CHECKING:
    from derivcli.points.points import Points


def derivatives(
    expression: Expression, partials: Sequence[Partial], direction: Points | None = None, dependent: str = ""
) -> SymbolicResult:
    """The partial derivatives of an expression, along a direction or of an implicit function as a `Result`'s."""
    result = differentiate(expression, partials, direction, dependent)
    if not is_piecewise(result):
        return result
    from derivcli.explain.piecewise.breakpoint_values import stated

    return stated(result)


def derivatives_on_page(row: Function) -> dict[str, Tree]:
    """The partial derivative of a function in each parameter that has one, over its parameters."""
    return derivatives_of(row, derivatives)
