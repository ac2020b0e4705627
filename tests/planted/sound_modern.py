"""Sound functions with `setup_context`, forward mode and rules for vmap, and sound modules and operators."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tests.custom_functions import Square
from tests.planted.forward_mode import cube, cube_slope, product, product_slopes, total, total_slope
from tests.planted.making import modern, taking
from tests.planted.row import Rows, sound


class CubeTangent(torch.autograd.Function):
    """The tangent of a cube, which has a tangent of its own."""

    generate_vmap_rule = True

    @staticmethod
    def forward(t: Tensor, x: Tensor) -> Tensor:
        return t * 3 * x**2

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, Tensor]:
        t, x = ctx.saved_tensors
        return g * 3 * x**2, g * 6 * t * x

    @staticmethod
    def jvp(ctx: Any, dt: Tensor | None, dx: Tensor | None) -> Tensor:
        t, x = ctx.saved_tensors
        found = torch.zeros_like(x)
        if dt is not None:
            found = found + dt * 3 * x**2
        if dx is not None:
            found = found + t * 6 * x * dx
        return found


class Total(torch.autograd.Function):
    """The sum of any number of tensors."""

    @staticmethod
    def forward(ctx: Any, *xs: Tensor) -> Tensor:
        ctx.count = len(xs)
        return torch.stack(xs).sum(0)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, ...]:
        found: tuple[Tensor, ...] = (g,) * ctx.count
        return found


class Generic(torch.autograd.Function):
    """Takes what comes, the tensor first."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, *args: Any) -> Tensor:
        ctx.count = len(args)
        ctx.save_for_backward(x)
        return x.sin()

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (x,) = ctx.saved_tensors
        return (grads[0] * x.cos(), *[None] * ctx.count)


def rule_of_squares(info: Any, in_dims: Any, x: Tensor) -> tuple[Tensor, int]:
    return (x.movedim(in_dims[0], 0) ** 2).sum(-1), 0


def rule_of_products(info: Any, in_dims: Any, x: Tensor, y: Tensor) -> tuple[Tensor, int]:
    first, second = (
        each.expand(info.batch_size, *each.shape) if axis is None else each.movedim(axis, 0)
        for each, axis in zip((x, y), in_dims, strict=True)
    )
    return first * second, 0


def affine_tangent(dx: Tensor, x: Tensor) -> Tensor:
    return 3 * dx


class Scale(torch.nn.Module):
    """A factor for each column, by a function of its own."""

    def __init__(self, size: int = 3) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.linspace(0.5, 2.0, size))

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = Scaled.apply(x, self.weight)  # type: ignore[no-untyped-call]
        return found


Scaled = taking(lambda x, w: x * w, lambda g, x, w: (g * w, (g * x).sum(0)))


class SquareLayer(torch.nn.Module):
    """The square as a module that has no weights."""

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = Square.apply(x)  # type: ignore[no-untyped-call]
        return found


def shifted_square(x: Tensor, shift: float = 1.0, *, negate: bool = False) -> Tensor:
    found: Tensor = Square.apply(x - shift)  # type: ignore[no-untyped-call]
    return -found if negate else found


def weighted(x: Tensor, y: Tensor, **options: Any) -> Tensor:
    return options.get("scale", 2.0) * x * Square.apply(y)  # type: ignore[no-any-return, no-untyped-call]


@torch.library.custom_op("planted::sine", mutates_args=())
def sine(x: Tensor) -> Tensor:
    return torch.sin(x)


@torch.library.custom_op("planted::power", mutates_args=())
def power(x: Tensor, n: int = 3) -> Tensor:
    return x**n


def sine_slope(ctx: Any, g: Tensor) -> Tensor:
    (x,) = ctx.saved_tensors
    found: Tensor = g * torch.cos(x)
    return found


def save_all(ctx: Any, inputs: Any, output: Any) -> None:
    ctx.save_for_backward(inputs[0])
    ctx.n = inputs[1] if len(inputs) > 1 else 0


def power_slope(ctx: Any, g: Tensor) -> tuple[Tensor, None]:
    (x,) = ctx.saved_tensors
    return g * ctx.n * x ** (ctx.n - 1), None


sine.register_autograd(sine_slope, setup_context=save_all)
power.register_autograd(power_slope, setup_context=save_all)


MODERN: Rows = {
    "generated rule": sound(modern(cube, cube_slope, generate_vmap_rule=True), "x^3"),
    "jvp of a function with a jvp": sound(
        modern(cube, cube_slope, jvp=CubeTangent.apply, generate_vmap_rule=True), "x^3",
    ),
    "jvp of a line": sound(
        modern(lambda x: 3 * x + 1, lambda g, x: 3 * g, jvp=affine_tangent, generate_vmap_rule=True), "3*x+1",
    ),
    "rule of squares": sound(modern(total, total_slope, vmap=rule_of_squares), shape={"x": (3,)}),
    "rule of products": sound(modern(product, product_slopes, vmap=rule_of_products), "x*y"),
    "layer with setup_context": sound(
        modern(lambda x, w: x @ w, lambda g, x, w: (g @ w.mT, x.mT @ g), generate_vmap_rule=True),
        shape={"x": (4, 3), "w": (3, 2)},
    ),
    "any number of tensors": sound(Total),
    "what comes": sound(Generic),
    "text": sound(
        taking(lambda x, mode="mean": x.mean(-1) if mode == "mean" else x.sum(-1), lambda g, x, mode: (
            g[..., None].expand_as(x) / (x.shape[-1] if mode == "mean" else 1), None
        )),
        shape={"x": (3, 4)}, with_={"mode": "sum"},
    ),
    "flag": sound(
        taking(lambda x, negate=False: -torch.sin(x) if negate else torch.sin(x), lambda g, x, negate: (
            g * torch.cos(x) * (-1 if negate else 1), None
        )),
    ),
    "pair of limits": sound(
        taking(lambda x, limits: x.clamp(*limits), lambda g, x, limits: (
            g * (x > limits[0]) * (x < limits[1]), None
        )), with_={"limits": (-2.0, 3.0)},
    ),
    "power of a whole number": sound(
        taking(lambda x, n: x**n, lambda g, x, n: (g * n * x ** (n - 1), None)), with_={"n": 3},
    ),
}  # fmt: skip

THINGS: Rows = {
    "module": sound(Scale(3), shape={"x": (4, 3)}),
    "class of modules": sound(SquareLayer, "x^2"),
    "function of tensors": sound(shifted_square, "(x-1)^2"),
    "function with keywords": sound(shifted_square, with_={"shift": 2.0, "negate": True}),
    "function of any keywords": sound(weighted),
    "operator": sound(sine, "sin(x)"),
    "operator with a number": sound(power, with_={"n": 4}),
    "module of PyTorch": sound(torch.nn.Linear(3, 2), shape={"input": (4, 3)}),
    "function of PyTorch": sound(torch.nn.functional.silu, "input*sigmoid(input)"),
}
