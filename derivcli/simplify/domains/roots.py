"""Real numbers at which something is 0, and how far they are all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from flint import arb, ctx, fmpq

from derivcli.check.enclosure import restored_context
from derivcli.engines.balls.coordinates import Exact
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import ball_of, coordinate, evaluate
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import record
from derivcli.engines.symbolic import SYMPY_FAILURES
from derivcli.language.tree import Tree

ALL, ENDLESS, WITHIN, UNKNOWN = "all", "endless", "within", "unknown"
"""Every root is found; some of infinitely many; every root of a bounded interval; nothing is sure."""

ROOT_BITS = 4096
"""Bits to which a root is known that has no formula."""

DISTINCT_BITS = 65536
"""Precision at which two roots that seem to be the same are compared."""


VALUE_BITS = (384, 1536, 4096, 12288)
"""Bits to which a formula's value at a root is computed, the first that is enough."""

NARROW_BITS = 192
"""Bits of a value that is known well; only the last precision gives less."""


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
        ball = ball_of(where, ROOT_BITS)
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
        ctx.prec = ROOT_BITS
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
    here, there = (ball_of(each.where, DISTINCT_BITS) for each in (one, other))
    return not here.overlaps(there)


def value_of(formula: Tree, names: Sequence[str], at: Mapping[str, Root]) -> arb | None:
    """The value at a point; None where the formula has none, UnsureError where that is not known.

    What the last precision does not tell from 0 at an irrational root is taken for 0: it is the root of that.
    """
    tape, here = record(formula, names), {name: each.where for name, each in at.items()}
    is_irrational = any(not isinstance(where, fmpq) for where in here.values())
    with restored_context():
        for precision in VALUE_BITS:
            last = precision == VALUE_BITS[-1]
            run = Run(tape, precision=precision, final=last, presumes=last and is_irrational)
            with suppress(UnsureError):
                try:
                    ball = evaluate(run, here)[0]
                except TouchError:
                    return None
                if last or ball.rel_accuracy_bits() >= NARROW_BITS:
                    return ball
    raise UnsureError
