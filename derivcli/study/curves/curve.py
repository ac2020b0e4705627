"""What is known of a curve: its coordinates, its slope, its speed and how it bends, at points or as formulas."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from derivcli.record_equality import equal
from derivcli.showing import html, latex, mime_bundle, plot, pretty, short, text

if TYPE_CHECKING:
    from derivcli.check.verdict import Verdicts
    from derivcli.language.expression import Expression
    from derivcli.result import Exact, FloatArray, KindArray, Result


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A curve at every value of its parameter.

    `coordinates` holds, by the names "x", "y" and perhaps "z", a `Result` with the values and the derivatives by the
    parameter. `quantities` has arrays of shape (points,): of a plane curve "dy/dx", "d2y/dx2", "speed" and "curvature",
    which is positive where the curve turns to the left; of a curve in space "speed", "curvature" and "torsion".
    `verdicts` holds what the check found of each, and `exact` what it is as an Expression, or None; both have the keys
    of `quantities`. `radius` is what was typed for the radius of a polar curve, which else is None.
    """

    coordinates: dict[str, Result]
    parameter: str
    quantities: dict[str, FloatArray]
    verdicts: dict[str, Verdicts] = field(default_factory=dict)
    exact: dict[str, Exact] = field(default_factory=dict)
    radius: Expression | None = None

    __eq__ = equal
    __repr__ = short
    __str__ = text
    _repr_html_ = html
    _repr_latex_ = latex
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty

    plot = plot

    @property
    def results(self) -> tuple[Result, ...]:
        """The coordinates as results."""
        return tuple(self.coordinates.values())

    @property
    def expression(self) -> Expression:
        """The first thing that was typed."""
        return self.radius or self.results[0].expression

    @property
    def at(self) -> dict[str, FloatArray]:
        """The points, by the names of the variables."""
        return self.results[0].at

    @property
    def flags(self) -> KindArray:
        """The places that the computation of a coordinate touched."""
        import numpy as np

        found: KindArray = np.bitwise_or.reduce([each.flags for each in self.results])
        return found

    def first(self, count: int) -> Curve:
        """The curve at the first points."""
        return replace(
            self,
            coordinates={name: each.first(count) for name, each in self.coordinates.items()},
            quantities={key: values[:count] for key, values in self.quantities.items()},
            verdicts={key: each.first(count) for key, each in self.verdicts.items()},
            exact={key: values[:count] for key, values in self.exact.items()},
        )


@dataclass(frozen=True, slots=True, eq=False)
class CurveFormulas:
    """A curve with formulas for what is measured of it.

    `coordinates` are its coordinates, `velocity` their derivatives by the parameter, by the same names, and `formulas`
    have the keys that the `quantities` of a `Curve` have.
    """

    coordinates: dict[str, Expression]
    parameter: str
    velocity: dict[str, Expression]
    formulas: dict[str, Expression]
    radius: Expression | None = None

    __eq__ = equal
    __repr__ = short
    __str__ = text
    _repr_html_ = html
    _repr_latex_ = latex
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty

    plot = plot

    @property
    def expression(self) -> Expression:
        """The first thing that was typed."""
        return self.radius or next(iter(self.coordinates.values()))


@dataclass(frozen=True, slots=True)
class Touching:
    """A line or plane that touches a curve or surface, or stands upright on it, as an equation.

    `kind` is "tangent", "normal", "tangent before", "tangent after", "tangent from the left", "tangent from the right",
    "tangent plane" or "normal line". The equation is `left` = `right`, in the language itself. It is that of all points
    `point` + s*`direction`; a plane has no direction, and the `normal` that stands upright on it.
    """

    kind: str
    left: str
    right: str
    point: tuple[float, ...]
    direction: tuple[float, ...] = ()
    normal: tuple[float, ...] = ()
    is_exact: bool = False

    __repr__ = short

    @property
    def equation(self) -> str:
        """The equation as a text."""
        return f"{self.left} = {self.right}"


@dataclass(frozen=True, slots=True, eq=False)
class Tangents:
    """What touches a curve or a surface at points.

    `of` is the function with its first derivatives, a `Result`, or a `Curve`. `touching` has for every point the lines
    or planes there, and `absence` says, for each, why there is none, or "". `quantities` has of plane curves the arrays
    "curvature", which is positive where the curve turns to the left, "radius", and "centre x" and "centre y", the
    centre of the circle of curvature; `verdicts` and `exact` are as in a `Curve`.
    """

    of: Any
    touching: tuple[tuple[Touching, ...], ...]
    absence: tuple[str, ...]
    quantities: dict[str, FloatArray] = field(default_factory=dict)
    verdicts: dict[str, Verdicts] = field(default_factory=dict)
    exact: dict[str, Exact] = field(default_factory=dict)

    __eq__ = equal
    __repr__ = short
    __str__ = text
    _repr_html_ = html
    _repr_latex_ = latex
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty

    plot = plot

    @property
    def expression(self) -> Expression:
        """The first thing that was typed."""
        found: Expression = self.of.expression
        return found

    @property
    def at(self) -> dict[str, FloatArray]:
        """The points, by the names of the variables."""
        found: dict[str, FloatArray] = self.of.at
        return found
