"""JSON Lines: an object on every line, in blocks by Arrow, and line by line where Arrow cannot.

The columns are those of the file's first block. Where these hold lists or objects inside an object, the column is
passed on as the text that each value has in the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.json as arrow_json

from derivcli.errors import DerivError
from derivcli.points.files.batches import BadRow, Batch, Passed, numbers_of, record_batch, selected
from derivcli.points.files.cells.cells_to_numbers import Numbers, read_numbers
from derivcli.points.files.cells.number_grammar import NOT_FINITE, NUMBER
from derivcli.points.files.cells.reasons import CORRECT_HINT, cut
from derivcli.points.files.struct_fields import column_of, tops
from derivcli.points.files.text.blocks import TextFile, check_utf8, ended, in_order, opened, whole_rows
from derivcli.points.files.text.json_objects import check_nesting, object_on, rounded_places
from derivcli.points.files.text.json_spans import Spans, nested_spans, raw_values
from derivcli.points.files.text.json_values import JSON, json_column, json_texts
from derivcli.points.files.text.writer import TextWriter

if TYPE_CHECKING:
    from derivcli.points.files.formats import FileFormat

_OBJECT_HINT = 'write an object like {"x": 3} on each line, or leave such rows out with --on-error skip'
_FAILURES = (pa.ArrowException, ValueError, TypeError, OverflowError)


@dataclass(frozen=True, slots=True)
class _Object:
    """The values of an object, by their keys, and the line that it stands on."""

    values: dict[str, Any]
    line: str


class JsonFile:
    """A file of objects, one a line; its columns and their types are those of its first block."""

    count = storage = None
    has_types = True
    header_lines, separator, is_unnamed = 0, "", False
    renamed: Mapping[str, str] = MappingProxyType({})

    def __init__(self, text: TextFile, format: FileFormat) -> None:
        self.name, self.size, self._text, self._written = text.name, text.size, text, format.cells
        self.close = text.close
        self._is_one_block = text.whole
        first = text.first if text.whole else text.first[: _end_of_lines(text.first)]
        if not first:
            raise DerivError(f"{self.name}: its first line is too long", hint=_OBJECT_HINT)
        check_utf8(self.name, first)
        self._mixed: list[str] = []
        self._nested: list[str] = []
        self._late: dict[str, None] = {}
        self.schema = self._inferred(first)
        text.forget()
        if not self.schema.names:
            raise self._no_columns(first)

    @property
    def notes(self) -> list[str]:
        """Which columns are left out."""
        late = f"{self.name}: left out {_quoted(self._late)}, which its first rows do not have"
        return self._text.notes + [late] * bool(self._late)

    def select(self, used: Sequence[str], passed: Passed) -> None:
        """Choose the columns that are read as numbers: as float64 where later rows may hold other than whole ones.

        Those of lists and objects become columns of their text; Arrow reads them where a field in them is used.
        """
        self._used, self._tops = used, tops(self.schema, used)
        passed_on = selected(self.schema.names, self._tops, passed)
        read, shown = [], []
        for field in self.schema:
            varies = field.name in self._mixed or (pa.types.is_integer(field.type) and not self._is_one_block)
            kept = pa.field(field.name, pa.float64()) if varies and field.name in used else field
            if field.name not in self._nested or field.name in self._tops:
                read.append(kept)
            if field.name not in self._nested or field.name in passed_on:
                shown.append(pa.field(field.name, JSON) if field.name in self._nested else kept)
        self._types, self.schema = pa.schema(read), pa.schema(shown)

    def batches(self, size: int) -> Iterator[Batch]:
        """The rows of each block."""
        return in_order(whole_rows(self.name, ended(self._text.blocks(), b"\n"), _end_of_lines), self._batch)

    def _batch(self, block: bytes) -> Batch:
        check_utf8(self.name, block)
        try:
            spans = nested_spans(block) if self._nested else None
            if spans is None:
                check_nesting(block)
            table = self._table(block, spans)
            rows = record_batch(table.select(range(len(self._types))))
            numbers = numbers_of(rows, self._used, self._written)
            rounded = rounded_places(rows, block, numbers)
            texts = {} if spans is None else {header: column_of(rows, header) for header in self._used}
            rows = rows if spans is None else self._with_spans(table, spans)
        except _FAILURES:
            return self._line_by_line(block)
        self._note_late(table.schema.names)
        numbers |= {name: replace(numbers[name], rounded=places) for name, places in rounded.items()}
        return self._placed(block, rows, numbers, texts=texts)

    def _table(self, block: bytes, spans: Spans | None) -> pa.Table:
        """The block as Arrow reads it, without the lists and objects that no type holds for Arrow."""
        keys = _keys([field.name for field in self._types if field.type == pa.float64()])
        try:
            return _read(self._types, block, keys)
        except _FAILURES:
            unused = [name for name in self._nested if name not in self._tops]
            if spans is None or not unused:
                raise
            return _read(self._types, spans.without(np.concatenate([spans.places(name) for name in unused])), keys)

    def _with_spans(self, table: pa.Table, spans: Spans) -> pa.RecordBatch:
        """The rows with the texts of lists and objects; raises ValueError where other values stand among these."""
        if table.num_rows != spans.rows:
            raise ValueError("the objects are not one on each line")
        columns = {name: table.column(name).combine_chunks() for name in table.schema.names}
        for field in self.schema:
            if field.type == JSON:
                places = spans.places(field.name)
                told = columns[field.name].is_valid().true_count if field.name in columns else 0
                if told != len(places):
                    raise ValueError("numbers or texts stand among lists and objects")
                columns[field.name] = spans.column(places)
        return pa.RecordBatch.from_arrays([columns[name] for name in self.schema.names], schema=self.schema)

    def _placed(
        self,
        block: bytes,
        rows: pa.RecordBatch,
        numbers: dict[str, Numbers],
        unread: Sequence[BadRow] = (),
        texts: dict[str, pa.Array] | None = None,
    ) -> Batch:
        lines, size = block.count(b"\n"), self._text.bytes_of(block)
        return Batch(rows, numbers, unread, partial(_line_of, block), lines, texts or {}, size)

    def _note_late(self, names: Sequence[str]) -> None:
        known = {*self.schema.names, *self._nested}
        self._late.update(dict.fromkeys(name for name in names if name not in known))

    def _line_by_line(self, block: bytes) -> Batch:
        """The same where a line is none, or a column holds values of several types."""
        lines = [line for line in block.decode().split("\n") if line.strip()]
        objects, unread = self._objects(lines, check_types=False)
        try:
            rows, numbers, texts = self._columns(objects)
        except _FAILURES:
            objects, unread = self._objects(lines, check_types=True)
            rows, numbers, texts = self._columns(objects)
        return self._placed(block, rows, numbers, unread, texts)

    def _objects(self, lines: Sequence[str], check_types: bool) -> tuple[list[_Object], list[BadRow]]:
        """The objects on the lines, and the rows that are none or, if types are checked, do not fit the columns."""
        objects: list[_Object] = []
        unread: list[BadRow] = []
        for place, line in enumerate(lines):
            found, why = object_on(line)
            misfit = self._misfit(found) if check_types and found is not None else ""
            if found is not None:
                self._note_late([*found])
            if found is None or misfit:
                unread.append(BadRow(place, why or misfit, CORRECT_HINT if misfit else _OBJECT_HINT))
            else:
                objects.append(_Object(found, line))
        return objects, unread

    def _columns(self, objects: list[_Object]) -> tuple[pa.RecordBatch, dict[str, Numbers], dict[str, pa.Array]]:
        texts = {header: self._texts([self._value(each.values, header) for each in objects]) for header in self._used}
        numbers = {header: read_numbers(cells, self._written) for header, cells in texts.items()}
        raw = [raw_values(each.line) for each in objects] if JSON in self.schema.types else []
        arrays = [
            json_column([each.get(field.name) for each in raw])
            if field.type == JSON
            else self._array(field, [each.values for each in objects], numbers.get(field.name))
            for field in self.schema
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema), numbers, texts

    def _value(self, found: dict[str, Any], path: str) -> Any:
        """What an object has under a key, or within the object that it has there."""
        top = next(iter(tops(self._types, [path])))
        value = found.get(top)
        for field in path[len(top) + 1 :].split(".") if path != top else ():
            value = value.get(field) if isinstance(value, dict) else None
        return value

    def _texts(self, values: Sequence[Any]) -> pa.Array:
        """A used column as texts, in which numbers have the decimal sign that the texts among them have."""
        point = "," if self._written.decimal_comma else "."
        texts = [(_text(value) or "").replace(".", point) if type(value) is float else _text(value) for value in values]
        return pa.array(texts, pa.string())

    def _array(self, field: pa.Field, objects: list[dict[str, Any]], numbers: Numbers | None) -> pa.Array:
        if numbers is not None and field.type == pa.float64():
            return pa.array(numbers.values, mask=numbers.bad)
        return _cells([each.get(field.name) for each in objects], field.type)

    def _misfit(self, found: dict[str, Any]) -> str:
        for field in self.schema:
            value = found.get(field.name)
            if field.type == JSON or (field.name in self._used and field.type == pa.float64()):
                continue
            try:
                _cells([value], field.type)
            except _FAILURES:
                return f"column '{field.name}': {cut(json.dumps(value))} does not fit among values of type {field.type}"
        return ""

    def _inferred(self, first: bytes) -> pa.Schema:
        """The columns and their types; what Arrow takes for dates stays the text it is."""
        try:
            check_nesting(first)
            table = _read(None, first, rb'"[^"\\\n]*"')
            rounded_places(table, first, {})
        except _FAILURES:
            return self._inferred_slowly(first)
        self._nested = [field.name for field in table.schema if pa.types.is_nested(field.type)]
        return pa.schema([(field.name, _kept(field.type)) for field in table.schema])

    def _inferred_slowly(self, first: bytes) -> pa.Schema:
        objects = [found for line in first.decode().split("\n") if line.strip() and (found := object_on(line)[0])]
        columns: dict[str, list[Any]] = {}
        for found in objects:
            for name, value in found.items():
                columns.setdefault(name, []).append(value)
        self._mixed = [name for name, values in columns.items() if _is_mixed(values)]
        self._nested = [name for name, values in columns.items() if any(map(_is_nested, values))]
        return pa.schema([(name, _kind(values)) for name, values in columns.items()])

    def _no_columns(self, first: bytes) -> DerivError:
        hint = 'write an object like {"x": 3} on each line'
        line = next((line for line in first.decode().split("\n") if line.strip()), "")
        if not line:
            return DerivError(f"{self.name} is empty", hint=hint)
        return DerivError(f"{self.name}, row 1: {object_on(line)[1] or 'the object has no keys'}", hint=hint)


def _end_of_lines(block: bytes) -> int:
    return block.rfind(b"\n") + 1


def _line_of(block: bytes, place: int) -> int | None:
    """The line on which a row stands, counted from 0."""
    rows = (number for number, line in enumerate(block.split(b"\n")) if line.strip())
    return next(islice(rows, place, None), None)


def _keys(names: Sequence[str]) -> bytes:
    written = (json.dumps(name, ensure_ascii=ascii).encode() for name in names for ascii in (True, False))
    return b"|".join(map(re.escape, dict.fromkeys(written))) or rb"(?!)"


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _read(schema: pa.Schema | None, block: bytes, keys: bytes) -> pa.Table:
    """The block as Arrow reads it.

    Where it cannot, the numbers of these keys that JSON has no words for are put in words that Arrow reads as numbers.
    """

    def read(block: bytes) -> pa.Table:
        return arrow_json.read_json(
            pa.BufferReader(block),
            arrow_json.ReadOptions(use_threads=False, block_size=len(block) + 1),
            arrow_json.ParseOptions(explicit_schema=schema),
        )

    def bare(match: re.Match[bytes]) -> bytes:
        return match[1] + (b"NaN" if match[3].lower() == b"nan" else match[2] + b"Inf")

    try:
        return read(block)
    except _FAILURES:
        pattern = rb"((?:" + keys + rb')\s*:\s*)"\s*[+]?(-?)(nan|inf)(?:inity)?\s*"'
        return read(re.sub(pattern, bare, block, flags=re.IGNORECASE))


def _text(value: Any) -> str | None:
    """A value as the text of a cell: numbers as they are read back, texts as they are."""
    if value is None or isinstance(value, str):
        return value
    return repr(value) if type(value) in (int, float) else json.dumps(value)


def _is_nested(value: Any) -> bool:
    return isinstance(value, list | dict)


def _cells(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """A column of values that Arrow must not change; texts may also be numbers and truth values, as written."""
    if any(map(_is_nested, values)):
        raise ValueError("a list or an object is no cell")
    if pa.types.is_string(kind):
        return pa.array([_text(value) for value in values], kind)
    if pa.types.is_floating(kind):
        values = [float(v) if isinstance(v, str) and re.fullmatch(NOT_FINITE, v.strip()) else v for v in values]
    cells = pa.array(values, kind)
    if pa.types.is_floating(kind):
        changed = any(type(value) not in (int, float) for value in values if value is not None)
    else:
        changed = cells.to_pylist() != values
    if changed:
        raise ValueError(f"some of the values are not of type {kind}")
    return cells


def _kept(kind: pa.DataType) -> pa.DataType:
    """The type that holds a column's values as they are written: what Arrow takes for dates is text."""
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
    objects = [value for value in present if isinstance(value, dict)]
    if objects:
        keys = dict.fromkeys(key for each in objects for key in each)
        return pa.struct([(key, _kind([each.get(key) for each in objects])) for key in keys])
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


def open_reader(name: str, path: str | None, stdin: BinaryIO, format: FileFormat) -> JsonFile:
    """A file of objects, or standard input."""
    return opened(JsonFile, name, path, stdin, format)


def open_writer(stream: pa.NativeFile, schema: pa.Schema, format: FileFormat) -> TextWriter:
    """What writes one object a line, its keys in the order of the columns."""
    keys = [f"{json.dumps(name, ensure_ascii=False)}:" for name in schema.names]
    around = ("{" + keys[0], *(f",{key}" for key in keys[1:]), "}\n") if keys else ("{}\n",)
    return TextWriter(stream, "", around, json_texts)
