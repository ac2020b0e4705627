"""Planted faults in a zone, at an extreme, at special values, and in 16 bits."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.custom_functions import pair, saving, square
from tests.planted.making import zeros
from tests.planted.row import Rows, fault

NOT_FINITE = "backward gives no finite number {}"
OVERFLOWS = "overflows in float16 on the way to a number that fits"
BOLTZMANN = 1.380649e-23


def tanh_slope(g: Tensor, i: Tensor) -> Tensor:
    return g * (1 - torch.tanh(i) ** 2)


def hole(low: float, high: float) -> type[torch.autograd.Function]:
    """A tanh whose backward is 0 in a zone."""
    return saving(torch.tanh, lambda g, i: tanh_slope(g, i) * ~((i > low) & (i < high)))


def unscaled_half(g: Tensor, i: Tensor) -> Tensor:
    scale = 1024.0 if i.dtype == torch.float16 else 1.0
    return g * scale * torch.cos(i)


ZONES: Rows = {
    **{
        f"tanh with a hole from {low} to {high}": fault(
            "zone", f"backward is wrong where i is between {low:g} and {high:g}", hole(low, high), formula
        )
        for low, high, formula in ((0.5, 1.2, None), (1.5, 3, "tanh(i)"), (3.5, 7, "tanh(i)"), (-6, -3, None))
    },
    "hard sigmoid of another edge": fault(
        "zone", "backward is wrong where |i| is between 2.5 and 3",
        saving(torch.nn.functional.hardsigmoid, lambda g, i: g / 6 * (i.abs() < 2.5)), "clip(i/6+1/2, 0, 1)",
    ),
    "hard swish of another edge": fault(
        "zone", "backward is wrong where i is between 2 and 3",
        saving(torch.nn.functional.hardswish, lambda g, i: g * torch.where(
            i <= -3, 0.0, torch.where(i >= 2, 1.0, (2 * i + 3) / 6)
        )),
    ),
    "relu6 of another edge": fault(
        "zone", "backward is wrong where i is between 5 and 6",
        saving(torch.nn.functional.relu6, lambda g, i: g * ((i > 0) & (i < 5))), "clip(i, 0, 6)",
    ),
    "clamp that lets through": fault(
        "somewhere", "backward is wrong where i is above 1",
        saving(lambda i: i.clamp(-1, 1), lambda g, i: g * (i > -1)),
    ),
    "elu of another scale": fault(
        "somewhere", "backward is wrong where i is negative",
        saving(torch.nn.functional.elu, lambda g, i: g * torch.where(i > 0, 1.0, 2 * i.exp())),
    ),
    "zone of a product": fault(
        "zone", "backward is wrong in x where y is between 2 and 4",
        pair(torch.mul, lambda g, x, y: (g * y * ~((y > 2) & (y < 4)), g * x)), "x*y",
    ),
    "log of a clamped number": fault(
        "somewhere", "backward is wrong where i is below 0.001",
        saving(lambda i: i.clamp(min=1e-3).log(), lambda g, i: g / i),
    ),
    "huber with its quadratic part": fault(
        "somewhere", "backward is wrong where |i| is above 1",
        saving(lambda i: torch.nn.functional.huber_loss(i, zeros(i), reduction="none"), lambda g, i: g * i),
    ),
}  # fmt: skip

EXTREMES: Rows = {
    "softplus by a quotient": fault(
        "infinite above", NOT_FINITE.format("where i is above 709.783"),
        saving(torch.nn.functional.softplus, lambda g, i: g * i.exp() / (1 + i.exp())),
    ),
    "sigmoid of a large power": fault(
        "infinite above", NOT_FINITE.format("where i is below -709.783"),
        saving(torch.sigmoid, lambda g, i: g * (-i).exp() / (1 + (-i).exp()) ** 2), "sigmoid(i)",
    ),
    "forward that overflows": fault(
        "forward", "forward is not log(1 + exp(i))",
        saving(lambda i: (1 + i.exp()).log(), lambda g, i: g * torch.sigmoid(i)), "log(1+exp(i))", at="i=-2,0.5,800",
    ),
    "cube by a quotient": fault(
        "infinite at a point", NOT_FINITE.format("at i = 0"), saving(lambda i: i**3, lambda g, i: g * 3 * i**3 / i),
    ),
    "absolute value by a quotient": fault(
        "infinite at a point", NOT_FINITE.format("at i = 0"), saving(torch.abs, lambda g, i: g * i / i.abs()),
    ),
    "smooth absolute value by a logarithm": fault(
        "infinite at a point", NOT_FINITE.format("at i = 0"),
        saving(lambda i: i.abs() ** 1.5, lambda g, i: g * 1.5 * torch.exp(i.abs().log() * 1.5) / i), "|i|^1.5",
    ),
    "nan to 0": fault(
        "nan swallowed", "swallows nan: forward gives 1 for it",
        saving(lambda i: i.nan_to_num().exp(), lambda g, i: g * i.nan_to_num().exp()),
    ),
    "nan upstream to 0": fault(
        "nan upstream", "swallows nan in grad_output: backward gives 0 for it",
        square(lambda g, i: g.nan_to_num() * 2 * i),
    ),
    "square root that overflows in 16 bits": fault(
        "overflow", OVERFLOWS,
        saving(lambda i: (i**4 + 1).sqrt(), lambda g, i: g * 2 * i * (i * i / (i * i * i * i + 1).sqrt())),
    ),
    "backward that overflows in 16 bits": fault(
        "overflow", OVERFLOWS,
        saving(lambda i: (i * i + 1).sqrt(), lambda g, i: g * i * (i**4 + 1) / ((i**4 + 1) * (i * i + 1).sqrt())),
    ),
    "scale of 16 bits": fault("half", "wrong in float16, right in float32", saving(torch.sin, unscaled_half)),
    "scale of bfloat16": fault(
        "half", "wrong in bfloat16, right in float32",
        saving(torch.sin, lambda g, i: g * torch.cos(i) * (2 if i.dtype == torch.bfloat16 else 1)), "sin(i)",
    ),
    "float32 for 16 bits": fault(
        "half dtype", "gives torch.float32 where its input is torch.float16",
        saving(lambda i: i.float().sin() if i.dtype == torch.float16 else i.sin(), lambda g, i: g * i.cos()),
    ),
    "underflow of float32": fault(
        "single", "wrong in float32, right in double",
        saving(lambda i: (BOLTZMANN * i) ** 2 / BOLTZMANN**2, lambda g, i: g * 2 * i), "i^2",
    ),
}  # fmt: skip
