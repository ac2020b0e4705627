"""Claims about a function on a whole interval: proved, refuted at a point, or undecided; and equations, solved."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from derivcli.engines.balls.coordinates import rational
from derivcli.engines.balls.tape import HOLDS
from derivcli.errors import DerivError, Span
from derivcli.study.claims.asked import Asked
from derivcli.study.claims.statements import Relation, read_statement
from derivcli.study.numbers import number_of, rational_root
from derivcli.study.questions import PROVED, REFUTED, UNDECIDED, Claim, Solutions
from derivcli.study.root_finding.zeros import EndlessError
from derivcli.study.study import Number, Undecided
from derivcli.study.study_interval import STUDY_SECONDS, places_on
from derivcli.study.variations import special_points
from derivcli.study.variations.course import between
from derivcli.study.variations.extrema import compared
from derivcli.study.variations.special_points import Place, limit_beside

STEADY = ("regular", "kink", "end")
"""Kinds of points at which f has a derivative."""


def decide(claim: str, asked: Asked) -> Claim:
    """Whether what a claim says of f holds at every point of a closed interval.

    It does not hold where f, or a derivative that it speaks of, has no value. At an end of its domain f has a
    one-sided derivative, which may be infinite.
    """
    found = [
        _decide(relation, asked) for relation in read_statement(claim, asked.expression, asked.variable, asked.let)
    ]
    worst = next((one for kind in (REFUTED, UNDECIDED) for one in found if one.kind == kind), found[0])
    return replace(worst, statement=claim.strip()) if worst.kind == PROVED else worst


def _decide(relation: Relation, asked: Asked) -> Claim:
    try:
        places, undecided, on = asked.places(relation.difference)
        of_f: list[Place] = []
        if relation.order:
            of_f, more = places_on(asked.expression, asked.variable, *asked.ends, STUDY_SECONDS, ())
            undecided = [*undecided, *more]
    except EndlessError:
        return Claim(relation.text, asked.interval(), UNDECIDED, why="nothing is proved of it towards infinity")
    outcome = next(_counterexamples(relation, places, of_f), None)
    if outcome is not None:
        return Claim(relation.text, on, REFUTED, outcome.at, outcome.why)
    if undecided:
        first = undecided[0]
        why = f"between {first.low.text} and {first.high.text} it is open: {first.why}"
        return Claim(relation.text, on, UNDECIDED, first.low, why)
    unknown = next(_unknown(relation, places, of_f), None)
    if relation.is_elsewhere and unknown is None:
        return Claim(relation.text, on, UNDECIDED, why="a derivative at another place may not exist")
    return Claim(relation.text, on, UNDECIDED, unknown.at, unknown.why) if unknown else Claim(relation.text, on, PROVED)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A point, and what is there."""

    at: Number
    why: str


def _counterexamples(relation: Relation, places: Sequence[Place], of_f: Sequence[Place]) -> Iterator[Outcome]:
    """The points at which a relation does not hold, some of each kind."""
    for place in of_f:
        reason = _no_derivative(place)
        if reason:
            yield Outcome(place.x, reason)
    broken = _breaks(of_f)
    for place in places:
        is_finite = math.isfinite(place.x.value)
        sign = _sign_at(place, relation.order, broken) if is_finite else None
        if sign is not None and not HOLDS[relation.sign](sign):
            yield Outcome(place.x, _said(relation, sign, place.x))
        elif sign is None and not relation.order and place.value is None and is_finite:
            yield Outcome(place.x, f"there is no value at {_text(place.x)}")
        section = place.right
        if section is None:
            continue
        if not section.defined:
            yield Outcome(_inside(place, places), "there is no value there")
        elif section.signs[0] is not None and not HOLDS[relation.sign](section.signs[0]):
            at = _inside(place, places)
            yield Outcome(at, _said(relation, section.signs[0], at))


def _unknown(relation: Relation, places: Sequence[Place], of_f: Sequence[Place]) -> Iterator[Outcome]:
    """Where it is not known whether a relation holds."""
    for place in places:
        if place.right is not None and place.right.defined and place.right.signs[0] is None:
            yield Outcome(place.x, f"the sign is not known beyond {_text(place.x)}")
        if math.isfinite(place.x.value) and _sign_at(place, relation.order, _breaks(of_f)) is None:
            yield Outcome(place.x, f"the sign is not known at {_text(place.x)}")


def _breaks(of_f: Sequence[Place]) -> set[float]:
    """Where f may not be analytic."""
    return {place.x.value for place in of_f if place.point is not None}


def _sign_at(place: Place, order: int, broken: Collection[float]) -> int | None:
    """The sign of a difference at a point; None where it has no value, or its sign is not known.

    Where it speaks of a derivative of f, and is not analytic, it is what it tends to: a derivative that tends to a
    number from a side is the one-sided derivative.
    """
    if place.is_zero(0) or (place.point is None and 0 in (place.sign(-1, 0), place.sign(1, 0))):
        return 0
    if order and place.point is not None:
        limits = [limit for side in (-1, 1) if (limit := limit_beside(place, side)) is not None]
        if place.x.value not in broken or (order > 1 and len(limits) > 1 and compared(*limits) != 0):
            return None  # another formula has no value there, or the second derivative none
        signs = {_sign_of(limit) for limit in limits}
        return signs.pop() if len(signs) == 1 else None
    return None if place.value is None else _sign_of(place.value)


def _sign_of(number: Number) -> int | None:
    return 1 if number.low > 0 else -1 if number.high < 0 else 0 if number.low == number.high == 0 else None


def _no_derivative(place: Place) -> str:
    """Why f has no derivative at a break, or nothing. At an end of the domain it has a one-sided one."""
    kind = "" if place.point is None else place.point.kind
    if kind in ("", *STEADY):
        return ""
    sides = [section for section in (place.left, place.right) if section is not None and section.defined]
    inner = [limit_beside(place, side) for side in (-1, 1)]
    if len(sides) < 2 or kind in ("edge", "vertical"):
        if place.value is None:
            return f"f has no value at {_text(place.x)}"
        if all(limit is None or compared(limit, place.value) in (0, None) for limit in inner):
            return ""
    return f"f has no derivative at {_text(place.x)}: {NAMES.get(kind, kind)}"


NAMES = {"undefined": "it has no value there", "kink": "f' is not smooth there", "oscillation": "it oscillates there"}


def _inside(place: Place, places: Sequence[Place]) -> Number:
    """A short number between a point and the next one."""
    behind = places[places.index(place) + 1]
    inner = between(place.column.root, behind.column.root)
    value = Fraction(int(inner.p), int(inner.q))
    for denominator in DENOMINATORS:
        near = Fraction(round(value * denominator), denominator)
        if place.x.high < near < behind.x.low:
            return number_of(rational_root(rational(near)))
    return number_of(rational_root(inner))


DENOMINATORS = (1, 2, 10, 100, 10_000, 10**6)
"""Those of numbers that are short to read."""


def _said(relation: Relation, sign: int, at: Number) -> str:
    return f"{relation.left} {'=' if sign == 0 else '>' if sign > 0 else '<'} {relation.right} at {_text(at)}"


def _text(number: Number) -> str:
    return number.text if number.exact is None else number.exact.text


def solve(equation: str, asked: Asked) -> Solutions:
    """All solutions of an equation such as "f = 3" or "f' = 0" on a closed interval."""
    relations = read_statement(equation, asked.expression, asked.variable, asked.let)
    span = Span(0, len(equation))
    if len(relations) != 1 or relations[0].sign != "==":
        raise DerivError("this is no equation", equation, span, "write it like f = 3 or f' = 0")
    (relation,) = relations
    try:
        places, undecided, on = asked.places(relation.difference)
    except EndlessError:
        hint = f"choose two finite ends, as in `--on {asked.variable}=-10:10`"
        raise DerivError("nothing is proved of this towards infinity", equation, span, hint) from None
    whole = [
        (place.x, behind.x)
        for place, behind in pairwise(places)
        if place.right is not None and place.right.defined and place.right.signs[0] == 0
    ]
    hidden = [
        Undecided(place.x, place.x, "zeros", "the derivative is only known beside this point")
        for place in places
        if relation.order and place.point is not None and place.value is None and _may_be_zero(place)
    ]
    found = tuple(special_points.zeros(places))
    return Solutions(relation.text, on, found, tuple(whole), (*undecided, *hidden))


def _may_be_zero(place: Place) -> bool:
    """Whether a difference may tend to 0 from a side."""
    limits = [limit_beside(place, side) for side in (-1, 1)]
    return math.isfinite(place.x.value) and any(each is not None and each.low <= 0 <= each.high for each in limits)
