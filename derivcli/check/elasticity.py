"""Elasticities x/f df/dx: what they are, and whether they are right by the true numbers behind f and df/dx."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.check.verdict import Verdicts
from derivcli.result import FloatArray, Result

if TYPE_CHECKING:
    from flint import arb

    from derivcli.check.verdict import Verdict
    from derivcli.points.points import Points

KNOWN, PROVED = ("proved", "lossy", "agrees"), "proved"
"""Kinds of verdict with a true number, and that with one that is surely proved."""

ELASTICITY_BITS = 128

SMALLEST_NORMAL_EXPONENT = -1022

LOST = "the value or the derivative lost digits"
UNKNOWN = "the true value or derivative is so small that its digits are not known"


def with_elasticities(results: Sequence[Result], points: Points, asked: bool) -> list[Result]:
    """The results with their elasticities, where these are asked for, and with verdicts where there are others."""
    return [_with(result, points) for result in results] if asked else list(results)


def _with(result: Result, points: Points) -> Result:
    found = {name: elasticity(result.at[name], result.value, slope) for name, slope in result.derivatives.items()}
    verdicts = {
        name: _verdicts(result, points, name, values)
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
    """Where a true number may be whose enclosure rounds to a float64."""
    from flint import arb

    return arb(number) + arb(0, abs(arb(number)) * (arb(2) ** -53 + arb(2) ** -62) + arb(2) ** -1075)


def _verdict(x: arb, value: Verdict | None, slope: Verdict | None, printed: float, dtype: str) -> Verdict | None:
    """The verdict of an elasticity by the true value and derivative; None where these, or their quotient, are none."""
    from flint import arb

    from derivcli.check.accuracy import compared, is_judge
    from derivcli.check.enclosure import Truth
    from derivcli.check.verdict import Verdict

    if value is None or slope is None or {value.kind, slope.kind} - {*KNOWN}:
        return None
    if not value.truth or slope.truth is None or not math.isfinite(value.truth) or not math.isfinite(slope.truth):
        return None
    are_proved, is_origin = {value.kind, slope.kind} == {PROVED}, x == 0
    ball = arb(0) if is_origin else x * _about(slope.truth) / _about(value.truth)
    if slope.truth == 0 and abs(ball) < arb(2) ** SMALLEST_NORMAL_EXPONENT:
        ball = arb(0)  # a derivative that is only near 0 is 0 here too
    if not is_judge(ball):
        return Verdict("unchecked", message=UNKNOWN)
    return compared(printed, dtype, Truth(ball, are_proved and (is_origin or slope.truth != 0)), lambda: LOST)


def _verdicts(result: Result, points: Points, name: str, values: FloatArray) -> Verdicts:
    import numpy as np
    from flint import ctx

    from derivcli.check.judge import coordinates
    from derivcli.engines.balls.evaluation import ball_of

    assert result.value_verdicts is not None, "the value is judged too"
    found, dtype = Verdicts.empty(len(values)), str(values.dtype)
    with ctx.workprec(ELASTICITY_BITS):
        for point in np.flatnonzero(np.isfinite(result.at[name])).tolist():
            x = ball_of(coordinates(result.at, points, (name,), point)[name], ELASTICITY_BITS)
            judged = result.value_verdicts[point], result.verdicts[name][point]
            verdict = _verdict(x, *judged, float(values[point]), dtype)
            if verdict is not None:
                found.put(point, verdict)
    return found
