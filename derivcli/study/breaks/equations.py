"""The equations of the points that a formula singles out: where its conditions, kinks, jumps and edges change.

Elsewhere a formula is analytic as written, or has no value on a whole neighbourhood. So between two neighbouring
solutions it is one or the other throughout.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import sympy

from derivcli.engines.symbolic import merged
from derivcli.flag_table import FLAG_TABLE
from derivcli.language.bound_variables import Integral
from derivcli.language.differentiation.unrolling import steps_of
from derivcli.language.functions import formulas
from derivcli.language.functions.row import Function
from derivcli.language.tree import Tree, add, negative, postorder, row_of, substitute
from derivcli.study.breaks.singularities import TANGENTS, WHOLE_ORDERS, poles_below, singular_equations

JUMPS, KINKS, POLES = "jumps", "kinks", "poles"
"""What a formula may do at such a point: be another one, turn though it is continuous, or have no value or series."""

ISOLATED = ("xlogy", "xlog1py")
"""Functions with a value at the edge of their domain to which nearby values do not tend."""

STEP_FUNCTIONS = {**dict.fromkeys(("floor", "ceil", "frac", "trunc"), sympy.S.Zero), "round": sympy.S.Half}
"""Functions that jump where their argument is a whole number plus this."""

PERIODIC_FUNCTIONS = ("mod", "fmod")
"""Functions that jump where a quotient of their arguments is a whole number."""


@dataclass(frozen=True, slots=True)
class BreakEquation:
    """An equation `difference` = 0 whose solutions a formula singles out, or a whole number where it is `stepped`.

    That number is at `most` some number, if that is not None. The first of the `sides`, parts of the formula, is the
    second one there, or the second one times the whole number plus `shift`. Only where the formula `below` is below 0,
    if there is one, does a solution mean something.
    """

    difference: Tree
    does: str
    stepped: bool = False
    most: int | None = None
    sides: tuple[Tree, Tree] | None = field(default=None, compare=False)
    shift: Tree = field(default=sympy.S.Zero, compare=False)
    below: Tree | None = None


def break_equations(tree: Tree) -> list[BreakEquation]:
    """The equations of all exceptional points of a formula as its reader sees them, each once."""
    return list(dict.fromkeys(each for node in steps_of(tree) for each in of_node(node)))


def all_break_equations(tree: Tree) -> list[BreakEquation]:
    """The equations of all points at which a formula may not be analytic, those of rewrites put in their places."""
    found: dict[BreakEquation, None] = {}
    for node in steps_of(tree):
        row = row_of(node)
        if row is None or row.primitive or row.name in STEP_FUNCTIONS:
            found |= dict.fromkeys(of_node(node, typed=False))
        elif row.kernel is None:
            found |= dict.fromkeys(all_break_equations(formulas.rewritten(row, node.args)))
    return list(found)


def of_node(node: Tree, typed: bool = True) -> Iterator[BreakEquation]:
    """The equations of a node itself, without those of its parts; as its row tells them if it is seen as `typed`."""
    row = row_of(node)
    if isinstance(node, sympy.core.relational.Relational):
        if not all(map(_is_stepped, node.args)):
            yield _equality(node, JUMPS)
    elif isinstance(node, sympy.Pow):
        yield from _of_power(node)
    elif isinstance(node, Integral):
        yield from _of_integral(node)
    elif row is not None:
        yield from _of_call(node, row, typed)


def equal(left: Tree, right: Tree, does: str) -> BreakEquation:
    """The equation of two formulas."""
    return BreakEquation(less(left, right), does, sides=(left, right))


def _equality(relation: Any, does: str) -> BreakEquation:
    """The equation of the two sides of a comparison."""
    left, right = relation.args
    return equal(left, right, does)


def less(left: Tree, right: Tree) -> Tree:
    """The difference of two formulas."""
    return left if right == 0 else add([left, negative(right)])


def whole(tree: Tree, does: str, most: int | None = None, shift: Tree = sympy.S.Zero) -> BreakEquation:
    """The equation of a formula that is a whole number plus a shift."""
    return BreakEquation(less(tree, shift), does, True, most, (tree, sympy.S.One), shift)


def _is_stepped(tree: Tree) -> bool:
    """Whether a formula changes only where a function in it jumps, and so singles out nothing by itself."""
    row = row_of(tree)
    if row is not None and row.name in (*STEP_FUNCTIONS, "sign", "heaviside") and row.name != "frac":
        return True
    return not tree.is_Symbol and all(map(_is_stepped, tree.args))


def _of_power(node: Any) -> Iterator[BreakEquation]:
    """Where the base of a power is 0, unless the power is a whole one, which is smooth there.

    Below 0 a power with another exponent is real where that is a whole number.
    """
    base, exponent = merged(node.base), merged(node.exp)
    if not base.free_symbols:
        if base == 0:
            yield BreakEquation(exponent, JUMPS)
        elif exponent.free_symbols and not base.is_positive:
            yield whole(node.exp, POLES)
    elif exponent.free_symbols:
        yield equal(node.base, sympy.S.Zero, JUMPS)
        yield replace(whole(node.exp, POLES), below=node.base)
    elif exponent.is_negative:
        yield equal(node.base, sympy.S.Zero, POLES)
    elif not exponent.is_Integer:
        yield equal(node.base, sympy.S.Zero, KINKS)


def _of_integral(node: Any) -> Iterator[BreakEquation]:
    """Where a bound reaches a point that the integrand singles out, or such a point moves with a variable."""
    body, bound, *bounds = node.args
    for part in bounds:
        yield from break_equations(part)
    for each in break_equations(body):
        places = bounds if bound in each.difference.free_symbols else [bound]
        for place in places:
            moved = substitute(each.difference, {bound: place})
            yield BreakEquation(moved, POLES, each.stepped, each.most)


def _of_call(node: Any, row: Function, typed: bool) -> Iterator[BreakEquation]:
    """Where a function of the table, or its rewrite, has a singular point."""
    if row.name in STEP_FUNCTIONS:
        yield whole(node.args[0], JUMPS, shift=STEP_FUNCTIONS[row.name])
    elif row.name in PERIODIC_FUNCTIONS:
        quotient = merged(node.args[0]) / merged(node.args[1])
        yield BreakEquation(quotient, JUMPS, stepped=True, sides=node.args)
        yield equal(node.args[1], sympy.S.Zero, POLES)
    elif row.special and (typed or row.variadic):
        yield from _of_special_points(node, row)
    elif row.primitive:
        yield from _of_singularities(node, row)
    elif row.kernel is None:
        yield from break_equations(formulas.rewritten(row, node.args))


def _of_special_points(node: Any, row: Function) -> Iterator[BreakEquation]:
    """Where a function of the table has a kink, a jump or an edge."""
    if row.variadic:
        for pair in combinations(node.args, 2):
            yield equal(*pair, KINKS)
        return
    for kind, condition in formulas.special(row):
        does = KINKS if FLAG_TABLE[kind].is_continuous and row.name not in ISOLATED else JUMPS
        for part in postorder(formulas.bind(row, condition, node.args)):
            if isinstance(part, sympy.core.relational.Relational):
                yield _equality(part, does)


def _of_singularities(node: Any, row: Function) -> Iterator[BreakEquation]:
    """Where a primitive has no value or no series."""
    if row.name in TANGENTS:
        turns = merged(node.args[0]) / sympy.pi - sympy.S.Half
        yield BreakEquation(turns, POLES, True, None, (node.args[0], sympy.pi), sympy.S.Half)
    for equation in singular_equations(row):
        yield _equality(formulas.bind(row, equation, node.args), POLES)
    for formula in poles_below(row):
        yield whole(formulas.bind(row, formula, node.args), POLES, most=0)
    if row.name in WHOLE_ORDERS:
        place = row.parameters.index(WHOLE_ORDERS[row.name])
        if node.args[place].free_symbols:
            yield whole(node.args[place], POLES)
