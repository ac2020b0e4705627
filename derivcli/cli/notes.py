"""What is said beside the output, on standard error: how texts were read, and where numbers may mislead."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from derivcli.errors import Note, draw_note
from derivcli.hints import COMMAND_LINE, Surface, spelled
from derivcli.render.elasticity_notes import elasticity_notes, undefined_elasticities
from derivcli.result import Result, SymbolicResult

if TYPE_CHECKING:
    from derivcli.render.blocks import Style
    from derivcli.render.format_table import Format
    from derivcli.result import AnyResult, SeriesResult


def tell(text: str) -> None:
    """Say something on standard error, if it is there."""
    with suppress(OSError, ValueError):
        sys.stderr.write(f"deriv: {text}\n")
        sys.stderr.flush()


def tell_remarks(notes: Iterable[Note]) -> None:
    """Say how texts were read where they could mean two things."""
    for note in dict.fromkeys(notes):
        tell(f"note: {draw_note(note)}")


def notes_of(
    results: Sequence[AnyResult], style: Style, shown: Format | None, surface: Surface = COMMAND_LINE
) -> list[str]:
    """How the texts were read where they could mean two things, and where the numbers may mislead.

    What the format in which the results are `shown`, if they are, says itself is left out.
    """
    remarks = dict.fromkeys(note for result in results for note in result.expression.notes)
    notes = [draw_note(note, surface) for note in remarks]
    notes += dict.fromkeys(result.remark for result in results if isinstance(result, Result) and result.remark)
    numbers = [result for result in results if not isinstance(result, SymbolicResult)]
    notes += dict.fromkeys(result.exact_remark for result in numbers if result.exact_remark)
    notes += dict.fromkeys(each for result in results if isinstance(result, SymbolicResult) for each in result.remarks)
    notes += _of_numbers(numbers, style, shown, surface) if numbers else []
    notes += elasticity_notes(undefined_elasticities([each for each in results if isinstance(each, Result)]))
    return [f"note: {note}" for note in notes]


def _of_linear_estimates(results: Sequence[Result], asked: bool, shown: Format | None, surface: Surface) -> list[str]:
    """That nobody looked whether they are right, or where people are not told otherwise how many are."""
    if not any(result.propagated for result in results):
        return []
    from derivcli.render.linear_counts import LinearCounts

    counts = LinearCounts()
    counts.add(results)
    is_told = shown is not None and shown.tells_check and not counts.is_unchecked
    return [] if is_told else [spelled(note, surface) for note in counts.notes(asked)]


def _of_numbers(
    results: Sequence[Result | SeriesResult], style: Style, shown: Format | None, surface: Surface
) -> list[str]:
    from derivcli.render.verdicts import checked, findings_of  # late, since formulas need no NumPy

    numbers = [each for each in results if isinstance(each, Result)]
    linear = _of_linear_estimates(numbers, style.verdicts, shown, surface)
    if not checked(results):
        from derivcli.render.flag_notes import flag_sentences

        return [*linear, *flag_sentences(results, style)]
    findings = findings_of(results, style)
    tells_check = shown is not None and shown.tells_check
    holds_verdicts = shown is not None and shown.holds_verdicts
    notes = findings.report() if style.verdicts and not tells_check else []
    return [*linear, *notes, *(findings.lines() if not tells_check and not holds_verdicts else [])]
