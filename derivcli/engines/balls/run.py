"""One evaluation of a tape, at a point and to a precision, and the questions that its rules ask of numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

import sympy
from flint import arb, arb_series, ctx, fmpq

from derivcli.engines.balls.tape import Node, Tape, record
from derivcli.language.tree import Tree

Exact: TypeAlias = "fmpq | Tape"
"""A point's coordinate: a rational number, or a formula without variables such as pi/2."""

EXACT_BITS = 20_000
"""Longer rationals are not followed."""


class TouchError(Exception):
    """The point lies exactly where the formula has no power series: at a kink, a jump, an edge, a hole."""


class NoValueError(TouchError):
    """The formula has no real value at the point; its text says why."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason or "the formula has no real value here")


class UnsureError(Exception):
    """The balls are too wide to tell."""


def rational(value: float | Fraction) -> fmpq:
    """A float64 or a fraction as the rational number that it is."""
    return fmpq(*value.as_integer_ratio())


class Number:
    """An operand of a rule: its series and, on demand, its exact value."""

    __slots__ = ("index", "run", "series")

    def __init__(self, run: Run, index: int) -> None:
        self.run = run
        self.index = index
        self.series: Any = run.values[index]

    @property
    def ball(self) -> arb:
        """The value."""
        return self.series[0]

    @property
    def exact(self) -> fmpq | None:
        """The value as a rational number, where it is known to be one."""
        return self.run.exact(self.index)

    @property
    def varies(self) -> bool:
        """Whether it depends on the variable of the series."""
        return bool(self.run.tape.nodes[self.index].varies & self.run.by)

    def sign(self) -> int:
        """-1, 0 or 1; UnsureError where the ball holds 0 and nothing is known exactly."""
        return self.minus(0)

    def minus(self, other: Number | int) -> int:
        """The sign of the difference to another number."""
        if isinstance(other, Number):
            return self.run.sign(self.ball - other.ball, lambda: _difference(self.exact, other.exact), self, other)
        return self.run.sign(self.ball - other, lambda: _difference(self.exact, fmpq(other)), self)

    @property
    def fixed(self) -> bool:
        """Whether it depends on no variable at all."""
        return not self.run.tape.nodes[self.index].varies

    def touch(self) -> None:
        """Raise TouchError if the series runs through this place."""
        if self.varies:
            raise TouchError


@dataclass(slots=True, eq=False)
class Run:
    """One evaluation of a tape: at a point, to a precision in bits, as a series of some order in one variable.

    `final` is set at the highest precision: there a ball that still holds 0 is taken for 0, and `rigorous`
    says that this happened. With `noise` every value is blurred by that factor of its size, as rounding would.
    """

    tape: Tape
    order: int = 0
    by: int = 0
    final: bool = False
    noise: Any = None
    rigorous: bool = True
    extreme: str = ""
    values: dict[int, Any] = field(default_factory=dict)
    at: Sequence[Any] = ()
    known: dict[int, fmpq | None] = field(default_factory=dict)

    def block(self, numbers: Iterable[int]) -> Any:
        """Evaluate nodes that have no value yet; the value of the last."""
        from derivcli.engines.balls.rules import RULES

        values, nodes = self.values, self.tape.nodes
        number = -1
        for number in numbers:
            if number in values:
                continue
            node = nodes[number]
            try:
                if node.operation == "choice":
                    value = self.choose(node)
                else:
                    value = RULES[node.operation](self, node, [Number(self, part) for part in node.parts])
            except (ValueError, ZeroDivisionError):  # FLINT's way to refuse a divisor whose ball holds 0
                raise TouchError if self.final else UnsureError from None
            values[number] = self.checked(value) if type(value) is arb_series else value
        return values[number]

    def choose(self, node: Node) -> Any:
        """The value of the first branch whose condition holds; the others are not looked at."""
        for branch in node.data:
            if self.block(branch.condition):
                return self.block(branch.value)
        raise NoValueError

    def checked(self, value: Any) -> Any:
        """The value, if it is finite."""
        for place in range(self.order + 1):
            if not value[place].is_finite():
                raise TouchError if self.final else UnsureError
        return value if self.noise is None else self.blurred(value)

    def blurred(self, value: Any) -> Any:
        """The value as rounding would leave it; what float64 could not hold on the way is noted."""
        for place in range(self.order + 1):
            size = value[place]
            if abs(size) > LARGEST:
                self.extreme = "overflow"
            elif abs(size) < SMALLEST and not size.is_zero() and not self.extreme:
                self.extreme = "underflow"
        return arb_series([value[place] * (1 + self.noise) for place in range(self.order + 1)])

    def sign(self, ball: arb, exact: Callable[[], fmpq | None], *operands: Number) -> int:
        """The sign of a number that a ball encloses; where values are blurred, only constants are exact."""
        if ball > 0:
            return 1
        if ball < 0:
            return -1
        known = exact() if self.noise is None or all(operand.fixed for operand in operands) else None
        if known is not None:
            return int(known > 0) - int(known < 0)
        if not self.final:
            raise UnsureError
        self.rigorous = False
        return 0

    def exact(self, number: int) -> fmpq | None:
        """The exact value of a node, where all that it is made of is rational."""
        if number not in self.known:
            self.known[number] = self.exact_anew(number)
        return self.known[number]

    def exact_anew(self, number: int) -> fmpq | None:
        """The exact value of a node from its ball, if that is a point, or from its operands."""
        from derivcli.engines.balls.rules import EXACT

        node = self.tape.nodes[number]
        if node.operation == "number":
            return node.data
        if node.operation == "variable":
            return self.at[node.data]
        value: Any = self.values.get(number)
        if type(value) is arb_series and value[0].is_exact():
            mantissa, exponent = value[0].man_exp()
            return fmpq(mantissa) * fmpq(2) ** int(exponent) if abs(exponent) < EXACT_BITS else None
        rule = EXACT.get(node.operation)
        parts = [self.exact(part) for part in node.parts] if rule else [None]
        if rule is None or any(part is None for part in parts):
            return None
        made: fmpq | None = rule(*parts)
        return None if made is None or max(made.p.bit_length(), made.q.bit_length()) > EXACT_BITS else made


def _difference(left: fmpq | None, right: fmpq | None) -> fmpq | None:
    return None if left is None or right is None else left - right


LARGEST = arb(float.fromhex("0x1.fffffffffffffp1023"))
SMALLEST = arb(2) ** -1022
"""The range of float64's ordinary numbers."""


def evaluate(
    tape: Tape,
    at: Mapping[str, Exact],
    by: str = "",
    order: int = 0,
    *,
    precision: int,
    offset: fmpq | None = None,
    final: bool = False,
    noise: int = 0,
    into: Run | None = None,
) -> Run:
    """The series of a formula about a point in the variable `by`, up to t**order, in so many bits.

    `offset` moves the point along `by`, and `into` is a fresh run that tells even after a failure how far it
    came. The result is `coefficients(run)`; the run tells how it came about.
    Raises TouchError, NoValueError or UnsureError where there is no series.
    """
    ctx.prec, ctx.cap = precision, order + 1
    place = tape.variables.index(by) if by in tape.variables else None
    by_bit = 1 << place if order and place is not None else 0  # a value alone touches nothing
    run = into or Run(tape)
    run.order, run.by, run.final = order, by_bit, final
    run.noise = arb(0, arb(2) ** noise) if noise else None
    inputs = [at[name] for name in tape.variables]
    balls = [ball_of(value, precision) for value in inputs]
    exact = [value if isinstance(value, fmpq) else None for value in inputs]
    ctx.prec, ctx.cap = precision, order + 1
    if place is not None and offset is not None:
        balls[place] += arb(offset)
        exact[place] = None if exact[place] is None else exact[place] + offset
    run.at = exact
    for number, node in enumerate(tape.nodes):
        if node.operation == "variable":
            seed = [balls[node.data], arb(1)] if node.data == place and order else [balls[node.data]]
            series = arb_series(seed)
            run.values[number] = series if run.noise is None else run.blurred(series)
    run.block(tape.order)
    return run


def coefficients(run: Run) -> list[arb]:
    """The Taylor coefficients that a run came to, from t**0 on."""
    series = run.values[run.tape.order[-1]]
    return [series[place] for place in range(run.order + 1)]


def ball_of(value: Exact, precision: int) -> arb:
    """A coordinate as a ball."""
    if isinstance(value, Tape):
        return coefficients(evaluate(value, {}, precision=precision))[0]
    return arb(value)


def coordinate(value: float | Tree) -> Exact:
    """A point's coordinate from a float64 or from a formula as typed."""
    if isinstance(value, float):
        return rational(value)
    if isinstance(value, sympy.Rational):
        return fmpq(int(value.p), int(value.q))
    return record(value, ())
