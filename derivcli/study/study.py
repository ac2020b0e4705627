"""What is known of a function on an interval: its special points, the pieces between them, and what is not decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from derivcli.record_equality import equal
from derivcli.showing import html, latex, mime_bundle, plot, pretty, short, text

if TYPE_CHECKING:
    from derivcli.check.verdict import Verdict
    from derivcli.language.expression import Expression

Sign: TypeAlias = Literal[-1, 0, 1] | None
"""The sign of a function throughout a piece, 0 where it is 0 throughout; None where it is not known."""


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """A real number: the nearest float64, which may be infinite, its digits, and its formula where one is proved.

    `low` and `high` are float64 between which the number is proved to lie. `text` has all digits that are proved, up
    to 17 of them.
    """

    value: float
    low: float
    high: float
    text: str
    exact: Expression | None = None

    __eq__ = equal
    __repr__ = short


@dataclass(frozen=True, slots=True, eq=False)
class SpecialPoint:
    """A point at which something happens.

    `kind` is one of
    - "zero", "crossing" or "touching" (a zero where f changes its sign or does not);
    - "minimum", "maximum", "flat" (f' is 0 and f goes on in its direction), "constant" (the end of a piece on which
      f is constant);
    - "inflection";
    - "end", "hole", "pole", "jump", "corner", "cusp", "vertical", "edge", "isolated", "undefined", "oscillation",
      "kink" (a derivative exists there, of order one, and one of higher order does not), "unknown".
    A minimum or a maximum is "global" or "local" in its `extent`; "" where it is neither or not known.
    `multiplicity` is how many derivatives beginning with f (of a critical point: with f') vanish there; 0 if not known.
    `value` is f there. `left` and `right` are one-sided limits of f at a break, `left_slope` and `right_slope` those of
    the derivative; None where there is none, or it is not known.
    `verdict` is "proved" where both the place and the kind are.
    """

    x: Number
    kind: str
    verdict: Verdict
    extent: str = ""
    multiplicity: int = 0
    value: Number | None = None
    left: Number | None = None
    right: Number | None = None
    left_slope: Number | None = None
    right_slope: Number | None = None

    __eq__ = equal
    __repr__ = short


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """An open interval between neighbouring points, on which f, f' and f'' each have one sign.

    Where f is not `defined`, it is so nowhere on the piece, and no sign is known.
    """

    low: Number
    high: Number
    defined: bool = True
    sign: Sign = None
    slope: Sign = None
    curvature: Sign = None

    __eq__ = equal
    __repr__ = short


@dataclass(frozen=True, slots=True, eq=False)
class Undecided:
    """A stretch on which a question is open: what it is ("zeros", "critical", "inflections", "breaks"), and why."""

    low: Number
    high: Number
    what: str
    why: str

    __eq__ = equal
    __repr__ = short


@dataclass(frozen=True, slots=True, eq=False)
class Extent:
    """The range of f: its greatest lower and least upper bound, and whether f has these values.

    `gaps` are open intervals between them that hold no value of f, and `borders` say for each whether f has the values
    at its two ends.
    """

    low: Number
    high: Number
    has_low: bool
    has_high: bool
    gaps: tuple[tuple[Number, Number], ...] = ()
    borders: tuple[tuple[bool, bool], ...] = ()

    __eq__ = equal
    __repr__ = short


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """A function on an interval.

    `critical` are the points where f' is 0, `zeros` those where f is, `inflections` those where f'' changes its sign;
    `breaks` are all where f is not analytic, and `ends` the two ends of the interval. All are in order.
    `extrema` are those of the critical points, breaks and ends at which f has an extremum.
    `period` is there for a whole line that one period tells all of: then everything is said of one period.
    `remarks` are sentences, such as why an interval was chosen.
    """

    expression: Expression
    variable: str
    low: Number
    high: Number
    zeros: tuple[SpecialPoint, ...] = ()
    critical: tuple[SpecialPoint, ...] = ()
    inflections: tuple[SpecialPoint, ...] = ()
    breaks: tuple[SpecialPoint, ...] = ()
    ends: tuple[SpecialPoint, ...] = ()
    extrema: tuple[SpecialPoint, ...] = ()
    pieces: tuple[Piece, ...] = ()
    range: Extent | None = None
    undecided: tuple[Undecided, ...] = ()
    period: Number | None = None
    remarks: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing is undecided: there are no other special points on the interval."""
        return not self.undecided

    __eq__ = equal
    __repr__ = short
    __str__ = text
    _repr_html_ = html
    _repr_latex_ = latex
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty

    plot = plot
