"""Numbers beside poles and edges, and their truth by series about the pole: mpmath's values on a circle around it.

About a pole p a function is a sum of terms c d^a and c d^a log|d| with d = x - p. The coefficients come once for each
function from its values in 60 digits far from the pole, and such a sum and its derivatives lose no digits however
small d is.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
from mpmath import mp, mpf

DIGITS = 60
TERMS = 40
CIRCLE = 80
"""Points on the circle, so many that those coefficients which they take for others are smaller than `SMALLEST`."""
SMALLEST = mpf(10) ** (20 - DIGITS)
"""Coefficients that are smaller are 0."""

Function = Callable[[Any], Any]
Term = tuple[Any, int, Any]
"""An exponent of d, whether log|d| is a factor (0 or 1), and a coefficient."""


@dataclass(frozen=True)
class Pole:
    """A formula in x about a pole or edge at `at`, of order `order`, where it is `f(d)`.

    `f` is free of logarithms and roots: besides it there are `logs(d)*log|d|` and `roots(|d|)*|d|^power`. On one side
    alone it exists where `sides` says so; `within` is the radius of the circle.
    """

    text: str
    at: str = "0"
    order: int = 0
    f: Function = lambda d: mpf(0)
    logs: Function | None = None
    roots: Function | None = None
    power: float = 0.5
    sides: tuple[int, ...] = (1, -1)
    within: float = 0.25

    def __str__(self) -> str:
        return f"{self.text} at {self.at}"


@cache
def coefficients(f: Function, order: int, within: float) -> list[tuple[int, Any]]:
    """Laurent's, by the mean over a circle; no other singularity may be nearer than four times its radius."""
    circle = [mpmath.expjpi(mpf(2 * k) / CIRCLE) for k in range(CIRCLE)]
    cosines, sines = [[part(w) for w in circle] for part in (mpmath.re, mpmath.im)]
    values = [f(within * mpmath.mpc(w)) for w in circle[: CIRCLE // 2 + 1]]
    values = [
        value * (1 if k in (0, CIRCLE // 2) else 2) for k, value in enumerate(values)
    ]  # the others are conjugates
    real, imaginary = [[part(value) for value in values] for part in (mpmath.re, mpmath.im)]
    found = []
    for n in range(-order, TERMS):
        angles = [n * k % CIRCLE for k in range(len(values))]
        total = mpmath.fdot(real, [cosines[k] for k in angles]) + mpmath.fdot(imaginary, [sines[k] for k in angles])
        found.append((n, total / CIRCLE / mpf(within) ** n))
    return found


@cache
def terms(pole: Pole) -> list[Term]:
    """The terms of a formula about its pole."""
    with mp.workdps(DIGITS):
        found: list[Term] = [(n, 0, c) for n, c in coefficients(pole.f, pole.order, pole.within)]
        if pole.logs:
            found += [(n, 1, c) for n, c in coefficients(pole.logs, pole.order, pole.within)]
        if pole.roots:
            found += [(n + mpf(pole.power), 0, c) for n, c in coefficients(pole.roots, pole.order, pole.within)]
        return [term for term in found if abs(term[2]) > SMALLEST]


def derived(sum_: list[Term]) -> list[Term]:
    """The derivative, term by term."""
    found: list[Term] = []
    for power, log, c in sum_:
        found.append((power - 1, log, c * power))
        if log:
            found.append((power - 1, 0, c))
    return found


def truth(pole: Pole, distance: Fraction, order: int) -> Any:
    """The derivative at a distance from the pole."""
    sum_ = terms(pole)
    for _ in range(order):
        sum_ = derived(sum_)
    with mp.workdps(DIGITS):
        d = mpf(distance.numerator) / distance.denominator
        size = abs(d)
        logarithm = mpmath.log(size)
        sign = 1 if d > 0 else -1
        flips = [sign ** (int(power) if power == int(power) else order) for power, _, _ in sum_]  # roots are of |d|
        return mpmath.fsum(
            flip * c * size**power * (logarithm if log else 1)
            for flip, (power, log, c) in zip(flips, sum_, strict=True)
            if c
        )


def gamma_at(p: int) -> Function:
    return lambda d: mpmath.gamma(p + d)


def bessel_i_part(order: Any) -> Function:
    """I of a fractional order over x^order."""

    def part(d: Any) -> Any:
        terms = [mpmath.rgamma(1 + order) / mpf(2) ** order]
        for k in range(1, 40):
            terms.append(terms[-1] * (d / 2) ** 2 / (k * (k + order)))
        return mpmath.fsum(terms)

    return part


def exponential_part(d: Any) -> Any:
    """The sum of d^k/(k k!) for k = 1, 2, ..."""
    powers = [d]
    for k in range(2, 60):
        powers.append(powers[-1] * d / k)
    return mpmath.fsum(power / k for k, power in enumerate(powers, start=1))


def constant(value: Any) -> Function:
    return lambda d: value + 0 * d


def half(x: Any) -> Any:
    return mpf(x) / 2


def _analytic_log_gamma(p: int, sign: int) -> Function:
    """log|gamma| without its logarithm, at a pole where gamma has the sign on the right."""
    return lambda d: mpmath.log(sign * mpmath.gamma(p + d) * d)


def _family(text: str, at: str, order: int, f: Function, **more: Any) -> list[Pole]:
    """A formula at its pole as typed, and moved to 0."""
    shift = f"(x+{at})" if not at.startswith("-") else f"(x{at})"
    moved = text.replace("X", shift)
    both = [Pole(text.replace("X", "x"), at, order, f, **more)]
    return both if at == "0" else [*both, Pole(moved, "0", order, f, **more)]


POLES: list[Pole] = [
    *_family("gamma(X)", "0", 1, gamma_at(0)),
    *_family("gamma(X)", "-3", 1, gamma_at(-3)),
    *_family("gamma(X)", "-20", 1, gamma_at(-20)),
    *_family("factorial(X)", "-1", 1, gamma_at(0)),
    *_family("loggamma(X)", "0", 0, _analytic_log_gamma(0, 1), logs=constant(-1)),
    *_family("loggamma(X)", "-3", 0, _analytic_log_gamma(-3, -1), logs=constant(-1)),
    *_family("digamma(X)", "0", 1, mpmath.digamma),
    *_family("digamma(X)", "-3", 1, lambda d: mpmath.digamma(d - 3)),
    *_family("trigamma(X)", "0", 2, lambda d: mpmath.psi(1, d)),
    *_family("trigamma(X)", "-7", 2, lambda d: mpmath.psi(1, d - 7)),
    *_family("polygamma(2,X)", "-1", 3, lambda d: mpmath.psi(2, d - 1)),
    *_family("polygamma(5,X)", "0", 6, lambda d: mpmath.psi(5, d)),
    *_family("zeta(X)", "1", 1, lambda d: mpmath.zeta(1 + d)),
    *_family("zeta(X,0.25)", "1", 1, lambda d: mpmath.zeta(1 + d, mpf(1) / 4)),
    *_family("zeta(X)*(X-1)^2", "1", 0, lambda d: mpmath.zeta(1 + d) * d**2),
    *_family("beta(X,0.5)", "-2", 1, lambda d: mpmath.beta(d - 2, half(1))),
    *_family("beta(0.25,X)", "0", 1, lambda d: mpmath.beta(d, mpf(1) / 4)),
    *_family("binomial(X,0.5)", "-1", 1, lambda d: mpmath.gamma(d) / mpmath.gamma(d - half(1)) / mpmath.gamma(half(3))),
    *_family(
        "binomial(X,0.5)", "-4", 1, lambda d: mpmath.gamma(d - 3) / mpmath.gamma(d - half(7)) / mpmath.gamma(half(3))
    ),
    *_family("rf(X,0.5)", "-0.5", 1, lambda d: mpmath.gamma(d) / mpmath.gamma(d - half(1))),
    *_family("rf(X,0.5)", "-2.5", 1, lambda d: mpmath.gamma(d - 2) / mpmath.gamma(d - half(5))),
    *_family("rf(0.5,X)", "-0.5", 1, lambda d: mpmath.gamma(d) / mpmath.gamma(half(1))),
    *_family("ff(X,0.5)", "-1", 1, lambda d: mpmath.gamma(d) / mpmath.gamma(d - half(1))),
    *_family("lowergamma(X,2)", "0", 1, lambda d: mpmath.gammainc(d, 0, 2)),
    *_family("lowergamma(X,3)", "-3", 1, lambda d: mpmath.gammainc(d - 3, 0, 3)),
    *_family("lowergamma(X,2)*X^2", "0", 0, lambda d: mpmath.gammainc(d, 0, 2) * d**2),
    *_family("uppergamma(X,2)", "-2", 0, lambda d: mpmath.gammainc(d - 2, 2)),
    *_family("gammainc(X,2)", "-1", 0, lambda d: 1 - mpmath.gammainc(d - 1, 2) * mpmath.rgamma(d - 1)),
    *_family("gammaincc(X,2)", "0", 0, lambda d: mpmath.gammainc(d, 2) * mpmath.rgamma(d)),
    *_family("digamma(X)*X^2", "0", 0, lambda d: mpmath.digamma(d) * d**2),
    *_family("gamma(X)-1/X", "0", 0, lambda d: mpmath.gamma(d) - 1 / d),
    *_family("gamma(X)*X", "0", 0, lambda d: mpmath.gamma(d) * d),
    *_family("1/X", "0", 1, lambda d: 1 / d),
    *_family("1/(X-1)^2", "1", 2, lambda d: d**-2),
    *_family("X^-3", "0", 3, lambda d: d**-3),
    *_family("exp(X)/X^2", "0", 2, lambda d: mpmath.exp(d) / d**2),
    *_family("1/(X*(X-1))", "1", 1, lambda d: 1 / (d * (d + 1))),
    *_family("X^-1.5", "0", 0, roots=constant(1), f=constant(0), power=-1.5, sides=(1,)),
    *_family("csc(X)", "0", 1, mpmath.csc),
    *_family("cot(X)", "0", 1, mpmath.cot),
    *_family("csch(X)", "0", 1, mpmath.csch),
    *_family("coth(X)", "0", 1, mpmath.coth),
    *_family("coth(X)-1/X", "0", 0, lambda d: mpmath.coth(d) - 1 / d),
    *_family("1/sin(X)-1/X", "0", 0, lambda d: mpmath.csc(d) - 1 / d),
    Pole("tan(x+pi/2)", "0", 1, lambda d: -mpmath.cot(d)),
    Pole("sec(x-pi/2)", "0", 1, mpmath.csc),
    Pole("cot(x+pi)", "0", 1, mpmath.cot),
    Pole("csc(x-3*pi)", "0", 1, lambda d: -mpmath.csc(d)),
    *_family("atanh(X)", "-1", 0, lambda d: -mpmath.log(2 - d) / 2, logs=constant(half(1)), sides=(1,)),
    *_family("atanh(X)", "1", 0, lambda d: mpmath.log(2 + d) / 2, logs=constant(-half(1)), sides=(-1,)),
    *_family("acoth(X)", "1", 0, lambda d: mpmath.log(2 + d) / 2, logs=constant(-half(1)), sides=(1,)),
    *_family("acoth(X)", "-1", 0, lambda d: -mpmath.log(2 - d) / 2, logs=constant(half(1)), sides=(-1,)),
    *_family("logit(X)", "0", 0, lambda d: -mpmath.log(1 - d), logs=constant(1), sides=(1,)),
    *_family("logit(X)", "1", 0, lambda d: mpmath.log(1 + d), logs=constant(-1), sides=(-1,)),
    *_family("log(X)", "0", 0, constant(0), logs=constant(1), sides=(1,)),
    *_family("log1p(X)", "-1", 0, constant(0), logs=constant(1), sides=(1,)),
    *_family("asech(X)", "0", 0, lambda d: mpmath.log(1 + mpmath.sqrt(1 - d * d)), logs=constant(-1), sides=(1,)),
    *_family("acsch(X)", "0", 0, lambda d: mpmath.log(1 + mpmath.sqrt(1 + d * d)), logs=constant(-1), sides=(1,)),
    *_family(
        "asin(X)",
        "1",
        0,
        lambda d: mpmath.pi / 2 + 0 * d,
        sides=(-1,),
        power=0.5,
        roots=lambda d: -2 * mpmath.asin(mpmath.sqrt(d / 2)) / mpmath.sqrt(d),
    ),
    *_family(
        "acosh(X)",
        "1",
        0,
        constant(0),
        sides=(1,),
        power=0.5,
        roots=lambda d: 2 * mpmath.asinh(mpmath.sqrt(d / 2)) / mpmath.sqrt(d),
    ),
    *_family("sqrt(X)", "0", 0, constant(0), sides=(1,), power=0.5, roots=constant(1)),
    *_family("Ei(X)", "0", 0, lambda d: mpmath.euler + exponential_part(d), logs=constant(1)),
    *_family("E1(X)", "0", 0, lambda d: -mpmath.euler - exponential_part(-d), logs=constant(-1), sides=(1,)),
    *_family(
        "expint(3,X)",
        "0",
        0,
        lambda d: mpmath.expint(3, d) + d**2 / 2 * mpmath.log(d),
        sides=(1,),
        logs=lambda d: -(d**2) / 2,
    ),
    *_family("expint(-1,X)", "0", 2, lambda d: mpmath.exp(-d) * (d + 1) / d**2),
    *_family("Ci(X)", "0", 0, lambda d: mpmath.ci(d) - mpmath.log(d), logs=constant(1), sides=(1,)),
    *_family("Chi(X)", "0", 0, lambda d: mpmath.chi(d) - mpmath.log(d), logs=constant(1), sides=(1,)),
    *_family(
        "li(X)",
        "1",
        0,
        logs=constant(1),
        f=lambda d: mpmath.euler + mpmath.log(mpmath.log(1 + d) / d) + exponential_part(mpmath.log(1 + d)),
    ),
    *_family(
        "besselk(0,X)",
        "0",
        0,
        lambda d: mpmath.besselk(0, d) + mpmath.log(d) * mpmath.besseli(0, d),
        logs=lambda d: -mpmath.besseli(0, d),
        sides=(1,),
    ),
    *_family(
        "besselk(1,X)",
        "0",
        1,
        lambda d: mpmath.besselk(1, d) - mpmath.log(d) * mpmath.besseli(1, d),
        logs=lambda d: mpmath.besseli(1, d),
        sides=(1,),
    ),
    *_family(
        "kve(2,X)",
        "0",
        2,
        lambda d: mpmath.exp(d) * (mpmath.besselk(2, d) + mpmath.log(d) * mpmath.besseli(2, d)),
        logs=lambda d: -mpmath.exp(d) * mpmath.besseli(2, d),
        sides=(1,),
    ),
    *_family(
        "bessely(0,X)",
        "0",
        0,
        lambda d: mpmath.bessely(0, d) - 2 / mpmath.pi * mpmath.log(d) * mpmath.besselj(0, d),
        logs=lambda d: 2 / mpmath.pi * mpmath.besselj(0, d),
        sides=(1,),
    ),
    *_family(
        "bessely(2,X)",
        "0",
        2,
        lambda d: mpmath.bessely(2, d) - 2 / mpmath.pi * mpmath.log(d) * mpmath.besselj(2, d),
        logs=lambda d: 2 / mpmath.pi * mpmath.besselj(2, d),
        sides=(1,),
    ),
    *_family("besseli(-0.5,X)", "0", 0, constant(0), sides=(1,), power=-0.5, roots=bessel_i_part(-mpf(0.5))),
    *_family("besseli(1.25,X)", "0", 0, constant(0), sides=(1,), power=1.25, roots=bessel_i_part(mpf(1.25))),
    *_family("besselk(X,0.3)", "2", 0, lambda d: mpmath.besselk(2 + d, mpf("0.3"))),
    *_family("bessely(X,2.5)", "-1", 0, lambda d: mpmath.bessely(d - 1, half(5))),
    *_family("besselj(X,2.5)", "-2", 0, lambda d: mpmath.besselj(d - 2, half(5))),
    *_family("expint(X,1.5)", "1", 0, lambda d: mpmath.expint(1 + d, half(3))),
    *_family("yn(0,X)", "0", 1, lambda d: -mpmath.cos(d) / d),
    *_family(
        "elliptic_k(X)",
        "1",
        0,
        lambda d: mpmath.ellipk(1 + d) + mpmath.log(-d) * mpmath.ellipk(-d) / mpmath.pi,
        logs=lambda d: -mpmath.ellipk(-d) / mpmath.pi,
        sides=(-1,),
    ),
    *_family("elliptic_pi(X,0)", "1", 0, constant(0), sides=(-1,), power=-0.5, roots=lambda d: mpmath.pi / 2 + 0 * d),
]
"""Every function of the table that has poles, and some that have edges."""


@dataclass(frozen=True)
class Number:
    """A place beside a pole as it is typed, and its distance."""

    pole: Pole
    typed: str
    distance: Fraction = field(compare=False)


def drawn(pole: Pole, draw: random.Random, nearest: int = 300) -> Number:
    """A place at a distance from 1e-3 to 10^-nearest, each power of ten as likely as any other."""
    size = Fraction(draw.randint(100, 999), 100) / 10 ** draw.randint(4, nearest)
    distance = size * draw.choice(pole.sides)
    with localcontext() as context:
        context.prec = nearest + 30
        typed = Decimal(pole.at) + Decimal(distance.numerator) / Decimal(distance.denominator)
    return Number(pole, format(typed, "f") if pole.at != "0" else str(typed).replace("E", "e"), distance)


def places(seed: int, each: int, nearest: int = 300) -> Iterator[tuple[Pole, list[Number]]]:
    """So many places beside each pole."""
    draw = random.Random(seed)
    for pole in POLES:
        yield pole, [drawn(pole, draw, nearest) for _ in range(each)]
