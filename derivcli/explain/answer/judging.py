"""Is a formula the derivative that it is meant to be: compared at many points, then proved where SymPy can.

The comparison comes first and has the last word: where two enclosures do not meet, the formula is wrong, whatever
a simplification says.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from derivcli.check.agreement import Match, difference
from derivcli.explain.answer.case import LEAST, Case, compared, confirmed
from derivcli.explain.answer.diagnosis import diagnosed
from derivcli.explain.answer.found import Answer, Counterexample
from derivcli.explain.answer.proof import is_proved
from derivcli.explain.answer.samples import niceness
from derivcli.result import Partial, derivative_key

if TYPE_CHECKING:
    from flint import arb

    from derivcli.language.expression import Expression

SHOWN = (10, 17)
"""Significant digits of the numbers at a counter-example: the first that tell them apart."""


def judged(expression: Expression, claim: Expression, partial: Partial) -> Answer:
    """Whether a claim is a partial derivative of an expression, and if not, where and why not."""
    case = compared(expression, claim, partial)
    key = derivative_key(partial)
    right, vanishing = case.of_kind("same"), case.of_kind("vanishing")
    if (right or vanishing) and not case.of_kind("different", "undefined") and _is_proved(case):
        return Answer(expression, key, claim, case.truth, "proved", len(right), _digits(right), gaps=_gaps(case))
    case = confirmed(case)
    right, wrong = case.of_kind("same"), case.of_kind("different", "undefined")
    if wrong:
        example, diagnosis = _counterexample(case, min(wrong, key=_telling)), diagnosed(case)
        return Answer(expression, key, claim, case.truth, "differs", len(right), 0, example, diagnosis)
    vanishing = case.of_kind("vanishing")
    how = "agrees" if len(right) >= max(LEAST, len(case.gaps), len(vanishing)) else "undecided"
    digits, gaps = _digits(right), _gaps(case)
    return Answer(expression, key, claim, case.truth, how, len(right), digits, gaps=gaps, vanishing=len(vanishing))


def _is_proved(case: Case) -> bool:
    """Whether SymPy shows that the claim is the derivative."""
    return case.truth is not None and is_proved(case.truth.expanded, case.claim.expanded)


def _digits(right: Sequence[Match]) -> int:
    """To how many digits numbers agree."""
    return min((match.digits for match in right), default=0)


def _gaps(case: Case) -> tuple[dict[str, Fraction], ...]:
    """The points at which a right claim has no value, the nicest first."""
    return tuple(case.named(match.sample) for match in sorted(case.gaps, key=_telling))


def _telling(match: Match) -> tuple[bool, bool, bool, bool, tuple[int, int]]:
    """The less, the better a point shows that two numbers differ: at a glance, and by hand."""
    left, right = match.left, match.right
    assert left is not None, "the derivative has a value"
    if right is None:
        return True, not _is_moderate(left), False, False, niceness(match.sample)
    close = abs(left - right) < (abs(left) + abs(right)) * 1e-4
    return False, not _is_moderate(left), bool(close), not _is_moderate(right), niceness(match.sample)


def _is_moderate(ball: arb) -> bool:
    """Whether a number is 0 or neither very large nor very small."""
    return bool(abs(ball) < 1e-30) or bool(abs(ball) > 1e-3 and abs(ball) < 1e4)


def _counterexample(case: Case, match: Match) -> Counterexample:
    """The point of a match at which the numbers are not the same."""
    at, left, right = case.named(match.sample), match.left, match.right
    assert left is not None, "the derivative has a value"
    if right is None:
        return Counterexample(at, _number(left), None, _text(left, SHOWN[0]), reason=match.reason)
    one, other = _texts(left, right)
    return Counterexample(at, _number(left), _number(right), one, other)


def _texts(left: arb, right: arb) -> tuple[str, str]:
    """Two numbers in as many digits as it takes to tell them apart; if that is too many, the second as a sum."""
    for digits in SHOWN:
        one, other = _text(left, digits), _text(right, digits)
        if one != other:
            return one, other
    more = difference(left, right)
    return one, f"{one} {'+' if more > 0 else '-'} {_text(abs(more), 3)}"


def _number(ball: arb) -> float:
    """The nearest float64."""
    return float(ball.mid()) + 0.0


def _text(ball: arb, digits: int) -> str:
    """A number to so many digits, as short as it can be written."""
    mantissa, mark, exponent = str(ball.mid().str(digits, radius=False)).partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}e{int(exponent)}" if mark else mantissa
