"""Is an error noise? PyTorch's own numbers at neighbouring points tell.

A wrong formula is wrong by much the same factor a few float64 further on, while an error that rounding made
inside a step, where no series of the formula sees it, is another one there.
"""

from __future__ import annotations

import math
from contextlib import suppress

import numpy as np
from flint import arb

from derivcli.check.enclosure import Question, Site, enclosure
from derivcli.engines.balls.coordinates import rational
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import rounded
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.engine_table import engine_named
from derivcli.engines.task import at_once
from derivcli.points.points import points_from_arrays
from derivcli.result import derivative_key

NEIGHBOUR_OFFSETS = (-(2.0**-10), -(2.0**-19), -(2.0**-42), 2.0**-41, 2.0**-18, 2.0**-11)

MAX_NOISE_PARTS = 8
"""Errors that differ by at least one part in so many of the error in question are noise."""


def is_noise(question: Question, truth: arb) -> bool:
    """Whether the errors of PyTorch's numbers nearby scatter as far as the error in question."""
    moved = _moved(question)
    highest = engine_named(question.site.engine).max_replayed_order
    replays = question.derivative.measure is None and question.order <= highest
    if not math.isfinite(question.printed) or not moved or not replays:
        return False
    centre = {name: rounded(value, question.dtype) for name, value in question.site.at.items()}
    pairs = [(question.printed, truth)]
    for part in NEIGHBOUR_OFFSETS:
        nearby = float(np.dtype(question.dtype).type(centre[moved] * (1 + part)))
        with suppress(TouchError, UnsureError):
            pairs.append(_pair(question, {**centre, moved: nearby}))
    size = max((abs(each).upper() for _, each in pairs), key=float)
    if not size > 0:
        return False
    here, *errors = [_error(printed, each, size) for printed, each in pairs if math.isfinite(printed)]
    return len(errors) > 1 and max(errors) - min(errors) >= abs(here) / MAX_NOISE_PARTS


def _moved(question: Question) -> str:
    """A variable that the number depends on, in which the neighbours differ; empty where there is none."""
    derivative, at = question.derivative, question.site.at
    chosen = (derivative.vector or derivative.partial) if derivative.order else at
    return next((name for name in chosen if name in at), "")


def _error(printed: float, truth: arb, size: arb) -> float:
    """The relative error of a number or, where the true one is nearly 0, its error relative to the size nearby."""
    part = abs(truth) if abs(truth) * 100 > size else size
    return float(((arb(printed) - truth) / part).mid())


def _pair(question: Question, at: dict[str, float]) -> tuple[float, arb]:
    site = question.site.elsewhere({name: rational(value) for name, value in at.items()})
    truth = enclosure(site, question.derivative)
    return replayed(site, question.derivative, question.dtype), truth.ball


def replayed(site: Site, derivative: Derivative, dtype: str) -> float:
    """What the engine of a site gives for a derivative there, at the nearest numbers of a format."""
    here = {name: np.array([rounded(value, dtype)]) for name, value in site.at.items()}
    partial, direction = derivative.partial, None
    if derivative.vector is not None:
        slopes = {name: np.array([rounded(slope, dtype)]) for name, slope in derivative.vector.items()}
        direction = points_from_arrays(slopes)
    partials = [partial or (next(iter(here)),)]
    engine = engine_named(site.engine)
    prepare = engine_named(engine.faster_form_of).prepare if engine.faster_form_of else engine.prepare
    (result,) = at_once(prepare, [site.expression], here, partials, dtype, direction, derivative.dependent)
    found = result.derivatives[derivative_key(partial)] if partial else result.value
    return float(found[0]) / derivative.factor
