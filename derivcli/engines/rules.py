"""The torch interpretation of programs: a rule for every operation, differentiable as often as torch likes.

Where torch has no kernel, or drops the graph, a `torch.autograd.Function` of ours stands in: its backward is
the derivative formula of the function table, run as a program like any other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial

import numpy as np
import torch
from torch import Tensor

from derivcli.engines import accurate
from derivcli.engines.accurate import Rule, with_slopes
from derivcli.engines.program import Program, Step, lower_tree
from derivcli.language import formulas
from derivcli.language.functions import vocabulary
from derivcli.language.tree import RELATIONS
from derivcli.result import FLAGS

Kernel = Callable[..., Tensor]


@lru_cache(maxsize=4096)
def constant(value: float, dtype: torch.dtype, device: torch.device) -> Tensor:
    """A constant as a tensor of shape ()."""
    return torch.tensor(value, dtype=dtype, device=device)


def by_formula(name: str, kernel: Kernel) -> Rule:
    """A rule whose forward is `kernel` and whose backward is the row's formulas."""
    return with_slopes(kernel, *(partial(_slope, name, index) for index in range(len(vocabulary()[name].parameters))))


def _slope(name: str, index: int, *inputs: Tensor) -> Tensor:
    """The derivative of a row in its parameter `index`, by its formula."""
    return forward(_derivative(name, index), inputs, max(x.numel() for x in inputs))


@cache
def _derivative(name: str, index: int) -> Program:
    """The program of a row's derivative in its parameter `index`."""
    row = vocabulary()[name]
    return lower_tree(formulas.derivative(row, index), row.parameters)


def apply(operation: str, inputs: list[Tensor], number: float, like: Tensor) -> Tensor:
    """One step without branches; `like` gives constants their dtype and device."""
    if operation == "constant":
        return constant(number, like.dtype, like.device)
    if operation == "pow_constant":
        return torch.pow(inputs[0], number)
    return RULES[operation](*inputs)


def _root(x: Tensor, n: Tensor) -> Tensor:
    """The real n-th root: a power, then one Newton step for the last digits (y - (y - x/y^(n-1))/n)."""
    size = torch.abs(x)
    y = size ** (1 / n)
    step = (y - size / y ** (n - 1)) / n
    y = torch.where(torch.isfinite(step), y - step, y)
    return torch.where(x < 0, torch.where(torch.remainder(n, 2) == 1, -y, torch.nan), y)


def _by_scipy(name: str) -> Kernel:
    """A kernel of scipy.special."""

    def kernel(*inputs: Tensor) -> Tensor:
        import scipy.special

        with np.errstate(all="ignore"):
            values = getattr(scipy.special, name)(*[x.detach().cpu().double().numpy() for x in inputs])
        return torch.as_tensor(values, dtype=inputs[-1].dtype, device=inputs[-1].device)

    return kernel


RULES: dict[str, Rule] = {
    "add": torch.add,
    "subtract": torch.sub,
    "multiply": torch.mul,
    "divide": torch.div,
    "negative": torch.neg,
    "pow": torch.pow,
    "<": torch.lt,
    "<=": torch.le,
    ">": torch.gt,
    ">=": torch.ge,
    "==": torch.eq,
    "!=": torch.ne,
    "and": torch.logical_and,
    "or": torch.logical_or,
    "not": torch.logical_not,
    "true": lambda: torch.tensor(True),
    "false": lambda: torch.tensor(False),
    "sqrt": torch.sqrt,
    "root": by_formula("root", _root),
    "exp": torch.exp,
    "expm1": accurate.expm1,
    "log": torch.log,
    "log2": torch.log2,
    "log10": torch.log10,
    "log1p": torch.log1p,
    "logit": accurate.logit,
    "xlogy": by_formula("xlogy", torch.special.xlogy),
    "xlog1py": by_formula("xlog1py", torch.special.xlog1py),
    "sin": torch.sin,
    "cos": torch.cos,
    "tan": torch.tan,
    "asin": accurate.asin,
    "acos": accurate.acos,
    "atan": accurate.atan,
    "acot": accurate.acot,
    "atan2": accurate.atan2,
    "sinh": torch.sinh,
    "cosh": torch.cosh,
    "tanh": accurate.tanh,
    "sech": accurate.sech,
    "csch": accurate.csch,
    "coth": accurate.coth,
    "asinh": accurate.asinh,
    "acosh": accurate.acosh,
    "atanh": accurate.atanh,
    "asech": accurate.asech,
    "acsch": accurate.acsch,
    "abs": torch.abs,
    "sign": torch.sign,
    "floor": torch.floor,
    "round": torch.round,
    "trunc": torch.trunc,
    "mod": torch.remainder,
    "fmod": torch.fmod,
    "max": torch.maximum,
    "min": torch.minimum,
    "hypot": accurate.hypot,
    "erf": torch.erf,
    "erfc": torch.erfc,
    "gamma": by_formula("gamma", _by_scipy("gamma")),
    "loggamma": by_formula("loggamma", torch.lgamma),
    "polygamma": by_formula("polygamma", _by_scipy("polygamma")),
    "relu": torch.relu,
    "sigmoid": accurate.sigmoid,
    "softsign": accurate.softsign,
    "tanhshrink": accurate.tanhshrink,
    "logsumexp": accurate.logsumexp,
}
"""The rule of every operation but `constant`, `pow_constant` and `piecewise`, which carry data of their own."""


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
    "divide exp expm1 pow pow_constant root atan acot atan2 tanh sech csch coth acsch erf erfc sigmoid relu max min "
    "fmod sign logsumexp xlogy xlog1py".split()
) | set(RELATIONS)
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
