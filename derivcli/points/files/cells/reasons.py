"""Why a cell is no number, and the way out."""

from __future__ import annotations

import re
from math import isinf
from typing import Any

import pyarrow as pa

from derivcli.errors import visible
from derivcli.points.files.cells.number_grammar import MINUS, has_decimal_comma, is_number
from derivcli.points.files.cells.thousands import thousands_in, without_thousands
from derivcli.points.files.cells.times import looks_like_time, why_no_instant
from derivcli.points.files.guessing.times import time_formats
from derivcli.points.files.reading import AS_PEOPLE_WRITE, THOUSANDS, Cells

MAX_CHARACTERS_SHOWN = 40
"""Longer cells are cut where a message shows them."""

MISSING_WORDS = frozenset("NA N/A #N/A #DIV/0! NULL NONE MISSING M MM - -- . .. ? : * X".split())
"""What people write where there is no number."""

CORRECT_HINT = "correct it, or leave such rows out with --on-error skip"
COMMA_HINT = "where a comma is the decimal sign, say --decimal-comma"
EMPTY_HINT = "fill it, keep such rows without results with --na '', or leave them out with --on-error skip"


def reason(cell: Any, written: Cells = AS_PEOPLE_WRITE) -> tuple[str, str]:
    """Why a cell is no number, and the way out."""
    text = "" if cell is None else str(cell).strip()
    if not text:
        return "the cell is empty", EMPTY_HINT
    shown = visible(cut(text))
    bare = without_thousands(text, written)
    if is_number(bare, written.decimal_comma):
        value = float((bare.replace(",", ".") if written.decimal_comma else bare).translate(MINUS))
        beyond = "beyond float64" if isinf(value) else "no time, unlike other cells of its column"
        return f"'{shown}' is {beyond}", CORRECT_HINT
    why_no_time = "" if written.time_format else why_no_instant(text)
    if why_no_time:
        return f"'{shown}' {why_no_time}", CORRECT_HINT
    what = "a number with a decimal comma" if written.decimal_comma and "." in text else "a number"
    return f"'{shown}' is not {what}", _way_out(text, written)


def _time_hint(text: str) -> str:
    """The format of a time that is written as this one, and another where nothing tells days from months."""
    formats = [form for form in time_formats([text]) or () if form] or ["%d/%m/%Y %H:%M"]
    other = f", or '{formats[1]}' where months come first" if len(formats) > 1 else ""
    return f"if it is a time, say how it is written, as in --time-format '{formats[0]}'{other}"


def _way_out(text: str, written: Cells) -> str:
    if text.translate(MINUS).upper() in MISSING_WORDS:
        return f"if it stands for no number, say --na {_as_word(text)}; or leave such rows out with --on-error skip"
    if looks_like_time(text):
        return _time_hint(text)
    sign = "" if written.thousands else thousands_in(text, written.decimal_comma)
    has_comma = has_decimal_comma(text) and not written.decimal_comma
    ways = [f"where it separates thousands, say --thousands {THOUSANDS[sign]}"] if sign else []
    return "; ".join([*ways, *([COMMA_HINT] if has_comma else [])]) or CORRECT_HINT


def _as_word(text: str) -> str:
    """A text as a shell takes it for one word."""
    return text if re.fullmatch(r"[\w.:+-]+", text) else f"'{text}'"


def value_of(cell: pa.Scalar) -> Any:
    """What a cell holds; its text where Python has no such time."""
    try:
        return cell.as_py()
    except (OverflowError, ValueError):
        return pa.array([cell], cell.type).cast(pa.string())[0].as_py()


def missing_text(cell: Any) -> str:
    """What is said of a cell that stands for no number."""
    text = "" if cell is None else str(cell).strip()
    return f"'{visible(cut(text))}' is missing" if text else "the cell is empty"


def cut(text: str) -> str:
    """The text as messages show it."""
    return text if len(text) <= MAX_CHARACTERS_SHOWN else text[:MAX_CHARACTERS_SHOWN] + "…"
