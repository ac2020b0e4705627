"""Where a path comes to a point again: x(s) = x(t) and y(s) = y(t) with s < t."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from flint import arb

from derivcli.engines.balls.errors import NoValueError, TouchError, UnsureError
from derivcli.engines.balls.evaluation import coordinate, evaluate
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import Tape
from derivcli.language.tree import Tree
from derivcli.simplify.domains.roots import Root
from derivcli.study.boxes.instructions import UnsureBoxError
from derivcli.study.boxes.jets import Box, Jets
from derivcli.study.boxes.krawczyk import MAX_PARTS, SEARCH_BITS, Solution, Solved, System, solve
from derivcli.study.boxes.points import Ends, Naming
from derivcli.study.exact.exact_places import candidates

LEAST_SHARE = 16
"""A stop is looked at where an interval is no longer than an eighth of the whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Crossings:
    """The search. `stops` are the parameters at which both derivatives are proved to be 0.

    A path that `returns` has its interval for a period.
    """

    jets: Sequence[Jets]
    tapes: Sequence[Tape]
    ends: Ends
    stops: Sequence[Root]
    returns: bool
    end: float

    @property
    def square(self) -> Ends:
        """The pairs of parameters."""
        return Ends(("s", "t"), self.ends.low * 2, self.ends.high * 2)

    def solved(self) -> Solved:
        """The pairs at which the path is at the same point; s and t exchanged is none of its own."""
        system = System(_for_both(self.values), _for_both(self.jacobian))
        return solve(system, self.square.part, MAX_PARTS, max(self.end - monotonic(), 0.02))

    def values(self, box: Box) -> Sequence[arb]:
        """x(s) - x(t) and y(s) - y(t), or 1 where s and t are proved to be no such pair.

        By the mean value theorem a derivative lies between them, which must be able to be 0 for both coordinates. The
        same goes for s and t less a period, and for times about a stop.
        """
        s, t = box
        if s > t:
            return [_ONE]  # the same pair is looked at as t and s
        found = [jets.at([s], 0)[0] - jets.at([t], 0)[0] for jets in self.jets]
        if not all(each.contains(_ZERO) for each in found) and s < t:
            return found
        hulls = [s.union(t)]
        if self.returns and not t - self.length < s:
            hulls.append((t - self.length).union(s))
        for hull in hulls:
            if not all(each.contains(_ZERO) for each in self.slopes(hull)) or self.is_cusp(hull):
                return [_ONE]
        return found if s < t else [_ZERO_OR_MORE]

    @property
    def length(self) -> arb:
        """The length of the interval."""
        return self.ends.high[0].ball - self.ends.low[0].ball

    def slopes(self, hull: arb) -> list[arb]:
        """The derivatives on an interval."""
        return [jets.at([hull], 1)[0] for jets in self.jets]

    def jacobian(self, box: Box) -> tuple[Sequence[arb], Sequence[Sequence[arb]]]:
        """The differences and their derivatives, where s and t are apart."""
        s, t = box
        if not s < t:
            raise UnsureBoxError(3)
        rows = [[jets.at([s], 1)[0], -jets.at([t], 1)[0]] for jets in self.jets]
        return [jets.at([s], 0)[0] - jets.at([t], 0)[0] for jets in self.jets], rows

    def is_cusp(self, hull: arb) -> bool:
        """Whether a path stops at one time of an interval, and comes to no point twice during it.

        Let w = x2 y - y2 x with the second derivatives x2 and y2 at the stop c, so that the first and the second
        derivative of w are 0 there. If the third is nowhere 0 on the interval, the first has one sign on both sides of
        c, and w no value twice.
        """
        found = next((stop for stop in self.stops if hull.contains(stop.ball)), None)
        if found is None or hull.rad() * LEAST_SHARE > self.length:
            return False
        (name,) = self.ends.names
        try:
            here, there = (
                [evaluate(Run(tape, {name: [arb(1)]}, 3, SEARCH_BITS), {name: at}) for tape in self.tapes]
                for at in (found.where, hull)
            )
        except (UnsureError, TouchError, NoValueError):
            return False
        return not (here[0][2] * there[1][3] - here[1][2] * there[0][3]).contains(_ZERO)

    def exact(self, solution: Solution, naming: Sequence[Naming]) -> list[Tree] | None:
        """Formulas of both parameters, if the path is proved to be at the same point at both."""
        found = [next(iter(candidates(each)), None) for each in solution.at]
        trees = [each for each in found if each is not None]
        if len(trees) < len(found):
            return None
        (name,) = self.ends.names
        one, other = ({name: coordinate(tree)} for tree in trees)
        return trees if all(each.has_same_value(one, other) for each in naming) else None


def _for_both(function: Callable[[Box], Any]) -> Callable[[Box], Any]:
    """A function of s and t that is unsure of both where it is so of one time."""

    def asked(box: Box) -> Any:
        try:
            return function(box)
        except UnsureBoxError:
            raise UnsureBoxError(3) from None

    return asked


_ZERO, _ONE = arb(0), arb(1)
_ZERO_OR_MORE = arb(0, 1)
