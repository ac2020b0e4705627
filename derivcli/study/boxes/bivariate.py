"""Polynomials in two variables, exactly: common curves, how many common points a box may hold, and the kind of one.

Two polynomials without a common factor have finitely many common points, whose coordinates are roots of resultants. So
a small box in whose sides each resultant has one root at most holds one common point at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from typing import Any, TypeAlias

import sympy
from flint import Ordering, arb, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpq_poly

from derivcli.engines.balls.integers import fraction
from derivcli.engines.balls.tape import record
from derivcli.language import tree as build
from derivcli.language.tree import Tree, fold
from derivcli.study.boxes.jets import Jets
from derivcli.study.boxes.krawczyk import Part, System

Polynomial: TypeAlias = fmpq_mpoly

MAX_DEGREE = 24
"""The highest total degree of polynomials that are taken exactly: resultants have its square."""

MAX_EXPONENT = 400
"""The greatest power of a number that is multiplied out."""

GRID = 9
"""A curve is looked for by signs at so many places along each side of a box."""


class _NoPolynomialError(Exception):
    """The formula is no polynomial of moderate degree with rational coefficients."""


def polynomial_of(tree: Tree, names: Sequence[str]) -> Polynomial | None:
    """A formula as a polynomial in some variables; None where it is none."""
    context = fmpq_mpoly_ctx.get(tuple(names), Ordering.lex)
    generators = dict(zip(names, context.gens(), strict=True))
    try:
        found = fold(tree, lambda node, parts: _combined(node, parts, generators, context))
    except _NoPolynomialError:
        return None
    return found if found.total_degree() <= MAX_DEGREE else None


def _combined(node: Any, parts: Sequence[Any], generators: dict[str, Polynomial], context: Any) -> Polynomial:
    if isinstance(node, sympy.Symbol) and node.name in generators:
        return generators[node.name]
    if isinstance(node, sympy.Rational):
        return context.constant(fmpq(int(node.p), int(node.q)))
    if isinstance(node, sympy.Add):
        return sum(parts[1:], parts[0])
    if isinstance(node, sympy.Mul):
        total = parts[0]
        for part in parts[1:]:
            total = total * part
            if total.total_degree() > MAX_DEGREE:
                raise _NoPolynomialError
        return total
    if isinstance(node, sympy.Pow):
        return _power(parts[0], parts[1], context)
    raise _NoPolynomialError


def _power(base: Polynomial, exponent: Polynomial, context: Any) -> Polynomial:
    value = _constant(exponent)
    inner = _constant(base)
    if value is None or value.q != 1 or abs(value.p) > (MAX_DEGREE if inner is None else MAX_EXPONENT):
        raise _NoPolynomialError
    power = int(value.p)
    if power < 0:
        if inner is None or inner == 0:
            raise _NoPolynomialError
        return context.constant(inner**power)
    if base.total_degree() * power > MAX_DEGREE:
        raise _NoPolynomialError
    return base**power


def _constant(found: Polynomial) -> fmpq | None:
    """The value of a polynomial that does not vary."""
    terms = found.to_dict()
    return fmpq(0) if not terms else next(iter(terms.values())) if found.total_degree() == 0 else None


def tree_of(found: Polynomial, names: Sequence[str]) -> Tree:
    """A polynomial as a formula."""
    terms = []
    for exponents, number in found.to_dict().items():
        powers = [
            build.symbol(name) if power == 1 else build.power(build.symbol(name), sympy.Integer(int(power)))
            for name, power in zip(names, exponents, strict=True)
            if power
        ]
        size = Fraction(abs(int(number.p)), int(number.q))
        factors = [*([build.number(size)] if size != 1 or not powers else []), *powers]
        made = factors[0] if len(factors) == 1 else build.multiply(factors)
        terms.append(build.negative(made) if number < 0 else made)
    return terms[0] if len(terms) == 1 else build.add(terms) if terms else sympy.S.Zero


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two polynomials in two variables: their common factor, and what is left of both without it."""

    names: tuple[str, str]
    common: Polynomial
    first: Polynomial
    second: Polynomial

    @classmethod
    def of(cls, names: tuple[str, str], first: Polynomial, second: Polynomial) -> Pair | None:
        """Two polynomials; None if they are both 0."""
        common = first.gcd(second)
        if not common.to_dict():
            return None
        return cls(names, common, _quotient(first, common), _quotient(second, common))

    def factors(self) -> list[Polynomial]:
        """The factors of the common factor, each once."""
        return [factor for factor, _ in self.common.factor()[1]]

    def curves(self, part: Part) -> list[Polynomial]:
        """The factors of the common factor that are 0 on a curve in a box: between points where they have two signs."""
        return [factor for factor in self.factors() if _has_both_signs(factor, part)]

    def at_most_one(self, part: Part) -> tuple[arb, arb] | None:
        """The coordinates of the only point of a box at which both may be 0; None where there may be several.

        Where there is none at all, one of them is no number.
        """
        found = []
        for kept, (other, interval) in enumerate(zip(reversed(self.names), part, strict=True)):
            roots = _real_roots(self.first.resultant(self.second, other), kept, interval)
            if roots is None or len(roots) > 1:
                return None
            found.append(roots[0] if roots else arb.nan())
        return found[0], found[1]

    def only_point(self, hull: Part) -> tuple[fmpq, ...] | None:
        """The only common point in a part, if it is rational; () where there is none, None where that is not known."""
        at = self.at_most_one(hull)
        if at is None:
            return None
        if any(each.is_nan() for each in at):
            return ()
        exact = [found for each in at if (found := fraction(each)) is not None]
        if len(exact) < len(at) or self.first(*exact) != 0 or self.second(*exact) != 0:
            return None
        return tuple(exact)

    def system(self) -> System:
        """The two as equations over boxes."""
        jets = [Jets(record(tree_of(each, self.names), self.names), self.names) for each in (self.first, self.second)]
        return System(
            lambda box: [each.at(box, 0)[0] for each in jets],
            lambda box: ([each.at(box, 0)[0] for each in jets], [each.at(box, 1) for each in jets]),
        )


def _quotient(whole: Polynomial, factor: Polynomial) -> Polynomial:
    quotient, rest = divmod(whole, factor)
    assert not rest.to_dict(), "a common factor divides"
    return quotient


def _has_both_signs(found: Polynomial, part: Part) -> bool:
    signs = set()
    for places in product(range(GRID), repeat=2):
        point = [_between(interval, place) for interval, place in zip(part, places, strict=True)]
        value = found(*point)
        signs.add(0 if value == 0 else 1 if value > 0 else -1)
        if {1, -1} <= signs:
            return True
    return False


def _between(interval: tuple[float, float], place: int) -> fmpq:
    low, high = (fmpq(*each.as_integer_ratio()) for each in interval)
    return low + (high - low) * fmpq(place, GRID - 1)


def _real_roots(found: Polynomial, kept: int, interval: tuple[float, float]) -> list[arb] | None:
    """The roots in an interval of a polynomial in one of two variables; None for the polynomial 0."""
    terms = found.to_dict()
    if not terms:
        return None
    coefficients = [fmpq(0)] * (1 + max(int(exponents[kept]) for exponents in terms))
    for exponents, number in terms.items():
        coefficients[int(exponents[kept])] = number
    low, high = (arb(fmpq(*each.as_integer_ratio())) for each in interval)
    return [root for root in _roots_of(fmpq_poly(coefficients)) if not root < low and not root > high]


def level_on(found: Polynomial, factor: Polynomial) -> fmpq | None:
    """The value of a polynomial wherever an irreducible factor of its derivatives is 0; None where it is not rational.

    A function without a slope along a curve is constant on it, and this curve is connected among complex numbers.
    """
    return _constant(divmod(found, factor)[1])


def kind_at(found: Polynomial, point: Sequence[fmpq]) -> str | None:
    """The kind of a critical point by the lowest terms about it; None where they do not tell.

    Along curves x = +-s^a, y = c s^b the terms of least a*i + b*j decide for small s. These are the edges of Newton's
    polygon. Two signs make a saddle. Where all of them are positive for all c but 0, and both axes have a term, it is a
    minimum.
    """
    generators = found.context().gens()
    moved = found.compose(*[each + value for each, value in zip(generators, point, strict=True)]).to_dict()
    terms = {(int(i), int(j)): number for (i, j), number in moved.items() if i or j}
    corners = _corners(terms)
    signs: set[int] = set()
    for i, j in corners:
        signs |= {_sign(terms[i, j]) * x * y for x in {1, (-1) ** i} for y in {1, (-1) ** j}}
    for one, other in pairwise(corners):
        for x in (1, -1):
            signs |= _signs_on_edge(terms, one, other, x)
    if {1, -1} <= signs:
        return "saddle"
    reaches_axes = bool(corners) and corners[0][0] == 0 and corners[-1][1] == 0
    return {1: "minimum", -1: "maximum"}[signs.pop()] if len(signs) == 1 and 0 not in signs and reaches_axes else None


def cusp_at(found: Polynomial, point: Sequence[fmpq]) -> bool:
    """Whether a singular point of a curve is an ordinary cusp.

    The Hessian has one direction in which it vanishes, and in that direction the third derivative does not.
    """
    generators = found.context().gens()
    terms = found.compose(*[each + value for each, value in zip(generators, point, strict=True)]).to_dict()
    a, b, c = (terms.get(each, fmpq(0)) for each in ((2, 0), (1, 1), (0, 2)))
    if b * b != 4 * a * c or (a == 0 and c == 0):
        return False
    x, y = (-b, 2 * a) if a != 0 else (fmpq(1), fmpq(0))
    cubic = sum((terms.get((3 - place, place), fmpq(0)) * x ** (3 - place) * y**place for place in range(4)), fmpq(0))
    return bool(cubic != 0)


def _sign(value: fmpq) -> int:
    return int(value > 0) - int(value < 0)


def _corners(terms: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The corners of Newton's polygon of some exponents, from the second axis to the first."""
    hull: list[tuple[int, int]] = []
    for i, j in sorted(terms):
        if hull and j >= hull[-1][1]:
            continue
        while len(hull) > 1 and _turns_right(hull[-2], hull[-1], (i, j)):
            hull.pop()
        hull.append((i, j))
    return hull


def _turns_right(one: tuple[int, int], two: tuple[int, int], three: tuple[int, int]) -> bool:
    return (two[0] - one[0]) * (three[1] - one[1]) <= (two[1] - one[1]) * (three[0] - one[0])


def _signs_on_edge(
    terms: Mapping[tuple[int, int], fmpq], one: tuple[int, int], other: tuple[int, int], x: int
) -> set[int]:
    """The signs that the terms on an edge have for c, be it positive or negative."""
    a, b = one[1] - other[1], other[0] - one[0]
    level = a * one[0] + b * one[1]
    coefficients = [fmpq(0)] * (one[1] + 1)
    for (i, j), number in terms.items():
        if a * i + b * j == level:
            coefficients[j] += number * x**i
    edge = fmpq_poly(coefficients)
    roots = sorted(float(root.mid()) for root in _roots_of(edge) if not root.is_zero())
    places = [-1.0, 1.0, *roots, *((one + other) / 2 for one, other in pairwise(roots))]
    places += [2 * min(places) - 1, 2 * max(places) + 1]
    signs = {_sign(edge(fmpq(*each.as_integer_ratio()))) for each in places if each not in roots}
    return signs | {0} if roots else signs


def _roots_of(found: fmpq_poly) -> Iterator[arb]:
    """The real roots of a polynomial, each once."""
    for factor, _ in found.numer().factor()[1]:
        if factor.degree() == 1:
            yield arb(fmpq(-int(factor[0]), int(factor[1])))
        else:
            yield from (root.real for root, _ in factor.complex_roots() if root.imag.is_zero())
