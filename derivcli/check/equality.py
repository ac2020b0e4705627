"""Whether two quantities are the same, point by point, in ball arithmetic.

Where the balls do not meet the numbers differ, and that is proved. Where they meet and are narrow, the numbers
are the same to many digits, which proves nothing. Neither knows of SymPy's rules for derivatives.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from flint import arb, ctx, fmpq

from derivcli.check.enclosure import restored_context
from derivcli.check.one_sided import ExactLimits
from derivcli.engines.balls.coordinates import Coordinate, Path, rational
from derivcli.engines.balls.errors import NoValueError, TouchError, UnsureError
from derivcli.engines.balls.evaluation import evaluate
from derivcli.engines.balls.germs.germ import NoGermError
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import Tape, record
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.language.tree import Tree
from derivcli.result import Partial

Sample: TypeAlias = tuple[Fraction, ...]
"""A value for each variable."""

Place: TypeAlias = "Mapping[str, Coordinate]"
"""Where each variable is."""

PRECISION_BITS = (192, 384, 768, 1536)
"""Precisions that are tried in turn; the last ones serve numbers that nearly cancel."""

NARROW_BITS = 120
"""Relative accuracy in bits at which a number is known well enough: 36 digits."""

ZERO_SIZE = arb(2) ** -400
"""A number below this size that is not known well may be 0, or wrong by any factor."""

FINE_PRECISION_BITS, FINE_NARROW_BITS = (2400, 4096, 8192), 1800
"""The same for a second, closer look at numbers that seem to be equal."""

MAX_DIGITS = 500

MIN_POINTS = 4
"""Agreement at fewer points may be chance."""

POINT_SECONDS = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """A formula or one of its partial derivatives, by the variables of `partial`, as a function of the variables."""

    tape: Tape
    derivative: Derivative

    def ball(self, at: Place, precision: int) -> arb:
        """The number at a point; raises TouchError where there is none, UnsureError where it is not known."""
        try:
            return self.by_series(at, precision)
        except NoValueError:
            raise
        except TouchError:
            if self.derivative.dependent:
                raise
            return self.by_germs(at, precision)

    def by_germs(self, at: Place, precision: int) -> arb:
        """The derivative where the formula has no power series, as where relu(relu(x)) is 0; TouchError without one."""
        *earlier, (direction, order) = self.derivative.stages()
        number: arb | None = None
        try:
            with ctx.workprec(precision):
                limits = ExactLimits(self.tape, at, earlier, direction, (precision, PRECISION_BITS[-1]))
                for each in range(1, order + 1):
                    number = limits.local(each, order).derivative()
        except NoGermError:
            raise UnsureError from None
        if number is None:
            raise TouchError
        return number

    def by_series(self, at: Place, precision: int) -> arb:
        """The number that a power series gives."""

        def series(path: Path, order: int) -> list[arb]:
            run = Run(self.tape, path, order, precision, final=precision == PRECISION_BITS[-1])
            try:
                return evaluate(run, at)
            finally:
                if not run.rigorous:
                    raise UnsureError

        return self.derivative.enclosed(series, self.tape)


def quantity(tree: Tree, names: Sequence[str], partial: Partial = (), dependent: str = "") -> Quantity:
    """The partial derivative of a tree over the variables; the last name is taken first.

    With a `dependent` variable it is that of the function that the equation `tree` = 0 makes of it.
    """
    return Quantity(record(tree, names), Derivative(partial[::-1], dependent=dependent if partial else ""))


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """What two quantities are at a point.

    `kind` is "same" where both are known well, relative to their sizes, "different", "vanishing" where both are so
    close to 0 that each may be 0, "undefined" where only the second has no value, "outside" where the first
    has none, or "unsure". `digits` is how many are the same of numbers that are.
    """

    sample: Sample
    kind: str
    left: arb | None = None
    right: arb | None = None
    digits: int = 0
    reason: str = ""

    @property
    def has_both(self) -> bool:
        """Whether both have a value."""
        return self.kind in ("same", "different", "vanishing")


@dataclass(slots=True, eq=False)
class Comparison:
    """Two quantities over the variables `names`, and what is known of them.

    A sample in `places` stands for a point that it is only near to. About `seconds` are spent on points one after the
    other, and as much again on single ones.
    """

    names: Sequence[str]
    left: Quantity
    right: Quantity
    seconds: float = 5.0
    spent: float = 0.0
    known: dict[Sample, Match] = field(default_factory=dict)
    places: Mapping[Sample, Place] = field(default_factory=dict)

    def place(self, sample: Sample) -> Place:
        """Where the variables are at a sample."""
        return self.places.get(sample) or point(self.names, sample)

    def at(self, sample: Sample) -> Match:
        """What they are at a point, as far as there is time to know."""
        if sample not in self.known and self.spent > 2 * self.seconds:
            return Match(sample, "unsure")
        if sample not in self.known:
            self.known[sample] = self._anew(sample)
        return self.known[sample]

    def all(self, samples: Iterable[Sample]) -> Iterator[Match]:
        """What they are at every point for which there is time."""
        for sample in samples:
            if self.spent > self.seconds:
                return
            yield self.at(sample)

    def confirmed(self, match: Match) -> Match:
        """The match at a far higher precision, if there is time for that."""
        if match.kind not in ("same", "vanishing") or self.spent > self.seconds:
            return match
        narrow = FINE_NARROW_BITS if match.kind == "same" else NARROW_BITS
        found = self._anew(match.sample, FINE_PRECISION_BITS, narrow)
        if found.kind != "unsure" and (match.kind != "same" or found.kind != "vanishing"):
            match = found
        self.known[match.sample] = match
        return match

    def _anew(self, sample: Sample, precisions: Sequence[int] = PRECISION_BITS, narrow: int = NARROW_BITS) -> Match:
        start = time.monotonic()
        try:
            with restored_context():
                return limited(
                    POINT_SECONDS, matched, self.left, self.right, self.place(sample), sample, precisions, narrow
                )
        except OutOfTimeError:
            return Match(sample, "unsure")
        finally:
            self.spent += time.monotonic() - start


def matched(
    left: Quantity, right: Quantity, at: Place, sample: Sample, precisions: Sequence[int], narrow: int
) -> Match:
    """What two quantities are at a point, with the precision raised until that is known."""
    found = Match(sample, "unsure")
    for precision in precisions:
        with suppress(UnsureError):
            try:
                one = left.ball(at, precision)
            except TouchError:
                return Match(sample, "outside")
            try:
                other = right.ball(at, precision)
            except TouchError as place:
                return Match(sample, "undefined", one, reason=str(place))
            if not one.overlaps(other):
                return Match(sample, "different", one, other)
            if is_known(one, narrow) and is_known(other, narrow):
                return Match(sample, "same", one, other, same_digits(one, other))
            if abs(one) < ZERO_SIZE and abs(other) < ZERO_SIZE:
                found = Match(sample, "vanishing", one, other)
    return found


def is_known(ball: arb, narrow: int = NARROW_BITS) -> bool:
    """Whether a number is known to many digits relative to its size; 0 is where it is exact."""
    return bool(ball.is_finite() and ball.rel_accuracy_bits() >= narrow)


def same_digits(one: arb, other: arb) -> int:
    """How many digits of two overlapping numbers that are both known are sure to be the same."""
    if one == 0 and other == 0:
        return MAX_DIGITS
    relative = (abs(one - other) / abs(one)).upper()
    return MAX_DIGITS if relative == 0 else min(MAX_DIGITS, int(float((-relative.log() / arb(10).log()).mid())))


def known_matches(matches: Iterable[Match]) -> list[Match]:
    """The matches whose second number is known well enough to be compared with others."""
    return [match for match in matches if match.right is not None and is_known(match.right)]


def are_same(pairs: Iterable[tuple[arb | None, arb | None]], least: int) -> bool:
    """Whether two numbers are the same wherever both are known, at `least` so many points."""
    count = 0
    for one, other in pairs:
        if one is not None and other is not None:
            if not one.overlaps(other):
                return False
            count += 1
    return count >= least


def total(balls: Sequence[arb | None]) -> arb | None:
    """The sum of some numbers; None where one is not known."""
    known = [ball for ball in balls if ball is not None]
    with ctx.workprec(PRECISION_BITS[0]):
        return sum(known, arb(0)) if len(known) == len(balls) else None


def value(candidate: Quantity, at: Place) -> arb | None:
    """The number that a quantity is at a point, where it is one and becomes known well enough."""
    for precision in PRECISION_BITS[:2]:
        with suppress(UnsureError), restored_context():
            try:
                ball = candidate.ball(at, precision)
            except TouchError:
                return None
            if is_known(ball):
                return ball
    return None


def constant_value(constant: Tree) -> arb:
    """The number that a formula without variables is."""
    known = value(quantity(constant, ()), {})
    assert known is not None, "a constant has a value"
    return known


def point(names: Sequence[str], sample: Sample) -> dict[str, fmpq]:
    """A sample as coordinates."""
    return {name: rational(each) for name, each in zip(names, sample, strict=True)}


def ratio(matches: Iterable[Match]) -> arb | None:
    """How many times the first number the second one is, if that is the same at all of several points."""
    with ctx.workprec(PRECISION_BITS[0]):
        return _shared(right / left for left, right in _pairs(matches) if abs(left) > 0)


def offset(matches: Iterable[Match]) -> arb | None:
    """How much more than the first number the second one is, if that is the same at all of several points."""
    with ctx.workprec(PRECISION_BITS[0]):
        return _shared(right - left for left, right in _pairs(matches))


def difference(one: arb, other: arb) -> arb:
    """How much more the second number is."""
    with ctx.workprec(FINE_PRECISION_BITS[-1]):
        return other - one


def error(matches: Iterable[Match]) -> float:
    """The largest relative difference of the two numbers."""
    found = [abs(right - left) / abs(left) for left, right in _pairs(matches) if abs(left) > 0]
    return max((float(each.mid()) for each in found), default=1.0)


def fraction_of(ball: arb, largest: int) -> Fraction | None:
    """The fraction with no larger denominator that a number is, as far as it is known."""
    with suppress(OverflowError, ValueError), ctx.workprec(PRECISION_BITS[0]):
        near = Fraction(float(ball.mid())).limit_denominator(largest)
        if is_number(ball, near):
            return near
    return None


def is_number(ball: arb, number: Fraction) -> bool:
    """Whether a number is a fraction, as far as it is known."""
    with ctx.workprec(PRECISION_BITS[0]):
        return bool(ball.overlaps(arb(rational(number))))


def multiples(ball: arb, constant: Tree) -> tuple[arb, arb]:
    """How many times a constant a number is, and how many times one over it."""
    known = constant_value(constant)
    with ctx.workprec(PRECISION_BITS[0]):
        return ball / known, ball * known


def _pairs(matches: Iterable[Match]) -> Iterator[tuple[arb, arb]]:
    """The two numbers at every point that has both, where both are known well."""
    for match in matches:
        if match.left is not None and match.right is not None and is_known(match.left) and is_known(match.right):
            yield match.left, match.right


def _shared(balls: Iterable[arb]) -> arb | None:
    """The number that several balls have in common, as narrowly as one of them tells it."""
    found = list(balls)
    if len(found) < MIN_POINTS or any(not found[0].overlaps(ball) for ball in found):
        return None
    return min(found, key=lambda ball: float(ball.rad()))
