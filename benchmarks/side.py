"""Timing and reporting that the benchmarks share."""

import time
from collections.abc import Callable


def seconds(work: Callable[[], object], repeat: int = 1) -> float:
    """The time of one of `repeat` calls."""
    start = time.perf_counter()
    for _ in range(repeat):
        work()
    return (time.perf_counter() - start) / repeat


def report(what: str, figure: str, wanted: str, met: bool) -> None:
    """Print one line."""
    print(f"{'ok  ' if met else 'MISS'}  {what:<62} {figure:<34} wanted: {wanted}", flush=True)
