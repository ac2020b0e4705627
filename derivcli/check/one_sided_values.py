"""One-sided limits and derivatives as values of f near a point tell them.

Where a step of the formula touches a kink, a jump, an edge or 0/0, neither PyTorch's convention nor a symbolic
derivative is a witness. Where the formula has no known germ, values of f at x + h, x + 2h, ... for h from about
1e-30 to 1e-48, in hundreds of digits, tell whether f is defined beside x, tends to f(x), and has a one-sided
derivative of some order, to more than twenty digits. That is accurate, not rigorous: nothing excludes what happens
between the values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import comb
from typing import TypeAlias

from flint import arb, ctx, fmpq

from derivcli.engines.balls.errors import UnsureError
from derivcli.engines.balls.exact_constants import ExactConstant, Field

OffsetFunction: TypeAlias = Callable[[fmpq, int, bool], "arb | None"]
"""A function of the offset from the point; None where it has no value.

It is computed to a precision in bits; if that is said to be final, a step without a finite series has none.
"""

STEP_BITS = (100, 120, 140, 160)
"""The steps are 2 to the minus these, of the size of x."""

STEP_FACTORS = (fmpq(5678912345678911, 9007199254740881), fmpq(8765432198765431, 9007199254740847))
"""The steps are multiplied by both of these, which must show the same: at powers of 2 alone 1/x is whole."""

CLOSER_BITS = 300
"""Where a function seems to jump or to end, steps that are smaller by 2 to the minus this must confirm it."""

BITS_PER_ORDER = (800, 1600, 3200)

FIRST_BITS, FIRST_BITS_PER_ORDER = 540, 260
"""A first precision that is often enough, and what each order adds to it; here nothing is taken for 0."""

ZERO_SIZE = arb(2) ** -2000
"""Smaller numbers are 0 here."""

NO_ERROR = arb(0)
ERROR_SHARE = arb(2) ** -30
"""The error of a limit, relative to how far the values moved."""

MAX_UNCERTAINTY = arb(2) ** -20
"""A limit with a larger relative error is not known."""

MAX_RATIO = arb(0.9995)
"""Differences with a ratio nearer to 1 than this show no limit: those of a logarithm have the ratio 1."""

RATIO_TOLERANCE = arb(2) ** -20
"""Two ratios of differences count as the same up to this."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What four values tend to: a number, or an infinity with its sign; neither where they do not settle.

    `reach` is how far they moved; the number is known to a small part of it. `error` is how much it still changed with
    the last of them. An exact number is a `constant` of a `field`.
    """

    number: arb | None = None
    infinite: int = 0
    reach: arb = NO_ERROR
    error: arb = NO_ERROR
    constant: ExactConstant | None = None
    field: Field | None = None

    @property
    def settled(self) -> bool:
        """Whether they tend to anything."""
        return self.number is not None or self.infinite != 0

    def over(self, factor: int) -> Limit:
        """The limit of the values divided by a factor."""
        number = None if self.number is None else self.number / factor
        if self.constant is None or self.field is None:
            return Limit(number, self.infinite, self.reach / factor, self.error / factor)
        return Limit(number, constant=self.field.scaled(self.constant, fmpq(1, factor)), field=self.field)


@dataclass(frozen=True, slots=True)
class Side:
    """A function on one side of a point: whether it is defined there, its limit and its derivative.

    `continues` says that the limit is the value at the point; only then is the derivative that of the function.
    """

    defined: bool
    limit: Limit = Limit()
    derivative: Limit = Limit()
    continues: bool = False


@dataclass(frozen=True, slots=True)
class LocalBehavior:
    """A function at a point and on both sides, proved if `rigorous`; the value `here` is nothing where it has none."""

    here: Limit
    left: Side
    right: Side
    rigorous: bool = False

    @property
    def value(self) -> arb | None:
        """The value at the point as a ball."""
        return self.here.number

    def derivative(self) -> arb | None:
        """The derivative of two sides that have the same one; None where there is none."""
        sides = (self.left, self.right)
        if not all(side.defined and side.continues for side in sides):
            return None
        return self.right.derivative.number if is_near(self.left.derivative, self.right.derivative) else None


BehaviorByOrder: TypeAlias = Callable[[int, int], LocalBehavior]
"""The behavior of a function for derivatives of an order; the second number is the highest order asked for."""


def limits_by_values(
    function: OffsetFunction, scale: int, order: int, closer: int = 0, highest: int = 0
) -> LocalBehavior:
    """The function at the point and on both sides of it; `order` is that of the one-sided derivatives.

    Steps are of the size 2**scale, and smaller by 2**-closer. The precision is that for the order `highest`, if
    that is higher. Raises UnsureError where the balls stay too wide.
    """
    bits = max(order, highest, 1)
    local = _look(function, scale, order, closer, bits)
    doubtful = local.value is not None and not (local.left.continues and local.right.continues)
    return _look(function, scale, order, closer + CLOSER_BITS, bits) if doubtful and not closer else local


def _look(function: OffsetFunction, scale: int, order: int, closer: int, highest: int) -> LocalBehavior:
    """The function at the point and on both sides, with steps of one size, at as much precision as it needs."""
    for precision, final in _precisions(highest, closer):
        try:
            return _Differences(function, scale - closer, order, precision, final).local()
        except UnsureError as unsure:
            last = unsure
    raise last


def _precisions(order: int, closer: int) -> Iterator[tuple[int, bool]]:
    """Bits to try one after the other, and whether they are final."""
    if order > 1:
        yield FIRST_BITS + (FIRST_BITS_PER_ORDER + closer) * order, False
    for each in BITS_PER_ORDER:
        yield (each + 2 * closer) * order, True


@dataclass(frozen=True, slots=True)
class _Differences:
    """One look at one precision."""

    function: OffsetFunction
    scale: int
    order: int
    precision: int
    final: bool

    def local(self) -> LocalBehavior:
        """Value and sides."""
        value = self.function(fmpq(0), self.precision, self.final)
        return LocalBehavior(Limit(value), self.side(-1, value), self.side(1, value))

    def side(self, direction: int, value: arb | None) -> Side:
        """One side by four steps of each kind; a limit is one that both kinds show."""
        one, other = (self.side_by(factor * direction, value) for factor in STEP_FACTORS)
        if one.defined != other.defined:
            raise UnsureError
        limit = _common(one.limit, other.limit)
        return Side(one.defined, limit, _common(one.derivative, other.derivative), one.continues and other.continues)

    def side_by(self, direction: fmpq, value: arb | None) -> Side:
        """One side, by four steps."""
        limits: list[arb] = []
        quotients: list[arb] = []
        for step in STEP_BITS:
            h = fmpq(2) ** (self.scale - step) * direction
            values = []
            for k in range(1, self.order + 2):
                value_there = self.function(k * h, self.precision, self.final)
                if value_there is None:
                    return Side(False)
                values.append(value_there)
            limits.append(values[0])
            ctx.prec = self.precision
            differences = values if value is None else [value, *values[:-1]]
            total = sum(
                ((-1) ** (self.order - k) * comb(self.order, k) * differences[k] for k in range(self.order + 1)), arb(0)
            )
            quotients.append(total / arb(h) ** self.order)
        limit = settle(limits)
        if value is not None and not is_near(limit, Limit(value)):
            return Side(True, limit)
        return Side(True, limit, settle(quotients), continues=value is not None)


def _common(one: Limit, other: Limit) -> Limit:
    return one if is_near(one, other) or (one.infinite and one.infinite == other.infinite) else Limit()


def settle(values: list[arb]) -> Limit:
    """What four values tend to, by Aitken's extrapolation, which is exact for a + b*q**n."""
    if any(value.rad() > ZERO_SIZE and value.rad() > arb(2) ** -60 * abs(value.mid()) for value in values):
        raise UnsureError
    last = values[-1]
    differences = [after - before for before, after in pairwise(values)]
    reach = abs(last - values[0])
    shrinks = abs(last) < ZERO_SIZE and not abs(last) > abs(values[0])
    if shrinks or abs(differences[-1]) <= abs(last) * arb(2) ** -70:
        return Limit(arb(last.mid()), reach=reach, error=abs(differences[-1]).upper())
    if any(difference == 0 for difference in differences):
        return Limit()
    first, second = (after / before for before, after in pairwise(differences))
    if _shrinks(abs(first), abs(second)):
        earlier, later = (_aitken(*values[start : start + 3]) for start in (0, 1))
        if abs(later - earlier) > reach / 256:
            return Limit()
        number = arb(0) if abs(later) < reach * ERROR_SHARE else arb(later.mid())
        error = abs(later - number).upper() + abs(later - earlier).upper()
        is_noise = number != 0 and error > abs(number) * MAX_UNCERTAINTY
        return Limit() if is_noise else Limit(number, reach=reach, error=error)
    sizes = [abs(value) for value in values]
    slows = abs(first) < MAX_RATIO or abs(second) < MAX_RATIO  # as what tends to a number by way of 1/log(t) does
    grows = not slows and all(before < after for before, after in pairwise(sizes))
    if grows and all((value > 0) == (last > 0) for value in values):
        return Limit(infinite=1 if last > 0 else -1)
    return Limit()


def _shrinks(first: arb, second: arb) -> bool:
    """Whether differences with these ratios shrink as those of a sequence with a limit do: fast, or steadily."""
    if not (first < MAX_RATIO and second < MAX_RATIO):
        return False
    return bool((first < 0.5 and second < 0.5) or abs(first - second) < RATIO_TOLERANCE)


def _aitken(first: arb, second: arb, third: arb) -> arb:
    """The limit of a geometric sequence from three of its values."""
    before, after = second - first, third - second
    return third - after * after / (after - before)


def difference(left: Limit, right: Limit) -> arb | None:
    """How much more than one limit another one is, where both are exact numbers."""
    if left.field is None or left.constant is None or right.constant is None:
        return None
    return left.field.difference(right.constant, left.constant).ball


def is_near(left: Limit, right: Limit) -> bool:
    """Whether two limits are the same number: exactly, or as far as their digits tell."""
    if left.number is None or right.number is None:
        return False
    if left.field is not None and left.constant is not None and right.constant is not None:
        return left.field.is_same(left.constant, right.constant)
    difference, size = abs(left.number - right.number), abs(left.number) + abs(right.number)
    known_to = arb(2) ** -40 * size + ERROR_SHARE * (left.reach + right.reach)
    return bool(difference < ZERO_SIZE or difference.lower() <= known_to.upper())
