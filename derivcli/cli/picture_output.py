"""Where a picture goes: into a file, into a window, or onto the terminal."""

from __future__ import annotations

import os
import shutil
import struct
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from derivcli.cli.graphics import Graphics, graphics_of
from derivcli.cli.printing import STANDARD_OUTPUT, save_picture
from derivcli.errors import DerivError

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

WINDOW_DPI = 110
SCREEN_DPI = range(40, 301)

PNG_WIDTH = slice(16, 20)
"""Where a PNG says how wide it is."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a picture goes: into a file or the terminal by `path`, into a `window`, or both.

    `has_theme` and `has_size` say that these were asked for, so that the terminal has no say in them.
    """

    path: Path | None
    window: bool = False
    clobber: bool = True
    has_theme: bool = False
    has_size: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """What can be drawn in a `look`: as a file that has a suffix, and as text in one of TEXTS.

    A text that `is_inert` acts on a terminal by nothing but colors of ours.
    """

    file: Callable[[str, Look], bytes]
    text: Callable[[str], str]
    look: Look
    is_inert: bool = False


def check_display(environment: Mapping[str, str]) -> None:
    """Refuse a window where there is nothing to open it on, or nothing to open it with."""
    from derivcli.pictures.drawing.window import INSTEAD, backend_name

    has_display = any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    if not has_display and sys.platform not in ("darwin", "win32"):
        where = "over ssh" if environment.get("SSH_CONNECTION") else "here"
        raise DerivError(f"there is no display {where} to open a window on", hint=INSTEAD)
    backend_name()


def put_picture(picture: Picture, destination: Destination, screen: Screen, write: Write) -> list[str]:
    """Save a picture, or show it; what there is to say of it."""

    def text(kind: str) -> str:
        from derivcli.pictures.terminal.text_picture import text_picture

        is_terminal, style = screen
        lines = shutil.get_terminal_size((style.width, FALLBACK_LINES)).lines if is_terminal else FALLBACK_LINES
        return text_picture(picture.scene, style.width, lines - PROMPT_LINES, style.color, kind)

    def file(suffix: str, look: Look) -> bytes:
        return replace(picture, look=look).data(suffix)

    done = put_drawing(Drawing(file, text, picture.look, is_inert=True), destination, screen, write)
    if destination.window:
        from derivcli.pictures.drawing.window import show_window

        is_free = not destination.has_size
        show_window(picture.scene, replace(picture.look, dpi=WINDOW_DPI) if is_free else picture.look)
    return done


def put_drawing(drawing: Drawing, destination: Destination, screen: Screen, write: Write) -> list[str]:
    """Save a drawing, or show it in the terminal; what there is to say of it."""
    if destination.path is None:
        return []
    if destination.path != STANDARD_OUTPUT:
        return [save_picture(destination.path, lambda suffix: drawing.file(suffix, drawing.look), destination.clobber)]
    is_terminal, style = screen
    descriptor = STANDARD_OUTPUT_DESCRIPTOR if is_terminal else None
    graphics = graphics_of(os.environ, descriptor, style.unicode, style.color)
    if graphics.is_text:
        text = drawing.text(graphics.kind)
        write(text, style.color, drawn=style.color and drawing.is_inert)
    else:
        from derivcli.pictures.terminal.inline import inline_picture

        data = _fitted(drawing, graphics, destination, _pixels(descriptor))
        write(inline_picture(data, graphics.kind), drawn=True)
    return []


def _fitted(drawing: Drawing, graphics: Graphics, destination: Destination, screen: tuple[int, int]) -> bytes:
    """The picture as a PNG that goes with the terminal, but for what was asked for."""
    look, (width, height) = drawing.look, screen
    if graphics.is_dark and not destination.has_theme:
        look = replace(look, theme="dark")
    if destination.has_size:
        return drawing.file("png", look)
    dpi = min(width / WIDTH_INCHES, height / HEIGHT_INCHES)
    data = drawing.file("png", replace(look, dpi=_possible(dpi)))
    drawn = int.from_bytes(data[PNG_WIDTH], "big")
    return data if drawn <= width else drawing.file("png", replace(look, dpi=_possible(dpi * width / drawn)))


def _possible(dpi: float) -> int:
    return min(max(int(dpi), SCREEN_DPI[0]), SCREEN_DPI[-1])


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
