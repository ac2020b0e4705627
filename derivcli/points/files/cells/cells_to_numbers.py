"""Cells of data files to float64: which of them are numbers, and why the others are not.

The cells of a CSV file come as a column of texts, those of other formats as columns of any type of Arrow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from derivcli.errors import DerivError
from derivcli.points.files.cells.number_grammar import MINUS, NOT_FINITE, NUMBER
from derivcli.points.files.cells.reasons import cut
from derivcli.points.files.cells.thousands import removed
from derivcli.points.files.cells.times import (
    Instants,
    digits_of,
    is_time,
    kind_of_times,
    looks_like_time,
    since,
    text_instants,
    typed_instants,
)
from derivcli.points.files.reading import AS_PEOPLE_WRITE, Cells
from derivcli.points.files.typed.arrow_encodings import decoded, is_numeric, is_text, value_type
from derivcli.points.points import MAX_EXACT_INTEGER
from derivcli.result import FloatArray

MAX_TEXTS_COMPARED = 100
"""Different texts that are looked at to tell whether a column holds times."""

_WHOLE = re.compile(r"[+-]?[0-9]{1,400}")


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A column as float64: `bad` tells which cells are no numbers, `rounded` where whole numbers are rounded.

    Of a column of times `instants` are nanoseconds since some origin; `has_zone` and `has_date` say which.
    """

    values: FloatArray
    bad: NDArray[np.bool_] | None = None
    rounded: NDArray[np.intp] | None = None
    instants: Instants | None = None
    has_zone: bool = False
    has_date: bool = True


def check_type(kind: pa.DataType, header: str, file: str) -> None:
    """Refuse a column whose type holds no numbers."""
    kind = value_type(kind)
    if not (is_text(kind) or is_numeric(kind) or is_time(kind) or pa.types.is_decimal(kind) or pa.types.is_null(kind)):
        shown = "true and false" if pa.types.is_boolean(kind) else f"values of type {cut(str(kind))}"
        message = f"{file}: column '{header}' holds {shown}, not numbers"
        raise DerivError(message, hint="convert the column to numbers first, or take another one")


def read_numbers(cells: pa.Array, written: Cells = AS_PEOPLE_WRITE) -> Numbers:
    """A column's cells as float64; its type is one that `check_type` accepts."""
    cells = decoded(cells)
    if is_text(cells.type):
        return _from_text(cells, written)
    if is_time(cells.type):
        return _from_times(cells)
    if pa.types.is_decimal(cells.type):
        # Arrow's own conversion of decimals is not rounded to the nearest.
        return _from_text(cells.cast(pa.string()), AS_PEOPLE_WRITE)
    values, bad = _filled(cells.cast(pa.float64(), safe=False))
    return Numbers(values, bad, _rounded_integers(cells) if pa.types.is_integer(cells.type) else None)


def _from_times(cells: pa.Array) -> Numbers:
    """Durations are numbers of seconds; what other times are depends on the first of all rows."""
    instants, bad = typed_instants(cells)
    found = _of_times(instants, bad, bool(getattr(cells.type, "tz", None)), not pa.types.is_time(cells.type))
    return replace(found, instants=None) if pa.types.is_duration(cells.type) else found


def _of_times(instants: Instants, bad: NDArray[np.bool_] | None, has_zone: bool, has_date: bool) -> Numbers:
    values = since(instants, 0)
    values = values if bad is None else np.where(bad, np.nan, values)
    return Numbers(values, bad, None, instants, has_zone, has_date)


def _filled(numbers: pa.Array) -> tuple[FloatArray, NDArray[np.bool_] | None]:
    bad = numbers.is_null().to_numpy(zero_copy_only=False) if numbers.null_count else None
    return numbers.to_numpy(zero_copy_only=False), bad


def _from_text(cells: pa.Array, written: Cells) -> Numbers:
    """Texts to the nearest float64: at once where Arrow accepts them all, else those that look like numbers.

    Where most are no numbers, they may be times.
    """
    if digits := digits_of(written.time_format):
        found = _in_digits(cells, digits, written.time_format)
        if found is not None:
            return found
    texts = removed(cells, written) if written.thousands else cells
    if written.decimal_comma:
        texts = pc.if_else(pc.match_substring(texts, "."), pa.scalar(None, texts.type), texts)
        texts = pc.replace_substring(texts, ",", ".")
    try:
        texts, numbers = _cast(texts, written)
    except pa.ArrowInvalid:
        texts = pc.utf8_trim_whitespace(texts)
        for sign in map(chr, MINUS):
            texts = pc.replace_substring(texts, sign, "-")
        good = pc.match_substring_regex(texts, rf"^({NUMBER.pattern})$")
        texts = pc.if_else(good, texts, pa.scalar(None, texts.type))
        numbers = texts.cast(pa.float64())
        found = _times_among(cells, numbers, written)
        if found is not None:
            return found
    values, bad = _filled(numbers)
    with np.errstate(invalid="ignore"):
        unusual = np.flatnonzero(~(np.abs(values) < MAX_EXACT_INTEGER))
    return _examined(texts, values, bad, unusual) if len(unusual) else Numbers(values, bad)


def _cast(texts: pa.Array, written: Cells) -> tuple[pa.Array, pa.Array]:
    """Texts and their numbers, both null at words for nothing; raises ArrowInvalid where others are no numbers.

    These words are in many cells if in any, and Arrow finds them in a twentieth of the time that patterns take.
    """
    words = written.all_missing
    try:
        return texts, texts.cast(pa.float64())
    except pa.ArrowInvalid:
        if not words:
            raise
        texts = pc.if_else(pc.is_in(texts, pa.array([*words], texts.type)), pa.scalar(None, texts.type), texts)
        return texts, texts.cast(pa.float64())


def _times_among(cells: pa.Array, numbers: pa.Array, written: Cells) -> Numbers | None:
    """The cells as times where more of them are times than numbers that are not missing; None where they are not."""
    time_format = written.time_format
    others = cells.filter(pc.and_(numbers.is_null(), cells.is_valid()))
    if not len(others) or (not time_format and not any(map(looks_like_time, _first_of(others)))):
        return None
    words = written.all_missing
    missing = pc.is_in(numbers, pa.array([float(word) for word in words if NUMBER.fullmatch(word)], pa.float64()))
    count = pc.and_(numbers.is_valid(), pc.invert(missing)).true_count
    found = text_instants(cells, time_format)
    if found is None or len(cells) - (0 if found[1] is None else int(found[1].sum())) <= count:
        return None
    return _of_times(*found, *kind_of_times(cells, time_format))


def _first_of(texts: pa.Array) -> list[str]:
    """The first different texts."""
    return list(texts.unique()[:MAX_TEXTS_COMPARED].to_pylist())


def _in_digits(cells: pa.Array, digits: int, time_format: str) -> Numbers | None:
    """The cells as times that are written in so many digits each, where most of them are; None where they are not."""
    fits = pc.match_substring_regex(cells, rf"^\s*[0-9]{{{digits}}}\s*$")
    found = text_instants(pc.if_else(fits, cells, pa.scalar(None, cells.type)), time_format)
    if found is None or 2 * (0 if found[1] is None else int(found[1].sum()) - cells.null_count) > len(cells):
        return None
    return _of_times(*found, *kind_of_times(cells, time_format))


def _examined(texts: pa.Array, values: FloatArray, bad: NDArray[np.bool_] | None, unusual: NDArray[np.intp]) -> Numbers:
    """The column with what Arrow made infinite or NaN on its own marked, and roundings found."""
    beyond, rounded = [], []
    for place, text in zip(unusual.tolist(), texts.take(pa.array(unusual)).to_pylist(), strict=True):
        value = values[place]
        if not np.isfinite(value):
            if text is not None and not re.fullmatch(NOT_FINITE, text):
                beyond.append(place)
        elif _WHOLE.fullmatch(text) and int(text) != int(value):
            rounded.append(place)
    if beyond:
        bad = np.zeros(len(values), dtype=bool) if bad is None else bad.copy()
        bad[beyond] = True
    return Numbers(values, bad, np.array(rounded, dtype=np.intp) if rounded else None)


def _rounded_integers(cells: pa.Array) -> NDArray[np.intp] | None:
    """Where float64 does not hold the whole numbers of a column; None where it holds them all."""
    if cells.type.bit_width < 64:
        return None
    exact = cells.fill_null(0).to_numpy(zero_copy_only=False)
    values = exact.astype(np.float64)
    # What rounds up to 2**63 or 2**64 is none of its type, and what C makes of it differs from machine to machine.
    beyond = values >= 2.0 ** (64 if pa.types.is_unsigned_integer(cells.type) else 63)
    values[beyond] = 0
    places = np.flatnonzero(values.astype(exact.dtype) != exact)
    return places if len(places) else None
