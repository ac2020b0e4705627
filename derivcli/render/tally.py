"""What a reader of a long stream of results must know, counted as they go by."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from derivcli.check.exit_difference import results_differ
from derivcli.hints import COMMAND_LINE, spelled
from derivcli.render.blocks import Style
from derivcli.render.elasticity_notes import elasticity_notes, undefined_elasticities
from derivcli.render.flag_notes import FlagCounts
from derivcli.render.linear_counts import LinearCounts
from derivcli.render.verdicts import Findings, checked
from derivcli.result import Result


@dataclass(slots=True)
class Tally:
    """The points, flags and verdicts so far; nothing in it grows with the number of points."""

    style: Style
    points: int = 0
    differs: bool = False
    flags: FlagCounts = field(default_factory=FlagCounts)
    linear: LinearCounts = field(default_factory=LinearCounts)
    undefined_elasticities: int = 0
    findings: Findings | None = None
    """What the check found, if there is one."""
    remarks: list[str] = field(default_factory=list)
    """What else is to be said of the output."""
    start: float = field(default_factory=time.perf_counter)

    def add(self, results: Sequence[Result]) -> None:
        """Count the results of the next points."""
        self.points += len(results[0].flags)
        self.flags.add(results, self.style)
        self.linear.add(results)
        self.undefined_elasticities += undefined_elasticities(results)
        if checked(results):
            self.findings = self.findings or Findings(self.style)
            self.findings.add(results)
            self.differs = self.differs or results_differ(results)

    def notes(self) -> list[str]:
        """What the check found or, where nothing was checked, which flags the points have."""
        remarks = self.remarks + [spelled(note, COMMAND_LINE) for note in self.linear.notes(self.style.verdicts)]
        remarks += elasticity_notes(self.undefined_elasticities)
        if self.findings is None:
            return remarks + self.flags.sentences()
        return remarks + (self.findings.summary() if self.style.verdicts else []) + self.findings.lines()
