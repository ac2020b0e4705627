"""Zones of a line, their ends as the shortest numbers that they may be, and where they are in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

TEXT_DIGITS = 6
"""A number is put into words in so many digits."""

ANY = "any number"
"""What a zone without ends has."""

SOMEWHERE = "at some of the points"
"""Where, if no words are true: zones whose ends nobody can tell."""

MAX_WORDED_ZONES = 2
"""Of more only one is put into words."""


@dataclass(frozen=True, slots=True)
class End:
    """An end of a zone: between two numbers that are right and wrong; `low` and `high` enclose it."""

    low: float
    high: float

    @property
    def text(self) -> str:
        """The shortest number that may be the end."""
        return shortest(self.low, self.high)


@dataclass(frozen=True, slots=True)
class Zone:
    """An interval in which numbers are wrong: an end is None where it goes on as far as anything is known.

    `shown` is a number in it where they are very wrong, by a part `share` of what they should be, and `vague` says
    that no ends can be told.
    """

    low: End | None
    high: End | None
    shown: float
    share: float = 1.0
    vague: bool = False

    def holds(self, numbers: Tensor) -> Tensor:
        """Which numbers lie in it."""
        low = -math.inf if self.low is None else self.low.low
        return (numbers >= low) & (numbers <= (math.inf if self.high is None else self.high.high))

    @property
    def mirrored(self) -> tuple[str, str]:
        """The texts of its ends with the other sign, in order; empty ones for none."""
        low, high = (End(-end.high, -end.low).text if end else "" for end in (self.low, self.high))
        return high, low

    @property
    def texts(self) -> tuple[str, str]:
        """The texts of its ends."""
        return (self.low.text if self.low else "", self.high.text if self.high else "")


def shortest(low: float, high: float) -> str:
    """The shortest number between two, in no more than six digits."""
    if low <= 0 <= high:
        return "0"
    small, large = min(abs(low), abs(high)), max(abs(low), abs(high))
    sign = "-" if high < 0 else ""
    for digits in range(1, TEXT_DIGITS):
        unit = 10.0 ** (math.floor(math.log10(large)) - digits + 1)
        text = f"{math.floor(large / unit) * unit:.{digits}g}"
        if small <= float(text) <= large:
            return sign + f"{float(text):.{TEXT_DIGITS}g}"
    return sign + f"{(small + large) / 2:.{TEXT_DIGITS}g}"


def where_text(name: str, found: Sequence[Zone], more: bool = False) -> str:
    """Where the numbers are wrong, in words: the zones nearest to 0, in order of the numbers."""
    if any(zone.vague for zone in found):
        return SOMEWHERE
    parts: list[tuple[float, str]] = []
    rest = list(found)
    while rest and len(parts) < MAX_WORDED_ZONES:
        zone = rest.pop(0)
        twin = next((other for other in rest if other.texts == zone.mirrored), None)
        if twin is not None:
            rest.remove(twin)
            zone = max(zone, twin, key=lambda each: each.shown)
        parts.append((zone.shown, _zone_text(name if twin is None else f"|{name}|", zone)))
    if rest or more:
        return f"where {parts[0][1]}, and elsewhere"
    return f"where {' or '.join(text for _, text in sorted(parts))}"


def _zone_text(name: str, zone: Zone) -> str:
    low, high = zone.texts
    if not low and not high:
        return f"{name} is {ANY}"
    if not low:
        return f"{name} is negative" if high == "0" else f"{name} is below {high}"
    if not high:
        return f"{name} is positive" if low == "0" else f"{name} is above {low}"
    if zone.mirrored == zone.texts:
        return f"|{name}| is below {high}"
    return f"{name} is between {low} and {high}"
