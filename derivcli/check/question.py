"""One number to judge, and what is known of its truth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from flint import arb

from derivcli.engines.balls.run import Exact, Run, TouchError, UnsureError
from derivcli.engines.balls.tape import Tape
from derivcli.language.expression import Expression

PRECISIONS = (96, 192, 384, 768, 1536, 3072)
"""Bits; the last ones serve numbers that are 0 or nearly."""

ENOUGH = 64
"""Bits of an enclosure that float64 cannot tell from a point."""

TINY = arb(2) ** -1082
"""Far below the smallest float64."""


@dataclass(frozen=True, slots=True)
class Question:
    """A derivative of some order in the variable `by`, or a value with order 0, as PyTorch printed it."""

    expression: Expression
    tape: Tape
    at: Mapping[str, Exact]
    by: str
    order: int
    printed: float
    dtype: str
    presumed: bool = False
    """Whether a special place that the point touches is one only as far as the highest precision tells."""


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
        run = Run(question.tape, question.by, question.order, precision, final=precision == PRECISIONS[-1])
        try:
            ball = run.evaluate(question.at)[question.order] * math.factorial(question.order)
        except UnsureError:
            continue
        except TouchError as place:
            place.presumed = not run.rigorous
            raise
        if ball.rel_accuracy_bits() >= ENOUGH or abs(ball) < TINY:
            return Truth(ball, run.rigorous)
    raise UnsureError
