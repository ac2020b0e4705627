"""Cells of data files to float64: which of them are numbers, and why the others are not.

The cells of a CSV file come as a column of texts, those of other formats as columns of any type of Arrow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from derivcli.errors import DerivError, visible
from derivcli.language.lexer.tokens import SPELLINGS
from derivcli.points.files.arrow_encodings import decoded, is_numeric, is_text, value_type
from derivcli.points.points import MAX_EXACT_INTEGER
from derivcli.result import FloatArray

_DECIMAL = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
NOT_FINITE = r"[+-]?([nN][aA][nN]|[iI][nN][fF]([iI][nN][iI][tT][yY])?)"
_WHOLE = re.compile(r"[+-]?[0-9]{1,400}")
_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+")
NUMBER = re.compile(rf"{_DECIMAL}|{NOT_FINITE}")
"""A number as people write it, without the spaces around it."""

MINUS = str.maketrans({sign: spelled for sign, spelled in SPELLINGS.items() if spelled == "-"})
"""Other signs that people write for minus."""

MAX_CHARACTERS_SHOWN = 40
"""Longer cells are cut where a message shows them."""

COMMA_HINT = "where a comma is the decimal sign, say --decimal-comma"
THOUSANDS_HINT = "write thousands without commas, or where a comma is the decimal sign, say --decimal-comma"

CORRECT_HINT = "correct it, or leave such rows out with --on-error skip"


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A column as float64: `bad` tells which cells are no numbers, `rounded` where whole numbers are rounded."""

    values: FloatArray
    bad: NDArray[np.bool_] | None = None
    rounded: NDArray[np.intp] | None = None


def check_type(kind: pa.DataType, header: str, file: str) -> None:
    """Refuse a column whose type holds no numbers."""
    kind = value_type(kind)
    if not (is_text(kind) or is_numeric(kind) or pa.types.is_decimal(kind) or pa.types.is_null(kind)):
        shown = "true and false" if pa.types.is_boolean(kind) else f"values of type {cut(str(kind))}"
        message = f"{file}: column '{header}' holds {shown}, not numbers"
        raise DerivError(message, hint="convert the column to numbers first, or take another one")


def read_numbers(cells: pa.Array, decimal_comma: bool = False) -> Numbers:
    """A column's cells as float64; its type is one that `check_type` accepts."""
    cells = decoded(cells)
    if is_text(cells.type):
        return _from_text(cells, decimal_comma)
    if pa.types.is_decimal(cells.type):
        # Arrow's own conversion of decimals is not rounded to the nearest.
        return _from_text(cells.cast(pa.string()), False)
    values, bad = _filled(cells.cast(pa.float64(), safe=False))
    return Numbers(values, bad, _rounded_integers(cells) if pa.types.is_integer(cells.type) else None)


def reason(cell: Any, decimal_comma: bool = False) -> tuple[str, str]:
    """Why a cell is no number, and the way out."""
    text = "" if cell is None else str(cell).strip()
    if not text:
        return "the cell is empty", CORRECT_HINT
    shown = visible(cut(text))
    if is_number(text, decimal_comma):
        return f"'{shown}' is beyond float64", CORRECT_HINT
    if has_decimal_comma(text) and not decimal_comma:
        thousands = _THOUSANDS.fullmatch(text.translate(MINUS))
        return f"'{shown}' is not a number", THOUSANDS_HINT if thousands else COMMA_HINT
    if decimal_comma and "." in text:
        return f"'{shown}' is not a number with a decimal comma", CORRECT_HINT
    return f"'{shown}' is not a number", CORRECT_HINT


def missing_text(cell: Any) -> str:
    """What is said of a cell that stands for no number."""
    text = "" if cell is None else str(cell).strip()
    return f"'{visible(cut(text))}' is missing" if text else "the cell is empty"


def cut(text: str) -> str:
    """The text as messages show it."""
    return text if len(text) <= MAX_CHARACTERS_SHOWN else text[:MAX_CHARACTERS_SHOWN] + "…"


def has_decimal_comma(text: str) -> bool:
    """Whether a cell is a number if its comma is the decimal sign."""
    return _COMMA.fullmatch(text.strip().translate(MINUS)) is not None


def is_number(text: str, decimal_comma: bool = False) -> bool:
    """Whether a cell is a number, of whatever size."""
    if decimal_comma and "." in text:
        return False
    written = text.replace(",", ".") if decimal_comma else text
    return NUMBER.fullmatch(written.strip().translate(MINUS)) is not None


def _filled(numbers: pa.Array) -> tuple[FloatArray, NDArray[np.bool_] | None]:
    bad = numbers.is_null().to_numpy(zero_copy_only=False) if numbers.null_count else None
    return numbers.to_numpy(zero_copy_only=False), bad


def _from_text(cells: pa.Array, decimal_comma: bool) -> Numbers:
    """Texts to the nearest float64: at once where Arrow accepts them all, else those that look like numbers."""
    texts = cells
    if decimal_comma:
        texts = pc.if_else(pc.match_substring(texts, "."), pa.scalar(None, texts.type), texts)
        texts = pc.replace_substring(texts, ",", ".")
    try:
        numbers = texts.cast(pa.float64())
    except pa.ArrowInvalid:
        texts = pc.utf8_trim_whitespace(texts)
        for sign in map(chr, MINUS):
            texts = pc.replace_substring(texts, sign, "-")
        good = pc.match_substring_regex(texts, rf"^({NUMBER.pattern})$")
        texts = pc.if_else(good, texts, pa.scalar(None, texts.type))
        numbers = texts.cast(pa.float64())
    values, bad = _filled(numbers)
    with np.errstate(invalid="ignore"):
        unusual = np.flatnonzero(~(np.abs(values) < MAX_EXACT_INTEGER))
    return _examined(texts, values, bad, unusual) if len(unusual) else Numbers(values, bad)


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
