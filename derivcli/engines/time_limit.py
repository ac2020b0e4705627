"""A time limit for computations that cannot be asked to stop: SymPy's, and those in high precision.

It holds in every thread. One thread of our own watches the clocks of all others, and has the interpreter raise an
exception in the thread whose time is over. Python knows no other way that reaches every thread: signals reach the
main one alone, and their timer may be somebody else's.

No such exception leaves the computation. The interpreter raises it where a function begins, where a loop turns and
where a call of C ends. From the end of the computation until what was sent has been called back, `limited` does none
of that. So it is a function: no `with` statement can catch what is raised as its own end begins. An exception may come
late, at the end of a library's call that was running, or not at all where the computation ends with that. Nothing is
sent to a thread that is importing a module.
"""

from __future__ import annotations

import ctypes
import math
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

RETRY_SECONDS = 0.5
"""Seconds after which it rings again: Python drops what is raised while an object is taken apart."""

USED_SECONDS = 1.0
"""Seconds after which it looks whether clocks are still used."""

IMPORT_RETRY_SECONDS = 0.001
"""Seconds after which it is tried again to reach a thread where nothing may be raised."""


MAX_SLOWDOWN = 8.0
"""So many times as long on the clock may last what is limited in seconds of the processor."""


class ProcessorSeconds(float):
    """A limit that counts the time in which the processor works on the thread, where the system tells it.

    So a busy machine comes to the same result, as long as it is not slower by MAX_SLOWDOWN.
    """


class OutOfTimeError(Exception):
    """The computation took longer than it was given."""


class _Alarm(BaseException):
    """The time is over. (No Exception, which the computation might swallow.)"""


@dataclass(slots=True, eq=False)
class _Bell:
    """The clock of a thread: when it rings next, whether it runs, has rung, and whether it must not raise now.

    Where the processor's time is limited, `processor` is the number of that clock and the time at which to ring, and
    it rings at the time `end` at the latest.
    """

    thread: int
    due: float
    end: float = 0.0
    processor: tuple[int, float] | None = None
    runs: bool = True
    rung: bool = False
    held: bool = False

    def is_due(self, now: float) -> bool:
        """Whether its time is over; if it is the processor's, it is due again when that may be over."""
        if self.due > now:
            return False
        if self.processor is not None and not self.rung:
            clock, over = self.processor
            left = over - time.clock_gettime(clock)
            if left > 0 and now < self.end:
                self.due = min(now + left, self.end)
                return False
        return True


def _bell(thread: int, seconds: float) -> _Bell:
    now = time.monotonic()
    if not isinstance(seconds, ProcessorSeconds) or not hasattr(time, "pthread_getcpuclockid"):
        return _Bell(thread, now + seconds)
    clock = time.pthread_getcpuclockid(thread)
    return _Bell(thread, now + seconds, now + MAX_SLOWDOWN * seconds, (clock, time.clock_gettime(clock) + seconds))


def limited(seconds: float, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What a computation comes to. Raises OutOfTimeError where it runs longer than so many seconds.

    Of clocks one in another the outermost one limits them all: an inner one is passed by, so that nobody takes
    another's time for a property of the number.
    """
    thread = threading.get_ident()
    if _running(thread) is not None:
        return work(*args, **kwargs)
    _watcher.start()
    bell = _bell(thread, seconds)
    try:
        try:
            _watcher.add(bell)
            return work(*args, **kwargs)
        finally:
            bell.runs = False  # no call before the one that calls back, nor a loop: an alarm would come out there
            if bell.rung:
                _send(thread, NO_EXCEPTION)
            _BELLS.pop(thread, None)
    except _Alarm:  # as it goes, what the computation left open is closed, before anything outside is
        bell.runs = False  # a debugger may have stopped where this was to be said
    raise OutOfTimeError


class held:  # noqa: N801 - it stands where a function would
    """Keeps the clock from raising inside the block, where a library calls back that survives no exception.

    The block is given a function that says whether the time is over; once it is left, the clock raises.
    """

    __slots__ = ("bell",)

    def __enter__(self) -> Callable[[], bool]:
        bell = self.bell = _running(threading.get_ident())
        if bell is None:
            return lambda: False
        bell.held = True
        if bell.rung:
            _send(bell.thread, NO_EXCEPTION)
        return lambda: bell.rung

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        bell = self.bell
        if bell is None:
            return
        bell.held = False
        if bell.rung and error is None:
            raise _Alarm


# What is sent from thread to thread

_BELLS: dict[int, _Bell] = {}
"""The clock of a thread, by the number that Python has for it."""


def _running(thread: int) -> _Bell | None:
    known = _BELLS.get(thread)
    return known if known is not None and known.runs else None


_send = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_ulong, ctypes.py_object)(
    ("PyThreadState_SetAsyncExc", ctypes.pythonapi)
)
"""Has an exception raised in a thread at its next instruction that allows it, or calls back what was sent."""

NO_EXCEPTION = ctypes.py_object()

IMPORT_FILES = "<frozen importlib"
"""What the files of the import system are called."""


def _imports(thread: int) -> bool:
    """Whether a thread imports a module, which would be left half done."""
    frame = sys._current_frames().get(thread)
    while frame is not None:
        if frame.f_code.co_filename.startswith(IMPORT_FILES):
            return True
        frame = frame.f_back
    return False


class _Watcher:
    """The thread that watches the clocks.

    `lock` guards the clocks that are looked at, and `awake`, which says when it wakes by itself. `asleep` is locked
    while it waits. As long as clocks are `used`, one after the other, it wakes by itself, since to wake it for each
    would take longer than what most of them limit.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.asleep = threading.Lock()
        self.asleep.acquire()
        self.awake = math.inf
        self.used = False
        self.thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to watch, if that is not done. The process may end meanwhile."""
        if self.thread is None:
            with self.lock:
                if self.thread is None:
                    thread = threading.Thread(target=self.watch, name="clock", daemon=True)
                    thread.start()
                    self.thread = thread  # not before it runs: there may be no more threads

    def add(self, bell: _Bell) -> None:
        with self.lock:
            _BELLS[bell.thread] = bell
            self.used = True
            if bell.due < self.awake and self.asleep.locked():
                self.asleep.release()

    def watch(self) -> None:
        while True:
            with self.lock:
                self.awake = self.look(time.monotonic())
            left = self.awake - time.monotonic()
            self.asleep.acquire(timeout=min(max(0.0, left), threading.TIMEOUT_MAX))

    def look(self, now: float) -> float:
        """Ring the clocks whose time is over, and say when to look again."""
        dues = [now + USED_SECONDS if self.used else math.inf]
        self.used = False
        for bell in tuple(_BELLS.values()):
            if bell.is_due(now):
                self.ring(bell, now)
            if bell.runs:
                dues.append(bell.due)
        return min(dues)

    def ring(self, bell: _Bell, now: float) -> None:
        """Raise in a thread whose time is over, or tell it where it must not be raised."""
        bell.due = now + RETRY_SECONDS
        if not bell.held and _imports(bell.thread):
            bell.due = now + IMPORT_RETRY_SECONDS
        elif bell.held:
            bell.rung = True
        elif bell.runs:  # no other thread comes between this look, the mark and the sending: there is no call between
            bell.rung = True
            _send(bell.thread, _Alarm)
            if _imports(bell.thread):  # it has gone on since it was asked
                _send(bell.thread, NO_EXCEPTION)
                bell.due = now + IMPORT_RETRY_SECONDS


_watcher = _Watcher()


def _forked() -> None:
    """Begin anew in the child of a fork, which has no other thread than the one that forked."""
    global _watcher
    _watcher = _Watcher()
    _BELLS.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
