"""Extrema among special points, which of them are global, and the range: from enclosures of values and limits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from derivcli.check.verdict import Verdict
from derivcli.study.study import Number, Sign, SpecialPoint

PROVED, AGREES = Verdict("proved"), Verdict("agrees")


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """What f does on one side of a point: its limit there, and whether it rises (1) or falls (-1) to the right."""

    limit: Number | None
    slope: Sign


def kind_between(before: Sign, after: Sign) -> str:
    """What a point is at which f' is 0, by the signs of f' on both sides."""
    if before and after:
        return "flat" if before == after else "maximum" if before > 0 else "minimum"
    return "constant" if 0 in (before, after) else "critical"


def extremum_at(value: Number | None, left: Beside | None, right: Beside | None) -> str:
    """Whether f has a minimum or a maximum where it has a value, by what it does on the sides that there are."""
    if value is None:
        return ""
    senses = [_sense(value, left, 1), _sense(value, right, -1)]
    known = [sense for sense, side in zip(senses, (left, right), strict=True) if side is not None]
    if not known or any(sense is None or sense == 0 for sense in known) or len({*known}) > 1:
        return ""
    return "maximum" if known[0] == 1 else "minimum"


def _sense(value: Number, side: Beside | None, towards: int) -> int | None:
    """1 where f is below its value on a side, -1 above, 0 the same; None where that is not known.

    `towards` is 1 where going to the right leads to the point.
    """
    if side is None or side.limit is None:
        return None
    order = compared(side.limit, value)
    if order:
        return -order
    if order is None and not math.isclose(side.limit.value, value.value, rel_tol=1e-15, abs_tol=1e-300):
        return None
    return None if side.slope is None else side.slope * towards


def compared(one: Number, other: Number) -> int | None:
    """The order of two numbers: -1, 0, 1, or None where their enclosures do not tell."""
    if one.low > other.high:
        return 1
    if one.high < other.low:
        return -1
    if one.low == one.high == other.low == other.high and math.isfinite(one.low):
        return 0
    if one.exact is not None and other.exact is not None and one.exact.tree == other.exact.tree:
        return 0
    return 0 if math.isinf(one.value) and one.value == other.value else None


def with_extents(points: Sequence[SpecialPoint], limits: Iterable[Number], complete: bool) -> list[SpecialPoint]:
    """The minima and maxima, told apart into local and global ones; f also tends to some limits.

    Where the points are not `complete`, none is proved to be global.
    """
    numbers = [*limits, *(point.value for point in points if point.value is not None)]
    best = {kind: _furthest(numbers, sense) for kind, sense in (("minimum", -1), ("maximum", 1))}
    return [_with_extent(point, best[point.kind], complete) for point in points]


def _furthest(numbers: Sequence[Number], sense: int) -> list[Number]:
    """The greatest of some numbers or, with sense -1, the least: all that may be it, each once."""
    bound = max((number.low if sense > 0 else -number.high for number in numbers), default=math.nan)
    may_be = [number for number in numbers if (number.high if sense > 0 else -number.low) >= bound]
    return [*{(each.low, each.high, None if each.exact is None else each.exact.tree): each for each in may_be}.values()]


def _with_extent(point: SpecialPoint, best: Sequence[Number], complete: bool) -> SpecialPoint:
    assert point.value is not None, "f has a value at an extremum"
    orders = [compared(rival, point.value) for rival in best]
    if any(orders):
        return replace(point, extent="local")
    if not complete:
        return point
    verdict = AGREES if None in orders and len(best) > 1 and point.verdict.kind == "proved" else point.verdict
    return replace(point, extent="global", verdict=verdict)
