"""Columns of text as columns of types, where a file with types is written: as was asked, or as the first rows tell."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from derivcli.errors import DerivError, visible
from derivcli.points.files.cells.cells_to_numbers import read_numbers
from derivcli.points.files.cells.missing import Missing
from derivcli.points.files.cells.reasons import cut
from derivcli.points.files.reading import AS_PEOPLE_WRITE, Cells
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


@dataclass(frozen=True, slots=True)
class Given:
    """What is given of columns of text: types and what stands for nothing, by headers, and how numbers are written."""

    types: Mapping[str, str]
    missing: Mapping[str, Missing] = field(default_factory=dict)
    written: Cells = AS_PEOPLE_WRITE

    def kind(self, header: str, otherwise: str) -> str:
        """The type that a column is given."""
        return self.types.get(header, self.types.get(EVERYWHERE, otherwise))

    def without_missing(self, texts: pa.Array, header: str, kind: pa.DataType | None = None) -> pa.Array:
        """The texts of a column, null where they are words for nothing that a type does not hold either."""
        told = self.missing[header].words if header in self.missing and texts.type != JSON else ()
        words = [word for word in told if kind is None or _try(pa.array([word]), kind, self.written) is None]
        if not words:
            return texts
        return pc.if_else(pc.is_in(texts, pa.array(words)), pa.scalar(None, texts.type), texts)


def planned(rows: pa.RecordBatch, given: Given, used: Collection[str], has_lists: bool) -> Plan:
    """The types of the columns of text that are passed on, by the first rows where they are to tell.

    Where a format has lists, columns of JSON have the types of these too, unless they are to be text.
    """
    found = {}
    for each in rows.schema:
        is_json = each.type == JSON
        asked = given.kind(each.name, AUTO if is_json else TEXT)
        is_open = has_lists if is_json else pa.types.is_string(each.type)
        is_one = rows.schema.get_field_index(each.name) >= 0  # of several columns of one name each stays what it is
        if each.name in used or not is_open or not is_one:
            continue
        column = rows.column(each.name)
        kind = _told(given.without_missing(column, each.name)) if asked == AUTO else _kind(asked)
        if kind is not None and not pa.types.is_string(kind):
            found[each.name] = kind
    return found


def converted(rows: pa.RecordBatch, plan: Plan, given: Given) -> pa.RecordBatch:
    """The rows with columns of these types; raises DerivError at a cell that does not fit.

    Words for nothing are null where the type has no such value.
    """
    for header, kind in plan.items():
        place = rows.schema.get_field_index(header)
        column = _cast(rows.column(place), kind, header, given)
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


def _try(column: pa.Array, kind: pa.DataType, written: Cells = AS_PEOPLE_WRITE) -> pa.Array | None:
    try:
        if column.type == JSON:
            return as_nested(column, kind)
        if pa.types.is_float64(kind):
            numbers = read_numbers(column, written)
            is_fit = numbers.instants is None and (numbers.bad is None or int(numbers.bad.sum()) == column.null_count)
            return pa.array(numbers.values, mask=numbers.bad) if is_fit else None
        return column.cast(kind)
    except (pa.ArrowInvalid, ValueError):
        return None


def _cast(column: pa.Array, kind: pa.DataType, header: str, given: Given) -> pa.Array:
    texts = column if column.type == JSON else pc.utf8_trim_whitespace(column)
    if pa.types.is_timestamp(kind) and texts is not column and pc.any(pc.match_substring_regex(texts, _ZONED)).as_py():
        kind = pa.timestamp("us", "UTC")
    is_told = given.kind(header, AUTO) == AUTO

    def fitting(cells: pa.Array) -> pa.Array | None:
        return None if is_told and _is_padded(cells, kind) else _try(cells, kind, given.written)

    for cells in (texts, given.without_missing(texts, header, kind)):
        found = fitting(cells)
        if found is not None:
            return found
    bad = next(each for each in (cells.slice(place, 1) for place in range(len(cells))) if fitting(each) is None)
    message = f"column '{header}': '{visible(cut(str(bad[0].as_py())))}' is no {kind}"
    raise DerivError(message, hint=f"say --types {header}={TEXT}")


def _is_padded(texts: pa.Array, kind: pa.DataType) -> bool:
    """Whether some whole numbers have zeros or signs in front, which a type of numbers would lose."""
    return pa.types.is_int64(kind) and bool(pc.any(pc.match_substring_regex(texts, r"^(0[0-9]|[+]|-0)")).as_py())
