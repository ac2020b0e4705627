"""Curves recorded for balls: those of a parameter, and those of an equation.

The coordinates of a parameter are one formula, the sum of each times a variable of its own that is 0: along a path on
which this variable moves like the parameter, the series is that of the coordinate. On the curve of an equation F = 0
the parameter is the way along the tangent, and F tells how far the curve is off it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq

from derivcli.check.enclosure import Question, Site, enclosure
from derivcli.check.implicit import is_off
from derivcli.check.singular_points import without
from derivcli.check.verdict import Verdict
from derivcli.engines.balls.coordinates import Exact
from derivcli.engines.balls.errors import TouchError
from derivcli.engines.balls.partials import ONE, Derivative, FlatError, SeriesAlongPath
from derivcli.engines.balls.tape import Tape, record
from derivcli.language.expression import Expression
from derivcli.language.tree import add, multiply, symbol
from derivcli.study.curves.half_tangents import JUMPS, STANDS_STILL, STOPS, half_tangents
from derivcli.study.curves.measures import Expansions, is_zero, squares

WEIGHTS = ("#0", "#1", "#2")
"""Names of variables that no formula has, one for each coordinate."""

SINGULAR = "the curve has a singular point here"
OFF = "the point is not on the curve"


@dataclass(frozen=True, slots=True, eq=False)
class ParametricTapes:
    """A curve of a parameter: its coordinates each alone, and all in one formula."""

    expression: Expression
    parameter: str
    engine: str
    names: tuple[str, ...]
    alone: tuple[Tape, ...]
    together: Tape

    @classmethod
    def of(cls, coordinates: Sequence[Expression], parameter: str, engine: str) -> ParametricTapes:
        """The tapes of some coordinates."""
        names = tuple(dict.fromkeys([parameter, *(name for each in coordinates for name in each.variables)]))
        weights = WEIGHTS[: len(coordinates)]
        terms = [multiply([symbol(name), each.expanded]) for name, each in zip(weights, coordinates, strict=True)]
        alone = tuple(record(each.expanded, names) for each in coordinates)
        return cls(coordinates[-1], parameter, engine, names, alone, record(add(terms), (*names, *weights)))

    @property
    def moving(self) -> str:
        """The parameter."""
        return self.parameter

    def site(self, at: Mapping[str, Exact]) -> Site:
        """The one formula at a point."""
        weights = dict.fromkeys(WEIGHTS[: len(self.alone)], fmpq(0))
        return Site(self.expression, self.together, {**at, **weights}, self.engine)

    def expansions(self, series: SeriesAlongPath, order: int) -> Expansions:
        """The coefficients of each coordinate: those of the one formula behind the first, as its variable moves."""
        paths = ({self.parameter: (ONE,), weight: (ONE,)} for weight in WEIGHTS[: len(self.alone)])
        return [series(path, order + 1)[1:] for path in paths]

    def outside(self, question: Question) -> Verdict | None:
        """Nothing: every point that there is is on the curve."""
        return None

    def absence(self, question: Question) -> Verdict | None:
        """That the curve has no value or does not move, as germs tell."""
        found = half_tangents(self.alone, question, self.parameter)
        if any(each.number is None for each in found.here):
            return without("undefined", question, "a coordinate has no value here")
        if found.stands_still:
            return without("undefined", question, STANDS_STILL)
        if any(found.jumps):
            return without("jump", question, JUMPS)
        return without("undefined", question, STOPS) if found.stops else None


@dataclass(frozen=True, slots=True, eq=False)
class ImplicitTapes:
    """The curve of an equation in two variables, whose difference is one formula."""

    expression: Expression
    axes: tuple[str, str]
    engine: str
    names: tuple[str, ...]
    tape: Tape

    @classmethod
    def of(cls, equation: Expression, axes: tuple[str, str], engine: str) -> ImplicitTapes:
        """The tape of an equation, which may have other variables than those of its curve."""
        names = tuple(dict.fromkeys([*axes, *equation.variables]))
        weighted = [multiply([symbol(weight), symbol(name)]) for weight, name in zip(WEIGHTS[:2], axes, strict=True)]
        return cls(equation, axes, engine, names, record(add([equation.expanded, *weighted]), (*names, *WEIGHTS[:2])))

    @property
    def moving(self) -> str:
        """The variable along the first axis."""
        return self.axes[0]

    def site(self, at: Mapping[str, Exact]) -> Site:
        """The difference of the two sides at a point; its coordinates are there with a weight of 0."""
        return Site(self.expression, self.tape, {**at, **dict.fromkeys(WEIGHTS[:2], fmpq(0))}, self.engine)

    def expansions(self, series: SeriesAlongPath, order: int) -> Expansions:
        """The curve to second order, as x grows or, where the tangent is vertical, as y grows."""
        x, y = self.axes
        place = [series({name: (ONE,), other: (fmpq(0),)}, 1) for name, other in ((x, y), (y, x))]
        slopes = [each[1] for each in place]
        if is_zero(slopes):
            raise FlatError
        size = squares(slopes).sqrt()
        sense = (1 if slopes[1] > 0 else -1) if not is_zero(slopes[1:]) else (-1 if slopes[0] > 0 else 1)
        cosine, sine = slopes[1] * sense / size, -slopes[0] * sense / size
        bend = series({x: (cosine,), y: (sine,)}, 2)[2]
        off = -bend / (slopes[1] * cosine - slopes[0] * sine)
        here = [series({weight: (ONE,)}, 1)[1] for weight in WEIGHTS[:2]]
        return [[here[0], cosine, -sine * off], [here[1], sine, cosine * off]]

    def outside(self, question: Question) -> Verdict | None:
        """That the point is not on the curve."""
        residual = enclosure(question.site, Derivative())
        is_outside = is_off(question.site, residual, question.dtype)
        return without("undefined", question, OFF) if is_outside else None

    def absence(self, question: Question) -> Verdict | None:
        """That the point is a singular one of the curve."""
        try:
            slopes = [enclosure(question.site, Derivative((name,))).ball for name in self.axes]
        except TouchError:
            return None
        return without("undefined", question, SINGULAR) if all(slope.contains(0) for slope in slopes) else None
