"""Derivatives of implicit functions: is the point on the curve, and where is its tangent vertical?"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache

import numpy as np
from flint import arb, ctx, fmpq

from derivcli.check.accuracy import accuracy_verdict, short_text
from derivcli.check.enclosure import NARROW_BITS, Question, Site, Truth, enclosure
from derivcli.check.one_sided_values import OffsetFunction, limits_by_values
from derivcli.check.singular_points import View, verdict_along, without
from derivcli.check.verdict import Verdict
from derivcli.engines.balls.coordinates import Direction, rational
from derivcli.engines.balls.errors import NoValueError, TouchError, UnsureError
from derivcli.engines.balls.evaluation import ball_of, evaluate, step_scale
from derivcli.engines.balls.partials import Derivative, FlatError
from derivcli.engines.balls.run import Run

MAX_SHIFT_ULPS = 4
"""A point may be off its curve by this many units in the last place of each coordinate."""

MAX_TURNING_ORDER = 12
"""How many coefficients of a curve with a vertical tangent are computed to see which way it turns."""

MAX_SECANT_STEPS = 60
"""Limit of the secant method's steps: each gains half as many digits again, or a hundred bits."""

MAX_NEWTON_STEPS = 50
NEWTON_TOLERANCE = 1e-15
"""Newton's method ends after this many steps, or where a step is this small relative to the number."""

SPARE_BITS = 32
"""Bits at the end of a root that need not be right."""


def curve_verdict(question: Question) -> Verdict:
    """The verdict of a derivative of the function that an equation makes of its dependent variable."""
    try:
        residual = enclosure(question.site, Derivative())
    except NoValueError as place:
        return without("undefined", question, str(place))
    if is_off(question.site, residual, question.dtype):
        message = f"the point is not on the curve: the left side minus the right side is {short_text(residual.ball)}"
        return without("undefined", question, message + _way_back(question.site, question.derivative.dependent))
    try:
        return accuracy_verdict(question, enclosure(question.site, question.derivative))
    except FlatError:
        return _where_flat(question)
    except TouchError:
        return _where_not_smooth(question)


def _way_back(site: Site, dependent: str) -> str:
    """Where the dependent variable would have to be, if Newton's method finds that from here."""
    y = float(ball_of(site.at[dependent], NARROW_BITS).mid())
    with suppress(TouchError, UnsureError, ZeroDivisionError, OverflowError, ValueError):
        for _ in range(MAX_NEWTON_STEPS):
            here = site.elsewhere({**site.at, dependent: rational(y)})
            value, slope = (enclosure(here, Derivative(by)).number for by in ((), (dependent,)))
            before, y = y, y - value / slope
            if abs(y - before) <= NEWTON_TOLERANCE * abs(y):
                return f"; with {dependent} = {y:.16g} it would be"
    return ""


def is_off(site: Site, residual: Truth, dtype: str) -> bool:
    """Whether an equation's difference is further from 0 than a shift of the coordinates by rounding makes it."""
    if not abs(residual.ball) > 0 or not residual.rigorous:
        return False
    reach = arb(0)
    for name, value in site.at.items():
        with suppress(TouchError, UnsureError):
            reach += abs(ball_of(value, NARROW_BITS) * enclosure(site, Derivative((name,))).ball)
    return bool(abs(residual.ball) > MAX_SHIFT_ULPS * float(np.finfo(dtype).eps) * reach)


def _where_flat(question: Question) -> Verdict:
    site, dependent = question.site, question.derivative.dependent
    for name in dict.fromkeys(question.derivative.partial):
        if name in site.at and abs(enclosure(site, Derivative((name,))).ball) > 0:
            return _vertical(question, name, _turning(site, name, dependent))
    return without("undefined", question, "the curve has a singular point here")


def _vertical(question: Question, name: str, sense: int) -> Verdict:
    """The tangent is vertical; the curve goes up or down through it, or turns back."""
    message = "the tangent is vertical" if sense else "the tangent is vertical, where the curve turns back"
    verdict = without("vertical", question, message)
    if not sense or question.order > 1:
        return verdict
    infinity = float("inf") * sense
    differs = verdict.differs or question.printed == -infinity
    return replace(verdict, truth=infinity, left=infinity, right=infinity, differs=differs)


def _turning(site: Site, name: str, dependent: str) -> int:
    """The sign of the slope on both sides of a vertical tangent; 0 where they differ or are not found."""
    for order in range(2, MAX_TURNING_ORDER + 1):
        try:
            bend = enclosure(site, Derivative((dependent,) * order, dependent=name)).ball
        except (TouchError, UnsureError):
            return 0
        if bend != 0:
            return 0 if order % 2 == 0 else (1 if bend > 0 else -1)
    return 0


def _where_not_smooth(question: Question) -> Verdict:
    """The verdict where the equation has no power series, but one in its dependent variable alone.

    Then that variable is a function near the point, and its values are found one by one.
    """
    site, stages = question.site, question.derivative.stages()
    unknown = Verdict("unchecked", message="the equation has no power series here")
    try:
        slope = enclosure(site, Derivative((question.derivative.dependent,))).ball
    except TouchError:
        return unknown
    if len(stages) > 1 or not abs(slope) > 0:
        return unknown
    ((direction, order),) = stages
    view = View(question, "the equation has no real value here", direction)
    solution = cache(_solution(site, question.derivative.dependent, direction))
    scale = step_scale(site.at, direction)
    return verdict_along(view, lambda low, highest: limits_by_values(solution, scale, low, highest=highest), order)


def _solution(site: Site, dependent: str, direction: Direction) -> OffsetFunction:
    def solved(offset: fmpq, precision: int, final: bool) -> arb | None:
        moved = site.shifted(direction, offset)

        def residual(y: arb) -> arb:
            at = {**moved.at, dependent: y}
            return evaluate(Run(site.tape, precision=precision, final=final), at)[0] - level

        try:
            level = evaluate(Run(site.tape, precision=precision, final=final), site.at)[0]
            start = arb(ball_of(site.at[dependent], precision).mid())
            return _root(residual, start, arb(abs(offset))) if offset else start
        except NoValueError:
            return None

    return solved


def _root(residual: Callable[[arb], arb], start: arb, step: arb) -> arb:
    """A root by the secant method, to nearly all the digits of the precision that is set; a radius holds the others."""
    first, second = start, start + step
    before, after = residual(first), residual(second)
    slope = (after - before) / (second - first)
    for _ in range(MAX_SECANT_STEPS):
        if after.contains(0) or abs(second - first) <= arb(2) ** (SPARE_BITS - ctx.prec) * (abs(second) + step):
            return arb(second.mid(), (2 * abs(after) / abs(slope)).upper())
        if (after - before).contains(0):
            break
        slope = (after - before) / (second - first)
        first, second = second, arb((second - after / slope).mid())
        before, after = after, residual(second)
    raise UnsureError
