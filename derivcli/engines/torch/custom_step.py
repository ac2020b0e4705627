"""Steps that run a user's custom function, and a refusal of second derivatives that PyTorch swallows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from derivcli.engines.program import Step
from derivcli.errors import DerivError

ONCE_DIFFERENTIABLE_NODE = "torch::autograd::Error"
"""What PyTorch calls the node behind a gradient whose backward is marked as one that has no derivative."""


def call_custom(step: Step, operands: Sequence[Tensor], count: int) -> Tensor:
    """The value of a user's custom function, which is given and has to give tensors of shape (count,)."""
    assert step.kernel is not None, "the step has code of its own"
    given = [operand if operand.ndim else operand.expand(count).clone() for operand in operands]  # constants are shared
    before = _versions(given)
    constants = {place: float(operand.detach()) for place, operand in enumerate(operands) if not operand.ndim}
    value = step.kernel(*given, constants=constants)
    if _versions(given) != before:
        message = f"'{step.operation}' changes its argument in place, which others in the formula may share"
        raise DerivError(message, hint="let its forward begin with a copy, as in x = x.clone()")
    if not isinstance(value, Tensor) or value.shape != (count,):
        gave = f"a tensor of shape {tuple(value.shape)}" if isinstance(value, Tensor) else f"a {type(value).__name__}"
        message = f"'{step.operation}' gives {gave} where its arguments have shape ({count},)"
        raise DerivError(message, hint="formulas call functions that work point by point")
    if value.grad_fn is not None:
        value.grad_fn.register_hook(partial(_refusing, step.operation, operands))
    return value


def _versions(tensors: Sequence[Tensor]) -> list[int]:
    """How often each was changed in place, which PyTorch counts outside of inference mode."""
    return [-1 if tensor.is_inference() else tensor._version for tensor in tensors]


def is_marked(gradient: Tensor | None) -> bool:
    """Whether a gradient is marked, by @once_differentiable, as one that has no derivative."""
    return gradient is not None and gradient.grad_fn is not None and gradient.grad_fn.name() == ONCE_DIFFERENTIABLE_NODE


def _refusing(
    name: str, operands: Sequence[Tensor], gradients: Sequence[Tensor | None], _: object
) -> tuple[Tensor | None, ...]:
    """The gradients that a user's backward gave. The derivatives of marked ones are refused.

    The mark leads nowhere, so that PyTorch finds no derivative in the operands, which would then pass for 0.
    """
    refused: Callable[..., Tensor] = _Refused.apply
    return tuple(refused(name, each, *operands) if is_marked(each) else each for each in gradients)


class _Refused(torch.autograd.Function):
    """A gradient that depends on the operands in a way that nobody knows."""

    @staticmethod
    def forward(ctx: Any, name: str, gradient: Tensor, *_: Tensor) -> Tensor:
        ctx.name = name
        return gradient.clone()

    @staticmethod
    def backward(ctx: Any, *_: Tensor) -> None:
        message = f"'{ctx.name}' refuses second derivatives: its backward is marked @once_differentiable"
        raise DerivError(message, hint="take the mark away if PyTorch could differentiate what backward does")
