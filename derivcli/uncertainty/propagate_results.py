"""Results with what the uncertainties of their points make of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.result import Partial, derivative_key

if TYPE_CHECKING:
    from derivcli.engines.task import Progress
    from derivcli.points.points import Points
    from derivcli.propagated import Propagated
    from derivcli.result import Result


def propagate(
    results: Sequence[Result],
    points: Points,
    correlations: Mapping[tuple[str, str], float],
    hidden: Collection[Partial],
    judge: bool,
    progress: Progress | None = None,
) -> list[Result]:
    """The results with their uncertainties, where points have some, and without derivatives that only these need.

    With `judge` it is found out whether the linear estimates are right.
    """
    inputs = points.sigmas
    if not inputs:
        return list(results)
    from derivcli.uncertainty.propagation import propagated

    keys = {derivative_key(partial) for partial in hidden}
    found = []
    for result in results:
        spread = propagated(result, points, inputs, correlations, judge, progress)
        slopes = {name: result.derivatives[name] for name in inputs}
        spread = replace(_where_defined(spread, result), sensitivities=slopes, correlations=dict(correlations))
        derivatives = {key: values for key, values in result.derivatives.items() if key not in keys}
        verdicts = {key: values for key, values in result.verdicts.items() if key not in keys}
        found.append(replace(result, derivatives=derivatives, verdicts=verdicts, propagated=spread))
    return found


def _where_defined(spread: Propagated, result: Result) -> Propagated:
    """The uncertainties, NaN where the function has no value."""
    import numpy as np

    has_none = ~np.isfinite(result.value)
    if not has_none.any():
        return spread
    return replace(
        spread,
        shares={name: np.where(has_none, np.nan, values) for name, values in spread.shares.items()},
        sigma=np.where(has_none, np.nan, spread.sigma),
        bias=np.where(has_none, np.nan, spread.bias),
        second=np.where(has_none, np.nan, spread.second),
        error=np.where(has_none, np.nan, spread.error),
        linear=np.where(has_none, np.uint8(0), spread.linear),
    )
