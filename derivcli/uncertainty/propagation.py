"""The law of propagation, to first order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from derivcli.propagated import Propagated

if TYPE_CHECKING:
    from derivcli.engines.task import Progress
    from derivcli.points.points import Points
    from derivcli.result import FloatArray, Result


def propagated(
    result: Result,
    points: Points,
    inputs: Mapping[str, FloatArray],
    correlations: Mapping[tuple[str, str], float],
    judge: bool,
    progress: Progress | None = None,
) -> Propagated:
    """What the uncertainties of the inputs make of the value of a function at every point."""
    count = len(result.value)
    parts = {name: result.derivatives[name] * sizes for name, sizes in inputs.items()}
    shares: dict[str, FloatArray] = {name: part * part for name, part in parts.items()}
    for (one, other), r in correlations.items():
        if one in parts and other in parts:
            both = r * parts[one] * parts[other]
            shares[one] = shares[one] + both
            shares[other] = shares[other] + both
    variance = sum(shares.values(), np.zeros(count))
    nothing = np.full(count, np.nan)
    with np.errstate(all="ignore"):
        shares = {name: share / variance for name, share in shares.items()}
    kinds = np.zeros(count, np.uint8)
    sigma = np.sqrt(variance)
    return Propagated(dict(inputs), sigma, shares, nothing, nothing, kinds, nothing, nothing, nothing)
