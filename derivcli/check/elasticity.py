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

    from derivcli.check.enclosure import Truth
    from derivcli.check.verdict import Verdict

KNOWN, PROVED = ("proved", "lossy", "agrees"), "proved"
"""Kinds of verdict with a true number, and that with one that is surely proved."""

ELASTICITY_BITS = 128

SMALLEST_NORMAL_EXPONENT = -1022

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
    """Where a true number may be whose enclosure rounds to a float64."""
    from flint import arb

    return arb(number) + arb(0, abs(arb(number)) * (arb(2) ** -53 + arb(2) ** -62) + arb(2) ** -1075)


def _truth(x: float, value: Verdict | None, slope: Verdict | None) -> Truth | None:
    """The elasticity by the true value and derivative; None where these do not tell it to 13 digits."""
    from flint import arb

    from derivcli.check.accuracy import is_judge
    from derivcli.check.enclosure import Truth

    if value is None or slope is None or {value.kind, slope.kind} - {*KNOWN}:
        return None
    numbers = (x, value.truth, slope.truth)
    if not value.truth or slope.truth is None or not all(each is not None and math.isfinite(each) for each in numbers):
        return None
    are_proved = {value.kind, slope.kind} == {PROVED}
    ball = _about(x) * _about(slope.truth) / _about(value.truth)
    if x == 0 or (slope.truth == 0 and abs(ball) < arb(2) ** SMALLEST_NORMAL_EXPONENT):
        return Truth(arb(0), are_proved and x == 0)  # a derivative that is only near 0 is 0 here too
    return Truth(ball, are_proved) if is_judge(ball) else None


def _verdicts(result: Result, name: str, values: FloatArray) -> Verdicts:
    from flint import ctx

    from derivcli.check.accuracy import compared

    assert result.value_verdicts is not None, "the value is judged too"
    found = Verdicts.empty(len(values))
    with ctx.workprec(ELASTICITY_BITS):
        for point in range(len(values)):
            x = float(result.at[name][point])
            truth = _truth(x, result.value_verdicts[point], result.verdicts[name][point])
            if truth is not None:
                found.put(point, compared(float(values[point]), str(values.dtype), truth, lambda: LOST))
    return found
