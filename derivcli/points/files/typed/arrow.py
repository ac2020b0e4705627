"""Arrow files, which Feather's second version is too, and Arrow streams."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa

from derivcli.errors import DerivError
from derivcli.points.files.text.blocks import empty, open_file, shorter
from derivcli.points.files.typed.arrow_encodings import (
    comparable_type,
    decoded,
    encoded,
    plain_type,
    with_grown_dictionary,
)
from derivcli.points.files.typed.tables import FAILURES, TypedFile, batch_rows, no_table, of_one_type

if TYPE_CHECKING:
    from derivcli.points.files.formats import FileFormat


def open_reader(name: str, path: str | None, stdin: BinaryIO, format: FileFormat) -> TypedFile:
    """A file or a stream, which its first bytes tell apart; standard input is a stream."""
    if path is None:
        return _open_stream(name, stdin, format)
    raw = open_file(name, path)
    if not os.path.isfile(path):  # noqa: PTH113 (whatever the name)
        return _open_stream(name, raw, format, is_ours=True)
    magic = raw.read(6)
    if magic and not magic.startswith((b"ARROW1", b"FEA1")):
        raw.seek(0)
        return _open_stream(name, raw, format, os.fstat(raw.fileno()).st_size, is_ours=True)
    raw.close()
    if not magic:
        raise empty(name)
    if magic == b"ARROW1":
        return _open_file(name, path, format)
    hint = "write it anew with a newer library, as Feather version 2 or Parquet"
    raise DerivError(f"{name} is a Feather file of version 1, which is not read here", hint=hint)


def _open_file(name: str, path: str, format: FileFormat) -> TypedFile:
    """A file, mapped into memory, so that batches of any size take little of it."""
    try:
        with open_file(name, path) as raw, pa.ipc.open_file(pa.memory_map(path)) as reader:
            size = os.fstat(raw.fileno()).st_size
            count, schema = reader.count_rows(), reader.schema
    except FAILURES as error:
        raise no_table(name, "Arrow", error) from error
    return TypedFile(name, schema, partial(_batches_of_file, name, path, size), format.cells, size, count)


def _batches_of_file(
    name: str, path: str, file_size: int, headers: Sequence[str] | None, size: int
) -> Iterator[pa.RecordBatch]:
    with open_file(name, path) as raw:
        mapped = mmap.mmap(raw.fileno(), 0, access=mmap.ACCESS_READ)
        with pa.ipc.open_file(pa.BufferReader(pa.py_buffer(mapped))) as reader:
            for number in range(reader.num_record_batches):
                _check_size(name, raw, file_size)
                for rows in _sliced(reader.get_batch(number), headers, size):
                    _check_size(name, raw, file_size)
                    yield rows
                    if hasattr(mmap, "MADV_DONTNEED"):  # what was read of the file is not needed in memory
                        mapped.madvise(mmap.MADV_DONTNEED)


def _check_size(name: str, raw: BinaryIO, size: int) -> None:
    """Refuse to read behind the end, for which the system would end the process."""
    if os.fstat(raw.fileno()).st_size < size:
        raise shorter(name)


def _open_stream(
    name: str, raw: BinaryIO, format: FileFormat, size: int | None = None, is_ours: bool = False
) -> TypedFile:
    """A stream of batches: from standard input, which its owner closes, or in a file."""
    try:
        reader = pa.ipc.open_stream(pa.PythonFile(raw, mode="r"))
    except FAILURES as error:
        if is_ours:
            raw.close()
        if size is None:
            hint = "save it to a file first"
            raise DerivError(f"{name} is no stream of Arrow batches", hint=hint) from error
        raise no_table(name, "Arrow", error) from error
    close = raw.close if is_ours else lambda: None
    return TypedFile(name, reader.schema, partial(_batches_of_stream, reader), format.cells, size, close=close)


def _batches_of_stream(
    reader: pa.RecordBatchReader, headers: Sequence[str] | None, size: int
) -> Iterator[pa.RecordBatch]:
    for batch in reader:
        yield from _sliced(batch, headers, size)


def _sliced(batch: pa.RecordBatch, headers: Sequence[str] | None, size: int) -> Iterator[pa.RecordBatch]:
    batch = batch if headers is None else batch.select(headers)
    rows = batch_rows(batch.nbytes / max(1, batch.num_rows), size)
    yield from (batch.slice(start, rows) for start in range(0, batch.num_rows, rows))


class ArrowWriter:
    """Writes the file format, uncompressed: so it is written in two thirds of the time, and read without a copy.

    Such a file may add to the dictionary of a column but not replace it, and the batches of other files have
    dictionaries of their own. So each one grows here, and its indices are wide enough to grow.
    """

    def __init__(self, stream: pa.NativeFile, schema: pa.Schema) -> None:
        self._given = schema
        self._schema = pa.schema([field.with_type(_growing(field.type)) for field in schema], schema.metadata)
        options = pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
        self._writer = pa.ipc.new_file(stream, self._schema, options=options)
        self._dictionaries: dict[int, pa.Array] = {}

    def write(self, batch: pa.RecordBatch) -> None:
        """Write the rows as a batch of the file."""
        pairs = zip(of_one_type(batch, self._given).columns, self._schema, strict=True)
        columns = [
            self._grown(place, column if column.type == field.type else _as_type(column, field.type))
            for place, (column, field) in enumerate(pairs)
        ]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))

    def close(self) -> None:
        """Write what comes after the last batch."""
        self._writer.close()

    def _grown(self, place: int, column: pa.Array) -> pa.Array:
        if not isinstance(column, pa.DictionaryArray):
            return column
        before = self._dictionaries.get(place)
        if before is None or not column.dictionary.equals(before):
            column = with_grown_dictionary(before, column)
            self._dictionaries[place] = column.dictionary
        return column


def open_writer(stream: pa.NativeFile, schema: pa.Schema, format: FileFormat) -> ArrowWriter:
    """What writes the file format."""
    return ArrowWriter(stream, schema)


def _growing(kind: pa.DataType) -> pa.DataType:
    """The type for a dictionary that may grow: 32 bits for each index or more.

    Dictionaries of values that cannot be compared, and those inside other values, give way to their values.
    """
    kind = comparable_type(kind)
    if not pa.types.is_dictionary(kind):
        return plain_type(kind)
    index = pa.int64() if kind.index_type.bit_width == 64 else pa.int32()
    return pa.dictionary(index, kind.value_type, kind.ordered)


def _as_type(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if isinstance(column, pa.DictionaryArray) and pa.types.is_dictionary(kind):
        return encoded(column.indices.cast(kind.index_type), column.dictionary, kind)
    return (decoded(column) if isinstance(column, pa.DictionaryArray) else column).cast(kind)
