"""An enclosure of all values of a formula over a box, narrowed from both sides."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from heapq import heappop, heappush

from flint import arb

from derivcli.engines.balls.errors import UnsureError
from derivcli.uncertainty.inputs import Cell, Inputs
from derivcli.uncertainty.signs import is_nonnegative
from derivcli.uncertainty.spread_bounds import halves
from derivcli.uncertainty.taylor_arithmetic import key_of, value_of

REACH = 3.0
"""The box is that of so many standard uncertainties."""

MAX_CELLS = 64

MAX_EXCESS = 0.02
"""How much wider the enclosure may be than the values that were found, relatively."""

_ZERO = arb(0)


def value_range(inputs: Inputs) -> tuple[arb, arb]:
    """The least and the greatest value. Raises UnsureError where they are not found."""
    cell: Cell = [(-REACH, REACH)] * inputs.count
    values = [value_of(inputs.about([side] * inputs.count, 0)) for side in (0.0, -REACH, REACH)]
    seen = (max(value.lower() for value in values) - min(value.upper() for value in values)).abs_upper()
    low, high = -_greatest(inputs, cell, -1, seen), _greatest(inputs, cell, 1, seen)
    tape = inputs.formula.tape
    return (max(low, _ZERO) if is_nonnegative(tape, tape.order[-1]) else low), high


def _greatest(inputs: Inputs, whole: Cell, sense: int, seen: arb) -> arb:
    """An upper bound of f or, with `sense` -1, of -f."""
    reached: arb | None = None
    heap: list[tuple[arb, int, Bounded]] = []
    waiting, made = [whole], 0
    while True:
        for cell in waiting:
            bounded = _bounded(inputs, cell, sense)
            reached = bounded.value if reached is None or bounded.value > reached else reached
            made += 1
            heappush(heap, (-bounded.bound, made, bounded))
        worst, _, bounded = heap[0]
        assert reached is not None, "there is a first cell"
        low, high = bounded.cell[bounded.axis]
        if bounded.bound <= reached + MAX_EXCESS * seen or made > MAX_CELLS or low == high:
            if not worst.is_finite():
                raise UnsureError
            return bounded.bound
        heappop(heap)
        waiting = halves(bounded.cell, bounded.axis)


@dataclass(frozen=True, slots=True)
class Bounded:
    """The face of a cell on which the greatest value lies, an upper bound, a value, and the axis to cut next."""

    cell: Cell
    bound: arb
    value: arb
    axis: int


def _bounded(inputs: Inputs, cell: Cell, sense: int) -> Bounded:
    """What is found over a cell."""
    bound, needs = arb.pos_inf(), [high - low for low, high in cell]
    for _ in range(2):
        try:
            series = inputs.series(cell, 1)
        except UnsureError:
            break
        terms = series[1] if len(series) > 1 else {}
        slopes = [sense * terms.get(key_of(place), _ZERO) for place in range(len(cell))]
        bound = min(bound, (sense * value_of(series)).upper())
        face = [_face(ends, slope) for ends, slope in zip(cell, slopes, strict=True)]
        if face == list(cell):
            sizes = [slope.abs_upper() * (high - low) / 2 for slope, (low, high) in zip(slopes, cell, strict=True)]
            middle = value_of(inputs.about([(low + high) / 2 for low, high in cell], 0))
            bound = min(bound, (sense * middle + sum(sizes, _ZERO)).upper())
            needs = [float(size.mid()) for size in sizes]
            break
        cell = face
    with suppress(UnsureError):
        bound = min(bound, (sense * value_of(inputs.series(cell, 0))).upper())
    needs = [need if low < high else -1.0 for need, (low, high) in zip(needs, cell, strict=True)]
    return Bounded(cell, bound, _middle_value(inputs, cell, sense), max(range(len(cell)), key=needs.__getitem__))


def _middle_value(inputs: Inputs, cell: Cell, sense: int) -> arb:
    try:
        return (sense * value_of(inputs.about([(low + high) / 2 for low, high in cell], 0))).lower()
    except UnsureError:
        return arb.neg_inf()


def _face(ends: tuple[float, float], slope: arb) -> tuple[float, float]:
    """Where on an interval a function with such slopes is greatest, as far as they tell."""
    low, high = ends
    if slope >= 0:
        return high, high
    return (low, low) if slope <= 0 else ends
