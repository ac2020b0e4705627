"""The layout that would read a text file where the usual one does not, by what its first lines say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.errors import DerivError
from derivcli.points.files.reading import Layout
from derivcli.points.files.text.header import TextStart, read_header

if TYPE_CHECKING:
    from derivcli.points.files.formats import FileFormat

MAX_BYTES_TRIED = 1 << 17


def found_layout(text: TextStart, format: FileFormat) -> Layout | None:
    """The layout by which a reader makes a table of the first rows; None where there is none but the given one.

    Where what is given fits no table, it may be the separator or the widths that are wrong.
    """
    given = format.layout
    for each in (given, replace(given, separator="", widths=())):
        layout = _guessed(text, replace(format, layout=each))
        if layout not in (None, given):
            return layout
    return None


def _guessed(text: TextStart, format: FileFormat) -> Layout | None:
    from derivcli.points.files.guessing.guess import guess_layout  # late, since few files need a guess
    from derivcli.points.files.guessing.needed import needed_layout

    first = text.first[:MAX_BYTES_TRIED]
    shown = first[: first.rfind(b"\n") + 1] if len(text.first) > MAX_BYTES_TRIED else first
    lines = shown.decode(errors="replace")
    guess = guess_layout(lines, format.separator, replace(format.layout, encoding=""))
    if guess is None or format.layout.header_lines not in (None, guess.layout.header_lines):
        return None
    layout = replace(needed_layout(lines, guess, format), encoding=format.layout.encoding)
    if guess.layout.header_lines == 0:
        layout = replace(layout, header_lines=0)  # which is not seen unless columns are named by numbers
    try:
        read_header(TextStart(text.name, first, text.whole and shown == text.first), replace(format, layout=layout))
    except DerivError:
        return None
    return layout
