"""Objects as lines of JSON hold them, and what of a line Arrow would change or not survive."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from derivcli.points.files.cells_to_numbers import NOT_FINITE, is_number
from derivcli.points.points import EXACT

NESTING = 48
"""Lists and objects within each other on a line, the line's own object with them: Parquet's readers take no more."""

_HALF = re.compile("[\ud800-\udfff]")
_NO_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\Z)|[^][{}"]++', re.DOTALL)


class _RepeatedKeyError(ValueError):
    """A key that an object has twice."""


def _gathered(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object that pairs make; raises _RepeatedKeyError where a key comes again."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _RepeatedKeyError(next(name for name in names if names.count(name) > 1))
    return found


def _whole(digits: str) -> float | str:
    """A whole number, or its text where float64 does not reach so far."""
    return int(digits) if len(digits) <= 300 else _finite(digits)


def _finite(digits: str) -> float | str:
    """A number, or its text where float64 does not reach so far."""
    return float(digits) if math.isfinite(float(digits)) else digits


_DECODER = json.JSONDecoder(object_pairs_hook=_gathered, parse_int=_whole, parse_float=_finite)


def object_on(line: str) -> tuple[dict[str, Any] | None, str]:
    """The object that a line holds, or why it holds none."""
    if line.count("[") + line.count("{") > NESTING:
        levels = _levels(line.encode())
        if levels.max(initial=0) > NESTING:
            deep = f"lists and objects are nested more than {NESTING} deep"
            return None, deep if levels[-1] == 0 else "the line is not valid JSON"
    try:
        value = _DECODER.decode(line)
    except _RepeatedKeyError as error:
        return None, f"the object has '{error}' twice"
    except (ValueError, RecursionError):
        return None, "the line is not valid JSON"
    if not isinstance(value, dict):
        return None, "the line is no JSON object"
    # Keys are names of columns, and half a character is no text.
    half = next((key for key in value if _HALF.search(key)), None)
    return (value, "") if half is None else (None, f"the key {json.dumps(half)} is no text")


def check_nesting(block: bytes) -> None:
    """Raise ValueError where a line may be nested too deep for Arrow, which ends the process there."""
    characters = np.frombuffer(block, dtype=np.uint8)
    opening = np.flatnonzero((characters == ord("{")) | (characters == ord("[")))
    ends = np.flatnonzero(characters == ord("\n"))
    counts = np.bincount(np.searchsorted(ends, opening)) if len(opening) > NESTING else np.zeros(0, dtype=np.intp)
    borders = np.concatenate([[-1], ends, [len(block)]])
    for line in np.flatnonzero(counts > NESTING).tolist():
        if _depth(block[borders[line] + 1 : borders[line + 1]]) > NESTING:
            raise ValueError("a line is nested too deep")


def _depth(line: bytes) -> int:
    """How many lists and objects are open at once on a line; what is between quotes does not count."""
    return int(_levels(line).max(initial=0))


def _levels(line: bytes) -> np.ndarray:
    """How many are open behind each bracket of a line."""
    brackets = np.frombuffer(_NO_BRACKET.sub(b"", line), dtype=np.uint8)
    return np.cumsum(np.where((brackets == ord("{")) | (brackets == ord("[")), 1, -1))


class Written:
    """The objects of a block as they are written, each decoded where it is asked for, and once."""

    def __init__(self, block: bytes, count: int) -> None:
        self.block = block
        self.count = count
        self._objects: dict[int, dict[str, Any]] = {}

    @cached_property
    def _lines(self) -> list[bytes]:
        """The lines with something on them; raises ValueError where not each of so many objects has its own."""
        lines = [line for line in self.block.split(b"\n") if line.strip()]
        if len(lines) != self.count:
            raise ValueError("the objects are not one on each line")
        return lines

    def __getitem__(self, place: int) -> dict[str, Any]:
        if place not in self._objects:
            self._objects[place] = _DECODER.decode(self._lines[place].decode())
        return self._objects[place]


def check_unaltered(rows: pa.RecordBatch | pa.Table, written: Written, wanted: Collection[str] = ()) -> None:
    """Raise ValueError where Arrow has made another number of one that float64 does not hold.

    Whole numbers of columns that are `wanted` are rounded, of which a note tells.
    """
    for column, name in enumerate(rows.schema.names):
        for place in np.flatnonzero(_is_large(rows.column(column))).tolist():
            if _is_altered(written[place].get(name), name in wanted):
                raise ValueError("float64 does not hold a number")


def _is_large(column: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """In which rows of a column a float64 may be another number than the one written, at whatever depth."""
    if pa.types.is_floating(column.type):
        return np.asarray(pc.fill_null(pc.greater_equal(pc.abs(column), EXACT), False))
    found = np.zeros(len(column), dtype=bool)
    if pa.types.is_struct(column.type):
        for part in column.flatten():
            found |= _is_large(part)
    elif pa.types.is_list(column.type):
        found[pc.list_parent_indices(column).to_numpy()[_is_large(pc.list_flatten(column))]] = True
    return found


def _is_altered(value: Any, rounded: bool) -> bool:
    """Whether a value is or holds a number that float64 does not hold; numbers beyond it are texts here."""
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return any(_is_altered(part, rounded) for part in parts)
    if isinstance(value, str):
        return is_number(value) and not re.fullmatch(NOT_FINITE, value.strip())
    return type(value) is int and not rounded and int(float(value)) != value
