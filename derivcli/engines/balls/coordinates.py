"""Where a formula is evaluated: exact coordinates, balls, and the lines and curves through them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from flint import arb, fmpq

from derivcli.engines.balls.tape import Tape

Exact: TypeAlias = "fmpq | Tape"
"""A point's coordinate as given: a rational number, or a formula without variables such as pi/2."""

Coordinate: TypeAlias = "Exact | Moved | arb"
"""Where a variable is evaluated: as given, beside that, or anywhere in a ball."""

Direction: TypeAlias = Mapping[str, Exact]
"""The slopes of the variables that move."""

Path: TypeAlias = Mapping[str, "Sequence[Exact | arb]"]
"""The coefficients of t, t**2, ... of the variables that move, be it by 0."""


def rational(value: float | Fraction) -> fmpq:
    """A float64 or a fraction as the rational number that it is."""
    return fmpq(*value.as_integer_ratio())


@dataclass(frozen=True, slots=True)
class Moved:
    """A coordinate that lies beside one that was given: `base + offset*slope`."""

    base: Coordinate
    offset: fmpq
    slope: Exact


def moved(at: Mapping[str, Coordinate], direction: Direction, offset: fmpq) -> dict[str, Coordinate]:
    """A point moved by a multiple of a direction."""
    found: dict[str, Coordinate] = dict(at)
    for name in direction.keys() & at.keys():
        base, slope = at[name], direction[name]
        rational_both = isinstance(base, fmpq) and isinstance(slope, fmpq)
        found[name] = base + offset * slope if rational_both else Moved(base, offset, slope)
    return found
