"""`python -m derivcli.cli.warm SOCKET SECONDS`: the warm server's process, as `start` begins it."""

import contextlib
import fcntl
import gc
import os
import socket
import sys
from pathlib import Path

from derivcli.cli.warm import address
from derivcli.cli.warm.start import RUNS, lock_of


def main(path: str, idle_seconds: float) -> None:
    """Load everything and serve, unless another server does; the starter reads how that goes."""
    lock = os.open(lock_of(path), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return say(RUNS)
    Path(path).unlink(missing_ok=True)  # of a server that was killed
    if address.socket_path() != path:
        return say("this process cannot be told from others that were started in another way")
    from derivcli.cli.warm import preload
    from derivcli.cli.warm.server import BACKLOG, Server

    try:
        preload.load()
    except RuntimeError as error:
        return say(f"a process with all libraries cannot be forked here: {error}")
    listening = listener(path)
    made = os.lstat(path).st_ino
    listening.listen(BACKLOG)
    say(RUNS)
    server = Server(listening, idle_seconds)
    server.serve()
    with contextlib.suppress(OSError):
        if os.lstat(path).st_ino == made:
            Path(path).unlink()
    if server.calls:
        os.close(lock)  # another one may be started from here on
        server.finish()
    os._exit(0)


def listener(path: str) -> socket.socket:
    """A socket that only the user can connect to."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    before = os.umask(0o177)
    try:
        made.bind(path)
    finally:
        os.umask(before)
    return made


def say(text: str) -> None:
    """Tell the starter, and let go of it."""
    with contextlib.suppress(OSError):
        os.write(1, text.encode())
    os.dup2(0, 1)


if __name__ == "__main__":
    gc.set_threshold(500_000, 50, 50)
    if not sys.flags.safe_path:
        del sys.path[0]
    main(sys.argv[1], float(sys.argv[2]))
