"""A verdict for every number of results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from derivcli.check.enclosure import Question, Site, restored_context
from derivcli.check.judge import coordinates, derivative_asked, judge, judged, within_time
from derivcli.check.sums import SumQuestion, sum_verdict, summed_terms
from derivcli.check.verdict import NOWHERE, Verdict, Verdicts
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.balls.tape import record
from derivcli.engines.task import Progress
from derivcli.points.points import Points
from derivcli.result import Result


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
    if custom_functions(result):
        tick(count * (1 + len(result.derivatives)))
        return _unjudged(result)
    values = None if result.dependent else Verdicts.empty(count)
    columns = {key: Verdicts.empty(count) for key in result.derivatives}
    nowhere = np.flatnonzero(~result.finite).tolist()
    for column in (*columns.values(), *([] if values is None else [values])):
        for point in nowhere:
            column.put(point, Verdict("undefined", message=NOWHERE))
    tick(len(nowhere) * (1 + len(columns)))
    sites = _sites(result, points)
    asked = {key: derivative_asked(key, result) for key in result.derivatives}
    for point in np.flatnonzero(result.finite).tolist():
        own, functions = sites(point)
        for key, column in columns.items():
            printed = float(result.derivatives[key][point])
            if key in result.sums:
                question = SumQuestion(summed_terms(result.sums[key], functions), printed, dtype)
                column.put(point, within_time(sum_verdict, question, judged))
            else:
                column.put(point, judge(Question(own, asked[key], printed, dtype)))
        if values is not None:
            values.put(point, judge(Question(own, Derivative(), float(result.value[point]), dtype)))
        tick(1 + len(columns))
    return replace(result, verdicts=columns, value_verdicts=values)


def _sites(result: Result, points: Points) -> Callable[[int], tuple[Site, list[Site]]]:
    """What gives for a point the formula there, and the formulas of which there are sums."""
    names = result.expression.variables
    own = record(result.expression.expanded, names)
    tapes = [record(function.expanded, tuple(result.at)) for function in result.functions]

    def at_point(point: int) -> tuple[Site, list[Site]]:
        site = Site(result.expression, own, coordinates(result.at, points, names, point), result.engine)
        whole = coordinates(result.at, points, result.at, point) if tapes else {}
        pairs = zip(result.functions, tapes, strict=True)
        return site, [Site(function, tape, whole, result.engine) for function, tape in pairs]

    return at_point


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
