"""Derivatives of a function at its argument, taken where they stand in a formula."""

from __future__ import annotations

from collections.abc import Mapping

import sympy
from sympy.core.relational import Relational

from derivcli.errors import DerivError
from derivcli.language import limits
from derivcli.language.tree import Choice, Derivative, Tree, all_of, fold, piecewise


def slope(body: Tree, orders: Mapping[Tree, int]) -> Tree:
    """The derivative of a formula by variables, each as often as it says; without a value where it is none."""
    for by, order in orders.items():
        for _ in range(order):
            body = Derivative.in_place(body, by)
            if size(body) > limits.MAX_EXPANDED_NODES:
                message = f"this derivative has more than {limits.MAX_EXPANDED_NODES:,} parts"
                raise DerivError(message, hint="differentiate the whole formula with `--order`")
    return body


def size(node: Tree) -> int:
    """How many nodes a tree has, as often as they stand in it."""

    def count(node: Tree, parts: list[int]) -> int:
        return 1 + sum(parts)

    return fold(node, count)


def settled(derivative: Tree) -> Tree:
    """A derivative in its place at numbers that tell whether it has a value; refused where it has none."""
    where = condition_of(derivative)
    if where is None:
        return derivative
    parts = where.args if isinstance(where, sympy.And) else (where,)
    open_parts = []
    for part in parts:
        numbers = isinstance(part, Relational) and all(isinstance(side, sympy.Rational) for side in part.args)
        if not numbers:
            open_parts.append(part)
        elif not part.func(*part.args):
            raise DerivError("there is no derivative at this place", hint="take another one")
    return piecewise([(derivative.args[0].expr, all_of(open_parts))]) if open_parts else derivative.args[0].expr


def condition_of(derivative: Tree) -> Tree | None:
    """Where a derivative in its place has values, if not wherever its formula has."""
    return derivative.args[0].cond if isinstance(derivative, Choice) and len(derivative.args) == 1 else None
