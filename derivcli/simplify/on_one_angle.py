"""The shortest forms of a formula by the identities of the functions of one angle."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sympy

from derivcli.language.tree import Tree
from derivcli.simplify.circle import Angle, Polynomial, T, number, rational
from derivcli.simplify.length import with_sign
from derivcli.simplify.lowest_forms import Forms, forms
from derivcli.simplify.sine_polynomials import Reading, read


@dataclass(slots=True)
class Parts:
    """scale * others * above/below * w**w_power * powers of mixed sums, which are polynomials in t too."""

    scale: Any
    others: Tree = sympy.S.One
    above: Polynomial = 1 + 0 * T
    below: Polynomial = 1 + 0 * T
    w_power: int = 0

    def multiply(self, polynomial: Polynomial, power: int) -> None:
        """By a power of a polynomial in t."""
        if power > 0:
            self.above *= polynomial**power
        else:
            self.below *= polynomial**-power


def forms_on(tree: Tree, angle: Angle) -> Iterator[Forms]:
    """The formula as a product, and as a sum over the other things in it. ValueError where it is too long."""
    reading = read(tree, angle)
    if not reading.product[0]:
        yield Forms(sympy.S.Zero, sympy.S.Zero)
        return
    parts, mixed = _parts(reading)
    yield _as_product(reading, parts, mixed)
    if list(mixed.values()) == [1]:
        yield _term_by_term(reading, parts, next(iter(mixed)))


def _parts(reading: Reading) -> tuple[Parts, dict[Polynomial, int]]:
    scale, powers = reading.product
    parts, mixed = Parts(scale), dict[Polynomial, int]()
    for key, power in powers.items():
        if not any(monomial[0] or monomial[1] for monomial in key):
            parts.others *= _tree(reading, key) ** power
            continue
        found, degree = _in_tangent(reading, key)
        parts.w_power -= degree * power
        content = _content(found)
        parts.multiply(content, power)
        if len(found) == 1:  # a key has no monomial before its sum, so that nothing else is in it
            continue
        rest = _joined(reading, {monomial: part.exquo(content) for monomial, part in found.items()})
        parts.scale *= rest.LC**power
        rest = rest.monic()
        mixed[rest] = mixed.get(rest, 0) + power
    return parts, _cancelled({key: power for key, power in mixed.items() if power})


def _in_tangent(reading: Reading, key: Polynomial) -> tuple[dict[tuple[int, ...], Polynomial], int]:
    """A polynomial in sine and cosine as one in t, over w**degree, by monomials in the other things."""
    sign, w = reading.angle.curve.sign, reading.angle.w
    degree = max(monomial[0] + monomial[1] for monomial in key)
    found: dict[tuple[int, ...], Polynomial] = {}
    for (a, b, *rest), coefficient in key.terms():
        part = (2 * T) ** a * (1 - sign * T**2) ** b * w ** (degree - a - b) * coefficient
        found[tuple(rest)] = found.get(tuple(rest), 0 * T) + part
    return {monomial: part for monomial, part in found.items() if part}, degree


def _content(found: dict[tuple[int, ...], Polynomial]) -> Polynomial:
    """What all parts share."""
    parts = iter(found.values())
    shared = next(parts)
    for part in parts:
        shared = shared.gcd(part)
    return shared


def _joined(reading: Reading, found: dict[tuple[int, ...], Polynomial]) -> Polynomial:
    """One polynomial of the ring, in which t takes the place of the sine."""
    joined = {(power, 0, *rest): value for rest, part in found.items() for (power,), value in part.terms()}
    return reading.ring.from_dict(joined)


def _by_monomials(key: Polynomial) -> dict[tuple[int, ...], Polynomial]:
    found: dict[tuple[int, ...], Polynomial] = {}
    for (power, _, *rest), value in key.terms():
        found[tuple(rest)] = found.get(tuple(rest), 0 * T) + value * T**power
    return found


def _cancelled(mixed: dict[Polynomial, int]) -> dict[Polynomial, int]:
    """The same product with sums above the line divided by those below, where they are multiples of them."""
    below = [key for key, power in mixed.items() if power < 0]
    for divisor in below:
        for key in [key for key, power in mixed.items() if power == 1]:
            while mixed.get(divisor, 0) < 0:
                quotient, rest = key.div(divisor)
                if rest:
                    break
                mixed[key] -= 1
                mixed[divisor] += 1
                mixed[quotient] = mixed.get(quotient, 0) + 1
                key = quotient
    return {key: power for key, power in mixed.items() if power and key != 1}


def _as_product(reading: Reading, parts: Parts, mixed: dict[Polynomial, int]) -> Forms:
    angle, one = reading.angle, 1 + 0 * T
    w_power, scale = parts.w_power, sympy.S.One
    plain = multiples = parts.others
    for key, power in mixed.items():
        found = _by_monomials(key)
        k = math.ceil(max(part.degree() for part in found.values()) / 2)
        w_power += k * power
        each = _sum(reading, {monomial: forms(angle, part, one, -k) for monomial, part in found.items()})
        number, form = with_sign(each.plain)
        scale *= number**power
        other, multiple = with_sign(each.multiples)
        plain, multiples = plain * form**power, multiples * (other / number * multiple) ** power
    pure = forms(angle, parts.above * parts.scale * rational(scale), parts.below, w_power)
    return Forms(plain * pure.plain, multiples * pure.multiples)


def _term_by_term(reading: Reading, parts: Parts, key: Polynomial) -> Forms:
    found = _by_monomials(key)
    above, below = parts.above * parts.scale, parts.below
    each = {monomial: forms(reading.angle, part * above, below, parts.w_power) for monomial, part in found.items()}
    total = _sum(reading, each)
    terms = [
        sympy.Add(*[parts.others * term for term in sympy.Add.make_args(form)])
        for form in (total.plain, total.multiples)
    ]
    return Forms(*terms)


def _sum(reading: Reading, parts: dict[tuple[int, ...], Forms]) -> Forms:
    """The sum over monomials in the other things."""
    ring = reading.ring
    trees = {monomial: _tree(reading, ring.term_new((0, 0, *monomial), ring.domain.one)) for monomial in parts}
    return Forms(
        sympy.Add(*[trees[monomial] * form.plain for monomial, form in parts.items()]),
        sympy.Add(*[trees[monomial] * form.multiples for monomial, form in parts.items()]),
    )


def _tree(reading: Reading, key: Polynomial) -> Tree:
    """A polynomial in the other things as SymPy's."""
    return sympy.Add(
        *[
            sympy.Mul(
                number(value), *[other**power for other, power in zip(reading.others, rest, strict=True) if power]
            )
            for (_, _, *rest), value in key.terms()
        ]
    )
