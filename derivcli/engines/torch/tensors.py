"""The points as tensors, and numbers back as arrays: what both engines in PyTorch begin and end with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from derivcli.errors import DerivError
from derivcli.points.points import Points
from derivcli.result import ALONG, FloatArray

NO_POINTS = torch.zeros(1, dtype=torch.float64)
"""What stands for the points of a formula that has no variable."""

VECTOR_BYTES = 128
"""Bytes that a loop of torch takes at a time at most: two vectors of the widest processors.

What is left at the end of an array it computes by other code, whose last digits are others.
"""

Leaves = dict[str, Tensor]
"""The tensors to differentiate by, each of shape (points,), by the names that partials have for them."""


def leaves_at(
    at: Mapping[str, FloatArray],
    differentiated: Iterable[str],
    dtype: str,
    direction: Points | None = None,
    device: str = "cpu",
) -> tuple[dict[str, Tensor], Leaves]:
    """The variables at the points, and the leaves among them to differentiate by."""
    kind = getattr(torch, dtype)
    fixed = {name: torch.tensor(values, dtype=kind, device=device) for name, values in at.items()}
    return leaves_of(fixed, differentiated, direction)


def filled(values: NDArray[Any], size: int) -> NDArray[Any]:
    """Numbers for points, the last of them repeated until loops over numbers of `size` bytes leave no rest.

    So a number does not depend on its place in an array, nor on the array's length. For no points there are
    some that are nowhere, since a rule looks at its first one.
    """
    count = len(values)
    missing = -count % (VECTOR_BYTES // size)
    if not count and size < VECTOR_BYTES:
        return np.full(VECTOR_BYTES // size, np.nan, values.dtype)
    if not missing:
        return values
    if count == 1:
        return values.repeat(missing + 1)
    made = np.empty(count + missing, values.dtype)
    made[:count], made[count:] = values, values[-1]
    return made


def check_device(name: str) -> None:
    """Refuse a device that is not there."""
    if name != "cpu" and not torch.cuda.is_available():
        why = "PyTorch finds none" if torch.version.cuda else "this PyTorch is built without CUDA"
        raise DerivError(f"there is no GPU to compute on: {why}", hint=f"leave out `--device {name}`")


def leaves_of(
    fixed: Mapping[str, Tensor], differentiated: Iterable[str], direction: Points | None = None
) -> tuple[dict[str, Tensor], Leaves]:
    """The variables over tensors that have no graph, and the leaves among them to differentiate by.

    Along a direction v there is one leaf, t, and the variables are x + t*v at t = 0.
    """
    if direction is None:
        leaves = {name: value.requires_grad_(name in differentiated) for name, value in fixed.items()}
        return leaves, {name: leaf for name, leaf in leaves.items() if leaf.requires_grad}
    moved = torch.zeros_like(max(fixed.values(), key=len, default=NO_POINTS)).requires_grad_()
    steps = {name: moved * component.item() for name, component in direction.at.items()}
    return {name: value + steps[name] if name in steps else value for name, value in fixed.items()}, {ALONG: moved}


def at_hand(tensor: Tensor) -> bool:
    """Whether a tensor's numbers can be looked at: not those of one that is traced, nor, for the wait, of a GPU's."""
    return type(tensor) is Tensor and tensor.is_cpu


def array(tensor: Tensor) -> NDArray[Any]:
    """A tensor's numbers, in the same memory if they are the processor's."""
    return tensor.detach().numpy(force=True)
