"""Tells somebody who waited at a terminal, once, that there is a warm start."""

from __future__ import annotations

import os
import sys
import time

from derivcli.cli.argv import command_in
from derivcli.cli.command_table import command_named
from derivcli.cli.notes import tell
from derivcli.cli.user_folders import state
from derivcli.cli.warm import address
from derivcli.errors import ExitStatus, visible

SLOW_SECONDS = 0.5
"""A command that took longer was slow to start, if it loaded what takes long."""
TEXT = 'the next answers come at once after "deriv warm start" (said only once)'
TOLD = "told-of-warm-start"
"""The name of a file that is there once this was said."""


def hint(started: float, status: int) -> None:
    """Say it after a command that did well, if that is due."""
    use = os.environ.get(address.USE, "")
    if use not in ("", "auto", "off"):
        tell(f"note: {address.USE} is neither auto nor off, but {visible(use)}; it is taken for off")
    due = status == ExitStatus.OK and _has_waited(started) and not _stays_cold()
    if due and _is_talked_to() and _can_remember():
        tell(TEXT)


def _has_waited(started: float) -> bool:
    return "sympy" in sys.modules and time.monotonic() - started > SLOW_SECONDS


def _stays_cold() -> bool:
    """Whether a warm start would be of no use to this command."""
    return command_named(command_in(sys.argv[1:])).stays_cold


def _is_talked_to() -> bool:
    """Whether somebody typed this command at a terminal, and has not said what they think of a warm start.

    A script's commands belong to its group of processes; a shell gives each line that is typed a group of its own.
    """
    if sys.platform != "linux":
        return False
    typed = os.getpgrp() == os.getpid() and all(map(os.isatty, range(3)))
    return typed and address.USE not in os.environ and "CI" not in os.environ and bool(address.socket_path())


def _can_remember() -> bool:
    """Whether this is the first time, which must be remembered for it to be said."""
    folder = state(os.environ) / "deriv"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / TOLD).touch(exist_ok=False)
    except OSError:
        return False
    return True
