"""Exact constants: polynomials over the rational numbers in real numbers of which only balls are known.

These numbers, the generators, are such as pi, sin(3/2) or sqrt(2), each made once. Constants with equal polynomials are
equal; constants whose balls do not meet differ; of others nothing is known at this precision.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from flint import arb, ctx, fmpq, fmpz

from derivcli.engines.balls.errors import UnsureError
from derivcli.engines.balls.integers import MAX_BITS, fraction

Monomial: TypeAlias = tuple[tuple[int, int], ...]
"""Numbers of generators with the powers to which they stand in a product."""

MAX_TERMS = 8
"""A constant of more monomials becomes a generator."""

MAX_POWER = 1000
"""The largest exponent to which a rational number is raised exactly."""

MAX_FACTORED_BITS = 64
"""Bits of the largest number whose factors are looked for under a root."""

MAX_MULTIPLIED_POWER = 12
"""The largest exponent to which a polynomial is raised by multiplication."""


HALF = fmpq(1, 2)

SINES = {fmpq(0): 0, fmpq(1, 6): HALF, HALF: 1, fmpq(5, 6): HALF, fmpq(1): 0, fmpq(7, 6): -HALF, fmpq(3, 2): -1,
         fmpq(11, 6): -HALF}  # fmt: skip
"""The rational sines of rational multiples of pi, and of which multiples (Niven's theorem)."""


def rational_sine(turns: fmpq) -> fmpq | None:
    """The sine of so many times pi, where it is rational."""
    found = SINES.get(turns - 2 * (turns / 2).floor())
    return None if found is None else fmpq(found)


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

    Its power `degree` is `radicand`, it is exp(`log`), or it is log(`exp`); None where it is not.
    """

    ball: arb
    degree: int = 0
    radicand: ExactConstant | None = None
    log: ExactConstant | None = None
    exp: ExactConstant | None = None


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
        whole = exponent.q == 1
        if base.rational is not None:
            return self._rational_power(base, exponent)
        if whole and len(base.polynomial) == 1 and not base.ball.contains(0):
            ((monomial, factor),) = base.polynomial.items()
            raised, rest = self._reduced({number: power * int(exponent.p) for number, power in monomial})
            if rest is None and abs(exponent.p) <= MAX_POWER:
                return self._made({raised: factor ** int(exponent.p)}, base.ball ** int(exponent.p))
        if whole and 0 < exponent <= MAX_MULTIPLIED_POWER:
            found = base
            for _ in range(int(exponent.p) - 1):
                found = self.product(found, base)
            return found
        return self.named(("power", base.key, exponent), base.ball**exponent)

    def exp(self, constant: ExactConstant) -> ExactConstant:
        """The exponential of a constant. If the constant is a multiple of a logarithm, it is a power."""
        if len(constant.polynomial) == 1:
            ((monomial, factor),) = constant.polynomial.items()
            inside = self.generators[monomial[0][0]].exp if len(monomial) == 1 and monomial[0][1] == 1 else None
            if inside is not None:
                return self.power(inside, factor)
        known = constant.rational
        if known is not None and known.q == 1 and known not in (0, 1):
            return self.power(self.exp(self.rational(1)), known)
        return self.generator(("exp", constant.key), FieldGenerator(constant.ball.exp(), log=constant))

    def log(self, constant: ExactConstant) -> ExactConstant:
        """The logarithm of a positive constant. If the constant is a power of an exponential, it is a multiple."""
        if len(constant.polynomial) == 1:
            ((monomial, factor),) = constant.polynomial.items()
            inside = self.generators[monomial[0][0]].log if len(monomial) == 1 and factor == 1 else None
            if inside is not None:
                return self.scaled(inside, fmpq(monomial[0][1]))
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
        exact = _exact_root(value, degree)
        if exact is not None:
            return self.product(whole, self.rational(exact**rest))
        outside, inside = _without_powers(value, degree)
        root = FieldGenerator(arb(inside) ** fmpq(1, degree), degree, self.rational(inside))
        power = self.power(self.generator(("root", inside, degree), root), fmpq(rest))
        return self.product(self.scaled(whole, outside**rest), power)

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


def _exact_root(value: fmpq, degree: int) -> fmpq | None:
    """The root of a positive rational number, if that is rational."""
    if value == 1:
        return value
    if degree > max(value.p.bit_length(), value.q.bit_length()):
        return None
    roots = [fmpz(part).root(degree) for part in (value.p, value.q)]
    found = fmpq(*roots)
    return found if found**degree == value else None


def _without_powers(value: fmpq, degree: int) -> tuple[fmpq, fmpq]:
    """A factor before a root, and the whole number without such powers that stays inside: 2 and 2 for sqrt(8)."""
    bits = value.q.bit_length() * (degree - 1) + value.p.bit_length()
    if bits > MAX_FACTORED_BITS:
        return fmpq(1), value
    outside, inside = fmpq(1, value.q), fmpq(1)
    for prime, times in (fmpz(value.p) * fmpz(value.q) ** (degree - 1)).factor():
        turns, rest = divmod(int(times), degree)
        outside, inside = outside * prime**turns, inside * prime**rest
    return outside, inside


def working(precision: int) -> Field:
    """A field of constants, with FLINT set to its precision."""
    ctx.prec = precision
    return Field(precision)
