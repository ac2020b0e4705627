"""One-sided limits and derivatives of a formula at a hard place, from its germs: exact, and proved.

A germ says what the formula does for small t > 0 along a curve that starts at the point. Its first terms are the
limit and the one-sided derivatives. A mixed derivative, first by x, then by y, is seen along the curves
y = y0 + t, x = x0 + c t^M for several c: differences in c are the derivatives by x, as germs in t.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import factorial, prod
from typing import TypeAlias

from flint import arb, fmpq, fmpq_poly

from derivcli.check.question import Site, is_narrow
from derivcli.check.sides import Limit, Local, Side
from derivcli.engines.balls.approach import Approach, coordinate_of
from derivcli.engines.balls.constants import Constant, Field, working
from derivcli.engines.balls.germs import CONSTANT, Germ, Germs, NoGermError, Place, ShortError
from derivcli.engines.balls.run import Direction, NoValueError, UnsureError

PRECISIONS = (192, 768, 3072, 12288)
"""Bits; the last ones serve numbers that nearly cancel."""

MORE_TERMS = (2, 8, 24)
"""So many more terms are looked at than the order needs, where fewer do not tell."""

Way: TypeAlias = Mapping[str, Mapping[fmpq, Constant]]
"""How far each variable moves with t: factors of powers of t."""


def local_of(site: Site, earlier: Sequence[tuple[Direction, int]], direction: Direction, order: int) -> Local:
    """The formula, or its derivative by earlier directions, at the point and on both sides of it along a direction.

    Raises NoGermError where its germs are not known, UnsureError where the highest precision does not do.
    """
    if len(earlier) > 1:
        raise NoGermError
    last = UnsureError()
    for precision in PRECISIONS:
        field = working(precision)
        for more in MORE_TERMS:
            try:
                return _Look(site, field, direction, order, more).local(earlier)
            except ShortError as short:
                last = short
            except UnsureError as unsure:
                last = unsure
                break
        if isinstance(last, ShortError):
            break  # as for x - sin(x) - (x - sin(x)), of which no precision shows a term
    raise last


@dataclass(slots=True, eq=False)
class _Look:
    """One look at one precision and with so many terms."""

    site: Site
    field: Field
    direction: Direction
    order: int
    more: int
    rigorous: bool = True

    def local(self, earlier: Sequence[tuple[Direction, int]]) -> Local:
        """Value and sides of the formula or of its derivative."""
        if not earlier:
            here = self.germ({}, self.order)[0]
            value = None if here is None else here.terms.get(CONSTANT) or self.field.rational(0)
            left, right = (self.germ(self.line(self.direction, sense), self.order)[0] for sense in (-1, 1))
        else:
            ((line, times),) = earlier
            value = self.derivative_here(line, times)
            left, right = (self.derivative_beside(line, times, sense) for sense in (-1, 1))
            self.rigorous = False  # that no further derivative disturbs the differences is only seen
        sides = [self.side(germ, value, sense) for germ, sense in ((left, -1), (right, 1))]
        return Local(None if value is None else self.limit(value).number, *sides, rigorous=self.rigorous)

    def line(self, direction: Direction, sense: int, power: int = 1) -> Way:
        """A multiple of a direction times a power of t."""
        slopes = {name: coordinate_of(self.field, slope) for name, slope in direction.items() if sense}
        return {name: {fmpq(power): self.field.scaled(slope, fmpq(sense))} for name, slope in slopes.items()}

    def germ(self, way: Way, reach: int) -> tuple[Germ | None, list[int]]:
        """The formula's germ along a way, None where it has no value there, and the decisions it came to."""
        germs = Germs(self.field, fmpq(reach + self.more))
        inputs = {}
        for name, value in self.site.at.items():
            terms = {CONSTANT: coordinate_of(self.field, value)}
            terms.update({(power, 0): factor for power, factor in way.get(name, {}).items()})
            inputs[name] = germs.made(terms, None)
        approach = Approach(self.site.tape, germs, inputs)
        try:
            return approach.germ(), approach.decisions
        except NoValueError:
            return None, approach.decisions
        finally:
            self.rigorous = self.rigorous and approach.rigorous

    def derivative_here(self, line: Direction, times: int) -> Constant | None:
        """A derivative along a line at the point, None where there is none; a one-sided one at an edge."""
        here = self.germ({}, times)[0]
        sides = [(self.germ(self.line(line, sense), times)[0], sense) for sense in (-1, 1)]
        known = [(germ, sense) for germ, sense in sides if germ is not None]
        if here is None or not known:
            return None
        value = here.terms.get(CONSTANT) or self.field.rational(0)
        for order in range(times + 1):
            found = [self.coefficient(germ, order, sense) for germ, sense in known]
            last = found[-1]
            if last is None or any(each is None or not self.field.is_same(each, last) for each in found):
                return None
            if order == 0 and not self.field.is_same(last, value):
                return None
        return last

    def coefficient(self, germ: Germ, order: int, sense: int) -> Constant | None:
        """A one-sided derivative as a constant, None where it is infinite."""
        singular = self.singular(germ, order)
        if singular is not None:
            return None
        found = germ.terms.get((fmpq(order), 0)) or self.field.rational(0)
        return self.field.scaled(found, fmpq(factorial(order) * sense**order))

    def derivative_beside(self, line: Direction, times: int, sense: int) -> Germ | None:
        """A derivative along a line at points beside the given one, as a germ of how far beside; None without one.

        Raises NoGermError where it is not seen whether it exists there.
        """
        on_line = self.germ(self.line(self.direction, sense), self.order)[0]
        sides = [self.derivatives_across(line, times, sense, turn) for turn in (1, -1)]
        known = [side for side in sides if side is not None]
        if on_line is None or not known:
            return None
        for order, found in enumerate(zip(*known, strict=True)):
            for one, other in pairwise([on_line, *found] if order == 0 else found):
                if not self.is_same(one, other):
                    return None
        return known[-1][times]

    def derivatives_across(self, line: Direction, times: int, sense: int, turn: int) -> list[Germ] | None:
        """The one-sided derivatives along a line up to an order, at points beside the given one; None without values.

        They are the coefficients of the polynomial in c through as many germs along curves.
        """
        power = times + self.order + 2
        reach = times * power + self.order
        found = [self.germ(self.bent(line, turn * count, power, sense), reach) for count in range(1, times + 2)]
        germs, decisions = [germ for germ, _ in found if germ is not None], [each for _, each in found]
        if not germs:
            return None
        if len(germs) < len(found) or any(each != decisions[0] for each in decisions):
            raise NoGermError
        arithmetic = Germs(self.field, fmpq(reach + self.more))
        derivatives = []
        for order, weights in enumerate(interpolated(times + 1)):
            factor = factorial(order) * turn**order
            terms = [arithmetic.scaled(germ, each * factor) for germ, each in zip(germs, weights, strict=True)]
            derivatives.append(self.lowered(arithmetic.sum(terms), order * power))
        return derivatives

    def bent(self, line: Direction, count: int, power: int, sense: int) -> Way:
        """The way beside the point that leaves a straight one by a multiple of a power of t along the line."""
        way = {name: dict(powers) for name, powers in self.line(self.direction, sense).items()}
        for name, powers in self.line(line, count, power).items():
            way.setdefault(name, {}).update(powers)
        return way

    def lowered(self, germ: Germ, power: int) -> Germ:
        """A germ over a power of t, as far as the differences tell."""
        end = fmpq(self.order + 1)
        limit = end if germ.limit is None else min(germ.limit - power, end)
        terms = {(exponent - power, logs): constant for (exponent, logs), constant in germ.terms.items()}
        return Germ({place: constant for place, constant in terms.items() if place[0] < limit}, limit)

    def is_same(self, one: Germ, other: Germ) -> bool:
        """Whether two germs are the same as far as the order asks."""
        zero = self.field.rational(0)
        places = [place for place in {*one.terms, *other.terms} if place[0] <= self.order]
        return all(self.field.is_same(one.terms.get(each, zero), other.terms.get(each, zero)) for each in places)

    def side(self, germ: Germ | None, value: Constant | None, sense: int) -> Side:
        """One side: the limit, and the one-sided derivative."""
        if germ is None:
            return Side(False)
        if germ.limit is not None and germ.limit <= self.order:
            raise ShortError
        limit = self.tends_to(germ, 0, 1)
        if not limit.settled or limit.constant is None:
            return Side(True, limit)
        if value is not None and not self.field.is_same(limit.constant, value):
            return Side(True, limit)
        return Side(True, limit, self.tends_to(germ, self.order, sense), continues=value is not None)

    def tends_to(self, germ: Germ, order: int, sense: int) -> Limit:
        """What a derivative of a germ tends to; `sense` is the direction in which t grows."""
        place = self.singular(germ, order)
        if place is None:
            constant = self.coefficient(germ, order, sense)
            assert constant is not None, "a germ without singular terms has a coefficient"
            return self.limit(constant)
        exponent, logs = place
        slope = prod((exponent - step for step in range(order)), start=fmpq(1)) or fmpq(1)
        sign = self.field.sign(germ.terms[place]) * (-1) ** (logs % 2) * sense**order
        return Limit(infinite=sign if slope > 0 else -sign)

    def singular(self, germ: Germ, order: int) -> Place | None:
        """The place of the largest term whose derivative grows without bound, None where there is none."""
        last = (fmpq(order), 0)
        return min((place for place in germ.terms if place < last and not _is_power(place)), default=None)

    def limit(self, constant: Constant) -> Limit:
        """A number as a limit; UnsureError where its ball is wider than float64 can tell."""
        if not is_narrow(constant.ball):
            raise UnsureError
        return Limit(arb(constant.ball), constant=constant, field=self.field)


def _is_power(place: Place) -> bool:
    """Whether a term is that of a power series."""
    exponent, logs = place
    return exponent.q == 1 and exponent >= 0 and not logs


@cache
def interpolated(count: int) -> tuple[tuple[fmpq, ...], ...]:
    """For each power of c the weights of the values at c = 1, 2, ..., `count` in the polynomial through them."""
    nodes = range(1, count + 1)
    rows = []
    for node in nodes:
        basis = fmpq_poly([1])
        for other in nodes:
            if other != node:
                basis *= fmpq_poly([-other, 1]) / (node - other)
        rows.append([basis[power] for power in range(count)])
    return tuple(zip(*rows, strict=True))
