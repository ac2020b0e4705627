"""What the cells of each column are: how many are numbers, what others say, and the options that would read them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from derivcli.points.files.cells.number_grammar import MINUS, is_number
from derivcli.points.files.guessing.cell_kinds import TIME, Kinds
from derivcli.points.files.guessing.tables import LEAST_NUMBERS, LEAST_SHARE
from derivcli.points.files.guessing.times import time_formats
from derivcli.points.files.reading import AS_PEOPLE_WRITE, Cells
from derivcli.points.files.text.units import MISSING_WORDS

NUMBERS, TIMES, TEXT, NOTHING = COLUMN_KINDS = ("numbers", "times", "text", "empty")

_MISSING_TOO = frozenset(
    "m mm x .. ... : /// //// ///// nd n.d. bdl nodata err error invalid fault overflow #value! #div/0! #ref! #num! "
    "#null! #name? na. no".split()
) | {"no data", "not available"}
_STARS = re.compile(r"[*?#x/.-]{2,}")
_SENTINEL = re.compile(r"-?(?:9{3,}|8{3,}|7{3,}|6999)(?:\.\d+)?|-?9+\.9+0*|-(?:99|100|200)(?:\.0*)?")

MAX_DIGITS = 400
MAX_LETTERS_OF_WORD = 20

_COMMA = re.compile(r"[-+]?\d*,\d+(?:[eE][-+]?\d+)?")
_MAYBE_THOUSAND = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")
_THOUSANDS = {
    ",": re.compile(r"[-+]?[1-9]\d{0,2}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,})"),
    ".": re.compile(r"[-+]?[1-9]\d{0,2}(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,})"),
    "'": re.compile(r"[-+]?[1-9]\d{0,2}(?:'\d{3})+(?:[.,]\d+)?"),
    "’": re.compile(r"[-+]?[1-9]\d{0,2}(?:’\d{3})+(?:[.,]\d+)?"),
    " ": re.compile(r"[-+]?[1-9]\d{0,2}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?"),
}
"""How numbers are written that a sign between thousands alone explains."""

_GROUP = re.compile(r"(?<=[0-9])[ '’\u00a0\u202f](?=[0-9]{3})")
"""A sign between thousands that is none of decimals."""

_MARKED = re.compile(r"[,'’ \u00a0\u202f]|\..*\.")
"""What a cell has whose sign for decimals or thousands is not plain."""

_POINTED = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
"""Most numbers, which are read at once."""

_SUSPECTS = 4
"""Numbers from each end of a column that may stand for none."""


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What the cells of a column are, of those that were looked at.

    `kind` is one of COLUMN_KINDS. `missing` are texts that stand for no number, and `others` those of a column of
    numbers that are none, each with how often. `least` and `most` are the numbers, without what stands for none.
    `time_formats` are those of times, "" for ISO 8601; several where days and months cannot be told apart.
    """

    kind: str
    count: int
    numbers: int
    missing: Mapping[str, int] = field(default_factory=dict)
    others: Mapping[str, int] = field(default_factory=dict)
    least: float | None = None
    most: float | None = None
    time_formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CellsGuess:
    """What the columns are, and how their cells would be read."""

    columns: tuple[ColumnGuess, ...]
    cells: Cells


def guess_cells(
    headers: Sequence[str], columns: Sequence[Sequence[str]], separator: str = ",", given: Cells = AS_PEOPLE_WRITE
) -> CellsGuess:
    """What columns of texts are that stand between separators; what is `given` of how cells are written stays."""
    texts = [[cell.strip() for cell in column] for column in columns]
    every = [cell.translate(MINUS) for column in texts for cell in column if _MARKED.search(cell)]
    comma, thousands = _signs(every, separator)
    if given.decimal_comma or given.thousands:
        comma, thousands = given.decimal_comma, given.thousands
    reader = _CellReader(comma, thousands, given)
    found = tuple(reader.column(header, cells) for header, cells in zip(headers, texts, strict=True))
    missing, missing_in = _missing(headers, found, texts)
    missing = tuple(dict.fromkeys((*given.missing, *missing)))
    formats = Counter(column.time_formats[0] for column in found if column.time_formats)
    form = given.time_format or (formats.most_common(1)[0][0] if formats else "")
    return CellsGuess(found, Cells(comma, thousands, missing, {**missing_in, **given.missing_in}, form))


def _signs(cells: Sequence[str], separator: str) -> tuple[bool, str]:
    """Whether the comma is the decimal sign, and the sign between thousands, "" for none."""
    certain = {sign: sum(form.fullmatch(cell) is not None for cell in cells) for sign, form in _THOUSANDS.items()}
    commas = [bare for cell in cells if _COMMA.fullmatch(bare := _GROUP.sub("", cell))]
    maybe = sum(_MAYBE_THOUSAND.fullmatch(cell) is not None for cell in commas)
    decimal = len(commas) - maybe + certain["."]
    if not decimal and not certain[","] and maybe:
        is_thousands = separator == ","
        decimal, certain[","] = (0, maybe) if is_thousands else (maybe, 0)
    comma = decimal > certain[","] and (decimal > 0)
    certain["," if comma else "."] = 0
    sign = max(certain, key=lambda each: certain[each])
    return comma, sign if certain[sign] else ""


class _CellReader:
    """Reads cells with a decimal sign and a sign between thousands, and texts that are known to stand for no number."""

    def __init__(self, comma: bool, thousands: str, given: Cells) -> None:
        self._comma, self._thousands = comma, "[ \u00a0\u2009\u202f]" if thousands == " " else re.escape(thousands)
        self._grouped = re.compile(rf"[-+]?\d{{1,3}}(?:{self._thousands}\d{{3}})+(?!\d).*") if thousands else None
        self._given, self._kinds = given, Kinds()

    def number(self, cell: str) -> float | None:
        """The number that a cell is; None where it is none."""
        if not self._comma and len(cell) < MAX_DIGITS and _POINTED.fullmatch(cell):
            return float(cell)
        text = cell.translate(MINUS)
        if self._grouped and self._grouped.fullmatch(text):
            text = re.sub(self._thousands, "", text)
        if len(text) > MAX_DIGITS or not is_number(text, self._comma):
            return None
        return float(text.replace(",", ".") if self._comma else text)

    def column(self, header: str, cells: Sequence[str]) -> ColumnGuess:
        """What a column is."""
        numbers: dict[float, dict[str, int]] = {}
        missing: Counter[str] = Counter()
        others: Counter[str] = Counter()
        known = {*self._given.missing, *self._given.missing_in.get(header, ())}
        for cell, count in Counter(cells).items():
            is_missing = cell in known or is_missing_word(cell)
            number = None if is_missing else self.number(cell)
            if number is not None:
                numbers.setdefault(number, {})[cell] = count
            else:
                (missing if is_missing else others)[cell] += count
        count = sum(sum(each.values()) for each in numbers.values())
        if not count + others.total():
            return ColumnGuess(NOTHING, len(cells), 0, missing)
        if count < LEAST_NUMBERS * (count + others.total()):
            return self._of_no_numbers(cells, count, missing)
        for value in _sentinels(numbers):
            missing.update(numbers.pop(value))
        values = [value for value in numbers if math.isfinite(value)]
        least, most = (min(values), max(values)) if values else (None, None)
        count = sum(sum(each.values()) for each in numbers.values())
        return ColumnGuess(NUMBERS, len(cells), count, missing, others, least, most)

    def _of_no_numbers(self, cells: Sequence[str], numbers: int, missing: Mapping[str, int]) -> ColumnGuess:
        told = [cell for cell in cells if cell not in missing]
        times = [cell for cell in told if self._kinds.of(cell) == TIME]
        if len(times) >= LEAST_SHARE * len(told):
            formats = time_formats(times)
            if formats is not None:
                others = Counter(cell for cell in told if self._kinds.of(cell) != TIME)
                return ColumnGuess(TIMES, len(cells), numbers, missing, others, time_formats=formats)
        return ColumnGuess(TEXT, len(cells), numbers)


def is_missing_word(cell: str) -> bool:
    """Whether a cell says that there is no number."""
    if len(cell) > MAX_LETTERS_OF_WORD:
        return False
    lower = cell.lower()
    return not lower or lower in MISSING_WORDS or lower in _MISSING_TOO or _STARS.fullmatch(lower) is not None


def _sentinels(numbers: Collection[float]) -> list[float]:
    """The numbers that stand for none: all nines and such, far from all others."""
    finite = sorted(value for value in numbers if math.isfinite(value))
    ends = finite[:_SUSPECTS] + finite[_SUSPECTS:][-_SUSPECTS:]
    suspects = {value for value in ends if _SENTINEL.fullmatch(f"{value:.15g}")}
    rest = [value for value in finite if value not in suspects]
    if not rest:
        return []
    low, high = min(rest), max(rest)
    found = [value for value in suspects if min(abs(value - low), abs(value - high)) > max(high - low, abs(value) / 9)]
    return sorted(value for value in found if not low <= value <= high)


def _missing(
    headers: Sequence[str], columns: Sequence[ColumnGuess], texts: Sequence[Sequence[str]]
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """The texts that stand for no number in all columns of numbers, and those that are numbers in other ones."""
    numeric = [place for place, column in enumerate(columns) if column.kind == NUMBERS]
    everywhere = dict.fromkeys(text for place in numeric for text in columns[place].missing)
    single: dict[str, tuple[str, ...]] = {}
    for text in [text for text in everywhere if any(c.isdigit() for c in text)]:
        having = [place for place in numeric if text in columns[place].missing]
        if any(text in texts[place] for place in numeric if place not in having):
            del everywhere[text]
            for place in having:
                single[headers[place]] = (*single.get(headers[place], ()), text)
    return tuple(everywhere), single
