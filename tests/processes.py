"""Real processes, forked from one that has imported what takes time."""

import atexit
import fcntl
import functools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = "DERIV_TEST_FORKS"
"""The variable that names the folder with the fork server's socket, for all workers of a test run."""

_started: list[subprocess.Popen[bytes]] = []


def share() -> None:
    """Let all workers of this test run have one fork server, which ends when this process does."""
    folder = tempfile.TemporaryDirectory(prefix="forks-")
    os.environ[FOLDER] = folder.name
    life = Path(folder.name) / "life"
    os.mkfifo(life)
    held = os.open(life, os.O_RDWR)  # the server reads its end from it

    def end() -> None:
        os.close(held)
        for server in _started:
            server.wait()
        folder.cleanup()

    atexit.register(end)


@functools.cache
def python() -> list[str]:
    """The words that stand for the interpreter, as in `[*python(), "-m", "derivcli"]`.

    The options `-c` and `-m` are understood. The process that runs is a child of the server's, so that signals to it
    but for SIGKILL, and its status, go by way of a small client.
    """
    folder = Path(os.environ[FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "socket").exists():
            start(folder)
    return [sys.executable, "-S", "-E", str(HERE / "fork_client.py"), str(folder / "socket")]


def start(folder: Path) -> None:
    """Start the server, and wait until it can be asked."""
    command = [sys.executable, str(HERE / "fork_server.py"), str(folder / "socket")]
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}
    with (folder / "life").open("rb", buffering=0) as life:
        server = subprocess.Popen(command, env=environment, stdin=life, stdout=subprocess.PIPE)
    _started.append(server)
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    server.stdout.close()
