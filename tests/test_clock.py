"""The time limit of computations that cannot be asked to stop."""

import subprocess
import sys
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


ELLIPTIC = "ellipint(1, 2, 1, n, pi/2, m) + ellipint(9, 9, 9, n, m, 99) - ellipint(9, 9, 9, n, m, 99)"


def wait_for_the_clock() -> None:
    """What a library does that calls back until it is told that the time is over."""
    with held() as is_over:
        while not is_over():
            pass
    raise AssertionError("the clock rings as soon as it may")


def test_the_clock_waits_for_a_library_that_survives_no_exception() -> None:
    """FLINT calls back for every value that it integrates; the process would end where the clock rang in there."""
    with pytest.raises(OutOfTimeError), clock(0.05):
        wait_for_the_clock()
    words = [sys.executable, "-m", "derivcli", "answer", "elliptic_pi(n, m)", ELLIPTIC, "--wrt", "n"]
    assert subprocess.run(words, timeout=120, capture_output=True, check=False).returncode in (0, 1)
