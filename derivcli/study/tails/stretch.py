"""A one-sided interval 0 < t <= reach, and how large t^e log(t)^k exp(g) gets there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from flint import arb, fmpq

from derivcli.engines.balls.exact_constants import ExactConstant, Field
from derivcli.engines.balls.germs.germ import Exponent, TermExponents, exponent_of, rational

Terms: TypeAlias = Mapping[TermExponents, ExactConstant]


class TooFarError(Exception):
    """The interval is too long for the bounds; a shorter one may do."""


class OtherPartsError(Exception):
    """Powers of another root of t are needed: the number says of which."""

    def __init__(self, degree: int) -> None:
        super().__init__(degree)
        self.degree = degree


@dataclass(frozen=True, eq=False)
class Growth:
    """The logarithm g of a factor exp(g) that is no power of t: terms c t^e log(t)^k that grow without bound."""

    terms: Terms

    @cached_property
    def key(self) -> frozenset[tuple[TermExponents, frozenset]]:  # type: ignore[type-arg]
        """What equal ones share."""
        return frozenset((place, constant.key) for place, constant in self.terms.items())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Growth) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def times(self, field: Field, factor: fmpq) -> Growth:
        """The logarithm of a power of the factor."""
        return Growth({place: field.scaled(constant, factor) for place, constant in self.terms.items()})

    def plus(self, field: Field, other: Growth) -> Growth:
        """The logarithm of a product of two factors."""
        if not self.terms or not other.terms:
            return self if self.terms else other
        total = dict(self.terms)
        for place, constant in other.terms.items():
            total[place] = field.sum(total[place], constant) if place in total else constant
        return Growth({place: constant for place, constant in total.items() if not constant.is_zero})

    def sign(self, field: Field) -> int:
        """Whether g tends to infinity or to minus infinity; 0 where there is none."""
        if not self.terms:
            return 0
        place = min(self.terms)
        return field.sign(self.terms[place]) * (-1 if place[1] % 2 else 1)

    def compared(self, field: Field, other: Growth) -> int:
        """1 where the factor is larger than another one for small t, -1 where it is smaller."""
        return self.plus(field, other.times(field, fmpq(-1))).sign(field)


NO_GROWTH = Growth({})

Shape: TypeAlias = tuple[int, Growth]
"""The power of log(t), and the exponential, by which a power series in a root of t is multiplied."""

PLAIN: Shape = (0, NO_GROWTH)


@dataclass(frozen=True, eq=False)
class Stretch:
    """The t with 0 < t <= reach, with s = t^(1/parts) in whose whole powers everything is written."""

    reach: arb
    parts: int
    count: int
    field: Field

    @cached_property
    def end(self) -> arb:
        """The largest s."""
        return self.reach if self.parts == 1 else self.reach ** fmpq(1, self.parts)

    @cached_property
    def powers(self) -> list[arb]:
        """Balls that hold s^0, s^1, ... for all t."""
        size, found = arb(1), [arb(1)]
        for _ in range(4 * self.count + 8):
            size *= self.end
            found.append(arb(0).union(size))
        return found

    @cached_property
    def log(self) -> arb:
        """The size of log(t), which is nowhere less; t has to be less than 1."""
        if not self.reach < 1:
            raise TooFarError
        return -self.reach.log()

    def exponent(self, low: int) -> Exponent:
        """The exponent of t in a power of s."""
        return exponent_of(fmpq(low, self.parts))

    def power(self, low: int) -> arb:
        """A ball that holds s^low for all t."""
        if low < 0:
            raise TooFarError
        return self.powers[low] if low < len(self.powers) else arb(0).union(self.end**low)

    def values(self, low: int, shape: Shape) -> arb:
        """A ball that holds s^low log(t)^k exp(g) for all t; TooFarError where there is none."""
        logs, growth = shape
        if not logs and not growth.terms:
            return self.power(low)
        size = self._bound(arb(fmpq(low, self.parts)), logs, growth)
        return arb(0).union(-size if logs % 2 else size)

    def larger(self, one: tuple[int, Shape], other: tuple[int, Shape]) -> bool:
        """Whether the first of two products s^low log(t)^k exp(g) is the larger one for small t."""
        (low, (logs, growth)), (least, (fewer, slower)) = one, other
        if growth is slower or growth == slower:
            return (low, -logs) < (least, -fewer)
        slope = Growth({(0, -1): self.field.rational(fmpq(low - least, self.parts))}) if low != least else NO_GROWTH
        quotient = growth.plus(self.field, slower.times(self.field, fmpq(-1))).plus(self.field, slope)
        sign = quotient.sign(self.field)
        return sign > 0 if sign else logs > fewer

    def _bound(self, power: arb, logs: int, growth: Growth) -> arb:
        """The least number found that |t^power log(t)^logs exp(g)| does not exceed."""
        log = self.log
        terms = dict(growth.terms)
        slope = terms.pop((0, -1), None)
        if not terms:
            return self._power_bound(power if slope is None else power + slope.ball, logs)
        if slope is not None:
            power += slope.ball
        place = min(terms)
        exponent, over = -arb(rational(place[0])), -place[1]
        decay = self._decay(terms, place)
        if exponent == 0:  # exp(-decay |log t|^over) with over > 1
            return self._power_bound(power + decay * log ** (over - 1), logs)
        if over > 0:
            decay *= log**over
        elif over < 0:
            exponent = exponent / 2
            decay /= self._power_bound(exponent, -over)
        factor = arb(1)
        if logs > 0:
            part = exponent / 2
            factor, power = self._power_bound(part, logs), power - part
        elif logs < 0:
            factor = log**logs
        return factor * self._decay_bound(power, exponent, decay)

    def _decay(self, terms: Terms, place: TermExponents) -> arb:
        """The least a with g <= -a t^e |log t|^k for the leading term of g, which is below 0."""
        leading = terms[place].ball * (-1) ** (place[1] % 2)
        rest = arb(0)
        for other, constant in terms.items():
            if other != place:
                power = arb(rational(other[0])) - arb(rational(place[0]))
                rest += abs(constant.ball) * self._power_bound(power, place[1] - other[1])
        decay = -leading - rest
        if not decay > 0:
            raise TooFarError
        return decay.lower()

    def _power_bound(self, power: arb, logs: int) -> arb:
        """A bound of t^power |log t|^logs."""
        log = self.log
        if logs <= 0:
            if not power >= 0:
                raise TooFarError
            return (-power * log).exp() * log**logs
        if not power > 0:
            raise TooFarError
        if log * power > logs:
            return (-power * log).exp() * log**logs
        return (logs / power / arb.const_e()) ** logs

    def _decay_bound(self, power: arb, exponent: arb, decay: arb) -> arb:
        """A bound of t^power exp(-decay t^-exponent)."""
        far = (exponent * self.log).exp()  # the least t^-exponent
        if power >= 0 or decay * exponent * far > -power:
            return (-power * self.log - decay * far).exp()
        if not power < 0:
            raise TooFarError
        return (-power / (decay * exponent * arb.const_e())) ** (-power / exponent)
