"""The ball rule of integrals: FLINT's rigorous quadrature, and series in h by Leibniz's rule.

Of F(h), the integral of g(t, v(h)) from a(h) to b(h), the series is

    for fixed v:             the value, and the integral of g(b(h)) b'(h) - g(a(h)) a'(h) over h
    for fixed bounds:        coefficient by coefficient the integral of those of g(t, v(h)) over t
    up to the first order:   the value, and g(b) b' - g(a) a' + the integral of the first coefficient
    for all others:          like fixed bounds, over s from 0 to 1 at t = a(h) + (b(h) - a(h)) s

At the bounds g is evaluated as any formula is, so that a kink or a jump there is found; a series in t and h alike.
(Johansson, "Numerical integration in arbitrary-precision ball arithmetic", 2018.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flint import acb, acb_series, arb, arb_series, ctx, fmpq

from derivcli.engines.balls.complex_rules import integrand_values
from derivcli.engines.balls.coordinates import Coordinate
from derivcli.engines.balls.errors import NoEnclosureError, UnsureError
from derivcli.engines.balls.run import Number, Run
from derivcli.engines.balls.tape import Tape, TapeNode
from derivcli.engines.time_limit import held

MAX_EVALUATIONS = 3_000
"""Balls at which an integrand is evaluated at most."""

SAMPLES = 64
"""Places at which the size of an integrand is looked at, to tell how far rounding may move its integral."""

NOTHING = acb("nan")


def integral_rule(evaluate: Callable[[Run, dict[str, Coordinate]], list[arb]]) -> Any:
    """The rule, by what evaluates the integrand at its bounds."""

    def rule(run: Run, node: TapeNode, numbers: list[Number]) -> arb_series:
        found = _Integral(run, node.data, numbers, evaluate).series()
        ctx.prec, ctx.cap = run.precision, run.order + 1
        return arb_series(found)

    return rule


class _Integral:
    """An integral in a run, its bounds and its parameters being series."""

    def __init__(self, run: Run, tape: Tape, numbers: list[Number], evaluate: Any) -> None:
        self.run = run
        self.tape = tape
        self.lower, self.upper, *self.parameters = numbers
        self.evaluate = evaluate
        self.constants = Run(tape, at={})

    def exact(self, number: int) -> fmpq | None:
        """The value of a node of the integrand that is a rational constant."""
        return None if self.tape.nodes[number].varies else self.constants.exact(number)

    def series(self) -> list[arb]:
        """The coefficients."""
        order = self.run.order
        bounds_move = order > 0 and (self.lower.varies or self.upper.varies)
        others_move = order > 0 and any(number.varies for number in self.parameters)
        if bounds_move and others_move and order > 1:
            return self.over_unit_interval(order)
        found = self.over_fixed_bounds(order if others_move else 0)
        found += [arb(0)] * (order + 1 - len(found))
        if bounds_move:
            for end, sign in ((self.upper, 1), (self.lower, -1)):
                if end.varies:
                    found = [one + sign * other for one, other in zip(found, self.moved(end), strict=True)]
        return found

    def moved(self, end: Number) -> list[arb]:
        """What a bound that moves adds: the integral of g(b(h)) b'(h) over h. For fixed v, or to the first order."""
        order = self.run.order
        heights = arb_series(self.at_end(end, max(1, order - 1)))
        ctx.cap = order + 1
        steps = arb_series([n * end.series[n] for n in range(1, order + 1)])
        product = heights * steps
        return [arb(0), *(product[n - 1] / n for n in range(1, order + 1))]

    def at_end(self, end: Number, order: int) -> list[arb]:
        """The integrand's series at a bound, found as that of any formula."""
        path, at = {}, {}
        for name, number in zip(self.tape.variables, (end, *self.parameters), strict=True):
            exact = number.exact if self.run.rounding is None else None
            at[name] = number.ball if exact is None else exact
            if number.varies:
                path[name] = [number.series[n] for n in range(1, min(order, self.run.order) + 1)]
        inner = replace(
            self.run, tape=self.tape, path=path, order=order, fixed={}, values={}, known={}, answers=[], asked=0,
            following=None, constants=None, rigorous=True, irrational=False,
        )  # fmt: skip
        found: list[arb] = self.evaluate(inner, at)
        self.run.rigorous = self.run.rigorous and inner.rigorous
        self.run.irrational = self.run.irrational or inner.irrational
        ctx.prec, ctx.cap = self.run.precision, self.run.order + 1
        return found

    def over_fixed_bounds(self, order: int) -> list[arb]:
        """The coefficients of the integral between the bounds at h = 0."""
        parameters = [self.complex_series(number, order) for number in self.parameters]

        def heights(t: acb, analytic: bool) -> list[acb] | None:
            inputs = [acb_series([t]), *parameters]
            return integrand_values(self.tape, self.exact, inputs, order, analytic)

        a, b = self.lower.ball, self.upper.ball
        return [self.between(heights, n, a, b) for n in range(order + 1)]

    def over_unit_interval(self, order: int) -> list[arb]:
        """The coefficients with both the bounds and the integrand moving."""
        lower, upper = (self.complex_series(number, order) for number in (self.lower, self.upper))
        parameters = [self.complex_series(number, order) for number in self.parameters]

        def heights(s: acb, analytic: bool) -> list[acb] | None:
            ctx.cap = order + 1
            t, width = lower + (upper - lower) * s, upper - lower
            found = integrand_values(self.tape, self.exact, [t, *parameters], order, analytic)
            if found is None:
                return None
            product = acb_series(found) * width
            return [product[n] for n in range(order + 1)]

        return [self.between(heights, n, arb(0), arb(1)) for n in range(order + 1)]

    def complex_series(self, number: Number, order: int) -> acb_series:
        """A parameter as a series over the complex numbers."""
        return acb_series([acb(number.series[n]) for n in range(order + 1)])

    def between(self, heights: Callable[[acb, bool], list[acb] | None], n: int, a: arb, b: arb) -> arb:
        """The integral of a coefficient over t from a to b, which may be balls."""
        if a.is_exact() and b.is_exact() and a == b:
            return arb(0)

        def integrand(t: acb, analytic: bool) -> acb:
            if is_over():
                return acb(0)  # with which the integration comes to its end; the number is of no use
            found = heights(t, analytic)
            return NOTHING if found is None else found[n]

        with held() as is_over:
            start, stop = a.mid(), b.mid()
            found = acb.integral(integrand, acb(start), acb(stop), eval_limit=MAX_EVALUATIONS)
            for end, middle, sign in ((b, stop, 1), (a, start, -1)):
                if not end.is_exact():
                    found += sign * (end - middle) * integrand(acb(end), False)
        if not found.is_finite():
            raise NoEnclosureError("its integral has no bound: something between its ends may be singular")
        if not found.imag.contains(0):
            raise UnsureError
        return self.rounded(found.real, heights, n, a.mid(), b.mid())

    def rounded(self, value: arb, heights: Callable[[acb, bool], list[acb] | None], n: int, a: arb, b: arb) -> arb:
        """The integral moved as rounding of the integrand may move it, by parts of the integral of its size."""
        rounding = self.run.rounding
        if rounding is None:
            return value
        size = arb(0)
        for place in range(SAMPLES):
            found = heights(acb(a + (b - a) * fmpq(2 * place + 1, 2 * SAMPLES)), False)
            size += abs(found[n]).upper() if found is not None else 0
        return value + (rounding.factor() - 1) * size * abs(b - a) / SAMPLES
