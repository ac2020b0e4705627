"""The kinds of hard places: what values of f at a point and beside it say of the derivative there."""

from __future__ import annotations

import math
from dataclasses import replace

from derivcli.check.compare import compared, is_right, right_digits
from derivcli.check.question import Question, Truth
from derivcli.check.sides import Limit, Local, Side, is_near, look
from derivcli.check.verdict import RIGHT, WITHOUT, Verdict
from derivcli.engines.balls.run import UnsureError

GOES_ON = frozenset((*RIGHT, "lossy", "wrong", "edge"))
"""Kinds of a derivative that exists, so that one of higher order may."""


def judged_beside(question: Question, reason: str) -> Verdict:
    """The verdict at a kink, a jump, an edge or a hole, from values of f alone; `reason` says why f has none."""
    if question.order == 0 or question.by not in question.at:
        return _without("undefined", question, reason)
    for order in range(1, question.order):
        verdict = _of(look(question.tape, question.at, question.by, order), question, reason)
        if _ends(verdict):
            return replace(verdict, truth=None, digits=None, message=f"{verdict.message}, at order {order}")
    return _of(look(question.tape, question.at, question.by, question.order), question, reason)


def _ends(verdict: Verdict) -> bool:
    """Whether a derivative is of a kind that has none of higher order."""
    if verdict.kind == "hole":
        return verdict.truth is None
    return verdict.kind not in GOES_ON or (verdict.kind == "edge" and math.isinf(verdict.truth or 0))


def _of(local: Local, question: Question, reason: str) -> Verdict:
    """The kind of place that the values show."""
    left, right = local.left, local.right
    sides = [side for side in (left, right) if side.defined]
    if local.value is None:
        return _where_undefined(left, right, question, reason)
    if not all(side.limit.settled for side in sides):
        raise UnsureError
    if not sides:
        return _without("isolated", question, "the formula is real here and not beside")
    if not all(side.continues for side in sides):
        return _jump(left, right, Limit(local.value), question)
    if not all(side.derivative.settled for side in sides):
        raise UnsureError
    return _edge(left, right, question) if len(sides) == 1 else _between(left.derivative, right.derivative, question)


def _where_undefined(left: Side, right: Side, question: Question, reason: str) -> Verdict:
    """No value at the point: a hole that limits fill, or nothing."""
    if not (left.defined and right.defined and is_near(left.limit, right.limit)):
        return _without("undefined", question, reason)
    along = f" along {question.by}" if len(question.at) > 1 else ""
    message = f"the formula has no value here, and the limit {_shown(left.limit)}{along} fills the hole"
    verdict = _with_sides(_without("hole", question, message), left.derivative, right.derivative)
    same = is_near(left.derivative, right.derivative)
    return replace(verdict, truth=verdict.right if same else None)


def _jump(left: Side, right: Side, value: Limit, question: Question) -> Verdict:
    """Not continuous; a side that is has its one-sided derivative."""
    sides = {"left": left, "right": right}
    told = [f"to {_shown(side.limit)} from the {name}" for name, side in sides.items() if side.defined]
    verdict = _without("jump", question, f"the formula is {_shown(value)} here and tends {' and '.join(told)}")
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


def _between(left: Limit, right: Limit, question: Question) -> Verdict:
    """Continuous, and defined on both sides."""
    if right.number is not None and is_near(left, right):
        return compared(question, Truth(right.number, rigorous=False), touched=True)
    if left.infinite and left.infinite == right.infinite:
        verdict = _with_sides(_without("vertical", question, "the tangent is vertical"), left, right)
        opposite = question.printed == -math.inf * right.infinite
        return replace(verdict, truth=verdict.right, differs=verdict.differs or opposite)
    kind = "cusp" if left.infinite and right.infinite else "corner"
    message = f"left {_shown(left)}, right {_shown(right)}"
    return _with_sides(_without(kind, question, message), left, right)


def _without(kind: str, question: Question, message: str) -> Verdict:
    """A place without a derivative, where a number printed misleads."""
    assert kind in WITHOUT, f"{kind} has a derivative"
    return Verdict(kind, message=message, differs=math.isfinite(question.printed))


def _with_sides(verdict: Verdict, left: Limit, right: Limit) -> Verdict:
    return replace(verdict, left=_float(left), right=_float(right))


def _float(limit: Limit) -> float | None:
    """A limit as the nearest float64 or an infinity, None where there is none."""
    if limit.number is not None:
        return Truth(limit.number, rigorous=False).number
    return math.inf * limit.infinite if limit.infinite else None


def _shown(limit: Limit) -> str:
    """A limit in a sentence."""
    number = _float(limit)
    return "nothing" if number is None else f"{number:.6g}"
