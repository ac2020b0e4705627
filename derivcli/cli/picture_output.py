"""Where a picture goes: into a file, or onto the terminal."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from derivcli.cli.printing import STANDARD_OUTPUT, save_picture

if TYPE_CHECKING:
    from derivcli.cli.table_or_stream import Write
    from derivcli.cli.terminal import Screen
    from derivcli.pictures.picture import Picture

FALLBACK_LINES = 24
PROMPT_LINES = 2
"""Lines below a picture that the terminal keeps for what comes next."""


def put_picture(picture: Picture, path: Path, screen: Screen, write: Write, clobber: bool = True) -> list[str]:
    """Save a picture, or show it in the terminal; what there is to say of it."""
    if path != STANDARD_OUTPUT:
        return [save_picture(path, picture.data, clobber)]
    from derivcli.pictures.terminal.text_picture import text_picture

    is_terminal, style = screen
    lines = shutil.get_terminal_size((style.width, FALLBACK_LINES)).lines if is_terminal else FALLBACK_LINES
    signs = signs_for(style.unicode, os.environ.get("TERM", ""))
    write(text_picture(picture.scene, style.width, lines - PROMPT_LINES, style.color, signs), style.color)
    return []


def signs_for(unicode: bool, terminal: str) -> str:
    """The finest signs that a terminal has: the console of Linux has a font without Braille."""
    return "ascii" if not unicode or terminal == "linux" else "braille"
