"""How far a long job is, on standard error, where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tell = Callable[[int, int], None]

EVERY = 50
"""Steps between two looks at the bar."""


@contextmanager
def progress(what: str, shown: bool) -> Iterator[Tell | None]:
    """A bar that goes when the job is done; the job tells how much of how much it has done."""
    if not shown or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task(what, total=None)

        def tell(done: int, total: int) -> None:
            if done % EVERY < 2 or done == total:
                bar.update(task, completed=done, total=total)

        yield tell
