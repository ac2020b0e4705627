"""Power series of analytic functions from their values alone, with proved error bounds.

The coefficients of f about c are means of its values on a small circle of radius r,

    a_n = 1/(N r^n) sum_k f(c + r w^k) w^(-nk)  +  error,   w = exp(2 pi i/N),

and the error is a sum of further coefficients a_(n+mN) r^(mN), m >= 1, which Cauchy's estimate
|a_j| <= M/R^j bounds, where |f| <= M on a larger disk of radius R: with q = (r/R)^N it is at most
M R^-n (1/(1-q) - 1). FLINT evaluates f on the whole disk for M. The same holds of several variables, with the
product of such circles and the sum of their exponents. (Trefethen and Weideman, "The exponentially convergent
trapezoidal rule", SIAM Review 56, 2014, section 2.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from math import factorial, prod
from typing import Any

from flint import acb, arb, arb_series, ctx

from derivcli.engines.balls.run import Number, Run, UnsureError
from derivcli.engines.balls.steps import no_value
from derivcli.engines.balls.tape import Node

Function = Callable[..., acb]
"""A function of complex balls."""

Domain = Callable[..., Sequence[acb]]
"""Numbers that have to be positive where a function is real and analytic."""

RADII = (3, 6, 10, 16, 30, 60, 120, 240, 500, 1000)
"""Disks that are tried, from large to small: their radii are 2 to the minus these."""

NOWHERE = acb("nan")


def analytic(function: Function, domain: Domain | None = None, pole: Callable[..., acb] | None = None) -> Any:
    """The rule of a function that is analytic where it is real.

    Where one of `domain` is not positive, the function is not real or has a cut, and `pole` must not be 0.
    """
    return companion(function, (), domain, pole)


def companion(
    function: Function,
    places: Sequence[int],
    domain: Domain | None = None,
    pole: Callable[..., acb] | None = None,
) -> Any:
    """The rule of (k, ..., *arguments), the k-th derivative of a function in each of its arguments at `places`."""

    def rule(run: Run, node: Node, numbers: list[Number]) -> arb_series:
        orders = [int(number.ball.unique_fmpz()) for number in numbers[: len(places)]]
        arguments = numbers[len(places) :]
        centre = [acb(number.ball) for number in arguments]
        _check_domain(run, node, arguments, domain(*centre) if domain else (), pole(*centre) if pole else acb(1))
        moving = run.order if any(number.varies for number in arguments) else 0
        if not moving and not any(orders):
            return arb_series([real_value(function(*centre))])
        polynomials = [[number.series[n] for n in range(moving + 1)] for number in arguments]

        def along(t: acb, *shifts: acb) -> acb:
            here = [_value(coefficients, t) for coefficients in polynomials]
            for place, shift in zip(places, shifts, strict=True):
                here[place] += shift
            if domain and any(not value.real > 0 for value in domain(*here)):
                return NOWHERE
            return function(*here)

        coefficients = taylor(run, along, moving, orders, _steepness(polynomials))
        scale = prod(map(factorial, orders))
        return arb_series([coefficient * scale for coefficient in coefficients])

    return rule


def _steepness(polynomials: Sequence[Sequence[arb]]) -> int:
    """A power of 2 by which t has to be smaller for no argument to move by more than its steps."""
    sizes = [(n, abs(c).upper()) for coefficients in polynomials for n, c in enumerate(coefficients) if n and c != 0]
    exponents = [-(-_exponent(size) // n) for n, size in sizes]
    return max(0, *exponents) if exponents else 0


def _exponent(size: arb) -> int:
    """The power of 2 next above a size."""
    mantissa, exponent = size.man_exp()
    return int(exponent) + int(mantissa).bit_length()


def _check_domain(run: Run, node: Node, numbers: list[Number], clear: Sequence[acb], pole: acb) -> None:
    """Raise NoValueError where the function is not real."""
    outside = any(run.sign(value.real, lambda: None, *numbers) <= 0 for value in clear)
    if outside or run.sign(pole.real, lambda: None, *numbers) == 0:
        raise no_value(node, *numbers)


def real_value(value: acb) -> arb:
    """The value of a function that is real here."""
    if not value.is_finite() or not value.imag.contains(0):
        raise UnsureError
    return value.real


def taylor(run: Run, f: Function, order: int, orders: Sequence[int], steepness: int) -> list[arb]:
    """The coefficients of t**n s1**k1 s2**k2 ... of f(t, s1, s2, ...) about 0, for n up to `order`.

    f is real on the real line; its disks are smaller by 2**steepness. Where no bound is proved, the run is told
    that it is not rigorous.
    """
    precision = ctx.prec
    exponent, bound = _disk(f, 1 + len(orders), steepness)
    counts = [2 * each + 3 for each in (order, *orders)]  # odd, so that no two shifts cancel to a special order
    depths = [precision // count + 1 for count in counts]
    lost = sum(depth * (each + 1) for depth, each in zip(depths, (order, *orders), strict=True))
    with _precision(precision + lost + 20):
        if bound is None:
            run.rigorous = False
            bound = _guess(f, exponent, 1 + len(orders))
        values = _torus(f, [arb(2) ** (-exponent - depth) for depth in depths], counts)
        ratios = [arb(2) ** (-depth * count) for depth, count in zip(depths, counts, strict=True)]
        tail = prod((1 / (1 - ratio) for ratio in ratios), start=arb(1)) - 1
        found = []
        for n in range(order + 1):
            powers = (n, *orders)
            shrunk = sum(power * (exponent + depth) for power, depth in zip(powers, depths, strict=True))
            error = bound * tail * arb(2) ** (exponent * sum(powers))
            found.append(_mean(values, powers, counts) * arb(2) ** shrunk + arb(0, error.upper()))
    if not all(coefficient.is_finite() for coefficient in found):
        raise UnsureError
    return found


@contextmanager
def _precision(bits: int) -> Iterator[None]:
    """Compute with so many bits for a while."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


Torus = dict[tuple[int, ...], acb]


def _torus(f: Function, radii: Sequence[arb], counts: Sequence[int]) -> Torus:
    """The function at equally spaced points of a product of circles; half of them are conjugates of the others."""
    circles = [
        [radius * acb.exp_pi_i(acb(2 * k) / count) for k in range(count)]
        for radius, count in zip(radii, counts, strict=True)
    ]
    values: Torus = {}
    for place in product(*map(range, counts)):
        mirrored = tuple(-k % count for k, count in zip(place, counts, strict=True))
        if mirrored in values:
            values[place] = values[mirrored].conjugate()
        else:
            values[place] = f(*[circle[k] for circle, k in zip(circles, place, strict=True)])
    return values


def _mean(values: Torus, powers: Sequence[int], counts: Sequence[int]) -> arb:
    """The mean of the values times the roots of unity to minus the powers, a real number."""
    total = acb(0)
    for place, value in values.items():
        angle = sum(acb(2 * power * k) / count for power, k, count in zip(powers, place, counts, strict=True))
        total += value * acb.exp_pi_i(-angle)
    return total.real / prod(counts)


def _disk(f: Function, dimension: int, steepness: int) -> tuple[int, arb | None]:
    """The exponent of a radius of disks on which the function is bounded, and a bound."""
    with _precision(64):
        for exponent in (steepness + each for each in RADII):
            side = arb(0, arb(2) ** (-exponent))
            value = f(*[acb(side, side)] * dimension)
            if value.is_finite():
                return exponent, abs(value).upper()
    return steepness + RADII[3], None


def _guess(f: Function, exponent: int, dimension: int) -> arb:
    """A size of the function near 0 where no bound is proved: of its values on circles, with room to spare."""
    values = _torus(f, [arb(2) ** (-exponent)] * dimension, [5] * dimension).values()
    if not all(value.is_finite() for value in values):
        raise UnsureError
    return arb(max(float(abs(value).upper()) for value in values)) * 16


def _value(coefficients: Sequence[arb], t: acb) -> acb:
    """A polynomial at t."""
    total = acb(coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = total * t + coefficient
    return total
