"""The conditions of a formula's branches: what leaves out the curves on which nothing is stated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sympy

from derivcli.engines.symbolic import merged
from derivcli.language import tree as build
from derivcli.language.differentiation.unrolling import steps_of
from derivcli.language.tree import SIGN_OF, Tree

Branches = list[tuple[Tree, Tree]]

STRICT = {"<": "<", "<=": "<", ">": ">", ">=": ">"}
OPPOSITE = {"<": ">", ">": "<", "==": "!="}


def difference_of(relation: Any) -> Tree:
    """One formula for all comparisons of the same two sides."""
    difference = merged(relation.args[0]) - merged(relation.args[1])
    return -difference if difference.could_extract_minus_sign() else difference


def relations_in(tree: Tree) -> Iterator[Any]:
    """The comparisons in a formula."""
    return (node for node in steps_of(tree) if isinstance(node, sympy.core.relational.Relational))


def with_value(branches: Branches, name: str, at: Tree, value: Tree) -> Branches:
    """The branches with a value at a point, in the place of a branch for that point alone if there is one."""
    here = build.relation("==", build.symbol(name), at)
    for place, (_, condition) in enumerate(branches):
        if isinstance(condition, sympy.Equality) and difference_of(condition) == difference_of(here):
            return [*branches[:place], (value, condition), *branches[place + 1 :]]
    return [(value, here), *branches]


def flat_branches(tree: Any) -> Branches:
    """The branches of a formula, with those of one that stands in its last branch."""
    branches = [(pair.expr, pair.cond) for pair in tree.args]
    while branches[-1][1] == sympy.true and isinstance(branches[-1][0], sympy.Piecewise):
        branches[-1:] = [(pair.expr, pair.cond) for pair in branches[-1][0].args]
    return branches


def without_curves(branches: Branches, curves: set[Tree], guards: list[Tree]) -> Branches:
    """The branches with conditions that hold nowhere on the curves."""
    found: Branches = []
    handled = set()
    for value, condition in branches:
        strict = _strict(condition, curves)
        if strict is not None:
            found.append((value, _all(strict, guards)))
        if isinstance(condition, sympy.Unequality) and strict is not None and difference_of(condition) in curves:
            break  # what follows holds on the curve alone
        for relation in relations_in(condition):
            if difference_of(relation) in curves and difference_of(relation) not in handled:
                handled.add(difference_of(relation))
                guards = [*guards, _guard(relation, condition is relation)]
    rest = curves - handled
    inner = [each for value, _ in branches for each in relations_in(value) if difference_of(each) in rest]
    more = list({difference_of(each): build.relation("!=", *each.args) for each in inner}.values())
    return [(value, _all(condition, more)) for value, condition in found]


def _strict(condition: Any, curves: set[Tree]) -> Tree | None:
    """A condition that does not hold on the curves; None where it holds nowhere else."""
    if isinstance(condition, sympy.core.relational.Relational):
        if difference_of(condition) not in curves:
            return condition
        sign = SIGN_OF[type(condition)]
        return None if sign == "==" else build.relation(STRICT.get(sign, sign), *condition.args)
    if isinstance(condition, sympy.And):
        parts = [part for each in condition.args if (part := _strict(each, curves)) is not None]
        return build.all_of(parts) if len(parts) == len(condition.args) else None
    own = {difference_of(each): each for each in relations_in(condition) if difference_of(each) in curves}
    return _all(condition, [build.relation("!=", *each.args) for each in own.values()])


def _guard(relation: Any, is_alone: bool) -> Tree:
    """What holds off the curve of a relation: where it alone did not hold, the opposite."""
    sign = SIGN_OF[type(relation)]
    sign = OPPOSITE.get(STRICT.get(sign, sign), "!=") if is_alone else "!="
    return build.relation(sign, *relation.args)


def _all(condition: Tree, more: Sequence[Tree]) -> Tree:
    """A condition and others, without those that it implies."""
    own = list(condition.args) if isinstance(condition, sympy.And) else [] if condition == sympy.true else [condition]
    kept = [each for each in more if not any(_implies(other, each) for other in (*own, *more) if other is not each)]
    return build.all_of([*kept, *own])


def _implies(one: Any, other: Any) -> bool:
    """Whether a comparison of something with a number implies another such one, as far as one sees."""
    if not isinstance(one, sympy.core.relational.Relational) or one.args[0] != other.args[0]:
        return False
    a, b = (merged(each.args[1]) for each in (one, other))
    if not (a.is_number and b.is_number):
        return bool(a == b and SIGN_OF[type(one)] in "<>" and SIGN_OF[type(other)] == "!=")
    first, second = SIGN_OF[type(one)], SIGN_OF[type(other)]
    below, above = (first in "<=" and first != "=="), first in (">", ">=")
    if second == "!=":
        return bool((first == "<" and a <= b) or (first == ">" and a >= b) or (first == "==" and a != b))
    if second == "<":
        return bool(below and (a < b or (a == b and first == "<" and one is not other)))
    if second == ">":
        return bool(above and (a > b or (a == b and first == ">" and one is not other)))
    return False
