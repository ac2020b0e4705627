"""The kinds of singular points: what the values of f at a point and near it say of the derivative there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flint import arb

from derivcli.check.accuracy import accuracy_verdict, is_right, right_digits, short_text
from derivcli.check.enclosure import Question, Stages, Truth
from derivcli.check.one_sided import has_series, one_sided, partial_by
from derivcli.check.one_sided_values import BehaviorByOrder, Limit, LocalBehavior, Side, difference, is_near
from derivcli.check.verdict import Verdict
from derivcli.check.verdict_kinds import KINDS
from derivcli.engines.balls.coordinates import Direction
from derivcli.engines.balls.errors import UnsureError

LIMIT_DIGITS = (6, 16)
"""Significant digits of limits in a sentence, and those where the first do not tell them apart."""


@dataclass(frozen=True, slots=True)
class View:
    """A question seen along a direction: why the formula has no series, and what function it is that is seen.

    That is the formula, or its derivative by `earlier` directions. Only the derivative at the end of the way is
    compared with the question's number.
    """

    question: Question
    reason: str
    direction: Direction
    earlier: Stages = ()
    compares: bool = True

    @property
    def subject(self) -> str:
        """What function it is."""
        formula = self.question.derivative.dependent or "the formula"
        return f"the derivative by {','.join(partial_by(self.earlier))}" if self.earlier else formula

    @property
    def along(self) -> str:
        """The direction, where there is more than one."""
        names = [*self.direction]
        return "" if len(self.question.site.at) < 2 else f" along {names[0] if len(names) == 1 else 'the direction'}"

    def of_order(self, order: int) -> str:
        """Which derivative it is that has no further ones."""
        if len(self.question.derivative.stages()) == 1:
            return f"at order {order}"
        return f"in {replace(self, earlier=[*self.earlier, (self.direction, order)]).subject}"


def singular_verdict(question: Question, reason: str) -> Verdict:
    """The verdict at a kink, a jump, an edge or a hole, from values of f alone; `reason` says why f has none.

    A mixed derivative is taken as its name says, the first variable first.
    """
    site, stages = question.site, question.derivative.stages()
    names = {name for direction, _ in stages for name in direction}
    if not names & site.at.keys():
        return without("undefined", question, reason)
    edge = False
    for place, (direction, order) in enumerate(stages):
        earlier, last = stages[:place], place == len(stages) - 1
        if not last and has_series(site, [*earlier, (direction, order)]):
            continue
        view = View(question, reason, direction, earlier, last)
        verdict = verdict_along(view, one_sided(site, earlier, direction), order)
        if ends(verdict):
            return verdict
        if not last and verdict.kind == "hole":
            return replace(verdict, truth=None, left=None, right=None)
        edge = edge or verdict.kind == "edge"
    return _at_an_edge(verdict, question) if edge else verdict


def verdict_along(view: View, local: BehaviorByOrder, order: int) -> Verdict:
    """The verdict of a function's derivatives up to an order, from its behavior on both sides of the point."""
    for low in range(1, order):
        verdict = _of(local(low, order), replace(view, compares=False))
        if ends(verdict):
            return none_after(verdict, view.of_order(low), view.question.printed)
    verdict = _of(local(order, order), view)
    if view.compares or not ends(verdict):
        return verdict
    return none_after(verdict, view.of_order(order), view.question.printed)


def none_after(verdict: Verdict, where: str, printed: float) -> Verdict:
    """The verdict of derivatives above the order at which there is none; the sides are of that one, not of theirs."""
    message = verdict.message
    kind = KINDS[verdict.kind]
    if kind.noun:
        sides = f": {message}" if kind.repeats_message else ""
        message = f"{kind.noun} {where}{sides}"
    differs = math.isfinite(printed)
    return replace(verdict, truth=None, digits=None, left=None, right=None, message=message, differs=differs)


def _at_an_edge(verdict: Verdict, question: Question) -> Verdict:
    if KINDS[verdict.kind].derivative != "two-sided":
        return verdict
    differs = verdict.differs and not math.isnan(question.printed)
    return replace(verdict, kind="edge", message="defined on one side only", differs=differs)


def ends(verdict: Verdict) -> bool:
    """Whether a derivative is of a kind that has none of higher order."""
    if verdict.kind == "hole":
        return verdict.truth is None
    exists = KINDS[verdict.kind].derivative in ("two-sided", "one-sided")
    return not exists or (verdict.kind == "edge" and math.isinf(verdict.truth or 0))


def _of(local: LocalBehavior, view: View) -> Verdict:
    factor = view.question.derivative.factor if view.compares else 1
    left, right = (replace(side, derivative=side.derivative.over(factor)) for side in (local.left, local.right))
    sides = [side for side in (left, right) if side.defined]
    if local.value is None:
        return _where_undefined(left, right, view)
    if not all(side.limit.settled for side in sides):
        raise UnsureError
    if not sides:
        exists = "is real" if view.subject == "the formula" else "exists"
        return without("isolated", view.question, f"{view.subject} {exists} here and not beside")
    if not all(side.continues for side in sides):
        return _jump(left, right, local.here, view)
    if not all(side.derivative.settled for side in sides):
        raise UnsureError
    if len(sides) == 1:
        return _edge(left, right, view.question)
    return _between(left.derivative, right.derivative, view, local.rigorous)


def _where_undefined(left: Side, right: Side, view: View) -> Verdict:
    """No value at the point: a hole that limits fill, or nothing."""
    if not (left.defined and right.defined and is_near(left.limit, right.limit)):
        return without("undefined", view.question, view.reason)
    message = f"{view.subject} has no value here, and the limit {_shown(left.limit)}{view.along} fills the hole"
    verdict = _with_sides(without("hole", view.question, message), left.derivative, right.derivative)
    same = is_near(left.derivative, right.derivative)
    return replace(verdict, truth=verdict.right if same else None)


def _jump(left: Side, right: Side, value: Limit, view: View) -> Verdict:
    sides = {name: side for name, side in (("left", left), ("right", right)) if side.defined}
    here, *limits = _all_shown([value, *(side.limit for side in sides.values())])
    told = [f"to {text} from the {name}" for name, text in zip(sides, limits, strict=True)]
    verdict = without("jump", view.question, f"{view.subject} is {here} here and tends {' and '.join(told)}")
    return _with_sides(verdict, left.derivative, right.derivative)


def _edge(left: Side, right: Side, question: Question) -> Verdict:
    """Defined on one side only: the one-sided derivative is the truth."""
    side, name = (left, "left") if left.defined else (right, "right")
    truth, printed = _float(side.derivative), question.printed
    digits = None
    agrees = printed == truth
    if side.derivative.number is not None and not math.isnan(printed):
        digits = right_digits(printed, side.derivative.number, question.dtype)
        agrees = is_right(digits, question.dtype)
    verdict = Verdict("edge", digits, truth, message=f"defined on the {name} only")
    verdict = _with_sides(verdict, left.derivative, right.derivative)
    return replace(verdict, differs=not agrees and not math.isnan(printed))


def _between(left: Limit, right: Limit, view: View, rigorous: bool) -> Verdict:
    question = view.question
    if right.number is not None and is_near(left, right):
        if not view.compares:
            return Verdict("agrees")
        return accuracy_verdict(question, Truth(right.number, rigorous), touched=True)
    if left.infinite and left.infinite == right.infinite:
        verdict = _with_sides(without("vertical", question, "the tangent is vertical"), left, right)
        opposite = question.printed == -math.inf * right.infinite
        return replace(verdict, truth=verdict.right, differs=verdict.differs or opposite)
    kind = "cusp" if left.infinite and right.infinite else "corner"
    one, other = _all_shown([left, right])
    message = f"left {one}, right {other}"
    return _with_sides(without(kind, question, message), left, right)


def without(kind: str, question: Question, message: str) -> Verdict:
    """A place without a derivative, where a number printed misleads."""
    assert KINDS[kind].derivative == "none", f"{kind} has a derivative"
    return Verdict(kind, message=message, differs=math.isfinite(question.printed))


def _with_sides(verdict: Verdict, left: Limit, right: Limit) -> Verdict:
    return replace(verdict, left=_float(left), right=_float(right))


def _float(limit: Limit) -> float | None:
    """A limit as the nearest float64 or an infinity, None where there is none."""
    if limit.number is not None:
        return Truth(limit.number, rigorous=False).number
    return math.inf * limit.infinite if limit.infinite else None


def _shown(limit: Limit, digits: int = LIMIT_DIGITS[0]) -> str:
    number = _float(limit)
    return "nothing" if number is None else f"{number:.{digits}g}"


def _all_shown(limits: Sequence[Limit]) -> list[str]:
    """Limits in one sentence, in as many digits as it takes to tell them apart; as a sum where float64 does not."""
    apart = [difference(limits[0], limit) or arb(0) for limit in limits]
    found: list[str] = []
    for digits in LIMIT_DIGITS:
        found = [_shown(limit, digits) for limit in limits]
        if not any(more != 0 and text == found[0] for more, text in zip(apart, found, strict=True)):
            return found
    return [
        f"{text} {'+' if more > 0 else '-'} {short_text(abs(more))}" if more != 0 and text == found[0] else text
        for more, text in zip(apart, found, strict=True)
    ]
