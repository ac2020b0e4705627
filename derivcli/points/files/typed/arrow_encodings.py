"""The ways in which a column stands for its values: dictionaries, runs, extensions, views."""

from __future__ import annotations

import numpy as np
import pyarrow
import pyarrow.compute as compute
from numpy.typing import NDArray

_ZEROS = pyarrow.py_buffer(bytes(64))


def decoded(column: pyarrow.Array) -> pyarrow.Array:
    """The values themselves, whatever they are stored as."""
    while True:
        if isinstance(column, pyarrow.ExtensionArray):
            column = column.storage
        elif isinstance(column, pyarrow.DictionaryArray):
            column = pyarrow.DictionaryArray.from_arrays(column.indices, _unviewed(column.dictionary))
            column = column.dictionary_decode()
        elif isinstance(column, pyarrow.RunEndEncodedArray):
            column = compute.run_end_decode(column)
        else:
            return _unviewed(column)


def filtered(rows: pyarrow.RecordBatch, keep: NDArray[np.bool_]) -> pyarrow.RecordBatch:
    """The rows of a mask; Arrow itself picks no single views of texts and no runs, but joins stretches of them."""
    try:
        return rows.filter(pyarrow.array(keep))
    except pyarrow.ArrowNotImplementedError:
        borders = np.flatnonzero(np.diff(keep, prepend=False, append=False)).reshape(-1, 2).tolist()
        stretches = [rows.slice(start, stop - start) for start, stop in borders] or [rows.slice(0, 0)]
        return pyarrow.concat_batches(stretches)


def plain_type(kind: pyarrow.DataType) -> pyarrow.DataType:
    """The type with the values of each dictionary, at whatever depth, in the dictionary's place."""
    if pyarrow.types.is_dictionary(kind):
        return plain_type(kind.value_type)
    if pyarrow.types.is_struct(kind):
        return pyarrow.struct([_plain_field(field) for field in kind])
    if pyarrow.types.is_map(kind):
        return pyarrow.map_(_plain_field(kind.key_field), _plain_field(kind.item_field), kind.keys_sorted)
    if pyarrow.types.is_fixed_size_list(kind):
        return pyarrow.list_(_plain_field(kind.value_field), kind.list_size)
    lists = {
        pyarrow.types.is_list: pyarrow.list_,
        pyarrow.types.is_large_list: pyarrow.large_list,
        pyarrow.types.is_list_view: pyarrow.list_view,
        pyarrow.types.is_large_list_view: pyarrow.large_list_view,
    }
    make = next((make for test, make in lists.items() if test(kind)), None)
    return kind if make is None else make(_plain_field(kind.value_field))


def comparable_type(kind: pyarrow.DataType) -> pyarrow.DataType:
    """The type, that of the values where a dictionary's cannot be compared."""
    if pyarrow.types.is_dictionary(kind) and (
        pyarrow.types.is_nested(kind.value_type) or pyarrow.types.is_null(kind.value_type)
    ):
        return plain_type(kind)
    return kind


def encoded(indices: pyarrow.Array, dictionary: pyarrow.Array, kind: pyarrow.DictionaryType) -> pyarrow.DictionaryArray:
    """A column of a dictionary's type."""
    return pyarrow.DictionaryArray.from_arrays(indices, dictionary.cast(kind.value_type), ordered=kind.ordered)


def with_distinct_dictionary(column: pyarrow.Array) -> pyarrow.Array:
    """The column, its dictionary if it has one with each value once and no null, as the formats want it."""
    if not isinstance(column, pyarrow.DictionaryArray):
        return column
    values = column.dictionary
    if not values.null_count and len(values.unique()) == len(values):
        return column
    again = decoded(column).dictionary_encode()
    return encoded(again.indices.cast(column.type.index_type), again.dictionary, column.type)


def with_grown_dictionary(before: pyarrow.Array | None, column: pyarrow.DictionaryArray) -> pyarrow.DictionaryArray:
    """The column with a dictionary that begins with the one before, and is not empty.

    Where there was nothing in it, Arrow takes what is added for another dictionary.
    """
    column = with_distinct_dictionary(column)
    if before is None:
        kind = column.type.value_type
        zero = [None] + [_ZEROS] * (kind.num_buffers - 1)  # one value of a type that is not nested: 0, or an empty text
        before = pyarrow.nulls(0, kind) if len(column.dictionary) else pyarrow.Array.from_buffers(kind, 1, zero)
    head = encoded(column.indices[:0], before, column.type)
    return pyarrow.chunked_array([head, column]).unify_dictionaries().chunk(1)


def value_type(kind: pyarrow.DataType) -> pyarrow.DataType:
    """The type of the values behind a dictionary or runs."""
    is_coded = pyarrow.types.is_dictionary(kind) or pyarrow.types.is_run_end_encoded(kind)
    return kind.value_type if is_coded else kind


def is_text(kind: pyarrow.DataType) -> bool:
    """Whether a type is one of text."""
    tests = (pyarrow.types.is_string, pyarrow.types.is_large_string, pyarrow.types.is_string_view)
    return any(test(kind) for test in tests)


def is_numeric(kind: pyarrow.DataType) -> bool:
    """Whether a type is one of whole or floating-point numbers."""
    return bool(pyarrow.types.is_integer(kind) or pyarrow.types.is_floating(kind))


def is_binary(kind: pyarrow.DataType) -> bool:
    """Whether a type is one of bytes."""
    tests = (
        pyarrow.types.is_binary,
        pyarrow.types.is_large_binary,
        pyarrow.types.is_fixed_size_binary,
        pyarrow.types.is_binary_view,
    )
    return any(test(kind) for test in tests)


def _plain_field(field: pyarrow.Field) -> pyarrow.Field:
    return field.with_type(plain_type(field.type))


def _unviewed(column: pyarrow.Array) -> pyarrow.Array:
    """The column, views of texts or bytes as texts or bytes, since few functions take these."""
    if pyarrow.types.is_string_view(column.type):
        return column.cast(pyarrow.large_string())
    return column.cast(pyarrow.large_binary()) if pyarrow.types.is_binary_view(column.type) else column
