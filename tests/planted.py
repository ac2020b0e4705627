"""Functions of a user's own, right ones and ones with a planted fault, each with what is to be said of it."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from tests.custom_functions import (
    AutogradClass,
    Cube,
    Greedy,
    NewStyle,
    NoTangent,
    RightTangent,
    Square,
    Tangent,
    Thrifty,
    by_numpy,
    by_state,
    dirty,
    doubled,
    forgetting,
    gelu,
    global_backward,
    haversine,
    in_steps,
    leaving,
    made,
    pair,
    raising,
    relu,
    saved_output,
    saving,
    square,
    straight,
    tanh,
)

Faults = dict[str, tuple[AutogradClass, str | None, str]]


IGNORES = "ignores grad_output: right at the end of a graph, wrong inside one"
BATCH = "of a point depends on the other points of the batch"
NOT_DERIVATIVE = "backward is not the derivative of forward"
STRAIGHT = "backward passes its gradient straight through, which is not the derivative of forward"
SILENT = "second derivative silently wrong"
SAVED = "modifies saved tensors in place: right the first time only"
OUTSIDE = "keeps what backward needs outside ctx: wrong where it is called twice"
GAPS = "tensors that are not contiguous"
SINGLE = "computes in float32 inside: 7 digits in double"

FAULTS: Faults = {
    "ignores grad_output": (square(lambda g, i: 2 * i), "i**2", IGNORES),
    "ignores grad_output, no formula": (square(lambda g, i: 2 * i), None, IGNORES),
    "ignores grad_output in one": (pair(torch.mul, lambda g, x, y: (g * y, x)), "x*y", IGNORES),
    "grad_output squared": (square(lambda g, i: g**2 * 2 * i), "i**2", "backward is not proportional to grad_output"),
    "grad_output clamped": (
        square(lambda g, i: g.clamp(-1, 1) * 2 * i), None, "backward is not proportional to grad_output"
    ),
    "sign of grad_output": (
        square(lambda g, i: g.sign() * 2 * i), None, "backward is not proportional to grad_output"
    ),
    "factor": (square(lambda g, i: g * 4 * i), "i**2", "off by a factor 2"),
    "factor, no formula": (square(lambda g, i: g * i), None, "off by a factor 0.5"),
    "factor of little": (square(lambda g, i: g * 2 * i * 1.0005), None, "off by a factor 1.0005"),
    "negative factor": (square(lambda g, i: g * -4 * i), "i**2", "off by a factor -2"),
    "sign": (saving(torch.cos, lambda g, i: g * torch.sin(i)), "cos(i)", "wrong sign"),
    "sign, no formula": (saving(torch.cos, lambda g, i: g * torch.sin(i)), None, "wrong sign"),
    "constant": (square(lambda g, i: g * (2 * i + 1)), "i**2", "off by an added constant 1"),
    "zero": (square(lambda g, i: g * 0), "i**2", "backward gives 0, and forward varies"),
    "nan": (square(lambda g, i: g * i / 0), "i**2", "backward gives no finite number where there is a derivative"),
    "another": (square(lambda g, i: g * i**2), "i**2", NOT_DERIVATIVE),
    "another, no formula": (square(lambda g, i: g * i**2), None, NOT_DERIVATIVE),
    "straight through": (saving(torch.round, straight), None, STRAIGHT),
    "negative numbers": (square(lambda g, i: g * 2 * i.clamp(min=0)), None, "backward is wrong where i is negative"),
    "positive numbers": (square(lambda g, i: g * 2 * i.clamp(max=0)), "i**2", "backward is wrong where i is positive"),
    "large numbers": (square(lambda g, i: g * 2 * i.clamp(-9, 9)), "i**2", "backward is wrong where |i| is above 7.21"),
    "above": (square(lambda g, i: g * 2 * i.clamp(max=9)), "i**2", "backward is wrong where i is above 7.21"),
    "formula": (square(lambda g, i: g * 2 * i), "i**3", "forward is not i**3"),
    "forward nan": (
        saving(lambda i: torch.where(i > 0, i, torch.nan), straight), "|i|", "forward is not |i|"
    ),
    "swapped": (pair(torch.mul, lambda g, x, y: (g * x, g * y)), "x*y", "the gradients of x and y are swapped"),
    "factor in one": (pair(torch.mul, lambda g, x, y: (g * y, 3 * g * x)), None, "off by a factor 3 in y"),
    "factor in both": (pair(torch.mul, lambda g, x, y: (3 * g * y, 3 * g * x)), None, "off by a factor 3"),
    "one missing": (
        pair(torch.mul, lambda g, x, y: (g * y, None)), "x*y", "backward gives None for y, on which forward depends"
    ),
    "missing": (square(lambda g, i: None), "i**2", "backward gives None for i, on which forward depends"),
    "two gradients": (square(lambda g, i: (g * 2 * i, g)), "i**2", "wrong number of gradients: 2, should be 1"),
    "one gradient": (pair(torch.mul, lambda g, x, y: g * y), None, "wrong number of gradients: 1, should be 2"),
    "shape": (square(lambda g, i: (g * 2 * i).sum()), "i**2", "a gradient of the wrong shape"),
    "a float": (square(lambda g, i: 2.0), "i**2", "backward gives a float where a tensor is due"),
    "no backward": (made(lambda ctx, i: i * 2, torch.autograd.Function.backward), None, "there is no backward"),
    "forward raises": (saving(raising, straight), None, "forward fails"),
    "forward leaves": (saving(leaving, straight), None, "forward fails"),
    "backward raises": (square(raising), "i**2", "backward fails"),
    "backward leaves": (square(leaving), None, "backward fails"),
    "whole numbers": (saving(Tensor.long, straight), None, "forward gives torch.int64, which has no derivative"),
    "a number": (
        saving(lambda i: torch.full_like(i, i.item()), straight), None, "forward fails for several points at once"
    ),
    "works once": (made(by_state, forgetting), "i**2", "backward fails a second time"),
    "no tensor": (saving(lambda i: 3.0, straight), None, "forward gives a float where a tensor is due"),
    "in place": (saving(lambda i: i.detach().mul_(2), lambda g, i: g * 2), None, "modifies its input in place"),
    "in place, and says so": (made(dirty, lambda ctx, g: g * 2), None, "modifies its input in place"),
    "backward in place": (square(lambda g, i: g * i.detach().mul_(2)), "i**2", "modifies its input in place"),
    "saved in place": (
        made(saved_output, lambda ctx, g: g * ctx.saved_tensors[0].detach().mul_(1)), None,
        "modifies saved tensors in place",
    ),
    "saved data in place": (made(saved_output, lambda ctx, g: g * doubled(ctx.saved_tensors[0])), "exp(x)", SAVED),
    "grad_output in place": (square(lambda g, i: g.mul_(2 * i)), "i**2", "modifies grad_output in place"),
    "random": (
        saving(lambda i: i + torch.rand_like(i), straight), None,
        "not deterministic: forward differs from call to call",
    ),
    "random backward": (
        square(lambda g, i: g * 2 * i * (1 + 1e-9 * torch.rand_like(i))), "i**2",
        "not deterministic: backward differs from call to call",
    ),
    "mean": (saving(lambda i: i - i.mean(), straight), None, f"forward {BATCH}"),
    "first of the batch": (square(lambda g, i: g * 2 * i[0]), "i**2", f"backward {BATCH}"),
    "sum of grad_output": (square(lambda g, i: g.sum() * 2 * i), "i**2", f"backward {BATCH}"),
    "outside ctx": (global_backward(), "i**2", OUTSIDE),
    "view": (saving(lambda i: (i.view(-1) ** 2).view(i.shape), lambda g, i: g * 2 * i), "i**2", f"fails for {GAPS}"),
    "view of grad_output": (
        square(lambda g, i: (g.view(-1) * 2 * i.reshape(-1)).view(i.shape)), None, f"fails for {GAPS}"
    ),
    "strides": (
        square(lambda g, i: g * 2 * torch.as_strided(i, i.shape, i.new_empty(i.shape).stride())), "i**2",
        f"wrong for {GAPS}",
    ),
    "one of two": (Greedy, "x*y", "fails where only x needs a gradient"),
    "float32 forward": (saving(lambda i: i.float().pow(2).double(), lambda g, i: g * 2 * i), "i**2", SINGLE),
    "float32 forward, no formula": (saving(lambda i: i.float().pow(2).double(), lambda g, i: g * 2 * i), None, SINGLE),
    "float32 backward": (square(lambda g, i: (g * 2 * i).float()), "i**2", SINGLE),
    "float32 constant": (
        saving(lambda i: i * float(np.float32(np.pi)), lambda g, i: g * np.pi), "pi*i",
        "forward is right to 7 digits only in double: a constant in float32?",
    ),
    "float32 tanh": (saving(lambda i: i.float().tanh().double(), tanh), None, SINGLE),
    "float32 tanh with a formula": (saving(lambda i: i.float().tanh().double(), tanh), "tanh(i)", SINGLE),
    "float32 sine": (saving(lambda i: i.float().sin().double(), lambda g, i: g * i.cos()), "sin(i)", SINGLE),
    "float32 argument": (saving(lambda i: i.float().double().tanh(), tanh), "tanh(i)", SINGLE),
    "float32 backward that cancels": (
        saving(torch.tanh, lambda g, i: g * (1 - i.float().tanh() ** 2)), None, SINGLE
    ),
    "float16": (
        saving(lambda i: i.half().tanh().double(), tanh), None, "computes in float16 inside: 3 digits in double"
    ),
    "float16 backward": (
        square(lambda g, i: (g * 2 * i).half()), "i**2", "computes in float16 inside: 3 digits in double"
    ),
    "bfloat16": (
        saving(lambda i: i.bfloat16().sin().double(), lambda g, i: g * i.cos()), None,
        "computes in bfloat16 inside: 2 digits in double",
    ),
    "two rounded constants": (
        saving(gelu, lambda g, i: g * ((1 + torch.erf(i / 1.41421)) / 2 + i * torch.exp(-i * i / 2) / 2.50663)), None,
        "backward is right to 5 digits only at some of the points: a constant that is rounded?",
    ),
    "rounded constant": (
        saving(lambda i: torch.sin(torch.pi * i), lambda g, i: g * 3.14159 * torch.cos(3.14159 * i)), None,
        "backward is right to 6 digits at best: a constant that is rounded?",
    ),
    "crudely rounded constant": (
        saving(lambda i: torch.sin(torch.pi * i), lambda g, i: g * 3.14 * torch.cos(3.14 * i)), "sin(pi*i)",
        "backward is right to 3 digits at best: a constant that is rounded?",
    ),
    "rounded constant alone": (
        saving(lambda i: torch.pi * i, lambda g, i: g * 3.14159), None,
        "backward is right to 6 digits only in double: a constant that is rounded?",
    ),
    "rounded constant in one": (
        pair(lambda x, y: torch.pi * x * y, lambda g, x, y: (g * torch.pi * y, g * 3.14159 * x)), None,
        "backward is right to 6 digits only in double in y: a constant that is rounded?",
    ),
    "rounded frequency in one": (
        pair(lambda x, y: x * torch.sin(torch.pi * y), lambda g, x, y: (
            g * torch.sin(torch.pi * y), g * x * 3.1416 * torch.cos(3.1416 * y)
        )), None,
        "backward is right to 6 digits at best in y: a constant that is rounded?",
    ),
    "another, and nan": (saving(torch.lgamma, lambda g, i: g * torch.log(i)), None, NOT_DERIVATIVE),
    "nan somewhere": (
        saving(torch.lgamma, lambda g, i: g * torch.digamma(i) * (i.clamp(min=0) / i.clamp(min=0))), None,
        "backward gives no finite number where there is a derivative",
    ),
    "flat gradient": (square(lambda g, i: (g * 2 * i).reshape(-1)), "i**2", "a gradient of the wrong shape"),
    "transposed": (
        square(lambda g, i: g * 2 * i if i.ndim < 2 else (g * 2 * i).mT.reshape(i.shape)), None,
        "backward is wrong for tensors of 2 dimensions",
    ),
    "forward of matrices": (
        saving(lambda i: i**2 + (i.ndim == 3), lambda g, i: g * 2 * i), None,
        "forward is wrong for tensors of 3 dimensions",
    ),
    "one number": (square(lambda g, i: g * 2 * torch.cat([i])), None, "backward fails for tensors of 0 dimensions"),
    "jvp": (Tangent, "i**2", "jvp is not the derivative"),
    "jvp fails": (NoTangent, None, "jvp fails"),
    "float64 only": (
        saving(lambda i: i.double() ** 2, lambda g, i: g * 2 * i), "i**2",
        "gives torch.float64 where its input is torch.float32",
    ),
    "float32 fails": (
        saving(lambda i: i + 0 * torch.dot(i.flatten(), torch.ones(i.numel(), dtype=torch.float64)), straight), None,
        "fails in float32",
    ),
    "float32 wrong": (
        saving(lambda i: i + (i.dtype == torch.float32), straight), "i", "wrong in float32, right in double"
    ),
    "detached": (square(lambda g, i: g * 2 * i.detach()), "i**2", SILENT),
    "detached, no formula": (square(lambda g, i: g * 2 * i.detach()), None, SILENT),
    "numpy": (square(by_numpy), "i**2", SILENT),
    "a number in ctx": (made(by_state, lambda ctx, g: g * 2 * ctx.i), "i**2", SILENT),
    "detached grad_output": (square(lambda g, i: g.detach() * 2 * i), "i**2", SILENT),
    "numpy fails": (
        square(lambda g, i: torch.from_numpy(g.numpy() * 2 * i.detach().numpy())), "i**2", "fails in second derivatives"
    ),
}  # fmt: skip
"""Each with the formula that the forward should be, if it is given, and the diagnosis."""


RIGHT: dict[str, tuple[AutogradClass, str | None, tuple[str, ...]]] = {
    "square": (Square, "i**2", ()),
    "square, no formula": (Square, None, ()),
    "exp": (made(saved_output, lambda ctx, g: g * ctx.saved_tensors[0]), "exp(x)", ()),
    "relu": (saving(torch.relu, relu), "relu(i)", ()),
    "relu, no formula": (saving(torch.relu, relu), None, ()),
    "two arguments": (pair(torch.mul, lambda g, x, y: (g * y, g * x)), "x*y", ()),
    "new style": (NewStyle, "sin(x)*y", ()),
    "new style, no formula": (NewStyle, None, ()),
    "needs_input_grad": (Thrifty, "x*y", ()),
    "once differentiable": (
        made(Square.forward, once_differentiable(Square.backward)), "i**2", ("refuses second derivatives",)
    ),
    "jvp": (RightTangent, "i**2", ()),
    "vectors only": (
        saving(lambda i: i + 0 * torch.dot(i, i), lambda g, i: (g * torch.ones(len(i))).reshape(-1)), None, ()
    ),
    **{f"in steps of 1/{size}": (in_steps(size), None, ()) for size in (1, 8, 64, 256, 1024)},
    "cube": (Cube, "i**3", ()),
    "cube, no formula": (Cube, None, ()),
    "log": (saving(torch.log, lambda g, i: g / i), "log(i)", ()),
    "log, no formula": (saving(torch.log, lambda g, i: g / i), None, ()),
    "asin": (saving(torch.asin, lambda g, i: g / torch.sqrt(1 - i**2)), None, ()),
    "acosh": (saving(torch.acosh, lambda g, i: g / torch.sqrt(i**2 - 1)), "acosh(i)", ()),
    "sqrt": (saving(torch.sqrt, lambda g, i: g / (2 * torch.sqrt(i))), None, ()),
    "reciprocal": (saving(torch.reciprocal, lambda g, i: -g / i**2), None, ()),
    "floor": (saving(torch.floor, lambda g, i: g * 0), "floor(i)", ()),
    "sign, None": (saving(torch.sign, lambda g, i: None), None, ()),
    "identity": (saving(lambda i: i, straight), "i", ()),
    "view": (saving(lambda i: i.view_as(i), straight), None, ()),
    "clone": (saving(lambda i: i.clone(), straight), None, ()),
    "constant": (saving(torch.ones_like, lambda g, i: g * 0), "1", ()),
    "tanh": (saving(torch.tanh, lambda g, i: g * (1 - torch.tanh(i) ** 2)), None, ()),
    "sigmoid": (saving(torch.sigmoid, lambda g, i: g * torch.sigmoid(i) * (1 - torch.sigmoid(i))), "sigmoid(i)", ()),
    "huge": (saving(lambda i: 1e200 * i**2, lambda g, i: g * 2e200 * i), None, ()),
    "tiny": (saving(lambda i: 1e-30 * torch.sin(i), lambda g, i: g * 1e-30 * torch.cos(i)), None, ()),
    "steep": (saving(lambda i: torch.exp(i**2), lambda g, i: g * 2 * i * torch.exp(i**2)), "exp(i**2)", ()),
    "flat": (saving(lambda i: torch.exp(-(i**2)), lambda g, i: -g * 2 * i * torch.exp(-(i**2))), None, ()),
    "quick": (saving(lambda i: torch.sin(50 * i), lambda g, i: g * 50 * torch.cos(50 * i)), None, ()),
    "leaky": (
        saving(lambda i: torch.where(i > 0, i, i / 100), lambda g, i: g * torch.where(i > 0, 1.0, 0.01)), None, ()
    ),
    "hard swish": (
        saving(torch.nn.functional.hardswish, lambda g, i: g * ((2 * i + 3) / 6 * (i.abs() < 3) + (i >= 3))), None, ()
    ),
    "flattening": (saving(lambda i: i.reshape(-1) ** 2, lambda g, i: (g * 2 * i).reshape(-1)), "i**2", ()),
    "power": (
        pair(torch.pow, lambda g, x, y: (g * y * x ** (y - 1), g * x**y * torch.log(x))), "x**y", ()
    ),
    "cancelling": (
        saving(haversine, lambda g, i: g * (torch.sin(i) / i**2 - 2 * haversine(i) / i)), "(1-cos(i))/i**2",
        ("only float32 noise: passes in double",),
    ),
}  # fmt: skip
"""Each with its formula, if it is given, and the remarks."""
