"""All zeros of a formula and of its first derivatives on an interval, each with its multiplicity, and what is open.

The interval falls into stretches between walls: its ends, and the points at which the formula may not be analytic.
Beside such a point, and towards infinity, a proof of one sign says that there is no zero up to where Taylor models
begin.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from flint import arb, fmpq

from derivcli.simplify.domains.roots import Root
from derivcli.study.isolation import Found, Gap, Touch, isolated, rational_end
from derivcli.study.taylor_model import Curve, TaylorModel, models

ORDERS = (0, 1, 2)
"""The function and the derivatives whose zeros are told."""

NEAR_SHARE = fmpq(1, 2**30)
"""Where no sign beside a wall is proved, this share of the stretch beside it stays open."""

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
    """An end of a stretch. At a `special` one the formula may not be analytic; `wild` says that it oscillates there."""

    root: Root
    special: bool = False
    wild: bool = False

    @property
    def is_infinite(self) -> bool:
        """Whether it is an end of the whole line."""
        return not self.root.ball.is_finite()


@dataclass(slots=True, eq=False)
class Stretch:
    """What is known between two walls, by the order of the derivative.

    `throughout` are the orders of derivatives that are 0 on all of it. Where f is not `defined`, nothing is looked for.
    """

    left: Wall
    right: Wall
    defined: bool = True
    zeros: dict[int, list[Zero]] = field(default_factory=dict)
    throughout: set[int] = field(default_factory=set)
    open: list[Open] = field(default_factory=list)


SignBeside: TypeAlias = Callable[[Wall, int, int], "tuple[fmpq, int] | None"]
"""Takes a wall, a side (1: behind it) and an order. Proves one sign up to a distance from the wall, or none."""

Decide: TypeAlias = Callable[[Curve, int, Touch], "list[Zero] | Open"]
"""Decides whether a derivative that touches 0 as far as balls tell does so."""


def fill(stretch: Stretch, curve: Curve, orders: Sequence[int], beside: SignBeside, decide: Decide) -> None:
    """Find all zeros of the derivatives of some orders between the walls of a stretch, on which f is analytic."""
    starts = {order: _start(stretch, order, beside, 1) for order in orders}
    ends = {order: _start(stretch, order, beside, -1) for order in orders}
    low, high = min(starts.values()), max(ends.values())
    for order in orders:
        stretch.zeros[order] = []
    for each in models(curve, low, high):
        if not isinstance(each, TaylorModel):
            stretch.open += [Open(arb(each[0]), arb(each[1]), order, _why(curve)) for order in orders]
            continue
        for order in orders:
            if not starts[order] < each.high or not each.low < ends[order]:
                continue  # here a sign is proved
            if order in stretch.throughout or each.is_zero(order):
                stretch.throughout.add(order)
                continue
            for found in isolated(each, order):
                settled = _settled(curve, order, found, decide)
                if isinstance(settled, Open):
                    stretch.open.append(settled)
                else:
                    stretch.zeros[order] += settled
    for order in stretch.throughout:
        stretch.zeros[order].clear()


def _why(curve: Curve) -> str:
    return "the time is over" if curve.is_late else "no power series is found there"


def _start(stretch: Stretch, order: int, beside: SignBeside, side: int) -> fmpq:
    """Where the search for zeros begins behind the left wall (side 1), or ends before the right one (side -1)."""
    wall = stretch.left if side > 0 else stretch.right
    if not wall.special and not wall.is_infinite:
        return exact_end(wall.root, side)
    found = beside(wall, side, order)
    if found is not None:
        return found[0]
    assert not wall.is_infinite, "an end of the line without a sign is refused before"
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


def _settled(curve: Curve, order: int, found: Found, decide: Decide) -> list[Zero] | Open:
    if isinstance(found, Gap):
        return Open(arb(found.low), arb(found.high), order, "the function is too near to 0 there")
    if isinstance(found, Touch):
        return decide(curve, order, found)
    after = 1 if found.rises else -1
    return [Zero(Root(found.ball, found.ball), 1, -after, after, found.low, found.high)]
