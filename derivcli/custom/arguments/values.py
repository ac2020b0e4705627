"""Values for tensors of shapes: ordinary ones, and those that functions ask for which are not defined everywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from derivcli.custom.arguments.shapes import Shape

DRAWN = 8
"""So many points are drawn; tried are those at which the function is defined."""

SHAPED_POINTS = 3
"""So many points are tried of a function that takes tensors of shapes of its own."""

VALUES_SEED = 3


def _generic(numbers: Tensor) -> Tensor:
    return numbers


def _positive(numbers: Tensor) -> Tensor:
    return numbers.abs() + 0.25


def _shares(numbers: Tensor) -> Tensor:
    """Numbers between 0 and 1."""
    return 0.05 + 0.9 * torch.sigmoid(numbers)


def _definite(numbers: Tensor) -> Tensor:
    """Symmetric positive definite matrices, where there are square ones."""
    if numbers.ndim < 2 or numbers.shape[-1] != numbers.shape[-2]:
        return numbers
    return numbers @ numbers.mT / numbers.shape[-1] + 0.5 * torch.eye(numbers.shape[-1], dtype=numbers.dtype)


def _distribution(numbers: Tensor) -> Tensor:
    """Rows whose sum is 1."""
    return torch.softmax(numbers, -1) if numbers.ndim else _shares(numbers)


ORDINARY = "ordinary"

VALUES: Mapping[str, Callable[[Tensor], Tensor]] = {
    ORDINARY: _generic,
    "positive": _positive,
    "between 0 and 1": _shares,
    "symmetric positive definite": _definite,
    "rows of sum 1": _distribution,
}
"""What makes values of a kind of normally distributed numbers."""


def drawn(shapes: Sequence[Shape], values: str, count: int = DRAWN) -> Tensor:
    """Numbers of tensors of these shapes at so many points, of shape (entries, points); the same every time."""
    generator = torch.Generator().manual_seed(VALUES_SEED)
    points = []
    for _ in range(count):
        parts = [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]
        points.append(torch.cat([VALUES[values](_rounded(part)).flatten() for part in parts]))
    return torch.stack(points, -1) if points else torch.zeros(0, count, dtype=torch.float64)


def _rounded(numbers: Tensor) -> Tensor:
    return (numbers * 100).round() / 100
