"""Derivatives of implicit functions: is the point on the curve, and where is its tangent vertical?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from flint import arb

from derivcli.check.compare import compared, shown
from derivcli.check.places import without
from derivcli.check.question import Question, Site, Truth, enclosure
from derivcli.check.verdict import Verdict
from derivcli.engines.balls.partials import Derivative, FlatError
from derivcli.engines.balls.run import NoValueError, TouchError, UnsureError, ball_of

SHIFT = 4
"""So many last places in each coordinate explain that a point is off its curve."""

FURTHEST = 12
"""How many coefficients of a curve with a vertical tangent tell which way it goes."""


def judged_on_curve(question: Question) -> Verdict:
    """The verdict of a derivative of the function that an equation makes of its dependent variable."""
    try:
        residual = enclosure(question.site, Derivative())
    except NoValueError as place:
        return without("undefined", question, str(place))
    if is_off(question.site, residual, question.dtype):
        message = f"the point is not on the curve: the left side minus the right side is {shown(residual.ball)}"
        return without("undefined", question, message)
    try:
        return compared(question, enclosure(question.site, question.derivative))
    except FlatError:
        return _where_flat(question)
    except TouchError:
        return Verdict("unchecked", message="the equation has no power series here")


def is_off(site: Site, residual: Truth, dtype: str) -> bool:
    """Whether an equation's difference is further from 0 than a shift of the coordinates by last places makes it."""
    if not abs(residual.ball) > 0 or not residual.rigorous:
        return False
    reach = arb(0)
    for name, value in site.at.items():
        try:
            slope = enclosure(site, Derivative((name,))).ball
        except (TouchError, UnsureError):
            return True
        reach += abs(ball_of(value, 96) * slope)
    return bool(abs(residual.ball) > SHIFT * float(np.finfo(dtype).eps) * reach)


def _where_flat(question: Question) -> Verdict:
    """The verdict where the difference does not change with the dependent variable."""
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
    for order in range(2, FURTHEST + 1):
        try:
            bend = enclosure(site, Derivative((dependent,) * order, dependent=name)).ball
        except (TouchError, UnsureError):
            return 0
        if bend != 0:
            return 0 if order % 2 == 0 else (1 if bend > 0 else -1)
    return 0
