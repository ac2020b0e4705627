"""What is known of a function of several variables in a box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivcli.record_equality import equal
from derivcli.showing import html, latex, mime_bundle, plot, pretty, short, text

if TYPE_CHECKING:
    from derivcli.check.verdict import Verdict
    from derivcli.language.expression import Expression
    from derivcli.study.study import Extent, Number


@dataclass(frozen=True, slots=True, eq=False)
class BoxPoint:
    """A point of a box at which something happens, its coordinates in the order of the variables.

    `kind` is "minimum", "maximum", "saddle", "degenerate" (the Hessian is singular and does not tell the kind) or, of a
    point on the boundary where f has its least or greatest value, "least" or "greatest". A minimum or maximum is
    "global" or "local" in its `extent`, which is "" where that is not known. `signature` is how many eigenvalues of the
    Hessian are positive and how many negative; it is None where one is 0 or may be. `boundary` tells whether the point
    lies on the boundary of the box.
    """

    at: tuple[Number, ...]
    kind: str
    verdict: Verdict
    value: Number | None = None
    extent: str = ""
    signature: tuple[int, int] | None = None
    boundary: bool = False

    __eq__ = equal
    __repr__ = short


@dataclass(frozen=True, slots=True, eq=False)
class UndecidedBox:
    """A part of a box in which a question is open: what it is, and why."""

    box: tuple[tuple[Number, Number], ...]
    what: str
    why: str

    __eq__ = equal
    __repr__ = short


@dataclass(frozen=True, slots=True, eq=False)
class CriticalCurve:
    """A curve all of whose points are critical, by its equation, and the value that f has on all of it."""

    equation: Expression
    value: Number | None = None

    __eq__ = equal
    __repr__ = short


@dataclass(frozen=True, slots=True, eq=False)
class BoxStudy:
    """A function of several variables in a closed box.

    `critical` are the points where the gradient is 0. `extrema` are those of all points, the boundary's too, at which f
    has its least and its greatest value; `range` is all its values, None where that is not known. `curves` are those of
    which each point is critical.
    """

    expression: Expression
    variables: tuple[str, ...]
    box: tuple[tuple[Number, Number], ...]
    critical: tuple[BoxPoint, ...] = ()
    extrema: tuple[BoxPoint, ...] = ()
    range: Extent | None = None
    curves: tuple[CriticalCurve, ...] = ()
    undecided: tuple[UndecidedBox, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing is undecided: there are no other critical points in the box."""
        return not self.undecided

    __eq__ = equal
    __repr__ = short
    __str__ = text
    _repr_html_ = html
    _repr_latex_ = latex
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty

    plot = plot


@dataclass(frozen=True, slots=True, eq=False)
class CurvePoint:
    """A point of a plane curve: "horizontal" or "vertical" by its tangent, "crossing" (two branches cross there),
    "isolated" (no other point of the curve is near), "cusp", "singular" (both derivatives are 0, and more is not told)
    or "stop" (of a moving point: both speeds are 0).

    `at` are its coordinates. `parameters` are the values of the parameter at which a moving point is there.
    """

    at: tuple[Number, ...]
    kind: str
    verdict: Verdict
    parameters: tuple[Number, ...] = ()

    __eq__ = equal
    __repr__ = short


@dataclass(frozen=True, slots=True, eq=False)
class CurveStudy:
    """A plane curve: an equation in a box, or two functions of a parameter on an interval.

    `expressions` is the equation, or the two functions; `variables` are those of the box, or the parameter. What is not
    decided is `undecided`, with the question that is open: "horizontal", "vertical", "singular", "crossing".
    """

    expressions: tuple[Expression, ...]
    variables: tuple[str, ...]
    box: tuple[tuple[Number, Number], ...]
    horizontal: tuple[CurvePoint, ...] = ()
    vertical: tuple[CurvePoint, ...] = ()
    singular: tuple[CurvePoint, ...] = ()
    crossings: tuple[CurvePoint, ...] = ()
    undecided: tuple[UndecidedBox, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing is undecided: the curve has no other such points there."""
        return not self.undecided

    __eq__ = equal
    __repr__ = short
    __str__ = text
    _repr_html_ = html
    _repr_latex_ = latex
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty

    plot = plot
