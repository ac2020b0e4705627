"""JSON: one object on a line."""

from __future__ import annotations

import json

from derivcli.render.blocks import Document, Style


def write_json(document: Document, style: Style) -> str:
    """The document's object."""
    return json.dumps(document.data(), ensure_ascii=True, allow_nan=False) + "\n"
