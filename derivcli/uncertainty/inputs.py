"""Uncertain inputs as combinations of independent standard normal numbers z."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from flint import arb

from derivcli.engines.balls.coordinates import Coordinate
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import ball_of, evaluate
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import Tape, moving
from derivcli.uncertainty.correlations import Factor
from derivcli.uncertainty.normal_moments import Interval
from derivcli.uncertainty.taylor_arithmetic import Series, key_of, value_of
from derivcli.uncertainty.taylor_run import Formula

Cell = Sequence[Interval]
"""An interval for each z."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """A formula at a point, and how its variables move with each z: by `rows` at z = 1."""

    formula: Formula
    centre: Mapping[str, arb]
    rows: Mapping[str, Sequence[arb]]
    count: int

    def about(self, place: Sequence[float], order: int) -> Series:
        """The power series in z about a place."""
        return self.series([(each, each) for each in place], order)

    def series(self, cell: Cell, order: int) -> Series:
        """The power series in z about all places of a cell at once. Raises UnsureError where there may be none."""
        balls = [ball_between(low, high) for low, high in cell]
        if self.count == 1 and order:
            with suppress(UnsureError, TouchError):
                return self.along_line(balls[0], order)
        return self.formula.series({name: self.started(name, balls) for name in self.rows}, order)

    def along_line(self, ball: arb, order: int) -> Series:
        """The power series in the only z, by the ball rules of the whole formula."""
        formula = self.formula
        at = {**formula.at, **{name: value_of(self.started(name, [ball])) for name in self.rows}}
        path = {name: tuple(row) for name, row in self.rows.items()}
        run = Run(formula.tape, path, order, formula.precision, fixed=formula.known)
        found = evaluate(run, at)
        if not run.rigorous:
            raise UnsureError
        return [{place: value} for place, value in enumerate(found)]

    def started(self, name: str, balls: Sequence[arb]) -> Series:
        """What a variable is over a cell."""
        value, slopes = self.centre[name], {}
        for place, (slope, ball) in enumerate(zip(self.rows[name], balls, strict=True)):
            if not slope.is_zero():
                value = value + slope * ball
                slopes[key_of(place)] = slope
        return [{0: value}, slopes]


def ball_between(low: float, high: float) -> arb:
    """All numbers of an interval."""
    return arb(low).union(arb(high)) if low < high else arb(low)


def inputs_at(
    tape: Tape, at: Mapping[str, Coordinate], sizes: Mapping[str, float], parts: Factor, precision: int
) -> Inputs:
    """The inputs with standard uncertainties above 0; `parts` has a row for each of `sizes`, in their order."""
    centre = {name: ball_of(at[name], precision) for name in sizes}
    roots = [arb(each.numerator) / arb(each.denominator) for each in parts.weights]
    roots = [root.sqrt() if root != 1 else root for root in roots]
    rows = {}
    for (name, size), row in zip(sizes.items(), parts.lower, strict=True):
        found = [arb(each.numerator) / arb(each.denominator) * root for each, root in zip(row, roots, strict=True)]
        rows[name] = [arb(size) * each for each in found]
    return _inputs(tape, at, centre, rows, len(roots), precision)


def independent_inputs(tape: Tape, at: Mapping[str, Coordinate], sizes: Mapping[str, float], precision: int) -> Inputs:
    """The same inputs, each with a z of its own whatever their correlations."""
    centre = {name: ball_of(at[name], precision) for name in sizes}
    rows = {
        name: [arb(size) if place == own else arb(0) for place in range(len(sizes))]
        for own, (name, size) in enumerate(sizes.items())
    }
    return _inputs(tape, at, centre, rows, len(sizes), precision)


def _inputs(
    tape: Tape,
    at: Mapping[str, Coordinate],
    centre: Mapping[str, arb],
    rows: Mapping[str, Sequence[arb]],
    count: int,
    precision: int,
) -> Inputs:
    run = Run(tape, {}, 0, precision)
    evaluate(run, at)
    if not run.rigorous:
        raise UnsureError
    return Inputs(Formula(tape, at, moving(tape, rows), run.values, precision), centre, rows, count)
