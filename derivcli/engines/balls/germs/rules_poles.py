"""The rules of germs of the gamma function and its family, which have poles at 0, -1, -2, ..."""

from __future__ import annotations

from functools import reduce
from math import factorial

from flint import fmpq

from derivcli.engines.balls.germs.approach import Approach, GermRule
from derivcli.engines.balls.germs.germ import CONSTANT_TERM, Germ

MAX_POLE_STEPS = 60
"""A pole further to the left takes too many steps."""


def _pole(run: Approach, x: Germ) -> int | None:
    """How far below 1 a germ's constant is one of 0, -1, -2, ..."""
    constant = run.germs.split(x)[1].rational
    is_pole = constant is not None and constant.q == 1 and -MAX_POLE_STEPS < constant <= 0
    return int(-constant.p) + 1 if is_pole and constant is not None else None


def _stepped(run: Approach, x: Germ, steps: int) -> list[Germ]:
    """x, x+1, ..., x+steps."""
    return [run.germs.sum([x, run.germs.number(n)]) for n in range(steps + 1)]


def _gamma(run: Approach, x: Germ) -> Germ:
    """At its poles by gamma(x) = gamma(x+n)/(x (x+1) ... (x+n-1))."""
    steps = _pole(run, x)
    if steps is None:
        return run.regular("gamma", x)
    *below, above = _stepped(run, x, steps)
    return run.germs.quotient(run.regular("gamma", above), reduce(run.germs.product, below))


def _loggamma(run: Approach, x: Germ) -> Germ:
    if _pole(run, x) is None:
        return run.regular("loggamma", x)
    gamma = _gamma(run, x)
    return run.germs.log(gamma if run.sign(gamma) > 0 else run.germs.negative(gamma))


def _reciprocal_gamma(run: Approach, x: Germ) -> Germ:
    """1/gamma(x), which is 0 at the poles."""
    steps = _pole(run, x)
    if steps is None:
        return run.germs.reciprocal(run.regular("gamma", x))
    *below, above = _stepped(run, x, steps)
    return run.germs.quotient(reduce(run.germs.product, below), run.regular("gamma", above))


def _beta(run: Approach, a: Germ, b: Germ) -> Germ:
    both = run.germs.product(_gamma(run, a), _gamma(run, b))
    return run.germs.product(both, _reciprocal_gamma(run, run.germs.sum([a, b])))


def _polygamma(run: Approach, n: Germ, x: Germ) -> Germ:
    """At its poles by psi_n(x) = psi_n(x+k) - (-1)^n n! (x^(-n-1) + ... + (x+k-1)^(-n-1))."""
    steps = _pole(run, x)
    if steps is None:
        return run.regular("polygamma", n, x)
    order = n.terms[CONSTANT_TERM].rational if n.terms else fmpq(0)
    assert order is not None, "the order is a whole number"
    *below, above = _stepped(run, x, steps)
    factor = fmpq(-1 if order.p % 2 == 0 else 1) * factorial(int(order.p))
    poles = [run.germs.scaled(run.germs.power(each, -order - 1), factor) for each in below]
    return run.germs.sum([run.regular("polygamma", n, above), *poles])


POLES: dict[str, GermRule] = {"gamma": _gamma, "loggamma": _loggamma, "beta": _beta, "polygamma": _polygamma}
