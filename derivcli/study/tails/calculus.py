"""Functions on a one-sided interval with their first two derivatives: arithmetic, powers, exponentials, logarithms.

With y for the distance from the point (at infinity: for the variable), y is replaced by y(1 + e), and everything is
a power series in e up to e^2. So the factors of e and e^2 are y f' and y^2 f''/2. Each of them is enclosed, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from math import comb

from flint import arb, arb_poly, arb_series, ctx, fmpq

from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.engines.balls.exact_constants import ExactConstant, Field
from derivcli.engines.balls.germs.approach import Approach
from derivcli.engines.balls.germs.arithmetic import Germs
from derivcli.engines.balls.germs.germ import CONSTANT_TERM, Germ, NoGermError, TermExponents, rational
from derivcli.engines.balls.integers import fraction
from derivcli.study.tails.model import Leading, Model, Models, Part, ZeroLeadingError
from derivcli.study.tails.stretch import NO_GROWTH, PLAIN, Growth, OtherPartsError, Stretch, TooFarError

MAX_MULTIPLIED_POWER = 3
"""The largest exponent to which a function is raised by multiplication."""

NO_GERM = (NoGermError, NoValueError, UnsureError)

Jet = tuple[Model, ...]


@dataclass(frozen=True, eq=False)
class Value:
    """A function: models of its coefficients of 1, e, e^2, and what finds its germ at the point."""

    jet: Jet
    find: Callable[[], Germ]

    @cached_property
    def germ(self) -> Germ | None:
        """Its germ, None where none is known."""
        try:
            return self.find()
        except NO_GERM:
            return None


@dataclass(frozen=True, eq=False)
class Calculus:
    """The arithmetic of values. `sense` is 1 where t is the distance from a point, -1 where it is one over it."""

    models: Models
    germs: Germs
    approach: Approach
    sense: int
    order: int = 2

    @property
    def stretch(self) -> Stretch:
        """The interval."""
        return self.models.stretch

    @property
    def field(self) -> Field:
        """The exact constants."""
        return self.germs.field

    def constant(self, ball: arb, find: Callable[[], Germ]) -> Value:
        """A number."""
        return Value((self.models.number(ball), *[{}] * self.order), find)

    def number(self, value: fmpq | int) -> Value:
        """A rational number."""
        return self.constant(arb(value), lambda: self.germs.number(value))

    def named(self, constant: ExactConstant) -> Value:
        """An exact constant."""
        return self.constant(constant.ball, lambda: self.germs.constant(constant))

    def sum(self, *values: Value) -> Value:
        """The sum."""
        jet = tuple(self.models.sum(value.jet[k] for value in values) for k in range(self.order + 1))
        return Value(jet, lambda: self.germs.sum([_known(value) for value in values]))

    def scaled(self, value: Value, factor: fmpq | int) -> Value:
        """A rational multiple, not by 0."""
        jet = tuple(self.models.scaled(each, arb(factor)) for each in value.jet)
        return Value(jet, lambda: self.germs.scaled(_known(value), fmpq(factor)))

    def difference(self, one: Value, other: Value) -> Value:
        """One value minus another."""
        return self.sum(one, self.scaled(other, -1))

    def product(self, one: Value, other: Value) -> Value:
        """The product."""
        return Value(self._times(one.jet, other.jet), lambda: self.germs.product(_known(one), _known(other)))

    def _times(self, one: Jet, other: Jet) -> Jet:
        product, total = self.models.product, self.models.sum
        return tuple(
            total(product(one[i], other[k - i]) for i in range(k + 1) if one[i] and other[k - i])
            for k in range(self.order + 1)
        )

    def quotient(self, one: Value, other: Value) -> Value:
        """One value over another."""
        return self.product(one, self.power(other, fmpq(-1)))

    def leading(self, value: Value) -> tuple[Value, Leading]:
        """The largest term of a value for small t, and the value, perhaps with exact numbers in place of balls."""
        try:
            return value, self.models.leading(value.jet[0])
        except ZeroLeadingError:
            value = self.exact(value)
            if not value.jet[0]:
                raise NoValueError from None
            return value, self.models.leading(value.jet[0])

    def exact(self, value: Value) -> Value:
        """The value, with the numbers that its germ knows to be rational."""
        germ = value.germ
        if germ is None:
            return value
        slopes = [germ]
        for k in range(self.order):  # f_(k+1) = (D - k) f_k/(k+1), with D for y d/dy
            slopes.append(self._slope(slopes[-1], k))
        jet = tuple(self.models.cleaned(model, slope) for model, slope in zip(value.jet, slopes, strict=False))
        return Value(jet, value.find)

    def _slope(self, germ: Germ, k: int) -> Germ:
        found: dict[TermExponents, ExactConstant] = {}
        for (exponent, logs), constant in germ.terms.items():
            shares = [
                ((exponent, logs), rational(exponent) * self.sense - k),
                ((exponent, logs + 1), fmpq(-logs) * self.sense),
            ]
            for place, factor in shares:
                if factor != 0:
                    more = self.field.scaled(constant, factor / (k + 1))
                    found[place] = self.field.sum(found[place], more) if place in found else more
        return Germ({place: each for place, each in found.items() if not each.is_zero}, germ.limit)

    def sign(self, value: Value, order: int = 0) -> int:
        """The sign of a coefficient of a value for all t, 0 where it is 0 for all."""
        model = value.jet[order]
        try:
            return self.models.sign(model)
        except ZeroLeadingError:
            return self.models.sign(self.exact(value).jet[order])

    def rational(self, value: Value) -> fmpq | None:
        """The number that a value is for all t, where that is known to be rational."""
        model = value.jet[0]
        if not model:
            return fmpq(0)
        if any(value.jet[1:]) or model.keys() != {PLAIN} or model[PLAIN].low or model[PLAIN].order is not None:
            return None
        found = fraction(model[PLAIN].polynomial[0])
        if found is None and value.germ is not None and value.germ.is_constant and value.germ.terms:
            return value.germ.terms[CONSTANT_TERM].rational
        return found

    def power(self, value: Value, exponent: fmpq) -> Value:
        """A power, not the 0th."""
        if exponent.q == 1 and 1 < exponent <= MAX_MULTIPLIED_POWER:
            return reduce(self.product, [value] * int(exponent.p))
        if exponent == 1:
            return value
        value, leading = self.leading(value) if any(value.jet) else (value, None)
        if leading is None:
            if exponent < 0:
                raise NoValueError
            return value
        factor, small = self.models.over_leading(value.jet[0], leading)
        low, (logs, growth), _ = leading
        whole = exponent.q == 1
        if not whole and logs:
            raise UnsureError
        if not whole and self.sign(value) < 0:
            raise NoValueError
        if low * exponent.p % exponent.q:
            raise OtherPartsError(int(exponent.q))
        shape = int(logs * exponent.p) if whole else 0, growth.times(self.field, exponent)
        root = self.models.moved(
            self._one_plus(small, exponent), int(low * exponent.p // exponent.q), shape, _power(factor, exponent)
        )
        steps = self._relative(value, leading, factor, small)
        chosen = [exponent, exponent * (exponent - 1) / 2]
        jet = self._chained(root, [self.models.scaled(root, each) for each in chosen], steps)
        return Value(jet, lambda: self.germs.power(_known(value), exponent))

    def _relative(self, value: Value, leading: Leading, factor: arb, small: Model) -> list[Model]:
        """The coefficients of e and e^2 over the value itself."""
        low, (logs, growth), _ = leading
        inverse = self._one_plus(small, fmpq(-1))
        shape = -logs, growth.times(self.field, fmpq(-1))
        inverse = self.models.moved(inverse, -low, shape, 1 / factor)
        return [self.models.product(inverse, step) for step in value.jet[1:]]

    def _chained(self, first: Model, slopes: Sequence[Model], steps: Sequence[Model]) -> Jet:
        """A function's coefficients from its own, f'(u) and f''(u)/2, and those of its argument."""
        found = [first]
        if self.order > 0:
            found.append(self.models.product(slopes[0], steps[0]))
        if self.order > 1:
            square = self.models.product(steps[0], steps[0])
            found.append(
                self.models.sum([self.models.product(slopes[0], steps[1]), self.models.product(slopes[1], square)])
            )
        return tuple(found)

    def chained(self, slopes: Sequence[Model], value: Value) -> Jet:
        """A function of a value, from models of itself, its derivative and half its second one there."""
        return self._chained(slopes[0], slopes[1:], value.jet[1:])

    def is_large(self, value: Value) -> bool:
        """Whether a value grows without bound."""
        if not value.jet[0]:
            return False
        try:
            leading = self.leading(value)[1]
        except NoValueError:
            return False
        sign = leading.shape[1].sign(self.field)
        return sign > 0 or (sign == 0 and (leading.low, -leading.shape[0]) < CONSTANT_TERM)

    def _one_plus(self, small: Model, exponent: fmpq) -> Model:
        return self._of_small(small, arb(1), lambda series: series**exponent, positive=True)

    def _of_small(
        self, small: Model, center: arb, function: Callable[[arb_series], arb_series], positive: bool = False
    ) -> Model:
        """An analytic function of a center plus a model that is small."""
        if not small:
            return self.models.number(_series(function, center, 0)[0])
        count = self.models.terms(small)
        hull = center + self.models.values(small)
        if positive and not hull > 0:
            raise TooFarError
        found = _series(function, center, count - 1) if count else []
        return self.models.composed([*found, _series(function, hull, count)[-1]], small)

    def split(self, value: Value) -> tuple[Growth, arb, Model]:
        """What of a value grows without bound, as exact terms; its constant; and the rest, which is bounded."""
        large: dict[TermExponents, ExactConstant] = {}
        center, rest = arb(0), {}
        for shape, part in value.jet[0].items():
            logs, growth = shape
            coefficients = part.polynomial.coeffs()
            if growth.terms:
                if growth.sign(self.field) > 0:
                    raise UnsureError
                rest[shape] = part
                continue
            for n, each in enumerate(coefficients):
                place = part.low + n, -logs
                if place > CONSTANT_TERM or (place == CONSTANT_TERM and part.order == 0):
                    break
                if part.order == place[0]:
                    raise UnsureError
                coefficients[n] = arb(0)
                if place == CONSTANT_TERM:
                    center = each
                else:
                    large[(self.stretch.exponent(place[0]), -logs)] = self._exact(value, place[0], logs, each)
            rest[shape] = Part(part.low, arb_poly(coefficients), part.order)
        kept = {place: each for place, each in large.items() if not each.is_zero}
        return Growth(kept) if kept else NO_GROWTH, center, self.models.stripped(rest)

    def _exact(self, value: Value, low: int, logs: int, ball: arb) -> ExactConstant:
        """A coefficient of a value as an exact constant."""
        known = fraction(ball)
        if known is not None:
            return self.field.rational(known)
        place = self.stretch.exponent(low), -logs
        if value.germ is None or (value.germ.limit is not None and value.germ.limit <= place[0]):
            raise UnsureError
        return value.germ.terms.get(place) or self.field.rational(0)

    def exp(self, value: Value) -> Value:
        """The exponential."""
        growth, center, small = self.split(value)
        model = self._of_small(small, arb(0), arb_series.exp)
        low, shape = self._factor(growth)
        first = self.models.moved(model, low, shape, center.exp())
        halves = [first, self.models.scaled(first, arb(fmpq(1, 2)))]
        return Value(self._chained(first, halves, value.jet[1:]), lambda: self.germs.exp(_known(value)))

    def _factor(self, growth: Growth) -> tuple[int, tuple[int, Growth]]:
        """exp(g) as a power of s and an exponential."""
        slope = growth.terms.get((0, -1))
        if slope is None or slope.rational is None:
            return 0, (0, growth)
        low = slope.rational * self.stretch.parts
        if low.q != 1:
            raise OtherPartsError(int(low.q))
        return int(low.p), (0, Growth({place: each for place, each in growth.terms.items() if place != (0, -1)}))

    def log(self, value: Value) -> Value:
        """The logarithm."""
        value, leading = self.leading(value)
        if self.sign(value) < 0:
            raise NoValueError
        factor, small = self.models.over_leading(value.jet[0], leading)
        low, (logs, growth), _ = leading
        if logs:
            raise UnsureError
        if low and not self.stretch.reach < 1:  # log(t) is to be below 0
            raise TooFarError
        parts = [self._of_small(small, arb(1), arb_series.log, positive=True), self.models.number(factor.log())]
        if low:
            parts.append(self.models.monomial(0, (1, NO_GROWTH), arb(fmpq(low, self.stretch.parts))))
        for (exponent, more), constant in growth.terms.items():
            place = rational(exponent) * self.stretch.parts
            parts.append(self.models.monomial(int(place.p), (-more, NO_GROWTH), constant.ball))
        steps = self._relative(value, leading, factor, small)
        found = [self.models.sum(parts), *steps[:1]]
        if self.order > 1:
            square = self.models.product(steps[0], steps[0])
            found.append(self.models.sum([steps[1], self.models.scaled(square, arb(fmpq(-1, 2)))]))
        return Value(tuple(found), lambda: self.germs.log(_known(value)))

    def analytic(self, value: Value, series: Callable[[arb, int], Sequence[arb]], find: Callable[[], Germ]) -> Value:
        """A function of a bounded value, by its power series about balls."""
        growth, center, small = self.split(value)
        if growth.terms:
            raise UnsureError
        count = self.models.terms(small)
        points = series(center, count + self.order) if count or not small else []
        hull = series(center + self.models.values(small), count + self.order) if small else []
        slopes = []
        for k in range(self.order + 1):
            factors = [comb(n + k, k) * points[n + k] for n in range(count)]
            last = comb(count + k, k) * (hull[count + k] if small else points[count + k])
            slopes.append(self.models.composed([*factors, last], small))
        return Value(self._chained(slopes[0], slopes[1:], value.jet[1:]), find)


def _power(base: arb, exponent: fmpq) -> arb:
    return base ** int(exponent.p) if exponent.q == 1 else base**exponent


def _known(value: Value) -> Germ:
    if value.germ is None:
        raise NoGermError
    return value.germ


def _series(function: Callable[[arb_series], arb_series], center: arb, order: int) -> list[arb]:
    """The coefficients of a function about a ball, up to an order."""
    before = ctx.cap
    ctx.cap = order + 1
    try:
        made = function(arb_series([center, 1] if order else [center]))
        found = [made[place] for place in range(order + 1)]
    except (ValueError, ZeroDivisionError):
        raise TooFarError from None
    finally:
        ctx.cap = before
    if not all(ball.is_finite() for ball in found):
        raise TooFarError
    return found
