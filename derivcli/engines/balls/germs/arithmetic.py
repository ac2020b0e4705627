"""The arithmetic of germs: sums, products, powers, roots, exponentials and logarithms of generalized power series.

Germs form a field as power series with whole exponents do not: they are divided, raised to fractional powers and
compared, since the first term that is not 0 has the sign of all for small t. (Van den Dries, Macintyre and Marker, "The
elementary theory of restricted analytic fields with exponentiation", Annals of Mathematics 140, 1994, has the theory;
here are its first terms.)
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from flint import fmpq

from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.engines.balls.exact_constants import ExactConstant, Field
from derivcli.engines.balls.germs.germ import (
    BRANCH_CUT,
    CONSTANT_TERM,
    OSCILLATION,
    UNKNOWN_SIGN,
    Exponent,
    Germ,
    NoGermError,
    ShortError,
    TermExponents,
    exponent_of,
    rational,
)

MAX_TERMS = 200
"""Longer germs are cut off."""

MAX_MULTIPLIED_POWER = 4
"""The largest exponent to which a germ is raised by multiplication."""

MAX_COMPOSED_TERMS = 80
"""So many terms of a function's series are enough, also where its argument tends slowly."""


@dataclass(frozen=True, slots=True, eq=False)
class Germs:
    """The arithmetic of germs over a field of constants, up to O(t^limit).

    `decisions` are the signs, branches and whole numbers that it came to. `BRANCH_CUT` stands among them where t < 0
    would have another one, and `OSCILLATION` where something oscillates.
    """

    field: Field
    limit: Exponent
    decisions: list[int | str] = dataclasses.field(default_factory=list)

    def constant(self, constant: ExactConstant) -> Germ:
        """A number as a germ."""
        return Germ({} if constant.is_zero else {CONSTANT_TERM: constant})

    def number(self, value: fmpq | int) -> Germ:
        """A rational number as a germ."""
        return self.constant(self.field.rational(value))

    def bounded(self) -> Germ:
        """A germ of which nothing is known but that it is bounded, as of sin(1/t)."""
        self.decisions.append(OSCILLATION)
        return Germ({}, 0)

    def is_bounded(self, germ: Germ) -> bool:
        """Whether nothing is known of a germ but a bound, since something oscillates."""
        return not germ.terms and germ.limit is not None and OSCILLATION in self.decisions

    def made(self, terms: dict[TermExponents, ExactConstant], limit: Exponent | None, flat: int = 0) -> Germ:
        """A germ of terms that may be 0 or too many."""
        kept = {place: constant for place, constant in terms.items() if not constant.is_zero}
        if limit is not None:
            kept = {place: constant for place, constant in kept.items() if place[0] < limit}
        if len(kept) > MAX_TERMS:
            places = sorted(kept)
            limit = places[MAX_TERMS][0]
            kept = {place: kept[place] for place in places if place[0] < limit}
        return Germ(kept, limit, 0 if limit is not None else flat)

    def leading(self, germ: Germ) -> tuple[TermExponents, ExactConstant, int]:
        """The term that is the largest for small t, and its sign. The germ is not flat or 0.

        Raises UnsureError where a term may be 0, and ShortError where no term is known.
        """
        if not germ.terms:
            raise ShortError
        place = min(germ.terms)
        constant = germ.terms[place]
        sign = self.field.sign(constant)
        return place, constant, -sign if place[1] % 2 else sign

    def sign(self, germ: Germ) -> int:
        """The sign for small t > 0. It is 0 where it is 0 for all of them."""
        if germ.terms or germ.limit is not None:
            return self.leading(germ)[2]
        if germ.flat == UNKNOWN_SIGN:
            raise UnsureError
        return germ.flat

    def sum(self, germs: Iterable[Germ]) -> Germ:
        """The sum of germs."""
        total: dict[TermExponents, ExactConstant] = {}
        limit, flats = None, set()
        for germ in germs:
            flats.add(germ.flat)
            limit = germ.limit if limit is None or (germ.limit is not None and germ.limit < limit) else limit
            for place, constant in germ.terms.items():
                total[place] = self.field.sum(total[place], constant) if place in total else constant
        return self.made(total, limit, _joined(flats))

    def negative(self, germ: Germ) -> Germ:
        """Minus a germ."""
        return self.scaled(germ, fmpq(-1))

    def scaled(self, germ: Germ, factor: fmpq) -> Germ:
        """A rational multiple, not by 0."""
        terms = {place: self.field.scaled(constant, factor) for place, constant in germ.terms.items()}
        return Germ(terms, germ.limit, germ.flat if factor > 0 else _negated(germ.flat))

    def difference(self, one: Germ, other: Germ) -> Germ:
        """One germ minus another."""
        return self.sum([one, self.negative(other)])

    def product(self, one: Germ, other: Germ) -> Germ:
        """The product of two germs."""
        if one.is_zero or other.is_zero:
            return Germ({})
        limit = _lowest(_shifted(one.limit, other), _shifted(other.limit, one))
        terms: dict[TermExponents, ExactConstant] = {}
        for (first, logs), left in one.terms.items():
            for (second, more), right in other.terms.items():
                place = (first + second, logs + more)
                if limit is None or place[0] < limit:
                    made = self.field.product(left, right)
                    terms[place] = self.field.sum(terms[place], made) if place in terms else made
        flat = 0 if limit is not None else _joined({self._flat_part(one, other), self._flat_part(other, one)})
        return self.made(terms, limit, flat)

    def _flat_part(self, one: Germ, other: Germ) -> int:
        """The sign of the first germ's flat part times the second germ."""
        if not one.flat:
            return 0
        try:
            sign = self.sign(other)
        except UnsureError:
            return UNKNOWN_SIGN
        return one.flat * sign if one.flat != UNKNOWN_SIGN else UNKNOWN_SIGN

    def reciprocal(self, germ: Germ) -> Germ:
        """One over a germ. Raises NoValueError where that is 0."""
        return self.power(germ, fmpq(-1))

    def quotient(self, one: Germ, other: Germ) -> Germ:
        """One germ over another."""
        return self.product(one, self.reciprocal(other))

    def power(self, germ: Germ, exponent: fmpq) -> Germ:
        """A constant power, not the 0th, of a germ. Raises NoValueError where it has no real value."""
        whole = exponent.q == 1
        if germ.is_zero:
            if exponent < 0:
                raise NoValueError
            return germ
        if not germ.terms and germ.limit is None:
            return self._flat_power(germ, exponent)
        if whole and 0 < exponent <= MAX_MULTIPLIED_POWER:
            return self._repeated(germ, int(exponent.p))
        return self._power_by_leading(germ, exponent)

    def _power_by_leading(self, germ: Germ, exponent: fmpq) -> Germ:
        """A power of a germ as that of its leading term times a power of 1 plus a germ that tends to 0."""
        whole = exponent.q == 1
        (low, logs), constant, sign = self.leading(germ)
        if sign < 0 and not whole:
            raise NoValueError
        if logs:
            raise NoGermError
        if low != 0 and not whole:
            self.decisions.append(BRANCH_CUT)
        raised = self.field.power(constant, exponent)
        if len(germ.terms) == 1 and germ.limit is None and not germ.flat:
            return Germ({(exponent_of(rational(low) * exponent), 0): raised})
        small = self._over_leading(germ, low, constant)
        series = self._one_plus(small, exponent)
        return self.product(Germ({(exponent_of(rational(low) * exponent), 0): raised}), series)

    def _one_plus(self, small: Germ, exponent: fmpq) -> Germ:
        """A power of 1 plus a germ that tends to 0."""
        if _is_plain(small):
            return self._solved(small, lambda e, a: (exponent + 1) * rational(a) / rational(e) - 1)
        binomials = [fmpq(1)]
        for n in range(1, self.count(small)):
            binomials.append(binomials[-1] * (exponent - n + 1) / n)
        return self.composed([self.field.rational(each) for each in binomials], small)

    def _solved(self, small: Germ, weight: Callable[[Exponent, Exponent], fmpq]) -> Germ:
        """The germ h = 1 + ... that a differential equation determines, term after term.

        The factor of t^e in it is the sum over the terms d t^a of `small` of weight(e, a)*d times that of t^(e-a).
        """
        limit = self.limit if small.limit is None else min(small.limit, self.limit)
        found: dict[Exponent, ExactConstant] = {0: self.field.rational(1)}
        steps = sorted((exponent, constant) for (exponent, _), constant in small.terms.items())
        waiting = [exponent for exponent, _ in steps if exponent < limit]
        while waiting:
            e = heappop(waiting)
            if e in found:
                continue
            total = self.field.rational(0)
            for a, constant in steps:
                if e - a in found:
                    part = self.field.product(constant, found[e - a])
                    total = self.field.sum(total, self.field.scaled(part, weight(e, a)))
            found[e] = total
            for a, _ in steps:
                if e + a < limit:
                    heappush(waiting, e + a)
            if len(found) > MAX_TERMS:
                limit = e
                break
        return self.made({(e, 0): constant for e, constant in found.items()}, limit if steps or small.limit else None)

    def _flat_power(self, germ: Germ, exponent: fmpq) -> Germ:
        if exponent < 0:
            raise NoGermError
        sign = self.sign(germ)
        if exponent.q != 1 and sign < 0:
            raise NoValueError
        return Germ({}, None, sign if exponent.p % 2 or exponent.q != 1 else 1)

    def _repeated(self, germ: Germ, exponent: int) -> Germ:
        """A small whole power by multiplication, which keeps what is exact."""
        power = germ
        for _ in range(exponent - 1):
            power = self.product(power, germ)
        return power

    def _over_leading(self, germ: Germ, low: Exponent, constant: ExactConstant) -> Germ:
        """The germ over its leading term, minus 1."""
        inverse = self.field.power(constant, fmpq(-1))
        terms = {
            (exponent - low, logs): self.field.product(each, inverse)
            for (exponent, logs), each in germ.terms.items()
            if (exponent, logs) != (low, 0)
        }
        flat = germ.flat if self.field.sign(constant) > 0 else _negated(germ.flat)
        return self.made(terms, None if germ.limit is None else germ.limit - low, flat)

    def split(self, germ: Germ) -> tuple[Germ, ExactConstant, Germ]:
        """What of a germ grows without bound, its constant, and what tends to 0."""
        large = {place: constant for place, constant in germ.terms.items() if place < CONSTANT_TERM}
        small = {place: constant for place, constant in germ.terms.items() if place > CONSTANT_TERM}
        if germ.limit is not None and germ.limit <= 0:
            raise ShortError
        return (
            Germ(large), germ.terms.get(CONSTANT_TERM) or self.field.rational(0), Germ(small, germ.limit, germ.flat)
        )  # fmt: skip

    def count(self, small: Germ) -> int:
        """How many terms of a series in a germ that tends to 0 are needed."""
        low = small.low()
        if low is None:
            return 2 if small.flat else 1
        if low <= 0:
            raise NoGermError  # as 1/log(t) has, which tends to 0 more slowly than every power
        return min(int(self.limit // low) + 2, MAX_COMPOSED_TERMS)

    def composed(self, coefficients: Sequence[ExactConstant], small: Germ) -> Germ:
        """A power series in a germ that tends to 0. Its further terms are not known."""
        total = self.constant(coefficients[-1])
        for coefficient in reversed(coefficients[:-1]):
            total = self.sum([self.product(total, small), self.constant(coefficient)])
        low = small.low()
        if low is None:
            if small.flat and len(coefficients) > 1:
                return Germ(self.constant(coefficients[0]).terms, None, UNKNOWN_SIGN)
            return self.constant(coefficients[0])
        return self.made(total.terms, _lowest(total.limit, _lowest(self.limit + low, low * len(coefficients))))

    def exp(self, germ: Germ) -> Germ:
        """The exponential. It is flat where the germ tends to minus infinity faster than a logarithm."""
        large, constant, small = self.split(germ)
        if large.terms:
            (low, logs), leading, sign = self.leading(large)
            if low < 0:
                self.decisions.append(BRANCH_CUT)
            if low < 0 and sign < 0:
                return Germ({}, None, 1)
            slope = leading.rational
            if low < 0 or len(large.terms) > 1 or logs != -1 or slope is None:
                raise NoGermError
            power = Germ({(exponent_of(slope), 0): self.field.rational(1)})
            return self.product(power, self.exp(self._without(germ, (low, logs))))
        return self.product(self.constant(self.field.exp(constant)), self._exp_small(small))

    def _exp_small(self, small: Germ) -> Germ:
        if _is_plain(small):
            return self._solved(small, lambda e, a: rational(a) / rational(e))
        factor, coefficients = fmpq(1), []
        for n in range(self.count(small)):
            coefficients.append(self.field.rational(factor))
            factor /= n + 1
        return self.composed(coefficients, small)

    def _without(self, germ: Germ, place: TermExponents) -> Germ:
        return Germ({each: constant for each, constant in germ.terms.items() if each != place}, germ.limit, germ.flat)

    def log(self, germ: Germ) -> Germ:
        """The logarithm of a germ. It raises NoValueError unless the germ is positive."""
        if self.sign(germ) <= 0:
            raise NoValueError
        if not germ.terms:
            raise NoGermError
        (low, logs), constant, _ = self.leading(germ)
        if logs:
            raise NoGermError
        if low != 0:
            self.decisions.append(BRANCH_CUT)
        series = self._log_one_plus(self._over_leading(germ, low, constant))
        head = self.constant(self.field.log(constant))
        tail = Germ({(0, -1): self.field.rational(rational(low))}) if low != 0 else Germ({})
        return self.sum([tail, head, series])

    def _log_one_plus(self, small: Germ) -> Germ:
        """The logarithm of 1 plus a germ that tends to 0, the integral of its slope over it."""
        if _is_plain(small):
            slope = {place: self.field.scaled(each, rational(place[0])) for place, each in small.terms.items()}
            found = self.product(Germ(slope, small.limit), self._one_plus(small, fmpq(-1)))
            terms = {place: self.field.scaled(each, 1 / rational(place[0])) for place, each in found.terms.items()}
            return Germ(terms, found.limit)
        coefficients = [fmpq(0), *[fmpq((-1) ** (n + 1), n) for n in range(1, self.count(small))]]
        return self.composed([self.field.rational(each) for each in coefficients], small)


def _is_plain(small: Germ) -> bool:
    """Whether a germ has neither logarithms nor a flat part."""
    return not small.flat and not any(logs for _, logs in small.terms)


def _joined(flats: set[int]) -> int:
    """The sign of a sum of flat germs with these signs."""
    signs = flats - {0}
    return next(iter(signs)) if len(signs) == 1 else UNKNOWN_SIGN if signs else 0


def _negated(flat: int) -> int:
    return flat if flat == UNKNOWN_SIGN else -flat


def _lowest(one: Exponent | None, other: Exponent | None) -> Exponent | None:
    """The lower of two limits, of which None is none."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def _shifted(limit: Exponent | None, germ: Germ) -> Exponent | None:
    """How far a product is known of which one factor is known up to a limit."""
    low = germ.low()
    return None if limit is None or low is None else limit + low
