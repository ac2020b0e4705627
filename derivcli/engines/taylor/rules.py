"""The Taylor interpretation of programs: a rule on series for every operation, and the run of the steps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial

import torch
from torch import Tensor

from derivcli.engines.program import Program, Step, lower_tree
from derivcli.engines.taylor.elementary import ELEMENTARY, constant_power
from derivcli.engines.taylor.elliptic import ELLIPTIC
from derivcli.engines.taylor.recurrences import TaylorRule, growing, sloping
from derivcli.engines.taylor.series import Series, choose
from derivcli.engines.taylor.special import SPECIAL
from derivcli.engines.torch import rules as plain
from derivcli.errors import DerivError
from derivcli.language.functions import formulas
from derivcli.language.functions.table import vocabulary


def by_formula(name: str) -> TaylorRule:
    """A rule for a function whose slopes, as the table has them, lead back to others."""
    slopes = [partial(_slope, name, index) for index in range(len(vocabulary()[name].parameters))]
    return growing(plain.TORCH_RULES[name], sloping(*slopes))


def _slope(name: str, index: int, *inputs: Series) -> Series:
    """The derivative of a row in its parameter `index`, by its formula."""
    return forward(_derivative(name, index), inputs, inputs[0])


@cache
def _derivative(name: str, index: int) -> Program:
    """The program of a row's derivative in its parameter `index`."""
    row = vocabulary()[name]
    return lower_tree(formulas.derivative(row, index), row.parameters)


def integral_to(name: str, *fixed: int) -> TaylorRule:
    """An elliptic integral: by its slope in z, and where one of the other parameters varies by quadrature."""
    along = by_formula(name)

    def value(*inputs: Series) -> Series:
        constant = all(inputs[index].is_constant for index in fixed)
        return (along if constant else ELLIPTIC[name])(*inputs)

    return value


TAYLOR_RULES: dict[str, TaylorRule] = {
    **ELEMENTARY,
    **SPECIAL,
    **ELLIPTIC,
    **{name: integral_to(name, 1) for name in ("elliptic_f", "elliptic_e_inc")},
    "elliptic_pi_inc": integral_to("elliptic_pi_inc", 0, 2),
    "ellipint": integral_to("ellipint", 3, 5),
    **{name: by_formula(name) for name in ("erfi", "Ei", "Si", "Ci", "Shi", "Chi", "fresnels", "fresnelc")},
}
"""The rule of every operation but `constant`, `pow_constant`, `piecewise` and conditions, which read values alone."""


def forward(program: Program, inputs: Sequence[Series], like: Series) -> Series:
    """The series of a program with one output; `like` tells the axes and the kind of numbers."""
    values = list(inputs)
    for step in program.steps:
        values.append(apply(step, [values[number] for number in step.inputs], like))
        for number in step.last:
            values[number] = like
    return values[program.outputs[0]]


def apply(step: Step, operands: list[Series], like: Series) -> Series:
    """One step."""
    if step.branches:
        return _piecewise(step, operands, like)
    if step.kernel is not None:
        message = f"'{step.operation}' is code, and Taylor arithmetic computes with formulas"
        raise DerivError(message, hint="nest backward passes, as in `--order 3 or --engine reverse`")
    if step.operation == "constant":
        return like.constant(step.constant)
    if step.operation == "pow_constant":
        return constant_power(operands[0], step.constant)
    return TAYLOR_RULES[step.operation](*operands)


def _piecewise(step: Step, operands: list[Series], like: Series) -> Series:
    """Each branch at the points that take it alone; a condition reads the values there."""
    count = max((u.terms.shape[-1] for u in operands), default=1)
    values = [u.value.expand(count) for u in operands]
    waiting = torch.ones(count, dtype=torch.bool, device=like.terms.device)
    pieces: list[tuple[Tensor, TaylorRule]] = []
    for branch in step.branches:
        chosen = waiting & plain.forward(branch.condition, values, count)
        pieces.append((chosen, lambda *inputs, program=branch.value: forward(program, inputs, like)))
        waiting = waiting & ~chosen
    pieces.append((waiting, lambda *_: like.constant(torch.nan)))
    return choose(pieces, *operands)
