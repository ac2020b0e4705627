"""A formula in one variable between the points that it singles out, and what its pieces tell of such a point.

Between such points no condition changes and nothing inside of an absolute value or a maximum changes its sign, so
that the formula is there one without any of these.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import sympy
from flint import arb, ctx, fmpq

from derivcli.check.enclosure import restored_context
from derivcli.engines.balls.coordinates import Coordinate, Moved, rational
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import evaluate
from derivcli.engines.balls.integers import fraction
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import record
from derivcli.engines.symbolic import SYMPY_FAILURES, UNREAL, attempted, derivative_of, evaluated
from derivcli.language.differentiation.unrolling import steps_of
from derivcli.language.tree import Tree, postorder, row_of, substitute, symbol
from derivcli.result import Partial
from derivcli.simplify.domains.roots import Root, root
from derivcli.study.breaks.branches import SIDED, SIGN_BITS, piece
from derivcli.study.breaks.equations import BreakEquation, break_equations, of_node

NEAR_BITS = 100
"""The distance of a nearby point, as a power of 2."""

MODERATE_SIZES = (arb(2) ** -4000, arb(2) ** 1000)
"""Between numbers of such sizes a fraction is found."""

LIMIT_OFFSET_BITS = 1200
"""A limit must be the value at 2 to the minus this from the point, up to 2 to the minus the other."""
LIMIT_TOLERANCE_BITS = 900
LIMIT_BITS = (4000, 8000)

LIMIT_SECONDS = 2.0
"""How long SymPy may look for one limit, and for one equality."""


def piece_equations(tree: Tree) -> list[BreakEquation] | None:
    """All that must be solved before the pieces of a formula are known; None where that does not do."""
    found: dict[BreakEquation, None] = {}
    for node in steps_of(tree):
        if _has_sides(node):
            rows = [row_of(inner) for part in node.args for inner in steps_of(part)]
            if any(row is not None and row.defined and row.name != "log" for row in rows):
                return None  # defined not everywhere, other than by a root or a logarithm
            found |= dict.fromkeys(each for each in of_node(node))
            found |= dict.fromkeys(each for part in node.args for each in break_equations(part))
    return list(found)


def _has_sides(node: Tree) -> bool:
    """Whether a node is one formula on one side of some point and another formula on the other side."""
    row = row_of(node)
    if row is None:
        return isinstance(node, sympy.core.relational.Relational)
    return row.name in SIDED or (bool(row.special) and row.definition is not None and row.kernel is None)


def just_beside(at: Root) -> tuple[Coordinate, Coordinate]:
    """Points on both sides, so close that no other exceptional point lies between, unless they accumulate."""
    step = fmpq(1, 2**NEAR_BITS)
    return Moved(at.where, -step, fmpq(1)), Moved(at.where, step, fmpq(1))


def between(found: Sequence[Root]) -> list[Fraction]:
    """A point before, between and behind some numbers in order; none if a number is too large or too small."""
    if not found:
        return [Fraction(7, 5)]
    if not all(map(_is_moderate, found)):
        return []
    first, last = (Fraction(each.size).limit_denominator(10**6) for each in (found[0], found[-1]))
    middle = [_simplest_between(low, high) for low, high in pairwise(found)]
    return [Fraction(first.__floor__() - 1), *middle, Fraction(last.__ceil__() + 1)]


def _is_moderate(each: Root) -> bool:
    return each.ball == 0 or bool(MODERATE_SIZES[0] < abs(each.ball) and abs(each.ball) < MODERATE_SIZES[1])


def _simplest_between(low: Root, high: Root) -> Fraction:
    """A fraction with a small denominator between two numbers."""
    with restored_context():
        ctx.prec = 4096
        middle = (low.ball + high.ball) / 2
        exact = fraction(middle.mid())
        assert exact is not None, "numbers of a moderate size have a middle of few bits"
        known = Fraction(int(exact.p), int(exact.q))
        for power in range(0, 400):
            near = known.limit_denominator(2**power)
            ball = arb(rational(near))
            if low.ball < ball and ball < high.ball:
                return near
    return known


@dataclass(frozen=True, slots=True)
class ExactNumber:
    """A number as a formula without variables, and as a ball."""

    tree: Tree
    ball: arb

    def is_same(self, other: ExactNumber) -> bool | None:
        """Whether it is another one; None where that is not known."""
        with restored_context():
            ctx.prec = LIMIT_BITS[0]
            if not self.ball.overlaps(other.ball):
                return False
        return True if _is_zero(evaluated(self.tree) - evaluated(other.tree)) else None


def _is_zero(tree: Any) -> bool:
    return tree == 0 or bool(attempted(LIMIT_SECONDS, lambda: sympy.simplify(tree) == 0))


def constant_at(tree: Tree, name: str, at: Root) -> ExactNumber | None:
    """The value of a formula at a point."""
    here = None if at.tree is None else piece(tree, name, at.where, presumes=True)
    return None if here is None else _put(here, name, at)


def _put(tree: Tree, name: str, at: Root) -> ExactNumber | None:
    with suppress(*SYMPY_FAILURES):
        made = evaluated(substitute(tree, {symbol(name): at.tree}))
        known = None if made.free_symbols or made.has(*UNREAL) else root(made)
        return None if known is None else ExactNumber(made, known.ball)
    return None


def limit(tree: Tree, name: str, at: Root, side: int) -> ExactNumber | None:
    """The exact limit of a piece at one of its ends."""
    if at.tree is None:
        return None
    if is_analytic(tree, name, at):
        return _put(tree, name, at)
    if any(hasattr(type(node), "row") for node in postorder(tree)):  # a function that SymPy does not know
        return None
    with restored_context():
        return attempted(LIMIT_SECONDS, _found_limit, tree, name, at, side)


def _found_limit(tree: Tree, name: str, at: Root, side: int) -> ExactNumber | None:
    """The limit that SymPy finds, if values near it confirm it."""
    found = sympy.limit(sympy.together(evaluated(tree)), symbol(name), at.tree, "+" if side > 0 else "-")
    if found.free_symbols or found.has(*UNREAL):
        return None
    return borne_out(tree, name, at, side, found)


def is_analytic(tree: Tree, name: str, at: Root) -> bool:
    """Whether a formula has a power series at a point."""
    tape = record(tree, (name,))
    for precision in SIGN_BITS[:2]:
        with suppress(UnsureError, TouchError), restored_context():
            evaluate(Run(tape, {name: (fmpq(1),)}, 1, precision), {name: at.where})
            return True
    return False


def borne_out(tree: Tree, name: str, at: Root, side: int, found: Any) -> ExactNumber | None:
    """A limit that SymPy found, if values close to the point agree with it to hundreds of digits."""
    known, tape = root(found), record(tree, (name,))
    close = Moved(at.where, fmpq(side, 2**LIMIT_OFFSET_BITS), fmpq(1))
    if known is None:
        return None
    for precision in LIMIT_BITS:
        with suppress(UnsureError, TouchError), restored_context():
            ball = evaluate(Run(tape, precision=precision), {name: close})[0]
            ctx.prec = precision
            if abs(ball - known.ball) < (1 + abs(known.ball)) * arb(2) ** -LIMIT_TOLERANCE_BITS:
                return ExactNumber(found, known.ball)
    return None


Limits = tuple[ExactNumber | None, ExactNumber | None]
"""The limits on the left and on the right; None where one is not known."""


@dataclass(frozen=True, slots=True)
class ExactDerivative:
    """The derivative of a formula at a point: a constant, or there is none if `number` is None."""

    number: ExactNumber | None


def exact_derivative(
    tree: Tree, name: str, order: int, at: Root, nearby: tuple[Coordinate, Coordinate]
) -> ExactDerivative | None:
    """The derivative at a point that a formula singles out, from its pieces on both sides; None where it is not known.

    A continuous function whose derivative has a limit has that for its derivative.
    """
    sides = [piece(tree, name, inside) for inside in nearby]
    here = constant_at(tree, name, at)
    if here is None or None in sides:
        return None
    for k in range(order + 1):
        left, right = _limits(sides, (name,) * k, name, at)
        if k == 1 and (left is None or right is None):
            left, right = _slopes(sides, here, name, at)
        if left is None or right is None:
            return None
        same = [left.is_same(right), *([left.is_same(here)] if k == 0 else [])]
        if False in same:
            return ExactDerivative(None)
        if None in same:
            return None
        here = left
    return ExactDerivative(here)


def _slopes(sides: Sequence[Any], here: ExactNumber, name: str, at: Root) -> Limits:
    """The limits of the quotients of differences on both sides, where those of the derivative are not known."""
    x = symbol(name)
    left, right = ((part - here.tree) / (x - at.tree) for part in map(evaluated, sides))
    return attempted(LIMIT_SECONDS, lambda: (limit(left, name, at, -1), limit(right, name, at, 1))) or (None, None)


def _limits(sides: Sequence[Any], partial: Partial, name: str, at: Root) -> Limits:
    """The limits of a derivative on both sides, of the pieces there."""
    left, right = sides
    return attempted(LIMIT_SECONDS, _found_limits, left, right, partial, name, at) or (None, None)


def _found_limits(left: Tree, right: Tree, partial: Partial, name: str, at: Root) -> Limits:
    derivative = derivative_of(right, partial)
    found = limit(derivative, name, at, 1)
    if left != right:
        return limit(derivative_of(left, partial), name, at, -1), found
    if found is not None and (is_analytic(derivative, name, at) or borne_out(derivative, name, at, -1, found.tree)):
        return found, found
    return None, None
