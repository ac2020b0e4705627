"""Rows in the formats that store columns: Parquet, and Arrow's file format, which is Feather's second version."""

from __future__ import annotations

import pyarrow
import pyarrow.parquet

from derivcli.errors import DerivError

GROUP = 1 << 20
"""Rows of a row group in Parquet."""

GROUP_BYTES = 128 << 20
"""Bytes at which a row group ends with fewer rows, so that memory stays flat however wide they are."""


class ParquetSink:
    """Writes Parquet in row groups of one size, whatever the size of the batches.

    Only text is dictionary-encoded: floating-point numbers rarely repeat, and trying takes as long again as writing
    them. Snappy costs a tenth more on random numbers, which do not shrink, and halves decimals; every reader has it.
    On random numbers zstd takes twice the time for 5 % of the size. Splitting their bytes (BYTE_STREAM_SPLIT) saves
    8 % for a quarter more time, but decimals take twice the space, and older readers do not know it.
    """

    def __init__(self, stream: pyarrow.NativeFile, schema: pyarrow.Schema) -> None:
        texts = [field.name for field in schema if _is_text(field.type)]
        self._writer = pyarrow.parquet.ParquetWriter(stream, schema, compression="snappy", use_dictionary=texts)
        self._schema = schema
        self._batches: list[pyarrow.RecordBatch] = []
        self._rows = self._bytes = 0

    def write(self, batch: pyarrow.RecordBatch) -> None:
        """Keep the rows until they fill a row group."""
        columns = [_distinct(column) for column in _fitted(batch, self._schema).columns]
        self._keep(pyarrow.RecordBatch.from_arrays(columns, schema=self._schema))
        while self._rows >= GROUP:
            self._write_group(GROUP)
        if self._bytes >= GROUP_BYTES:
            self._write_group(self._rows)

    def close(self) -> None:
        """Write the last row group and what comes after it."""
        if self._rows:
            self._write_group(self._rows)
        self._writer.close()

    def _keep(self, *batches: pyarrow.RecordBatch) -> None:
        self._batches += batches
        self._rows += sum(len(batch) for batch in batches)
        self._bytes += sum(batch.nbytes for batch in batches)

    def _write_group(self, rows: int) -> None:
        table = pyarrow.Table.from_batches(self._batches, self._schema)
        self._writer.write_table(table.slice(0, rows), row_group_size=rows)
        self._batches, self._rows, self._bytes = [], 0, 0
        self._keep(*table.slice(rows).to_batches())


class ArrowSink:
    """Writes Arrow's file format, uncompressed: so it is written in two thirds of the time, and read without a copy.

    Such a file may add to the dictionary of a column but not replace it, and the batches of other files have
    dictionaries of their own. So each one grows here, and its indices are wide enough to grow.
    """

    def __init__(self, stream: pyarrow.NativeFile, schema: pyarrow.Schema) -> None:
        self._schema = pyarrow.schema([field.with_type(_wide(field.type)) for field in schema], schema.metadata)
        options = pyarrow.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
        self._writer = pyarrow.ipc.new_file(stream, self._schema, options=options)
        self._known: dict[int, pyarrow.Array] = {}

    def write(self, batch: pyarrow.RecordBatch) -> None:
        """Write the rows as a batch of the file."""
        batch = _fitted(batch, self._schema)
        columns = [self._grown(place, column) for place, column in enumerate(batch.columns)]
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
            column = _distinct(column)
            if known is not None:
                before = _encoded(pyarrow.array([], pyarrow.int32()), known, column.type)
                column = pyarrow.chunked_array([before, column]).unify_dictionaries().chunk(1)
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


def _distinct(column: pyarrow.Array) -> pyarrow.Array:
    """The column, its dictionary if it has one with each value once and no null, as the formats want it."""
    if not isinstance(column, pyarrow.DictionaryArray):
        return column
    values = column.dictionary
    if not values.null_count and len(values.unique()) == len(values):
        return column
    again = column.dictionary_decode().dictionary_encode()
    return _encoded(again.indices.cast(column.type.index_type), again.dictionary, column.type)


def _encoded(
    indices: pyarrow.Array, dictionary: pyarrow.Array, kind: pyarrow.DictionaryType
) -> pyarrow.DictionaryArray:
    return pyarrow.DictionaryArray.from_arrays(indices, dictionary, ordered=kind.ordered)


def _wide(kind: pyarrow.DataType) -> pyarrow.DataType:
    """The type, a dictionary's with 32 bits for each index."""
    if not pyarrow.types.is_dictionary(kind):
        return kind
    return pyarrow.dictionary(pyarrow.int32(), kind.value_type, kind.ordered)


def _is_number(kind: pyarrow.DataType) -> bool:
    return any(test(kind) for test in (pyarrow.types.is_integer, pyarrow.types.is_floating))


def _is_text(kind: pyarrow.DataType) -> bool:
    if pyarrow.types.is_dictionary(kind):
        kind = kind.value_type
    tests = (pyarrow.types.is_string, pyarrow.types.is_large_string, pyarrow.types.is_string_view)
    return any(test(kind) for test in tests)
