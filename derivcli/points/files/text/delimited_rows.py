"""Rows of cells between separators: where they begin and end in a block of text, and how Arrow reads them.

    row       := cell { separator cell } line end
    cell      := quote { character | quote quote } quote { character } | character { character } | nothing
    separator := character | blank { blank }

A quote opens a cell only at its beginning, as Arrow has it; elsewhere it is a character like any other.
A line is a comment where a row would begin and it begins with the sign for comments.
Where any run of spaces and tabs separates, blanks that begin or end a line separate nothing, and no cell is empty.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from derivcli.points.files.reading import SPACE
from derivcli.points.files.text.comments import Comments

_LINE_END = r"(?:\r\n|\n|\r|\Z)"
_QUOTES_BETWEEN_BLANKS = re.compile(rb'((?<![^ \t\r\n])"(?:[^"]|"")*+")')

LeaveOut = Callable[[arrow_csv.InvalidRow], str]


class DelimitedRows:
    """What finds and reads the rows of a file whose cells stand between separators."""

    def __init__(self, separator: str, comment: str, line_end: bytes) -> None:
        self.separator, self.is_space = separator, separator == SPACE
        self._line_end = line_end
        self.comments = Comments(comment, line_end, self.is_space)
        row = _spaced_row() if self.is_space else _separated_row(separator)
        self._row = re.compile(f"{row}{_LINE_END}".encode())
        between = " \t" if self.is_space else separator
        self._border = np.zeros(256, dtype=bool)
        self._border[list(f'{between}\r\n"'.encode())] = True

    def end(self, text: bytes, start: int) -> int | None:
        """Where the row that begins there ends, with its line end; None where a quote is never closed."""
        found = self._row.match(text, start)
        return found and found.end()

    def cells(self, row: str) -> list[str]:
        """The cells of one row; raises csv.Error."""
        if self.is_space:
            row = self._with_single_spaces(row.encode()).decode()
        return next(csv.reader(io.StringIO(row, newline=""), delimiter=" " if self.is_space else self.separator), [])

    def cut(self, block: bytes) -> int:
        """Where the last whole row of a block ends, when its first byte begins a row."""
        if b'"' not in block:
            return block.rfind(self._line_end) + 1
        characters = np.frombuffer(block, dtype=np.uint8)
        quotes = np.flatnonzero(characters == ord('"'))
        if self.comments.may_be_in(block) or not self._are_paired(characters, quotes):
            return self.end_of_rows(block)
        ends = np.flatnonzero(characters == self._line_end[0])
        outside = ends[np.searchsorted(quotes, ends) % 2 == 0]
        return int(outside[-1]) + 1 if len(outside) else 0

    def end_of_rows(self, block: bytes) -> int:
        """Where the rows end before a quote that is not closed in the block, or a line end that is cut in two."""
        end = self.comments.end(block, 0, whole=True)
        half = len(block) if self._line_end == b"\n" and block.endswith(b"\r") else -1
        for row in self._rows(block):
            if row.group().endswith((b"\n", b"\r")) and row.end() != half:
                end = self.comments.end(block, row.end(), whole=True)
        return end

    def starts(self, block: bytes) -> Iterator[int]:
        """Where each row of a block begins, blank ones too, up to a quote that is not closed in it."""
        return (row.start() for row in self._rows(block))

    def is_blank(self, block: bytes, start: int) -> bool:
        """Whether the row that begins there is a line without cells."""
        found = self._row.match(block, start)
        return found is not None and not found.group().strip(b" \t\r\n" if self.is_space else b" \r\n")

    def bare_end(self, block: bytes) -> int:
        """Where the last row ends that is neither blank nor a comment, without its line end."""
        if not self.comments.may_be_in(block):
            return len(block.rstrip(b"\r\n"))
        ends = [row.end() for row in self._rows(block) if row.group().strip(b"\r\n")]
        return len(block[: ends[-1]].rstrip(b"\r\n")) if ends else 0

    def table(
        self,
        block: bytes,
        headers: Sequence[str],
        included: Sequence[str],
        leave_out: LeaveOut,
        blank_rows: bool,
        lacking: Mapping[int, int],
    ) -> pa.Table:
        """The rows of a block as texts; raises pa.ArrowException. `blank_rows` says that a blank line is one.

        Rows at some places get as many empty cells as they are `lacking`.
        """
        block = self._plain(block)
        block = self._filled(block, lacking) if lacking else block
        if not block if blank_rows else not block.strip(b" \r\n"):
            return pa.schema([(name, pa.string()) for name in included]).empty_table()
        return arrow_csv.read_csv(
            pa.BufferReader(block),
            arrow_csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=headers),
            arrow_csv.ParseOptions(
                delimiter=" " if self.is_space else self.separator,
                newlines_in_values=b'"' in block,
                ignore_empty_lines=not blank_rows,
                invalid_row_handler=leave_out,
            ),
            arrow_csv.ConvertOptions(
                check_utf8=False,
                include_columns=included if len(included) < len(headers) else None,
                default_column_type=pa.string(),
                null_values=[""],  # so that a cell with nothing in it does not become an empty text in quotes
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )

    def _are_paired(self, characters: np.ndarray, quotes: np.ndarray) -> bool:
        """Whether every other quote opens a cell and the one after it closes it, so that counting them is enough."""
        opening, closing = quotes[::2], quotes[1::2]
        before = characters[opening[opening > 0] - 1]
        after = characters[closing[closing < len(characters) - 1] + 1]
        return bool(self._border[before].all() and self._border[after].all())

    def _rows(self, block: bytes) -> Iterator[re.Match[bytes]]:
        """Every row of a block, blank ones too, up to a quote that is not closed in it."""
        place, commented = 0, self.comments.may_be_in(block)
        while place < len(block):
            place = self.comments.end(block, place) if commented else place
            match = self._row.match(block, place)
            if not match or place == len(block):
                return
            yield match
            place = match.end()

    def _plain(self, block: bytes) -> bytes:
        """The block as Arrow reads it: without comments, and with one space between cells."""
        if b'"' not in block:
            block = self.comments.removed(block)
        elif self.comments.may_be_in(block):
            block = b"".join(row.group() for row in self._rows(block))
        return self._with_single_spaces(block) if self.is_space else block

    def _filled(self, block: bytes, lacking: Mapping[int, int]) -> bytes:
        """The block with more empty cells in the rows at some places, of those that are not blank."""
        between, parts, place = (b" " if self.is_space else self.separator.encode()), list[bytes](), 0
        for row in map(re.Match.group, self._row.finditer(block)):
            bare = row.rstrip(b"\r\n")
            parts += [bare, between * lacking.get(place, 0) if bare.strip(b" ") else b"", row[len(bare) :]]
            place += bool(bare.strip(b" "))
        return b"".join(parts)

    def _with_single_spaces(self, text: bytes) -> bytes:
        """The rows with one space for each run of spaces and tabs outside quotes, and none where a line begins or ends.

        Tabs and runs are replaced in the whole text at a time.
        """
        if b'"' in text:
            parts = _QUOTES_BETWEEN_BLANKS.split(text)
            parts[::2] = map(_single_spaces, parts[::2])
            text = b"".join(parts)
        else:
            text = _single_spaces(text)
        return text[1:-1] if text == b" " else text.removeprefix(b" ").removesuffix(b" ")


def _single_spaces(text: bytes) -> bytes:
    text = text.replace(b"\t", b" ")
    while b"  " in text:
        text = text.replace(b"    ", b" ").replace(b"  ", b" ")
    text = text.replace(b"\n ", b"\n").replace(b" \n", b"\n")
    return text.replace(b"\r ", b"\r").replace(b" \r", b"\r") if b"\r" in text else text


def _separated_row(separator: str) -> str:
    between = re.escape(separator)
    cell = rf'(?:"(?:[^"]|"")*+"[^{between}\r\n]*+|[^"{between}\r\n][^{between}\r\n]*+|)'
    return f"{cell}(?:{between}{cell})*+"


def _spaced_row() -> str:
    cell = r'(?:"(?:[^"]|"")*+"[^ \t\r\n]*+|[^" \t\r\n][^ \t\r\n]*+)'
    return rf"[ \t]*+(?:{cell}(?:[ \t]++{cell})*+)?+[ \t]*+"
