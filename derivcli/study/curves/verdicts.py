"""Verdicts of what is measured of a curve: by the series of its coordinates, and by germs where these end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
from flint import arb

from derivcli.check.accuracy import accuracy_verdict
from derivcli.check.enclosure import Question, Site, Truth, enclosure, restored_context
from derivcli.check.judge import coordinates, within_time
from derivcli.check.singular_points import without
from derivcli.check.verdict import NOWHERE, Verdict, Verdicts
from derivcli.engines.balls.coordinates import Exact
from derivcli.engines.balls.errors import NoValueError, TouchError, UnsureError
from derivcli.engines.balls.germs.germ import NoGermError
from derivcli.engines.balls.partials import Derivative, SeriesAlongPath
from derivcli.points.points import Points
from derivcli.result import FloatArray
from derivcli.study.curves.half_tangents import STOPS, slope_verdict
from derivcli.study.curves.measures import CIRCLE, CURVATURE, SPEED, TORSION, Expansions, Row
from derivcli.study.curves.tapes import ParametricTapes

STRAIGHT = "the curvature is 0 here"


class CurveTapes(Protocol):
    """A curve recorded for balls, whose coordinates have power series in a parameter."""

    @property
    def names(self) -> tuple[str, ...]:
        """The variables that a point gives."""

    @property
    def moving(self) -> str:
        """The variable that moves, by which derivatives are taken."""

    def site(self, at: Mapping[str, Exact]) -> Site:
        """A formula at a point, of which series are taken."""

    def expansions(self, series: SeriesAlongPath, order: int) -> Expansions:
        """The Taylor coefficients of the coordinates up to an order."""

    def outside(self, question: Question) -> Verdict | None:
        """That a point is not on the curve."""

    def absence(self, question: Question) -> Verdict | None:
        """Why nothing is measured at a point, if it is for the curve itself."""


def measured_verdicts(
    rows: Mapping[str, Row],
    numbers: Mapping[str, FloatArray],
    tapes: CurveTapes,
    at: Mapping[str, FloatArray],
    points: Points,
    tick: Callable[[int], None] = lambda count: None,
) -> dict[str, Verdicts]:
    """A verdict for each number of each row at every point; `tick` gets how many have been judged."""
    count = points.count
    columns = {key: Verdicts.empty(count) for key in rows}
    with restored_context():
        for point in range(count):
            for key, row in rows.items():
                columns[key].put(point, _verdict(row, numbers[key], tapes, at, points, point))
            tick(len(rows))
    return columns


def _verdict(
    row: Row, values: FloatArray, tapes: CurveTapes, at: Mapping[str, FloatArray], points: Points, point: int
) -> Verdict:
    if not all(np.isfinite(each[point]) for each in at.values()):
        return Verdict("undefined", message=NOWHERE)
    site = tapes.site(coordinates(at, points, tapes.names, point))
    question = Question(site, _derivative(tapes, row), float(values[point]), str(values.dtype))
    return within_time(_judged, question, row, tapes)


def _derivative(tapes: CurveTapes, row: Row) -> Derivative:
    """What is measured, as a number that series of a formula tell."""

    def measure(series: SeriesAlongPath) -> arb:
        return row.enclosure(tapes.expansions(series, row.order))

    return Derivative((tapes.moving,) * row.order, measure=measure)


def _judged(question: Question, row: Row, tapes: CurveTapes) -> Verdict:
    reason = "a coordinate is not smooth here"
    try:
        truth = enclosure(question.site, question.derivative)
        return tapes.outside(question) or accuracy_verdict(question, truth)
    except NoValueError as place:
        return without("undefined", question, str(place))
    except (TouchError, UnsureError) as place:
        reason = str(place) or reason
    try:
        if row.is_slope and isinstance(tapes, ParametricTapes):
            return slope_verdict(question, tapes.alone, tapes.parameter, reason)
        absence = tapes.absence(question)
        if row is SPEED and absence is not None and absence.message == STOPS:
            return accuracy_verdict(question, Truth(arb(0), rigorous=False))
        return absence or _straight(question, row, tapes) or without("undefined", question, reason)
    except NoGermError:
        return Verdict("unchecked", message=reason)


def _straight(question: Question, row: Row, tapes: CurveTapes) -> Verdict | None:
    """That there is no circle of curvature, where a curve does not bend; none winds where it does not."""
    try:
        bends = not enclosure(question.site, _derivative(tapes, CURVATURE)).ball.contains(0) if row in CIRCLE else True
    except TouchError:
        return None
    return None if bends and row is not TORSION else without("undefined", question, STRAIGHT)
