"""All zeros of a function's derivative of some order on an interval on which the function is analytic.

Where a Taylor model shows that g has no zero, there is none. Where its derivative has none, g has at most one, which
two signs decide and interval Newton steps narrow down. Where the m-th derivative of g has none and g with its first
m - 1 derivatives cannot be told from 0 at one place, g may touch 0 there: a `Touch`, for exact algebra to decide.
(Moore, Kearfott and Cloud, "Introduction to Interval Analysis", 2009, chapter 8.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flint import arb, arb_poly, ctx, fmpq

from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.integers import fraction
from derivcli.study.root_finding.taylor_model import SHIFT, Curve, TaylorModel, ball_between

MAX_MULTIPLICITY = 16

HALF = fmpq(1, 2)

FIRST_MULTIPLICITY, FIRST_LOOKS = 3, 12
"""Of so many first intervals no higher multiplicity is looked for."""

FIRM_BITS = 48
"""A zero that is known to so many bits is as narrow as the model tells where its value is not told from 0."""

MIN_WIDTH = arb(2) ** -60
"""A share of a model's interval that is not cut again."""

MAX_CUTS = 5_000
"""So many intervals of one model are looked at."""

EASY_LOOKS = 40
"""After so many looks a model is written anew about the middle of each interval, which costs more and tells more."""

NEWTON_STEPS = 80

NEAR_BITS = (80, 40, 20, 10)
"""Around a place at which a function seems to be 0, shares of an interval that are tried, as powers of 1/2."""

KNOWN_BITS = 80
"""A simple zero is narrowed down to so many bits, if its model is as good."""


NAME_BITS = 320
"""Bits of a zero that tell its formula."""


@dataclass(frozen=True, slots=True)
class Simple:
    """A zero at which the derivative is not 0: where it is, and an interval around it that holds no other.

    `rises` says whether the function goes from below 0 to above.
    """

    ball: arb
    low: fmpq
    high: fmpq
    rises: bool


@dataclass(frozen=True, slots=True)
class Touch:
    """A place where a function and `multiplicity` - 1 of its derivatives seem to be 0, and the next one is not.

    The next one is not 0 from `low` to `high` either. `sign` is its sign.
    """

    ball: arb
    low: fmpq
    high: fmpq
    multiplicity: int
    sign: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch on which nothing is decided."""

    low: fmpq
    high: fmpq


Found = Simple | Touch | Gap


def sign(ball: arb) -> int | None:
    """The sign of what a ball encloses, 0 only for the number 0; None where the ball does not tell."""
    return 1 if ball > 0 else -1 if ball < 0 else 0 if ball.is_zero() else None


def rational_end(end: arb) -> fmpq:
    """An end of a ball, which is exact, as a fraction."""
    found = fraction(end)
    assert found is not None, "the end of a ball is a fraction"
    return found


def isolated(model: TaylorModel, order: int, start: fmpq | None = None, stop: fmpq | None = None) -> Iterator[Found]:
    """The zeros of the derivative of an order inside a model's interval, at whose ends it is not 0, from the left.

    Those are looked for that lie between `start` and `stop`.
    """
    first = model.low if start is None else max(start, model.low)
    last = model.high if stop is None else min(stop, model.high)
    return _without_neighbours(_Search(model, order).all(first - model.centre, last - model.centre))


def _without_neighbours(found: Iterable[Found]) -> Iterator[Found]:
    """What was found, with gaps that meet as one."""
    gap: Gap | None = None
    for each in found:
        if isinstance(each, Gap) and gap is not None and gap.high == each.low:
            gap = Gap(gap.low, each.high)
            continue
        if gap is not None:
            yield gap
        gap = each if isinstance(each, Gap) else None
        if gap is None:
            yield each
    if gap is not None:
        yield gap


class _Search:
    """The search in one model. Numbers are distances from its centre."""

    def __init__(self, model: TaylorModel, order: int) -> None:
        self.model, self.order = model, order
        self.looks = 0

    def g(self, derivative: int) -> arb_poly:
        return self.model.derivative(self.order + derivative)

    def all(self, start: fmpq, stop: fmpq) -> Iterator[Found]:
        smallest = arb(stop - start) * MIN_WIDTH
        waiting = [(start, stop)]
        while waiting:
            low, high = waiting.pop()
            self.looks += 1
            x = ball_between(low, high)
            if not self._value(x, low, high).contains(0):
                continue
            slope = self.g(1)(x)
            if not slope.contains(0):
                yield from self._monotone(low, high)
                continue
            found = self._with_higher(x, low, high)
            if found is not None:
                yield from found
            else:
                cut = self._cut(low, high)
                if cut is None or self.looks > MAX_CUTS or arb(high - low) < smallest:
                    yield self._gap(low, high)
                else:
                    waiting += [(cut, high), (low, cut)]

    def _value(self, x: arb, low: fmpq, high: fmpq) -> arb:
        """What g comes to on an interval: as it is, by the mean value theorem, and by a polynomial of its own."""
        value = self.g(0)(x)
        if not value.contains(0):
            return value
        middle = arb((low + high) / 2)
        value = value.intersection(self.g(0)(middle) + self.g(1)(x) * (x - middle))
        if self.looks > EASY_LOOKS and value.contains(0):
            moved = self.g(0)(arb_poly([middle, 1]))
            value = value.intersection(moved(x - middle))
        return value

    def _cut(self, low: fmpq, high: fmpq) -> fmpq | None:
        """A place near the middle at which g is not 0; None where none is told from 0."""
        for numerator in (0, 3, -5, 7, -11):
            cut = low + (high - low) * (HALF + SHIFT + fmpq(numerator, 32))
            if sign(self.g(0)(arb(cut))):
                return cut
        return None

    def _monotone(self, low: fmpq, high: fmpq) -> Iterator[Found]:
        """The only zero, if there is one, of g where it rises or falls."""
        first, last = sign(self.g(0)(arb(low))), sign(self.g(0)(arb(high)))
        if not first or not last:
            yield self._gap(low, high)
        elif first != last:
            yield Simple(self._place(self._newton(0, low, high)), *self._ends(low, high), last > first)

    def _with_higher(self, x: arb, low: fmpq, high: fmpq) -> list[Found] | None:
        """The zeros where a higher derivative of g has none; None where that does not help."""
        for m in range(2, (MAX_MULTIPLICITY if self.looks > FIRST_LOOKS else FIRST_MULTIPLICITY) + 1):
            top = sign(self.g(m)(x))
            if not top:
                continue
            first, last = sign(self.g(m - 1)(arb(low))), sign(self.g(m - 1)(arb(high)))
            if not first or not last:
                return None
            if first == last:  # the derivative below has no zero either, which its ball does not show
                return [*self._monotone(low, high)] if m == 2 else None
            turn = self._newton(m - 1, low, high)
            values = [sign(self.g(k)(turn)) for k in range(m - 1)]
            if all(value is None or value == 0 for value in values):
                return [Touch(self._place(turn), *self._ends(low, high), m, top)]
            return self._both_sides(turn, low, high) if m == 2 else None
        return None

    def _both_sides(self, turn: arb, low: fmpq, high: fmpq) -> list[Found]:
        """The zeros of g on both sides of the place at which it turns, where it is not 0."""
        before, behind = rational_end(turn.lower()), rational_end(turn.upper())
        return [*self._monotone(low, max(low, before)), *self._monotone(min(high, behind), high)]

    def _newton(self, derivative: int, low: fmpq, high: fmpq) -> arb:
        """The zero of a derivative that rises or falls and has one sign at each end, as narrow as the model tells."""
        g, slope = self.g(derivative), self.g(derivative + 1)
        x = ball_between(low, high)
        rises = bool(g(arb(high)) > 0)
        for _ in range(NEWTON_STEPS):
            middle = arb(x.mid())
            value = g(middle)
            step = slope(x)
            narrower = middle - value / step if not step.contains(0) else x
            narrower = narrower.intersection(x) if narrower.is_finite() else x
            if narrower.rad() > 0.5 * x.rad():
                side = sign(value)
                if side:
                    left = (side > 0) == rises
                    half = x.lower().union(middle) if left else middle.union(x.upper())
                    narrower = half.intersection(narrower)
                elif x.rel_accuracy_bits() > FIRM_BITS:
                    return narrower
                else:
                    narrower = self._around(g, middle, x)
                    if narrower is x:
                        return x
            x = narrower
            if x.rel_accuracy_bits() > KNOWN_BITS and self._is_at_its_best(x, value):
                return x
        return x

    def _around(self, g: arb_poly, middle: arb, x: arb) -> arb:
        """A small interval around a place at which g cannot be told from 0, if g changes its sign on it; else x."""
        for bits in NEAR_BITS:
            step = x.rad() * arb(2) ** -bits
            before, behind = (middle - step).lower(), (middle + step).upper()
            if (sign(g(before)) or 0) * (sign(g(behind)) or 0) < 0:
                return before.union(behind)
        return x

    def _is_at_its_best(self, x: arb, value: arb) -> bool:
        return bool(x.rel_accuracy_bits() > ctx.prec - 16 or value.contains(0))

    def _place(self, x: arb) -> arb:
        return x + arb(self.model.centre)

    def _ends(self, low: fmpq, high: fmpq) -> tuple[fmpq, fmpq]:
        return self.model.centre + low, self.model.centre + high

    def _gap(self, low: fmpq, high: fmpq) -> Gap:
        return Gap(*self._ends(low, high))


def refined(curve: Curve, order: int, x: arb, precision: int) -> arb:
    """A simple zero of a derivative, known as a ball that holds no other, to about so many bits.

    Returns what is known where the function's own series do not show more.
    """
    for _ in range(NEWTON_STEPS):
        if x.rel_accuracy_bits() > precision - 24 or x.is_exact():
            return x
        ctx.prec = precision
        middle = arb(x.mid())
        try:
            value = curve.series(middle, order, precision)[order]
            slope = curve.series(x, order + 1, precision)[order + 1] * (order + 1)
        except (UnsureError, TouchError):
            return x
        ctx.prec = precision
        if slope.contains(0):
            return x
        narrower = (middle - value / slope).intersection(x)
        if narrower.rad() > 0.9 * x.rad():
            return narrower
        x = narrower
    return x
