"""What a function does at a point at which its formula may not be analytic, and at infinity: limits and slopes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product

from flint import arb, ctx, fmpq

from derivcli.check.enclosure import Site, restored_context
from derivcli.check.one_sided import GERM_BITS, MORE_TERMS, one_sided
from derivcli.check.one_sided_germs import LocalGerms
from derivcli.check.one_sided_values import Limit, Side, is_near
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.germs.germ import Exponent, Germ, NoGermError, ShortError
from derivcli.engines.symbolic import expression_of
from derivcli.simplify.domains.roots import Root
from derivcli.study.breaks.break_points import BreakPoint
from derivcli.study.breaks.local_germs import Formula, germ_at_infinity, local_germs

SMOOTH_ORDER = 2
"""A function is taken for regular where it has so many derivatives and no later one is seen to be missing."""

REGULAR, UNDEFINED, UNKNOWN = "regular", "undefined", "unknown"
"""Kinds of points that are no breaks: f is smooth there, has no value there or on either side, or nothing is known."""


NOTHING = Side(False)


@dataclass(frozen=True, slots=True, eq=False)
class Break:
    """A point at which a function may not be analytic: its kind, limits on both sides, and slopes there.

    `kind` is that of a `SpecialPoint`, REGULAR, UNDEFINED or UNKNOWN. `value` is f there, and `slope` is f' where it
    exists. Kind and limits are proved if `proved`. A function that `oscillates` may do so around a limit.
    """

    at: Root
    kind: str
    proved: bool = False
    value: Limit | None = None
    left: Side = NOTHING
    right: Side = NOTHING
    slope: Limit | None = None
    oscillates: bool = False

    @property
    def is_critical(self) -> bool:
        """Whether f' exists there, and is 0."""
        number = None if self.slope is None else self.slope.number
        return number is not None and number.is_zero()


def break_at(formula: Formula, point: BreakPoint) -> Break:
    """What a function is at a break point, by its germs, or by its values near the point where no germ is known."""
    with restored_context():
        try:
            return _by_germs(formula, point) or Break(point.at, UNKNOWN)
        except NoGermError:
            return _by_values(formula, point.at)


def _by_germs(formula: Formula, point: BreakPoint) -> Break | None:
    for germs in local_germs(formula, point, SMOOTH_ORDER):
        with suppress(UnsureError):
            value = None if germs.value is None else germs.limit(germs.value)
            left, right = _side(germs, germs.left, -1), _side(germs, germs.right, 1)
            kind = _kind(value, left, right)
            if kind == REGULAR and germs.oscillates:
                kind = "oscillation"
            elif kind == REGULAR and germs.left is not None and germs.right is not None:
                kind = REGULAR if _is_smooth(germs, germs.left, germs.right) else "kink"
            sure = germs.rigorous and kind != "oscillation"
            found = _made(point.at, kind, sure, value, left, right)
            return replace(found, oscillates=germs.oscillates)
    return None


def _made(at: Root, kind: str, proved: bool, value: Limit | None, left: Side, right: Side) -> Break:
    has_slope = left.continues and right.continues and is_near(left.derivative, right.derivative)
    return Break(at, kind, proved, value, left, right, right.derivative if has_slope else None)


def _side(germs: LocalGerms, germ: Germ | None, sense: int) -> Side:
    """One side; what oscillates tends to nothing."""
    if germ is None:
        return NOTHING
    limit, slope = (_tends_to(germs, germ, order, sense) for order in (0, 1))
    if limit.constant is None or germs.value is None:
        return Side(True, limit, slope if limit.number is not None else Limit())
    if not germs.field.is_same(limit.constant, germs.value):
        return Side(True, limit, slope)
    return Side(True, limit, slope, continues=True)


def _tends_to(germs: LocalGerms, germ: Germ, order: int, sense: int) -> Limit:
    is_known = germ.limit is None or germ.limit > order
    if is_known or germs.singular(germ, order) is not None:
        return germs.tends_to(germ, order, sense if order else 1)
    if not germs.oscillates:
        raise ShortError
    return Limit()


def _kind(value: Limit | None, left: Side, right: Side) -> str:
    """The kind of a point; REGULAR where it has one slope."""
    sides = [side for side in (left, right) if side.defined]
    if not sides:
        return UNDEFINED if value is None else "isolated"
    if any(side.limit.infinite for side in sides):
        return "pole"
    if not all(side.limit.settled for side in sides):
        return "oscillation"
    if value is None:
        return "edge" if len(sides) == 1 else "hole" if is_near(left.limit, right.limit) else "jump"
    if not all(side.continues for side in sides):
        return "jump"
    if len(sides) == 1:
        return "edge"
    return _turn(left.derivative, right.derivative)


def _turn(left: Limit, right: Limit) -> str:
    """The kind of a point at which a function is continuous, by its slopes."""
    if not (left.settled and right.settled):
        return "oscillation"
    if left.infinite and right.infinite:
        return "vertical" if left.infinite == right.infinite else "cusp"
    return REGULAR if is_near(left, right) else "corner"


def _is_smooth(germs: LocalGerms, left: Germ, right: Germ) -> bool:
    """Whether the power series of both sides are one, as far as they are known."""
    reach = min((each.limit for each in (left, right) if each.limit is not None), default=None)
    smooth = all(
        _is_same_term(germs, left, right, *place) for place in {**left.terms, **right.terms} if place[0] != reach
    )
    if smooth and reach is not None and reach <= SMOOTH_ORDER:
        raise ShortError
    return smooth


def _is_same_term(germs: LocalGerms, left: Germ, right: Germ, exponent: Exponent, logs: int) -> bool:
    reach = min((each.limit for each in (left, right) if each.limit is not None), default=None)
    if reach is not None and exponent >= reach:
        return True
    if logs or exponent.denominator != 1:
        return False
    none = germs.field.rational(0)
    one, other = left.terms.get((exponent, 0), none), right.terms.get((exponent, 0), none)
    return germs.field.is_same(one.negative() if exponent % 2 else one, other)


def _by_values(formula: Formula, at: Root) -> Break:
    """The same as values near the point show it, which proves nothing."""
    if isinstance(at.where, arb):
        return Break(at, UNKNOWN)
    site = Site(expression_of(formula.tree), formula.recorded[0], {formula.name: at.where})
    try:
        behavior = one_sided(site, [], {formula.name: fmpq(1)})
        local = behavior(1, 1)
        kind = _kind(None if local.value is None else local.here, local.left, local.right)
        kind = UNKNOWN if kind == "oscillation" else kind  # or it tends too slowly
        if kind == REGULAR and behavior(2, 2).derivative() is None:
            kind = "kink"
    except (UnsureError, TouchError, NoGermError):
        return Break(at, UNKNOWN)
    return _made(at, kind, False, None if local.value is None else local.here, local.left, local.right)


def limit_at_infinity(formula: Formula, side: int) -> Side | None:
    """What a function tends to at infinity, or at minus infinity; None where it is not known."""
    with restored_context(), suppress(NoGermError):
        for precision, more in product(GERM_BITS[:2], MORE_TERMS):
            with suppress(UnsureError):
                germs = germ_at_infinity(formula, side, precision, more)
                ctx.prec = precision
                germ = germs.right
                return NOTHING if germ is None else Side(True, _tends_to(germs, germ, 0, 1))
    return None
