"""Places where a function cannot be told from 0 and does not change its sign as a simple zero does: is it 0 there?

Exact algebra decides where the place has a formula, more precision where the function only comes near to 0, and the
factors of the formula where it is a square of something.
"""

from __future__ import annotations

from flint import arb

from derivcli.simplify.domains.roots import Root
from derivcli.study.exact.exact_places import candidates, vanishing
from derivcli.study.exact.factors import factors
from derivcli.study.numbers import place_of
from derivcli.study.root_finding.isolation import NAME_BITS, Simple, Touch, isolated, refined
from derivcli.study.root_finding.taylor_model import BITS, Curve, TaylorModel, curve_of, model
from derivcli.study.root_finding.zeros import Open, Zero

CLOSER_BITS = (4 * BITS, 16 * BITS)
"""Precisions at which a function is told from 0 that only comes near to it."""


def decided(curve: Curve, order: int, touch: Touch) -> list[Zero] | Open:
    """The zeros of a derivative where it touches 0 as far as a model tells."""
    named = _by_formula(curve, order, touch)
    if named is not None:
        return [named]
    for precision in CLOSER_BITS:
        if curve.is_late or curve.is_slow:
            break
        closer = _closer(curve, order, touch, precision)
        if closer is not None:
            return closer
        factored = _by_factors(curve, order, touch)
        if factored is not None:
            return [factored]
    return Open(touch.ball.lower(), touch.ball.upper(), order, "it comes so near to 0 that no precision tells")


def zero_of(touch: Touch, root: Root) -> Zero:
    """The zero that a place turned out to be."""
    before = touch.sign if touch.multiplicity % 2 == 0 else -touch.sign
    return Zero(root, touch.multiplicity, before, touch.sign, touch.low, touch.high)


def _by_formula(curve: Curve, order: int, touch: Touch) -> Zero | None:
    """The zero at a number that has a formula, where the derivatives are 0 exactly."""
    ball = refined(curve, order + touch.multiplicity - 1, touch.ball, NAME_BITS)
    for tree in candidates(ball, curve.forms):
        if vanishing(curve.tape, curve.name, tree, order) == touch.multiplicity:
            return zero_of(touch, place_of(tree))
    return None


def _closer(curve: Curve, order: int, touch: Touch, precision: int) -> list[Zero] | None:
    """The zeros, all of them simple, or none, as a model of more digits shows them."""
    degree = curve.degree
    curve.degree = degree * precision // BITS
    try:
        found = model(curve, touch.low, touch.high, precision)
    finally:
        curve.degree = degree
    if not isinstance(found, TaylorModel):
        return None
    zeros = list(isolated(found, order))
    if not all(isinstance(zero, Simple) for zero in zeros):
        return None
    return [
        Zero(Root(zero.ball, zero.ball), 1, -1 if zero.rises else 1, 1 if zero.rises else -1, zero.low, zero.high)
        for zero in zeros
        if isinstance(zero, Simple)
    ]


def _by_factors(curve: Curve, order: int, touch: Touch) -> Zero | None:
    """The zero where a factor has a simple one, to the power that the multiplicity is."""
    for factor, exponent in factors(curve.tree, curve.name, order) or ():
        if exponent == touch.multiplicity:
            root = _simple_zero(curve_of(factor, curve.name, curve.deadline), touch)
            if root is not None:
                return zero_of(touch, root)
    return None


def _simple_zero(curve: Curve, touch: Touch) -> Root | None:
    """The only zero of a factor where its power touches 0, if that is a simple one."""
    found = model(curve, touch.low, touch.high)
    zeros = list(isolated(found, 0)) if isinstance(found, TaylorModel) else []
    if len(zeros) != 1 or not isinstance(zeros[0], Simple):
        return None
    ball: arb = refined(curve, 0, zeros[0].ball, BITS)
    return Root(ball, ball)
