"""Reverse mode: the program as a real PyTorch graph, and `.backward()` on the sum of its outputs.

The sum makes one pass give the gradient at every point of a batch, since an output depends on its own point
only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from derivcli.engines.program import Program, Step, lower, lower_tree, only
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
    with torch.inference_mode(False), torch.enable_grad():  # whatever the caller has switched off
        return _differentiate(expressions, at, wrt, dtype)


def _differentiate(
    expressions: Sequence[Expression], at: Mapping[str, FloatArray], wrt: Sequence[str], dtype: str
) -> list[Result]:
    leaves = {name: torch.tensor(values, dtype=DTYPES[dtype], requires_grad=name in wrt) for name, values in at.items()}
    program = lower(expressions, tuple(leaves))
    inputs = list(leaves.values())
    count = len(inputs[0]) if inputs else 1
    results = []
    for expression, output in zip(expressions, program.outputs, strict=True):
        marks = Marks(torch.zeros(count, dtype=torch.uint8))
        value = forward(only(program, output), inputs, count, marks)
        gradients = backward(value, [leaves[name] for name in wrt])
        results.append(_result(expression, leaves, value, dict(zip(wrt, gradients, strict=True)), marks))
    return results


def forward(program: Program, inputs: Sequence[Tensor], count: int, marks: Marks | None = None) -> Tensor:
    """The value of a program with one output at inputs of shape (count,): of that shape, or () for a constant.

    With `marks`, the special places that a point touches are marked there.
    """
    like = inputs[0] if inputs else torch.zeros((), dtype=torch.float64)
    values = list(inputs)
    for step in program.steps:
        operands = [values[number] for number in step.inputs]
        if step.branches:
            values.append(_piecewise(step, operands, count, like, marks))
        else:
            values.append(apply(step.operation, operands, step.constant, like))
            if marks is not None:
                _mark(step, operands, count, marks)
        for number in step.last:
            values[number] = like
    return values[program.outputs[0]]


def backward(output: Tensor, leaves: Sequence[Tensor]) -> list[Tensor]:
    """The derivative of each element of `output` in the same element of each leaf, by one `.backward()`."""
    for leaf in leaves:
        leaf.grad = None
    if output.requires_grad:
        output.sum().backward()  # type: ignore[no-untyped-call]
    return [torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for leaf in leaves]


def _piecewise(step: Step, operands: list[Tensor], count: int, like: Tensor, marks: Marks | None) -> Tensor:
    """Each branch at the points that take it, so that nothing leaks from a branch not taken.

    All points go through a branch together; those that do not take it carry the values of one that does, and
    neither their value nor their gradient is used.
    """
    waiting = torch.ones(count, dtype=torch.bool, device=like.device)
    taken: list[tuple[Tensor, Tensor]] = []
    for branch in step.branches:
        chosen = waiting & forward(branch.condition, operands, count, marks and marks.within(waiting))
        if chosen.any():
            inner = _only_from(operands, chosen, branch.value)
            taken.append((chosen, forward(branch.value, inner, count, marks and marks.within(chosen))))
        waiting = waiting & ~chosen
        if not waiting.any():
            break
    else:
        taken.append((waiting, torch.full_like(like, torch.nan, requires_grad=False)))
    result = taken[-1][1]
    for chosen, value in reversed(taken[:-1]):
        result = torch.where(chosen, value, result)
    return result


def _only_from(operands: list[Tensor], chosen: Tensor, program: Program) -> list[Tensor]:
    """The operands that a program reads, with the points that are not chosen replaced by the first that is."""
    if chosen.all():
        return operands
    first = int(chosen.to(torch.uint8).argmax())
    read = {number for step in program.steps for number in step.inputs} | {*program.outputs}
    return [
        torch.where(chosen, operand, operand[first].detach()) if number in read and operand.ndim else operand
        for number, operand in enumerate(operands)
    ]


SWALLOWING = frozenset(
    (
        "divide",
        "exp",
        "pow",
        "pow_constant",
        "atan",
        "atan2",
        "tanh",
        "erf",
        "erfc",
        "sigmoid",
        "relu",
        "max",
        "min",
        "sign",
        "logsumexp",
        "root",
        "expm1",
        *RELATIONS,
    )
)
"""Steps that can make a finite number of one that is not; after any other the value or the gradient tells."""

_WATCHED = frozenset(name for name, row in vocabulary().items() if row.special) | {"pow_constant"} | set(RELATIONS)


@cache
def _special(operation: str) -> tuple[tuple[int, Program], ...]:
    """The kinds of the places where an operation has no ordinary derivative, with their conditions."""
    row = vocabulary()[operation]
    return tuple((FLAGS.index(kind), lower_tree(tree, row.parameters)) for kind, tree in formulas.special(row))


@dataclass(frozen=True, slots=True)
class Marks:
    """Bits for every point, set where a step touches a special place; only among the points `allowed`."""

    bits: Tensor
    allowed: Tensor | None = None

    def within(self, points: Tensor) -> Marks:
        """The same bits, to be set among fewer points."""
        return Marks(self.bits, points if self.allowed is None else points & self.allowed)

    def set(self, touched: Tensor, kind: int) -> None:
        """Set the bit of a kind at the points touched."""
        if self.allowed is not None:
            touched = touched & self.allowed
        if touched.any():
            self.bits.bitwise_or_(touched.to(torch.uint8) << kind)

    def set_not_finite(self, value: Tensor, kind: int) -> None:
        """Set the bit of a kind where a value is not finite; their sum tells at once that all are."""
        if not math.isfinite(value.sum().item()):
            self.set(~torch.isfinite(value), kind)


def _mark(step: Step, operands: list[Tensor], count: int, marks: Marks) -> None:
    """Mark the points where a step that depends on a variable touches a special place or swallows an infinity."""
    if step.operation in SWALLOWING and not (step.operation == "pow_constant" and step.constant > 0):
        for operand in operands[-1:] if step.operation == "divide" else operands:
            if not operand.is_leaf:
                marks.set_not_finite(operand.detach(), FLAGS.index("infinite"))
    if step.operation not in _WATCHED or not any(operand.requires_grad for operand in operands):
        return
    known = [operand.detach() for operand in operands]
    if step.operation in RELATIONS:
        marks.set(known[0] == known[1], FLAGS.index("branch"))
    elif step.operation == "pow_constant":
        if not step.constant.is_integer():
            marks.set(known[0] == 0, FLAGS.index("edge"))
    elif step.operation == "pow" and not operands[1].requires_grad:
        marks.set((known[0] == 0) & (known[1] != known[1].floor()), FLAGS.index("edge"))
    else:
        for kind, condition in _special(step.operation):
            marks.set(forward(condition, known, count), kind)


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
    return np.array(tensor.detach().numpy())


def _kinds(flags: Tensor) -> KindArray:
    return np.array(flags.numpy())
