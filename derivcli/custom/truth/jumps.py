"""Where a function of one number jumps, by bisection, and numbers on both sides close to it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

MIN_JUMP_SHARE = 0.02
"""Two neighbours that differ by a larger part of the largest numbers around them may lie beside a jump."""
NEIGHBOUR_FACTOR = 8.0
"""They do so if they differ so many times more than their neighbours."""

MAX_JUMPS = 24
"""So many are looked at, those nearest to 0."""

SECTIONS = 32
PASSES = 10

DISTANCES = (1e-12, 1e-9, 1e-7, 1e-5, 1e-4, 1e-3, 4e-3)
"""So far from a jump, or so large a part of a large number, the numbers close to it are."""


def beside_jumps(function: Callable[[Tensor], Tensor], numbers: Tensor) -> Tensor:
    """Numbers on both sides of the jumps that a function has between numbers in order."""
    jumps = _jumps(function, numbers)
    away = torch.tensor([sign * each for each in DISTANCES for sign in (-1, 1)], dtype=torch.float64)
    return (jumps[:, None] + away * jumps.abs().clamp(min=1.0)[:, None]).flatten().round(decimals=13)


def _jumps(function: Callable[[Tensor], Tensor], numbers: Tensor) -> Tensor:
    values = function(numbers).double()
    steps = values.diff().abs().nan_to_num(0.0, 0.0)
    around = torch.maximum(values[:-1].abs(), values[1:].abs())
    beside = torch.maximum(torch.nn.functional.pad(steps[:-1], (1, 0)), torch.nn.functional.pad(steps[1:], (0, 1)))
    places = ((steps > MIN_JUMP_SHARE * around) & (steps > NEIGHBOUR_FACTOR * beside)).nonzero()[:, 0]
    places = places[numbers[places].abs().argsort()][:MAX_JUMPS]
    low, high = numbers[places], numbers[places + 1]
    parts = torch.linspace(0, 1, SECTIONS + 1, dtype=torch.float64)
    for _ in range(PASSES if len(places) else 0):
        tried = low[:, None] + (high - low)[:, None] * parts
        found = function(tried.flatten()).double().reshape(tried.shape)
        place = found.diff(dim=1).abs().nan_to_num(0.0, 0.0).argmax(1, keepdim=True)
        low, high = tried.gather(1, place)[:, 0], tried.gather(1, place + 1)[:, 0]
    return (low + high) / 2
