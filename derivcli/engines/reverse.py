"""Reverse mode: the program as a real PyTorch graph, and `.backward()` on the sum of its outputs.

The sum makes one pass give the gradient at every point of a batch, since an output depends on its own point
only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from derivcli.engines.program import Program, Step, lower, lower_tree
from derivcli.engines.rules import apply
from derivcli.language import formulas
from derivcli.language.expression import Expression
from derivcli.language.functions import vocabulary
from derivcli.language.tree import RELATIONS
from derivcli.result import FLAGS, Result

if TYPE_CHECKING:
    from derivcli.result import FloatArray, KindArray

DTYPES = {"float64": torch.float64, "float32": torch.float32}
"""The number formats that can be asked for."""


def differentiate(
    expressions: Sequence[Expression],
    at: Mapping[str, FloatArray],
    wrt: Sequence[str],
    dtype: str = "float64",
) -> list[Result]:
    """Values and first partial derivatives of several expressions.

    `at` gives every variable an array of shape (points,); `wrt` names the variables to differentiate by.
    """
    leaves = {name: torch.tensor(values, dtype=DTYPES[dtype], requires_grad=name in wrt) for name, values in at.items()}
    program = lower(expressions, tuple(leaves))
    inputs = list(leaves.values())
    count = len(inputs[0]) if inputs else 1
    results = []
    for expression, output in zip(expressions, program.outputs, strict=True):
        flags = torch.zeros(count, dtype=torch.uint8)
        values = forward(Program(program.inputs, program.steps, (output,)), inputs, count, flags)
        gradients = backward(values[output], [leaves[name] for name in wrt])
        results.append(_result(expression, leaves, values[output], dict(zip(wrt, gradients, strict=True)), flags))
    return results


def forward(program: Program, inputs: Sequence[Tensor], count: int, flags: Tensor | None = None) -> list[Tensor]:
    """Every value of the program: the inputs, of shape (count,), then each step's, of that shape or ().

    With `flags`, of shape (count,), the places that a point touches are marked there.
    """
    like = inputs[0] if inputs else torch.zeros((), dtype=torch.float64)
    values = list(inputs)
    for step in program.steps:
        operands = [values[number] for number in step.inputs]
        if step.branches:
            values.append(_piecewise(step, operands, count, like, flags))
            continue
        values.append(apply(step.operation, operands, step.constant, like))
        if flags is not None and step.operation in _WATCHED:
            _mark(step, operands, flags)
    return values


def backward(output: Tensor, leaves: Sequence[Tensor]) -> list[Tensor]:
    """The derivative of each element of `output` in the same element of each leaf, by one `.backward()`."""
    for leaf in leaves:
        leaf.grad = None
    if output.requires_grad:
        output.sum().backward()  # type: ignore[no-untyped-call]
    return [torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for leaf in leaves]


def _piecewise(step: Step, operands: list[Tensor], count: int, like: Tensor, flags: Tensor | None) -> Tensor:
    """Each branch at the points that take it and at no other, so that nothing leaks from a branch not taken."""
    waiting = torch.arange(count)
    result = torch.full((count,), torch.nan, dtype=like.dtype, device=like.device)
    for branch in step.branches:
        here = _taken(operands, waiting, count)
        marks = None if flags is None else torch.zeros(len(waiting), dtype=torch.uint8)
        holds = forward(branch.condition, here, len(waiting), marks)[branch.condition.outputs[0]]
        holds = holds.expand(len(waiting))
        if flags is not None and marks is not None:
            flags[waiting] |= marks
        chosen = waiting[holds]
        if len(chosen):
            marks = None if flags is None else torch.zeros(len(chosen), dtype=torch.uint8)
            inner = forward(branch.value, _taken(operands, chosen, count), len(chosen), marks)
            value = inner[branch.value.outputs[0]].expand(len(chosen))
            result = value if len(chosen) == count else result.index_copy(0, chosen, value)
            if flags is not None and marks is not None:
                flags[chosen] |= marks
        waiting = waiting[~holds]
        if not len(waiting):
            break
    return result


def _taken(operands: list[Tensor], points: Tensor, count: int) -> list[Tensor]:
    """The operands at some of the points."""
    if len(points) == count:
        return operands
    return [operand.index_select(0, points) if operand.ndim else operand for operand in operands]


_WATCHED = frozenset(name for name, row in vocabulary().items() if row.special) | {"pow_constant"} | set(RELATIONS)


@cache
def _special(operation: str) -> tuple[tuple[int, Program], ...]:
    """The bits of the places where an operation has no ordinary derivative, with the conditions."""
    row = vocabulary()[operation]
    return tuple((1 << FLAGS.index(kind), lower_tree(tree, row.parameters)) for kind, tree in formulas.special(row))


def _mark(step: Step, operands: list[Tensor], flags: Tensor) -> None:
    """Mark the points where a step that depends on a variable touches a special place."""
    if not any(operand.requires_grad for operand in operands):
        return
    known = [operand.detach() for operand in operands]
    if step.operation in RELATIONS:
        flags |= (known[0] == known[1]).to(torch.uint8) << FLAGS.index("branch")
    elif step.operation == "pow_constant":
        if not step.constant.is_integer():
            flags |= (known[0] == 0).to(torch.uint8) << FLAGS.index("edge")
    else:
        for bit, condition in _special(step.operation):
            touched = forward(condition, known, len(flags))[condition.outputs[0]]
            flags |= touched.to(torch.uint8) * bit


def _result(
    expression: Expression,
    leaves: Mapping[str, Tensor],
    output: Tensor,
    gradients: Mapping[str, Tensor],
    flags: Tensor,
) -> Result:
    value = output.detach().expand(len(flags))
    flags |= (~torch.isfinite(value)).to(torch.uint8) << FLAGS.index("undefined")
    return Result(
        expression,
        at={name: _array(leaf) for name, leaf in leaves.items()},
        value=_array(value),
        derivatives={name: _array(gradient) for name, gradient in gradients.items()},
        flags=_kinds(flags),
    )


def _array(tensor: Tensor) -> FloatArray:
    return np.array(tensor.detach().numpy())


def _kinds(flags: Tensor) -> KindArray:
    return np.array(flags.numpy())
