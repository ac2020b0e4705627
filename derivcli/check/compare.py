"""PyTorch's number beside the true one: how many digits are right and, where they are few, why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
from flint import arb, fmpq

from derivcli.check.question import Question, Truth, enclosure
from derivcli.check.scatter import is_noise
from derivcli.check.verdict import DIGITS, Verdict
from derivcli.engines.balls.rounding import BITS, Rounding
from derivcli.engines.balls.run import Run, TouchError, UnsureError, rational, rounded, scale_of

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

TRIAL_BITS, BESIDE_BITS = 256, 800
"""Bits enough for rounded values, and for values beside a point."""

STEP = 100
"""Beside a point is 2 to the minus this away, of its size."""


def compared(question: Question, truth: Truth, touched: bool = False) -> Verdict:
    """The verdict of a number that has a true one; `touched` where a step is exactly at a special place."""
    if abs(truth.ball) > LARGEST[question.dtype]:
        infinity = math.copysign(math.inf, truth.number)
        message = f"the true number is {_shown(truth.ball)}"
        return Verdict("overflow", truth=truth.number, message=message, differs=question.printed != infinity)
    digits = right_digits(question.printed, truth.ball, question.dtype)
    if is_right(digits, question.dtype):
        return Verdict("proved" if truth.rigorous else "agrees", digits, truth.number)
    cause = _cause(question, truth.ball, touched)
    if not cause:
        return Verdict("wrong", digits, truth.number, message="rounding is not the reason", differs=True)
    if truth.number == 0 and abs(truth.ball) > 0:
        cause += f"; the true number, {_shown(truth.ball)}, is 0 in {question.dtype}"
    return Verdict("lossy", digits, truth.number, message=cause, differs=True)


def _cause(question: Question, truth: arb, touched: bool) -> str:
    """Why a number of a right formula is not right; empty where the formula itself is not."""
    if touched:
        return _rounding_beside(question, truth)
    cause = _off_the_point(question) or _explained(question, truth, None, [])
    return cause or ("rounding inside a step" if is_noise(question, truth) else "")


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
    if question.presumed:
        return "rounding, which moves it off a special place"
    step = fmpq(2) ** (scale_of(question.at[question.by]) - STEP)
    for offset in (step, -step):
        exact = Run(question.tape, question.by, question.order, BESIDE_BITS, final=True, through=True)
        with suppress(UnsureError, TouchError):
            exact.evaluate(question.at, offset)
            cause = _explained(question, truth, offset, exact.answers)
            if cause:
                return cause
    return ""


def _explained(question: Question, truth: arb, offset: fmpq | None, answers: Sequence[Any]) -> str:
    """How rounding explains the number: it is no further from the truth than rounded evaluations are.

    With an offset they are beside the point, following the answers of an exact one there.
    """
    reach, extreme = arb(0), ""
    for seed in range(TRIALS):
        rounding = Rounding(MARGIN - BITS[question.dtype], question.dtype, seed)
        run = Run(question.tape, question.by, question.order, TRIAL_BITS, rounding=rounding)
        if offset is not None:
            run.precision, run.following, run.through = BESIDE_BITS, answers, True
        try:
            found = run.evaluate(question.at, offset)[question.order] * math.factorial(question.order)
        except (UnsureError, TouchError):
            return _beyond(rounding) or BREAKS_DOWN
        reach = arb.max(reach, abs(found - truth).upper())
        extreme = extreme or _beyond(rounding)
    if math.isfinite(question.printed) and abs(arb(question.printed) - truth) < REACH * reach:
        return "cancellation"
    return extreme


def _beyond(rounding: Rounding) -> str:
    """What left the range of ordinary numbers on the way."""
    return f"{rounding.extreme} on the way" if rounding.extreme else ""


def _off_the_point(question: Question) -> str:
    """What explains a number that is right for the nearest float64 and not for the point as typed."""
    nearest = {name: rational(rounded(value, question.dtype)) for name, value in question.at.items()}
    if nearest == question.at:
        return ""
    try:
        truth = enclosure(replace(question, at=nearest))
    except (TouchError, UnsureError):
        return ""
    if not is_right(right_digits(question.printed, truth.ball, question.dtype), question.dtype):
        return ""
    return f"PyTorch sees the nearest {question.dtype}, not the point as typed"


def _shown(ball: arb) -> str:
    """A number that may be beyond float64, to six digits."""
    mantissa, mark, exponent = str(ball.str(6, radius=False)).partition("e")
    return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}{mark}{exponent.replace('+', '')}"
