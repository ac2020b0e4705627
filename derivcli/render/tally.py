"""What a reader of a long stream of results must know, counted as they go by."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from derivcli.render.notes import Sightings
from derivcli.render.verdicts import (
    MOST_LINES,
    checked,
    counts_of,
    cut_lines,
    differs,
    first_lines,
    hard_count,
    least_digits,
    summary_of,
    values_line,
)

if TYPE_CHECKING:
    from derivcli.render.columns import Style
    from derivcli.result import Result


@dataclass(slots=True)
class Tally:
    """The points, flags and verdicts so far; nothing in it grows with the number of points."""

    style: Style
    points: int = 0
    differs: bool = False
    sightings: Sightings = field(default_factory=Sightings)
    derivatives: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    digits: tuple[int, int] | None = None
    lines: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """What else is to be said of the output."""
    start: float = field(default_factory=time.perf_counter)
    """When the work began."""
    hard: int = 0

    def add(self, results: Sequence[Result]) -> None:
        """Count the results of the next points."""
        self.points += len(results[0].flags)
        self.sightings.add(results, self.style)
        if not checked(results):
            return
        derivatives, values = counts_of(results, self.style)
        self.derivatives += derivatives
        self.values += values
        here = least_digits(results, self.style)
        self.digits = here if self.digits is None else min(self.digits, here)
        self.hard += hard_count(results, self.style)
        self.lines += first_lines(results, self.style, MOST_LINES - len(self.lines))
        self.differs = self.differs or differs(results)

    def notes(self) -> list[str]:
        """What the check found or, where nothing was checked, what kinds of places the points touch."""
        if self.digits is None:
            return self.remarks + self.sightings.sentences()
        told = [summary_of(self.derivatives, self.digits, self.style), *values_line(self.values, self.style)]
        return self.remarks + (told if self.style.verdicts else []) + cut_lines(self.lines, self.hard)
