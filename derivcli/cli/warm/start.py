"""Start the warm server in the background: a process of its own, which outlives the terminal."""

import os
import sys
import time

from derivcli.cli.warm import address

IDLE_SECONDS = 3600
"""After this time without a call a server ends."""

RETRY_SECONDS = 60
"""A server that did not come up is not started by itself again before this time has passed."""

RUNS = "runs"
"""What a server says once it can be called, or once it has seen another one."""

FLAGS = {
    "isolated": "-I",
    "ignore_environment": "-E",
    "no_user_site": "-s",
    "no_site": "-S",
    "safe_path": "-P",
    "dont_write_bytecode": "-B",
    "quiet": "-q",
}
"""The interpreter's options, by what it remembers of them."""


def lock_of(path: str) -> str:
    """The file that a server of a socket keeps locked as long as it lives."""
    return f"{path}.lock"


def start_again(path: str) -> None:
    """Start the server of a socket, unless that was tried just now: it may be loading, or may not be able to start."""
    try:
        tried = os.stat(lock_of(path)).st_mtime
    except OSError:
        tried = 0.0
    if time.time() - tried > RETRY_SECONDS:
        try:
            os.close(start(path))
        except OSError:
            return  # no place for its socket


def start(path: str, idle_seconds: float = IDLE_SECONDS) -> int:
    """Start the server of a socket, unless there is one, and come back at once.

    Returns a descriptor from which what the server has to say can be read: RUNS, or why there will be none.
    Fails with OSError where the socket's folder cannot be made, or could be used by others.
    """
    folder = os.path.dirname(path)
    if not os.path.lexists(folder):
        os.mkdir(folder, 0o700)
    if not address.is_private(folder):
        raise PermissionError(f"{folder} is no folder that only you can use")
    lock = os.open(lock_of(path), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    os.utime(lock)
    os.close(lock)
    said, says = os.pipe()
    child = os.fork()
    if not child:
        _become_server(path, idle_seconds, says)
    os.close(says)
    os.waitpid(child, 0)
    return said


def _become_server(path: str, idle_seconds: float, says: int) -> None:
    """Go on as a grandchild in a session of its own, with no stream but the one to the starter."""
    try:
        os.setsid()
        if os.fork():
            os._exit(0)
        os.chdir("/")
        null = os.open(os.devnull, os.O_RDWR)
        for stream, target in enumerate((null, says, null)):
            os.dup2(target, stream)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        options = [option for name, option in FLAGS.items() if getattr(sys.flags, name)]
        options += ["-O"] * sys.flags.optimize
        words = [*options, "-m", "derivcli.cli.warm", path, str(idle_seconds)]
        os.execv(sys.executable, [sys.executable, *words])
    finally:
        os._exit(1)
