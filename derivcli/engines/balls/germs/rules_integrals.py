"""The rules of germs of integrals at the ends of their domains where they still have values.

Elliptic integrals end at m sin(z)**2 = 1 with m > 1. An integral from 0 to z > 0 is there the whole one less what is
left of it. With sin(t)**2 = cos(a)**2/m the rest is an integral over the angle a, from 0 to
a(z) = asin(sqrt(1 - m sin(z)**2)), of what is regular at 0 (DLMF 19.7.4):

    1/sqrt(1 - m sin(t)**2) dt = -1/sqrt(m - 1) 1/sqrt(1 + sin(a)**2/(m - 1)) da.
"""

from __future__ import annotations

from flint import arb, arb_series, ctx, fmpq

from derivcli.engines.balls.errors import NoValueError
from derivcli.engines.balls.exact_constants import ExactConstant
from derivcli.engines.balls.germs.approach import Approach, GermRule
from derivcli.engines.balls.germs.germ import CONSTANT_TERM, Germ, NoGermError
from derivcli.engines.balls.germs.rules_elementary import asin, cos

HALF = fmpq(1, 2)


def _rest(run: Approach, z: Germ, m: Germ) -> Germ | None:
    """The angle that is left to the end, 0 there. It is None where the end is elsewhere.

    Raises NoValueError beyond the end.
    """
    germs, one = run.germs, run.germs.number(1)
    if any(germs.split(each)[0].terms for each in (z, m)):
        raise NoGermError
    double = germs.difference(one, cos(run, germs.scaled(z, fmpq(2))))
    left = germs.difference(one, germs.scaled(germs.product(m, double), HALF))
    if run.field.sign(germs.split(left)[1]) != 0:
        return None
    size, quarter = abs(germs.split(z)[1].ball), arb.pi() / 2
    if not size < quarter:
        raise NoValueError if size > quarter else NoGermError
    above = run.sign(left)
    if above < 0:
        raise NoValueError
    return asin(run, germs.power(left, HALF)) if above else left


def _less(run: Approach, z: Germ, whole: Germ, rest: Germ) -> Germ:
    """The whole integral less its rest, of the sign of z."""
    found = run.germs.difference(whole, rest)
    return found if run.sign(z) > 0 else run.germs.negative(found)


def _over_root(run: Approach, germ: Germ, number: Germ) -> Germ:
    return run.germs.product(germ, run.germs.power(number, -HALF))


def _elliptic_f(run: Approach, z: Germ, m: Germ) -> Germ:
    angle = _rest(run, z, m)
    if angle is None:
        return run.regular("elliptic_f", z, m)
    over = run.germs.difference(m, run.germs.number(1))
    whole = _over_root(run, run.regular("elliptic_k", run.germs.reciprocal(m)), m)
    rest = run.regular("elliptic_f", angle, run.germs.negative(run.germs.reciprocal(over)))
    return _less(run, z, whole, _over_root(run, rest, over))


def _elliptic_pi_inc(run: Approach, n: Germ, z: Germ, m: Germ) -> Germ:
    """1 - n sin(t)**2 is 1 - n/m + n/m sin(a)**2."""
    angle = _rest(run, z, m)
    if angle is None:
        return run.regular("elliptic_pi_inc", n, z, m)
    germs, one = run.germs, run.germs.number(1)
    below, over = germs.reciprocal(m), germs.difference(m, one)
    share = germs.product(n, below)
    clear = germs.difference(one, share)
    whole = _over_root(run, run.regular("elliptic_pi", share, below), m)
    turned = germs.negative(germs.quotient(share, clear))
    rest = run.regular("elliptic_pi_inc", turned, angle, germs.negative(germs.reciprocal(over)))
    return _less(run, z, whole, germs.quotient(_over_root(run, rest, over), clear))


def _elliptic_e_inc(run: Approach, z: Germ, m: Germ) -> Germ:
    angle = _rest(run, z, m)
    if angle is None:
        return run.regular("elliptic_e_inc", z, m)
    if not m.is_constant:
        raise NoGermError
    germs, below = run.germs, run.germs.reciprocal(m)
    over = germs.difference(m, germs.number(1))
    second = germs.product(germs.difference(germs.number(1), below), run.regular("elliptic_k", below))
    whole = germs.product(germs.difference(run.regular("elliptic_e", below), second), germs.power(m, HALF))
    rest = germs.composed(_squared(run, over.terms[CONSTANT_TERM], germs.count(angle)), angle)
    return _less(run, z, whole, _over_root(run, rest, over))


def _squared(run: Approach, over: ExactConstant, count: int) -> list[ExactConstant]:
    """The series in a of the integral from 0 to a of sin(t)**2/sqrt(1 + sin(t)**2/over), whose zeros are exact."""
    before = ctx.cap
    ctx.cap = max(count, 2)
    try:
        square = arb_series([0, 1]).sin() ** 2
        series = (square * (1 + square / over.ball).rsqrt()).integral()
    finally:
        ctx.cap = before
    return [run.field.named(("sin2", over.key, place), series[place]) for place in range(count)]


def _ei(run: Approach, x: Germ) -> Germ:
    """Ei, and at infinity exp(x)/x times what tends to 1 (DLMF 6.12.2), of which a bound is enough."""
    large = run.germs.split(x)[0]
    if not large.terms:
        return run.regular("Ei", x)
    (low, logs), leading, _ = run.germs.leading(large)
    key = "Ei", *((place, each.key) for place, each in x.terms.items())
    factor = run.field.named(key, arb(1, 0.5) / leading.ball)
    return run.germs.product(run.germs.exp(x), Germ({(-low, -logs): factor}))


INTEGRALS: dict[str, GermRule] = {
    "Ei": _ei,
    "elliptic_f": _elliptic_f,
    "elliptic_e_inc": _elliptic_e_inc,
    "elliptic_pi_inc": _elliptic_pi_inc,
}
"""The rules of such integrals, which elsewhere have power series."""
