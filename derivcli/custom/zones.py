"""Where on a line numbers are wrong: intervals, whose ends are found by bisection to the last digit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from derivcli.custom.near_zero import NEAR

SECTIONS = 24
"""Into so many parts an interval that holds an end is cut at once."""
MAX_PASSES = 14

FRESH_POINTS = 12
"""So many points that were not tried before are tried inside of what seems wrong."""
MIN_FRESH_WRONG = 3
MIN_FRESH_SHARE = 0.6

JUMP_FACTOR = 8.0
"""Where an error is so many times what is allowed, right up to the end, it jumps there."""

CLEAR_FACTOR = 20.0
"""An error is clear where it is so many times what is allowed."""

MAX_END_WIDTH = 0.02
"""An end that is known less well, as a part of the zone or of its place, is none."""
MAX_POWER = 4.5
"""An error that grows as a higher power of the distance from an end has no end there."""

TEXT_DIGITS = 6

ANY = "any number"
"""What a zone without ends has."""

SOMEWHERE = "at some of the points"
"""Where, if no words are true: zones whose ends nobody can tell."""

MAX_WORDED_ZONES = 2
"""Of more only one is put into words."""

AGREEING_SHARE = 1e-4
"""Numbers that agree within this share of them are right, however small they are."""
SIGNIFICANT_FACTOR = 1e3

MAX_RUNS = 40
"""So many runs of wrong numbers are looked at, those nearest to 0."""
MAX_SHORT_RUNS = 12
"""And so many single numbers."""

MAX_ZONES = 4
"""So many zones are looked at, those nearest to 0."""

MAX_LOOKED = 48
"""Of so many points in a zone one is chosen to be shown."""
SHOWN_SHARE = 0.5
"""It is one whose error is no smaller part of the greatest; of these the nearest to 0."""

INSIGNIFICANT_POINTS = 24
"""So many points beyond an error that fades tell whether anything can be told there."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What is known of numbers at points of a line, each of shape (points,).

    `status` is 1 where they are right, -1 where they are wrong and 0 where nobody knows; `errors` is how far they are
    off, of which `tolerance` is allowed, and `sizes` how large they are.
    """

    status: Tensor
    errors: Tensor
    tolerance: Tensor
    sizes: Tensor


Look: TypeAlias = Callable[[Tensor], Seen]
"""What tells what is known at numbers along a line."""


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


def zones(numbers: Tensor, status: Tensor, look: Look) -> tuple[list[Zone], bool]:
    """The zones of a line nearest to 0, and whether there are more, from what is known at numbers in order.

    They are confirmed by fresh points.
    """
    known = status != 0
    x, wrong = numbers[known], status[known] < 0
    runs = _confirmed(x, sorted(_runs(wrong), key=lambda run: x[run[0] : run[1] + 1].abs().min().item()), look)
    sides = [(run, step) for run in runs for step in (-1, 1)]
    pairs = {side: _side(x, *side) for side in sides}
    closed = [side for side, pair in pairs.items() if pair is not None]
    brackets = dict(zip(closed, _bisected([pair for pair in pairs.values() if pair is not None], look), strict=True))
    every = (_zone(x, run, [brackets.get((run, step)) for step in (-1, 1)], look) for run in runs)
    found = _joined([zone for zone in every if zone is not None])
    return found[:MAX_ZONES], len(found) > MAX_ZONES


def _joined(found: Sequence[Zone]) -> list[Zone]:
    """The zones, those as one that meet at an end, where an error is 0 by chance; the nearest to 0 come first."""
    joined: list[Zone] = []
    for zone in sorted(found, key=lambda each: each.shown):
        before = joined[-1] if joined else None
        if before is not None and before.texts[1] and before.texts[1] == zone.texts[0]:
            shown, share = max(((each.shown, each.share) for each in (before, zone)), key=lambda pair: pair[1])
            joined[-1] = Zone(before.low, zone.high, shown, share, before.vague or zone.vague)
        else:
            joined.append(zone)
    return sorted(joined, key=lambda each: abs(each.shown))


def _side(x: Tensor, run: tuple[int, int], step: int) -> tuple[float, float] | None:
    """The last right and the first wrong number on one side of a run; None where nothing is known beyond it."""
    place = run[0] if step < 0 else run[1]
    return (x[place + step].item(), x[place].item()) if 0 <= place + step < len(x) else None


def _zone(x: Tensor, run: tuple[int, int], brackets: Sequence[tuple[float, float] | None], look: Look) -> Zone | None:
    """The zone of a run; None where nothing is known beside it, as where rounding is all that a function shows."""
    first, last = run
    inside = x[first : last + 1][:: max(1, (last - first) // MAX_LOOKED)]
    seen = look(inside)
    shares = (seen.errors / seen.sizes).nan_to_num(torch.inf).masked_fill(seen.status >= 0, -1.0)
    very = inside[shares >= SHOWN_SHARE * shares.max()]
    plain = very[[float(f"{number:.{TEXT_DIGITS}g}") == number for number in very.tolist()]]
    plain = plain if len(plain) else very
    ends, vague, gaps = [], False, 0
    for bracket, beyond in zip(brackets, (x[:first], x[last + 1 :]), strict=True):
        end = None if bracket is None else _end(*bracket, very.median().item(), look)
        ends.append(end)
        gaps += bracket is not None and not _is_narrow(*bracket, very.median().item())
        vague |= bracket is not None and end is None and not _insignificant(beyond, look)
    outer = [end for end, away in zip(ends, (inside[0] < 0, inside[-1] > 0), strict=True) if away]
    if (gaps and not any(ends)) or (inside.abs().max() < NEAR and None in outer):
        return None
    return Zone(ends[0], ends[1], plain[plain.abs().log().abs().argmin()].item(), shares.max().item(), vague)


def _is_narrow(good: float, bad: float, inside: float) -> bool:
    """Whether two numbers are near enough to each other for an end of what lies inside."""
    reach = abs(inside - bad)
    return abs(good - bad) <= MAX_END_WIDTH * min(reach or math.inf, max(abs(bad), reach))


def _runs(wrong: Tensor) -> Iterator[tuple[int, int]]:
    """The first and the last place of each run of true elements."""
    padded = torch.cat([torch.zeros(1), wrong.double(), torch.zeros(1)]).diff()
    starts, stops = (padded > 0).nonzero()[:, 0].tolist(), (padded < 0).nonzero()[:, 0].tolist()
    yield from ((start, stop - 1) for start, stop in zip(starts, stops, strict=True))


def _confirmed(x: Tensor, runs: Sequence[tuple[int, int]], look: Look) -> list[tuple[int, int]]:
    """Those runs in which points that were not tried before are wrong too."""
    long = [run for run in runs if run[0] < run[1]][:MAX_RUNS]
    short = [run for run in runs if run[0] == run[1]][:MAX_SHORT_RUNS]
    if not long and not short:
        return []
    fresh = [_within(x, *run) for run in long] + [_close(x, place) for place, _ in short]
    states = torch.split(look(torch.cat(fresh)).status, [len(each) for each in fresh])
    wrong = [int((each < 0).sum()) for each in states]
    known = [int((each != 0).sum()) for each in states]
    many = [
        count >= MIN_FRESH_WRONG and (run in short or count >= MIN_FRESH_SHARE * of)
        for run, count, of in zip([*long, *short], wrong, known, strict=True)
    ]
    confirmed = {run for run, each in zip([*long, *short], many, strict=True) if each}
    return [run for run in runs if run in confirmed][: MAX_ZONES + 1]


def _within(x: Tensor, first: int, last: int) -> Tensor:
    """Fresh points between those of a run."""
    parts = (torch.arange(1, FRESH_POINTS + 1, dtype=torch.float64) * 0.6180339887498949) % 1
    return x[first] + (x[last] - x[first]) * parts


def _close(x: Tensor, place: int) -> Tensor:
    """Fresh points close to the only one of a run, on both sides."""
    parts = 0.5 ** torch.arange(2, 2 + 4 * FRESH_POINTS, 4, dtype=torch.float64)
    before, after = x[max(place - 1, 0)], x[min(place + 1, len(x) - 1)]
    return torch.cat([x[place] + (after - x[place]) * parts, x[place] - (x[place] - before) * parts])


def _bisected(ends: Sequence[tuple[float, float]], look: Look) -> list[tuple[float, float]]:
    """The ends as pairs of a right and a wrong number, which come as near to each other as they can."""
    pairs = list(ends)
    parts = torch.arange(1, SECTIONS, dtype=torch.float64) / SECTIONS
    for _ in range(MAX_PASSES):
        open_places = [k for k, (good, bad) in enumerate(pairs) if math.nextafter(good, bad) != bad]
        if not open_places:
            break
        tried = torch.cat([pairs[k][0] + (pairs[k][1] - pairs[k][0]) * parts for k in open_places])
        seen = look(tried).status.reshape(len(open_places), -1).tolist()
        before = list(pairs)
        for k, numbers, states in zip(open_places, tried.reshape(len(open_places), -1).tolist(), seen, strict=True):
            pairs[k] = _narrowed(pairs[k], numbers, states)
        if pairs == before:
            break
    return pairs


def _narrowed(pair: tuple[float, float], numbers: Sequence[float], states: Sequence[int]) -> tuple[float, float]:
    """The first wrong number after right ones, and the last right one before it."""
    good, bad = pair
    for number, state in zip(numbers, states, strict=True):
        if state < 0:
            return good, number
        if state > 0:
            good = number
    return good, bad


def _end(good: float, bad: float, inside: float, look: Look) -> End | None:
    """The end between a right and a wrong number; None where the error fades, and has none."""
    seen = look(torch.tensor([bad, good], dtype=torch.float64))
    allowed = seen.tolerance.nan_to_num(0.0).max()
    if not (seen.errors[0] > JUMP_FACTOR * allowed) and not seen.errors[0].isnan():
        back = _distance(bad, inside, look)
        if back is None:
            return None
        good = bad + (2 * back + abs(bad - good)) * (1 if good > bad else -1)
    return End(min(good, bad), max(good, bad)) if _is_narrow(good, bad, inside) else None


def _distance(bad: float, inside: float, look: Look) -> float | None:
    """How far from its end an error is that grows as a power of the distance; None where it grows otherwise."""
    distances = 0.5 ** torch.arange(0, 50, dtype=torch.float64)
    seen = look(bad + (inside - bad) * distances)
    clear = seen.errors > CLEAR_FACTOR * seen.tolerance
    if not clear.any():
        return None
    k = int(clear.nonzero()[-1])  # the nearest at which the error is clear
    if k == 0:
        return None
    power = math.log2((seen.errors[k - 1] / seen.errors[k]).item())
    if not 0.1 < power < MAX_POWER:
        return None
    part: float = (seen.tolerance[k] / seen.errors[k]).item() ** (1 / power)
    return abs(inside - bad) * distances[k].item() * part


def _insignificant(numbers: Tensor, look: Look) -> bool:
    """Whether beyond an end the numbers are so small that wrong ones would pass for right too."""
    every = max(1, len(numbers) // INSIGNIFICANT_POINTS)
    seen = look(numbers[::every])
    digits = (seen.errors <= AGREEING_SHARE * seen.sizes) & (seen.sizes > 0)
    return not (digits | (seen.sizes > SIGNIFICANT_FACTOR * seen.tolerance)).any()


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
