"""The angles of a formula, and a formula in nothing but the sine and the cosine of one of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import sympy

from derivcli.language import tree as build
from derivcli.language.tree import Tree, postorder
from derivcli.simplify.circle import CIRCLE, HYPERBOLA, Angle, Curve, multiple_angle

MAX_MULTIPLE = 8
"""Larger multiples of an angle are taken for angles of their own."""


def angles(tree: Tree) -> list[Angle]:
    """The angles whose multiples stand in functions of a curve, and in exponentials as those of sinh and cosh."""
    found: dict[tuple[Curve, Tree], list[Any]] = {}
    growing: dict[Tree, list[Any]] = {}
    for node in postorder(tree):
        for curve in (CIRCLE, HYPERBOLA):
            if isinstance(node, curve.functions):
                ratio, unit = _ratio(node.args[0])
                found.setdefault((curve, unit), []).append(ratio)
        if isinstance(node, sympy.exp):
            for term in sympy.Add.make_args(node.args[0]):
                ratio, unit = _ratio(term)
                growing.setdefault(unit, []).append(ratio)
    for unit, ratios in growing.items():
        if (HYPERBOLA, unit) in found or min(ratios) < 0 < max(ratios):
            found.setdefault((HYPERBOLA, unit), []).extend(ratios)
    return [Angle(curve, _common(ratios) * unit) for (curve, unit), ratios in found.items() if unit.free_symbols]


def _ratio(argument: Any) -> tuple[Any, Tree]:
    """An argument as a rational number times the rest, which does not begin with a minus."""
    ratio, unit = argument.primitive() if argument.is_Add else argument.as_coeff_Mul(rational=True)
    return (-ratio, -unit) if unit.could_extract_minus_sign() else (ratio, unit)


def _common(ratios: Sequence[Any]) -> Any:
    """The greatest number of which all are multiples."""
    return sympy.Rational(math.gcd(*[int(each.p) for each in ratios]), math.lcm(*[int(each.q) for each in ratios]))


def in_sine_and_cosine(tree: Tree, angle: Angle) -> Tree:
    """The formula with other functions of the angle and of its multiples written by its sine and cosine.

    Roots and calls stay as they are.
    """

    def make(node: Any, parts: list[Tree]) -> Tree:
        if isinstance(node, sympy.Pow):
            return node.func(parts[0], node.exp) if node.exp.is_Integer else node
        if isinstance(node, sympy.Add | sympy.Mul):
            return node.func(*parts)
        if isinstance(node, sympy.exp) and angle.curve is HYPERBOLA:
            return _exponential(node, angle)
        count = _count(node, angle)
        return _by_multiple(type(node), count, angle) if count else node

    return build.fold(tree, make)


def _count(node: Any, angle: Angle) -> int:
    """Which multiple of the angle a function of the curve has; 0 for anything else."""
    return _whole(node.args[0] / angle.unit) if isinstance(node, angle.curve.functions) else 0


def _whole(count: Any) -> int:
    return int(count) if count.is_Integer and abs(count) <= MAX_MULTIPLE else 0


def _exponential(node: Any, angle: Angle) -> Tree:
    """e**(n*u) is (cosh(u) + sinh(u))**n."""
    for term in sympy.Add.make_args(node.args[0]):
        if count := _whole(term / angle.unit):
            return (angle.cosine + angle.sine) ** count * sympy.exp(node.args[0] - term)
    return node


def _by_multiple(kind: Any, count: int, angle: Angle) -> Tree:
    curve = angle.curve
    if abs(count) == 1 and kind in (curve.sine, curve.cosine):
        return angle.cosine if kind is curve.cosine else count * angle.sine
    cosines, sines = (_at(each, angle.cosine) for each in multiple_angle(abs(count)))
    sine, cosine = sines * angle.sine * (1 if count > 0 else -1), cosines
    written = {
        curve.sine: sine, curve.cosine: cosine, curve.tangent: sine / cosine,
        curve.cotangent: cosine / sine, curve.secant: 1 / cosine, curve.cosecant: 1 / sine,
    }  # fmt: skip
    return written[kind]


def _at(polynomial: Any, value: Tree) -> Tree:
    return sympy.Add(*[int(coefficient) * value**power for (power,), coefficient in polynomial.terms()])
