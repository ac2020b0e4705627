"""Balls of every size and shape through the conversions to whole numbers, against Python's whole numbers.

It runs as a program of its own, for where FLINT gives up it ends the process: `python -m tests.whole seed count`.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from fractions import Fraction

from flint import arb, ctx, fmpz

from derivcli.engines.balls import integers

FAR = 30_000
"""Exponents that Python's fractions still take."""

TINY = Fraction(1, 1 << 3 * FAR)
"""Smaller than any difference of numbers with such exponents."""

Binary = tuple[int, int]
"""A mantissa and an exponent."""


def size_of(number: Binary) -> int:
    """The power of 2 next above a number."""
    return abs(number[0]).bit_length() + number[1]


def is_less(a: Binary, b: Binary) -> bool:
    """Whether a number of any size is less than another in size."""
    if not a[0] or not b[0] or size_of(a) != size_of(b):
        return bool(b[0]) and (not a[0] or size_of(a) < size_of(b))
    least = min(a[1], b[1])
    return abs(a[0]) << a[1] - least < abs(b[0]) << b[1] - least


def fraction_of(number: Binary) -> Fraction:
    """A number as a fraction, one that is too small for that as a tiny one of its sign."""
    mantissa, exponent = number
    if mantissa and size_of(number) < -FAR:
        return TINY if mantissa > 0 else -TINY
    return Fraction(mantissa << exponent) if exponent >= 0 else Fraction(mantissa, 1 << -exponent)


def ends(middle: Binary, radius: Binary) -> tuple[Fraction, Fraction] | None:
    """The least and the greatest number of a ball, as far as whole numbers depend on them; None if too large."""
    if max(size_of(middle) if middle[0] else 0, size_of(radius) if radius[0] else 0) > FAR:
        return None
    m, r = fraction_of(middle), fraction_of(radius)
    if abs(m) == TINY and r == TINY:
        m = m / 2 if is_less(middle, radius) else m * 2 if is_less(radius, middle) else m
    return m - r, m + r


def floor_of(number: Fraction) -> int:
    return number.numerator // number.denominator


def complaint(ball: arb, middle: Binary, radius: Binary) -> str:
    """What a conversion says that is not so."""
    found = integers.floor(ball), integers.only_whole(ball), integers.may_be_whole(ball)
    fraction = integers.fraction(ball)
    if fraction is not None and (radius[0] or Fraction(int(fraction.p), int(fraction.q)) != fraction_of(middle)):
        return f"fraction {fraction}"
    if integers.scale(ball) != (size_of(middle) if middle[0] else None):
        return f"scale {integers.scale(ball)}"
    reach = ends(middle, radius)
    if reach is None:
        return "" if found[:2] == (None, None) and (found[2] or not radius[0]) else f"{found}"
    low, high = reach
    first, last = -floor_of(-low), floor_of(high)
    due = (
        floor_of(low) if floor_of(low) == floor_of(high) else None,
        first if first == last else None,
        first <= last,
    )
    if max(size_of(middle) if middle[0] else 0, 0) > integers.MAX_BITS:  # it may say that it does not know
        return "" if found == (None, None, True) or found == due else f"{found} and not {due}"
    return "" if found == due else f"{found} and not {due}"


def exponent(draw: random.Random) -> int:
    """One of any size up to 2^(2^70), small ones as likely as large ones."""
    bits = draw.choice((0, 1, 3, 5, 6, 8, 11, 14, 15, 20, 32, 62, 63, 64, 65, 70))
    return draw.choice((1, -1)) * draw.randint(0, 2**bits)


def balls(seed: int, count: int) -> Iterator[tuple[arb, Binary, Binary]]:
    """So many balls with what they are made of: points, narrow and wide ones, and such about whole numbers."""
    draw = random.Random(seed)
    for _ in range(count):
        mantissa = draw.choice((0, 1, -1, 3, -5, draw.randint(-(2**20), 2**20), draw.randint(-(2**200), 2**200)))
        power = draw.choice((0, 0, -1, draw.randint(-40, 40), exponent(draw)))
        ball = arb((fmpz(mantissa), fmpz(power)))
        if draw.random() < 0.75:
            beside = power + draw.choice((0, -1, 1, -draw.randint(0, 300), draw.randint(0, 100)))
            reach = draw.choice((beside, beside, exponent(draw)))
            ball = arb(ball, arb((fmpz(draw.randint(1, 2**30 - 1)), fmpz(reach))))
        parts = [[int(each) for each in part.man_exp()] for part in (ball.mid(), ball.rad())]
        yield ball, (parts[0][0], parts[0][1]), (parts[1][0], parts[1][1])


def main(seed: int, count: int) -> int:
    """How many conversions were wrong; the first ones are printed."""
    wrong = 0
    for number, (ball, middle, radius) in enumerate(balls(seed, count)):
        ctx.prec = (2, 53, 96, 3072)[number % 4]
        said = complaint(ball, middle, radius)
        if said:
            wrong += 1
            print(f"{middle} +/- {radius}: {said}" if wrong < 10 else "", flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(min(main(int(sys.argv[1]), int(sys.argv[2])), 100))
