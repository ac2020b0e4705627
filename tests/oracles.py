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
    "frac": lambda x: x - mpmath.floor(x),
    "mod": lambda x, y: x - y * mpmath.floor(x / y),
    "max": max,
    "min": min,
    "heaviside": lambda x: (mpmath.sign(x) + 1) / 2,
    "hypot": lambda x, y: mpmath.sqrt(x * x + y * y),
    **SPECIAL,
    "relu": lambda x: (x + abs(x)) / 2,
    "leaky_relu": lambda x, slope: x if x > 0 else slope * x,
    "elu": lambda x, alpha: x if x > 0 else alpha * (mpmath.exp(x) - 1),
    "sigmoid": sigmoid,
    "softplus": lambda x: logsumexp(0, x),
    "silu": lambda x: x * sigmoid(x),
    "gelu": lambda x: x * mpmath.ncdf(x),
    "mish": lambda x: x * mpmath.tanh(logsumexp(0, x)),
    "logsumexp": logsumexp,
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
}
"""Samples on branches that the domain leaves out."""
