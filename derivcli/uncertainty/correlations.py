"""Correlated inputs as combinations of independent ones.

The correlations are taken as the decimals that they are written as, and the matrix is split in rational numbers, so
that perfectly correlated inputs share a part exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from derivcli.result import FloatArray


@dataclass(frozen=True, slots=True)
class Factor:
    """A matrix of correlations as L D L^T, with a one on the diagonal of L and as many D as parts."""

    lower: tuple[tuple[Fraction, ...], ...]
    weights: tuple[Fraction, ...]

    @property
    def matrix(self) -> FloatArray:
        """L times the square root of D: a row for each input, a column for each independent part."""
        lower = np.array([[float(each) for each in row] for row in self.lower])
        found: FloatArray = lower * np.sqrt([float(each) for each in self.weights])
        return found


def factor(matrix: FloatArray) -> Factor | None:
    """The matrix as combinations of independent parts; None where no inputs have exactly these correlations."""
    rest = [[Fraction(repr(float(each))) for each in row] for row in matrix]
    columns, weights = [], []
    for place in range(len(rest)):
        pivot, column = rest[place][place], [row[place] for row in rest]
        if pivot < 0 or (pivot == 0 and any(column)):
            return None
        if pivot == 0:
            continue
        column = [each / pivot for each in column]
        weights.append(pivot)
        columns.append(column)
        rest = [
            [value - one * other * pivot for value, other in zip(row, column, strict=True)]
            for row, one in zip(rest, column, strict=True)
        ]
    return Factor(tuple(zip(*columns, strict=True)), tuple(weights))
