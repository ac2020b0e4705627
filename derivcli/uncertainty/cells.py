"""Bounds of a standard deviation from many cells, each with a power series of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import prod

from flint import arb

from derivcli.engines.balls.errors import UnsureError
from derivcli.uncertainty.inputs import Cell, Inputs
from derivcli.uncertainty.normal_moments import CUT, moment
from derivcli.uncertainty.polynomials import integral, squared
from derivcli.uncertainty.ranges import whole_power
from derivcli.uncertainty.spread_bounds import (
    Bounds,
    about,
    differences,
    halves,
    middles,
    needs_by_axis,
    of_part,
    root,
    sized,
)
from derivcli.uncertainty.taylor_arithmetic import Series, exponents
from derivcli.uncertainty.taylor_run import EmptyError

CELL_ORDERS = {1: 6, 2: 4, 3: 3, 4: 3}
"""By the number of independent inputs the degree of the series; with more of them there are too many cells."""

MAX_CELLS = {1: 100, 2: 200, 3: 160, 4: 80}

UNKNOWN_WEIGHT = 1e3
"""How much more urgent than another is a cell on which nothing is known, if its size were the mean square."""

MIN_PROBABILITY = 1e-11
"""A cell without an enclosure is cut again down to this probability."""

_ZERO = arb(0)


@dataclass(frozen=True, slots=True)
class Part:
    """Integrals over a cell: of the density, the approximation, its square, and the square of what it leaves out.

    `rest` is None where f has no enclosure on the cell. `axis` is the one that is cut next. A cell that `is_empty`
    of values is not cut.
    """

    cell: Cell
    weight: arb
    mean: arb = _ZERO
    square: arb = _ZERO
    rest: arb | None = None
    axis: int = 0
    is_empty: bool = False


def cell_bounds(inputs: Inputs, is_enough: Callable[[Bounds], bool]) -> Bounds:
    """The bounds when they are enough, or when more cells will not make them so or are more than there may be."""
    whole = _Partition(inputs)
    found = whole.bounds()
    while len(whole.heap) < MAX_CELLS[inputs.count] and not is_enough(found):
        if (whole.lost and not is_enough(whole.hoped())) or not whole.refine():
            break
        found = found.within(whole.bounds())
    return found if is_enough(found) else found.within(whole.best_bounds())


class _Partition:
    """Cells that cover the whole, the most urgent ones first, and the sums over those with an enclosure."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.order = CELL_ORDERS[inputs.count]
        self.base = inputs.about([0.0] * inputs.count, 0)[0].get(0, _ZERO).mid()
        self.heap: list[tuple[float, int, Part]] = []
        self.made = 0
        self.weight, self.mean, self.square, self.rest, self.unknown = _ZERO, _ZERO, _ZERO, _ZERO, 0
        self.lost = False
        self.add([(-CUT, CUT)] * inputs.count)

    def add(self, cell: Cell) -> None:
        part = self.part(cell)
        self.count(part, 1)
        self.made += 1
        heappush(self.heap, (-self.urgency(part), self.made, part))

    def count(self, part: Part, sign: int) -> None:
        if part.rest is None:
            self.unknown += sign
            return
        self.weight += sign * part.weight
        self.mean += sign * part.mean
        self.square += sign * part.square
        self.rest += sign * part.rest

    def urgency(self, part: Part) -> float:
        if part.rest is not None:
            return float(part.rest.mid())
        weight = float(part.weight.mid())
        if part.is_empty or weight < MIN_PROBABILITY:
            self.lost = True
            return 0.0
        known = float((self.square / self.weight).mid()) if self.weight > 0 else 1.0
        return UNKNOWN_WEIGHT * max(known, MIN_PROBABILITY) * weight

    def refine(self) -> bool:
        """Cut the most urgent cell in two; false where none is left to cut."""
        urgency, _, part = self.heap[0]
        if not urgency:
            return False
        heappop(self.heap)
        self.count(part, -1)
        for half in halves(part.cell, part.axis):
            self.add(half)
        return True

    def part(self, cell: Cell) -> Part:
        """What is known on a cell: by its series, or by its values alone."""
        weight = prod((moment(0, low, high) for low, high in cell), start=arb(1))
        try:
            series = self.inputs.about([(low + high) / 2 for low, high in cell], self.order)
            return self.approximated(cell, weight, series, self.inputs.series(cell, self.order))
        except UnsureError:
            pass
        axis = max(range(len(cell)), key=lambda place: cell[place][1] - cell[place][0])
        try:
            value = self.inputs.series(cell, 0)[0].get(0, _ZERO) - self.base
        except UnsureError as reason:
            return Part(cell, weight, axis=axis, is_empty=isinstance(reason, EmptyError))
        middle = value.mid()
        return Part(cell, weight, middle * weight, middle * middle * weight, value.rad() * value.rad() * weight, axis)

    def approximated(self, cell: Cell, weight: arb, series: Series, box: Series) -> Part:
        series = [dict(terms) for terms in series]
        series[0][0] = series[0].get(0, _ZERO) - self.base
        polynomial, widths = middles(series), [arb(high - low) / 2 for low, high in cell]
        left_out = [differences(series, box, degree) for degree in range(1, self.order + 1)]
        sizes = [self.bound(each, widths) for each in left_out]
        best = min(range(self.order), key=lambda place: float(sizes[place].mid()))
        rest, needs = sizes[best], needs_by_axis(left_out[best], widths)
        axis = max(range(len(cell)), key=needs.__getitem__)
        mean, square = integral(polynomial, cell), integral(squared(polynomial), cell)
        return Part(cell, weight, mean, square, rest * rest * weight, axis)

    def bound(self, rest: Series, widths: Sequence[arb]) -> arb:
        """The most that a remainder can be over a cell."""
        terms = (item for each in rest for item in each.items())
        return sum((sized(value, exponents(key, len(widths)), widths) for key, value in terms), _ZERO)

    def bounds(self) -> Bounds:
        """What the sums say."""
        if not self.weight > 0:
            return Bounds()
        return self.of_sums(self.weight, self.mean, self.square, self.rest, whole=not self.unknown)

    def hoped(self) -> Bounds:
        """The best that may come of it where some cells have no enclosure: twice the deviation that is seen now."""
        if not self.weight > 0:
            return Bounds()
        deviation = self.square / self.weight - whole_power(self.mean / self.weight, 2)
        return Bounds((2 * root(deviation) + root(self.rest / self.weight)).upper())

    def of_sums(self, weight: arb, mean: arb, square: arb, rest: arb, whole: bool) -> Bounds:
        deviation = square / weight - whole_power(mean / weight, 2)
        return of_part(about(deviation, rest / weight), weight, self.inputs.count, whole)

    def best_bounds(self) -> Bounds:
        """The greatest lower bound that leaving out the cells with the worst remainders gives."""
        parts = [(float((part.rest / part.weight).mid()), number, part) for _, number, part in self.heap if part.rest]
        found, weight, mean, square, rest = Bounds(), _ZERO, _ZERO, _ZERO, _ZERO
        for _, _, part in sorted(parts):
            assert part.rest is not None, "cells without an enclosure are left out"
            weight, mean, square = weight + part.weight, mean + part.mean, square + part.square
            rest += part.rest
            found = found.within(self.of_sums(weight, mean, square, rest, whole=False))
        return found
