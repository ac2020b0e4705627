"""The true derivative of a formula at a point, as narrow as it is known, from values of the formula alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from flint import arb

from derivcli.check.iterated import beside
from derivcli.check.judge import judge
from derivcli.check.question import Question, Site, enclosed, restored_context
from derivcli.check.sides import PART, is_near, look, remembered
from derivcli.check.verdict import WITHOUT, Verdict
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.balls.run import Coordinate, TouchError, UnsureError, step_scale
from derivcli.engines.balls.tape import record
from derivcli.engines.clock import OutOfTimeError, clock
from derivcli.language.expression import Expression

PRECISIONS = (384, 1536, 3072, 12288)
NARROW = 256
"""Bits of a number that is known well; the last precision is for what is 0 or seems so."""

NOISE = arb(2) ** -300
"""What is computed beside a point is right to so many digits at most."""

SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a derivative at a point: a number, that there is none, or neither.

    It is `one_sided` at the edge of the domain, and `undefined` where the formula has no value. `by_series` says that
    the formula has a power series there, and that the number is known to many digits.
    """

    ball: arb | None = None
    none: bool = False
    one_sided: bool = False
    undefined: bool = False
    by_series: bool = False
    reason: str = ""


def derivative_at(expression: Expression, derivative: Derivative, at: Mapping[str, Coordinate]) -> Known:
    """The derivative at a point."""
    site = Site(expression, record(expression.expanded, tuple(at)), at)
    with suppress(OutOfTimeError, UnsureError, TouchError), restored_context(), clock(SECONDS):
        return Known(_of_series(site, derivative), by_series=True)
    with restored_context():
        return _beside(site, derivative, judge(Question(site, derivative, 0.0, "float64")))


def _of_series(site: Site, derivative: Derivative) -> arb:
    """The derivative of the formula's power series."""
    for precision in PRECISIONS:
        with suppress(UnsureError):
            ball = enclosed(site, derivative, precision, precision == PRECISIONS[-1]).ball
            if ball.rel_accuracy_bits() >= NARROW or precision == PRECISIONS[-1]:
                return ball
    raise UnsureError


def _beside(site: Site, derivative: Derivative, verdict: Verdict) -> Known:
    """What a verdict says of the derivative, with more digits where one look beside the point shows them."""
    if verdict.kind in WITHOUT or (verdict.kind == "edge" and math.isinf(verdict.truth or 0)):
        return Known(none=True, undefined=verdict.kind in ("undefined", "hole"), reason=verdict.message)
    if verdict.kind == "unchecked" or verdict.truth is None:
        return Known(reason=verdict.message)
    ball = arb(verdict.truth, abs(verdict.truth) * 2.0**-50)
    stages = derivative.stages()
    if len(stages) == 1:
        with suppress(UnsureError, TouchError, OutOfTimeError), clock(SECONDS):
            direction, order = stages[0]
            function = remembered(beside(site, (), direction))
            local = look(function, step_scale(site.at, direction), order)
            sides = [side.derivative for side in (local.left, local.right) if side.defined]
            if sides and sides[-1].number is not None and all(is_near(side, sides[-1]) for side in sides):
                number, reach = sides[-1].number, sides[-1].reach
                ball = arb(number, (reach * PART + abs(number) * NOISE + NOISE**2).upper())
    return Known(ball, one_sided=verdict.kind == "edge")
