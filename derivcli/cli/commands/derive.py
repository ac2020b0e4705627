"""The main command: expressions to formulas, a table of numbers, a stream of them, or a picture."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from derivcli import pipeline
from derivcli.atomic_file import check_output, check_target, replacing, write_whole
from derivcli.check.elasticity import with_elasticities
from derivcli.check.exit_difference import results_differ
from derivcli.check.limits import is_checked
from derivcli.cli import kernel_cache, terminal
from derivcli.cli.answer import Answer
from derivcli.cli.code_option import write_code
from derivcli.cli.notes import notes_of, tell
from derivcli.cli.option_declaration import taking
from derivcli.cli.options import MainOptions
from derivcli.cli.picture_options import check_picture_options, destination_in, look_in, sight_in
from derivcli.cli.picture_output import put_picture
from derivcli.cli.point_source import PointSource, opened
from derivcli.cli.printing import STANDARD_OUTPUT
from derivcli.cli.progress import PATIENCE, progress
from derivcli.cli.streaming import CHECKED_PART_POINTS, Streaming, data_sink, points_done_in_errors, printing, summary
from derivcli.cli.table_or_stream import Output, Write, check_columns, is_streamed, output_of, points_read_ahead
from derivcli.cli.terminal import Screen
from derivcli.cli.total_output import write_total
from derivcli.engines.engine_table import engine_named, faster_forms
from derivcli.errors import DerivError, ExitStatus, draw_note, file_name, visible
from derivcli.optional_points import without_unused
from derivcli.pictures.picture_files import PAGE, SUFFIXES
from derivcli.pipeline import Job, compute, exact, judged
from derivcli.render.format_table import FORMATS, default_format, write
from derivcli.request import Request
from derivcli.result import AnyResult
from derivcli.totals import by_parameters
from derivcli.uncertainty.propagate_results import propagate

if TYPE_CHECKING:
    from derivcli.picture_plans import Sight
    from derivcli.pictures.scene import Scene


@taking(MainOptions)
def deriv(options: MainOptions) -> None:
    """Differentiate expressions with PyTorch's backward(), at points or as formulas.

    Without --at and --data the derivatives are printed as formulas.
    """
    if options.engine and engine_named(options.engine.value).preparing:
        kernel_cache.keep_kernels(os.environ)
    screen, show = terminal.screen(os.environ), partial(terminal.show, sys.stdout)
    with terminal.aside(bool(options.use)):
        answer = evaluate(options.request(), options, screen, show)
    sys.stdout.flush()
    for note in (*answer.notes, *kernel_cache.remarks()):
        tell(note)
    if answer.differs:
        raise typer.Exit(ExitStatus.DIFFERENCE)


def evaluate(request: Request, options: MainOptions, screen: Screen, write: Write) -> Answer:
    """The answer to a request, whose output is written."""
    unused: list[str] = []
    if request.data is None:
        request, unused = without_unused(request)
    check_columns(request, options)
    if options.code and (request.total or request.elasticity):
        raise DerivError("code computes derivatives, no totals and elasticities", hint="add them up in the script")
    if options.code:
        return _with_notes(Answer(write_code(request, options, write)), unused)
    output = output_of(request, options, screen, write)
    if request.total:
        _check_total(request, options)
        request = by_parameters(request)
    _check(request, output)
    drawn = [f"note: {note}" for note in unused]
    drawn += _picture(request, output) if options.is_drawn else []
    if options.is_drawn and options.format_ is None and options.output is None:
        return Answer(drawn)
    answer = _printed(request, output)
    return replace(answer, notes=[*drawn, *answer.notes])


def _picture(request: Request, output: Output) -> list[str]:
    """Draw what is asked for; what there is to say of it."""
    from derivcli.picture_plans import scene
    from derivcli.pictures.picture import Picture

    options, look = output.options, look_in(output.options)
    is_page = options.plot is not None and options.plot.suffix.lower() == f".{PAGE}"
    sight = sight_in(options, look, tips=is_page)
    notes: list[str] = []
    if request.data is not None:
        found, notes = _scene_of_file(request, options, sight)
    else:
        with progress():
            found = scene(request, sight)
    screen = (output.terminal, output.style)
    return [*notes, *put_picture(Picture(found, look), destination_in(options), screen, output.write)]


def _scene_of_file(request: Request, options: MainOptions, sight: Sight) -> tuple[Scene, list[str]]:
    """The scene with the rows of data files in it, and what there is to say of these."""
    from derivcli.file_picture_plans import scene_of_file

    with opened(request) as (source, request), progress() as report:
        assert source.data is not None, "there are files"
        _check_files(options, source.data.paths)
        found = scene_of_file(request, sight, source.data, report)
        return found, [f"note: {note}" for note in source.notes]


def _printed(request: Request, output: Output) -> Answer:
    """The answer in formulas or numbers."""
    options = output.options
    if request.moving or request.tangent:
        return _curve(request, output)
    if not request.has_points:
        return _whole(request, output, pipeline.formulas(request))
    with opened(request) as (source, request):
        _check_files(options, source.data.paths if source.data else ())
        if request.series is not None:
            with progress() as report:
                results = pipeline.series(request, report)
            return _with_notes(_whole(request, output, results), source.notes)
        with progress() as report:
            job = pipeline.prepare(request, source.data, report)
        if source.data is not None:
            source.data.check_used(job.task.names)
        answer = _numbers(output, source, job)
        hidden = source.data.hidden_constants(job.task.names) if source.data is not None else []
        return _with_notes(answer, [*source.notes, *map(visible, hidden)])


def _with_notes(answer: Answer, notes: Iterable[str]) -> Answer:
    return replace(answer, notes=[*(f"note: {note}" for note in notes), *answer.notes])


def _numbers(output: Output, source: PointSource, job: Job) -> Answer:
    from derivcli.render.tally import Tally

    request, tally = job.request, Tally(output.style)
    with points_done_in_errors(tally, output.unfinished):
        size = min(CHECKED_PART_POINTS, job.size) if request.check else job.size
        enough = points_read_ahead(output, request, job.numbers)
        parts, count = source.counted(job.task.names, size, output.passes_columns, enough)
        if count is not None and faster_forms(job.engine, count):
            kernel_cache.keep_kernels(os.environ)
        check = is_checked(request.check, None if count is None else count * job.numbers)
        if request.total:
            return write_total(output, Streaming(job, source, parts, check, tally))
        if is_streamed(output, source, count):
            return _streamed(output, Streaming(job, source, parts, check, tally))
    points = source.whole(parts)
    with progress() as report:
        results = compute(job, points, report)
        results = judged(results, points, report) if check else results
        results = propagate(results, points, request.correlations, job.task.hidden, check, report)
        results = with_elasticities(results, points, request.elasticity)
        return _whole(request, output, exact(results, points, request.exact))


def _streamed(output: Output, streaming: Streaming) -> Answer:
    source, tally, options = streaming.source, streaming.tally, output.options
    if output.data is not None and options.output is not None:
        with (
            replacing(options.output, options.clobber) as file,
            data_sink(file, output.data, source, tally, output.columns) as sink,
        ):
            streaming.run(sink, bar=True)
        done = [summary(f"wrote {file_name(options.output)}", tally)]
    else:
        lines = default_format("results", terminal=False) if output.is_unasked_table else output.format
        with printing(output.write, lines, source, tally, output.columns) as sink:
            streaming.run(sink, bar=not output.terminal)
        done = [summary("done", tally)] if time.perf_counter() - tally.start > PATIENCE else []
    job = streaming.job
    remarks = dict.fromkeys(note for expression in job.task.expressions for note in expression.notes)
    said = [*map(draw_note, remarks), *filter(None, [job.remark]), *tally.notes()]
    notes = [f"note: {note}" for note in said]
    return Answer(notes + done, job.request.check is True and tally.differs)


def _check(request: Request, output: Output) -> None:
    options = output.options
    check_picture_options(options)
    if (
        request.data is not None
        and "-" in request.data.paths
        and options.is_drawn
        and (options.format_ or options.output)
    ):
        hint = "ask for one of the two, or put the rows into a file"
        raise DerivError("standard input can be read once, and a picture and numbers are asked for", hint=hint)
    has_file = options.plot not in (None, STANDARD_OUTPUT)
    if options.plot is not None and has_file:
        check_target(options.plot, SUFFIXES)
    _check_files(options)
    if not options.clobber and not has_file and options.output is None:
        raise DerivError("--no-clobber is for files that are written", hint="add --output FILE, or leave it out")
    if output.data is not None and options.plot is not None:
        hint = "ask for one with --plot, then for the other with --output"
        raise DerivError("a picture and a data file are not made in one go", hint=hint)
    if output.data is not None and options.digits is not None and output.data.name not in FORMATS:
        raise DerivError("such a file holds every digit of a number", hint="leave out --digits")


def _check_total(request: Request, options: MainOptions) -> None:
    if options.is_drawn:
        raise DerivError(f"a picture shows points, and --{request.total} adds them up", hint="leave out one of the two")
    if options.keep is not None:
        what = f"--{request.total} makes one row of all, which has no columns of the input"
        raise DerivError(what, hint="leave out --keep")


def _check_files(options: MainOptions, inputs: Sequence[Path] = ()) -> None:
    for path in (options.plot, options.output):
        if path is not None and path != STANDARD_OUTPUT:
            check_output(path, inputs, options.clobber)
    if options.plot is not None and options.output is not None and options.plot.resolve() == options.output.resolve():
        raise DerivError("--plot and --output name one file", hint="write into two")


def _curve(request: Request, output: Output) -> Answer:
    from derivcli import curve_plans
    from derivcli.render.curves import curve_differs, curve_notes
    from derivcli.render.documents.curves import curve_document

    with progress() as report:
        found = curve_plans.tangents(request, report) if request.tangent else curve_plans.curve(request, report)
    options, style, name = output.options, output.style, output.format
    text, done = write(curve_document(found, style), name, style), []
    if options.output is not None:
        write_whole(options.output, text.encode(), options.clobber)
        done.append(f"wrote {file_name(options.output)}")
    else:
        output.write(text, FORMATS[name].is_colored)
    points = request.points.notes if request.points is not None else []
    notes = [*map(draw_note, points), *curve_notes(found, style, FORMATS[name])]
    return Answer([*(f"note: {note}" for note in notes), *done], request.check is True and curve_differs(found))


def _whole(request: Request, output: Output, results: Sequence[AnyResult]) -> Answer:
    from derivcli.render.results import render

    options, style, name = output.options, output.style, output.format
    done = []
    if options.output is not None:
        write_whole(options.output, render(results, name, style).encode(), options.clobber)
        done.append(f"wrote {file_name(options.output)}")
    else:
        output.write(render(results, name, style), FORMATS[name].is_colored)
    notes = notes_of(results, style, FORMATS[name])
    return Answer(notes + done, request.check is True and results_differ(results))
