"""Documents on standard output, and pictures in files."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from derivcli.atomic_file import check_output, check_target, write_whole
from derivcli.cli.kernel_cache import keep_fonts
from derivcli.cli.terminal import show
from derivcli.errors import DerivError, file_name
from derivcli.pictures.picture_files import SUFFIXES
from derivcli.render.blocks import Document, Style
from derivcli.render.format_table import FORMATS, write

STANDARD_OUTPUT = Path("-")
"""What is written for the terminal in the place of a picture's file."""


def print_document(document: Document, format_name: str, style: Style) -> None:
    """Print a document in the format of that name, now."""
    show(sys.stdout, write(document, format_name, style), FORMATS[format_name].is_colored)
    sys.stdout.flush()


def check_picture(path: Path | None, no_clobber: bool) -> None:
    """Refuse a picture's file that could not be written, before anything is computed."""
    if path is not None and path != STANDARD_OUTPUT:
        check_target(path, SUFFIXES)
        check_output(path, (), not no_clobber)
    elif no_clobber:
        raise DerivError("--no-clobber is for files that are written", hint="add --plot FILE, or leave it out")


def save_picture(path: Path, draw: Callable[[str], bytes], clobber: bool) -> str:
    """Put the picture of the kind that a file's name says into the file, and say so."""
    keep_fonts(os.environ)
    write_whole(path, draw(path.suffix.lower().lstrip(".")), clobber)
    return f"saved {file_name(path)}"
