"""A time limit for computations that cannot be asked to stop: SymPy's, and those in high precision.

It holds in every thread. One thread of our own watches the clocks of all others, and has the interpreter raise an
exception in the thread whose time is over. Python knows no other way that reaches every thread: signals reach the
main one alone, and their timer may be somebody else's.

No such exception arrives after the block has been left. It is sent under a lock, which a thread takes to leave its
block, and what has been sent by then is called back. Only the first instruction of entering and leaving lies outside
of that lock, so nothing is sent to a thread that stands there, nor to one that is importing a module. An exception
may still come late, at the end of a library's call that was running.
"""

from __future__ import annotations

import ctypes
import math
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

AGAIN = 0.5
"""Seconds after which it rings again: Python drops what is raised while an object is taken apart."""

MOMENT = 0.001
"""Seconds after which it is tried again to reach a thread where nothing may be raised."""


class OutOfTimeError(Exception):
    """The computation took longer than it was given."""


class _Alarm(BaseException):
    """The time is over. (No Exception, which the computation might swallow.)"""


@dataclass(slots=True, weakref_slot=True, eq=False)
class _Bell:
    """The running clock of a thread: when it rings next, whether it has rung, and whether it must not raise now.

    Only the block has it, so that it is gone with a block that was not left in order: another exception, such as that
    of Ctrl-C, may come in between.
    """

    thread: int
    due: float
    rung: bool = False
    held: bool = False


class Clock:
    """Raises OutOfTimeError for the block that runs longer than so many seconds.

    Of clocks one in another the outermost one limits them all: an inner block that it ends is passed by, so that
    nobody takes another's time for a property of the number.
    """

    __slots__ = ("bell", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.bell: _Bell | None = None

    def __enter__(self) -> None:
        thread = threading.get_ident()
        if _running(thread) is not None:
            return
        _watcher.start()
        bell = _Bell(thread, time.monotonic() + self.seconds)
        self.bell = bell
        with _watcher.lock:
            _BELLS[thread] = weakref.ref(bell)
            if bell.due < _watcher.awake and _watcher.asleep.locked():
                _watcher.asleep.release()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        bell = self.bell
        if bell is None:
            return
        with _watcher.lock:  # an acquired lock and the block that frees it are one for exceptions from outside
            self.bell = None
            if bell.rung:
                _send(bell.thread, NOTHING)
            _BELLS.pop(bell.thread, None)
        if isinstance(error, _Alarm):
            raise OutOfTimeError from None


clock = Clock


class held:  # noqa: N801 - it stands where a function would
    """Keeps the clock from raising inside the block, where a library calls back that survives no exception.

    The block is given a function that says whether the time is over; once it is left, the clock raises.
    """

    __slots__ = ("bell",)

    def __enter__(self) -> Callable[[], bool]:
        bell = self.bell = _running(threading.get_ident())
        if bell is None:
            return lambda: False
        with _watcher.lock:
            bell.held = True
            if bell.rung:
                _send(bell.thread, NOTHING)
        return lambda: bell.rung

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        bell = self.bell
        if bell is None:
            return
        with _watcher.lock:
            bell.held = False
        if bell.rung and error is None:
            raise _Alarm


# What is sent from thread to thread

_BELLS: dict[int, weakref.ref[_Bell]] = {}
"""The clock that runs in a thread, by the number that Python has for it."""


def _running(thread: int) -> _Bell | None:
    """The clock that runs in a thread."""
    known = _BELLS.get(thread)
    return None if known is None else known()



_send = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_ulong, ctypes.py_object)(
    ("PyThreadState_SetAsyncExc", ctypes.pythonapi)
)
"""Has an exception raised in a thread at its next instruction that allows it, or calls back what was sent."""

NOTHING = ctypes.py_object()
"""No exception."""

DOORS = frozenset((Clock.__enter__.__code__, Clock.__exit__.__code__))
"""Where a thread may stand outside of its block, and its clock still run."""

IMPORTING = "<frozen importlib"
"""What the files of the import system are called."""


def _may_not_raise(thread: int) -> bool:
    """Whether a thread is just entering or leaving a block, or imports a module, which would be left half done."""
    frame = top = sys._current_frames().get(thread)
    while frame is not None:
        if frame.f_code.co_filename.startswith(IMPORTING):
            return True
        frame = frame.f_back
    return top is None or top.f_code in DOORS


class _Watcher:
    """The thread that watches the clocks.

    `lock` guards all of them. `asleep` is locked while it waits, and `awake` is when it wakes by itself.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.asleep = threading.Lock()
        self.asleep.acquire()
        self.awake = math.inf
        self.thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to watch, if that is not done; the process may end meanwhile."""
        if self.thread is None:
            with self.lock:
                if self.thread is None:
                    self.thread = threading.Thread(target=self.watch, name="clock", daemon=True)
                    self.thread.start()

    def watch(self) -> None:
        """Look whenever the time of a clock may be over."""
        while True:
            with self.lock:
                self.awake = self.look(time.monotonic())
            left = self.awake - time.monotonic()
            self.asleep.acquire(timeout=min(max(0.0, left), threading.TIMEOUT_MAX))

    def look(self, now: float) -> float:
        """Ring the clocks whose time is over, and say when to look again."""
        dues = [math.inf]
        for thread in tuple(_BELLS):
            bell = _running(thread)
            if bell is None:
                del _BELLS[thread]
                continue
            if bell.due <= now:
                self.ring(bell, now)
            dues.append(bell.due)
        return min(dues)

    def ring(self, bell: _Bell, now: float) -> None:
        """Raise in a thread whose time is over, or tell it where it must not be raised."""
        bell.due = now + AGAIN
        if bell.held:
            bell.rung = True
        elif _may_not_raise(bell.thread):
            bell.due = now + MOMENT
        else:
            bell.rung = True
            _send(bell.thread, _Alarm)
            if _may_not_raise(bell.thread):  # it has gone on between the look and the sending
                _send(bell.thread, NOTHING)
                bell.due = now + MOMENT


_watcher = _Watcher()


def _forked() -> None:
    """Begin anew in the child of a fork, which has no other thread than the one that forked."""
    global _watcher
    _watcher = _Watcher()
    _BELLS.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
