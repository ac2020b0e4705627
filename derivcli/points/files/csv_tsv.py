"""Comma- and tab-separated text: its separator, its header, its rows in blocks; and how rows are written as such.

    row   := cell { separator cell } line end
    cell  := quote { character | quote quote } quote { character } | character { character } | nothing

A quote opens a cell only at its beginning, as Arrow has it; elsewhere it is a character like any other.
Every column is read as text, so that what is passed through stays as it was written.
A blank line is an empty cell where there is one column, except at the end of the file; else it is no row.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from derivcli.errors import DerivError
from derivcli.points.files.arrow_encodings import decoded, is_binary
from derivcli.points.files.batches import BadRow, Batch, numbers_of, record_batch
from derivcli.points.files.cells_to_numbers import COMMA_HINT, CORRECT_HINT, has_decimal_comma, is_number
from derivcli.points.files.text_blocks import TextFile, check_utf8, empty, ended, in_order, unreadable, whole_rows
from derivcli.points.files.text_writer import TEXT, TextWriter, joined

if TYPE_CHECKING:
    from derivcli.points.files.formats import FileFormat

SEPARATORS = {",": "','", ";": "';'", "\t": "a tab", "|": "'|'"}
"""All separators that a header tells, as messages show them."""

_QUOTED = re.compile(r'"(?:[^"]|"")*+"')


class DelimitedFile:
    """A file of cells between separators; its columns are texts."""

    count = storage = None
    has_types = False

    def __init__(self, text: TextFile, format: FileFormat) -> None:
        self.name, self.size, self._text, self._decimal_comma = text.name, text.size, text, format.decimal_comma
        self.close = text.close
        check_utf8(self.name, text.first if text.whole else text.first[: text.first.rfind(b"\n") + 1])
        header = _first_row(text.first, self.name)
        self._separator = _separator(header, format.separator)
        self._row = _row_pattern(self._separator)
        found = self._row.match(text.first, _blank_until(text.first))
        if found is None:
            raise DerivError(f"{self.name}: a quote in the first line is never closed", hint="close it or remove it")
        if found.end() == len(text.first) and not text.whole:
            raise DerivError(f"{self.name}: its first line is too long", hint="write the names of the columns there")
        self._body = found.end()
        self.headers = _cells(found.group().decode(), self._separator, self.name)
        self._is_single = len(self.headers) == 1
        self._check_headers()
        self.schema = pa.schema([(name, pa.string()) for name in self.headers])
        self._line_end = b"\n" if b"\n" in text.first else b"\r"
        self.header_lines = text.first.count(self._line_end, 0, self._body)
        text.forget()
        noted = self._separator != format.row.separator and not self._is_single
        self.notes = [f"{self.name}: its columns are separated by {SEPARATORS[self._separator]}"] if noted else []

    def select(self, used: Sequence[str], passed: bool) -> None:
        """Choose the columns that are read as numbers; without `passed` no others are read."""
        self._used = used
        self.schema = pa.schema([(name, pa.string()) for name in (self.headers if passed else used)])

    def batches(self, size: int) -> Iterator[Batch]:
        """The rows of each block."""
        blocks = whole_rows(self.name, ended(self._blocks(), self._line_end), self._cut)
        return in_order(_without_blank_end(blocks) if self._is_single else blocks, self._batch)

    def _blocks(self) -> Iterator[bytes]:
        blocks = self._text.blocks()
        yield next(blocks)[self._body :]
        yield from blocks

    def _check_headers(self) -> None:
        named = [cell for cell in self.headers if cell.strip()]
        if named and all(is_number(cell, self._decimal_comma) for cell in named):
            example = self._separator.replace("\t", " ").join("xyztuv"[: len(self.headers)])
            message = f"{self.name}: the first line holds numbers, not names"
            raise DerivError(message, hint=f"write the names of the columns above them, as in {example}")

    def _cut(self, block: bytes) -> int:
        """Where the last whole row of a block ends, when its first byte begins a row."""
        if b'"' not in block:
            return block.rfind(self._line_end) + 1
        characters = np.frombuffer(block, dtype=np.uint8)
        quotes = np.flatnonzero(characters == ord('"'))
        if not self._are_paired(characters, quotes):
            return self._end_of_rows(block)
        ends = np.flatnonzero(characters == self._line_end[0])
        outside = ends[np.searchsorted(quotes, ends) % 2 == 0]
        return int(outside[-1]) + 1 if len(outside) else 0

    def _are_paired(self, characters: np.ndarray, quotes: np.ndarray) -> bool:
        """Whether every other quote opens a cell and the one after it closes it, so that counting them is enough."""
        border = np.zeros(256, dtype=bool)
        border[[ord(self._separator), ord("\n"), ord("\r"), ord('"')]] = True
        opening, closing = quotes[::2], quotes[1::2]
        before = characters[opening[opening > 0] - 1]
        after = characters[closing[closing < len(characters) - 1] + 1]
        return bool(border[before].all() and border[after].all())

    def _end_of_rows(self, block: bytes) -> int:
        end = 0
        for match in self._rows(block):
            if match.group().endswith((b"\n", b"\r")):
                end = match.end()
        return end

    def _rows(self, block: bytes) -> Iterator[re.Match[bytes]]:
        """Every row of a block, blank ones too, up to a quote that is not closed in it."""
        place = 0
        while place < len(block) and (match := self._row.match(block, place)):
            yield match
            place = match.end()

    def _batch(self, block: bytes) -> Batch:
        check_utf8(self.name, block)
        unread: list[BadRow] = []
        if b'"' in block and self._cut(block) < len(block):
            return self._unclosed(block)
        blank = not block if self._is_single else not block.strip()
        table = self.schema.empty_table() if blank else self._parsed(block, unread)
        rows = record_batch(table)
        numbers = numbers_of(rows, self._used, self._decimal_comma)
        lines = block.count(self._line_end)
        return Batch(rows, numbers, unread, self._line_finder(block), lines, size=self._text.bytes_of(block))

    def _unclosed(self, block: bytes) -> Batch:
        batch = self._batch(block[: self._end_of_rows(block)])
        hint = "close the quote, or leave out the rest with --on-error skip"
        batch.unread = [*batch.unread, BadRow(batch.count, "a quote opens here and is never closed", hint)]
        batch.line_of = self._line_finder(block)
        return batch

    def _parsed(self, block: bytes, unread: list[BadRow]) -> pa.Table:
        """The block's rows as Arrow reads them; those with too few or too many cells go to `unread`."""
        blank = 0

        def leave_out(row: arrow_csv.InvalidRow) -> str:
            nonlocal blank
            if row.text.strip(" "):
                cells = f"{row.actual_columns} cell{'s' * (row.actual_columns != 1)}"
                why = f"the row has {cells}, and the header has {row.expected_columns}"
                comma = self._is_single and has_decimal_comma(row.text)
                unread.append(BadRow(row.number - 1 - blank, why, COMMA_HINT if comma else CORRECT_HINT))
            else:
                blank += 1
            return "skip"

        quoted = b'"' in block
        try:
            return arrow_csv.read_csv(
                pa.BufferReader(block),
                arrow_csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=self.headers),
                arrow_csv.ParseOptions(
                    delimiter=self._separator,
                    newlines_in_values=quoted,
                    ignore_empty_lines=not self._is_single,
                    invalid_row_handler=leave_out,
                ),
                arrow_csv.ConvertOptions(
                    check_utf8=False,
                    include_columns=self.schema.names if len(self.schema) < len(self.headers) else None,
                    default_column_type=pa.string(),
                    null_values=[""],  # so that a cell with nothing in it does not become an empty text in quotes
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=False,
                ),
            )
        except pa.ArrowException as error:
            raise unreadable(self.name, error) from error

    def _line_finder(self, block: bytes) -> Callable[[int], int | None]:
        """What finds a row's line in the block: only asked where something is wrong."""

        def line_of(place: int) -> int | None:
            rows = (match.start() for match in self._rows(block) if self._is_single or match.group().strip(b" \r\n"))
            start = next(islice(rows, place, None), None)
            start = self._end_of_rows(block) if start is None else start
            return block.count(self._line_end, 0, start)

        return line_of


def _first_row(text: bytes, name: str) -> str:
    """The text up to the first line end outside quotes, which holds the header whatever the separator is."""
    start = _blank_until(text)
    if start == len(text):
        raise empty(name)
    match = re.compile(rb'(?:[^"\r\n]++|"[^"]*+(?:"|\Z))*+').match(text, start)
    return match.group().decode(errors="replace") if match else ""


def _blank_until(text: bytes) -> int:
    match = re.compile(rb"(?:[ ]*[\r\n])*+").match(text)
    return match.end() if match else 0


def _without_blank_end(blocks: Iterator[bytes]) -> Iterator[bytes]:
    waiting = b""
    for block in blocks:
        block = waiting + block
        bare = len(block.rstrip(b"\r\n"))
        end = bare and bare + (2 if block.startswith(b"\r\n", bare) else 1)
        waiting = block[end:]
        if end:
            yield block[:end]


def _separator(header: str, usual: str) -> str:
    """The separator that a header has most of outside quotes; in doubt the usual one of its format.

    The comma is the last choice where it is not the usual one: it may be a decimal sign.
    """
    bare = _QUOTED.sub("", header)
    others = [name for name in SEPARATORS if name in bare and (name != "," or usual == ",")]
    return max(others or SEPARATORS, key=lambda separator: (bare.count(separator), separator == usual))


def _row_pattern(separator: str) -> re.Pattern[bytes]:
    between = re.escape(separator)
    cell = rf'(?:"(?:[^"]|"")*+"[^{between}\r\n]*+|[^"{between}\r\n][^{between}\r\n]*+|)'
    return re.compile(rf"{cell}(?:{between}{cell})*+(?:\r\n|\n|\r|\Z)".encode())


def _cells(row: str, separator: str, name: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(row, newline=""), delimiter=separator))
    except csv.Error as error:
        message = f"{name}: the first line cannot be read as names of columns"
        raise DerivError(message, hint="write short names, one for each column") from error


def open_reader(name: str, path: str | None, stdin: BinaryIO, format: FileFormat) -> DelimitedFile:
    """A file of cells, or standard input."""
    text = TextFile(name, path, stdin, format)
    try:
        return DelimitedFile(text, format)
    except DerivError:
        text.close()
        raise


def open_writer(stream: pa.NativeFile, schema: pa.Schema, format: FileFormat) -> TextWriter:
    """What writes cells with a separator between them, quoted where it is needed.

    A null is an empty cell, and an empty text is a pair of quotes.
    """
    special = f'^$|["\r\n{format.separator}]'

    def cells(column: pa.Array) -> pa.Array:
        column = decoded(column)
        if is_binary(column.type):
            raise pa.ArrowNotImplementedError("bytes are no text")
        texts = column.cast(TEXT)
        if format.decimal_comma and (pa.types.is_floating(column.type) or pa.types.is_decimal(column.type)):
            texts = pc.replace_substring(texts, ".", ",")
        is_bare = pa.types.is_primitive(column.type) or pa.types.is_decimal(column.type)
        texts = texts if is_bare else _quoted(texts, special)
        return pc.fill_null(texts, "") if texts.null_count else texts

    between = [format.separator] * (len(schema.names) - 1)
    header = _header(schema.names, format.separator, special) + "\n" if schema.names else ""
    return TextWriter(stream, header, ("", *between, "\n"), cells)


def _header(names: Sequence[str], separator: str, special: str) -> str:
    """The first line, in which no other character can be taken for the separator: readers look for it there."""
    header = separator.join(_quoted(pa.array(names, TEXT), special).to_pylist())
    if all(header.count(each) < header.count(separator) for each in SEPARATORS if each != separator):
        return header
    every = "".join(SEPARATORS)
    return separator.join(_quoted(pa.array(names, TEXT), f'^$|["\r\n{every}]').to_pylist())


def _quoted(texts: pa.Array, special: str) -> pa.Array:
    found = pc.match_substring_regex(texts, special)
    if not pc.any(found).as_py():
        return texts
    return pc.if_else(found, joined(['"', pc.replace_substring(texts, '"', '""'), '"']), texts)
