"""Power series of analytic functions from their values alone, with proved error bounds.

The coefficients of f about c are means of its values on a small circle of radius r,

    a_n = 1/(N r^n) sum_k f(c + r w^k) w^(-nk)  +  error,   w = exp(2 pi i/N),

and the error is a sum of further coefficients a_(n+mN) r^(mN), m >= 1, which Cauchy's estimate
|a_j| <= M/R^j bounds, where |f| <= M on a larger disk of radius R: |error| <= M R^-n q/(1-q), q = (r/R)^N.
FLINT evaluates f on the whole disk for M. (Trefethen and Weideman, "The exponentially convergent trapezoidal
rule", SIAM Review 56, 2014, section 2.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import factorial
from typing import Any

from flint import acb, arb, arb_series, ctx

from derivcli.engines.balls.run import Number, Run, UnsureError
from derivcli.engines.balls.steps import no_value
from derivcli.engines.balls.tape import Node

Function = Callable[..., acb]
"""A function of complex balls."""

RADII = (3, 6, 10, 16, 30, 60, 120, 240, 500, 1000)
"""Disks that are tried, from large to small: their radii are 2 to the minus these."""


def analytic(
    function: Function, domain: Callable[..., Sequence[acb]] | None = None, pole: Callable[..., acb] | None = None
) -> Any:
    """The rule of a function that is analytic where it is real.

    `domain` gives numbers that have to be positive: where one is not, the function is not real or has a cut.
    `pole` gives a number that must not be 0. Disks keep clear of both.
    """

    def rule(run: Run, node: Node, numbers: list[Number]) -> arb_series:
        centre = [acb(number.ball) for number in numbers]
        signs = [value.real for value in domain(*centre)] if domain else []
        if any(run.sign(value, lambda: None, *numbers) <= 0 for value in signs):
            raise no_value(node, *numbers)
        if pole is not None and run.sign(pole(*centre).real, lambda: None, *numbers) == 0:
            raise no_value(node, *numbers)
        if not run.order or not any(number.varies for number in numbers):
            return arb_series([_real(function(*centre))])
        polynomials = [[number.series[n] for n in range(run.order + 1)] for number in numbers]

        def along(t: acb) -> acb:
            arguments = [_value(coefficients, t) for coefficients in polynomials]
            if domain and any(not value.real > 0 for value in domain(*arguments)):
                return NOWHERE
            return function(*arguments)

        coefficients, rigorous = taylor(along, run.order, real=True)
        run.rigorous &= rigorous
        return arb_series([value.real for value in coefficients])

    return rule


NOWHERE = acb("nan")


def derivative_in(function: Function, place: int) -> Function:
    """The function (k, *arguments) that is the k-th derivative of another in its argument at `place`."""

    def derivative(order: acb, *arguments: acb) -> acb:
        k = int(order.real.unique_fmpz())
        if k == 0:
            return function(*arguments)
        coefficients, rigorous = taylor(
            lambda t: function(*arguments[:place], arguments[place] + t, *arguments[place + 1 :]), k, real=False
        )
        return coefficients[k] * factorial(k) if rigorous else NOWHERE

    return derivative


def _real(value: acb) -> arb:
    """The value of a function that is real here."""
    if not value.is_finite() or not value.imag.contains(0):
        raise UnsureError
    return value.real


def taylor(f: Function, order: int, real: bool) -> tuple[list[acb], bool]:
    """The Taylor coefficients of f at 0 up to an order, and whether their error bounds are proved.

    A `real` function is one that is real on the real line.
    """
    precision = ctx.prec
    exponent, bound = _disk(f)
    count = order + 2
    depth = precision // count + 1
    with _precision(precision + depth * (order + 1) + 20):
        rigorous = bound is not None
        bound = _guess(f, exponent, real) if bound is None else bound
        radius, small = arb(2) ** (-exponent), arb(2) ** (-exponent - depth)
        ratio = arb(2) ** (-depth * count)
        values = _circle(f, small, count, real)
        found = []
        for n in range(order + 1):
            mean = sum((value * acb.exp_pi_i(acb(-2 * n * k) / count) for k, value in enumerate(values)), acb(0))
            largest = (bound / radius**n).upper()
            error = arb(0, (largest * ratio / (1 - ratio)).upper())
            coefficient = mean / count / small**n + acb(error, error)
            # On a wide ball the estimate itself is narrower than the mean.
            wide = not coefficient.is_finite() or coefficient.real.rad() > largest
            found.append(acb(arb(0, largest), arb(0, largest)) if wide else coefficient)
    if not all(value.is_finite() for value in found):
        raise UnsureError
    return found, rigorous


@contextmanager
def _precision(bits: int) -> Iterator[None]:
    """Compute with so many bits for a while."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def _circle(f: Function, radius: arb, count: int, real: bool) -> list[acb]:
    """The function at equally spaced points of a circle; a real one is below the real line the conjugate of above."""
    computed = count // 2 + 1 if real else count
    values = [f(radius * acb.exp_pi_i(acb(2 * k) / count)) for k in range(computed)]
    return values + [values[count - k].conjugate() for k in range(computed, count)]


def _disk(f: Function) -> tuple[int, arb | None]:
    """The exponent of a radius of a disk on which the function is bounded, and a bound."""
    with _precision(64):
        for exponent in RADII:
            side = arb(0, arb(2) ** (-exponent))
            value = f(acb(side, side))
            if value.is_finite():
                return exponent, abs(value).upper()
    return RADII[3], None


def _guess(f: Function, exponent: int, real: bool) -> arb:
    """A size of the function near 0 where no bound is proved: of its values on a circle, with room to spare."""
    values = _circle(f, arb(2) ** (-exponent), 8, real)
    if not all(value.is_finite() for value in values):
        raise UnsureError
    return arb(max(float(abs(value).upper()) for value in values)) * 16


def _value(coefficients: Sequence[arb], t: acb) -> acb:
    """A polynomial at t."""
    total = acb(coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = total * t + coefficient
    return total
