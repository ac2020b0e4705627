"""All zeros of a formula and of its first derivatives on an interval, each with its multiplicity, and what is open.

The interval falls into stretches between walls: its ends, and the points at which the formula may not be analytic.
Beside such a point, and towards infinity, a proof of one sign says that there is no zero up to where Taylor models
begin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from flint import arb, fmpq

from derivcli.simplify.domains.roots import Root
from derivcli.study.breaks.break_points import BreakPoint
from derivcli.study.breaks.kinds import Break
from derivcli.study.root_finding.isolation import Found, Gap, Simple, Touch, isolated, rational_end
from derivcli.study.root_finding.taylor_model import Curve, TaylorModel, model, models

ORDERS = (0, 1, 2)
"""The function and the derivatives whose zeros are told."""

NEAR_SHARE = fmpq(1, 2**30)
"""Where no sign beside a wall is proved, this share of the stretch beside it stays open."""

GAP_MARGIN = fmpq(1, 3)
"""By this share of its length a gap is seen with what is beside it."""

MAX_DEPTH = 12
"""A gap is seen so many times, each time nearer."""

WILD_SHARE = fmpq(1, 64)
"""The same beside a point at which the function oscillates without end."""


@dataclass(frozen=True, slots=True, eq=False)
class Zero:
    """A zero of a function: where, how many derivatives beginning with the function are 0 there, and its signs.

    It is the only zero from `low` to `high`. `before` and `after` are the signs of the function on both sides.
    """

    root: Root
    multiplicity: int
    before: int
    after: int
    low: fmpq
    high: fmpq

    @property
    def changes(self) -> bool:
        """Whether the function changes its sign."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Open:
    """A stretch on which the zeros of a derivative, or the points where f is not analytic, are not decided."""

    low: arb
    high: arb
    order: int | None
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Wall:
    """An end of a stretch. Where the formula may not be analytic, `break_` says what the function does there.

    `point` has the equations that hold there, where they are known.
    """

    root: Root
    break_: Break | None = None
    point: BreakPoint | None = None

    @property
    def special(self) -> bool:
        """Whether the formula may not be analytic there."""
        return self.break_ is not None

    @property
    def wild(self) -> bool:
        """Whether the function oscillates without end beside it."""
        return self.break_ is not None and (self.break_.oscillates or self.break_.kind == "oscillation")

    @property
    def is_infinite(self) -> bool:
        """Whether it is an end of the whole line."""
        return not self.root.ball.is_finite()


@dataclass(slots=True, eq=False)
class Stretch:
    """What is known between two walls, by the order of the derivative.

    `throughout` are the orders of derivatives that are 0 on all of it. Where f is not `defined`, nothing is looked for.
    `curve` is the one formula that f is on it.
    """

    left: Wall
    right: Wall
    defined: bool = True
    zeros: dict[int, list[Zero]] = field(default_factory=dict)
    throughout: set[int] = field(default_factory=set)
    curve: Curve | None = None
    open: list[Open] = field(default_factory=list)


def is_outside(stretch: Stretch, low: Root, high: Root) -> bool:
    """Whether a stretch meets the interval in one point at most."""
    before, behind = stretch.right.root.ball, stretch.left.root.ball
    return bool(
        before < low.ball or behind > high.ball or is_same(stretch.right.root, low) or is_same(stretch.left.root, high)
    )


def is_same(one: Root, other: Root) -> bool:
    """Whether two numbers are the same, as far as their digits tell."""
    return one is other or bool(one.ball.overlaps(other.ball))


class EndlessError(Exception):
    """Nothing is proved of a function towards an end of the line."""


ENDLESS = "nothing is proved of it towards infinity"


@dataclass(frozen=True, slots=True, eq=False)
class Means:
    """What decides where Taylor models do not: beside walls, where a derivative touches 0, where it is 0 throughout."""

    beside: Callable[[Wall, int, int], tuple[fmpq, int] | None]
    """Takes a wall, a side (1: behind it) and an order. Proves one sign up to a number, or none."""
    decide: Callable[[Touch, int], list[Zero] | Open]
    is_zero: Callable[[int], bool]
    """Whether the derivative of an order is proved to be 0 wherever f is defined."""


def fill(stretch: Stretch, curve: Curve, orders: Sequence[int], means: Means) -> None:
    """Find all zeros of the derivatives of some orders between the walls of a stretch, on which f is analytic."""
    stretch.zeros |= {order: [] for order in orders}
    if not orders:
        return
    starts = {order: _start(stretch, order, means, 1) for order in orders}
    ends = {order: _start(stretch, order, means, -1) for order in orders}
    orders = [order for order in orders if order not in stretch.throughout]
    if not orders:
        return
    low, high = min(starts[order] for order in orders), max(ends[order] for order in orders)
    for each in models(curve, low, high):
        if not isinstance(each, TaylorModel):
            stretch.open += [Open(arb(each[0]), arb(each[1]), order, _why(curve)) for order in orders]
            continue
        for order in orders:
            if not starts[order] < each.high or not each.low < ends[order]:
                continue  # here a sign is proved
            if order in stretch.throughout or each.is_zero(order):
                stretch.throughout.add(order)
            elif not each.may_be_zero(order):
                found = isolated(each, order, starts[order], ends[order])
                _add(stretch, order, _closer(curve, order, found, (low, high)), means)
            elif means.is_zero(order):
                stretch.throughout.add(order)
            else:
                _add(stretch, order, [Gap(each.low, each.high)], means)
    for order in stretch.throughout:
        stretch.zeros[order].clear()


def _closer(
    curve: Curve, order: int, found: Iterable[Found], within: tuple[fmpq, fmpq], depth: int = MAX_DEPTH
) -> Iterator[Found]:
    """What a model shows, its gaps seen again by models of their own.

    Beside a multiple zero a function is smaller than what a model leaves out. That of a shorter one leaves out less.
    """
    for each in found:
        if not isinstance(each, Gap) or not depth or curve.is_late:
            yield each
            continue
        margin = (each.high - each.low) * GAP_MARGIN
        near = model(curve, max(each.low - margin, within[0]), min(each.high + margin, within[1]))
        again = [*_inside(each, isolated(near, order))] if isinstance(near, TaylorModel) else [each]
        if each in again:
            yield each
        else:
            yield from _closer(curve, order, again, within, depth - 1)


def _inside(gap: Gap, found: Iterable[Found]) -> Iterator[Found]:
    """What was found in a gap; the gap itself where a zero lies across one of its ends."""
    for each in found:
        if isinstance(each, Gap):
            low, high = max(gap.low, each.low), min(gap.high, each.high)
            if low < high:
                yield Gap(low, high)
        elif not _is_beside(gap, each):
            yield each if _lies_in(gap, each) else gap


def _is_beside(gap: Gap, found: Simple | Touch) -> bool:
    return bool(found.ball < arb(gap.low)) or bool(found.ball > arb(gap.high))


def _lies_in(gap: Gap, found: Simple | Touch) -> bool:
    return bool(found.ball > arb(gap.low)) and bool(found.ball < arb(gap.high))


def _add(stretch: Stretch, order: int, found: Iterable[Found], means: Means) -> None:
    """Write down what a model shows of the zeros of a derivative."""
    for each in found:
        settled = _settled(order, each, means)
        if isinstance(settled, Open):
            stretch.open.append(settled)
        else:
            stretch.zeros[order] += settled


def _why(curve: Curve) -> str:
    return "the time is over" if curve.is_late else "no power series is found there"


def _start(stretch: Stretch, order: int, means: Means, side: int) -> fmpq:
    """Where the search for zeros begins behind the left wall (side 1), or ends before the right one (side -1)."""
    wall = stretch.left if side > 0 else stretch.right
    if not wall.special and not wall.is_infinite:
        return exact_end(wall.root, side)
    found = means.beside(wall, side, order)
    if found is not None:
        if found[1] == 0:  # and so wherever f is analytic beside that
            stretch.throughout.add(order)
        return found[0]
    if means.is_zero(order):
        stretch.throughout.add(order)
        return fmpq(0)  # nothing is looked for
    if wall.is_infinite:
        raise EndlessError
    other = stretch.right if side > 0 else stretch.left
    ends = [exact_end(each.root, side) for each in (wall, other) if not each.is_infinite]
    share = WILD_SHARE if wall.wild else NEAR_SHARE
    width = abs(ends[1] - ends[0]) if len(ends) > 1 else fmpq(1)
    start = ends[0] + side * share * width
    low, high = sorted([wall.root.ball, arb(start)], key=lambda ball: float(ball.mid()))
    why = "the function oscillates there" if wall.wild else "no sign beside this point is proved"
    stretch.open.append(Open(low, high, order, why))
    return start


def exact_end(root: Root, side: int) -> fmpq:
    """A rational number that is not before a number, as seen in the sense of a side, and as good as it."""
    if isinstance(root.where, fmpq):
        return root.where
    return rational_end(root.ball.upper() if side > 0 else root.ball.lower())


def _settled(order: int, found: Found, means: Means) -> list[Zero] | Open:
    if isinstance(found, Gap):
        return Open(arb(found.low), arb(found.high), order, "the function is too near to 0 there")
    if isinstance(found, Touch):
        return means.decide(found, order)
    after = 1 if found.rises else -1
    return [Zero(Root(found.ball, found.ball), 1, -after, after, found.low, found.high)]
