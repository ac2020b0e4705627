"""Arithmetic on constants: rational numbers exactly, others as the nearest float64.

Everything here refuses a result that float64 cannot hold before computing it, so that no text can make the
program compute a number with a million digits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from derivcli.language.functions.row import Function

Constant: TypeAlias = Fraction | float

EXACT_BITS = 4096
"""Rationals longer than this go on as floats."""

MAX_EXPONENT_CHARACTERS = len("-9999")
"""Longer exponents are far outside float64, whatever the digits before them."""


class TooLargeError(ArithmeticError):
    """A constant that no float64 is near: too large, or so small that only 0 is."""


class UndefinedError(ArithmeticError):
    """A constant that is not a real number."""


def literal(text: str) -> Fraction:
    """The number that a literal writes, exactly; TooLargeError where float64 has nothing near it."""
    mantissa, _, exponent = text.lower().partition("e")
    whole, _, decimals = mantissa.partition(".")
    value = Fraction(int(whole + decimals), 10 ** len(decimals)) if decimals else Fraction(int(whole))
    if value == 0:
        return value
    if len(exponent) > MAX_EXPONENT_CHARACTERS:
        raise TooLargeError
    if exponent:
        value *= Fraction(10) ** int(exponent)
    if float_of(value) == 0:
        raise TooLargeError
    return value


def float_of(value: Constant) -> float:
    """The nearest float64; TooLargeError beyond its range."""
    try:
        result = float(value)
    except OverflowError:
        raise TooLargeError from None
    return _finite(result)


def add(terms: Sequence[Constant]) -> Constant:
    """The sum."""
    total: Constant = Fraction(0)
    for term in terms:
        total = _shortened(total + term)
    return _checked(total)


def multiply(factors: Sequence[Constant]) -> Constant:
    """The product."""
    product: Constant = Fraction(1)
    for factor in factors:
        product = _shortened(product * factor)
    return _checked(product)


def reciprocal(value: Constant) -> Constant:
    """1 / value; UndefinedError at 0."""
    if value == 0:
        raise UndefinedError("division by zero")
    return _checked(1 / value)


def power(base: Constant, exponent: Constant) -> Constant:
    """base ** exponent over the real numbers; 0**0 is 1, as in PyTorch and SymPy."""
    if base == 0 and exponent < 0:
        raise UndefinedError("division by zero")
    if _is_small_power(base, exponent):
        return _checked(base ** int(exponent))
    try:
        result = _finite(math.pow(float_of(base), float_of(exponent)))
    except OverflowError:
        raise TooLargeError from None
    except ValueError:
        raise UndefinedError("not a real number") from None
    if result == 0 and base != 0:
        raise TooLargeError
    return result


def apply(row: Function, arguments: Sequence[Constant]) -> Constant | None:
    """The value of a function of constants, or None where the row has no function on floats."""
    if row.floats is None:
        return None
    try:
        return _finite(float(row.floats(*[float_of(value) for value in arguments])))
    except OverflowError:
        raise TooLargeError from None
    except (ValueError, ZeroDivisionError):
        raise UndefinedError("not a real number") from None


def _is_small_power(base: Constant, exponent: Constant) -> bool:
    """Whether the power of a rational is worth computing exactly."""
    if not isinstance(base, Fraction) or not isinstance(exponent, Fraction) or exponent.denominator != 1:
        return False
    return abs(exponent.numerator) * _bits(base) <= EXACT_BITS


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _shortened(value: Constant) -> Constant:
    return float_of(value) if isinstance(value, Fraction) and _bits(value) > EXACT_BITS else value


def _checked(value: Constant) -> Constant:
    if float_of(value) == 0 and value != 0:
        raise TooLargeError
    return value


def _finite(value: float) -> float:
    if math.isinf(value):
        raise TooLargeError
    if math.isnan(value):
        raise UndefinedError("not a real number")
    return value
