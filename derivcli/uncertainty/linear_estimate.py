"""Is the linear estimate of an uncertainty right? An answer that is proved, or none.

Inputs are normal, with the standard uncertainties and correlations that are given. Where a formula is no polynomial
they are cut: each of the independent parts that they are made of, at six standard deviations. So nothing is said of
values that one input in five hundred million has.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flint import arb

from derivcli.engines.balls.coordinates import Coordinate
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.integers import MAX_BITS, scale
from derivcli.engines.balls.tape import Tape, TapeNode, moving
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.propagated import GOOD, NOT_DECIDED, OFF
from derivcli.uncertainty.cells import CELL_ORDERS, cell_bounds
from derivcli.uncertainty.correlations import Factor
from derivcli.uncertainty.inputs import Inputs, independent_inputs, inputs_at
from derivcli.uncertainty.spread_bounds import Bounds, polynomial_bounds, root, shell_bounds
from derivcli.uncertainty.taylor_arithmetic import key_of
from derivcli.uncertainty.value_range import value_range

POINT_SECONDS = 2.0

TOLERANCE = arb(1) / 100
"""The relative error up to which an estimate is right."""

PRECISION_BITS = (128, 512)

ENOUGH_BITS = 40
"""Where derivatives are known to so many bits, more of them will not help."""

FEW_SHELLS, SHELLS = (3.0, 6.0), (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)

ORDERS = (3, 5, 7)
"""Degrees of the series that are tried after 2, as long as each tells more than the one before."""

MIN_GAIN = 2
"""The bounds have to come so many times closer."""

MAX_TERMS = 300
"""A series in all inputs has at most so many terms."""

NOISE = 1e-12
"""Deviations below this part of the value may be rounding errors, of which nothing is said."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is known at a point, NaN where nothing is."""

    linear: int = NOT_DECIDED
    error: float = math.nan
    bias: float = math.nan
    second: float = math.nan
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True, slots=True)
class Question:
    """A formula at a point, the inputs with uncertainties above 0 there, and the linear estimate.

    `parts` splits their correlations; None where these cannot be split exactly.
    """

    tape: Tape
    at: Mapping[str, Coordinate]
    sizes: Mapping[str, float]
    parts: Factor | None
    sigma: float


def estimate(question: Question) -> Estimate:
    """All that is found out in time about the estimate at a point."""
    bias, second = _tried(lambda: _second_order(question)) or (math.nan, math.nan)
    low, high = _tried(lambda: _range(question)) or (math.nan, math.nan)
    linear, error = _tried(lambda: _judged(question)) or (NOT_DECIDED, math.nan)
    return Estimate(int(linear), error, bias, second, low, high)


def _tried(find: Callable[[], tuple[float, float]]) -> tuple[float, float] | None:
    """What is found in time, None where nothing is."""
    try:
        return limited(POINT_SECONDS, find)
    except (OutOfTimeError, TouchError, UnsureError, ValueError, ZeroDivisionError, OverflowError):
        return None


def _inputs(question: Question, precision: int) -> Inputs:
    if question.parts is None:
        raise UnsureError
    return inputs_at(question.tape, question.at, question.sizes, question.parts, precision)


def _second_order(question: Question) -> tuple[float, float]:
    """The shift of the mean by the second order, and the standard deviation with it."""
    inputs = _inputs(question, PRECISION_BITS[-1])
    _, *rest = inputs.about([0.0] * inputs.count, 2)
    first, second = (rest[degree] if len(rest) > degree else {} for degree in (0, 1))
    squares = {2 * key_of(place) for place in range(inputs.count)}
    bias = sum((value for key, value in second.items() if key in squares), arb(0))
    variance = sum((value * value for value in first.values()), arb(0))
    variance += sum((value * value * (2 if key in squares else 1) for key, value in second.items()), arb(0))
    return _nearest(bias), _nearest(root(variance))


def _range(question: Question) -> tuple[float, float]:
    inputs = independent_inputs(question.tape, question.at, question.sizes, PRECISION_BITS[0])
    low, high = value_range(inputs)
    return _at_most(low), 0.0 - _at_most(-high)


def _judged(question: Question) -> tuple[int, float]:
    """Whether the estimate is good, and a bound of its relative error."""
    sigma, found = arb(question.sigma), Bounds()
    if not sigma.is_finite():
        raise UnsureError
    for precision in PRECISION_BITS:
        inputs = _inputs(question, precision)
        value = inputs.about([0.0] * inputs.count, 0)[0].get(0, arb(0))
        comparison = _Comparison(sigma, NOISE * value.abs_upper())
        for bounds in _bounds(inputs, comparison.is_settled):
            found = found.within(bounds)
            if comparison.is_settled(found):
                return comparison.verdict(found), _error(sigma, found)
        slopes = [value for terms in inputs.about([0.0] * inputs.count, 1)[1:] for value in terms.values()]
        if all(value.is_zero() or value.rel_accuracy_bits() > ENOUGH_BITS for value in slopes):
            break
    return NOT_DECIDED, _error(sigma, found)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """An estimate beside bounds of the true deviation. Of both below `noise` it is not said that they differ."""

    sigma: arb
    noise: arb

    def verdict(self, found: Bounds) -> int:
        """Whether the bounds say that the estimate is within TOLERANCE of the true deviation."""
        sigma, low, high = self.sigma, found.low, found.high
        if high is not None and sigma <= (1 + TOLERANCE) * low and sigma >= (1 - TOLERANCE) * high:
            return GOOD
        is_off = sigma < (1 - TOLERANCE) * low or (high is not None and sigma > (1 + TOLERANCE) * high)
        return OFF if is_off and not self.is_noise(found) else NOT_DECIDED

    def is_noise(self, found: Bounds) -> bool:
        """Whether the estimate and the true deviation may be rounding errors."""
        return found.high is not None and bool(self.sigma < self.noise and found.high < self.noise)

    def is_settled(self, found: Bounds) -> bool:
        """Whether closer bounds would say no more."""
        return self.verdict(found) != NOT_DECIDED or self.is_noise(found)


def _bounds(inputs: Inputs, is_enough: Callable[[Bounds], bool]) -> Iterator[Bounds]:
    """Bounds of the standard deviation in the order of the effort that they take."""
    count = inputs.count
    degree = degree_of(inputs)
    if degree is not None and math.comb(count + degree, count) <= MAX_TERMS:
        yield polynomial_bounds(inputs, degree)
        return
    gap: arb | None = None
    for order, reaches in ((2, FEW_SHELLS), *((order, SHELLS) for order in ORDERS)):
        try:
            found = shell_bounds(inputs, order, reaches, MAX_TERMS)
        except UnsureError:
            break
        yield found
        before, gap = gap, None if found.high is None else found.high - found.low
        if gap is None or (before is not None and gap * MIN_GAIN > before):
            break
    if count in CELL_ORDERS:
        yield cell_bounds(inputs, is_enough)


def degree_of(inputs: Inputs) -> int | None:
    """The degree in the inputs of a formula that is a polynomial by its form; None of others."""
    tape = inputs.formula.tape
    bits = moving(tape, inputs.rows)
    degrees: dict[int, int | None] = {}
    for number in tape.order:
        node = tape.nodes[number]
        degrees[number] = _degree(tape, node, degrees) if node.varies & bits else 0
    return degrees[tape.order[-1]]


def _degree(tape: Tape, node: TapeNode, degrees: Mapping[int, int | None]) -> int | None:
    if node.operation == "variable":
        return 1
    known = [degrees.get(part) for part in node.parts]
    whole = [each for each in known if each is not None]
    if len(whole) < len(known) or not known:
        return None
    if node.operation == "add":
        return max(whole)
    if node.operation == "multiply":
        return sum(whole)
    exponent = tape.nodes[node.parts[-1]]
    if node.operation == "power" and exponent.operation == "number" and exponent.data.q == 1:
        power = int(exponent.data.p)
        return whole[0] * power if 0 <= power <= MAX_TERMS else None
    return None


def _error(sigma: arb, found: Bounds) -> float:
    """A bound of |sigma - s|/s for all s within the bounds, NaN where there is none."""
    if found.high is None:
        return math.nan
    if not found.low > 0:
        return 0.0 if sigma == 0 and found.high == 0 else math.nan
    return 0.0 - _at_most(-max((sigma / found.low - 1).upper(), (1 - sigma / found.high).upper(), arb(0)))


def _nearest(ball: arb) -> float:
    """The nearest float64 of a narrow ball, and NaN of a wide one."""
    if not ball.is_finite() or (ball.rel_accuracy_bits() < 50 and not ball.abs_upper() < arb(2) ** -1082):
        return math.nan
    return _float(ball.mid()) + 0.0


def _at_most(bound: arb) -> float:
    """The greatest float64 that is no more than any number of a ball."""
    bound = bound.lower()
    nearest = _float(bound)
    return (nearest if arb(nearest) <= bound else math.nextafter(nearest, -math.inf)) + 0.0


def _float(number: arb) -> float:
    size = scale(number)
    if size is not None and abs(size) > MAX_BITS:
        return (math.inf if number > 0 else -math.inf) if size > 0 else 0.0
    return float(number)
