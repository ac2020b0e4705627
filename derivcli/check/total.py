"""Is a total over many points right? By the true numbers at each of them, where all are known."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import arb, ctx, fmpq

from derivcli.check.accuracy import compared, is_judge
from derivcli.check.enclosure import Truth
from derivcli.check.verdict import Verdict, Verdicts
from derivcli.check.verdict_kinds import KINDS
from derivcli.engines.exact_sum import ExactSum

PROVED, KNOWN = "proved", ("proved", "lossy", "agrees")
"""The kind of verdict with a true number that is proved, and those with one that is known; of lossy ones some are."""

HALF_ULP = Fraction(1, 1 << 53) + Fraction(1, 1 << 62)
SMALLEST = Fraction(1, 1 << 1075)
"""How far the float64 next to the middle of an enclosure may be from the true number: relatively, and near 0."""

TOTAL_BITS = 256

LOST, NO_NUMBER = "the rounding errors of the points add up", "a point has no number that is finite"
CANCELLED = "the true numbers of the points, each known to 16 digits, nearly cancel"


class TrueTotal:
    """The sum of the true numbers behind those that are added, with how far it may be off."""

    def __init__(self) -> None:
        self._sum, self._size = ExactSum(), ExactSum()
        self._count = 0
        self.is_known, self.is_proved = True, True

    def add(self, verdicts: Verdicts | None) -> None:
        """Add the true numbers of some points; without them, or with one that is not known, there is no true total."""
        if verdicts is None:
            self.is_known = False
            return
        codes = {kind: code for code, kind in enumerate(KINDS, start=1)}
        known = np.isin(verdicts.kinds, [codes[kind] for kind in KNOWN]) & np.isfinite(verdicts.truth)
        self.is_known &= bool(known.all())
        self.is_proved &= bool((verdicts.kinds == codes[PROVED]).all())
        self._sum.add(verdicts.truth)
        self._size.add(np.abs(verdicts.truth))
        self._count += len(verdicts)

    def verdicts(self, printed: float, dtype: str, count: int) -> Verdicts | None:
        """What is known of the total over a count, as it was computed; None where that is nothing."""
        if not self.is_known or not self._count:
            return None
        middle = self._sum.exact / count
        radius = (self._size.exact * HALF_ULP + self._count * SMALLEST) / count
        are_zeros = not self._size.exact  # each may be a number that is only near 0, so that this proves nothing
        with ctx.workprec(TOTAL_BITS):
            size = arb(fmpq(radius.numerator, radius.denominator)).upper()
            ball = arb(0) if are_zeros else arb(fmpq(middle.numerator, middle.denominator)) + arb(0, size)
            truth = Truth(ball, self.is_proved and (not are_zeros or self._count == 1))
            judged = compared(printed, dtype, truth, lambda: LOST if np.isfinite(printed) else NO_NUMBER)
            found = Verdicts.empty(1)
            found.put(0, judged if is_judge(ball) else Verdict("unchecked", message=CANCELLED))
        return found
