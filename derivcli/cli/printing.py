"""Documents on standard output."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from derivcli.cli.terminal import show
from derivcli.render.format_table import FORMATS, write

if TYPE_CHECKING:
    from derivcli.render.blocks import Document, Style


def print_document(document: Document, format_name: str, style: Style) -> None:
    """Print a document in the format of that name, now."""
    show(sys.stdout, write(document, format_name, style), FORMATS[format_name].is_colored)
    sys.stdout.flush()
