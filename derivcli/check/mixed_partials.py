"""Mixed derivatives at a singular point, one direction after the other, from germs along curves.

A derivative first by x, then by y, is seen along the curves y = y0 + t, x = x0 + c t^M for several c: differences
in c are the derivatives by x at the points (x0, y0 + t), as germs in t. With more directions each earlier one has a
higher power of t.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from itertools import pairwise
from math import factorial

from flint import fmpq, fmpq_poly

from derivcli.check.enclosure import Stages
from derivcli.check.one_sided_germs import Curve, DecidedGerm, LocalGerms
from derivcli.engines.balls.coordinates import Direction
from derivcli.engines.balls.exact_constants import ExactConstant
from derivcli.engines.balls.germs.arithmetic import Germs
from derivcli.engines.balls.germs.germ import Germ, NoGermError, ShortError, TermExponents

POLYNOMIAL_POWER, SERIES_POWER = 4000, 16
"""Powers of t with which curves leave a kink along a line: one for polynomials, one for other functions."""

Across = tuple[list[Germ], list[int | str]]
"""The derivatives on one side of a line up to an order, and the decisions on which they rest."""


def expanded(local: LocalGerms, earlier: Stages) -> LocalGerms:
    """The germs of the derivative by earlier directions, or with none those of the formula, and its value."""
    if not earlier:
        local.value = local.value_here()
        local.left, local.right = local.germs_here()
        return local
    local.value = derivative_here(local, earlier)
    local.left, local.right = (
        _derivative(local, local.line(local.direction, sense), earlier, local.order)[0] for sense in (-1, 1)
    )
    if local.oscillates:
        raise NoGermError
    local.rigorous = False  # that no further derivative disturbs the differences is only seen
    return local


def derivative_here(local: LocalGerms, stages: Stages) -> ExactConstant | None:
    """The derivative by some stages at the point, None where there is none; a one-sided one at an edge."""
    *earlier, (line, times) = stages
    inner = expanded(LocalGerms(local.tape, local.at, local.field, line, times, local.more), earlier)
    known = [(germ, sense) for germ, sense in ((inner.left, -1), (inner.right, 1)) if germ is not None]
    if inner.value is None or not known:
        return None
    last: ExactConstant | None = None
    for order in range(times + 1):
        found = [inner.coefficient(germ, order, sense) for germ, sense in known]
        last = found[-1]
        if last is None or any(each is None or not local.field.is_same(each, last) for each in found):
            return None
        if order == 0 and not local.field.is_same(last, inner.value):
            return None
    return last


def _derivative(local: LocalGerms, curve: Curve, stages: Stages, reach: int) -> DecidedGerm:
    """The derivative by some stages along a curve, as a germ up to t^reach, a power beyond those of the curve."""
    if not stages:
        return local.germ(curve, reach)
    *earlier, (_, times) = stages
    on_line, decisions = _derivative(local, curve, earlier, reach)
    if on_line is None:
        return None, decisions
    near = reach + times + 1
    sides = _across(local, curve, stages, near, reach)
    if len(sides) == 2 and all(side[1] == decisions for side in sides):
        return sides[-1][0][times], decisions  # no kink runs along the line
    for far in [POLYNOMIAL_POWER] * (on_line.limit is None) + [SERIES_POWER]:
        with suppress(ShortError):
            sides = _across(local, curve, stages, near + far, reach)
            decided = [each for side in sides for each in side[1]]
            found = [side[0] for side in sides]
            if not found:
                return None, decided
            apart = _apart(local, on_line, found)
            terms = [term for germ in found[-1] for term in germ.terms]
            if not apart and all(exponent.denominator == 1 and not logs for exponent, logs in terms):
                return found[-1][-1], decided
            again = [side[0] for side in _across(local, curve, stages, near + 2 * far + 1, reach)]
            if apart & _apart(local, on_line, again):
                return None, decided
            return _shared(local, found[-1][-1], again[-1][-1], reach), decided
    raise ShortError


Sides = Sequence[Sequence[Germ]]
"""The derivatives up to an order on each side of a line that has values."""


def _shared(local: LocalGerms, one: Germ, other: Germ, reach: int) -> Germ:
    """What two computations of a derivative next to the point have in common.

    Terms that come of c and its powers are another with each power of t; the others belong to the derivative.
    """
    places = [place for place in one.terms if place in other.terms and place[0] <= reach]
    if any(not local.field.is_same(one.terms[place], other.terms[place]) for place in places):
        raise NoGermError
    return Germ({place: one.terms[place] for place in places}, reach + 1)


def _apart(local: LocalGerms, on_line: Germ, sides: Sides) -> set[tuple[int, TermExponents]]:
    """At which powers of t derivatives differ from side to side, and of which order they are."""
    found: set[tuple[int, TermExponents]] = set()
    for order, germs in enumerate(zip(*sides, strict=True)):
        for one, other in pairwise([on_line, *germs] if order == 0 else germs):
            found |= {(order, place) for place in _differing(local, one, other)}
    return found


def _across(local: LocalGerms, curve: Curve, stages: Stages, power: int, reach: int) -> list[Across]:
    """The derivatives on both sides of a line, as far as there are values.

    They are the coefficients of the polynomial in c through as many germs along curves that leave it by c t^power.
    """
    found = (_across_to(local, curve, stages, turn, power, reach) for turn in (1, -1))
    return [side for side in found if side is not None]


def _across_to(local: LocalGerms, curve: Curve, stages: Stages, turn: int, power: int, reach: int) -> Across | None:
    *earlier, (line, times) = stages
    needed = times * power + reach
    curves = [_bent(local, curve, line, turn * count, power) for count in range(1, times + 2)]
    found = [_derivative(local, each, earlier, needed) for each in curves]
    germs, decisions = [germ for germ, _ in found if germ is not None], [each for _, each in found]
    if not germs:
        return None
    if len(germs) < len(found) or any(each != decisions[0] for each in decisions):
        raise NoGermError
    arithmetic = Germs(local.field, needed + local.more)
    derivatives = []
    for order, weights in enumerate(interpolated(times + 1)):
        factor = factorial(order) * turn**order
        terms = [arithmetic.scaled(germ, each * factor) for germ, each in zip(germs, weights, strict=True)]
        derivatives.append(_lowered(arithmetic.sum(terms), order * power, power, reach))
    return derivatives, decisions[0]


def _bent(local: LocalGerms, curve: Curve, line: Direction, count: int, power: int) -> Curve:
    """A curve that leaves another one by a multiple of a power of t along a line."""
    bent = {name: dict(powers) for name, powers in curve.items()}
    for name, powers in local.line(line, count, power).items():
        bent.setdefault(name, {}).update(powers)
    return bent


def _lowered(germ: Germ, shift: int, end: int, reach: int) -> Germ:
    """A germ over a power of t, as far as the differences tell."""
    limit = end if germ.limit is None else min(germ.limit - shift, end)
    if limit <= reach:
        raise ShortError
    terms = {(exponent - shift, logs): constant for (exponent, logs), constant in germ.terms.items()}
    return Germ({place: constant for place, constant in terms.items() if place[0] < limit}, limit)


def _differing(local: LocalGerms, one: Germ, other: Germ) -> list[TermExponents]:
    zero = local.field.rational(0)
    limits = [germ.limit for germ in (one, other) if germ.limit is not None]
    places = [place for place in {*one.terms, *other.terms} if all(place[0] < limit for limit in limits)]
    pairs = {place: (one.terms.get(place, zero), other.terms.get(place, zero)) for place in places}
    return [place for place, pair in pairs.items() if not local.field.is_same(*pair)]


@cache
def interpolated(count: int) -> tuple[tuple[fmpq, ...], ...]:
    """For each power of c the weights of the values at c = 1, 2, ..., `count` in the polynomial through them."""
    nodes = range(1, count + 1)
    rows = []
    for node in nodes:
        basis = fmpq_poly([1])
        for other in nodes:
            if other != node:
                basis *= fmpq_poly([-other, 1]) / (node - other)
        rows.append([basis[power] for power in range(count)])
    return tuple(zip(*rows, strict=True))
