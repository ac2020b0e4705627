"""What the formulas of derivations come to at points, by mpmath, and which steps are therefore wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import mpmath
import sympy
from mpmath import mp, mpf

from derivcli import Derivation
from derivcli.language.bound_variables import Binder
from derivcli.language.functions.formulas import complete
from derivcli.language.tree import RELATIONS, Derivative, Tree, row_of
from tests.oracles import ORACLE

TOLERANCE = 1e-12
NOISE = mpf(10) ** -18
"""What two numbers that are 0 may differ by."""

LARGEST = mpf(10) ** 120
"""Larger numbers are not reached; the sine of one that is much larger would not end."""

SIGNS = {kind: sign for sign, kind in RELATIONS.items()}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
}  # fmt: skip

Point = Mapping[str, Any]


class Value:
    """What trees come to at one point, derivatives still to be taken by differences; each node once."""

    def __init__(self, at: Point) -> None:
        self.at = at
        self.known: dict[Tree, Any] = {}

    def __call__(self, tree: Any) -> Any:
        if tree not in self.known:
            self.known[tree] = found = self.find(tree)
            if abs(found) > LARGEST or (not isinstance(found, bool) and mpmath.im(found)):
                raise OverflowError("a number that is too large, or not real")
        return self.known[tree]

    def find(self, node: Any) -> Any:
        if isinstance(node, Derivative):
            inner, variable = node.args
            return mpmath.diff(lambda t: Value({**self.at, variable.name: t})(inner), self.at[variable.name])
        if isinstance(node, Binder):
            return self.bound(node.word, *node.args)
        if isinstance(node, sympy.Piecewise):
            return next((self(pair.expr) for pair in node.args if self(pair.cond)), mpmath.nan)
        if isinstance(node, sympy.And | sympy.Or | sympy.Not):
            truths = [bool(self(part)) for part in node.args]
            return not truths[0] if isinstance(node, sympy.Not) else (all, any)[isinstance(node, sympy.Or)](truths)
        parts = [self(part) for part in node.args]
        if type(node) in SIGNS:
            return COMPARE[SIGNS[type(node)]](*parts)
        return self.number(node, parts)

    def bound(self, kind: str, body: Tree, variable: Any, lower: Tree, upper: Tree) -> Any:
        """A sum or a product by a loop, an integral by mpmath's quadrature."""

        def inside(value: Any) -> Any:
            return Value({**self.at, variable.name: value})(body)

        ends = self(lower), self(upper)
        if kind == "integral":
            return mpmath.quad(inside, ends)
        each = [inside(mpf(value)) for value in range(int(ends[0]), int(ends[1]) + 1)]
        return mpmath.fsum(each) if kind == "sum" else mpmath.fprod(each)

    def number(self, node: Any, parts: list[Any]) -> Any:
        if isinstance(node, sympy.Symbol):
            return self.at[node.name]
        if not parts:
            known = {sympy.E: mp.e, sympy.pi: mp.pi, sympy.true: True, sympy.false: False}
            return +known[node] if node in known else mpf(node.p) / node.q
        if isinstance(node, sympy.Add):
            return mpmath.fsum(parts)
        if isinstance(node, sympy.Mul):
            return mpmath.fprod(parts)
        if isinstance(node, sympy.Pow):
            return parts[0] ** parts[1]
        row = row_of(node)
        assert row is not None
        return ORACLE[row.name](*(parts if row.variadic else map(self, complete(row, node.args))))


def is_ordinary(number: Any) -> bool:
    return bool(mpmath.isfinite(number) and mpmath.im(number) == 0)


def faults(derivation: Derivation, at: Point) -> list[str] | None:
    """Every step that is not equal to the one before it; None where the derivative is no number at the point."""
    value = Value(at)
    chain = [("start", derivation.start), *((step.rule, step.tree) for step in derivation.steps)]
    try:
        numbers = [value(tree) for _, tree in chain]
        there = is_ordinary(numbers[0]) and is_ordinary(value(derivation.expression.expanded))
    except (ZeroDivisionError, ValueError, OverflowError, TypeError):
        return None
    return (
        None
        if not there
        else [
            f"{derivation.expression.text}: {rule} makes {before} of {after}"
            for (rule, _), before, after in zip(chain[1:], numbers, numbers[1:], strict=False)
            if not abs(before - after) <= TOLERANCE * abs(before) + NOISE
        ]
    )
