"""Whether a warm server runs, found by the lock that it holds, and the end of one."""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import time
from dataclasses import dataclass
from pathlib import Path

from derivcli.cli.warm.start import lock_of

_LOCK = "hhqqi4x"
"""C's `struct flock`: type, whence, start, length, process."""
POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs."""

    pid: int
    seconds: float
    """Since it was started."""
    mebibytes: float
    """Memory that it keeps resident."""


def running(path: str) -> Running | None:
    """The server of a socket, whether it answers or not."""
    try:
        with Path(lock_of(path)).open("rb+") as file:
            asked = struct.pack(_LOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            kind, *_, pid = struct.unpack(_LOCK, fcntl.fcntl(file, fcntl.F_GETLK, asked))
        return None if kind == fcntl.F_UNLCK else _described(pid)
    except OSError:
        return None


def stop(path: str, seconds: float = 5.0) -> None:
    """End the server of a socket, by force if it does not end by itself. Calls that it has begun are not disturbed."""
    found = running(path)
    if found is None:
        return
    os.kill(found.pid, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while running(path) is not None:
        if time.monotonic() > deadline:
            os.kill(found.pid, signal.SIGKILL)
        time.sleep(POLL_SECONDS)


def _described(pid: int) -> Running:
    ticks, pages = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    started = int(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[19]) / ticks
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * pages
    return Running(pid, time.clock_gettime(time.CLOCK_BOOTTIME) - started, resident / 2**20)
