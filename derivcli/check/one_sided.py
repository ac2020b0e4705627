"""One-sided limits and derivatives of a formula at a hard place, from its germs: exact, and proved.

A germ says what the formula does for small t > 0 along a curve that starts at the point. Its first terms are the
limit and the one-sided derivatives. A mixed derivative, first by x, then by y, is seen along the curves
y = y0 + t, x = x0 + c t^M for several c: differences in c are the derivatives by x, as germs in t.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from math import factorial, prod
from typing import TypeAlias

from flint import arb, ctx, fmpq, fmpq_poly

from derivcli.check.question import Site, is_narrow
from derivcli.check.sides import Limit, Local, Side
from derivcli.engines.balls.approach import Approach, coordinate_of
from derivcli.engines.balls.constants import Constant, Field, working
from derivcli.engines.balls.germs import CONSTANT, CUT, Germ, Germs, NoGermError, Place, ShortError
from derivcli.engines.balls.run import Direction, NoValueError, UnsureError

PRECISIONS = (192, 768, 3072, 12288)
"""Bits; the last ones serve numbers that nearly cancel."""

MORE_TERMS = (2, 8, 24)
"""So many more terms are looked at than the order needs, where fewer do not tell."""

FURTHEST, FAR = 4000, 16
"""Powers of t by which curves leave a kink that runs along a line: for polynomials, and for other functions."""

Way: TypeAlias = Mapping[str, Mapping[fmpq, Constant]]
"""How far each variable moves with t: factors of powers of t."""


@dataclass(slots=True, eq=False)
class OneSided:
    """The formula, or its derivative by earlier directions, at a point and on both sides of it along a direction."""

    site: Site
    earlier: Sequence[tuple[Direction, int]]
    direction: Direction
    looks: dict[tuple[int, int, int], _Look] = field(default_factory=dict)

    def local(self, order: int, highest: int) -> Local:
        """What is seen of the derivative of an order; `highest` is an order that will be asked for.

        Raises NoGermError where germs are not known, UnsureError where the highest precision does not do.
        """
        last = UnsureError()
        for precision in PRECISIONS:
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

    def look(self, highest: int, precision: int, more: int) -> _Look:
        """The look at a precision and with so many terms more than the order needs, taken once."""
        key = highest, precision, more
        if key not in self.looks:
            if len(self.earlier) > 1:
                raise NoGermError
            made = _Look(self.site, working(precision), self.direction, highest, more)
            made.take(self.earlier)
            self.looks[key] = made
        ctx.prec = precision
        return self.looks[key]


@dataclass(slots=True, eq=False)
class _Look:
    """One look at one precision, for derivatives up to an order and with so many further terms."""

    site: Site
    field: Field
    direction: Direction
    order: int
    more: int
    rigorous: bool = True
    value: Constant | None = None
    left: Germ | None = None
    right: Germ | None = None

    def take(self, earlier: Sequence[tuple[Direction, int]]) -> None:
        """Find the value, and the germs on both sides."""
        if not earlier:
            self.value = self.value_here(self.order)
            self.left, self.right = self.sides_here()
            return
        ((line, times),) = earlier
        self.value = self.derivative_here(line, times)
        self.left, self.right = (self.derivative_beside(line, times, sense) for sense in (-1, 1))
        self.rigorous = False  # that no further derivative disturbs the differences is only seen

    def sides_here(self) -> tuple[Germ | None, Germ | None]:
        """The formula's germs on both sides; one is the other's reflection where it takes no other branch."""
        right, decisions = self.germ(self.line(self.direction, 1), self.order)
        reflected = None if right is None or CUT in decisions else right.reflected()
        if reflected is not None and not decisions:
            return reflected, right
        left, others = self.germ(self.line(self.direction, -1), self.order)
        return reflected if reflected is not None and others == decisions else left, right

    def local(self, order: int) -> Local:
        """Value and sides, with one-sided derivatives of an order."""
        left, right = self.side(self.left, order, -1), self.side(self.right, order, 1)
        return Local(None if self.value is None else self.limit(self.value).number, left, right, self.rigorous)

    def value_here(self, reach: int) -> Constant | None:
        """The formula's value at the point, None where it has none."""
        here = self.germ({}, reach)[0]
        return None if here is None else here.terms.get(CONSTANT) or self.field.rational(0)

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
            return approach.germ(), germs.decisions
        except NoValueError:
            return None, germs.decisions
        finally:
            self.rigorous = self.rigorous and approach.rigorous

    def derivative_here(self, line: Direction, times: int) -> Constant | None:
        """A derivative along a line at the point, None where there is none; a one-sided one at an edge."""
        value = self.value_here(times)
        sides = [(self.germ(self.line(line, sense), times)[0], sense) for sense in (-1, 1)]
        known = [(germ, sense) for germ, sense in sides if germ is not None]
        if value is None or not known:
            return None
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
        on_line, decisions = self.germ(self.line(self.direction, sense), self.order)
        if on_line is None:
            return None
        sides = [side for side in self.across(line, times, sense, times + self.order + 2) if side is not None]
        if len(sides) == 2 and all(side[1] == decisions for side in sides):
            return sides[-1][0][times]  # no kink runs along the line
        for power in (FURTHEST, FAR):
            with suppress(ShortError):
                found = [side[0] for side in self.across(line, times, sense, power) if side is not None]
                return self.common(on_line, found)[times] if found else None
        raise NoGermError

    def common(self, on_line: Germ, sides: Sequence[Sequence[Germ]]) -> Sequence[Germ | None]:
        """The derivatives beside the point where all sides have the same; None where they differ."""
        last = sides[-1]
        for order, found in enumerate(zip(*sides, strict=True)):
            for one, other in pairwise([on_line, *found] if order == 0 else found):
                if not self.is_same(one, other):
                    return [None] * len(last)
        return last

    def across(self, line: Direction, times: int, sense: int, power: int) -> list[tuple[list[Germ], list[int]] | None]:
        """The one-sided derivatives across a line up to an order, at points beside the given one, with decisions.

        They are the coefficients of the polynomial in c through as many germs along curves x0 + c t^power. None on a
        side without values.
        """
        return [self.across_to(line, times, sense, turn, power) for turn in (1, -1)]

    def across_to(
        self, line: Direction, times: int, sense: int, turn: int, power: int
    ) -> tuple[list[Germ], list[int]] | None:
        """The derivatives on one side of the line."""
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
            derivatives.append(self.lowered(arithmetic.sum(terms), order * power, power))
        return derivatives, decisions[0]

    def bent(self, line: Direction, count: int, power: int, sense: int) -> Way:
        """The way beside the point that leaves a straight one by a multiple of a power of t along the line."""
        way = {name: dict(powers) for name, powers in self.line(self.direction, sense).items()}
        for name, powers in self.line(line, count, power).items():
            way.setdefault(name, {}).update(powers)
        return way

    def lowered(self, germ: Germ, shift: int, end: int) -> Germ:
        """A germ over a power of t, as far as the differences tell."""
        limit = fmpq(end) if germ.limit is None else min(germ.limit - shift, fmpq(end))
        if limit <= self.order:
            raise ShortError
        terms = {(exponent - shift, logs): constant for (exponent, logs), constant in germ.terms.items()}
        return Germ({place: constant for place, constant in terms.items() if place[0] < limit}, limit)

    def is_same(self, one: Germ, other: Germ) -> bool:
        """Whether two germs are the same as far as both are known."""
        zero = self.field.rational(0)
        limits = [germ.limit for germ in (one, other) if germ.limit is not None]
        places = [place for place in {*one.terms, *other.terms} if all(place[0] < limit for limit in limits)]
        return all(self.field.is_same(one.terms.get(each, zero), other.terms.get(each, zero)) for each in places)

    def side(self, germ: Germ | None, order: int, sense: int) -> Side:
        """One side: the limit, and the one-sided derivative."""
        if germ is None:
            return Side(False)
        if germ.limit is not None and germ.limit <= order:
            raise ShortError
        limit = self.tends_to(germ, 0, 1)
        if limit.constant is None:
            return Side(True, limit)
        if self.value is not None and not self.field.is_same(limit.constant, self.value):
            return Side(True, limit)
        return Side(True, limit, self.tends_to(germ, order, sense), continues=self.value is not None)

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
