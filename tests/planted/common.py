"""Planted faults as they are often made: a crossed flag, a size of the batch, degrees, a clipped gradient."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from tests.custom_functions import made, saving, square
from tests.planted.formats import SILENT
from tests.planted.making import taking
from tests.planted.numbers import IGNORES, NOT_DERIVATIVE
from tests.planted.row import Rows, fault
from tests.planted.settings import BATCH
from tests.planted.tensors import softmax_slope


class CrossedFlags(torch.autograd.Function):
    """A product that asks whether the other argument needs a gradient."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, y: Tensor) -> Tensor:
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, Tensor | None]:
        x, y = ctx.saved_tensors
        return g * y if ctx.needs_input_grad[1] else None, g * x if ctx.needs_input_grad[0] else None


class WrongCubeSlope(torch.autograd.Function):
    """The backward of the cube, with a wrong backward of its own."""

    @staticmethod
    def forward(ctx: Any, g: Tensor, x: Tensor) -> Tensor:
        ctx.save_for_backward(g, x)
        return g * 3 * x**2

    @staticmethod
    def backward(ctx: Any, h: Tensor) -> tuple[Tensor, Tensor]:
        g, x = ctx.saved_tensors
        return h * 3 * x**2, h * g * 3 * x


def saved_small(ctx: Any, i: Tensor) -> Tensor:
    y = torch.tanh(i)
    ctx.save_for_backward(y.bfloat16())
    return y


def saved_between(ctx: Any, i: Tensor) -> Tensor:
    e = torch.exp(i)
    ctx.save_for_backward(e)
    return torch.log1p(e)


def emptied(g: Tensor, i: Tensor) -> Tensor:
    found = g * 2 * i
    g.zero_()
    return found


def of_all(g: Tensor, i: Tensor) -> Tensor:
    y = torch.softmax(i, -1)
    return y * (g - (g * y).sum())


def weighted_slopes(g: Tensor, x: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    slope = g * torch.softmax(x, -1)
    return softmax_slope(g * w, x), slope if w.ndim == x.ndim else slope[0]


def with_hooks(g: Tensor, i: Tensor) -> Tensor:
    return (g * torch.cos(i)).clamp(-0.5, 0.5)


COMMON: Rows = {
    "flags crossed": fault("needs_input_grad", "wrong where only x needs a gradient", CrossedFlags, "x*y"),
    "degrees": fault("factor", "off by a factor 57.2958", saving(
        lambda i: torch.sin(i * math.pi / 180), lambda g, i: g * torch.cos(i * math.pi / 180),
    ), "sin(i*pi/180)"),
    "decimal logarithm": fault(
        "factor", "off by a factor 2.30259", saving(torch.log10, lambda g, i: g / i), "log10(i)",
    ),
    "gradient that is clipped": fault(
        "somewhere", "backward is wrong where |i| is above 0.5",
        square(lambda g, i: g * (2 * i).clamp(-1, 1)),
    ),
    "gradient with something added": fault(
        "constant", "off by an added constant 0.001", saving(torch.sin, lambda g, i: g * (torch.cos(i) + 1e-3)),
    ),
    "size of the batch": fault("batch", f"backward {BATCH}", square(lambda g, i: g * 2 * i / max(i.numel(), 1))),
    "normalised by the largest": fault(
        "batch", f"backward {BATCH}",
        square(lambda g, i: g * 2 * i * (g.abs() / g.abs().max().clamp(min=1e-9)).clamp(max=1)), "i^2",
    ),
    "gradient emptied": fault("grad_output", "modifies grad_output in place", square(emptied)),
    "softmax of all": fault(
        "dimensions", "backward is wrong for tensors of 2 dimensions", saving(lambda i: torch.softmax(i, -1), of_all),
        found={"i": (4,)},
    ),
    "weight of the first row": fault(
        "other shapes", "the gradient of w takes only the first part of axis 0 where x has shape 3x4 and w has shape 4",
        taking(lambda x, w: torch.softmax(x, -1) * w, weighted_slopes), found={"x": (4,), "w": (4,)},
    ),
    "softmax of a batch": fault(
        "derivative", NOT_DERIVATIVE, saving(lambda i: torch.softmax(i, -1), of_all), shape={"i": (3, 4)},
    ),
    "saved in 16 bits": fault(
        "bfloat16", "computes in bfloat16 inside: 2 digits in double",
        made(saved_small, lambda ctx, g: g * (1 - ctx.saved_tensors[0].to(g.dtype) ** 2)), "tanh(i)",
    ),
    "intermediate result": fault(
        "second", SILENT, made(saved_between, lambda ctx, g: g * ctx.saved_tensors[0] / (1 + ctx.saved_tensors[0])),
        at="i=-2,-0.5,0.3,1,2",
    ),
    "slope of a slope": fault("second", SILENT, saving(lambda i: i**3, WrongCubeSlope.apply), "i^3"),
    "clipped inside": fault(
        "zone", "backward is wrong where |i| is below 1.0472, and elsewhere", saving(torch.sin, with_hooks), "sin(i)",
    ),
    "a loss that forgets": fault(
        "ignores", IGNORES,
        taking(lambda x, t: torch.nn.functional.softplus(-t * x).mean(), lambda g, x, t: (
            -t * torch.sigmoid(-t * x) / x.numel(), -x * torch.sigmoid(-t * x) / x.numel()
        )), shape={"x": (5,), "t": (5,)},
    ),
    "cosine of the other argument": fault(
        "derivative", f"{NOT_DERIVATIVE} in y",
        taking(lambda x, y: x * torch.sin(y), lambda g, x, y: (g * torch.sin(y), g * x * torch.cos(x))), "x*sin(y)",
    ),
    "three arguments, two swapped": fault(
        "swapped", "the gradients of y and z are swapped",
        taking(lambda x, y, z: x + y * z, lambda g, x, y, z: (g, g * y, g * z)),
    ),
    "sum that repeats": fault(
        "factor", "off by a factor 2",
        saving(lambda i: i.sum(-1), lambda g, i: 2 * g[..., None].expand_as(i)), shape={"i": (3, 4)},
    ),
    "mean over the rows": fault(
        "sum for mean", "off by a factor 3: a sum where a mean is due?",
        saving(lambda i: (i**2).mean(0), lambda g, i: g * 2 * i), shape={"i": (3, 5)},
    ),
}  # fmt: skip
