"""The points as tensors, and numbers back as arrays: what both engines in PyTorch begin and end with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from derivcli.result import ALONG

if TYPE_CHECKING:
    from derivcli.points.grid import Points
    from derivcli.result import FloatArray

Leaves = dict[str, Tensor]
"""The tensors to differentiate by, each of shape (points,), by the names that partials have for them."""


def leaves_at(
    at: Mapping[str, FloatArray], wanted: Iterable[str], dtype: str, direction: Points | None = None
) -> tuple[dict[str, Tensor], Leaves]:
    """The variables at the points, and the leaves among them to differentiate by.

    Along a direction v there is one leaf, t, and the variables are x + t*v at t = 0.
    """
    kind = getattr(torch, dtype)
    if direction is None:
        leaves = {name: torch.tensor(values, dtype=kind, requires_grad=name in wanted) for name, values in at.items()}
        return leaves, {name: leaf for name, leaf in leaves.items() if leaf.requires_grad}
    moved = torch.zeros(max(map(len, at.values()), default=1), dtype=kind, requires_grad=True)
    fixed = {name: torch.tensor(values, dtype=kind) for name, values in at.items()}
    steps = {name: moved * component.item() for name, component in direction.at.items()}
    return {name: value + steps[name] if name in steps else value for name, value in fixed.items()}, {ALONG: moved}


def array(tensor: Tensor) -> FloatArray:
    """A tensor's numbers, in the same memory if they are the processor's."""
    return tensor.detach().numpy(force=True)
