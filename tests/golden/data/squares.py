"""Functions of a user's own: the square with several backwards."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


class SQ(torch.autograd.Function):
    """The square."""

    @staticmethod
    def forward(ctx: Any, i: Tensor) -> Tensor:
        ctx.save_for_backward(i)
        return i**2

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        (i,) = ctx.saved_tensors
        found: Tensor = grad_output * 2 * i
        return found


class Forgetful(SQ):
    """One that forgets the upstream gradient."""

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        (i,) = ctx.saved_tensors
        found: Tensor = 2 * i
        return found


class Once(SQ):
    """One that has no second derivative."""

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        return SQ.backward(ctx, grad_output)


class Product(torch.autograd.Function):
    """A product with its gradients in each other's place."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, y: Tensor) -> Tensor:
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, Tensor]:
        x, y = ctx.saved_tensors
        return grad_output * x, grad_output * y


class Total(SQ):
    """One that does not work point by point."""

    @staticmethod
    def forward(ctx: Any, i: Tensor) -> Tensor:
        ctx.save_for_backward(i)
        return i.sum()


class Twice(SQ):
    """One that gives two tensors."""

    @staticmethod
    def forward(ctx: Any, i: Tensor) -> Any:
        return i, i


class Root(torch.autograd.Function):
    """A root of what is never positive."""

    @staticmethod
    def forward(ctx: Any, i: Tensor) -> Tensor:
        ctx.save_for_backward(i)
        return torch.sqrt(-1 - i**2)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        return grad_output


class Nameless(torch.autograd.Function):
    """One whose forward takes whatever it is given."""

    @staticmethod
    def forward(ctx: Any, *given: Tensor) -> Tensor:
        return given[0]


class _Hidden(SQ):
    """One with a name that no formula has."""


square = SQ.apply


class Nothing(SQ):
    """One whose backward fails."""

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        raise ValueError("no gradient today\nperhaps tomorrow")


class Power(torch.autograd.Function):
    """A power whose exponent is a Python number."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, n: int) -> Tensor:
        ctx.save_for_backward(x)
        ctx.n = n
        found = torch.ones_like(x)
        for _ in range(n):
            found = found * x
        return found

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors
        return grad_output * ctx.n * x ** (ctx.n - 1), None


class Linear(torch.autograd.Function):
    """A layer of a network, as PyTorch's documentation writes it."""

    @staticmethod
    def forward(ctx: Any, input: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(input, weight)
        return input.mm(weight.t()) + bias

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        input, weight = ctx.saved_tensors
        return grad_output.mm(weight), grad_output.t().mm(input), grad_output.sum(0)


class Doubling(torch.autograd.Function):
    """One that changes its argument behind PyTorch's back."""

    @staticmethod
    def forward(ctx: Any, i: Tensor) -> Tensor:
        return i.detach().mul_(2)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        return grad_output * 2
