"""How far a long job is, on standard error, where that is a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from derivcli.cli.terminal import Canvas, Terminal
from derivcli.engines.task import Progress

PATIENCE = 1.0
"""Seconds before a bar appears."""

PAUSE = 0.1
"""Seconds between two looks at it."""


@contextmanager
def progress(wanted: bool = True) -> Iterator[Progress | None]:
    """A bar for a job that lasts, gone when it is done; the job tells how much of how much it has done."""
    if not wanted or not sys.stderr.isatty():
        yield None
        return
    with ExitStack() as shown:
        yield _teller(shown)


def _teller(shown: ExitStack) -> Progress:
    """What the job calls: it starts the bar once the job, from its first call on, has lasted long enough."""
    due = 0.0
    update: Progress | None = None

    def tell(what: str, done: int, total: int | None) -> None:
        nonlocal due, update
        due = due or time.monotonic() + PATIENCE
        ends = total is not None and done >= total
        lasts = total is None and not done  # and nothing more will be told until it is over
        if time.monotonic() < due and not ends and not lasts:
            return
        due = time.monotonic() + PAUSE
        if update is None and not ends:
            update = _bar(shown)
        if update is not None:
            update(what, done, total)

    return tell


def _bar(shown: ExitStack) -> Progress:
    """A bar of Rich's, started: what is done, how much of how much, how much a second, and the time that is left."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[counts]}"),
        TimeRemainingColumn(compact=True),
    )
    stream: Any = Canvas(sys.stderr) if isinstance(sys.stderr, Terminal) else sys.stderr
    # What is printed meanwhile goes its own way, not through the bar's, on which it could act.
    bar = shown.enter_context(
        Bar(
            *columns,
            console=Console(file=stream),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
    )
    task = bar.add_task("", total=None, counts="")
    start, first = time.monotonic(), 0

    def update(what: str, done: int, total: int | None) -> None:
        nonlocal first
        first = first or done
        rate = (done - first) / max(time.monotonic() - start, PAUSE)
        of = f" of {total:,}" if total is not None else ""
        counts = f"{done:,}{of}" + (f", {rate:,.0f}/s" if rate else "") if done else ""
        bar.update(task, description=what, completed=done, total=total, counts=counts)

    return update
