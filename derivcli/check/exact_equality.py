"""Whether a number written as a formula is the true derivative, to far more digits than chance gives."""

from __future__ import annotations

from collections.abc import Mapping

from flint import arb

from derivcli.check.true_derivative import NARROW_BITS, KnownDerivative, derivative_at
from derivcli.engines.balls.coordinates import Coordinate
from derivcli.engines.balls.partials import Derivative
from derivcli.language.expression import Expression

ZERO_SIZE = arb(2) ** -1000
"""A derivative that may be 0 and is below this size is taken for 0."""


def is_exactly(claim: Expression, expression: Expression, derivative: Derivative, at: Mapping[str, Coordinate]) -> bool:
    """Whether a formula without variables is a derivative of an expression at a point, to 77 digits.

    The derivative is that of the expression itself, from power series and germs. Where it is none, or one-sided, no
    number is it.
    """
    if derivative.dependent and not _is_zero(derivative_at(expression, Derivative(), at)):
        return False  # the point is not on the curve
    return is_number(claim, derivative_at(expression, derivative, at))


def is_number(claim: Expression, truth: KnownDerivative) -> bool:
    """Whether a formula without variables is a number that is known, to 77 digits."""
    if truth.ball is None or truth.one_sided:
        return False
    if claim.tree == 0:
        return _is_zero(truth)
    claimed = derivative_at(claim, Derivative(), {}).ball
    return claimed is not None and _meet(truth.ball, claimed)


def _is_zero(known: KnownDerivative) -> bool:
    return known.ball is not None and bool(known.ball.contains(0)) and bool(abs(known.ball) < ZERO_SIZE)


def _meet(one: arb, other: arb) -> bool:
    return bool(one.overlaps(other)) and min(one.rel_accuracy_bits(), other.rel_accuracy_bits()) >= NARROW_BITS
