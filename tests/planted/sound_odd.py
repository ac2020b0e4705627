"""Sound functions that do what a trial may take for a fault."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from tests.custom_functions import FunctionClass, made, saving
from tests.planted.making import modern, taking
from tests.planted.row import Rows, sound


def keeping(ctx: Any, x: Tensor) -> Tensor:
    ctx.x = x
    return x**2


def keeping_what_it_needs(ctx: Any, x: Tensor) -> Tensor:
    ctx.slope = torch.cos(x)
    return torch.sin(x)


def kept_slope(ctx: Any, g: Tensor) -> Tensor:
    found: Tensor = g * ctx.slope
    return found


def tables() -> FunctionClass:
    """A function that keeps a table for each size."""
    known: dict[Any, Tensor] = {}

    def table(i: Tensor) -> Tensor:
        key = (i.shape[-1], i.dtype)
        if key not in known:
            known[key] = torch.linspace(0.5, 2, i.shape[-1], dtype=i.dtype)
        return known[key]

    return saving(lambda i: i**2 * table(i), lambda g, i: g * 2 * i * table(i))


def with_a_generator(i: Tensor) -> Tensor:
    generator = torch.Generator().manual_seed(7)
    return torch.rand(i.shape[-1], generator=generator, dtype=torch.float64).to(i.dtype)


class RootMeanSquare(torch.autograd.Function):
    """A norm of each row with a weight for each column."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, eps: float = 1e-6) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.eps = eps
        found: Tensor = x * torch.rsqrt((x**2).mean(-1, keepdim=True) + eps) * weight
        return found

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, Tensor, None]:
        x, weight = ctx.saved_tensors
        r = torch.rsqrt((x**2).mean(-1, keepdim=True) + ctx.eps)
        slope = r * g * weight - x * r**3 * (g * weight * x).mean(-1, keepdim=True)
        return slope, (g * x * r).reshape(-1, x.shape[-1]).sum(0), None


def middle_slope(g: Tensor, i: Tensor) -> Tensor:
    flat = torch.zeros(i.numel(), dtype=i.dtype)
    return flat.index_put((i.flatten().median(0).indices,), g).reshape(i.shape)


def saving_sine(ctx: Any, x: Tensor) -> Tensor:
    ctx.save_for_backward(x)
    return torch.sin(x)


def finite_only(ctx: Any, g: Tensor) -> Tensor:
    (x,) = ctx.saved_tensors
    return torch.from_numpy(np.asarray(np.asarray_chkfinite(g.numpy()) * np.cos(x.numpy())))


def topmost(x: Tensor, k: int) -> Tensor:
    return x.topk(k, -1).values


def topmost_slope(g: Tensor, x: Tensor, k: int) -> tuple[Tensor, None]:
    return torch.zeros_like(x).scatter(-1, x.topk(k, -1).indices, g), None


def normalised(x: Tensor) -> Tensor:
    return (x - x.mean(0)) / torch.sqrt(x.var(0, correction=0) + 1e-5)


def normalised_slope(g: Tensor, x: Tensor) -> Tensor:
    y, root = normalised(x), torch.sqrt(x.var(0, correction=0) + 1e-5)
    return (g - g.mean(0) - y * (g * y).mean(0)) / root


def cholesky_log_det(x: Tensor) -> Tensor:
    found: Tensor = 2 * torch.linalg.cholesky((x + x.mT) / 2).diagonal().log().sum()
    return found


class WithStatistics(torch.autograd.Function):
    """A centred batch with its means, which are told to have no gradient."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor]:
        mean = x.mean(0)
        ctx.mark_non_differentiable(mean)
        return x - mean, mean

    @staticmethod
    def backward(ctx: Any, g: Tensor, _: Tensor) -> Tensor:
        return g - g.mean(0)


class Convolution(torch.autograd.Function):
    """A convolution with the gradients of PyTorch."""

    @staticmethod
    def forward(ctx: Any, input: Tensor, weight: Tensor, padding: int = 1) -> Tensor:
        ctx.padding = padding
        ctx.save_for_backward(input, weight)
        return torch.nn.functional.conv2d(input, weight, padding=padding)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, Tensor, None]:
        input, weight = ctx.saved_tensors
        slopes = torch.ops.aten.convolution_backward(
            g, input, weight, None, (1, 1), (ctx.padding, ctx.padding), (1, 1), False, (0, 0), 1, (True, True, False)
        )
        return slopes[0], slopes[1], None


class Pieces(torch.autograd.Function):
    """Three parts of a vector."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> tuple[Tensor, ...]:
        ctx.save_for_backward(x)
        return tuple(each**2 for each in torch.split(x, 2, -1))

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        found: Tensor = torch.cat(upstream, -1) * 2 * x
        return found


class Pair(torch.autograd.Function):
    """The argument as it is, and its square, with a number that says nothing."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor, int, None]:
        ctx.save_for_backward(x)
        return x.clone(), x**2, 3, None

    @staticmethod
    def backward(ctx: Any, g: Tensor, h: Tensor, *_: Any) -> Tensor:
        (x,) = ctx.saved_tensors
        found: Tensor = g + h * 2 * x
        return found


class Masked(torch.autograd.Function):
    """A loss of what a mask leaves."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, mask: Tensor) -> Tensor:
        ctx.save_for_backward(x, mask)
        return (x**2 * mask).sum() / mask.sum()

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None]:
        x, mask = ctx.saved_tensors
        return g * 2 * x * mask / mask.sum(), None


class Divergence(torch.autograd.Function):
    """The divergence of two distributions, for positive numbers."""

    @staticmethod
    def forward(ctx: Any, p: Tensor, q: Tensor) -> Tensor:
        ctx.save_for_backward(p, q)
        return (p * (p.log() - q.log())).sum(-1)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, Tensor]:
        p, q = ctx.saved_tensors
        g = g.unsqueeze(-1)
        return g * (p.log() - q.log() + 1), -g * p / q


ODD: Rows = {
    "argument kept on ctx": sound(made(keeping, lambda ctx, g: g * 2 * ctx.x), "x^2"),
    "slope kept on ctx": sound(
        made(keeping_what_it_needs, once_differentiable(kept_slope)), "sin(x)",
    ),
    "table of a size": sound(tables(), shape={"i": (3, 4)}),
    "noise of a seed": sound(
        saving(lambda i: i * with_a_generator(i), lambda g, i: g * with_a_generator(i)), shape={"i": (3, 4)},
    ),
    "root mean square": sound(RootMeanSquare, shape={"x": (4, 3), "weight": (3,)}),
    "root mean square, found": sound(RootMeanSquare, found={"x": (4,), "weight": (4,)}),
    "middle of all": sound(saving(lambda i: i.median(), middle_slope), shape={"i": (5,)}),
    "finite numbers only": sound(made(saving_sine, once_differentiable(finite_only)), "sin(x)"),
    "topmost": sound(taking(topmost, topmost_slope), shape={"x": (3, 5)}, with_={"k": 2}),
    "batch norm": sound(saving(normalised, normalised_slope), shape={"i": (4, 3)}),
    "log-det of a positive matrix": sound(
        saving(cholesky_log_det, lambda g, i: g * torch.linalg.inv((i + i.mT) / 2)), at={"i": [[2, 0.5], [0.5, 1]]},
    ),
    "statistics without a gradient": sound(WithStatistics, shape={"x": (4, 3)}),
    "convolution": sound(Convolution, shape={"input": (2, 2, 5, 5), "weight": (3, 2, 3, 3)}),
    "pieces": sound(Pieces, shape={"x": (2, 6)}),
    "pair with a number": sound(Pair),
    "masked loss": sound(Masked, shape={"x": (4,)}, with_={"mask": torch.tensor([1.0, 0.0, 1.0, 1.0])}),
    "divergence": sound(Divergence, shape={"p": (3, 4), "q": (3, 4)}),
    "entropy": sound(saving(lambda i: -i * i.log(), lambda g, i: -g * (i.log() + 1)), "-i*log(i)"),
    "turned": sound(saving(lambda i: i.mT, lambda g, i: g.mT), shape={"i": (3, 4)}),
    "row of a matrix": sound(
        saving(lambda i: i[0], lambda g, i: torch.cat([g[None], torch.zeros_like(i[1:])])), shape={"i": (3, 4)},
    ),
    "step of one sign": sound(saving(lambda i: (i > 0).to(i.dtype), lambda g, i: torch.zeros_like(g)), "heaviside(i)"),
    "angle": sound(taking(
        lambda y, x: torch.atan2(y, x),
        lambda g, y, x: (g * x / (x**2 + y**2), -g * y / (x**2 + y**2)),
    )),
    "layer of PyTorch": sound(torch.nn.LayerNorm(4), shape={"input": (3, 4)}),
    "batch norm of PyTorch": sound(torch.nn.BatchNorm1d(3), shape={"input": (4, 3)}),
    "cell of PyTorch": sound(torch.nn.GRUCell(3, 2), shape={"input": (4, 3)}),
    "layers of PyTorch": sound(
        torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)), shape={"input": (4, 3)},
    ),
    "dropout that is off": sound(torch.nn.Dropout(0.5).eval()),
    "distances": sound(modern(
        lambda x, y: ((x[:, None] - y[None]) ** 2).sum(-1),
        lambda g, x, y: (
            (2 * g[..., None] * (x[:, None] - y[None])).sum(1), (2 * g[..., None] * (y[None] - x[:, None])).sum(0)
        ), generate_vmap_rule=True,
    ), shape={"x": (4, 2), "y": (3, 2)}),
    "hyperbola": sound(saving(lambda i: 1 / (1 + i.abs()), lambda g, i: -g * i.sign() / (1 + i.abs()) ** 2)),
    "softsign": sound(saving(lambda i: i / (1 + i.abs()), lambda g, i: g / (1 + i.abs()) ** 2), "i/(1+|i|)"),
    "power with a given exponent": sound(taking(
        lambda x, p=1.5: x.abs() ** p, lambda g, x, p: (g * p * x.abs() ** (p - 1) * x.sign(), None),
    )),
}  # fmt: skip
