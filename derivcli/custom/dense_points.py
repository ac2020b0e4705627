"""Thousands of points beside the ordinary ones: along a line for each argument, the others ordinary numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from derivcli.custom.subject import Columns, Subject

REACH = 20.0
"""As far from 0 points stand everywhere with less than a fiftieth between them."""
SPACING = 0.0137
CLOSE_SPACING = 0.0023
"""That of points between -1 and 1."""

DECADES = (-30, 4)
POINTS_PER_DECADE = 6
OUTWARD_POINTS_PER_DECADE = 50
"""Those beyond the reach."""

TEXT_DIGITS = 4
"""So many digits the numbers have that are near 0 or far out."""

MAX_LINES = 3
"""Along each argument there are so many lines, at other numbers for the others."""

MAX_ARGUMENTS = 6
"""Functions of more have no lines."""


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


def lines(subject: Subject) -> Iterator[Line]:
    """The lines on which a function that works point by point is tried."""
    count = len(subject.parameters)
    if count > MAX_ARGUMENTS:
        return
    numbers = scattered(SPACING if count == 1 else 1.4 * SPACING)
    bases = subject.columns[:, subject.values.isfinite()][:, : 1 if count == 1 else MAX_LINES]
    for index in range(count):
        for base in bases.T:
            columns = base[:, None].repeat(1, len(numbers))
            columns[index] = numbers
            yield Line(index, columns)


def scattered(spacing: float) -> Tensor:
    """Numbers on both sides of 0, dense where functions have their bends, and far out; 0 is not among them."""
    first, last = DECADES
    small = torch.logspace(first, 0, (0 - first) * POINTS_PER_DECADE + 1, dtype=torch.float64)
    close = torch.arange(0.0007, 1, CLOSE_SPACING, dtype=torch.float64).round(decimals=4)
    middle = torch.arange(1.0007, REACH, spacing, dtype=torch.float64).round(decimals=4)
    far = math.log10(REACH)
    large = torch.logspace(far, last, int((last - far) * OUTWARD_POINTS_PER_DECADE), dtype=torch.float64)
    found = torch.cat([_short(small * 1.0193), close, middle, _short(large)])
    return torch.cat([-found, found]).sort().values


def _short(numbers: Tensor) -> Tensor:
    """The numbers in so few digits that they are read easily."""
    return torch.tensor([float(f"{number:.{TEXT_DIGITS}g}") for number in numbers.tolist()], dtype=torch.float64)
