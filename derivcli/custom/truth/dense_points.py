"""Thousands of points beside the ordinary ones, and lines along one argument."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from derivcli.custom.subject import Columns
from derivcli.custom.truth.jumps import beside_jumps

REACH = 20.0
"""As far from 0 points stand everywhere with less than a fiftieth between them."""
SPACING = 0.0137
CLOSE_SPACING = 0.0023
"""That of points between -1 and 1."""

DECADES = (-30, 4)
POINTS_PER_DECADE = 6
OUTWARD_POINTS_PER_DECADE = 50
"""Those beyond the reach."""

SMALL_DIGITS, LARGE_DIGITS = 4, 6
"""So many digits the numbers have that are near 0, and those far out, which are not to be whole."""

WIDE_SPACING = 0.0193
"""That of functions of several arguments."""
SWEEPS = 32
"""The numbers of all arguments are gone through so many times, shared among these."""
MIN_SWEEPS = 4
SWEEPS_SEED = 4


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Points along one entry of a function, in order, where the others are the same."""

    index: int
    columns: Columns

    @property
    def numbers(self) -> Tensor:
        """The numbers of that entry."""
        return self.columns[self.index]

    def at(self, numbers: Tensor) -> Columns:
        """Other points on the line."""
        columns = self.columns[:, :1].repeat(1, len(numbers))
        columns[self.index] = numbers
        return columns


def whole_line(function: Callable[[Tensor], Tensor]) -> Line:
    """The line of a function of one number, with points on both sides of its jumps."""
    numbers = scattered(SPACING)
    return Line(0, torch.cat([numbers, beside_jumps(function, numbers)]).sort().values[None])


def line_through(column: Tensor, index: int) -> Line:
    """The line along an argument through a point of shape (entries,)."""
    numbers = torch.cat([scattered(SPACING), column[index : index + 1]]).unique(sorted=True)  # type: ignore[no-untyped-call]
    columns = column[:, None].repeat(1, len(numbers))
    columns[index] = numbers
    return Line(index, columns)


SMALLEST_OF_SEVERAL = 1e-4


def scattered_points(count: int) -> Columns:
    """Points of several arguments, each of which takes all its numbers several times, beside any of the others.

    No two are of one size, since functions that choose between arguments have their corners there, and none is so small
    that quotients by others swing more quickly than differences tell.
    """
    generator = torch.Generator().manual_seed(SWEEPS_SEED)
    numbers = scattered(WIDE_SPACING)
    numbers = numbers[numbers.abs() >= SMALLEST_OF_SEVERAL] if count > 1 else numbers
    sweeps = max(MIN_SWEEPS, SWEEPS // count)
    rows = [
        torch.cat([numbers[torch.randperm(len(numbers), generator=generator)] for _ in range(sweeps)])
        for _ in range(count)
    ]
    sizes = torch.stack(rows).abs().sort(0).values
    return torch.stack(rows)[:, (sizes.diff(dim=0) > 0).all(0)]


def scattered(spacing: float) -> Tensor:
    """Numbers on both sides of 0, dense where functions have their bends, and far out; 0 is not among them."""
    first, last = DECADES
    small = torch.logspace(first, 0, (0 - first) * POINTS_PER_DECADE + 1, dtype=torch.float64)
    close = torch.arange(0.0007, 1, CLOSE_SPACING, dtype=torch.float64).round(decimals=4)
    middle = torch.arange(1.0007, REACH, spacing, dtype=torch.float64).round(decimals=4)
    far = math.log10(REACH)
    large = torch.logspace(far, last, int((last - far) * OUTWARD_POINTS_PER_DECADE), dtype=torch.float64)
    found = torch.cat([_short(small * 1.0193, SMALL_DIGITS), close, middle, _short(large, LARGE_DIGITS)])
    return torch.cat([-found, found]).sort().values


def _short(numbers: Tensor, digits: int) -> Tensor:
    """The numbers in so few digits that they are read easily."""
    return torch.tensor([float(f"{number:.{digits}g}") for number in numbers.tolist()], dtype=torch.float64)
