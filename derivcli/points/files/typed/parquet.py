"""Parquet files: read in row groups, and written in row groups that store the columns as the input does."""

from __future__ import annotations

import base64
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow
import pyarrow.parquet as parquet

from derivcli.errors import DerivError
from derivcli.points.files.batches import STANDARD_INPUT
from derivcli.points.files.text.blocks import empty, open_file, shorter
from derivcli.points.files.typed.arrow_encodings import (
    comparable_type,
    decoded,
    is_text,
    plain_type,
    value_type,
    with_distinct_dictionary,
)
from derivcli.points.files.typed.tables import FAILURES, TypedFile, batch_rows, cell_bytes, no_table, of_one_type

if TYPE_CHECKING:
    from derivcli.points.files.formats import FileFormat

READ_AHEAD_BYTES = 32 << 20
"""Bytes that are read ahead of all columns, so that a row group of any size takes little memory."""

MIN_BUFFER_BYTES, MAX_BUFFER_BYTES = 1 << 16, 1 << 20
"""Bytes that are read ahead of one column."""

GROUP_ROWS = 1 << 20

GROUP_BYTES = 128 << 20
"""Bytes at which a row group ends with fewer rows, so that memory stays flat however wide they are."""

DICTIONARY_BYTES = 16 << 20
"""The size up to which a dictionary is kept that another file has."""

ENCODINGS = ("BYTE_STREAM_SPLIT", "DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY")
"""Encodings that are chosen for a column; the others come by themselves."""


@dataclass(frozen=True, slots=True, eq=False)
class ParquetStorage:
    """How a file stores its rows: all and those of a row group, and codecs and encodings of columns by their paths.

    The columns `read_as_dictionaries` are texts that repeat, which take little memory so; the file's own type for
    them is that of the values.
    """

    rows: int
    group_rows: int
    codecs: Mapping[str, str]
    dictionaries: frozenset[str]
    encodings: Mapping[str, str]
    read_as_dictionaries: frozenset[str]


def storage_of(metadata: parquet.FileMetaData, schema: pyarrow.Schema) -> ParquetStorage:
    """How a file stores its columns, as its first row group tells."""
    groups = [metadata.row_group(place) for place in range(metadata.num_row_groups)]
    columns = [groups[0].column(place) for place in range(metadata.num_columns)] if groups else []
    texts = {field.name for field in schema if field.type in (pyarrow.string(), pyarrow.binary())}
    coded = {"RLE_DICTIONARY", "PLAIN_DICTIONARY"}
    dictionaries = frozenset(column.path_in_schema for column in columns if coded.intersection(column.encodings))
    plain = [column for column in columns if column.path_in_schema not in dictionaries]
    return ParquetStorage(
        rows=metadata.num_rows,
        group_rows=max((group.num_rows for group in groups), default=GROUP_ROWS) or GROUP_ROWS,
        codecs={column.path_in_schema: _codec(column.compression) for column in columns},
        dictionaries=dictionaries,
        encodings={c.path_in_schema: e for c in plain for e in c.encodings if e in ENCODINGS},
        read_as_dictionaries=dictionaries & texts,
    )


def _codec(name: str) -> str:
    """The name by which pyarrow writes what a file is compressed by; snappy's where it cannot."""
    name = name.lower()
    if name == "uncompressed":
        return "none"
    return name if name in ("snappy", "gzip", "zstd", "brotli", "lz4") else "snappy"


def open_reader(name: str, path: str | None, stdin: BinaryIO, format: FileFormat) -> TypedFile:
    """A file, which cannot come through a pipe."""
    if path is None:
        raise _no_pipe(STANDARD_INPUT)
    try:
        with open_file(name, path) as raw:
            if not raw.seekable():
                raise _no_pipe(name)
            size = os.fstat(raw.fileno()).st_size
            if size == 0:
                raise empty(name)
            with parquet.ParquetFile(path) as file:
                storage = storage_of(file.metadata, file.schema_arrow)
                schema = _with_dictionaries(file.schema_arrow, storage.read_as_dictionaries)
    except FAILURES as error:
        raise no_table(name, "Parquet", error) from error
    batches = partial(_batches, name, path, schema, storage)
    return TypedFile(name, schema, batches, format.cells, size, storage.rows, storage)


def _no_pipe(name: str) -> DerivError:
    message = f"{name}: Parquet is read from its end, which a pipe does not have"
    return DerivError(message, hint="save it to a file first")


def _with_dictionaries(schema: pyarrow.Schema, names: Collection[str]) -> pyarrow.Schema:
    kinds = {field.name: pyarrow.dictionary(pyarrow.int32(), field.type) for field in schema if field.name in names}
    return pyarrow.schema([field.with_type(kinds.get(field.name, field.type)) for field in schema], schema.metadata)


def _batches(
    name: str, path: str, schema: pyarrow.Schema, storage: ParquetStorage, headers: Sequence[str] | None, size: int
) -> Iterator[pyarrow.RecordBatch]:
    columns = schema if headers is None else [schema.field(header) for header in headers]
    buffer = max(MIN_BUFFER_BYTES, min(MAX_BUFFER_BYTES, READ_AHEAD_BYTES // max(1, len(columns))))
    coded = sorted(storage.read_as_dictionaries)
    with parquet.ParquetFile(path, read_dictionary=coded, pre_buffer=False, buffer_size=buffer) as file:
        if file.metadata.num_rows != storage.rows:
            raise shorter(name)
        rows = batch_rows(_row_bytes(columns, file.metadata, headers), size)
        yield from file.iter_batches(batch_size=rows, columns=headers)


def _row_bytes(
    columns: Iterable[pyarrow.Field], metadata: parquet.FileMetaData, headers: Sequence[str] | None
) -> float:
    """What a row of these columns takes in memory: as its types say, or as the file does where it is more.

    The file's figure is too little where values repeat, the types' where texts and lists are long.
    """
    width = sum(cell_bytes(field.type) for field in columns)
    paths = {metadata.schema.column(place).path: place for place in range(metadata.num_columns)}
    places = [paths[name] for name in headers or () if name in paths]
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        sizes = (group.column(place).total_uncompressed_size for place in places)
        size = group.total_byte_size if headers is None else sum(sizes)
        width = max(width, size / max(1, group.num_rows))
    return width


class ParquetWriter:
    """Writes row groups of one size, whatever the size of the batches.

    Columns of another Parquet file keep its codecs, dictionaries and encodings, and the file its row groups; ours have
    the codec of most of them. Otherwise only text is dictionary-encoded: floating-point numbers rarely repeat, and
    trying takes as long again as writing them. Snappy costs a tenth more on random numbers, which do not shrink, and
    halves decimals; every reader has it. On random numbers zstd takes twice the time for 5 % of the size. Splitting
    their bytes (BYTE_STREAM_SPLIT) saves 8 % for a quarter more time, but decimals take twice the space, and older
    readers do not know it.
    """

    def __init__(self, stream: pyarrow.NativeFile, schema: pyarrow.Schema, storage: ParquetStorage | None) -> None:
        self._schema = pyarrow.schema([field.with_type(_stored_type(field.type)) for field in schema], schema.metadata)
        self._group_rows = min(storage.group_rows, GROUP_ROWS) if storage else GROUP_ROWS
        self._plain = storage.read_as_dictionaries if storage else frozenset()
        self._writer = parquet.ParquetWriter(
            stream, self._schema, store_schema=not self._plain, **_properties(self._schema, storage)
        )
        self._given = schema
        self._batches: list[pyarrow.RecordBatch] = []
        self._rows = self._bytes = 0

    def write(self, batch: pyarrow.RecordBatch) -> None:
        """Keep the rows until they fill a row group."""
        columns = [
            with_distinct_dictionary(column if column.type == field.type else decoded(column))
            for column, field in zip(of_one_type(batch, self._given).columns, self._schema, strict=True)
        ]
        self._keep(pyarrow.RecordBatch.from_arrays(columns, schema=self._schema))
        while self._rows >= self._group_rows:
            self._write_group(self._group_rows)
        if self._bytes >= GROUP_BYTES:
            self._write_group(self._rows)

    def close(self) -> None:
        """Write the last row group and what comes after it."""
        if self._rows:
            self._write_group(self._rows)
        if self._plain:
            self._writer.add_key_value_metadata(_metadata(self._schema, self._plain))
        self._writer.close()

    def _keep(self, *batches: pyarrow.RecordBatch) -> None:
        self._batches += batches
        self._rows += sum(len(batch) for batch in batches)
        self._bytes += sum(batch.nbytes for batch in batches)

    def _write_group(self, rows: int) -> None:
        """Write a row group, in which a column has one dictionary, or the writer gives up encoding it."""
        table = pyarrow.Table.from_batches(self._batches, self._schema)
        group = table.slice(0, rows)
        with suppress(pyarrow.ArrowException):  # as where one dictionary is too large for the type of its indices
            group = group.unify_dictionaries()
        self._writer.write_table(group, row_group_size=rows)
        self._batches, self._rows, self._bytes = [], 0, 0
        self._keep(*table.slice(rows).to_batches())


def open_writer(stream: pyarrow.NativeFile, schema: pyarrow.Schema, format: FileFormat) -> ParquetWriter:
    """What writes row groups."""
    return ParquetWriter(stream, schema, format.storage)


def _stored_type(kind: pyarrow.DataType) -> pyarrow.DataType:
    """The type that the format has for a column: that of the values behind runs."""
    return kind.value_type if pyarrow.types.is_run_end_encoded(kind) else comparable_type(kind)


def _properties(schema: pyarrow.Schema, storage: ParquetStorage | None) -> dict[str, Any]:
    """How the columns are stored, in pyarrow's words: those of another file as there."""
    texts = [field.name for field in schema if is_text(value_type(field.type))]
    if storage is None:
        return {"compression": "snappy", "use_dictionary": texts}
    codecs = Counter(codec for codec in storage.codecs.values() if codec != "none")
    usual = codecs.most_common(1)[0][0] if codecs else "snappy"
    return {
        "compression": dict.fromkeys(schema.names, usual) | dict(storage.codecs),
        "use_dictionary": [*storage.dictionaries, *(name for name in texts if name not in storage.codecs)],
        "column_encoding": dict(storage.encodings) or None,
        "dictionary_pagesize_limit": DICTIONARY_BYTES,
    }


def _metadata(schema: pyarrow.Schema, plain: Collection[str]) -> dict[bytes, bytes]:
    """What a schema says of itself in a file, where the dictionaries of plain columns are no part of its types."""
    fields = [field.with_type(plain_type(field.type)) if field.name in plain else field for field in schema]
    stored = pyarrow.schema(fields, schema.metadata)
    return {**(schema.metadata or {}), b"ARROW:schema": base64.b64encode(stored.serialize().to_pybytes())}
