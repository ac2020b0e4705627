"""Is an error noise? PyTorch's own numbers at neighbouring points tell.

A wrong formula is wrong by much the same factor a few float64 further on, while an error that rounding made
inside a step, where no series of the formula sees it, is another one there.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import replace

import numpy as np
from flint import arb

from derivcli.check.question import Question, enclosure
from derivcli.engines import reverse
from derivcli.engines.balls.run import TouchError, UnsureError, rational, rounded
from derivcli.result import derivative_key

NEIGHBOURS = (-(2.0**-10), -(2.0**-19), -(2.0**-42), 2.0**-41, 2.0**-18, 2.0**-11)
"""How far away the points are that are asked, in parts of the point."""

SHARE = 8
"""Errors that differ by at least one part in so many of the error in question are noise."""


def is_noise(question: Question, truth: arb) -> bool:
    """Whether the errors of PyTorch's numbers nearby scatter as far as the error in question."""
    if not math.isfinite(question.printed) or question.by not in (*question.at, ""):
        return False
    moved = question.by or next(iter(question.at), "")
    if not moved:
        return False
    centre = {name: rounded(value, question.dtype) for name, value in question.at.items()}
    pairs = [(question.printed, truth)]
    for part in NEIGHBOURS:
        beside = float(np.dtype(question.dtype).type(centre[moved] * (1 + part)))
        with suppress(TouchError, UnsureError):
            pairs.append(_pair(question, {**centre, moved: beside}, moved))
    size = max((abs(each).upper() for _, each in pairs), key=float)
    if not size > 0:
        return False
    here, *errors = [_error(printed, each, size) for printed, each in pairs if math.isfinite(printed)]
    return len(errors) > 1 and max(errors) - min(errors) >= abs(here) / SHARE


def _error(printed: float, truth: arb, size: arb) -> float:
    """The error of a number in parts of the true one or, where that is nearly 0, of its size nearby."""
    part = abs(truth) if abs(truth) * 100 > size else size
    return float(((arb(printed) - truth) / part).mid())


def _pair(question: Question, at: dict[str, float], moved: str) -> tuple[float, arb]:
    """PyTorch's number at another point, and the true one."""
    here = {name: np.array([value]) for name, value in at.items()}
    partial = (moved,) * max(question.order, 1)
    (result,) = reverse.differentiate([question.expression], here, [partial], question.dtype)
    found = result.derivatives[derivative_key(partial)] if question.order else result.value
    exact = {name: rational(value) for name, value in at.items()}
    return float(found[0]), enclosure(replace(question, at=exact)).ball
