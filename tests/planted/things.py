"""Planted faults of functions of tensors, modules and operators of one's own."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tests.custom_functions import square
from tests.planted.making import taking
from tests.planted.row import Rows, fault

LOST = "backward gives None for {}, on which forward depends"
Scaled = taking(lambda x, w: x * w, lambda g, x, w: (g * w, 2 * (g * x).sum(0)))
Wrong = square(lambda g, i: g * i)


def half_detached(x: Tensor) -> Tensor:
    return x * x.detach()


def by_numpy(x: Tensor) -> Tensor:
    return torch.from_numpy(x.detach().numpy() ** 2)


def with_keyword(x: Tensor, *, scale: float = 2.0) -> Tensor:
    found: Tensor = Wrong.apply(x) * scale  # type: ignore[no-untyped-call]
    return found


class Scale(torch.nn.Module):
    """A factor for each column, whose gradient is doubled."""

    def __init__(self, size: int = 3) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.linspace(0.5, 2.0, size))

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = Scaled.apply(x, self.weight)  # type: ignore[no-untyped-call]
        return found


class Frozen(Scale):
    """A factor for each column that gets no gradient."""

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight.detach()


@torch.library.custom_op("planted::no_gradient", mutates_args=())
def no_gradient(x: Tensor) -> Tensor:
    return x**2


@torch.library.custom_op("planted::wrong_sign", mutates_args=())
def wrong_sign(x: Tensor) -> Tensor:
    return torch.cos(x)


@torch.library.custom_op("planted::swapped", mutates_args=())
def swapped(x: Tensor, y: Tensor) -> Tensor:
    return x * y


def save_all(ctx: Any, inputs: Any, output: Any) -> None:
    ctx.save_for_backward(*inputs)


def wrong_sign_slope(ctx: Any, g: Tensor) -> Tensor:
    (x,) = ctx.saved_tensors
    found: Tensor = g * torch.sin(x)
    return found


def swapped_slopes(ctx: Any, g: Tensor) -> tuple[Tensor, Tensor]:
    x, y = ctx.saved_tensors
    return g * x, g * y


wrong_sign.register_autograd(wrong_sign_slope, setup_context=save_all)
swapped.register_autograd(swapped_slopes, setup_context=save_all)


THINGS: Rows = {
    "function that detaches": fault("factor", "off by a factor 0.5", half_detached, "x^2"),
    "function by NumPy": fault("none", LOST.format("x"), by_numpy),
    "function with a keyword": fault("factor", "off by a factor 0.5", with_keyword),
    "module": fault("factor", "off by a factor 2 in weight", Scale(3), shape={"x": (4, 3)}),
    "module that detaches": fault("none", LOST.format("weight"), Frozen(3), shape={"x": (4, 3)}),
    "operator without a gradient": fault("missing", "there is no backward", no_gradient),
    "operator of the wrong sign": fault("sign", "wrong sign", wrong_sign),
    "operator with swapped gradients": fault("swapped", "the gradients of x and y are swapped", swapped, "x*y"),
}
