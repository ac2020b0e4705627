"""What a compiled kernel costs to make, and how many points a second it takes: `make bench`."""

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from benchmarks.side import report, seconds
from derivcli import parse
from derivcli.engines.chunks import CHUNK_POINTS
from derivcli.engines.task import Task, at_once
from derivcli.engines.torch import backward
from derivcli.engines.torch.compiled import prepared

TEXT = "sin(x)*exp(-x**2)+log(1+x**2)"
TEXTS = (TEXT, "max(x, x**2)*sigmoid(x)", "if(x > 0, sqrt(x), 0)")
CODE = """
import time
from derivcli import parse
from derivcli.engines import compiled
from derivcli.engines.task import Task
start = time.perf_counter()
compiled.prepared(Task([parse("{text}")], ("x",), [("x",)]))
print(time.perf_counter() - start)
"""


def bench() -> None:
    """Making kernels, and running them."""
    bench_making()
    for text in TEXTS:
        bench_points(text)


def making(text: str, folder: str) -> float:
    """The time that a process of its own takes to make a kernel."""
    environment = {**os.environ, "TORCHINDUCTOR_CACHE_DIR": folder}
    command = [sys.executable, "-c", CODE.format(text=text)]
    return float(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)


def bench_making() -> None:
    """A kernel made for the first time, and one that was kept."""
    with tempfile.TemporaryDirectory() as folder:
        for what, limit in (("made", 8), ("kept", 3)):
            time = making(TEXT, folder)
            report(f"a kernel of {TEXT}, {what}", f"{time:.1f} s", f"<= {limit} s", time <= limit)


def bench_points(text: str, chunks: int = 200) -> None:
    """Chunks in a loop, flags included, in one thread and in two."""
    at = {"x": np.linspace(0.1, 3, CHUNK_POINTS)}
    expressions = [parse(text)]
    work = partial(prepared(Task(expressions, ("x",), [("x",)])).run, at, None)
    work()
    alone = CHUNK_POINTS / seconds(work, chunks) / 1e6
    with ThreadPoolExecutor(2) as threads:
        both = 2 * CHUNK_POINTS / seconds(lambda: list(threads.map(lambda _: work(), range(2))), chunks) / 1e6
    slow = CHUNK_POINTS / seconds(lambda: at_once(backward.prepared, expressions, at, [("x",)]), chunks // 10) / 1e6
    figure = f"{alone:.0f}, {both:.0f} in two threads, {slow:.0f} uncompiled"
    report(f"{text}, million points a second", figure, ">= 200", alone >= 200)
