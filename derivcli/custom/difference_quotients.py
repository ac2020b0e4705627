"""Derivatives of code of which nothing is known but what it computes, by quotients of differences, with their error.

How much rounding moves what it computes is part of that error, and fourth differences tell it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from derivcli.custom.probe import Columns
from derivcli.custom.reference_values import SAFETY, Truth

LARGEST_STEP = 2.0**-4
STEPS = 28
"""Differences are taken over steps from so much of a number down, each half of the one before."""

DEPTH = 7
"""So often quotients are extrapolated; what is left is then of the order of the step to the power of 16."""

CLEAR = 1e-3
"""A quotient is of use where its error is no more than this part of it, or of what the function's size makes usual."""

ASIDE = 1e-4
"""Rounding is measured so far beside a number, where there may be a jump."""

NEAR = 10
"""Beginning with this step a function that has a derivative is nearly straight."""
GAP = 0.5
"""At a corner the quotients of both sides differ by more than this part of what they did at a step 8 times larger."""
ROUGH = 100.0
"""So many times what rounding may do is no rounding."""

NOISE_STEPS = (3e-6, 5e-7)
SINGLE_STEPS = (2e-2, 2e-3)
"""Steps over which smooth functions do not show in fourth differences and rounding does, in float64 and float32."""

Numbers = Callable[[Columns], Tensor]
"""Computes a number at each of some points."""


def by_quotients(function: Numbers, columns: Columns, place: int) -> Truth:
    """The derivatives of a function in one of its arguments, by central differences; none that is too uncertain.

    They are extrapolated to a step of 0 as polynomials in its square (Ridders, Advances in Engineering Software 4
    (1982) 75); the error is how far neighbours differ in the table that this makes, or what rounding may do. There is
    none at a corner or a jump, where the quotients of the two sides do not approach each other, and none where the
    function swings too quickly for any of the steps.
    """
    x = columns[place]
    size = x.abs() + (x == 0)
    steps = size * LARGEST_STEP / 2.0 ** torch.arange(STEPS, dtype=x.dtype)[:, None]
    above, below = x + steps, x - steps
    ups, downs, middle = _beside(function, columns, place, above, below)
    largest = torch.maximum(ups.abs(), downs.abs())
    noisy = torch.minimum(*(noise(function, tuple(c * (1 + side * ASIDE) for c in columns)) for side in (1, -1)))
    rough = torch.maximum(torch.finfo(x.dtype).eps * largest, noisy) / (above - below)
    gap = ((ups - middle) / (above - x) - (middle - downs) / (x - below)).abs()
    found = _extrapolated((ups - downs) / (above - below), rough)
    apart = ((gap[NEAR:] > GAP * gap[NEAR - 3 : -3]) & (gap[NEAR:] > ROUGH * rough[NEAR:])).any(0)
    swings = noisy > CLEAR * largest[-1]
    unclear = ~(SAFETY * found.errors <= CLEAR * torch.maximum(found.numbers.abs(), largest[0] / size))
    return Truth(found.numbers.masked_fill(apart | swings | unclear | ~middle.isfinite(), torch.nan), found.errors)


def _beside(
    function: Numbers, columns: Columns, place: int, above: Tensor, below: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """What a function gives where one of its arguments is larger, where it is smaller, and where it is as it is."""
    batch = [column.repeat(2 * STEPS + 1) for column in columns]
    batch[place] = torch.cat([above.flatten(), below.flatten(), columns[place]])
    values = function(tuple(batch)).reshape(2 * STEPS + 1, -1)
    return values[:STEPS], values[STEPS:-1], values[-1]


def _extrapolated(quotients: Tensor, rough: Tensor) -> Truth:
    """The most trustworthy entry of Ridders' table; quotients of the largest step come first."""
    best = torch.full_like(quotients[0], torch.nan)
    error = torch.full_like(best, torch.inf)
    row = [quotients[0]]
    for k in range(1, len(quotients)):
        new = [quotients[k]]
        for m in range(1, min(k, DEPTH) + 1):
            new.append((4**m * new[m - 1] - row[m - 1]) / (4**m - 1))
            here = torch.maximum((new[m] - new[m - 1]).abs(), (new[m] - row[m - 1]).abs()) + rough[k]
            better = here < error
            best, error = torch.where(better, new[m], best), torch.where(better, here, error)
        row = new
    finest = SAFETY * ((quotients[-1] - quotients[-3]).abs() + rough[-1])
    chance = (best - quotients[-1]).abs() > finest  # two numbers that agree, and are no derivative
    return Truth(torch.where(chance, quotients[-1], best), torch.where(chance, finest, error))


def single_noise(function: Numbers, columns: Columns) -> Tensor:
    """How much rounding in float32 moves what a function gives, whose numbers may stay the same for a while."""
    return torch.maximum(*(_noise(function, columns, step) for step in SINGLE_STEPS))


def noise(function: Numbers, columns: Columns) -> Tensor:
    """How much rounding moves what a function gives; what a shorter step shows less of is no rounding."""
    return torch.minimum(*(_noise(function, columns, step) for step in NOISE_STEPS))


def _noise(function: Numbers, columns: Columns, step: float) -> Tensor:
    """How much rounding moves what a function gives, of shape (..., points), by fourth differences.

    For independent errors of one size these are sqrt(70) times that (Hamming, Numerical Methods for
    Scientists and Engineers, 1973, chapter 10).
    """
    batch = tuple(torch.cat([x * (1 + k * step) for k in range(-4, 5)]) for x in columns)
    values = function(batch).double()
    table = values.reshape(*values.shape[:-1], 9, len(columns[0]))
    return (table.diff(n=4, dim=-2).abs().amax(-2) / math.sqrt(70)).nan_to_num(0.0)
