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

from derivcli.engines.program import lower, only
from derivcli.engines.rules import Marks, forward
from derivcli.language.expression import Expression
from derivcli.result import FLAGS, Result, derivative_key

if TYPE_CHECKING:
    from derivcli.result import FloatArray, KindArray


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
    with torch.inference_mode(False), torch.enable_grad():  # whatever the caller has switched off
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
        marks = Marks(torch.zeros(count, dtype=torch.uint8))
        value = forward(only(program, output), inputs, count, marks)
        if order == 1:
            gradients = backward(value, [leaves[name] for name in wrt])
        else:
            gradients = [nested(value, leaves[name], order) for name in wrt]
        keys = [derivative_key(name, order) for name in wrt]
        results.append(_result(expression, leaves, value, dict(zip(keys, gradients, strict=True)), marks))
    return results


def backward(output: Tensor, leaves: Sequence[Tensor]) -> list[Tensor]:
    """The derivative of each element of `output` in the same element of each leaf, by one `.backward()`."""
    for leaf in leaves:
        leaf.grad = None
    if output.requires_grad:
        output.sum().backward()  # type: ignore[no-untyped-call]
    return [torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for leaf in leaves]


def nested(output: Tensor, leaf: Tensor, order: int) -> Tensor:
    """The derivative of some order of each element of `output` in the same element of the leaf; 0 without a graph."""
    derivative = output
    for step in range(order):
        if not derivative.requires_grad:
            return torch.zeros_like(leaf)
        last = step == order - 1
        (found,) = torch.autograd.grad(
            derivative.sum(), leaf, create_graph=not last, retain_graph=True, allow_unused=True
        )
        if found is None:
            return torch.zeros_like(leaf)
        derivative = found
    return derivative


def _result(
    expression: Expression,
    leaves: Mapping[str, Tensor],
    output: Tensor,
    gradients: Mapping[str, Tensor],
    marks: Marks,
) -> Result:
    value = output.detach().expand(len(marks.bits))
    marks.set_not_finite(value, FLAGS.index("undefined"))
    for gradient in gradients.values():
        marks.set_not_finite(gradient, FLAGS.index("infinite"))
    return Result(
        expression,
        at={name: _array(leaf) for name, leaf in leaves.items()},
        value=_array(value),
        derivatives={name: _array(gradient) for name, gradient in gradients.items()},
        flags=_kinds(marks.bits),
    )


def _array(tensor: Tensor) -> FloatArray:
    return np.array(tensor.detach().numpy(force=True))


def _kinds(flags: Tensor) -> KindArray:
    return np.array(flags.numpy())
