"""How far a long job is, on standard error, where that is a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

Tell = Callable[[str, int, int], None]
"""Is told what is being done, and how many of how many are done."""

PATIENCE = 1.0
"""Seconds before a bar appears."""

PAUSE = 0.1
"""Seconds between two looks at it."""


@contextmanager
def progress() -> Iterator[Tell | None]:
    """A bar for a job that lasts, gone when it is done; the job tells how much of how much it has done."""
    if not sys.stderr.isatty():
        yield None
        return
    with ExitStack() as shown:
        yield _teller(shown)


def _teller(shown: ExitStack) -> Tell:
    """What the job calls: it starts the bar once the job, from its first call on, has lasted long enough."""
    due = 0.0
    update: Tell | None = None

    def tell(what: str, done: int, total: int) -> None:
        nonlocal due, update
        due = due or time.monotonic() + PATIENCE
        if time.monotonic() < due and done < total:
            return
        due = time.monotonic() + PAUSE
        if update is None and done < total:
            update = _bar(shown)
        if update is not None:
            update(what, done, total)

    return tell


def _bar(shown: ExitStack) -> Tell:
    """A bar of Rich's, started."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    bar = shown.enter_context(Progress(*columns, console=Console(file=sys.stderr), transient=True))
    task = bar.add_task("", total=None)
    return lambda what, done, total: bar.update(task, description=what, completed=done, total=total)
