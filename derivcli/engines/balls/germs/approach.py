"""A curve that approaches a point, and the questions that rules ask of germs along it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import ceil, lcm
from typing import Any, TypeAlias

from flint import arb, arb_series, ctx, fmpq

from derivcli.engines.balls.errors import NoValueError, TouchError, UnsureError
from derivcli.engines.balls.exact_constants import ExactConstant, Field
from derivcli.engines.balls.germs.arithmetic import Germs
from derivcli.engines.balls.germs.germ import CONSTANT_TERM, Germ, NoGermError, exponent_of
from derivcli.engines.balls.integers import floor
from derivcli.engines.balls.rules import BALL_RULES
from derivcli.engines.balls.run import Number, Run
from derivcli.engines.balls.tape import Tape, TapeNode

MAX_JOINT_TERMS = 60
"""The most terms of a function of several arguments that move."""

GermRule: TypeAlias = Callable[..., Any]
"""Takes an approach and the germs of the operands. Gives a germ, or a truth for a condition."""


KnownLimit: TypeAlias = "Callable[[Approach], ExactConstant | None]"
"""Gives what a node tends to from the nodes that have their values; None where these do not tell."""


class Operand(Number):
    """An operand of an ordinary rule: a series about a constant, whose questions the constant answers."""

    __slots__ = ("constant", "exact", "field", "fixed", "varies")
    constant: ExactConstant
    exact: fmpq | None
    field: Field
    fixed: bool
    varies: bool

    def __init__(self, run: Run, known: Field, constant: ExactConstant, moves: Sequence[arb]) -> None:
        self.run, self.index, self.series = run, -1, arb_series([constant.ball, *moves])
        self.field, self.constant, self.exact = known, constant, constant.rational
        self.varies, self.fixed = bool(moves), not moves

    def minus(self, other: Number | int) -> int:
        """The sign of the difference to another constant."""
        assert isinstance(other, Operand | int), "operands of one call are of one kind"
        there = self.field.rational(other) if isinstance(other, int) else other.constant
        return self.field.sign(self.field.difference(self.constant, there))


@dataclass(slots=True, eq=False)
class Approach:
    """One evaluation of a tape along a curve. `rigorous` says whether every number in it is proved.

    `limits` say what nodes tend to, where that is known and no computation would show it.
    """

    tape: Tape
    germs: Germs
    inputs: Mapping[str, Germ]
    values: dict[int, Any] = field(default_factory=dict)
    rigorous: bool = True
    limits: Mapping[int, KnownLimit] = field(default_factory=dict)

    def told(self, number: int, germ: Germ) -> Germ:
        """The germ of a node with the limit that is known of it."""
        limit = self.limits[number](self)
        if limit is None or any(place < CONSTANT_TERM for place in germ.terms):
            return germ
        rest = {place: constant for place, constant in germ.terms.items() if place != CONSTANT_TERM}
        return Germ(rest if limit.is_zero else {CONSTANT_TERM: limit, **rest}, germ.limit, germ.flat)

    @property
    def field(self) -> Field:
        """The constants."""
        return self.germs.field

    def sign(self, germ: Germ) -> int:
        """The sign of a germ, noted as a decision."""
        found = self.germs.sign(germ)
        self.germs.decisions.append(found)
        return found

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

    def named_value(self, operation: str, constants: Sequence[ExactConstant]) -> None:
        """Name the value where a series begins by what the rule of numbers gives, which is exact more often."""
        with suppress(NoValueError, UnsureError):
            self.called(operation, constants, [()] * len(constants), 1, ())

    def jointly(self, operation: str, constants: Sequence[ExactConstant], smalls: Sequence[Germ]) -> Germ:
        """A function of several arguments that move, as a power series in a root of t."""
        if any(small.flat or any(logs for _, logs in small.terms) for small in smalls):
            raise NoGermError
        parts = lcm(*(exponent.denominator for small in smalls for exponent, _ in small.terms))
        limit = min([self.germs.limit, *(small.limit for small in smalls if small.limit is not None)])
        count = ceil(limit * parts)
        if count > MAX_JOINT_TERMS:
            raise NoGermError
        exponents = [exponent_of(fmpq(n, parts)) for n in range(count + 1)]
        none = self.field.rational(0)
        steps = [
            [] if small.is_zero else [small.terms.get((each, 0), none).ball for each in exponents[1:count]]
            for small in smalls
        ]
        key = parts, *(tuple((place, each.key) for place, each in small.terms.items()) for small in smalls)
        found = self.called(operation, constants, steps, count, key)
        return self.germs.made({(exponents[n], 0): each for n, each in enumerate(found)}, exponents[count])

    def called(
        self, operation: str, constants: Sequence[ExactConstant], steps: Sequence[Sequence[arb]], count: int, key: Any
    ) -> list[ExactConstant]:
        """The coefficients of an ordinary rule's series. Constants move by steps in powers of t, which have a key."""
        run = Run(self.tape, order=count - 1, precision=self.field.precision)
        ctx.prec, ctx.cap = self.field.precision, count
        operands: list[Number] = [
            Operand(run, self.field, constant, moves) for constant, moves in zip(constants, steps, strict=True)
        ]
        try:
            found = BALL_RULES[operation](run, TapeNode(operation), operands)
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
        """The greatest whole number below a germ, and whether the germ is that number. It is noted as a decision."""
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
