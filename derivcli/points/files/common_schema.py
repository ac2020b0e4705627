"""One schema for the columns of several files, and their rows with its types."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import pyarrow as pa

from derivcli.errors import DerivError
from derivcli.points.files.text.json_values import JSON, as_json


def places_of(headers: Sequence[str], names: Sequence[str]) -> list[int]:
    """Where the columns with these headers stand among all; of several of one name the first comes first."""
    places: dict[str, deque[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(name, deque()).append(place)
    return [places[name].popleft() for name in headers]


def common_schema(schemas: Sequence[pa.Schema], headers: Sequence[str] | None) -> pa.Schema:
    """The columns with these headers, or all that each file has, with types that hold the values of all files.

    They have the order of the first file, and all that it says of them.
    """
    if headers is None:
        everywhere = set[str].intersection(*(set(schema.names) for schema in schemas))
        headers = [name for name in schemas[0].names if name in everywhere]
    orders = [places_of(headers, schema.names) for schema in schemas]
    columns = zip(*([s.field(place) for place in order] for s, order in zip(schemas, orders, strict=True)), strict=True)
    return pa.schema([_widened(fields) for fields in columns], metadata=schemas[0].metadata)


def _widened(fields: Sequence[pa.Field]) -> pa.Field:
    kinds = list(dict.fromkeys(field.type for field in fields))
    kind = kinds[0] if len(kinds) == 1 else _wider(kinds)
    return fields[0].with_type(kind).with_nullable(any(field.nullable for field in fields))


def _wider(kinds: Sequence[pa.DataType]) -> pa.DataType:
    """The type of numbers of several types, of times of several units and their like, or JSON or text."""
    kinds = [kind for kind in kinds if not pa.types.is_null(kind)]
    if JSON in kinds:
        return JSON
    whole = [pa.types.is_integer(kind) for kind in kinds]
    if not all(each or pa.types.is_floating(kind) for each, kind in zip(whole, kinds, strict=True)):
        return _shared(kinds) if len({kind.id for kind in kinds}) == 1 else pa.string()
    if any(whole) and not all(whole):
        return pa.float64()
    if len({pa.types.is_signed_integer(kind) for kind in kinds}) > 1:
        return pa.int64()  # not float64, which would change whole numbers that int64 holds
    return max(kinds, key=lambda kind: kind.bit_width)


def _shared(kinds: Sequence[pa.DataType]) -> pa.DataType:
    """The type of one kind that holds the values of all: the finest unit, the most digits; text where there is none."""
    try:
        return pa.unify_schemas([pa.schema([("", kind)]) for kind in kinds], promote_options="permissive").field(0).type
    except pa.ArrowException:
        return pa.string()


def arranged(rows: pa.RecordBatch, schema: pa.Schema, name: str) -> pa.RecordBatch:
    """The rows of the file of this name with the columns of the schema, in its order and of its types."""
    columns = []
    for place, field in zip(places_of(schema.names, rows.schema.names), schema, strict=True):
        try:
            column = rows.column(place)
            columns.append(as_json(column) if field.type == JSON else column.cast(field.type))
        except pa.ArrowException as error:
            message = f"{name}: column '{field.name}' cannot be made {field.type}, to be like that of other files"
            raise DerivError(message, hint="read files with other types one at a time") from error
    return pa.RecordBatch.from_arrays(columns, schema=schema)
