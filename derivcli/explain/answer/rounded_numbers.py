"""Rounded numbers in a claim: with exact ones in their place the claim is the derivative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from itertools import islice, product

import sympy

from derivcli.check.equality import constant_value
from derivcli.language.functions.formulas import parse_tree
from derivcli.language.printer import number_text
from derivcli.language.tree import Tree, postorder

CONSTANTS = "pi e sqrt(2) sqrt(3) sqrt(5) sqrt(pi) log(2) log(3) log(5) log(7) log(10)".split()
"""Numbers that one rounds."""

DEGREES = ("pi/180", "180/pi")

MAX_DENOMINATOR = 12
"""The largest denominator of a fraction that one rounds, alone or as a factor of such a number."""

MAX_WAYS = 200

MAX_ROUNDING, MIN_ROUNDING = 1e-2, 1e-14
"""The largest and the smallest relative error of a rounded number."""


def ways(claim: Tree) -> Iterator[Mapping[Tree, str]]:
    """What the decimals of a formula may have been, as texts, the likely ways first."""
    decimals = [node for node in dict.fromkeys(postorder(claim)) if isinstance(node, sympy.Rational) and node.q > 9]
    choices = [["", *exact_forms(Fraction(int(node.p), int(node.q)))] for node in decimals]
    for chosen in islice(product(*choices), MAX_WAYS):
        found = {node: text for node, text in zip(decimals, chosen, strict=True) if text}
        if found:
            yield found


def exact_forms(number: Fraction) -> list[str]:
    """The short exact numbers that become a decimal when they are rounded, or cut, to as many digits."""
    last, size = Fraction(1), abs(float(number))
    while (number / last).denominator > 1 and last > MIN_ROUNDING * size:
        last /= 10
    near = max(min(float(last) * (1 - MAX_ROUNDING), MAX_ROUNDING * size), MIN_ROUNDING * size)
    found = [number_text(sympy.Rational(*_multiple(number, 1.0).as_integer_ratio())), *DEGREES]
    for name in CONSTANTS:
        one = _size(name)
        found += [
            product_text(_multiple(number, one), [name], []),
            product_text(_multiple(number, 1 / one), [], [name]),
        ]
    return [text for text in dict.fromkeys(found) if abs(_size(text) - float(number)) < near]


def _multiple(number: Fraction, size: float) -> Fraction:
    """How many times a size a number is, as a simple fraction."""
    return Fraction(float(number) / size).limit_denominator(MAX_DENOMINATOR)


@cache
def _size(text: str) -> float:
    return float(constant_value(parse_tree(text)).mid())


def product_text(times: Fraction, above: list[str], below: list[str]) -> str:
    """A fraction times names, or over them."""
    top = [str(abs(times.numerator))] * (abs(times.numerator) != 1 or not above) + above
    bottom = [str(times.denominator)] * (times.denominator != 1) + below
    under = f"/({'*'.join(bottom)})" if len(bottom) > 1 else f"/{bottom[0]}" if bottom else ""
    return f"{'-' if times < 0 else ''}{'*'.join(top)}{under}"
