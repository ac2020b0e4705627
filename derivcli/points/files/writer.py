"""Writing rows into a data file, batch by batch: columns of the input as they were, and columns of ours after them."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeAlias

import numpy as np
import pyarrow
import pyarrow.parquet
from numpy.typing import NDArray

from derivcli.errors import DerivError
from derivcli.points.files.formats import DATA_FORMATS, BatchWriter, FileFormat
from derivcli.points.files.text.gzip_stream import GzipStream
from derivcli.points.files.typed.arrow_encodings import value_type


@dataclass(frozen=True, slots=True, eq=False)
class Categories:
    """A column of few texts: `codes`, shape (rows,), are places among `names`; None among these is no text."""

    codes: NDArray[np.uint8]
    names: tuple[str | None, ...]


OutputColumn: TypeAlias = NDArray[Any] | Sequence[str | None] | Categories
"""Numbers or texts of ours, one for each row; nothing where an array is masked, or in the place of a text."""


def spread(columns: Mapping[str, OutputColumn], blank: NDArray[np.bool_]) -> dict[str, OutputColumn]:
    """Columns of the rows that are not blank as columns of all rows, with nothing in the blank ones."""
    return {name: _spread(values, blank) for name, values in columns.items()}


def _spread(values: OutputColumn, blank: NDArray[np.bool_]) -> OutputColumn:
    if isinstance(values, Categories):
        codes = np.full(len(blank), values.names.index(None), dtype=values.codes.dtype)
        codes[~blank] = values.codes
        return Categories(codes, values.names)
    if isinstance(values, np.ndarray):
        found = np.zeros(len(blank), dtype=values.dtype)
        found[~blank] = np.ma.getdata(values)
        mask = blank.copy()
        mask[~blank] = np.ma.getmaskarray(values)
        return np.ma.array(found, mask=mask)
    texts = iter(values)
    return [None if is_blank else next(texts) for is_blank in blank.tolist()]


GZIP = "gzip"
"""The compression for which we have threads."""


class Writer:
    """Writes batches of rows into one file; the first of them says which columns it has."""

    def __init__(self, outlet: _Outlet, format: FileFormat) -> None:
        self._format = format
        self._writer: BatchWriter | None = None
        self._stream = pyarrow.PythonFile(outlet, mode="w")
        self._gzip: GzipStream | None = None
        if format.compression == GZIP:
            self._gzip = GzipStream(outlet, pyarrow.cpu_count())
            self._stream = pyarrow.PythonFile(self._gzip, mode="w")
        elif format.compression:
            self._stream = pyarrow.CompressedOutputStream(self._stream, format.compression)

    def write(
        self,
        rows: pyarrow.RecordBatch | None,
        columns: Mapping[str, OutputColumn],
        numbers: Mapping[str, OutputColumn] | None = None,
        kept: Sequence[str] | None = None,
    ) -> None:
        """Write the rows of the input, where there are any, and after them columns of ours, which are copied.

        Where a format has types, columns of the input that are text are written as the `numbers` that they hold. Of
        the columns those with headers that are `kept` are written, or all of them.
        """
        if rows is not None and numbers and self._format.row.has_types:
            rows = _as_numbers(rows, numbers)
        if rows is not None and self._format.name == "arrow" and self._format.storage is not None:
            rows = _without_dictionaries(rows, self._format.storage.read_as_dictionaries)
        if rows is not None and kept is not None:
            rows = rows.select([rows.schema.names.index(header) for header in kept])
        batch = _with_ours(rows, columns, self._format.decimal_comma)
        with _arrow_errors():
            self._opened(batch.schema).write(batch)

    def close(self) -> None:
        """Complete the file; without a batch it has no columns."""
        with _arrow_errors():
            self._opened(pyarrow.schema([])).close()
            if self._gzip is not None:
                self._gzip.close()
            elif self._format.compression:
                self._stream.close()

    def _opened(self, schema: pyarrow.Schema) -> BatchWriter:
        if self._writer is None:
            _check(schema, self._format.name)
            self._writer = self._format.row.code().open_writer(self._stream, schema, self._format)
        return self._writer


@contextmanager
def writing(file: BinaryIO, format: FileFormat) -> Iterator[Writer]:
    """Yield a writer into an open file, which is complete, flushed and still open when the block ends well."""
    outlet = _Outlet(file)
    writer = None
    try:
        writer = Writer(outlet, format)
        yield writer
        writer.close()
        file.flush()
    except BaseException:
        outlet.give_up()
        if writer is not None:
            with suppress(Exception):
                writer.close()
        raise


class _Outlet(io.RawIOBase):
    """Stands before the file: it stays open when pyarrow closes what it writes to.

    And nothing can fail in it after a failure, where pyarrow's objects write once more as they are taken apart.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file: BinaryIO | None = file

    def write(self, data: Any) -> int:
        """Hand the bytes on."""
        if self._file is not None:
            self._file.write(data)
        return len(data)

    def writable(self) -> bool:
        """Yes."""
        return True

    def close(self) -> None:
        """Leave the file to who opened it."""

    def give_up(self) -> None:
        """Drop whatever comes."""
        self._file = None


@contextmanager
def _arrow_errors() -> Iterator[None]:
    """Raise pyarrow's errors as the one that means a file could not be written."""
    try:
        yield
    except OSError:
        raise
    except pyarrow.ArrowException as error:
        raise OSError(str(error)) from error


def _as_numbers(rows: pyarrow.RecordBatch, numbers: Mapping[str, OutputColumn]) -> pyarrow.RecordBatch:
    for name, values in numbers.items():
        place = rows.schema.get_field_index(name)
        is_there = place >= 0  # one of two columns with one name is not found by it, and stays what it is
        if is_there and pyarrow.types.is_string(rows.schema.field(place).type):
            rows = rows.set_column(place, name, _array(values))
    return rows


def _without_dictionaries(rows: pyarrow.RecordBatch, names: Collection[str]) -> pyarrow.RecordBatch:
    for place, field in enumerate(rows.schema):
        if field.name in names and pyarrow.types.is_dictionary(field.type):
            kind = field.type.value_type
            rows = rows.set_column(place, field.with_type(kind), rows.column(place).cast(kind))
    return rows


def _with_ours(
    rows: pyarrow.RecordBatch | None, columns: Mapping[str, OutputColumn], decimal_comma: bool
) -> pyarrow.RecordBatch:
    """The columns of the input and ours as one batch; the texts among ours are numbers too."""
    ours = {name: _array(values, decimal_comma) for name, values in columns.items()}
    fields = [pyarrow.field(name, array.type) for name, array in ours.items()]
    if rows is None:
        return pyarrow.RecordBatch.from_arrays(list(ours.values()), schema=pyarrow.schema(fields))
    schema = pyarrow.schema([*rows.schema, *fields], rows.schema.metadata)
    return pyarrow.RecordBatch.from_arrays([*rows.columns, *ours.values()], schema=schema)


def _array(values: OutputColumn, decimal_comma: bool = False) -> pyarrow.Array:
    """Numbers or texts as an array that is a copy; a row group outlives the arrays that an engine fills again."""
    if isinstance(values, Categories):
        names = pyarrow.array(values.names, pyarrow.string())
        return pyarrow.DictionaryArray.from_arrays(pyarrow.array(values.codes.astype(np.int16)), names)
    if isinstance(values, np.ma.MaskedArray):
        return pyarrow.array(values.data, mask=np.ma.getmaskarray(values))
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiub":
        return pyarrow.array(values.copy())
    texts = [text and text.replace(".", ",") for text in values] if decimal_comma else values
    return pyarrow.array(texts, pyarrow.string())


def table_of(columns: Mapping[str, OutputColumn]) -> pyarrow.Table:
    """Columns of ours as a table in memory, with plain texts, since pandas takes no dictionary with a null in it."""
    batch = _with_ours(None, columns, decimal_comma=False)
    plain = [
        column.dictionary_decode() if pyarrow.types.is_dictionary(column.type) else column for column in batch.columns
    ]
    return pyarrow.table(plain, names=batch.schema.names)


def _check(schema: pyarrow.Schema, format: str) -> None:
    names = schema.names
    if not DATA_FORMATS[format].may_repeat_names and len(set(names)) < len(names):
        name, _ = Counter(names).most_common(1)[0]
        others = [row.name for row in DATA_FORMATS.values() if row.may_repeat_names]
        message = f"two columns are named '{name}', which {format} cannot tell apart"
        hint = f"rename one of them, or write {', '.join(others[:-1])} or {others[-1]}"
        raise DerivError(message, hint=hint)
    for field in {field.type: field for field in reversed(schema)}.values():
        if not _holds(format, field.type):
            others = [name for name in DATA_FORMATS if _holds(name, field.type)]
            message = f"column '{field.name}' holds {value_type(field.type)}, which {format} cannot"
            hint = (
                f"write {' or '.join(others)} instead, or leave it out, as with --keep"
                if others
                else "leave it out, as with --keep"
            )
            raise DerivError(message, hint=hint)


def _holds(format: str, kind: pyarrow.DataType) -> bool:
    """Whether the format can hold a column of a type, found by writing one; readers of Parquet refuse what is deep."""
    schema = pyarrow.schema([pyarrow.field("x", kind)])
    try:
        stream = pyarrow.BufferOutputStream()
        writer = DATA_FORMATS[format].code().open_writer(stream, schema, FileFormat(format))
        writer.write(pyarrow.RecordBatch.from_arrays([pyarrow.nulls(1, kind)], schema=schema))
        writer.close()
        if format == "parquet":
            pyarrow.parquet.ParquetFile(pyarrow.BufferReader(stream.getvalue())).close()
    except (pyarrow.ArrowException, OSError):
        return False
    return True
