"""What stands above the rows of a text file: lines that are none of the table, the names of the columns, their units.

    file   := { line } [ "sep=" separator line end ] { blank line | comment } names [ units { line } ] rows

What is not told is read from the first block: the separator, whether there are names at all, and lines below them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivcli.errors import DerivError
from derivcli.points.files.batches import UNNAMED
from derivcli.points.files.cells.number_grammar import is_number
from derivcli.points.files.reading import SPACE
from derivcli.points.files.text.blocks import empty
from derivcli.points.files.text.comments import Comments
from derivcli.points.files.text.delimited_rows import DelimitedRows
from derivcli.points.files.text.fixed_widths import FixedRows
from derivcli.points.files.text.separators import SHOWN, separates_by_space, told_by_header
from derivcli.points.files.text.units import are_rules, are_statistics, are_units, with_unit

if TYPE_CHECKING:
    from derivcli.points.files.formats import FileFormat

MAX_ROWS_COMPARED = 20
"""Rows below the first line that are looked at to tell what the lines above them are."""

Rows = DelimitedRows | FixedRows

_SEPARATOR_LINE = re.compile(rb'"?sep=([^"\w\r\n])"?[ \t]*(?:\r\n|\n|\r)', re.IGNORECASE)
_TIME = re.compile(r"\d[-\d:/. TZ+]*")


@dataclass(frozen=True, slots=True)
class TextHeader:
    """What was found above the rows: the names of the columns, how rows are read, and the byte where they begin.

    `below` are the cells of the first rows.
    """

    names: list[str]
    rows: Rows
    body: int
    below: list[list[str]]
    notes: list[str]
    is_unnamed: bool = False
    """Whether there are no names, and these are numbers."""


@dataclass(frozen=True, slots=True)
class TextStart:
    """The first bytes of a file, and whether they are all of it."""

    name: str
    first: bytes
    whole: bool


def read_header(text: TextStart, format: FileFormat) -> TextHeader:
    """What stands above the rows; raises DerivError where it cannot be told."""
    return _HeaderReader(text, format).read()


class _HeaderReader:
    def __init__(self, text: TextStart, format: FileFormat) -> None:
        self._name, self._first, self._whole = text.name, text.first, text.whole
        self._format, self._layout = format, format.layout
        self._line_end = b"\n" if b"\n" in self._first else b"\r"
        self._notes: list[str] = []

    def read(self) -> TextHeader:
        start, said = self._after_separator_line(self._after_skipped_lines())
        start = self._after_blank_lines(start)
        self._rows = self._rows_of(start, said)
        found = self._lines(start, (self._layout.header_lines or 0) + 1 + MAX_ROWS_COMPARED)
        rows = [cells for _, cells in found]
        count = self._count(rows)
        names = self._names(rows, count)
        body = found[count - 1][0] if count else start
        return TextHeader(names, self._rows, body, rows[count:], self._notes, not count)

    def _after_skipped_lines(self) -> int:
        start = 0
        for _ in range(self._layout.skip_lines):
            start = self._first.find(self._line_end, start) + 1
            if not start:
                lines = self._first.count(self._line_end)
                what = f"{self._name} has {lines:,} lines, fewer than the {self._layout.skip_lines:,} to skip"
                what = what if self._whole else f"{self._name}: its first {lines:,} lines are too long to skip more"
                raise DerivError(what, hint="say a smaller number with --skip-lines")
        return start

    def _after_separator_line(self, start: int) -> tuple[int, str]:
        """Where the line ends in which spreadsheets say the separator, if there is one, and what it says."""
        found = _SEPARATOR_LINE.match(self._first, start)
        if not found:
            return start, ""
        return found.end(), found[1].decode(errors="replace")

    def _after_blank_lines(self, start: int) -> int:
        """Where the first row begins: behind blank lines and comments."""
        blank = re.compile(rb"(?:[ \t]*[\r\n])*+" if self._layout.separator == SPACE else rb"(?:[ ]*[\r\n])*+")
        comments = Comments(self._layout.comment, self._line_end, self._layout.separator == SPACE)
        before = -1
        while before < start:
            before = start
            found = blank.match(self._first, start)
            start = comments.end(self._first, found.end() if found else start)
        if start == len(self._first):
            raise empty(self._name) if not self._layout.comment and not self._layout.skip_lines else self._nothing()
        return start

    def _nothing(self) -> DerivError:
        given = " and ".join(
            option
            for option, value in (("--skip-lines", self._layout.skip_lines), ("--comment", self._layout.comment))
            if value
        )
        return DerivError(f"{self._name} has no rows beside the lines to leave out", hint=f"correct {given}")

    def _rows_of(self, start: int, said: str) -> Rows:
        layout, usual = self._layout, self._format.separator
        if layout.widths:
            return FixedRows(layout.widths, layout.comment, self._line_end)
        if layout.separator:
            return self._delimited(layout.separator)
        separator, is_told = (said, True) if said else told_by_header(_first_row(self._first, start), usual)
        if not is_told or (separator == "," and self._format.decimal_comma):
            spaced = self._delimited(SPACE)
            rows = [cells for _, cells in self._lines_of(spaced, start, MAX_ROWS_COMPARED)]
            if separates_by_space(rows, self._format.cells.all_missing) and (not is_told or self._is_data(rows[0])):
                separator, is_told = SPACE, True
        if is_told and separator != self._format.row.separator:
            self._notes.append(f"{self._name}: its columns are separated by {SHOWN.get(separator, repr(separator))}")
        return self._delimited(separator)

    def _delimited(self, separator: str) -> DelimitedRows:
        return DelimitedRows(separator, self._layout.comment, self._line_end)

    def _lines(self, start: int, most: int) -> list[tuple[int, list[str]]]:
        """The first rows that are whole in the block, with names among them: where each ends, and its cells."""
        end = self._rows.end(self._first, start)
        if end is None:
            hint = "close it or remove it"
            raise DerivError(f"{self._name}: a quote in the first line is never closed", hint=hint)
        if end == len(self._first) and not self._whole:
            hint = "write the names of the columns there"
            raise DerivError(f"{self._name}: its first line is too long", hint=hint)
        found = self._lines_of(self._rows, start, most)
        if not found:
            message = f"{self._name}: the first line cannot be read as names of columns"
            raise DerivError(message, hint="write short names, one for each column")
        return found

    def _lines_of(self, rows: Rows, start: int, most: int) -> list[tuple[int, list[str]]]:
        found: list[tuple[int, list[str]]] = []
        while len(found) < most and start < len(self._first):
            start = rows.comments.end(self._first, start)
            end = rows.end(self._first, start)
            if end is None or end == start or (end == len(self._first) and not self._whole):
                break
            row = self._first[start:end].decode(errors="replace")
            if not rows.is_blank(self._first, start):
                try:
                    found.append((end, rows.cells(row)))
                except csv.Error:
                    break
            start = end
        return found

    def _count(self, rows: Sequence[Sequence[str]]) -> int:
        """How many of the first rows are no data."""
        given = self._layout.header_lines
        if given is not None:
            if given > len(rows):
                message = f"{self._name} has fewer than {given} lines of headers"
                raise DerivError(message, hint="say how many there are with --header-lines")
            if given > 2:
                lines = "1 line is" if given == 3 else f"{given - 2} lines are"
                self._notes.append(f"{self._name}: {lines} left out below the names and units")
            return given
        if self._is_data(rows[0]):
            return self._without_names()
        if self._format.by_number and any(is_number(cell, self._format.decimal_comma) for cell in rows[0]):
            self._notes.append(f"{self._name}: its first line is taken for names; if it is a row, say --header-lines 0")
        return 1 + self._lines_below_names(rows)

    def _is_data(self, row: Sequence[str]) -> bool:
        """Whether a first row holds numbers, and nothing else but times."""
        told = [cell.strip() for cell in row if cell.strip()]
        numbers = [is_number(cell, self._format.decimal_comma) for cell in told]
        return any(numbers) and all(number or _TIME.fullmatch(cell) for number, cell in zip(numbers, told, strict=True))

    def _without_names(self) -> int:
        if not self._format.by_number:
            message = f"{self._name}: the first line holds numbers, not names"
            hint = "name columns by their numbers, as in --column x=1; or say --header-lines 1 if these are names"
            raise DerivError(message, hint=hint)
        self._notes.append(f"{self._name}: it has no line of names, so that columns are called by their numbers")
        return 0

    def _lines_below_names(self, rows: Sequence[Sequence[str]]) -> int:
        """How many lines below the names are no rows: units, and how a logger came to its numbers."""
        missing, comma = self._format.cells.all_missing, self._format.decimal_comma
        if len(rows) < 3 or len(rows[1]) != len(rows[0]):
            return 0
        if are_rules(rows[1]):
            self._notes.append(f"{self._name}: the line drawn below the names is left out")
            return 1
        if len(rows) > 3 and are_statistics(rows[2]) and are_units(rows[1], rows[3:], missing, comma):
            self._notes.append(f"{self._name}: its second line of names holds units, and the third is left out")
            return 2
        if not are_units(rows[1], rows[2:], missing, comma):
            return 0
        self._notes.append(f"{self._name}: the line below the names holds units; if it is a row, say --header-lines 1")
        return 1

    def _names(self, rows: Sequence[Sequence[str]], count: int) -> list[str]:
        if not count:
            return [f"{UNNAMED}{number}" for number in range(1, len(rows[0]) + 1)]
        names = list(rows[0])
        if count == 1:
            return names
        if len(rows[1]) > len(names):
            message = f"{self._name}: there are {len(rows[1])} units for {len(names)} names of columns"
            raise DerivError(message, hint="say --header-lines 1, or where the names stand with --skip-lines")
        units = [*rows[1], *[""] * (len(names) - len(rows[1]))]
        return [with_unit(name, unit) for name, unit in zip(names, units, strict=True)]


def _first_row(text: bytes, start: int) -> str:
    """The text up to the first line end outside quotes, which holds the header whatever the separator is."""
    match = re.compile(rb'(?:[^"\r\n]++|"[^"]*+(?:"|\Z))*+').match(text, start)
    return match.group().decode(errors="replace") if match else ""
