"""The study of a function on the interval that was asked for, or on one that shows what there is."""

from __future__ import annotations

import math
from dataclasses import replace

from flint import fmpq

from derivcli.errors import DerivError
from derivcli.language.expression import Expression
from derivcli.simplify.domains.roots import Root
from derivcli.study.numbers import infinite_root, number_of, rational_root
from derivcli.study.root_finding.zeros import EndlessError
from derivcli.study.study import Study
from derivcli.study.study_interval import STUDY_SECONDS, study_interval
from derivcli.study.tails.period import period

WHOLE_LINE = infinite_root(-1), infinite_root(1)

USUAL = rational_root(fmpq(-10)), rational_root(fmpq(10))
"""The interval where nothing is proved towards infinity, and nothing repeats."""

CHOOSING_SECONDS = 0.7
"""The processor time for the whole line where it was not asked for."""


def study_function(expression: Expression, variable: str, ends: tuple[Root, Root] | None = None) -> Study:
    """All special points of a function on a closed interval, whose ends may be infinite.

    Without one it is the whole line, one period of it, or an interval that the remarks name. A function that repeats is
    studied on one period of an infinite interval. Raises DerivError where nothing is proved towards infinity.
    """
    if ends is None:
        return _chosen(expression, variable)
    if all(end.ball.is_finite() for end in ends):
        return study_interval(expression, variable, *ends)
    found = _on_one_period(expression, variable) or _to_infinity(expression, variable, ends)
    if found is None:
        message = f"nothing is proved of {expression.text} towards infinity"
        raise DerivError(message, hint=f"choose two finite ends, as in `--on {variable}=-10:10`")
    return found


def _to_infinity(
    expression: Expression, variable: str, ends: tuple[Root, Root], seconds: float = STUDY_SECONDS
) -> Study | None:
    """The study of an infinite interval; None where nothing is proved towards infinity."""
    try:
        found = study_interval(expression, variable, *ends, seconds=seconds)
    except EndlessError:
        return None
    is_endless = any(math.isinf(each.low.value) or math.isinf(each.high.value) for each in found.undecided)
    return None if is_endless else found


def _chosen(expression: Expression, variable: str) -> Study:
    found = _on_one_period(expression, variable)
    if found is not None:
        return found
    whole = _to_infinity(expression, variable, WHOLE_LINE, CHOOSING_SECONDS)
    if whole is not None and whole.complete:
        return whole
    usual = study_interval(expression, variable, *USUAL, seconds=STUDY_SECONDS - CHOOSING_SECONDS)
    remark = f"[-10, 10] was chosen, since not all is proved on the whole line; `--on {variable}=0:5` chooses another"
    return replace(usual, remarks=(*usual.remarks, remark))


def _on_one_period(expression: Expression, variable: str) -> Study | None:
    """The study of one period of a function that repeats; None of one that is not known to."""
    length = period(expression.expanded, variable)
    if length is None:
        return None
    found = study_interval(expression, variable, rational_root(fmpq(0)), length)
    number = number_of(length, expression.spelling)
    told = number.text if number.exact is None else number.exact.text
    remark = f"f repeats itself with the period {told}, and one period tells all of it"
    inner = {point.x.value for point in (*found.critical, *found.breaks)}
    ends = {found.low.value, found.high.value} - inner  # a period has them, and the function does not
    extrema = tuple(point for point in found.extrema if point.x.value not in ends)
    return replace(found, period=number, extrema=extrema, remarks=(*found.remarks, remark))
