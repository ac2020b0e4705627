"""Rows in the formats that store columns: Parquet, and Arrow's file format, which is Feather's second version."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any

import pyarrow
import pyarrow.parquet

from derivcli.errors import DerivError
from derivcli.points.files.arrow_encodings import continued, decoded, distinct, encoded, plain_type
from derivcli.points.files.formats import Storage

GROUP = 1 << 20
"""Rows of a row group in Parquet."""

GROUP_BYTES = 128 << 20
"""Bytes at which a row group ends with fewer rows, so that memory stays flat however wide they are."""


class ParquetSink:
    """Writes Parquet in row groups of one size, whatever the size of the batches.

    Columns of another Parquet file keep its codecs, dictionaries and encodings, and the file its row groups; ours have
    the codec of most of them. Otherwise only text is dictionary-encoded: floating-point numbers rarely repeat, and
    trying takes as long again as writing them. Snappy costs a tenth more on random numbers, which do not shrink, and
    halves decimals; every reader has it. On random numbers zstd takes twice the time for 5 % of the size. Splitting
    their bytes (BYTE_STREAM_SPLIT) saves 8 % for a quarter more time, but decimals take twice the space, and older
    readers do not know it.
    """

    def __init__(self, stream: pyarrow.NativeFile, schema: pyarrow.Schema, storage: Storage | None = None) -> None:
        self._schema = pyarrow.schema([field.with_type(_valued(field.type)) for field in schema], schema.metadata)
        self._group = min(storage.rows, GROUP) if storage else GROUP
        self._unfolded = storage.unfolded if storage else frozenset()
        self._writer = pyarrow.parquet.ParquetWriter(
            stream, self._schema, store_schema=not self._unfolded, **_properties(self._schema, storage)
        )
        self._given = schema
        self._batches: list[pyarrow.RecordBatch] = []
        self._rows = self._bytes = 0

    def write(self, batch: pyarrow.RecordBatch) -> None:
        """Keep the rows until they fill a row group."""
        columns = [
            distinct(column if column.type == field.type else decoded(column))
            for column, field in zip(_fitted(batch, self._given).columns, self._schema, strict=True)
        ]
        self._keep(pyarrow.RecordBatch.from_arrays(columns, schema=self._schema))
        while self._rows >= self._group:
            self._write_group(self._group)
        if self._bytes >= GROUP_BYTES:
            self._write_group(self._rows)

    def close(self) -> None:
        """Write the last row group and what comes after it."""
        if self._rows:
            self._write_group(self._rows)
        if self._unfolded:
            self._writer.add_key_value_metadata(_metadata(self._schema, self._unfolded))
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


def storage_of(metadata: pyarrow.parquet.FileMetaData, schema: pyarrow.Schema) -> Storage:
    """How a Parquet file stores its columns, as its first row group tells."""
    groups = [metadata.row_group(place) for place in range(metadata.num_row_groups)]
    columns = [groups[0].column(place) for place in range(metadata.num_columns)] if groups else []
    texts = {field.name for field in schema if field.type in (pyarrow.string(), pyarrow.binary())}
    folded = frozenset(column.path_in_schema for column in columns if _is_folded(column.encodings))
    plain = [column for column in columns if column.path_in_schema not in folded]
    return Storage(
        rows=max((group.num_rows for group in groups), default=GROUP) or GROUP,
        compressions={column.path_in_schema: _codec(column.compression) for column in columns},
        dictionaries=folded,
        encodings={c.path_in_schema: e for c in plain for e in c.encodings if e in ENCODINGS},
        unfolded=folded & texts,
    )


ENCODINGS = ("BYTE_STREAM_SPLIT", "DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY")
"""Encodings of Parquet that are chosen for a column; the others come by themselves."""

DICTIONARY_BYTES = 16 << 20
"""The size up to which a dictionary is kept that another file has."""


def _properties(schema: pyarrow.Schema, storage: Storage | None) -> dict[str, Any]:
    """How the columns are stored, in pyarrow's words: those of another file as there."""
    texts = [field.name for field in schema if _is_text(field.type)]
    if storage is None:
        return {"compression": "snappy", "use_dictionary": texts}
    codecs = Counter(codec for codec in storage.compressions.values() if codec != "none")
    usual = codecs.most_common(1)[0][0] if codecs else "snappy"
    known = dict(storage.compressions)
    return {
        "compression": dict.fromkeys(schema.names, usual) | known,
        "use_dictionary": [*storage.dictionaries, *(name for name in texts if name not in known)],
        "column_encoding": dict(storage.encodings) or None,
        "dictionary_pagesize_limit": DICTIONARY_BYTES,
    }


def _metadata(schema: pyarrow.Schema, unfolded: Collection[str]) -> dict[bytes, bytes]:
    """What a schema says of itself in Parquet, where some of the dictionaries are no part of its types."""
    fields = [field.with_type(plain_type(field.type)) if field.name in unfolded else field for field in schema]
    own = pyarrow.schema(fields, schema.metadata)
    return {**(schema.metadata or {}), b"ARROW:schema": base64.b64encode(own.serialize().to_pybytes())}


def _is_folded(encodings: Sequence[str]) -> bool:
    return any(encoding in ("RLE_DICTIONARY", "PLAIN_DICTIONARY") for encoding in encodings)


def _codec(name: str) -> str:
    """The name by which pyarrow writes what a file is compressed by; snappy's where it cannot."""
    name = name.lower()
    if name == "uncompressed":
        return "none"
    return name if name in ("snappy", "gzip", "zstd", "brotli", "lz4") else "snappy"


class ArrowSink:
    """Writes Arrow's file format, uncompressed: so it is written in two thirds of the time, and read without a copy.

    Such a file may add to the dictionary of a column but not replace it, and the batches of other files have
    dictionaries of their own. So each one grows here, and its indices are wide enough to grow.
    """

    def __init__(self, stream: pyarrow.NativeFile, schema: pyarrow.Schema) -> None:
        self._given = schema
        self._schema = pyarrow.schema([field.with_type(_growing(field.type)) for field in schema], schema.metadata)
        options = pyarrow.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
        self._writer = pyarrow.ipc.new_file(stream, self._schema, options=options)
        self._known: dict[int, pyarrow.Array] = {}

    def write(self, batch: pyarrow.RecordBatch) -> None:
        """Write the rows as a batch of the file."""
        columns = [
            self._grown(place, column if column.type == field.type else _as_type(column, field.type))
            for place, (column, field) in enumerate(zip(_fitted(batch, self._given).columns, self._schema, strict=True))
        ]
        self._writer.write_batch(pyarrow.RecordBatch.from_arrays(columns, schema=self._schema))

    def close(self) -> None:
        """Write what comes after the last batch."""
        self._writer.close()

    def _grown(self, place: int, column: pyarrow.Array) -> pyarrow.Array:
        """The column with a dictionary that begins with the one written before."""
        if not isinstance(column, pyarrow.DictionaryArray):
            return column
        known = self._known.get(place)
        if known is None or not column.dictionary.equals(known):
            column = continued(known, column)
            self._known[place] = column.dictionary
        return column


def _fitted(batch: pyarrow.RecordBatch, schema: pyarrow.Schema) -> pyarrow.RecordBatch:
    """The rows with the types of the first ones, refused where a value would change by it."""
    if batch.schema.equals(schema):
        return batch
    assert batch.schema.names == schema.names, "all batches have the same columns"
    columns = [_cast(column, field) for column, field in zip(batch.columns, schema, strict=True)]
    return pyarrow.RecordBatch.from_arrays(columns, schema=schema)


def _cast(column: pyarrow.Array, field: pyarrow.Field) -> pyarrow.Array:
    """The column with the type of the field, where both are numbers, both are text, or nothing is there."""
    alike = any(test(column.type) and test(field.type) for test in (_is_number, _is_text, pyarrow.types.is_dictionary))
    try:
        if not (alike or column.type == field.type or column.null_count == len(column)):
            raise pyarrow.ArrowTypeError("another kind of value")
        return column.cast(field.type)
    except pyarrow.ArrowException as error:
        message = f"column '{field.name}' holds {field.type} in its first rows and {column.type} in later ones"
        hint = "write CSV or JSON Lines, where each cell is of its own type"
        raise DerivError(message, hint=hint) from error


def _valued(kind: pyarrow.DataType) -> pyarrow.DataType:
    """The type, that of the values where a dictionary's cannot be compared."""
    if pyarrow.types.is_dictionary(kind) and (
        pyarrow.types.is_nested(kind.value_type) or pyarrow.types.is_null(kind.value_type)
    ):
        return plain_type(kind)
    return kind


def _growing(kind: pyarrow.DataType) -> pyarrow.DataType:
    """The type for a dictionary that may grow: 32 bits for each index or more.

    Dictionaries of values that cannot be compared, and those inside other values, give way to their values.
    """
    kind = _valued(kind)
    if not pyarrow.types.is_dictionary(kind):
        return plain_type(kind)
    index = pyarrow.int64() if kind.index_type.bit_width == 64 else pyarrow.int32()
    return pyarrow.dictionary(index, kind.value_type, kind.ordered)


def _as_type(column: pyarrow.Array, kind: pyarrow.DataType) -> pyarrow.Array:
    """The column for a dictionary that may grow, or without it."""
    if isinstance(column, pyarrow.DictionaryArray) and pyarrow.types.is_dictionary(kind):
        return encoded(column.indices.cast(kind.index_type), column.dictionary, kind)
    return (decoded(column) if isinstance(column, pyarrow.DictionaryArray) else column).cast(kind)


def _is_number(kind: pyarrow.DataType) -> bool:
    return any(test(kind) for test in (pyarrow.types.is_integer, pyarrow.types.is_floating))


def _is_text(kind: pyarrow.DataType) -> bool:
    if pyarrow.types.is_dictionary(kind):
        kind = kind.value_type
    tests = (pyarrow.types.is_string, pyarrow.types.is_large_string, pyarrow.types.is_string_view)
    return any(test(kind) for test in tests)
