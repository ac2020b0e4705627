"""The main command: expressions to a table of values and derivatives, or to a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from derivcli.cli.options import Calculation
from derivcli.errors import DerivError, draw_note

if TYPE_CHECKING:
    from derivcli.cli.streams import Screen
    from derivcli.render.columns import Style
    from derivcli.result import Result, SymbolicResult


def evaluate(
    job: Calculation, format_name: str | None, digits: int | None, plot: Path | None, screen: Screen
) -> tuple[str, list[str]]:
    """The text for standard output and the notes for standard error."""
    from derivcli.render import render
    from derivcli.render.columns import Style

    style = Style(digits, screen.width, screen.color, screen.unicode)
    if plot is not None:
        _check_plot(plot, job)
    results = calculate(job)
    notes = _notes(results, style)
    if plot is not None:
        notes.append(_save_plot(plot, results))
        if format_name is None:
            return "", notes
    return render(results, format_name or ("table" if screen.terminal else "tsv"), style), notes


def calculate(job: Calculation) -> Sequence[Result] | Sequence[SymbolicResult]:
    """The results of a job: numbers where there are points, formulas where there are none."""
    from derivcli.derive import derive_at, derive_formulas

    if not job.at:
        return derive_formulas(job.expressions, job.wrt, job.let)
    from derivcli.points.spec import read_points

    return derive_at(read_points(job.at, job.paired), job.expressions, job.wrt, job.let, job.dtype)


def _check_plot(plot: Path, job: Calculation) -> None:
    """Refuse before any computing what could not be drawn or saved after it."""
    from derivcli.cli.files import check_target
    from derivcli.render.plot import SUFFIXES

    check_target(plot, SUFFIXES)
    if not job.at:
        raise DerivError("a plot needs a range of points", hint="add one, as in --at x=-3:3:100")


def _save_plot(plot: Path, results: Sequence[Result] | Sequence[SymbolicResult]) -> str:
    """Draw the picture, put it into its file, and say so."""
    from derivcli.cli.files import write_whole
    from derivcli.render.plot import draw_plot

    write_whole(plot, draw_plot(_numeric(results), plot.suffix.lower().lstrip(".")))
    return f"saved {plot}"


def _notes(results: Sequence[Result] | Sequence[SymbolicResult], style: Style) -> list[str]:
    """How the texts were read where they could mean two things, and where the numbers may mislead."""
    remarks = dict.fromkeys(note for result in results for note in result.expression.notes)
    notes = [draw_note(note) for note in remarks]
    numbers = _numeric(results)
    if numbers:
        from derivcli.render.notes import flag_sentences

        notes += flag_sentences(numbers, style)
    return [f"note: {note}" for note in notes]


def _numeric(results: Sequence[Result] | Sequence[SymbolicResult]) -> list[Result]:
    from derivcli.result import Result

    return [result for result in results if isinstance(result, Result)]
