"""Exact constants: polynomials over the rational numbers in real numbers of which only balls are known.

These numbers, the generators, are such as pi, sin(3/2) or sqrt(2), each made once. Constants with equal polynomials are
equal; constants whose balls do not meet differ; of others nothing is known at this precision.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from flint import arb, ctx, fmpq, fmpq_poly

from derivcli.engines.balls.errors import UnsureError
from derivcli.engines.balls.integers import MAX_BITS, fraction
from derivcli.engines.balls.rational_roots import exact_root, without_powers

Monomial: TypeAlias = tuple[tuple[int, int], ...]
"""Numbers of generators with the powers to which they stand in a product."""

MAX_TERMS = 8
"""A constant of more monomials becomes a generator."""

MAX_POWER = 1000
"""The largest exponent to which a rational number is raised exactly."""

MAX_MULTIPLIED_POWER = 12
"""The largest exponent to which a polynomial is raised by multiplication."""

MAX_ROOT_DEGREE = 6
"""Roots of irrational numbers of a higher degree have no relation with what they are roots of."""

MAX_PARTS = 4
"""The exponential of a sum of more terms is no product."""


@dataclass(frozen=True, eq=False)
class ExactConstant:
    """A real number: its polynomial in generators, and a ball that holds it."""

    polynomial: Mapping[Monomial, fmpq]
    ball: arb

    @cached_property
    def key(self) -> frozenset[tuple[Monomial, fmpq]]:
        """What constants with the same polynomial share."""
        return frozenset(self.polynomial.items())

    @property
    def rational(self) -> fmpq | None:
        """The number as a rational one, where it is known to be one."""
        if not self.polynomial:
            return fmpq(0)
        return self.polynomial.get(()) if len(self.polynomial) == 1 else None

    @property
    def is_zero(self) -> bool:
        """Whether it is 0 by its polynomial."""
        return not self.polynomial

    def negative(self) -> ExactConstant:
        """Minus the number."""
        return ExactConstant({each: -factor for each, factor in self.polynomial.items()}, -self.ball)


@dataclass(frozen=True, slots=True, eq=False)
class FieldGenerator:
    """A real number that is no sum or product of others: its ball, and what is known of it exactly.

    Its power `degree` is `radicand`, a polynomial in others and lower powers of itself; it is exp(`log`), log(`exp`),
    or the angle of which `arc` has the cosine and the sine. None where it is not.
    """

    ball: arb
    degree: int = 0
    radicand: ExactConstant | None = None
    log: ExactConstant | None = None
    exp: ExactConstant | None = None
    arc: tuple[ExactConstant, ExactConstant] | None = None


@dataclass(slots=True, eq=False)
class Field:
    """The constants of some evaluations to one precision in bits, so that equal ones are known to be equal."""

    precision: int
    numbers: dict[Hashable, int] = field(default_factory=dict)
    generators: list[FieldGenerator] = field(default_factory=list)
    rationals: dict[Hashable, fmpq] = field(default_factory=dict)

    def rational(self, value: fmpq | int) -> ExactConstant:
        """A rational number."""
        return ExactConstant({(): fmpq(value)} if value != 0 else {}, arb(value))

    def generator(self, key: Hashable, made: FieldGenerator) -> ExactConstant:
        """The number with a key, made on first use. It is a rational one where its ball is a point."""
        exact = fraction(made.ball)
        if exact is not None:
            self.rationals[key] = exact
        if key in self.rationals:
            return self.rational(self.rationals[key])
        number = self.numbers.setdefault(key, len(self.generators))
        if number == len(self.generators):
            self.generators.append(made)
        return ExactConstant({((number, 1),): fmpq(1)}, self.generators[number].ball)

    def named(self, key: Hashable, ball: arb) -> ExactConstant:
        """The number with a key, of which nothing but a ball is known."""
        return self.generator(key, FieldGenerator(ball))

    def pi(self) -> ExactConstant:
        """The number pi."""
        return self.named("pi", arb.pi())

    def sign(self, constant: ExactConstant) -> int:
        """-1, 0 or 1. Raises UnsureError where neither polynomial nor ball tell."""
        known = constant.rational
        if known is not None:
            return int(known > 0) - int(known < 0)
        if constant.ball > 0:
            return 1
        if constant.ball < 0:
            return -1
        raise UnsureError

    def is_same(self, one: ExactConstant, other: ExactConstant) -> bool:
        """Whether two constants are equal. Raises UnsureError where that is not known."""
        return self.sign(self.difference(one, other)) == 0

    def difference(self, one: ExactConstant, other: ExactConstant) -> ExactConstant:
        """The first constant minus the second one."""
        return self.sum(one, other.negative())

    def sum(self, one: ExactConstant, other: ExactConstant) -> ExactConstant:
        """The sum of two constants."""
        if one.is_zero or other.is_zero:
            return other if one.is_zero else one
        found = dict(one.polynomial)
        for monomial, factor in other.polynomial.items():
            found[monomial] = found.get(monomial, fmpq(0)) + factor
        return self._made(found, one.ball + other.ball)

    def scaled(self, constant: ExactConstant, factor: fmpq) -> ExactConstant:
        """A rational multiple of a constant."""
        if factor == 0 or constant.is_zero:
            return self.rational(0)
        return self._made({each: value * factor for each, value in constant.polynomial.items()}, constant.ball * factor)

    def product(self, one: ExactConstant, other: ExactConstant) -> ExactConstant:
        """The product of two constants."""
        for constant, factor in ((one, other.rational), (other, one.rational)):
            if factor is not None:
                return self.scaled(constant, factor)
        total = self.rational(0)
        plain: dict[Monomial, fmpq] = {}
        for left, first in one.polynomial.items():
            for right, second in other.polynomial.items():
                powers = dict(left)
                for number, power in right:
                    powers[number] = powers.get(number, 0) + power
                monomial, factor = self._reduced(powers)
                if factor is None:
                    plain[monomial] = plain.get(monomial, fmpq(0)) + first * second
                else:
                    rest = self._made({monomial: first * second}, self._size(monomial) * (first * second))
                    total = self.sum(total, self.product(rest, factor))
        made = self._made(plain, one.ball * other.ball if total.is_zero else self._ball(plain))
        return self.sum(total, made)

    def power(self, base: ExactConstant, exponent: fmpq) -> ExactConstant:
        """A power of a constant that is not 0. Where the exponent is not whole, the constant has to be positive."""
        if base.rational is not None:
            return self._rational_power(base, exponent)
        monomial = next(iter(base.polynomial)) if len(base.polynomial) == 1 else None
        if monomial is not None and not base.ball.contains(0):
            found = self._monomial_power(base, monomial, exponent)
            if found is not None:
                return found
        if exponent.q == 1 and 0 < exponent <= MAX_MULTIPLIED_POWER:
            found = base
            for _ in range(int(exponent.p) - 1):
                found = self.product(found, base)
            return found
        if exponent.q == 1 and -MAX_MULTIPLIED_POWER <= exponent < 0:
            inverse = self._inverse(base)
            if inverse is not None:
                return self.power(inverse, -exponent)
        if 1 < exponent.q <= MAX_ROOT_DEGREE and abs(exponent.p) <= MAX_POWER and base.ball > 0:
            return self._root_power(base, exponent)
        return self.named(("power", base.key, exponent), base.ball**exponent)

    def exp(self, constant: ExactConstant) -> ExactConstant:
        """The exponential of a constant: a product over its terms, and a power where a term has a logarithm."""
        if 1 < len(constant.polynomial) <= MAX_PARTS:
            found = self.rational(1)
            for monomial, factor in sorted(constant.polynomial.items()):
                found = self.product(found, self.exp(self._term(monomial, factor)))
            return found
        if len(constant.polynomial) != 1:
            return self.rational(1) if constant.is_zero else self._exp_named(constant)
        ((monomial, factor),) = constant.polynomial.items()
        inside = self.generators[monomial[0][0]].exp if len(monomial) == 1 and monomial[0][1] == 1 else None
        if inside is not None:
            return self.power(inside, factor)
        if abs(factor.p) > MAX_POWER or factor.q > MAX_POWER:
            return self._exp_named(constant)
        return self.power(self._exp_unit(monomial, int(factor.q)), fmpq(factor.p))

    def _exp_unit(self, monomial: Monomial, below: int) -> ExactConstant:
        """The exponential of a product of generators over a whole number, a root of that of the product."""
        unit = self._term(monomial, fmpq(1, below))
        whole = self._exp_unit(monomial, 1) if below > 1 else None
        return self.generator(
            ("exp", unit.key), FieldGenerator(unit.ball.exp(), below if whole else 0, whole, log=unit)
        )

    def _exp_named(self, constant: ExactConstant) -> ExactConstant:
        return self.generator(("exp", constant.key), FieldGenerator(constant.ball.exp(), log=constant))

    def _term(self, monomial: Monomial, factor: fmpq) -> ExactConstant:
        return ExactConstant({monomial: factor}, self._size(monomial) * factor)

    def log(self, constant: ExactConstant) -> ExactConstant:
        """The logarithm of a positive constant. Of powers of exponentials, and of rational powers, it is a multiple."""
        if constant.rational is not None:
            return self._rational_log(constant.rational)
        if len(constant.polynomial) == 1:
            ((monomial, factor),) = constant.polynomial.items()
            found = self._log_of(monomial)
            if found is not None:
                return found if factor == 1 else self.sum(found, self._rational_log(factor))
        return self.generator(("log", constant.key), FieldGenerator(constant.ball.log(), exp=constant))

    def _log_of(self, monomial: Monomial) -> ExactConstant | None:
        """The logarithm of a product of exponentials; None where it is none."""
        total = self.rational(0)
        for number, power in monomial:
            made = self.generators[number]
            log = made.log
            if log is None and made.radicand is not None and made.radicand.rational is not None:
                log = self.scaled(self._rational_log(made.radicand.rational), fmpq(1, made.degree))
            if log is None:
                return None
            total = self.sum(total, self.scaled(log, fmpq(power)))
        return total

    def _rational_log(self, value: fmpq) -> ExactConstant:
        """The logarithm of a rational number above 0, a multiple of that of a number above 1."""
        if value == 1:
            return self.rational(0)
        if value < 1:
            return self._rational_log(1 / value).negative()
        times = next((n for n in range(MAX_ROOT_DEGREE, 1, -1) if exact_root(value, n) is not None), 1)
        if times > 1:
            root = exact_root(value, times)
            assert root is not None, "it was found"
            return self.scaled(self._rational_log(root), fmpq(times))
        constant = self.rational(value)
        return self.generator(("log", constant.key), FieldGenerator(constant.ball.log(), exp=constant))

    def turns(self, constant: ExactConstant) -> fmpq | None:
        """How many times pi a constant is, where it is a rational multiple."""
        if constant.is_zero:
            return fmpq(0)
        number = self.numbers.get("pi")
        return constant.polynomial.get(((number, 1),)) if number is not None and len(constant.polynomial) == 1 else None

    def _rational_power(self, base: ExactConstant, exponent: fmpq) -> ExactConstant:
        value = base.rational
        assert value is not None, "the base is rational"
        bits = max(value.p.bit_length(), value.q.bit_length())
        if abs(exponent.p) > MAX_POWER or bits * abs(int(exponent.p)) > MAX_BITS:
            return self.named(("power", base.key, exponent), arb(value) ** exponent)
        degree = int(exponent.q)
        turns, rest = divmod(int(exponent.p), degree)
        whole = self.rational(value**turns)
        if not rest:
            return whole
        exact = exact_root(value, degree)
        if exact is not None:
            return self.product(whole, self.rational(exact**rest))
        outside, inside = without_powers(value, degree)
        found = self.scaled(whole, outside**rest)
        for base, times in inside:
            power = fmpq(times * rest, degree)
            root = FieldGenerator(arb(base) ** fmpq(1, power.q), int(power.q), self.rational(base))
            made = self.generator(("root", base, int(power.q)), root)
            found = self.product(found, self.power(made, fmpq(power.p)))
        return found

    def _monomial_power(self, base: ExactConstant, monomial: Monomial, exponent: fmpq) -> ExactConstant | None:
        """A power of a number times generators, where it is one again."""
        ((_, factor),) = base.polynomial.items()
        if exponent.q != 1:
            if not base.ball > 0 or factor < 0:
                return None
            log = self._log_of(monomial)
            if log is not None:
                return self.product(self.exp(self.scaled(log, exponent)), self.power(self.rational(factor), exponent))
            if any(power % exponent.q or not self.generators[number].ball > 0 for number, power in monomial):
                return None
            inner = tuple((number, power // int(exponent.q)) for number, power in monomial)
            found = self.power(self._term(inner, fmpq(1)), fmpq(exponent.p))
            return self.product(found, self.power(self.rational(factor), exponent))
        if abs(exponent.p) > MAX_POWER:
            return None
        raised, rest = self._reduced({number: power * int(exponent.p) for number, power in monomial})
        scale = factor ** int(exponent.p)
        if rest is None:
            return self._made({raised: scale}, base.ball ** int(exponent.p))
        return self.product(self._made({raised: scale}, self._size(raised) * scale), rest)

    def _root_power(self, base: ExactConstant, exponent: fmpq) -> ExactConstant:
        """A root of an irrational number above 0, to a whole power: that of its rational factor comes out."""
        factor = abs(base.polynomial[min(base.polynomial)])
        inner, degree = self.scaled(base, 1 / factor), int(exponent.q)
        made = FieldGenerator(inner.ball ** fmpq(1, degree), degree, inner)
        root = self.generator(("power", inner.key, fmpq(1, degree)), made)
        return self.product(self._rational_power(self.rational(factor), exponent), self.power(root, fmpq(exponent.p)))

    def _inverse(self, base: ExactConstant) -> ExactConstant | None:
        """1 over a sum with square roots, by the conjugate: 1/(1 + sqrt(2)) is sqrt(2) - 1. None where that is none."""
        numbers = {number for monomial in base.polynomial for number, _ in monomial}
        if len(numbers) == 1 and not base.ball.contains(0):
            return self._inverse_in_one(base, numbers.pop())
        roots = [number for number in numbers if self.generators[number].degree == 2]
        if not roots or base.ball.contains(0):
            return None
        last = max(roots)
        turned = {each: -value if (last, 1) in each else value for each, value in base.polynomial.items()}
        conjugate = ExactConstant(turned, self._ball(turned))
        norm = self.product(base, conjugate)
        if norm.ball.contains(0) or any((last, 1) in each for each in norm.polynomial):
            return None
        return self.product(conjugate, self.power(norm, fmpq(-1)))

    def _inverse_in_one(self, base: ExactConstant, number: int) -> ExactConstant | None:
        """1 over a polynomial in a number of which a power is a polynomial in lower ones, by Euclid's algorithm."""
        made = self.generators[number]
        if made.radicand is None or any(each[0][0] != number for each in made.radicand.polynomial if each):
            return None
        relation = {each[0][1] if each else 0: -value for each, value in made.radicand.polynomial.items()}
        inside = {each[0][1] if each else 0: value for each, value in base.polynomial.items()}
        modulus = fmpq_poly([*(relation.get(power, 0) for power in range(made.degree)), 1])
        divisor, inverse, _ = fmpq_poly([inside.get(power, 0) for power in range(max(inside) + 1)]).xgcd(modulus)
        if divisor.degree() > 0 or divisor == 0:
            return None
        terms: dict[Monomial, fmpq] = {}
        for power, each in enumerate(inverse.coeffs()):
            terms[((number, power),) if power else ()] = each / divisor[0]
        return self._made(terms, 1 / base.ball)

    def _reduced(self, powers: dict[int, int]) -> tuple[Monomial, ExactConstant | None]:
        """A product of powers of generators, and what comes out of roots that become whole."""
        out: ExactConstant | None = None
        for number, power in powers.items():
            made = self.generators[number]
            if made.radicand is not None and not 0 <= power < made.degree:
                turns, powers[number] = divmod(power, made.degree)
                factor = self.power(made.radicand, fmpq(turns))
                out = factor if out is None else self.product(out, factor)
        return tuple(sorted((number, power) for number, power in powers.items() if power)), out

    def _size(self, monomial: Monomial) -> arb:
        size = arb(1)
        for number, power in monomial:
            size *= self.generators[number].ball ** power
        return size

    def _ball(self, polynomial: Mapping[Monomial, fmpq]) -> arb:
        return sum((self._size(monomial) * factor for monomial, factor in polynomial.items()), arb(0))

    def _made(self, polynomial: dict[Monomial, fmpq], ball: arb) -> ExactConstant:
        """The constant of a polynomial, a generator where it is long."""
        kept = {monomial: factor for monomial, factor in polynomial.items() if factor != 0}
        if not kept:
            return self.rational(0)
        if len(kept) == 1 and () in kept:
            ball = arb(kept[()])
        bits = max(max(factor.p.bit_length(), factor.q.bit_length()) for factor in kept.values())
        if len(kept) > MAX_TERMS or bits > MAX_BITS:
            return self._folded(kept, ball)
        return ExactConstant(kept, ball)

    def _folded(self, polynomial: Mapping[Monomial, fmpq], ball: arb) -> ExactConstant:
        """A polynomial as a multiple of a generator, the same one for all its multiples."""
        first = polynomial[min(polynomial)]
        key = "polynomial", frozenset((monomial, factor / first) for monomial, factor in polynomial.items())
        return self.scaled(self.named(key, ball / first), first)


def working(precision: int) -> Field:
    """A field of constants, with FLINT set to its precision."""
    ctx.prec = precision
    return Field(precision)
