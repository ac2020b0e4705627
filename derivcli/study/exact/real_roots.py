"""The real roots of a polynomial of high degree, each in a ball of its own, by Descartes' rule of signs.

A polynomial has at most as many roots between 0 and 1 as (x + 1)^n p(1/(x + 1)) has changes of sign among its
coefficients, and just one where there is one change. Intervals are halved until there is one or none. (Collins and
Akritas, "Polynomial real root isolation using Descartes' rule of signs", 1976.) Newton's steps make them narrow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from flint import arb, arb_poly, ctx, fmpq, fmpz_poly

from derivcli.engines.balls.integers import fraction

GUARD_BITS = 32
"""More bits than those of a root are computed with, and as many again where a sign is not known."""

MAX_STEPS = 4000
"""Halvings and Newton steps for one root."""

SHIFT = fmpz_poly([1, 1])


@dataclass(frozen=True, slots=True)
class Isolated:
    """An interval whose inside holds one root, or a root where both ends are the same."""

    low: fmpq
    high: fmpq


def real_roots(polynomial: fmpz_poly, precision: int) -> list[arb]:
    """The real roots of a polynomial that has no multiple ones, in order, to so many bits."""
    if polynomial.degree() > 1 and polynomial[0] != 0 and not any(polynomial.coeffs()[1::2]):
        squares = real_roots(fmpz_poly(polynomial.coeffs()[::2]), precision + GUARD_BITS)
        sizes = [each.sqrt() for each in squares if each > 0]
        return [*(-each for each in reversed(sizes)), *sizes]
    found = sorted(isolating_intervals(polynomial), key=lambda each: each.low + each.high)
    ctx.prec = precision + GUARD_BITS
    balls = [_narrowed(each, polynomial, precision) for each in found]
    if any(one.overlaps(other) for one, other in pairwise(balls)):
        return real_roots(polynomial, 2 * precision)
    return balls


def isolating_intervals(polynomial: fmpz_poly) -> Iterator[Isolated]:
    """Intervals that do not meet inside, one for each real root of a polynomial without multiple ones."""
    if polynomial[0] == 0:
        yield Isolated(fmpq(0), fmpq(0))
        polynomial = polynomial // fmpz_poly([0, 1])
    for sign in (1, -1):
        turned = polynomial if sign > 0 else polynomial(fmpz_poly([0, -1]))
        bits = _bound_bits(turned)
        scale = fmpq(2) ** bits
        for each in _between_0_and_1(_scaled(turned, bits)):
            ends = each.low * scale * sign, each.high * scale * sign
            yield Isolated(min(ends), max(ends))


def _bound_bits(polynomial: fmpz_poly) -> int:
    """A power of 2 above all roots, by the sizes of the coefficients (Fujiwara)."""
    *rest, leading = [int(each) for each in polynomial.coeffs()]
    degree, size = len(rest), abs(leading).bit_length() - 1
    bits = (-((size - abs(each).bit_length()) // (degree - place)) for place, each in enumerate(rest) if each)
    return max(bits, default=0) + 1


def _scaled(polynomial: fmpz_poly, bits: int) -> fmpz_poly:
    """A positive multiple of p(2^bits x)."""
    degree = polynomial.degree()
    shift = max(0, -bits * degree)
    return fmpz_poly([int(each) << (shift + bits * place) for place, each in enumerate(polynomial.coeffs())])


def _between_0_and_1(polynomial: fmpz_poly) -> Iterator[Isolated]:
    waiting = [(polynomial, fmpq(0), fmpq(1))]
    while waiting:
        here, low, width = waiting.pop()
        changes = _sign_changes(fmpz_poly(here.coeffs()[::-1])(SHIFT))
        if changes == 1:
            yield Isolated(low, low + width)
        if changes <= 1:
            continue
        degree = here.degree()
        left = fmpz_poly([int(each) << (degree - place) for place, each in enumerate(here.coeffs())])
        right = left(SHIFT)
        middle = low + width / 2
        if right[0] == 0:
            yield Isolated(middle, middle)
            right = right // fmpz_poly([0, 1])
        waiting += [(left, low, width / 2), (right, middle, width / 2)]


def _sign_changes(polynomial: fmpz_poly) -> int:
    """How many changes of sign there are among the coefficients; 2 for more."""
    count, last = 0, 0
    for each in polynomial.coeffs():
        sign = (each > 0) - (each < 0)
        if sign and sign == -last:
            count += 1
            if count == 2:
                break
        last = sign or last
    return count


def _narrowed(where: Isolated, polynomial: fmpz_poly, precision: int) -> arb:
    """The root in an isolating interval, in a ball that holds no other one: between two points of different sign."""
    inside, slope = _in_balls(polynomial)
    if where.low == where.high:
        return arb(where.low)
    before = _sign_behind(polynomial, where.low)
    low, high, share = arb(where.low), arb(where.high), 1
    for _ in range(MAX_STEPS):
        ball = low.union(high)
        if ball.rel_accuracy_bits() >= precision:
            return ball
        middle = arb(ball.mid())
        value = inside(middle)
        if value.contains(0):
            exact = fraction(middle)
            if exact is not None and polynomial(exact) == 0:
                return arb(exact)
            ctx.prec *= 2
            inside, slope = _in_balls(polynomial)
            continue
        low, high = (middle, high) if bool(value > 0) == (before > 0) else (low, middle)
        step = value / slope(middle)
        if not step.is_finite():
            continue
        width = abs(step) * arb(2) ** -share
        hits = 0
        for point in (middle - step - width, middle - step + width):
            near = arb(point.mid())
            if near > low and near < high:
                sign = inside(near)
                if not sign.contains(0):
                    hits += 1
                    low, high = (near, high) if bool(sign > 0) == (before > 0) else (low, near)
        share = min(2 * share, precision) if hits == 2 and high - low < 4 * width else 1
    raise ArithmeticError("the steps towards a root end")


def _in_balls(polynomial: fmpz_poly) -> tuple[arb_poly, arb_poly]:
    """A polynomial and its derivative to the precision that is set."""
    return arb_poly(polynomial), arb_poly(polynomial.derivative())


def _sign_behind(polynomial: fmpz_poly, at: fmpq) -> int:
    """The sign of a polynomial just above a number, which may be a simple root."""
    value = _value(polynomial, at) or _value(polynomial.derivative(), at)
    return 1 if value > 0 else -1


def _value(polynomial: fmpz_poly, at: fmpq) -> fmpq:
    return fmpq(0) + polynomial(at)
