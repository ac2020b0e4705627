"""PyTorch's number beside the true one: how many digits are right and, where they are few, why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from flint import arb, fmpq

from derivcli.check.enclosure import Question, Truth, enclosure, is_narrow
from derivcli.check.verdict import DIGITS, Verdict
from derivcli.engines.balls.coordinates import Path, rational
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import evaluate, rounded, step_scale
from derivcli.engines.balls.integers import decimal_text
from derivcli.engines.balls.partials import path_of
from derivcli.engines.balls.random_rounding import BITS, Rounding
from derivcli.engines.balls.run import Run

LOST = 4
"""A number that lost more digits than these is called lossy."""

SPACING = {"float64": -1074, "float32": -149}
"""The spacing of the smallest numbers, as a power of 2."""

LARGEST = {"float64": arb(float(np.finfo("float64").max)), "float32": arb(float(np.finfo("float32").max))}

MARGIN = 4
"""A step's result may be wrong by so many powers of 2 more than half a unit in its last place."""

TRIALS = 8
REACH = 32
"""Rounding explains an error that is no larger than so many times the largest of so many trials."""

BREAKS_DOWN = "rounding, which reaches a place where the formula breaks down"

TRIAL_BITS, BESIDE_BITS, MORE_BITS = 256, 800, 16
"""Bits enough for rounded values, and for values beside a point; more for each order of a derivative."""

FINEST = 8
"""So many times more bits are taken where those do not do."""

STEP = 100
"""Beside a point is 2 to the minus this away, of its size."""


def compared(question: Question, truth: Truth, touched: bool = False) -> Verdict:
    """The verdict of a number that has a true one; `touched` where a step is exactly at a special place."""
    if abs(truth.ball) > LARGEST[question.dtype]:
        infinity = math.copysign(math.inf, truth.number)
        message = f"the true number is {shown(truth.ball)}"
        return Verdict("overflow", truth=truth.number, message=message, differs=question.printed != infinity)
    digits = right_digits(question.printed, truth.ball, question.dtype)
    if is_right(digits, question.dtype):
        return Verdict("proved" if truth.rigorous else "agrees", digits, truth.number)
    cause = _cause(question, truth.ball, touched)
    if not cause:
        return Verdict("wrong", digits, truth.number, message="rounding is not the reason", differs=True)
    if truth.number == 0 and abs(truth.ball) > 0:
        cause += f"; the true number, {shown(truth.ball)}, is 0 in {question.dtype}"
    return Verdict("lossy", digits, truth.number, message=cause, differs=True)


def _cause(question: Question, truth: arb, touched: bool) -> str:
    """Why a number of a right formula is not right; empty where the formula itself is not."""
    if touched:
        return _rounding_beside(question, truth)
    from derivcli.check.noise import is_noise

    cause = _off_the_point(question) or _explained(question, truth, None)
    inside = not cause and (is_noise(question, truth) or _is_inside(question, truth))
    return "rounding inside a step" if inside else cause


def is_right(digits: int, dtype: str) -> bool:
    """Whether so many right digits are as many as one can expect."""
    return digits >= DIGITS[dtype] - LOST


def right_digits(printed: float, truth: arb, dtype: str) -> int:
    """How many digits of a number are right, at most those of its format."""
    if not math.isfinite(printed):
        return 0
    error = abs(arb(printed) - truth)
    if error < arb(2) ** SPACING[dtype]:
        return DIGITS[dtype]
    if not abs(truth) > 0:
        return 0
    relative = float((error / abs(truth)).upper())
    if relative >= 1:
        return 0
    return DIGITS[dtype] if relative == 0 else min(DIGITS[dtype], math.floor(-math.log10(relative)))


def _rounding_beside(question: Question, truth: arb) -> str:
    """How rounding explains the number at a special place, where each side has a series of its own."""
    if question.irrational:
        return "rounding, which moves it off a special place"
    site = question.site
    if _is_of_its_branch(question):
        return ""
    for direction, sense in product(question.derivative.ways(), (1, -1)):
        beside = site.beside(direction, sense * fmpq(2) ** (step_scale(site.at, direction) - STEP))
        exact = Run(site.tape, path_of(direction), question.order, BESIDE_BITS, final=True, through=True)
        with suppress(UnsureError, TouchError):
            evaluate(exact, beside.at)
            cause = _explained(replace(question, site=beside), truth, exact.answers)
            if cause:
                return cause
    return ""


def _is_of_its_branch(question: Question) -> bool:
    """Whether the number is, digit for digit, what the branch gives that PyTorch takes at the point."""
    site = question.site

    def series(path: Path, order: int) -> list[arb]:
        return evaluate(Run(site.tape, path, order, BESIDE_BITS, final=True, through=True), site.at)

    try:
        found = question.derivative.enclosed(series, site.tape)
    except (UnsureError, TouchError):
        return False
    return is_right(right_digits(question.printed, found, question.dtype), question.dtype)


def _explained(question: Question, truth: arb, answers: Sequence[Any] | None) -> str:
    """How rounding explains the number: it is no further from the truth than rounded evaluations are.

    With answers they are beside a special place, following those of an exact evaluation there.
    """
    reach, extreme, steep, finer = arb(0), "", "", 1
    for seed in range(TRIALS):
        trial = _Trial(question, seed, answers, finer)
        try:
            found = trial.number()
        except (UnsureError, TouchError):
            return _beyond(trial) or BREAKS_DOWN
        finer = trial.finer
        reach = arb.max(reach, abs(found - truth).upper())
        extreme = extreme or _beyond(trial)
        steep = steep or _on_the_way(trial.steep)
    if math.isfinite(question.printed):
        return "cancellation" if abs(arb(question.printed) - truth) < REACH * reach else extreme
    if answers is None and not extreme:
        extreme = steep or (BREAKS_DOWN if _may_break_down(question) else "")
    return extreme


def _may_break_down(question: Question) -> bool:
    """Whether rounding can lead onto a place without a value: there is one in the balls of all rounded numbers."""
    try:
        _Trial(question, 0, None, 1, wide=True).number()
    except (UnsureError, TouchError):
        return True
    return False


def _is_inside(question: Question, truth: arb) -> bool:
    """Whether the number is no further from the truth than functions of rounded arguments are.

    Those that lead back to others round what they hand on, such as the phase of an oscillation.
    """
    reach = arb(0)
    for seed in range(TRIALS if math.isfinite(question.printed) else 0):
        try:
            found = _Trial(question, seed, None, 1, inside=True).number()
        except (UnsureError, TouchError):
            return False
        reach = arb.max(reach, abs(found - truth).upper())
    return bool(abs(arb(question.printed) - truth) < REACH * reach)


@dataclass(slots=True, eq=False)
class _Trial:
    """One way in which rounding might have gone, the same along every line, so that it is one of the function."""

    question: Question
    seed: int
    answers: Sequence[Any] | None
    finer: int
    extreme: str = ""
    steep: str = ""
    inside: bool = False
    wide: bool = False

    def number(self) -> arb:
        """The number with every step moved, in enough precision that nothing else moves it."""
        found = self.question.derivative.enclosed(self.series, self.question.site.tape)
        while not self.wide and not is_narrow(found) and self.finer < FINEST:
            self.finer *= 2
            found = self.question.derivative.enclosed(self.series, self.question.site.tape)
        return found

    def series(self, path: Path, order: int) -> list[arb]:
        """The coefficients of the formula with every step moved."""
        site, dtype = self.question.site, self.question.dtype
        rounding = Rounding(MARGIN - BITS[dtype], dtype, self.seed, inside=self.inside, wide=self.wide)
        bits = self.finer * ((TRIAL_BITS if self.answers is None else BESIDE_BITS) + MORE_BITS * order)
        run = Run(site.tape, path, order, bits, rounding=rounding)
        if self.answers is not None:
            run.following, run.through = self.answers, True
        try:
            return evaluate(run, site.at)
        finally:
            self.extreme, self.steep = self.extreme or rounding.extreme, self.steep or rounding.steep


def _beyond(trial: _Trial) -> str:
    """What left the range of ordinary numbers on the way."""
    return _on_the_way(trial.extreme)


def _on_the_way(extreme: str) -> str:
    return f"{extreme} on the way" if extreme else ""


def _off_the_point(question: Question) -> str:
    """What explains a number that is right for the nearest float64 and not for the point as typed."""
    site, derivative = question.site, question.derivative
    nearest = _nearest(site.at, question.dtype)
    vector = derivative.vector and _nearest(derivative.vector, question.dtype)
    if nearest == site.at and vector == derivative.vector:
        return ""
    try:
        truth = enclosure(site.elsewhere(nearest), replace(derivative, vector=vector))
    except (TouchError, UnsureError):
        return ""
    if not is_right(right_digits(question.printed, truth.ball, question.dtype), question.dtype):
        return ""
    return f"PyTorch sees the nearest {question.dtype}, not the point as typed"


def _nearest(numbers: Mapping[str, Any], dtype: str) -> dict[str, Any]:
    """The numbers of a format that stand for coordinates or slopes."""
    return {name: rational(rounded(value, dtype)) for name, value in numbers.items()}


def shown(ball: arb) -> str:
    """A number that may be beyond float64, to six digits."""
    return decimal_text(ball, 6)
