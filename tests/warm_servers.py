"""Warm servers that come back at once: each is a fork of this process, which has loaded everything.

On the command line: the socket. A new server is forked, and `ready` written, for each line on standard input; the
number of its process is on the same line.
"""

import os
import sys

from derivcli.cli.warm import preload
from derivcli.cli.warm.__main__ import listener
from derivcli.cli.warm.server import BACKLOG, Server


def serve(path: str) -> None:
    with listener(path) as listening:
        listening.listen(BACKLOG)
        print(f"ready {os.getpid()}", flush=True)
        Server(listening, 60.0).serve()
    os._exit(0)


if __name__ == "__main__":
    socket = sys.argv[1]
    preload.load()
    for _ in sys.stdin:
        if os.path.lexists(socket):
            os.unlink(socket)  # noqa: PTH108
        if not os.fork():
            os.setsid()
            serve(socket)
