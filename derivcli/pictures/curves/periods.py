"""The periods that choose what is shown of curves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING

from derivcli.language.tree import add, number, substitute, symbol
from derivcli.study.tails.period import period

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.language.tree import Tree
    from derivcli.simplify.domains.roots import Root

SAMPLES = (Fraction(7234, 10000), Fraction(19171, 10000))
"""Values of the other variables at which a period is looked for. One that is the same at both belongs to all."""


def is_known_to_balls(expression: Expression) -> bool:
    """Whether a formula can be enclosed at all."""
    return not expression.custom_functions and not expression.has_integrals


def period_of(
    expressions: Sequence[Expression], name: str, fixed: Mapping[str, float], drifting: bool = False
) -> Root | None:
    """A common period of some formulas in one of their variables, None where none is found.

    Where they are `drifting` it is one after which they move on as before.
    """
    if not all(map(is_known_to_balls, expressions)):
        return None
    tree = add([each.expanded for each in expressions]) if len(expressions) > 1 else expressions[0].expanded
    names = {variable for each in expressions for variable in each.variables} - {name}
    if not any(name in each.variables for each in expressions):
        return None
    one, other = (_period(tree, name, names, fixed, sample, drifting) for sample in SAMPLES)
    return one if one is not None and other is not None and abs(one.size - other.size) <= 1e-9 * one.size else None


def _period(
    tree: Tree, name: str, names: set[str], fixed: Mapping[str, float], sample: Fraction, drifting: bool
) -> Root | None:
    values = {symbol(each): number(Fraction(fixed[each]) if each in fixed else sample) for each in names}
    with suppress(ArithmeticError, AssertionError, LookupError, TypeError, ValueError):
        return period(substitute(tree, values) if values else tree, name, drifting)
    return None


def turns(length: Root | None) -> bool:
    """Whether a period is a simple part or multiple of pi."""
    return length is not None and abs(12 * length.size / math.pi - round(12 * length.size / math.pi)) < 1e-9
