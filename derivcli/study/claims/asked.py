"""What is asked about: a function on an interval, and what happens there to a formula made of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from flint import fmpq

from derivcli.language.expression import Expression
from derivcli.simplify.domains.roots import Root
from derivcli.study.numbers import number_of, rational_root
from derivcli.study.questions import StudiedInterval
from derivcli.study.root_finding.zeros import EndlessError
from derivcli.study.study import Undecided
from derivcli.study.study_interval import STUDY_SECONDS, places_on
from derivcli.study.tails.period import period
from derivcli.study.variations.special_points import Place


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A function on a closed interval, whose ends may be infinite, and the definitions that questions may use."""

    expression: Expression
    variable: str
    ends: tuple[Root, Root]
    let: Mapping[str, str]

    def interval(self, length: Root | None = None) -> StudiedInterval:
        """The interval that an answer is about, which may be one period."""
        spelling = self.expression.spelling
        low, high = self.ends if length is None else (rational_root(fmpq(0)), length)
        repeats = None if length is None else number_of(length, spelling)
        return StudiedInterval(
            self.expression, self.variable, number_of(low, spelling), number_of(high, spelling), repeats
        )

    def places(self, formula: Expression) -> tuple[list[Place], list[Undecided], StudiedInterval]:
        """The zeros and breaks of a formula on the interval, or on one period of it; what is open; and where.

        Raises EndlessError where nothing is proved towards infinity.
        """
        is_bounded = any(end.ball.is_finite() for end in self.ends)
        length = None if is_bounded else period(formula.expanded, self.variable)
        ends = self.ends if length is None else (rational_root(fmpq(0)), length)
        places, undecided = places_on(formula, self.variable, *ends, STUDY_SECONDS, (0,))
        if any(math.isinf(each.low.value) or math.isinf(each.high.value) for each in undecided):
            raise EndlessError
        return places, undecided, self.interval(length)
