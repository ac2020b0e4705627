"""Verdicts in words: a short mark at a number, and a line under the table for what a reader must know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np

from derivcli.check.verdict import DTYPE_DIGITS, NOWHERE, Verdict, Verdicts
from derivcli.check.verdict_kinds import GIVES, KINDS, code_of, codes_of
from derivcli.language.spelling import Spelling
from derivcli.render.blocks import Style
from derivcli.render.numbers import number_at, number_texts
from derivcli.render.quantities import author_of, derivative_label, function_of, named, point_text, total_name
from derivcli.render.series import coefficient_name
from derivcli.result import SeriesResult

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from derivcli.language.expression import Expression
    from derivcli.result import FloatArray, Result

    Judged: TypeAlias = Sequence[Result | SeriesResult]

MAX_LINES = 8
"""Numbers that get a line of their own before the rest is counted."""

NOT_DERIVED = "{f} does not exist: {message}; {printed}"
"""What is said of a number that a derivative of lower order keeps from being."""


def mark(verdict: Verdict | None, unicode: bool) -> str:
    """A few letters to stand at a number: `✓ 16`, or the kind."""
    if verdict is None:
        return ""
    sign = KINDS[verdict.kind].marks[not unicode]
    return f"{sign} {verdict.digits}" if sign else verdict.kind


def checked(results: Judged) -> bool:
    """Whether the results have verdicts."""
    return any(bool(result.verdicts or getattr(result, "value_verdicts", None)) for result in results)


class Placed(Protocol):
    """A record of numbers at points."""

    @property
    def expression(self) -> Expression:
        """What was typed."""

    @property
    def at(self) -> Mapping[str, FloatArray]:
        """The points, by the names of the variables."""


@dataclass(slots=True)
class Findings:
    """What a check found of results, counted as these come, part after part."""

    style: Style
    derivatives: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    digits: int | None = None
    """How many digits every column has at least whose numbers are right; None before anything is known."""
    max_digits: int = 0
    """How many digits the numbers' format has."""
    hard: int = 0
    first_lines: list[str] = field(default_factory=list)
    common_lines: list[str] = field(default_factory=list)
    """What is said of functions none of whose numbers is judged, for the same reason."""
    worst_number: tuple[int, str] | None = None
    """The fewest right digits of a number whose true one is known, and which number that is."""

    def add(self, results: Judged) -> None:
        """Count the verdicts of the next results."""
        called = [(total_name(name, result), result) for name, result in named(results)]
        self.add_columns([(name, result, columns_of(name, result, self.style)) for name, result in called])

    def add_columns(self, parts: Sequence[tuple[str, Placed, Sequence[JudgedColumn]]]) -> None:
        """Count the verdicts of the next columns, each of some with the name and the record to which they belong."""
        for name, result, columns in parts:
            for column in columns:
                (self.values if column.is_value else self.derivatives).update(column.verdicts.count())
            self._find_worst(result, columns)
            self._add_lines(name, result, columns)
        found = [column for *_, columns in parts for column in columns]
        right = [column.verdicts for column in found if not column.verdicts.hard().any()]
        digits = min((int(verdicts.digits[verdicts.kinds > 0].min()) for verdicts in right), default=0)
        self.digits = digits if self.digits is None else min(self.digits, digits)
        self.max_digits = DTYPE_DIGITS[str(found[0].values.dtype)]

    def _add_lines(self, name: str, result: Placed, columns: Sequence[JudgedColumn]) -> None:
        reason = _common_reason(columns)
        if not reason:
            self.hard += int(np.count_nonzero(_needs_line(columns)))
            self.first_lines += islice(_lines(result, columns, self.style), MAX_LINES - len(self.first_lines))
            return
        line = f"{name} is unchecked: {result.expression.spelling.worded(reason)}"
        if line not in self.common_lines:  # of an earlier part
            self.common_lines.append(line)

    def _find_worst(self, result: Placed, columns: Sequence[JudgedColumn]) -> None:
        for column in columns:
            digits = np.where(column.verdicts.digits < 0, np.iinfo(np.int8).max, column.verdicts.digits)
            point = int(digits.argmin())
            verdict = column.verdicts[point]
            if verdict is None or verdict.digits is None:
                continue
            if self.worst_number is None or verdict.digits < self.worst_number[0]:
                where = point_text(result.at, point, self.style)
                self.worst_number = verdict.digits, f"{column.label(point)} at {where}"

    def report(self) -> list[str]:
        """What came out of the check as a whole: the counts and, of many numbers, the worst."""
        digits, place = self.worst_number or (DTYPE_DIGITS["float64"], "")
        is_worth_it = self.style.verdicts and self.derivatives.total() > 1 and digits < DTYPE_DIGITS["float32"] * 2
        return [*self.summary(), *[f"the worst is {place}, with {digits_text(digits)} right"] * is_worth_it]

    def summary(self) -> list[str]:
        """One proud line where every derivative is right; else how many there are of each kind."""
        is_told = self.style.verdicts and self.derivatives and not _all_right(self.values)
        return [self._summary_line(), *[f"values: {_counted(self.values)}"] * bool(is_told)]

    def _summary_line(self) -> str:
        """Of derivatives or, where there are none since there are no variables, of values."""
        counts = self.derivatives or self.values
        if not _all_right(counts):
            return _counted(counts)
        number = counts.total()
        kinds = " and ".join(kind if len(counts) == 1 else f"{count:,} {kind}" for kind, count in counts.items())
        least = "" if number == 1 else "at least "
        digits = self.digits or 0
        right = f"all {digits} digits" if digits == self.max_digits else f"{least}{digits} digits"
        sign = next(row.marks for name, row in KINDS.items() if name in counts or row.name == "agrees")
        said = kinds if number == 1 or len(counts) > 1 else f"{number:,} {kinds}"
        return f"{sign[not self.style.unicode]} {said}, {right}"

    def lines(self) -> list[str]:
        """A line for each number that is not simply right, the first of them, and how many more there are."""
        more = self.hard - len(self.first_lines)
        return [
            *self.common_lines,
            *self.first_lines,
            *([f"and {more:,} more; --format json has them all"] if more else []),
        ]


def findings_of(results: Judged, style: Style) -> Findings:
    """What the check found of results that are there in full."""
    findings = Findings(style)
    findings.add(results)
    return findings


def _all_right(counts: Counter[str]) -> bool:
    return all(KINDS[kind].is_right for kind in counts)


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[kind]:,} {kind}" for kind in KINDS if counts[kind])


def digits_text(count: int) -> str:
    """So many digits."""
    return {0: "no digit", 1: "1 digit"}.get(count, f"{count} digits")


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


def columns_of(name: str, result: Result | SeriesResult, style: Style) -> list[JudgedColumn]:
    """The columns of a result that have verdicts."""
    author = author_of(result)
    if isinstance(result, SeriesResult):
        return [
            JudgedColumn(partial(coefficient_name, result, order), values, verdicts, author, is_coefficient=True)
            for order, (values, verdicts) in enumerate(zip(result.coefficients.T, result.verdicts, strict=False))
        ]
    found = [
        JudgedColumn(always(derivative_label(name, key, result).shown(style.unicode)), values, verdicts, author)
        for key, verdicts in result.verdicts.items()
        for values in [result.derivatives[key]]
    ]
    found += [
        JudgedColumn(always(f"the elasticity by {key}"), result.elasticities[key], verdicts, "the quotient")
        for key, verdicts in result.elasticity_verdicts.items()
        if verdicts.kinds.any()
    ]
    if result.value_verdicts is not None:
        label = always(function_of(name, result))
        found.append(JudgedColumn(label, result.value, result.value_verdicts, author, is_value=True))
    return found


def always(text: str) -> Callable[[int], str]:
    """A label that is the same at all points."""
    return lambda point: text


def _common_reason(columns: Sequence[JudgedColumn]) -> str:
    """Why none of several numbers is judged, where that is the same for all; "" otherwise."""
    reasons = {reason for column in columns for reason in column.verdicts.messages.values()}
    numbers = sum(len(column.verdicts) for column in columns)
    unchecked = sum(np.count_nonzero(column.verdicts.kinds == code_of("unchecked")) for column in columns)
    return reasons.pop() if len(reasons) == 1 and numbers > 1 and unchecked == numbers else ""


def _lines(result: Placed, columns: Sequence[JudgedColumn], style: Style) -> Iterator[str]:
    needed = _needs_line(columns)
    for point in np.flatnonzero(needed.any(axis=0)).tolist() if columns else ():
        where = point_text(result.at, point, style)
        before = f"{where}: " if where else ""
        for column, here in zip(columns, needed[:, point].tolist(), strict=True):
            verdict = column.verdicts[point]
            if verdict is not None and here:
                yield f"{before}{sentence(column, point, verdict, style, result.expression.spelling)}"


def _needs_line(columns: Sequence[JudgedColumn]) -> NDArray[np.bool_]:
    """The numbers that get a line, shape (columns, points).

    Not values that do not exist, since their derivatives say so, and of a series' coefficients that do not exist
    the first alone, since those above it cannot.
    """
    hard = np.array([column.verdicts.hard() for column in columns], np.bool_)
    for column, needed in zip(columns, hard, strict=True):
        if column.is_value:
            needed &= column.verdicts.kinds != code_of("undefined")
    if columns and columns[0].is_coefficient:
        none = np.isin([column.verdicts.kinds for column in columns], codes_of(lambda kind: kind.derivative == "none"))
        hard &= ~none | (np.cumsum(none, axis=0) == 1)
    return hard


def sentence(column: JudgedColumn, point: int, verdict: Verdict, style: Style, spelling: Spelling) -> str:
    """What is known of one number."""
    number = number_at(column.values, point, style.digits)
    printed = KINDS[verdict.kind].printed if np.isfinite(column.values[point]) else GIVES
    filled = "" if verdict.truth is None else f"; the derivative is then {_text(verdict.truth, style)}"
    sides = (("left", verdict.left), ("right", verdict.right))
    return _pattern(verdict).format(
        f=column.label(point),
        message=spelling.worded(verdict.message),
        truth=_text(verdict.truth, style),
        sides=", ".join(f"{name} {_text(side, style)}" for name, side in sides if side is not None) or "one side",
        filled=filled,
        lost=f"all but {digits_text(verdict.digits)}" if verdict.digits else "all its digits",
        printed=printed.format(author=column.author, number=number),
        dtype=str(column.values.dtype),
    )


def _pattern(verdict: Verdict) -> str:
    """The sentence of a verdict's kind, unless it lacks what that tells."""
    if verdict.message == NOWHERE:
        return "{f} does not exist: {message}"
    known = (verdict.truth, verdict.left, verdict.right) != (None, None, None)
    kind = KINDS[verdict.kind]
    return kind.sentence if known or not kind.tells_sides else NOT_DERIVED


def _text(number: float | None, style: Style) -> str:
    return "not known" if number is None else number_texts(np.array([number]), style.digits)[0]
