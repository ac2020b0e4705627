"""Whole numbers and fractions from balls.

FLINT keeps a number as a mantissa and an exponent of any size, and ends the process where it has to write out one
with more digits than memory holds. So every conversion here looks at the exponent first, and is made of Python's
whole numbers. The digits of a ball are written out nowhere else.
"""

from __future__ import annotations

from decimal import Decimal

from flint import arb, fmpq

MAX_BITS = 20_000
"""The most bits of a number that is written out."""

MAX_EXPONENT_DIGITS = 12
"""The most digits of an exponent, with its sign. Longer ones are rounded like numbers."""


def scale(ball: arb) -> int | None:
    """The power of 2 next above the size of a ball's midpoint. It is None for 0 and where it is not finite."""
    middle = ball.mid()
    if not middle.is_finite() or middle.is_zero():
        return None
    mantissa, exponent = middle.man_exp()
    return int(exponent) + int(mantissa).bit_length()


def fraction(ball: arb) -> fmpq | None:
    """The value of a ball that is a point. It is None for any other ball, and where it has too many digits."""
    if not ball.is_exact() or not ball.is_finite():
        return None
    mantissa, exponent = ball.man_exp()
    if abs(exponent) > MAX_BITS:
        return None
    shift = int(exponent)
    return fmpq(int(mantissa) << shift) if shift >= 0 else fmpq(int(mantissa), 1 << -shift)


def only_whole(ball: arb) -> int | None:
    """The only whole number in a ball. It is None where there is none, or several, or one of too many digits."""
    nearest = _nearest(ball)
    if nearest is None or not ball.contains(arb(nearest)):
        return None
    return None if ball.contains(arb(nearest + 1)) or ball.contains(arb(nearest - 1)) else nearest


def may_be_whole(ball: arb) -> bool:
    """Whether a ball holds a whole number, which one of too many digits always may."""
    nearest = _nearest(ball)
    return nearest is None or bool(ball.contains(arb(nearest)))


def floor(ball: arb) -> int | None:
    """The greatest whole number that is at most a number in the ball, where that is one for all of them."""
    nearest = _nearest(ball)
    if nearest is None:
        return None
    for below in (nearest - 1, nearest):
        if ball >= below and ball < below + 1:
            return below
    return None


def decimal_text(ball: arb, digits: int) -> str:
    """A number to so many digits, as short as can be. Where its power of 10 has many digits, that stands alone."""
    mantissa, mark, exponent = str(ball.str(digits, radius=False)).partition("e")
    if len(exponent) > MAX_EXPONENT_DIGITS:
        power, _, size = f"{Decimal(exponent):.{digits - 1}e}".partition("e")
        return f"{'-' * (ball < 0)}10^({_short(power)}e{int(size)})"
    return f"{_short(mantissa)}{mark}{exponent.replace('+', '')}"


def _short(decimal: str) -> str:
    return decimal.rstrip("0").rstrip(".") if "." in decimal else decimal


def _nearest(ball: arb) -> int | None:
    """The whole number nearest to a ball's midpoint, unless that has too many digits."""
    if not ball.is_finite():
        return None
    middle = ball.mid()
    mantissa, exponent = middle.man_exp()
    if exponent > MAX_BITS:
        return None
    whole, shift = int(mantissa), int(exponent)
    if shift >= 0:
        return whole << shift
    if -shift > whole.bit_length() + 1:
        return 0
    return (whole + (1 << (-shift - 1))) >> -shift
