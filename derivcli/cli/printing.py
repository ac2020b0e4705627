"""Documents on standard output."""

from __future__ import annotations

import sys

from derivcli.cli.terminal import show
from derivcli.render.blocks import Document, Style
from derivcli.render.format_table import FORMATS, write


def print_document(document: Document, format_name: str, style: Style) -> None:
    """Print a document in the format of that name, now."""
    show(sys.stdout, write(document, format_name, style), FORMATS[format_name].is_colored)
    sys.stdout.flush()
