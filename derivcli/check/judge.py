"""Who decides: a verdict for every number of a result.

First the formula's power series about the point in ball arithmetic, with the precision doubled until float64
could not tell the enclosure from a point. Where the point touches a place without a series, germs decide, which say
what f does beside it, or where none are known values of f there. Where PyTorch's number is not the true one, the
same series with every step blurred by rounding tells whether that is the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from derivcli.check.accuracy import accuracy_verdict
from derivcli.check.enclosure import PRECISION_BITS, Question, Site, enclosure, restored_context
from derivcli.check.implicit import curve_verdict
from derivcli.check.singular_points import singular_verdict
from derivcli.check.sums import SumQuestion, sum_verdict, summed_terms
from derivcli.check.verdict import NOWHERE, Verdict, Verdicts
from derivcli.engines.balls.coordinates import Exact
from derivcli.engines.balls.errors import NoEnclosureError, TouchError, UnsureError
from derivcli.engines.balls.evaluation import coordinate
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.balls.tape import record
from derivcli.engines.task import Progress
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.points.points import Points
from derivcli.result import FloatArray, Result, partial_of

VERDICT_SECONDS = 2.0


def check_all(results: Sequence[Result], points: Points, progress: Progress | None = None) -> list[Result]:
    """The results with a verdict for every number; `progress` gets how many of how many are done."""
    total = sum(len(result.value) * (1 + len(result.derivatives)) for result in results)
    done = 0

    def tick(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress("checking", done, total)

    with restored_context():
        return [check(result, points, tick) for result in results]


def check(result: Result, points: Points, tick: Callable[[int], None]) -> Result:
    """The result with a verdict for its value and each of its derivatives at every point.

    The value of an equation's difference has none. `tick` gets after each point how many numbers have been judged.
    """
    count, dtype = len(result.value), str(result.value.dtype)
    names = result.expression.variables
    if custom_functions(result):
        tick(count * (1 + len(result.derivatives)))
        return _unjudged(result)
    tape = record(result.expression.expanded, names)
    derivatives = {key: derivative_asked(key, result) for key in result.derivatives if key not in result.sums}
    tapes = [record(function.expanded, tuple(result.at)) for function in result.functions]
    values = None if result.dependent else Verdicts.empty(count)
    columns = {key: Verdicts.empty(count) for key in result.derivatives}
    nowhere = np.flatnonzero(~result.finite).tolist()
    for column in (*columns.values(), *([] if values is None else [values])):
        for point in nowhere:
            column.put(point, Verdict("undefined", message=NOWHERE))
    tick(len(nowhere) * (1 + len(columns)))
    for point in np.flatnonzero(result.finite).tolist():
        site = Site(result.expression, tape, coordinates(result.at, points, names, point), result.engine)
        for key, derivative in derivatives.items():
            printed = float(result.derivatives[key][point])
            columns[key].put(point, judge(Question(site, derivative, printed, dtype)))
        if result.sums:
            at = coordinates(result.at, points, result.at, point)
            pairs = zip(result.functions, tapes, strict=True)
            sites = [Site(function, each, at, result.engine) for function, each in pairs]
            for key, total in result.sums.items():
                question = SumQuestion(summed_terms(total, sites), float(result.derivatives[key][point]), dtype)
                columns[key].put(point, within_time(sum_verdict, question, _judged))
        if values is not None:
            values.put(point, judge(Question(site, Derivative(), float(result.value[point]), dtype)))
        tick(1 + len(columns))
    return replace(result, verdicts=columns, value_verdicts=values)


def custom_functions(result: Result) -> list[str]:
    """The user's own functions in what is differentiated."""
    expressions = [result.expression, *result.functions]
    return list(dict.fromkeys(name for each in expressions for name in each.custom_functions))


def _unjudged(result: Result) -> Result:
    custom = custom_functions(result)
    names = " and ".join(f"'{name}'" for name in custom)
    are = "is" if len(custom) == 1 else "are"
    verdict = Verdict("unchecked", message=f"{names} {are} code, which deriv check-fn checks")
    columns = {key: Verdicts.empty(len(result.value)) for key in result.derivatives}
    for column in columns.values():
        for point in range(len(result.value)):
            column.put(point, verdict)
    return replace(result, verdicts=columns)


def derivative_asked(key: str, result: Result) -> Derivative:
    """The derivative that a key of a result stands for; the last variable of a partial is taken first."""
    partial = partial_of(key)[::-1]
    if result.direction is None:
        return Derivative(partial, dependent=result.dependent)
    vector = coordinates(result.direction.at, result.direction, result.direction.at, 0)
    return Derivative(partial, vector)


def judge(question: Question) -> Verdict:
    """The verdict of one number, within its time."""
    return within_time(_judged, question)


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


def _judged(question: Question) -> Verdict:
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
