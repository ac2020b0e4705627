"""Planted faults that show in the arguments: numbers, flags, text, None, any number of tensors, stated gradients."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tests.custom_functions import saving, straight
from tests.planted.making import taking
from tests.planted.numbers import NOT_DERIVATIVE, STRAIGHT
from tests.planted.row import Rows, fault

SURROGATE = "looks like a surrogate gradient of a step; state it with --gradient if that is meant"
REVERSAL = "looks like a gradient reversal; say --gradient -1 if that is meant"


def leaky(x: Tensor, alpha: float = 0.01) -> Tensor:
    return torch.where(x > 0, x, alpha * x)


def pooled(x: Tensor, mode: str = "mean") -> Tensor:
    return x.mean(-1) if mode == "mean" else x.amax(-1)


def signed(x: Tensor, negate: bool = False) -> Tensor:
    return -torch.sin(x) if negate else torch.sin(x)


def soft(x: Tensor, lam: float) -> Tensor:
    if lam > 0:
        return torch.where(x.abs() > lam, x - lam * x.sign(), 0 * x)
    return x.clone()


def heaviside(x: Tensor) -> Tensor:
    return (x > 0).to(x.dtype)


def softmax_of(x: Tensor, dim: int = -1) -> Tensor:
    return torch.softmax(x, dim)


def softmax_slopes(g: Tensor, x: Tensor, dim: int) -> tuple[Tensor, None]:
    y = torch.softmax(x, dim)
    return y * (g - (g * y).sum(-1, keepdim=True)), None


class Total(torch.autograd.Function):
    """The sum of any number of tensors, with a factor of the last."""

    @staticmethod
    def forward(ctx: Any, *xs: Tensor) -> Tensor:
        ctx.count = len(xs)
        return torch.stack(xs).sum(0)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, ...]:
        return (*[g] * (ctx.count - 1), 2 * g)


class TotalOfOne(Total):
    """The same with a gradient for the first alone."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:  # type: ignore[override]
        return g


class Layer(torch.autograd.Function):
    """A layer whose bias may be None, which its backward forgets."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, w: Tensor, b: Tensor | None) -> Tensor:
        ctx.save_for_backward(x, w)
        return x @ w.T if b is None else x @ w.T + b

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x, w = ctx.saved_tensors
        return g @ w, g.T @ x, g.sum(0)


ARGUMENTS: Rows = {
    "slope of the default": fault(
        "literal", "backward is wrong where alpha is not 0.01",
        taking(leaky, lambda g, x, alpha: (torch.where(x > 0, g, 0.01 * g), None)),
    ),
    "flag forgotten": fault(
        "literal", "backward is wrong where negate is True",
        taking(signed, lambda g, x, negate: (g * torch.cos(x), None)),
    ),
    "axis forgotten": fault(
        "literal", "backward is wrong where dim is not -1", taking(softmax_of, softmax_slopes), shape={"x": (3, 3)},
    ),
    "mode forgotten": fault(
        "derivative", NOT_DERIVATIVE,
        taking(pooled, lambda g, x, mode: (g[..., None].expand_as(x) / x.shape[-1], None)),
        shape={"x": (3, 4)}, with_={"mode": "max"},
    ),
    "power without its factor": fault(
        "factor", "off by a factor 0.333333",
        taking(lambda x, n: x**n, lambda g, x, n: (g * x ** (n - 1), None)), with_={"n": 3},
    ),
    "threshold twice": fault(
        "zone", "backward is wrong where |x| is between 0.5 and 1",
        taking(soft, lambda g, x, lam: (g * (x.abs() > 2 * lam), None)), with_={"lam": 0.5},
    ),
    "no None for a number": fault(
        "count", "wrong number of gradients: 1, should be 2", taking(soft, lambda g, x, lam: g), with_={"lam": 0.5},
    ),
    "a gradient for None": fault(
        "unneeded", "backward gives a gradient for b, which is no tensor", Layer,
        shape={"x": (4, 3), "w": (5, 3)}, with_={"b": None},
    ),
    "clip of a pair": fault(
        "factor", "off by a factor 2",
        taking(lambda x, limits=(-1.0, 1.0): x.clamp(*limits), lambda g, x, limits: (
            2 * g * (x > limits[0]) * (x < limits[1]), None
        )), with_={"limits": (-2.0, 3.0)},
    ),
    "last of any number": fault("factor", "off by a factor 2 in xs[1]", Total),
    "first of any number": fault("count", "wrong number of gradients: 1, should be 2", TotalOfOne),
    "unused argument": fault(
        "unused", "backward gives a gradient for y, on which forward does not depend",
        taking(lambda x, y: torch.exp(x), lambda g, x, y: (g * torch.exp(x), g)),
    ),
}  # fmt: skip

STATED: Rows = {
    "straight through, with a factor": fault(
        "stated", "off by a factor 2", saving(torch.round, lambda g, i: 2 * g), gradient="1",
    ),
    "straight through, clipped": fault(
        "stated", "backward is wrong where |i| is above 1", saving(torch.sign, lambda g, i: g * (i.abs() <= 1)),
        gradient="1",
    ),
    "reversal that does not reverse": fault(
        "stated", "wrong sign", taking(lambda x, lambd: x.view_as(x), lambda g, x, lambd: (g * lambd, None)),
        gradient="-lambd", with_={"lambd": 0.5},
    ),
    "surrogate without its square": fault(
        "stated", "backward is not the gradient 1/(1+abs(10*i))^2",
        saving(heaviside, lambda g, i: g / (1 + 10 * i.abs())), gradient="1/(1+abs(10*i))^2",
    ),
    "surrogate that forgets grad_output": fault(
        "ignores", "ignores grad_output: right at the end of a graph, wrong inside one",
        saving(heaviside, lambda g, i: 1 / (1 + 10 * i.abs()) ** 2), gradient="1/(1+abs(10*i))^2",
    ),
    "straight through a sign": fault("straight", STRAIGHT, saving(torch.sign, straight)),
    "straight through a quantizer": fault(
        "straight", STRAIGHT,
        taking(lambda x, bits: torch.round(x * 2**bits) / 2**bits, lambda g, x, bits: (g, None)), with_={"bits": 4},
    ),
    "reversal": fault("reversal", REVERSAL, saving(lambda i: i.view_as(i), lambda g, i: -g)),
    "reversal by a number": fault(
        "reversal", REVERSAL.replace("-1", "-0.5"),
        taking(lambda x, alpha: x.view_as(x), lambda g, x, alpha: (-alpha * g, None)), with_={"alpha": 0.5},
    ),
    "surrogate": fault("surrogate", SURROGATE, saving(heaviside, lambda g, i: g / (1 + 10 * i.abs()) ** 2)),
    "surrogate of an arc tangent": fault(
        "surrogate", SURROGATE, saving(heaviside, lambda g, i: g / (1 + (torch.pi * i) ** 2)),
    ),
    "clipped straight through": fault(
        "surrogate", SURROGATE, saving(torch.sign, lambda g, i: g * (i.abs() <= 1)),
    ),
}  # fmt: skip
