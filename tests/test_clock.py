"""The time limit of computations that cannot be asked to stop."""

import importlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import numpy as np
import pytest

from derivcli import DerivError, Verdict, derive, steps
from derivcli.check import judge
from derivcli.engines import time_limit
from derivcli.engines.time_limit import RETRY_SECONDS, OutOfTimeError, ProcessorSeconds, _Watcher, held, limited
from tests.processes import python
from tests.support import no_hang

T = TypeVar("T")


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

    with pytest.raises(OutOfTimeError):
        limited(0.1, work)


def test_time_in_which_the_processor_does_other_work_may_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    def wait() -> None:
        for _ in range(10):
            time.sleep(0.01)

    monkeypatch.setattr(time_limit, "MAX_SLOWDOWN", 1e6)
    limited(ProcessorSeconds(0.03), wait)
    with pytest.raises(OutOfTimeError):
        limited(0.03, wait)
    with pytest.raises(OutOfTimeError):
        limited(ProcessorSeconds(0.03), forever)
    monkeypatch.setattr(time_limit, "MAX_SLOWDOWN", 1.0)
    with pytest.raises(OutOfTimeError):
        limited(ProcessorSeconds(0.03), wait)


def test_other_threads_do_not_hold_a_clock() -> None:
    inside, done = threading.Event(), threading.Event()

    def hold() -> None:
        with held():
            inside.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait(10)
    with pytest.raises(OutOfTimeError):
        limited(0.1, forever)
    done.set()
    thread.join()


def outcomes(count: int, work: Callable[[int], T]) -> list[T]:
    """What so many threads come to that work at the same time; whatever one of them raises is raised here."""
    with ThreadPoolExecutor(count) as pool:
        return [future.result(60) for future in [pool.submit(work, number) for number in range(count)]]


def never() -> Verdict:
    """No verdict ever."""
    forever()
    raise AssertionError


def endless(_: int) -> bool:
    """Whether a clock ends what has no end."""
    try:
        limited(0.1, forever)
    except OutOfTimeError:
        return True
    return False


def test_a_clock_rings_in_every_thread() -> None:
    assert all(outcomes(4, endless))


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no timers here")
def test_a_clock_rings_beside_a_timer_of_somebody_else() -> None:
    with no_hang():
        assert endless(0)


def test_the_outermost_clock_limits_all() -> None:
    def inner() -> str:
        try:
            limited(0.01, forever)
        except OutOfTimeError:
            return "inner"
        return ""

    def nested(_: int) -> str:
        try:
            return limited(0.1, inner)
        except OutOfTimeError:
            return "outer"

    assert outcomes(3, nested) == ["outer"] * 3


def spin(seconds: float) -> None:
    """Work for so long."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def short_clocks(count: int, seed: int) -> list[bool]:
    """Which of many computations that end about when their time does are out of it; nothing is raised beside them."""
    draw = random.Random(seed)
    found = []
    for _ in range(count):
        seconds = draw.choice([0, 1e-4, 5e-4, 1e-3])
        try:
            limited(seconds, limited, seconds / 2, spin, max(0.0, seconds + draw.uniform(-2e-4, 2e-4)))
            found.append(False)
        except OutOfTimeError:
            found.append(True)
        "".join(map(str, range(20)))
    spin(2 * RETRY_SECONDS)
    return found


@pytest.mark.parametrize("again", [RETRY_SECONDS, 0.0005])
def test_no_ring_comes_after_the_computation(again: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """The interpreter changes threads so often here that rings come in time."""
    monkeypatch.setattr("derivcli.engines.time_limit.RETRY_SECONDS", again)
    before = sys.getswitchinterval()
    sys.setswitchinterval(2e-5)
    try:
        found = outcomes(4, lambda seed: short_clocks(1500, seed))
    finally:
        sys.setswitchinterval(before)
    assert {out for each in found for out in each} == {False, True}


MATRIX = np.random.default_rng(0).random((1200, 1200))


def multiplied() -> object:
    """A computation whose last instruction lets other threads run, and is no call."""
    return MATRIX @ MATRIX


def waited() -> object:
    """Likewise."""
    for found in iter(partial(time.sleep, 0.05), ()):
        return found
    return None


def failed() -> None:
    """Likewise, and it ends with an exception."""
    for found in iter(partial(time.sleep, 0.05), ()):
        raise KeyError(found)


@pytest.mark.parametrize("work", [multiplied, waited, failed])
def test_no_ring_leaves_a_computation_that_ends_while_it_is_sent(work: Callable[[], object]) -> None:
    """Python raises what was sent as the next function begins, which is outside of the computation."""

    def outcome(_: int) -> str:
        try:
            limited(0.01, work)
        except (OutOfTimeError, KeyError) as end:
            return type(end).__name__
        spin(0.001)
        return "done"

    for _ in range(10):
        assert set(outcomes(2, outcome)) | {outcome(0)} <= {"OutOfTimeError", "KeyError", "done"}


@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt])
def test_an_exception_leaves_no_clock_behind(error: type[BaseException]) -> None:
    def broken() -> None:
        raise error

    with pytest.raises(error):
        limited(0.2, broken)
    spin(0.5)
    assert endless(0)


def test_what_a_computation_left_open_is_closed_before_its_clock_is_left() -> None:
    """Or it would put settings back after those that stand around it have done so."""
    closed = []

    def opened() -> Iterator[None]:
        try:
            yield
        finally:
            closed.append(True)

    def work() -> None:
        left = opened()
        next(left)
        forever()

    try:
        limited(0.1, work)
    except OutOfTimeError:
        assert closed


def test_a_watcher_that_cannot_start_is_started_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    watcher = _Watcher()
    monkeypatch.setattr("derivcli.engines.time_limit._watcher", watcher)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_more)
        with pytest.raises(RuntimeError, match="can't start"):
            endless(0)
    assert endless(0)
    assert watcher.thread is not None
    assert watcher.thread.is_alive()


def test_a_held_clock_rings_in_a_thread_once_it_may() -> None:
    def work(_: int) -> bool:
        try:
            limited(0.05, wait_for_the_clock)
        except OutOfTimeError:
            return True
        return False

    assert all(outcomes(3, work))


def test_clocks_keep_no_process_from_its_end() -> None:
    code = (
        "import threading, time\nfrom derivcli.engines.time_limit import limited\n"
        "threading.Thread(target=limited, args=(1000, time.sleep, 1000), daemon=True).start()\n"
        "limited(1000, time.sleep, 0.2)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=30, check=False).returncode == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_clock_rings_in_a_fork() -> None:
    """In a process of its own, since a fork of this one would have its threads' locks."""
    code = (
        "import os, warnings\nwarnings.simplefilter('ignore')\n"
        "from tests.test_clock import endless\nassert endless(0)\nchild = os.fork()\n"
        "if not child:\n    os._exit(0 if endless(0) else 1)\nassert os.waitpid(child, 0)[1] == 0\n"
    )
    assert subprocess.run([*python(), "-c", code], timeout=60, check=False).returncode == 0


@pytest.mark.parametrize(
    ("owner", "limit", "work"),
    [
        ("engines.symbolic", "DERIVATIVE_SECONDS", lambda: derive("gamma(x)", order=30)),
        ("explain.steps.derivation_builder", "DERIVATION_SECONDS", lambda: steps("x^x*sin(x^x)", order=4)),
        ("check.judge", "VERDICT_SECONDS", lambda: judge.within_time(never).message),
    ],
)
def test_a_computation_in_a_thread_ends_as_in_the_main_one(
    owner: str, limit: str, work: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.import_module(f"derivcli.{owner}"), limit, 0.02)

    def said(_: int) -> str:
        try:
            return repr(work())
        except DerivError as error:
            return str(error)

    here = said(0)
    assert "takes longer than" in here
    assert outcomes(2, said) == [here] * 2


ELLIPTIC = "ellipint(1, 2, 1, n, pi/2, m) + ellipint(9, 9, 9, n, m, 99) - ellipint(9, 9, 9, n, m, 99)"


def wait_for_the_clock() -> None:
    """What a library does that calls back until it is told that the time is over."""
    with held() as is_over:
        while not is_over():
            pass
    raise AssertionError("the clock rings as soon as it may")


def test_the_clock_waits_for_a_library_that_survives_no_exception() -> None:
    """FLINT calls back for every value that it integrates; the process would end where the clock rang in there."""
    with pytest.raises(OutOfTimeError):
        limited(0.05, wait_for_the_clock)
    words = [*python(), "-m", "derivcli", "answer", "elliptic_pi(n, m)", ELLIPTIC, "--wrt", "n"]
    assert subprocess.run(words, timeout=120, capture_output=True, check=False).returncode in (0, 1)
