"""The warm server: one process without threads that forks a child for each call, and tells the client how it ended."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
from collections import deque
from dataclasses import dataclass
from typing import NoReturn

from derivcli.cli.warm import child, same_place
from derivcli.cli.warm.messages import ASK, COLD, DESCRIPTORS, DONE, HEAD, KILLED, STOPPED, WAIT, message, size_of
from derivcli.cli.warm.preload import threads
from derivcli.errors import ExitStatus

BACKLOG = 1024
"""Calls that wait to be taken."""
MAX_REQUEST = 1 << 23
"""Bytes of words and environment, of which Linux lets a process have two million."""
READ_SIZE = 1 << 16


@dataclass(slots=True, eq=False)
class Call:
    """A client that is connected, from its request to the end of its child."""

    connection: socket.socket
    data: bytes = b""
    caller: same_place.Caller | None = None
    asked: bool = False
    """Whether the client has been asked for its descriptors."""
    child: int = 0

    def tell(self, kind: int, number: int = 0) -> None:
        """Send a message, if there is still somebody to read it."""
        with contextlib.suppress(OSError):
            self.connection.send(message(kind, number), socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)


class Server:
    """The calls by what they wait for, and the one loop that moves them on."""

    def __init__(self, listener: socket.socket, idle_seconds: float) -> None:
        self.listener = listener
        self.idle_seconds = idle_seconds
        self.calls: dict[int, Call] = {}
        """By the descriptor of the connection."""
        self.waiting: deque[Call] = deque()
        """Those whose request is whole."""
        self.poll = select.poll()
        self.woken = self._wake_for_children()
        self.ends = False

    def serve(self) -> None:
        """Take calls until nobody has called for the idle time, or a signal asks for the end."""
        self.poll.register(self.listener, select.POLLIN)
        self.poll.register(self.woken, select.POLLIN)
        while not self.ends:
            idle = None if self.calls else self.idle_seconds * 1000
            if not self._take_events(0 if self.waiting else idle) and not self.waiting:
                return
            for call in self.waiting:
                call.tell(WAIT)
            if self.waiting:
                self._ask(self.waiting.popleft())

    def finish(self) -> None:
        """Take no more calls, and wait for the children: who has no parent cannot be stopped by Ctrl-Z."""
        self.poll.unregister(self.listener)
        self.listener.close()
        for call in list(self.calls.values()):
            if not call.child:
                self._forget(call)
        while self.calls:
            self._take_events(None)

    def _take_events(self, milliseconds: float | None) -> int:
        events = self.poll.poll(milliseconds)
        for descriptor, event in events:
            self._take(descriptor, event)
        return len(events)

    def _take(self, descriptor: int, event: int) -> None:
        if descriptor == self.listener.fileno():
            self._accept()
        elif descriptor == self.woken:
            os.read(self.woken, READ_SIZE)
            self._tell_of_children()
        elif descriptor in self.calls:
            call = self.calls[descriptor]
            if call.child:
                self._forget(call, kill=True)  # its client is gone
            elif event & select.POLLIN:
                self._start(call) if call.asked else self._read(call)
            else:
                self._forget(call)

    def _accept(self) -> None:
        try:
            while True:
                connection, _ = self.listener.accept()
                if _peer(connection)[1] != os.geteuid():
                    connection.close()
                    continue
                self.calls[connection.fileno()] = Call(connection)
                self.poll.register(connection, select.POLLIN | select.POLLRDHUP)
        except BlockingIOError:
            pass
        except OSError:
            if self.calls:
                self.poll.modify(self.listener, 0)  # no descriptor is free, until one of them has ended

    def _read(self, call: Call) -> None:
        """Read what has come of a request; a call whose request is whole waits for its turn."""
        with contextlib.suppress(OSError):
            data = call.connection.recv(READ_SIZE, socket.MSG_DONTWAIT)
            call.data += data
            size = size_of(call.data) if len(call.data) >= HEAD else MAX_REQUEST
            if data and len(call.data) <= size <= MAX_REQUEST:
                if len(call.data) == size:
                    self.poll.modify(call.connection, select.POLLRDHUP)
                    self.waiting.append(call)
                return
        self._forget(call)

    def _ask(self, call: Call) -> None:
        """Ask a client for its descriptors, unless it is gone or has to run its command by itself."""
        if call.connection.fileno() not in self.calls:
            return
        try:
            pid = _peer(call.connection)[0]
            call.caller = None if same_place.difference(pid) else same_place.caller(pid)
        except (OSError, LookupError, ValueError):
            call.caller = None
        if call.caller is None or threads() != 1:
            call.tell(COLD)
            self._forget(call)
            return
        call.asked = True
        call.tell(ASK)
        self.poll.modify(call.connection, select.POLLIN | select.POLLRDHUP)

    def _start(self, call: Call) -> None:
        """Take a client's descriptors, and fork its child."""
        descriptors: list[int] = []
        child = None
        with contextlib.suppress(OSError):
            _, descriptors, _, _ = socket.recv_fds(call.connection, 1, DESCRIPTORS, socket.MSG_DONTWAIT)
            if len(descriptors) == DESCRIPTORS:
                child = os.fork()
        if child == 0:
            self._become(call, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        if child:
            call.child = child
            self.poll.modify(call.connection, select.POLLRDHUP)
        else:
            self._forget(call)

    def _become(self, call: Call, descriptors: list[int]) -> NoReturn:
        try:
            assert call.caller is not None
            child.run(call.data, [*descriptors, call.connection.fileno()], call.caller)
        finally:
            os._exit(ExitStatus.INTERNAL)

    def _tell_of_children(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
            except ChildProcessError:
                return
            if not pid:
                return
            call = next((call for call in self.calls.values() if call.child == pid), None)
            if call is None:
                continue
            if os.WIFSTOPPED(status):
                call.tell(STOPPED, os.WSTOPSIG(status))
                continue
            call.tell(*((KILLED, os.WTERMSIG(status)) if os.WIFSIGNALED(status) else (DONE, os.WEXITSTATUS(status))))
            self._forget(call)

    def _forget(self, call: Call, kill: bool = False) -> None:
        if kill:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(call.child, signal.SIGKILL)
        self.poll.unregister(call.connection)
        del self.calls[call.connection.fileno()]
        call.connection.close()
        if not self.ends:
            self.poll.modify(self.listener, select.POLLIN)

    def _wake_for_children(self) -> int:
        """A descriptor that can be read from when a child has stopped or ended, and when this process is to end."""
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        woken, wakes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.signal(signal.SIGTERM, self._take_no_more)
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_IGN)
        return woken

    def _take_no_more(self, number: int, frame: object) -> None:
        self.ends = True


def _peer(connection: socket.socket) -> tuple[int, int]:
    """The process at the other end, and its user."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int.from_bytes(credentials[:4], sys.byteorder), int.from_bytes(credentials[4:8], sys.byteorder)
