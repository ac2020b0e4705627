"""Orthogonal polynomials of an order as polynomials, by their recurrences (Abramowitz and Stegun, 22.7)."""

from __future__ import annotations

from collections.abc import Callable

from flint import fmpq, fmpq_poly

Step = Callable[[int], tuple[fmpq_poly, fmpq]]
"""Takes n. Gives a and b: the polynomial of the order n + 1 is a times that of n minus b times that of n - 1."""


def _by_steps(order: int, first: fmpq_poly, step: Step) -> fmpq_poly:
    before, found = fmpq_poly([1]), first
    if order == 0:
        return before
    for n in range(1, order):
        a, b = step(n)
        before, found = found, a * found - before * b
    return found


def chebyshev(order: int) -> fmpq_poly:
    """Chebyshev's polynomial of the first kind."""
    return _by_steps(order, fmpq_poly([0, 1]), lambda n: (fmpq_poly([0, 2]), fmpq(1)))


def hermite(order: int) -> fmpq_poly:
    """The physicists' Hermite polynomial."""
    return _by_steps(order, fmpq_poly([0, 2]), lambda n: (fmpq_poly([0, 2]), fmpq(2 * n)))


def hermite_prob(order: int) -> fmpq_poly:
    """The probabilists' Hermite polynomial."""
    return _by_steps(order, fmpq_poly([0, 1]), lambda n: (fmpq_poly([0, 1]), fmpq(n)))


def gegenbauer(order: int, a: fmpq) -> fmpq_poly:
    """Gegenbauer's polynomial."""
    return _by_steps(
        order, fmpq_poly([0, 2 * a]), lambda n: (fmpq_poly([0, 2 * (n + a) / (n + 1)]), (n + 2 * a - 1) / (n + 1))
    )


def laguerre(order: int, a: fmpq) -> fmpq_poly:
    """Laguerre's generalized polynomial."""
    return _by_steps(
        order, fmpq_poly([1 + a, -1]), lambda n: (fmpq_poly([2 * n + 1 + a, -1]) / (n + 1), (n + a) / (n + 1))
    )


POLYNOMIALS: dict[str, Callable[..., fmpq_poly]] = {
    "chebyshevt": chebyshev,
    "hermite": hermite,
    "hermite_prob": hermite_prob,
    "gegenbauer": gegenbauer,
    "assoc_laguerre": laguerre,
}
"""By the name of a function whose arguments are the order, perhaps a parameter, and the variable."""
