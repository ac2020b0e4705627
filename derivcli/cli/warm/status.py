"""Whether a warm server runs, found by the lock that it holds, and the end of one."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import struct
import time
from dataclasses import dataclass
from pathlib import Path

from derivcli.cli.warm.address import folder, is_private
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


def servers() -> list[Running]:
    """All warm servers of the user's, those of other versions and environments included."""
    return [found for lock in sorted(Path(folder()).glob(lock_of("*"))) if (found := _holder(lock)) is not None]


def running(path: str) -> Running | None:
    """The server of a socket, whether it answers or not."""
    return _holder(Path(lock_of(path)))


def stop(pid: int, seconds: float = 5.0) -> None:
    """End a server, by force if it does not end by itself. Calls that it has begun are not disturbed."""
    deadline = time.monotonic() + seconds
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        while any(server.pid == pid for server in servers()):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(POLL_SECONDS)


def _holder(lock: Path) -> Running | None:
    """The server that holds a lock; none in a folder of others, whose locks may lead to any process."""
    if not is_private(str(lock.parent)):
        return None
    try:
        with lock.open("rb+") as file:
            asked = struct.pack(_LOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            kind, *_, pid = struct.unpack(_LOCK, fcntl.fcntl(file, fcntl.F_GETLK, asked))
        return None if kind == fcntl.F_UNLCK else _described(pid)
    except OSError:
        return None


def _described(pid: int) -> Running:
    ticks, pages = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    started = int(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[19]) / ticks
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * pages
    return Running(pid, time.clock_gettime(time.CLOCK_BOOTTIME) - started, resident / 2**20)
