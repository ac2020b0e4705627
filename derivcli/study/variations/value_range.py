"""The range of a function that is continuous on each of some sections: intervals of values, united."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from derivcli.study.study import Extent, Number
from derivcli.study.variations.extrema import compared


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """An interval of values, and whether it holds its ends."""

    low: Number
    high: Number
    has_low: bool
    has_high: bool


def span_of(values: Iterable[Number], limits: Iterable[Number]) -> Span | None:
    """The values that a continuous function has on a section: some at points of it, and limits at its open ends.

    Between them it rises or falls.
    """
    known = [(number, True) for number in values] + [(number, False) for number in limits]
    if not known:
        return None
    low, high = known[0], known[0]
    for each in known[1:]:
        low, high = _further(low, each, -1), _further(high, each, 1)
    return Span(low[0], high[0], low[1], high[1])


def _further(one: tuple[Number, bool], other: tuple[Number, bool], sense: int) -> tuple[Number, bool]:
    order = compared(other[0], one[0])
    if order is None or order == 0:
        best = one if one[0].exact is not None or other[0].exact is None else other
        return best[0], one[1] or other[1]
    return other if order == sense else one


def united(spans: Sequence[Span]) -> Extent | None:
    """The union of intervals, as its ends and the gaps between them."""
    if not spans:
        return None
    ordered = sorted(spans, key=lambda span: (span.low.value, not span.has_low))
    total, gaps, borders = ordered[0], [], []
    for span in ordered[1:]:
        order = compared(span.low, total.high)
        is_open = order == 0 and not (span.has_low or total.has_high)
        if order == 1 or is_open:
            gaps.append((total.high, span.low))
            borders.append((total.has_high, span.has_low))
        if compared(span.low, total.low) == 0:
            total = replace(total, has_low=total.has_low or span.has_low)
        further = _further((total.high, total.has_high), (span.high, span.has_high), 1)
        total = replace(total, high=further[0], has_high=further[1])
    return Extent(total.low, total.high, total.has_low, total.has_high, tuple(gaps), tuple(borders))
