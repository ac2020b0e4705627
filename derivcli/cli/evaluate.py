"""The main command: expressions to a table of values and derivatives, or to a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from derivcli.cli.options import Calculation
from derivcli.cli.progress import progress
from derivcli.errors import DerivError, draw_note

if TYPE_CHECKING:
    from derivcli.check.verdict import Verdicts
    from derivcli.cli.streams import Screen
    from derivcli.render.columns import Style
    from derivcli.result import AnyResult, Result, SeriesResult


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command came to: the text for standard output, notes for standard error, a failed check."""

    text: str
    notes: list[str]
    differs: bool


def evaluate(
    job: Calculation, format_name: str | None, digits: int | None, plot: Path | None, screen: Screen
) -> Answer:
    """The answer to a job."""
    from derivcli.render import render
    from derivcli.render.columns import Style

    style = Style(digits, screen.width, screen.color, screen.unicode, job.check is True)
    if plot is not None:
        _check_plot(plot, job)
    results = calculate(job)
    name = format_name or ("table" if screen.terminal else "tsv")
    shown = plot is None or format_name is not None
    notes = _notes(results, style, shown and name in TELLING, shown and name in CARRYING)
    if plot is not None:
        notes.append(_save_plot(plot, results))
    text = render(results, name, style) if shown else ""
    return Answer(text, notes, job.check is True and _differs(_judged(results)))


TELLING = ("table", "markdown")
"""Formats that say what the check found; for the others it goes to standard error."""

CARRYING = ("json",)
"""Formats that carry every verdict as data."""


def _differs(results: Sequence[Result | SeriesResult]) -> bool:
    """Whether a checked number misleads."""
    columns = [verdicts for result in results for verdicts in _columns(result) if verdicts is not None]
    return any(verdicts.differs.any() for verdicts in columns)


def _columns(result: Result | SeriesResult) -> Sequence[Verdicts | None]:
    """The verdicts of a result."""
    from derivcli.result import SeriesResult

    if isinstance(result, SeriesResult):
        return result.verdicts
    return [*result.verdicts.values(), result.value_verdicts]


def calculate(job: Calculation) -> Sequence[AnyResult]:
    """The results of a job: numbers where there are points, formulas where there are none."""
    from derivcli.calculate import derive_at, derive_formulas, series_at

    if not job.at:
        if job.check or job.wanted.series is not None:
            what = "a check" if job.check else "a series"
            raise DerivError(f"{what} needs points", hint="add some, as in --at x=3")
        return derive_formulas(job.expressions, job.wanted, job.let)
    from derivcli.points.spec import read_interval, read_points

    points = read_points(job.at, job.paired)
    if job.on is not None and job.wanted.series is None:
        raise DerivError("an interval is for the remainder of a series", hint="add --series 5, or leave out --on")
    interval = None if job.on is None else read_interval(job.on)
    with progress() as tell:
        if job.wanted.series is not None:
            return series_at(points, job.expressions, job.wanted, interval, job.let, job.dtype, job.check, tell)
        return derive_at(points, job.expressions, job.wanted, job.let, job.dtype, job.check, tell)


def _check_plot(plot: Path, job: Calculation) -> None:
    """Refuse before any computing what could not be drawn or saved after it."""
    from derivcli.cli.files import check_target
    from derivcli.render.plot import SUFFIXES

    check_target(plot, SUFFIXES)
    if not job.at:
        raise DerivError("a plot needs a range of points", hint="add one, as in --at x=-3:3:100")
    if job.wanted.dependent or job.wanted.series is not None:
        what = "implicit functions" if job.wanted.dependent else "Taylor polynomials"
        raise DerivError(f"{what} are not drawn", hint="leave out --plot")


def _save_plot(plot: Path, results: Sequence[AnyResult]) -> str:
    """Draw the picture, put it into its file, and say so."""
    from derivcli.cli.files import write_whole
    from derivcli.render.plot import draw_plot
    from derivcli.result import Result

    numbers = [result for result in results if isinstance(result, Result)]
    write_whole(plot, draw_plot(numbers, plot.suffix.lower().lstrip(".")))
    return f"saved {plot}"


def _notes(results: Sequence[AnyResult], style: Style, tells_verdicts: bool, carries_verdicts: bool) -> list[str]:
    """How the texts were read where they could mean two things, and where the numbers may mislead."""
    from derivcli.result import Result

    remarks = dict.fromkeys(note for result in results for note in result.expression.notes)
    notes = [draw_note(note) for note in remarks]
    notes += dict.fromkeys(result.remark for result in results if isinstance(result, Result) and result.remark)
    numbers = _judged(results)
    if any(result.verdicts for result in numbers):
        from derivcli.render.verdicts import lines, report

        notes += report(numbers, style) if style.verdicts and not tells_verdicts else []
        notes += lines(numbers, style) if not carries_verdicts and not tells_verdicts else []
    elif numbers:
        from derivcli.render.notes import flag_sentences

        notes += flag_sentences(numbers, style)
    return [f"note: {note}" for note in notes]


def _judged(results: Sequence[AnyResult]) -> list[Result | SeriesResult]:
    """The results that hold numbers."""
    from derivcli.result import SymbolicResult

    return [result for result in results if not isinstance(result, SymbolicResult)]
