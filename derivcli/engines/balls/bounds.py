"""Proved bounds of functions that have no poles where FLINT, of balls about whole orders, knows nothing.

FLINT computes a Bessel function of whole order, or an incomplete gamma function, as a limit, and of a ball around
such an order it gives no enclosure at all. Integrals bound these functions for all complex orders alike, as long as
the real part of the argument is positive:

    |K_n(x)| <= K_m(y),                            m >= |Re n|, 0 < y <= Re x            (DLMF 10.32.9)
    |J_n(x)| <= exp(pi |Im n| + |Im x|) + exp(pi |Im n|) E/pi                            (DLMF 10.9.6)
    |Y_n(x)| <= exp(pi |Im n| + |Im x|) + (1 + exp(pi |Im n|)) E/pi                      (DLMF 10.9.7)
    |I_n(x)| <= exp(pi |Im n| + |Re x|) + exp(pi |Im n|) 2 K_m(y)/pi                     (DLMF 10.32.4)
    |Gamma(s, x)| <= y^(Re s - 1) exp(pi/2 |Im s| - y),         Re s <= 1                (DLMF 8.2.2)
    |E_n(x)| <= exp(-y)/y,                                      Re n >= 0                (DLMF 8.19.3)

where E = 2 exp(y) K_m(y) is a bound of the integral of exp(m t - y sinh(t)), for sinh(t) >= cosh(t) - 1.
"""

from __future__ import annotations

from flint import acb, arb

NO_BOUND = arb("nan")
"""Nothing is known."""

MAX_ORDER = 500
"""Of greater orders nothing is said here."""


def _top(ball: arb) -> arb:
    """The greatest size of a number in a ball."""
    return abs(ball).upper()


def bessel_k(n: acb, x: acb) -> arb:
    """A bound of K: K_m(y) for an m that is no less than the real part of any order in n, and half of an odd number."""
    order = 0
    while not _top(n.real) < order + arb(0.5):
        order += 1
        if order > MAX_ORDER:
            return NO_BOUND
    return acb(x.real.lower()).bessel_k(acb(order + 0.5)).real.upper()


def _turns(n: acb) -> arb:
    """exp(pi |Im n|)."""
    return (arb.pi() * _top(n.imag)).exp()


def _tail(n: acb, x: acb) -> arb:
    """E/pi."""
    return 2 * x.real.lower().exp() * bessel_k(n, x) / arb.pi()


def bessel_j(n: acb, x: acb) -> arb:
    """A bound of J."""
    return _turns(n) * (_top(x.imag).exp() + _tail(n, x))


def bessel_y(n: acb, x: acb) -> arb:
    """A bound of Y."""
    return _turns(n) * _top(x.imag).exp() + (1 + _turns(n)) * _tail(n, x)


def bessel_i(n: acb, x: acb) -> arb:
    """A bound of I."""
    return _turns(n) * (_top(x.real).exp() + 2 * bessel_k(n, x) / arb.pi())


def upper_gamma(s: acb, x: acb) -> arb:
    """A bound of the upper incomplete gamma function."""
    if not s.real <= 1:
        return NO_BOUND
    least = x.real.lower()
    return least ** (s.real - 1) * (arb.pi() / 2 * _top(s.imag) - least).exp()


def upper_gamma_regularized(a: acb, x: acb) -> arb:
    """A bound of that over the gamma function."""
    return upper_gamma(a, x) * abs(a.rgamma())


def lower_gamma_regularized(a: acb, x: acb) -> arb:
    """A bound of 1 minus that."""
    return 1 + upper_gamma_regularized(a, x)


def expint(n: acb, x: acb) -> arb:
    """A bound of the exponential integral."""
    least = x.real.lower()
    return (-least).exp() / least if n.real >= 0 else NO_BOUND
