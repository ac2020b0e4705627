"""The course of a function: its columns, which are points in order, and the pieces between them with their signs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from flint import arb, fmpq

from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.simplify.domains.roots import Root
from derivcli.study.root_finding.isolation import rational_end, sign
from derivcli.study.root_finding.taylor_model import Curve
from derivcli.study.root_finding.zeros import ORDERS, Stretch, Wall, is_outside, is_same
from derivcli.study.study import Sign
from derivcli.study.variations.events import Event


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A point: the zeros there, the wall if it is one, and whether it is an end of the interval."""

    root: Root
    event: Event | None = None
    wall: Wall | None = None
    is_end: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """What lies between two neighbouring columns: the signs of f, f' and f'' there, if f is defined."""

    stretch: Stretch
    defined: bool
    signs: tuple[Sign, ...] = (None,) * len(ORDERS)


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Columns, and the sections between them, one fewer."""

    columns: tuple[Column, ...]
    sections: tuple[Section, ...]


def course_of(curve: Curve, parts: Sequence[tuple[Stretch, bool, list[Event]]], low: Root, high: Root) -> Course:
    """The course over neighbouring stretches, each with whether f is defined there and its events."""
    columns: list[Column] = []
    sections: list[Section] = []
    for stretch, defined, events in parts:
        if is_outside(stretch, low, high):
            continue
        inner = [Column(event.root, event) for event in events]
        first, last = _border(stretch.left, low, -1), _border(stretch.right, high, 1)
        if inner and is_same(inner[0].root, first.root):
            first = replace(first, event=inner.pop(0).event)
        if inner and is_same(inner[-1].root, last.root):
            last = replace(last, event=inner.pop().event)
        row = [first, *inner, last]
        if columns:
            row[0] = columns.pop()
        columns += row
        sections += _sections(curve, stretch, defined, row)
    return Course(tuple(columns), tuple(sections))


def _border(wall: Wall, end: Root, side: int) -> Column:
    """Where a stretch ends inside the interval: at its wall, or at the end of the interval before that."""
    if is_same(wall.root, end):
        return Column(end, wall=wall if wall.special else None, is_end=True)
    inside = wall.root.ball < end.ball if side > 0 else wall.root.ball > end.ball
    return Column(wall.root, wall=wall) if inside else Column(end, is_end=True)


def _sections(curve: Curve, stretch: Stretch, defined: bool, row: Sequence[Column]) -> list[Section]:
    """The sections of a stretch from left to right. A sign that no zero tells comes from a value between columns."""
    if not defined:
        return [Section(stretch, defined) for _ in row[1:]]
    found: list[Section] = []
    signs: list[Sign] = [None] * len(ORDERS)
    for left, right in pairwise(row):
        values: list[arb] | None = None
        for order in ORDERS:
            carried = signs[order] if left.event is None or order not in left.event.zeros else None
            signs[order] = None
            if order in stretch.throughout:
                signs[order] = 0
            elif order not in stretch.zeros or _is_open(stretch, order, left, right):
                continue
            elif left.event is not None and order in left.event.zeros:
                signs[order] = _sign(left.event.zeros[order].after)
            elif right.event is not None and order in right.event.zeros:
                signs[order] = _sign(right.event.zeros[order].before)
            elif carried is not None:
                signs[order] = carried
            else:
                values = values or _values(stretch.curve or curve, left.root, right.root)
                signs[order] = _sign(sign(values[order])) if values else None
        found.append(Section(stretch, defined, tuple(signs)))
    return found


def _sign(number: int | None) -> Sign:
    return None if number is None else 1 if number > 0 else -1 if number < 0 else 0


def _is_open(stretch: Stretch, order: int, left: Column, right: Column) -> bool:
    """Whether zeros may lie between two columns that are not known."""
    return any(
        each.order == order and not (each.high < left.root.ball or each.low > right.root.ball) for each in stretch.open
    )


def _values(curve: Curve, left: Root, right: Root) -> list[arb]:
    """f and its derivatives, up to factors above 0, somewhere between two points; [] where that fails."""
    try:
        return curve.series(between(left, right), max(ORDERS))
    except (UnsureError, TouchError):
        return []


def between(left: Root, right: Root) -> fmpq:
    """A rational number between two numbers, of which one may be infinite."""
    ends = [each.ball for each in (left, right)]
    if not ends[0].is_finite() and not ends[1].is_finite():
        return fmpq(1, 3)
    if not ends[0].is_finite() or not ends[1].is_finite():
        near, step = (ends[1], -1) if not ends[0].is_finite() else (ends[0], 1)
        return rational_end((near + step * (1 + abs(near))).mid())
    return rational_end(((ends[0] + ends[1]) / 2).mid())
