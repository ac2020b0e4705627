"""Standard output and standard error that neither lose text nor stumble over it, nor let it act on a terminal."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import shutil
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, TextIO, TypeAlias, cast

from derivcli.errors import inert
from derivcli.render.blocks import Style

UNLIMITED = 1_000_000
"""Columns where there is no screen that lines could be too long for."""

_STYLE = "(?:[0-3]|[39][0-7]|39)"
_COLOR = re.compile(rf"(\x1b\[{_STYLE}(?:;{_STYLE})*m)")
"""What sets the color of the text that follows, its weight and its slant, and no other way of showing it."""


Screen: TypeAlias = tuple[bool, Style]
"""Whether the place where the output goes is a terminal, and how results are shown there."""


class Closed(io.TextIOBase):
    """Stands for a stream that the caller closed: writing fails as it does in every other program."""

    def write(self, text: str) -> int:
        """Fail with EBADF."""
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


class Terminal(io.TextIOWrapper):
    """A terminal that no text acts on: what is written is seen, whoever wrote it.

    A file's header or a user's exception may hold escape sequences, which could hide text, or worse.
    """

    def write(self, text: str) -> int:
        """Write the text, with its control characters as escapes that can be read."""
        super().write(inert(text))
        return len(text)

    def write_colored(self, text: str) -> None:
        """Write text whose colors were set by us."""
        parts = _COLOR.split(text)
        parts[::2] = map(inert, parts[::2])
        super().write("".join(parts))

    def draw(self, text: str) -> int:
        """Write what moves the cursor, of which nothing comes from a user."""
        return super().write(text)


class Canvas:
    """A terminal for what moves the cursor on it; in all else the same stream."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self.write = terminal.draw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._terminal, name)


def show(stream: TextIO, text: str, colored: bool = False, drawn: bool = False) -> None:
    """Write a text; whatever the user gave to it is inert.

    The colors of a `colored` one are ours, and all that is in a `drawn` one.
    """
    if drawn and isinstance(stream, Terminal):
        stream.draw(text)
    elif colored and isinstance(stream, Terminal):
        stream.write_colored(text)
    else:
        stream.write(text)


def open_streams(file_type: type[io.FileIO] = io.FileIO) -> None:
    """Replace the standard streams by buffered ones that escape what their encoding lacks.

    Under PYTHONUNBUFFERED a short write of the raw stream is dropped without an error; a buffered writer
    goes on until everything is written or an error is known.
    """
    sys.stdout = _robust(sys.stdout, 1, file_type)
    sys.stderr = _robust(sys.stderr, 2, file_type)
    _keep_descriptors()


class Aside:
    """Standard error for what a user's code prints, which is shown at once, and lost where nobody can read it."""

    def write(self, text: str) -> int:
        """Write a text."""
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(text)
            sys.stderr.flush()
        return len(text)

    def flush(self) -> None:
        """Do nothing, since nothing waits."""

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stderr, name)


def aside(wanted: bool = True) -> AbstractContextManager[object]:
    """A block in which what a user's code prints goes to standard error, so that standard output is ours alone."""
    return contextlib.redirect_stdout(cast("TextIO", Aside())) if wanted else contextlib.nullcontext()


def screen(environment: Mapping[str, str]) -> Screen:
    """What standard output is, by itself and by NO_COLOR, FORCE_COLOR, TERM and COLUMNS."""
    terminal = sys.stdout.isatty()
    dumb = environment.get("TERM") in ("dumb", "unknown")
    color = terminal and not dumb and not environment.get("NO_COLOR")
    if environment.get("FORCE_COLOR") and not environment.get("NO_COLOR"):
        color = True
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    width = shutil.get_terminal_size((80, 24)).columns if terminal else 80
    return terminal, Style(width=max(width, 20), color=color, unicode=encoding.startswith("utf"))


def _robust(stream: TextIO | None, descriptor: int, file_type: type[io.FileIO]) -> TextIO:
    if stream is None:
        return Closed()  # type: ignore[return-value]
    try:
        raw = file_type(descriptor, "w", closefd=False)
    except OSError:
        return Closed()  # type: ignore[return-value]
    kind = Terminal if raw.isatty() else io.TextIOWrapper
    return kind(io.BufferedWriter(raw), encoding=_encoding(stream), errors="backslashreplace", newline="\n")


def _encoding(stream: TextIO) -> str:
    """The stream's encoding, or UTF-8 where that one cannot write every text with the escapes of what it lacks."""
    name = getattr(stream, "encoding", None) or "utf-8"
    try:
        "a..√\x80\ud800".encode(name, "backslashreplace")
    except (LookupError, ValueError):
        return "utf-8"
    return name


def _keep_descriptors() -> None:
    """Let no file that is opened later take the place of a standard stream that the caller closed."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            with contextlib.suppress(OSError):
                os.open(os.devnull, os.O_RDWR)
