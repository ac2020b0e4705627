"""Functions whose values and derivatives keep their digits where torch's lose them: in tails, near 0, at extremes.

A slope stands as a product or quotient without a difference that cancels, and without an intermediate number
that overflows, so that its own derivative comes out right too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from derivcli.engines.torch.tensors import at_hand

TorchRule = Callable[..., Tensor]


class _WithSlopes(torch.autograd.Function):
    """A kernel that is differentiated by the slopes given, one function for each input."""

    @staticmethod
    def forward(ctx: Any, kernel: TorchRule, slopes: tuple[TorchRule, ...], *inputs: Tensor) -> Tensor:
        ctx.slopes = slopes
        ctx.save_for_backward(*inputs)
        return kernel(*inputs)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor | None, ...]:
        inputs = ctx.saved_tensors
        pairs = zip(ctx.slopes, ctx.needs_input_grad[2:], strict=True)
        return (None, None, *(grad_outputs[0] * slope(*inputs) if needed else None for slope, needed in pairs))


def with_slopes(kernel: TorchRule, *slopes: TorchRule, name: str = "") -> TorchRule:
    """A rule whose forward is `kernel` and whose backward multiplies by the slopes.

    Its nodes are called by the name, the kernel's own if none is given, so that a graph can be read.
    """
    words = (name or kernel.__name__).strip("_").split("_")
    made: Any = type("".join(map(str.capitalize, words)), (_WithSlopes,), {})
    apply_function: TorchRule = made.apply
    return lambda *inputs: apply_function(kernel, slopes, *inputs)


MAX_NEAR_SIGMOID = 4.0
"""Below it torch's derivative of the logistic function, made of 1 - y, keeps 14 digits."""


def sigmoid_once(x: Tensor) -> Tensor:
    """The logistic function to be differentiated once: torch's own, which costs least, where that is right."""
    if not at_hand(x):
        return sigmoid(x)
    return torch.sigmoid(x) if _are_near(x) else _far_sigmoid(x)


def _are_near(x: Tensor) -> bool:
    return not x.numel() or x.amax().item() < MAX_NEAR_SIGMOID


class _FarSigmoid(torch.autograd.Function):
    """The logistic function at points of which some are far. Each has the derivative that it has alone."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        y = torch.sigmoid(x)
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> Tensor:
        x, y = ctx.saved_tensors
        usual = torch.ops.aten.sigmoid_backward(grad_outputs[0], y)
        return torch.where(x < MAX_NEAR_SIGMOID, usual, grad_outputs[0] * (y * torch.sigmoid(-x)))


_far_sigmoid: TorchRule = _FarSigmoid.apply


def _sigmoid_slope(x: Tensor) -> Tensor:
    """sech(x/2)^2/4, and y - y^2 or y*sigmoid(-x), which cost less, where that is no longer to be differentiated."""
    if torch.is_grad_enabled():
        return (sech(x / 2) / 2) ** 2
    y = torch.sigmoid(x)
    if not at_hand(x):
        return y * torch.sigmoid(-x)
    near = torch.addcmul(y, y, y, value=-1)
    return near if _are_near(x) else torch.where(x < MAX_NEAR_SIGMOID, near, y * torch.sigmoid(-x))


def _tanh_slope(x: Tensor) -> Tensor:
    """sech(x)^2, and 1/cosh(x)^2, which costs less, where that is no longer to be differentiated."""
    return sech(x) ** 2 if torch.is_grad_enabled() else torch.cosh(x) ** -2


def _sech(x: Tensor) -> Tensor:
    """1/cosh(x) as 2*e/(1 + e^2) with e = exp(-|x|), which does not overflow."""
    e = torch.exp(-torch.abs(x))
    return 2 * e / (1 + e * e)


def _csch(x: Tensor) -> Tensor:
    """1/sinh(x) as 2*e/(1 - e^2) with e = exp(-|x|) and the sign of x."""
    size = torch.abs(x)
    return torch.copysign(2 * torch.exp(-size) / -torch.expm1(-2 * size), x)


def _asech(x: Tensor) -> Tensor:
    """acosh(1/x) as asinh(sqrt(1 - x^2)/x), which keeps its digits near 1."""
    return torch.where(x >= 0, torch.asinh(torch.sqrt((1 - x) * (1 + x)) / x), torch.nan)


def _logit(x: Tensor) -> Tensor:
    """log(x/(1 - x)): near 1/2 as 2*atanh(2*x - 1), where the logarithms cancel."""
    middle = torch.abs(x - 0.5) < 0.25
    return torch.where(middle, 2 * torch.atanh(2 * x - 1), torch.log(x) - torch.log1p(-x))


def _tanhshrink(x: Tensor) -> Tensor:
    """x - tanh(x): near 0, where the two cancel, x*r/(1 + r) with r = x^2/(3 + x^2/(5 + x^2/(7 + ...)))."""
    square = x * x
    rest = torch.zeros_like(x)
    for odd in range(23, 1, -2):
        rest = square / (odd + rest)
    return torch.where(torch.abs(x) < 1, x * (rest / (1 + rest)), x - torch.tanh(x))


complement = with_slopes(lambda x: (1 - x) * (1 + x), lambda x: -2 * x, name="complement")
"""1 - x^2: right near 1, and its slope right near 0."""

hypot: TorchRule = with_slopes(torch.hypot, lambda x, y: direction(x, y), lambda x, y: direction(y, x))

direction: TorchRule = with_slopes(
    lambda x, y: x / torch.hypot(x, y),
    lambda x, y: direction(y, x) ** 2 / hypot(x, y),
    lambda x, y: -direction(x, y) * direction(y, x) / hypot(x, y),
    name="direction",
)
"""x/hypot(x, y), whose derivatives as a quotient would be differences."""

power: TorchRule = with_slopes(torch.pow, lambda x, n: _power_slope(x, n), lambda x, n: _power_times_log(x, n))
"""x^n, whose derivatives PyTorch loses above the first order where n is a whole number: it takes n = 0 for fixed."""

expm1 = with_slopes(torch.expm1, torch.exp)
asin = with_slopes(torch.asin, lambda x: 1 / torch.sqrt(complement(x)))
acos = with_slopes(torch.acos, lambda x: -1 / torch.sqrt(complement(x)))
atan = with_slopes(torch.atan, lambda x: _atan_slope(x))
acot = with_slopes(lambda x: torch.atan(1 / x), lambda x: -_atan_slope(x), name="acot")
atan2 = with_slopes(torch.atan2, lambda y, x: _over_square(x, y), lambda y, x: -_over_square(y, x))
sech: TorchRule = with_slopes(_sech, lambda x: -sech(x) * tanh(x))
csch: TorchRule = with_slopes(_csch, lambda x: -csch(x) * coth(x))
tanh: TorchRule = with_slopes(torch.tanh, _tanh_slope)
coth: TorchRule = with_slopes(lambda x: 1 / torch.tanh(x), lambda x: -(csch(x) ** 2), name="coth")
asinh = with_slopes(torch.asinh, lambda x: 1 / _from_one(x))
acosh = with_slopes(torch.acosh, lambda x: 1 / (torch.sqrt(x - 1) * torch.sqrt(x + 1)))
atanh = with_slopes(torch.atanh, lambda x: 1 / complement(x))
asech = with_slopes(_asech, lambda x: -1 / (x * torch.sqrt(complement(x))))
acsch = with_slopes(lambda x: torch.asinh(1 / x), lambda x: -1 / torch.abs(x) / _from_one(x), name="acsch")
sigmoid = with_slopes(torch.sigmoid, _sigmoid_slope, name="sigmoid")
"""The logistic function with one graph for whatever points there are, and all its derivatives right."""
logit = with_slopes(_logit, lambda x: 1 / (x * (1 - x)))
tanhshrink = with_slopes(_tanhshrink, lambda x: tanh(x) ** 2)
softsign = with_slopes(torch.nn.functional.softsign, lambda x: (1 / (1 + torch.abs(x))) ** 2)
logsumexp = with_slopes(torch.logaddexp, lambda x, y: sigmoid(x - y), lambda x, y: sigmoid(y - x))


def _power_slope(x: Tensor, n: Tensor) -> Tensor:
    """n*x^(n-1), and 0 for 0^0."""
    constant = (x == 0) & (n == 0)
    return torch.where(constant, 0, n * power(torch.where(constant, 1, x), n - 1))


def _power_times_log(x: Tensor, n: Tensor) -> Tensor:
    """x^n*log(x), and 0 at x = 0, where it tends to that."""
    at_zero = (x == 0) & (n >= 0)
    base = torch.where(at_zero, 1, x)
    return torch.where(at_zero, 0, power(base, n) * torch.log(base))


def _atan_slope(x: Tensor) -> Tensor:
    """1/(1 + x^2). Where it is to be differentiated, it goes through a root, since its square would overflow."""
    return _from_one(x) ** -2 if torch.is_grad_enabled() else 1 / (1 + x * x)


def _over_square(x: Tensor, y: Tensor) -> Tensor:
    """x/(x^2 + y^2) without squares that overflow. If it is not differentiated, by the smaller over the larger."""
    if torch.is_grad_enabled():
        return direction(x, y) / hypot(x, y)
    steep = torch.abs(x) >= torch.abs(y)
    ratio = torch.where(steep, y / x, x / y)
    return torch.where(steep, 1, ratio) / torch.where(steep, x, y) / (1 + ratio * ratio)


def _from_one(x: Tensor) -> Tensor:
    """sqrt(1 + x^2), which does not overflow."""
    return hypot(x, torch.ones_like(x))


DIVISORS = {torch.float64: 2.0**1000, torch.float32: 2.0**100}
"""A divisor by which no quotient overflows that a smaller one makes overflow."""


def dividing(operation: TorchRule, rounding_mode: str) -> TorchRule:
    """A remainder of x/y, also where the quotient overflows: there torch's loops over arrays give NaN."""

    def lost(found: Tensor, x: Tensor, y: Tensor) -> Tensor:
        return found.isnan() & x.isfinite() & y.isfinite() & (y != 0)

    def kernel(x: Tensor, y: Tensor) -> Tensor:
        found = operation(x, y)
        return torch.where(lost(found, x, y), operation(torch.fmod(x, y * DIVISORS[found.dtype]), y), found)

    slopes = (lambda x, y: torch.ones_like(x), lambda x, y: -torch.div(x, y, rounding_mode=rounding_mode))
    whole = with_slopes(kernel, *slopes, name=operation.__name__)

    def rule(x: Tensor, y: Tensor) -> Tensor:
        found = operation(x, y)
        return whole(x, y) if not at_hand(found) or lost(found, x, y).any() else found

    return rule
