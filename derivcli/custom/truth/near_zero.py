"""Slopes at numbers near 0, where differences over parts of the number drown in rounding: by polynomials of one side.

What a function is on the other side of 0, or in 0, is not looked at.
"""

from __future__ import annotations

import math

import torch

from derivcli.custom.subject import Columns
from derivcli.custom.truth.true_values import PointFunction, TrueValues

NEAR = 2.0**-10
"""Numbers below are near 0."""

WIDTH = 2.0**-6
"""So far from a number the polynomial reaches."""

NODE_COUNTS = (8, 11)
"""The numbers of nodes of two polynomials, whose difference shows how far they may be off."""

MAX_ERROR = 1e-4
"""The slope of a polynomial is that of the function where it is off by no larger a part of what is usual."""


def _nodes(count: int) -> list[float]:
    """The nodes of Chebyshev's polynomial between 0 and 1."""
    return [(1 - math.cos((2 * k + 1) * math.pi / (2 * count))) / 2 for k in range(count)]


def _weights(nodes: list[float]) -> list[float]:
    """What each value counts in the slope at 0 of the polynomial through all of them (Lagrange)."""
    found = []
    for j, node in enumerate(nodes):
        others = [other for k, other in enumerate(nodes) if k != j]
        denominator = math.prod(node - other for other in others)
        slopes = (math.prod(-each for k, each in enumerate(others) if k != left) for left in range(len(others)))
        found.append(math.fsum(slopes) / denominator)
    return found


FEW, MANY = map(_nodes, NODE_COUNTS)
FEW_WEIGHTS, MANY_WEIGHTS = (torch.tensor(_weights(nodes), dtype=torch.float64) for nodes in (FEW, MANY))


def one_sided_slopes(function: PointFunction, columns: Columns, index: int) -> TrueValues:
    """The slopes at numbers near 0, of shape (points,); none where the function is no polynomial on its side of 0."""
    x = columns[index]
    away = WIDTH * torch.where(x < 0, -1.0, 1.0)
    steps = torch.tensor([*FEW, *MANY], dtype=torch.float64)[:, None] * away
    batch = columns.repeat(1, len(steps))
    batch[index] = (x + steps).flatten()
    values = function(batch).double().reshape(len(steps), -1)
    few, many = values[: len(FEW)], values[len(FEW) :]
    numbers = (MANY_WEIGHTS @ many) / away
    rough = MANY_WEIGHTS.abs().sum() * torch.finfo(torch.float64).eps * values.abs().amax(0) / WIDTH
    errors = (numbers - (FEW_WEIGHTS @ few) / away).abs() + rough
    usual = torch.maximum(numbers.abs(), values.abs().amax(0) / WIDTH)
    return TrueValues(numbers.masked_fill(~(errors <= MAX_ERROR * usual), torch.nan), errors)
