"""What cells of a text file are, as far as their texts tell: numbers, times, words, or missing."""

from __future__ import annotations

import re

from derivcli.points.files.cells.number_grammar import is_number
from derivcli.points.files.text.units import MISSING_WORDS

COMMENT_SIGNS = ("#", "%", "!", "//", ";", "'")

NUMBER, GROUPED, MISSING, TIME = "number", "grouped", "missing", "time"
EMPTY, WORDS, UNCUT = "empty", "words", "uncut"
"""The kinds of cells: grouped are numbers with spaces in them, and one uncut is what another separator would part."""

_MAX_CHARACTERS = 80
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?"
_DATE = r"(?:\d{1,4}([-/.])\d{1,2}\1\d{1,4}|\d{4}[-/]\d{2}|\d{1,2}([- /]?)[A-Za-z]{3,9}\2(?:\d{4}|\d{2}))"
_TIME = re.compile(rf"{_DATE}(?:(?:T| +){_CLOCK}(?: ?(?:Z|[+-]\d{{2}}:?\d{{2}}))?)?|{_CLOCK}")
_GROUPED = re.compile(
    r"[-+−]?\d{1,3}(?:(?:[ \u00a0\u202f]\d{3})+|(?:'\d{3})+|(?:’\d{3})+|(?:,\d{3})+|(?:\.\d{3})+)(?:[.,]\d+)?"
)
_OTHERS = re.compile(r"[,;\t|]")
_DIGIT = re.compile(r"\d")


class Kinds:
    """What each cell is, found once."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    def of(self, cell: str) -> str:
        """The kind of a cell."""
        found = self._found.get(cell)
        if found is None:
            found = self._found[cell] = _kind(cell.strip())
        return found


def _kind(cell: str) -> str:
    if not cell:
        return EMPTY
    if len(cell) > _MAX_CHARACTERS:
        return WORDS
    if is_number(cell) or is_number(cell, True):
        return MISSING if cell.lower() in MISSING_WORDS else NUMBER
    if cell.lower() in MISSING_WORDS:
        return MISSING
    if not _DIGIT.search(cell):
        return WORDS
    if _GROUPED.fullmatch(cell):
        return GROUPED if " " in cell else NUMBER
    if _TIME.fullmatch(cell):
        return TIME
    parts = cell.split()
    numbers = sum(is_number(part) or is_number(part, True) for part in parts)
    if len(parts) > 1 and (numbers == len(parts) or (numbers and "  " in cell)):
        return UNCUT
    pieces = _OTHERS.split(cell)
    parted = len(pieces) > 1 and any(is_number(piece) or _GROUPED.fullmatch(piece.strip()) for piece in pieces)
    return UNCUT if parted else WORDS
