"""The stages from text to output, in their order: parse, fit together, engine, results, verdicts.

`numbers` has them all. A stream has the first three once, in `prepare`, and the others for each part of its points.
Formulas, series, ledgers, scripts and claims go other ways from the second stage on.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from derivcli.check.elasticity import with_elasticities
from derivcli.check.limits import MAX_TYPED_POINTS, is_checked, is_exact
from derivcli.custom.loading.failures import user_failures
from derivcli.engines.engine_table import Engine, engine_for, engine_named, faster_forms
from derivcli.engines.non_finite import without_coefficients, without_numbers
from derivcli.engines.sums import summed
from derivcli.engines.task import Task, UnavailableError
from derivcli.errors import DerivError, UnknownNameError
from derivcli.flag_table import FLAG_TABLE
from derivcli.language import limits
from derivcli.totals import by_parameters, totalled
from derivcli.uncertainty.propagate_results import propagate
from derivcli.validation import (
    USUAL,
    arguments_of,
    check_axes,
    check_claimed,
    check_defined,
    check_dependent,
    check_first,
    check_fits,
    check_integrals,
    check_known,
    check_named,
    check_not_code,
    check_values,
    check_written,
    check_wrt,
    equation_hint,
    only_partial,
    only_variable,
    sums_asked,
    variables_of,
    way_out,
)

if TYPE_CHECKING:
    from derivcli.engines.task import Prepared, Progress
    from derivcli.engines.torch.backward import OffTheCurve
    from derivcli.explain.answer.answer import Answer
    from derivcli.explain.ledger import Ledger
    from derivcli.explain.steps.derivation import Derivation
    from derivcli.language.expression import Expression
    from derivcli.points.files.data_files import DataFiles
    from derivcli.points.points import Part, Points
    from derivcli.request import Request
    from derivcli.result import Result, SeriesResult, SymbolicResult


@dataclass(frozen=True, slots=True)
class Job:
    """A request whose formulas are parsed, and the engine prepared for it, before any point is looked at.

    `remark` says why this is not the engine that was asked for.
    """

    request: Request
    task: Task
    engine: Engine
    prepared: Prepared
    remark: str = ""
    off: tuple[OffTheCurve, ...] = ()
    """What tells which points are not on the curve, for each equation."""

    @property
    def numbers(self) -> int:
        """How many derivatives there are at each point."""
        asked = sum(map(len, self.task.sums))
        return asked or len(self.task.expressions) * len(self.task.partials)

    @property
    def size(self) -> int:
        """How many points are computed at a time."""
        from derivcli.engines.chunks import size_of

        return size_of(self.prepared, self.numbers + len(self.task.expressions))

    def run(self, points: Points, progress: Progress | None = None) -> list[Result]:
        """The results at some points, which may share memory with these."""
        import numpy as np

        at = {name: points.at[name] for name in self.task.names}  # engines know the variables by their places
        check_fits(at, self.task.dtype)
        with user_failures(self.task.expressions):
            found = self.prepared.run(at, progress)
        layout = self.request.layout
        with np.errstate(over="ignore"):  # what has no variables is computed in float64
            values = [result.value.astype(self.task.dtype, copy=False) for result in found]
        results = [
            replace(result, value=value, engine=self.engine.name, layout=layout, remark=self.remark)
            for result, value in zip(found, values, strict=True)
        ]
        for place, off in enumerate(self.off):
            bits = np.where(off(results[place].at), np.uint8(FLAG_TABLE["off"].mask), np.uint8(0))
            results[place] = replace(results[place], flags=results[place].flags | bits)
        return without_numbers(summed(results, self.task.sums))


def numbers(request: Request, progress: Progress | None = None) -> list[Result]:
    """Values and derivatives at the points that were typed, in arrays, with their verdicts."""
    assert request.points is not None, "numbers are those at points"
    from derivcli.points.standard_uncertainties import with_sigma

    points = with_sigma(request.points, request.sigma)
    expressions = parse(request)
    request = by_parameters(request) if request.total else request
    task = fit_together(request, expressions)
    job = prepare_engine(request, task, progress)
    limits.check_points_held(points.count)
    results = compute(job, points, progress)
    check = is_checked(request.check, points.count * job.numbers)
    results = judged(results, points, progress) if check else results
    results = propagate(results, points, request.correlations, task.hidden, check, progress)
    results = with_elasticities(results, points, request.elasticity)
    if request.total:
        return totalled(results, request)
    return exact(results, points, request.exact)


def prepare(request: Request, data: DataFiles | None = None, progress: Progress | None = None) -> Job:
    """The stages before there are points: the columns of data files may give some."""
    return prepare_engine(request, fit_together(request, parse(request, data), data), progress)


def parse(request: Request, data: DataFiles | None = None) -> list[Expression]:
    """The formulas or equations, read with all names that are known."""
    from derivcli.language.definitions.definitions import read_definitions
    from derivcli.language.definitions.equation import parse_equation
    from derivcli.language.definitions.named_functions import parse_formula

    declared = {*(request.points.names if request.points else ()), *request.names, *_declared(request, data)}
    reader = parse_equation if request.dependent else parse_formula
    try:
        named = read_definitions(request.let, declared, request.functions)
        return [
            reader(each, declared, named.definitions, named.functions, request.functions)
            if isinstance(each, str)
            else each
            for each in request.expressions
        ]
    except UnknownNameError as error:
        if data is None or not data.variables or not error.undeclared:
            raise
        hint = (f"{error.guess} Or " if error.guess else "") + way_out(error.undeclared, data)
        raise error.with_hint(hint) from error


def _declared(request: Request, data: DataFiles | None) -> set[str]:
    """The variables that columns are. One that is called like a function is a variable only where that was said."""
    from derivcli.language.functions.table import vocabulary

    if data is None or request.data is None:
        return set()
    columns = {*data.variables, *data.ambiguous}
    return {name for name in columns if name not in vocabulary() or name in request.data.columns}


def fit_together(request: Request, expressions: list[Expression], data: DataFiles | None = None) -> Task:
    """What is to be computed, once formulas, variables and points are found to fit together."""
    request = request.with_asked(expressions)
    check_named(expressions)
    variables = variables_of(expressions)
    columns = data.variables if data is not None else ()
    taken = [name for name in columns if name in variables or name in request.names]
    names = (*(request.points.names if request.points else ()), *taken)
    check_defined(expressions)
    if request.has_points:
        check_known(expressions)
        check_values(expressions, variables, names, {*request.names, *taken}, data)
    free = arguments_of(expressions) or variables or names or ([] if request.has_points else [USUAL])
    by = request.by(free)
    axes = request.wrt if request.operator and request.wrt else ()  # a field need not depend on each of them
    known = dict.fromkeys([*variables, *names, *(() if request.has_points else axes)])
    if request.series is not None:
        by = [only_variable(by, expressions)]
    check_axes(axes, known, expressions, data)
    check_wrt(by, known or (() if request.series is not None else by), expressions)
    partials = request.partials(free)
    if request.dependent:
        check_dependent(request.dependent, partials, expressions)
    direction = request.along.at if request.along is not None else ()
    check_integrals(expressions, partials, direction, request.dependent, request.series or 0)
    sums = sums_asked(request.operator, expressions, by) if request.operator else ()
    hidden = [(name,) for name in request.uncertain if name in known and (name,) not in partials]
    task = Task(expressions, names, [*partials, *hidden], request.dtype, request.along, request.dependent)
    return replace(task, device=request.device, sums=sums, hidden=hidden)


def prepare_engine(request: Request, task: Task, progress: Progress | None = None) -> Job:
    """The engine that was asked for or that the order decides, or the one that computes in its place."""
    engine, remark = engine_for(task.partials, request.engine, request.device), ""
    try:
        prepared = _prepared(engine, task, progress)
    except UnavailableError as reason:
        engine = engine_named(engine.faster_form_of)
        prepared, remark = engine.prepare(task), f"{reason}: computed by {engine.short}"
    return Job(request, task, engine, prepared, remark, _off_the_curves(task))


def _prepared(engine: Engine, task: Task, progress: Progress | None) -> Prepared:
    """The engine prepared for the task. It reports its progress if that takes long."""
    if engine.preparing and progress is not None:
        progress(engine.preparing, 0, None)
    return engine.prepare(task)


def _off_the_curves(task: Task) -> tuple[OffTheCurve, ...]:
    """What tells for each equation which points do not solve it."""
    if not task.dependent:
        return ()
    from derivcli.engines.torch import backward

    return tuple(backward.off_the_curve(equation, task.names, task.dtype) for equation in task.expressions)


def quickest(job: Job, part: Points, count: int | None, progress: Progress | None = None) -> Job:
    """The job with a faster form of its engine where that pays for so many points, by the time that some take."""
    faster = [] if count is None or job.request.engine else faster_forms(job.engine, count)
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


def compute(job: Job, points: Points, progress: Progress | None = None) -> list[Result]:
    """The results of a job at all points, in arrays."""
    from derivcli.engines.chunks import whole

    part = points if points.count <= job.size else next(points.parts(job.size))
    job = quickest(job, part, points.count, progress)
    found = whole(job.run, points, job.size, job.prepared.threads, progress)
    typed = points.typed if points.count <= MAX_TYPED_POINTS else {}
    return [replace(result, typed=typed) for result in found] if typed else found


def stream(
    parts: Iterable[Part], job: Job, count: int | None = None, progress: Progress | None = None
) -> Iterator[tuple[Part, list[Result]]]:
    """The results of a job at parts of the points, `count` in all if that is known; several are computed at once.

    They may share memory with the points.
    """
    from derivcli.engines.chunks import in_order, workers

    parts = iter(parts)
    head = list(islice(parts, 1))
    if head and head[0].points.count:
        job = quickest(job, head[0].points, count, progress)

    def work(part: Part) -> tuple[Part, list[Result]]:
        return part, job.run(part.points)

    yield from in_order(work, chain(head, parts), workers(job.prepared.threads))


def judged(results: Sequence[Result], points: Points, progress: Progress | None = None) -> list[Result]:
    """The results with verdicts."""
    from derivcli.check.check_results import check_all

    return check_all(results, points, progress)


def exact(results: list[Result], points: Points, asked: bool | None) -> list[Result]:
    """The results with exact values, as asked for or where they are short and a point was typed as a formula."""
    if not is_exact(asked, points):
        return results
    from derivcli.explain.exact_values import exact_results

    return exact_results(results, points, bool(asked))


def formulas(request: Request) -> list[SymbolicResult]:
    """The derivatives as formulas."""
    task = fit_together(request, parse(request))
    from derivcli.explain.elasticity_formulas import with_elasticity_formulas
    from derivcli.explain.vector_formulas import formulas_of

    found = [replace(result, layout=request.layout) for result in formulas_of(task)]
    return with_elasticity_formulas(found) if request.elasticity else found


def series(request: Request, progress: Progress | None = None) -> list[SeriesResult]:
    """The Taylor polynomials about the points that were typed, in the variable asked for or in their only one."""
    from derivcli.language.parse import in_place

    assert request.points is not None, "a series has points"
    assert request.series is not None, "a series has a degree"
    task = fit_together(request, [in_place(each) for each in parse(request)])
    check_written(task.expressions)
    (((by, *_),), interval) = task.partials, request.interval
    if interval is not None and interval.variable != by:
        hint = f"write it like `--on {by}=0:1`"
        raise DerivError(f"the series is in '{by}', and the interval is one of '{interval.variable}'", hint=hint)
    from derivcli.engines.taylor import engine

    found = engine.series(task.expressions, request.points, by, request.series, task.dtype)
    results = [without_coefficients(result) for result in found]
    if is_checked(request.check, sum(result.coefficients.size for result in results)):
        from derivcli.check.taylor_coefficients import check_series

        results = [check_series(result, progress) for result in results]
    if is_exact(request.exact, request.points):
        from derivcli.explain.exact_values import exact_series

        results = exact_series(results, bool(request.exact))
    if interval is None:
        return results
    from derivcli.check.taylor_remainder import remainders

    bounded = [replace(result, interval=(interval.low, interval.high)) for result in results]
    return [replace(result, remainder=remainders(result)) for result in bounded]


def ledger(request: Request) -> Ledger:
    """The graph that PyTorch builds of a formula, at the points that were typed."""
    assert request.points is not None, "a ledger has points"
    request.check_certain()
    limits.check_ledger_points(request.points.count)
    with equation_hint("leave out what is before or behind the '=': a graph is that of a formula"):
        task = fit_together(request, parse(request))
    check_first(task.partials, task.expressions)
    from derivcli.explain.ledger_builder import ledger_of

    at = {name: request.points.at[name] for name in task.names}
    with user_failures(task.expressions):
        found = ledger_of(task.expressions[0], at, [name for (name,) in task.partials], task.dtype)
    results = without_numbers([found.result])
    if is_checked(request.check, request.points.count * len(task.partials)):
        results = judged(results, request.points)
    return replace(found, result=results[0])


def answer(request: Request, claim: str | Expression) -> Answer:
    """Whether a claim is the one derivative that is asked for."""
    from derivcli.explain.answer.judge_claim import judge_claim
    from derivcli.explain.answer.read_claim import read_claim
    from derivcli.explain.answer.unknown_claims import judge_unknown

    (expression,) = parse(request)
    check_not_code(expression)
    request = request.with_asked([expression])
    if isinstance(claim, str):
        free = expression.arguments or expression.variables or (USUAL,)
        found = read_claim(claim, expression, request.let, request.names, request.by(free), request.dependent)
    else:
        found = claim
    check_claimed(expression, found)
    request = request.with_asked([replace(expression, source=found.source, asked=found.asked)])
    found = replace(found, asked=())
    variables = expression.variables or (found.variables if len(found.variables) == 1 else ()) or (USUAL,)
    by = request.by(expression.arguments or variables)
    check_wrt(by, variables or by, [expression])
    partials = request.partials(expression.arguments or variables)
    partial = only_partial(partials, by, expression, bool(request.mixed), request.dependent)
    if not request.dependent and (expression.unknown_functions or found.unknown_functions):
        return judge_unknown(expression, found, partial)
    return judge_claim(expression, found, partial, request.names, request.dependent)


def derivations(request: Request) -> list[Derivation]:
    """How the derivatives are found, rule by rule."""
    from derivcli.explain.steps.derivation_builder import derivations
    from derivcli.explain.steps.sum_derivations import sum_derivations

    request.check_certain()
    if request.points is not None:
        limits.check_ledger_points(request.points.count)
    results = formulas(request)
    if any(result.sums for result in results):
        return sum_derivations(results, request.points)
    return [
        replace(one, place=place) for place, each in enumerate(results) for one in derivations(each, request.points)
    ]
