"""The sign of a function or of a derivative just beside a point, and beyond a bound, with proof."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flint import arb, ctx, fmpq

from derivcli.check.enclosure import restored_context
from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.engines.balls.evaluation import ball_of
from derivcli.engines.balls.exact_constants import ExactConstant, Field
from derivcli.engines.balls.germs.approach import Approach, KnownLimit
from derivcli.engines.balls.germs.arithmetic import Germs
from derivcli.engines.balls.germs.germ import CONSTANT_TERM, Germ, NoGermError, TermExponents
from derivcli.engines.balls.tape import Tape
from derivcli.language.tree import Tree
from derivcli.simplify.domains.roots import Root
from derivcli.study.breaks.break_points import BreakPoint
from derivcli.study.breaks.local_germs import Formula, limits_of, place_in
from derivcli.study.tails.calculus import Calculus, Value
from derivcli.study.tails.model import Models
from derivcli.study.tails.rules import block
from derivcli.study.tails.stretch import PLAIN, OtherPartsError, Stretch, TooFarError

PRECISION_BITS = 128

TERMS = 8
"""Terms of a power series before its remainder."""

SHARES = (0, 2, 4, 7, 11, 16, 24, 36)
"""Powers of 2 by which the longest interval is divided, one after the other."""

MAX_PARTS = 24
"""Roots of higher degree are not looked at."""


def sign_beside(
    tree: Tree,
    name: str,
    at: Root | float,
    side: int = 1,
    order: int = 0,
    limit: arb | fmpq | float | None = None,
    point: BreakPoint | None = None,
) -> tuple[arb, int] | None:
    """A number r, and the sign that f, f' or f'' is proved to have everywhere beside a point; None where none is found.

    The sign is that for all x with 0 < side*(x - at) <= r. With an infinite `at` it is that for all x with
    x >= r, or x <= -r at minus infinity. It is 0 where the derivative is 0 throughout. The interval is not longer than
    `limit`, and at infinity does not begin before it. Of a point without a formula `point` tells which equations hold.
    """
    return _beside(tree, name, at, side, limit, point).sign(order)


@lru_cache(maxsize=4)
def _beside(tree: Tree, name: str, at: Root | float, side: int, limit: Any, point: BreakPoint | None) -> Beside:
    formula = Formula(tree, name)
    limits = {} if point is None else limits_of(formula, point)
    if isinstance(at, Root) and not at.ball.is_finite():
        at = float(at.ball)
    return Beside(formula.recorded[0], at, side, limit, limits)


@dataclass(slots=True, eq=False)
class Beside:
    """One side of a point, with what has been found there."""

    tape: Tape
    at: Root | float
    side: int
    limit: Any = None
    limits: Mapping[int, KnownLimit] = field(default_factory=dict)
    parts: int = 1
    values: dict[int, Value | None] = field(default_factory=dict)
    runs: dict[int, Calculus] = field(default_factory=dict)
    germs: dict[int, Germ] = field(default_factory=dict)
    field: Field = field(default_factory=lambda: Field(PRECISION_BITS))

    @property
    def infinite(self) -> bool:
        """Whether the place is no number."""
        return not isinstance(self.at, Root)

    def sign(self, order: int) -> tuple[arb, int] | None:
        """The longest interval tried on which a derivative has one sign, and that."""
        with restored_context():
            ctx.prec = PRECISION_BITS
            with suppress(NoGermError, NoValueError, UnsureError):
                for share in SHARES:
                    with suppress(TooFarError):
                        return self._sign_within(share, order)
        return None

    def _sign_within(self, share: int, order: int) -> tuple[arb, int]:
        value = self._value(share)
        run = self.runs[share]
        sign = run.sign(value, order)
        reach = run.stretch.reach
        turned = self._sense() if order == 1 else 1
        return (1 / reach).upper() if self.infinite else reach, sign * turned

    def _sense(self) -> int:
        """The direction in which the place is left."""
        return (1 if self.at > 0 else -1) if not isinstance(self.at, Root) else self.side

    def _longest(self) -> arb:
        """The longest interval of t that is looked at."""
        limit = abs(arb(1 if self.limit is None else self.limit))
        if not limit > 0:
            return arb(1)
        return (1 / limit).lower() if self.infinite else limit.lower()

    def _value(self, share: int) -> Value:
        """The formula on the interval."""
        if share not in self.values:
            self.values[share] = None
            self.values[share] = self._made(self._longest() * arb(2) ** -share, share)
        value = self.values[share]
        if value is None:
            raise TooFarError
        return value

    def _made(self, reach: arb, share: int) -> Value:
        while True:
            stretch = Stretch(reach, self.parts, TERMS, self.field)
            try:
                run = self.runs[share] = self._run(stretch)
                return block(run, self.tape, self.tape.order, {}, [self._variable(run)])  # type: ignore[no-any-return]
            except OtherPartsError as error:
                self.parts *= error.degree
                if self.parts > MAX_PARTS:
                    raise UnsureError from None

    def _run(self, stretch: Stretch) -> Calculus:
        germs = Germs(self.field, TERMS)
        approach = Approach(self.tape, germs, {}, limits=self.limits)
        return Calculus(Models(stretch), germs, approach, -1 if self.infinite else 1)

    def _variable(self, run: Calculus) -> Value:
        """The variable, as a number plus or minus t, or as 1/t or minus that."""
        parts, sense = run.stretch.parts, self._sense()
        low = -parts if self.infinite else parts
        moving = run.models.monomial(low, PLAIN, arb(sense))
        first = moving
        if isinstance(self.at, Root):
            first = run.models.sum([run.models.number(ball_of(self.at.where, PRECISION_BITS)), moving])

        def find() -> Germ:
            terms: dict[TermExponents, ExactConstant] = {(-1 if self.infinite else 1, 0): run.field.rational(sense)}
            if isinstance(self.at, Root):
                terms[CONSTANT_TERM] = place_in(run.field, self.at)
            return run.germs.made(terms, None)

        return Value((first, moving, {})[: run.order + 1], find)
