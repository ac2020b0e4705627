"""Who decides: a verdict for a number.

First the formula's power series about the point in ball arithmetic, with the precision doubled until float64
could not tell the enclosure from a point. Where the point touches a place without a series, germs decide, which say
what f does beside it, or where none are known values of f there. Where PyTorch's number is not the true one, the
same series with every step blurred by rounding tells whether that is the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from derivcli.check.accuracy import accuracy_verdict
from derivcli.check.enclosure import PRECISION_BITS, Question, enclosure
from derivcli.check.implicit import curve_verdict
from derivcli.check.singular_points import singular_verdict
from derivcli.check.verdict import Verdict
from derivcli.engines.balls.coordinates import Exact
from derivcli.engines.balls.errors import NoEnclosureError, TouchError, UnsureError
from derivcli.engines.balls.evaluation import coordinate
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.points.points import Points
from derivcli.result import FloatArray, Result, partial_of

VERDICT_SECONDS = 2.0


def derivative_asked(key: str, result: Result) -> Derivative:
    """The derivative that a key of a result stands for; the last variable of a partial is taken first."""
    partial = partial_of(key)[::-1]
    if result.direction is None:
        return Derivative(partial, dependent=result.dependent)
    vector = coordinates(result.direction.at, result.direction, result.direction.at, 0)
    return Derivative(partial, vector)


def judge(question: Question) -> Verdict:
    """The verdict of one number, within its time."""
    return within_time(judged, question)


def within_time(decide: Callable[..., Verdict], *known: object) -> Verdict:
    """The verdict that `decide` comes to, or "unchecked" where it takes too long or too much precision."""
    try:
        return limited(VERDICT_SECONDS, decide, *known)
    except OutOfTimeError:
        return Verdict("unchecked", message=f"it takes longer than {VERDICT_SECONDS:g} seconds")
    except NoEnclosureError as reason:
        return Verdict("unchecked", message=str(reason))
    except UnsureError:
        return Verdict("unchecked", message=f"up to {PRECISION_BITS[-1]} bits of precision do not settle it")


def judged(question: Question) -> Verdict:
    """The verdict of one number, however long it takes."""
    if question.derivative.dependent:
        return curve_verdict(question)
    try:
        truth = enclosure(question.site, question.derivative)
    except TouchError as place:
        reason = str(place) or "the formula has no real value here"
        return singular_verdict(replace(question, irrational=place.irrational), reason)
    return accuracy_verdict(question, truth)


def coordinates(at: Mapping[str, FloatArray], points: Points, names: Iterable[str], point: int) -> dict[str, Exact]:
    """The coordinates of variables as they were typed, or the float64 that they are."""
    found = {}
    for name in names:
        typed = points.exact(name, point)
        found[name] = coordinate(float(at[name][point]) if typed is None else typed)
    return found
