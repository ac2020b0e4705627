"""Whether a formula may stand for another one: the same in ball arithmetic, and defined wherever the other one is.

What follows from conditions is proved. What does not is looked at where a condition fails, at the very points. A form
of which nothing is shown that way is refused. Values agree at points, which is no proof.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import arb

from derivcli.check.enclosure import restored_context
from derivcli.engines.balls.coordinates import rational
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import evaluate
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import Tape, record
from derivcli.engines.symbolic import SYMPY_FAILURES
from derivcli.engines.time_limit import OutOfTimeError, ProcessorSeconds, limited
from derivcli.language.bound_variables import Integral
from derivcli.language.differentiation.unrolling import unrolled
from derivcli.language.tree import Tree, fold, rebuild, row_of, symbol
from derivcli.simplify.domains.conditions import conditions
from derivcli.simplify.domains.consequences import Facts
from derivcli.simplify.domains.points import At, inner_points, jumps, probes, value_at

SAMPLES = tuple(map(Fraction, "3/7 -5/9 2 11/8 -3 25/4 -1/13 3 -17/6 40/3 1/50 -2 997/10 -23/2 7/8 -300 1/2".split()))
"""The numbers that variables take where two formulas are compared; their count is a prime, so that they mix."""

MAX_SAMPLES, LEAST_POINTS, ENOUGH_POINTS = 51, 4, 7
"""So many points are tried until so many are known; agreement at fewer than the least may be chance."""

PRECISION_BITS = (160, 512, 2048)
NARROW_BITS = 100
"""Precisions that are tried in turn, and the relative accuracy at which a number is known well enough."""

ZERO_SIZE = arb(2) ** -400
"""Two numbers below this size are taken for 0."""

COMPARISON_SECONDS = ProcessorSeconds(0.5)


def is_same(original: Tree, candidate: Tree) -> bool:
    """Whether a candidate has the values of the original, and one wherever that has one, as far as is shown."""
    with suppress(OutOfTimeError, *SYMPY_FAILURES), restored_context():
        return limited(COMPARISON_SECONDS, _is_same, original, candidate)
    return False


def _is_same(original: Tree, candidate: Tree) -> bool:
    tree, other = _without_calls(unrolled(original)), _without_calls(unrolled(candidate))
    reference = _reference(tree, tuple(sorted({each.name for each in (*tree.free_symbols, *other.free_symbols)})))
    return reference.agrees(record(other, reference.names)) and reference.covers(other)


@dataclass(slots=True, eq=False)
class _Reference:
    """The formula that others are compared with, and what is known of it: its conditions, and its values at points."""

    tree: Tree
    names: tuple[str, ...]
    tape: Tape
    facts: Facts
    samples: list[At]
    is_searched: bool = False
    values: dict[tuple[int, int], arb | None] = field(default_factory=dict)

    def agrees(self, other: Tape) -> bool:
        """Whether another formula has the same values at enough points, and one wherever this one has."""
        known = place = 0
        while place < len(self.samples) or (known < LEAST_POINTS and self._added_samples()):
            kind = self._match(other, place)
            if kind == "different":
                return False
            known += kind == "same"
            if known >= ENOUGH_POINTS:
                return True
            place += 1
        return known >= (LEAST_POINTS if self.names else 1)

    def _match(self, other: Tape, place: int) -> str:
        """What the two formulas are at one of the samples: "same", "different", or "unknown"."""
        at = self.samples[place]
        for level, precision in enumerate(PRECISION_BITS):
            with suppress(UnsureError):
                one = self._value(place, level)
                if one is None:
                    return "unknown"
                two = _value(other, at, precision)
                if two is None or not one.overlaps(two):
                    return "different"
                if _is_known(one) and _is_known(two):
                    return "same"
                if abs(one) < ZERO_SIZE and abs(two) < ZERO_SIZE:
                    return "same"
        return "unknown"

    def _added_samples(self) -> bool:
        """Whether there are samples between the points at which conditions fail, which are added once."""
        if not self.names or self.is_searched:
            return False
        self.is_searched, before = True, len(self.samples)
        self.samples += inner_points(self.facts.known, self.names)
        return len(self.samples) > before

    def _value(self, place: int, level: int) -> arb | None:
        if (place, level) not in self.values:
            self.values[place, level] = _value(self.tape, self.samples[place], PRECISION_BITS[level])
        return self.values[place, level]

    def covers(self, other: Tree) -> bool:
        """Whether another formula is defined where this one is, and has its values where it jumps."""
        open_ones = [each for each in conditions(other) if not self.facts.imply(each)]
        for each in open_ones:
            points = probes(each, self.facts.known, self.names)
            if points is None or not all(self._has_no_less(other, at) for at in points):
                return False
        points = jumps((self.tree, other), self.names)
        return points is not None and all(self._is_same_at(other, at) for at in points)

    def _has_no_less(self, other: Tree, at: At) -> bool:
        """Whether another formula has a value at a point if this one has."""
        try:
            return value_at(other, at) is not None or value_at(self.tree, at) is None
        except UnsureError:
            return False

    def _is_same_at(self, other: Tree, at: At) -> bool:
        """Whether another formula has this one's value at a point, if that has one."""
        try:
            one, two = value_at(self.tree, at), value_at(other, at)
        except UnsureError:
            return False
        return one is None or (two is not None and one.overlaps(two))


def _value(tape: Tape, at: At, precision: int) -> arb | None:
    try:
        return evaluate(Run(tape, precision=precision, final=precision == PRECISION_BITS[-1]), at)[0]
    except TouchError:
        return None


def _is_known(ball: arb) -> bool:
    return ball == 0 or bool(ball.is_finite() and ball.rel_accuracy_bits() >= NARROW_BITS)


@lru_cache(maxsize=64)
def _reference(tree: Tree, names: tuple[str, ...]) -> _Reference:
    return _Reference(tree, names, record(tree, names), Facts.of(conditions(tree)), _samples(names))


def _samples(names: tuple[str, ...]) -> list[At]:
    """Points: every variable goes through the samples with another step."""
    count = len(SAMPLES)
    return [
        {
            name: rational(SAMPLES[(place * (1 + 3 * index) + 2 * index + place // count * (index + 1)) % count])
            for index, name in enumerate(names)
        }
        for place in range(MAX_SAMPLES if len(names) > 1 else count if names else 1)
    ]


def _without_calls(tree: Tree) -> Tree:
    """The tree with variables in the place of calls that may have any value, or whose values take long."""

    def make(node: Any, parts: list[Tree]) -> Tree:
        row = row_of(node)
        if isinstance(node, Integral) or (row is not None and (row.unknown or row.kernel is not None)):
            return symbol(str(node))
        return node if parts == list(node.args) else rebuild(node, parts)

    return fold(tree, make, stop_at=Integral)
