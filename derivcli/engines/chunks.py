"""Many points chunk after chunk: what one chunk needs stays in the processor's cache, and each core has its own.

One pass of torch over ten million points writes every intermediate number to memory and reads it back; chunks of
this size run three times as fast, and take the same memory however many there are.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock, local
from typing import TypeVar

import numpy as np
import torch

from derivcli.engines.program import Program, Step
from derivcli.engines.special_functions.kernels import KERNELS
from derivcli.engines.task import Prepared, Progress
from derivcli.points.points import Points
from derivcli.result import FloatArray, Result

CHUNK_POINTS = 65_536
"""Fewer leave torch and Python too little to do at a time, more leave the cache."""

SLOW_CHUNK_POINTS = 2_048
"""Points of a chunk where each can take milliseconds, so that progress is reported often enough."""

MAX_CHUNK_NUMBERS = 1 << 25
"""Numbers that come out of one chunk, 256 MiB. Very many functions have fewer points at a time."""

CHUNKS_PER_THREAD = 2
"""Chunks that are computed or wait for each thread, so that no thread waits while a result is written."""

MALLOC_BLOCK_BYTES = (32 << 20) - 65_536
"""Bytes of about the largest block that glibc's malloc learns from."""

SINGLE_THREAD_OPERATIONS = frozenset((*KERNELS, "loggamma"))
"""Steps whose values or derivatives may be computed in high precision, in Python, which does one thing at a time.

So may whatever a user's own function does, which need not bear several threads either.
"""

_LOCK, _HERE = Lock(), local()
_inside = _before = 0
"""How many threads are in blocks with one thread for an operation, and how many torch had for one before the first."""

Item = TypeVar("Item")
Made = TypeVar("Made")


def allows_threads(programs: Iterable[Program]) -> bool:
    """Whether programs have no steps for which several threads are of no use."""
    return not any(_needs_one_thread(step) for program in programs for step in program.steps)


def _needs_one_thread(step: Step) -> bool:
    if step.kernel is not None or step.operation in SINGLE_THREAD_OPERATIONS:
        return True
    return not allows_threads(step.inner_programs)


def size_of(prepared: Prepared, numbers: int) -> int:
    """How many points a chunk has, where so many numbers come out at each."""
    return max(1, min(CHUNK_POINTS if prepared.threads else SLOW_CHUNK_POINTS, MAX_CHUNK_NUMBERS // max(1, numbers)))


def workers(threads: bool) -> int:
    """How many chunks are computed at once: as many as torch would use threads for one."""
    if not threads:
        return 1
    with _LOCK:  # since a thread that asks for the first time keeps what it is told
        return _before if _inside else torch.get_num_threads()


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread for an operation: on a chunk two take longer, since they wait for each other.

    The setting belongs to each thread that has used torch, and to all that will: so every thread puts it back
    when the outermost of its blocks ends.
    """
    global _inside, _before
    if getattr(_HERE, "inside", False):
        yield
        return
    with _LOCK:
        here = torch.get_num_threads()  # asked in any case, since a thread that never asked would not keep what is set
        _before = _before if _inside else here
        _inside += 1
        torch.set_num_threads(1)
    _HERE.inside = True
    try:
        yield
    finally:
        _HERE.inside = False
        with _LOCK:  # or a block that begins here would take the one thread for what was set before
            _inside -= 1
            torch.set_num_threads(_before)


def _forked() -> None:
    """Wait in the child of a fork for no thread that it does not have."""
    global _LOCK
    _LOCK = Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


def in_order(make: Callable[[Item], Made], items: Iterable[Item], workers: int) -> Iterator[Made]:
    """What is made of each item, in their order; several are made at once, and few are ever in hand."""
    _keep_memory()
    with one_thread():
        if workers == 1:
            yield from map(make, items)
            return
        pool = ThreadPoolExecutor(workers, "chunk")
        try:
            waiting: deque[Future[Made]] = deque()
            for item in items:
                waiting.append(pool.submit(make, item))
                if len(waiting) >= CHUNKS_PER_THREAD * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _keep_memory() -> None:
    """Let malloc keep what a chunk frees for the next one, up to 64 MiB, instead of giving it back to the system.

    That of glibc gives back less from then on when a large block is freed, used or not; to get memory anew for each
    chunk takes a sixth of the time. Others learn nothing from it.
    """
    np.empty(MALLOC_BLOCK_BYTES, np.uint8)


def whole(
    run: Callable[[Points, Progress | None], Sequence[Result]],
    points: Points,
    size: int,
    threads: bool,
    progress: Progress | None = None,
) -> list[Result]:
    """The results of a run over all points, in chunks of at most `size`, in arrays of their own."""
    if points.count <= size:
        with one_thread():
            return _copied(run(points, progress))
    parts, count = points.parts(size), workers(threads)
    first = next(parts)
    with one_thread():  # and alone, so that whatever is made once is made before several want it
        start = run(first, None)
    results = _empty(start, points.count)

    def fill(part: Points, found: Sequence[Result] | None = None) -> int:
        _put(results, run(part, None) if found is None else found, part.start - points.start)
        return part.count

    done = fill(first, start)
    for more in in_order(fill, parts, count):
        done += more
        if progress is not None:
            progress("differentiating", done, points.count)
    return results


def _copied(found: Sequence[Result]) -> list[Result]:
    """Results that share no memory with the points, nor with each other but for the points themselves."""
    at = {name: values.copy() for name, values in found[0].at.items()} if found else {}
    return [
        replace(
            result,
            at=at,
            value=result.value.copy(),
            derivatives={key: values.copy() for key, values in result.derivatives.items()},
            flags=result.flags.copy(),
        )
        for result in found
    ]


def _empty(like: Sequence[Result], count: int) -> list[Result]:

    def room(values: FloatArray) -> FloatArray:
        return np.empty(count, dtype=values.dtype)

    at = {name: room(values) for name, values in like[0].at.items()} if like else {}
    return [
        replace(
            result,
            at=at,
            value=room(result.value),
            derivatives={key: room(values) for key, values in result.derivatives.items()},
            flags=np.empty(count, dtype=result.flags.dtype),
        )
        for result in like
    ]


def _put(results: Sequence[Result], found: Sequence[Result], start: int) -> None:
    for result, part in zip(results, found, strict=True):
        here = slice(start, start + len(part.flags))
        for name, values in part.at.items() if result is results[0] else ():
            result.at[name][here] = values
        result.value[here], result.flags[here] = part.value, part.flags
        for key, values in part.derivatives.items():
            result.derivatives[key][here] = values
