"""A fork of the warm server becomes the process that the client would have been, and runs the command line."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import time
from functools import partial
from typing import Any, BinaryIO, NoReturn, TextIO

import numpy.random

from derivcli.cli import app, install_completion
from derivcli.cli.argv import command_in, parse_argv
from derivcli.cli.command_table import command_named
from derivcli.cli.grammar import grammar_of
from derivcli.cli.options import CODE_OPTION
from derivcli.cli.warm.messages import BEGUN, COLD, DONE, GO, READY, STREAMS, TALKS, message, unpacked
from derivcli.cli.warm.same_place import Caller
from derivcli.errors import DerivError, ExitStatus

CONNECTION = STREAMS
"""The descriptor of the connection to the client: the first behind the streams."""

CHANGING = set(
    """os.chmod os.chown os.exec os.fork os.link os.mkdir os.posix_spawn os.remove os.rename os.rmdir os.symlink
    os.system os.truncate os.utime socket.connect subprocess.Popen""".split()
)
"""Audited events by which something outside of the process is changed."""


def run(request: bytes, descriptors: list[int], caller: Caller) -> NoReturn:
    """Become the client, and run its command line once it says so.

    The descriptors are the client's streams, its folder and the connection to it.
    """
    words, environment = unpacked(request)
    _take_descriptors(descriptors)
    _take_settings(environment, caller)
    sys.argv = [os.fsdecode(word) for word in words]
    name = command_in(sys.argv[1:])
    looks_above = sys.argv[1:] == [install_completion.OPTION]  # for the shell that the client was started from
    if command_named(name).stays_cold or looks_above or _runs_code(name, sys.argv[1:]):
        _say(COLD)
        os._exit(0)
    try:
        _say(READY, os.getpid())
        if os.read(CONNECTION, 1) != GO:
            os._exit(0)
        sys.addaudithook(_audit)
        if command_named(name).talks and os.isatty(0):
            _say(TALKS)
        app.main(partial(_say, DONE), Announced, is_fork=True)
    except KeyboardInterrupt:
        _say(DONE, ExitStatus.INTERRUPTED)
        os._exit(ExitStatus.INTERRUPTED)


class Announced(io.FileIO):
    """A stream of the client's, who learns of the first time that something is read from it or written to it.

    From then on the command cannot be run once more.
    """

    def write(self, data: Any, /) -> int:
        """Write as any file does."""
        _begin()
        return super().write(data)

    def readinto(self, buffer: Any, /) -> int:
        """Read as any file does."""
        _begin()
        return super().readinto(buffer)

    def readall(self) -> bytes:
        """Read as any file does."""
        _begin()
        return super().readall()


def _take_descriptors(descriptors: list[int]) -> None:
    """Have the client's streams and folder for our own, and nothing of the server's."""
    *streams, folder, connection = descriptors
    os.fchdir(folder)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.dup2(connection, CONNECTION, inheritable=False)
    os.closerange(CONNECTION + 1, os.sysconf("SC_OPEN_MAX"))


def _take_settings(environment: list[bytes], caller: Caller) -> None:
    """Have the client's group of its own, signals, umask, environment and streams as the interpreter opens them."""
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN if number in caller.ignored else signal.SIG_DFL)
    if signal.SIGINT not in caller.ignored:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    os.umask(caller.umask)
    os.environ.clear()
    os.environb.update(text.partition(b"=")[::2] for text in environment)
    time.tzset()
    sys.stdin = _opened(sys.stdin, io.BufferedReader(Announced(0, closefd=False)))
    sys.stdout = _opened(sys.stdout, io.BufferedWriter(Announced(1, "w", closefd=False)))
    sys.stderr = _opened(sys.stderr, io.BufferedWriter(Announced(2, "w", closefd=False)))
    numpy.random.seed()


def _opened(like: TextIO, buffer: BinaryIO) -> io.TextIOWrapper:
    return io.TextIOWrapper(buffer, like.encoding, like.errors, "\n", line_buffering=like.name == "<stderr>")


def _runs_code(name: str, words: list[str]) -> bool:
    try:
        return CODE_OPTION in parse_argv(words[bool(name) :], grammar_of(name)).given
    except DerivError:
        return False


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event in CHANGING or (event == "open" and not str(arguments[0]).startswith((sys.prefix, sys.base_prefix))):
        _begin()


def _begin() -> None:
    global _has_begun
    if not _has_begun:
        _has_begun = True
        _say(BEGUN)


_has_begun = False


def _say(kind: int, number: int = 0) -> None:
    with contextlib.suppress(OSError):
        os.write(CONNECTION, message(kind, number))
