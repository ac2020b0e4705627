"""Where a picture goes: into a file, into a window, or onto the terminal."""

from __future__ import annotations

import os
import shutil
import struct
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from derivcli.cli.graphics import Graphics, graphics_of
from derivcli.cli.printing import STANDARD_OUTPUT, save_picture

if TYPE_CHECKING:
    from derivcli.cli.table_or_stream import Write
    from derivcli.cli.terminal import Screen
    from derivcli.pictures.look import Look
    from derivcli.pictures.picture import Picture

STANDARD_OUTPUT_DESCRIPTOR = 1

FALLBACK_LINES = 24
PROMPT_LINES = 2
"""Lines below a picture that the terminal keeps for what comes next."""

CELL_PIXELS = 9, 18
"""The size of a letter, where the terminal does not say it."""

WIDTH_INCHES, HEIGHT_INCHES = 7.2, 5.2
"""The usual size of a picture, which a terminal is to hold."""

SCREEN_DPI = range(60, 301)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of a look was asked for, so that the terminal has no say in it."""

    theme: bool = False
    size: bool = False


def put_picture(
    picture: Picture, path: Path, screen: Screen, write: Write, clobber: bool = True, chosen: Chosen = Chosen()
) -> list[str]:
    """Save a picture, or show it in the terminal; what there is to say of it."""
    if path != STANDARD_OUTPUT:
        return [save_picture(path, picture.data, clobber)]
    is_terminal, style = screen
    descriptor = STANDARD_OUTPUT_DESCRIPTOR if is_terminal else None
    graphics = graphics_of(os.environ, descriptor, style.unicode, style.color)
    if graphics.is_text:
        from derivcli.pictures.terminal.text_picture import text_picture

        lines = shutil.get_terminal_size((style.width, FALLBACK_LINES)).lines if is_terminal else FALLBACK_LINES
        text = text_picture(picture.scene, style.width, lines - PROMPT_LINES, style.color, graphics.kind)
        write(text, style.color)
    else:
        from derivcli.pictures.terminal.inline import inline_picture

        look = _fitted(picture.look, graphics, chosen, descriptor)
        write(inline_picture(replace(picture, look=look).data("png"), graphics.kind), drawn=True)
    return []


def _fitted(look: Look, graphics: Graphics, chosen: Chosen, descriptor: int | None) -> Look:
    """The look that goes with the terminal, but for what was chosen."""
    if graphics.is_dark and not chosen.theme:
        look = replace(look, theme="dark")
    if not chosen.size:
        width, height = _pixels(descriptor)
        dpi = int(min(width / WIDTH_INCHES, height / HEIGHT_INCHES))
        look = replace(look, dpi=min(max(dpi, SCREEN_DPI[0]), SCREEN_DPI[-1]))
    return look


def _pixels(descriptor: int | None) -> tuple[int, int]:
    """The size of the terminal's screen, but for the lines of the prompt."""
    columns, lines = shutil.get_terminal_size((80, FALLBACK_LINES))
    across, down = CELL_PIXELS
    with suppress(OSError, ImportError):
        import fcntl
        import termios

        if descriptor is not None:
            rows, letters, width, height = struct.unpack("4H", fcntl.ioctl(descriptor, termios.TIOCGWINSZ, bytes(8)))
            if rows and letters and width and height:
                across, down = width // letters, height // rows
    return columns * across, (lines - PROMPT_LINES) * down
