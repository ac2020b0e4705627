"""What the first lines of a text file say of where its table lies: the layout that would read it.

Each way to cut the lines into cells is tried, and each has a score between 0 and 1: how many of its columns hold
numbers, times or clean words, how many rows have as many cells as most, and whether words stand over the numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from derivcli.points.files.guessing.blank_columns import widths_of
from derivcli.points.files.guessing.cell_kinds import COMMENT_SIGNS, Kinds
from derivcli.points.files.guessing.split_lines import (
    MAX_LINES_GUESSED,
    Cut,
    Line,
    cut_at_separators,
    cut_at_widths,
    lines_of,
)
from derivcli.points.files.guessing.tables import Table, found_table
from derivcli.points.files.reading import AS_TOLD, SPACE, Layout
from derivcli.points.files.text.separators import SEPARATORS

MAX_CHARACTERS_GUESSED = 1 << 20

LEAST_SCORE = 0.4

_SPACE_PRIOR, _WIDTHS_PRIOR, _UNUSUAL_PRIOR = 0.85, 0.84, 0.99

_WITHIN_SIGNS = 0.5
"""What blanks are worth in lines that a sign parts into as many cells each: they are parts of these."""

_SURE_SIGNS = "\t;|"
"""Signs that stand in no number, and in few words."""


@dataclass(frozen=True, slots=True)
class Guess:
    """The layout of a text file, the headers of its columns as they would be read, and the first rows.

    Of columns without names the headers are `column1` and so on. `score` is 1 where all is as it should be.
    """

    layout: Layout
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class _Candidate:
    layout: Layout
    table: Table
    score: float


def guess_layout(text: str, usual_separator: str = ",", given: Layout = AS_TOLD) -> Guess | None:
    """The layout that makes most of the first lines a table with numbers; None where no layout does.

    All of it is told, even what a reader would see by itself. What is `given` of it stays.
    """
    lines = lines_of(text[:MAX_CHARACTERS_GUESSED], MAX_LINES_GUESSED)[given.skip_lines :]
    kinds = Kinds()
    signs = [given.comment] if given.comment else _signs(lines)
    candidates = [each for sign in signs for each in _candidates(lines, sign, usual_separator, kinds, given)]
    best = max(candidates, key=lambda candidate: candidate.score, default=None)
    if best is None or best.score < LEAST_SCORE:
        return None
    table = best.table
    layout = replace(best.layout, skip_lines=table.skip_lines)
    layout = layout if given.comment else _without_idle_parts(layout, lines)
    layout = replace(layout, header_lines=table.header_lines, skip_lines=max(layout.skip_lines, given.skip_lines))
    return Guess(replace(layout, encoding=given.encoding), table.headers, table.rows, best.score)


def _signs(lines: list[Line]) -> list[str]:
    """The signs of comments that are worth a trial; "" for none."""
    begins = {line.text[:2] for line in lines}
    return ["", *(sign for sign in COMMENT_SIGNS if any(begin.startswith(sign) for begin in begins))]


def _candidates(lines: list[Line], sign: str, usual: str, kinds: Kinds, given: Layout) -> Iterator[_Candidate]:
    """The tables that lines without comments make, cut at each separator, at white space and by widths."""
    kept = [line for line in lines if not sign or not line.text.startswith(sign)]
    layout = replace(given, comment=sign)
    if given.widths:
        yield from _judged(cut_at_widths(kept, given.widths), layout, 1.0, kinds)
        return
    for separator in [given.separator] if given.separator else SEPARATORS:
        if separator != SPACE and sum(separator in line.text for line in kept) > 1:
            prior = 1.0 if separator == usual else _UNUSUAL_PRIOR
            yield from _judged(cut_at_separators(kept, separator), replace(layout, separator=separator), prior, kinds)
    if given.separator in ("", SPACE):
        yield from _without_separators(lines, kept, layout, kinds)


def _without_separators(lines: list[Line], kept: list[Line], layout: Layout, kinds: Kinds) -> Iterator[_Candidate]:
    """The tables that lines make which are cut at white space, and by the widths of columns between blanks."""
    sign, asked = layout.comment, layout.separator
    spaced = [line for line in lines if not sign or not line.text.lstrip(" \t").startswith(sign)]
    layout = replace(layout, separator=SPACE)
    worth = _WITHIN_SIGNS if not asked and any(_parts_all(kept, each) for each in _SURE_SIGNS) else 1.0
    by_space = list(_judged(cut_at_separators(spaced, SPACE), layout, _SPACE_PRIOR * worth, kinds))
    yield from by_space
    width = max((len(each.table.headers) for each in by_space), default=0)
    for widths in () if asked else widths_of(kept, kinds):
        prior = _SPACE_PRIOR + 0.02 if len(widths) > width else _WIDTHS_PRIOR
        by_widths = replace(layout, separator="", widths=widths)
        yield from _judged(cut_at_widths(kept, widths), by_widths, prior * worth, kinds)


def _parts_all(lines: list[Line], separator: str) -> bool:
    """Whether a sign stands in all lines that are not blank, equally often."""
    counts = {line.text.count(separator) for line in lines if line.text.strip()}
    return len(counts) == 1 and counts != {0}


def _judged(cut: Cut, layout: Layout, prior: float, kinds: Kinds) -> Iterator[_Candidate]:
    for table in found_table(cut, kinds, layout.header_lines):
        yield _Candidate(layout, table, prior * table.score)


def _without_idle_parts(layout: Layout, lines: list[Line]) -> Layout:
    """The layout without a sign of comments that all stand above the table, or lines to skip that are all comments."""
    sign = layout.comment
    if not sign:
        return layout
    comments = [line.number for line in lines if line.text.startswith(sign)]
    skipped = [line for line in lines if line.number < layout.skip_lines and line.text.strip()]
    if all(line.text.startswith(sign) for line in skipped):
        return replace(layout, skip_lines=0)
    return replace(layout, comment="") if all(number < layout.skip_lines for number in comments) else layout
