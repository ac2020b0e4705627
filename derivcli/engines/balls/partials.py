"""Every shape of derivative from power series along lines and curves.

A mixed partial derivative comes from n-th derivatives along straight lines, by polarization: with D_v for the
derivative along v, of n = a + b + ... in all,

    2^n n! f_(x^a y^b ...) = sum over i <= a, j <= b, ... of (-1)^(i+j+...) C(a,i) C(b,j) ... D_v^n f,
    v = (a - 2i, b - 2j, ...).

The weights are exact, so that what cancels costs precision and never truth. The solution y of F(x, y) = 0 along
a line gains a coefficient with each evaluation: while its k-th one is still 0 the series of F misses F_y y_k.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import comb, factorial, gcd, prod
from typing import TypeAlias

from flint import arb, fmpq

from derivcli.engines.balls.coordinates import Direction, Exact, Path
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.tape import Tape, moving
from derivcli.result import Partial

SeriesAlongPath: TypeAlias = Callable[[Path, int], list[arb]]
"""The coefficients of a formula along a path, up to some order."""

Measure: TypeAlias = Callable[[SeriesAlongPath], arb]
"""Encloses a number by series of a formula; raises FlatError where there is none, UnsureError where balls are wide."""

ONE = fmpq(1)


class FlatError(TouchError):
    """The derivative of an equation's difference in its dependent variable is 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Derivative:
    """Which derivative: none at all for the value, by the variables of `partial`, or as often along `vector`.

    With a `dependent` variable it is that of the function that an equation makes of it. A `coefficient` is the
    derivative over the factorial of its order. A `measure` is another number that series of the formula tell, such as a
    curvature; the order is then that of the highest derivative in it.
    """

    partial: Partial = ()
    vector: Mapping[str, Exact] | None = None
    dependent: str = ""
    coefficient: bool = False
    measure: Measure | None = None

    @property
    def order(self) -> int:
        """How many times it is taken."""
        return len(self.partial)

    @property
    def factor(self) -> int:
        """How many times the number asked for is in the derivative."""
        return factorial(self.order) if self.coefficient else 1

    def stages(self) -> list[tuple[Direction, int]]:
        """The directions in the order in which they are taken, and how often each."""
        if self.vector is not None:
            return [(self.vector, self.order)]
        found: list[tuple[Direction, int]] = []
        for name in self.partial:
            if found and name in found[-1][0]:
                found[-1] = found[-1][0], found[-1][1] + 1
            else:
                found.append(({name: ONE}, 1))
        return found

    def lines(self) -> list[tuple[fmpq, Direction]]:
        """Directions and weights: so many times the n-th coefficients along them add up to the derivative."""
        if self.vector is not None:
            return [(ONE * factorial(self.order), self.vector)]
        return [(weight, dict(line)) for weight, line in polarized(self.partial)]

    def ways(self) -> list[Direction]:
        """Directions that lead, forward and backward, beside the point into every quadrant of the variables."""
        if self.vector is not None:
            return [self.vector]
        first, *others = dict.fromkeys(self.partial)
        return [
            {first: ONE, **dict(zip(others, signs, strict=True))} for signs in product((ONE, -ONE), repeat=len(others))
        ]

    def vanishes(self, tape: Tape) -> bool:
        """Whether no term of the formula holds all its variables, so that it is 0 where it exists."""
        names = {*self.partial} if self.vector is None else set()
        needed = moving(tape, names)
        absent = bool(names - {*tape.variables})
        return absent or all(needed & ~term for term in tape.terms())

    def enclosed(self, series: SeriesAlongPath, tape: Tape) -> arb:
        """The number, from series of the formula."""
        if self.measure is not None:
            return self.measure(series)
        if not self.order:
            return series({}, 0)[0]
        if self.dependent:
            total = sum((weight * self.solved(series, line)[-1] for weight, line in self.lines()), arb(0))
        elif len({*self.partial}) > 1 and self.vanishes(tape):
            series(dict.fromkeys(self.partial, (ONE,)), self.order)  # whether there is a series at all
            return arb(0)
        else:
            total = sum((weight * series(path_of(line), self.order)[-1] for weight, line in self.lines()), arb(0))
        return total / self.factor

    def solved(self, series: SeriesAlongPath, line: Direction) -> list[arb]:
        """The coefficients of t, t**2, ... of the dependent variable where the others move along a line."""
        slope = series({self.dependent: (ONE,), **{name: (fmpq(0),) for name in line}}, self.order)[1]
        if slope.is_zero():
            raise FlatError
        if slope.contains(0):
            raise UnsureError
        found: list[arb] = []
        for k in range(1, self.order + 1):
            missing = series({**path_of(line), self.dependent: (*found, arb(0))}, self.order)[k]
            found.append(-missing / slope)
        return found


def path_of(line: Direction) -> Path:
    """The path along a straight line."""
    return {name: (slope,) for name, slope in line.items()}


@lru_cache(maxsize=4096)
def polarized(partial: Partial) -> tuple[tuple[fmpq, tuple[tuple[str, fmpq], ...]], ...]:
    """The directions and weights of a partial derivative. Directions along one line are one."""
    counts = Counter(partial)
    order = len(partial)
    weights: dict[tuple[int, ...], int] = defaultdict(int)
    for indices in product(*(range(count + 1) for count in counts.values())):
        steps = [count - 2 * index for count, index in zip(counts.values(), indices, strict=True)]
        size = gcd(*steps)
        if size:
            size = size if next(step for step in steps if step) > 0 else -size
            share = prod(map(comb, counts.values(), indices)) * (-1) ** sum(indices) * size**order
            weights[tuple(step // size for step in steps)] += share
    return tuple(
        (fmpq(weight, 2**order), tuple(zip(counts, map(fmpq, line), strict=True)))
        for line, weight in weights.items()
        if weight
    )
