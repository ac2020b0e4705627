"""Power series of analytic functions from their values alone, with proved error bounds.

The coefficients of f about c are means of its values on a small circle of radius r,

    a_n = 1/(N r^n) sum_k f(c + r w^k) w^(-nk)  +  error,   w = exp(2 pi i/N),

and the error is a sum of further coefficients a_(n+mN) r^(mN), m >= 1, which Cauchy's estimate
|a_j| <= M/R^j bounds, where |f| <= M on a larger disk of radius R: |error| <= M R^-n q/(1-q), q = (r/R)^N.
FLINT evaluates f on the whole disk for M. (Trefethen and Weideman, "The exponentially convergent trapezoidal
rule", SIAM Review 56, 2014, section 2.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flint import acb, arb, arb_series, ctx

from derivcli.engines.balls import Node, NoValueError, Number, Run, UnsureError

Function = Callable[..., acb]
"""A function of complex balls."""

RADII = (3, 6, 10, 16, 30, 60, 120, 240, 500, 1000)
"""Disks that are tried, from large to small: their radii are 2 to the minus these."""


def analytic(function: Function, positive: Sequence[int] = (), domain: Callable[..., acb] | None = None) -> Any:
    """The rule of a function that is analytic where it is real.

    Along the operands numbered in `positive`, and by what `domain` makes of them, the function has a cut at
    the numbers that are not positive: disks keep clear of it.
    """

    def rule(run: Run, node: Node, numbers: list[Number]) -> arb_series:
        polynomials = [[number.series[n] for n in range(run.order + 1)] for number in numbers]
        moving = run.order > 0 and any(number.varies for number in numbers)

        def along(t: acb) -> acb:
            arguments = [_value(coefficients, t) for coefficients in polynomials]
            clear = [arguments[place] for place in positive] + ([domain(*arguments)] if domain else [])
            if any(not argument.real > 0 for argument in clear):
                return acb("nan")
            return function(*arguments)

        if not moving:
            return arb_series([real(run, function(*[acb(number.ball) for number in numbers]))])
        real(run, function(*[acb(number.ball) for number in numbers]))
        return arb_series(series(run, along))

    return rule


def real(run: Run, value: acb) -> arb:
    """The value of a function that is real here; NoValueError where it is not."""
    if value.is_finite() and not value.imag.contains(0):
        raise NoValueError
    if not value.is_finite():
        raise NoValueError if run.final else UnsureError
    return value.real


def series(run: Run, f: Function) -> list[arb]:
    """The Taylor coefficients at 0 of a function that is real on the real line, up to the run's order."""
    order, precision = run.order, ctx.prec
    exponent, bound = _disk(f)
    count = order + 2
    depth = precision // count + 1
    ctx.prec = precision + depth * (order + 1) + 20
    try:
        if bound is None:
            run.rigorous = False
            bound = _guess(f, exponent)
        radius = arb(2) ** (-exponent)
        small = radius * arb(2) ** (-depth)
        ratio = arb(2) ** (-depth * count)
        values = _circle(f, small, count)
        found = []
        for n in range(order + 1):
            mean = sum((value * acb.exp_pi_i(acb(-2 * n * k) / count) for k, value in enumerate(values)), acb(0))
            error = (bound / radius**n * ratio / (1 - ratio)).upper()
            found.append(mean.real / count / small**n + arb(0, error))
        return found
    finally:
        ctx.prec = precision


def _circle(f: Function, radius: arb, count: int) -> list[acb]:
    """The function at equally spaced points of a circle; below the real line it is the conjugate of above."""
    upper = [f(radius * acb.exp_pi_i(acb(2 * k) / count)) for k in range(count // 2 + 1)]
    return [upper[k] if k <= count // 2 else upper[count - k].conjugate() for k in range(count)]


def _disk(f: Function) -> tuple[int, arb | None]:
    """The exponent of a radius of a disk on which the function is bounded, and a bound."""
    precision = ctx.prec
    ctx.prec = 64
    try:
        for exponent in RADII:
            side = arb(0, arb(2) ** (-exponent))
            value = f(acb(side, side))
            if value.is_finite():
                return exponent, abs(value).upper()
    finally:
        ctx.prec = precision
    return RADII[3], None


def _guess(f: Function, exponent: int) -> arb:
    """A size of the function near 0 where no bound is proved: of its values on a circle, with room to spare."""
    values = _circle(f, arb(2) ** (-exponent), 8)
    sizes = [abs(value).upper() for value in values if value.is_finite()]
    if len(sizes) < len(values):
        raise UnsureError
    return 16 * max(sizes, key=float)


def _value(coefficients: Sequence[arb], t: acb) -> acb:
    """A polynomial at t."""
    total = acb(coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = total * t + coefficient
    return total
