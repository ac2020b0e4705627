"""Planted faults of functions with several outputs, and of upstream gradients that are None."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tests.planted.making import taking, zeros
from tests.planted.numbers import IGNORES
from tests.planted.row import Rows, fault

NONE_UPSTREAM = "backward {} where the gradient of an output is None"


def sine_and_cosine(x: Tensor) -> tuple[Tensor, Tensor]:
    return torch.sin(x), torch.cos(x)


def polar(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    return torch.hypot(x, y), torch.atan2(y, x)


def polar_slopes(g: Tensor, h: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    r = torch.hypot(x, y)
    return g * x / r - 2 * h * y / r**2, g * y / r + 2 * h * x / r**2


def largest(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor]:
    values, indices = x.max(-1)
    ctx.mark_non_differentiable(indices)
    ctx.save_for_backward(x, indices)
    return values, indices


class Largest(torch.autograd.Function):
    """The largest of each row and where it stands, with a gradient for its neighbours too."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor]:
        return largest(ctx, x)

    @staticmethod
    def backward(ctx: Any, grad_values: Tensor, grad_indices: Tensor) -> Tensor:
        x, indices = ctx.saved_tensors
        return zeros(x).scatter(-1, indices[..., None], -grad_values[..., None])


class Selective(torch.autograd.Function):
    """Mean and spread, which forgets one where the other has no gradient."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(x)
        return x.mean(-1), (x**2).mean(-1)

    @staticmethod
    def backward(ctx: Any, grad_mean: Tensor | None, grad_square: Tensor | None) -> Tensor | None:
        (x,) = ctx.saved_tensors
        if grad_mean is None:
            return None
        found: Tensor = grad_mean[..., None] / x.shape[-1] * torch.ones_like(x)
        if grad_square is not None:
            found = found + grad_square[..., None] * 2 * x / x.shape[-1]
        return found


OUTPUTS: Rows = {
    "sine lost": fault(
        "output lost", "the gradient of output 1 is lost",
        taking(sine_and_cosine, lambda g, h, x: -h * torch.sin(x)),
    ),
    "cosine lost": fault(
        "output lost", "the gradient of output 2 is lost",
        taking(sine_and_cosine, lambda g, h, x: g * torch.cos(x)),
    ),
    "sine and cosine swapped": fault(
        "outputs swapped", "the gradients of outputs 1 and 2 are swapped",
        taking(sine_and_cosine, lambda g, h, x: h * torch.cos(x) - g * torch.sin(x)),
    ),
    "halves swapped": fault(
        "outputs swapped", "the gradients of outputs 1 and 2 are swapped",
        taking(lambda x: (x[..., :2] ** 2, x[..., 2:] ** 2), lambda g, h, x: torch.cat([h, g], -1) * 2 * x),
        shape={"x": (3, 4)},
    ),
    "sine of the other sign": fault(
        "output factor", "wrong sign for output 1",
        taking(sine_and_cosine, lambda g, h, x: -g * torch.cos(x) - h * torch.sin(x)),
    ),
    "angle twice": fault(
        "output factor", "off by a factor 2 for output 2", taking(polar, polar_slopes), found={"x": (4,), "y": (4,)},
    ),
    "one of two ignored": fault(
        "ignores", IGNORES, taking(lambda x: (x**2, x**3), lambda g, h, x: g * 2 * x + 3 * x**2),
    ),
    "None fails": fault(
        "None upstream", NONE_UPSTREAM.format("fails"),
        taking(sine_and_cosine, lambda g, h, x: g * torch.cos(x) - h * torch.sin(x), materialize=False),
    ),
    "None forgets": fault("None upstream", NONE_UPSTREAM.format("is wrong"), Selective, shape={"x": (3, 4)}),
    "largest of the other sign": fault("sign", "wrong sign", Largest, shape={"x": (3, 4)}),
    "spread lost in one of two arguments": fault(
        "output lost", "the gradient of output 2 is lost in y",
        taking(lambda x, y: (x * y, x + y), lambda g, h, x, y: (g * y + h, g * x)),
    ),
}  # fmt: skip
