"""The points of a stretch at which f, f' or f'' is 0, of several orders together, each with its formula if any."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from flint import arb

from derivcli.simplify.domains.roots import Root
from derivcli.study.exact.exact_places import candidates, vanishing
from derivcli.study.numbers import place_of
from derivcli.study.root_finding.isolation import NAME_BITS, refined
from derivcli.study.root_finding.taylor_model import BITS, Curve
from derivcli.study.root_finding.zeros import Open, Stretch, Zero

APART_BITS = (2 * BITS, 8 * BITS)
"""Precisions at which points are compared that seem to be the same."""

MAX_NAMED = 40
"""Of more points no formulas are looked for."""

SHOWN_BITS = 54
"""Bits of a zero whose digits are shown."""

NEAR_ZERO_BITS = 100
"""A ball around 0 that is smaller than the interval by so many bits is as good as 0 for a reader."""

COARSE = "the place of a zero is not known well"

GOOD_BITS = 62
"""Zeros that are known to fewer bits are narrowed down, so that 17 digits are right."""


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """A point, and the zeros there by the order of the derivative."""

    root: Root
    zeros: dict[int, Zero]


def events_of(stretch: Stretch, curve: Curve, low: Root, high: Root) -> list[Event]:
    """The zeros of a stretch that lie between the ends of the interval, in order."""
    known = [(order, zero) for order, zeros in stretch.zeros.items() for zero in zeros]
    inside = [each for each in ((order, _placed(curve, order, zero, (low, high))) for order, zero in known)
              if not (each[1].root.ball < low.ball or each[1].root.ball > high.ball)]  # fmt: skip
    is_named = len(inside) <= MAX_NAMED
    found = [(order, named(curve, order, zero) if is_named else zero) for order, zero in inside]
    found.sort(key=lambda each: _size(each[1].root))
    events: list[Event] = []
    for order, zero in found:
        if not _is_narrow(zero.root, low, high):
            stretch.open.append(Open(zero.root.ball.lower(), zero.root.ball.upper(), order, COARSE))
            continue
        if events and _is_same(curve, events[-1], order, zero, APART_BITS[:is_named]):
            events[-1] = _joined(events[-1], order, zero)
        else:
            events.append(Event(zero.root, {order: zero}))
    return events


def _is_narrow(root: Root, low: Root, high: Root) -> bool:
    """Whether a zero is known to as many digits as are shown, or lies very near to 0."""
    ball = root.ball
    if root.tree is not None or ball.rel_accuracy_bits() >= SHOWN_BITS:
        return True
    size = abs(low.ball) + abs(high.ball)
    return bool(ball.contains(0) and ball.rad() < arb(2) ** -NEAR_ZERO_BITS * (size if size.is_finite() else 1))


def _size(root: Root) -> tuple[float, int]:
    return float(root.ball.mid()), 0


def _placed(curve: Curve, order: int, zero: Zero, ends: Iterable[Root]) -> Zero:
    """A zero narrowed down so far that 17 digits are right, and put at an end of the interval if it lies there."""
    if zero.multiplicity == 1 and zero.root.tree is None and zero.root.ball.rel_accuracy_bits() < GOOD_BITS:
        ball = refined(curve, order, zero.root.ball, BITS)
        zero = replace(zero, root=Root(ball, ball))
    for end in ends:
        if zero.root.tree is None and zero.root.ball.overlaps(end.ball):
            if end.tree is not None and vanishing(curve.tape, curve.name, end.tree, order):
                return replace(zero, root=end)
            for bits in APART_BITS if zero.multiplicity == 1 else ():
                ball = refined(curve, order, zero.root.ball, bits)
                if not ball.overlaps(end.ball):
                    return replace(zero, root=Root(ball, ball))
    return zero


def named(curve: Curve, order: int, zero: Zero) -> Zero:
    """A zero with its formula, if it has a short one."""
    if zero.root.tree is not None:
        return zero
    ball = zero.root.ball
    if zero.multiplicity == 1:
        ball = refined(curve, order, ball, NAME_BITS)
    for tree in candidates(ball, curve.forms):
        if vanishing(curve.tape, curve.name, tree, order) == zero.multiplicity:
            return replace(zero, root=place_of(tree))
    return zero


def _is_same(curve: Curve, event: Event, order: int, zero: Zero, precisions: Sequence[int]) -> bool:
    """Whether two points are the same, as far as many digits tell."""
    if not event.root.ball.overlaps(zero.root.ball):
        return False
    if event.root.tree is not None and event.root.tree == zero.root.tree:
        return True
    other, there = next(iter(event.zeros.items()))
    for bits in precisions:
        if max(there.multiplicity, zero.multiplicity) > 1 or order in event.zeros:
            break
        one = event.root.ball if event.root.tree is not None else refined(curve, other, event.root.ball, bits)
        ball = zero.root.ball if zero.root.tree is not None else refined(curve, order, zero.root.ball, bits)
        if not one.overlaps(ball):
            return False
    return order not in event.zeros


def _joined(event: Event, order: int, zero: Zero) -> Event:
    root = zero.root if event.root.tree is None and zero.root.tree is not None else event.root
    return Event(root, {**event.zeros, order: zero})
