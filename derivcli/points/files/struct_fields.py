"""Columns by their headers, or fields of structures by paths: `pos.x` is the field x of the column pos."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow
import pyarrow.compute as compute


def column_of(rows: pyarrow.RecordBatch, path: str) -> pyarrow.Array:
    """A column, or a field of one; null where the structure is."""
    top, fields = _parted(rows.schema, path)
    column = rows.column(top)
    return compute.struct_field(column, fields) if fields else column


def type_of(schema: pyarrow.Schema, path: str) -> pyarrow.DataType:
    """The type of a column or of a field of one."""
    top, fields = _parted(schema, path)
    kind = schema.field(top).type
    for field in fields:
        kind = kind.field(field).type
    return kind


def tops(schema: pyarrow.Schema, paths: Iterable[str]) -> list[str]:
    """The columns that hold these, each once."""
    return list(dict.fromkeys(_parted(schema, path)[0] for path in paths))


def is_field(schema: pyarrow.Schema, path: str) -> bool:
    """Whether a path leads to a field of a structure."""
    try:
        return bool(_parted(schema, path)[1])
    except KeyError:
        return False


def fields_of(schema: pyarrow.Schema) -> list[str]:
    """The paths of all fields of structures."""

    def below(path: str, kind: pyarrow.DataType) -> Iterable[str]:
        if not pyarrow.types.is_struct(kind):
            yield path
            return
        for field in kind:
            yield from below(f"{path}.{field.name}", field.type)

    structures = [field for field in schema if pyarrow.types.is_struct(field.type)]
    return [path for field in structures for path in below(field.name, field.type)]


def _parted(schema: pyarrow.Schema, path: str) -> tuple[str, list[str]]:
    """The column and the fields in it that a path names; a column whose header is the whole path wins."""
    if path in schema.names:
        return path, []
    parts = path.split(".")
    for count in range(len(parts) - 1, 0, -1):
        top, fields = ".".join(parts[:count]), parts[count:]
        if schema.names.count(top) == 1 and _leads(schema.field(top).type, fields):
            return top, fields
    raise KeyError(path)


def _leads(kind: pyarrow.DataType, fields: list[str]) -> bool:
    for field in fields:
        if not pyarrow.types.is_struct(kind) or kind.get_field_index(field) < 0:
            return False
        kind = kind.field(field).type
    return True
