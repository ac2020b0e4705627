"""The ball rules of special functions: FLINT's values, and its series where it has them.

The companions of the function table, such as `besselj_n(k, n, x)`, are derivatives in a parameter; here they
are Taylor coefficients of the function itself, by Cauchy's integral again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flint import acb, arb, arb_series, fmpq

from derivcli.engines.balls import bounds
from derivcli.engines.balls.cauchy import UNDEFINED, Bound, ComplexFunction, analytic, real_value
from derivcli.engines.balls.exact_angles import rational_sine
from derivcli.engines.balls.integers import only_whole
from derivcli.engines.balls.rule import BallSeries, between, no_value, nonzero, plain
from derivcli.engines.balls.rules_gamma import GAMMA, cut_at_zero, last_positive, whole_value
from derivcli.engines.balls.run import Number, Run
from derivcli.engines.balls.tape import TapeNode
from derivcli.engines.time_limit import held

HALF = acb(0.5)

MAX_ERFC_ARGUMENT = 10_000
"""From here to the right erfc(x) is computed by its exponential factor."""

MIN_NDTR_ARGUMENT = -30
"""From here to the left the normal distribution is computed without its exponential factor."""


# Inverse functions, by the reversion of a series


def inverse(value: Any, function: Any, low: int, high: int) -> Any:
    """The series of the inverse of `function` at x, for low < x < high. `value` is the inverse of a ball."""

    def rule(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
        x = numbers[0]
        if x.minus(low) <= 0 or x.minus(high) >= 0:
            raise no_value(node, x)
        y = value(x.ball)
        steps = [x.series[n] for n in range(1, run.order + 1)]
        if all(step.is_zero() for step in steps):  # FLINT composes with no series that is 0
            return arb_series([y])
        rise = function(arb_series([y, 1]))
        climb = arb_series([arb(0), *[rise[n] for n in range(1, run.order + 1)]]).reversion()
        return y + climb(arb_series([arb(0), *steps]))

    return rule


def _erfcx(x: acb) -> acb:
    """exp(x**2)*erfc(x), far to the right without its factors, which no ball survives (DLMF 7.11.5)."""
    if x.real > 5:
        return (x * x).hypgeom_u(HALF, HALF) / acb.pi().sqrt()
    return (x * x).exp() * x.erfc()


def _erfc(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    """Far to the right as a product, since FLINT's own ball holds 0 there."""
    x = numbers[0]
    if not x.ball > MAX_ERFC_ARGUMENT:
        return x.series.erfc()
    return (-x.series * x.series).exp() * analytic(_erfcx)(run, node, numbers)


def _dawson(x: acb) -> acb:
    """exp(-x**2) erfi(x) sqrt(pi)/2, far out without its factors (DLMF 7.5.1, 13.6.7)."""
    if abs(x) > 5:
        return x * (-x * x).hypgeom_1f1(1, HALF + 1)
    return (-x * x).exp() * x.erfi() * acb.pi().sqrt() / 2


def _ndtr(x: BallSeries) -> BallSeries:
    return (-x / arb(2).sqrt()).erfc() / 2


def _above_edge(x: Number) -> fmpq | None:
    """How far a number lies above -1/e, where that is known to be rational."""
    known = x.constant
    return None if known is None else x.field.sum(known, x.field.exp(x.field.rational(-1))).rational


def _log_ndtr(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    """The logarithm of the normal distribution, far to the left without exp(-x**2/2), which no ball survives."""
    if numbers[0].ball > MIN_NDTR_ARGUMENT:
        return _ndtr(numbers[0].series).log()
    return analytic(_log_tail)(run, node, numbers)


def _log_tail(x: acb) -> acb:
    scaled = _erfcx(-x / acb(2).sqrt()) / 2
    return scaled.log() - x * x / 2 if scaled.real > 0 else UNDEFINED


def _lambertw(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    x, k = numbers
    branch = only_whole(k.ball)
    if branch not in (0, -1):
        raise no_value(node, *numbers)
    edge = run.sign(x.ball + (-arb(1)).exp(), lambda: _above_edge(x), x)
    if edge < 0 or (branch == -1 and x.sign() >= 0):
        raise no_value(node, x)
    if edge == 0:
        x.touch()
        return arb_series([arb(-1)])
    return x.series.lambertw(branch)


def _jn(n: acb, x: acb) -> acb:
    """Of order 0 it is sin(x)/x, which loses no digits at large arguments."""
    return x.sinc() if n == 0 else _spherical(n, x, -x * x / 4)


def _spherical(n: acb, x: acb, z: acb) -> acb:
    """The spherical Bessel function as x**n times an entire function of x**2 (DLMF 10.53.1)."""
    whole = only_whole(n.real)
    if whole is None:
        return UNDEFINED
    if whole < 0:
        return acb(0)
    power = x**whole / 2 ** (whole + 1) if whole else HALF
    return power * acb.pi().sqrt() * (n + acb(1.5)).rgamma() * z.hypgeom_0f1(n + acb(1.5))


# Elliptic integrals, of the parameter m


def _sine_clear(m: acb, z: acb, closed: bool = False) -> list[acb]:
    """What 1 - m sin(t)**2 is at the end of the way from 0 to z and, where sin(t) becomes 1 on it, there.

    Both have to be positive, though the latter may be 0 in a `closed` domain; they are not known to be where it is
    not known how far the way goes.
    """
    end, peak = 1 - m * z.sin() ** 2, 1 - m
    quarter = arb.pi() / 2
    if abs(z.real) < quarter or peak.real > 0 or (closed and peak.real >= 0):
        return [end]
    return [end, peak] if abs(z.real) >= quarter else [end, acb("nan")]


def _left(z: Number, m: Number) -> fmpq | None:
    """What 1 - m sin(z)**2 is, where that is known to be rational."""
    turns = None if z.constant is None else z.field.turns(z.constant)
    cosine = None if turns is None else rational_sine(2 * turns + fmpq(1, 2))
    return None if cosine is None or m.exact is None else 1 - m.exact * (1 - cosine) / 2


def _ending(rule: Any, at_end: ComplexFunction, closed: bool = False) -> Any:
    """The rule of an integral from 0 to z, with the value where m sin(z)**2 comes to be 1 and the series ends.

    Where sin(z) is 1 there, or another parameter has the place of m, it has no value, unless the domain is `closed`.
    """

    def ending(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
        *others, z, m = numbers
        for each in (*others, m):
            left = 1 - each.ball * z.ball.sin() ** 2
            if not left.contains(0) or run.sign(left, partial(_left, z, each), z, each) != 0:
                continue
            if each is m and abs(z.ball) < arb.pi() / 2:
                for number in numbers:
                    number.touch()
                sign = 1 if z.ball > 0 else -1
                return arb_series([sign * real_value(at_end(*(acb(number.ball) for number in others), acb(m.ball)))])
            if not closed or each.minus(1) > 0:
                raise no_value(node, *numbers)
        return rule(run, node, numbers)

    return ending


def _e_at_end(m: acb) -> acb:
    below = 1 / m
    return m.sqrt() * (below.elliptic_e() - (1 - below) * below.elliptic_k())


def _elliptic_e(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    """The complete integral of the second kind, with a value at its edge m = 1."""
    m = numbers[0]
    if m.minus(1) == 0:
        m.touch()
        return arb_series([arb(1)])
    return analytic(lambda m: m.elliptic_e(), lambda m: [1 - m])(run, node, numbers)


def _ellipint(p: acb, i: acb, j: acb, n: acb, z: acb, m: acb) -> acb:
    """The integral from 0 to z of sin**(2p) (1 - n sin**2)**-i (1 - m sin**2)**(1/2 - j)."""
    powers = [only_whole(k.real) or 0 for k in (p, i, j)]

    def integrand(u: acb, is_analytic: bool) -> acb:
        if is_over():
            return acb(0)  # with which the integration comes to its end; the number is of no use
        square = (u * z).sin() ** 2
        root = (1 - m * square).sqrt(analytic=True)
        product = square ** powers[0] * root * z if powers[0] else root * z
        if powers[1]:
            product /= (1 - n * square) ** powers[1]
        return product / (1 - m * square) ** powers[2] if powers[2] else product

    with held() as is_over:
        return acb.integral(integrand, acb(0), acb(1))


def _polynomial(method: Callable[..., acb]) -> ComplexFunction:
    """One of FLINT's orthogonal polynomials, degree first and variable last. It is 0 for a negative degree."""
    return lambda n, *rest: acb(0) if n.real < 0 else method(rest[-1], n, *rest[:-1])


BESSEL: dict[str, tuple[ComplexFunction, Bound]] = {
    "j": (lambda n, x: x.bessel_j(n), bounds.bessel_j),
    "y": (lambda n, x: x.bessel_y(n), bounds.bessel_y),
    "i": (lambda n, x: x.bessel_i(n), bounds.bessel_i),
    "k": (lambda n, x: x.bessel_k(n), bounds.bessel_k),
}


def _ive_x(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    """The k-th derivative in x of exp(-|x|) I_n(x), which has a corner at 0."""
    sign = numbers[-1].sign()
    if sign == 0:
        numbers[-1].touch()
    if sign < 0 and whole_value(numbers[-2]) is None:
        raise no_value(node, *numbers)
    domain = last_positive if whole_value(numbers[-2]) is None else None
    return analytic(lambda n, x: (-sign * x).exp() * x.bessel_i(n), domain, by=(1,))(run, node, numbers)


def _expint(n: acb, x: acb) -> acb:
    return x.expint(n)


def _expint_rule(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    """For a whole order below 1 it is a rational function times exp(-x), and has no cut."""
    whole = whole_value(numbers[0])
    if whole is None or whole > 0 or numbers[1].sign() > 0:
        return cut_at_zero(_expint, bounds.expint)(run, node, numbers)
    if numbers[1].sign() == 0:
        raise no_value(node, *numbers)
    return analytic(_expint)(run, node, numbers)


SPECIAL: dict[str, Any] = {
    **GAMMA,
    "erf": plain(arb_series.erf),
    "erfc": _erfc,
    "erfi": plain(arb_series.erfi),
    "erfcx": analytic(_erfcx),
    "erfcx_n": analytic(_erfcx, by=(0,)),
    "dawsn": plain(lambda x: (-x * x).exp() * x.erfi() * arb.const_sqrt_pi() / 2),
    "dawsn_n": analytic(_dawson, by=(0,)),
    "erfinv": inverse(arb.erfinv, arb_series.erf, -1, 1),
    "erfcinv": inverse(arb.erfcinv, arb_series.erfc, 0, 2),
    "ndtri": inverse(lambda x: -arb(2).sqrt() * (2 * x).erfcinv(), _ndtr, 0, 1),
    "log_ndtr": _log_ndtr,
    "lambertw": _lambertw,
    **{f"bessel{name}": cut_at_zero(g, bound, name in "ji", name in "yk") for name, (g, bound) in BESSEL.items()},
    **{f"bessel{letter}_n": analytic(g, last_positive, bound=bound, by=(0,)) for letter, (g, bound) in BESSEL.items()},
    "ive_x": _ive_x,
    "kve_x": analytic(lambda n, x: x.exp() * x.bessel_k(n), last_positive, by=(1,)),
    "jn": analytic(_jn),
    "spherical_in": analytic(lambda n, x: _spherical(n, x, x * x / 4)),
    "airyai": plain(lambda x: x.airy_ai()),
    "airybi": plain(lambda x: x.airy_bi()),
    "airyaiprime": analytic(lambda x: x.airy_ai(derivative=1)),
    "airybiprime": analytic(lambda x: x.airy_bi(derivative=1)),
    "Ei": nonzero(arb_series.ei),
    "Si": plain(arb_series.si),
    "Ci": between(0, None, arb_series.ci),
    "Shi": plain(arb_series.shi),
    "Chi": between(0, None, arb_series.chi),
    "expint": _expint_rule,
    "expint_n": analytic(_expint, last_positive, bound=bounds.expint, by=(0,)),
    "fresnels": plain(lambda x: x.fresnel_s()),
    "fresnelc": plain(lambda x: x.fresnel_c()),
    "elliptic_k": analytic(lambda m: m.elliptic_k(), lambda m: [1 - m]),
    "elliptic_e": _elliptic_e,
    "elliptic_f": _ending(
        analytic(acb.elliptic_f, lambda z, m: _sine_clear(m, z)),
        lambda m: (1 / m).elliptic_k() / m.sqrt(),
    ),
    "elliptic_e_inc": _ending(
        analytic(acb.elliptic_e_inc, lambda z, m: _sine_clear(m, z, True)), _e_at_end, closed=True
    ),
    "elliptic_pi": analytic(acb.elliptic_pi, lambda n, m: [1 - m, 1 - n]),
    "elliptic_pi_inc": _ending(
        analytic(acb.elliptic_pi_inc, lambda n, z, m: [*_sine_clear(m, z), *_sine_clear(n, z)]),
        lambda n, m: acb.elliptic_pi(n / m, 1 / m) / m.sqrt(),
    ),
    "ellipint": analytic(_ellipint, lambda p, i, j, n, z, m: [*_sine_clear(m, z), *_sine_clear(n, z)]),
    "chebyshevt": analytic(_polynomial(acb.chebyshev_t)),
    "hermite": analytic(_polynomial(acb.hermite_h)),
    "hermite_prob": analytic(_polynomial(lambda x, n: (x / acb(2).sqrt()).hermite_h(n) / acb(2) ** (n / 2))),
    "assoc_laguerre": analytic(_polynomial(acb.laguerre_l)),
    "gegenbauer": analytic(_polynomial(acb.gegenbauer_c)),
}
