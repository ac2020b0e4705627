"""A time limit for computations that cannot be asked to stop: SymPy's, and those in high precision."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

AGAIN = 0.5
"""Seconds after which it rings again: Python drops what is raised while an object is taken apart."""


class OutOfTimeError(Exception):
    """The computation took longer than it was given."""


class _Alarm(BaseException):
    """The time is over. (No Exception, which the computation might swallow.)"""


@contextmanager
def clock(seconds: float) -> Iterator[None]:
    """Raise OutOfTimeError for the block once it has run for `seconds`.

    It works by the process's interval timer, so only in the main thread and where nothing else uses that timer;
    elsewhere the block runs without a limit. Of clocks one in another the outermost one limits them all: an inner
    block that it ends is passed by, so that nobody takes another's time for a property of the number.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    if signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return
    try:
        previous = signal.signal(signal.SIGALRM, _ring)
        signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)
    except _Alarm:
        raise OutOfTimeError from None


@contextmanager
def held() -> Iterator[Callable[[], bool]]:
    """Keep the clock from raising inside the block, where a library calls back that survives no exception.

    The block is given a function that says whether the time is over; once it is left, the clock raises. Other threads
    than the main one have no clock to hold.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    _bell.held, _bell.rung = True, False
    try:
        yield lambda: _bell.rung
    finally:
        _bell.held = False
    if _bell.rung:
        raise _Alarm


@dataclass(slots=True)
class _Bell:
    """Whether the clock is held, and whether it rang meanwhile."""

    held: bool = False
    rung: bool = False


_bell = _Bell()


def _ring(number: int, frame: FrameType | None) -> None:
    if _bell.held:
        _bell.rung = True
    else:
        raise _Alarm
