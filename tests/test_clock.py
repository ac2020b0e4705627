"""The time limit of computations that cannot be asked to stop."""

import threading
import time

import pytest

from derivcli.engines.clock import OutOfTimeError, clock, held


def forever() -> None:
    """Work without an end."""
    while True:
        pass


class _Swallows:
    """Works for a while when it is taken apart, where Python drops exceptions."""

    def __del__(self) -> None:
        end = time.monotonic() + 0.3
        while time.monotonic() < end:
            pass


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_clock_rings_again_where_its_ring_is_lost() -> None:
    def work() -> None:
        _Swallows()
        forever()

    with pytest.raises(OutOfTimeError), clock(0.1):
        work()


def test_other_threads_hold_no_clock() -> None:
    inside, done = threading.Event(), threading.Event()

    def hold() -> None:
        with held():
            inside.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait(10)
    with pytest.raises(OutOfTimeError), clock(0.1):
        forever()
    done.set()
    thread.join()
