"""Verdicts in words: a short mark beside a number, and a line under the table for what a reader must know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from derivcli.check.verdict import DIGITS, KINDS, NOWHERE, PLACES, RIGHT, WITHOUT, Verdict, Verdicts
from derivcli.render.columns import Style, derivative_label, named
from derivcli.render.notes import author_of, function_of, place_of
from derivcli.render.numbers import number_texts
from derivcli.render.series import coefficient_name
from derivcli.result import SeriesResult

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from derivcli.result import FloatArray, Result

    Judged: TypeAlias = Sequence[Result | SeriesResult]

MOST_LINES = 8
"""Numbers that get a line of their own before the rest is counted."""

MARKS = {"proved": ("✓", "ok"), "agrees": ("≈", "~")}
"""The marks of numbers that are right, with Unicode and without."""

PHRASES = {
    "lossy": "{f} lost {lost}: the truth is {truth} ({message})",
    "wrong": "{f} is wrong: the truth is {truth}, and rounding is not the reason",
    "corner": "{f} does not exist, a corner: {sides}; {printed}",
    "cusp": "{f} does not exist, a cusp: {sides}; {printed}",
    "vertical": "{f} is infinite, a vertical tangent: {sides}; {printed}",
    "jump": "{f} does not exist, a jump: {message}; {printed}",
    "isolated": "{f} does not exist, an isolated point: {message}; {printed}",
    "undefined": "{f} does not exist: {message}; {printed}",
    "hole": "{f} does not exist, a hole: {message}{filled}; {printed}",
    "edge": "{f} is one-sided, at the edge of the domain: from the {sides}; {printed}",
    "overflow": "{f} is beyond {dtype}: {message}",
    "unchecked": "{f} is unchecked: {message}",
    "": "{f} does not exist: {message}; {printed}",
    NOWHERE: "{f} does not exist: {message}",
}
"""What is said of each kind of number that is not simply right; under "" of one that a lower order keeps from being."""

SIDED = ("corner", "cusp", "vertical", "edge")
"""Kinds whose phrases tell the one-sided derivatives."""


def mark(verdict: Verdict | None, unicode: bool) -> str:
    """A few letters to stand beside a number: `✓ 16`, or the kind."""
    if verdict is None:
        return ""
    if verdict.kind in MARKS:
        return f"{MARKS[verdict.kind][not unicode]} {verdict.digits}"
    return verdict.kind


def checked(results: Judged) -> bool:
    """Whether the results have verdicts."""
    return any(bool(result.verdicts) for result in results)


def verdicts_of(result: Result | SeriesResult) -> list[Verdicts]:
    """The verdicts of a result, column by column."""
    if isinstance(result, SeriesResult):
        return list(result.verdicts)
    values = [] if result.value_verdicts is None else [result.value_verdicts]
    return [*result.verdicts.values(), *values]


def differs(results: Judged) -> bool:
    """Whether a checked number misleads."""
    return any(bool(verdicts.differs.any()) for result in results for verdicts in verdicts_of(result))


def report(results: Judged, style: Style) -> list[str]:
    """What came out of the check as a whole: the counts and, of many numbers, the worst."""
    told = [summary(results, style)]
    columns = _all_columns(results, style)
    told += values_line(_count(column for column in columns if column.is_value), style)
    if style.verdicts and sum(len(column.values) for column in columns if not column.is_value) > 1:
        told.append(worst(results, style))
    return [line for line in told if line]


def values_line(counts: Counter[str], style: Style) -> list[str]:
    """How many values there are of each kind, where one of them is not right."""
    return [f"values: {_counted(counts)}"] if style.verdicts and not counts.keys() <= RIGHT else []


def summary(results: Judged, style: Style) -> str:
    """One proud line where every derivative is right; else how many there are of each kind."""
    columns = _all_columns(results, style)
    return summary_of(_count(column for column in columns if not column.is_value), least_digits(results, style), style)


def least_digits(results: Judged, style: Style) -> tuple[int, int]:
    """How many digits every number has at least that is right, and how many its format has."""
    columns = _all_columns(results, style)
    right = [column.verdicts for column in columns if column.verdicts.count().keys() <= RIGHT]
    return min((int(verdicts.digits.min()) for verdicts in right), default=0), DIGITS[str(columns[0].values.dtype)]


def summary_of(counts: Counter[str], known: tuple[int, int], style: Style) -> str:
    """The same line from the counts, the least digits, and the most that there can be."""
    if not counts.keys() <= RIGHT:
        return _counted(counts)
    digits, most = known
    number = counts.total()
    kinds = " and ".join(kind if len(counts) == 1 else f"{count:,} {kind}" for kind, count in counts.items())
    least = "" if number == 1 else "at least "
    said = f"all {digits} digits" if digits == most else f"{least}{digits} digits"
    sign = MARKS["proved" if "proved" in counts else "agrees"][not style.unicode]
    return f"{sign} {kinds if number == 1 or len(counts) > 1 else f'{number:,} {kinds}'}, {said}"


def counts_of(results: Judged, style: Style) -> tuple[Counter[str], Counter[str]]:
    """How many derivatives there are of each kind, and how many values."""
    columns = _all_columns(results, style)
    return (
        _count(column for column in columns if not column.is_value),
        _count(column for column in columns if column.is_value),
    )


def _count(columns: Iterable[JudgedColumn]) -> Counter[str]:
    """How many verdicts there are of each kind."""
    counts = Counter[str]()
    for column in columns:
        counts.update(column.verdicts.count())
    return counts


def _counted(counts: Counter[str]) -> str:
    """How many there are of each kind."""
    return ", ".join(f"{counts[kind]:,} {kind}" for kind in KINDS if counts[kind])


def worst(results: Judged, style: Style) -> str:
    """The number with a true one that has the fewest right digits, in words; nothing where all are right."""
    known = [(place, verdict.digits) for place, verdict in _least(results, style) if verdict.digits is not None]
    place, digits = min(known, key=lambda one: one[1], default=("", DIGITS["float64"]))
    return f"the worst is {place}, with {digits_text(digits)} right" if digits < DIGITS["float32"] * 2 else ""


def digits_text(count: int) -> str:
    """So many digits."""
    return {0: "no digit", 1: "1 digit"}.get(count, f"{count} digits")


def lines(results: Judged, style: Style) -> list[str]:
    """A line for each number that is not simply right, the first of them."""
    found = first_lines(results, style, MOST_LINES + 1)
    return found if len(found) <= MOST_LINES else cut_lines(found[:MOST_LINES], hard_count(results, style))


def first_lines(results: Judged, style: Style, count: int) -> list[str]:
    """The first lines, at most so many."""
    return list(islice(_hard(results, style), count))


def hard_count(results: Judged, style: Style) -> int:
    """How many numbers are not simply right."""
    return sum(int(np.count_nonzero(_marked(columns))) for _, columns in _columns(results, style) if columns)


def cut_lines(found: Sequence[str], count: int) -> list[str]:
    """The first lines of so many, and how many more there are."""
    more = count - len(found)
    return [*found, f"and {more:,} more; --format json has them all"] if more else list(found)


def _hard(results: Judged, style: Style) -> Iterator[str]:
    """What to say of each value and derivative that is not right, point by point."""
    for result, columns in _columns(results, style):
        marked = _marked(columns)
        for point in np.flatnonzero(marked.any(axis=0)).tolist():
            where = place_of(result, point, style)
            for column, here in zip(columns, marked[:, point].tolist(), strict=True):
                verdict = column.verdicts[point]
                if verdict is not None and here:
                    yield f"{where}: {sentence(column, point, verdict, style)}"


def _marked(columns: Sequence[JudgedColumn]) -> NDArray[np.bool_]:
    """The numbers that get a line, shape (columns, points).

    Not values that do not exist, since their derivatives say so, and of a series' coefficients that do not exist
    the first alone, since those above it cannot.
    """
    hard = np.array([column.verdicts.hard() for column in columns])
    for column, marks in zip(columns, hard, strict=True):
        if column.is_value:
            marks &= column.verdicts.kinds != PLACES["undefined"]
    if columns and columns[0].is_coefficient:
        none = np.isin([column.verdicts.kinds for column in columns], [PLACES[kind] for kind in WITHOUT])
        hard &= ~none | (np.cumsum(none, axis=0) == 1)
    return hard


@dataclass(frozen=True, slots=True, eq=False)
class JudgedColumn:
    """A function's values, one of its derivatives or of its coefficients, with their verdicts.

    `label` gives what it is called at a point, and `author` gives its numbers.
    """

    label: Callable[[int], str]
    values: FloatArray
    verdicts: Verdicts
    author: str
    is_value: bool = False
    is_coefficient: bool = False


def _columns(results: Judged, style: Style) -> list[tuple[Result | SeriesResult, list[JudgedColumn]]]:
    """Each result with its columns that have verdicts."""
    found: list[tuple[Result | SeriesResult, list[JudgedColumn]]] = []
    for name, result in named(results):
        judged = _coefficients(result) if isinstance(result, SeriesResult) else _derivatives(name, result, style)
        found.append((result, judged))
    return found


def _all_columns(results: Judged, style: Style) -> list[JudgedColumn]:
    return [column for _, columns in _columns(results, style) for column in columns]


def _derivatives(name: str, result: Result, style: Style) -> list[JudgedColumn]:
    """The derivatives and the value."""
    author = author_of(result)
    found = [
        JudgedColumn(_always(derivative_label(name, key, result).shown(style.unicode)), values, verdicts, author)
        for key, verdicts in result.verdicts.items()
        for values in [result.derivatives[key]]
    ]
    if result.value_verdicts is not None:
        label = _always(function_of(name, result))
        found.append(JudgedColumn(label, result.value, result.value_verdicts, author, is_value=True))
    return found


def _coefficients(result: SeriesResult) -> list[JudgedColumn]:
    """The coefficients of a series."""
    author = author_of(result)
    return [
        JudgedColumn(
            partial(_coefficient_name, result, order),
            result.coefficients[:, order],
            verdicts,
            author,
            is_coefficient=True,
        )
        for order, verdicts in enumerate(result.verdicts)
    ]


def _coefficient_name(result: SeriesResult, order: int, point: int) -> str:
    return coefficient_name(result, point, order)


def _always(text: str) -> Callable[[int], str]:
    return lambda point: text


def _least(results: Judged, style: Style) -> Iterator[tuple[str, Verdict]]:
    """The verdict with the fewest digits of each column, with its place."""
    for result, columns in _columns(results, style):
        for column in columns:
            digits = column.verdicts.digits
            point = int(np.where(digits < 0, np.iinfo(np.int8).max, digits).argmin())
            verdict = column.verdicts[point]
            if verdict is not None:
                yield f"{column.label(point)} at {place_of(result, point, style)}", verdict


def sentence(column: JudgedColumn, point: int, verdict: Verdict, style: Style) -> str:
    """What is known of one number."""
    number = number_texts(column.values[point : point + 1], style.digits)[0]
    finite = bool(np.isfinite(column.values[point]))
    message = verdict.message
    right = digits_text(verdict.digits or 0)
    known = (verdict.truth, verdict.left, verdict.right) != (None, None, None)
    kind = verdict.kind if known or verdict.kind not in SIDED else ""
    return PHRASES[NOWHERE if message == NOWHERE else kind].format(
        f=column.label(point),
        message=message,
        truth=_text(verdict.truth, style),
        sides=_sides(verdict, style) or "one side",
        filled="" if verdict.truth is None else f"; the derivative is then {_text(verdict.truth, style)}",
        lost="all its digits" if not verdict.digits else f"all but {right}",
        printed=_printed(column.author, number, finite, verdict.kind),
        dtype=str(column.values.dtype),
    )


def _printed(author: str, number: str, finite: bool, kind: str) -> str:
    """What the number that was printed is worth."""
    if not finite or kind == "edge":
        return f"{author} gives {number}"
    return f"{author}'s {number} " + ("means nothing" if kind in ("undefined", "isolated") else "is a convention")


def _sides(verdict: Verdict, style: Style) -> str:
    """The one-sided derivatives that are known."""
    sides = {"left": verdict.left, "right": verdict.right}
    known = [f"{name} {_text(value, style)}" for name, value in sides.items() if value is not None]
    return ", ".join(known)


def _text(number: float | None, style: Style) -> str:
    return "not known" if number is None else number_texts(np.array([number]), style.digits)[0]
