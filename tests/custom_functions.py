"""A user's own functions: how tests make them, and whole ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import torch
from torch import Tensor

Slope = Callable[..., Any]
FunctionClass: TypeAlias = type[torch.autograd.Function]


def made(forward: Any, backward: Any, name: str = "F", **members: Any) -> FunctionClass:
    """A class with this forward(ctx, ...) and backward(ctx, grad_output)."""
    both = {"forward": staticmethod(forward), "backward": staticmethod(backward)}
    found: FunctionClass = type(name, (torch.autograd.Function,), both | members)
    return found


def saving(value: Callable[[Tensor], Any], slope: Slope) -> FunctionClass:
    """A function of one argument: its value, and its backward from grad_output and the saved argument."""

    def forward(ctx: Any, i: Tensor) -> Any:
        ctx.save_for_backward(i)
        return value(i)

    return made(forward, lambda ctx, g: slope(g, *ctx.saved_tensors))


def pair(value: Callable[[Tensor, Tensor], Any], slopes: Slope) -> FunctionClass:
    """A function of two arguments."""

    def forward(ctx: Any, x: Tensor, y: Tensor) -> Any:
        ctx.save_for_backward(x, y)
        return value(x, y)

    return made(forward, lambda ctx, g: slopes(g, *ctx.saved_tensors))


def square(slope: Slope) -> FunctionClass:
    """The square with a backward."""
    return saving(lambda i: i**2, slope)


class Square(torch.autograd.Function):
    """The square, as PyTorch's own tutorials write it."""

    @staticmethod
    def forward(ctx: Any, i: Tensor) -> Tensor:
        ctx.save_for_backward(i)
        return i**2

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        (i,) = ctx.saved_tensors
        found: Tensor = grad_output * 2 * i
        return found


class NewStyle(torch.autograd.Function):
    """A function whose forward has no context."""

    @staticmethod
    def forward(x: Tensor, y: Tensor) -> Tensor:
        return torch.sin(x) * y

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, Tensor]:
        x, y = ctx.saved_tensors
        return grad_output * torch.cos(x) * y, grad_output * torch.sin(x)


class Thrifty(torch.autograd.Function):
    """A product that computes the gradients that are needed."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, y: Tensor) -> Tensor:
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor | None, Tensor | None]:
        x, y = ctx.saved_tensors
        first = grad_output * y if ctx.needs_input_grad[0] else None
        return first, grad_output * x if ctx.needs_input_grad[1] else None


class Greedy(torch.autograd.Function):
    """A product that fails where only one argument needs a gradient."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, y: Tensor) -> Tensor:
        ctx.save_for_backward(*(each for each in (x, y) if each.requires_grad) if x.requires_grad else (x, y))
        return x * y

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, Tensor]:
        x, y = ctx.saved_tensors
        return grad_output * y, grad_output * x


class CubeSlope(torch.autograd.Function):
    """The backward of the cube, with a backward of its own."""

    @staticmethod
    def forward(ctx: Any, grad_output: Tensor, x: Tensor) -> Tensor:
        ctx.save_for_backward(grad_output, x)
        return grad_output * 3 * x**2

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor]:
        grad_output, x = ctx.saved_tensors
        return grad * 3 * x**2, grad * grad_output * 6 * x


Cube = saving(lambda x: x**3, CubeSlope.apply)


class Tangent(torch.autograd.Function):
    """A square with a wrong derivative in forward mode."""

    @staticmethod
    def forward(i: Tensor) -> Tensor:
        return i**2

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        return Square.backward(ctx, grad_output)

    @staticmethod
    def jvp(ctx: Any, tangent: Tensor) -> Tensor:
        (i,) = ctx.saved_tensors
        found: Tensor = tangent * 3 * i
        return found


class RightTangent(Tangent):
    """The square with its derivative in forward mode."""

    @staticmethod
    def jvp(ctx: Any, tangent: Tensor) -> Tensor:
        return Square.backward(ctx, tangent)


class NoTangent(Tangent):
    """A square whose forward mode fails."""

    @staticmethod
    def jvp(ctx: Any, tangent: Tensor) -> Tensor:
        raise ValueError("no tangent today")


def saved_output(ctx: Any, x: Tensor) -> Tensor:
    """The forward of exp that saves what it gives."""
    y = torch.exp(x)
    ctx.save_for_backward(y)
    return y


def global_backward() -> FunctionClass:
    """A function that keeps its argument in a list instead of its context."""
    kept: list[Tensor] = []

    def forward(ctx: Any, i: Tensor) -> Tensor:
        kept[:] = [i]
        return i**2

    return made(forward, lambda ctx, g: g * 2 * kept[0])


def dirty(ctx: Any, i: Tensor) -> Tensor:
    """A forward that works in place and says so."""
    ctx.mark_dirty(i)
    return i.mul_(2)


def by_numpy(g: Tensor, i: Tensor) -> Tensor:
    """A backward outside of PyTorch."""
    return torch.from_numpy(g.detach().numpy() * 2 * i.detach().numpy())


def by_state(ctx: Any, i: Tensor) -> Tensor:
    """A forward that keeps its argument as a number."""
    ctx.i = i.detach().clone()
    return i**2


def forgetting(ctx: Any, g: Tensor) -> Tensor:
    """A backward that lets go of what it needs."""
    i, ctx.i = ctx.i, None
    found: Tensor = g * 2 * i
    return found


def raising(*_: Any) -> Any:
    """Fail as code does."""
    raise ValueError("no such luck\nmore of it")


def leaving(*_: Any) -> Any:
    """End the program."""
    raise SystemExit(3)


def straight(g: Tensor, i: Tensor) -> Tensor:
    """The upstream gradient as it is."""
    return g


def haversine(i: Tensor) -> Tensor:
    """What loses digits to cancellation."""
    return (1 - torch.cos(i)) / i**2


def tanh(g: Tensor, i: Tensor) -> Tensor:
    """The backward of tanh."""
    found: Tensor = g * (1 - torch.tanh(i) ** 2)
    return found


def in_steps(size: int) -> FunctionClass:
    """What rounds to multiples of 1/size."""
    return saving(lambda i: torch.round(i * size) / size, lambda g, i: g * 0)


def gelu(i: Tensor) -> Tensor:
    """What scales a number by how probable a smaller one is."""
    return i * (1 + torch.erf(i / math.sqrt(2))) / 2


def doubled(saved: Tensor) -> Tensor:
    """A tensor as it was, which is doubled behind PyTorch's back."""
    before = saved.clone()
    saved.data.mul_(2)
    return before


def relu(g: Tensor, i: Tensor) -> Tensor:
    """The backward of relu."""
    return g * (i > 0)
