"""JSON: one object on a line."""

from __future__ import annotations

import json

from derivcli.render.blocks import Document, Style

VERSION = 1
"""Raised when a program that reads an object would have to change."""


def write_json(document: Document, style: Style) -> str:
    """The document's object."""
    return json.dumps(document.data(), ensure_ascii=True, allow_nan=False) + "\n"
