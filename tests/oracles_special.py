"""What the special functions mean, by Arb's ball arithmetic: no code of SciPy or mpmath computes a value here."""

from collections.abc import Callable
from typing import Any

import mpmath
from flint import acb, arb, ctx
from mpmath import mp, mpf

GUARD = 40
"""Bits beyond mpmath's precision."""
MOST_BITS = 20_000


def exact(x: Any) -> acb:
    """An mpmath number as a ball without radius."""
    sign, mantissa, exponent, _ = mpf(x)._mpf_
    return acb(arb((-1) ** sign * int(mantissa)) * arb(2) ** exponent)


def by_arb(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of balls on mpmath numbers, computed until the ball is narrower than mpmath's precision."""

    def value(*arguments: Any) -> Any:
        before, bits = ctx.prec, mp.prec + GUARD
        try:
            while bits < MOST_BITS:
                ctx.prec = bits
                ball = acb(function(*map(exact, arguments)))
                if ball.real.rel_accuracy_bits() > mp.prec or ball.real.is_zero():
                    mantissa, exponent = ball.real.mid().man_exp()
                    return mpmath.ldexp(mpf(int(mantissa)), int(exponent))
                bits *= 2
            raise ArithmeticError(f"Arb finds no narrow ball at {arguments}")
        finally:
            ctx.prec = before

    return value


def slope(function: Callable[..., Any], by: int = 0) -> Callable[..., Any]:
    """The k-th derivative of a function of balls in its argument `by`, k being the first argument."""
    value = by_arb(function)

    def derivative(k: Any, *arguments: Any) -> Any:
        before, after = arguments[:by], arguments[by + 1 :]
        return mpmath.diff(lambda t: value(*before, t, *after), arguments[by], int(k))

    return derivative


def slopes(function: Callable[..., Any]) -> Callable[..., Any]:
    """The derivative of a function of two balls, i times in the first and j times in the second."""
    value = by_arb(function)
    return lambda i, j, x, y: mpmath.diff(lambda s: mpmath.diff(lambda t: value(s, t), y, int(j)), x, int(i))


def whole(x: acb) -> int:
    """The whole number that a ball without radius is."""
    return int(float(x.real.mid()))


def binomial(n: acb, k: acb) -> acb:
    return (n + 1).gamma() * (k + 1).rgamma() * (n - k + 1).rgamma()


def rising(x: acb, k: acb) -> acb:
    return (x + k).gamma() * x.rgamma()


def upper_part(a: acb, x: acb) -> acb:
    return x.gamma_upper(a) * a.rgamma()


def lower_part(a: acb, x: acb) -> acb:
    return x.gamma_lower(a) * a.rgamma()


def spherical(kind: str, sign: int = 1) -> Callable[..., acb]:
    """A spherical function from the Bessel function of an order with a half; odd or even in x as it should be."""

    def value(n: acb, x: acb) -> acb:
        if x == 0:
            return acb(int(n == 0))
        size = x if x.real > 0 else -x
        even = (n.real if sign == 1 else n.real + 1) / 2
        flip = 1 if x.real > 0 or even.is_integer() else -1
        found: acb = flip * (acb.pi() / (2 * size)).sqrt() * getattr(size, kind)(n + acb(0.5))
        return found

    return value


def scaled_i(n: Any, x: acb) -> acb:
    return (-x if x.real > 0 else x).exp() * x.bessel_i(exact(n))


def scaled_k(n: Any, x: acb) -> acb:
    return x.exp() * x.bessel_k(exact(n))


def sinc(x: acb) -> acb:
    return x.sinc()


def normal(x: acb) -> acb:
    return (-x / acb(2).sqrt()).erfc() / 2


def dawson(x: acb) -> acb:
    return (-x * x).exp() * x.erfi() * acb.pi().sqrt() / 2


def ellipint(p: acb, i: acb, j: acb, n: acb, z: acb, m: acb) -> acb:
    """The integral by Arb's own quadrature."""
    powers = [whole(power) for power in (p, i, j)]

    def integrand(t: acb, analytic: bool) -> acb:
        square = t.sin() ** 2
        root = (1 - m * square).sqrt(analytic=analytic)
        return square ** powers[0] * (1 - n * square) ** -powers[1] * root ** (1 - 2 * powers[2])

    return acb.integral(integrand, acb(0), z)


def gegenbauer(n: Any, a: Any, x: Any) -> Any:
    return by_arb(lambda a, x: x.gegenbauer_c(acb(int(n)), a))(a, x)


def chebyshev(kind: int, n: Any, x: Any) -> Any:
    """The four kinds by their trigonometric meaning."""

    def value(x: acb) -> acb:
        angle, degree = x.acos(), int(n)
        half = angle / 2
        if kind == 1:
            return (degree * angle).cos()
        if kind == 2:
            return ((degree + 1) * angle).sin() / angle.sin()
        turned = (2 * degree + 1) * half
        return turned.cos() / half.cos() if kind == 3 else turned.sin() / half.sin()

    return by_arb(value)(x)


SPECIAL: dict[str, Callable[..., Any]] = {
    "gamma": by_arb(lambda x: x.gamma()),
    "loggamma": by_arb(lambda x: abs(x.gamma()).log()),
    "polygamma": by_arb(lambda n, x: x.polygamma(n) if n != 0 else x.digamma()),
    "digamma": by_arb(lambda x: x.digamma()),
    "harmonic": by_arb(lambda x: (x + 1).digamma() - arb(1).digamma()),
    "trigamma": by_arb(lambda x: x.polygamma(acb(1))),
    "factorial": by_arb(lambda x: (x + 1).gamma()),
    "beta": by_arb(lambda a, b: a.gamma() * b.gamma() * (a + b).rgamma()),
    "lowergamma": by_arb(lambda s, x: x.gamma_lower(s)),
    "uppergamma": by_arb(lambda s, x: x.gamma_upper(s)),
    "lowergamma_s": slope(lambda s, x: x.gamma_lower(s)),
    "uppergamma_s": slope(lambda s, x: x.gamma_upper(s)),
    "gammainc": by_arb(lower_part),
    "gammaincc": by_arb(upper_part),
    "gammainc_a": slope(lambda a, x: 1 - upper_part(a, x)),
    "zeta": by_arb(lambda s, a: s.zeta(a)),
    "zeta_s": slope(lambda s, a: s.zeta(a)),
    "binomial": by_arb(binomial),
    "binomial_nk": slopes(binomial),
    "rf": by_arb(rising),
    "ff": by_arb(lambda x, k: (x + 1).gamma() * (x - k + 1).rgamma()),
    "rf_xk": slopes(rising),
    "lambertw": by_arb(lambda x, k: x.lambertw(whole(k))),
    "erf": by_arb(lambda x: x.erf()),
    "erfc": by_arb(lambda x: x.erfc()),
    "erfi": by_arb(lambda x: x.erfi()),
    "erfinv": by_arb(lambda x: x.real.erfinv()),
    "erfcinv": by_arb(lambda x: x.real.erfcinv()),
    "erfcx": by_arb(lambda x: (x * x).exp() * x.erfc()),
    "erfcx_n": slope(lambda x: (x * x).exp() * x.erfc()),
    "dawsn": by_arb(dawson),
    "dawsn_n": slope(dawson),
    "ndtr": by_arb(normal),
    "log_ndtr": by_arb(lambda x: normal(x).log()),
    "ndtri": by_arb(lambda x: -(2 * x).real.erfcinv() * arb(2).sqrt()),
    "Ei": by_arb(lambda x: x.real.ei()),
    "li": by_arb(lambda x: x.real.li()),
    "Li": by_arb(lambda x: x.real.li() - arb(2).li()),
    "expint": by_arb(lambda n, x: x.expint(n)),
    "expint_n": slope(lambda n, x: x.expint(n)),
    "E1": by_arb(lambda x: x.expint(acb(1))),
    "Si": by_arb(lambda x: x.si()),
    "Ci": by_arb(lambda x: x.ci()),
    "Shi": by_arb(lambda x: x.shi()),
    "Chi": by_arb(lambda x: x.chi()),
    "fresnels": by_arb(lambda x: x.fresnel_s()),
    "fresnelc": by_arb(lambda x: x.fresnel_c()),
    "besselj": by_arb(lambda n, x: x.bessel_j(n)),
    "bessely": by_arb(lambda n, x: x.bessel_y(n)),
    "besseli": by_arb(lambda n, x: x.bessel_i(n)),
    "besselk": by_arb(lambda n, x: x.bessel_k(n)),
    "besselj_n": slope(lambda n, x: x.bessel_j(n)),
    "bessely_n": slope(lambda n, x: x.bessel_y(n)),
    "besseli_n": slope(lambda n, x: x.bessel_i(n)),
    "besselk_n": slope(lambda n, x: x.bessel_k(n)),
    "bessel_j0": by_arb(lambda x: x.bessel_j(acb(0))),
    "bessel_j1": by_arb(lambda x: x.bessel_j(acb(1))),
    "bessel_y0": by_arb(lambda x: x.bessel_y(acb(0))),
    "bessel_y1": by_arb(lambda x: x.bessel_y(acb(1))),
    "modified_bessel_i0": by_arb(lambda x: x.bessel_i(acb(0))),
    "modified_bessel_i1": by_arb(lambda x: x.bessel_i(acb(1))),
    "modified_bessel_k0": by_arb(lambda x: x.bessel_k(acb(0))),
    "modified_bessel_k1": by_arb(lambda x: x.bessel_k(acb(1))),
    "ive_x": lambda k, n, x: slope(lambda x: scaled_i(n, x))(k, x),
    "kve_x": lambda k, n, x: slope(lambda x: scaled_k(n, x))(k, x),
    "ive": lambda n, x: by_arb(lambda x: scaled_i(n, x))(x),
    "kve": lambda n, x: by_arb(lambda x: scaled_k(n, x))(x),
    "i0e": by_arb(lambda x: (-abs(x)).exp() * x.bessel_i(acb(0))),
    "i1e": by_arb(lambda x: (-abs(x)).exp() * x.bessel_i(acb(1))),
    "k0e": by_arb(lambda x: x.exp() * x.bessel_k(acb(0))),
    "k1e": by_arb(lambda x: x.exp() * x.bessel_k(acb(1))),
    "jn": by_arb(spherical("bessel_j")),
    "yn": by_arb(spherical("bessel_y", -1)),
    "spherical_in": by_arb(spherical("bessel_i")),
    "spherical_bessel_j0": by_arb(sinc),
    "sinc": by_arb(sinc),
    "sincpi": by_arb(lambda x: (acb.pi() * x).sinc()),
    "airyai": by_arb(lambda x: x.airy_ai()),
    "airybi": by_arb(lambda x: x.airy_bi()),
    "airyaiprime": by_arb(lambda x: x.airy_ai(1)),
    "airybiprime": by_arb(lambda x: x.airy_bi(1)),
    "elliptic_k": by_arb(lambda m: m.elliptic_k()),
    "elliptic_f": by_arb(lambda z, m: acb.elliptic_f(z, m)),
    "elliptic_e": by_arb(lambda m: m.elliptic_e()),
    "elliptic_e_inc": by_arb(lambda z, m: acb.elliptic_e_inc(z, m)),
    "elliptic_pi": by_arb(lambda n, m: acb.elliptic_pi(n, m)),
    "elliptic_pi_inc": by_arb(lambda n, z, m: acb.elliptic_pi_inc(n, z, m)),
    "ellipint": by_arb(ellipint),
    "legendre": lambda n, x: by_arb(lambda x: x.legendre_p(acb(int(n))))(x),
    "chebyshevt": lambda n, x: chebyshev(1, n, x),
    "chebyshevu": lambda n, x: chebyshev(2, n, x),
    "hermite": lambda n, x: by_arb(lambda x: x.hermite_h(acb(int(n))))(x),
    "hermite_prob": lambda n, x: by_arb(lambda x: (x / acb(2).sqrt()).hermite_h(acb(int(n))) / acb(2).sqrt() ** int(n))(
        x
    ),
    "laguerre": lambda n, x: by_arb(lambda x: x.laguerre_l(acb(int(n))))(x),
    "gegenbauer": gegenbauer,
    "assoc_laguerre": lambda n, a, x: by_arb(lambda a, x: x.laguerre_l(acb(int(n)), a))(a, x),
    "legendre_polynomial_p": lambda x, n: SPECIAL["legendre"](n, x),
    "chebyshev_polynomial_t": lambda x, n: chebyshev(1, n, x),
    "chebyshev_polynomial_u": lambda x, n: chebyshev(2, n, x),
    "chebyshev_polynomial_v": lambda x, n: chebyshev(3, n, x),
    "chebyshev_polynomial_w": lambda x, n: chebyshev(4, n, x),
    "shifted_chebyshev_polynomial_t": lambda x, n: chebyshev(1, n, 2 * x - 1),
    "shifted_chebyshev_polynomial_u": lambda x, n: chebyshev(2, n, 2 * x - 1),
    "shifted_chebyshev_polynomial_v": lambda x, n: chebyshev(3, n, 2 * x - 1),
    "shifted_chebyshev_polynomial_w": lambda x, n: chebyshev(4, n, 2 * x - 1),
    "hermite_polynomial_h": lambda x, n: SPECIAL["hermite"](n, x),
    "hermite_polynomial_he": lambda x, n: SPECIAL["hermite_prob"](n, x),
    "laguerre_polynomial_l": lambda x, n: SPECIAL["laguerre"](n, x),
}

ELSEWHERE_SPECIAL: dict[str, list[tuple[float, ...]]] = {
    "gamma": [(-1.5,), (-7.25,)],
    "loggamma": [(-1.5,), (40.5,)],
    "polygamma": [(0, -1.75), (1, -1.5), (3, -2.25), (4, 2.5), (5, 0.3)],
    "digamma": [(-1.5,)],
    "trigamma": [(-1.5,)],
    "factorial": [(-1.5,)],
    "beta": [(-1.25, 0.5), (30.5, 2.25), (-0.25, -1.5)],
    "lowergamma": [(-1.5, 2.5), (45.5, 30.25), (2.5, 40.5), (2.0, 1e-3)],
    "uppergamma": [(-1.5, 2.5), (0.0, 0.75), (-2.0, 1.5), (45.5, 30.25), (2.5, 40.5)],
    "lowergamma_s": [(0, 1.5, 2.5), (1, -1.5, 2.5)],
    "uppergamma_s": [(0, 1.5, 2.5), (1, -2.0, 1.5)],
    "gammainc": [(80.5, 75.25), (150.5, 130.25), (0.05, 0.5), (1.0, 1.5)],
    "gammaincc": [(80.5, 75.25), (150.5, 160.25), (0.05, 0.5), (2.0, 30.5)],
    "gammainc_a": [(3, 1.5, 2.5), (1, -1.0, 1.5), (1, 9.5, 2.5)],
    "zeta": [(-2.5, 1.0), (0.5, 1.0), (0.25, 2.5), (30.5, 1.5)],
    "zeta_s": [(0, 2.5, 1.0), (1, -1.5, 1.5)],
    "binomial": [(7.0, 3.0), (2.0, 3.0), (-2.5, 1.5), (20.5, 6.0)],
    "binomial_nk": [(1, 0, 2.0, 3.0), (0, 1, 5.5, 1.5)],
    "rf": [(-2.0, 3.0), (-1.5, 2.25), (30.5, 2.5)],
    "rf_xk": [(1, 0, -2.0, 3.0)],
    "ff": [(2.0, 3.0), (7.0, 3.0)],
    "lambertw": [(-0.365, 0), (100.5, 0), (-0.25, -1), (-0.01, -1), (-0.367, -1)],
    "erfi": [(-5.5,)],
    "erfcx": [(30.5,), (-4.5,)],
    "erfcx_n": [(1, 60.5), (3, 7.5), (0, -2.5)],
    "dawsn": [(12.5,), (1e-5,)],
    "dawsn_n": [(1, 20.5), (3, -4.5)],
    "ndtr": [(-8.5,)],
    "log_ndtr": [(-30.5,), (5.5,)],
    "ndtri": [(1e-9,)],
    "Ei": [(-1.5,), (30.5,)],
    "li": [(0.5,)],
    "Li": [(0.5,)],
    "expint": [(1.0, 1e-3), (2.0, 20.5), (-3.0, 1.25)],
    "expint_n": [(1, 1.0, 1.5), (0, 2.0, 0.5)],
    "Si": [(-2.5,), (12.5,), (1e-4,)],
    "Ci": [(12.25,)],
    "Shi": [(-2.5,), (1e-4,), (1e-2,)],
    "Chi": [(12.25,)],
    "fresnels": [(-0.75,), (6.3,)],
    "fresnelc": [(-0.75,), (6.3,)],
    "besselj": [(3.0, 20.5), (0.0, 1e-3), (80.5, 70.25)],
    "bessely": [(0.0, 30.25), (1.0, 0.01), (-2.0, 2.5)],
    "besseli": [(0.0, 30.5), (-1.25, 2.5)],
    "besselk": [(0.0, 30.5), (-1.25, 2.5), (1.0, 0.01)],
    "besselj_n": [(1, 0.0, 2.5), (1, -2.0, 4.5)],
    "bessely_n": [(1, 1.0, 2.5)],
    "besseli_n": [(1, 2.0, 2.5)],
    "besselk_n": [(1, 1.0, 2.5), (2, -1.5, 0.75)],
    "bessel_j0": [(20.5,)],
    "ive_x": [(1, 0.0, -2.5), (2, 1.0, -2.5), (1, 0.5, 900.5)],
    "kve_x": [(1, 0.0, 2.5), (1, 0.5, 900.5), (0, -1.5, 2.5)],
    "i0e": [(-2.5,), (20.5,), (1e4,)],
    "i1e": [(-2.5,)],
    "k0e": [(20.5,), (1e4,)],
    "jn": [(0, 0.01), (1, -2.5), (3, 0.25), (5, 12.5)],
    "yn": [(0, 2.5), (1, -2.5), (2, -1.5)],
    "spherical_in": [(0, 0.01), (1, -2.5), (3, 0.25)],
    "sinc": [(0.01,), (20.5,)],
    "airyai": [(-7.5,), (45.5,)],
    "airybi": [(-7.5,)],
    "airyaiprime": [(-7.5,)],
    "airybiprime": [(-7.5,)],
    "elliptic_k": [(0.0,), (0.999,), (-80.5,)],
    "elliptic_f": [(-1.25, 0.5), (7.5, 0.25), (0.5, 2.5), (0.5, 0.0)],
    "elliptic_e": [(0.0,), (0.999,), (-80.5,)],
    "elliptic_e_inc": [(-1.25, 0.5), (7.5, 0.25), (0.5, 2.5), (0.5, 0.0)],
    "elliptic_pi": [(0.0, 0.5), (0.5, 0.0), (0.99, 0.5)],
    "elliptic_pi_inc": [(0.5, -1.25, 0.5), (-2.5, 4.5, 0.25), (0.0, 0.5, 0.0), (1.5, 0.5, 1.25)],
    "ellipint": [(0, 0, 1, 0.25, 1.25, 0.5), (1, 0, 0, 0.0, -0.75, -0.5), (2, 3, 2, 0.5, 0.75, 0.25)],
    "legendre": [(0, 0.5), (1, 0.25), (7, 0.3), (4, 2.5), (9, 1e-3)],
    "chebyshevt": [(0, 0.5), (1, 0.25), (7, 0.3)],
    "chebyshevu": [(0, 0.5), (1, 0.25), (7, 0.3)],
    "hermite": [(0, 0.5), (1, 0.25), (7, 0.5)],
    "hermite_prob": [(0, 0.5), (1, 0.25), (7, 0.25)],
    "laguerre": [(0, 0.5), (1, 0.25), (6, -2.5)],
    "gegenbauer": [(0, 0.5, 0.25), (1, 1.5, 0.25), (6, 0.75, 0.3), (3, -1.25, 2.5)],
    "assoc_laguerre": [(0, 0.5, 0.25), (1, 1.5, 0.25), (5, -1.5, 0.3)],
    "chebyshev_polynomial_v": [(0.25, 0), (0.25, 3)],
    "chebyshev_polynomial_w": [(0.25, 0), (0.25, 3)],
}
"""Samples in other regions than the domain, at whole orders other than 2 too."""
