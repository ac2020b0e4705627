"""The torch interpretation of programs: a rule for every operation, differentiable as often as torch likes.

Where torch has no kernel, or drops the graph, a `torch.autograd.Function` of ours stands in. Its backward is
the derivative formula of the function table, run as a program like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial

import numpy as np
import torch
from torch import Tensor
from torch._subclasses import FakeTensor

from derivcli.engines.program import Program, Step, lower_derivative
from derivcli.engines.special_functions.kernels import KERNELS, ArrayFunction
from derivcli.engines.torch import accurate
from derivcli.engines.torch.accurate import TorchRule, with_slopes
from derivcli.engines.torch.custom_step import call_custom
from derivcli.engines.torch.definite_integral import integral
from derivcli.engines.torch.flags import BranchValue, StepObserver
from derivcli.engines.torch.tensors import at_hand
from derivcli.language.functions.table import vocabulary

TensorFunction = Callable[..., Tensor]


class NoKernelError(Exception):
    """Raised where a step has no kernel but one of NumPy, and its operands are traced."""


def constant(value: float, like: Tensor) -> Tensor:
    """A constant as a tensor of shape (), of the dtype and on the device of another."""
    return (_constant if at_hand(like) else _constant.__wrapped__)(value, like.dtype, like.device)


@lru_cache(maxsize=4096)
def _constant(value: float, dtype: torch.dtype, device: torch.device) -> Tensor:
    """The constant, made once. What is made while tracing belongs to that trace alone."""
    return torch.full((), value, dtype=dtype, device=device)


def by_formula(name: str, kernel: TensorFunction) -> TorchRule:
    """A rule whose forward is `kernel` and whose backward is the row's formulas."""
    slopes = [partial(_slope, name, index) for index in range(len(vocabulary()[name].parameters))]
    return with_slopes(kernel, *slopes, name=name)


def _slope(name: str, index: int, *inputs: Tensor) -> Tensor:
    count = max(x.numel() for x in inputs)
    return forward(lower_derivative(name, index), inputs, count, once=not torch.is_grad_enabled())


def _root(x: Tensor, n: Tensor) -> Tensor:
    """The real n-th root: a power, then one Newton step for the last digits (y - (y - x/y^(n-1))/n)."""
    size = torch.abs(x)
    y = size ** (1 / n)
    step = (y - size / y ** (n - 1)) / n
    y = torch.where(torch.isfinite(step), y - step, y)
    return torch.where(x < 0, torch.where(torch.remainder(n, 2) == 1, -y, torch.nan), y)


def _on_arrays(name: str, kernel: ArrayFunction) -> TensorFunction:
    """A kernel of NumPy arrays on tensors, for the row of that name."""

    def on_tensors(*inputs: Tensor) -> Tensor:
        if any(isinstance(x, FakeTensor) for x in inputs):
            raise NoKernelError(name)
        with np.errstate(all="ignore"):
            values = kernel(*[x.detach().cpu().double().numpy() for x in inputs])
        return torch.as_tensor(values, dtype=inputs[-1].dtype, device=inputs[-1].device)

    return on_tensors


OF_TORCH = "sqrt exp log log2 log10 log1p sin cos tan sinh cosh abs sign floor round trunc erf erfc relu".split()
"""Functions whose values and derivatives by PyTorch are right."""

ACCURATE = (
    "expm1 logit asin acos atan acot atan2 tanh sech csch coth asinh acosh atanh asech acsch hypot sigmoid softsign "
    "tanhshrink logsumexp"
).split()
"""Functions that `accurate.py` has."""

TORCH_RULES: dict[str, TorchRule] = {
    "add": torch.add,
    "subtract": torch.sub,
    "multiply": torch.mul,
    "divide": torch.div,
    "negative": torch.neg,
    "pow": accurate.power,
    "<": torch.lt,
    "<=": torch.le,
    ">": torch.gt,
    ">=": torch.ge,
    "==": torch.eq,
    "!=": torch.ne,
    "and": torch.logical_and,
    "or": torch.logical_or,
    "not": torch.logical_not,
    "true": lambda: torch.full((), True),
    "false": lambda: torch.full((), False),
    **{name: getattr(torch, name) for name in OF_TORCH},
    **{name: getattr(accurate, name) for name in ACCURATE},
    "root": by_formula("root", _root),
    "xlogy": by_formula("xlogy", torch.special.xlogy),
    "xlog1py": by_formula("xlog1py", torch.special.xlog1py),
    "mod": accurate.dividing(torch.remainder, "floor"),
    "fmod": accurate.dividing(torch.fmod, "trunc"),
    "max": torch.maximum,
    "min": torch.minimum,
    "loggamma": by_formula("loggamma", torch.lgamma),
    **{name: by_formula(name, _on_arrays(name, kernel)) for name, kernel in KERNELS.items()},
}
"""The rule of every operation but `constant`, `pow_constant` and `piecewise`, which carry data of their own."""

FIRST_ORDER_RULES: dict[TorchRule, TorchRule] = {accurate.sigmoid: accurate.sigmoid_once}


def forward(
    program: Program, inputs: Sequence[Tensor], count: int, observer: StepObserver | None = None, once: bool = False
) -> Tensor:
    """The value of a program with one output at inputs of shape (count,): of that shape, or () for a constant.

    An `observer` of these inputs is shown every step. What is differentiated `once` only may have another graph at
    other points. In sums of higher derivatives the terms would then come in another order.
    """
    like = inputs[0] if inputs else torch.zeros((), dtype=torch.float64)
    values = list(inputs)
    for step in program.steps:
        operands = [values[number] for number in step.inputs]
        if step.branches:
            value = _piecewise(step, operands, count, like, observer, once)
        else:
            value = run(step, operands, count, like, once)
            if observer is not None:
                observer.observe(step, operands, value)
            if observer is not None and step.integrand is not None:
                _observe_ends(step.integrand, step, operands, count, observer)
        values.append(value)
        for number in step.last:
            values[number] = like
    return values[program.outputs[0]]


def run(step: Step, operands: list[Tensor], count: int, like: Tensor, once: bool = False) -> Tensor:
    """The value of a step without branches. `like` gives constants their dtype and device."""
    if step.kernel:
        if not all(map(at_hand, operands)):  # a user's custom function cannot be traced
            raise NoKernelError(step.operation)
        return call_custom(step, operands, count)
    if step.integrand is not None:
        return integral_of_numbers(step.integrand, operands, count)
    if step.operation == "constant":
        return constant(step.constant, like)
    if step.operation == "pow_constant":
        return torch.pow(operands[0], step.constant)
    rule = TORCH_RULES[step.operation]
    return (FIRST_ORDER_RULES.get(rule, rule) if once else rule)(*operands)


def integral_of_numbers(integrand: Program, operands: Sequence[Tensor], count: int) -> Tensor:
    """An integral at every point: operands are its bounds and what else the integrand reads."""
    if any(isinstance(operand, FakeTensor) for operand in operands):
        raise NoKernelError("integral")

    def heights(*inputs: Tensor) -> Tensor:
        return forward(integrand, inputs, len(inputs[0]))

    return integral(heights, operands, count)


INSIDE = 0.4142135623730951
"""A place between the bounds at which hardly anything happens."""


def _observe_ends(
    integrand: Program, step: Step, operands: Sequence[Tensor], count: int, observer: StepObserver
) -> None:
    """Show the steps of an integrand at the bounds that vary, where its values are the slopes of the integral.

    What it does with other variables is seen at any place between the bounds.
    """
    varying = [observer.varies[number] for number in step.inputs]
    inside = operands[0] + (operands[1] - operands[0]) * INSIDE
    inner = next((varies for varies in varying[2:] if varies is not False), False)
    for end, varies in ((operands[0], varying[0]), (operands[1], varying[1]), (inside, inner)):
        if varies is not False:
            varies = varies if end is not inside else False
            with torch.no_grad():
                given = [each.expand(count) for each in (end, *operands[2:])]
                forward(integrand, given, count, observer.at_end([varies, *varying[2:]]))


def _piecewise(
    step: Step, operands: list[Tensor], count: int, like: Tensor, observer: StepObserver | None, once: bool
) -> Tensor:
    """Each branch at the points that take it, so that nothing leaks from a branch not taken.

    All points go through a branch together; those that do not take it carry the values of one that does, and
    neither their value nor their gradient is used. Where the numbers are not at hand, every branch is run.
    """
    pieces: list[BranchValue] = []
    for chosen, program in branches_taken(step, operands, count, like.device, observer):
        if program is None:
            pieces.append((chosen, torch.full_like(like, torch.nan, requires_grad=False), False))
        elif not at_hand(chosen) or chosen.any():
            kept = _only_from(operands, chosen, program)
            inner = observer and observer.within(chosen, step, operands, kept)
            value = forward(program, kept, count, inner, once)
            pieces.append((chosen, value, inner is not None and inner.varies[program.outputs[0]]))
    result = pieces[-1][1]
    for chosen, value, _ in reversed(pieces[:-1]):
        result = torch.where(chosen, value, result)
    if observer is not None:
        observer.observe_choice(pieces, result)
    return result


def branches_taken(
    step: Step, operands: list[Tensor], count: int, device: torch.device, observer: StepObserver | None = None
) -> Iterator[tuple[Tensor, Program | None]]:
    """The points that take each branch, with its program. At last come those that take none, with None."""
    waiting = torch.ones(count, dtype=torch.bool, device=device)
    for branch in step.branches:
        chosen = waiting & forward(branch.condition, operands, count, observer and observer.within(waiting, step))
        yield chosen, branch.value
        waiting = waiting & ~chosen
        if count and at_hand(waiting) and not waiting.any():
            return
    yield waiting, None


def _only_from(operands: list[Tensor], chosen: Tensor, program: Program) -> list[Tensor]:
    """The operands that a program reads, with the points that are not chosen replaced by the first that is.

    Where that point cannot be looked for, they keep their values, and only their gradient is stopped, which leaks
    no NaN either: a choice takes one of two gradients and multiplies neither.
    """
    if at_hand(chosen) and chosen.all():
        return operands
    first = int(chosen.to(torch.uint8).argmax()) if at_hand(chosen) else slice(None)
    read = {number for step in program.steps for number in step.inputs} | {*program.outputs}
    return [
        torch.where(chosen, operand, operand[first].detach()) if number in read and operand.ndim else operand
        for number, operand in enumerate(operands)
    ]
