"""Real processes, forked from one that has imported what takes time."""

import atexit
import functools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


@functools.cache
def python() -> list[str]:
    """The words that stand for the interpreter, as in `[*python(), "-m", "derivcli"]`.

    The options `-c` and `-m` are understood. The process that runs is a child of the server's, so that signals to it
    but for SIGKILL, and its status, go by way of a small client.
    """
    folder = tempfile.TemporaryDirectory(prefix="forks-")
    path = str(Path(folder.name) / "socket")
    command = [sys.executable, str(HERE / "fork_server.py"), path]
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}
    server = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdin is not None
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    server.stdout.close()
    atexit.register(folder.cleanup)
    atexit.register(server.wait)
    atexit.register(server.stdin.close)
    return [sys.executable, "-S", "-E", str(HERE / "fork_client.py"), path]
