"""One number to judge, and what is known of its truth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from flint import arb

from derivcli.engines.balls.run import Exact, UnsureError, coefficients, evaluate
from derivcli.engines.balls.tape import Tape

PRECISIONS = (96, 192, 384, 768, 1536, 3072)
"""Bits; the last ones serve numbers that are 0 or nearly."""

ENOUGH = 64
"""Bits of an enclosure that float64 cannot tell from a point."""

TINY = arb(2) ** -1082
"""Far below the smallest float64."""


@dataclass(frozen=True, slots=True)
class Question:
    """A derivative of some order in the variable `by`, or a value with order 0, as PyTorch printed it."""

    tape: Tape
    at: Mapping[str, Exact]
    by: str
    order: int
    printed: float
    dtype: str


@dataclass(frozen=True, slots=True)
class Truth:
    """A true number as a narrow ball, and whether its proof is rigorous."""

    ball: arb
    rigorous: bool

    @property
    def number(self) -> float:
        """The nearest float64."""
        return float(self.ball.mid()) + 0.0


def enclosure(question: Question) -> Truth:
    """The true number, narrower than float64 can tell, by a power series.

    Raises TouchError where there is none at the point and UnsureError where the precision does not suffice.
    """
    for precision in PRECISIONS:
        final = precision == PRECISIONS[-1]
        try:
            run = evaluate(question.tape, question.at, question.by, question.order, precision=precision, final=final)
        except UnsureError:
            continue
        ball = coefficients(run)[question.order] * math.factorial(question.order)
        if ball.rel_accuracy_bits() >= ENOUGH or abs(ball) < TINY:
            return Truth(ball, run.rigorous)
    raise UnsureError
