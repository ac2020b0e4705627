"""One-sided limits and derivatives of a formula at a singular point, from its germs: exact, and proved.

A germ says what the formula does for small t > 0 along a curve that starts at the point. Its first terms are the
limit and the one-sided derivatives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import factorial, prod
from typing import TypeAlias

from flint import arb, fmpq

from derivcli.check.enclosure import is_narrow
from derivcli.check.one_sided_values import Limit, LocalBehavior, Side
from derivcli.engines.balls.coordinates import Coordinate, Direction
from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.engines.balls.exact_constants import ExactConstant, Field
from derivcli.engines.balls.germs.approach import Approach
from derivcli.engines.balls.germs.arithmetic import Germs
from derivcli.engines.balls.germs.evaluation import coordinate_of, germ_of
from derivcli.engines.balls.germs.germ import (
    BRANCH_CUT,
    CONSTANT_TERM,
    OSCILLATION,
    Germ,
    NoGermError,
    ShortError,
    TermExponents,
)
from derivcli.engines.balls.tape import Tape

Curve: TypeAlias = Mapping[str, Mapping[int, ExactConstant]]
"""How far each variable moves with t: a factor for each power of t."""

DecidedGerm: TypeAlias = tuple[Germ | None, list[int | str]]
"""A germ along a curve, None where there is no value, and the branches that were decided on to find it."""


@dataclass(slots=True, eq=False)
class LocalGerms:
    """The value of a formula or of its derivative at a point, and its germs on both sides along a direction.

    They are computed at one precision, for derivatives up to `order`, with `more` terms than those need.
    """

    tape: Tape
    at: Mapping[str, Coordinate]
    field: Field
    direction: Direction
    order: int
    more: int
    rigorous: bool = True
    oscillates: bool = False
    value: ExactConstant | None = None
    left: Germ | None = None
    right: Germ | None = None

    def germs_here(self) -> tuple[Germ | None, Germ | None]:
        """The formula's germs on both sides; one is the other's reflection where it takes no other branch."""
        right, decisions = self.germ(self.line(self.direction, 1), self.order)
        reflected = None if right is None or {BRANCH_CUT, OSCILLATION} & {*decisions} else right.reflected()
        if reflected is not None and not decisions:
            return reflected, right
        left, others = self.germ(self.line(self.direction, -1), self.order)
        return reflected if reflected is not None and others == decisions else left, right

    def local(self, order: int) -> LocalBehavior:
        """Value and sides, with one-sided derivatives of an order."""
        if self.oscillates and order > 1:
            raise NoGermError  # a bound of what is left out is none of its slope
        left, right = self.side(self.left, order, -1), self.side(self.right, order, 1)
        return LocalBehavior(Limit() if self.value is None else self.limit(self.value), left, right, self.rigorous)

    def value_here(self) -> ExactConstant | None:
        """The formula's value at the point, None where it has none."""
        here = self.germ({}, self.order)[0]
        return None if here is None else here.terms.get(CONSTANT_TERM) or self.field.rational(0)

    def line(self, direction: Direction, sense: int, power: int = 1) -> Curve:
        """A multiple of a direction times a power of t."""
        slopes = {name: coordinate_of(self.field, slope) for name, slope in direction.items() if sense}
        return {name: {power: self.field.scaled(slope, fmpq(sense))} for name, slope in slopes.items()}

    def germ(self, curve: Curve, reach: int) -> DecidedGerm:
        """The formula's germ along a curve, up to a power of t and some more."""
        germs = Germs(self.field, reach + self.more)
        inputs = {}
        for name, value in self.at.items():
            terms = {CONSTANT_TERM: coordinate_of(self.field, value)}
            terms.update({(power, 0): factor for power, factor in curve.get(name, {}).items()})
            inputs[name] = germs.made(terms, None)
        approach = Approach(self.tape, germs, inputs)
        try:
            return germ_of(approach), germs.decisions
        except NoValueError:
            return None, germs.decisions
        finally:
            self.rigorous = self.rigorous and approach.rigorous
            self.oscillates = self.oscillates or OSCILLATION in germs.decisions

    def coefficient(self, germ: Germ, order: int, sense: int) -> ExactConstant | None:
        """A one-sided derivative as a constant, None where it is infinite."""
        if self.singular(germ, order) is not None:
            return None
        found = germ.terms.get((order, 0)) or self.field.rational(0)
        return self.field.scaled(found, fmpq(factorial(order) * sense**order))

    def side(self, germ: Germ | None, order: int, sense: int) -> Side:
        """One side: the limit, and the one-sided derivative."""
        if germ is None:
            return Side(False)
        bounded = self.value is None and self.oscillates  # and then it may tend to nothing
        if not _reaches(germ, 0):
            if bounded:
                return Side(True)
            raise ShortError
        limit = self.tends_to(germ, 0, 1)
        if limit.constant is None:
            return Side(True, limit)
        if self.value is not None and not self.field.is_same(limit.constant, self.value):
            return Side(True, limit)
        if not _reaches(germ, order):
            if bounded:
                return Side(True, limit)
            raise ShortError
        return Side(True, limit, self.tends_to(germ, order, sense), continues=self.value is not None)

    def tends_to(self, germ: Germ, order: int, sense: int) -> Limit:
        """What a derivative of a germ tends to; `sense` is the direction in which t grows."""
        place = self.singular(germ, order)
        if place is None:
            constant = self.coefficient(germ, order, sense)
            assert constant is not None, "a germ without singular terms has a coefficient"
            return self.limit(constant)
        exponent, logs = place
        slope = prod((exponent - step for step in range(order)), start=Fraction(1))
        if order and not slope:  # of t^e log(t)^k with a whole e, where the logarithm's own slope comes next
            slope = -logs * prod((exponent - step for step in range(order) if step != exponent), start=Fraction(1))
            logs += 1
        sign = self.field.sign(germ.terms[place]) * (-1) ** (logs % 2) * sense**order
        return Limit(infinite=sign if slope > 0 else -sign)

    def singular(self, germ: Germ, order: int) -> TermExponents | None:
        """The place of the largest term whose derivative grows without bound, None where there is none."""
        places = [place for place in germ.terms if place < (order, 0)]  # those of a power series are none
        unbounded = ((e, logs) for e, logs in places if e.denominator > 1 or e < 0 or logs)
        return min(unbounded, default=None)

    def limit(self, constant: ExactConstant) -> Limit:
        """A number as a limit; UnsureError where its ball is wider than float64 can tell."""
        if not is_narrow(constant.ball):
            raise UnsureError
        return Limit(arb(constant.ball), constant=constant, field=self.field)


def _reaches(germ: Germ, order: int) -> bool:
    return germ.limit is None or germ.limit > order
