"""The history of what was typed: a file of the user's alone, an entry after the other.

    entry := line of a time { "+" line of what was typed } empty line

A place that cannot be read or written is no error: what was typed then lives as long as the session.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from prompt_toolkit.history import History

from derivcli.cli.shell.statements import statements
from derivcli.cli.user_folders import state

FILE = "shell_history"
MAX_ENTRIES = 10_000
MAX_BYTES = 16 * 1024 * 1024
"""A longer file is read from behind."""


class KeptHistory(History):
    """What was typed in this and in earlier sessions, but for what began with a space."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def append_string(self, string: str) -> None:
        """Keep each statement of what was typed, unless it began with a space or is the one before it."""
        for text in statements(string):
            if text.strip() and not text[:1].isspace() and text not in self._loaded_strings[:1]:
                super().append_string(text)

    def load_history_strings(self) -> list[str]:
        """The entries of earlier sessions, the last first."""
        entries: list[list[str]] = [[]]
        with suppress(OSError), open(_opened(self.path, os.O_RDONLY), "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - MAX_BYTES))
            for line in file.read().decode("utf-8", "replace").split("\n"):
                if line.startswith("+"):
                    entries[-1].append(line[1:])
                elif entries[-1]:
                    entries.append([])
        found = ["\n".join(lines) for lines in entries if lines]
        return found[: -MAX_ENTRIES - 1 : -1]

    def store_string(self, string: str) -> None:
        """Write an entry behind all others, at once, so that sessions side by side do not mix theirs."""
        lines = "".join(f"+{line}\n" for line in string.split("\n"))
        entry = f"\n# {time.strftime('%Y-%m-%d %H:%M:%S')}\n{lines}"
        with suppress(OSError):
            self.path.parent.mkdir(0o700, parents=True, exist_ok=True)
            file = _opened(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            try:
                os.write(file, entry.encode("utf-8", "replace"))
            finally:
                os.close(file)


def history_path(environment: Mapping[str, str]) -> Path:
    """The file of the history in the user's folder of what is kept."""
    return state(environment) / "deriv" / FILE


def _opened(path: Path, flags: int) -> int:
    """The file opened, closed to all others: a plain one of the user's own in a folder of theirs."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _close(folder)
        file = os.open(path.name, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600, dir_fd=folder)
    finally:
        os.close(folder)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError("no plain file")
        _close(file)
    except BaseException:
        os.close(file)
        raise
    return file


def _close(descriptor: int) -> None:
    """Close a file or a folder of the user's to all others."""
    found = os.fstat(descriptor)
    if found.st_uid != os.getuid():
        raise PermissionError
    if stat.S_IMODE(found.st_mode) & 0o077:
        os.fchmod(descriptor, stat.S_IMODE(found.st_mode) & 0o700)
