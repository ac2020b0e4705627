"""What each row of the function table means, written anew in mpmath, and samples that its domain leaves out."""

from collections.abc import Callable
from typing import Any

import mpmath
from mpmath import mpf

from tests.oracles_special import ELSEWHERE_SPECIAL, SPECIAL


def real_root(x: Any, n: Any) -> Any:
    return mpmath.sign(x) * abs(x) ** (1 / mpf(n)) if n % 2 == 1 else x ** (1 / mpf(n))


def logsumexp(*x: Any) -> Any:
    return mpmath.log(mpmath.fsum(map(mpmath.exp, x)))


def sigmoid(x: Any) -> Any:
    return mpmath.exp(x) / (1 + mpmath.exp(x))


def softmax(*x: Any) -> Any:
    return mpmath.exp(x[0]) / mpmath.fsum(map(mpmath.exp, x))


def truncated(x: Any) -> Any:
    return mpmath.sign(x) * mpmath.floor(abs(x))


def between(x: Any, lo: Any, hi: Any) -> Any:
    return lo + 0 * x if x < lo else hi + 0 * x if x > hi else x


def gelu_tanh(x: Any) -> Any:
    """By its definition, 0.044715 being the decimal number."""
    return x / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpf(44715) / 1000000 * x**3)))


with mpmath.workdps(40):
    LAMBDA = mpf("1.0507009873554804934193349852946")
    ALPHA = mpf("1.6732632423543772848170429916717")

ORACLE: dict[str, Callable[..., Any]] = {
    "pow": lambda x, n: x**n,
    "sqrt": mpmath.sqrt,
    "cbrt": lambda x: real_root(x, 3),
    "root": real_root,
    "exp": mpmath.exp,
    "exp2": lambda x: mpf(2) ** x,
    "expm1": mpmath.expm1,
    "log": mpmath.log,
    "log2": lambda x: mpmath.log(x) / mpmath.log(2),
    "log10": lambda x: mpmath.log(x) / mpmath.log(10),
    "log1p": lambda x: mpmath.log(1 + x),
    "logit": lambda x: mpmath.log(x / (1 - x)),
    "xlogy": lambda x, y: x * mpmath.log(y),
    "xlog1py": lambda x, y: x * mpmath.log(1 + y),
    "entr": lambda x: -x * mpmath.log(x),
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "sec": mpmath.sec,
    "csc": mpmath.csc,
    "cot": mpmath.cot,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atan": mpmath.atan,
    "asec": mpmath.asec,
    "acsc": mpmath.acsc,
    "acot": mpmath.acot,
    "atan2": mpmath.atan2,
    "deg2rad": lambda x: x * mpmath.pi / 180,
    "rad2deg": lambda x: x * 180 / mpmath.pi,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "sech": mpmath.sech,
    "csch": mpmath.csch,
    "coth": mpmath.coth,
    "asinh": mpmath.asinh,
    "acosh": mpmath.acosh,
    "atanh": mpmath.atanh,
    "asech": mpmath.asech,
    "acsch": mpmath.acsch,
    "acoth": mpmath.acoth,
    "abs": abs,
    "sign": mpmath.sign,
    "floor": mpmath.floor,
    "ceil": mpmath.ceil,
    "round": mpmath.nint,
    "trunc": truncated,
    "frac": lambda x: x - mpmath.floor(x),
    "mod": lambda x, y: x - y * mpmath.floor(x / y),
    "fmod": lambda x, y: x - y * truncated(x / y),
    "max": lambda *x: max(x),
    "min": lambda *x: min(x),
    "clamp": between,
    "heaviside": lambda x: (mpmath.sign(x) + 1) / 2,
    "hypot": lambda x, y: mpmath.sqrt(x * x + y * y),
    **SPECIAL,
    "relu": lambda x: (x + abs(x)) / 2,
    "relu6": lambda x: between(x, 0, 6),
    "leaky_relu": lambda x, slope: x if x > 0 else slope * x,
    "prelu": lambda x, slope: x if x > 0 else slope * x,
    "threshold": lambda x, t, v: x if x > t else v,
    "hardtanh": between,
    "hardsigmoid": lambda x: between(x / 6 + mpf(0.5), 0, 1),
    "hardswish": lambda x: x * between(x / 6 + mpf(0.5), 0, 1),
    "hardshrink": lambda x, t: x if abs(x) > t else 0 * x,
    "softshrink": lambda x, t: mpmath.sign(x) * max(abs(x) - t, 0),
    "elu": lambda x, alpha: x if x > 0 else alpha * (mpmath.exp(x) - 1),
    "celu": lambda x, alpha: x if x > 0 else alpha * (mpmath.exp(x / alpha) - 1),
    "selu": lambda x: LAMBDA * (x if x > 0 else ALPHA * (mpmath.exp(x) - 1)),
    "softsign": lambda x: x / (1 + abs(x)),
    "tanhshrink": lambda x: x - mpmath.tanh(x),
    "sigmoid": sigmoid,
    "logsigmoid": lambda x: mpmath.log(sigmoid(x)),
    "softplus": lambda x: logsumexp(0, x),
    "silu": lambda x: x * sigmoid(x),
    "gelu": lambda x: x * mpmath.ncdf(x),
    "gelu_tanh": gelu_tanh,
    "mish": lambda x: x * mpmath.tanh(logsumexp(0, x)),
    "logsumexp": logsumexp,
    "softmax": softmax,
    "log_softmax": lambda *x: mpmath.log(softmax(*x)),
}

ELSEWHERE: dict[str, list[tuple[float, ...]]] = {
    **ELSEWHERE_SPECIAL,
    "cbrt": [(-8.5,)],
    "tan": [(2.5,)],
    "sec": [(2.5,)],
    "csc": [(-1.5,)],
    "cot": [(-1.5,)],
    "asec": [(-2.5,)],
    "acsc": [(-2.5,)],
    "acot": [(-0.5,)],
    "atan2": [(-1.5, -2.5)],
    "csch": [(-1.5,)],
    "coth": [(-1.5,)],
    "acsch": [(-1.5,)],
    "acoth": [(-1.5,)],
    "abs": [(-1.5,)],
    "sign": [(-1.5,)],
    "floor": [(-1.5,), (2.75,)],
    "ceil": [(-1.5,), (2.75,)],
    "frac": [(-1.25,), (2.75,)],
    "mod": [(-7.25, 2.0), (7.25, -3.0), (7.25, 2.5)],
    "max": [(2.5, 1.5)],
    "min": [(2.5, 1.5)],
    "heaviside": [(-1.5,)],
    "hypot": [(-3.5, 4.5)],
    "relu": [(-1.5,)],
    "leaky_relu": [(1.5, 0.25)],
    "elu": [(1.5, 0.75)],
    "logit": [(1e-9,), (0.4999,), (0.9999,)],
    "xlogy": [(-1.5, 0.75)],
    "xlog1py": [(-1.5, 1e-9)],
    "round": [(-1.75,), (2.75,), (2.25,)],
    "trunc": [(-1.5,), (2.75,)],
    "fmod": [(-7.25, 2.0), (7.25, -3.0), (7.25, 2.5)],
    "clamp": [(-1.5, -1.0, 2.0), (2.5, -1.0, 2.0)],
    "relu6": [(-1.5,), (7.5,)],
    "prelu": [(1.5, 0.25)],
    "threshold": [(-1.5, 0.25, 3.0)],
    "hardtanh": [(-1.5, -1.0, 2.0), (2.5, -1.0, 2.0)],
    "hardsigmoid": [(-3.5,), (3.5,)],
    "hardswish": [(-3.5,), (3.5,)],
    "hardshrink": [(-1.5, 0.25), (0.125, 0.25)],
    "softshrink": [(-1.5, 0.25), (0.125, 0.25)],
    "celu": [(1.5, 0.75)],
    "softsign": [(-1e6,), (1e9,)],
    "tanhshrink": [(1e-6,), (-0.99,), (1.01,), (-50.0,)],
}
"""Samples on branches that the domain leaves out."""
