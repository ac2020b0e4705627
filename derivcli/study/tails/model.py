"""Enclosures of a function on a one-sided interval: sums of power series in a root of t, each times log(t)^k exp(g).

A series is a polynomial in s = t^(1/parts) times a power of s. Its coefficients are numbers up to the one at `order`,
which is a ball that holds what is left of the function over that power of s, for all t of the interval.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from typing import NamedTuple, TypeAlias

from flint import arb, arb_poly, fmpq

from derivcli.engines.balls.errors import UnsureError
from derivcli.engines.balls.germs.germ import Germ, TermExponents
from derivcli.study.tails.stretch import NO_GROWTH, PLAIN, Growth, Shape, Stretch, TooFarError

MAX_SHAPES = 40
"""A sum of more products with logarithms and exponentials takes too long."""

MAX_GROWTHS = 8
"""A sum has no more different exponentials."""

MAX_EXPONENTIAL_TERMS = 4
"""So many terms of a function's series in what has exponentials are enough."""

SIGN_PIECES = 16
"""Parts of the interval of s on each of which a polynomial shows its sign."""


class Part(NamedTuple):
    """A power series times s^low. The coefficient at `order`, if there is one, is a remainder."""

    low: int
    polynomial: arb_poly
    order: int | None = None


Model: TypeAlias = Mapping[Shape, Part]


class Leading(NamedTuple):
    """The largest term of a model for small t, whose coefficient has one sign for all t."""

    low: int
    shape: Shape
    coefficient: arb


class ZeroLeadingError(UnsureError):
    """The largest term of a model may be 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Models:
    """The arithmetic of models on one interval."""

    stretch: Stretch

    def number(self, value: arb) -> Model:
        """A number as a model."""
        return {} if value.is_zero() else {PLAIN: Part(0, arb_poly([value]))}

    def bounded(self, low: int, ball: arb, shape: Shape = PLAIN) -> Model:
        """Something of which a ball is known that holds it over s^low, for all t."""
        return {shape: Part(low, arb_poly([ball]), low)}

    def monomial(self, low: int, shape: Shape, factor: arb) -> Model:
        """One term."""
        return {shape: Part(low, arb_poly([factor]))}

    def sum(self, models: Iterable[Model]) -> Model:
        """The sum of models."""
        parts: dict[Shape, list[Part]] = {}
        for model in models:
            for shape, part in model.items():
                parts.setdefault(shape, []).append(part)
        added = ((shape, self._added(each) if len(each) > 1 else each[0]) for shape, each in parts.items())
        return {shape: part for shape, part in added if part.polynomial.length()}

    def _added(self, parts: Sequence[Part]) -> Part:
        low = min(part.low for part in parts)
        order = min((part.order for part in parts if part.order is not None), default=None)
        total = arb_poly()
        for part in parts:
            total += part.polynomial.left_shift(part.low - low) if part.low > low else part.polynomial
        return self._stripped(self._folded(low, total, order))

    def _stripped(self, part: Part) -> Part:
        """Without leading coefficients that are exactly 0."""
        polynomial, skipped = part.polynomial, 0
        while polynomial.length() and polynomial[skipped].is_zero() and part.low + skipped != part.order:
            skipped += 1
            if skipped >= polynomial.length():
                return Part(0, arb_poly())
        return Part(part.low + skipped, polynomial.right_shift(skipped), part.order) if skipped else part

    def is_number(self, model: Model) -> bool:
        """Whether a model is the same number for all t."""
        part = model.get(PLAIN)
        if part is None or len(model) > 1:
            return not model
        return part.low == 0 and part.order is None and part.polynomial.length() == 1

    def stripped(self, model: Model) -> Model:
        """A model without leading coefficients that are exactly 0."""
        parts = ((shape, self._stripped(part)) for shape, part in model.items() if part.polynomial.length())
        return {shape: part for shape, part in parts if part.polynomial.length()}

    def _folded(self, low: int, polynomial: arb_poly, order: int | None) -> Part:
        """A series whose terms from some power on, at the latest from `order`, are joined in a remainder."""
        keep = self.stretch.count if order is None else min(self.stretch.count, order - low)
        length = polynomial.length()
        if length <= keep or (length == keep + 1 and order == low + keep):
            return Part(low, polynomial, order if length > keep else None)
        coefficients, rest = polynomial.coeffs(), arb(0)
        for place in range(keep, length):
            rest += coefficients[place] * self.stretch.power(place - keep)
        return Part(low, arb_poly([*coefficients[:keep], rest]), low + keep)

    def scaled(self, model: Model, factor: arb | int) -> Model:
        """A multiple."""
        if factor == 0:
            return {}
        return {shape: Part(part.low, part.polynomial * factor, part.order) for shape, part in model.items()}

    def moved(self, model: Model, low: int, shape: Shape, factor: arb) -> Model:
        """A model times one term."""
        logs, growth = shape
        found = {}
        for (more, other), part in model.items():
            order = None if part.order is None else part.order + low
            found[(more + logs, other.plus(self.stretch.field, growth))] = Part(
                part.low + low, part.polynomial * factor, order
            )
        return found

    def product(self, one: Model, other: Model) -> Model:
        """The product of two models."""
        found: dict[Shape, list[Part]] = {}
        for (logs, growth), left in one.items():
            for (more, faster), right in other.items():
                shape = (logs + more, growth.plus(self.stretch.field, faster))
                orders = [
                    part.order + low for part, low in ((left, right.low), (right, left.low)) if part.order is not None
                ]
                made = self._folded(left.low + right.low, left.polynomial * right.polynomial, min(orders, default=None))
                found.setdefault(shape, []).append(made)
        return self._cropped({shape: self._added(each) if len(each) > 1 else each[0] for shape, each in found.items()})

    def _cropped(self, model: dict[Shape, Part]) -> Model:
        """A model without high powers of logarithms and without the flattest of many exponentials."""
        if any(abs(logs) > self.stretch.count for logs, _ in model):
            model = self._without_logs(model)
        if len({growth for _, growth in model}) > MAX_GROWTHS:
            model = self._without_flattest(model)
        if len(model) > MAX_SHAPES:
            raise UnsureError
        return {shape: part for shape, part in model.items() if part.polynomial.length()}

    def _without_logs(self, model: dict[Shape, Part]) -> dict[Shape, Part]:
        """Without powers of logarithms above the highest one: a root of t makes up for what is left of them."""
        most = self.stretch.count
        moved: list[Model] = [{shape: part for shape, part in model.items() if abs(shape[0]) <= most}]
        for (logs, growth), part in model.items():
            if abs(logs) > most:
                low, fewer = (part.low - 1, most) if logs > 0 else (part.low, -most)
                factor = self.stretch.values(part.low - low, (logs - fewer, NO_GROWTH))
                moved.append(self.bounded(low, self._ball(part) * factor, (fewer, growth)))
        return dict(self.sum(moved))

    def _without_flattest(self, model: dict[Shape, Part]) -> dict[Shape, Part]:
        """With few exponentials: the flattest are joined in a remainder of the last one that is kept."""
        field = self.stretch.field

        def order(one: Growth, other: Growth) -> int:
            return other.compared(field, one)

        growths = sorted({growth for _, growth in model}, key=cmp_to_key(order))
        kept, last = set(growths[:MAX_GROWTHS]), growths[MAX_GROWTHS - 1]
        joined = {shape: part for shape, part in model.items() if shape[1] in kept}
        lows = [part.low for (_, growth), part in model.items() if growth == last]
        total = arb(0)
        for (logs, growth), part in model.items():
            if growth not in kept:
                quotient = logs, growth.plus(field, last.times(field, fmpq(-1)))
                total += self._ball(part) * self.stretch.values(part.low - min(lows), quotient)
        return dict(self.sum([joined, self.bounded(min(lows), total, (0, last))]))

    def _ball(self, part: Part) -> arb:
        """A ball that holds a series over s^low, for all t."""
        return sum((each * self.stretch.power(place) for place, each in enumerate(part.polynomial.coeffs())), arb(0))

    def values(self, model: Model) -> arb:
        """A ball that holds the function's values for all t."""
        total = arb(0)
        for shape, part in model.items():
            for place, each in enumerate(part.polynomial.coeffs()):
                total += each * self.stretch.values(part.low + place, shape)
        if not total.is_finite():
            raise TooFarError
        return total

    def leading(self, model: Model) -> Leading:
        """The largest term for small t. ZeroLeadingError where that may be 0."""
        if not model:
            raise ZeroLeadingError
        best = None
        for shape, part in model.items():
            if best is None or self.stretch.larger((part.low, shape), best):
                best = part.low, shape
        assert best is not None, "the model has a part"
        coefficient = model[best[1]].polynomial[0]
        if coefficient.contains(0):
            if model[best[1]].order == best[0]:
                raise TooFarError
            raise ZeroLeadingError
        return Leading(*best, coefficient)

    def over_leading(self, model: Model, leading: Leading) -> tuple[arb, Model]:
        """A factor c, and the rest d: the model is its leading term's powers times c (1 + d)."""
        logs, growth = leading.shape
        part, factor = model[leading.shape], leading.coefficient
        if part.order == part.low:  # the leading coefficient is a remainder, and no number
            factor = factor.mid()
            rest = Part(part.low, arb_poly([part.polynomial[0] - factor]), part.order)
        else:
            rest = self._stripped(Part(part.low + 1, part.polynomial.right_shift(1), part.order))
        kept = {**model, leading.shape: rest}
        kept = {shape: each for shape, each in kept.items() if each.polynomial.length()}
        inverse = -logs, growth.times(self.stretch.field, fmpq(-1))
        return factor, self.moved(kept, -leading.low, inverse, 1 / factor)

    def terms(self, small: Model) -> int:
        """Of how many terms of a power series in what is bounded something is known."""
        if not small:
            return 0
        if any(growth.terms for _, growth in small):
            return MAX_EXPONENTIAL_TERMS
        if any(part.low == 0 and part.order == 0 for part in small.values()):
            return 0
        low = min(part.low for part in small.values())
        return self.stretch.count if low <= 0 else self.stretch.count // low + 1

    def composed(self, coefficients: Sequence[arb], small: Model) -> Model:
        """A power series in a model, whose last coefficient is a remainder unless the model is 0."""
        count = len(coefficients) - 1
        if not small:
            return self.number(coefficients[0])
        if small.keys() == {PLAIN} and small[PLAIN].low >= 0:
            low, polynomial, order = small[PLAIN]
            inner = polynomial.left_shift(low) if low else polynomial
            last = count * low if order is None else min(order, count * low)
            return {PLAIN: self._stripped(self._folded(0, arb_poly(coefficients)(inner), last))}
        total = self.bounded(0, coefficients[-1])
        for coefficient in reversed(coefficients[:-1]):
            total = self.sum([self.product(total, small), self.number(coefficient)])
        return total

    def sign(self, model: Model) -> int:
        """The sign that the function has for all t, 0 where it is 0.

        Raises TooFarError or ZeroLeadingError where that is not shown.
        """
        if not model:
            return 0
        low, shape, coefficient = self.leading(model)
        logs, growth = shape
        inverse = growth.times(self.stretch.field, fmpq(-1))
        others = arb(0)
        for (more, faster), part in model.items():
            if (more, faster) != shape:
                quotient = more - logs, faster.plus(self.stretch.field, inverse)
                for place, each in enumerate(part.polynomial.coeffs()):
                    others += each * self.stretch.values(part.low + place - low, quotient)
        if not self._keeps_sign(model[shape], others):
            raise TooFarError
        return 1 if (coefficient > 0) == (logs % 2 == 0) else -1

    def _keeps_sign(self, part: Part, others: arb) -> bool:
        """Whether a series over its power of s, and something in a ball, are together 0 for no t."""
        if not (self._ball(part) + others).contains(0):
            return True
        step = self.stretch.end / SIGN_PIECES
        pieces = ((step * place).union(step * (place + 1)) for place in range(SIGN_PIECES))
        first = part.polynomial[0]
        found = (part.polynomial(piece) + others for piece in pieces)
        return all(ball > 0 if first > 0 else ball < 0 for ball in found)

    def cleaned(self, model: Model, germ: Germ) -> Model:
        """The model, with coefficients that are rational by its germ made so."""
        if any(growth.sign(self.stretch.field) > 0 for _, growth in model):
            return model
        lows = [part.order for part in model.values() if part.order is not None]
        end = min(lows, default=None)
        found = {}
        for (logs, growth), part in model.items():
            if growth.terms:
                found[(logs, growth)] = part
                continue
            coefficients = part.polynomial.coeffs()
            for place, each in enumerate(coefficients):
                exponent = self.stretch.exponent(part.low + place)
                is_known = germ.limit is None or exponent < germ.limit
                if is_known and (end is None or part.low + place < end) and not each.is_exact():
                    coefficients[place] = _exact(germ, (exponent, -logs), each)
            made = self._stripped(Part(part.low, arb_poly(coefficients), part.order))
            if made.polynomial.length():
                found[(logs, growth)] = made
        return found


def _exact(germ: Germ, place: TermExponents, ball: arb) -> arb:
    """The coefficient at a place of a germ, where that is a rational number, else its ball."""
    constant = germ.terms.get(place)
    if constant is None:
        return arb(0)
    return ball if constant.rational is None else arb(constant.rational)
