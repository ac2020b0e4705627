"""What the arguments of the functions for Python ask for, as requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from derivcli import pipeline
from derivcli.python_arguments import (
    correlations_of,
    formulas_of,
    functions_of,
    lets_of,
    mixed_of,
    names_of,
    points_of,
    sigma_of,
    text_in,
    wrt_of,
)
from derivcli.python_options import At, Correlations, Formula, Lets, Names, Partials, Sigma, Use
from derivcli.request import Request

if TYPE_CHECKING:
    from derivcli.result import Result, SymbolicResult


def listed_formulas_of(expression: Formula | Sequence[Formula]) -> list[Formula]:
    """One expression or several as a list."""
    several = isinstance(expression, Sequence) and not isinstance(expression, str | bytes)
    return formulas_of(expression, "expression") if several else [cast("Formula", expression)]


def derivatives(request: Request) -> list[Result] | list[SymbolicResult]:
    """Numbers at points, or formulas where there are none."""
    return pipeline.numbers(request) if request.has_points else pipeline.formulas(request)


def request_of(
    expressions: Sequence[Formula],
    at: At | None,
    wrt: Names | None,
    *,
    let: Lets | None = None,
    use: Use | None = None,
    paired: bool = False,
    mixed: Partials | None = None,
    along: At | None = None,
    dependent: str = "",
    check: bool | None = None,
    order: int | Sequence[int] = 1,
    sigma: Sigma | None = None,
    corr: Correlations | None = None,
    **others: Any,
) -> Request:
    """The request that arguments make; the `others` are fields of it."""
    orders = (order,) if isinstance(order, int) else tuple(order)
    return Request(
        [text_in(each) for each in expressions],
        sigma_of(points_of(at, paired, uncertain=True), sigma),
        wrt=wrt_of(wrt),
        mixed=mixed_of(mixed),
        along=points_of(along, what="along"),
        order=orders[0],
        orders=orders if len(orders) > 1 else (),
        dependent=names_of([dependent], "y")[0] if dependent else "",
        let=lets_of(let),
        functions=functions_of(use),
        correlations=correlations_of(corr),
        check=None if at is None else check,  # formulas are not judged
        **others,
    )
