"""The ball rules of the gamma function and its family, and what rules of special functions share."""

from __future__ import annotations

from typing import Any

from flint import acb, arb, arb_series, fmpq

from derivcli.engines.balls import bounds
from derivcli.engines.balls.cauchy import UNDEFINED, Bound, ComplexFunction, analytic, real_value
from derivcli.engines.balls.errors import UnsureError
from derivcli.engines.balls.integers import only_whole
from derivcli.engines.balls.rule import BallSeries, floor_of, no_value, plain
from derivcli.engines.balls.run import Number, Run
from derivcli.engines.balls.tape import TapeNode

MIN_POLYGAMMA_ARGUMENT = -(10**6)
"""From here to the left FLINT's polygamma takes too many steps."""

MAX_POLYGAMMA_ORDER = 100
"""Of higher orders the reflection formula has too many terms."""

MAX_FACTORS = 1000
"""Rising factorials of more factors are quotients of gamma functions."""

MIN_ZETA_REAL, MAX_ZETA_REAL, MAX_ZETA_IMAGINARY = -100, 2**40, 1000
"""The part of the plane where FLINT sums the zeta function in little time."""

MAX_ZETA_SHIFT, MIN_ZETA_BITS = 2**20, 20
"""From a second argument of such a size on the first is known to so many bits."""


def last_positive(*arguments: acb) -> list[acb]:
    """The domain of functions whose last argument has to be positive."""
    return [arguments[-1]]


def at_zero(function: ComplexFunction, node: TapeNode, numbers: list[Number]) -> BallSeries:
    """The value g(order, 0) of a function that has no series there."""
    for number in numbers[-2:]:
        number.touch()
    try:
        return arb_series([real_value(function(acb(numbers[-2].ball), acb(0)))])
    except UnsureError:
        raise no_value(node, *numbers) from None


def whole_value(number: Number) -> int | None:
    """The value of a constant whole number, else None."""
    exact = None if number.varies else number.exact
    return int(exact.p) if exact is not None and exact.q == 1 else None


def cut_at_zero(
    function: ComplexFunction, bound: Bound | None = None, entire_for_whole: bool = False, pole: bool = False
) -> Any:
    """A function g(order, x) with a cut along x < 0, and perhaps a pole at 0.

    At 0 it may have a value and no series. If it is `entire_for_whole` orders, it has no cut there.
    """
    off_the_cut, everywhere = analytic(function, last_positive, bound=bound), analytic(function)

    def rule(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
        if entire_for_whole and whole_value(numbers[-2]) is not None:
            return everywhere(run, node, numbers)
        sign = numbers[-1].sign()
        if sign < 0 or (sign == 0 and pole):
            raise no_value(node, *numbers)
        if sign == 0:
            return at_zero(function, node, numbers)
        return off_the_cut(run, node, numbers)

    return rule


def _is_pole(run: Run, x: Number) -> bool:
    """Whether a number is one of 0, -1, -2, ..."""
    return not x.ball > 0 and floor_of(run, x.ball, x.exact)[1]


def not_at_poles(rule: Any, place: int = -1) -> Any:
    """A rule of which one operand, the last if nothing else is said, has poles at 0, -1, -2, ..."""

    def guarded(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
        if _is_pole(run, numbers[place]):
            raise no_value(node, *numbers)
        return rule(run, node, numbers)

    return guarded


def _loggamma(x: BallSeries) -> BallSeries:
    """log|gamma(x)|, left of 0 by the reflection formula."""
    if x[0] > 0:
        return x.lgamma()
    sine = x.sin_pi()
    return (arb.pi() / (sine if sine[0] > 0 else -sine)).log() - (1 - x).lgamma()


def _polygamma(n: acb, x: acb) -> acb:
    """Far to the left by the reflection formula: FLINT's polygamma takes a step for each pole."""
    if n == 0:
        return x.digamma()
    if x.real > MIN_POLYGAMMA_ARGUMENT:
        return x.polygamma(n)
    order = only_whole(n.real)
    if order is None or order > MAX_POLYGAMMA_ORDER:
        return UNDEFINED
    reflected = (1 - x).polygamma(n)
    return (-reflected if order % 2 else reflected) - _cot_derivative(order, x)


def _cot_derivative(order: int, x: acb) -> acb:
    """The n-th derivative of pi cot(pi x), a polynomial in cot, whose derivative is -(1 + cot**2)."""
    coefficients = [0, 1]
    for _ in range(order):
        slopes = [k * each for k, each in enumerate(coefficients)][1:]
        coefficients = [0] * (len(slopes) + 2)
        for k, slope in enumerate(slopes):
            coefficients[k] -= slope
            coefficients[k + 2] -= slope
    cot, total = x.cot_pi(), acb(0)
    for each in reversed(coefficients):
        total = total * cot + each
    return total * acb.pi() ** (order + 1)


def _beta(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    a, b = numbers
    if any(_is_pole(run, number) for number in numbers):
        raise no_value(node, *numbers)
    return a.series.gamma() * b.series.gamma() * (a.series + b.series).rgamma()


def _binomial(n: acb, k: acb) -> acb:
    return _rising(n - k + 1, k) * (k + 1).rgamma()


def _rising(x: acb, k: acb) -> acb:
    """Gamma(x+k)/Gamma(x), by the reflection formula where both have poles."""
    whole = only_whole(k.real) if k.imag.is_zero() and k.is_exact() else None
    if whole is not None and 0 <= whole <= MAX_FACTORS:
        product = acb(1)
        for step in range(whole):
            product *= x + step
        return product
    return (x + k).gamma() * x.rgamma()


def _is_below_one(exact: fmpq | None) -> bool:
    """Whether a number is known to be one of 0, -1, -2, ..., where the gamma function has poles."""
    return exact is not None and exact.q == 1 and exact <= 0


def _rising_rule(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    """Where gamma(x) has a pole, it is 0 but for whole k. Where gamma(x + k) alone has one, it has no value."""
    x, k = numbers
    end = None if x.exact is None or k.exact is None else x.exact + k.exact
    if _is_below_one(end) and not _is_below_one(x.exact):
        raise no_value(node, *numbers)
    if _is_below_one(x.exact):
        k.touch()
    return analytic(_rising)(run, node, numbers)


def _binomial_rule(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    """Where gamma(n + 1) has a pole, the function exists for whole k alone."""
    n, k = numbers
    if n.exact is not None and _is_below_one(n.exact + 1):
        if k.exact is None or k.exact.q != 1:
            raise no_value(node, *numbers)
        n.touch() if k.exact < 0 else k.touch()
    return analytic(_binomial)(run, node, numbers)


def _lower(s: acb, x: acb) -> acb:
    value = x.gamma_lower(s)
    return value if value.is_finite() else s.gamma() - x.gamma_upper(s)


def _upper(s: acb, x: acb) -> acb:
    return x.gamma_upper(s)


def _lower_regularized(a: acb, x: acb) -> acb:
    value = x.gamma_lower(a, regularized=1)
    return value if value.is_finite() else 1 - x.gamma_upper(a, regularized=1)


def _upper_regularized(a: acb, x: acb) -> acb:
    return x.gamma_upper(a, regularized=1)


def _zeta(s: acb, a: acb) -> acb:
    """Nothing is said where FLINT's sum would take minutes, in which no clock stops it."""
    if not (MIN_ZETA_REAL < s.real < MAX_ZETA_REAL and abs(s.imag) < MAX_ZETA_IMAGINARY):
        return UNDEFINED
    is_narrow = s.is_exact() or s.rel_accuracy_bits() > MIN_ZETA_BITS
    return s.zeta(a) if is_narrow or abs(a) < MAX_ZETA_SHIFT else UNDEFINED


def _is_one(s: Number, a: Number) -> bool:
    """Whether zeta has its pole there."""
    return s.minus(1) == 0


GAMMA: dict[str, Any] = {
    "gamma": not_at_poles(plain(arb_series.gamma)),
    "loggamma": not_at_poles(plain(_loggamma)),
    "polygamma": not_at_poles(analytic(_polygamma)),
    "beta": _beta,
    "lowergamma": not_at_poles(cut_at_zero(_lower), place=0),
    "uppergamma": cut_at_zero(_upper, bounds.upper_gamma),
    "gammainc": cut_at_zero(_lower_regularized, bounds.lower_gamma_regularized),
    "gammaincc": cut_at_zero(_upper_regularized, bounds.upper_gamma_regularized),
    "lowergamma_s": not_at_poles(analytic(_lower, last_positive, by=(0,)), place=1),
    "uppergamma_s": analytic(_upper, last_positive, bound=bounds.upper_gamma, by=(0,)),
    "gammainc_a": analytic(_lower_regularized, last_positive, bound=bounds.lower_gamma_regularized, by=(0,)),
    "zeta": analytic(_zeta, last_positive, pole=_is_one),
    "zeta_s": analytic(_zeta, last_positive, pole=_is_one, by=(0,)),
    "binomial": _binomial_rule,
    "binomial_nk": analytic(_binomial, by=(0, 1)),
    "rf": _rising_rule,
    "rf_xk": analytic(_rising, by=(0, 1)),
}
