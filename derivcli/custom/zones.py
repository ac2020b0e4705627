"""Where on a line numbers are wrong: intervals, whose ends are found by bisection to the last digit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from derivcli.custom.near_zero import NEAR
from derivcli.custom.zone_words import TEXT_DIGITS, End, Zone

SECTIONS = 24
"""Into so many parts an interval that holds an end is cut at once."""
MAX_PASSES = 14

FRESH_POINTS = 12
"""So many points that were not tried before are tried inside of what seems wrong."""
MIN_FRESH_WRONG = 3
MIN_FRESH_SHARE = 0.6

RIGHT_ONLY, AGREEING_TOO = (1,), (1, 2)
"""The states of numbers that are good."""
NEXT_SHARE = 1e-9
"""Numbers that differ by no larger part of them are next to each other."""

JUMP_FACTOR = 8.0
"""Where an error is so many times what is allowed, right up to the end, it jumps there."""

CLEAR_FACTOR = 20.0
"""An error is clear where it is so many times what is allowed."""

MAX_END_WIDTH = 0.02
"""An end that is known less well, as a part of the zone or of its place, is none."""
MAX_POWER = 4.5
"""An error that grows as a higher power of the distance from an end has no end there."""

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

    `status` is 1 where they are right, -1 where they are wrong, 2 where they agree with what is right but may be wrong
    too, and 0 where nothing is known. `errors` is how far they are off, of which `tolerance` is allowed, and `sizes`
    how large they are.
    """

    status: Tensor
    errors: Tensor
    tolerance: Tensor
    sizes: Tensor


Look: TypeAlias = Callable[[Tensor], Seen]
"""What tells what is known at numbers along a line."""


def zones(numbers: Tensor, status: Tensor, look: Look) -> tuple[list[Zone], bool]:
    """The zones of a line nearest to 0, and whether there are more, from what is known at numbers in order.

    They are confirmed by fresh points.
    """
    known = status.abs() == 1
    x, wrong = numbers[known], status[known] < 0
    runs = _confirmed(x, sorted(_runs(wrong), key=lambda run: x[run[0] : run[1] + 1].abs().min().item()), look)
    sides = [(run, step) for run in runs for step in (-1, 1)]
    brackets = dict(zip(sides, _brackets(x, sides, numbers[status == 1], numbers[status > 0], look), strict=True))
    every = (_zone(x, run, [brackets[run, step] for step in (-1, 1)], look) for run in runs)
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


def _brackets(
    x: Tensor, sides: Sequence[tuple[tuple[int, int], int]], right: Tensor, agreeing: Tensor, look: Look
) -> list[tuple[float, float] | None]:
    """For each side of a run a right and a wrong number as near to each other as they can be; None without a right one.

    One that only agrees stands for a right one where it is next to the wrong one, since there the error jumps.
    """
    pairs = [_side(x, good, *side) for side in sides for good in (right, agreeing)]
    given = [pair for pair in pairs if pair is not None]
    least = [
        state for pair, state in zip(pairs, [RIGHT_ONLY, AGREEING_TOO] * len(sides), strict=True) if pair is not None
    ]
    found = iter(_bisected(given, least, look))
    every = [None if pair is None else next(found) for pair in pairs]
    return [
        other if other is not None and abs(other[0] - other[1]) <= NEXT_SHARE * abs(other[1]) else one
        for one, other in zip(every[::2], every[1::2], strict=True)
    ]


def _side(x: Tensor, good: Tensor, run: tuple[int, int], step: int) -> tuple[float, float] | None:
    """The nearest good number and the last wrong one on a side of a run; None where there is no such."""
    bad = x[run[0] if step < 0 else run[1]]
    beyond = good[(good - bad) * step > 0]
    return ((beyond[0] if step > 0 else beyond[-1]).item(), bad.item()) if len(beyond) else None


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
    known = [int((each.abs() == 1).sum()) for each in states]
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


def _bisected(
    ends: Sequence[tuple[float, float]], states: Sequence[tuple[int, ...]], look: Look
) -> list[tuple[float, float]]:
    """The ends as pairs of a good and a wrong number, which come as near to each other as they can.

    For each there are the states of numbers that are good.
    """
    pairs = list(ends)
    parts = torch.arange(1, SECTIONS, dtype=torch.float64) / SECTIONS
    for _ in range(MAX_PASSES):
        open_places = [k for k, (good, bad) in enumerate(pairs) if math.nextafter(good, bad) != bad]
        if not open_places:
            break
        tried = torch.stack([pairs[k][0] + (pairs[k][1] - pairs[k][0]) * parts for k in open_places])
        seen = look(tried.flatten()).status.reshape(tried.shape).tolist()
        before = list(pairs)
        for k, numbers, found in zip(open_places, tried.tolist(), seen, strict=True):
            pairs[k] = _narrowed(pairs[k], numbers, found, states[k])
        if pairs == before:
            break
    return pairs


def _narrowed(
    pair: tuple[float, float], numbers: Sequence[float], found: Sequence[int], states: Sequence[int]
) -> tuple[float, float]:
    """The first wrong number after good ones, and the last good one before it."""
    good, bad = pair
    for number, state in zip(numbers, found, strict=True):
        if state < 0:
            return good, number
        if state in states:
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
