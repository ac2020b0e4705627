"""Roots of rational numbers: those that are rational, and what comes out of others."""

from __future__ import annotations

from flint import fmpq, fmpz

MAX_FACTORED_BITS = 64
"""Bits of the largest number whose factors are looked for under a root."""


def exact_root(value: fmpq, degree: int) -> fmpq | None:
    """The root of a positive rational number, if that is rational."""
    if value == 1:
        return value
    if degree > max(value.p.bit_length(), value.q.bit_length()):
        return None
    roots = [fmpz(part).root(degree) for part in (value.p, value.q)]
    found = fmpq(*roots)
    return found if found**degree == value else None


def without_powers(value: fmpq, degree: int) -> tuple[fmpq, list[tuple[fmpq, int]]]:
    """A factor before a root, and the numbers inside with their powers: 2 and [(2, 1)] for sqrt(8)."""
    bits = value.q.bit_length() * (degree - 1) + value.p.bit_length()
    if bits > MAX_FACTORED_BITS:
        return fmpq(1), [(value, 1)]
    outside, inside = fmpq(1, value.q), []
    for prime, times in (fmpz(value.p) * fmpz(value.q) ** (degree - 1)).factor():
        turns, rest = divmod(int(times), degree)
        outside = outside * prime**turns
        if rest:
            inside.append((fmpq(prime), rest))
    return outside, inside
