"""Standard output and standard error that neither lose text nor stumble over it."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from derivcli.render.columns import Style

UNLIMITED = 1_000_000
"""Columns where there is no screen that lines could be too long for."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What is known of the place where the output goes."""

    terminal: bool
    width: int
    color: bool
    unicode: bool

    def style(self, digits: int | None = None, verdicts: bool = False) -> Style:
        """How results are shown there."""
        from derivcli.render.columns import Style

        return Style(digits, self.width, self.color, self.unicode, verdicts)


class Closed(io.TextIOBase):
    """Stands for a stream that the caller closed: writing fails as it does in every other program."""

    def write(self, text: str) -> int:
        """Fail with EBADF."""
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def open_streams() -> None:
    """Replace the standard streams by buffered ones that escape what their encoding lacks.

    Under PYTHONUNBUFFERED a short write of the raw stream is dropped without an error; a buffered writer
    goes on until everything is written or an error is known.
    """
    sys.stdout = _robust(sys.stdout, 1)
    sys.stderr = _robust(sys.stderr, 2)


def aside(wanted: bool = True) -> AbstractContextManager[object]:
    """A block in which what a user's code prints goes to standard error, so that standard output is ours alone."""
    return contextlib.redirect_stdout(sys.stderr) if wanted else contextlib.nullcontext()


def screen(environment: Mapping[str, str]) -> Screen:
    """What standard output is, by itself and by NO_COLOR, FORCE_COLOR, TERM and COLUMNS."""
    terminal = sys.stdout.isatty()
    dumb = environment.get("TERM") in ("dumb", "unknown")
    color = terminal and not dumb and not environment.get("NO_COLOR")
    if environment.get("FORCE_COLOR") and not environment.get("NO_COLOR"):
        color = True
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    width = shutil.get_terminal_size((80, 24)).columns if terminal else 80
    return Screen(terminal, max(width, 20), color, encoding.startswith("utf"))


def _robust(stream: TextIO | None, descriptor: int) -> TextIO:
    if stream is None:
        return Closed()  # type: ignore[return-value]
    try:
        raw = io.FileIO(descriptor, "w", closefd=False)
    except OSError:
        return Closed()  # type: ignore[return-value]
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding=encoding, errors="backslashreplace", newline="\n")
