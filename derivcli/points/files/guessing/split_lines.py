"""The first lines of a text file, and how they fall into cells in each way to separate them."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from derivcli.points.files.reading import SPACE
from derivcli.points.files.text.delimited_rows import DelimitedRows
from derivcli.points.files.text.fixed_widths import FixedRows

MAX_LINES_GUESSED = 1000

MAX_LINES_OF_ROW = 50
"""A quote that is not closed within so many lines is taken for a character like others."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end, and its number from 0 on in the file."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, and the numbers of its first line and of the line after it.

    Where a way to separate cells would cut through a word there are none.
    """

    number: int
    end: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """Lines cut into rows in one way, and the rows that are not blank."""

    rows: Sequence[Row]
    separator: str


def lines_of(text: str, most: int) -> list[Line]:
    """The first lines, which end with a line feed if there is any, as readers have it."""
    end = "\n" if "\n" in text else "\r"
    found = text.split(end, most)[:most]
    return [Line(number, line.removesuffix("\r")) for number, line in enumerate(found)]


def cut_at_separators(lines: Sequence[Line], separator: str) -> Cut:
    """The lines cut at each separator outside quotes."""
    reader = DelimitedRows(separator, "", b"\n")
    rows: list[Row] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        count = 1
        if '"' in line.text:
            text, count = _quoted_row(lines, place, reader)
            cells = _cells(reader, text)
        else:
            cells = line.text.split() if separator == SPACE else line.text.split(separator)
        if line.text.strip(" \t\r" if separator == SPACE else " \r"):
            rows.append(Row(line.number, lines[place + count - 1].number + 1, tuple(cells)))
        place += count
    return Cut(rows, separator)


_NUMBERS = re.compile(r"[0-9.][0-9.+-]")
"""What stands where a number ends and another begins."""


def cut_at_widths(lines: Sequence[Line], widths: Sequence[int]) -> Cut:
    """The lines cut after so many characters."""
    reader = FixedRows(widths, "", b"\n")
    borders = [*accumulate(widths)][:-1]
    return Cut(
        [
            Row(line.number, line.number + 1, () if _splits(line.text, borders) else tuple(reader.cells(line.text)))
            for line in lines
            if line.text.strip()
        ],
        "",
    )


def _splits(line: str, borders: Sequence[int]) -> bool:
    """Whether a border falls into a word of a line; numbers may touch each other."""
    pairs = (line[border - 1 : border + 1] for border in borders if border < len(line))
    return any(not pair[0].isspace() and not pair[-1].isspace() and not _NUMBERS.fullmatch(pair) for pair in pairs)


def _quoted_row(lines: Sequence[Line], place: int, reader: DelimitedRows) -> tuple[str, int]:
    """The text of the row that begins on a line with quotes, and how many lines it takes."""
    for most in (1, MAX_LINES_OF_ROW):
        text = "\n".join(line.text for line in lines[place : place + most]) + "\n"
        data = text.encode(errors="replace")
        end = reader.end(data, 0)
        if end is not None and (end < len(data) or text.endswith("\n")) and data[:end].endswith(b"\n"):
            row = data[:end].decode()
            return row.removesuffix("\n"), row.count("\n")
    return lines[place].text, 1


def _cells(reader: DelimitedRows, text: str) -> list[str]:
    try:
        return reader.cells(text)
    except csv.Error:
        return [text]
