"""Zeros that need no search: of linear formulas, of sines and cosines of these, and of products of such."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sympy
from flint import arb, fmpq, fmpq_poly

from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import ball_of, coordinate
from derivcli.engines.balls.integers import floor
from derivcli.engines.symbolic import SYMPY_FAILURES, arrange, merged
from derivcli.language.tree import Tree, row_of, symbol
from derivcli.simplify.domains.roots import Root
from derivcli.study.numbers import rational_root

PLACE_BITS = 256
"""Bits to which places are known that have a formula."""

MAX_POINTS = 2000
"""So many members of a progression are written out."""


def place(tree: Any) -> Root | None:
    """The place that a constant formula writes; None where it is no real number."""
    with suppress(*SYMPY_FAILURES, AssertionError, TouchError, UnsureError):
        where = coordinate(tree)
        if isinstance(where, fmpq):
            return rational_root(where)
        ball = ball_of(where, PLACE_BITS)
        return Root(where, ball, arrange(tree)) if ball.is_finite() else None
    return None


def factors(tree: Tree) -> Iterator[Any]:
    """Formulas with a variable, one of which is 0 where a formula is; they may be 0 elsewhere too."""
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        row = row_of(node)
        if isinstance(node, sympy.Mul):
            waiting += node.args
        elif isinstance(node, sympy.Pow):
            exponent = merged(node.exp)
            if exponent.is_positive:
                waiting.append(node.base)
            elif exponent.free_symbols and not node.base.is_positive:
                yield node
        elif row is not None and row.only_zero:
            waiting.append(node.args[0])
        elif not isinstance(node, sympy.exp) and node.free_symbols:
            yield node


@dataclass(frozen=True, slots=True)
class Linear:
    """The formula `slope`*x + `shift`: two rational numbers, or two formulas without variables."""

    slope: Any
    shift: Any

    def place_of(self, value: Any) -> Root | None:
        """Where it has a value."""
        if isinstance(self.slope, fmpq):
            return rational_root((fmpq(value) - self.shift) / self.slope)
        return place((value - self.shift) / self.slope)


def linear(tree: Tree, name: str) -> Linear | None:
    """A formula as a linear one; None where it is none, as far as is seen."""
    found = quotient(tree, name)
    if found is not None:
        above, below = found
        is_linear = above.degree() == 1 and below.degree() == 0
        return Linear(above[1] / below[0], above[0] / below[0]) if is_linear else None
    with suppress(*SYMPY_FAILURES):
        x = symbol(name)
        shift, rest = merged(tree).as_independent(x, as_Add=True)
        slope, moving = rest.as_independent(x, as_Add=False)
        if moving == x and slope.is_real and shift.is_real:
            return Linear(slope, shift)
    return None


def linear_zero(tree: Tree, name: str) -> Root | None:
    """The only zero of a linear formula or of a quotient of two."""
    found = quotient(tree, name)
    if found is not None:
        above, below = found
        at = -above[0] / above[1] if above.degree() == 1 else None
        return rational_root(at) if at is not None and below(at) != 0 else None
    line = linear(tree, name)
    return None if line is None else line.place_of(0)


def quotient(tree: Any, name: str) -> tuple[fmpq_poly, fmpq_poly] | None:
    """Numerator and denominator of a rational function of a degree of at most 1; None for anything else."""
    if tree.is_Symbol:
        return (fmpq_poly([0, 1]), fmpq_poly([1])) if tree.name == name else None
    if isinstance(tree, sympy.Rational):
        return fmpq_poly([fmpq(int(tree.p), int(tree.q))]), fmpq_poly([1])
    if isinstance(tree, sympy.Pow) and tree.exp is sympy.S.NegativeOne:
        inside = quotient(tree.base, name)
        return None if inside is None or inside[0] == 0 else (inside[1], inside[0])
    if not isinstance(tree, sympy.Add | sympy.Mul):
        return None
    parts = [quotient(part, name) for part in tree.args]
    above, below = (fmpq_poly([0]), fmpq_poly([1])) if isinstance(tree, sympy.Add) else (fmpq_poly([1]),) * 2
    for part in parts:
        if part is None:
            return None
        above = above * part[1] + part[0] * below if isinstance(tree, sympy.Add) else above * part[0]
        below = below * part[1]
        if max(above.degree(), below.degree()) > 1:
            return None
    return above, below


def sine_turns(tree: Tree) -> Tree | None:
    """The formula that is a whole number where a sine or a cosine is 0; None for any other tree."""
    if isinstance(tree, sympy.sin):
        return merged(tree.args[0]) / sympy.pi
    if isinstance(tree, sympy.cos):
        return merged(tree.args[0]) / sympy.pi - sympy.S.Half
    return None


@dataclass(frozen=True, slots=True)
class Progression:
    """The whole numbers from `first` to `last`, and where a linear formula has these values."""

    line: Linear
    first: int
    last: int

    def places(self) -> Iterator[tuple[int, Root]]:
        """The numbers with their places."""
        step = None
        for whole in range(self.first, self.last + 1):
            if isinstance(self.line.slope, fmpq):
                found: Root | None = self.line.place_of(whole)
            else:
                step = step or 1 / self.line.slope
                found = place(-self.line.shift / self.line.slope + whole * step)
            if found is not None:
                yield whole, found


def progression(line: Linear, low: arb, high: arb, most: int | None = None) -> Progression | None:
    """The whole numbers that a linear formula has between two places; None where there are too many."""
    slope, shift = (
        arb(each) if isinstance(each, fmpq) else ball_of(coordinate(each), PLACE_BITS)
        for each in (line.slope, line.shift)
    )
    ends = [slope * low + shift, slope * high + shift]
    least, greatest = ends if slope > 0 else ends[::-1]
    if most is not None and not greatest < most + 1:
        greatest = arb(most)
    if not (least.is_finite() and greatest.is_finite()):
        return None
    first, last = floor(least.lower()), floor(greatest.upper())
    if first is None or last is None or last - first > MAX_POINTS:
        return None
    return Progression(line, first, last)
