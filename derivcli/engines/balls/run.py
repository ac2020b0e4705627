"""The state of one evaluation of a tape, and the questions that rules ask of its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Any

from flint import arb, arb_series, fmpq

from derivcli.engines.balls.coordinates import Coordinate, Path
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.exact_constants import ExactConstant, Field
from derivcli.engines.balls.integers import MAX_BITS, fraction
from derivcli.engines.balls.random_rounding import Rounding
from derivcli.engines.balls.tape import Tape

if TYPE_CHECKING:
    from derivcli.engines.balls.germs.evaluation import Constants


def _power(base: fmpq, exponent: fmpq) -> fmpq | None:
    if exponent.q != 1 or abs(exponent.p) > 1000 or (base == 0 and exponent < 0):
        return None
    return base ** int(exponent.p)


RATIONAL: dict[str, Callable[..., fmpq | None]] = {
    "add": lambda *x: sum(x, fmpq(0)),
    "multiply": lambda *x: prod(x, start=fmpq(1)),
    "power": _power,
    "abs": abs,
    "sign": lambda x: fmpq(int(x > 0) - int(x < 0)),
    "floor": lambda x: fmpq(x.p // x.q),
    "mod": lambda x, y: None if y == 0 else x - y * (x / y).floor(),
    "max": max,
    "min": min,
    "relu": lambda x: max(x, fmpq(0)),
}
"""What stays among the rational numbers, and its values there: None where one is not known to be rational."""


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
        """-1, 0 or 1. Raises UnsureError where the ball holds 0 and nothing is known exactly."""
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
    def constant(self) -> ExactConstant | None:
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

    `final` is set at the highest precision: there a step without a finite series touches a special point. A run that
    `presumes` takes what it cannot tell from 0 for 0, as at a root of which nothing but digits are known. `rigorous`
    says whether all bounds are proved, `irrational` whether constants that no format holds made a rational number. With
    `rounding` every step's result is moved as rounding might; such a run may be `following` the answers that an exact
    one found to its questions. A run that goes `through` special points stays on one branch there. `fixed` may hold
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

    def value(self, number: int) -> Any:
        """What a node came to."""
        if number not in self.values:
            fixed = self.fixed[number]  # a series remembers up to where it is known, a number does not
            self.values[number] = arb_series([fixed[0]]) if type(fixed) is arb_series else fixed
        return self.values[number]

    def stored(self, value: Any, exact: fmpq | None) -> Any:
        """A number that the formula or the point holds."""
        return value if self.rounding is None else self.rounding.stored(value, self.order, exact)

    def sign(self, ball: arb, exact: Callable[[], fmpq | None], *operands: Number) -> int:
        """The sign of a number that a ball encloses. Where steps are rounded, only constants are exact."""
        found: int = self.decide(lambda: self.sign_anew(ball, exact, *operands))
        return found

    def decide(self, find: Callable[[], Any]) -> Any:
        """The answer to a question. A run that follows another one has its answers."""
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

    def constant(self, number: int) -> ExactConstant | None:
        """The value of a node as an exact constant, where that is known."""
        return None if self.rounding is not None or self.constants is None else self.constants.of(number)

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
        node = self.tape.nodes[number]
        if node.operation == "number":
            return node.data
        if node.operation == "variable":
            coordinate = self.at.get(self.tape.variables[node.data])  # none of what an integral binds
            return coordinate if isinstance(coordinate, fmpq) else None
        value: Any = self.values.get(number, self.fixed.get(number))
        if type(value) is arb_series and value[0].is_exact():
            return fraction(value[0])
        rule = RATIONAL.get(node.operation)
        parts = [self.exact(part) for part in node.parts] if rule else [None]
        if rule is None or any(part is None for part in parts):
            return None
        made: fmpq | None = rule(*parts)
        return None if made is None or max(made.p.bit_length(), made.q.bit_length()) > MAX_BITS else made
