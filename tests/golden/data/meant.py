"""Functions whose backward is meant not to be the derivative."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


class Round(torch.autograd.Function):
    """The nearest whole number, straight through."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return torch.round(x)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        return grad_output


class Spike(torch.autograd.Function):
    """A step with the gradient of a hill."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return (x > 0).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        found: Tensor = grad_output / (1 + (10 * x).abs()) ** 2
        return found


class Reverse(torch.autograd.Function):
    """The same forward, and the gradient turned round and scaled."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, lambd: float = 0.5, mode: str = "all") -> Tensor:
        ctx.lambd = lambd
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None, None]:
        return -ctx.lambd * grad_output, None, None


class Peak(torch.autograd.Function):
    """The largest number of each row of a matrix, straight through to all of them."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.shape = x.shape
        return x.mT.amax(-2)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        return grad_output[..., None].expand(ctx.shape)


class Halves(torch.autograd.Function):
    """A number in two parts."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor]:
        return torch.floor(x), x - torch.floor(x)

    @staticmethod
    def backward(ctx: Any, whole: Tensor, rest: Tensor) -> Tensor:
        return rest
