"""PyTorch's number beside the true one: how many digits are right and, where they are few, why."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import replace

import numpy as np
from flint import arb, fmpq

from derivcli.check.question import Question, Truth, enclosure
from derivcli.check.verdict import Verdict
from derivcli.engines.balls.run import Exact, Run, TouchError, UnsureError, ball_of, rational, scale_of

DIGITS = {"float64": 16, "float32": 7}
LOST = 4
"""A number that lost more digits than these is called lossy."""

SMALLEST = {"float64": -1074, "float32": -149}
"""The spacing of the smallest numbers, as a power of 2."""

LARGEST = {"float64": arb(float(np.finfo("float64").max)), "float32": arb(float(np.finfo("float32").max))}

ROUNDING = {"float64": -48, "float32": -19}
"""The factor by which a step's rounding may blur its result, as a power of 2: a few units in the last place."""

BREAKS_DOWN = "rounding, which reaches a place where the formula breaks down"

BITS, FINE = 64, 800
"""The precisions in which blurred values are computed, and those beside a point that they follow."""

STEP = 100
"""Beside a point is 2 to the minus this away, of its size."""


def compared(question: Question, truth: Truth, touched: bool = False) -> Verdict:
    """The verdict of a number that has a true one; `touched` where a step is exactly at a special place."""
    if abs(truth.ball) > LARGEST[question.dtype]:
        infinity = math.copysign(math.inf, truth.number)
        message = f"the true number is {truth.ball.str(6, radius=False)}"
        return Verdict("overflow", truth=truth.number, message=message, differs=question.printed != infinity)
    digits = right_digits(question.printed, truth.ball, question.dtype)
    if is_right(digits, question.dtype):
        return Verdict("proved" if truth.rigorous else "agrees", digits, truth.number)
    cause = _rounding_beside(question) if touched else _off_the_point(question) or _rounding(question)
    if not cause:
        return Verdict("wrong", digits, truth.number, message="rounding is not the reason", differs=True)
    if truth.number == 0 and abs(truth.ball) > 0:
        cause += f"; the true number, {truth.ball.str(6, radius=False)}, is 0 in {question.dtype}"
    return Verdict("lossy", digits, truth.number, message=cause, differs=True)


def is_right(digits: int, dtype: str) -> bool:
    """Whether so many right digits are as many as one can expect."""
    return digits >= DIGITS[dtype] - LOST


def right_digits(printed: float, truth: arb, dtype: str) -> int:
    """How many digits of a number are right, at most those of its format."""
    if not math.isfinite(printed):
        return 0
    error = abs(arb(printed) - truth)
    if error < arb(2) ** SMALLEST[dtype]:
        return DIGITS[dtype]
    if not abs(truth) > 0:
        return 0
    relative = float((error / abs(truth)).upper())
    if relative >= 1:
        return 0
    return DIGITS[dtype] if relative == 0 else min(DIGITS[dtype], math.floor(-math.log10(relative)))


def _rounding(question: Question) -> str:
    """How rounding explains the number; empty where it does not.

    Every step of the formula is evaluated with its result blurred as rounding would: the number is explained if
    the blurred derivative holds it, or if something on the way is beyond the range of ordinary numbers.
    """
    run = Run(question.tape, question.by, question.order, BITS, noise=ROUNDING[question.dtype])
    try:
        held = _holds(run, question)
    except (UnsureError, TouchError):
        return _beyond(run) or BREAKS_DOWN
    return "cancellation" if held else _beyond(run)


def _rounding_beside(question: Question) -> str:
    """How rounding explains the number at a special place, where each side has a series of its own."""
    if question.presumed:
        return "rounding, which moves it off a special place"
    step = fmpq(2) ** (scale_of(question.at[question.by]) - STEP)
    about = (question.tape, question.by, question.order)
    for offset in (step, -step):
        exact = Run(*about, FINE, final=True, through=True)
        blurred = Run(*about, BITS, noise=ROUNDING[question.dtype], following=exact.answers, through=True)
        with suppress(UnsureError, TouchError):
            exact.evaluate(question.at, offset)
            try:
                held = _holds(blurred, question, offset)
            except (UnsureError, TouchError):
                return _beyond(blurred) or BREAKS_DOWN
            if held:
                return "cancellation"
    return _overflow(question)


def _holds(run: Run, question: Question, offset: fmpq | None = None) -> bool:
    """Whether the blurred derivative holds the number."""
    ball = run.evaluate(question.at, offset)[question.order] * math.factorial(question.order)
    return math.isfinite(question.printed) and bool((ball * run.blur).contains(arb(question.printed)))


def _overflow(question: Question) -> str:
    """Overflow or underflow on the way to the value."""
    run = Run(question.tape, precision=BITS, noise=ROUNDING[question.dtype])
    with suppress(UnsureError, TouchError):
        run.evaluate(question.at)
    return _beyond(run)


def _beyond(run: Run) -> str:
    """What left the range of ordinary numbers on the way."""
    return f"{run.extreme} on the way" if run.extreme else ""


def _off_the_point(question: Question) -> str:
    """What explains a number that is right for the nearest float64 and not for the point as typed."""
    rounded = {name: _rounded(value, question.dtype) for name, value in question.at.items()}
    if rounded == question.at:
        return ""
    try:
        truth = enclosure(replace(question, at=rounded))
    except (TouchError, UnsureError):
        return ""
    if not is_right(right_digits(question.printed, truth.ball, question.dtype), question.dtype):
        return ""
    return f"rounding the point: it is right for the nearest {question.dtype}, not for the point as typed"


def _rounded(value: Exact, dtype: str) -> fmpq:
    """The number of a format that stands for a coordinate."""
    return rational(float(np.dtype(dtype).type(float(ball_of(value, 200).mid()))))
