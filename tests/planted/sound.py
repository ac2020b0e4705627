"""Sound functions of numbers."""

from __future__ import annotations

import torch
from torch.autograd.function import once_differentiable

from tests.custom_functions import (
    Cube,
    NewStyle,
    Square,
    Thrifty,
    haversine,
    in_steps,
    made,
    pair,
    relu,
    saved_output,
    saving,
    straight,
)
from tests.planted.row import Rows, sound

SOUND_NUMBERS: Rows = {
    "square": sound(Square, "i**2", remarks=()),
    "square, no formula": sound(Square, remarks=()),
    "exp": sound(made(saved_output, lambda ctx, g: g * ctx.saved_tensors[0]), "exp(x)", remarks=()),
    "relu": sound(saving(torch.relu, relu), "relu(i)", remarks=()),
    "relu, no formula": sound(saving(torch.relu, relu), remarks=()),
    "two arguments": sound(pair(torch.mul, lambda g, x, y: (g * y, g * x)), "x*y", remarks=()),
    "new style": sound(NewStyle, "sin(x)*y", remarks=()),
    "new style, no formula": sound(NewStyle, remarks=()),
    "needs_input_grad": sound(Thrifty, "x*y", remarks=()),
    "once differentiable": sound(
        made(Square.forward, once_differentiable(Square.backward)), "i**2", remarks=("refuses second derivatives",)
    ),
    "vectors only": sound(
        saving(lambda i: i + 0 * torch.dot(i, i), lambda g, i: (g * torch.ones(len(i))).reshape(-1)),
    ),
    **{f"in steps of 1/{size}": sound(in_steps(size)) for size in (1, 8, 64, 256, 1024)},
    "cube": sound(Cube, "i**3", remarks=()),
    "cube, no formula": sound(Cube, remarks=()),
    "log": sound(saving(torch.log, lambda g, i: g / i), "log(i)", remarks=()),
    "log, no formula": sound(saving(torch.log, lambda g, i: g / i), remarks=()),
    "asin": sound(saving(torch.asin, lambda g, i: g / torch.sqrt(1 - i**2)), remarks=()),
    "acosh": sound(saving(torch.acosh, lambda g, i: g / torch.sqrt(i**2 - 1)), "acosh(i)", remarks=()),
    "sqrt": sound(saving(torch.sqrt, lambda g, i: g / (2 * torch.sqrt(i))), remarks=()),
    "reciprocal": sound(saving(torch.reciprocal, lambda g, i: -g / i**2), remarks=()),
    "floor": sound(saving(torch.floor, lambda g, i: g * 0), "floor(i)", remarks=()),
    "sign, None": sound(saving(torch.sign, lambda g, i: None), remarks=()),
    "identity": sound(saving(lambda i: i, straight), "i", remarks=()),
    "view": sound(saving(lambda i: i.view_as(i), straight), remarks=()),
    "clone": sound(saving(lambda i: i.clone(), straight), remarks=()),
    "constant": sound(saving(torch.ones_like, lambda g, i: g * 0), "1", remarks=()),
    "tanh": sound(saving(torch.tanh, lambda g, i: g * (1 - torch.tanh(i) ** 2)), remarks=()),
    "sigmoid": sound(
        saving(torch.sigmoid, lambda g, i: g * torch.sigmoid(i) * (1 - torch.sigmoid(i))), "sigmoid(i)", remarks=()
    ),
    "huge": sound(saving(lambda i: 1e200 * i**2, lambda g, i: g * 2e200 * i), remarks=()),
    "tiny": sound(saving(lambda i: 1e-30 * torch.sin(i), lambda g, i: g * 1e-30 * torch.cos(i)), remarks=()),
    "steep": sound(
        saving(lambda i: torch.exp(i**2), lambda g, i: g * 2 * i * torch.exp(i**2)), "exp(i**2)", remarks=()
    ),
    "flat": sound(saving(lambda i: torch.exp(-(i**2)), lambda g, i: -g * 2 * i * torch.exp(-(i**2))), remarks=()),
    "quick": sound(saving(lambda i: torch.sin(50 * i), lambda g, i: g * 50 * torch.cos(50 * i)), remarks=()),
    "leaky": sound(
        saving(lambda i: torch.where(i > 0, i, i / 100), lambda g, i: torch.where(i > 0, g, 0.01 * g)), remarks=()
    ),
    "hard swish": sound(
        saving(torch.nn.functional.hardswish, lambda g, i: g * ((2 * i + 3) / 6 * (i.abs() < 3) + (i >= 3))), remarks=()
    ),
    "flattening": sound(saving(lambda i: i.reshape(-1) ** 2, lambda g, i: (g * 2 * i).reshape(-1)), "i**2", remarks=()),
    "power": sound(
        pair(torch.pow, lambda g, x, y: (g * y * x ** (y - 1), g * x**y * torch.log(x))), "x**y", remarks=()
    ),
    "cancelling": sound(
        saving(haversine, lambda g, i: g * (torch.sin(i) / i**2 - 2 * haversine(i) / i)),
        "(1-cos(i))/i**2",
        remarks=("only float32 noise: passes in double",),
    ),
}
