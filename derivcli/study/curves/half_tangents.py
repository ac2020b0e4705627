"""Where a plane curve has no slope by its series: what germs of its coordinates tell of it before and after a point.

The slope of a half tangent is what (y(t) - y0)/(x(t) - x0) tends to from one side of the parameter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import fmpq

from derivcli.check.enclosure import Question
from derivcli.check.one_sided import GERM_BITS, MORE_TERMS
from derivcli.check.one_sided_germs import LocalGerms
from derivcli.check.one_sided_values import Limit, LocalBehavior, Side, is_near
from derivcli.check.singular_points import View, none_after, verdict_along, without
from derivcli.check.verdict import Verdict
from derivcli.engines.balls.coordinates import Direction
from derivcli.engines.balls.errors import UnsureError
from derivcli.engines.balls.exact_constants import ExactConstant, Field, working
from derivcli.engines.balls.germs.arithmetic import Germs
from derivcli.engines.balls.germs.germ import Germ, NoGermError, ShortError
from derivcli.engines.balls.partials import ONE
from derivcli.engines.balls.tape import Tape

STANDS_STILL = "the curve stays at this point for a while"
STOPS = "the curve stops here"
JUMPS = "the curve jumps here"


@dataclass(frozen=True, slots=True, eq=False)
class Departure:
    """How a curve leaves a point on one side: the germs of how far each coordinate moves away from it."""

    moves: tuple[Germ, ...]
    germs: Germs
    local: LocalGerms

    @property
    def power(self) -> Fraction | float:
        """The lowest power of the parameter with which a coordinate moves."""
        lows = [each.low() for each in self.moves]
        return min((Fraction(low) for low in lows if low is not None), default=math.inf)

    def slope(self) -> Limit:
        """What the slope of the secant tends to; an infinity without its sign is not settled."""
        x, y = self.moves
        return Limit() if x.is_zero else self._limit(self.germs.quotient(y, x))

    def second(self, slope: ExactConstant) -> Limit:
        """The second derivative of y by x on this side, where the first is a constant."""
        x, y = self.moves
        rest = self.germs.difference(y, self.germs.product(self.germs.constant(slope), x))
        twice = self.germs.scaled(self.germs.quotient(rest, self.germs.product(x, x)), fmpq(2))
        return self._limit(twice)

    def _limit(self, germ: Germ) -> Limit:
        if germ.limit is not None and germ.limit <= 0:
            raise ShortError
        return self.local.tends_to(germ, 0, 1)

    def heading(self) -> tuple[int, int]:
        """The signs with which the coordinates move away, 0 for the one that moves less."""
        x, y = self.moves
        slope = self.slope()
        flat = slope.number is not None
        return (self.germs.sign(x), 0) if flat else (0, self.germs.sign(y))


@dataclass(frozen=True, slots=True, eq=False)
class HalfTangents:
    """A curve before and after a point, None on a side where it is not defined; nothing where it has no value."""

    here: tuple[Limit, ...]
    before: Departure | None
    after: Departure | None
    jumps: tuple[bool, bool] = (False, False)
    rigorous: bool = True

    @property
    def stops(self) -> bool:
        """Whether the velocity is 0."""
        return all(each is None or each.power > 1 for each in (self.before, self.after))

    @property
    def stands_still(self) -> bool:
        """Whether the curve stays at the point on a side."""
        return any(each is not None and each.power == math.inf for each in (self.before, self.after))

    @property
    def turns_back(self) -> bool:
        """Whether the curve leaves in the direction from which it came."""
        if self.before is None or self.after is None:
            return False
        return self.before.heading() == self.after.heading()

    def local(self, order: int, highest: int) -> LocalBehavior:
        """The second coordinate as a function of the first, with one-sided derivatives of an order."""
        left, right = (self._side(departure, order) for departure in (self.before, self.after))
        return LocalBehavior(self.here[1], left, right, self.rigorous)

    def _side(self, departure: Departure | None, order: int) -> Side:
        if departure is None:
            return Side(False)
        slope = departure.slope()
        if order == 2 and slope.constant is not None:
            slope = departure.second(slope.constant)
        return Side(True, self.here[1], slope, continues=True)


def half_tangents(tapes: Sequence[Tape], question: Question, parameter: str) -> HalfTangents:
    """The half tangents at a question's point; raises NoGermError or UnsureError where germs do not tell."""
    last = UnsureError()
    for precision in GERM_BITS:
        for more in MORE_TERMS:
            try:
                return _half_tangents(tapes, question, parameter, working(precision), more)
            except ShortError as short:
                last = short
            except UnsureError as unsure:
                last = unsure
                break
        if isinstance(last, ShortError):
            break
    raise last


def _half_tangents(tapes: Sequence[Tape], question: Question, parameter: str, field: Field, more: int) -> HalfTangents:
    direction: Direction = {parameter: ONE}
    locals_ = [LocalGerms(tape, question.site.at, field, direction, max(2, question.order), more) for tape in tapes]
    values = [local.value_here() for local in locals_]
    sides = list(zip(*[local.germs_here() for local in locals_], strict=True))
    if any(local.oscillates for local in locals_):
        raise NoGermError
    here = tuple(Limit() if value is None else local.limit(value) for local, value in zip(locals_, values, strict=True))
    rigorous = all(local.rigorous for local in locals_)
    if any(value is None for value in values):
        return HalfTangents(tuple(Limit() for _ in here), None, None, rigorous=rigorous)
    known = [value for value in values if value is not None]
    made = [_departure(germs, known, field, locals_) for germs in sides]
    jumps = tuple(each is not None and each.power <= 0 for each in made)
    return HalfTangents(here, made[0], made[1], (jumps[0], jumps[1]), rigorous)


def _departure(
    germs: Sequence[Germ | None], values: Sequence[ExactConstant], field: Field, locals_: Sequence[LocalGerms]
) -> Departure | None:
    found = [germ for germ in germs if germ is not None]
    if len(found) < len(germs):
        return None
    arithmetic = Germs(field, max(local.order for local in locals_) + locals_[0].more)
    moves = tuple(
        arithmetic.difference(germ, arithmetic.constant(value)) for germ, value in zip(found, values, strict=True)
    )
    return Departure(moves, arithmetic, locals_[1])


def slope_verdict(question: Question, tapes: Sequence[Tape], parameter: str, reason: str) -> Verdict:
    """The verdict of a derivative of the second coordinate by the first, from the half tangents."""
    found = half_tangents(tapes, question, parameter)
    if found.here[1].number is None:
        return without("undefined", question, reason)
    if found.stands_still:
        return without("undefined", question, STANDS_STILL)
    if any(found.jumps):
        return without("jump", question, JUMPS)
    first = (
        None if found.before is None or found.after is None else _special(found, found.before, found.after, question)
    )
    if first is None:
        return verdict_along(View(question, reason, {parameter: ONE}), found.local, question.order)
    if question.order == 1:
        return first
    if first.truth is None or math.isinf(first.truth):
        return none_after(first, "at order 1", question.printed)
    local = found.local(2, 2)
    left, right = local.left.derivative, local.right.derivative
    truth = _number(right) if is_near(left, right) else None
    return replace(first, truth=truth, left=_number(left), right=_number(right))


def _special(found: HalfTangents, before: Departure, after: Departure, question: Question) -> Verdict | None:
    """What a point is that has a tangent, though y is no smooth function of x there; None where it is another kind."""
    left, right = before.slope(), after.slope()
    if not (left.settled and right.settled):
        return without("vertical", question, "the tangent is vertical")
    if left.infinite * right.infinite < 0 and not found.stops:
        return without("vertical", question, "the tangent is vertical, where the curve turns back")
    is_told = found.stops or not math.isfinite(question.printed)
    if not is_near(left, right) or not is_told:
        return None
    limit = _number(right)
    message = STOPS if found.stops else "the curve has no finite velocity here"
    verdict = replace(without("hole", question, message), left=_number(left), right=limit)
    if not found.turns_back:
        return replace(verdict, truth=limit)
    message += f" and turns back, a cusp, and its slope tends to {limit:.6g}"
    return replace(verdict, message=message)


def _number(limit: Limit) -> float | None:
    if limit.number is not None:
        return float(limit.number.mid()) + 0.0
    return math.inf * limit.infinite if limit.infinite else None
