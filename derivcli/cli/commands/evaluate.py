"""The main command: expressions to a table of values and derivatives, to a stream of them, or to a picture."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from derivcli.check.exit_difference import results_differ
from derivcli.check.limits import MAX_NUMBERS_UNASKED, is_checked
from derivcli.cli.atomic_file import check_output, check_target, replacing, write_whole
from derivcli.cli.kernel_cache import keep_fonts, keep_kernels
from derivcli.cli.notes import notes_of
from derivcli.cli.options import Calculation, Showing
from derivcli.cli.point_source import Source, opened
from derivcli.cli.progress import PATIENCE, progress
from derivcli.cli.streaming import CHECKED, Streaming, data_sink, printing, summary, told_how_far
from derivcli.errors import DerivError, draw_note, file_name, visible

if TYPE_CHECKING:
    from derivcli.cli.terminal import Screen
    from derivcli.pipeline import Job
    from derivcli.points.files.formats import FileFormat
    from derivcli.render.columns import Style
    from derivcli.result import AnyResult, SeriesResult

Write = Callable[..., object]
"""Takes text for standard output, and whether it is colored."""

TELLING = ("table", "markdown")
"""Formats that say what the check found; for the others it goes to standard error."""

CARRYING = ("json",)
"""Formats that carry every verdict as data."""

DELIMITED = ("csv", "tsv")
"""Formats that are printed and are data files too."""

STREAMED = (*DELIMITED, "value")
"""Formats whose lines leave as they come."""

RENDERED = {".json": "json", ".md": "markdown", ".tex": "latex", ".txt": "table"}
"""The formats that an output's ending means, beside those of data files."""

MANY = 1_000
"""Points that are shown as a table on a terminal without being asked for; more are lines."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command came to beside its output: notes for standard error, a failed check."""

    notes: list[str] = field(default_factory=list)
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A job, how it is to be shown, and the format that results from all that was said: one of the two is set."""

    job: Calculation
    showing: Showing
    style: Style
    write: Write
    terminal: bool
    format: str = ""
    data: FileFormat | None = None


def evaluate(job: Calculation, showing: Showing, screen: Screen, write: Write) -> Answer:
    """The answer to a job, whose output is written."""
    from derivcli.render.columns import Style

    if showing.code:
        from derivcli.cli.code_option import write_code

        return Answer(write_code(job, showing, write))
    style = Style(showing.digits, screen.width, screen.color, screen.unicode, job.check is True)
    request = _formatted(Request(job, showing, style, write, screen.terminal))
    _check(request)
    if not job.has_points:
        return _whole(request, _formulas(job))
    with opened(job) as source:
        _check_files(showing, source.files)
        answer = _numbers(request, source)
        return replace(answer, notes=[*(f"note: {note}" for note in source.notes), *answer.notes])


def _formatted(request: Request) -> Request:
    """The request with its format: as asked for, by the output's name, or by where standard output goes."""
    showing = request.showing
    if showing.output is None:
        return replace(request, format=showing.format or ("table" if request.terminal else "tsv"))
    if str(showing.output) == "-":
        raise DerivError("an output is a file", hint="leave out --output to print")
    name = showing.format or RENDERED.get(showing.output.suffix.lower())
    style = replace(request.style, color=False, unicode=True)
    if name not in (None, *DELIMITED):
        return replace(request, style=style, format=name)
    from derivcli.points.files.formats import format_of

    found = format_of(str(showing.output), name, RENDERED)
    if request.job.has_points and request.job.wanted.series is None:
        return replace(request, style=style, data=found)
    if found.name not in STREAMED or found.compression:
        what = "formulas" if not request.job.has_points else "Taylor polynomials"
        raise DerivError(f"{what} are not written into such a file", hint="name a .csv, .tsv, .json, .md or .tex file")
    return replace(request, style=style, format=found.name)


def _numbers(request: Request, source: Source) -> Answer:
    """The answer where there are points."""
    from derivcli.validation import check_range

    check_range(source.typed, request.job.dtype)
    if request.job.wanted.series is not None:
        return _whole(request, _series(request.job, source))
    ready = _prepared(request.job, source)
    source.check_used(ready.names)
    answer = _computed(request, source, ready)
    remarks = [f"note: {visible(remark)}" for remark in source.remarks(ready.names)]
    return replace(answer, notes=[*remarks, *answer.notes])


def _prepared(job: Calculation, source: Source) -> Job:
    """The job made ready for the points of its source."""
    from derivcli.pipeline import prepare

    with progress() as tell:
        return prepare(source.known, job.expressions, job.wanted, job.named, job.dtype, job.device, tell)


def _computed(request: Request, source: Source, ready: Job) -> Answer:
    """The answer, computed as the points come or all at once."""
    from derivcli.engines.engine_table import faster_forms
    from derivcli.pipeline import compute
    from derivcli.render.tally import Tally

    tally = Tally(request.style)
    with told_how_far(tally, _target(request)):
        size = min(CHECKED, ready.size) if request.job.check else ready.size
        parts, count = source.counted(ready.names, size, _passes_on(request), _enough(request, ready.numbers))
        if count is not None and faster_forms(ready.engine, count):
            keep_kernels(os.environ)
        check = is_checked(request.job.check, None if count is None else count * ready.numbers)
        if _streams(request, source, count):
            if request.format == "table":
                request = replace(request, format="tsv")
            return _streamed(request, Streaming(ready, source, parts, check, tally))
    points = source.whole(parts)
    with progress() as tell:
        return _whole(request, compute(ready, points, check, tell))


def _enough(request: Request, numbers: int) -> int:
    """How many points are read before it is known that there are more than are judged, or shown, unasked."""
    judged = MAX_NUMBERS_UNASKED // max(1, numbers) if request.job.check is None else 0
    return max(judged, MANY if _shown_unasked(request) else 0)


def _passes_on(request: Request) -> bool:
    """Whether the columns of a file go along with the results, where they leave as they come."""
    return request.data is not None or request.format in DELIMITED or _shown_unasked(request)


def _shown_unasked(request: Request) -> bool:
    """Whether a table is shown that nobody asked for, where there are few enough points."""
    unasked = request.showing.format is None and request.showing.plot is None and request.showing.output is None
    return request.format == "table" and unasked


def _streams(request: Request, source: Source, count: int | None) -> bool:
    """Whether results leave as they come: into a data file, or as more lines than a table is made of unasked."""
    from derivcli.engines.chunks import CHUNK

    if request.data is not None:
        return True
    if request.showing.plot is not None:
        return False
    if request.format in STREAMED:
        return source.data is not None or count is None or count > CHUNK
    return _shown_unasked(request) and (count is None or count > MANY)


def _streamed(request: Request, streaming: Streaming) -> Answer:
    """The answer to a job whose results leave as they come."""
    source, tally, showing = streaming.source, streaming.tally, request.showing
    if request.data is not None and showing.output is not None:
        with replacing(showing.output, showing.clobber) as file, data_sink(file, request.data, source, tally) as sink:
            streaming.run(sink, bar=True)
        told = [summary(f"wrote {file_name(showing.output)}", tally)]
    else:
        with printing(request.write, request.format, source, tally) as sink:
            streaming.run(sink, bar=not request.terminal)
        told = [summary("done", tally)] if time.perf_counter() - tally.start > PATIENCE else []
    remarks = dict.fromkeys(note for expression in streaming.job.expressions for note in expression.notes)
    said = [*map(draw_note, remarks), *filter(None, [streaming.job.remark]), *tally.notes()]
    notes = [f"note: {note}" for note in said]
    return Answer(notes + told, request.job.check is True and tally.differs)


def _series(job: Calculation, source: Source) -> Sequence[SeriesResult]:
    """The Taylor polynomials of a job."""
    from derivcli.pipeline import series_at
    from derivcli.points.at_option import read_interval

    if source.data is not None:
        raise DerivError("the centres of a series are typed", hint="give them with --at, and leave out --data")
    interval = None if job.on is None else read_interval(job.on)
    with progress() as tell:
        return series_at(source.typed, job.expressions, job.wanted, interval, job.named, job.dtype, job.check, tell)


def _formulas(job: Calculation) -> Sequence[AnyResult]:
    """The derivatives of a job as formulas."""
    from derivcli.pipeline import derive_formulas

    return derive_formulas(job.expressions, job.wanted, job.named)


def _check(request: Request) -> None:
    """Refuse before any work what could not be answered after it."""
    job, showing = request.job, request.showing
    if showing.plot is not None:
        _check_plot(showing.plot, job)
    _check_files(showing)
    if not showing.clobber and showing.plot is None and showing.output is None:
        raise DerivError("--no-clobber is for files that are written", hint="add --output FILE, or leave it out")
    if not job.has_points and (job.check or job.wanted.series is not None):
        what = "a check" if job.check else "a series"
        raise DerivError(f"{what} needs points", hint="add some, as in --at x=3")
    if job.on is not None and job.wanted.series is None:
        raise DerivError("an interval is for the remainder of a series", hint="add --series 5, or leave out --on")
    if request.data is not None and showing.plot is not None:
        hint = "ask for one with --plot, then for the other with --output"
        raise DerivError("a picture and a data file are not made in one go", hint=hint)
    if request.data is not None and showing.digits is not None and request.data.name not in DELIMITED:
        raise DerivError("such a file holds every digit of a number", hint="leave out --digits")


def _check_files(showing: Showing, inputs: Sequence[Path] = ()) -> None:
    """Refuse files that could not be written, or must not be replaced."""
    for path in (showing.plot, showing.output):
        if path is not None:
            check_output(path, inputs, showing.clobber)
    if showing.plot is not None and showing.output is not None and showing.plot.resolve() == showing.output.resolve():
        raise DerivError("--plot and --output name one file", hint="write into two")


def _check_plot(plot: Path, job: Calculation) -> None:
    """Refuse what could not be drawn."""
    from derivcli.render.figure import SUFFIXES

    check_target(plot, SUFFIXES)
    if not job.has_points:
        raise DerivError("a plot needs a range of points", hint="add one, as in --at x=-3:3:100")
    if job.wanted.dependent or job.wanted.series is not None:
        what = "implicit functions" if job.wanted.dependent else "Taylor polynomials"
        raise DerivError(f"{what} are not drawn", hint="leave out --plot")


def _target(request: Request) -> str:
    """What is said of the data file to be written where it was not completed; nothing where there is none."""
    path = request.showing.output
    if request.data is None or path is None:
        return ""
    return f"{file_name(path)} " + ("is as it was" if path.exists() else "was not written")


def _whole(request: Request, results: Sequence[AnyResult]) -> Answer:
    """The answer to a job whose results are there in full."""
    from derivcli.render import render

    showing, style, name = request.showing, request.style, request.format
    shown = showing.plot is None or showing.format is not None or showing.output is not None
    told = []
    if showing.plot is not None:
        told.append(_save_plot(showing, results))
    if shown and showing.output is not None:
        write_whole(showing.output, render(results, name, style).encode(), showing.clobber)
        told.append(f"wrote {file_name(showing.output)}")
    elif shown:
        request.write(render(results, name, style), name == "table")
    notes = notes_of(results, style, shown and name in TELLING, shown and name in CARRYING)
    return Answer(notes + told, request.job.check is True and results_differ(results))


def _save_plot(showing: Showing, results: Sequence[AnyResult]) -> str:
    """Draw the picture, put it into its file, and say so."""
    from derivcli.render.plot import draw_plot
    from derivcli.result import Result

    assert showing.plot is not None, "there is a picture to save"
    keep_fonts(os.environ)
    numbers = [result for result in results if isinstance(result, Result)]
    write_whole(showing.plot, draw_plot(numbers, showing.plot.suffix.lower().lstrip(".")), showing.clobber)
    return f"saved {file_name(showing.plot)}"
