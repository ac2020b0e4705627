"""All points of an interval at which a formula may not be analytic, as solutions of its break equations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cmp_to_key
from itertools import pairwise
from typing import TypeAlias

import sympy
from flint import arb, ctx, fmpq

from derivcli.check.enclosure import restored_context
from derivcli.engines.balls.coordinates import Coordinate, rational
from derivcli.engines.balls.errors import NoValueError, TouchError, UnsureError
from derivcli.engines.balls.evaluation import evaluate
from derivcli.engines.balls.exact_constants import working
from derivcli.engines.balls.germs.evaluation import coordinate_of
from derivcli.engines.balls.germs.germ import NoGermError
from derivcli.engines.balls.integers import floor, fraction, only_whole
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import Tape, record
from derivcli.language.differentiation.unrolling import steps_of
from derivcli.language.tree import Tree, add, multiply, row_of, symbol
from derivcli.simplify.domains.roots import Root
from derivcli.study.breaks.branches import branch, has_branches, tape_of
from derivcli.study.breaks.direct_zeros import (
    PLACE_BITS,
    Linear,
    factors,
    linear,
    linear_zero,
    progression,
    sine_turns,
)
from derivcli.study.breaks.equations import BreakEquation, all_break_equations
from derivcli.study.numbers import rational_root

MAX_LEVELS = 64
"""So many whole numbers are solved for one by one; beyond, the zeros of a sine are."""

MAX_SEARCHED = 10_000
"""Where a formula may pass more whole numbers, they are not looked for."""

RANGE_BITS = 64

WILD_SHARE = arb(2) ** -6
"""The share of an interval beside an end towards which a formula may be a whole number at endlessly many points."""


ENDLESS = "the formula may change at endlessly many points there"
TOO_MANY = "there are too many points at which the formula changes"
TOO_NEAR = "two points at which the formula changes are too near to each other to be told apart"
UNKNOWN_PIECE = "it is not known which branches the formula takes"
UNKNOWN_ZEROS = "it is not known where the formula changes"
UNKNOWN_FUNCTION = "nothing but the name of a function is known"


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A closed interval on which something is not decided, and why."""

    low: Root
    high: Root
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Zeros:
    """Zeros of a formula in an interval: all of them but for those in stretches that are not decided."""

    found: tuple[Root, ...] = ()
    undecided: tuple[Stretch, ...] = ()


Whole: TypeAlias = "tuple[int | None, Root]"
"""A whole number, where it is known, and a place at which a formula has that value."""

FindZeros: TypeAlias = Callable[[Tree, str, Root, Root], Zeros]
"""All zeros inside an interval of a formula that is analytic there; at the ends it may be 0 or singular."""


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A place at which an equation holds, a stepped one with a whole number, or to which such places may tend.

    There `whole` is None, and where the number is not known. An end of an interval has no equation.
    """

    at: Root
    equation: BreakEquation | None
    whole: int | None = 0


@dataclass(frozen=True, slots=True, eq=False)
class BreakPoint:
    """A point at which a formula may not be analytic, and the equations for that.

    An end of the interval that is not singled out has none.
    """

    at: Root
    solutions: tuple[Solution, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class BreakPoints:
    """The points of a closed interval, in order: all of them but for those in stretches that are not decided."""

    found: tuple[BreakPoint, ...] = ()
    undecided: tuple[Stretch, ...] = ()


def break_points(tree: Tree, name: str, low: Root, high: Root, zeros: FindZeros) -> BreakPoints:
    """All points of a closed interval at which a formula may not be analytic.

    Between two neighbours it is analytic, or has no value throughout. Both ends may be infinite.
    """
    with restored_context():
        ctx.prec = PLACE_BITS
        if any(_is_unknown(node) for node in steps_of(tree)):
            return BreakPoints((), (Stretch(low, high, UNKNOWN_FUNCTION),))
        ends = [end for end in (low, high) if end.ball.is_finite()]
        found = _Search(name, low, high, zeros).break_points(tree, low, high, ends)
        tape = record(tree, (name,))
        kept = [each for each in found.found if not _is_analytic(tape, name, each.at)]
        return BreakPoints(tuple(kept), found.undecided)


def _is_unknown(node: Tree) -> bool:
    row = row_of(node)
    return row is not None and (row.unknown or row.kernel is not None)


def defined_on(tree: Tree, name: str, low: Root, high: Root) -> bool | None:
    """Whether a formula has a real value at all points between two neighbouring break points, or at none of them.

    It is None where that is not known. One point tells, since a formula is analytic between them or has no value.
    """
    with restored_context():
        tape = tape_of(tree, name)
        at = between(low.ball, high.ball)
        for precision in (96, 384, 1536):
            with suppress(UnsureError):
                try:
                    evaluate(Run(tape, precision=precision), {name: at})
                except TouchError:
                    return False
                return True
    return None


def between(low: arb, high: arb) -> fmpq:
    """A rational number between two places, either of which may be infinite."""
    ctx.prec = PLACE_BITS
    if not low.is_finite() or not high.is_finite():
        if low.is_finite() or high.is_finite():
            end, side = (low, 1) if low.is_finite() else (high, -1)
            return rational(float((end + side * (1 + abs(end) / 8)).mid()))
        return fmpq(1, 7)
    middle = low + (high - low) * arb(fmpq(495, 1021))  # off the points that formulas hold
    near = float(middle.mid())
    if low < near and high > near:
        return rational(near)
    exact = fraction(middle.mid())
    assert exact is not None, "the middle is a point"
    assert low < arb(exact), "the places are told apart"
    assert high > arb(exact), "the places are told apart"
    return exact


def _is_analytic(tape: Tape, name: str, at: Root) -> bool:
    """Whether a formula has a power series at a point."""
    if isinstance(at.where, arb):
        return False
    with suppress(UnsureError, TouchError):
        evaluate(Run(tape, {name: (fmpq(1),)}, 2, 192), {name: at.where})
        return True
    return False


@dataclass(slots=True, eq=False)
class _Search:
    """The search for all solutions of equations, whose formulas have break points of their own."""

    name: str
    low: Root
    high: Root
    zeros: FindZeros
    known: dict[tuple[Tree, Root, Root], Zeros] = field(default_factory=dict)

    def break_points(self, tree: Tree, low: Root, high: Root, ends: Sequence[Root] = ()) -> BreakPoints:
        """The points inside an interval, those at which the formula turns out to be analytic included, and its ends."""
        solutions = [Solution(end, None) for end in ends]
        undecided: list[Stretch] = []
        for equation in all_break_equations(tree):
            if symbol(self.name) in equation.difference.free_symbols:
                for found in self.solutions(equation, low, high):
                    if isinstance(found, Solution):
                        solutions.append(found)
                    else:
                        undecided.append(found)
        points, blurred = joined(solutions)
        return BreakPoints(tuple(points), (*undecided, *blurred))

    def solutions(self, equation: BreakEquation, low: Root, high: Root) -> Iterator[Solution | Stretch]:
        """The solutions of an equation in an interval, and where there may be others."""
        tree = equation.difference
        cuts = self.cuts(equation, low, high)
        yield from cuts.undecided
        inside = [each.at for each in cuts.found if low.ball < each.at.ball and each.at.ball < high.ball]
        for start, end in pairwise([low, *inside, high]):
            if equation.below is not None and self.is_above(equation.below, start, end):
                continue
            try:
                piece = branch(tree, self.name, between(start.ball, end.ball)) if has_branches(tree) else tree
            except NoValueError:
                continue
            except (UnsureError, TouchError, AssertionError):
                yield Stretch(start, end, UNKNOWN_PIECE)
                continue
            if symbol(self.name) not in piece.free_symbols:
                continue  # it is one number throughout, so that nothing begins or ends
            for found in self.on_piece(equation, piece, start, end):
                if isinstance(found, Stretch) or (start.ball < found.at.ball and found.at.ball < end.ball):
                    yield found
                elif not (found.at.ball < start.ball or found.at.ball > end.ball):
                    yield Solution(found.at, equation, None)

    def cuts(self, equation: BreakEquation, low: Root, high: Root) -> BreakPoints:
        """The points between which an equation's formula is analytic, and has solutions that mean something or not."""
        cuts = self.break_points(equation.difference, low, high)
        if equation.below is None:
            return cuts
        solutions = [Solution(each.at, None) for each in cuts.found]
        undecided = [*cuts.undecided]
        for found in self.solutions(BreakEquation(equation.below, equation.does), low, high):
            if isinstance(found, Solution):
                solutions.append(found)
            else:
                undecided.append(found)
        points, blurred = joined(solutions)
        return BreakPoints(tuple(points), (*undecided, *blurred))

    def is_above(self, tree: Tree, low: Root, high: Root) -> bool:
        """Whether a formula that is 0 nowhere between two places is above 0 there, or has no value."""
        if not tree.free_symbols:
            return False
        value = self.value(record(tree, (self.name,)), between(low.ball, high.ball))
        return value is not None and bool(value > 0)

    def on_piece(self, equation: BreakEquation, piece: Tree, low: Root, high: Root) -> Iterator[Solution | Stretch]:
        """The solutions on an interval inside which the equation's formula is analytic."""
        if not equation.stepped:
            for at in self.zeros_of(piece, low, high):
                yield at if isinstance(at, Stretch) else Solution(at, equation)
            return
        for each in self.wholes(piece, low, high, equation.most):
            yield each if isinstance(each, Stretch) else Solution(each[1], equation, each[0])

    def wholes(self, tree: Tree, low: Root, high: Root, most: int | None = None) -> Iterator[Whole | Stretch]:
        """Where a formula is a whole number, on an interval in which it is analytic."""
        line = linear(tree, self.name)
        if line is not None:
            yield from self.members(line, low, high, most)
            return
        tape = record(tree, (self.name,))
        inner = self.tame(tape, low, high)
        for end, inside in zip((low, high), inner, strict=True):
            if end is not inside:
                first, last = sorted((end, inside), key=lambda root: root.size)
                yield Stretch(first, last, ENDLESS)
        values = self.value(tape, inner[0].ball.union(inner[1].ball))
        if values is not None and values.rad() > MAX_SEARCHED:
            yield Stretch(*inner, TOO_MANY)
            return
        levels = _levels(values, most)
        for whole in levels or ():
            level = add([tree, sympy.Integer(-whole)]) if whole else tree
            for at in self.zeros_of(level, *inner):
                yield at if isinstance(at, Stretch) else (whole, at)
        if levels is None:
            for at in self.searched(sympy.sin(multiply([sympy.pi, tree]), evaluate=False), *inner):
                value = None if isinstance(at, Stretch) else self.value(tape, at.where)
                yield at if isinstance(at, Stretch) else (None if value is None else only_whole(value), at)

    def tame(self, tape: Tape, low: Root, high: Root) -> tuple[Root, Root]:
        """The interval without its ends where a formula may take all values beside them."""
        if self.value(tape, low.ball.union(high.ball)) is not None or not (high.ball - low.ball).is_finite():
            return low, high
        step = (high.ball - low.ball) * WILD_SHARE
        if self.value(tape, low.where) is None:
            low = rational_root(between(low.ball, low.ball + step))
        if self.value(tape, high.where) is None:
            high = rational_root(between(high.ball - step, high.ball))
        return low, high

    def value(self, tape: Tape, at: Coordinate) -> arb | None:
        """The value of a formula, be it at a wide ball; None where that is not known."""
        with suppress(UnsureError, TouchError):
            return evaluate(Run(tape, precision=RANGE_BITS), {self.name: at})[0]
        return None

    def zeros_of(self, tree: Tree, low: Root, high: Root) -> Iterator[Root | Stretch]:
        """The zeros of a formula inside an interval in which it is analytic, and perhaps others of its factors."""
        for factor in factors(tree):
            if symbol(self.name) not in factor.free_symbols:
                continue
            single = linear_zero(factor, self.name)
            turns = None if single is not None else sine_turns(factor)
            line = None if turns is None else linear(turns, self.name)
            if single is not None:
                yield single
            elif turns is not None and (line is not None or self.is_wild(turns, low, high)):
                for each in self.wholes(turns, low, high):
                    yield each if isinstance(each, Stretch) else each[1]
            else:
                yield from self.searched(factor, low, high)

    def is_wild(self, tree: Tree, low: Root, high: Root) -> bool:
        """Whether a formula may take all values beside an end of an interval."""
        return self.tame(record(tree, (self.name,)), low, high) != (low, high)

    def searched(self, tree: Tree, low: Root, high: Root) -> Iterator[Root | Stretch]:
        """The zeros that the caller's search finds, once; a formula that is analytic throughout is searched at once."""
        if not all_break_equations(tree):
            low, high = self.low, self.high
        key = tree, low, high
        if key not in self.known:
            try:
                self.known[key] = self.zeros(tree, self.name, low, high)
            except (UnsureError, TouchError):
                self.known[key] = Zeros((), (Stretch(low, high, UNKNOWN_ZEROS),))
            ctx.prec = PLACE_BITS
        yield from self.known[key].found
        yield from self.known[key].undecided

    def members(self, line: Linear, low: Root, high: Root, most: int | None = None) -> Iterator[Whole | Stretch]:
        """Where a linear formula is a whole number."""
        found = progression(line, low.ball, high.ball, most)
        if found is None:
            yield Stretch(low, high, TOO_MANY)
        else:
            yield from found.places()


def _levels(values: arb | None, most: int | None) -> range | None:
    """The whole numbers among some values; None where they are too many or not known."""
    if values is None or not values.is_finite():
        return None
    first, last = floor(values.lower()), floor(values.upper())
    if first is None or last is None:
        return None
    last = last if most is None else min(last, most)
    return range(first, last + 1) if last - first < MAX_LEVELS else None


def joined(solutions: Iterable[Solution]) -> tuple[list[BreakPoint], list[Stretch]]:
    """The places of solutions in order, each once, and those that are too near to each other to be told apart."""
    points: list[BreakPoint] = []
    blurred: list[Stretch] = []
    for each in sorted(solutions, key=cmp_to_key(_compared)):
        last = points[-1] if points else None
        known = (each,) if each.equation is not None else ()
        if last is None or last.at.ball < each.at.ball:
            points.append(BreakPoint(each.at, known))
            continue
        same = is_same(last.at, each.at)
        if same is None:
            blurred.append(Stretch(last.at, each.at, TOO_NEAR))
        if same is False:
            points.append(BreakPoint(each.at, known))
        elif last.at.tree is None and each.at.tree is not None:
            points[-1] = BreakPoint(each.at, (*last.solutions, *known) if same else known)
        elif same:
            points[-1] = replace(last, solutions=(*last.solutions, *known))
    return points, blurred


def _compared(one: Solution, other: Solution) -> int:
    if isinstance(one.at.where, fmpq) and isinstance(other.at.where, fmpq):
        return int(one.at.where > other.at.where) - int(one.at.where < other.at.where)
    return int(one.at.ball > other.at.ball) - int(one.at.ball < other.at.ball)


def is_same(one: Root, other: Root) -> bool | None:
    """Whether two places are the same number; None where that is not known."""
    if one is other or (one.tree is not None and one.tree == other.tree):
        return True
    if not one.ball.overlaps(other.ball):
        return False
    if isinstance(one.where, fmpq) and isinstance(other.where, fmpq):
        return bool(one.where == other.where)
    with suppress(UnsureError, NoGermError):
        constants = working(PLACE_BITS)
        return constants.is_same(coordinate_of(constants, one.where), coordinate_of(constants, other.where))
    return None
