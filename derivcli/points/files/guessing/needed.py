"""Which parts of a guessed layout have to be told, since the file does not tell them itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.errors import DerivError
from derivcli.points.files.text.header import TextStart, read_header

if TYPE_CHECKING:
    from derivcli.points.files.formats import FileFormat
    from derivcli.points.files.guessing.guess import Guess
    from derivcli.points.files.reading import Layout


def needed_layout(text: str, guess: Guess, format: FileFormat) -> Layout:
    """The layout with nothing that a reader of a format sees by itself in a text."""
    layout = guess.layout
    data = text.encode(errors="replace")
    full = _seen(data, layout, format)
    for changed in (replace(layout, header_lines=None), replace(layout, separator="")):
        if full is not None and _seen(data, changed, format) == full:
            layout = changed
            break
    changed = replace(layout, separator="")
    return changed if full is not None and _seen(data, changed, format) == full else layout


def _seen(data: bytes, layout: Layout, format: FileFormat) -> tuple[list[str], str, int] | None:
    """What a reader makes of a layout: names, the separator, and where rows begin; None where it refuses."""
    format = replace(format, layout=replace(layout, encoding=""), compression="", by_number=True)
    try:
        found = read_header(TextStart("text", data, whole=True), format)
    except DerivError:
        return None
    return found.names, found.rows.separator, found.body
