"""The true derivative of a formula at a point, as narrow as it can be enclosed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from flint import arb, ctx, fmpq

from derivcli.check.enclosure import Question, Site, enclosed, restored_context
from derivcli.check.one_sided import ExactLimits
from derivcli.check.verdict import Verdict
from derivcli.check.verdict_kinds import KINDS
from derivcli.engines.balls.coordinates import Coordinate
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.exact_constants import ExactConstant, Field
from derivcli.engines.balls.germs.evaluation import Constants
from derivcli.engines.balls.germs.germ import NoGermError
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.balls.tape import record
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.language.expression import Expression
from derivcli.language.tree import Tree

PRECISION_BITS = (384, 1536, 3072, 12288)
NARROW_BITS = 256
"""Relative accuracy at which a number is known well; the last precision serves numbers that are or seem 0."""

DERIVATIVE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class KnownDerivative:
    """What is known of a derivative at a point: a number, that there is none, or neither.

    It is `one_sided` at the edge of the domain, and `undefined` where the formula has no value. `by_series` says that
    the formula has a power series there, and that the number is known to many digits. An exact one is a `constant` of a
    `field`.
    """

    ball: arb | None = None
    none: bool = False
    one_sided: bool = False
    undefined: bool = False
    by_series: bool = False
    reason: str = ""
    constant: ExactConstant | None = None
    field: Field | None = None

    def is_value_of(self, formula: Tree, at: Mapping[str, Coordinate]) -> bool:
        """Whether it is exactly what a formula is at a point, as far as constants tell."""
        if self.constant is None or self.field is None:
            return False
        tape = record(formula, tuple(at))
        claimed = Constants.within(self.field, tape, at).of(tape.order[-1])
        return claimed is not None and self.field.difference(claimed, self.constant).is_zero


def derivative_at(expression: Expression, derivative: Derivative, at: Mapping[str, Coordinate]) -> KnownDerivative:
    """The derivative at a point."""
    presumes = not all(isinstance(value, fmpq) for value in at.values())
    site = Site(expression, record(expression.expanded, tuple(at)), at, presumes=presumes)
    with suppress(OutOfTimeError, UnsureError, TouchError), restored_context():
        return KnownDerivative(limited(DERIVATIVE_SECONDS, _of_series, site, derivative), by_series=True)
    from derivcli.check.judge import judge  # late, since it takes NumPy, and few formulas have such a point

    with restored_context():
        return _beside(site, derivative, judge(Question(site, derivative, 0.0, "float64")))


SignedDerivative: TypeAlias = tuple[int, Expression, Derivative]
"""A derivative of an expression with its sign in a sum."""


def sum_at(terms: Sequence[SignedDerivative], at: Mapping[str, Coordinate]) -> KnownDerivative:
    """A sum of derivatives at a point. It is none where one of them is none."""
    with suppress(OutOfTimeError, UnsureError, TouchError), restored_context():
        return KnownDerivative(limited(DERIVATIVE_SECONDS, _sum_of_series, terms, at), by_series=True)
    known = [(sign, derivative_at(expression, derivative, at)) for sign, expression, derivative in terms]
    for _, each in known:
        if each.ball is None:
            return each
    with restored_context():
        ctx.prec = PRECISION_BITS[-1]
        total = sum((sign * each.ball for sign, each in known if each.ball is not None), arb(0))
    return KnownDerivative(total, one_sided=any(each.one_sided for _, each in known))


def _sum_of_series(terms: Sequence[SignedDerivative], at: Mapping[str, Coordinate]) -> arb:
    sites = [
        (sign, Site(expression, record(expression.expanded, tuple(at)), at), derivative)
        for sign, expression, derivative in terms
    ]

    def total(precision: int, final: bool) -> arb:
        found = [sign * enclosed(site, derivative, precision, final).ball for sign, site, derivative in sites]
        ctx.prec = precision
        return sum(found, arb(0))

    return _narrowed(total)


def derivative_by_germs(
    expression: Expression, derivative: Derivative, at: Mapping[str, Coordinate]
) -> KnownDerivative | None:
    """The derivative at a point as both sides of it show it; None where they do not tell.

    The derivatives of lower orders must exist too.
    """
    stages = derivative.stages()
    if len(stages) > 1 or derivative.factor != 1:
        return None
    ((direction, order),) = stages
    limits = ExactLimits(record(expression.expanded, tuple(at)), at, [], direction)
    found: arb | None = None
    with suppress(OutOfTimeError, UnsureError, TouchError, NoGermError), restored_context():
        for lower in range(1, order + 1):
            local = limited(DERIVATIVE_SECONDS, limits.local, lower, order)
            if not (local.rigorous and local.left.defined and local.right.defined):
                return None
            found = local.derivative()
            if found is None:
                return KnownDerivative(none=True)
        return KnownDerivative(found)
    return None


def _of_series(site: Site, derivative: Derivative) -> arb:
    return _narrowed(lambda precision, final: enclosed(site, derivative, precision, final).ball)


def _narrowed(number: Callable[[int, bool], arb]) -> arb:
    """A number to many digits, by its ball at a precision, which may be the final one."""
    for precision in PRECISION_BITS:
        with suppress(UnsureError):
            ball = number(precision, precision == PRECISION_BITS[-1])
            if ball.rel_accuracy_bits() >= NARROW_BITS or precision == PRECISION_BITS[-1]:
                return ball
    raise UnsureError


def _beside(site: Site, derivative: Derivative, verdict: Verdict) -> KnownDerivative:
    """What a verdict says of the derivative, with more digits where germs tell them."""
    if KINDS[verdict.kind].derivative == "none" or (verdict.kind == "edge" and math.isinf(verdict.truth or 0)):
        return KnownDerivative(none=True, undefined=verdict.kind in ("undefined", "hole"), reason=verdict.message)
    if verdict.kind == "unchecked" or verdict.truth is None:
        return KnownDerivative(reason=verdict.message)
    ball = arb(verdict.truth, abs(verdict.truth) * 2.0**-50)
    *earlier, (direction, order) = derivative.stages()
    with suppress(UnsureError, TouchError, NoGermError, OutOfTimeError):
        limits = ExactLimits(site.tape, site.at, earlier, direction, PRECISION_BITS[-1:])
        local = limited(DERIVATIVE_SECONDS, limits.local, order, order)
        found = next(side.derivative for side in (local.right, local.left) if side.defined)
        if found.number is not None:
            exact = local.rigorous and derivative.factor == 1
            return KnownDerivative(
                found.number,
                one_sided=verdict.kind == "edge",
                constant=found.constant if exact else None,
                field=found.field if exact else None,
            )
    return KnownDerivative(ball, one_sided=verdict.kind == "edge")
