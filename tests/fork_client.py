"""Stands in the place of the interpreter: has the fork server run the words, and passes signals and the status on."""

import json
import os
import resource
import signal
import socket
import sys

PASSED_ON = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT}


def main(path: str, words: list[str]) -> int:
    """The status with which the words end, or minus the signal."""
    signal.pthread_sigmask(signal.SIG_BLOCK, PASSED_ON)
    asked = {
        "words": words,
        "environment": dict(os.environ),
        "folder": os.getcwd(),  # noqa: PTH109 (importing pathlib takes as long as all the rest)
        "largest_file": resource.getrlimit(resource.RLIMIT_FSIZE),
        "leads_session": os.getsid(0) == os.getpid(),
    }
    text = json.dumps(asked).encode()
    server = socket.socket(socket.AF_UNIX)
    server.connect(path)
    socket.send_fds(server, [b"%d\n" % len(text)], [0, 1, 2])
    server.sendall(text)
    answers = server.makefile("r")
    pid = int(answers.readline())
    os.closerange(0, 3)  # so that a pipe is closed when the command closes it
    for number in PASSED_ON:
        signal.signal(number, lambda number, _: os.kill(pid, number))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
    return int(answers.read())


if __name__ == "__main__":
    status = main(sys.argv[1], sys.argv[2:])
    if status < 0:
        if -status != signal.SIGKILL:
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)
