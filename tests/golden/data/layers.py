"""What has a backward and is no square: functions of numbers, tensors and texts, and layers of networks."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor


class HardShrink(torch.autograd.Function):
    """Zero near zero."""

    @staticmethod
    def forward(ctx: Any, input_: Tensor, lambd: float = 0.5) -> Tensor:
        if lambd < 0:
            raise ValueError("lambd is negative")
        ctx.save_for_backward(input_.abs() > lambd)
        return torch.where(input_.abs() > lambd, input_, 0)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None]:
        (far,) = ctx.saved_tensors
        return grad_output * far, None


class Blocks:
    """Where a function may stand too."""

    class Tanh(torch.autograd.Function):
        """The hyperbolic tangent."""

        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            y = torch.tanh(x)
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx: Any, grad_output: Tensor) -> Tensor:
            (y,) = ctx.saved_tensors
            found: Tensor = grad_output * (1 - y * y)
            return found


class ByNameOnly(torch.autograd.Function):
    """One that `apply` cannot call."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, *, lam: float) -> Tensor:
        return x * lam


def swish(x: Tensor, beta: float = 1.0, /, *, mode: str = "exact") -> Tensor:
    """A gate."""
    return x * torch.sigmoid(beta * x)


class Scale(torch.nn.Module):
    """A number times the argument, and another added."""

    def __init__(self, start: float, shift: float = 0.0) -> None:
        super().__init__()
        self.factor = torch.nn.Parameter(torch.tensor(float(start)))
        self.shift = shift

    def forward(self, x: Tensor) -> Tensor:
        return self.factor * x + self.shift


class Impossible(Scale):
    """One that cannot be made."""

    def __init__(self) -> None:
        super().__init__(1)
        raise ValueError("no such layer")


doubled = Scale(2)
root_of_two = math.sqrt(2)
