"""Columns of JSON as lists and structures of one type, where a file with types is written."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as arrow_json

from derivcli.points.files.text.json_values import json_texts
from derivcli.points.files.text.writer import TEXT, joined

_LONG_WHOLE_NUMBER = r"(^|[^.0-9eE+])[0-9]{16,}($|[^.0-9eE])"
"""What float64 may not hold."""


def nested_type(column: pa.Array) -> pa.DataType | None:
    """The type that holds each list or object of a column as it is; None where there is none."""
    if column.null_count == len(column):
        return None
    try:
        kind = _plain(_read(column, None).type)
        as_nested(column, kind)
    except (pa.ArrowException, ValueError):
        return None
    return kind


def as_nested(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """The column with this type; raises ArrowException or ValueError where a value does not fit."""
    if _has_floats(kind) and pc.any(pc.match_substring_regex(column.storage, _LONG_WHOLE_NUMBER)).as_py():
        raise ValueError("float64 may not hold a whole number")
    return _read(column, kind)


def _read(column: pa.Array, kind: pa.DataType | None) -> pa.Array:
    lines = joined(['{"":', json_texts(column), "}"])
    data = pc.binary_join(pa.LargeListArray.from_arrays([0, len(lines)], lines), pa.scalar("\n", TEXT))[0].as_buffer()
    table = arrow_json.read_json(
        pa.BufferReader(data),
        arrow_json.ReadOptions(use_threads=False, block_size=data.size + 1),
        arrow_json.ParseOptions(
            explicit_schema=None if kind is None else pa.schema([("", kind)]),
            unexpected_field_behavior="infer" if kind is None else "error",
        ),
    )
    found = table.column("").combine_chunks()
    if kind is not None and found.type != kind:
        raise ValueError("there are fields that the first rows do not have")
    return found


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type in which texts that look like dates are texts; raises ValueError where nothing tells a type."""
    if pa.types.is_list(kind):
        return pa.list_(_plain(kind.value_type))
    if pa.types.is_struct(kind):
        if not kind.num_fields:
            raise ValueError("an object without keys has no type")
        return pa.struct([(field.name, _plain(field.type)) for field in kind])
    if pa.types.is_null(kind):
        raise ValueError("null alone has no type")
    return pa.string() if pa.types.is_temporal(kind) else kind


def _has_floats(kind: pa.DataType) -> bool:
    if pa.types.is_struct(kind):
        return any(_has_floats(field.type) for field in kind)
    return _has_floats(kind.value_type) if pa.types.is_list(kind) else bool(pa.types.is_floating(kind))
