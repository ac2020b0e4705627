"""One evaluation of a tape, at a point and to a precision, and the questions that its rules ask of numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import sympy
from flint import arb, arb_series, ctx, fmpq

from derivcli.engines.balls.integers import BITS, fraction, scale
from derivcli.engines.balls.random_rounding import Rounding
from derivcli.engines.balls.tape import Node, Tape, record
from derivcli.language.tree import Tree

if TYPE_CHECKING:
    from derivcli.engines.balls.exact_constants import Constant, Field
    from derivcli.engines.balls.germs.evaluation import Constants

Exact: TypeAlias = "fmpq | Tape"
"""A point's coordinate as given: a rational number, or a formula without variables such as pi/2."""

Coordinate: TypeAlias = "Exact | Moved | arb"
"""Where a variable is evaluated: as given, beside that, or anywhere in a ball."""

Direction: TypeAlias = Mapping[str, Exact]
"""The slopes of the variables that move."""

Path: TypeAlias = Mapping[str, "Sequence[Exact | arb]"]
"""The coefficients of t, t**2, ... of the variables that move, be it by 0."""


class TouchError(Exception):
    """The point lies exactly where the formula has no power series: at a kink, a jump, an edge, a hole.

    `irrational` where it is so since constants are equal of which no number of a format is one, as at pi.
    """

    irrational = False


class NoValueError(TouchError):
    """The formula has no real value at the point; its text says why."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason or "the formula has no real value here")


class UnsureError(Exception):
    """The balls are too wide to tell."""


def rational(value: float | Fraction) -> fmpq:
    """A float64 or a fraction as the rational number that it is."""
    return fmpq(*value.as_integer_ratio())


@dataclass(frozen=True, slots=True)
class Moved:
    """A coordinate that lies beside one that was given: `base + offset*slope`."""

    base: Coordinate
    offset: fmpq
    slope: Exact


def moved(at: Mapping[str, Coordinate], direction: Direction, offset: fmpq) -> dict[str, Coordinate]:
    """A point moved by a multiple of a direction."""
    beside: dict[str, Coordinate] = dict(at)
    for name in direction.keys() & at.keys():
        base, slope = at[name], direction[name]
        rational_both = isinstance(base, fmpq) and isinstance(slope, fmpq)
        beside[name] = base + offset * slope if rational_both else Moved(base, offset, slope)
    return beside


class Number:
    """An operand of a rule: its series and, on demand, its exact value."""

    __slots__ = ("index", "run", "series")

    def __init__(self, run: Run, index: int) -> None:
        self.run = run
        self.index = index
        self.series: Any = run.value(index)

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
        """Whether it depends on a variable that moves."""
        return bool(self.run.tape.nodes[self.index].varies & self.run.bits)

    def sign(self) -> int:
        """-1, 0 or 1; UnsureError where the ball holds 0 and nothing is known exactly."""
        return self.minus(0)

    def minus(self, other: Number | int) -> int:
        """The sign of the difference to another number."""
        if isinstance(other, Number):
            return self.run.sign(self.ball - other.ball, lambda: self.difference(other), self, other)
        return self.run.sign(self.ball - other, lambda: self.difference(other), self)

    def difference(self, other: Number | int) -> fmpq | None:
        """The exact difference to another number, where it is known to be rational."""
        here, there = self.exact, other.exact if isinstance(other, Number) else fmpq(other)
        if here is not None and there is not None:
            return here - there
        constant, run = self.constant, self.run
        subtracted = other.constant if isinstance(other, Number) else constant and self.field.rational(other)
        if constant is None or subtracted is None:
            return None
        return run.found(self.field.difference(constant, subtracted).rational)

    @property
    def constant(self) -> Constant | None:
        """The value as an exact constant, where it is known."""
        return self.run.constant(self.index)

    @property
    def field(self) -> Field:
        """The field of that constant."""
        return self.run.field

    @property
    def fixed(self) -> bool:
        """Whether it depends on no variable at all."""
        return not self.run.tape.nodes[self.index].varies

    def touch(self) -> None:
        """Raise TouchError if the series runs through this place, unless that is known."""
        if self.varies and not self.run.through:
            raise TouchError


@dataclass(slots=True, eq=False)
class Run:
    """One evaluation of a tape to a precision in bits, as a series up to t**order along a path.

    `final` is set at the highest precision: there a step without a finite series touches a special place. A run that
    `presumes` takes what it cannot tell from 0 for 0, as at a root of which nothing but digits are known. `rigorous`
    says whether all bounds are proved, `irrational` whether constants that no format holds made a rational number. With
    `rounding` every step's result is moved as rounding might; such a run may be `following` the answers that an exact
    one found to its questions. A run that goes `through` special places stays on one branch there. `fixed` may hold
    the values of nodes that depend on no variable that moves.
    """

    tape: Tape
    path: Path = field(default_factory=dict)
    order: int = 0
    precision: int = 96
    final: bool = False
    presumes: bool = False
    rounding: Rounding | None = None
    following: Sequence[Any] | None = None
    through: bool = False
    fixed: Mapping[int, Any] = field(default_factory=dict)
    rigorous: bool = True
    irrational: bool = False
    answers: list[Any] = field(default_factory=list)
    asked: int = 0
    values: dict[int, Any] = field(default_factory=dict)
    at: Mapping[str, Coordinate] = field(default_factory=dict)
    known: dict[int, fmpq | None] = field(default_factory=dict)
    bits: int = 0
    constants: Constants | None = None

    def evaluate(self, at: Mapping[str, Coordinate]) -> list[arb]:
        """The Taylor coefficients of the formula about a point.

        Raises TouchError, NoValueError or UnsureError where there is no series; afterwards the run tells how
        it came about, or how far it came.
        """
        self.at = at
        self.bits = moving(self.tape, self.path) if self.order else 0  # a value alone touches nothing
        for number, node in self.tape.inputs():
            if number in self.fixed and not node.varies & self.bits:
                continue
            name = self.tape.variables[node.data]
            coefficients = [at[name], *self.path.get(name, ())[: self.order]]
            balls = [ball_of(each, self.precision) for each in coefficients]
            ctx.prec, ctx.cap = self.precision, self.order + 1
            self.values[number] = self.stored(arb_series(balls), self.exact(number))
        ctx.prec, ctx.cap = self.precision, self.order + 1
        series = self.block(self.tape.order)
        return [series[place] for place in range(self.order + 1)]

    def block(self, numbers: Iterable[int]) -> Any:
        """Evaluate nodes that have no value yet; the value of the last."""
        from derivcli.engines.balls.rules import RULES

        values, nodes, fixed, bits = self.values, self.tape.nodes, self.fixed, self.bits
        number = -1
        for number in numbers:
            if number in values or (number in fixed and not nodes[number].varies & bits):
                continue
            node = nodes[number]
            try:
                if node.operation == "choice":
                    value = self.choose(node)
                else:
                    value = RULES[node.operation](self, node, self.operands(node))
            except (ValueError, ZeroDivisionError):  # FLINT's way to refuse a divisor whose ball holds 0
                raise self.failure() from None
            values[number] = self.checked(value, node) if type(value) is arb_series else value
        return self.value(number)

    def operands(self, node: Node) -> list[Number]:
        """What a rule is given."""
        numbers = [Number(self, part) for part in node.parts]
        if self.rounding is None or not self.rounding.inside:
            return numbers
        from derivcli.engines.balls.rules import FUNCTIONS

        for number in numbers if node.operation in FUNCTIONS else []:
            if number.varies:
                number.series = self.rounding.argument(number.series, self.order)
        return numbers

    def value(self, number: int) -> Any:
        """What a node came to."""
        if number not in self.values:
            fixed = self.fixed[number]  # a series remembers up to where it is known, a number does not
            self.values[number] = arb_series([fixed[0]]) if type(fixed) is arb_series else fixed
        return self.values[number]

    def choose(self, node: Node) -> Any:
        """The value of the first branch whose condition holds; the others are not looked at."""
        for branch in node.data:
            if self.block(branch.condition):
                return self.block(branch.value)
        raise NoValueError

    def checked(self, value: Any, node: Node) -> Any:
        """The value of a step, if it is finite."""
        for place in range(self.order + 1):
            if not value[place].is_finite():
                raise self.failure()
        if self.rounding is None:
            return value
        if node.operation == "number":
            return self.stored(value, node.data)
        if self.bits:
            inner = [self.values[part] for part in node.parts]
            self.rounding.look_at_slope(value, [part for part in inner if type(part) is arb_series], self.order)
        return value if node.operation == "choice" else self.rounding.moved(value, self.order)

    def stored(self, value: Any, exact: fmpq | None) -> Any:
        """A number that the formula or the point holds."""
        return value if self.rounding is None else self.rounding.stored(value, self.order, exact)

    def failure(self) -> Exception:
        """What a step without a finite series means: too little precision or, at the last one, a special place."""
        return TouchError() if self.final and self.order else UnsureError()

    def sign(self, ball: arb, exact: Callable[[], fmpq | None], *operands: Number) -> int:
        """The sign of a number that a ball encloses; where steps are rounded, only constants are exact."""
        found: int = self.decide(lambda: self.sign_anew(ball, exact, *operands))
        return found

    def decide(self, find: Callable[[], Any]) -> Any:
        """What a question comes to; a run that follows another has its answers."""
        self.asked += 1
        if self.following is not None:
            return self.following[self.asked - 1]
        self.answers.append(find())
        return self.answers[-1]

    def sign_anew(self, ball: arb, exact: Callable[[], fmpq | None], *operands: Number) -> int:
        """The sign, found out."""
        if ball > 0:
            return 1
        if ball < 0:
            return -1
        if ball.is_zero():
            return 0
        known = exact() if self.rounding is None or all(operand.fixed for operand in operands) else None
        if known is None and self.presumes:
            self.rigorous = False
            return 0
        if known is None:
            raise UnsureError
        return int(known > 0) - int(known < 0)

    def constant(self, number: int) -> Constant | None:
        """The value of a node as an exact constant, where that is known."""
        if self.rounding is not None:
            return None
        if self.constants is None:
            from derivcli.engines.balls.germs.evaluation import Constants

            self.constants = Constants(self.tape, self.at, self.precision)
        return self.constants.of(number)

    def found(self, rational: fmpq | None) -> fmpq | None:
        """Note that constants, which no format holds, make a rational number."""
        self.irrational = self.irrational or rational is not None
        return rational

    @property
    def field(self) -> Field:
        """The field of the constants."""
        assert self.constants is not None, "constants are asked for first"
        return self.constants.field

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
            coordinate = self.at[self.tape.variables[node.data]]
            return coordinate if isinstance(coordinate, fmpq) else None
        value: Any = self.values.get(number, self.fixed.get(number))
        if type(value) is arb_series and value[0].is_exact():
            return fraction(value[0])
        rule = EXACT.get(node.operation)
        parts = [self.exact(part) for part in node.parts] if rule else [None]
        if rule is None or any(part is None for part in parts):
            return None
        made: fmpq | None = rule(*parts)
        return None if made is None or max(made.p.bit_length(), made.q.bit_length()) > BITS else made


def moving(tape: Tape, names: Iterable[str]) -> int:
    """A bit for each variable of a tape that is among the names."""
    return sum(1 << tape.variables.index(name) for name in names if name in tape.variables)


def scale_of(value: Coordinate) -> int:
    """The power of 2 next above a coordinate's size; 0 for 0."""
    return scale(ball_of(value, 64)) or 0


def step_scale(at: Mapping[str, Coordinate], direction: Direction) -> int:
    """The power of 2 by whose multiples a point moves along a direction by parts of its own size."""
    scales = [scale_of(at[name]) - scale_of(slope) for name, slope in direction.items() if name in at and slope != 0]
    found = min(scales, default=0)
    if abs(found) > BITS // 2:  # steps of such a size have too many digits
        raise UnsureError
    return found


def ball_of(value: Coordinate, precision: int) -> arb:
    """A coordinate as a ball."""
    ctx.prec = precision
    if isinstance(value, Tape):
        return Run(value, precision=precision).evaluate({})[0]
    if isinstance(value, Moved):
        return ball_of(value.base, precision) + value.offset * ball_of(value.slope, precision)
    return arb(value)


def rounded(value: Coordinate, dtype: str) -> float:
    """The number of a format that stands for a coordinate."""
    return float(np.dtype(dtype).type(float(ball_of(value, 200).mid())))


def coordinate(value: float | Tree) -> Exact:
    """A point's coordinate from a float64 or from a formula as typed."""
    if isinstance(value, float):
        return rational(value)
    if isinstance(value, sympy.Rational):
        return fmpq(int(value.p), int(value.q))
    tape = record(value, ())
    exact = Run(tape).exact(tape.order[-1])  # as of 1/3
    return tape if exact is None else exact
