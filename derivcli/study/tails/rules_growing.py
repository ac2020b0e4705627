"""The rules of values of the gamma function and its family, which have poles, and of functions that grow to a limit."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from math import factorial, perm
from typing import Any

from flint import arb, fmpq

from derivcli.engines.balls.errors import UnsureError
from derivcli.engines.balls.germs.germ import NoGermError
from derivcli.engines.balls.integers import only_whole
from derivcli.study.tails.calculus import Calculus, Value
from derivcli.study.tails.regular import Rule, at_whole, pi_times, regular

MAX_POLE_STEPS = 60
"""A pole further to the left takes too many steps."""


def _by_decay(name: str, formula: Callable[[Calculus, Value, int], Value]) -> Rule:
    """A function that at infinity is a formula in exp(-|x|) and the sign of x."""

    def rule(run: Calculus, x: Value) -> Value:
        if not run.is_large(x):
            return regular(run, name, x)
        sign = run.sign(x)
        return formula(run, run.exp(run.scaled(x, -sign)), sign)

    return rule


def _tanh(run: Calculus, decay: Value, sign: int) -> Value:
    square = run.power(decay, fmpq(2))
    one = run.number(1)
    return run.scaled(run.quotient(run.difference(one, square), run.sum(one, square)), sign)


def _sigmoid(run: Calculus, decay: Value, sign: int) -> Value:
    one = run.number(1)
    return run.quotient(one if sign > 0 else decay, run.sum(one, decay))


def _mean(run: Calculus, decay: Value, sign: int) -> Value:
    """Half of exp(x) plus `sign` exp(-x)."""
    return run.scaled(run.sum(run.power(decay, fmpq(-1)), run.scaled(decay, sign)), fmpq(1, 2))


def _sech(run: Calculus, decay: Value, sign: int) -> Value:
    return run.quotient(run.scaled(decay, 2), run.sum(run.number(1), run.power(decay, fmpq(2))))


def _expm1(run: Calculus, decay: Value, sign: int) -> Value:
    return run.difference(run.power(decay, fmpq(-1)) if sign > 0 else decay, run.number(1))


def _loggamma(run: Calculus, x: Value) -> Value:
    """At infinity by Stirling's series, whose remainder lies between 0 and its next term (DLMF 5.11.10)."""
    if not run.is_large(x):
        gamma = _gamma(run, x)
        return run.log(gamma if run.sign(gamma) > 0 else run.scaled(gamma, -1))
    if run.sign(x) < 0:
        raise UnsureError
    main = run.product(run.difference(x, run.number(fmpq(1, 2))), run.log(x))
    constant = run.scaled(run.log(pi_times(run, fmpq(2))), fmpq(1, 2))
    return run.sum(main, run.scaled(x, -1), constant, _enveloped(run, x))


BINET = tuple(fmpq(*each) for each in ((1, 12), (-1, 360), (1, 1260), (-1, 1680), (1, 1188)))
"""B_2k/(2k (2k-1)): log(gamma(x)) less its main part is the sum of these over x^(2k-1)."""


def _enveloped(run: Calculus, x: Value, order: int = 0) -> Value:
    """The derivative of an order of Binet's sum; it and its derivatives lie between sums that end one term apart."""
    inverse = run.power(x, fmpq(-1)).jet[0]
    slopes = []
    for k in range(order, order + run.order + 1):
        series = [arb(0)] * (2 * len(BINET) + k)
        for n, each in enumerate(BINET):
            power = 2 * n + 1
            series[power + k] = arb(each) * perm(power + k - 1, k) * (-1) ** k / factorial(k - order)
        series[-1] = arb(0).union(series[-1])
        slopes.append(run.models.composed(series, inverse))
    return Value(run.chained(slopes, x), _no_germ)


def _no_germ() -> Any:
    raise NoGermError


def _erfc(run: Calculus, x: Value) -> Value:
    """At infinity exp(-x^2)/(x sqrt(pi)) times an alternating series, which lies between its sums (DLMF 7.12.1)."""
    if not run.is_large(x):
        return regular(run, "erfc", x)
    if run.sign(x) < 0:
        return run.difference(run.number(2), _erfc(run, run.scaled(x, -1)))
    factor = run.scaled(run.power(pi_times(run, fmpq(1)), fmpq(-1, 2)), -2)
    slope = run.product(factor, run.exp(run.scaled(run.power(x, fmpq(2)), -1))).jet[0]
    inverse = run.power(x, fmpq(-1)).jet[0]
    series = [arb(0)]
    for n in range(4):
        series += [arb(fmpq((-1) ** (n + 1) * ODD_FACTORIALS[n], 2 ** (n + 1))), arb(0)]
    series[-2] = arb(0).union(series[-2])
    main = run.models.product(slope, run.models.composed(series[:-1], inverse))
    steep = run.models.scaled(run.models.product(slope, x.jet[0]), -1)
    return Value(run.chained([main, slope, steep][: run.order + 1], x), _no_germ)


ODD_FACTORIALS = (1, 1, 3, 15)
"""1, 1, 1*3, 1*3*5: erfc(x) is its slope times the sum over n of (-1)^(n+1) (2n-1)!!/(2^(n+1) x^(2n+1))."""


def _erf(run: Calculus, x: Value) -> Value:
    return run.difference(run.number(1), _erfc(run, x)) if run.is_large(x) else regular(run, "erf", x)


def _pole(run: Calculus, x: Value) -> tuple[Value, int | None]:
    """A value, and how far below 1 it tends to one of 0, -1, -2, ..."""
    x = at_whole(run, x)
    growth, center, _ = run.split(x)
    whole = only_whole(center) if not growth.terms and center.is_exact() else None
    return x, 1 - whole if whole is not None and -MAX_POLE_STEPS < whole <= 0 else None


def _stepped(run: Calculus, x: Value, steps: int) -> list[Value]:
    """x, x+1, ..., x+steps."""
    return [run.sum(x, run.number(n)) if n else x for n in range(steps + 1)]


def _gamma(run: Calculus, x: Value) -> Value:
    """At its poles by gamma(x) = gamma(x+n)/(x (x+1) ... (x+n-1)), at infinity by its logarithm."""
    if run.is_large(x):
        return run.exp(_loggamma(run, x))
    x, steps = _pole(run, x)
    if steps is None:
        return regular(run, "gamma", x)
    *below, above = _stepped(run, x, steps)
    return run.quotient(regular(run, "gamma", above), reduce(run.product, below))


def _polygamma(run: Calculus, n: Value, x: Value) -> Value:
    """At its poles by psi_n(x) = psi_n(x+k) - (-1)^n n! (x^(-n-1) + ... + (x+k-1)^(-n-1))."""
    order = run.rational(n)
    if run.is_large(x) and run.sign(x) > 0 and order is not None:
        return _polygamma_far(run, int(order.p), x)
    x, steps = _pole(run, x)
    if steps is None or order is None:
        return regular(run, "polygamma", n, x)
    *below, above = _stepped(run, x, steps)
    factor = fmpq(-1 if order.p % 2 == 0 else 1) * factorial(int(order.p))
    poles = [run.scaled(run.power(each, -order - 1), factor) for each in below]
    return run.sum(regular(run, "polygamma", n, above), *poles)


def _polygamma_far(run: Calculus, n: int, x: Value) -> Value:
    """The derivative of order n + 1 of Stirling's series."""
    inverse = run.power(x, fmpq(-1))
    half = run.scaled(run.power(x, fmpq(-n - 1)), fmpq((-1) ** (n + 1) * factorial(n), 2))
    sign = (-1) ** (n + 1)
    first = run.log(x) if n == 0 else run.scaled(run.power(inverse, fmpq(n)), sign * factorial(n - 1))
    return run.sum(first, half, _enveloped(run, x, n + 1))


def _ei(run: Calculus, x: Value) -> Value:
    """At 0 log|x| + gamma + h(x) with |h(x)| < exp(|x|) - 1 (DLMF 6.6.2), and its slope exp(x)/x."""
    if run.is_large(x) or not run.split(x)[1].contains(0):
        return regular(run, "Ei", x)
    sign = run.sign(x)
    rest = arb(0, run.models.values(x.jet[0]).abs_upper().expm1().upper()) + arb.const_euler()
    value = run.models.sum([run.log(run.scaled(x, sign)).jet[0], run.models.bounded(0, rest)])
    growth, inverse = run.exp(x), run.power(x, fmpq(-1))
    slope = run.product(growth, inverse)
    steep = run.scaled(run.product(slope, run.difference(run.number(1), inverse)), fmpq(1, 2))
    return Value(run.chained([value, slope.jet[0], steep.jet[0]], x), _no_germ)


GROWING: dict[str, Rule] = {
    "tanh": _by_decay("tanh", _tanh),
    "sigmoid": _by_decay("sigmoid", _sigmoid),
    "sinh": _by_decay("sinh", lambda run, decay, sign: run.scaled(_mean(run, decay, -1), sign)),
    "cosh": _by_decay("cosh", lambda run, decay, sign: _mean(run, decay, 1)),
    "sech": _by_decay("sech", _sech),
    "expm1": _by_decay("expm1", _expm1),
    "Ei": _ei,
    "erf": _erf,
    "erfc": _erfc,
    "gamma": _gamma,
    "loggamma": _loggamma,
    "polygamma": _polygamma,
}
"""The rules of functions that have poles, or that tend to a number or to infinity as exponentials do."""
