"""What the formulas of derivations come to at points, by mpmath, and which steps are therefore wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
    """Every step that is not equal to the one before it; None where the derivative is no number at the point.

    Of an equation both sides are compared; its letters are the function and its derivative.
    """
    value = Value(at)
    try:
        numbers = [value(derivation.start), value(derivation.expression.expanded)]
        letters = {
            f"{step.left}": numbers[1] for step in derivation.steps if step.left is not None and step.left.is_Symbol
        }
        letters |= {name: numbers[0] for name in letters if name.endswith("'")}
        value = Value({**at, **letters, **{f"{name}'": numbers[0] for name in letters}})
        found = list(_faults(derivation, numbers[0], value))
        there = all(map(is_ordinary, numbers))
    except (ZeroDivisionError, ValueError, OverflowError, TypeError):
        return None
    return found if there else None


def _faults(derivation: Derivation, start: Any, value: Value) -> Iterator[str]:
    before = start
    for step in derivation.steps:
        expected = before if step.left is None else value(step.left)
        before = value(step.tree)
        if not abs(expected - before) <= TOLERANCE * abs(expected) + NOISE:
            yield f"{derivation.expression.text}: {step.rule} makes {expected} of {before}"
    if not abs(start - before) <= TOLERANCE * abs(start) + NOISE:
        yield f"{derivation.expression.text}: the last step is {before}, and the derivative {start}"
