"""Columns of text as columns of types, where a file with types is written: as was asked, or as the first rows tell."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from derivcli.errors import DerivError, visible
from derivcli.points.files.cells.reasons import cut
from derivcli.points.files.text.json_values import JSON
from derivcli.points.files.typed.nested_types import as_nested, nested_type

AUTO, TEXT, EVERYWHERE = "auto", "text", ""
"""What the first rows tell, text, and the header that stands for all columns that are not named."""

KINDS: Mapping[str, pa.DataType] = {
    **dict.fromkeys((TEXT, "string"), pa.string()),
    **dict.fromkeys(("int", "int64"), pa.int64()),
    **dict.fromkeys(("float", "float64", "number"), pa.float64()),
    "bool": pa.bool_(),
    "date": pa.date32(),
    **dict.fromkeys(("timestamp", "datetime"), pa.timestamp("us")),
}
"""Types by the names that people give them; timestamps with zones are instants of UTC."""

MAX_DECIMAL_DIGITS = 76

_DECIMAL = re.compile(r"decimal\((\d{1,2})\.(\d{1,2})\)")
_ZONED = r"(Z|[+-]\d{2}:?\d{2})$"

_PATTERNS: tuple[tuple[str, pa.DataType], ...] = (
    (r"^(0|-?[1-9][0-9]{0,17})$", pa.int64()),
    (r"^(true|false)$", pa.bool_()),
    (r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", pa.date32()),
    (r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}$", pa.timestamp("us")),
)
"""Texts that are the same again when a type is written as text, up to the letter between day and hour."""

Plan = Mapping[str, pa.DataType]


def check_types(types: Mapping[str, str], headers: Collection[str]) -> None:
    """Refuse types of columns that there are none, and types that are none."""
    for header, kind in types.items():
        if header != EVERYWHERE and header not in headers:
            close = difflib.get_close_matches(header, headers, 1)
            hint = f"did you mean '{close[0]}'?" if close else "name a column of the file"
            raise DerivError(f"there is no column '{visible(header)}' to give a type", hint=hint)
        if kind != AUTO and _kind(kind) is None:
            close = difflib.get_close_matches(kind, [*KINDS, AUTO], 1)
            hint = f"did you mean {close[0]}?" if close else f"choose {', '.join(KINDS)}, decimal(10.2) or {AUTO}"
            raise DerivError(f"'{visible(kind)}' is no type of a column", hint=hint)


def planned(rows: pa.RecordBatch, types: Mapping[str, str], used: Collection[str], has_lists: bool) -> Plan:
    """The types of the columns of text that are passed on, by the first rows where they are to tell.

    Where a format has lists, columns of JSON have the types of these too, unless they are to be text.
    """
    found = {}
    for field in rows.schema:
        is_json = field.type == JSON
        asked = types.get(field.name, types.get(EVERYWHERE, AUTO if is_json else TEXT))
        if field.name in used or not (has_lists if is_json else pa.types.is_string(field.type)):
            continue
        kind = _told(rows.column(field.name)) if asked == AUTO else _kind(asked)
        if kind is not None and not pa.types.is_string(kind):
            found[field.name] = kind
    return found


def converted(rows: pa.RecordBatch, plan: Plan) -> pa.RecordBatch:
    """The rows with columns of these types; raises DerivError at a cell that does not fit."""
    for header, kind in plan.items():
        place = rows.schema.get_field_index(header)
        column = _cast(rows.column(place), kind, header)
        rows = rows.set_column(place, rows.schema.field(place).with_type(column.type), column)
    return rows


def _kind(name: str) -> pa.DataType | None:
    decimal = _DECIMAL.fullmatch(name)
    if decimal is None:
        return KINDS.get(name)
    digits, places = int(decimal[1]), int(decimal[2])
    return pa.decimal256(digits, places) if 0 < digits <= MAX_DECIMAL_DIGITS and places <= digits else None


def _told(column: pa.Array) -> pa.DataType | None:
    """The type of which every cell is written as it stands there; None for text."""
    if column.type == JSON:
        return nested_type(column)
    told = column.drop_null()
    if not len(told):
        return None
    for pattern, kind in _PATTERNS:
        if pc.all(pc.match_substring_regex(told, pattern)).as_py() and _try(told, kind) is not None:
            return kind
    numbers = _try(told, pa.float64())
    is_same = numbers is not None and pc.all(pc.equal(numbers.cast(pa.string()), told)).as_py()
    return pa.float64() if is_same else None


def _try(column: pa.Array, kind: pa.DataType) -> pa.Array | None:
    try:
        return as_nested(column, kind) if column.type == JSON else column.cast(kind)
    except (pa.ArrowInvalid, ValueError):
        return None


def _cast(column: pa.Array, kind: pa.DataType, header: str) -> pa.Array:
    texts = column if column.type == JSON else pc.utf8_trim_whitespace(column)
    if pa.types.is_timestamp(kind) and texts is not column and pc.any(pc.match_substring_regex(texts, _ZONED)).as_py():
        kind = pa.timestamp("us", "UTC")
    found = _try(texts, kind)
    if found is not None:
        return found
    cells: Sequence[str | None] = texts.to_pylist()
    is_bad: Callable[[int], bool] = lambda place: _try(texts.slice(place, 1), kind) is None  # noqa: E731
    bad = next(place for place in range(len(cells)) if is_bad(place))
    message = f"column '{header}': '{visible(cut(str(cells[bad])))}' is no {kind}"
    raise DerivError(message, hint=f"say --types {header}={TEXT}")
