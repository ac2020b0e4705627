"""The bare answers, a line for each point with spaces between them."""

from __future__ import annotations

from derivcli.render.blocks import Document, Style


def write_value(document: Document, style: Style) -> str:
    """The answers without names or points."""
    assert document.values is not None, "a document of this kind has answers"
    return "".join(f"{' '.join(row)}\n" for row in document.values())
