"""A formula beside a point: the germ of what it does along a curve that starts there.

Where a power series of the formula ends, at a kink, a jump, an edge or 0/0, each of its steps still has a sign and
a leading term for t > 0 near 0. The rules here are those of steps that have such places; all others have a power
series in what tends to 0, which their ordinary rules make.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import ceil, lcm
from typing import Any

from flint import arb, arb_series, ctx, fmpq

from derivcli.engines.balls.evaluation import Coordinate, Moved, NoValueError, Number, Run, TouchError, UnsureError
from derivcli.engines.balls.exact_constants import Constant, Field
from derivcli.engines.balls.germs.arithmetic import Germs
from derivcli.engines.balls.germs.germ import CONSTANT, Exponent, Germ, NoGermError, exponent_of
from derivcli.engines.balls.integers import floor
from derivcli.engines.balls.rules import RULES
from derivcli.engines.balls.tape import Node, Tape

MAX_JOINT = 60
"""The most terms of a function of several arguments that move."""


class Operand(Number):
    """An operand of an ordinary rule: a series about a constant, whose questions the constant answers."""

    __slots__ = ("known", "moving", "own")

    def __init__(self, run: Run, known: Field, constant: Constant, moves: Sequence[arb]) -> None:
        self.run, self.index, self.series = run, -1, arb_series([constant.ball, *moves])
        self.known, self.own, self.moving = known, constant, bool(moves)

    @property
    def constant(self) -> Constant:
        """The constant."""
        return self.own

    @property
    def field(self) -> Field:
        """Its field."""
        return self.known

    @property
    def exact(self) -> fmpq | None:
        """The constant, where it is rational."""
        return self.own.rational

    @property
    def varies(self) -> bool:
        """Whether it depends on t."""
        return self.moving

    @property
    def fixed(self) -> bool:
        """Whether it is a number."""
        return not self.moving

    def minus(self, other: Number | int) -> int:
        """The sign of the difference to another constant."""
        assert isinstance(other, Operand | int), "operands of one call are of one kind"
        there = self.field.rational(other) if isinstance(other, int) else other.constant
        return self.field.sign(self.field.difference(self.constant, there))


@dataclass(slots=True, eq=False)
class Approach:
    """One evaluation of a tape along a curve; `rigorous` says whether every number in it is proved."""

    tape: Tape
    germs: Germs
    inputs: Mapping[str, Germ]
    values: dict[int, Any] = field(default_factory=dict)
    rigorous: bool = True

    @property
    def field(self) -> Field:
        """The constants."""
        return self.germs.field

    def germ(self) -> Germ:
        """The formula's germ.

        Raises NoValueError where it has no real value for small t > 0, NoGermError where no rule gives a germ, and
        UnsureError where the precision or the number of terms does not do.
        """
        ctx.prec = self.field.precision
        found: Germ = self.block(self.tape.order)
        return found

    def block(self, numbers: Iterable[int]) -> Any:
        """Evaluate nodes that have no value yet; the value of the last."""
        number = -1
        for number in numbers:
            if number not in self.values:
                self.values[number] = self.value(self.tape.nodes[number])
        return self.values[number]

    def value(self, node: Node) -> Any:
        """The value of a node whose operands have theirs."""
        if node.operation == "variable":
            return self.inputs[self.tape.variables[node.data]]
        if node.operation == "number":
            return self.germs.number(node.data)
        if node.operation == "choice":
            return self.choose(node)
        parts = [self.values[part] for part in node.parts]
        return self.named(node.operation, *parts)

    def choose(self, node: Node) -> Any:
        """The value of the first branch whose condition holds beside the point."""
        for place, branch in enumerate(node.data):
            if self.block(branch.condition):
                self.germs.decisions.append(place)
                return self.block(branch.value)
        raise NoValueError

    def sign(self, germ: Germ) -> int:
        """The sign of a germ, noted as a decision."""
        found = self.germs.sign(germ)
        self.germs.decisions.append(found)
        return found

    def named(self, operation: str, *parts: Germ) -> Any:
        """What an operation gives, by its rule here or by its power series."""
        from derivcli.engines.balls.germs.rules import BESIDE
        from derivcli.engines.balls.germs.rules_integrals import ENDS

        rule = BESIDE.get(operation) or ENDS.get(operation)
        return self.regular(operation, *parts) if rule is None else rule(self, *parts)

    def regular(self, operation: str, *parts: Germ) -> Germ:
        """A function where it has a power series."""
        split = [self.germs.split(part) for part in parts]
        if any(large.terms for large, _, _ in split):
            raise NoGermError
        constants, smalls = [constant for _, constant, _ in split], [small for *_, small in split]
        moving = [place for place, small in enumerate(smalls) if not small.is_zero]
        if len(moving) > 1:
            return self.jointly(operation, constants, smalls)
        if not moving:
            return self.germs.constant(self.called(operation, constants, [()] * len(parts), 1, ())[0])
        self.named_value(operation, constants)
        small = smalls[moving[0]]
        steps = [[arb(1)] if place in moving else [] for place in range(len(parts))]
        return self.germs.composed(self.called(operation, constants, steps, self.germs.count(small), moving), small)

    def named_value(self, operation: str, constants: Sequence[Constant]) -> None:
        """Name the value where a series begins by what the rule of numbers gives, which is exact more often."""
        with suppress(NoValueError, UnsureError):
            self.called(operation, constants, [()] * len(constants), 1, ())

    def jointly(self, operation: str, constants: Sequence[Constant], smalls: Sequence[Germ]) -> Germ:
        """A function of several arguments that move, as a power series in a root of t."""
        if any(small.flat or any(logs for _, logs in small.terms) for small in smalls):
            raise NoGermError
        parts = lcm(*(exponent.denominator for small in smalls for exponent, _ in small.terms))
        limit = min([self.germs.limit, *(small.limit for small in smalls if small.limit is not None)])
        count = ceil(limit * parts)
        if count > MAX_JOINT:
            raise NoGermError
        places = [exponent_of(fmpq(n, parts)) for n in range(count + 1)]
        steps = [[] if small.is_zero else [_coefficient(small, places[n]) for n in range(1, count)] for small in smalls]
        key = parts, *(tuple((place, each.key) for place, each in small.terms.items()) for small in smalls)
        found = self.called(operation, constants, steps, count, key)
        return self.germs.made({(places[n], 0): each for n, each in enumerate(found)}, places[count])

    def called(
        self, operation: str, constants: Sequence[Constant], steps: Sequence[Sequence[arb]], count: int, key: Any
    ) -> list[Constant]:
        """The coefficients of an ordinary rule's series; constants move by steps in powers of t, which have a key."""
        run = Run(self.tape, order=count - 1, precision=self.field.precision)
        ctx.prec, ctx.cap = self.field.precision, count
        operands: list[Number] = [
            Operand(run, self.field, constant, moves) for constant, moves in zip(constants, steps, strict=True)
        ]
        try:
            found = RULES[operation](run, Node(operation), operands)
        except (NoValueError, TouchError):
            if count > 1:  # perhaps at the point alone
                raise NoGermError from None
            raise
        except (ValueError, ZeroDivisionError):  # FLINT's way to refuse a divisor whose ball holds 0
            raise UnsureError from None
        balls = [found[place] for place in range(count)]
        if not all(ball.is_finite() for ball in balls):
            raise NoGermError
        self.rigorous = self.rigorous and run.rigorous
        at = operation, *(each.key for each in constants)
        return [self.field.named((at, place, tuple(key) if place else ()), ball) for place, ball in enumerate(balls)]

    def whole_below(self, germ: Germ) -> tuple[fmpq, bool]:
        """The greatest whole number below a germ, and whether the germ is that number; noted as a decision."""
        large, constant, small = self.germs.split(germ)
        if large.terms:
            raise NoGermError
        exact = constant.rational
        below = floor(constant.ball) if exact is None else int(exact.floor())
        is_whole = exact is not None and exact.q == 1
        if below is None or not (is_whole or constant.ball > below):
            raise UnsureError
        if is_whole and self.germs.sign(small) < 0:
            below, is_whole = below - 1, False
        self.germs.decisions.append(below)
        return fmpq(below), is_whole and small.is_zero


def _coefficient(germ: Germ, exponent: Exponent) -> arb:
    """A ball for the factor of a power of t."""
    found = germ.terms.get((exponent, 0))
    return arb(0) if found is None else found.ball


@dataclass(slots=True, eq=False)
class Constants:
    """The values of a tape's nodes at a point, as exact constants."""

    tape: Tape
    at: Mapping[str, Coordinate]
    precision: int
    approach: Approach | None = None

    @classmethod
    def within(cls, known: Field, tape: Tape, at: Mapping[str, Coordinate]) -> Constants:
        """Those of a field that has others, to which they are compared."""
        made = cls(tape, at, known.precision)
        made.start(Germs(known, 1))
        return made

    def start(self, germs: Germs) -> None:
        """Make ready to evaluate."""
        at = {name: germs.constant(coordinate_of(germs.field, value)) for name, value in self.at.items()}
        self.approach = Approach(self.tape, germs, at)

    @property
    def field(self) -> Field:
        """The field of the constants."""
        assert self.approach is not None, "a constant is asked for first"
        return self.approach.field

    def of(self, number: int) -> Constant | None:
        """The value of a node, None where it is not known to be a constant."""
        before = ctx.prec, ctx.cap
        try:
            ctx.prec = self.precision
            if self.approach is None:
                self.start(Germs(Field(self.precision), 1))
            assert self.approach is not None, "it is made ready"
            germ = self.approach.block(self.needed(number))
            return germ.terms.get(CONSTANT) or self.field.rational(0) if type(germ) is Germ else None
        except (NoGermError, NoValueError, UnsureError):
            return None
        finally:
            ctx.prec, ctx.cap = before

    def needed(self, number: int) -> list[int]:
        """The nodes that a node is made of, operands first, itself the last."""
        found: dict[int, None] = {}
        waiting = [number]
        while waiting:
            each = waiting[-1]
            missing = [part for part in self.tape.nodes[each].parts if part not in found]
            if missing:
                waiting += missing
            else:
                found[waiting.pop()] = None
        return list(found)


def coordinate_of(known: Field, value: Coordinate) -> Constant:
    """A coordinate of a point as a constant."""
    if isinstance(value, fmpq):
        return known.rational(value)
    if isinstance(value, Moved):
        base, slope = coordinate_of(known, value.base), coordinate_of(known, value.slope)
        return known.sum(base, known.scaled(slope, value.offset))
    if isinstance(value, Tape):
        found = Approach(value, Germs(known, 1), {}).germ().terms
        return found.get(CONSTANT) or known.rational(0)
    raise NoGermError
