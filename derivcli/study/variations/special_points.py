"""What happens at the points of a course: zeros, critical points, inflections, extrema, ends, each with its verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from flint import arb

from derivcli.check.verdict import Verdict
from derivcli.study.numbers import number_in
from derivcli.study.study import Number, Piece, Sign, SpecialPoint
from derivcli.study.variations.course import Column, Section
from derivcli.study.variations.events import Event
from derivcli.study.variations.extrema import Beside, extremum_at, kind_between
from derivcli.study.variations.value_range import Span, span_of

DIGITS = 16
"""Digits of a float64."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A column with its number, what f is there, and on which sides it lies; `point` is there for a break."""

    x: Number
    column: Column
    value: Number | None
    left: Section | None
    right: Section | None
    point: SpecialPoint | None = None

    @property
    def event(self) -> Event | None:
        """The zeros there."""
        return self.column.event

    def sign(self, side: int, order: int) -> Sign:
        """The sign of a derivative on the left (-1) or the right (1); None where it is not known."""
        section = self.left if side < 0 else self.right
        return None if section is None or not section.defined else section.signs[order]

    def is_zero(self, order: int) -> bool:
        """Whether a derivative is 0 there and on both sides is not."""
        return self.event is not None and order in self.event.zeros

    @property
    def continues(self) -> bool:
        """Whether f is continuous there, on the sides on which it is defined."""
        if self.point is None:
            return self.value is not None
        limits = [limit for limit in (self.point.left, self.point.right) if limit is not None]
        return self.value is not None and self.point.kind not in ("jump", "oscillation", "isolated") and bool(limits)

    @property
    def slope(self) -> float | None:
        """The derivative at a break that has one on both sides."""
        if self.point is None or self.point.left_slope is None or self.point.right_slope is None:
            return None
        left, right = self.point.left_slope, self.point.right_slope
        return left.value if self.point.kind in ("regular", "kink") and left.value == right.value else None


def proved(x: Number) -> Verdict:
    """The verdict of a point that is proved."""
    return Verdict("proved", DIGITS, x.value)


def zeros(places: Sequence[Place]) -> Iterator[SpecialPoint]:
    """The points at which f is 0."""
    for place in places:
        if place.event is not None and 0 in place.event.zeros:
            zero = place.event.zeros[0]
            kind = "crossing" if zero.changes else "touching"
            yield SpecialPoint(place.x, kind, proved(place.x), multiplicity=zero.multiplicity, value=place.value)
        elif place.point is not None and place.value is not None and place.value.low == place.value.high == 0:
            signs = place.sign(-1, 0), place.sign(1, 0)
            kind = "zero" if None in signs or 0 in signs else "crossing" if signs[0] != signs[1] else "touching"
            yield SpecialPoint(place.x, kind, place.point.verdict, value=place.value)


def critical(places: Sequence[Place]) -> Iterator[SpecialPoint]:
    """The points at which f' is 0."""
    for place in places:
        if place.event is not None and 1 in place.event.zeros:
            zero = place.event.zeros[1]
            kind = kind_between(_sign(zero.before), _sign(zero.after))
            yield SpecialPoint(place.x, kind, proved(place.x), multiplicity=zero.multiplicity, value=place.value)
        elif place.point is not None and place.slope == 0:
            signs = place.sign(-1, 1), place.sign(1, 1)
            if signs == (0, 0):  # as everywhere around
                continue
            kind = kind_between(*signs)
            yield SpecialPoint(place.x, kind, place.point.verdict, value=place.value)


def inflections(places: Sequence[Place]) -> Iterator[SpecialPoint]:
    """The points inside the interval at which f has a derivative and f'' changes its sign."""
    for place in places:
        if place.left is None or place.right is None or place.column.is_end:
            continue
        if place.event is not None and 2 in place.event.zeros:
            zero = place.event.zeros[2]
            if zero.changes:
                verdict = proved(place.x)
                yield SpecialPoint(place.x, "inflection", verdict, multiplicity=zero.multiplicity, value=place.value)
        elif place.point is not None and (place.slope is not None or place.point.kind == "vertical"):
            signs = place.sign(-1, 2), place.sign(1, 2)
            if None not in signs and 0 not in signs and signs[0] != signs[1]:
                yield SpecialPoint(place.x, "inflection", place.point.verdict, value=place.value)


def extrema(places: Sequence[Place]) -> Iterator[SpecialPoint]:
    """The minima and maxima on the interval, its ends among them."""
    for place in places:
        if place.value is None:
            continue
        if place.event is not None and 1 in place.event.zeros and not place.column.is_end:
            zero = place.event.zeros[1]
            kind = kind_between(_sign(zero.before), _sign(zero.after))
        else:
            kind = extremum_at(place.value, _beside(place, -1), _beside(place, 1))
        if kind in ("minimum", "maximum"):
            verdict = proved(place.x) if place.point is None else place.point.verdict
            yield SpecialPoint(place.x, kind, verdict, value=place.value)


def _beside(place: Place, side: int) -> Beside | None:
    section = place.left if side < 0 else place.right
    if section is None or not section.defined:
        return None
    limit = place.value if place.point is None else place.point.left if side < 0 else place.point.right
    return Beside(limit, place.sign(side, 1))


def ends(places: Sequence[Place]) -> Iterator[SpecialPoint]:
    """The two ends of the interval, with the value or the limit there."""
    for place, side in ((places[0], 1), (places[-1], -1)):
        limit = limit_beside(place, side)
        left, right = (None, limit) if side > 0 else (limit, None)
        yield SpecialPoint(place.x, "end", proved(place.x), value=place.value, left=left, right=right)


def limit_beside(place: Place, side: int) -> Number | None:
    """What f tends to from the right (1) or from the left (-1) of a point."""
    section = place.left if side < 0 else place.right
    if section is None or not section.defined:
        return None
    if place.point is None:
        return place.value
    return place.point.left if side < 0 else place.point.right


def pieces(places: Sequence[Place]) -> Iterator[Piece]:
    """The sections with their ends."""
    for left, right in pairwise(places):
        section = left.right
        assert section is not None, "a section lies between two columns"
        yield Piece(left.x, right.x, section.defined, *section.signs)


def spans(places: Sequence[Place]) -> Iterator[Span]:
    """The intervals of values on each section, and the values at breaks."""
    for left, right in pairwise(places):
        if left.right is not None and left.right.defined:
            values = [place.value for place in (left, right) if place.value is not None and place.continues]
            limits = [limit_beside(left, 1), limit_beside(right, -1)]
            known = [limit for limit in limits if limit is not None]
            is_constant = left.right.signs[1] == 0
            found = span_of([*values, *known], []) if is_constant else span_of(values, known)
            if found is not None and None not in limits:
                yield found
    for place in places:
        if place.point is not None and place.value is not None:
            yield Span(place.value, place.value, True, True)


def limits(places: Sequence[Place]) -> Iterator[Number | None]:
    """What f tends to at breaks and infinite ends, which no extremum may fall short of; None where it is not known."""
    for place in places:
        for side, section in ((-1, place.left), (1, place.right)):
            if section is not None and section.defined and (place.point is not None or place.value is None):
                yield limit_beside(place, side)


def with_growth(end: Place) -> Place:
    """An infinite end, with the limit of f where f' and f'' show it.

    A function that rises and is convex tends to infinity there, and one that falls and is concave to minus infinity.
    """
    side = 1 if end.left is not None else -1
    if end.point is None or limit_beside(end, -side) is not None:
        return end
    outward, curvature = (end.sign(-side, 1) or 0) * side, end.sign(-side, 2)
    if not outward or curvature is None or outward * curvature < 0:
        return end
    limit = number_in(arb.pos_inf() if outward > 0 else arb.neg_inf())
    point = replace(end.point, left=limit) if side > 0 else replace(end.point, right=limit)
    return replace(end, point=replace(point, verdict=proved(end.x)))


def _sign(number: int) -> Sign:
    return 1 if number > 0 else -1 if number < 0 else 0
