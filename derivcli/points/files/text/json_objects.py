"""Objects as lines of JSON hold them, and what of a line Arrow would change or not survive."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from derivcli.points.files.cells.cells_to_numbers import Numbers
from derivcli.points.files.cells.number_grammar import NOT_FINITE, is_number
from derivcli.points.points import MAX_EXACT_INTEGER

MAX_NESTING = 48
"""Lists and objects within each other on a line, the line's own object with them."""

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
    if line.count("[") + line.count("{") > MAX_NESTING:
        brackets = np.frombuffer(_NO_BRACKET.sub(b"", line.encode()), dtype=np.uint8)
        depths = np.cumsum(np.where((brackets == ord("{")) | (brackets == ord("[")), 1, -1))
        if depths.max(initial=0) > MAX_NESTING:
            deep = f"lists and objects are nested more than {MAX_NESTING} deep"
            return None, deep if depths[-1] == 0 else "the line is not valid JSON"
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
    """Raise ValueError where a line has so many brackets that it may be nested too deep for Arrow.

    Arrow reads what is nested by recursion, which ends the process where there is no memory left for it.
    """
    characters = np.frombuffer(block, dtype=np.uint8)
    opening = np.flatnonzero((characters == ord("{")) | (characters == ord("[")))
    line_ends = np.flatnonzero(characters == ord("\n"))
    if len(opening) > MAX_NESTING and np.bincount(np.searchsorted(line_ends, opening)).max() > MAX_NESTING:
        raise ValueError("a line has many brackets")


def _decoder(block: bytes, count: int) -> Callable[[int], dict[str, Any]]:
    """What decodes the object of a row, once, when it is asked for; raises ValueError where none has its own line."""

    @cache
    def lines() -> list[bytes]:
        found = [line for line in block.split(b"\n") if line.strip()]
        if len(found) != count:
            raise ValueError("the objects are not one on each line")
        return found

    return cache(lambda place: _DECODER.decode(lines()[place].decode()))


def rounded_places(
    rows: pa.RecordBatch | pa.Table, block: bytes, numbers: Mapping[str, Numbers]
) -> dict[str, NDArray[np.intp]]:
    """Where whole numbers of used columns are rounded, which only the text still shows.

    Raises ValueError where Arrow has changed a number of another column, or made one infinite.
    """
    written = _decoder(block, rows.num_rows)
    found: dict[str, NDArray[np.intp]] = {}
    for name, column in zip(rows.schema.names, rows.columns, strict=True):
        if name not in numbers and not pa.types.is_floating(column.type):
            continue
        values = numbers[name].values if name in numbers else np.asarray(column)
        with np.errstate(invalid="ignore"):
            large = np.flatnonzero(np.abs(values) >= MAX_EXACT_INTEGER)
        changed = [place for place in large.tolist() if _is_changed(written(place).get(name))]
        if changed and name not in numbers:
            raise ValueError("float64 does not hold a number")
        if changed:
            found[name] = np.array(changed, dtype=np.intp)
    return found


def _is_changed(value: Any) -> bool:
    """Whether float64 does not hold a whole number; raises ValueError for a number beyond it, which is a text here."""
    if isinstance(value, str) and is_number(value) and not re.fullmatch(NOT_FINITE, value.strip()):
        raise ValueError("a number is beyond float64")
    return type(value) is int and int(float(value)) != value
