"""The walls of an interval, and the stretches between them with all zeros on each."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from time import thread_time

from flint import arb, fmpq

from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.tape import record
from derivcli.language.tree import Tree
from derivcli.simplify.domains.roots import Root
from derivcli.study.breaks.branches import branch, has_branches
from derivcli.study.breaks.break_points import BreakPoint, Zeros, between, break_points, defined_on
from derivcli.study.breaks.break_points import Stretch as UndecidedStretch
from derivcli.study.breaks.kinds import UNKNOWN, Break, break_at
from derivcli.study.breaks.local_germs import Formula
from derivcli.study.exact import factors
from derivcli.study.exact.polynomials import NotRationalError
from derivcli.study.numbers import rational_root
from derivcli.study.root_finding.factored_zeros import has_high_power, is_rational_by_factors, zeros_by_factors
from derivcli.study.root_finding.isolation import sign
from derivcli.study.root_finding.rational_zeros import fill_exactly
from derivcli.study.root_finding.taylor_model import Curve, curve_of
from derivcli.study.root_finding.touches import decided
from derivcli.study.root_finding.zeros import (
    ENDLESS,
    EndlessError,
    Means,
    Open,
    Stretch,
    Wall,
    Zero,
    exact_end,
    fill,
    is_outside,
    is_same,
)
from derivcli.study.tails.beside import sign_beside
from derivcli.study.variations.events import named

MARGIN = fmpq(1, 1_594_323)
"""By this share of its length the search goes beyond the ends of an interval, so that no zero lies at its very end."""

QUICK_SECONDS = 0.3
"""The processor time after which the factors of a formula are looked at, which often are simpler."""

ZERO_SHARES = tuple(fmpq(1, 2**bits) for bits in (1, 3, 6, 10, 15, 21, 28))
"""Shares of a stretch on which a derivative may rise or fall that is 0 where the stretch begins."""

UNKNOWN_KIND = "it is not known what the function does there"
UNTOLD_BREAKS = "it is not known where the formula changes there"
UNTOLD = "it is not known whether the function is defined there"


def stretches_on(curve: Curve, low: Root, high: Root, orders: Sequence[int]) -> tuple[list[Stretch], list[Open]]:
    """The stretches of an interval in order, with all zeros on them, and where there may be more walls."""
    tree = curve.tree
    first, last = _outer(low, high)
    found = break_points(
        tree,
        curve.name,
        first.root,
        last.root,
        lambda tree, name, low, high: zeros(tree, name, low, high, curve.deadline),
    )
    formula = Formula(tree, curve.name)
    breaks = [Wall(each.at, _break_in(curve, formula, each, low, high), each) for each in found.found if each.solutions]
    walls = _with_ends([first, *breaks, last], found.undecided)
    stretches = []
    for left, right in pairwise(walls):
        stretch = Stretch(left, right)
        if is_outside(stretch, low, high):
            continue
        is_defined = defined_on(tree, curve.name, left.root, right.root)
        stretch.defined = bool(is_defined)
        stretches.append(stretch)
        if any(_is_within(stretch, each) for each in found.undecided):
            stretch.open += [Open(left.root.ball, right.root.ball, order, UNTOLD_BREAKS) for order in orders]
            continue
        if is_defined:
            stretch.curve = _branch(curve, stretch)
            _fill(stretch, stretch.curve, orders)
        elif is_defined is None:
            stretch.open += [Open(left.root.ball, right.root.ball, None, UNTOLD)]
    opened = [Open(each.low.ball, each.high.ball, None, each.why) for each in found.undecided]
    opened += [Open(each.root.ball, each.root.ball, None, UNKNOWN_KIND) for each in breaks if _is_unknown(each)]
    return stretches, opened


def _is_unknown(wall: Wall) -> bool:
    return wall.break_ is not None and wall.break_.kind == UNKNOWN


def _break_in(curve: Curve, formula: Formula, point: BreakPoint, low: Root, high: Root) -> Break:
    """What the function does at a point of the interval; of one in the margin nothing needs to be known."""
    if curve.is_late or point.at.ball < low.ball or point.at.ball > high.ball:
        return Break(point.at, UNKNOWN)
    return break_at(formula, point)


def _with_ends(walls: Sequence[Wall], undecided: Sequence[UndecidedStretch]) -> list[Wall]:
    """The walls, with others where the formula may change and it is not known whether it does."""
    ends = [Wall(end) for each in undecided for end in (each.low, each.high)]
    found = [*walls]
    for end in ends:
        if not any(is_same(end.root, wall.root) for wall in found):
            found.append(end)
    return sorted(found, key=lambda wall: float(wall.root.ball.mid()))


def _is_within(stretch: Stretch, undecided: UndecidedStretch) -> bool:
    """Whether it is not decided of any part of a stretch whether the formula changes there."""
    return not (stretch.left.root.ball < undecided.low.ball or stretch.right.root.ball > undecided.high.ball)


def _branch(curve: Curve, stretch: Stretch) -> Curve:
    """The curve of the one formula that a formula with branches is on a stretch, which may be analytic at its ends."""
    if not has_branches(curve.tree):
        return curve
    with suppress(UnsureError, TouchError):
        tree = branch(curve.tree, curve.name, between(stretch.left.root.ball, stretch.right.root.ball))
        return replace(curve, tree=tree, tape=record(tree, (curve.name,)), constants={})
    return curve


def _outer(low: Root, high: Root) -> tuple[Wall, Wall]:
    """The ends of the interval, a finite one moved outwards a little."""
    sides = (low, -1), (high, 1)
    ends = [side * exact_end(root, side) for root, side in sides if root.ball.is_finite()]
    margin = (sum(ends, fmpq(0)) if len(ends) > 1 else fmpq(1)) * MARGIN
    first, last = (
        Wall(rational_root(exact_end(root, side) + side * margin) if root.ball.is_finite() else root)
        for root, side in sides
    )
    return first, last


def zeros(tree: Tree, name: str, low: Root, high: Root, deadline: float = float("inf")) -> Zeros:
    """All zeros inside an interval of a formula that is analytic there; at the ends it may be 0 or singular."""
    if defined_on(tree, name, low, high) is False:
        return Zeros()
    curve = curve_of(tree, name, deadline)
    stretch = Stretch(Wall(low, Break(low, UNKNOWN)), Wall(high, Break(high, UNKNOWN)))
    try:
        _fill(stretch, curve, (0,))
    except EndlessError:
        return Zeros((), (UndecidedStretch(low, high, ENDLESS),))
    undecided = [
        UndecidedStretch(Root(each.low, each.low), Root(each.high, each.high), each.why) for each in stretch.open
    ]
    return Zeros(tuple(named(curve, 0, zero).root for zero in stretch.zeros[0]), tuple(undecided))


def _fill(stretch: Stretch, curve: Curve, orders: Sequence[int]) -> None:
    """Find all zeros on a stretch."""
    if curve.rational is not None:
        with suppress(NotRationalError):  # its derivatives have too many digits
            fill_exactly(stretch, curve.rational, orders)
            return
    stretch.zeros |= _by_factors(stretch, curve, [order for order in orders if is_rational_by_factors(curve, order)])
    orders = [order for order in orders if order not in stretch.zeros]
    if not has_high_power(curve.tree, curve.name):
        hurried = curve
        if not curve.is_slow:
            hurried = replace(curve, deadline=min(curve.deadline, thread_time() + QUICK_SECONDS))
        fill(stretch, hurried, orders, _means(stretch, hurried))
        orders = [order for order in orders if any(each.order == order for each in stretch.open)]
        if not orders or curve.is_late:
            return
    known = _by_factors(stretch, curve, orders)
    rest = [order for order in orders if order not in known]
    again = Stretch(stretch.left, stretch.right)
    fill(again, curve, rest, _means(again, curve))
    stretch.zeros |= {**known, **again.zeros}
    stretch.throughout |= again.throughout
    stretch.open = again.open


def _means(stretch: Stretch, curve: Curve) -> Means:
    return Means(
        beside=lambda wall, side, order: _beside(curve, stretch, wall, side, order),
        decide=lambda touch, order: decided(curve, order, touch),
        is_zero=lambda order: _is_zero(curve, stretch, order),
    )


def _by_factors(stretch: Stretch, curve: Curve, orders: Sequence[int]) -> dict[int, list[Zero]]:
    """The zeros of derivatives by those of their factors, for each order of which these tell."""

    def filled(inner: Curve) -> Stretch:
        part = Stretch(stretch.left, stretch.right)
        if inner.rational is not None:
            fill_exactly(part, inner.rational, (0,))
        else:
            fill(part, inner, (0,), _means(part, inner))
        return part

    with suppress(EndlessError):
        found = {order: zeros_by_factors(stretch, curve, order, filled) for order in orders}
        return {order: zeros for order, zeros in found.items() if zeros is not None}
    return {}


def _is_zero(curve: Curve, stretch: Stretch, order: int) -> bool:
    """Whether a derivative is proved to be 0 throughout; most are not 0 somewhere inside."""
    inside = between(stretch.left.root.ball, stretch.right.root.ball)
    with suppress(UnsureError, TouchError):
        if curve.series(inside, order)[order].contains(0):
            return factors.is_zero(curve.tree, curve.name, order)
    return False


def _beside(curve: Curve, stretch: Stretch, wall: Wall, side: int, order: int) -> tuple[fmpq, int] | None:
    """Where a derivative is known to have one sign from a wall on, and the sign."""
    if wall.is_infinite:
        found = sign_beside(curve.tree, curve.name, float("inf") if wall.root.ball > 0 else float("-inf"), side, order)
        if found is None:
            return None
        bound = exact_end(Root(found[0], found[0]), 1)
        return (bound if wall.root.ball > 0 else -bound), found[1]
    try:
        here = sign(curve.series(wall.root.where, order + 1)[order])  # a value alone would tell nothing of its sides
        if here:
            return exact_end(wall.root, side), here
    except (TouchError, UnsureError):
        pass
    if curve.is_late:
        return None
    other = stretch.right if side > 0 else stretch.left
    limit = fmpq(1) if other.is_infinite else abs(exact_end(other.root, -side) - exact_end(wall.root, side))
    found = sign_beside(curve.tree, curve.name, wall.root, side, order, limit, wall.point)
    if found is None:
        return _from_zero(curve, wall, side, order, limit)
    reach = exact_end(Root(found[0], found[0]), -1)
    return exact_end(wall.root, side) + side * reach * SHORTER, found[1]


def _from_zero(curve: Curve, wall: Wall, side: int, order: int, limit: fmpq) -> tuple[fmpq, int] | None:
    """The sign of a derivative that is 0 at a wall, and rises or falls from there on."""
    if wall.break_ is None or order > 1:
        return None
    beside = wall.break_.right if side > 0 else wall.break_.left
    number = (beside.derivative if order else beside.limit).number
    if number is None or not number.is_zero():
        return None
    for share in ZERO_SHARES:
        end = exact_end(wall.root, side) + side * limit * share
        with suppress(UnsureError, TouchError):
            rise = sign(curve.series(wall.root.ball.union(arb(end)), order + 1)[order + 1])
            if rise:
                return end, rise * side
    return None


SHORTER = fmpq(2**60 - 1, 2**60)
"""A proof that reaches from the number itself reaches a little less far from a rational number beside it."""
