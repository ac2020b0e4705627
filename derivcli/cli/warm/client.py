"""The smallest client there can be: has the warm server run this command line, and ends as that ended.

It runs at the start of every command, so it imports only what is written in C.
"""

import _signal  # type: ignore[import-not-found]  # signal's enumerations take long
import _socket
import os
import sys

from derivcli.cli.warm import address
from derivcli.cli.warm.messages import (
    ASK,
    BEGUN,
    COLD,
    DONE,
    GO,
    KILLED,
    READY,
    SIZE,
    STOPPED,
    STREAMS,
    TALKS,
    WAIT,
    packed,
)

PATIENCE = 0.05
"""Seconds without a word after which a server is left alone."""

TO_GROUP = {_signal.SIGINT, _signal.SIGQUIT, _signal.SIGHUP, _signal.SIGTSTP, _signal.SIGCONT, _signal.SIGWINCH}
"""Signals that a terminal sends to all processes of a job."""
PASSED_ON = {*TO_GROUP, _signal.SIGTERM, _signal.SIGUSR1, _signal.SIGUSR2, _signal.SIGALRM}


def run_warm() -> None:
    """Have a server run this command line, and end with its status; come back where it has to be run here."""
    use = os.environ.get(address.USE, "")
    path = address.socket_path() if use in ("", "auto") and _can_hand_over() else ""
    if not path:
        return
    connection = _connected(path)
    if connection is not None:
        _call(connection)
    elif use == "auto":
        from derivcli.cli.warm.start import start_again

        start_again(path)


def _can_hand_over() -> bool:
    """Whether a process elsewhere can do the same with the three streams, and with the files that the words name."""
    if any("/dev/" in word or "/proc/" in word for word in sys.argv):
        return False
    try:
        for stream in range(STREAMS):
            os.fstat(stream)
            if os.isatty(stream) and _in_background(stream):
                return False
    except OSError:
        return False
    return True


def _connected(path: str) -> _socket.socket | None:
    """A connection to a server of the user's own, if one listens."""
    if not address.is_private(os.path.dirname(path)) or not address.is_own_socket(path):
        return None
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    connection.settimeout(PATIENCE)
    try:
        connection.connect(path)
        credentials = connection.getsockopt(_socket.SOL_SOCKET, _socket.SO_PEERCRED, 12)
    except OSError:
        return None
    return connection if int.from_bytes(credentials[4:8], sys.byteorder) == os.geteuid() else None


def _call(connection: _socket.socket) -> None:
    """Hand the command over; come back, with all signals as they were, where nothing of it was done."""
    mask = _signal.pthread_sigmask(_signal.SIG_BLOCK, PASSED_ON)
    try:
        child = 0 if mask else _child(connection)
        if child:
            Job(connection, child).wait()
    except OSError:
        pass
    finally:
        connection.close()
        _signal.pthread_sigmask(_signal.SIG_SETMASK, mask)


def _child(connection: _socket.socket) -> int:
    """The process that is ready to run the command; 0 where there is none."""
    environment = [name + b"=" + value for name, value in os.environb.items()]
    connection.sendall(packed([os.fsencode(word) for word in sys.argv], environment))
    if _answer(connection) != (ASK, 0):
        return 0
    folder = os.open(".", os.O_PATH | os.O_DIRECTORY)
    descriptors = b"".join(number.to_bytes(4, sys.byteorder) for number in (*range(STREAMS), folder))
    connection.sendmsg([GO], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, descriptors)])
    os.close(folder)
    kind, number = _answer(connection)
    return number if kind == READY else 0


def _answer(connection: _socket.socket) -> tuple[int, int]:
    """The next message that is not to wait for another."""
    answer = WAIT, 0
    while answer[0] == WAIT:
        answer = _received(connection)
    return answer


def _received(connection: _socket.socket) -> tuple[int, int]:
    """The next message; COLD where none comes, since nobody is left who could send one or patience has run out."""
    data = b""
    while len(data) < SIZE:
        try:
            part = connection.recv(SIZE - len(data))
        except OSError:
            part = b""
        if not part:
            return COLD, 0
        data += part
    return data[0], int.from_bytes(data[1:], "little")


class Job:
    """The command as it runs in the child, in whose place the caller and the terminal see this process."""

    def __init__(self, connection: _socket.socket, child: int) -> None:
        self.connection = connection
        self.child = child
        self.begun = self.talks = self.signalled = False
        self.terminal = 0

    def wait(self) -> None:
        """Let the child run, pass signals on, and end as it ends; come back where it was killed before it began."""
        kept = {number: _signal.getsignal(number) for number in PASSED_ON}
        passed_on = [number for number, action in kept.items() if action != _signal.SIG_IGN]
        try:
            for number in passed_on:
                _signal.signal(number, self._pass_on)
            self.connection.sendall(GO)
            self.connection.settimeout(None)
            _signal.pthread_sigmask(_signal.SIG_UNBLOCK, PASSED_ON)
            while self._goes_on(*_received(self.connection)):
                pass
        finally:
            for number in passed_on:
                _signal.signal(number, kept[number])

    def _goes_on(self, kind: int, number: int) -> bool:
        if kind == DONE:
            os._exit(number)
        if kind == BEGUN:
            self.begun = True
            os.closerange(0, STREAMS)  # for their readers and writers to see it when the child closes them
        elif kind == TALKS:
            self.talks = True
            self.terminal = os.dup(0)
        elif kind == STOPPED:
            self._stop(number)
            self._send(_signal.SIGCONT)  # an orphaned group, such as that of a terminal's only command, is not stopped
        else:  # killed, or child and server are gone without a word
            number = number if kind == KILLED else _signal.SIGKILL
            if number == _signal.SIGKILL and not self.begun and not self.signalled:
                return False
            _end_by(number)
        return True

    def _pass_on(self, number: int, frame: object) -> None:
        if number == _signal.SIGCONT and self.talks and _in_background(self.terminal):
            self._stop(_signal.SIGTTIN)  # as one does that reads from a terminal which another job has
            return
        self.signalled = self.signalled or number not in (_signal.SIGCONT, _signal.SIGWINCH)
        self._send(number)

    def _send(self, number: int) -> None:
        try:  # noqa: SIM105 (contextlib takes long)
            (os.killpg if number in TO_GROUP else os.kill)(self.child, number)
        except OSError:
            pass  # it has ended, and its message is on the way

    def _stop(self, number: int) -> None:
        """Stop until the caller has this process go on, whose handler then has the child go on."""
        if number == _signal.SIGSTOP:
            os.kill(os.getpid(), number)
            return
        action = _signal.signal(number, _signal.SIG_DFL)
        _signal.pthread_sigmask(_signal.SIG_UNBLOCK, [number])
        os.kill(os.getpid(), number)
        _signal.signal(number, action)


def _in_background(terminal: int) -> bool:
    """Whether a terminal is this process's own, and another job has it now."""
    try:
        return os.tcgetpgrp(terminal) != os.getpgrp()
    except OSError:
        return False


def _end_by(number: int) -> None:
    """End by the signal that the child ended by, without a second core dump."""
    if number != _signal.SIGKILL:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _signal.signal(number, _signal.SIG_DFL)
        _signal.pthread_sigmask(_signal.SIG_UNBLOCK, [number])
    os.kill(os.getpid(), number)
