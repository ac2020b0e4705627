"""Numbers that were rounded in a claim: put exactly, the claim is the derivative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from itertools import islice, product

import sympy

from derivcli.check.equality import known_float
from derivcli.language.functions.formulas import parse_tree
from derivcli.language.printer import number_text
from derivcli.language.tree import Tree, postorder

NAMES = ("pi", "e", "sqrt(2)", "sqrt(3)", "sqrt(5)", "sqrt(pi)", "log(2)", "log(3)", "log(5)", "log(7)", "log(10)")
"""Numbers that one rounds."""

DEGREES = ("pi/180", "180/pi")

FEW = 12
"""The largest denominator of a fraction that one rounds, by itself or beside such a number."""

MOST = 200
"""So many ways to put the numbers of a claim exactly are tried."""

CLOSE, PRECISE = 1e-2, 1e-14
"""How far, relatively, a rounded number may be from what it was; and how near one looks."""


def ways(claim: Tree) -> Iterator[Mapping[Tree, str]]:
    """What the decimals of a formula may have been, as texts, the likely ways first."""
    decimals = [node for node in dict.fromkeys(postorder(claim)) if isinstance(node, sympy.Rational) and node.q > 9]
    choices = [["", *exact_forms(Fraction(int(node.p), int(node.q)))] for node in decimals]
    for chosen in islice(product(*choices), MOST):
        found = {node: text for node, text in zip(decimals, chosen, strict=True) if text}
        if found:
            yield found


def exact_forms(number: Fraction) -> list[str]:
    """The short exact numbers that become a decimal when they are rounded, or cut, to as many digits."""
    last, size = Fraction(1), abs(float(number))
    while (number / last).denominator > 1 and last > PRECISE * size:
        last /= 10
    near = max(min(float(last) * (1 - CLOSE), CLOSE * size), PRECISE * size)
    found = [number_text(sympy.Rational(*_beside(number, 1.0).as_integer_ratio())), *DEGREES]
    for name in NAMES:
        one = _size(name)
        found += [product_text(_beside(number, one), [name], []), product_text(_beside(number, 1 / one), [], [name])]
    return [text for text in dict.fromkeys(found) if abs(_size(text) - float(number)) < near]


def _beside(number: Fraction, size: float) -> Fraction:
    """How many times a size a number is, as a simple fraction."""
    return Fraction(float(number) / size).limit_denominator(FEW)


@cache
def _size(text: str) -> float:
    return known_float(parse_tree(text))


def product_text(times: Fraction, above: list[str], below: list[str]) -> str:
    """A fraction times names, or over them."""
    top = [str(abs(times.numerator))] * (abs(times.numerator) != 1 or not above) + above
    bottom = [str(times.denominator)] * (times.denominator != 1) + below
    under = f"/({'*'.join(bottom)})" if len(bottom) > 1 else f"/{bottom[0]}" if bottom else ""
    return f"{'-' if times < 0 else ''}{'*'.join(top)}{under}"
