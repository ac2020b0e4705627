"""Functions of arguments of every kind."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


class Shrink(torch.autograd.Function):
    """A function of a tensor, a number and a word."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, lam: Any, mode: str = "soft") -> Tensor:
        ctx.save_for_backward(x)
        ctx.lam = lam
        if mode not in ("soft", "hard"):
            raise ValueError(f"{mode} is no mode")
        kept = x.abs() > lam if lam > 0 else x == x
        return torch.where(kept, x - lam * x.sign() if mode == "soft" else x, 0.0)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None, None]:
        (x,) = ctx.saved_tensors
        return grad_output * (x.abs() > ctx.lam), None, None


class FiveDimensions(torch.autograd.Function):
    """A function of what nobody guesses."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        if x.ndim != 5:
            raise ValueError("x has 5 dimensions")
        return x * 2

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        return grad_output * 2


class Scaled(torch.nn.Module):
    """A layer with a number of its own, which loses the gradient of its weight to a batch."""

    def __init__(self, size: int, by: float) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(size))
        self.by = by

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = Weighed.apply(x, self.weight)  # type: ignore[no-untyped-call]
        return self.by * found


class Weighed(torch.autograd.Function):
    """Columns times numbers."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return x * weight

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, Tensor]:
        x, weight = ctx.saved_tensors
        return grad_output * weight, (grad_output * x).mean(0)


class Rotated(torch.autograd.Function):
    """A function of complex numbers."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x * 1j

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        return (grad_output * -1j).real
