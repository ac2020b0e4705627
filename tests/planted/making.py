"""How planted functions of any arguments are made, in the old style and with `setup_context`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tests.custom_functions import FunctionClass, made

Given = Callable[..., Any]


def taking(value: Given, slopes: Given, *, materialize: bool = True, **members: Any) -> FunctionClass:
    """A function whose forward has the signature of `value`; `slopes` takes upstream gradients, then all arguments."""

    def forward(ctx: Any, *given: Any) -> Any:
        keep(ctx, given)
        ctx.set_materialize_grads(materialize)
        return value(*given)

    first = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    own = inspect.signature(value)
    forward.__signature__ = own.replace(parameters=[first, *own.parameters.values()])  # type: ignore[attr-defined]
    return made(forward, lambda ctx, *upstream: slopes(*upstream, *kept(ctx)), **members)


def modern(value: Given, slopes: Given, *, materialize: bool = True, **members: Any) -> FunctionClass:
    """The same with `setup_context`; `jvp` takes the tangents and then all arguments."""

    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        keep(ctx, inputs)
        ctx.save_for_forward(*(each for each in inputs if isinstance(each, Tensor)))
        ctx.set_materialize_grads(materialize)

    given = {name: staticmethod(each) for name, each in members.items() if callable(each)}
    if "jvp" in members:
        jvp = members["jvp"]
        given["jvp"] = staticmethod(lambda ctx, *tangents: jvp(*tangents, *kept(ctx)))
    return made(
        value,
        lambda ctx, *upstream: slopes(*upstream, *kept(ctx)),
        setup_context=staticmethod(setup_context),
        **members | given,
    )


def keep(ctx: Any, given: Any) -> None:
    """Save tensors as PyTorch wants it, and all else on the context."""
    ctx.save_for_backward(*(each for each in given if isinstance(each, Tensor)))
    ctx.given = [None if isinstance(each, Tensor) else (each,) for each in given]


def kept(ctx: Any) -> list[Any]:
    """What was given to the forward."""
    tensors = iter(ctx.saved_tensors)
    return [next(tensors) if each is None else each[0] for each in ctx.given]


def zeros(like: Tensor) -> Tensor:
    """Zeros of the shape of a tensor."""
    return torch.zeros_like(like)
