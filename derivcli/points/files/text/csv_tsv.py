"""Comma- and tab-separated text and its like: its rows in blocks, and how rows are written as such.

Every column is read as text, so that what is passed through stays as it was written.
A blank line is an empty cell where there is one column, except at the end of the file; else it is no row.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from derivcli.points.files.batches import BadRow, Batch, Passed, numbers_of, record_batch, selected
from derivcli.points.files.cells.number_grammar import has_decimal_comma
from derivcli.points.files.cells.reasons import COMMA_HINT, CORRECT_HINT
from derivcli.points.files.column_names import apart
from derivcli.points.files.text.blocks import TextFile, check_utf8, ended, in_order, opened, unreadable, whole_rows
from derivcli.points.files.text.header import TextStart
from derivcli.points.files.text.json_values import as_json
from derivcli.points.files.text.layout_hints import checked_header
from derivcli.points.files.text.separators import SEPARATORS
from derivcli.points.files.text.writer import TEXT, TextWriter, joined
from derivcli.points.files.typed.arrow_encodings import decoded, is_binary

if TYPE_CHECKING:
    from derivcli.points.files.formats import FileFormat


class DelimitedFile:
    """A file of cells between separators, or of columns of fixed widths; its columns are texts."""

    count = storage = None
    has_types = False

    def __init__(self, text: TextFile, format: FileFormat) -> None:
        self.name, self.size, self._text, self._written = text.name, text.size, text, format.cells
        self.close = text.close
        check_utf8(self.name, text.first if text.whole else text.first[: text.first.rfind(b"\n") + 1])
        found = checked_header(TextStart(text.name, text.first, text.whole), format)
        self.renamed: Mapping[str, str] = apart(found.names) if format.by_number else {}
        self.headers = [*self.renamed] or found.names
        self._rows, self._body, self.notes = found.rows, found.body, text.notes + found.notes
        self.separator, self.is_unnamed, self._fills = found.rows.separator, found.is_unnamed, format.fills_rows
        self._is_single = len(self.headers) == 1 and not format.layout.widths
        self.schema = pa.schema([(name, pa.string()) for name in self.headers])
        self._line_end = b"\n" if b"\n" in text.first else b"\r"
        self.header_lines = text.first.count(self._line_end, 0, self._body)
        text.forget()

    def select(self, used: Sequence[str], passed: Passed) -> None:
        """Choose the columns that are read as numbers; of the others those `passed` on are read."""
        self._used = used
        self.schema = pa.schema([(name, pa.string()) for name in selected(self.headers, used, passed)])

    def batches(self, size: int) -> Iterator[Batch]:
        """The rows of each block."""
        blocks = whole_rows(self.name, ended(self._blocks(), self._line_end), self._rows.cut)
        return in_order(self._without_blank_end(blocks) if self._is_single else blocks, self._batch)

    def _blocks(self) -> Iterator[bytes]:
        blocks = self._text.blocks()
        yield next(blocks)[self._body :]
        yield from blocks

    def _without_blank_end(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        waiting = b""
        for block in blocks:
            block = waiting + block
            bare = self._rows.bare_end(block)
            end = bare and bare + (2 if block.startswith(b"\r\n", bare) else 1)
            waiting = block[end:]
            if end:
                yield block[:end]

    def _batch(self, block: bytes) -> Batch:
        check_utf8(self.name, block)
        if b'"' in block and self._rows.cut(block) < len(block):
            return self._unclosed(block)
        table, unread, short = self._parsed(block)
        rows = record_batch(table)
        numbers = numbers_of(rows, self._used, self._written)
        batch = Batch(rows, numbers, unread, self._line_finder(block), size=self._text.bytes_of(block), short=short)
        batch.lines, batch.by_number = block.count(self._line_end), self.is_unnamed
        return batch

    def _unclosed(self, block: bytes) -> Batch:
        batch = self._batch(block[: self._rows.end_of_rows(block)])
        hint = "close the quote, or leave out the rest with --on-error skip"
        batch.unread = [*batch.unread, BadRow(batch.count, "a quote opens here and is never closed", hint)]
        batch.line_of = self._line_finder(block)
        return batch

    def _parsed(self, block: bytes) -> tuple[pa.Table, list[BadRow], dict[int, BadRow]]:
        """The block's rows as Arrow reads them, those that it cannot read, and those that were filled, by places.

        Rows with too few cells are filled where that is asked for.
        """
        table, bad = self._read(block, {})
        lacking = {row.place: count for row, count in bad if count > 0} if self._fills else {}
        if not lacking:
            return table, [row for row, _ in bad], {}
        table, unread = self._read(block, lacking)
        places = [row.place for row, _ in unread]
        short = {row.place - bisect(places, row.place): row for row, _ in bad if row.place in lacking}
        return table, [row for row, _ in unread], short

    def _read(self, block: bytes, lacking: Mapping[int, int]) -> tuple[pa.Table, list[tuple[BadRow, int]]]:
        """The block's rows, and those that have too few or too many cells, with how many they lack.

        Rows at some places get the cells that they are `lacking`.
        """
        blank, bad = 0, list[tuple[BadRow, int]]()

        def leave_out(row: arrow_csv.InvalidRow) -> str:
            nonlocal blank
            if row.text.strip(" "):
                cells = f"{row.actual_columns} cell{'s' * (row.actual_columns != 1)}"
                why = f"the row has {cells}, and the header has {row.expected_columns}"
                why = f"the row has {cells}, and the first has {row.expected_columns}" if self.is_unnamed else why
                comma = self._is_single and has_decimal_comma(row.text)
                found = BadRow(row.number - 1 - blank, why, COMMA_HINT if comma else CORRECT_HINT)
                bad.append((found, row.expected_columns - row.actual_columns))
            else:
                blank += 1
            return "skip"

        try:
            return self._rows.table(block, self.headers, self.schema.names, leave_out, self._is_single, lacking), bad
        except pa.ArrowException as error:
            raise unreadable(self.name, error) from error

    def _line_finder(self, block: bytes) -> Callable[[int], int | None]:
        """What finds a row's line in the block: only asked where something is wrong."""

        def line_of(place: int) -> int | None:
            starts = self._rows.starts(block)
            rows = (start for start in starts if self._is_single or not self._rows.is_blank(block, start))
            start = next(islice(rows, place, None), None)
            start = self._rows.end_of_rows(block) if start is None else start
            return block.count(self._line_end, 0, start)

        return line_of


def open_reader(name: str, path: str | None, stdin: BinaryIO, format: FileFormat) -> DelimitedFile:
    """A file of cells, or standard input."""
    return opened(DelimitedFile, name, path, stdin, format)


def open_writer(stream: pa.NativeFile, schema: pa.Schema, format: FileFormat) -> TextWriter:
    """What writes cells with a separator between them, quoted where it is needed.

    A null is an empty cell, and an empty text is a pair of quotes. Lists and structures are written as JSON.
    """
    special = f'^$|["\r\n{format.separator}]'

    def cells(column: pa.Array) -> pa.Array:
        column = decoded(column)
        column = as_json(column).storage if pa.types.is_nested(column.type) else column
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
