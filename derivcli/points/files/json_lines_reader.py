"""JSON Lines: an object on every line, in blocks by Arrow, and line by line where Arrow cannot."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.json as arrow_json

from derivcli.errors import DerivError
from derivcli.points.files.cells_to_numbers import CORRECT, NOT_FINITE, NUMBER, Column, read_column
from derivcli.points.files.format_reader import Lost, Piece, Want, read_columns
from derivcli.points.files.json_objects import Written, check_nesting, check_unaltered, object_on
from derivcli.points.files.text_blocks import TextFile, check_utf8, ended, in_order, whole_rows
from derivcli.points.points import EXACT

_OBJECT = 'write an object like {"x": 3} on each line, or leave such rows out with --on-error skip'
_Columns: TypeAlias = "tuple[pa.RecordBatch, dict[str, Column], dict[str, pa.Array]]"
_FAILURES = (pa.ArrowException, ValueError, TypeError, OverflowError)


class JsonFile:
    """A file of objects, one a line; its columns and their types are those of its first block."""

    count = None

    def __init__(self, text: TextFile, decimal_comma: bool = False) -> None:
        self.name, self.size, self._text, self._decimal_comma = text.name, text.size, text, decimal_comma
        self._whole = text.whole
        first = text.first if text.whole else text.first[: _last_line(text.first)]
        if not first:
            raise DerivError(f"{self.name}: its first line is too long", hint=_OBJECT)
        check_utf8(self.name, first)
        self._mixed: set[str] = set()
        self._late: dict[str, None] = {}
        self.schema = self._inferred(first)
        text.forget()
        if not self.schema.names:
            raise self._no_columns(first)

    @property
    def notes(self) -> list[str]:
        """What is worth knowing about the file."""
        shown = ", ".join(f"'{name}'" for name in self._late)
        return [f"{self.name}: left out {shown}, which its first rows do not have"] if self._late else []

    @property
    def done(self) -> float:
        """How many bytes of the file have been read."""
        return self._text.done

    def close(self) -> None:
        """Close the file."""
        self._text.close()

    def expect(self, wants: Sequence[Want]) -> None:
        """Make wanted columns float64 that may hold other numbers than whole ones in later blocks."""
        for want in wants:
            kind = self.schema.field(want.place).type
            if want.header in self._mixed or (pa.types.is_integer(kind) and not self._whole):
                self.schema = self.schema.set(want.place, pa.field(want.header, pa.float64()))

    def pieces(self, wants: Sequence[Want], size: int) -> Iterator[Piece]:
        """The rows of each block, with the wanted columns as numbers."""
        blocks = whole_rows(self.name, ended(self._text.blocks(), b"\n"), _last_line)
        return in_order(blocks, partial(self._piece, wants=wants))

    def _piece(self, block: bytes, wants: Sequence[Want]) -> Piece:
        check_utf8(self.name, block)
        floats = [field.name for field in self.schema if field.type == pa.float64()]
        try:
            check_nesting(block)
            table = _first_read(self.schema, block, _unquoted(block, _keys(floats)))
            rows = _batch(table.select(range(len(self.schema))), self.schema)
            written = Written(block, rows.num_rows)
            check_unaltered(rows, written, {want.header for want in wants})
            columns = {name: _exact(column, written) for name, column in self._by_header(rows, wants)}
        except _FAILURES:
            return self._line_by_line(block, wants)
        self._late.update(dict.fromkeys(table.schema.names[len(self.schema) :]))
        return Piece(rows, columns, (), partial(_line_of, block), block.count(b"\n"), size=self._text.bytes_of(block))

    def _by_header(self, rows: pa.RecordBatch, wants: Sequence[Want]) -> Iterator[tuple[str, tuple[str, Column]]]:
        headers = {want.variable: want.header for want in wants}
        for variable, column in read_columns(rows, wants, self._decimal_comma).items():
            yield variable, (headers[variable], column)

    def _line_by_line(self, block: bytes, wants: Sequence[Want]) -> Piece:
        """The same where a line is none, or a column holds values of several types."""
        objects: list[dict[str, Any]] = []
        lost: list[Lost] = []
        lines = [line for line in block.decode().split("\n") if line.strip()]
        names = set(self.schema.names)
        for place, line in enumerate(lines):
            found, why = object_on(line)
            if found is None:
                lost.append(Lost(place, why, _OBJECT))
            else:
                objects.append(found)
                self._late.update(dict.fromkeys(name for name in found if name not in names))
        try:
            rows, columns, texts = self._columns(objects, wants)
        except _FAILURES:
            objects, lost = self._fitting(lines, {want.header for want in wants})
            rows, columns, texts = self._columns(objects, wants)
        size = self._text.bytes_of(block)
        return Piece(rows, columns, lost, partial(_line_of, block), block.count(b"\n"), texts, size)

    def _fitting(self, lines: Sequence[str], wanted: set[str]) -> tuple[list[dict[str, Any]], list[Lost]]:
        """The objects whose values fit into the columns, and the rows that are none or hold others."""
        objects: list[dict[str, Any]] = []
        lost: list[Lost] = []
        for place, line in enumerate(lines):
            found, why = object_on(line)
            misfit = "" if found is None else self._misfit(found, wanted)
            if found is None or misfit:
                lost.append(Lost(place, why or misfit, CORRECT if misfit else _OBJECT))
            else:
                objects.append(found)
        return objects, lost

    def _columns(self, objects: list[dict[str, Any]], wants: Sequence[Want]) -> _Columns:
        """The rows, the wanted columns as numbers, and those as the text they are."""
        texts = {w.variable: self._texts([o.get(w.header) for o in objects]) for w in wants}
        columns = {name: read_column(cells, self._decimal_comma) for name, cells in texts.items()}
        given = {want.header: columns[want.variable] for want in wants}
        arrays = [self._array(field, objects, given.get(field.name)) for field in self.schema]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema), columns, texts

    def _texts(self, values: Sequence[Any]) -> pa.Array:
        """A wanted column as texts, in which numbers have the decimal sign that the texts among them have."""
        point = "," if self._decimal_comma else "."
        texts = [(_text(value) or "").replace(".", point) if type(value) is float else _text(value) for value in values]
        return pa.array(texts, pa.string())

    def _array(self, field: pa.Field, objects: list[dict[str, Any]], column: Column | None) -> pa.Array:
        """A column of the rows that are passed through."""
        if column is not None and field.type == pa.float64():
            return pa.array(column.values, mask=column.bad)
        return _cells([o.get(field.name) for o in objects], field.type)

    def _misfit(self, found: dict[str, Any], wanted: set[str]) -> str:
        """Why an object's values do not fit into the columns; nothing where they do."""
        for field in self.schema:
            value = found.get(field.name)
            if field.name in wanted and field.type == pa.float64():
                continue
            try:
                _cells([value], field.type)
            except _FAILURES:
                return f"column '{field.name}': {_shown(value)} does not fit among values of type {field.type}"
        return ""

    def _inferred(self, first: bytes) -> pa.Schema:
        """The columns and their types; what Arrow takes for dates stays the text it is."""
        try:
            check_nesting(first)
            table = _first_read(None, first, _unquoted(first, rb'"[^"\\\n]*"'))
            check_unaltered(table, Written(first, table.num_rows))
        except _FAILURES:
            return self._inferred_slowly(first)
        return pa.schema([(field.name, _kept(field.type)) for field in table.schema])

    def _inferred_slowly(self, first: bytes) -> pa.Schema:
        objects = [found for line in first.decode().split("\n") if line.strip() and (found := object_on(line)[0])]
        columns: dict[str, list[Any]] = {}
        for found in objects:
            for name, value in found.items():
                columns.setdefault(name, []).append(value)
        self._mixed = {name for name, values in columns.items() if _is_mixed(values)}
        return pa.schema([(name, _kind(values)) for name, values in columns.items()])

    def _no_columns(self, first: bytes) -> DerivError:
        line = next((line for line in first.decode().split("\n") if line.strip()), "")
        if not line:
            return DerivError(f"{self.name} is empty", hint='write an object like {"x": 3} on each line')
        why = object_on(line)[1] or "the object has no keys"
        return DerivError(f"{self.name}, row 1: {why}", hint='write an object like {"x": 3} on each line')


def _last_line(block: bytes) -> int:
    return block.rfind(b"\n") + 1


def _line_of(block: bytes, place: int) -> int | None:
    """The line on which a row stands, counted from 0."""
    for number, line in enumerate(block.split(b"\n")):
        place -= bool(line.strip())
        if place < 0:
            return number
    return None


def _keys(names: Sequence[str]) -> bytes:
    """A pattern of keys as they are written."""
    written = (json.dumps(name, ensure_ascii=ascii).encode() for name in names for ascii in (True, False))
    return b"|".join(map(re.escape, dict.fromkeys(written))) or rb"(?!)"


def _unquoted(block: bytes, keys: bytes) -> Callable[[], bytes]:
    """What gives the block with the numbers that JSON has no words for in words that Arrow reads as numbers."""
    pattern = re.compile(rb"((?:" + keys + rb')\s*:\s*)"\s*[+]?(-?)(nan|inf)(?:inity)?\s*"', re.IGNORECASE)
    words = {b"nan": b"NaN", b"inf": b"Inf"}
    return lambda: pattern.sub(lambda m: m[1] + (m[2] if m[3].lower() == b"inf" else b"") + words[m[3].lower()], block)


def _first_read(schema: pa.Schema | None, block: bytes, other: Callable[[], bytes]) -> pa.Table:
    """The block as Arrow reads it, or the other one where it cannot."""
    try:
        return _read(block, schema)
    except _FAILURES:
        return _read(other(), schema)


def _read(block: bytes, schema: pa.Schema | None) -> pa.Table:
    return arrow_json.read_json(
        pa.BufferReader(block),
        arrow_json.ReadOptions(use_threads=False, block_size=len(block) + 1),
        arrow_json.ParseOptions(explicit_schema=schema),
    )


def _batch(table: pa.Table, schema: pa.Schema) -> pa.RecordBatch:
    if table.schema.types != schema.types:
        raise ValueError("an object inside has other keys than those before")
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=schema)


def _exact(named: tuple[str, Column], written: Written) -> Column:
    """The column with the whole numbers that Arrow has rounded marked, which only the text still shows."""
    header, column = named
    with np.errstate(invalid="ignore"):
        places = np.flatnonzero((np.abs(column.values) >= EXACT) & np.isfinite(column.values))
    if column.rounded is not None or not len(places):
        return column
    given = ((place, written[place][header]) for place in places.tolist())
    rounded = [place for place, value in given if isinstance(value, int) and value != int(column.values[place])]
    return Column(column.values, column.bad, np.array(rounded, dtype=np.intp) if rounded else None)


def _text(value: Any) -> str | None:
    """A value as the text of a cell: numbers as they are read back, texts as they are."""
    if value is None or isinstance(value, str):
        return value
    return repr(value) if type(value) in (int, float) else json.dumps(value)


def _cells(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """A column of values that Arrow must not change; one of texts takes everything as it is written."""
    if pa.types.is_string(kind):
        return pa.array([_text(value) for value in values], kind)
    if pa.types.is_floating(kind):
        values = [float(v) if isinstance(v, str) and re.fullmatch(NOT_FINITE, v.strip()) else v for v in values]
    cells = pa.array(values, kind)
    if pa.types.is_floating(kind):
        changed = any(type(value) not in (int, float) for value in values if value is not None)
    else:
        changed = _bare(cells.to_pylist()) != _bare(values)
    if changed:
        raise ValueError(f"some of the values are not of type {kind}")
    return cells


def _bare(value: Any) -> Any:
    """A value without the keys that hold nothing, which Arrow adds where other objects have them."""
    if isinstance(value, dict):
        return {key: _bare(inner) for key, inner in value.items() if inner is not None}
    return [_bare(inner) for inner in value] if isinstance(value, list) else value


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else text[:40] + "…"


def _kept(kind: pa.DataType) -> pa.DataType:
    """The type that holds a column's values as they are written: what Arrow takes for dates is text."""
    if pa.types.is_list(kind):
        return pa.list_(_kept(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, _kept(field.type)) for field in kind])
    return pa.string() if pa.types.is_temporal(kind) or pa.types.is_null(kind) else kind


def _kind_of_numbers(numbers: Sequence[float]) -> pa.DataType:
    """The type that holds numbers as they are written: text where no type of numbers does."""
    if all(isinstance(value, int) for value in numbers):
        low, high = min(numbers), max(numbers)
        if low >= -(2**63) and high < 2**64:
            return pa.int64() if high < 2**63 else pa.uint64() if low >= 0 else pa.string()
    exact = all(not isinstance(value, int) or int(float(value)) == value for value in numbers)
    return pa.float64() if exact else pa.string()


def _is_mixed(values: Sequence[Any]) -> bool:
    return any(isinstance(v, str) for v in values) and any(type(v) in (int, float) for v in values)


def _kind(values: Sequence[Any]) -> pa.DataType:
    """The type of a column in which Arrow has met several."""
    present = [value for value in values if value is not None]
    numbers = [value for value in present if type(value) in (int, float)]
    texts = [value for value in present if isinstance(value, str)]
    if numbers and len(numbers) + sum(map(bool, map(NUMBER.fullmatch, texts))) == len(present):
        kind = _kind_of_numbers(numbers)
        return pa.float64() if texts and kind != pa.int64() else kind
    try:
        kind = pa.infer_type(present) if present and not numbers else pa.string()
    except _FAILURES:
        return pa.string()
    return _kept(kind)
