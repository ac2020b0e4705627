"""Formulas in `x` with their first two derivatives, at points of mpmath one by one or of NumPy all at once.

Where a formula has no real value, and at a kink, a jump or an edge, what there is not is nan.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, reduce
from types import SimpleNamespace
from typing import Any

import mpmath
import numpy as np
from scipy import special

DIGITS = 50
Scalar = Any
"""A number of mpmath or an array of NumPy."""


@dataclass(frozen=True, slots=True)
class Slopes:
    """A function's value and its first two derivatives; `m` computes with them."""

    m: Any
    value: Scalar
    first: Scalar
    second: Scalar

    def of(self, number: Any) -> Slopes:
        """A constant, or what it is."""
        return (
            number
            if isinstance(number, Slopes)
            else Slopes(self.m, self.m.number(number), 0 * self.first, 0 * self.first)
        )

    def through(self, value: Scalar, first: Scalar, second: Scalar) -> Slopes:
        """A function of this one from its own value and derivatives."""
        return Slopes(self.m, value, first * self.first, second * self.first**2 + first * self.second)

    def __neg__(self) -> Slopes:
        return Slopes(self.m, -self.value, -self.first, -self.second)

    def __add__(self, other: Any) -> Slopes:
        other = self.of(other)
        return Slopes(self.m, self.value + other.value, self.first + other.first, self.second + other.second)

    def __sub__(self, other: Any) -> Slopes:
        return self + -self.of(other)

    def __mul__(self, other: Any) -> Slopes:
        other = self.of(other)
        first = self.value * other.first + self.first * other.value
        second = self.value * other.second + 2 * self.first * other.first + self.second * other.value
        return Slopes(self.m, self.value * other.value, first, second)

    def __truediv__(self, other: Any) -> Slopes:
        return self * power(self.of(other), self.of(-1))

    def __pow__(self, other: Any) -> Slopes:
        return power(self, self.of(other))

    def __abs__(self) -> Slopes:
        return self.through(abs(self.value), self.m.sign(self.value), 0 * self.value)

    def __lt__(self, other: Any) -> Any:
        return self.value < self.of(other).value

    def __gt__(self, other: Any) -> Any:
        return self.value > self.of(other).value

    def __le__(self, other: Any) -> Any:
        return self.value <= self.of(other).value

    def __ge__(self, other: Any) -> Any:
        return self.value >= self.of(other).value


def power(base: Slopes, exponent: Slopes) -> Slopes:
    """A power; a base below 0 wants a whole exponent that does not vary."""
    m = base.m
    fixed = m.constant(exponent)
    if fixed is None:
        logarithm = base.through(*m.log(base.value))
        grown = exponent * logarithm
        return grown.through(*m.exp(grown.value))
    if fixed == 0:
        return base.of(1)
    return base.through(*m.powers(base.value, fixed))


class ByMpmath:
    """Numbers of mpmath; a function gives its value and two derivatives."""

    nan, sign, pi, e = mpmath.nan, staticmethod(mpmath.sign), mpmath.pi, mpmath.e
    calls: Any = mpmath

    @staticmethod
    def number(number: Any) -> Scalar:
        return mpmath.mpf(number)

    @staticmethod
    def constant(exponent: Slopes) -> Any:
        return None if exponent.first or exponent.second or mpmath.isnan(exponent.first) else exponent.value

    @staticmethod
    def where(condition: Any, then: Scalar, other: Scalar) -> Scalar:
        return then if condition else other

    @staticmethod
    def powers(base: Scalar, exponent: Scalar) -> tuple[Scalar, Scalar, Scalar]:
        if base < 0 and not mpmath.isint(exponent):
            return (mpmath.nan,) * 3
        found, factor = [], mpmath.mpf(1)
        for down in range(3):
            raised = mpmath.nan if base == 0 and exponent - down < 0 else base ** (exponent - down)
            found.append(factor * raised if factor else mpmath.mpf(0))
            factor *= exponent - down
        return found[0], found[1], found[2]

    def __getattr__(self, name: str) -> Callable[..., tuple[Scalar, Scalar, Scalar]]:
        def guarded(*given: Scalar) -> tuple[Scalar, Scalar, Scalar]:
            if any(map(mpmath.isnan, given)):
                return (mpmath.nan,) * 3
            try:
                found = tuple(map(mpmath.mpmathify, FUNCTIONS[name](mpmath, *given)))
            except (ZeroDivisionError, ValueError):  # an edge, at which there may be a value
                found = (mpmath.mpmathify(EDGES[name](*given)) if name in EDGES else mpmath.nan, mpmath.nan, mpmath.nan)
            is_real = not mpmath.im(found[0])
            return tuple(mpmath.re(each) if is_real and not mpmath.im(each) else mpmath.nan for each in found)

        return guarded


class ByNumPy:
    """Arrays of float64; a function gives its value and two derivatives."""

    nan, sign, pi, e = np.nan, staticmethod(np.sign), np.pi, np.e
    where = staticmethod(np.where)

    @staticmethod
    def number(number: Any) -> Scalar:
        return float(number)

    @staticmethod
    def constant(exponent: Slopes) -> Any:
        if np.any(exponent.first != 0) or np.any(exponent.second != 0):
            return None
        return float(np.ravel(exponent.value)[0])

    @staticmethod
    def powers(base: Scalar, exponent: float) -> tuple[Scalar, Scalar, Scalar]:
        factors = (1.0, exponent, exponent * (exponent - 1))
        found = [
            factor * np.power(base, exponent - down) if factor else 0.0 * base for down, factor in enumerate(factors)
        ]
        return found[0], found[1], found[2]

    def __getattr__(self, name: str) -> Callable[..., tuple[Scalar, Scalar, Scalar]]:
        def guarded(*given: Scalar) -> tuple[Scalar, Scalar, Scalar]:
            value, first, second = FUNCTIONS[name](SCIPY, *given)
            return value, np.where(np.isnan(value), np.nan, first), np.where(np.isnan(value), np.nan, second)

        return guarded


SCIPY = SimpleNamespace(
    sin=np.sin, cos=np.cos, tan=np.tan, exp=np.exp, log=np.log, sqrt=np.sqrt, atan=np.arctan, asin=np.arcsin,
    acos=np.arccos, sinh=np.sinh, cosh=np.cosh, tanh=np.tanh, asinh=np.arcsinh, acosh=np.arccosh, atanh=np.arctanh,
    erf=special.erf, erfc=special.erfc, erfi=special.erfi, gamma=special.gamma, loggamma=special.gammaln,
    psi=lambda n, x: special.digamma(x) if n == 0 else special.polygamma(n, x), floor=np.floor,
    ei=special.expi, si=lambda x: special.sici(x)[0], expm1=np.expm1, log1p=np.log1p, sign=np.sign, pi=np.pi,
    besselj=special.jv, bessely=special.yv, airyai=lambda x, derivative=0: special.airy(x)[derivative],
    lambertw=lambda x: np.where(x >= -1 / math.e, special.lambertw(x).real, np.nan), mpf=float,
)  # fmt: skip
"""SciPy's functions by the names of mpmath."""


def _tan(m: Any, x: Scalar) -> Any:
    t = m.tan(x)
    return t, 1 + t**2, 2 * t * (1 + t**2)


def _tanh(m: Any, x: Scalar) -> Any:
    t = m.tanh(x)
    return t, 1 - t**2, -2 * t * (1 - t**2)


def _log(m: Any, x: Scalar) -> Any:
    return m.log(x), 1 / x, -1 / x**2


def _cbrt(m: Any, x: Scalar) -> Any:
    third = m.mpf(1) / 3
    size = abs(x) ** third
    return m.sign(x) * size, third / size**2, -2 * third**2 * m.sign(x) / size**5


def _sigmoid(m: Any, x: Scalar) -> Any:
    s = 1 / (1 + m.exp(-x))
    return s, s * (1 - s), s * (1 - s) * (1 - 2 * s)


def _softplus(m: Any, x: Scalar) -> Any:
    s, slope, _ = _sigmoid(m, x)
    return m.log1p(m.exp(x)), s, slope


def _erf(m: Any, x: Scalar) -> Any:
    slope = 2 / m.sqrt(m.pi) * m.exp(-(x**2))
    return m.erf(x), slope, -2 * x * slope


def _erfc(m: Any, x: Scalar) -> Any:
    _, slope, curvature = _erf(m, x)
    return m.erfc(x), -slope, -curvature


def _gamma(m: Any, x: Scalar) -> Any:
    g, p = m.gamma(x), m.psi(0, x)
    return g, g * p, g * (p**2 + m.psi(1, x))


def _besselj(m: Any, n: Scalar, x: Scalar) -> Any:
    return (
        m.besselj(n, x), (m.besselj(n - 1, x) - m.besselj(n + 1, x)) / 2,
        (m.besselj(n - 2, x) - 2 * m.besselj(n, x) + m.besselj(n + 2, x)) / 4,
    )  # fmt: skip


def _lambertw(m: Any, x: Scalar) -> Any:
    w = m.lambertw(x)
    return w, m.exp(-w) / (1 + w), -(w + 2) * m.exp(-2 * w) / (1 + w) ** 3


def _atan(m: Any, x: Scalar) -> Any:
    return m.atan(x), 1 / (1 + x**2), -2 * x / (1 + x**2) ** 2


def _asin(m: Any, x: Scalar) -> Any:
    return m.asin(x), 1 / m.sqrt(1 - x**2), x / m.sqrt(1 - x**2) ** 3


FUNCTIONS: dict[str, Callable[..., tuple[Scalar, Scalar, Scalar]]] = {
    "sin": lambda m, x: (m.sin(x), m.cos(x), -m.sin(x)),
    "cos": lambda m, x: (m.cos(x), -m.sin(x), -m.cos(x)),
    "tan": _tan,
    "exp": lambda m, x: (m.exp(x),) * 3,
    "expm1": lambda m, x: (m.expm1(x), m.exp(x), m.exp(x)),
    "log": _log,
    "cbrt": _cbrt,
    "atan": _atan,
    "asin": _asin,
    "acos": lambda m, x: (m.acos(x), *(-each for each in _asin(m, x)[1:])),
    "sinh": lambda m, x: (m.sinh(x), m.cosh(x), m.sinh(x)),
    "cosh": lambda m, x: (m.cosh(x), m.sinh(x), m.cosh(x)),
    "tanh": _tanh,
    "asinh": lambda m, x: (m.asinh(x), 1 / m.sqrt(1 + x**2), -x / m.sqrt(1 + x**2) ** 3),
    "acosh": lambda m, x: (m.acosh(x), 1 / m.sqrt(x**2 - 1), -x / m.sqrt(x**2 - 1) ** 3),
    "atanh": lambda m, x: (m.atanh(x), 1 / (1 - x**2), 2 * x / (1 - x**2) ** 2),
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "erf": _erf,
    "erfc": _erfc,
    "gamma": _gamma,
    "loggamma": lambda m, x: (m.loggamma(x), m.psi(0, x), m.psi(1, x)),
    "digamma": lambda m, x: (m.psi(0, x), m.psi(1, x), m.psi(2, x)),
    "besselj": _besselj,
    "airyai": lambda m, x: (m.airyai(x), m.airyai(x, derivative=1), x * m.airyai(x)),
    "lambertw": _lambertw,
    "Ei": lambda m, x: (m.ei(x), m.exp(x) / x, m.exp(x) * (x - 1) / x**2),
    "Si": lambda m, x: (m.si(x), m.sin(x) / x, (x * m.cos(x) - m.sin(x)) / x**2),
}
"""A function's value and its first two derivatives."""


EDGES: dict[str, Callable[[Scalar], Scalar]] = {
    "Si": mpmath.si, "asin": mpmath.asin, "acos": mpmath.acos, "acosh": mpmath.acosh, "lambertw": mpmath.lambertw,
    "cbrt": lambda x: x,
}  # fmt: skip
"""Functions with a value where they have no slope."""


def spelled(m: Any) -> dict[str, Any]:
    """The names that a formula may use."""

    def call(name: str) -> Callable[..., Slopes]:
        return lambda *given: given[-1].through(*getattr(m, name)(*(each.value for each in given)))

    def if_(condition: Any, then: Slopes, other: Slopes) -> Slopes:
        parts = zip(parts_of(then), parts_of(other), strict=True)
        return Slopes(m, *(m.where(condition, one, two) for one, two in parts))

    def stepped(step: Callable[[Scalar], Scalar]) -> Callable[[Slopes], Slopes]:
        return lambda x: Slopes(m, step(x.value), 0 * x.first, 0 * x.first)

    def constant(number: Any) -> Slopes:
        return Slopes(m, m.number(number), m.number(0), m.number(0))

    names: dict[str, Any] = {name: call(name) for name in FUNCTIONS}
    floor = mpmath.floor if isinstance(m, ByMpmath) else np.floor
    names |= {
        "N": constant, "pi": Slopes(m, m.pi, m.number(0), m.number(0)),
        "e": Slopes(m, m.e, m.number(0), m.number(0)), "abs": abs, "sqrt": lambda x: x ** constant("0.5"),
        "if_": if_, "max": lambda *all: reduce(lambda a, b: if_(a >= b, a, b), all),
        "min": lambda *all: reduce(lambda a, b: if_(a <= b, a, b), all),
        "floor": stepped(floor), "sign": stepped(m.sign), "relu": lambda x: if_(x >= 0, x, x.of(0)),
        "silu": lambda x: x * names["sigmoid"](x), "mish": lambda x: x * names["tanh"](names["softplus"](x)),
        "gelu": lambda x: x * (names["erf"](x / constant(2) ** constant("0.5")) + 1) / constant(2),
    }  # fmt: skip
    return names


def parts_of(slopes: Slopes) -> tuple[Scalar, Scalar, Scalar]:
    return slopes.value, slopes.first, slopes.second


NUMBERS, MPMATH, NUMPY = re.compile(r"(?<![\w.])(\d+\.?\d*(?:e-?\d+)?|\.\d+)"), ByMpmath(), ByNumPy()
SPELLED = {kind: spelled(kind) for kind in (MPMATH, NUMPY)}


@cache
def compiled(text: str) -> Any:
    """A formula of the tests' own as code."""
    plain = NUMBERS.sub(r'N("\1")', text.replace("^", "**").replace("if(", "if_("))
    return compile(plain, text, "eval")


def at(text: str, x: Scalar) -> tuple[Scalar, Scalar, Scalar]:
    """The value and two derivatives at a number of mpmath."""
    found = eval(
        compiled(text),
        {"__builtins__": {}},
        SPELLED[MPMATH] | {"x": Slopes(MPMATH, +mpmath.mpf(x), mpmath.mpf(1), mpmath.mpf(0))},
    )
    return parts_of(found)


def along(text: str, x: np.ndarray) -> np.ndarray:
    """The values and two derivatives at float64 numbers, three rows; they are rounded, and may be wrong anywhere."""
    with np.errstate(all="ignore"):
        found = eval(
            compiled(text),
            {"__builtins__": {}},
            SPELLED[NUMPY] | {"x": Slopes(NUMPY, x, np.ones_like(x), np.zeros_like(x))},
        )
    return np.array([np.broadcast_to(part, x.shape) for part in parts_of(found)])
