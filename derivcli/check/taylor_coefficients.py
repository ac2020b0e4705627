"""Verdicts of the coefficients of Taylor polynomials: one series of the formula is the truth of all."""

from __future__ import annotations

from dataclasses import replace

from flint import arb

from derivcli.check.accuracy import accuracy_verdict
from derivcli.check.enclosure import PRECISION_BITS, Question, Site, Truth, is_narrow, restored_context
from derivcli.check.judge import VERDICT_SECONDS, coordinates, judge, within_time
from derivcli.check.singular_points import ends, none_after
from derivcli.check.verdict import NOWHERE, Verdict, Verdicts
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import evaluate
from derivcli.engines.balls.partials import ONE, Derivative
from derivcli.engines.balls.tape import Tape, record
from derivcli.engines.task import Progress
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.result import SeriesResult


def check_series(result: SeriesResult, progress: Progress | None = None) -> SeriesResult:
    """The polynomials with a verdict for each coefficient; `progress` gets how many of how many are done."""
    expression, (count, terms) = result.expression, result.coefficients.shape
    tape = record(expression.expanded, expression.variables)
    columns = tuple(Verdicts.empty(count) for _ in range(terms))
    with restored_context():
        for point in range(count):
            for column, verdict in zip(columns, _verdicts(result, tape, point), strict=True):
                column.put(point, verdict)
            if progress is not None:
                progress("checking", (point + 1) * terms, count * terms)
    return replace(result, verdicts=columns)


def _verdicts(result: SeriesResult, tape: Tape, point: int) -> list[Verdict]:
    if not result.finite[point]:
        return [Verdict("undefined", message=NOWHERE)] * result.coefficients.shape[1]
    names = result.expression.variables
    site = Site(result.expression, tape, coordinates(result.at, result.points, names, point), "taylor")
    dtype = str(result.coefficients.dtype)
    questions = [
        Question(site, Derivative((result.variable,) * order, coefficient=True), float(printed), dtype)
        for order, printed in enumerate(result.coefficients[point])
    ]
    try:
        truths = limited(VERDICT_SECONDS, coefficients, site, result.variable, len(questions) - 1)
    except OutOfTimeError:
        return [Verdict("unchecked", message=f"they take longer than {VERDICT_SECONDS:g} seconds")] * len(questions)
    except TouchError:
        return _one_by_one(questions)
    return [within_time(_compared, question, truth) for question, truth in zip(questions, truths, strict=True)]


def _compared(question: Question, truth: Truth | None) -> Verdict:
    if truth is None:
        raise UnsureError
    return accuracy_verdict(question, truth)


def coefficients(site: Site, variable: str, degree: int) -> list[Truth | None]:
    """The true coefficients about a point, as narrow balls; None where the highest precision gives no such one.

    Raises TouchError where the formula has no series.
    """
    found: list[Truth | None] = [None] * (degree + 1)
    for precision in PRECISION_BITS:
        run = site.run({variable: (ONE,)}, degree, precision, final=precision == PRECISION_BITS[-1])
        try:
            balls: list[arb] = evaluate(run, site.at)
        except UnsureError:
            continue
        for order, ball in enumerate(balls):
            if found[order] is None and is_narrow(ball):
                found[order] = Truth(ball, run.rigorous)
        if all(found):
            break
    return found


def _one_by_one(questions: list[Question]) -> list[Verdict]:
    """The verdicts where there is no series; where a derivative does not exist none of higher order does."""
    found: list[Verdict] = []
    last: tuple[Verdict, str] | None = None
    for order, question in enumerate(questions):
        found.append(judge(question) if last is None else none_after(*last, question.printed))
        if last is None and order > 0 and ends(found[-1]):
            last = found[-1], f"at order {order}"
    return found
