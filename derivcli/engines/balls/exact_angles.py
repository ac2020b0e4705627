"""Sines and angles of exact constants: of multiples of pi, of angles with a known sine, and of sums of these."""

from __future__ import annotations

from collections.abc import Iterable

from flint import fmpq, fmpz_poly

from derivcli.engines.balls.exact_constants import ExactConstant, Field, FieldGenerator, Monomial
from derivcli.engines.balls.integers import only_whole

HALF = fmpq(1, 2)

SINES = {fmpq(0): 0, fmpq(1, 6): HALF, HALF: 1, fmpq(5, 6): HALF, fmpq(1): 0, fmpq(7, 6): -HALF, fmpq(3, 2): -1,
         fmpq(11, 6): -HALF}  # fmt: skip
"""The rational sines of rational multiples of pi, and of which multiples (Niven's theorem)."""

MAX_CYCLOTOMIC_DEGREE = 6
"""Sines of multiples of pi of a higher degree are numbers of which nothing is known."""

MAX_MULTIPLE = 8
"""The sine of a larger multiple of an angle is no polynomial in the angle's own."""

TURN_PARTS = 120
"""An angle with a known sine may be a multiple of pi over this number."""

Rotation = tuple[ExactConstant, ExactConstant]
"""A cosine and a sine."""


def rational_sine(turns: fmpq) -> fmpq | None:
    """The sine of so many times pi, where it is rational."""
    found = SINES.get(turns - 2 * (turns / 2).floor())
    return None if found is None else fmpq(found)


def sine(known: Field, constant: ExactConstant, quarters: int) -> ExactConstant:
    """sin(constant + quarters*pi/2)."""
    turns, others = _split(known, constant)
    turns += fmpq(quarters, 2)
    if not others:
        return sine_of_turns(known, turns)
    alone = [(each[0][0], factor) for each, factor in others.items() if len(each) == 1 and each[0][1] == 1]
    arcs = [(known.generators[number].arc, factor) for number, factor in alone]
    if len(arcs) == len(others) and all(
        arc is not None and factor.q == 1 and abs(factor.p) <= MAX_MULTIPLE for arc, factor in arcs
    ):
        total = sine_of_turns(known, turns + HALF), sine_of_turns(known, turns)
        for arc, factor in arcs:
            assert arc is not None, "looked at above"
            for _ in range(abs(int(factor.p))):
                total = _turned(known, total, arc if factor > 0 else (arc[0], arc[1].negative()))
        return total[1]
    return _named(known, constant, turns, quarters)


def _split(known: Field, constant: ExactConstant) -> tuple[fmpq, dict[Monomial, fmpq]]:
    """How many times pi is in a constant, and its other terms."""
    number = known.numbers.get("pi")
    others = dict(constant.polynomial)
    turns = fmpq(0) if number is None else others.pop(((number, 1),), fmpq(0))
    return turns, others


def _turned(known: Field, one: Rotation, other: Rotation) -> Rotation:
    """The cosine and the sine of a sum."""
    (c, s), (d, t) = one, other
    cosine = known.difference(known.product(c, d), known.product(s, t))
    return cosine, known.sum(known.product(s, d), known.product(c, t))


def _named(known: Field, constant: ExactConstant, turns: fmpq, quarters: int) -> ExactConstant:
    """The sine of an angle of which nothing is known, by the sine or the cosine of the angle without quarter turns."""
    quarter = (2 * turns).floor()
    shift = known.scaled(known.pi(), fmpq(int(quarter) - quarters, 2))
    angle = known.difference(constant, shift)
    sign = fmpq(1)
    if turns * 2 == quarter and angle.polynomial[min(angle.polynomial)] < 0:
        angle, sign = angle.negative(), fmpq(-1)
    cosine = known.named(("cos", angle.key), angle.ball.cos())
    place = int(quarter) % 4
    if place % 2:
        return known.scaled(cosine, fmpq(1 if place == 1 else -1))
    square = known.difference(known.rational(1), known.product(cosine, cosine))
    found = known.generator(("sin", angle.key), FieldGenerator(angle.ball.sin(), 2, square))
    return known.scaled(found, sign * (1 if place == 0 else -1))


def sine_of_turns(known: Field, turns: fmpq) -> ExactConstant:
    """The sine of so many times pi: rational, with roots, or a polynomial in 2*cos(2*pi/n)."""
    rational = rational_sine(turns)
    if rational is not None:
        return known.rational(rational)
    turns -= 2 * (turns / 2).floor()
    if turns > 1:
        return sine_of_turns(known, turns - 1).negative()
    if turns > HALF:
        turns = 1 - turns
    parts = RADICALS.get(turns)
    if parts is not None:
        return _of_roots(known, parts)
    q = int(turns.q)
    if q in NESTED:
        return _of_nested_roots(known, turns)
    n = 2 * q if q % 2 == 0 else 4 * q
    k = n * (q - 2 * int(turns.p)) // (4 * q)
    found = cosine_of_part(known, n, k)
    return known.named(("sine", turns), (known.pi().ball * turns).sin()) if found is None else found


RADICALS: dict[fmpq, list[tuple[fmpq, tuple[int, ...]]]] = {
    fmpq(1, 4): [(HALF, (2,))],
    fmpq(1, 3): [(HALF, (3,))],
    fmpq(1, 12): [(fmpq(1, 4), (6,)), (fmpq(-1, 4), (2,))],
    fmpq(5, 12): [(fmpq(1, 4), (6,)), (fmpq(1, 4), (2,))],
    fmpq(1, 10): [(fmpq(1, 4), (5,)), (fmpq(-1, 4), ())],
    fmpq(3, 10): [(fmpq(1, 4), (5,)), (fmpq(1, 4), ())],
}
"""Sines of multiples of pi as sums of square roots."""


NESTED: dict[int, tuple[fmpq, int, fmpq, fmpq, fmpq]] = {
    5: (fmpq(5, 8), 5, fmpq(-1, 8), HALF, HALF),
    8: (HALF, 2, fmpq(-1, 4), fmpq(1), fmpq(1)),
}
"""By n: a, r, b such that the sine of pi/n is the root of a + b*sqrt(r), and c, d: that of the next is c + d*sqrt(r)
times it."""


def _of_nested_roots(known: Field, turns: fmpq) -> ExactConstant:
    a, inside, b, c, d = NESTED[int(turns.q)]
    root = known.power(known.rational(inside), HALF)
    found = known.power(known.sum(known.rational(a), known.scaled(root, b)), HALF)
    if turns.p == 1:
        return found
    return known.product(found, known.sum(known.rational(c), known.scaled(root, d)))


def _of_roots(known: Field, parts: list[tuple[fmpq, tuple[int, ...]]]) -> ExactConstant:
    found = known.rational(0)
    for factor, inside in parts:
        root = known.power(known.rational(inside[0]), HALF) if inside else known.rational(1)
        found = known.sum(found, known.scaled(root, factor))
    return found


def cosine_of_part(known: Field, n: int, k: int) -> ExactConstant | None:
    """cos(2*pi*k/n), a polynomial in the number 2*cos(2*pi/n); None where that is of a high degree."""
    least = fmpz_poly.cos_minpoly(n)
    degree = least.degree()
    if degree > MAX_CYCLOTOMIC_DEGREE:
        return None
    key = "2cos", n
    ball = (known.pi().ball * 2 / n).cos() * 2
    number = known.numbers.get(key, len(known.generators))
    relation = ExactConstant(_powers(number, (-fmpq(int(each)) for each in least.coeffs()[:-1])), ball**degree)
    known.generator(key, FieldGenerator(ball, degree, relation))
    below, found = fmpz_poly([2]), fmpz_poly([0, 1])
    for _ in range(k - 1):
        below, found = found, (fmpz_poly([0, 1]) * found - below) % least
    halves = (fmpq(int(each), 2) for each in found.coeffs())
    return ExactConstant(_powers(number, halves), (known.pi().ball * 2 * k / n).cos())


def _powers(number: int, coefficients: Iterable[fmpq]) -> dict[Monomial, fmpq]:
    """A polynomial in one generator."""
    places = enumerate(coefficients)
    return {((number, power),) if power else (): each for power, each in places if each != 0}


def arc(known: Field, cosine: ExactConstant, sine_of_arc: ExactConstant) -> ExactConstant:
    """The angle between -pi/2 and pi/2 that has a cosine above 0 and a sine; a multiple of pi where it is one."""
    if sine_of_arc.is_zero:
        return known.rational(0)
    if sine_of_arc.ball < 0:
        return arc(known, cosine, sine_of_arc.negative()).negative()
    tangent = known.product(sine_of_arc, known.power(cosine, fmpq(-1)))
    ball = tangent.ball.atan()
    parts = only_whole(ball / known.pi().ball * TURN_PARTS)
    if parts is not None:
        turns = fmpq(parts, TURN_PARTS)
        if known.difference(sine_of_turns(known, turns), sine_of_arc).is_zero:
            return known.scaled(known.pi(), turns)
    return known.generator(("atan", tangent.key), FieldGenerator(ball, arc=(cosine, sine_of_arc)))


def arctangent(known: Field, tangent: ExactConstant) -> ExactConstant:
    """The arctangent of a constant."""
    square = known.sum(known.rational(1), known.product(tangent, tangent))
    cosine = known.power(square, -HALF)
    return arc(known, cosine, known.product(tangent, cosine))


def arcsine(known: Field, value: ExactConstant) -> ExactConstant:
    """The arcsine of a constant between -1 and 1, but for these."""
    square = known.difference(known.rational(1), known.product(value, value))
    return arc(known, known.power(square, HALF), value)
