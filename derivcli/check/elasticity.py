"""Elasticities x/f df/dx: what they are, and whether they are right by the true numbers behind f and df/dx."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.check.verdict import Verdicts
from derivcli.result import FloatArray, Result

if TYPE_CHECKING:
    from flint import arb

KNOWN, PROVED = ("proved", "lossy", "agrees"), ("proved", "lossy")
"""Kinds of verdict with a true number, and with one that is proved."""

ELASTICITY_BITS = 128

LOST = "the value or the derivative lost digits"


def with_elasticities(results: Sequence[Result], asked: bool) -> list[Result]:
    """The results with their elasticities, where these are asked for, and with verdicts where there are others."""
    return [_with(result) for result in results] if asked else list(results)


def _with(result: Result) -> Result:
    found = {name: elasticity(result.at[name], result.value, slope) for name, slope in result.derivatives.items()}
    verdicts = {
        name: _verdicts(result, name, values)
        for name, values in found.items()
        if name in result.verdicts and result.value_verdicts is not None
    }
    return replace(result, elasticities=found, elasticity_verdicts=verdicts)


def elasticity(at: FloatArray, value: FloatArray, slope: FloatArray) -> FloatArray:
    """x/f df/dx at every point, shape (points,), without overflow on the way; NaN where f is 0 or not finite."""
    import numpy as np  # late, since formulas need none

    with np.errstate(all="ignore"):
        (x, by_x), (f, by_f), (s, by_s) = (np.frexp(each) for each in (at, value, slope))
        found = np.ldexp(x * s / f, by_x + by_s - by_f) + 0.0  # no -0
        return np.where(np.isfinite(value) & (value != 0), found, np.nan).astype(value.dtype)


def _about(number: float) -> arb:
    """All that rounds to a float64."""
    from flint import arb

    return arb(number) + arb(0, abs(arb(number)) / 2**53 + arb(2) ** -1075)


def _verdicts(result: Result, name: str, values: FloatArray) -> Verdicts:
    import numpy as np
    from flint import ctx

    from derivcli.check.accuracy import compared
    from derivcli.check.enclosure import Truth

    assert result.value_verdicts is not None, "the value is judged too"
    found = Verdicts.empty(len(values))
    slopes = result.verdicts[name]
    with ctx.workprec(ELASTICITY_BITS):
        for point in range(len(values)):
            of_value, of_slope = result.value_verdicts[point], slopes[point]
            if of_value is None or of_slope is None or {of_value.kind, of_slope.kind} - {*KNOWN}:
                continue
            true_value, true_slope, x = of_value.truth, of_slope.truth, float(result.at[name][point])
            if not true_value or true_slope is None or not np.isfinite([true_value, true_slope, x]).all():
                continue
            below = _about(true_value)
            if below.contains(0):
                continue
            ball = _about(x) * _about(true_slope) / below
            truth = Truth(ball, {of_value.kind, of_slope.kind} <= {*PROVED})
            found.put(point, compared(float(values[point]), str(values.dtype), truth, lambda: LOST))
    return found
