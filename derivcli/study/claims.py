"""Claims about a function on a whole interval: proved, refuted at a point, or undecided; and equations, solved."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from derivcli.engines.balls.coordinates import rational
from derivcli.engines.balls.tape import HOLDS
from derivcli.errors import DerivError, Span
from derivcli.language.expression import Expression
from derivcli.result import equal
from derivcli.showing import short
from derivcli.simplify.domains.roots import Root
from derivcli.study import special_points
from derivcli.study.course import between
from derivcli.study.numbers import number_of, rational_root
from derivcli.study.special_points import Place, limit_beside
from derivcli.study.statements import Relation, read_statement
from derivcli.study.study import Number, SpecialPoint, Undecided
from derivcli.study.study_interval import STUDY_SECONDS, places_on
from derivcli.study.zeros import EndlessError

PROVED, REFUTED, UNDECIDED = "proved", "refuted", "undecided"

STEADY = ("regular", "kink", "end")
"""Kinds of points at which f has a derivative."""


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """What became of a claim: its kind is "proved", "refuted" or "undecided".

    A refuted one does not hold `at` a point, and `why` says what is there; of an undecided one it says what is open.
    """

    text: str
    kind: str
    at: Number | None = None
    why: str = ""

    __eq__ = equal
    __repr__ = short


@dataclass(frozen=True, slots=True, eq=False)
class Solutions:
    """All solutions of an equation on an interval. On the intervals of `everywhere` each point is one."""

    text: str
    found: tuple[SpecialPoint, ...]
    everywhere: tuple[tuple[Number, Number], ...] = ()
    undecided: tuple[Undecided, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether there are no others."""
        return not self.undecided

    __eq__ = equal
    __repr__ = short


def decide(claim: str, expression: Expression, variable: str, ends: tuple[Root, Root], let: Mapping[str, str]) -> Claim:
    """Whether what a claim says of f holds at every point of a closed interval.

    It does not hold where f, or a derivative that it speaks of, has no value. At an end of its domain f has a
    one-sided derivative, which may be infinite.
    """
    found = Claim(claim, PROVED)
    for relation in read_statement(claim, expression, variable, let):
        one = _decide(relation, expression, variable, ends)
        if one.kind == REFUTED:
            return one
        found = found if found.kind == UNDECIDED else one
    return found


def _decide(relation: Relation, expression: Expression, variable: str, ends: tuple[Root, Root]) -> Claim:
    try:
        places, undecided = places_on(relation.difference, variable, *ends, STUDY_SECONDS, (0,))
        of_f: list[Place] = []
        if relation.order:
            of_f, more = places_on(expression, variable, *ends, STUDY_SECONDS, ())
            undecided += more
    except EndlessError:
        return Claim(relation.text, UNDECIDED, why="nothing is proved of it towards infinity")
    refuted = next(_counterexamples(relation, places, of_f), None)
    if refuted is not None:
        return refuted
    unknown = next(_unknown(relation, places), None)
    if undecided:
        first = undecided[0]
        why = f"between {first.low.text} and {first.high.text} it is open: {first.why}"
        return Claim(relation.text, UNDECIDED, first.low, why)
    return unknown or Claim(relation.text, PROVED)


def _counterexamples(relation: Relation, places: Sequence[Place], of_f: Sequence[Place]) -> Iterator[Claim]:
    """The points at which a relation does not hold, some of each kind."""
    for place in of_f:
        reason = _no_derivative(place, relation.order)
        if reason:
            yield Claim(relation.text, REFUTED, place.x, reason)
    for place in places:
        sign = _sign_at(place)
        if sign is not None and not HOLDS[relation.sign](sign):
            yield Claim(relation.text, REFUTED, place.x, _said(relation, sign, place.x))
        elif place.value is None and math.isfinite(place.x.value) and not _holds_beside(relation, place):
            yield Claim(relation.text, REFUTED, place.x, f"there is no value at {_text(place.x)}")
        section = place.right
        if section is None:
            continue
        if not section.defined:
            yield Claim(relation.text, REFUTED, _inside(place, places), "there is no value there")
        elif section.signs[0] is not None and not HOLDS[relation.sign](section.signs[0]):
            at = _inside(place, places)
            yield Claim(relation.text, REFUTED, at, _said(relation, section.signs[0], at))


def _unknown(relation: Relation, places: Sequence[Place]) -> Iterator[Claim]:
    """Where it is not known whether a relation holds."""
    for place in places:
        if place.right is not None and place.right.defined and place.right.signs[0] is None:
            yield Claim(relation.text, UNDECIDED, place.x, f"the sign is not known beyond {_text(place.x)}")
        if place.value is not None and _sign_at(place) is None:
            yield Claim(relation.text, UNDECIDED, place.x, f"the sign is not known at {_text(place.x)}")


def _sign_at(place: Place) -> int | None:
    """The sign of a difference at a point; None where it has no value, or its sign is not known."""
    if place.is_zero(0):
        return 0
    value = place.value
    if value is None:
        return None
    return 1 if value.low > 0 else -1 if value.high < 0 else 0 if value.low == value.high == 0 else None


def _holds_beside(relation: Relation, place: Place) -> bool:
    """Whether a derivative of f that has no value at an end of the domain has a one-sided one that satisfies it."""
    if not relation.order or place.point is None or place.point.kind not in ("edge", "pole", "vertical", "undefined"):
        return False
    limits = [limit_beside(place, side) for side in (-1, 1)]
    known = [limit for limit in limits if limit is not None]
    signs = {1 if limit.low > 0 else -1 if limit.high < 0 else 0 for limit in known}
    return len(signs) == 1 and HOLDS[relation.sign](signs.pop())


def _no_derivative(place: Place, order: int) -> str:
    """Why f has no derivative of an order at a break, or nothing. At an end of the domain it has a one-sided one."""
    kind = "" if place.point is None else place.point.kind
    if kind in STEADY and not (kind == "kink" and order > 1):
        return ""
    sides = [section for section in (place.left, place.right) if section is not None and section.defined]
    if kind in ("", "edge", "vertical") or len(sides) < 2:
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


def solve(
    equation: str, expression: Expression, variable: str, ends: tuple[Root, Root], let: Mapping[str, str]
) -> Solutions:
    """All solutions of an equation such as "f = 3" or "f' = 0" on a closed interval."""
    relations = read_statement(equation, expression, variable, let)
    if len(relations) != 1 or relations[0].sign != "==":
        raise DerivError("this is no equation", equation, Span(0, len(equation)), "write it like f = 3 or f' = 0")
    (relation,) = relations
    try:
        places, undecided = places_on(relation.difference, variable, *ends, STUDY_SECONDS, (0,))
    except EndlessError:
        message = "nothing is proved of this towards infinity"
        hint = f"choose two finite ends, as in `--on {variable}=-10:10`"
        raise DerivError(message, equation, Span(0, len(equation)), hint) from None
    whole = [
        (place.x, behind.x)
        for place, behind in pairwise(places)
        if place.right is not None and place.right.defined and place.right.signs[0] == 0
    ]
    return Solutions(relation.text, tuple(special_points.zeros(places)), tuple(whole), tuple(undecided))
