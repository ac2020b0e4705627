"""A formula read as a product of powers of polynomials in sine, cosine and the other things that it holds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import sympy
from sympy.polys.rings import PolyRing

from derivcli.language.tree import Tree, postorder
from derivcli.simplify.circle import CIRCLE, HYPERBOLA, Angle, Curve, Polynomial, multiple_angle

MAX_MULTIPLE = 8
"""Larger multiples of an angle are taken for angles of their own."""

MAX_TERMS = 300
"""Products of sums with more terms are not multiplied out."""

MAX_POWER = 12
"""Nor are higher powers."""

Product: TypeAlias = tuple[Any, dict[Polynomial, int]]
"""A number, and polynomials with their powers."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How a formula is read: the angle; the lowest power of a base, by what its exponent is beside a whole number."""

    angle: Angle
    lowest: Mapping[tuple[Tree, Tree], int]
    on_curve: bool = True

    @property
    def exponential(self) -> Tree | None:
        """e**angle, which is the sum of sinh and cosh."""
        return sympy.exp(self.angle.unit) if self.angle.curve is HYPERBOLA else None


@dataclass(frozen=True, slots=True)
class Reading:
    """A formula as a product over a ring of sine, cosine and `others`, in this order."""

    angle: Angle
    others: tuple[Tree, ...]
    ring: Any
    product: Product


def angles(tree: Tree) -> list[Angle]:
    """The angles whose multiples stand in functions of a curve."""
    found: dict[tuple[Curve, Tree], list[Any]] = {}
    growing: dict[Tree, list[Any]] = {}
    for node in postorder(tree):
        for curve in (CIRCLE, HYPERBOLA):
            if isinstance(node, curve.functions):
                ratio, unit = _ratio(node.args[0])
                found.setdefault((curve, unit), []).append(ratio)
        if isinstance(node, sympy.exp):
            for term in sympy.Add.make_args(node.args[0]):
                ratio, unit = _ratio(term)
                growing.setdefault(unit, []).append(ratio)
    for unit, ratios in growing.items():
        if (HYPERBOLA, unit) in found or min(ratios) < 0 < max(ratios):
            found.setdefault((HYPERBOLA, unit), []).extend(ratios)
    return [Angle(curve, _common(ratios) * unit) for (curve, unit), ratios in found.items() if unit != 1]


def _ratio(argument: Tree) -> tuple[Any, Tree]:
    """An argument as a rational number times the rest, which does not begin with a minus."""
    ratio, unit = argument.as_coeff_Mul(rational=True) if not argument.is_Add else argument.primitive()
    return (-ratio, -unit) if unit.could_extract_minus_sign() else (ratio, unit)


def _common(ratios: Sequence[Any]) -> Any:
    """The greatest number of which all are multiples."""
    return sympy.Rational(math.gcd(*[int(each.p) for each in ratios]), math.lcm(*[int(each.q) for each in ratios]))


def read(tree: Tree, angle: Angle, on_curve: bool = True) -> Reading:
    """The formula as a product; ValueError where it is too long.

    `on_curve` says whether cosine**2 + sine**2 = 1 is used.
    """
    rules = Rules(angle, _lowest_powers(tree), on_curve)
    others = tuple(dict.fromkeys(_others(tree, rules)))
    ring = PolyRing(("s", "c", *(f"a{place}" for place in range(len(others)))), sympy.QQ)
    known = dict(zip(others, ring.gens[2:], strict=True))
    return Reading(angle, others, ring, _product(tree, rules, ring, known))


def _pieces(tree: Tree, rules: Rules) -> Iterator[tuple[Tree, int]]:
    """The factors of a formula with whole powers, each a sum, a number, a function of the angle or something else."""
    stack = [(tree, 1)]
    while stack:
        node, power = stack.pop()
        if isinstance(node, sympy.Mul):
            stack += [(part, power) for part in node.args]
        elif isinstance(node, sympy.exp):
            for term in sympy.Add.make_args(node.args[0]):
                yield from _growth(term, rules, power)
        elif isinstance(node, sympy.Pow):
            whole, rest = _whole(node.exp)
            lowest = rules.lowest[node.base, rest] if rest else 0
            if whole != lowest:
                stack.append((node.base, power * (whole - lowest)))
            if rest:
                yield from _root(node.base, rest + lowest, power)
        else:
            yield node, power


def _root(base: Tree, exponent: Tree, power: int) -> Iterator[tuple[Tree, int]]:
    ratio, unit = (1, exponent) if exponent.is_Rational else _ratio(exponent)
    yield sympy.Pow(base, unit / sympy.Rational(ratio).q), power * int(sympy.Rational(ratio).p)


def _lowest_powers(tree: Tree) -> dict[tuple[Tree, Tree], int]:
    found: dict[tuple[Tree, Tree], int] = {}
    for node in postorder(tree):
        if isinstance(node, sympy.Pow):
            whole, rest = _whole(node.exp)
            found[node.base, rest] = min(whole, found.get((node.base, rest), whole))
    return found


def _whole(exponent: Tree) -> tuple[int, Tree]:
    """The whole part of an exponent, and what is left of it."""
    constant, rest = exponent.as_coeff_Add(rational=True)
    whole = int(constant.p // constant.q)
    return whole, rest + (constant - whole)


def _growth(term: Tree, rules: Rules, power: int) -> Iterator[tuple[Tree, int]]:
    count = (term / rules.angle.unit) if rules.angle.curve is HYPERBOLA else None
    if count is not None and count.is_Integer and abs(count) <= MAX_MULTIPLE:
        yield sympy.exp(rules.angle.unit), power * int(count)
        return
    ratio, unit = _ratio(term)
    yield sympy.exp(unit / ratio.q), power * int(ratio.p)


def _others(tree: Tree, rules: Rules) -> Iterator[Tree]:
    """What a formula holds beside functions of the angle and numbers."""
    for piece, _ in _pieces(tree, rules):
        if isinstance(piece, sympy.Add) and _holds(piece, rules):
            for term in piece.args:
                yield from _others(term, rules)
        elif not isinstance(piece, sympy.Rational) and not _count(piece, rules) and piece != rules.exponential:
            yield piece


def _holds(tree: Tree, rules: Rules) -> bool:
    """Whether a formula has functions of the angle among its terms and factors."""
    exponential = rules.exponential
    return any(_count(part, rules) or part == exponential for part in _leaves(tree, rules))


def _leaves(tree: Tree, rules: Rules) -> Iterator[Tree]:
    for piece, _ in _pieces(tree, rules):
        if isinstance(piece, sympy.Add):
            for term in piece.args:
                yield from _leaves(term, rules)
        else:
            yield piece


def _count(node: Tree, rules: Rules) -> int:
    """Which multiple of the angle a function of the curve has; 0 for anything else."""
    if not isinstance(node, rules.angle.curve.functions):
        return 0
    count = node.args[0] / rules.angle.unit
    return int(count) if count.is_Integer and abs(count) <= MAX_MULTIPLE else 0


def _product(tree: Tree, rules: Rules, ring: Any, known: dict[Tree, Polynomial]) -> Product:
    number, powers = sympy.QQ.one, dict[Polynomial, int]()
    for piece, power in _pieces(tree, rules):
        if abs(power) > 10 * MAX_POWER:
            raise ValueError("a power too high")
        factor, factors = _factor(piece, rules, ring, known)
        if not factor:
            return sympy.QQ.zero, {}
        number *= factor**power
        for each, exponent in factors.items():
            powers[each] = powers.get(each, 0) + exponent * power
    return number, {each: power for each, power in powers.items() if power}


def _factor(piece: Tree, rules: Rules, ring: Any, known: dict[Tree, Polynomial]) -> Product:
    if isinstance(piece, sympy.Rational):
        return sympy.QQ(int(piece.p), int(piece.q)), {}
    if piece in known:
        return sympy.QQ.one, {known[piece]: 1}
    if isinstance(piece, sympy.Add):
        return _sum([_product(term, rules, ring, known) for term in piece.args], rules, ring)
    if piece == rules.exponential:
        return _sum([(sympy.QQ.one, {ring.gens[0]: 1}), (sympy.QQ.one, {ring.gens[1]: 1})], rules, ring)
    return _call(piece, _count(piece, rules), rules, ring)


def _call(node: Tree, count: int, rules: Rules, ring: Any) -> Product:
    """A function of a multiple of the angle, by its sine and cosine."""
    curve, kind = rules.angle.curve, type(node)
    sine, cosine = ring.gens[:2]
    cosines, sines = multiple_angle(abs(count))
    above = _in(cosines, cosine)
    below = sine * _in(sines, cosine) * (1 if count > 0 else -1)
    both = {
        curve.sine: (0, 1), curve.cosine: (1, 0), curve.tangent: (-1, 1),
        curve.cotangent: (1, -1), curve.secant: (-1, 0), curve.cosecant: (0, -1),
    }[kind]  # fmt: skip
    number, powers = sympy.QQ.one, dict[Polynomial, int]()
    for polynomial, power in zip((above, below), both, strict=True):
        factor, factors = _parted(polynomial)
        number *= factor**power
        for each, exponent in factors.items():
            powers[each] = powers.get(each, 0) + exponent * power
    return number, {each: power for each, power in powers.items() if power}


def _in(polynomial: Polynomial, value: Polynomial) -> Polynomial:
    return sum((coefficient * value**power for (power,), coefficient in polynomial.terms()), start=0 * value)


def _sum(terms: Sequence[Product], rules: Rules, ring: Any) -> Product:
    """What all terms share, times the sum of what they do not share."""
    keys = dict.fromkeys(key for _, powers in terms for key in powers)
    shared = {key: min(powers.get(key, 0) for _, powers in terms) for key in keys}
    total = ring.zero
    for number, powers in terms:
        term = ring.ground_new(number)
        for key in keys:
            term = _times(term, key, powers.get(key, 0) - shared[key])
        total += term
    if rules.on_curve:
        total = _on_curve(total, rules.angle.curve.sign)
    if not total:
        return sympy.QQ.zero, {}
    number, factors = _parted(total)
    for key, power in factors.items():
        shared[key] = shared.get(key, 0) + power
    return number, {key: power for key, power in shared.items() if power}


def _times(polynomial: Polynomial, key: Polynomial, power: int) -> Polynomial:
    if len(key) > 1 and (power > MAX_POWER or len(polynomial) * len(key) ** power > MAX_TERMS * 10):
        raise ValueError("too long to multiply out")
    made = polynomial * key**power
    if len(made) > MAX_TERMS:
        raise ValueError("too long to multiply out")
    return made


def _on_curve(polynomial: Polynomial, sign: int) -> Polynomial:
    """The polynomial with sine**2 put as sign*(1 - cosine**2)."""
    ring = polynomial.ring
    cosine = ring.gens[1]
    total = ring.zero
    for powers, coefficient in polynomial.terms():
        half, odd = divmod(powers[0], 2)
        rest = ring.term_new((odd, *powers[1:]), coefficient)
        total += rest * (sign * (1 - cosine**2)) ** half if half else rest
    return total


def _parted(polynomial: Polynomial) -> Product:
    """A polynomial as a number, its monomial and a rest that begins with 1."""
    ring = polynomial.ring
    lowest = [min(powers[place] for powers in polynomial) for place in range(ring.ngens)]
    number = polynomial.LC
    rest = ring.from_dict(
        {tuple(map(int.__sub__, powers, lowest)): value / number for powers, value in polynomial.items()}
    )
    factors = {ring.gens[place]: power for place, power in enumerate(lowest) if power}
    return number, factors if rest == 1 else {**factors, rest: 1}
