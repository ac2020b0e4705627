"""Algebraic numbers that have a short formula: rational numbers, quadratic surds, roots of these."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

import sympy
from flint import fmpq, fmpz, fmpz_poly

from derivcli.language import tree as build
from derivcli.language.functions.table import vocabulary
from derivcli.language.tree import Tree

MAX_FACTORED_BITS = 64
"""Bits of the largest number whose square factors are taken out of a root."""

ZERO = fmpq(0)


def number(value: fmpq) -> Tree:
    """A rational number as a formula, a quotient of whole numbers."""
    return over(sympy.Integer(int(value.p)), int(value.q))


def over(above: Tree, below: int) -> Tree:
    """A formula over a whole number."""
    return above if below == 1 else build.multiply([above, build.reciprocal(sympy.Integer(below))])


def multiple(factor: fmpq, of: Tree) -> Tree:
    """A rational multiple of a formula that is no number, as one fraction."""
    parts = of.args if isinstance(of, sympy.Mul) else (of,)
    above = [each for each in parts if build.divisor(each) is None]
    below = [build.divisor(each) for each in parts if build.divisor(each) is not None]
    if abs(factor.p) != 1 or not above:
        above.insert(0, sympy.Integer(int(factor.p)))
    elif factor.p == -1:
        above[0] = build.negative(above[0])
    if factor.q != 1:
        below.insert(0, sympy.Integer(int(factor.q)))
    below = [part for each in below for part in (each.args if isinstance(each, sympy.Mul) else (each,))]
    if below:
        above.append(build.reciprocal(below[0] if len(below) == 1 else build.multiply(below)))
    return above[0] if len(above) == 1 else build.multiply(above)


def sum_with(number_part: fmpq, factor: fmpq, of: Tree) -> Tree:
    """A rational number and a rational multiple of a formula, as one fraction with the positive term first."""
    if number_part == 0:
        return multiple(factor, of)
    below = int(fmpz(number_part.q).lcm(fmpz(factor.q)))
    first, second = number(number_part * below), multiple(factor * below, of)
    return over(build.add([first, second] if number_part > 0 or factor < 0 else [second, first]), below)


def shifted(number_part: fmpq, rest: Tree) -> Tree:
    """A rational number and a formula that is no number."""
    return rest if number_part == 0 else build.add([rest, number(number_part)])


def root_tree(value: fmpq, degree: int) -> tuple[fmpq, Tree | None]:
    """A positive rational number's root: a rational factor, and the root of a whole number; None where that is 1."""
    p, q = int(value.p), int(value.q)
    inside = p * q ** (degree - 1)
    outside = fmpq(1, q)
    if inside.bit_length() <= MAX_FACTORED_BITS * degree:
        rest = 1
        for prime, times in fmpz(inside).factor():
            out, left = divmod(int(times), degree)
            outside, rest = outside * int(prime) ** out, rest * int(prime) ** left
        inside = rest
    return outside, None if inside == 1 else _root(sympy.Integer(inside), degree)


def _root(inside: Tree, degree: int) -> Tree:
    if degree == 2:
        return build.power(inside, sympy.S.Half)
    if degree == 3:
        return build.call(vocabulary()["cbrt"], [inside])
    return build.power(inside, number(fmpq(1, degree)))


def scaled_root(factor: fmpq, value: fmpq, degree: int, shift: fmpq = ZERO) -> Tree:
    """A rational number and a multiple of the root of a positive rational one."""
    if degree > 2 and value.p == 1 and value.q != 1 and shift == 0 and factor.p in (1, -1):
        return _inverse_root(factor, int(value.q), degree)
    outside, root = root_tree(value, degree)
    factor = factor * outside
    return number(shift + factor) if root is None else sum_with(shift, factor, root)


def _inverse_root(factor: fmpq, below: int, degree: int) -> Tree:
    """1/(q*root(n)), where a root with a rational denominator would be of a longer number."""
    outside, root = root_tree(fmpq(below), degree)
    whole = outside * factor.q
    parts = [build.number(Fraction(int(whole.p)))] if whole != 1 else []
    above = sympy.Integer(int(factor.p))
    if root is not None:
        parts.append(root)
    return build.multiply([above, build.reciprocal(parts[0] if len(parts) == 1 else build.multiply(parts))])


def quadratic_roots(polynomial: fmpz_poly) -> list[Tree]:
    """The real roots of a polynomial of the second degree."""
    c, b, a = (fmpq(int(polynomial[place])) for place in range(3))
    discriminant = b * b - 4 * a * c
    if discriminant < 0:
        return []
    if discriminant == 0:
        return [number(-b / (2 * a))]
    return [scaled_root(sign / (2 * abs(a)), discriminant, 2, -b / (2 * a)) for sign in (-1, 1)]


def short_roots(polynomial: fmpz_poly) -> list[Tree]:
    """The real roots of a polynomial without rational factors, where short formulas write all of them; else none."""
    degree = polynomial.degree()
    if degree == 1:
        return [number(-fmpq(int(polynomial[0]), int(polynomial[1])))]
    if degree == 2:
        return quadratic_roots(polynomial)
    leading = int(polynomial[degree])
    centre = -fmpq(int(polynomial[degree - 1]), degree * leading)
    if degree > 12 or centre.q > 64:
        return []
    moved = _moved(polynomial, centre)
    inner = [place for place in range(1, degree) if moved[place] != 0]
    if not inner:
        return _pure_roots(-moved[0] / moved[degree], degree, centre)
    if degree == 4 and inner == [2]:
        return _biquadratic_roots(moved, centre)
    return []


def _moved(polynomial: fmpz_poly, centre: fmpq) -> list[fmpq]:
    """The coefficients of a polynomial about a number."""
    found = [fmpq(int(each)) for each in polynomial.coeffs()]
    for start in range(len(found) - 1):
        for place in range(len(found) - 2, start - 1, -1):
            found[place] += centre * found[place + 1]
    return found


def _pure_roots(value: fmpq, degree: int, centre: fmpq) -> list[Tree]:
    """The real numbers whose distance from a centre has a given power."""
    if degree % 2:
        return [scaled_root(fmpq(1 if value > 0 else -1), abs(value), degree, centre)]
    return [] if value < 0 else [scaled_root(fmpq(sign), value, degree, centre) for sign in (-1, 1)]


def _biquadratic_roots(moved: list[fmpq], centre: fmpq) -> list[Tree]:
    c, b, a = moved[0], moved[2], moved[4]
    discriminant = b * b - 4 * a * c
    if discriminant <= 0:
        return []
    signs = [(outer, inner) for outer in (-1, 1) for inner in (-1, 1)]
    made = [root_of_surd(-b / (2 * a), inner / (2 * abs(a)), discriminant, outer) for outer, inner in signs]
    return [shifted(centre, each) for each in made if each is not None]


def root_of_surd(p: fmpq, factor: fmpq, r: fmpq, sign: int = 1) -> Tree | None:
    """sign*sqrt(p + factor*sqrt(r)), as a sum of two roots where it is one; None where it is not real."""
    norm = p * p - factor * factor * r
    if (p < 0 and (factor < 0 or norm > 0)) or (p >= 0 and factor < 0 and norm < 0):
        return None
    size = _square_root(norm)
    if size is None:
        root = build.power(scaled_root(factor, r, 2, p), sympy.S.Half)
        return root if sign > 0 else build.negative(root)
    one, other = (p + size) / 2, (p - size) / 2
    below = int(fmpz(one.q).lcm(fmpz(other.q)))
    if factor > 0 and sign < 0:
        return over(build.negative(build.add([scaled_root(fmpq(below), each, 2) for each in (one, other)])), below)
    first, second = (one, other) if sign > 0 else (other, one)
    minus = fmpq(below if factor > 0 else -below)
    return over(build.add([scaled_root(fmpq(below), first, 2), scaled_root(minus, second, 2)]), below)


def _square_root(value: fmpq) -> fmpq | None:
    """The root of a square of a rational number."""
    if value < 0:
        return None
    found = fmpq(isqrt(int(value.p)), isqrt(int(value.q)))
    return found if found * found == value else None
