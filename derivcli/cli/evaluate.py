"""The main command: expressions to a table of values and derivatives, or to a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from derivcli.cli.options import Calculation

if TYPE_CHECKING:
    from derivcli.cli.streams import Screen
    from derivcli.result import Result, SymbolicResult


def evaluate(
    job: Calculation, name: str | None, digits: int | None, plot: Path | None, screen: Screen
) -> tuple[str, list[str]]:
    """The text for standard output and the notes for standard error."""
    from derivcli.errors import DerivError, draw_note
    from derivcli.render import render
    from derivcli.render.columns import Style

    style = Style(digits, screen.width, screen.color, screen.unicode)
    if plot is not None:
        from derivcli.cli.files import check_target
        from derivcli.render.plot import SUFFIXES

        check_target(plot, SUFFIXES)
        if not job.at:
            raise DerivError("a plot needs a range of points", hint="add one, as in --at x=-3:3:100")
    results = calculate(job)
    remarks = dict.fromkeys(note for result in results for note in result.expression.notes)
    notes = [f"note: {draw_note(note)}" for note in remarks]
    numbers = _numeric(results)
    if numbers:
        from derivcli.render.notes import flag_sentences

        notes += [f"note: {sentence}" for sentence in flag_sentences(numbers, style)]
    if plot is not None:
        from derivcli.cli.files import write_whole
        from derivcli.render.plot import draw_plot

        write_whole(plot, draw_plot(numbers, plot.suffix.lower().lstrip(".")))
        notes.append(f"saved {plot}")
    if plot is not None and name is None:
        return "", notes
    return render(results, name or ("table" if screen.terminal else "tsv"), style), notes


def calculate(job: Calculation) -> Sequence[Result] | Sequence[SymbolicResult]:
    """The results of a job: numbers where there are points, formulas where there are none."""
    from derivcli.derive import derive_at, derive_formulas

    if not job.at:
        return derive_formulas(job.expressions, job.wrt, job.let)
    from derivcli.points.spec import read_points

    return derive_at(read_points(job.at, job.paired), job.expressions, job.wrt, job.let, job.dtype)


def _numeric(results: Sequence[Result] | Sequence[SymbolicResult]) -> list[Result]:
    from derivcli.result import Result

    return [result for result in results if isinstance(result, Result)]
