"""Series of the elementary functions: each one a recurrence, or the integral of a slope that keeps its digits."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from operator import neg

import torch
from torch import Tensor

from derivcli.engines.taylor.recurrences import (
    TaylorRule,
    anchored,
    derivative,
    growing,
    integral,
    linear,
    pair,
    power,
    sloping,
    square_root,
    truncated,
)
from derivcli.engines.taylor.series import Series, choose
from derivcli.engines.torch.rules import TORCH_RULES


def from_zero(u: Series) -> Tensor:
    """The sign of the value at each point, 1 at 0."""
    return torch.where(u.value < 0, -1.0, 1.0).to(u.terms.dtype)


# Powers and logarithms

exp = growing(TORCH_RULES["exp"], lambda base, u: linear(base, derivative(u)))
log = growing(TORCH_RULES["log"], lambda base, u: integral(base, derivative(u) / truncated(u)))
log1p = growing(TORCH_RULES["log1p"], sloping(lambda u: 1 / (1 + u)))
sqrt = growing(TORCH_RULES["sqrt"], square_root)


def constant_power(u: Series, exponent: float) -> Series:
    """u to a constant power: by multiplication where that is a whole number, so that a polynomial ends."""
    grow = growing(partial(torch.pow, exponent=exponent), partial(_constant_power, exponent=exponent))
    return grow(u)


MAX_MULTIPLIED_POWER = 4096
"""Up to this power multiplying costs no digits that matter. Beyond, only where the recurrence divides by 0."""


def _constant_power(base: Series, u: Series, exponent: float) -> Series:
    whole = exponent >= 0 and float(exponent).is_integer()
    multiplied = anchored(lambda u: _repeated(u, int(exponent)))
    if whole and exponent <= MAX_MULTIPLIED_POWER:
        return multiplied(base, u)
    zero = (u.value == 0) & (exponent > 0)
    at_zero = multiplied if whole else partial(_by_lower_power, exponent=exponent)
    nonzero = partial(power, exponent=torch.full_like(u.value[:1], exponent))
    return choose([(zero, at_zero), (~zero, nonzero)], base, u)


def _by_lower_power(base: Series, u: Series, exponent: float) -> Series:
    """D y = r u^(r-1) D u, which can be followed down at 0, where the recurrence divides by 0."""
    return integral(base, exponent * constant_power(truncated(u), exponent - 1) * derivative(u))


def _repeated(u: Series, times: int) -> Series:
    """u multiplied by itself, by squares."""
    if times < 2:
        return u if times else u.constant(1.0)
    half = _repeated(u, times // 2)
    return half * half * u if times % 2 else half * half


def _power(base: Series, u: Series, v: Series) -> Series:
    """u^v as exp(v*log(u)), or with an exponent that is another at each point but a constant there."""
    if not v.is_constant:
        none = _is_nothing(u) & (v.value > 0)
        raised = (~none, lambda base, u, v: linear(base, derivative(v * log(u))))
        return choose([(none, lambda base, u, v: base.lifted(u.caps[0])), raised], base, u, v)
    zero = (u.value == 0) & torch.isfinite(v.value)
    return choose([(zero, _power_at_zero), (~zero, lambda base, u, v: power(base, u, v.value))], base, u, v)


def _is_nothing(u: Series) -> Tensor:
    """Where a series is 0 and stays so."""
    ended = len(u) == 1 or len(u) <= u.caps[0]
    return torch.all(u.terms.flatten(0, -2) == 0, dim=0) & ended


def _power_at_zero(base: Series, u: Series, v: Series) -> Series:
    """The powers of a series that begins with 0, for one exponent after the other."""
    exponents = sorted(set(v.value.tolist()))
    pieces = [(v.value == each, partial(_constant_power, exponent=each)) for each in exponents]
    return choose(pieces, base, u)


pow_ = growing(TORCH_RULES["pow"], _power)


def _root(base: Series, u: Series, n: Series) -> Series:
    """The real root: a constant power 1/n, of negative numbers too."""
    if not n.is_constant:
        return linear(base, derivative(log(u) / n))
    zero = u.value == 0
    return choose([(zero, _root_at_zero), (~zero, lambda base, u, n: power(base, u, 1 / n.value))], base, u, n)


def _root_at_zero(base: Series, u: Series, n: Series) -> Series:
    return integral(base, pow_(truncated(u), truncated(1 / n - 1)) * derivative(u) / n.value)


root = growing(TORCH_RULES["root"], _root)


# Trigonometric functions


def _wave(slope: TaylorRule, back: Callable[[Series], Series]) -> TaylorRule:
    """A way to grow together with the slope, whose own slope is the function or, going `back`, minus that."""

    def grow(base: Series, u: Series) -> Series:
        step = derivative(u)
        return pair(base, slope(u.first), step, back(step))[0]

    return grow


sin: TaylorRule = growing(TORCH_RULES["sin"], _wave(lambda u: cos(u), neg))
cos: TaylorRule = growing(TORCH_RULES["cos"], _wave(lambda u: -sin(u), neg))


def hypot_of(u: Series, v: Series) -> Series:
    """sqrt(u^2 + v^2), of which the values are brought near 1 by a power of 2, so that nothing overflows."""
    size = torch.maximum(abs(u.value), abs(v.value))
    scale = torch.where((size > 0) & torch.isfinite(size), torch.exp2(torch.floor(torch.log2(size))), 1)
    u, v = u / scale, v / scale
    return sqrt(u * u + v * v) * scale


hypot = growing(TORCH_RULES["hypot"], anchored(hypot_of))


def complement(u: Series) -> Series:
    """1 - u^2, of which every coefficient is right, near 0 and near 1."""
    near = abs(u.value) < 0.5
    return choose([(near, lambda u: 1 - u * u), (~near, lambda u: (1 - u) * (1 + u))], u)


def logit_slope(u: Series) -> Series:
    """1/(u*(1-u)), of which every coefficient is right, at 1/2 too."""
    near = abs(u.value - 0.5) < 0.25
    return choose([(near, lambda u: 4 / complement(2 * u - 1)), (~near, lambda u: 1 / (u * (1 - u)))], u)


def from_one(u: Series) -> Series:
    """sqrt(1 + u^2)."""
    return hypot(u, u.constant(1.0))


# Hyperbolic functions


sinh: TaylorRule = growing(TORCH_RULES["sinh"], _wave(lambda u: cosh(u), lambda step: step))
cosh: TaylorRule = growing(TORCH_RULES["cosh"], _wave(lambda u: sinh(u), lambda step: step))

MAX_NEAR_SIZE = 0.25
"""Below it 1/cosh(u) and 1/sinh(u) keep more digits, above it what is made of exp(-|u|)."""


def _by_size(near: TaylorRule, far: TaylorRule) -> TaylorRule:
    def grow(u: Series) -> Series:
        small = abs(u.value) < MAX_NEAR_SIZE
        return choose([(small, near), (~small, far)], u)

    return anchored(grow)


def _sech_far(u: Series) -> Series:
    e = exp(u * -from_zero(u))
    return 2 * e / (1 + e * e)


def _csch_far(u: Series) -> Series:
    sign = from_zero(u)
    return 2 * sign * exp(u * -sign) / -expm1(u * (-2 * sign))


expm1 = growing(TORCH_RULES["expm1"], sloping(exp))
sech = growing(TORCH_RULES["sech"], _by_size(lambda u: 1 / cosh(u), _sech_far))
csch = growing(TORCH_RULES["csch"], _by_size(lambda u: 1 / sinh(u), _csch_far))
tanh = growing(TORCH_RULES["tanh"], sloping(lambda u: constant_power(sech(u), 2)))


def sigmoid_slope(u: Series) -> Series:
    """(sech(u/2)/2)^2."""
    half = sech(u / 2) / 2
    return half * half


sigmoid = growing(TORCH_RULES["sigmoid"], sloping(sigmoid_slope))


# By their slopes

TWO_OVER_SQRT_PI = 2 / math.sqrt(math.pi)


def _angle_slope(x: Series, y: Series) -> Series:
    """x/(x^2 + y^2) without overflow."""
    size = hypot(x, y)
    return x / size / size


def _quotient_slope(u: Series, v: Series) -> Series:
    """u/v, and 0 where both are 0."""
    none = (u.value == 0) & (v.value == 0)
    return choose([(none, lambda u, v: u * 0), (~none, lambda u, v: u / v)], u, v)


BY_SLOPES: dict[str, tuple[TaylorRule, ...]] = {
    "log2": (lambda u: 1 / (u * math.log(2)),),
    "log10": (lambda u: 1 / (u * math.log(10)),),
    "logit": (logit_slope,),
    "xlogy": (lambda u, v: log(v), _quotient_slope),
    "xlog1py": (lambda u, v: log1p(v), lambda u, v: _quotient_slope(u, 1 + v)),
    "tan": (lambda u: constant_power(cos(u), -2),),
    "asin": (lambda u: 1 / sqrt(complement(u)),),
    "acos": (lambda u: -1 / sqrt(complement(u)),),
    "atan": (lambda u: 1 / (1 + u * u),),
    "acot": (lambda u: -1 / (1 + u * u),),
    "atan2": (lambda y, x: _angle_slope(x, y), lambda y, x: -_angle_slope(y, x)),
    "coth": (lambda u: -constant_power(csch(u), 2),),
    "asinh": (lambda u: 1 / from_one(u),),
    "acosh": (lambda u: 1 / (sqrt(u - 1) * sqrt(u + 1)),),
    "atanh": (lambda u: 1 / complement(u),),
    "asech": (lambda u: -1 / (u * sqrt(complement(u))),),
    "acsch": (lambda u: -1 / (u * from_zero(u) * from_one(u)),),
    "tanhshrink": (lambda u: constant_power(tanh(u), 2),),
    "logsumexp": (lambda u, v: sigmoid(u - v), lambda u, v: sigmoid(v - u)),
    "erf": (lambda u: TWO_OVER_SQRT_PI * exp(-(u * u)),),
    "erfc": (lambda u: -TWO_OVER_SQRT_PI * exp(-(u * u)),),
}
"""The slopes of functions in each parameter, in a form that keeps the digits of every coefficient."""
