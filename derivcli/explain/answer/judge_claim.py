"""Is a claim the derivative? It is compared at many points, then proved where SymPy can.

The comparison comes first and has the last word: where two enclosures do not meet, the formula is wrong, whatever
a simplification says.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain, islice, takewhile
from typing import Any

from flint import arb

from derivcli.check.equality import Match, difference
from derivcli.engines.balls.integers import decimal_text
from derivcli.explain.answer.answer import Answer, Counterexample, Diagnosis, Point
from derivcli.explain.answer.bracketings import bracketed
from derivcli.explain.answer.comparison import MIN_MATCHES, Case, compared, compared_on_curve, confirmed
from derivcli.explain.answer.diagnosis import diagnosed, except_at
from derivcli.explain.answer.exceptional_points import ExceptionalPoint, distances, named
from derivcli.explain.answer.symbolic_proof import are_proved, is_proved, is_proved_where, is_zero_at
from derivcli.language.expression import Expression
from derivcli.language.parse import other_meanings
from derivcli.language.printer import place_text
from derivcli.result import Partial, derivative_key

MAX_PROVED_POINTS = 12
"""With more exceptional points than these the pieces between them are not proved one by one."""

IRRATIONAL = Fraction(10**6)
"""Stands for an irrational coordinate where points are sorted."""

POINTS_PER_UNKNOWN = 4
"""For each undecided point that is ignored there must be this many points of agreement."""

COUNTEREXAMPLE_DIGITS = (10, 17)
"""Significant digits of the numbers at a counter-example: the first that tell them apart."""


MAX_READINGS, MAX_PAIRS = 4, 8
"""How many other meanings of each text, and of both texts together, are tried."""

FRACTION = r"\frac"
"""What leaves no doubt of how far the parts of a fraction reach."""

BRACKET_SECONDS = 1.0
"""How long brackets are looked for that may have been forgotten."""


def judge_claim(
    expression: Expression, claim: Expression, partial: Partial, declared: Collection[str] = (), dependent: str = ""
) -> Answer:
    """Whether a claim is a partial derivative of an expression, and if not, where and why not.

    The expression is an equation where there is a `dependent` variable, whose derivative it is then about. The reason
    is another meaning of the texts, of which the names are `declared`, where the claim is right in that.
    """
    case = _case(expression, claim, partial, dependent)
    answer, case = _judged(case, partial)
    if answer.how != "differs":
        return answer
    readings = chain(islice(_other_readings(answer, declared), MAX_PAIRS), _bracketings(case, declared))
    for other, meant_claim in () if FRACTION in claim.source else readings:
        meant = judge_if_right(other, meant_claim, partial, dependent)
        if meant is not None:
            return replace(answer, meant=meant, diagnosis=Diagnosis("reading", _reading_text(answer, meant)))
    return replace(answer, diagnosis=reason(case))


def _case(expression: Expression, claim: Expression, partial: Partial, dependent: str) -> Case:
    if dependent:
        return compared_on_curve(expression, claim, partial, dependent)
    return compared(expression, claim, partial)


def judge_if_right(expression: Expression, claim: Expression, partial: Partial, dependent: str = "") -> Answer | None:
    """The answer where the claim is right, found sooner where it is not."""
    case = _case(expression, claim, partial, dependent)
    if case.of_kind("different", "undefined") or case.wrong_spots:
        return None
    answer, _ = _judged(case, partial)
    return answer if answer.equal else None


def _judged(case: Case, partial: Partial) -> tuple[Answer, Case]:
    """The answer without the reason of what is wrong, and the case with all matches confirmed if that is needed."""
    about = case.expression, derivative_key(partial), case.claim, case.formula
    answer = functools.partial(Answer, *about, dependent=case.dependent)
    right, vanishing = case.of_kind("same"), case.of_kind("vanishing")
    is_wrong = case.of_kind("different", "undefined") or case.wrong_spots
    if (right or vanishing) and not is_wrong and case.exceptional.may_be_proved and _is_proved(case):
        return answer(how="proved", points=len(right), **_rightness(case, right)), case
    case = confirmed(case)
    right, wrong = case.of_kind("same"), case.of_kind("different", "undefined")
    if wrong or case.wrong_spots:
        return answer(how="differs", points=len(right), counterexample=counterexample(case)), case
    right = [*right, *(_match(spot) for spot in case.exceptional.of_kind("same"))]
    vanishing = case.of_kind("vanishing")
    enough = len(right) >= max(MIN_MATCHES, len(case.gaps), len(vanishing))
    unknown = case.exceptional.open or _unknown(case, len(right))
    how = "agrees" if enough and not unknown else "undecided"
    found = answer(how=how, points=len(right), **_rightness(case, right))
    return replace(found, vanishing=len(vanishing), open=unknown if enough else ""), case


def _unknown(case: Case, right: int) -> str:
    """Why a claim stays undecided: too many points at which the derivative is not known."""
    unsure = case.of_kind("unsure")
    if len(unsure) * POINTS_PER_UNKNOWN <= right:
        return ""
    nicest = min((match.sample for match in unsure), key=case.niceness)
    where = f"{len(unsure)} points, such as {place_text(case.named(nicest), case.expression.spelling)}"
    return f"at {where}, it is not known whether they are the same"


def counterexample(case: Case) -> Counterexample:
    """A point at which a claim is wrong; one of single points where it is wrong at these only."""
    wrong = case.of_kind("different", "undefined")
    if wrong and (case.curve(wrong) is None or not case.wrong_spots):
        match = min(wrong, key=functools.partial(_telling, case))
        return _counterexample(case, match, case.named(match.sample))
    spot = min(case.wrong_spots, key=lambda spot: (_telling(case, _match(spot)), distances(spot)))
    return _counterexample(case, _match(spot), named(spot))


def reason(case: Case) -> Diagnosis:
    """Why a claim is wrong, or at which single points it is where it is right elsewhere."""
    wrong = case.of_kind("different", "undefined")
    curve = case.curve(wrong)
    return diagnosed(case) if wrong and curve is None else except_at(case, curve)


def _match(spot: ExceptionalPoint) -> Match:
    sample = tuple(value if isinstance(value, Fraction) else IRRATIONAL for value in named(spot).values())
    return Match(sample, spot.kind, spot.left, spot.right, spot.digits, spot.reason)


def _is_proved(case: Case) -> bool:
    """Whether SymPy shows that the claim is the derivative, as they are written or piece by piece.

    Of an integral it does not know whether there is one.
    """
    if case.expression.has_integrals:
        return False
    if case.dependent and case.truth is not None:
        trees = case.truth.expanded, case.claim.expanded
        return is_proved(*trees) or is_proved_where(case.expression.expanded, *trees)
    if case.truth is not None and is_proved(case.truth.expanded, case.claim.expanded):
        return True
    pieces = case.exceptional.pieces
    return len(case.exceptional.spots) <= MAX_PROVED_POINTS and bool(pieces) and are_proved(pieces or (), case.partial)


def _rightness(case: Case, right: Sequence[Match]) -> dict[str, Any]:
    """How a claim is right."""
    return {"digits": _digits(right), "gaps": _gaps(case), "on_curve": case.is_on_curve_only}


def _digits(right: Sequence[Match]) -> int:
    return min((match.digits for match in right), default=0)


def _gaps(case: Case) -> tuple[Point, ...]:
    """The points at which a right claim has no value, the nicest first."""
    spots = [named(spot) for spot in case.gap_spots]
    return (*spots, *(case.named(match.sample) for match in sorted(case.gaps, key=functools.partial(_telling, case))))


def _telling(case: Case, match: Match) -> tuple[bool, bool, bool, bool, tuple[int, int]]:
    """A sort key: smaller where a point shows better, at a glance or by hand, that two numbers differ."""
    left, right = match.left, match.right
    assert left is not None, "the derivative has a value"
    if right is None:
        return True, not _is_moderate(left), False, False, case.niceness(match.sample)
    close = abs(left - right) < (abs(left) + abs(right)) * 1e-4
    return False, not _is_moderate(left), bool(close), not _is_moderate(right), case.niceness(match.sample)


def _is_moderate(ball: arb) -> bool:
    """Whether a number is exactly 0 or neither very large nor very small."""
    return bool(ball == 0) or bool(abs(ball) > 1e-3 and abs(ball) < 1e4)


def _counterexample(case: Case, match: Match, at: Point) -> Counterexample:
    left, right = match.left, match.right
    assert left is not None, "the derivative has a value"
    if left.contains(0) and case.formula is not None and is_zero_at(case.formula.expanded, at):
        left = arb(0)
    if right is None:
        return Counterexample(at, _number(left), None, _text(left, COUNTEREXAMPLE_DIGITS[0]), reason=match.reason)
    one, other = _texts(left, right)
    return Counterexample(at, _number(left), _number(right), one, other, match.reason)


def _texts(left: arb, right: arb) -> tuple[str, str]:
    """Two numbers in as many digits as it takes to tell them apart; if that is too many, the second as a sum."""
    for digits in COUNTEREXAMPLE_DIGITS:
        one, other = _text(left, digits), _text(right, digits)
        if one != other:
            return one, other
    more = difference(left, right)
    return one, f"{one} {'+' if more > 0 else '-'} {_text(abs(more), 3)}"


def _number(ball: arb) -> float:
    """The nearest float64; 0 where the number may be 0."""
    return 0.0 if ball.contains(0) else float(ball.mid()) + 0.0


def _text(ball: arb, digits: int) -> str:
    """A number to some digits, as short as possible; its distance from 0 where it may be 0."""
    if ball == 0:
        return "0"
    if ball.contains(0):
        return f"within {_text(abs(ball).upper() * 2, 1)} of 0"
    return decimal_text(ball.mid(), digits)


def _bracketings(case: Case, declared: Collection[str]) -> Iterator[tuple[Expression, Expression]]:
    """The function and the claim with brackets that make it right, as far as numbers tell."""
    end = time.monotonic() + BRACKET_SECONDS
    for claim in takewhile(lambda _: time.monotonic() < end, bracketed(case.claim, declared)):
        if {*claim.variables} <= {*case.names} and case.is_derivative(claim.expanded):
            yield case.expression, claim


def _other_readings(answer: Answer, declared: Collection[str]) -> Iterator[tuple[Expression, Expression]]:
    """A function and a claim in other meanings: one of them, then both."""
    names = {*declared, *answer.expression.variables}
    claims = list(islice(other_meanings(answer.claim, names), MAX_READINGS))
    functions = list(islice(other_meanings(answer.expression, declared), MAX_READINGS))
    yield from ((answer.expression, claim) for claim in claims)
    yield from ((function, answer.claim) for function in functions)
    yield from ((function, claim) for function in functions for claim in claims)


def _reading_text(answer: Answer, meant: Answer) -> str:
    parts = []
    if meant.expression is not answer.expression:
        parts.append(f"the function is {meant.expression.source.strip()}")
    if meant.claim is not answer.claim:
        parts.append(f"you mean {meant.claim.source.strip()}")
    return f"right if {', and '.join(parts)}"
