"""Functions that are wrong in one setting alone, and sound ones that are as odd."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from tests.custom_functions import made, saving

Made = Callable[[], Any]


def product(value: Any = torch.mul, slopes: Any = lambda g, x, y: (g * y, g * x)) -> Any:
    def forward(ctx: Any, x: Tensor, y: Tensor) -> Any:
        ctx.save_for_backward(x, y)
        return value(x, y)

    return made(forward, lambda ctx, g: slopes(g, *ctx.saved_tensors))


def matrix(slopes: Any = lambda g, x, w: (g @ w, g.mT @ x), value: Any = lambda x, w: x @ w.mT) -> Any:
    return product(value, slopes)


def square(slope: Any = lambda g, x: g * 2 * x, value: Any = lambda x: x**2) -> Any:
    return saving(value, slope)


def cached_forward() -> Any:
    known: dict[Any, Tensor] = {}

    def value(x: Tensor) -> Tensor:
        return x * known.setdefault(x.shape, torch.sigmoid(x))

    return saving(value, lambda g, x: g * known[x.shape])


def cached_backward() -> Any:
    known: dict[Any, Tensor] = {}
    return square(lambda g, x: g * known.setdefault(x.shape, 2 * x))


def remembering() -> Any:
    last = [torch.zeros(())]

    def value(x: Tensor) -> Tensor:
        before, last[0] = last[0], x.detach().abs().max()
        return x * (1 + 0 * x) if last[0] == before else x * 1.5

    return saving(value, lambda g, x: g)


def same_buffer(stage: str) -> Any:
    kept: dict[Any, Tensor] = {}

    def copied(x: Tensor) -> Tensor:
        return kept.setdefault((x.shape, x.dtype), x.clone()).copy_(x)

    if stage == "forward":
        return saving(lambda x: copied(x**2), lambda g, x: g * 2 * x)
    return saving(lambda x: x**2, lambda g, x: copied(g * 2 * x))


def leaking(ctx: Any, x: Tensor) -> Tensor:
    y = torch.exp(x)
    ctx.kept = {"outputs": [y]}
    return y


def adding(ctx: Any, g: Tensor) -> tuple[Tensor, Tensor]:
    x, y = ctx.saved_tensors
    y.grad = g * x
    return g * y, g * x


def setting(change: Callable[[], object]) -> Any:
    def value(x: Tensor) -> Tensor:
        change()
        return x**2

    return square(value=value)


def thread_local() -> Any:
    known = threading.local()
    known.factor = 2
    return square(lambda g, x: g * known.factor * x)


def by_thread() -> Any:
    home = threading.current_thread()
    return square(lambda g, x: g * (2 if threading.current_thread() is home else 3) * x)


def hurried() -> Any:
    last: list[Tensor] = []

    def value(x: Tensor) -> Tensor:
        last[:] = [x]
        time.sleep(1e-4)
        return last[0] * x

    return square(value=value)


def alone(ctx: Any, x: Tensor) -> Tensor:
    assert torch._C._current_graph_task_id() == -1
    ctx.save_for_backward(x)
    return x**2


def sums(ctx: Any, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(x, y)
    return x * y, x + y


def by_none(known: float | None) -> Any:
    def backward(ctx: Any, g: Any, h: Any) -> tuple[Tensor, Tensor]:
        x, y = ctx.saved_tensors
        if known is not None:
            g, h = (known * torch.ones_like(x) if each is None else each for each in (g, h))
        return g * y + h, g * x + h

    return made(sums, backward)


def by_grad_mode(x: Tensor) -> Tensor:
    return x**2 if torch.is_grad_enabled() else x**2 * (1 + 1e-3)


def versioned(ctx: Any, x: Tensor) -> Tensor:
    ctx.version = x._version
    ctx.save_for_backward(x)
    return x**2


def of_square(ctx: Any, g: Tensor) -> Tensor:
    return g * 2 * ctx.saved_tensors[0]  # type: ignore[no-any-return]


def for_one(g: Tensor, x: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    return g @ w, g.mT @ x if len(x) > 1 else 2 * (g.mT @ x)


def by_address(g: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    found = {x.data_ptr(): g * y}
    found[y.data_ptr()] = g * x
    return found[x.data_ptr()], found[y.data_ptr()] * (1 + (len(found) == 1))


def products(g: Tensor, x: Tensor) -> Tensor:
    g, x = (each.flatten(0, -2) for each in (g, x))
    return g[:, :, None] * x[:, None]


def mean_square(x: Tensor, y: Tensor) -> Tensor:
    return ((x - y) ** 2).mean()


def scaled(factor: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
    return factor * x, -factor * x


def emptied(g: Tensor, x: Tensor) -> Tensor:
    found = g * 2 * x
    g.zero_()
    return found


SHAPES = {"x": (2, 2), "y": (2, 2)}

CONTIGUOUS = "for tensors that are not contiguous"
MEMORY = "gives the same memory in every call: the next one changes its"
FAULTS: dict[str, tuple[Any, ...]] = {
    "cached forward": (cached_forward, "forward depends on an earlier call"),
    "cached backward": (cached_backward, "backward depends on an earlier call"),
    "output buffer": (lambda: same_buffer("forward"), f"{MEMORY} output"),
    "gradient buffer": (lambda: same_buffer("backward"), f"{MEMORY} gradient"),
    "leak": (
        lambda: made(leaking, lambda ctx, g: g * ctx.kept["outputs"][0]),
        "keeps its output on ctx outside save_for_backward, which leaks memory",
    ),
    "accumulates": (
        lambda: made(lambda ctx, x, y: (ctx.save_for_backward(x, y), x * y)[1], adding),
        "backward adds to y.grad itself besides giving its gradient",
    ),
    "seed": (lambda: setting(lambda: torch.manual_seed(3)), "changes PyTorch's global state: the random seed"),
    "dtype": (
        lambda: setting(lambda: torch.set_default_dtype(torch.float16)),
        "changes PyTorch's global state: the default dtype",
    ),
    "threads": (
        lambda: setting(lambda: torch.set_num_threads(torch.get_num_threads() + 1)),
        "changes PyTorch's global state: the number of threads",
    ),
    "thread local": (thread_local, "fails in another thread"),
    "by thread": (by_thread, "wrong in another thread"),
    "two threads": (hurried, "wrong where two threads call it at once"),
    "reentrant": (lambda: made(alone, of_square), "fails where backward runs inside another backward"),
    "None fails": (lambda: by_none(None), "backward fails where the gradient of an output is None"),
    "None wrong": (lambda: by_none(1.0), "backward is wrong where the gradient of an output is None"),
    "no_grad": (lambda: by_grad_mode, "forward differs under no_grad"),
    "inference": (lambda: made(versioned, of_square), "fails under inference_mode"),
    "expanded upstream": (
        lambda: square(lambda g, x: g * 2 * x / (2 if g.stride() == (0,) else 1)),
        f"wrong {CONTIGUOUS}",
    ),
    "expanded argument": (
        lambda: square(lambda g, x: g * 2 * x / (2 if x.stride() == (0,) else 1)),
        f"wrong {CONTIGUOUS}",
    ),
    "strides of matrices": (
        lambda: matrix(lambda g, x, w: (g @ w.as_strided(w.shape, (2, 1)), g.mT @ x)),
        f"wrong {CONTIGUOUS}",
        SHAPES,
    ),
    "batch of 1": (lambda: matrix(for_one), "wrong for a batch of 1", SHAPES),
    "batch of 1 fails": (
        lambda: matrix(lambda g, x, w: ((g.squeeze() @ w).reshape(x.shape), g.squeeze().mT @ x.squeeze())),
        "fails for a batch of 1",
        SHAPES,
    ),
    "empty": (
        lambda: matrix(lambda g, x, w: (g @ w, torch.stack(list(products(g, x))).sum(0))),
        "fails for empty tensors",
        SHAPES,
    ),
    "empty and wrong": (
        lambda: matrix(lambda g, x, w: (g @ w, products(g, x).mean(0) * len(x.flatten(0, -2)))),
        "wrong for empty tensors",
        SHAPES,
    ),
    "three dimensions": (
        lambda: matrix(lambda g, x, w: (g @ w, g.flatten(0, -2).mT @ x.flatten(0, -2) / max(1, x.ndim - 1))),
        "backward is wrong for tensors of 3 dimensions",
        SHAPES,
    ),
    "mean of one": (
        lambda: product(mean_square, lambda g, x, y: scaled(2 * g / max(2, x.numel()), x - y)),
        "wrong for a batch of 1",
        {"x": (3,), "y": (3,)},
    ),
    "nan": (
        lambda: square(lambda g, x: g.nan_to_num() * 2 * x),
        "swallows nan in grad_output: backward gives 0 for it",
    ),
    "vectors alone": (
        lambda: square(
            value=lambda x: torch.softmax(x, -1),
            slope=lambda g, x: (y := torch.softmax(x, -1)) * (g - (g * y).sum()),
        ),
        "backward is wrong for tensors of 2 dimensions",
    ),
    "grad_output emptied": (lambda: square(emptied), "modifies grad_output in place"),
    "shared memory": (lambda: product(slopes=by_address), "wrong where x and y share memory"),
}


def contiguous_only(ctx: Any, x: Tensor) -> Tensor:
    if not x.is_contiguous():
        raise RuntimeError("x has to be contiguous")
    ctx.save_for_backward(x)
    return x**2


def vectors_of_some(ctx: Any, x: Tensor) -> Tensor:
    assert x.ndim == 1
    assert len(x) > 1
    ctx.save_for_backward(x)
    return x * x.sum()


def of_sum(ctx: Any, g: Tensor) -> Tensor:
    (x,) = ctx.saved_tensors
    found: Tensor = g * x.sum() + g @ x
    return found


class Recomputing(torch.autograd.Function):
    """A function that differentiates a part of itself in its backward."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return torch.sin(x) ** 2

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, g: Tensor) -> Any:
        with torch.enable_grad():
            x = ctx.saved_tensors[0].detach().requires_grad_()
            torch.autograd.backward(torch.sin(x) ** 2, g)
        return x.grad


class Sloping(torch.autograd.Function):
    """A function whose forward differentiates."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            (slope,) = torch.autograd.grad((x**3).sum(), x)
        ctx.save_for_backward(x.detach())
        return slope

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, g: Tensor) -> Any:
        return g * 6 * ctx.saved_tensors[0]


def kept_apart(ctx: Any, x: Tensor) -> Tensor:
    y = torch.exp(x)
    ctx.copy, ctx.shape = y.detach(), y.shape
    return y


@once_differentiable
def by_copy(ctx: Any, g: Tensor) -> Any:
    return g * ctx.copy


def seeded(x: Tensor) -> Tensor:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        return x * torch.rand(())


def one_wanted(ctx: Any, g: Tensor) -> tuple[Tensor | None, Tensor | None]:
    x, y = ctx.saved_tensors
    return (g * y if ctx.needs_input_grad[0] else None), (g * x if ctx.needs_input_grad[1] else None)


SOUND: dict[str, Made] = {
    "refuses gaps": lambda: made(contiguous_only, of_square),
    "refuses all but vectors": lambda: made(vectors_of_some, of_sum),
    "recomputing": lambda: Recomputing,
    "sloping": lambda: Sloping,
    "a copy of the output": lambda: made(kept_apart, by_copy),
    "seeded in a fork": lambda: seeded,
    "one wanted": lambda: made(lambda ctx, x, y: (ctx.save_for_backward(x, y), x * y)[1], one_wanted),
    "a view": lambda: made(lambda ctx, x: x.view_as(x), lambda ctx, g: g),
    "itself": lambda: made(lambda ctx, x: x, lambda ctx, g: g),
    "None for nothing": lambda: made(sums, given_only),
    "once": lambda: made(lambda ctx, x: (ctx.save_for_backward(x), x**2)[1], once_differentiable(of_square)),
}


def given_only(ctx: Any, g: Any, h: Any) -> tuple[Tensor, Tensor]:
    x, y = ctx.saved_tensors
    g, h = (torch.zeros_like(x) if each is None else each for each in (g, h))
    return g * y + h, g * x + h
