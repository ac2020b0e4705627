"""Breaks and infinite ends as special points for readers, with limits and slopes as numbers."""

from __future__ import annotations

from flint import arb

from derivcli.check.one_sided_values import Limit, Side
from derivcli.check.verdict import Verdict
from derivcli.language.expression import Expression
from derivcli.language.spelling import Spelling
from derivcli.simplify.domains.roots import Root
from derivcli.study.breaks.kinds import Break, limit_at_infinity
from derivcli.study.breaks.local_germs import Formula
from derivcli.study.exact.constant_formulas import constant_tree
from derivcli.study.numbers import number_in, number_of
from derivcli.study.study import Number, SpecialPoint

PROVED, AGREES = "proved", "agrees"


def special_point(found: Break, spelling: Spelling) -> SpecialPoint:
    """A break as a special point."""
    x = number_of(found.at, spelling)
    return SpecialPoint(
        x,
        found.kind,
        Verdict(PROVED if found.proved else AGREES, truth=x.value),
        value=None if found.value is None else limit_number(found.value, spelling),
        left=_of_side(found.left.limit, found.left, spelling),
        right=_of_side(found.right.limit, found.right, spelling),
        left_slope=_of_side(found.left.derivative, found.left, spelling),
        right_slope=_of_side(found.right.derivative, found.right, spelling),
    )


def infinite_end(expression: Expression, formula: Formula, end: Root) -> SpecialPoint:
    """An end of the whole line as a special point, with what f tends to."""
    x = number_of(end, expression.spelling)
    side = 1 if end.ball > 0 else -1
    found = limit_at_infinity(formula, side)
    limit = None if found is None else _of_side(found.limit, found, expression.spelling)
    verdict = Verdict(PROVED if found is not None else "unchecked", truth=x.value)
    left, right = (limit, None) if side > 0 else (None, limit)
    return SpecialPoint(x, "end", verdict, left=left, right=right)


def _of_side(limit: Limit, side: Side, spelling: Spelling) -> Number | None:
    return limit_number(limit, spelling) if side.defined else None


def limit_number(limit: Limit, spelling: Spelling) -> Number | None:
    """A limit as a number; None where there is none."""
    if limit.infinite:
        return number_in(arb("inf") * limit.infinite)
    if limit.number is None:
        return None
    tree = None
    if limit.constant is not None and limit.field is not None:
        tree = constant_tree(limit.constant, limit.field)
    return number_in(limit.number, tree, spelling)
