"""Rows as lines of text: cells parted by a delimiter, or one JSON object a line.

Each column becomes a column of texts, and these are joined by Arrow's own functions, which release the lock of
the interpreter, so that stretches of rows become text in several threads.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow
import pyarrow.compute as compute

from derivcli.points.files.arrow_encodings import decoded

TEXT = pyarrow.large_string()
"""The type of all texts here; the smaller one ends at 2 GiB."""

ROWS = 1 << 15
"""Rows that become text at once; larger stretches are no faster."""

DELIMITERS = ",;\t|"
"""What is taken for a delimiter by whoever looks for one."""

AHEAD = 4
"""Stretches a thread that are text and not yet written."""


@dataclass(frozen=True, slots=True)
class Lines:
    """How rows become text: the line above them, what stands around their cells, and what a cell looks like."""

    header: str
    around: tuple[str, ...]
    cells: Callable[[pyarrow.Array], pyarrow.Array]

    def text(self, batch: pyarrow.RecordBatch) -> bytes | pyarrow.Buffer:
        """The lines of all rows."""
        pieces: list[pyarrow.Array | str] = [self.around[0]]
        for column, behind in zip(batch.columns, self.around[1:], strict=True):
            pieces += [self.cells(column), behind]
        return _content(_joined(pieces)) if len(batch) else b""


def delimited(names: Sequence[str], delimiter: str, comma: bool = False) -> Lines:
    """Cells with a delimiter between them, quoted where it is needed; numbers with a decimal `comma` if so.

    A null is an empty cell, and an empty text is a pair of quotes.
    """
    special = f'^$|["\r\n{delimiter}]'

    def cells(column: pyarrow.Array) -> pyarrow.Array:
        column = decoded(column)
        if _is_binary(column.type):
            raise pyarrow.ArrowNotImplementedError("bytes are no text")
        texts = column.cast(TEXT)
        if comma and _is_fractional(column.type):
            texts = compute.replace_substring(texts, ".", ",")
        texts = texts if _is_plain(column.type) else _quoted(texts, special)
        return compute.fill_null(texts, "") if texts.null_count else texts

    header = _header(names, delimiter, special)
    between = [delimiter] * (len(names) - 1)
    return Lines(f"{header}\n" if names else "", ("", *between, "\n"), cells)


def objects(names: Sequence[str]) -> Lines:
    """One JSON object a line, its keys in the order of the columns."""
    return Lines("", _braces(names, "}\n"), _json_cells)


class TextSink:
    """Writes the lines of one batch after the other."""

    def __init__(self, stream: pyarrow.NativeFile, lines: Lines) -> None:
        self._stream = stream
        self._lines = lines
        self._threads = pyarrow.cpu_count()
        self._pool = ThreadPoolExecutor(self._threads)
        stream.write(lines.header.encode())

    def write(self, batch: pyarrow.RecordBatch) -> None:
        """Write the rows, only so many at a time that memory stays flat however many there are."""
        if len(batch) <= ROWS:
            self._stream.write(self._lines.text(batch))
            return
        some = ROWS * self._threads * AHEAD
        for first in range(0, len(batch), some):
            last = min(first + some, len(batch))
            parts = [batch.slice(start, min(ROWS, last - start)) for start in range(first, last, ROWS)]
            for text in self._pool.map(self._lines.text, parts):
                self._stream.write(text)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(cancel_futures=True)


def _header(names: Sequence[str], delimiter: str, special: str) -> str:
    """The first line, in which no other character can be taken for the delimiter: readers look for it there."""
    header = delimiter.join(_quoted(pyarrow.array(names, TEXT), special).to_pylist())
    if all(header.count(each) < header.count(delimiter) for each in DELIMITERS if each != delimiter):
        return header
    return delimiter.join(_quoted(pyarrow.array(names, TEXT), f'^$|["\r\n{DELIMITERS}]').to_pylist())


def _quoted(texts: pyarrow.Array, special: str) -> pyarrow.Array:
    """The texts, those between quotes that the expression `special` finds."""
    found = compute.match_substring_regex(texts, special)
    if not compute.any(found).as_py():
        return texts
    return compute.if_else(found, _joined(['"', compute.replace_substring(texts, '"', '""'), '"']), texts)


def _json_cells(column: pyarrow.Array) -> pyarrow.Array:
    """Each value as JSON: numbers as they are, "nan" and infinities as text, times in ISO 8601, bytes in base 64."""
    column = decoded(column)
    kind = column.type
    if pyarrow.types.is_struct(kind):
        texts = _json_objects(column)
    elif _is_list(kind):
        texts = _json_lists(column)
    elif _is_binary(kind):
        encoded = [None if value is None else f'"{base64.b64encode(value).decode()}"' for value in column.to_pylist()]
        texts = pyarrow.array(encoded, TEXT)
    elif pyarrow.types.is_floating(kind):
        texts = _json_numbers(column)
    elif pyarrow.types.is_integer(kind) or pyarrow.types.is_boolean(kind):
        texts = column.cast(TEXT)
    elif pyarrow.types.is_timestamp(kind):
        texts = _joined(['"', compute.replace_substring(column.cast(TEXT), " ", "T"), '"'])
    else:
        texts = _json_texts(column.cast(TEXT))
    return compute.fill_null(texts, "null")


def _json_numbers(column: pyarrow.Array) -> pyarrow.Array:
    """Each number as JSON, or as text where JSON has none; readers make -0 the whole number 0, but not -0.0."""
    texts = column.cast(TEXT)
    texts = compute.if_else(compute.equal(texts, "-0"), "-0.0", texts)
    finite = compute.is_finite(column)
    return texts if compute.all(finite).as_py() else compute.if_else(finite, texts, _joined(['"', texts, '"']))


def _json_texts(texts: pyarrow.Array) -> pyarrow.Array:
    """Each text between quotes, and escaped where JSON demands it."""
    quoted = _joined(['"', texts, '"'])
    hard = compute.match_substring_regex(texts, r'["\\\x00-\x1f]')
    if not compute.any(hard).as_py():
        return quoted
    hard = compute.fill_null(hard, False)
    escaped = [json.dumps(text, ensure_ascii=False) for text in texts.filter(hard).to_pylist()]
    return compute.replace_with_mask(quoted, hard, pyarrow.array(escaped, TEXT))


def _json_objects(column: pyarrow.Array) -> pyarrow.Array:
    """Each structure as an object."""
    around = _braces([field.name for field in column.type], "}")
    pieces: list[pyarrow.Array | str] = [around[0]]
    for part, behind in zip(column.flatten(), around[1:], strict=True):
        pieces += [_json_cells(part), behind]
    # The texts of nulls stand for the rows, of which an object without keys would otherwise know nothing.
    return _joined([compute.if_else(column.is_null(), pyarrow.scalar(None, TEXT), pyarrow.scalar("", TEXT)), *pieces])


def _json_lists(column: pyarrow.Array) -> pyarrow.Array:
    """Each list as a list; a map is a list of its keys and values."""
    if pyarrow.types.is_map(column.type):
        pair = pyarrow.struct([column.type.key_field, column.type.item_field])
        column = column.cast(pyarrow.list_(pair))
    texts = _json_cells(compute.list_flatten(column))
    lengths = compute.fill_null(compute.list_value_length(column), 0).cast(pyarrow.int64())
    offsets = pyarrow.concat_arrays([pyarrow.array([0], pyarrow.int64()), compute.cumulative_sum(lengths)])
    lists = pyarrow.LargeListArray.from_arrays(offsets, texts)
    joined = _joined(["[", compute.binary_join(lists, pyarrow.scalar(",", TEXT)), "]"])
    return compute.if_else(column.is_null(), pyarrow.scalar(None, TEXT), joined)


def _braces(names: Sequence[str], end: str) -> tuple[str, ...]:
    """What stands around the cells of an object."""
    keys = [f"{json.dumps(name, ensure_ascii=False)}:" for name in names]
    return ("{" + keys[0], *(f",{key}" for key in keys[1:]), end) if keys else ("{" + end,)


def _joined(pieces: Sequence[pyarrow.Array | str]) -> pyarrow.Array:
    """The pieces of each row as one text; a piece of text is the same in every row."""
    arguments = [pyarrow.scalar(piece, TEXT) if isinstance(piece, str) else piece for piece in pieces]
    return compute.binary_join_element_wise(*arguments, pyarrow.scalar("", TEXT))


def _content(texts: pyarrow.Array) -> pyarrow.Buffer:
    """All texts, one behind the other, as they lie in memory."""
    _, offsets, content = texts.buffers()
    start, stop = np.frombuffer(offsets, np.int64)[[texts.offset, texts.offset + len(texts)]].tolist()
    return content[start:stop]


def _is_plain(kind: pyarrow.DataType) -> bool:
    """Whether the texts of a type never hold a quote, a line end or a delimiter."""
    return any(test(kind) for test in (pyarrow.types.is_primitive, pyarrow.types.is_decimal))


def _is_fractional(kind: pyarrow.DataType) -> bool:
    """Whether numbers of the type have a decimal sign."""
    return any(test(kind) for test in (pyarrow.types.is_floating, pyarrow.types.is_decimal))


def _is_list(kind: pyarrow.DataType) -> bool:
    tests = (
        pyarrow.types.is_list,
        pyarrow.types.is_large_list,
        pyarrow.types.is_fixed_size_list,
        pyarrow.types.is_list_view,
        pyarrow.types.is_large_list_view,
        pyarrow.types.is_map,
    )
    return any(test(kind) for test in tests)


def _is_binary(kind: pyarrow.DataType) -> bool:
    tests = (
        pyarrow.types.is_binary,
        pyarrow.types.is_large_binary,
        pyarrow.types.is_fixed_size_binary,
        pyarrow.types.is_binary_view,
    )
    return any(test(kind) for test in tests)
