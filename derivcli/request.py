"""All that was asked for, as one object: the Python functions and the command line make it alike."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

from derivcli.check.limits import MAX_TYPED_POINTS
from derivcli.engines.engine_table import TAYLOR, engine_named
from derivcli.errors import ArgumentError, DerivError, Span
from derivcli.language.functions.row import Functions
from derivcli.result import ALONG, DEVICES, DTYPES, ORDERS, Partial
from derivcli.vector_operators import VECTOR_OPERATORS

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.points.at_option import Interval
    from derivcli.points.files.reading import Reading
    from derivcli.points.points import Points

CONTRADICTIONS = {
    "mixed": ("order", "wrt", "along", "hessian"),
    "along": ("wrt", "hessian", "implicit"),
    "hessian": ("order",),
    "series": ("order", "mixed", "along", "hessian", "implicit"),
    "parametric": ("order", "wrt", "mixed", "along", "hessian", "implicit", "series", "polar"),
    "polar": ("order", "wrt", "mixed", "along", "hessian", "implicit", "series"),
    "tangent": ("order", "mixed", "along", "hessian", "series"),
    **dict.fromkeys(
        VECTOR_OPERATORS,
        ("order", "mixed", "along", "hessian", "implicit", "series", "parametric", "polar", "tangent"),
    ),
}
"""Options that ask for different things."""

CORRELATION_TOLERANCE = 1e-12
"""How much an eigenvalue of a matrix of correlations may be less than 0, by rounding."""


@dataclass(frozen=True, slots=True)
class Request:
    """All that was asked for, before a formula is parsed. What contradicts itself is refused.

    `expressions` are formulas, or equations where there is a `dependent` variable, which they make a function of the
    others. `points` are those that were typed. The columns of the files in `data` are points too. Where there are
    neither, derivatives are asked for as formulas.
    `wrt` are the variables to differentiate by, all of them if None; `order` is the order in each, or
    there are several `orders`. Instead, `mixed` are
    partials written out, `along` is a vector as one point, `hessian` asks for all of order two, `series` is the degree
    of a Taylor polynomial, whose remainder is enclosed on an `interval`, and `operator` is the name of one of the
    VECTOR_OPERATORS. `study` are the intervals on which a function is studied, none where they are to be chosen.
    With a `parameter` the expressions are the coordinates of a curve, and with an `angle` the only one is the radius of
    a polar curve. `tangent` asks for what touches a curve or a surface.
    `let` holds texts by their names, each of which may use those before it, and `functions` are the user's own.
    `engine` is "" where the order decides it. `check` is None where the count of the numbers decides it.
    `exact` asks for exact values of all numbers; None is for short ones, where a point was typed as a formula.
    `total` is "sum" or "mean" where the numbers are to be those of a total over all points. `elasticity` asks for
    elasticities too. `sigma` has standard uncertainties of variables, each a number, a percentage such as "1%", or the
    header of a column, and `correlations` those of pairs of them. Of the points, the names that are `optional` need
    not occur in a formula, and the values of some that do not are `unread`, with the reason why.
    """

    expressions: Sequence[str | Expression]
    points: Points | None = None
    data: Reading | None = None
    wrt: Sequence[str] | None = None
    order: int = 1
    orders: Sequence[int] = ()
    mixed: Sequence[Partial] = ()
    along: Points | None = None
    hessian: bool = False
    dependent: str = ""
    series: int | None = None
    interval: Interval | None = None
    let: Mapping[str, str] = field(default_factory=dict)
    functions: Functions = field(default_factory=dict)
    dtype: str = DTYPES[0]
    device: str = DEVICES[0]
    engine: str = ""
    check: bool | None = None
    exact: bool | None = None
    study: Sequence[Interval] = ()
    parameter: str = ""
    angle: str = ""
    tangent: bool = False
    operator: str = ""
    total: str = ""
    elasticity: bool = False
    sigma: Mapping[str, str] = field(default_factory=dict)
    correlations: Mapping[tuple[str, str], float] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    unread: Mapping[str, DerivError] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._check_values()
        self._check_contradictions()
        self._check_curve()
        self._check_points()
        self._check_uncertainties()
        self._check_made()
        if self.along is not None:
            _check_vector(self.along)

    def _check_values(self) -> None:
        """Refuse orders, degrees and names of which there are no others."""
        for order in (self.order, *self.orders):
            if operator.index(order) not in ORDERS:
                hint = f"choose one from {ORDERS[0]} to {ORDERS[-1]}"
                raise DerivError(f"derivatives of order {order} are not computed", hint=hint)
        if self.series is not None and self.series not in range(ORDERS[-1] + 1):
            hint = f"choose one from 0 to {ORDERS[-1]}"
            raise DerivError(f"a Taylor polynomial of degree {self.series} is not computed", hint=hint)
        if self.total not in ("", "sum", "mean"):
            raise DerivError(f"'{self.total}' is no total", hint="choose sum or mean")
        if self.dtype not in DTYPES:
            raise DerivError(f"'{self.dtype}' is not a number format", hint=f"choose {' or '.join(DTYPES)}")
        if self.device not in DEVICES:
            raise DerivError(f"'{self.device}' is no device", hint=f"choose {' or '.join(DEVICES)}")
        if self.engine:
            engine_named(self.engine)
        if self.operator and self.operator not in VECTOR_OPERATORS:
            hint = f"choose {', '.join([*VECTOR_OPERATORS][:-1])} or {[*VECTOR_OPERATORS][-1]}"
            raise DerivError(f"'{self.operator}' is no operator of vector calculus", hint=hint)

    def _check_contradictions(self) -> None:
        if self.engine not in ("", TAYLOR.name) and self.series is not None:
            raise DerivError("a series comes from Taylor arithmetic", hint=f"leave out `--engine {self.engine}`")
        given = {
            "order": self.order > 1 or bool(self.orders),
            "wrt": self.wrt is not None,
            "mixed": bool(self.mixed),
            "along": self.along is not None,
            "hessian": self.hessian,
            "implicit": bool(self.dependent),
            "series": self.series is not None,
            "parametric": bool(self.parameter),
            "polar": bool(self.angle),
            "tangent": self.tangent,
            **{name: name == self.operator for name in VECTOR_OPERATORS},
        }
        for one, others in CONTRADICTIONS.items():
            for other in others:
                if given[one] and given[other]:
                    raise DerivError(f"`--{one}` and `--{other}` do not go together", hint="leave out one of the two")
        if self.interval is not None and self.series is None:
            raise DerivError(
                "an interval is for the remainder of a series", hint="add `--series 5`, or leave out `--on`"
            )

    def _check_curve(self) -> None:
        """Refuse what makes no curve, and tangents at no point."""
        count = len(self.expressions)
        if self.parameter and count not in (2, 3):
            are = "is" if count == 1 else "are"
            message = f"a curve of a parameter has two coordinates or three, and there {are} {count}"
            raise DerivError(message, hint='write them like `deriv "cos(t)" "sin(t)" --parametric t`')
        if self.angle and count != 1:
            raise DerivError("a polar curve has one formula, that of its radius", hint="give one")
        if (self.moving or self.tangent) and self.data is not None:
            raise DerivError(
                "the points of a curve are typed", hint="`shell:give them with --at, and leave out --data`"
            )
        if not self.tangent:
            return
        if not self.has_points:
            raise DerivError("a tangent touches at a point", hint="add one, as in `--at x=3`")
        if self.check is False:
            raise DerivError(
                "what touches is known by the check", hint="leave out `shell:--no-check``python:check=False`"
            )
        if not self.moving and count != 1:
            raise DerivError(
                "a tangent is that of one function", hint="give one formula, or coordinates with `--parametric t`"
            )

    def _check_points(self) -> None:
        """Refuse what needs points where there are none, and points that do not fit the rest."""
        if not self.has_points and (self.check or self.series is not None):
            what = "a check" if self.check else "a series"
            raise DerivError(f"{what} needs points", hint="add some, as in `--at x=3`")
        if not self.has_points and self.engine:
            raise DerivError("an engine computes numbers, and there are no points", hint="add some, as in `--at x=3`")
        if self.exact:
            self._check_exact()
        if self.points is not None:
            _check_range(self.points, self.dtype)
        if self.data is not None:
            self._check_data()

    def _check_exact(self) -> None:
        """Refuse exact values where no point is exact, and of so many that nobody reads them."""
        hint = "leave out `--exact`"
        if self.data is not None:
            raise DerivError("the numbers of a file are not exact", hint=hint)
        if self.points is None:
            raise DerivError("exact values need points", hint="add some, as in `--at x=pi/4`")
        if self.points.count > MAX_TYPED_POINTS:
            raise DerivError(f"exact values are found at no more than {MAX_TYPED_POINTS:,} points", hint=hint)

    def _check_data(self) -> None:
        """Refuse typed points that do not go together with the rows of a file."""
        if self.series is not None:
            hint = "`shell:give them with --at, and leave out --data`"
            raise DerivError("the centres of a series are typed", hint=hint)
        if self.points is None:
            return
        if self.points.paired:
            raise DerivError("`--zip` pairs what is typed, and the rows of a file are paired", hint="leave out `--zip`")
        for axis in self.points.axes:
            if axis.count > 1:
                message = f"'{axis.name}' has {axis.count:,} values, and each row of the file is one point"
                raise DerivError(message, hint=f"give it one value, as in `--at {axis.name}=1`")

    def _check_uncertainties(self) -> None:
        """Refuse uncertainties where they are not propagated, and correlations that do not fit them."""
        if self.uncertain:
            asked = {
                "order": self.order > 1 or bool(self.orders),
                "mixed": bool(self.mixed),
                "along": self.along is not None,
                "hessian": self.hessian,
                "implicit": bool(self.dependent),
                "series": self.series is not None,
                "parametric": bool(self.parameter),
                "polar": bool(self.angle),
                "tangent": self.tangent,
                self.operator: bool(self.operator),
                self.total: bool(self.total),
            }
            other = next((option for option, is_asked in asked.items() if is_asked), "")
            if other:
                message = f"uncertainties are propagated to the value of a formula, not with `--{other}`"
                raise DerivError(message, hint=f"leave out the uncertainties or `--{other}`")
            if not self.has_points:
                raise DerivError("uncertainties are those of values", hint="add some, as in `--at x=3`")
        _check_correlations(self.correlations, self.uncertain)

    def _check_made(self) -> None:
        """Refuse totals and elasticities of what has none."""
        asked = {
            "order": self.order > 1 or bool(self.orders),
            "mixed": bool(self.mixed),
            "along": self.along is not None,
            "hessian": self.hessian,
            "implicit": bool(self.dependent),
            "exact": bool(self.exact),
            self.total: bool(self.total),
        }
        never = {
            "series": self.series is not None,
            "parametric": bool(self.parameter),
            "polar": bool(self.angle),
            "tangent": self.tangent,
            self.operator: bool(self.operator),
        }
        of_totals = never | {"exact": bool(self.exact)}
        made = {"elasticity": (self.elasticity, asked | never), self.total: (bool(self.total), of_totals)}
        for one, (is_asked, others) in made.items():
            other = next((name for name, is_given in others.items() if is_asked and is_given), "")
            if other:
                raise DerivError(f"`--{one}` and `--{other}` do not go together", hint="leave out one of the two")
            if is_asked and one == self.total and not self.has_points:
                raise DerivError(f"`--{one}` needs points", hint="add some, as in `--at x=3`")

    def check_certain(self) -> None:
        """Refuse uncertainties, for what propagates none."""
        if self.uncertain:
            hint = 'leave them out; they are propagated by `deriv "x^2" --at x=3±0.1`'
            raise DerivError("uncertainties have no meaning here", hint=hint)

    @property
    def uncertain(self) -> list[str]:
        """The variables with uncertainties."""
        typed = [axis.name for axis in self.points.axes if axis.sigma] if self.points is not None else []
        return list(dict.fromkeys([*typed, *self.sigma]))

    @property
    def has_points(self) -> bool:
        """Whether numbers are asked for, and not formulas."""
        return self.points is not None or self.data is not None

    @property
    def names(self) -> set[str]:
        """The variables that are named in what is asked for."""
        named = {*(self.wrt or ()), *(self.along.at if self.along else ()), self.dependent, self.moving}
        named |= {interval.variable for interval in self.study}
        return (named | {name for partial in self.mixed for name in partial}) - {""}

    @property
    def moving(self) -> str:
        """The parameter or the angle of a curve; "" where there is none."""
        return self.parameter or self.angle

    @property
    def layout(self) -> str:
        """How the derivatives are laid out, as in a `Result`."""
        return self.operator or ("hessian" if self.hessian else "columns")

    def with_asked(self, expressions: Sequence[Expression]) -> Request:
        """The request with the derivative that the texts themselves ask for; refused where the options say another."""
        asked = dict.fromkeys(each.asked for each in expressions)
        if not any(asked):
            return self
        source = next(each.source for each in expressions if each.asked)
        span = Span(0, len(source))
        if len(asked) > 1:
            hint = "write it in each of them, or say it with `--wrt`"
            raise DerivError("this asks for a derivative that another formula does not", source, span, hint)
        (names,) = asked
        other = self._other_than(names)
        if other:
            message = f"this asks for the derivative by {', '.join(names)}, and `--{other}` for another"
            raise DerivError(message, source, span, "leave out one of the two")
        if len(set(names)) > 1:
            return replace(self, mixed=[names], wrt=None, order=1)
        return replace(self, mixed=(), wrt=names[:1], order=len(names))

    def _other_than(self, names: Partial) -> str:
        """The option that asks for another derivative than one, or nothing."""
        alike = len(set(names)) == 1
        differs = {
            "hessian": self.hessian,
            self.operator: bool(self.operator),
            "along": self.along is not None,
            "series": self.series is not None,
            "mixed": bool(self.mixed) and list(dict.fromkeys(self.mixed)) != [names],
            "wrt": self.wrt is not None and not (alike and list(self.wrt) == [names[0]]),
            "order": bool(self.orders) or (self.order > 1 and not (alike and self.order == len(names))),
        }
        return next((option for option, is_other in differs.items() if is_other), "")

    def by(self, variables: Sequence[str]) -> list[str]:
        """The variables to differentiate by, of those that there are."""
        if self.along is not None:
            return list(self.along.at)
        if self.mixed:
            return list(dict.fromkeys(name for partial in self.mixed for name in partial))
        return list(self.wrt or (name for name in variables if name != self.dependent))

    def partials(self, variables: Sequence[str]) -> list[Partial]:
        """The derivatives, of the variables that there are."""
        if self.along is not None:
            return [(ALONG,) * self.order]
        if self.mixed:
            return list(dict.fromkeys(self.mixed))
        if self.hessian:
            return list(combinations_with_replacement(self.by(variables), 2))
        if self.operator:
            return [(name,) * VECTOR_OPERATORS[self.operator].order for name in self.by(variables)]
        return [(name,) * order for order in self.orders or (self.order,) for name in self.by(variables)]


def _check_vector(along: Points) -> None:
    hint = "write it like `--along u=1,v=2`"
    if along.count != 1:
        raise DerivError("a direction is one vector", hint=hint)
    if not any(values.any() for values in along.at.values()):
        raise DerivError("a direction has a component that is not 0", hint=hint)
    if not all(math.isfinite(values[0]) for values in along.at.values()):
        raise ArgumentError("a direction has finite components", hint=hint)


def _check_correlations(correlations: Mapping[tuple[str, str], float], names: Sequence[str]) -> None:
    """Refuse correlations of variables without uncertainties, and those that no variables can have."""
    for pair in correlations:
        for name in pair:
            if name not in names:
                hint = f"give it one, as in `--sigma {name}=0.1`, or leave out the correlation"
                raise DerivError(f"'{name}' has a correlation and no uncertainty", hint=hint)
        if pair[::-1] in correlations:
            raise DerivError(f"the correlation of {' and '.join(pair)} is given twice", hint="leave out one of the two")
    if not correlations:
        return
    import numpy as np

    from derivcli.points.standard_uncertainties import correlation_matrix

    if np.linalg.eigvalsh(correlation_matrix(names, correlations)).min() < -CORRELATION_TOLERANCE:
        hint = "of three variables, two that agree closely with the third agree with each other: make them smaller"
        raise DerivError("no variables have these correlations: they contradict each other", hint=hint)


def _check_range(points: Points, dtype: str) -> None:
    """Refuse a point that the number format cannot hold. float64 holds all, and to look at many takes a while."""
    if dtype == "float64":
        return
    import numpy as np

    for axis in points.axes:
        if axis.largest > float(np.finfo(dtype).max):
            raise DerivError(f"'{axis.name}' has a value outside the range of {dtype}", hint="compute in float64")
