"""Who decides: a verdict for every number of a result.

First the formula's power series about the point in ball arithmetic, with the precision doubled until float64
could not tell the enclosure from a point. Where the point touches a place without a series, the judge that
uses only f decides. Where PyTorch's number is not the true one, the same series with every step blurred by
rounding tells whether that is the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from flint import ctx

from derivcli.check.compare import compared
from derivcli.check.places import judged_beside
from derivcli.check.question import PRECISIONS, Question, enclosure
from derivcli.check.verdict import Verdict, Verdicts
from derivcli.engines.balls.run import Exact, TouchError, UnsureError, coordinate
from derivcli.engines.balls.tape import record
from derivcli.engines.clock import OutOfTimeError, clock

if TYPE_CHECKING:
    from derivcli.points.spec import Points
    from derivcli.result import Result

SECONDS = 2.0
"""How long one number may take."""

Progress = Callable[[int, int], None]


def check_all(results: Sequence[Result], points: Points, progress: Progress | None = None) -> list[Result]:
    """The results with a verdict beside every number; `progress` is told how many of how many are done."""
    total = sum(len(result.value) * (1 + len(result.derivatives)) for result in results)
    done = 0

    def tick(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(done, total)

    with _restored_context():
        return [check(result, points, tick) for result in results]


def check(result: Result, points: Points, tick: Callable[[int], None]) -> Result:
    """The result with a verdict for its value and each of its derivatives at every point.

    `tick` is told after each point how many numbers have been judged.
    """
    count, dtype = len(result.value), str(result.value.dtype)
    names = result.expression.variables
    tape = record(result.expression.expanded, names)
    values = Verdicts.empty(count)
    columns = {key: Verdicts.empty(count) for key in result.derivatives}
    for point in range(count):
        at = {name: _coordinate(result, points, name, point) for name in names}
        values.put(point, judge(Question(result.expression, tape, at, "", 0, float(result.value[point]), dtype)))
        for key, column in columns.items():
            printed = float(result.derivatives[key][point])
            question = Question(result.expression, tape, at, key.split(",")[0], key.count(",") + 1, printed, dtype)
            column.put(point, judge(question))
        tick(1 + len(columns))
    return replace(result, verdicts=columns, value_verdicts=values)


def judge(question: Question) -> Verdict:
    """The verdict of one number, within its time."""
    try:
        with clock(SECONDS):
            return _judged(question)
    except OutOfTimeError:
        return Verdict("unchecked", message=f"it takes longer than {SECONDS:g} seconds")
    except UnsureError:
        return Verdict("unchecked", message=f"up to {PRECISIONS[-1]} bits of precision do not settle it")


def _judged(question: Question) -> Verdict:
    try:
        truth = enclosure(question)
    except TouchError as place:
        reason = str(place) or "the formula has no real value here"
        return judged_beside(replace(question, presumed=place.presumed), reason)
    return compared(question, truth)


def _coordinate(result: Result, points: Points, name: str, point: int) -> Exact:
    """A coordinate as it was typed, or the float64 that it is."""
    typed = points.exact(name, point)
    return coordinate(float(result.at[name][point]) if typed is None else typed)


@contextmanager
def _restored_context() -> Iterator[None]:
    """Leave FLINT's settings as they were: they are the process's own."""
    precision, cap = ctx.prec, ctx.cap
    try:
        yield
    finally:
        ctx.prec, ctx.cap = precision, cap
