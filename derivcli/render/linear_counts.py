"""How many linear estimates of uncertainties are right, counted as results go by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from derivcli.propagated import LINEAR, NOT_DECIDED, OFF
from derivcli.render.quantities import named
from derivcli.result import Result

NOT_CHECKED = "the linear estimates of uncertainties are not checked; `shell:--check``python:check=True` judges them"


@dataclass(slots=True)
class LinearCounts:
    """For each function with uncertainties how many of its linear estimates are what LINEAR says."""

    counts: dict[str, list[int]] = field(default_factory=dict)

    def add(self, results: Sequence[Result]) -> None:
        """Count those of the next points."""
        for name, result in named(results):
            if result.propagated is not None:
                counts = self.counts.setdefault(name, [0] * len(LINEAR))
                found = result.propagated.linear[result.propagated.sigma == result.propagated.sigma]
                for code in range(len(LINEAR)):
                    counts[code] += int((found == code).sum())

    def lines(self) -> list[str]:
        """A line for each function of which some were judged."""
        found = []
        for name, (_, *counts) in self.counts.items():
            said = [f"{count:,} {word}" for word, count in zip(LINEAR[1:], counts, strict=True) if count]
            if said:
                found.append(f"linear estimates of the uncertainty of {name}: {', '.join(said)}")
        return found

    @property
    def is_unchecked(self) -> bool:
        """Whether there are some and none was judged."""
        totals = [sum(each) for each in zip(*self.counts.values(), strict=True)]
        return bool(totals) and totals[0] > 0 and not any(totals[1:])

    def notes(self, asked: bool) -> list[str]:
        """What is said where they are not shown: of those that are good only where a check was asked for."""
        if self.is_unchecked:
            return [NOT_CHECKED]
        doubtful = any(counts[OFF] or counts[NOT_DECIDED] for counts in self.counts.values())
        return self.lines() if asked or doubtful else []
