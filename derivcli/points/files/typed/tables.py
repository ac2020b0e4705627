"""What Parquet and Arrow share: columns that have types, read in batches and written with one type each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import pyarrow as pa

from derivcli.errors import DerivError
from derivcli.points.files.batches import Batch, Passed, numbers_of, selected
from derivcli.points.files.struct_fields import tops
from derivcli.points.files.text.blocks import unreadable
from derivcli.points.files.typed.arrow_encodings import is_numeric, is_text, value_type

if TYPE_CHECKING:
    from derivcli.points.files.reading import Cells
    from derivcli.points.files.typed.parquet import ParquetStorage

BATCH_BYTES = 32 << 20
"""Bytes of a batch, so that a row of any width takes little memory."""

MIN_BATCH_ROWS = 1 << 10

MIN_CELL_BYTES = 16
"""Bytes that a cell without a width of its own is taken for."""

FAILURES = (pa.ArrowException, OSError, ValueError, TypeError)


class TypedFile:
    """A file whose columns have types.

    `record_batches(headers, size)` gives its rows, at most `size` at a time, with the columns that have these headers,
    or all where there are none.
    """

    has_types = True
    header_lines, separator, is_unnamed = 0, "", False
    renamed: Mapping[str, str] = MappingProxyType({})

    def __init__(
        self,
        name: str,
        schema: pa.Schema,
        record_batches: Callable[[Sequence[str] | None, int], Iterator[pa.RecordBatch]],
        written: Cells,
        size: int | None = None,
        count: int | None = None,
        storage: ParquetStorage | None = None,
        close: Callable[[], object] = lambda: None,
    ) -> None:
        self.name, self.schema, self.size, self.count, self.storage = name, schema, size, count, storage
        self.notes: list[str] = []
        self._record_batches, self._written, self.close = record_batches, written, close

    def select(self, used: Sequence[str], passed: Passed) -> None:
        """Choose the columns that are read as numbers; of the others those `passed` on are read."""
        self._used, self._headers = (
            used,
            None if passed is True else selected(self.schema.names, tops(self.schema, used), passed),
        )
        if self._headers is not None:
            self.schema = pa.schema([self.schema.field(header) for header in self._headers])

    def batches(self, size: int) -> Iterator[Batch]:
        """The file's rows in batches."""
        try:
            for rows in self._record_batches(self._headers, size):
                if rows.num_rows:
                    rows = rows if self._headers is None else rows.select(self._headers)
                    rows.validate(full=True)
                    yield Batch(rows, numbers_of(rows, self._used, self._written))
        except FAILURES as error:
            raise unreadable(self.name, error) from error


def batch_rows(row_bytes: float, size: int) -> int:
    """The rows of a batch, at most `size`, where one takes so many bytes."""
    return min(size, max(MIN_BATCH_ROWS, int(BATCH_BYTES / max(1, row_bytes))))


def cell_bytes(kind: pa.DataType) -> float:
    """The bytes of a cell."""
    try:
        bits: int = kind.bit_width
    except ValueError:
        return MIN_CELL_BYTES
    return bits / 8


def no_table(name: str, kind: str, error: Exception) -> DerivError:
    """The refusal of a file that is not what its name says."""
    if isinstance(error, DerivError):
        return error
    hint = "name it after what it is, say --data-format, or write it anew"
    return DerivError(f"{name} is not a whole {kind} file", hint=hint)


def of_one_type(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The rows with the types of the first ones, refused where a value would change by it."""
    if batch.schema.equals(schema):
        return batch
    assert batch.schema.names == schema.names, "all batches have the same columns"
    columns = [_cast(column, field) for column, field in zip(batch.columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _cast(column: pa.Array, field: pa.Field) -> pa.Array:
    """The column with the type of the field, where both are numbers, both are text, or nothing is there."""
    kinds = column.type, field.type
    is_alike = is_numeric, lambda kind: is_text(value_type(kind)), pa.types.is_dictionary
    alike = any(all(map(test, kinds)) for test in is_alike)
    try:
        if not (alike or column.type == field.type or column.null_count == len(column)):
            raise pa.ArrowTypeError("another kind of value")
        return column.cast(field.type)
    except pa.ArrowException as error:
        message = f"column '{field.name}' holds {field.type} in its first rows and {column.type} in later ones"
        hint = "write CSV or JSON Lines, where each cell is of its own type"
        raise DerivError(message, hint=hint) from error
