"""The functions of vector calculus for Python. Arguments mean what `derive` says of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack, overload

from derivcli.api_requests import derivatives, request_of
from derivcli.python_arguments import formulas_of, reading
from derivcli.python_options import At, EngineOptions, Formula, Names
from derivcli.result import VectorField

if TYPE_CHECKING:
    from derivcli.result import Result, SymbolicResult


@overload
def gradient(
    expression: Formula, at: None = None, wrt: Names | None = None, **options: Unpack[EngineOptions]
) -> SymbolicResult: ...
@overload
def gradient(expression: Formula, at: At, wrt: Names | None = None, **options: Unpack[EngineOptions]) -> Result: ...
@reading(EngineOptions)
def gradient(
    expression: Formula, at: At | None = None, wrt: Names | None = None, **options: Unpack[EngineOptions]
) -> Result | SymbolicResult:
    """The gradient of a function: its partial derivatives by all variables, or by those of `wrt`.

    The result's `gradient` has shape (points, variables). `gradient_norm` is its length, and `gradient_direction` the
    direction in which the function rises most.
    """
    return derivatives(request_of([expression], at, wrt, operator="gradient", **options))[0]


@overload
def differential(
    expression: Formula, at: None = None, wrt: Names | None = None, **options: Unpack[EngineOptions]
) -> SymbolicResult: ...
@overload
def differential(expression: Formula, at: At, wrt: Names | None = None, **options: Unpack[EngineOptions]) -> Result: ...
@reading(EngineOptions)
def differential(
    expression: Formula, at: At | None = None, wrt: Names | None = None, **options: Unpack[EngineOptions]
) -> Result | SymbolicResult:
    """The total differential of a function, df = f_x dx + f_y dy: its coefficients are the result's `derivatives`."""
    return derivatives(request_of([expression], at, wrt, operator="differential", **options))[0]


@overload
def laplacian(
    expression: Formula, at: None = None, wrt: Names | None = None, **options: Unpack[EngineOptions]
) -> SymbolicResult: ...
@overload
def laplacian(expression: Formula, at: At, wrt: Names | None = None, **options: Unpack[EngineOptions]) -> Result: ...
@reading(EngineOptions)
def laplacian(
    expression: Formula, at: At | None = None, wrt: Names | None = None, **options: Unpack[EngineOptions]
) -> Result | SymbolicResult:
    """The sum of a function's second derivatives by each variable: `derivatives["laplacian"]` of the result."""
    return derivatives(request_of([expression], at, wrt, operator="laplacian", **options))[0]


@reading(EngineOptions)
def divergence(
    field: Sequence[Formula], at: At | None = None, wrt: Names | None = None, **options: Unpack[EngineOptions]
) -> VectorField:
    """The divergence of a vector field, one expression for each variable: `derivatives["div"]` of the result.

    The variables are those of `wrt` in their order, or all that occur, x before y before z.
    """
    return _field(field, at, wrt, "div", options)


@reading(EngineOptions)
def curl(
    field: Sequence[Formula], at: At | None = None, wrt: Names | None = None, **options: Unpack[EngineOptions]
) -> VectorField:
    """The curl of a vector field, as in `divergence`.

    Of two expressions it is the number `derivatives["curl"]`. Of three it is a vector whose components have the keys
    "curl,x", "curl,y" and "curl,z", by the names of the variables.
    """
    return _field(field, at, wrt, "curl", options)


def _field(
    field: Sequence[Formula], at: At | None, wrt: Names | None, operator: str, options: EngineOptions
) -> VectorField:
    expressions = formulas_of(field, "field")
    found = derivatives(request_of(expressions, at, wrt, operator=operator, **options))
    return VectorField(tuple(found))
