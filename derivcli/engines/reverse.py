"""Reverse mode: the program as a real PyTorch graph, and `.backward()` on the sum of its outputs.

A higher derivative is the derivative of the graph that the one before leaves behind. The sum makes one pass
give the gradient at every point of a batch, since an output depends on its own point only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from derivcli.engines.program import Program, lower, only
from derivcli.engines.rules import forward
from derivcli.engines.watch import Watch
from derivcli.language.expression import Expression
from derivcli.result import Result, derivative_key

if TYPE_CHECKING:
    from derivcli.result import FloatArray


def differentiate(
    expressions: Sequence[Expression],
    at: Mapping[str, FloatArray],
    wrt: Sequence[str],
    dtype: str = "float64",
    order: int = 1,
) -> list[Result]:
    """Values and partial derivatives, each in one variable, of several expressions.

    `at` gives every variable an array of shape (points,); `wrt` names the variables to differentiate by.
    """
    with torch.inference_mode(False), torch.enable_grad(), np.errstate(all="ignore"):  # whatever the caller has set
        return _differentiate(expressions, at, wrt, dtype, order)


def _differentiate(
    expressions: Sequence[Expression], at: Mapping[str, FloatArray], wrt: Sequence[str], dtype: str, order: int
) -> list[Result]:
    leaves = {
        name: torch.tensor(values, dtype=getattr(torch, dtype), requires_grad=name in wrt)
        for name, values in at.items()
    }
    program = lower(expressions, tuple(leaves))
    inputs = list(leaves.values())
    count = len(inputs[0]) if inputs else 1
    results = []
    for expression, output in zip(expressions, program.outputs, strict=True):
        watch = Watch.over(inputs, count)
        value, gradients = evaluate(only(program, output), inputs, [leaves[name] for name in wrt], count, watch, order)
        found = {derivative_key(name, order): gradient for name, gradient in zip(wrt, gradients, strict=True)}
        results.append(_result(expression, leaves, value.expand(count), found, watch))
    return results


def evaluate(
    program: Program,
    inputs: Sequence[Tensor],
    leaves: Sequence[Tensor],
    count: int,
    watch: Watch | None = None,
    order: int = 1,
) -> tuple[Tensor, list[Tensor]]:
    """The value of a program with one output, and its derivative in each leaf at every point."""
    value = forward(program, inputs, count, watch)
    total = value.sum()
    gradients = backward(total, leaves) if order == 1 else [nested(total, leaf, order) for leaf in leaves]
    if watch is not None:
        watch.see_finite("undefined", value, total=total)
        for gradient in gradients:
            watch.see_finite("infinite", gradient)
    return value.detach(), gradients


def backward(total: Tensor, leaves: Sequence[Tensor]) -> list[Tensor]:
    """The derivative of a sum in each leaf, by one `.backward()`."""
    for leaf in leaves:
        leaf.grad = None
    if total.requires_grad:
        total.backward()  # type: ignore[no-untyped-call]
    return [torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for leaf in leaves]


def nested(total: Tensor, leaf: Tensor, order: int) -> Tensor:
    """The derivative of some order of a sum in a leaf; 0 where the graph has run out, as it does for polynomials."""
    derivative = torch.zeros_like(leaf)
    for left in range(order - 1, -1, -1):
        found = None
        if total.requires_grad:
            (found,) = torch.autograd.grad(total, leaf, create_graph=left > 0, retain_graph=True, allow_unused=True)
        if found is None:
            return torch.zeros_like(leaf)
        derivative, total = found, found.sum()
    return derivative


def _result(
    expression: Expression,
    leaves: Mapping[str, Tensor],
    value: Tensor,
    gradients: Mapping[str, Tensor],
    watch: Watch,
) -> Result:
    return Result(
        expression,
        at={name: _array(leaf) for name, leaf in leaves.items()},
        value=_array(value),
        derivatives={name: _array(gradient) for name, gradient in gradients.items()},
        flags=watch.bits,
    )


def _array(tensor: Tensor) -> FloatArray:
    return np.array(tensor.detach().numpy(force=True))
