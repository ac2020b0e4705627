"""The calculation from text to numbers, in its order: definitions, expressions, engine, points, check.

A `Job` is all that precedes the points, done once; it computes any part of them, for arrays of all or for a stream.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

from derivcli.check.limits import is_checked
from derivcli.engines.engine_table import Engine, engine_for, engine_named, faster_forms
from derivcli.engines.non_finite import without_coefficients, without_numbers
from derivcli.engines.task import UnavailableError
from derivcli.errors import DerivError, Span, failure
from derivcli.flag_table import FLAG_TABLE
from derivcli.request import NOTHING, Formula, Named, text_in
from derivcli.result import DEVICES, DTYPES
from derivcli.validation import (
    Known,
    check_dependent,
    check_fits,
    check_held,
    check_range,
    check_values,
    check_written,
    check_wrt,
    only_variable,
    variables_of,
)

if TYPE_CHECKING:
    from derivcli.engines.task import Prepared, Progress, Task
    from derivcli.engines.torch.backward import OffTheCurve
    from derivcli.language.expression import Expression
    from derivcli.points.at_option import Interval
    from derivcli.points.points import Points
    from derivcli.request import Wanted
    from derivcli.result import Partial, Result, SeriesResult, SymbolicResult

Beside = TypeVar("Beside")


@dataclass(frozen=True, slots=True)
class Job:
    """A task and the engine prepared for it; `remark` says why this is not the engine that was asked for."""

    task: Task
    wanted: Wanted
    engine: Engine
    prepared: Prepared
    remark: str = ""
    off: tuple[OffTheCurve, ...] = ()
    """What tells which points are not on the curve, for each equation."""

    @property
    def expressions(self) -> Sequence[Expression]:
        """The formulas or equations."""
        return self.task.expressions

    @property
    def names(self) -> Sequence[str]:
        """The variables that the points have to have."""
        return self.task.names

    @property
    def numbers(self) -> int:
        """How many derivatives there are at each point."""
        return len(self.expressions) * len(self.task.partials)

    @property
    def size(self) -> int:
        """How many points are computed at a time."""
        from derivcli.engines.chunks import size_of

        return size_of(self.prepared, self.numbers + len(self.expressions))

    def run(self, points: Points, progress: Progress | None = None) -> list[Result]:
        """The results at some points, which may share memory with these."""
        import numpy as np

        layout = self.wanted.layout
        at = {name: points.at[name] for name in self.names}  # engines know the variables by their places
        check_fits(at, self.task.dtype)
        with own_failures(self.expressions):
            found = self.prepared.run(at, progress)
        results = [replace(result, engine=self.engine.name, layout=layout, remark=self.remark) for result in found]
        for place, off in enumerate(self.off):
            bits = np.where(off(results[place].at), np.uint8(FLAG_TABLE["off"].mask), np.uint8(0))
            results[place] = replace(results[place], flags=results[place].flags | bits)
        return without_numbers(results)


@contextmanager
def own_failures(expressions: Sequence[Expression]) -> Iterator[None]:
    """Refuse what a user's own functions raise, which is no error of ours."""
    try:
        yield
    except (Exception, SystemExit) as error:
        names = dict.fromkeys(name for expression in expressions for name in expression.own)
        if isinstance(error, DerivError) or not names:
            raise
        late = isinstance(error, ModuleNotFoundError)
        hint = "import it at the head of the file" if late else "deriv check-fn FILE.py:NAME tells more of it"
        raise DerivError(f"{' or '.join(names)} fails: {failure(error)}", hint=hint) from error


def derive_at(
    points: Points,
    expressions: Sequence[Formula],
    wanted: Wanted,
    named: Named = NOTHING,
    dtype: str = "float64",
    check: bool | None = None,
    progress: Progress | None = None,
    device: str = "cpu",
) -> list[Result]:
    """Values and derivatives of several expressions at the same points, in arrays, with their verdicts.

    With a dependent variable the expressions are equations.
    """
    job = prepare(Known(points.names), expressions, wanted, named, dtype, device=device)
    check_held(points.count)
    check_range(points, dtype)
    return compute(job, points, is_checked(check, points.count * job.numbers), progress)


def prepare(
    known: Known,
    expressions: Sequence[Formula],
    wanted: Wanted,
    named: Named = NOTHING,
    dtype: str = "float64",
    device: str = "cpu",
    progress: Progress | None = None,
) -> Job:
    """The job that values and derivatives of several expressions are."""
    task = read(known, expressions, wanted, named, dtype, device)
    engine, remark = engine_for(task.partials, wanted.engine, device), ""
    try:
        prepared = _prepared(engine, task, progress)
    except UnavailableError as reason:
        engine = engine_named(engine.faster_form_of)
        prepared, remark = engine.prepare(task), f"{reason}: computed by {engine.short}"
    off = _off_the_curves(task.expressions, task.names, dtype) if wanted.dependent else ()
    return Job(task, wanted, engine, prepared, remark, off)


def read(
    known: Known,
    expressions: Sequence[Formula],
    wanted: Wanted,
    named: Named = NOTHING,
    dtype: str = "float64",
    device: str = "cpu",
) -> Task:
    """What is asked for, read and found to fit together."""
    declared = {*known.given, *known.declared, *wanted.names}
    try:
        parsed = _parse_all(expressions, declared, named, bool(wanted.dependent))
    except DerivError as error:
        if error.undeclared and known.offered:
            error.hint = (f"{error.guess} Or " if error.guess else "") + known.way_out(error.undeclared)
        raise
    variables = variables_of(parsed)
    taken = [name for name in known.offered if name in variables or name in wanted.names]
    names = (*known.given, *taken)
    check_values(parsed, variables, names, {*wanted.names, *taken}, known.way_out)
    if dtype not in DTYPES:
        raise DerivError(f"'{dtype}' is not a number format", hint=f"choose {' or '.join(DTYPES)}")
    if device not in DEVICES:
        raise DerivError(f"'{device}' is no device", hint=f"choose {' or '.join(DEVICES)}")
    partials = _partials(wanted, variables, names, parsed)
    from derivcli.engines.task import Task

    return Task(parsed, names, partials, dtype, wanted.along, wanted.dependent, device)


def quickest(job: Job, part: Points, count: int | None, progress: Progress | None = None) -> Job:
    """The job with a compiled kernel where that is quicker for so many points, going by what some of them take."""
    faster = [] if count is None or job.wanted.engine else faster_forms(job.engine, count)
    if count is None or not faster:
        return job
    from derivcli.engines.chunks import one_thread, workers

    with one_thread():
        job.run(part)
        start = time.perf_counter()
        job.run(part)
    seconds = (time.perf_counter() - start) / part.count / workers(job.prepared.threads)
    for engine in faster:
        if engine.pays(count, seconds):
            with suppress(UnavailableError):
                return replace(job, engine=engine, prepared=_prepared(engine, job.task, progress))
    return job


def _prepared(engine: Engine, task: Task, progress: Progress | None) -> Prepared:
    """The engine prepared for the task; whoever waits is told of it."""
    if engine.preparing and progress is not None:
        progress(engine.preparing, 0, None)
    return engine.prepare(task)


def compute(job: Job, points: Points, check: bool, progress: Progress | None = None) -> list[Result]:
    """The results of a job at all points, in arrays, with verdicts where they are to be checked."""
    from derivcli.engines.chunks import whole

    job = quickest(job, next(points.parts(job.size)), points.count, progress)
    results = whole(job.run, points, job.size, job.prepared.threads, progress)
    return judged(results, points, progress) if check else results


def stream(
    parts: Iterable[tuple[Points, Beside]], job: Job, count: int | None = None, progress: Progress | None = None
) -> Iterator[tuple[Points, Beside, list[Result]]]:
    """The results of a job at parts of the points, `count` in all if that is known; several are computed at once.

    They may share memory with the points. What stands beside the points comes along.
    """
    from derivcli.engines.chunks import in_order, workers

    parts = iter(parts)
    head = list(islice(parts, 1))
    if head:
        job = quickest(job, head[0][0], count, progress)

    def work(part: tuple[Points, Beside]) -> tuple[Points, Beside, list[Result]]:
        return *part, job.run(part[0])

    yield from in_order(work, chain(head, parts), workers(job.prepared.threads))


def judged(results: Sequence[Result], points: Points, progress: Progress | None = None) -> list[Result]:
    """The results with verdicts."""
    from derivcli.check.judge import check_all

    return check_all(results, points, progress)


def derive_formulas(expressions: Sequence[Formula], wanted: Wanted, named: Named = NOTHING) -> list[SymbolicResult]:
    """The derivatives of several expressions as formulas."""
    parsed = _parse_all(expressions, wanted.names, named, bool(wanted.dependent))
    variables = variables_of(parsed)
    if wanted.engine:
        raise DerivError("an engine computes numbers, and there are no points", hint="add some, as in --at x=3")
    if not wanted.by(variables) and not wanted.dependent:
        source = parsed[0].source
        message = "there is no variable to differentiate by"
        raise DerivError(message, source, Span(0, len(source)), "name one, as in --wrt x")
    partials = _partials(wanted, variables, [], parsed)
    from derivcli.explain.piecewise.piecewise_derivative import derivatives

    return [
        replace(derivatives(expression, partials, wanted.along, wanted.dependent), layout=wanted.layout)
        for expression in parsed
    ]


def series_at(
    points: Points,
    expressions: Sequence[Formula],
    wanted: Wanted,
    interval: Interval | None = None,
    named: Named = NOTHING,
    dtype: str = "float64",
    check: bool | None = None,
    progress: Progress | None = None,
) -> list[SeriesResult]:
    """The Taylor polynomials of several expressions about the same points, in the variable wanted or in their only one.

    With an `interval` of that variable the remainder there is enclosed.
    """
    assert wanted.series is not None, "a series has a degree"
    parsed, by = series_of(points, expressions, wanted, named, dtype)
    check_written(parsed)
    if interval is not None and interval.variable != by:
        hint = f"write it like --on {by}=0:1"
        raise DerivError(f"the series is in '{by}', and the interval is one of '{interval.variable}'", hint=hint)
    from derivcli.engines.taylor import engine

    results = [without_coefficients(each) for each in engine.series(parsed, points, by, wanted.series, dtype)]
    if is_checked(check, sum(result.coefficients.size for result in results)):
        from derivcli.check.taylor_coefficients import check_series

        results = [check_series(result, progress) for result in results]
    if interval is None:
        return results
    from derivcli.check.taylor_remainder import remainders

    bounded = [replace(result, interval=(interval.low, interval.high)) for result in results]
    return [replace(result, remainder=remainders(result)) for result in bounded]


def series_of(
    points: Points, expressions: Sequence[Formula], wanted: Wanted, named: Named, dtype: str
) -> tuple[list[Expression], str]:
    """The formulas of a series and its variable; everything that does not fit together is refused."""
    parsed = _parse_all(expressions, {*points.names, *wanted.names}, named)
    variables = variables_of(parsed)
    check_values(parsed, variables, points.names, wanted.names)
    check_range(points, dtype)
    by = only_variable(wanted.by(variables or points.names), parsed)
    check_wrt([by], dict.fromkeys([*variables, *points.names]), parsed)
    return parsed, by


def _off_the_curves(equations: Sequence[Expression], names: Sequence[str], dtype: str) -> tuple[OffTheCurve, ...]:
    """What tells for each equation which points do not solve it."""
    from derivcli.engines.torch import backward

    return tuple(backward.off_the_curve(equation, names, dtype) for equation in equations)


def _parse_all(
    expressions: Sequence[Formula], declared: Collection[str], named: Named, equations: bool = False
) -> list[Expression]:
    from derivcli.language.definitions import read_definitions
    from derivcli.language.equation import parse_equation
    from derivcli.language.parse import parse_expression

    definitions = read_definitions(named.formulas, declared, named.functions)
    read = parse_equation if equations else parse_expression
    given = map(text_in, expressions)
    return [read(each, declared, definitions, named.functions) if isinstance(each, str) else each for each in given]


def _partials(
    wanted: Wanted, variables: Sequence[str], given: Sequence[str], expressions: Sequence[Expression]
) -> list[Partial]:
    """The derivatives of expressions in these variables, where these are given values."""
    known = dict.fromkeys([*variables, *given])
    partials = wanted.partials(variables or given)
    check_wrt(wanted.by(variables or given), known or wanted.names, expressions)
    if wanted.dependent:
        check_dependent(wanted.dependent, partials, expressions)
    return partials
