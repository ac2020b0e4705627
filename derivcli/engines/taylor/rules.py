"""The Taylor interpretation of programs: a rule on series for every operation, and the run of the steps.

The rules are tables by how a function grows: by its slopes, along straight lines, by a formula of the function table,
or by an equation of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor

from derivcli.engines.program import Program, Step, lower_derivative
from derivcli.engines.special_functions.polynomials import RECURRENCES, RecurrenceStep
from derivcli.engines.taylor import elementary
from derivcli.engines.taylor.bessel import AIRY, BESSEL, BESSEL_K
from derivcli.engines.taylor.composition import SAMPLED
from derivcli.engines.taylor.definite_integrals import integral
from derivcli.engines.taylor.elementary import BY_SLOPES, TWO_OVER_SQRT_PI, constant_power
from derivcli.engines.taylor.elliptic import ELLIPTIC
from derivcli.engines.taylor.gamma import GAMMA
from derivcli.engines.taylor.integrals import expint, inverse
from derivcli.engines.taylor.recurrences import TaylorRule, anchored, growing, sloping, where_constant
from derivcli.engines.taylor.series import Series, choose
from derivcli.engines.torch.rules import TORCH_RULES, branches_taken, integral_of_numbers
from derivcli.errors import DerivError
from derivcli.language.functions.table import vocabulary

# Along straight lines: steps, extremes and kinks, as PyTorch has them


def _share(above: Tensor, below: Tensor) -> Tensor:
    """1 where the first is greater, 1/2 at a tie."""
    return torch.heaviside(above - below, above.new_tensor(0.5))


def _taken(x: Tensor, y: Tensor, rest: Tensor) -> Tensor:
    """Minus how many times y was taken from x to leave the rest. The floor of a rounded quotient may differ."""
    return torch.round((rest - x) / y)


BY_WEIGHTS: dict[str, tuple[Callable[..., Tensor], ...]] = {
    "abs": (torch.sign,),
    "relu": (lambda x: (x > 0).to(x.dtype),),
    "max": (_share, lambda x, y: _share(y, x)),
    "min": (lambda x, y: _share(y, x), _share),
    "mod": (lambda x, y: torch.ones_like(x), lambda x, y: _taken(x, y, torch.remainder(x, y))),
    "fmod": (lambda x, y: torch.ones_like(x), lambda x, y: _taken(x, y, torch.fmod(x, y))),
}
"""Functions that are sums of their arguments times numbers, which depend on the values of the arguments."""

CONSTANT_BETWEEN_JUMPS = ("sign", "floor", "round", "trunc")


def _straight(name: str, weights: Sequence[Callable[..., Tensor]]) -> TaylorRule:

    def formula(*inputs: Series) -> Series:
        values = [u.value for u in inputs]
        total, *rest = [
            Series(torch.where(weight == 0, 0, u.terms * weight), u.caps)
            for u, weight in zip(inputs, [weight(*values) for weight in weights], strict=True)
        ]
        for term in rest:
            total = total + term
        return total

    return growing(TORCH_RULES[name], anchored(formula))


def _constant(name: str) -> TaylorRule:
    return growing(TORCH_RULES[name], lambda base, u: base.lifted(u.caps[0]))


# By formulas of the function table

BY_FORMULA = ("erfi", "Ei", "Si", "Ci", "Shi", "Chi", "fresnels", "fresnelc")
"""Functions whose slopes, as the table has them, lead back to others."""


def by_formula(name: str) -> TaylorRule:
    """The rule of such a function."""
    slopes = [partial(_slope, name, index) for index in range(len(vocabulary()[name].parameters))]
    return growing(TORCH_RULES[name], sloping(*slopes))


def _slope(name: str, index: int, *inputs: Series) -> Series:
    """The derivative of a row in its parameter `index`, by its formula."""
    return forward(lower_derivative(name, index), inputs, inputs[0])


def integral_to(name: str, *fixed: int) -> TaylorRule:
    """An elliptic integral: by its slope in z, and where one of the other parameters varies by quadrature."""
    return where_constant(by_formula(name), ELLIPTIC[name], *fixed)


# By equations of their own


def _polynomial(name: str, step: RecurrenceStep) -> TaylorRule:

    def formula(n: Series, *parameters: Series) -> Series:
        degree, *others, x = int(n.value[0]), *parameters
        numbers = [float(u.value[0]) if u.terms.numel() == 1 else u for u in others]
        now, before = x.constant(float(degree >= 0)), x.constant(0.0)
        for k in range(degree):
            now, before = step(k, now, before, *numbers, x), now
        return now

    return growing(TORCH_RULES[name], anchored(formula))


ELEMENTARY = "sqrt root exp expm1 log log1p sin cos hypot sinh cosh sech csch tanh sigmoid".split()
"""Functions that `elementary.py` has."""

TAYLOR_RULES: dict[str, TaylorRule] = {
    "add": lambda u, v: u + v,
    "subtract": lambda u, v: u - v,
    "multiply": lambda u, v: u * v,
    "divide": lambda u, v: u / v,
    "negative": lambda u: -u,
    "pow": elementary.pow_,
    **{name: getattr(elementary, name) for name in ELEMENTARY},
    **{name: growing(TORCH_RULES[name], sloping(*slopes)) for name, slopes in BY_SLOPES.items()},
    "softsign": growing(TORCH_RULES["softsign"], sloping(lambda u: constant_power(1 + TAYLOR_RULES["abs"](u), -2))),
    **{name: _straight(name, weights) for name, weights in BY_WEIGHTS.items()},
    **{name: _constant(name) for name in CONSTANT_BETWEEN_JUMPS},
    **{name: by_formula(name) for name in BY_FORMULA},
    **{name: _polynomial(name, step) for name, step in RECURRENCES.items()},
    **SAMPLED,
    **AIRY,
    **BESSEL_K,
    **BESSEL,
    **GAMMA,
    **ELLIPTIC,
    **{name: integral_to(name, 1) for name in ("elliptic_f", "elliptic_e_inc")},
    "elliptic_pi_inc": integral_to("elliptic_pi_inc", 0, 2),
    "ellipint": integral_to("ellipint", 3, 5),
    "erfinv": growing(TORCH_RULES["erfinv"], inverse(1 / TWO_OVER_SQRT_PI, 2)),
    "erfcinv": growing(TORCH_RULES["erfcinv"], inverse(-1 / TWO_OVER_SQRT_PI, 2)),
    "ndtri": growing(TORCH_RULES["ndtri"], inverse(math.sqrt(2 * math.pi), 1)),
    "expint": expint,
}
"""The rule of every operation but `constant`, `pow_constant`, `piecewise` and conditions, which read values alone."""


def forward(program: Program, inputs: Sequence[Series], like: Series) -> Series:
    """The series of a program with one output. `like` tells the axes and the kind of numbers."""
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
    if step.integrand is not None:
        return _integral(step.integrand, operands, like)
    if step.operation == "constant":
        return like.constant(step.constant)
    if step.operation == "pow_constant":
        return constant_power(operands[0], step.constant)
    return TAYLOR_RULES[step.operation](*operands)


def _integral(integrand: Program, operands: list[Series], like: Series) -> Series:

    def heights(*inputs: Series) -> Series:
        return forward(integrand, inputs, inputs[0])

    def plain(*values: Tensor) -> Tensor:
        count = max(map(len, values))
        return integral_of_numbers(integrand, [value.expand(count) for value in values], count)

    return integral(heights, plain, operands, like)


def _piecewise(step: Step, operands: list[Series], like: Series) -> Series:
    """Each branch at the points that take it alone. A condition reads the values there."""

    def branch(program: Program | None, *inputs: Series) -> Series:
        return like.constant(torch.nan) if program is None else forward(program, inputs, like)

    count = max((u.terms.shape[-1] for u in operands), default=1)
    values = [u.value.expand(count) for u in operands]
    taken = branches_taken(step, values, count, like.terms.device)
    return choose([(chosen, partial(branch, program)) for chosen, program in taken], *operands)
