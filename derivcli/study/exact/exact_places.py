"""The formula of a number that is known by its digits, and proofs of what a function is there.

A formula that agrees with hundreds of bits is a candidate, no more. What vanishes at it is proved by its germ, a power
series with exact constants.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sympy
from flint import arb, ctx, fmpq, fmpz_mat, fmpz_poly

from derivcli.check.enclosure import restored_context
from derivcli.check.one_sided_germs import LocalGerms
from derivcli.engines.balls.coordinates import Exact
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import ball_of, coordinate
from derivcli.engines.balls.exact_constants import ExactConstant, working
from derivcli.engines.balls.germs.germ import NoGermError, ShortError
from derivcli.engines.balls.integers import fraction
from derivcli.engines.balls.tape import Tape, record
from derivcli.engines.symbolic import SYMPY_FAILURES
from derivcli.language.tree import Tree
from derivcli.simplify.cost import cost
from derivcli.study.exact import linear_form
from derivcli.study.exact.chains import ALGEBRAIC, POWER, WAVE, Chain, chains_of, constants_of, has_waves
from derivcli.study.exact.linear_form import LinearForm
from derivcli.study.exact.surds import number, scaled_root, short_roots

LEAST_BITS = 60
"""A ball of fewer bits has no formula sought."""

SPARE_BITS = 20
"""So many bits more than a formula's numbers have must agree: less is chance."""

MAX_BITS = 320
"""Of a ball of more bits not all are looked at."""

HEIGHT_BITS = 24
"""Bits of the largest number in a formula that is sought."""

RELATION_BITS = 128
"""Bits of three numbers among which an integer relation is sought, or fewer where fewer are known."""

PROOF_BITS = (192, 768)

MORE_TERMS = (2, 8, 24)
"""So many terms of a germ are computed beyond the first one that is asked for."""

MAX_UNITS = 4
"""So many constants of a formula are looked for in its special points."""


@dataclass(frozen=True, slots=True, eq=False)
class Forms:
    """What the special points of a function may be: rational multiples of units, and what its inner formulas make so.

    Units are the function's irrational constants, and pi where it has waves.
    """

    chains: tuple[Chain, ...]
    units: tuple[tuple[Tree, arb], ...]

    @classmethod
    def of(cls, tree: Tree) -> Forms:
        """Those of a function."""
        with restored_context():
            ctx.prec = 2 * RELATION_BITS
            chains = tuple(chains_of(tree))
            units = [sympy.pi] if has_waves(tree) else []
            units += [each for each in constants_of(tree) if each not in units]
            return cls(chains, tuple((each, ball_of(coordinate(each), MAX_BITS)) for each in units[:MAX_UNITS]))


def _any() -> Forms:
    with restored_context():
        ctx.prec = MAX_BITS
        return Forms((Chain(),), ((sympy.pi, arb.pi()),))


ANY = _any()


def candidates(ball: arb, forms: Forms = ANY) -> list[Tree]:
    """Formulas of a number that agree with all of its digits: at most one, as things are."""
    with restored_context():
        bits = ball.rel_accuracy_bits()
        ctx.prec = max(LEAST_BITS, min(bits, MAX_BITS))
        if ball.contains(0):
            return [sympy.S.Zero] if ball.rad() < arb(2) ** -LEAST_BITS else []
        if bits < LEAST_BITS:
            return []
        found = _of_itself(ball, forms)
        if found is None:
            found = _of_chains(ball, forms)
    return [] if found is None else [found]


def _of_itself(ball: arb, forms: Forms) -> Tree | None:
    """A rational number, a rational multiple of a unit, or a number with a short radical."""
    rational = rational_in(ball)
    if rational is not None:
        return number(rational)
    found = _multiple(ball, forms)
    return _radical(ball) if found is None else found.tree


def _multiple(ball: arb, forms: Forms) -> LinearForm | None:
    """A number as a rational multiple of a unit."""
    for unit, size in forms.units:
        factor = rational_in(ball / size)
        if factor is not None:
            return linear_form.atom(unit).times(factor)
    return None


def _radical(ball: arb) -> Tree | None:
    """A root of a rational number, a quadratic surd, or a square root of such."""
    for degree in (2, 3, 4):
        power = rational_in(ball**degree)
        if power is not None:
            return scaled_root(fmpq(-1 if ball < 0 else 1), abs(power), degree)
    polynomial = _quadratic(ball)
    if polynomial is None:
        polynomial = _quadratic(ball * ball)
        if polynomial is None:
            return None
        polynomial = fmpz_poly([int(polynomial[0]), 0, int(polynomial[1]), 0, int(polynomial[2])])
    return next(_matching(polynomial, ball), None)


def _matching(polynomial: fmpz_poly, ball: arb) -> Iterator[Tree]:
    for tree in short_roots(polynomial):
        if ball_of(coordinate(tree), ctx.prec).overlaps(ball):
            yield tree


def _of_chains(x: arb, forms: Forms) -> Tree | None:
    """A formula by the value of an inner formula; of several waves of one angle by the simplest value."""
    waves: dict[Any, list[tuple[int, LinearForm, Chain]]] = {}
    for chain in forms.chains:
        exact = _value(chain, chain.value(x), forms) if chain.steps else None
        if exact is None:
            continue
        if chain.kind != WAVE:
            tree = _solved(chain, exact, x)
            if tree is not None:
                return tree
        else:
            waves.setdefault(chain.steps[:-1], []).append((len(exact.terms) * 100 + cost(exact.tree)[0], exact, chain))
    for known in waves.values():
        _, exact, chain = min(known, key=lambda each: each[0])
        tree = _solved(chain, exact, x)
        if tree is not None:
            return tree
    return None


def _solved(chain: Chain, exact: LinearForm, x: arb) -> Tree | None:
    with suppress(TouchError, UnsureError):
        found = chain.solved(exact, x)
        if found is not None and ball_of(coordinate(found.tree), ctx.prec).overlaps(x):
            return found.tree
    return None


def _value(chain: Chain, value: arb, forms: Forms) -> LinearForm | None:
    """The exact number that an inner formula's value may be."""
    if not value.is_finite() or value.rel_accuracy_bits() < LEAST_BITS:
        return None
    found = rational_in(value) if chain.kind != ALGEBRAIC else None
    if found is not None:
        return linear_form.rational(found)
    multiple = _multiple(value, forms) if chain.kind != WAVE else None
    if multiple is not None:
        return multiple
    found = rational_in(value.log()) if chain.kind == POWER and value > 0 else None
    if found is not None:
        return linear_form.rational(found).exp()
    polynomial = _quadratic(value) if chain.kind != ALGEBRAIC else None
    return None if polynomial is None else _surd(polynomial, value)


def _surd(polynomial: fmpz_poly, value: arb) -> LinearForm | None:
    """The root of a polynomial of the second degree that a ball holds."""
    c, b, a = (fmpq(int(polynomial[place])) for place in range(3))
    discriminant = b * b - 4 * a * c
    if discriminant <= 0:
        return None
    centre, root = linear_form.rational(-b / (2 * a)), linear_form.rational(discriminant).root(2)
    sign = fmpq(1 if value > -arb(b) / (2 * a) else -1)
    return centre.plus(root.times(sign / (2 * abs(a))))


def rational_in(ball: arb) -> fmpq | None:
    """The rational number of few digits that a ball is about; None where there is none."""
    bits, middle = ball.rel_accuracy_bits(), fraction(ball.mid())
    if middle is None or bits < LEAST_BITS:
        return None
    above, below = int(middle.p), int(middle.q)
    spare = (min(bits, MAX_BITS) - SPARE_BITS) // 2
    p, q, before_p, before_q = 1, 0, 0, 1
    while below:
        part, rest = divmod(above, below)
        p, before_p = part * p + before_p, p
        q, before_q = part * q + before_q, q
        if max(abs(p), q) >> min(HEIGHT_BITS, spare):
            return None
        if (not rest or (below // rest) >> SPARE_BITS) and (ball * q - p).contains(0):
            return fmpq(p, q)
        above, below = below, rest
    return None


def _quadratic(ball: arb) -> fmpz_poly | None:
    """The polynomial of the second degree with small coefficients of which a number is a root."""
    square = ball * ball
    bits = min(ball.rel_accuracy_bits(), square.rel_accuracy_bits(), RELATION_BITS + 4) - 4
    if bits < LEAST_BITS or abs(ball) > 1 << HEIGHT_BITS:
        return None
    whole = [_scaled(part, bits) for part in (ball, square)]
    rows = fmpz_mat([[1, 0, 0, 1 << bits], [0, 1, 0, whole[0]], [0, 0, 1, whole[1]]]).lll()
    c, b, a, _ = (int(rows[0, place]) for place in range(4))
    height = min(HEIGHT_BITS, (bits - SPARE_BITS) // 3)
    if a == 0 or max(abs(a), abs(b), abs(c)) >> height or not (a * square + b * ball + c).contains(0):
        return None
    return fmpz_poly([c, b, a])


def _scaled(ball: arb, bits: int) -> int:
    """A number times a power of 2, near enough."""
    middle = fraction(ball.mid())
    return 0 if middle is None else int((middle * (1 << bits)).floor())


def vanishing(tape: Tape, name: str, place: Tree | Exact, order: int) -> int | None:
    """How many derivatives, beginning with that of an order, are proved to be 0 at a place; the next is proved not to.

    The function is analytic there. None where it is not proved.
    """
    with suppress(NoGermError, TouchError, UnsureError, AssertionError, *SYMPY_FAILURES), restored_context():
        where = coordinate(place) if isinstance(place, sympy.Basic) else place
        for precision in PROOF_BITS:
            for more in MORE_TERMS:
                try:
                    return _vanishing(tape, name, where, order, precision, more)
                except ShortError:
                    continue
                except UnsureError:
                    break
    return None


def _vanishing(tape: Tape, name: str, where: Exact, order: int, precision: int, more: int) -> int:
    local = LocalGerms(tape, {name: where}, working(precision), {name: fmpq(1)}, order, more)
    germ, _ = local.germ(local.line(local.direction, 1), order)
    if germ is None or not local.rigorous or germ.flat:
        raise NoGermError
    place = order
    while germ.limit is None or place < germ.limit:
        constant = germ.terms.get((place, 0))
        if constant is not None and local.field.sign(constant):
            return place - order
        if germ.limit is None and place > max((each for each, _ in germ.terms), default=0):
            raise NoGermError  # a polynomial of lower degree
        place += 1
    raise ShortError


def values_at(questions: list[tuple[Tree, dict[str, Tree]]], precision: int) -> list[ExactConstant | None]:
    """The values of formulas at exact points as constants of one field, so that equal ones are known to be."""
    known = working(precision)
    found: list[ExactConstant | None] = []
    for tree, at in questions:
        tape = record(tree, tuple(at))
        place = {name: coordinate(each) for name, each in at.items()}
        ctx.prec = precision
        value = None
        with suppress(NoGermError, TouchError, UnsureError):
            value = LocalGerms(tape, place, known, {}, 0, 1).value_here()
        found.append(value)
    return found


def are_equal(tree: Tree, at: dict[str, Tree], other: Tree, there: dict[str, Tree]) -> bool | None:
    """Whether the values of two formulas at exact points are equal; None where that is not proved."""
    with restored_context():
        for precision in PROOF_BITS:
            known = working(precision)
            one, two = values_at([(tree, at), (other, there)], precision)
            if one is None or two is None:
                return None
            with suppress(UnsureError):
                return known.is_same(one, two)
    return None
