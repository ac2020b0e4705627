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
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from time import perf_counter, thread_time

from flint import arb, arb_poly, ctx, fmpq

from derivcli.engines.balls.coordinates import Coordinate
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import evaluate
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import Tape, record
from derivcli.language.tree import Tree
from derivcli.study.exact.exact_places import Forms
from derivcli.study.exact.polynomials import NotRationalError, RationalFunction, rational_function

BITS = 128
"""The precision of models unless more is needed."""

ORDERS = (26, 10)
"""The degree of models, and that where a series takes long, as where each coefficient is an integral."""

SLOW_RATIO = 8
"""Where a series up to the high degree takes so many times as long as one of three terms, the low one serves."""

PROBE = fmpq(1_234_577, 1_000_003)
"""Where the time for a series is taken."""

REMAINDER_BITS = 70
"""A remainder that is smaller than the polynomial by so many bits is as good as none."""

SMALL_SHARE = fmpq(1, 2**40)
"""Where no model is found on this share of an interval, there is a point without one."""

MAX_GAPS = 12
"""With more stretches without a model the rest is not looked at."""

MAX_PARTS = 6
"""An interval is not cut into more parts at once."""


@dataclass(eq=False)
class Curve:
    """A function of one variable, its tape, the processor time that ends its study, and the degree of its models."""

    tree: Tree
    name: str
    tape: Tape
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

    @cached_property
    def forms(self) -> Forms:
        """The kinds of formulas that its zeros may have."""
        return Forms.of(self.tree)

    @cached_property
    def rational(self) -> RationalFunction | None:
        """The function as a rational one, if it is that and its derivatives are not too long."""
        function = rational_function(self.tree, self.name)
        try:
            return function if function is None or function.derivative(2) else None
        except NotRationalError:
            return None

    @property
    def is_slow(self) -> bool:
        """Whether long series take long, as where each coefficient is an integral."""
        return self.degree < ORDERS[0]

    @property
    def is_late(self) -> bool:
        """Whether the time is over."""
        return thread_time() > self.deadline


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

    def may_be_zero(self, order: int) -> bool:
        """Whether none of the coefficients of a derivative is known not to be 0."""
        return all(coefficient.contains(0) for coefficient in self.derivative(order).coeffs())


def ball_between(low: fmpq | arb, high: fmpq | arb) -> arb:
    """The ball that two numbers span."""
    return arb(low).union(arb(high))


def model(curve: Curve, low: fmpq, high: fmpq, precision: int = BITS) -> TaylorModel | int:
    """The model on an interval; where the remainder is not small, on how many equal parts it may be."""
    centre = (low + high) / 2
    ctx.prec = precision
    degree = curve.degree
    wide = ball_between(low, high)
    try:
        rest = curve.series(wide, degree + 1, precision)[-1]
        thin = curve.series(centre, degree, precision)
    except (UnsureError, TouchError, OverflowError):
        return 2
    radius = (arb(high - low) / 2).upper()
    remainder = abs(rest).upper() * radius ** (degree + 1)
    scale = arb(0)
    for power, coefficient in enumerate(thin[: degree // 2 + 1]):
        scale = scale.max(abs(coefficient).upper() * radius**power)
    allowed = scale * arb(2) ** -(REMAINDER_BITS if degree >= ORDERS[0] else REMAINDER_BITS // 3)
    if not remainder <= allowed:
        return _parts(remainder / allowed, degree)
    return TaylorModel(low, high, centre, radius, [arb_poly([*thin, rest])])


def _parts(excess: arb, degree: int) -> int:
    """How many parts make a remainder smaller by a factor."""
    root = excess.root(degree + 1).upper()
    return next((parts for parts in range(2, MAX_PARTS) if root <= parts), MAX_PARTS) if root.is_finite() else 2


def models(curve: Curve, low: fmpq, high: fmpq, precision: int = BITS) -> Iterator[TaylorModel | tuple[fmpq, fmpq]]:
    """Models that cover an interval from left to right; in their place the ends of a stretch on which none is found."""
    smallest, gaps = (high - low) * SMALL_SHARE, 0
    waiting = [(low, high)]
    while waiting:
        start, stop = waiting.pop()
        if curve.is_late or gaps >= MAX_GAPS:
            yield start, high
            return
        found = model(curve, start, stop, precision)
        if isinstance(found, TaylorModel):
            yield found
        elif stop - start < smallest:
            gaps += 1
            yield start, stop
        else:
            width = (stop - start) / found
            cuts = [start, *(start + width * (k + SHIFT) for k in range(1, found)), stop]
            waiting += reversed([*pairwise(cuts)])


SHIFT = fmpq(1_048_583, 2_097_143) - fmpq(1, 2)
"""By so much of a part an interval is cut off the places at which functions tend to be 0."""


def curve_of(tree: Tree, name: str, deadline: float) -> Curve:
    """A curve, with models of a low degree where its series take long."""
    curve = Curve(tree, name, record(tree, (name,)), deadline)
    seconds = [min(_seconds(curve, order) for _ in range(2)) for order in (2, ORDERS[0])]
    return replace(curve, degree=ORDERS[seconds[1] > SLOW_RATIO * seconds[0]])


def _seconds(curve: Curve, order: int) -> float:
    """The time for a series."""
    start = perf_counter()
    with suppress(UnsureError, TouchError):
        curve.series(PROBE, order)
    return perf_counter() - start
