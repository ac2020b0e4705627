"""What a piecewise derivative states where its pieces meet: what is true there, or nothing.

A derivative taken piece by piece says nothing of the points where a condition changes. There the function itself is
judged: a derivative that it has is stated, and a point is left out at which it has none or none is known.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import sympy
from flint import arb

from derivcli.check.true_derivative import KnownDerivative, derivative_at
from derivcli.engines.balls.coordinates import rational
from derivcli.engines.balls.errors import UnsureError
from derivcli.engines.balls.integers import decimal_text
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.symbolic import SYMPY_FAILURES, arrange, expression_of, merged
from derivcli.errors import DerivError
from derivcli.explain.piecewise.branch_conditions import (
    difference_of,
    flat_branches,
    relations_in,
    with_value,
    without_curves,
)
from derivcli.explain.piecewise.breakpoints import all_roots, on_curve
from derivcli.explain.piecewise.intervals import by_intervals, is_total
from derivcli.explain.piecewise.pieces import between, exact_derivative, just_beside, piece_equations
from derivcli.language import tree as build
from derivcli.language.differentiation.unrolling import steps_of
from derivcli.language.expression import Expression
from derivcli.language.functions import formulas
from derivcli.language.printer import place_text, text_of
from derivcli.language.tree import SIGN_OF, Tree, postorder, row_of, substitute
from derivcli.result import Partial, SymbolicResult, partial_of
from derivcli.simplify.domains.roots import ALL, ENDLESS, Root, same_root, value_of
from derivcli.study.breaks.equations import JUMPS, BreakEquation

JUDGING_SECONDS = 5.0
"""How long the points of one derivative may be judged; later ones are left out."""

MAX_NODES, MAX_KINK_NODES = 60, 16
"""At a kink of a longer formula, or of one with more inside, no derivative is looked for, since it hardly has one."""

MAX_SAMPLED_POINTS = 12
"""Where not all points at which a condition changes are known, so many are judged."""


def stated(result: SymbolicResult) -> SymbolicResult:
    """The derivatives as formulas that are true where pieces meet, with what there is to be said of them."""
    if result.direction is not None or result.dependent:
        return result
    f, derivatives = result.expression, result.derivatives
    made = {key: _Stating(f, partial_of(key), each).stated() for key, each in derivatives.items()}
    remarks = dict.fromkeys(remark for _, found in made.values() for remark in found)
    return replace(result, derivatives={key: each for key, (each, _) in made.items()}, remarks=tuple(remarks))


def _conditions(tree: Tree) -> set[Tree]:
    """The differences of the sides of all comparisons in a formula and in the rewrites of its functions."""
    found: set[Tree] = set()
    for node in steps_of(tree):
        row = row_of(node)
        if isinstance(node, sympy.core.relational.Relational):
            found.add(difference_of(node))
        elif row is not None and row.definition is not None and row.derivatives is None and row.kernel is None:
            found |= _conditions(formulas.rewritten(row, node.args))
    return found


def _size(tree: Tree) -> int:
    return sum(1 for _ in postorder(tree))


@dataclass(slots=True, eq=False)
class _Stating:
    """One derivative, and what is found where its pieces meet."""

    expression: Expression
    partial: Partial
    derivative: Expression
    values: list[tuple[Root, Tree]] = field(default_factory=list)
    points: list[Root] = field(default_factory=list)
    curves: list[Any] = field(default_factory=list)
    judged: list[Root] = field(default_factory=list)
    bad: list[Root] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    is_partial: bool = False
    is_long: bool = False

    def stated(self) -> tuple[Expression, list[str]]:
        start, tree = time.monotonic(), self.derivative.tree
        relations = {difference_of(each): each for each in (*relations_in(tree), *_steps(tree).values())}
        typed = _conditions(self.expression.expanded)
        self.is_long = _size(self.expression.expanded) > MAX_NODES
        for difference, relation in relations.items():
            is_simple = difference in typed or (_size(difference) <= MAX_KINK_NODES and not self.is_long)
            if time.monotonic() - start > JUDGING_SECONDS or not is_simple:
                self.leave_out(relation)
            elif len(self.names) == 1:
                self.on_line(relation)
            else:
                self.on_curve(relation)
        if not (self.values or self.points or self.curves):
            return self.derivative, []
        with suppress(DerivError, *SYMPY_FAILURES):
            return expression_of(self.mended(tree), self.expression.spelling), list(dict.fromkeys(self.remarks))
        return self.derivative, ["where its pieces meet the derivative may be another number or none"]

    def mended(self, tree: Tree) -> Tree:
        """The formula that states what is true: interval by interval where it has kinks inside, as typed elsewhere."""
        steps = _steps(tree)
        if steps or not isinstance(tree, sympy.Piecewise):
            found = None
            if len(self.names) == 1 and not self.is_partial and not self.is_long:
                found = by_intervals(tree, self.names[0], self.is_open, self.values)
            if found is not None:
                return found
            tree = _split({difference_of(each): each for each in (*relations_in(tree), *steps.values())}, tree, steps)
        name, curves = self.names[0], {difference_of(relation) for relation in self.curves}
        guards = [build.relation("!=", build.symbol(name), arrange(root.tree)) for root in self.points if root.tree]
        branches = flat_branches(tree) if isinstance(tree, sympy.Piecewise) else [(tree, sympy.true)]
        branches = without_curves(branches, curves, guards)
        for root, value in reversed(self.values):
            branches = with_value(branches, name, arrange(root.tree), value)
        return build.piecewise(branches)

    def is_open(self, end: Root) -> bool:
        """Whether nothing is to be stated at a point."""
        if same_root(end, self.judged) is None:
            self.judged.append(end)
            self.bad += [] if self.is_settled(self.names[0], end, {}) else [end]
        return same_root(end, self.bad) is not None

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys([*self.expression.variables, *self.partial]))

    def leave_out(self, relation: Any) -> None:
        """State nothing where a condition changes, at points of which not all are known."""
        self.is_partial = True
        self.curves.append(relation)
        where = " = ".join(text_of(side, self.expression.spelling) for side in relation.args)
        self.remarks.append(f"where {where} no derivative is stated")

    def on_line(self, relation: Any) -> None:
        name = self.names[0]
        source = BreakEquation(build.add([relation.args[0], build.negative(relation.args[1])]), JUMPS)
        more = piece_equations(self.expression.expanded) or []
        together, each = all_roots(dict.fromkeys([source, *more]), name)
        found = each[source]
        if found.extent != ALL:
            if found.extent != ENDLESS or not all(
                self.is_true({name: root}) for root in found.found[:MAX_SAMPLED_POINTS]
            ):
                self.leave_out(relation)
            return
        places = [rational(point) for point in between(together.found)]
        whole = together.extent == ALL and bool(places)
        sides = dict(zip(together.found, pairwise(places), strict=False)) if whole else {}
        roots = [same_root(root, together.found) or root for root in found.found]
        bad = [root for root in roots if not self.is_settled(name, root, sides)]
        self.judged += roots
        self.bad += bad
        if bad and (len(bad) == len(found.found) or any(root.tree is None for root in bad)):
            self.curves.append(relation)
        else:
            self.points += bad

    def is_settled(self, name: str, at: Root, sides: dict[Root, Any]) -> bool:
        """Whether the derivative at a point is stated already, or will be; if not, why is remarked."""
        known = self.known({name: at})
        try:
            here = self.value({name: at})
        except UnsureError:
            self.remarks.append(f"what the derivative is at {self.place(name, at)} is not known")
            return False
        if known.none:
            if here is not None:
                self.remarks.append(f"no derivative at {self.place(name, at)}")
            return here is None
        exact = exact_derivative(self.expression.expanded, name, len(self.partial), at, sides.get(at, just_beside(at)))
        number = None if exact is None else exact.number
        agrees = known.ball is not None and (number is None or known.ball.overlaps(number.ball))
        if not agrees:
            self.remarks.append(f"no derivative is known at {self.place(name, at)}")
            return here is None
        if here is not None and here.overlaps(known.ball if number is None else number.ball):
            return True
        if number is None or at.tree is None:
            shown = decimal_text(known.ball.mid(), 10)  # type: ignore[union-attr]
            self.remarks.append(
                f"at {self.place(name, at)} the derivative is {shown}, and has no formula that is known"
            )
            return here is None
        self.values.append((at, arrange(number.tree)))
        return True

    def on_curve(self, relation: Any) -> None:
        source = BreakEquation(build.add([relation.args[0], build.negative(relation.args[1])]), JUMPS)
        points, is_solved = on_curve(source, self.names)
        if not is_solved or not all(map(self.is_true, points)):
            self.leave_out(relation)

    def is_true(self, at: Mapping[str, Root]) -> bool:
        """Whether what is stated at a point is true, as far as it states anything."""
        try:
            here = self.value(at)
        except UnsureError:
            return False
        known = self.known(at)
        return here is None or (known.ball is not None and here.overlaps(known.ball))

    def known(self, at: Mapping[str, Root]) -> KnownDerivative:
        """What the function says of its derivative at a point."""
        where = {key: each.where for key, each in at.items()}
        return derivative_at(self.expression, Derivative(self.partial[::-1]), where)

    def value(self, at: Mapping[str, Root]) -> arb | None:
        """What the formula states at a point; None if nothing, UnsureError if that is not known."""
        return value_of(self.derivative.tree, self.names, at)

    def place(self, name: str, at: Root) -> str:
        """A point in words."""
        digits = sympy.Rational(at.ball.mid().str(16, radius=False))
        return place_text({name: digits if at.tree is None else arrange(at.tree)}, self.expression.spelling)


def _steps(tree: Tree) -> dict[Tree, Any]:
    """The calls of heaviside in a formula, as derivatives have them, each with when it is 1."""
    calls = (node for node in steps_of(tree) if getattr(row_of(node), "name", "") == "heaviside")
    return {node: _is_positive(node.args[0]) for node in calls}


def _is_positive(tree: Tree) -> Any:
    """That a formula is above 0, with what is subtracted on the other side."""
    terms = sympy.Add.make_args(merged(tree).primitive()[1])
    right = [-term for term in terms if term.could_extract_minus_sign()]
    left = [term for term in terms if not term.could_extract_minus_sign()]
    above, below = (arrange(sympy.Add(*side)) for side in (left, right))
    is_turned = not above.free_symbols or (below.free_symbols and _first(below) < _first(above))
    return build.relation("<", below, above) if is_turned else build.relation(">", above, below)


def _first(tree: Tree) -> str:
    return min(map(str, tree.free_symbols))


def _split(relations: dict[Tree, Any], tree: Tree, steps: dict[Tree, Any]) -> Tree:
    """The formula on both sides of the only thing that changes it; else with a branch for each call of heaviside."""
    if len(relations) == 1 and is_total(tree):
        condition = next(iter([*steps.values(), *relations_in(tree)]))
        values = {node: _step_values(each, condition) for node, each in steps.items()}
        for node in steps_of(tree):
            if isinstance(node, sympy.Piecewise) and len(node.args) == 2 and node.args[0].cond == condition:
                values[node] = node.args[0].expr, node.args[1].expr
        if not any(True for _ in relations_in(_put(tree, values, 0))):
            return build.piecewise([(_put(tree, values, 0), condition), (_put(tree, values, 1), sympy.true)])
    factors = [node for node in steps if node in (*sympy.Mul.make_args(tree), *sympy.Mul.make_args(merged(tree)))]
    rest = _put(tree, dict.fromkeys(factors, (sympy.S.One, sympy.S.Zero)), 0)
    if factors and len(factors) == len(relations) and is_total(tree) and not _steps(rest):
        return build.piecewise([(rest, build.all_of(list(steps.values()))), (sympy.S.Zero, sympy.true)])
    sides = [build.piecewise([(sympy.S.One, each), (sympy.S.Zero, sympy.true)]) for each in steps.values()]
    return substitute(tree, dict(zip(steps, sides, strict=True)))


def _step_values(step: Any, condition: Any) -> tuple[Tree, Tree]:
    """What a call of heaviside is where a condition on the same difference holds, and where it does not."""
    is_same = merged(_above(step) - _above(condition)) == 0
    return (sympy.S.One, sympy.S.Zero) if is_same else (sympy.S.Zero, sympy.S.One)


def _above(relation: Any) -> Tree:
    """What is above 0 where a strict comparison holds."""
    left, right = map(merged, relation.args)
    return left - right if SIGN_OF[type(relation)] in (">", ">=") else right - left


def _put(tree: Tree, values: dict[Tree, tuple[Tree, Tree]], side: int) -> Tree:
    return arrange(merged(substitute(tree, {node: value[side] for node, value in values.items()})))
