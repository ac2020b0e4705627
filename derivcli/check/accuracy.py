"""How many digits of PyTorch's number are right and, where only few are, the reason."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from flint import arb, fmpq

from derivcli.check.enclosure import Question, Truth, enclosure, is_narrow
from derivcli.check.noise import is_noise
from derivcli.check.verdict import DTYPE_DIGITS, Verdict
from derivcli.engines.balls.coordinates import Path, rational
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import evaluate, rounded, step_scale
from derivcli.engines.balls.integers import decimal_text
from derivcli.engines.balls.partials import path_of
from derivcli.engines.balls.random_rounding import MANTISSA_BITS, Rounding
from derivcli.engines.balls.run import Run

JUDGE_BITS = 43
"""Bits of an enclosure that numbers are judged by: 13 digits."""

MAX_LOST_DIGITS = 4
"""A number that lost more digits than these is called lossy."""

SPACING_EXPONENT = {"float64": -1074, "float32": -149}
"""The spacing of the smallest numbers, as a power of 2."""

MAX_FINITE = {"float64": arb(float(np.finfo("float64").max)), "float32": arb(float(np.finfo("float32").max))}

MARGIN_BITS = 4
"""The error of one step is at most half a unit in the last place times 2 to this power."""

TRIAL_COUNT = 8
MAX_ERROR_RATIO = 32
"""Rounding explains an error of at most this many times the largest error of all trials."""

BREAKS_DOWN = "rounding, which reaches a place where the formula breaks down"

TRIAL_BITS, NEAR_BITS, BITS_PER_ORDER = 256, 800, 16
"""Precision of rounded values and of values near a point, and what each order of a derivative adds to it."""

MAX_REFINEMENT = 8
"""The precision is raised up to this many times where that is not enough."""

OFFSET_BITS = 100
"""A nearby point is 2 to the minus this away, relative to its size."""


def accuracy_verdict(question: Question, truth: Truth, touched: bool = False) -> Verdict:
    """The verdict of a number whose true value is known; `touched` says that a step is exactly at a singular point."""
    return compared(question.printed, question.dtype, truth, lambda: _cause(question, truth.ball, touched))


def is_judge(ball: arb) -> bool:
    """Whether an enclosure that was made of rounded numbers is narrow enough to judge a printed number."""
    return bool(ball.rel_accuracy_bits() >= JUDGE_BITS)


def compared(printed: float, dtype: str, truth: Truth, cause: Callable[[], str]) -> Verdict:
    """The verdict of a printed number; `cause` tells where that is not right how rounding explains it, "" if not."""
    if abs(truth.ball) > MAX_FINITE[dtype]:
        infinity = math.copysign(math.inf, truth.number)
        message = f"the true number is {short_text(truth.ball)}"
        return Verdict("overflow", truth=truth.number, message=message, differs=printed != infinity)
    digits = right_digits(printed, truth.ball, dtype)
    if is_right(digits, dtype):
        return Verdict("proved" if truth.rigorous else "agrees", digits, truth.number)
    reason = cause()
    if not reason:
        return Verdict("wrong", digits, truth.number, message="rounding is not the reason", differs=True)
    if truth.number == 0 and abs(truth.ball) > 0:
        reason += f"; the true number, {short_text(truth.ball)}, is 0 in {dtype}"
    return Verdict("lossy", digits, truth.number, message=reason, differs=True)


def _cause(question: Question, truth: arb, touched: bool) -> str:
    """The reason why a number is not right although its formula is; empty where the formula itself is wrong."""
    if touched:
        return _rounding_nearby(question, truth)

    cause = _point_rounding(question) or _rounding_cause(question, truth, None)
    inside = not cause and (is_noise(question, truth) or _is_inside(question, truth))
    return "rounding inside a step" if inside else cause


def is_right(digits: int, dtype: str) -> bool:
    """Whether this many right digits are as many as one can expect."""
    return digits >= DTYPE_DIGITS[dtype] - MAX_LOST_DIGITS


def right_digits(printed: float, truth: arb, dtype: str) -> int:
    """How many digits of a number are right, at most those of its format."""
    if not math.isfinite(printed):
        return 0
    error = abs(arb(printed) - truth)
    if error < arb(2) ** SPACING_EXPONENT[dtype]:
        return DTYPE_DIGITS[dtype]
    if not abs(truth) > 0:
        return 0
    relative = float((error / abs(truth)).upper())
    if relative >= 1:
        return 0
    return DTYPE_DIGITS[dtype] if relative == 0 else min(DTYPE_DIGITS[dtype], math.floor(-math.log10(relative)))


def _rounding_nearby(question: Question, truth: arb) -> str:
    """How rounding explains the number at a singular point, where the two sides have different power series."""
    if question.irrational:
        return "rounding, which moves it off a special place"
    site = question.site
    if _is_of_its_branch(question):
        return ""
    for direction, sense in product(question.derivative.ways(), (1, -1)):
        nearby = site.shifted(direction, sense * fmpq(2) ** (step_scale(site.at, direction) - OFFSET_BITS))
        exact = Run(site.tape, path_of(direction), question.order, NEAR_BITS, final=True, through=True)
        with suppress(UnsureError, TouchError):
            evaluate(exact, nearby.at)
            cause = _rounding_cause(replace(question, site=nearby), truth, exact.answers)
            if cause:
                return cause
    return ""


def _is_of_its_branch(question: Question) -> bool:
    """Whether the number is, digit for digit, the derivative of the branch that PyTorch takes at the point."""
    site = question.site

    def series(path: Path, order: int) -> list[arb]:
        return evaluate(Run(site.tape, path, order, NEAR_BITS, final=True, through=True), site.at)

    try:
        found = question.derivative.enclosed(series, site.tape)
    except (UnsureError, TouchError):
        return False
    return is_right(right_digits(question.printed, found, question.dtype), question.dtype)


def _rounding_cause(question: Question, truth: arb, answers: Sequence[Any] | None) -> str:
    """How rounding explains the number: rounded evaluations are as far from the truth as it is.

    With `answers` they are near a singular point and take the branches that an exact evaluation took there.
    """
    reach, extreme, steep, finer = arb(0), "", "", 1
    for seed in range(TRIAL_COUNT):
        trial = _Trial(question, seed, answers, finer)
        try:
            found = trial.number()
        except (UnsureError, TouchError):
            return trial.extreme or BREAKS_DOWN
        finer = trial.finer
        reach = arb.max(reach, abs(found - truth).upper())
        extreme, steep = extreme or trial.extreme, steep or trial.steep
    if math.isfinite(question.printed):
        return "cancellation" if abs(arb(question.printed) - truth) < MAX_ERROR_RATIO * reach else extreme
    if answers is None and not extreme:
        extreme = steep or (BREAKS_DOWN if _may_break_down(question) else "")
    return extreme


def _may_break_down(question: Question) -> bool:
    """Whether rounding can lead to a point without a value: the balls of all rounded numbers hold one."""
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
    for seed in range(TRIAL_COUNT if math.isfinite(question.printed) else 0):
        try:
            found = _Trial(question, seed, None, 1, inside=True).number()
        except (UnsureError, TouchError):
            return False
        reach = arb.max(reach, abs(found - truth).upper())
    return bool(abs(arb(question.printed) - truth) < MAX_ERROR_RATIO * reach)


@dataclass(slots=True, eq=False)
class _Trial:
    """One way in which rounding may go. It is the same along every line, so that the result is one function."""

    question: Question
    seed: int
    answers: Sequence[Any] | None
    finer: int
    extreme: str = ""
    steep: str = ""
    inside: bool = False
    wide: bool = False

    def number(self) -> arb:
        """The number with every step moved by rounding, at a precision at which nothing else moves it."""
        found = self.question.derivative.enclosed(self.series, self.question.site.tape)
        while not self.wide and not is_narrow(found) and self.finer < MAX_REFINEMENT:
            self.finer *= 2
            found = self.question.derivative.enclosed(self.series, self.question.site.tape)
        return found

    def series(self, path: Path, order: int) -> list[arb]:
        """The coefficients of the formula with every step moved by rounding."""
        site, dtype = self.question.site, self.question.dtype
        rounding = Rounding(MARGIN_BITS - MANTISSA_BITS[dtype], dtype, self.seed, inside=self.inside, wide=self.wide)
        bits = self.finer * ((TRIAL_BITS if self.answers is None else NEAR_BITS) + BITS_PER_ORDER * order)
        run = Run(site.tape, path, order, bits, rounding=rounding)
        if self.answers is not None:
            run.following, run.through = self.answers, True
        try:
            return evaluate(run, site.at)
        finally:
            self.extreme = self.extreme or _on_the_way(rounding.extreme)
            self.steep = self.steep or _on_the_way(rounding.steep)


def _on_the_way(extreme: str) -> str:
    return f"{extreme} on the way" if extreme else ""


def _point_rounding(question: Question) -> str:
    """The reason where a number is right for the nearest float64, but not for the point as typed."""
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
    return {name: rational(rounded(value, dtype)) for name, value in numbers.items()}


def short_text(ball: arb) -> str:
    """A number that may be beyond float64, to six digits."""
    return decimal_text(ball, 6)
