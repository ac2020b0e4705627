"""A function on a whole interval as its Taylor polynomial and a ball for what comes after, and so its derivatives.

About the centre c of an interval of radius r,

    f(c + h) = a_0 + a_1 h + ... + a_n h^n + W h^(n+1),    |h| <= r,

where W encloses the next Taylor coefficient everywhere on the interval (Lagrange's remainder). Differentiated as if W
were a coefficient, the polynomial encloses the derivatives in the same way. All questions about f, f' and f'' on the
interval are then questions about one polynomial with coefficients that are balls. (Makino and Berz, "Taylor models and
other validated functional inclusion methods", 2003.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from time import monotonic

from flint import arb, arb_poly, ctx, fmpq

from derivcli.engines.balls.coordinates import Coordinate
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import evaluate
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import Tape

BITS = 128
"""The precision of models unless more is needed."""

ORDERS = (26, 10)
"""The degree of models, and that where a series takes long, as where each coefficient is an integral."""

SLOW_SECONDS = 0.002
"""A series of the first degree that takes longer is computed to the second."""

REMAINDER_BITS = 70
"""A remainder that is smaller than the polynomial by so many bits is as good as none."""

SMALL_SHARE = fmpq(1, 2**40)
"""Where no model is found on this share of an interval, there is a point without one."""

WALL = "wall"


@dataclass(slots=True, eq=False)
class Curve:
    """A function of one variable as a tape, a clock that ends its study, and the degree of its models."""

    tape: Tape
    name: str
    deadline: float = float("inf")
    degree: int = ORDERS[0]
    constants: dict[int, dict[int, object]] = field(default_factory=dict)

    def series(self, at: Coordinate, order: int, precision: int = BITS) -> list[arb]:
        """The Taylor coefficients about a point or, of a wide ball, their enclosures about all of its points.

        Raises UnsureError or TouchError where there are none.
        """
        known = self.constants.setdefault(precision, {})
        run = Run(self.tape, {self.name: (fmpq(1),)}, order, precision, fixed=known)
        found = evaluate(run, {self.name: at})
        if not known:
            nodes = self.tape.nodes
            known.update((number, value) for number, value in run.values.items() if not nodes[number].varies)
        return found

    @property
    def is_late(self) -> bool:
        """Whether the time is over."""
        return monotonic() > self.deadline


@dataclass(slots=True, eq=False)
class TaylorModel:
    """A function on the interval between two rational numbers, and on request its derivatives."""

    low: fmpq
    high: fmpq
    centre: fmpq
    radius: arb
    derivatives: list[arb_poly]

    def derivative(self, order: int) -> arb_poly:
        """The derivative of an order as a polynomial in the distance h from the centre."""
        while len(self.derivatives) <= order:
            self.derivatives.append(self.derivatives[-1].derivative())
        return self.derivatives[order]

    def is_zero(self, order: int) -> bool:
        """Whether a derivative is 0 throughout, and all its coefficients show it exactly."""
        return all(coefficient.is_zero() for coefficient in self.derivative(order).coeffs())


def ball_between(low: fmpq | arb, high: fmpq | arb) -> arb:
    """The ball that two numbers span."""
    return arb(low).union(arb(high))


def model(curve: Curve, low: fmpq, high: fmpq, precision: int = BITS) -> TaylorModel | None:
    """The model on an interval; None where there is none with a small remainder."""
    centre = (low + high) / 2
    ctx.prec = precision
    degree = curve.degree
    wide = ball_between(low, high)
    try:
        rest = curve.series(wide, degree + 1, precision)[-1]
        thin = curve.series(centre, degree, precision)
    except (UnsureError, TouchError, OverflowError):
        return None
    radius = (arb(high - low) / 2).upper()
    remainder = abs(rest).upper() * radius ** (degree + 1)
    scale = arb(0)
    for power, coefficient in enumerate(thin[: degree // 2 + 1]):
        scale = scale.max(abs(coefficient).upper() * radius**power)
    if not remainder <= scale * arb(2) ** -(REMAINDER_BITS if degree == ORDERS[0] else REMAINDER_BITS // 3):
        return None
    return TaylorModel(low, high, centre, radius, [arb_poly([*thin, rest])])


def models(curve: Curve, low: fmpq, high: fmpq, precision: int = BITS) -> Iterator[TaylorModel | tuple[fmpq, fmpq]]:
    """Models that cover an interval from left to right; in their place the ends of a stretch on which none is found."""
    smallest = (high - low) * SMALL_SHARE
    waiting = [(low, high)]
    while waiting:
        start, stop = waiting.pop()
        found = None if curve.is_late else model(curve, start, stop, precision)
        if found is not None:
            yield found
        elif curve.is_late or stop - start < smallest:
            yield start, stop
        else:
            cut = start + (stop - start) * CUT
            waiting += [(cut, stop), (start, cut)]


CUT = fmpq(1_048_583, 2_097_143)
"""Where an interval is cut, near its middle and off the points at which functions tend to be 0."""


def curve_of(tape: Tape, name: str, deadline: float) -> Curve:
    """A curve, with models of a low degree where its series take long."""
    return Curve(tape, name, deadline)
