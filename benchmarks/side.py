"""Timing and reporting that the benchmarks share."""

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import permutations

DERIV = [sys.executable, "-m", "derivcli"]

os.environ["DERIV_WARM"] = "off"  # what is timed starts from nothing

PEAK = "print(int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]) // 1024)"
"""Code that prints a process's own peak memory in MiB; getrusage would count that of the process it came from."""


def seconds(work: Callable[[], object], repeat: int = 1) -> float:
    """The time of one of `repeat` calls."""
    start = time.perf_counter()
    for _ in range(repeat):
        work()
    return (time.perf_counter() - start) / repeat


def process(words: Sequence[str]) -> float:
    """The wall time of a process."""
    return seconds(lambda: subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))


def side_by_side(works: Sequence[Callable[[], object]], turns: int, repeat: int = 1) -> list[list[float]]:
    """The times of each in every turn; the order changes, since what runs before leaves its memory behind."""
    orders = list(permutations(range(len(works))))
    random.Random(0).shuffle(orders)  # else the first of many works would be first in many turns
    times = []
    for turn in range(turns):
        taken = {number: seconds(works[number], repeat) for number in orders[turn % len(orders)]}
        times.append([taken[number] for number in range(len(works))])
    return times


def median_ratio(times: list[list[float]], number: int, base: int) -> float:
    """How long one takes as a multiple of another, in the middle of all turns."""
    return statistics.median(turn[number] / turn[base] for turn in times)


def report(what: str, figure: str, wanted: str, met: bool) -> None:
    """Print one line."""
    print(f"{'ok  ' if met else 'MISS'}  {what:<62} {figure:<34} wanted: {wanted}", flush=True)
