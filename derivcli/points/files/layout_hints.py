"""What is said of a text file that is laid out in another way than it is read in: the options that would read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivcli.errors import DerivError
from derivcli.points.files.text_blocks import TextFile
from derivcli.points.files.text_header import TextHeader, read_header

if TYPE_CHECKING:
    from derivcli.points.files.formats import FileFormat


def checked_header(text: TextFile, format: FileFormat) -> TextHeader:
    """What stands above the rows; raises DerivError where the first rows fit another layout, or none."""
    found = read_header(text, format)
    if found.below and not any(len(row) == len(found.names) for row in found.below):
        _check_ends(text, found)
    return found


def _check_ends(text: TextFile, found: TextHeader) -> None:
    """Refuse a separator at the end of each row that the header lacks, or the other way about."""
    count = len(found.names)
    rows_end = all(len(row) == count + 1 and not row[-1].strip() for row in found.below)
    header_ends = all(len(row) == count - 1 for row in found.below) and not found.names[-1].strip()
    if not (rows_end or header_ends):
        return
    ending, other = ("the rows end", "the header does") if rows_end else ("the header ends", "the rows do")
    lines = text.first.count(b"\n" if b"\n" in text.first else b"\r", 0, found.body)
    hint = f"name columns by numbers, without the header: --skip-lines {lines} --header-lines 0 --column x=1"
    raise DerivError(f"{text.name}: {ending} with a separator, and {other} not", hint=hint)
