"""PyTorch's number beside the true one: how many digits are right and, where they are few, why."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import replace

import numpy as np
from flint import arb, fmpq

from derivcli.check.question import Question, Truth, enclosure
from derivcli.check.verdict import Verdict
from derivcli.engines.balls.run import (
    Exact,
    Run,
    TouchError,
    UnsureError,
    ball_of,
    coefficients,
    evaluate,
    rational,
)

DIGITS = {"float64": 16, "float32": 7}
LOST = 4
"""A number that lost more digits than these is called lossy."""

SMALLEST = {"float64": -1074, "float32": -149}
"""The spacing of the smallest numbers, as a power of 2."""

LARGEST = {"float64": arb(float(np.finfo("float64").max)), "float32": arb(float(np.finfo("float32").max))}

ROUNDING = {"float64": -48, "float32": -19}
"""The factor by which a step's rounding may blur its result, as a power of 2: a few units in the last place."""

BITS = 64
"""The precision in which blurred values are computed."""


def compared(question: Question, truth: Truth, touched: bool = False) -> Verdict:
    """The verdict of a number that has a true one; `touched` where a step is exactly at a special place."""
    if abs(truth.ball) > LARGEST[question.dtype]:
        infinity = math.copysign(math.inf, truth.number)
        message = f"the true number is {truth.ball.str(6, radius=False)}"
        return Verdict("overflow", truth=truth.number, message=message, differs=question.printed != infinity)
    digits = right_digits(question.printed, truth.ball, question.dtype)
    if is_right(digits, question.dtype):
        return Verdict("proved" if truth.rigorous else "agrees", digits, truth.number)
    cause = _overflow(question) if touched else _off_the_point(question) or _rounding(question)
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
    return DIGITS[dtype] if relative == 0 else max(0, min(DIGITS[dtype], math.floor(-math.log10(relative))))


def _rounding(question: Question) -> str:
    """How rounding explains the number; empty where it does not.

    Every step of the formula is evaluated with its result blurred as rounding would: the number is explained if
    the blurred derivative holds it, or if something on the way is beyond the range of ordinary numbers.
    """
    noise = ROUNDING[question.dtype]
    run = Run(question.tape)
    try:
        evaluate(question.tape, question.at, question.by, question.order, precision=BITS, noise=noise, into=run)
    except (UnsureError, TouchError):
        return _beyond(run) or "rounding, which reaches a place where the formula breaks down"
    ball = coefficients(run)[question.order] * math.factorial(question.order)
    blurred = ball * (1 + arb(0, arb(2) ** noise))
    if math.isfinite(question.printed) and blurred.contains(arb(question.printed)):
        return "cancellation"
    return _beyond(run)


def _overflow(question: Question) -> str:
    """Overflow or underflow on the way to the value."""
    run = Run(question.tape)
    with suppress(UnsureError, TouchError):
        evaluate(question.tape, question.at, precision=BITS, noise=ROUNDING[question.dtype], into=run)
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
