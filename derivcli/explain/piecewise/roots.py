"""Real numbers at which something is 0, and how far they are all."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from flint import arb, ctx

from derivcli.check.enclosure import restored_context
from derivcli.engines.balls.coordinates import Exact
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import ball_of, coordinate
from derivcli.engines.symbolic import SYMPY_FAILURES
from derivcli.language.tree import Tree

ALL, ENDLESS, WITHIN, UNKNOWN = "all", "endless", "within", "unknown"
"""Every root is found; some of infinitely many; every root between -REACH and REACH; nothing is sure."""

BITS = 4096
"""Bits to which a root is known that has no formula."""

MANY_BITS = 65536
"""Bits to which two that seem to be the same are told apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Root:
    """A real number: `tree` writes it exactly, or is None where only its digits are known."""

    where: Exact | arb
    ball: arb
    tree: Tree | None = None

    @property
    def size(self) -> float:
        """The nearest float64."""
        return float(self.ball.mid())


@dataclass(frozen=True, slots=True, eq=False)
class Roots:
    """Roots, and how far they are all."""

    found: tuple[Root, ...] = ()
    extent: str = ALL


EXTENTS = (ALL, ENDLESS, WITHIN, UNKNOWN)
"""From the best to the worst."""


def root(tree: Tree) -> Root | None:
    """The number that a constant formula is."""
    with suppress(*SYMPY_FAILURES, AssertionError, TouchError, UnsureError), restored_context():
        where = coordinate(tree)
        ball = ball_of(where, BITS)
        return Root(where, ball, tree) if ball.is_finite() else None
    return None


def same_root(root: Root, among: Iterable[Root]) -> Root | None:
    """The first of some numbers that is the same as a number, as far as their digits tell."""
    return next((other for other in among if other is root or other.ball.overlaps(root.ball)), None)


def united(parts: Iterable[Roots]) -> Roots:
    """The roots of several equations, each number once and in order; two that are nearly the same make it UNKNOWN."""
    parts = list(parts)
    found: list[Root] = []
    extent = max((part.extent for part in parts), key=EXTENTS.index, default=ALL)
    with restored_context():
        ctx.prec = BITS
        for each in sorted((each for part in parts for each in part.found), key=lambda each: each.size):
            near = next((k for k, other in enumerate(found) if other.ball.overlaps(each.ball)), None)
            if near is None:
                found.append(each)
            elif found[near].tree is None:
                found[near] = each
            elif _differ(found[near], each):
                extent = UNKNOWN
    return Roots(tuple(found), extent)


def _differ(one: Root, other: Root) -> bool:
    """Whether many more bits tell apart two numbers that have formulas."""
    if one.tree is None or other.tree is None or one.tree == other.tree:
        return False
    here, there = (ball_of(each.where, MANY_BITS) for each in (one, other))
    return not here.overlaps(there)
