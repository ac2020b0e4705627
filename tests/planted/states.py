"""Planted faults of memory and state: leaks, caches, global settings, threads, and gradients that are added twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tests.custom_functions import FunctionClass, made, saving, square
from tests.planted.making import taking
from tests.planted.row import Rows, fault

LEAK = "keeps its output on ctx outside save_for_backward, which leaks memory"
GLOBAL = "changes PyTorch's global state: {}"
OUTSIDE = "keeps what backward needs outside ctx: wrong where it is called twice"


def leaking(ctx: Any, i: Tensor) -> Tensor:
    ctx.y = torch.tanh(i)
    found: Tensor = ctx.y
    return found


def leaking_closure(ctx: Any, i: Tensor) -> Tensor:
    y = torch.exp(i)
    ctx.save_for_backward(y)
    ctx.slope = lambda g: g * y
    return y


def leaking_list(ctx: Any, i: Tensor) -> tuple[Tensor, Tensor]:
    ctx.outputs = [i.sin(), i.cos()]
    return tuple(ctx.outputs)


def cached() -> FunctionClass:
    """A function that keeps a mask for each shape."""
    masks: dict[Any, Tensor] = {}

    def mask(i: Tensor) -> Tensor:
        return masks.setdefault((i.shape, i.dtype), i > 0)

    return saving(lambda i: i * mask(i), lambda g, i: g * mask(i))


def counting() -> FunctionClass:
    """A function that keeps the shape of its argument on itself."""
    kept: dict[str, Any] = {}

    def forward(ctx: Any, i: Tensor) -> Tensor:
        kept["shape"] = i.shape
        ctx.save_for_backward(i)
        return (i**2).reshape(-1).sum()

    return made(forward, lambda ctx, g: g.expand(kept["shape"]) * 2 * ctx.saved_tensors[0])


def local() -> FunctionClass:
    """A function whose scale is there in the thread that made it alone."""
    state = threading.local()
    state.scale = 2.0
    return square(lambda g, i: g * state.scale * i)


def local_default() -> FunctionClass:
    """A function whose scale is another in other threads."""
    state = threading.local()
    state.scale = 2.0
    return square(lambda g, i: g * getattr(state, "scale", 1.0) * i)


def doing(action: Callable[[], Any], slope: Any = lambda g, i: g * 2 * i) -> FunctionClass:
    """The square with a forward that does something else as well."""

    def value(i: Tensor) -> Tensor:
        action()
        return i**2

    return saving(value, slope)


def by_address(g: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    found = {x.data_ptr(): g * 2 * x * y}
    found[y.data_ptr()] = g * x**2
    return found[x.data_ptr()], found[y.data_ptr()]


def buffered() -> FunctionClass:
    """A function that gives its results in one buffer for each shape."""
    buffers: dict[Any, Tensor] = {}

    def value(i: Tensor) -> Tensor:
        return torch.mul(i, i, out=buffers.setdefault((i.shape, i.dtype), torch.empty_like(i)))

    return saving(value, lambda g, i: g * 2 * i)


def scratch() -> FunctionClass:
    """A function whose backward puts its argument in a place that all threads share, and waits there for others."""
    place: dict[str, Tensor] = {}

    def slope(g: Tensor, i: Tensor) -> Tensor:
        place["i"] = i
        time.sleep(1e-4)
        return g * 2 * place["i"]

    return square(slope)


def outside_backward(ctx: Any, i: Tensor) -> Tensor:
    if torch._C._current_graph_task_id() != -1:
        raise RuntimeError("not while a backward runs")
    ctx.save_for_backward(i)
    return i**2


class Recomputed(torch.autograd.Function):
    """A layer that computes its forward again in its backward, on its own weight."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, w: Tensor) -> Tensor:
        ctx.w = w
        ctx.save_for_backward(x)
        return torch.tanh(x @ w)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, Tensor | None]:
        (x,) = ctx.saved_tensors
        with torch.enable_grad():
            x, w = x.detach().requires_grad_(), ctx.w
            y = torch.tanh(x @ w)
            before = None if w.grad is None else w.grad.clone()
            torch.autograd.backward(y, g)
        return x.grad, w.grad if before is None or w.grad is None else w.grad - before


class Quick(torch.autograd.Function):
    """A function that takes a short way where nobody wants a gradient."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return torch.sin(x) if ctx.needs_input_grad[0] else x - x**3 / 6

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        found: Tensor = g * torch.cos(x)
        return found


def versioned(ctx: Any, i: Tensor) -> Tensor:
    ctx.version = i._version
    ctx.save_for_backward(i)
    return i**2


STATES: Rows = {
    "output on ctx": fault("leak", LEAK, made(leaking, lambda ctx, g: g * (1 - ctx.y**2))),
    "output in a closure": fault("leak", LEAK, made(leaking_closure, lambda ctx, g: ctx.slope(g)), "exp(i)"),
    "outputs in a list": fault(
        "leak", LEAK, made(leaking_list, lambda ctx, g, h: g * ctx.outputs[1] - h * ctx.outputs[0]),
    ),
    "mask of a shape": fault("cache", "forward depends on an earlier call", cached()),
    "shape on the class": fault("state", OUTSIDE, counting(), found={"i": (4,)}),
    "adds to a gradient": fault(
        "accumulates", "backward adds to w.grad itself besides giving its gradient", Recomputed,
        shape={"x": (4, 3), "w": (3, 2)},
    ),
    "one buffer": fault(
        "buffer", "gives the same memory in every call: the next one changes its output", buffered(),
    ),
    "not within a backward": fault(
        "reentrant", "fails where backward runs inside another backward",
        made(outside_backward, lambda ctx, g: g * 2 * ctx.saved_tensors[0]),
    ),
    "random seed": fault("global", GLOBAL.format("the random seed"), doing(lambda: torch.manual_seed(0))),
    "default dtype": fault(
        "global", GLOBAL.format("the default dtype"), doing(lambda: torch.set_default_dtype(torch.float64)),
    ),
    "number of threads": fault(
        "global", GLOBAL.format("the number of threads"), doing(lambda: torch.set_num_threads(3)),
    ),
    "attribute of a thread": fault("thread", "fails in another thread", local()),
    "place of all threads": fault("thread", "wrong where two threads call it at once", scratch()),
    "scale of a thread": fault("thread", "wrong in another thread", local_default()),
    "address as a key": fault(
        "shared memory", "wrong where x and y share memory", taking(lambda x, y: x**2 * y, by_address),
    ),
    "short way": fault("no_grad", "forward differs where no gradient is needed", Quick),
    "version": fault(
        "inference", "fails under inference_mode", made(versioned, lambda ctx, g: g * 2 * ctx.saved_tensors[0]),
    ),
    "under torch.compile": fault(
        "compile", "gives another result under torch.compile",
        saving(lambda i: i**2 if not torch.compiler.is_compiling() else i**2 + 1, lambda g, i: g * 2 * i), compile=True,
    ),
}  # fmt: skip
