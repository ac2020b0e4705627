"""Planted faults of number formats, second derivatives and forward mode."""

from __future__ import annotations

import numpy as np
import torch

from tests.custom_functions import (
    NoTangent,
    Tangent,
    by_numpy,
    by_state,
    gelu,
    made,
    pair,
    saving,
    square,
    straight,
    tanh,
)
from tests.planted.row import Rows, fault

SILENT = "second derivative silently wrong"
SINGLE = "computes in float32 inside: 7 digits in double"


FORMATS: Rows = {
    "float32 forward": fault(
        "float32", SINGLE, saving(lambda i: i.float().pow(2).double(), lambda g, i: g * 2 * i), "i**2"
    ),
    "float32 forward, no formula": fault(
        "float32", SINGLE, saving(lambda i: i.float().pow(2).double(), lambda g, i: g * 2 * i)
    ),
    "float32 backward": fault("float32", SINGLE, square(lambda g, i: (g * 2 * i).float()), "i**2"),
    "float32 constant": fault(
        "digits",
        "forward is right to 7 digits only in double: a constant in float32?",
        saving(lambda i: i * float(np.float32(np.pi)), lambda g, i: g * np.pi),
        "pi*i",
    ),
    "float32 tanh": fault("float32", SINGLE, saving(lambda i: i.float().tanh().double(), tanh)),
    "float32 tanh with a formula": fault(
        "float32", SINGLE, saving(lambda i: i.float().tanh().double(), tanh), "tanh(i)"
    ),
    "float32 sine": fault(
        "float32", SINGLE, saving(lambda i: i.float().sin().double(), lambda g, i: g * i.cos()), "sin(i)"
    ),
    "float32 argument": fault("float32", SINGLE, saving(lambda i: i.float().double().tanh(), tanh), "tanh(i)"),
    "float32 backward that cancels": fault(
        "float32", SINGLE, saving(torch.tanh, lambda g, i: g * (1 - i.float().tanh() ** 2))
    ),
    "float16": fault(
        "float16", "computes in float16 inside: 3 digits in double", saving(lambda i: i.half().tanh().double(), tanh)
    ),
    "float16 backward": fault(
        "float16", "computes in float16 inside: 3 digits in double", square(lambda g, i: (g * 2 * i).half()), "i**2"
    ),
    "bfloat16": fault(
        "bfloat16",
        "computes in bfloat16 inside: 2 digits in double",
        saving(lambda i: i.bfloat16().sin().double(), lambda g, i: g * i.cos()),
    ),
    "two rounded constants": fault(
        "digits",
        "backward is right to 5 digits only at some of the points: a constant that is rounded?",
        saving(gelu, lambda g, i: g * ((1 + torch.erf(i / 1.41421)) / 2 + i * torch.exp(-i * i / 2) / 2.50663)),
    ),
    "rounded constant": fault(
        "digits",
        "backward is right to 6 digits at best: a constant that is rounded?",
        saving(lambda i: torch.sin(torch.pi * i), lambda g, i: g * 3.14159 * torch.cos(3.14159 * i)),
    ),
    "crudely rounded constant": fault(
        "digits",
        "backward is right to 3 digits at best: a constant that is rounded?",
        saving(lambda i: torch.sin(torch.pi * i), lambda g, i: g * 3.14 * torch.cos(3.14 * i)),
        "sin(pi*i)",
    ),
    "rounded constant alone": fault(
        "digits",
        "backward is right to 6 digits only in double: a constant that is rounded?",
        saving(lambda i: torch.pi * i, lambda g, i: g * 3.14159),
    ),
    "rounded constant in one": fault(
        "digits",
        "backward is right to 6 digits only in double in y: a constant that is rounded?",
        pair(lambda x, y: torch.pi * x * y, lambda g, x, y: (g * torch.pi * y, g * 3.14159 * x)),
    ),
    "rounded frequency in one": fault(
        "digits",
        "backward is right to 6 digits at best in y: a constant that is rounded?",
        pair(
            lambda x, y: x * torch.sin(torch.pi * y),
            lambda g, x, y: (g * torch.sin(torch.pi * y), g * x * 3.1416 * torch.cos(3.1416 * y)),
        ),
    ),
    "jvp": fault("jvp", "jvp is not the derivative", Tangent, "i**2"),
    "jvp fails": fault("jvp", "jvp fails", NoTangent),
    "float64 only": fault(
        "dtype",
        "gives torch.float64 where its input is torch.float32",
        saving(lambda i: i.double() ** 2, lambda g, i: g * 2 * i),
        "i**2",
    ),
    "float32 fails": fault(
        "dtype",
        "fails in float32",
        saving(lambda i: i + 0 * torch.dot(i.flatten(), torch.ones(i.numel(), dtype=torch.float64)), straight),
    ),
    "float32 wrong": fault(
        "single", "wrong in float32, right in double", saving(lambda i: i + (i.dtype == torch.float32), straight), "i"
    ),
    "detached": fault("second", SILENT, square(lambda g, i: g * 2 * i.detach()), "i**2"),
    "detached, no formula": fault("second", SILENT, square(lambda g, i: g * 2 * i.detach())),
    "numpy": fault("second", SILENT, square(by_numpy), "i**2"),
    "a number in ctx": fault("second", SILENT, made(by_state, lambda ctx, g: g * 2 * ctx.i), "i**2"),
    "detached grad_output": fault("second", SILENT, square(lambda g, i: g.detach() * 2 * i), "i**2"),
    "numpy fails": fault(
        "second-fails",
        "fails in second derivatives",
        square(lambda g, i: torch.from_numpy(g.numpy() * 2 * i.detach().numpy())),
        "i**2",
    ),
}
