"""Answers to single questions about a function on an interval: a claim, an equation, a value of the inverse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivcli.record_equality import equal
from derivcli.showing import html, latex, mime_bundle, pretty, short, text
from derivcli.study.study import Number, SpecialPoint, Undecided

if TYPE_CHECKING:
    from derivcli.check.verdict import Verdict
    from derivcli.language.expression import Expression

PROVED, REFUTED, UNDECIDED = "proved", "refuted", "undecided"
"""What may become of a claim."""


@dataclass(frozen=True, slots=True, eq=False)
class StudiedInterval:
    """The function that is asked about, and the closed interval; `period` is there where one period tells all."""

    expression: Expression
    variable: str
    low: Number
    high: Number
    period: Number | None = None

    __eq__ = equal
    __repr__ = short


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """What became of a claim: its kind is "proved", "refuted" or "undecided".

    A refuted one does not hold `at` a point, and `why` says what is there; of an undecided one it says what is open.
    """

    statement: str
    on: StudiedInterval
    kind: str
    at: Number | None = None
    why: str = ""

    @property
    def proved(self) -> bool:
        """Whether it holds at every point."""
        return self.kind == PROVED

    __eq__ = equal
    __repr__ = short
    __str__ = text
    _repr_html_ = html
    _repr_latex_ = latex
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty


@dataclass(frozen=True, slots=True, eq=False)
class Solutions:
    """All solutions of an equation on an interval. On the intervals of `everywhere` each point is one."""

    equation: str
    on: StudiedInterval
    found: tuple[SpecialPoint, ...]
    everywhere: tuple[tuple[Number, Number], ...] = ()
    undecided: tuple[Undecided, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether there are no others."""
        return not self.undecided

    __eq__ = equal
    __repr__ = short
    __str__ = text
    _repr_html_ = html
    _repr_latex_ = latex
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty


@dataclass(frozen=True, slots=True, eq=False)
class Inverse:
    """The inverse g of f at y = f(x): g(y) = x, and g'(y) = 1/f'(x), which is infinite where f'(x) is 0.

    `rises` says whether f does so on the interval. The verdict is "proved" where all of this is.
    """

    on: StudiedInterval
    y: Number
    x: Number
    derivative: Number
    rises: bool
    verdict: Verdict

    __eq__ = equal
    __repr__ = short
    __str__ = text
    _repr_html_ = html
    _repr_latex_ = latex
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty
