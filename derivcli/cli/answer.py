"""What there is to say after an output."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Answer:
    """What there is to say after the output: notes for standard error, and whether a check failed."""

    notes: list[str] = field(default_factory=list)
    differs: bool = False
