"""Parquet and Arrow files: columns that have types, in batches."""

from __future__ import annotations

import mmap
import os
from collections.abc import Collection, Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as parquet

from derivcli.errors import DerivError
from derivcli.points.files.format_reader import STANDARD_INPUT, Piece, Want, read_columns
from derivcli.points.files.parquet_arrow_writer import storage_of
from derivcli.points.files.text_blocks import empty, open_file, shorter, unreadable

_BUFFERS = 32 << 20
"""Bytes that are read ahead of all Parquet columns, so that a row group of any size takes little memory."""

_BUFFER = 1 << 16, 1 << 20
"""The least and the most of them for one column."""

_BATCH = 32 << 20
"""Bytes of a batch, so that a row of any width takes little memory."""

_LEAST = 1 << 10
"""Rows of a batch however wide they are."""

_TEXT = 16
"""Bytes that a cell without a width of its own is taken for at the least."""

_FAILURES = (pa.ArrowException, OSError, ValueError, TypeError)


class TableFile:
    """A file whose columns have types."""

    notes: list[str]
    size: int | None
    count: int | None = None
    decimal_comma = False
    """Whether the comma is the decimal sign of texts."""

    def __init__(self, name: str, schema: pa.Schema) -> None:
        self.name, self.schema, self.notes, self.done = name, schema, [], 0.0
        self._whole = schema

    def select(self, headers: Sequence[str] | None) -> None:
        """Choose the columns that are read; None for all."""
        self.schema = self._whole if headers is None else pa.schema([self._whole.field(name) for name in headers])

    def expect(self, wants: Sequence[Want]) -> None:
        """Do nothing: the types are the file's."""

    def pieces(self, wants: Sequence[Want], size: int) -> Iterator[Piece]:
        """The file's rows in batches, with the wanted columns as numbers."""
        rows = 0
        try:
            for batch in self._batches(size):
                if batch.num_rows:
                    batch = self._selected(batch)
                    batch.validate(full=True)
                    rows += batch.num_rows
                    if self.count:
                        self.done = (self.size or 0) * rows / self.count
                    yield Piece(batch, read_columns(batch, wants, self.decimal_comma))
            self.done = self.size or 0
        except _FAILURES as error:
            raise self._broken(error) from error

    def close(self) -> None:
        """Close what is open."""

    def _batches(self, size: int) -> Iterator[pa.RecordBatch]:
        raise NotImplementedError

    def _selected(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """A batch with the columns that are read."""
        return batch if self.schema is self._whole else batch.select(self.schema.names)

    def _broken(self, error: Exception) -> DerivError:
        return unreadable(self.name, error)


class ParquetFile(TableFile):
    """A Parquet file; its row groups are streamed."""

    def __init__(self, name: str, path: str) -> None:
        self._path = path
        try:
            with open_file(name, path) as raw, parquet.ParquetFile(_seekable(name, raw, path)) as file:
                self.size = os.fstat(raw.fileno()).st_size
                self.count = file.metadata.num_rows
                self.storage = storage_of(file.metadata, file.schema_arrow)
                super().__init__(name, _folded(file.schema_arrow, self.storage.unfolded))
        except _FAILURES as error:
            raise _no_table(name, "Parquet", error) from error

    def _batches(self, size: int) -> Iterator[pa.RecordBatch]:
        least, most = _BUFFER
        buffer = max(least, min(most, _BUFFERS // max(1, len(self.schema))))
        folded = sorted(self.storage.unfolded)
        with parquet.ParquetFile(self._path, read_dictionary=folded, pre_buffer=False, buffer_size=buffer) as file:
            if file.metadata.num_rows != self.count:
                raise shorter(self.name)
            names = None if self.schema is self._whole else self.schema.names
            rows = _rows(_bytes_of_row(self.schema, file.metadata, names), size)
            yield from file.iter_batches(batch_size=rows, columns=names)


class ArrowFile(TableFile):
    """An Arrow file (Feather), mapped into memory, so that batches of any size take little of it."""

    def __init__(self, name: str, path: str) -> None:
        self._path = path
        self.count = 0
        try:
            with open_file(name, path) as raw, pa.ipc.open_file(pa.memory_map(path)) as reader:
                self.size = os.fstat(raw.fileno()).st_size
                self.count = reader.count_rows()
                super().__init__(name, reader.schema)
        except _FAILURES as error:
            raise _no_table(name, "Arrow", error) from error

    def _batches(self, size: int) -> Iterator[pa.RecordBatch]:
        with open_file(self.name, self._path) as raw:
            mapped = mmap.mmap(raw.fileno(), 0, access=mmap.ACCESS_READ)
            with pa.ipc.open_file(pa.BufferReader(pa.py_buffer(mapped))) as reader:
                for number in range(reader.num_record_batches):
                    self._check_size(raw)
                    batch = self._selected(reader.get_batch(number))
                    rows = _rows(batch.nbytes / max(1, batch.num_rows), size)
                    for start in range(0, batch.num_rows, rows):
                        self._check_size(raw)
                        yield batch.slice(start, rows)
                        _let_go(mapped)

    def _check_size(self, raw: BinaryIO) -> None:
        """Refuse to read behind the end, for which the system would end the process."""
        if os.fstat(raw.fileno()).st_size < (self.size or 0):
            raise shorter(self.name)


class ArrowStream(TableFile):
    """A stream of Arrow batches: from standard input, or in a file."""

    def __init__(self, name: str, raw: BinaryIO, size: int | None, owned: bool) -> None:
        self._raw, self._owned, self.size = raw, owned, size
        try:
            self._reader = pa.ipc.open_stream(pa.PythonFile(raw, mode="r"))
        except _FAILURES as error:
            self.close()
            refusal = _no_table(name, "Arrow", error)
            if size is None:
                refusal = DerivError(f"{name} is no stream of Arrow batches", hint="save it to a file first")
            raise refusal from error
        super().__init__(name, self._reader.schema)

    def close(self) -> None:
        """Close the file; standard input is its owner's to close."""
        if self._owned:
            self._raw.close()

    def _batches(self, size: int) -> Iterator[pa.RecordBatch]:
        for batch in self._reader:
            self.done = self._raw.tell() if self.size is not None else 0
            batch = self._selected(batch)
            rows = _rows(batch.nbytes / max(1, batch.num_rows), size)
            yield from (batch.slice(start, rows) for start in range(0, batch.num_rows, rows))


def _folded(schema: pa.Schema, names: Collection[str]) -> pa.Schema:
    """The schema with dictionaries for the columns that are read as such."""
    kinds = {field.name: pa.dictionary(pa.int32(), field.type) for field in schema if field.name in names}
    return pa.schema([field.with_type(kinds.get(field.name, field.type)) for field in schema], schema.metadata)


def _rows(width: float, size: int) -> int:
    """The rows of a batch, at most `size`, where one takes so many bytes."""
    return min(size, max(_LEAST, int(_BATCH / max(1, width))))


def _bytes_of_row(schema: pa.Schema, metadata: parquet.FileMetaData, names: Sequence[str] | None) -> float:
    """What a row of these columns takes in memory: as its types say, or as the file does where it is more.

    The file's figure is too little where values repeat, the types' where texts and lists are long.
    """
    width = sum(_width(field.type) for field in schema)
    paths = {metadata.schema.column(place).path: place for place in range(metadata.num_columns)}
    places = [paths[name] for name in names or () if name in paths]
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        sizes = (group.column(place).total_uncompressed_size for place in places)
        size = group.total_byte_size if names is None else sum(sizes)
        width = max(width, size / max(1, group.num_rows))
    return width


def _width(kind: pa.DataType) -> float:
    """The bytes of a cell."""
    try:
        bits: int = kind.bit_width
    except ValueError:
        return _TEXT
    return bits / 8


def open_table(name: str, path: str | None, stdin: BinaryIO, format_name: str, decimal_comma: bool) -> TableFile:
    """A file of one of the formats whose columns have types."""
    found = open_parquet(name, path) if format_name == "parquet" else open_arrow(name, path, stdin)
    found.decimal_comma = decimal_comma
    return found


def open_arrow(name: str, path: str | None, stdin: BinaryIO) -> TableFile:
    """An Arrow file or stream, which its first bytes tell apart; standard input is a stream."""
    if path is None:
        return ArrowStream(name, stdin, None, owned=False)
    raw = open_file(name, path)
    regular = os.path.isfile(path)  # noqa: PTH113
    magic = raw.read(6) if regular else b""
    if regular and not magic:
        raw.close()
        raise empty(name)
    if magic == b"ARROW1":
        raw.close()
        return ArrowFile(name, path)
    if magic.startswith(b"FEA1"):
        raw.close()
        hint = "write it anew with a newer library, as Feather version 2 or Parquet"
        raise DerivError(f"{name} is a Feather file of version 1, which is not read here", hint=hint)
    if regular:
        raw.seek(0)
    return ArrowStream(name, raw, os.fstat(raw.fileno()).st_size if regular else None, owned=True)


def open_parquet(name: str, path: str | None) -> TableFile:
    """A Parquet file, which cannot come through a pipe."""
    if path is None:
        raise _no_pipe(STANDARD_INPUT)
    return ParquetFile(name, path)


def _no_pipe(name: str) -> DerivError:
    message = f"{name}: Parquet is read from its end, which a pipe does not have"
    return DerivError(message, hint="save it to a file first")


def _seekable(name: str, raw: BinaryIO, path: str) -> str:
    if not raw.seekable():
        raise _no_pipe(name)
    if os.fstat(raw.fileno()).st_size == 0:
        raise empty(name)
    return path


def _no_table(name: str, kind: str, error: Exception) -> DerivError:
    """The refusal of a file that is not what its name says."""
    if isinstance(error, DerivError):
        return error
    hint = "name it after what it is, say --data-format, or write it anew"
    return DerivError(f"{name} is not a whole {kind} file", hint=hint)


def _let_go(mapped: mmap.mmap) -> None:
    """Tell the system that what was read of a mapped file is not needed in memory."""
    if hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)
