"""One-sided limits and derivatives of a formula at a hard place, from its germs: exact, and proved.

A germ says what the formula does for small t > 0 along a curve that starts at the point. Its first terms are the
limit and the one-sided derivatives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import factorial, prod
from typing import TypeAlias

from flint import arb, ctx, fmpq

from derivcli.check.judged_number import Stages, is_narrow
from derivcli.check.one_sided_values import Limit, Local, Side
from derivcli.engines.balls.coordinates import Coordinate, Direction
from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.engines.balls.exact_constants import Constant, Field, working
from derivcli.engines.balls.germs.approach import Approach
from derivcli.engines.balls.germs.arithmetic import Germs
from derivcli.engines.balls.germs.evaluation import coordinate_of, germ_of
from derivcli.engines.balls.germs.germ import CONSTANT, CUT, OSCILLATES, Germ, NoGermError, Place, ShortError
from derivcli.engines.balls.tape import Tape

PRECISIONS = (192, 768, 3072, 12288)
"""Bits; the last ones serve numbers that nearly cancel."""

MORE_TERMS = (2, 8, 24)
"""So many more terms are looked at than the order needs, where fewer do not tell."""

Way: TypeAlias = Mapping[str, Mapping[int, Constant]]
"""How far each variable moves with t: factors of powers of t."""

Seen: TypeAlias = tuple[Germ | None, list[int]]
"""A germ along a way, None where there is no value, and the decisions on which it rests."""


@dataclass(slots=True, eq=False)
class OneSided:
    """The formula, or its derivative by earlier directions, at a point and on both sides of it along a direction.

    `precisions` are tried in their order.
    """

    tape: Tape
    at: Mapping[str, Coordinate]
    earlier: Stages
    direction: Direction
    precisions: Sequence[int] = PRECISIONS
    looks: dict[tuple[int, int, int], Look] = field(default_factory=dict)

    def local(self, order: int, highest: int) -> Local:
        """What is seen of the derivative of an order; `highest` is an order that will be asked for.

        Raises NoGermError where germs are not known, UnsureError where the highest precision does not do.
        """
        last = UnsureError()
        for precision in self.precisions:
            for more in MORE_TERMS:
                try:
                    return self.look(highest, precision, more).local(order)
                except ShortError as short:
                    last = short
                except UnsureError as unsure:
                    last = unsure
                    break
            if isinstance(last, ShortError):
                break  # as for x - sin(x) - (x - sin(x)), of which no precision shows a term
        raise last

    def look(self, highest: int, precision: int, more: int) -> Look:
        """The look at a precision and with so many terms more than the order needs, taken once."""
        key = highest, precision, more
        if key not in self.looks:
            made = Look(self.tape, self.at, working(precision), self.direction, highest, more)
            made.take(self.earlier)
            self.looks[key] = made
        ctx.prec = precision
        return self.looks[key]


@dataclass(slots=True, eq=False)
class Look:
    """One look at one precision, for derivatives up to an order and with so many further terms."""

    tape: Tape
    at: Mapping[str, Coordinate]
    field: Field
    direction: Direction
    order: int
    more: int
    rigorous: bool = True
    oscillates: bool = False
    value: Constant | None = None
    left: Germ | None = None
    right: Germ | None = None

    def take(self, earlier: Stages) -> None:
        """Find the value, and the germs on both sides."""
        if not earlier:
            self.value = self.value_here()
            self.left, self.right = self.sides_here()
            return
        from derivcli.check import mixed_partials

        self.value = mixed_partials.derivative_here(self, earlier)
        self.left, self.right = (mixed_partials.derivative_beside(self, earlier, sense) for sense in (-1, 1))
        if self.oscillates:
            raise NoGermError
        self.rigorous = False  # that no further derivative disturbs the differences is only seen

    def sides_here(self) -> tuple[Germ | None, Germ | None]:
        """The formula's germs on both sides; one is the other's reflection where it takes no other branch."""
        right, decisions = self.germ(self.line(self.direction, 1), self.order)
        reflected = None if right is None or {CUT, OSCILLATES} & {*decisions} else right.reflected()
        if reflected is not None and not decisions:
            return reflected, right
        left, others = self.germ(self.line(self.direction, -1), self.order)
        return reflected if reflected is not None and others == decisions else left, right

    def local(self, order: int) -> Local:
        """Value and sides, with one-sided derivatives of an order."""
        if self.oscillates and order > 1:
            raise NoGermError  # a bound of what is left out is none of its slope
        left, right = self.side(self.left, order, -1), self.side(self.right, order, 1)
        return Local(Limit() if self.value is None else self.limit(self.value), left, right, self.rigorous)

    def value_here(self) -> Constant | None:
        """The formula's value at the point, None where it has none."""
        here = self.germ({}, self.order)[0]
        return None if here is None else here.terms.get(CONSTANT) or self.field.rational(0)

    def line(self, direction: Direction, sense: int, power: int = 1) -> Way:
        """A multiple of a direction times a power of t."""
        slopes = {name: coordinate_of(self.field, slope) for name, slope in direction.items() if sense}
        return {name: {power: self.field.scaled(slope, fmpq(sense))} for name, slope in slopes.items()}

    def germ(self, way: Way, reach: int) -> Seen:
        """The formula's germ along a way, up to a power of t and some more."""
        germs = Germs(self.field, reach + self.more)
        inputs = {}
        for name, value in self.at.items():
            terms = {CONSTANT: coordinate_of(self.field, value)}
            terms.update({(power, 0): factor for power, factor in way.get(name, {}).items()})
            inputs[name] = germs.made(terms, None)
        approach = Approach(self.tape, germs, inputs)
        try:
            return germ_of(approach), germs.decisions
        except NoValueError:
            return None, germs.decisions
        finally:
            self.rigorous = self.rigorous and approach.rigorous
            self.oscillates = self.oscillates or OSCILLATES in germs.decisions

    def coefficient(self, germ: Germ, order: int, sense: int) -> Constant | None:
        """A one-sided derivative as a constant, None where it is infinite."""
        singular = self.singular(germ, order)
        if singular is not None:
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

    def singular(self, germ: Germ, order: int) -> Place | None:
        """The place of the largest term whose derivative grows without bound, None where there is none."""
        last = (order, 0)
        return min((place for place in germ.terms if place < last and not _is_power(place)), default=None)

    def limit(self, constant: Constant) -> Limit:
        """A number as a limit; UnsureError where its ball is wider than float64 can tell."""
        if not is_narrow(constant.ball):
            raise UnsureError
        return Limit(arb(constant.ball), constant=constant, field=self.field)


def _reaches(germ: Germ, order: int) -> bool:
    """Whether a germ is known beyond a power of t."""
    return germ.limit is None or germ.limit > order


def _is_power(place: Place) -> bool:
    """Whether a term is that of a power series."""
    exponent, logs = place
    return exponent.denominator == 1 and exponent >= 0 and not logs
