"""Where among rows of cells a table lies: its first row, the lines of names and units above it, and its last row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from derivcli.points.files.guessing.cell_kinds import (
    COMMENT_SIGNS,
    EMPTY,
    GROUPED,
    MISSING,
    NUMBER,
    TIME,
    UNCUT,
    WORDS,
    Kinds,
)
from derivcli.points.files.guessing.split_lines import Cut, Row
from derivcli.points.files.reading import SPACE
from derivcli.points.files.text.units import are_statistics, looks_like_unit

MAX_WIDTHS_TRIED = 3
"""Numbers of cells that rows may have, the most frequent of all."""

MAX_CELLS_LOOKED_AT = 4000
MAX_ROWS_SHOWN = 20
MAX_PLACES = 40
"""Columns of numbers that are looked at to tell rows from others."""

MAX_HEADER_LINES = 4
MAX_WORDS_OF_NAME = 6

LEAST_SHARE = 0.8
"""The share of rows that have all cells."""

LEAST_NUMBERS = 0.65
"""The share of a column's cells that are numbers, if it is one of numbers."""

LEAST_ROWS = 2

LEAST_CELLS_OF_ROWS = 3
"""Rows of fewer cells may be remarks: a word and a number."""

_BY_HEADER_LINES = {0: 0.9, 2: 1.02, 3: 1.02}
"""What a table is worth without names, and with units below them; 1 with names alone."""

_VALUES = {NUMBER: 1.0, TIME: 1.0, WORDS: 0.9, GROUPED: 0.8, MISSING: 0.5, EMPTY: 0.5, UNCUT: 0.0}
"""What a column is worth by the kind of most of its cells."""

_NUMERIC = (NUMBER, GROUPED)
_YEARS = range(1700, 2300)
_SEPARATOR_LINE = re.compile(r'\ufeff?"?sep=.?"?', re.IGNORECASE)
_RULE = re.compile(r"[-=_+:*~ ]+|\d+[sdn]")


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was found: the lines above its names, how many lines these take, its headers and first rows."""

    skip_lines: int
    header_lines: int
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    score: float


def found_table(cut: Cut, kinds: Kinds, header_lines: int | None = None) -> Iterator[Table]:
    """The tables that the rows may be, one for each number of cells that many rows have.

    Where the number of lines of headers is not given, they tell it.
    """
    counts = Counter(len(row.cells) for row in cut.rows if len(row.cells) > 1)
    total = sum(len(row.cells) or 1 for row in cut.rows)
    for width, rows in counts.most_common(MAX_WIDTHS_TRIED):
        if rows >= LEAST_ROWS:
            table = _Finder(cut, width, kinds, header_lines).found(total)
            if table is not None:
                yield table


class _Finder:
    """Looks for a table with one number of cells."""

    def __init__(self, cut: Cut, width: int, kinds: Kinds, header_lines: int | None) -> None:
        self._given = header_lines
        self._rows, self._separator, self._width, self._of = cut.rows, cut.separator, width, kinds.of
        whole = [row for row in self._rows if len(row.cells) == width]
        self._learn(whole[-(-len(whole) * 2 // 3) :])

    def _learn(self, rows: Sequence[Row]) -> None:
        """Find what the columns are, of some of these rows."""
        step = -(-len(rows) * self._width // MAX_CELLS_LOOKED_AT)
        self._is_padded = any(cell.startswith(" ") for row in rows[:MAX_ROWS_SHOWN] for cell in row.cells[1:])
        self._kinds = self._kinds_of(rows[:: max(1, step)])
        self._numeric = [place for place, kind in enumerate(self._kinds) if kind in _NUMERIC]

    def found(self, total: int) -> Table | None:
        """The table, which explains some of all cells; None where there is none."""
        start = self._start(self._places())
        if start is None:
            return None
        self._learn([row for row in self._rows[start:] if len(row.cells) == self._width])
        places = self._places()
        start = self._start(places)
        if start is None:
            return None
        are_years = self._are_years(start)
        inside = [place for place in places if place >= start + are_years]
        if len(inside) < LEAST_ROWS:
            return None
        share = self._share_of_whole(inside)
        start, header = (start + 1, 1) if are_years else self._with_header(start)
        score = fmean(_VALUES[kind] for kind in self._kinds) * share ** (3 if self._separator == SPACE else 1)
        score *= (len(inside) / (len(self._rows) - start)) ** 0.5 * (len(inside) * self._width / total) ** 0.25
        return self._table(start, header, score * _BY_HEADER_LINES.get(header, 1.0)) if share >= LEAST_SHARE else None

    def _share_of_whole(self, inside: Sequence[int]) -> float:
        """The share of rows with all cells, from the first to the last that hold data."""
        rows = self._rows[inside[0] : inside[-1] + 1]
        return sum(len(row.cells) == self._width for row in rows) / len(rows)

    def _with_header(self, start: int) -> tuple[int, int]:
        """The first row, if some without numbers are above the one found, and the number of header lines above it."""
        while start and (self._is_row(start - 1) or self._are_words_between(start - 1)):
            start -= 1
        start -= self._rows_of_words(start)
        return start, self._header_lines(start)

    def _is_row(self, place: int) -> bool:
        return self._is_without_numbers(self._rows[place]) or self._is_broken(self._rows[place])

    def _are_words_between(self, place: int) -> bool:
        """Whether a row of words stands below one that is full of numbers, so that they are no names."""
        if not place or self._width < LEAST_CELLS_OF_ROWS or len(self._rows[place].cells) != self._width:
            return False
        above = self._rows[place - 1]
        if not self._is_broken(above) or self._are_years(place - 1):
            return False
        return 2 * sum(self._of(cell) in _NUMERIC for cell in above.cells) >= self._width

    def _places(self) -> list[int]:
        """The rows that hold numbers where their columns do."""
        return [place for place, row in enumerate(self._rows) if self._is_data(row)] if self._numeric else []

    def _table(self, start: int, header: int, score: float) -> Table:
        above = self._rows[start - header : start]
        first = self._rows[start - header]
        skip = first.number if self._has_lines_above(start - header) else 0
        headers = above[0].cells if above else tuple(f"column{place}" for place in range(1, self._width + 1))
        rows = [row.cells for row in self._rows[start:] if len(row.cells) == self._width]
        return Table(skip, header, headers, tuple(rows[:MAX_ROWS_SHOWN]), score)

    def _has_lines_above(self, place: int) -> bool:
        """Whether lines that are not blank stand above a row, and do more than say the separator."""
        above = self._rows[:place]
        return len(above) > 1 or any(not _SEPARATOR_LINE.fullmatch(self._separator.join(row.cells)) for row in above)

    def _kinds_of(self, rows: Sequence[Row]) -> list[str]:
        return [self._kind_of([row.cells[place] for row in rows]) for place in range(self._width)]

    def _kind_of(self, cells: Sequence[str]) -> str:
        """The kind of a column: that of most cells, and of numbers where nearly all are numbers or missing."""
        counts = Counter(map(self._of, cells))
        told = len(cells) - counts[EMPTY] - counts[MISSING]
        if not told:
            return MISSING if counts[MISSING] else EMPTY
        if counts[NUMBER] + counts[GROUPED] >= LEAST_NUMBERS * told:
            return NUMBER if counts[NUMBER] >= counts[GROUPED] else GROUPED
        if counts[UNCUT] > told / 4:
            return UNCUT
        return TIME if counts[TIME] >= LEAST_SHARE * told else WORDS

    def _is_data(self, row: Row) -> bool:
        """Whether a row holds numbers, or nothing, in most columns of numbers, and no words for times."""
        if len(row.cells) != self._width:
            return False
        times = (row.cells[place] for place, kind in enumerate(self._kinds) if kind == TIME)
        if not all(self._of(cell) in (TIME, MISSING, EMPTY) for cell in times):
            return False
        kinds = [self._of(row.cells[place]) for place in self._numeric[:MAX_PLACES]]
        good = sum(kind in (*_NUMERIC, MISSING, EMPTY) for kind in kinds)
        told = sum(kind in (*_NUMERIC, MISSING) for kind in kinds)
        return good > len(kinds) / 2 and told >= len(kinds) / 3 and any(kind in _NUMERIC for kind in kinds)

    def _start(self, places: Sequence[int]) -> int | None:
        """The first row that holds data, and is followed by such rows and by no names."""
        for at, place in enumerate(places):
            following = places[at : at + 6]
            if following[-1] - place < len(following) * 1.5 and not self._is_above_names(place):
                return place
        return None

    def _is_above_names(self, place: int) -> bool:
        """Whether a row only looks like data: it has a word among numbers, and names stand below it."""
        kinds = {self._of(self._rows[place].cells[column]) for column in self._numeric}
        return not kinds <= {*_NUMERIC, MISSING, EMPTY} and any(map(self._is_header, self._rows[place + 1 : place + 3]))

    def _are_years(self, start: int) -> bool:
        """Whether what looks like the first row are names that are numbers, such as years, each one more."""
        cells = self._rows[start].cells
        told = [cells[place].strip() for place in self._numeric]
        words = [cell for place, cell in enumerate(cells) if place not in self._numeric]
        if len(told) < 2 or len(self._rows) - start < LEAST_ROWS + 1 or not words:
            return False
        if not all(cell.isascii() and cell.isdecimal() and int(cell[:5]) in _YEARS for cell in told):
            return False
        steps = {int(after) - int(before) for before, after in pairwise(told)}
        return len(steps) == 1 and steps != {0} and not self._continues(start, told)

    def _continues(self, start: int, told: Sequence[str]) -> bool:
        """Whether the next row is such a row of years too."""
        following = self._rows[start + 1]
        if len(following.cells) != self._width:
            return False
        below = [following.cells[place].strip() for place in self._numeric]
        return all(cell.isascii() and cell.isdecimal() and int(cell[:5]) in _YEARS for cell in below)

    def _rows_of_words(self, start: int) -> int:
        """How many rows above the first one with numbers are rows too: those below names in the first line of all."""
        above = self._rows[:start]
        is_parted = self._separator not in (SPACE, "")
        if not is_parted or not 1 < len(above) <= MAX_HEADER_LINES or not all(map(self._is_header, above)):
            return 0
        lower = [row.cells for row in above[1:]]
        are_special = any(are_rules(cells) or are_statistics(cells) or self._are_units(cells) for cells in lower)
        return 0 if are_special or not all(cell.strip() for cell in above[0].cells) else len(lower)

    def _header_lines(self, start: int) -> int:
        """How many rows above the first one are names, units below them, and what is neither."""
        if self._given is not None:
            return min(self._given, start)
        above: list[tuple[str, ...]] = []
        while len(above) < min(start, MAX_HEADER_LINES) and self._is_header(self._rows[start - 1 - len(above)]):
            above.append(self._rows[start - 1 - len(above)].cells)
        lower = int(len(above) > 1 and (are_rules(above[0]) or are_statistics(above[0])))
        if len(above) > lower + 1 and self._are_names(above[lower + 1], above[lower]):
            lower += self._are_units(above[lower])
        named = sum(bool(cell.strip()) for cell in above[lower]) if above else 0
        is_named = named > self._width / 2 or (named == self._width / 2 and self._separator != "")
        return lower + 1 if is_named else 0

    def _is_header(self, row: Row) -> bool:
        """Whether a row has words over most columns of numbers, and neither a number nor a time there."""
        if len(row.cells) != self._width or self._is_prose(row.cells) or self._is_without_numbers(row):
            return False
        looked_at = self._numeric if self._separator in (SPACE, "") else range(self._width)
        return not any(self._of(row.cells[place]) in _NUMERIC for place in looked_at)

    def _is_without_numbers(self, row: Row) -> bool:
        """Whether a row without numbers is one of the table: it has a time, or all numbers are missing."""
        if len(row.cells) != self._width:
            return False
        kinds = {self._of(row.cells[place]) for place in self._numeric}
        has_time = any(kind == TIME == self._of(row.cells[place]) for place, kind in enumerate(self._kinds))
        return has_time or kinds == {MISSING}

    def _is_broken(self, row: Row) -> bool:
        """Whether a row above the first that holds data is one too, with a number in its place and words in others."""
        if len(row.cells) != self._width or self._separator in (SPACE, "") or self._is_prose(row.cells):
            return False
        return any(self._of(cell) in _NUMERIC for cell in row.cells)

    def _is_prose(self, cells: Sequence[str]) -> bool:
        """Whether cells are parts of a remark: after a sign, in many words, or with spaces behind commas."""
        if self._separator in (SPACE, ""):
            words = [word for cell in cells for word in cell.split()]
            is_signed = bool(words) and words[0] in COMMENT_SIGNS and not self._are_units(cells)
            is_long = any(len(cell.split()) > MAX_WORDS_OF_NAME or "  " in cell.strip() for cell in cells)
            return is_signed or is_long or any(word == "=" or word.endswith(":") for word in words)
        spaced = all(cell.startswith(" ") for cell in cells[1:]) and not self._is_padded
        return spaced or len(cells[0].split()) > MAX_WORDS_OF_NAME

    def _are_units(self, cells: Sequence[str]) -> bool:
        """Whether some cells over columns of numbers are written as units are, and none is a word for nothing."""
        told = [cell for cell in cells if cell.strip()]
        if any(self._of(cell) == MISSING and re.search("[A-Za-z]", cell) for cell in told):
            return False
        units = [place for place in self._numeric if cells[place].strip() and looks_like_unit(cells[place])]
        return len(units) > len(told) / 3

    def _are_names(self, cells: Sequence[str], units: Sequence[str]) -> bool:
        """Whether cells may be the names above units: they are told wherever these are, and in most columns."""
        told = [bool(cell.strip()) for cell in cells]
        return sum(told) > self._width / 2 and all(name for name, unit in zip(told, units, strict=True) if unit.strip())


def are_rules(cells: Sequence[str]) -> bool:
    """Whether cells below names are lines drawn by signs, or say how wide columns are, as `12n`."""
    told = [cell.strip() for cell in cells if cell.strip()]
    return bool(told) and all(_RULE.fullmatch(cell) for cell in told)
