"""What is known of the functions of a picture: their studies, on the interval that is shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from derivcli.engines.balls.errors import NoValueError, TouchError, UnsureError
from derivcli.engines.balls.germs.germ import NoGermError
from derivcli.engines.symbolic import expression_of
from derivcli.engines.time_limit import OutOfTimeError
from derivcli.errors import DerivError
from derivcli.language.tree import Tree, number, substitute, symbol
from derivcli.pictures.drawn import Drawn
from derivcli.points.at_option import Interval

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.study.study import SpecialPoint, Study

NOT_STUDIED = (DerivError, UnsureError, TouchError, NoGermError, NoValueError, OutOfTimeError, ArithmeticError)
"""What a study raises where it cannot tell: the picture is made of numbers alone then."""

JOINED = ("regular", "unknown", "undefined")
"""Kinds of points of a study at which nothing is known to break."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one function of one variable; `study` is None where nothing is."""

    expression: Expression
    variable: str
    study: Study | None

    @property
    def breaks(self) -> tuple[SpecialPoint, ...]:
        """The points at which the function or a derivative breaks."""
        return () if self.study is None else tuple(each for each in self.study.breaks if each.kind not in JOINED)

    def heights(self, low: float, high: float) -> list[float]:
        """The values at zeros, critical points and inflections on an interval."""
        if self.study is None:
            return []
        special = (*self.study.zeros, *self.study.critical, *self.study.inflections)
        values = [each.value.value for each in special if each.value is not None and low <= each.x.value <= high]
        return [value for value in values if math.isfinite(value)]


def along_the_cut(drawn: Drawn) -> list[Expression]:
    """Each formula as a function of the variable that varies, in which the others have their values."""
    if not drawn.fixed:
        return [*drawn.expressions]
    values = {symbol(name): number(Fraction(repr(value))) for name, value in drawn.fixed.items()}
    found = []
    for expression in drawn.expressions:
        try:
            found.append(expression_of(substitute(expression.expanded, values), expression.spelling))
        except (DerivError, ArithmeticError):
            found.append(expression)
    return found


def known_of(expression: Expression, variable: str, interval: Interval | None) -> Known:
    """What is known on an interval, or on one that a study chooses."""
    if {*expression.variables} - {variable} or expression.custom_functions or expression.unknown_functions:
        return Known(expression, variable, None)
    from derivcli.study.interval_ends import ends_of
    from derivcli.study.study_function import study_function

    with suppress(*NOT_STUDIED):
        ends = None if interval is None else ends_of(interval)
        return Known(expression, variable, study_function(expression, variable, ends))
    return Known(expression, variable, None)


def interval_between(variable: str, low: float, high: float, ends: Sequence[Tree | None] = (None, None)) -> Interval:
    """An interval with finite ends, which are these float64 where no formulas are given."""
    exact = (each or number(Fraction(end)) for each, end in zip(ends, (low, high), strict=True))
    first, last = exact
    return Interval(variable, low, high, (first, last))


def period_of(expression: Expression, variable: str) -> tuple[float, Tree | None] | None:
    """The period of a function with its formula; None where it is not known to have one."""
    if expression.custom_functions or expression.unknown_functions:
        return None
    from derivcli.study.tails.period import period

    with suppress(*NOT_STUDIED):
        found = period(expression.expanded, variable)
        if found is not None:
            return float(found.ball.mid()), found.tree
    return None


def divides(length: float) -> bool:
    """Whether pi divides a length into few parts, or few of the length make up pi."""
    turns = length / math.pi
    return any(abs(turns * parts - round(turns * parts)) < 1e-9 and round(turns * parts) for parts in (1, 2, 3, 4, 6))
