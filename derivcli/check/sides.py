"""The judge that uses only f: one-sided limits and derivatives from values beside a point.

Where a step of the formula touches a kink, a jump, an edge or 0/0, neither PyTorch's convention nor a symbolic
derivative is a witness. Values of f at x + h, x + 2h, ... for h of about 1e-30, 1e-36 and 1e-42, in hundreds of
digits, tell whether f is defined beside x, tends to f(x), and has a one-sided derivative of some order, to more
than twenty digits. It is accurate, not rigorous: nothing excludes what happens between the values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import comb

from flint import arb, fmpq

from derivcli.engines.balls.run import (
    Exact,
    NoValueError,
    TouchError,
    UnsureError,
    ball_of,
    coefficients,
    evaluate,
)
from derivcli.engines.balls.tape import Tape

STEPS = (100, 120, 140)
"""The steps are 2 to the minus these, of the size of x."""

PRECISIONS = (800, 1600, 3200)
TINY = arb(2) ** -1500
"""Smaller numbers are 0 here."""

NOTHING = arb(0)
PART = arb(2) ** -36
"""The part of how far values moved that their limit may be wrong by."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What three values tend to: a number, or an infinity with its sign; neither where they do not settle.

    `reach` is how far they moved; the number is known to a small part of it.
    """

    number: arb | None = None
    infinite: int = 0
    reach: arb = NOTHING

    @property
    def settled(self) -> bool:
        """Whether they tend to anything."""
        return self.number is not None or self.infinite != 0


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
class Local:
    """A function at a point and on both sides; `value` is None where it has none."""

    value: arb | None
    left: Side
    right: Side


def look(tape: Tape, at: Mapping[str, Exact], by: str, order: int) -> Local:
    """The function at the point and beside it; `order` is that of the one-sided derivatives.

    Raises UnsureError where the balls stay too wide.
    """
    for precision in PRECISIONS:
        try:
            return _Looking(tape, at, by, order, precision).local()
        except UnsureError:
            if precision == PRECISIONS[-1]:
                raise
    raise AssertionError("there is a last precision")


class _Looking:
    """One look at one precision."""

    def __init__(self, tape: Tape, at: Mapping[str, Exact], by: str, order: int, precision: int) -> None:
        self.tape, self.at, self.by, self.order, self.precision = tape, at, by, order, precision * max(order, 1)
        size = abs(ball_of(at[by], 64)).mid()
        self.scale = 0 if size == 0 else int(size.man_exp()[1]) + int(size.man_exp()[0]).bit_length()

    def local(self) -> Local:
        """Value and sides."""
        value = self.value(fmpq(0))
        return Local(value, self.side(-1, value), self.side(1, value))

    def value(self, offset: fmpq) -> arb | None:
        """f beside the point; None where it has no value."""
        try:
            # A ball that cannot be told from 0 is 0 here: at these precisions nothing else is so small.
            run = evaluate(self.tape, self.at, self.by, precision=self.precision, offset=offset, final=True)
        except (NoValueError, TouchError):
            return None
        return coefficients(run)[0]

    def side(self, direction: int, value: arb | None) -> Side:
        """One side, by three steps."""
        limits: list[arb] = []
        quotients: list[arb] = []
        for step in STEPS:
            h = fmpq(2) ** (self.scale - step) * direction
            values = []
            for k in range(1, self.order + 2):
                beside = self.value(k * h)
                if beside is None:
                    return Side(False)
                values.append(beside)
            limits.append(values[0])
            differences = values if value is None else [value, *values[:-1]]
            total = sum(
                ((-1) ** (self.order - k) * comb(self.order, k) * differences[k] for k in range(self.order + 1)), arb(0)
            )
            quotients.append(total / arb(h) ** self.order)
        limit = settle(limits)
        if value is not None and not is_near(limit, Limit(value)):
            return Side(True, limit)
        return Side(True, limit, settle(quotients), continues=value is not None)


def settle(values: list[arb]) -> Limit:
    """What three values tend to, by Aitken's extrapolation, which is exact for a + b*q**n."""
    first, second, third = values
    if any(value.rad() > TINY and value.rad() > arb(2) ** -60 * abs(value.mid()) for value in values):
        raise UnsureError
    before, after = second - first, third - second
    reach = abs(third - first)
    if abs(third) < TINY or abs(after) <= abs(third) * arb(2) ** -70:
        return Limit(third.mid(), reach=reach)
    if abs(after) * 2 < abs(before):
        limit = third - after * after / (after - before)
        return Limit(NOTHING if abs(limit) < reach * PART else limit.mid(), reach=reach)
    if abs(third) > abs(second) > abs(first) and (third > 0) == (first > 0):
        return Limit(infinite=1 if third > 0 else -1)
    return Limit()


def is_near(left: Limit, right: Limit) -> bool:
    """Whether two limits are the same number, as far as this judge can tell."""
    if left.number is None or right.number is None:
        return False
    difference, size = abs(left.number - right.number), abs(left.number) + abs(right.number)
    known_to = arb(2) ** -40 * size + PART * (left.reach + right.reach)
    return bool(difference < TINY or difference.lower() <= known_to.upper())
