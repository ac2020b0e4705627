"""The zeros of a product of powers, from those of its factors: sin(x)^10 is 0 ten times where sin(x) is once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TypeAlias

import sympy
from flint import fmpq

from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.language.tree import Tree, postorder, row_of
from derivcli.simplify.domains.roots import Root
from derivcli.study.breaks.break_points import between
from derivcli.study.exact.exact_places import are_equal
from derivcli.study.exact.factors import factors
from derivcli.study.exact.polynomials import rational_function
from derivcli.study.root_finding.isolation import sign
from derivcli.study.root_finding.taylor_model import BITS, Curve, curve_of
from derivcli.study.root_finding.zeros import Stretch, Zero
from derivcli.study.variations.events import named

LEAST_EXPONENT = 4
"""Zeros of a lower multiplicity are found without factors."""

GROWING = {"exp", "log", "abs", "sqrt", "cbrt", "root", "erf"}
"""Functions that derivatives multiply by, or that they leave behind, so that rational factors stay."""

SHORT_NODES = 40
"""The factors of longer formulas are not looked at first."""

SIGN_BITS = (BITS, 4 * BITS, 16 * BITS)
"""Precisions at which the sign of a product between its zeros is computed."""

Fill: TypeAlias = Callable[[Curve], Stretch]
"""Finds the zeros of a factor on the same stretch."""

Counted: TypeAlias = list[tuple[Root, int]]


def has_high_power(tree: Tree, name: str) -> bool:
    """Whether a formula has a power that may be 0 many times at one place."""
    powers = (node for node in postorder(tree) if isinstance(node, sympy.Pow))
    return any(
        each.exp.is_Integer and each.exp >= LEAST_EXPONENT and name in {symbol.name for symbol in each.free_symbols}
        for each in powers
    )


def is_rational_by_factors(curve: Curve, order: int) -> bool:
    """Whether the zeros of a derivative are those of rational functions, as of x*exp(-x^2), whose zeros are exact."""
    nodes = [*postorder(curve.tree)]
    names = {row.name for node in nodes if (row := row_of(node)) is not None}
    if len(nodes) > SHORT_NODES or names - GROWING:
        return False
    parts = factors(curve.tree, curve.name, order)
    return parts is not None and all(rational_function(part, curve.name) is not None for part, _ in parts)


def zeros_by_factors(stretch: Stretch, curve: Curve, order: int, fill: Fill) -> list[Zero] | None:
    """All zeros of a derivative on a stretch; None where its factors do not tell."""
    parts = factors(curve.tree, curve.name, order)
    if parts is None or parts == ((curve.tree, 1),):
        return None
    found: Counted = []
    for factor, exponent in parts:
        inner = curve_of(factor, curve.name, curve.deadline)
        known = fill(inner)
        if known.open or known.throughout:
            return None
        found += [(named(inner, 0, zero).root, zero.multiplicity * exponent) for zero in known.zeros[0]]
    joined = _joined(sorted(found, key=lambda each: each[0].size))
    return None if joined is None else _with_signs(stretch, curve, order, joined)


def _joined(found: Counted) -> Counted | None:
    """The zeros, equal ones once; None where it is not known whether two are equal."""
    joined: Counted = []
    for root, count in found:
        if not joined or not root.ball.overlaps(joined[-1][0].ball):
            joined.append((root, count))
            continue
        other, before = joined.pop()
        if root.tree is None or other.tree is None or not are_equal(root.tree, {}, other.tree, {}):
            return None
        joined.append((other, before + count))
    return joined


def _with_signs(stretch: Stretch, curve: Curve, order: int, found: Counted) -> list[Zero] | None:
    ends = [stretch.left.root, *(root for root, _ in found), stretch.right.root]
    cuts = [between(one.ball, other.ball) for one, other in pairwise(ends)]
    signs = [_sign_at(curve, order, cut) for cut in cuts]
    if not all(signs):  # perhaps it is 0 throughout
        return None
    zeros = []
    for place, (root, count) in enumerate(found):
        before, after = signs[place : place + 2]
        if (before == after) != (count % 2 == 0):
            return None
        zeros.append(Zero(root, count, before or 0, after or 0, cuts[place], cuts[place + 1]))
    return zeros


def _sign_at(curve: Curve, order: int, at: fmpq) -> int | None:
    for precision in SIGN_BITS:
        try:
            found = sign(curve.series(at, order, precision)[order])
        except (UnsureError, TouchError):
            return None
        if found:
            return found
    return None
