"""A time limit for computations that cannot be asked to stop: SymPy's, and those in high precision."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OutOfTimeError(BaseException):
    """The computation took longer than it was given. (No Exception, which the computation might swallow.)"""


@contextmanager
def clock(seconds: float) -> Iterator[None]:
    """Raise OutOfTimeError inside the block once it has run for `seconds`.

    It works by the process's interval timer, so only in the main thread and where nothing else uses that timer;
    elsewhere the block runs without a limit.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    if signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return
    previous = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _ring(number: int, frame: FrameType | None) -> None:
    raise OutOfTimeError
