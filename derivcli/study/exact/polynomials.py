"""Polynomials and rational functions wholly exactly: all real zeros on an interval, with their multiplicities.

A rational function is its quotient in lowest terms, and a polynomial whose zeros are where the formula as written is
not defined, be it that a factor cancels there. Real roots come from square-free factors, each root in a ball of its own
that is proved to hold no other one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sympy
from flint import arb, ctx, fmpq, fmpq_poly, fmpz_poly

from derivcli.check.enclosure import restored_context
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import ball_of, coordinate
from derivcli.engines.balls.germs.evaluation import Constants
from derivcli.engines.balls.tape import record
from derivcli.language.differentiation.unrolling import unrolled
from derivcli.language.functions import formulas
from derivcli.language.tree import Tree, fold, row_of
from derivcli.simplify.domains.roots import Root
from derivcli.study.exact.orthogonal_polynomials import POLYNOMIALS
from derivcli.study.exact.real_roots import real_roots
from derivcli.study.exact.surds import short_roots

MAX_DEGREE = 400

MAX_BITS = 100_000
"""Bits of all coefficients of a polynomial together."""

LEAST_HIGH_DEGREE = 8
"""From this degree on it takes longer to find the complex roots too."""

MAX_FACTORED_DEGREE = 60
"""Polynomials of higher degree are taken apart by the multiplicity of their roots alone."""

MAX_CONSTANT_BITS = 1000
"""Bits of a constant that a call is."""

ROOT_BITS = 320
"""Bits to which a root is known."""

MAX_COMPARED_BITS = 10_000
"""Bits to which a root is compared with the end of an interval."""

SURE_BITS = 128
"""So many bits tell which of a few numbers a ball holds."""


class NotRationalError(Exception):
    """The formula is no rational function of moderate degree with rational coefficients."""


@dataclass(frozen=True, slots=True, eq=False)
class RationalFunction:
    """above/below in lowest terms, but where `walls` is 0: there the formula as written has no value."""

    above: fmpq_poly
    below: fmpq_poly
    walls: fmpq_poly

    @property
    def is_zero(self) -> bool:
        """Whether it is 0 wherever it is defined."""
        return bool(self.above == 0)

    def derivative(self, order: int = 1) -> RationalFunction:
        """The derivative of an order, which is defined where the function is."""
        found = self
        for _ in range(order):
            slope = found.above.derivative() * found.below - found.above * found.below.derivative()
            found = _made(slope, found.below * found.below, found.walls)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class MultipleRoot:
    """A zero, and how many derivatives beginning with the function itself vanish there."""

    root: Root
    multiplicity: int


def rational_function(tree: Tree, name: str) -> RationalFunction | None:
    """A formula in one variable as a rational function; None where it is none."""
    try:
        found: RationalFunction = fold(unrolled(tree), lambda node, parts: _function(node, parts, name))
        return found
    except (NotRationalError, ZeroDivisionError):
        return None


def zeros(function: RationalFunction, low: Root | None = None, high: Root | None = None) -> tuple[MultipleRoot, ...]:
    """All zeros of a function that is not 0 throughout, from one number to another, in order; None is infinite.

    The ends belong to the interval. Raises UnsureError where it is not decided whether a zero is an end.
    """
    return tuple(_within(_roots(function.above, function.walls), low, high))


def walls(function: RationalFunction, low: Root | None = None, high: Root | None = None) -> tuple[MultipleRoot, ...]:
    """The points at which a formula is not defined, with the order of a pole; it is 0 where a limit fills the hole."""
    found = _roots(function.walls, fmpq_poly([1]))
    counted = [(root, _multiplicity(factor, function.below), factor) for root, _, factor in found]
    return tuple(_within(counted, low, high))


def _function(node: Any, parts: Sequence[RationalFunction], name: str) -> RationalFunction:
    one = fmpq_poly([1])
    if isinstance(node, sympy.Symbol):
        if node.name != name:
            raise NotRationalError
        return RationalFunction(fmpq_poly([0, 1]), one, one)
    if isinstance(node, sympy.Rational):
        return RationalFunction(fmpq_poly([fmpq(int(node.p), int(node.q))]), one, one)
    if not isinstance(node, sympy.Add | sympy.Mul | sympy.Pow):
        return _call(node, parts, name)
    if isinstance(node, sympy.Pow):
        return _power(*parts)
    found = parts[0]
    for part in parts[1:]:
        found = _sum(found, part) if isinstance(node, sympy.Add) else _product(found, part)
    return found


def _call(node: Tree, parts: Sequence[RationalFunction], name: str) -> RationalFunction:
    """A call of a row that another formula defines, or of a polynomial of some order; else a constant."""
    row = row_of(node)
    if row is not None and row.definition is not None:
        found = rational_function(formulas.rewritten(row, node.args), name)
        if found is None:
            raise NotRationalError
        return found
    if row is None or row.name not in POLYNOMIALS or parts[-1].below.degree() > 0:
        return _constant(node)
    order, *rest = [_number(part) for part in parts[:-1]]
    if order.q != 1 or not 0 <= order <= MAX_DEGREE:
        raise NotRationalError
    polynomial = POLYNOMIALS[row.name](int(order.p), *rest)
    return _made(polynomial(parts[-1].above / parts[-1].below[0]), fmpq_poly([1]), parts[-1].walls)


def _number(function: RationalFunction) -> fmpq:
    if function.above.degree() > 0 or function.below.degree() > 0:
        raise NotRationalError
    return function.above[0] / function.below[0]


def _constant(node: Tree) -> RationalFunction:
    """A call that is a rational number, as the factorial of one is."""
    if not node.free_symbols:
        with restored_context(), suppress(TouchError, UnsureError):
            tape = record(node, ())
            value = Constants(tape, {}, MAX_CONSTANT_BITS).of(tape.order[-1])
            if value is not None and value.rational is not None:
                return RationalFunction(fmpq_poly([value.rational]), fmpq_poly([1]), fmpq_poly([1]))
    raise NotRationalError


def _sum(one: RationalFunction, other: RationalFunction) -> RationalFunction:
    walls = _common(one.walls, other.walls)
    if one.below == other.below:
        return _made(one.above + other.above, one.below, walls)
    return _made(one.above * other.below + other.above * one.below, one.below * other.below, walls)


def _product(one: RationalFunction, other: RationalFunction) -> RationalFunction:
    return _made(one.above * other.above, one.below * other.below, _common(one.walls, other.walls))


def _power(base: RationalFunction, exponent: RationalFunction) -> RationalFunction:
    number = _number(exponent)
    if number.q != 1 or exponent.walls.degree() > 0:
        raise NotRationalError
    count = int(number.p)
    if abs(count) * max(1, base.above.degree(), base.below.degree()) > MAX_DEGREE:
        raise NotRationalError
    above, below = base.above ** abs(count), base.below ** abs(count)
    if count >= 0:
        return RationalFunction(above, below, base.walls)
    if base.is_zero:
        raise ZeroDivisionError
    return _made(below, above, _common(base.walls, base.above))


def _made(above: fmpq_poly, below: fmpq_poly, walls: fmpq_poly) -> RationalFunction:
    """A quotient in lowest terms."""
    if below.degree() > 0:
        shared = above.gcd(below)
        if shared.degree() > 0:
            above, below = above // shared, below // shared
    if max(above.degree(), below.degree()) > MAX_DEGREE or _bits(above) + _bits(below) > MAX_BITS:
        raise NotRationalError
    return RationalFunction(above, below, walls)


def _bits(polynomial: fmpq_poly) -> int:
    numerator = polynomial.numer()
    return int(numerator.height_bits()) * len(numerator) if numerator != 0 else 0


def _common(one: fmpq_poly, other: fmpq_poly) -> fmpq_poly:
    """A polynomial that is 0 wherever one of two is."""
    if other.degree() <= 0 or one == other:
        return one
    return other if one.degree() <= 0 else one * other // one.gcd(other)


Found = tuple[Root, int, fmpz_poly]
"""A root, its multiplicity, and a polynomial without multiple roots that has it."""


def _roots(polynomial: fmpq_poly, without: fmpq_poly) -> list[Found]:
    """The real roots of a polynomial but for those of another one, in order."""
    found: list[Found] = []
    with restored_context():
        for factor, count in _factors(polynomial.numer()):
            rest = fmpq_poly(factor) // fmpq_poly(factor).gcd(without)
            whole = rest.numer()
            if whole.degree() > 0:
                found += [(root, count, whole) for root in _simple_roots(whole)]
    return sorted(found, key=lambda each: each[0].size)


def _factors(polynomial: fmpz_poly) -> list[tuple[fmpz_poly, int]]:
    """Factors without multiple roots, and to which powers they are there."""
    if polynomial.degree() <= 0:
        return []
    parts = polynomial.factor_squarefree()[1]
    if polynomial.degree() > MAX_FACTORED_DEGREE:
        return [(part, int(count)) for part, count in parts]
    return [(factor, int(count)) for part, count in parts for factor, _ in part.factor()[1]]


def _simple_roots(polynomial: fmpz_poly) -> Iterator[Root]:
    """The real roots of a polynomial that has no multiple ones."""
    if polynomial.degree() == 1:
        (tree,) = short_roots(polynomial)
        where = fmpq(-int(polynomial[0]), int(polynomial[1]))
        ctx.prec = ROOT_BITS
        yield Root(where, arb(where), tree)
        return
    balls = _balls(polynomial, ROOT_BITS)
    formulas = [(ball_of(coordinate(tree), SURE_BITS), tree) for tree in short_roots(polynomial)] if balls else []
    for ball in balls:
        tree = next((tree for near, tree in formulas if near.overlaps(ball)), None)
        yield Root(ball if tree is None else coordinate(tree), ball, tree)


def _balls(polynomial: fmpz_poly, precision: int) -> list[arb]:
    ctx.prec = precision
    if polynomial.degree() >= LEAST_HIGH_DEGREE:
        return real_roots(polynomial, precision)
    return [each.real for each, _ in polynomial.complex_roots() if each.imag == 0]


def _multiplicity(factor: fmpz_poly, polynomial: fmpq_poly) -> int:
    """To which power a factor divides a polynomial."""
    count, part = 0, fmpq_poly(factor)
    while polynomial.degree() > 0:
        polynomial, rest = divmod(polynomial, part)
        if rest != 0:
            break
        count += 1
    return count


def _within(found: Sequence[Found], low: Root | None, high: Root | None) -> Iterator[MultipleRoot]:
    """The roots between two numbers, themselves included."""
    with restored_context():
        for root, count, factor in found:
            if (low is None or _side(root, factor, low) >= 0) and (high is None or _side(root, factor, high) <= 0):
                yield MultipleRoot(root, count)


def _side(root: Root, factor: fmpz_poly, end: Root) -> int:
    """-1, 0 or 1 as a root is less than a number, equal to it, or greater."""
    if not root.ball.overlaps(end.ball):
        return 1 if root.ball > end.ball else -1
    if isinstance(end.where, fmpq):
        if fmpq_poly(factor)(end.where) == 0:  # and the ball of the root holds no other one
            return 0
    elif root.tree is not None and root.tree == end.tree:
        return 0
    precision = 2 * ROOT_BITS
    while precision < MAX_COMPARED_BITS:
        there = ball_of(end.where, precision)
        here = next(ball for ball in _balls(factor, precision) if ball.overlaps(root.ball))
        if not here.overlaps(there):
            return 1 if here > there else -1
        precision *= 2
    raise UnsureError
