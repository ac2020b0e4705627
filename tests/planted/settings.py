"""Planted faults that show in a setting: a batch, a shape, a place in memory, another call."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.custom_functions import (
    Greedy,
    by_state,
    doubled,
    forgetting,
    global_backward,
    leaving,
    made,
    pair,
    raising,
    saved_output,
    saving,
    square,
    straight,
)
from tests.planted.numbers import STRAIGHT
from tests.planted.row import Rows, fault

BATCH = "of a point depends on the other points of the batch"
SAVED = "modifies saved tensors in place: right the first time only"
OUTSIDE = "keeps what backward needs outside ctx: wrong where it is called twice"
GAPS = "tensors that are not contiguous"
SHAPE = "a gradient of the wrong shape"


SETTINGS: Rows = {
    "two gradients": fault(
        "count", "wrong number of gradients: 2, should be 1", square(lambda g, i: (g * 2 * i, g)), "i**2"
    ),
    "one gradient": fault("count", "wrong number of gradients: 1, should be 2", pair(torch.mul, lambda g, x, y: g * y)),
    "shape": fault("shape", SHAPE, square(lambda g, i: (g * 2 * i).sum()), "i**2"),
    "a float": fault("type", "backward gives a float where a tensor is due", square(lambda g, i: 2.0), "i**2"),
    "no backward": fault(
        "missing", "there is no backward", made(lambda ctx, i: i * 2, torch.autograd.Function.backward)
    ),
    "forward leaves": fault("raises", "forward fails", saving(leaving, straight)),
    "backward raises": fault("raises", "backward fails", square(raising), "i**2"),
    "backward leaves": fault("raises", "backward fails", square(leaving)),
    "whole numbers": fault("type", "forward gives torch.int64, which has no derivative", saving(Tensor.long, straight)),
    "works once": fault("saved", "backward fails a second time", made(by_state, forgetting), "i**2"),
    "no tensor": fault("type", "forward gives a float where a tensor is due", saving(lambda i: 3.0, straight)),
    "in place": fault("input", "modifies its input in place", saving(lambda i: i.detach().mul_(2), lambda g, i: g * 2)),
    "backward in place": fault(
        "input", "modifies its input in place", square(lambda g, i: g * i.detach().mul_(2)), "i**2"
    ),
    "saved in place": fault(
        "saved",
        "modifies saved tensors in place",
        made(saved_output, lambda ctx, g: g * ctx.saved_tensors[0].detach().mul_(1)),
    ),
    "saved data in place": fault(
        "saved", SAVED, made(saved_output, lambda ctx, g: g * doubled(ctx.saved_tensors[0])), "exp(x)"
    ),
    "grad_output in place": fault(
        "grad_output", "modifies grad_output in place", square(lambda g, i: g.mul_(2 * i)), "i**2"
    ),
    "random": fault(
        "random",
        "not deterministic: forward differs from call to call",
        saving(lambda i: i + torch.rand_like(i), straight),
    ),
    "random backward": fault(
        "random",
        "not deterministic: backward differs from call to call",
        square(lambda g, i: g * 2 * i * (1 + 1e-9 * torch.rand_like(i))),
        "i**2",
    ),
    "mean": fault("straight", STRAIGHT, saving(lambda i: i - i.mean(), straight)),
    "first of the batch": fault("batch", f"backward {BATCH}", square(lambda g, i: g * 2 * i[0]), "i**2"),
    "sum of grad_output": fault("batch", f"backward {BATCH}", square(lambda g, i: g.sum() * 2 * i), "i**2"),
    "outside ctx": fault("state", OUTSIDE, global_backward(), "i**2"),
    "view": fault(
        "contiguous",
        f"fails for {GAPS}",
        saving(lambda i: (i.view(-1) ** 2).view(i.shape), lambda g, i: g * 2 * i),
        "i**2",
    ),
    "view of grad_output": fault(
        "contiguous", f"fails for {GAPS}", square(lambda g, i: (g.view(-1) * 2 * i.reshape(-1)).view(i.shape))
    ),
    "strides": fault(
        "contiguous",
        f"wrong for {GAPS}",
        square(lambda g, i: g * 2 * torch.as_strided(i, i.shape, i.new_empty(i.shape).stride())),
        "i**2",
    ),
    "one of two": fault("needs_input_grad", "fails where only x needs a gradient", Greedy, "x*y"),
    "flat gradient": fault("shape", SHAPE, square(lambda g, i: (g * 2 * i).reshape(-1)), "i**2"),
    "transposed": fault(
        "dimensions",
        "backward is wrong for tensors of 2 dimensions",
        square(lambda g, i: g * 2 * i if i.ndim < 2 else (g * 2 * i).mT.reshape(i.shape)),
    ),
    "forward of matrices": fault(
        "dimensions",
        "forward is wrong for tensors of 3 dimensions",
        saving(lambda i: i**2 + (i.ndim == 3), lambda g, i: g * 2 * i),
    ),
    "one number": fault(
        "dimensions", "backward fails for tensors of 0 dimensions", square(lambda g, i: g * 2 * torch.cat([i]))
    ),
}
