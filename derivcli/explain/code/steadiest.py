"""Which form of a derivative a program computes: the shortest, unless another one loses fewer digits in float64."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy

from derivcli.check.rounding_error import LARGEST, rounding_errors, sizes
from derivcli.engines.symbolic import attempted, differentiate, has_pieces
from derivcli.language.differentiation.unrolling import steps_of
from derivcli.language.expression import Expression
from derivcli.language.tree import Tree
from derivcli.result import SymbolicResult, partial_of

COORDINATES = tuple(Fraction(*each) for each in ((7, 10), (11, 10), (-6, 5), (29, 10), (-23, 10), (17, 3), (1, 5)))
"""Ordinary values of variables; several variables have different ones at a point."""

FAR = tuple(map(Fraction, (40, -40, 1000, -1000)))
"""Values at which exponentials of squares are beyond float64."""

NEGLIGIBLE, SEVERAL = 8e-15, 4.0
"""A rounding error that is none to speak of, and how many times as large as another one it may be."""

DERIVATION_SECONDS = 2.0

LARGEST_EXPONENT = 700.0

MAX_EXPONENTS = 12


def steadiest(result: SymbolicResult) -> SymbolicResult:
    """The result with each derivative in the shortest form that loses no digits which the one as derived keeps."""
    partials = [partial_of(key) for key in result.derivatives]
    pieces = any(has_pieces(each.tree) for each in result.derivatives.values())
    task = (result.expression, partials, result.direction, result.dependent)
    derived = None if pieces else attempted(DERIVATION_SECONDS, differentiate, *task)
    if derived is None:
        return result
    chosen = {key: _steadier(each, derived.derivatives[key]) for key, each in result.derivatives.items()}
    return replace(result, derivatives=chosen)


def _steadier(shortest: Expression, derived: Expression) -> Expression:
    """The shortest form, or the one as derived where that is computed with a smaller error."""
    if shortest.tree == derived.tree:
        return shortest
    names = sorted({*shortest.variables, *derived.variables})
    points = list(_points(names, COORDINATES))
    pairs = zip(
        rounding_errors(shortest.tree, names, points), rounding_errors(derived.tree, names, points), strict=True
    )
    loses = any(one > max(NEGLIGIBLE, SEVERAL * other) for one, other in pairs)
    return derived if loses or _overflows(shortest.tree, names) > _overflows(derived.tree, names) else shortest


def _points(names: Sequence[str], values: Sequence[Fraction]) -> Iterator[Mapping[str, Fraction]]:
    for start in range(len(values)):
        yield {name: values[(start + 3 * place) % len(values)] for place, name in enumerate(names)}


def _overflows(tree: Tree, names: Sequence[str]) -> int:
    """At how many points far out an exponential is beyond float64 where the formula itself is not."""
    exponents = _spread([node.args[-1] for node in steps_of(tree) if _is_exponential(node)])
    if not exponents:
        return 0
    points = list(_points(names, FAR))
    found = zip(sizes(tree, names, points), *(sizes(each, names, points) for each in exponents), strict=True)
    return sum(abs(size) < LARGEST and max(powers) > LARGEST_EXPONENT for size, *powers in found)


def _spread(exponents: Sequence[Tree]) -> Sequence[Tree]:
    """Some of many exponents, the first and the last ones among them: a sum over an index has one for each term."""
    if len(exponents) <= MAX_EXPONENTS:
        return exponents
    return [exponents[place * (len(exponents) - 1) // (MAX_EXPONENTS - 1)] for place in range(MAX_EXPONENTS)]


def _is_exponential(node: Any) -> bool:
    return isinstance(node, sympy.exp) or (isinstance(node, sympy.Pow) and node.base is sympy.E)
