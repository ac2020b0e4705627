"""Verdicts in words: a short mark beside a number, and a line under the table for what a reader must know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from derivcli.check.verdict import DIGITS, KINDS, PLACES, RIGHT, Verdict, Verdicts
from derivcli.render.columns import Style, derivative_label, named
from derivcli.render.notes import place_of
from derivcli.render.numbers import number_texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from derivcli.result import FloatArray, Result

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
}
"""What is said of each kind of number that is not simply right."""


def mark(verdict: Verdict | None, unicode: bool) -> str:
    """A few letters to stand beside a number: `✓ 16`, or the kind."""
    if verdict is None:
        return ""
    if verdict.kind in MARKS:
        return f"{MARKS[verdict.kind][not unicode]} {verdict.digits}"
    return verdict.kind


def checked(results: Sequence[Result]) -> bool:
    """Whether the results have verdicts."""
    return any(result.verdicts for result in results)


def report(results: Sequence[Result], style: Style) -> list[str]:
    """What came out of the check as a whole: the counts and, of many numbers, the worst."""
    told = [summary(results, style)]
    values = Counter[str]()
    for result in results:
        values.update(result.value_verdicts.count() if result.value_verdicts is not None else {})
    if style.verdicts and not values.keys() <= RIGHT:
        told.append(f"values: {_counted(values)}")
    if style.verdicts and sum(len(result.value) * len(result.derivatives) for result in results) > 1:
        told.append(worst(results, style))
    return [line for line in told if line]


def summary(results: Sequence[Result], style: Style) -> str:
    """One proud line where every derivative is right; else how many there are of each kind."""
    columns = [verdicts for result in results for verdicts in result.verdicts.values()]
    counts: Counter[str] = Counter()
    for verdicts in columns:
        counts.update(verdicts.count())
    if not counts.keys() <= RIGHT:
        return _counted(counts)
    values = [result.value_verdicts for result in results if result.value_verdicts is not None]
    digits = min(int(verdicts.digits.min()) for verdicts in columns + values if verdicts.count().keys() <= RIGHT)
    number = counts.total()
    most = DIGITS[str(results[0].value.dtype)]
    kinds = " and ".join(kind if len(counts) == 1 else f"{count:,} {kind}" for kind, count in counts.items())
    least = "" if number == 1 else "at least "
    said = f"all {digits} digits" if digits == most else f"{least}{digits} digits"
    sign = MARKS["proved" if "proved" in counts else "agrees"][not style.unicode]
    return f"{sign} {kinds if number == 1 or len(counts) > 1 else f'{number:,} {kinds}'}, {said}"


def _counted(counts: Counter[str]) -> str:
    """How many there are of each kind."""
    return ", ".join(f"{counts[kind]:,} {kind}" for kind in KINDS if counts[kind])


def worst(results: Sequence[Result], style: Style) -> str:
    """The number with a true one that has the fewest right digits, in words; nothing where all are right."""
    known = [(place, verdict.digits) for place, verdict in _least(results, style) if verdict.digits is not None]
    place, digits = min(known, key=lambda one: one[1], default=("", DIGITS["float64"]))
    return f"the worst is {place}, with {digits_text(digits)} right" if digits < DIGITS["float32"] * 2 else ""


def digits_text(count: int) -> str:
    """So many digits."""
    return {0: "no digit", 1: "1 digit"}.get(count, f"{count} digits")


def lines(results: Sequence[Result], style: Style) -> list[str]:
    """A line for each number that is not simply right, the first of them."""
    found = list(islice(_hard(results, style), MOST_LINES + 1))
    if len(found) <= MOST_LINES:
        return found
    marked = [_marked(column) for name, result in named(results) for column in _columns(name, result, style)]
    more = int(sum(map(np.count_nonzero, marked))) - MOST_LINES
    return [*found[:MOST_LINES], f"and {more:,} more; --format json has them all"]


def _hard(results: Sequence[Result], style: Style) -> Iterator[str]:
    """What to say of each value and derivative that is not right, point by point."""
    for name, result in named(results):
        columns = _columns(name, result, style)
        marks = [_marked(column) for column in columns]
        for point in np.flatnonzero(np.any(marks, axis=0)).tolist():
            where = place_of(result, point, style)
            for column, marked in zip(columns, marks, strict=True):
                verdict = column.verdicts[point]
                if verdict is not None and marked[point]:
                    yield f"{where}: {sentence(column.label, verdict, column.values[point : point + 1], style)}"


def _marked(column: JudgedColumn) -> NDArray[np.bool_]:
    """The numbers of a column that get a line; not values that do not exist, since their derivatives say so."""
    hard = column.verdicts.hard()
    return hard & (column.verdicts.kinds != PLACES["undefined"]) if column.is_value else hard


@dataclass(frozen=True, slots=True, eq=False)
class JudgedColumn:
    """A function's values or one of its derivatives, with their verdicts."""

    label: str
    values: FloatArray
    verdicts: Verdicts
    is_value: bool = False


def _columns(name: str, result: Result, style: Style) -> list[JudgedColumn]:
    """The derivatives and the value."""
    found = [
        JudgedColumn(derivative_label(name, key, result).shown(style.unicode), result.derivatives[key], verdicts)
        for key, verdicts in result.verdicts.items()
    ]
    if result.value_verdicts is not None:
        found.append(JudgedColumn(name, result.value, result.value_verdicts, is_value=True))
    return found


def _least(results: Sequence[Result], style: Style) -> Iterator[tuple[str, Verdict]]:
    """The verdict with the fewest digits of each column, with its place."""
    for name, result in named(results):
        for column in _columns(name, result, style):
            digits = column.verdicts.digits
            point = int(np.where(digits < 0, np.iinfo(np.int8).max, digits).argmin())
            verdict = column.verdicts[point]
            if verdict is not None:
                yield f"{column.label} at {place_of(result, point, style)}", verdict


def sentence(label: str, verdict: Verdict, printed: FloatArray, style: Style) -> str:
    """What is known of one number."""
    number = number_texts(printed, style.digits)[0]
    finite = bool(np.isfinite(printed[0]))
    message = verdict.message
    right = digits_text(verdict.digits or 0)
    return PHRASES[verdict.kind].format(
        f=label,
        message=message,
        truth=_text(verdict.truth, style),
        sides=_sides(verdict, style),
        filled="" if verdict.truth is None else f"; the derivative is then {_text(verdict.truth, style)}",
        lost="all its digits" if not verdict.digits else f"all but {right}",
        printed=_printed(number, finite, verdict.kind),
        dtype=str(printed.dtype),
    )


def _printed(number: str, finite: bool, kind: str) -> str:
    """What the number that was printed is worth."""
    if not finite or kind == "edge":
        return f"PyTorch gives {number}"
    return f"PyTorch's {number} " + ("means nothing" if kind in ("undefined", "isolated") else "is a convention")


def _sides(verdict: Verdict, style: Style) -> str:
    """The one-sided derivatives."""
    sides = {"left": verdict.left, "right": verdict.right}
    known = [f"{name} {_text(value, style)}" for name, value in sides.items() if value is not None]
    return ", ".join(known) if known else "none"


def _text(number: float | None, style: Style) -> str:
    return "not known" if number is None else number_texts(np.array([number]), style.digits)[0]
