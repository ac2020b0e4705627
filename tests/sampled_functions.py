"""Functions that are hard to draw, with their slopes, in floats and in high precision; and how far a line is from them.

A function is written once, for a value with its slope and a namespace of arithmetic: NumPy's for what is sampled,
mpmath's for what judges it.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.sampling.sampled import Sampled

Floats = NDArray[np.float64]


class Dual:
    """A value with its slope."""

    def __init__(self, m: Any, value: Any, slope: Any) -> None:
        self.m, self.value, self.slope = m, value, slope

    def of(self, value: Any, slope: Any) -> Dual:
        """The value of an outer function, whose slope there is given."""
        return Dual(self.m, value, slope * self.slope)

    def __add__(self, other: Any) -> Dual:
        other = self.lift(other)
        return Dual(self.m, self.value + other.value, self.slope + other.slope)

    def __mul__(self, other: Any) -> Dual:
        other = self.lift(other)
        return Dual(self.m, self.value * other.value, self.slope * other.value + self.value * other.slope)

    def __neg__(self) -> Dual:
        return self * -1

    def __sub__(self, other: Any) -> Dual:
        return self + -self.lift(other)

    def __rsub__(self, other: Any) -> Dual:
        return self.lift(other) + -self

    def __rtruediv__(self, other: Any) -> Dual:
        return self.of(1 / self.value, -1 / (self.value * self.value)) * self.lift(other)

    def __truediv__(self, other: Any) -> Dual:
        return self * (1 / self.lift(other))

    def __pow__(self, power: int) -> Dual:
        return self.of(self.value**power, power * self.value ** (power - 1))

    __radd__, __rmul__ = __add__, __mul__

    def lift(self, other: Any) -> Dual:
        """Another value, or a constant."""
        return other if isinstance(other, Dual) else Dual(self.m, other, 0)


class Floating:
    """Arithmetic on arrays."""

    sin, cos, tan, exp, log, sqrt, atan = np.sin, np.cos, np.tan, np.exp, np.log, np.sqrt, np.arctan
    cbrt, floor, sign, asin, acosh = np.cbrt, np.floor, np.sign, np.arcsin, np.arccosh

    @staticmethod
    def where(condition: Any, yes: Any, no: Any) -> Any:
        return np.where(condition, yes, no)


class Exact:
    """Arithmetic in 30 digits on one number, nan where there is no real value."""

    sin, cos, tan, exp, atan, floor, sign = (
        mpmath.sin,
        mpmath.cos,
        mpmath.tan,
        mpmath.exp,
        mpmath.atan,
        mpmath.floor,
        mpmath.sign,
    )

    log = staticmethod(lambda x: mpmath.log(x) if x > 0 else mpmath.nan)
    sqrt = staticmethod(lambda x: mpmath.sqrt(x) if x >= 0 else mpmath.nan)
    cbrt = staticmethod(lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)))
    asin = staticmethod(lambda x: mpmath.asin(x) if abs(x) <= 1 else mpmath.nan)
    acosh = staticmethod(lambda x: mpmath.acosh(x) if x >= 1 else mpmath.nan)

    @staticmethod
    def where(condition: Any, yes: Any, no: Any) -> Any:
        return yes if condition else no


def sin(x: Dual) -> Dual:
    return x.of(x.m.sin(x.value), x.m.cos(x.value))


def tan(x: Dual) -> Dual:
    return x.of(x.m.tan(x.value), 1 / x.m.cos(x.value) ** 2)


def exp(x: Dual) -> Dual:
    return x.of(x.m.exp(x.value), x.m.exp(x.value))


def log(x: Dual) -> Dual:
    return x.of(x.m.log(x.value), 1 / x.value)


def sqrt(x: Dual) -> Dual:
    return x.of(x.m.sqrt(x.value), 1 / (2 * x.m.sqrt(x.value)))


def cbrt(x: Dual) -> Dual:
    return x.of(x.m.cbrt(x.value), 1 / (3 * x.m.cbrt(x.value) ** 2))


def atan(x: Dual) -> Dual:
    return x.of(x.m.atan(x.value), 1 / (1 + x.value * x.value))


def asin(x: Dual) -> Dual:
    return x.of(x.m.asin(x.value), 1 / x.m.sqrt(1 - x.value * x.value))


def acosh(x: Dual) -> Dual:
    return x.of(x.m.acosh(x.value), 1 / x.m.sqrt(x.value * x.value - 1))


def size(x: Dual) -> Dual:
    return x.of(abs(x.value), x.m.sign(x.value))


def floor(x: Dual) -> Dual:
    return x.of(x.m.floor(x.value), 0)


def sign(x: Dual) -> Dual:
    return x.of(x.m.sign(x.value), 0)


def relu(x: Dual) -> Dual:
    return (x + size(x)) * 0.5


def power(x: Dual, exponent: Dual | float) -> Dual:
    return exp(log(x) * exponent)


Formula = Callable[[Dual], Dual]


@dataclass(frozen=True)
class Case:
    """A function on an interval, where it breaks, and where its slope breaks besides.

    `hidden` are breaks that floats do not show: holes that a limit fills, and places with ever faster swings.
    """

    formula: Formula
    low: float
    high: float
    breaks: tuple[float, ...] = ()
    corners: tuple[float, ...] = ()
    hidden: tuple[float, ...] = ()

    def floats(self, x: Floats) -> list[Floats]:
        """The function and its slope."""
        with np.errstate(all="ignore"):
            found = self.formula(Dual(Floating, x, np.ones_like(x)))
            return [found.value + 0 * x, found.slope + 0 * x]

    def exact(self, x: float) -> tuple[float, float]:
        """The same in high precision; nan where there is none."""
        with mpmath.workdps(30):
            try:
                found = self.formula(Dual(Exact, mpmath.mpf(x), mpmath.mpf(1)))
                value = float(found.value)
                return value, math.nan if math.isnan(value) else float(found.slope)
            except (ZeroDivisionError, ValueError, OverflowError):
                return math.nan, math.nan


def _odd(first: int, last: int) -> tuple[float, ...]:
    return tuple((k + 0.5) * math.pi for k in range(first, last + 1))


def _multiples(unit: float, first: int, last: int) -> tuple[float, ...]:
    return tuple(k * unit for k in range(first, last + 1))


CASES = {
    "x^2": Case(lambda x: x**2, -3, 3),
    "x^3-3x": Case(lambda x: x**3 - 3 * x, -3, 3),
    "x^20": Case(lambda x: x**20, -3, 3),
    "x^2+1e6": Case(lambda x: x**2 + 1e6, -3, 3),
    "1e-200 x^3": Case(lambda x: 1e-200 * x**3, -3, 3),
    "1e300 sin x": Case(lambda x: 1e300 * sin(x), -9, 9),
    "relu": Case(relu, -3, 3, (), (0,)),
    "|x|": Case(size, -3, 3, (), (0,)),
    "sqrt|x|": Case(lambda x: sqrt(size(x)), -3, 3, (), (0,)),
    "cbrt": Case(cbrt, -3, 3, (), (0,)),
    "cbrt x^2": Case(lambda x: cbrt(x**2), -2, 2, (), (0,)),
    "|x|^0.05": Case(lambda x: power(size(x), 0.05), -3, 3, (), (0,)),
    "sqrt x": Case(sqrt, -3, 3, (0,), ()),
    "sqrt(1-x^2)": Case(lambda x: sqrt(1 - x**2), -2, 2, (-1, 1), ()),
    "asin": Case(asin, -2, 2, (-1, 1), ()),
    "acosh": Case(acosh, -2, 4, (1,), ()),
    "x^x": Case(lambda x: power(x, x), -1, 3, (0,)),
    "log": Case(log, -3, 3, (0,)),
    "log|x|": Case(lambda x: log(size(x)), -3, 3, (0,)),
    "x log|x|": Case(lambda x: x * log(size(x)), -1, 1, corners=(0,), hidden=(0,)),
    "1/log x": Case(lambda x: 1 / log(x), -1, 4, (0, 1)),
    "log sin x": Case(lambda x: log(sin(x)), -9, 9, _multiples(math.pi, -2, 2)),
    "sqrt sin x": Case(lambda x: sqrt(sin(x)), -9, 9, _multiples(math.pi, -2, 2)),
    "1/x": Case(lambda x: 1 / x, -3, 3, (0,)),
    "1/x^2": Case(lambda x: 1 / x**2, -3, 3, (0,)),
    "1/(x-1/3)": Case(lambda x: 1 / (x - 1 / 3), -3, 3, (1 / 3,)),
    "1/(x-1/3)^2": Case(lambda x: 1 / (x - 1 / 3) ** 2, -3, 3, (1 / 3,)),
    "1/(x-0.7)^6": Case(lambda x: 1 / (x - 0.7) ** 6, -3, 3, (0.7,)),
    "x/(x^2-1)": Case(lambda x: x / (x**2 - 1), -3, 3, (-1, 1)),
    "tan": Case(tan, -9, 9, _odd(-3, 2)),
    "1/cos": Case(lambda x: 1 / sin(x + math.pi / 2), -9, 9, _odd(-3, 2)),
    "1/sin": Case(lambda x: 1 / sin(x), -9, 9, _multiples(math.pi, -2, 2)),
    "floor": Case(floor, -4.5, 4.5, _multiples(1, -4, 4)),
    "floor 3x": Case(lambda x: floor(3 * x), -2.1, 2.1, _multiples(1 / 3, -6, 6)),
    "x-floor x": Case(lambda x: x - floor(x), -4.5, 4.5, _multiples(1, -4, 4)),
    "floor 1/x": Case(lambda x: floor(1 / x), 0.049, 3, tuple(1 / k for k in range(1, 21))),
    "sign": Case(sign, -3, 3, (0,)),
    "sign sin": Case(lambda x: sign(sin(x)), -9, 9, _multiples(math.pi, -2, 2)),
    "x+0.01 sign": Case(lambda x: x + 0.01 * sign(x - 0.2), -1, 1, (0.2,)),
    "atan 1/x": Case(lambda x: atan(1 / x), -3, 3, (0,)),
    "1/(1+exp(1/x))": Case(lambda x: 1 / (1 + exp(1 / x)), -3, 3, (0,)),
    "exp(1/x)": Case(lambda x: exp(1 / x), -3, 3, (0,)),
    "exp(-1/x^2)": Case(lambda x: exp(-1 / x**2), -3, 3),
    "exp": Case(exp, -3, 3),
    "exp 10x": Case(lambda x: exp(10 * x), -9, 9),
    "exp(-x^2)": Case(lambda x: exp(-(x**2)), -4, 4),
    "tanh 1000x": Case(lambda x: 1 - 2 / (exp(2000 * x) + 1), -0.3, 0.3),
    "atan 1e5(x-0.3)": Case(lambda x: atan(1e5 * (x - 0.3)), -3, 3),
    "1/(x^2+1e-6)": Case(lambda x: 1 / (x**2 + 1e-6), -3, 3),
    "1/((x-0.3)^2+1e-9)": Case(lambda x: 1 / ((x - 0.3) ** 2 + 1e-9), -3, 3),
    "exp(-(1000(x-0.3))^2)": Case(lambda x: exp(-((1000 * (x - 0.3)) ** 2)), -3, 3),
    "x+exp(-(300(x-0.3))^2)": Case(lambda x: x + exp(-((300 * (x - 0.3)) ** 2)), -3, 3),
    "sin": Case(sin, -9, 9),
    "sin 50x": Case(lambda x: sin(50 * x), -3, 3),
    "sin 300x": Case(lambda x: sin(300 * x), -3, 3),
    "sin 1000x": Case(lambda x: sin(1000 * x), -3, 3),
    "sin x+sin(200x)/50": Case(lambda x: sin(x) + sin(200 * x) / 50, -3, 3),
    "sin x^2": Case(lambda x: sin(x**2), -20, 20),
    "sin exp x": Case(lambda x: sin(exp(x)), -3, 6),
    "|sin x|": Case(lambda x: size(sin(x)), -9, 9, (), _multiples(math.pi, -2, 2)),
    "sin 1/x": Case(lambda x: sin(1 / x), -1, 1, hidden=(0,)),
    "x sin 1/x": Case(lambda x: x * sin(1 / x), -1, 1, hidden=(0,)),
    "x^2 sin 1/x": Case(lambda x: x**2 * sin(1 / x), -0.1, 0.1, hidden=(0,)),
    "sin tan": Case(lambda x: sin(tan(x)), -1.2, 1.9, hidden=_odd(0, 0)),
    "sin x/x": Case(lambda x: sin(x) / x, -20, 20, hidden=(0,)),
    "(x^2-1)/(x-1)": Case(lambda x: (x**2 - 1) / (x - 1), -3, 3, hidden=(1,)),
}


def drawn_case(seed: int) -> Case:
    """A function put together by chance."""
    draw = random.Random(seed)

    def formula(depth: int) -> Formula:
        scale, shift = draw.choice((0.3, 1.0, 3.0, 20.0)), round(draw.uniform(-2, 2), 3)
        kinds: list[Callable[[Formula], Formula]] = [
            lambda f: lambda x: sin(f(x)),
            lambda f: lambda x: 1 / (f(x) ** 2 + scale / 100),
            lambda f: lambda x: size(f(x) - shift),
            lambda f: lambda x: floor(scale * f(x)) + f(x),
            lambda f: lambda x: cbrt(f(x) - shift),
            lambda f: lambda x: sqrt(f(x) - shift),
            lambda f: lambda x: 1 / (f(x) - shift),
            lambda f: lambda x: log(f(x) - shift),
            lambda f: lambda x: exp(-(f(x) ** 2)),
            lambda f: lambda x: atan(scale * f(x)),
            lambda f: lambda x: tan(f(x)),
        ]
        if not depth:
            return lambda x: scale * (x - shift)
        inner, kind = formula(depth - 1), draw.choice(kinds)
        if draw.random() < 0.5:
            return kind(inner)
        outer, factor = kind(inner), formula(depth - 1)
        return draw.choice((lambda x: outer(x) + factor(x), lambda x: outer(x) * factor(x)))

    return Case(formula(draw.choice((1, 2, 2, 3))), -3, 3)


def distances(x: Floats, y: Floats, found: Sampled, wide: float, tall: float) -> Floats:
    """How many pixels each point is from the nearest line."""
    nearest = np.full(len(x), np.inf)
    for stroke in found.strokes:
        across, up = stroke.x / wide, stroke.y / tall
        starts = np.maximum(np.searchsorted(across, x / wide - 1) - 1, 0)
        ends = np.minimum(np.searchsorted(across, x / wide + 1) + 1, len(across))
        for place in np.flatnonzero(ends - starts > 1):
            part = slice(starts[place], ends[place])
            along = np.diff(np.stack((across[part], up[part])))
            to = np.array([[x[place] / wide], [y[place] / tall]]) - np.stack((across[part], up[part]))[:, :-1]
            share = np.clip((along * to).sum(axis=0) / np.maximum((along**2).sum(axis=0), 1e-300), 0, 1)
            nearest[place] = min(nearest[place], np.hypot(*(to - share * along)).min())
    return nearest


def faults(found: Sampled, x: Floats, y: Floats, ends: tuple[float, float], canvas: tuple[int, int]) -> list[str]:
    """What is wrong with lines through a function with such values, in a picture from one end to the other."""
    wrong = []
    low, high = found.window
    wide, tall = (ends[1] - ends[0]) / canvas[0], (high - low) / canvas[1]
    shown = (y >= low) & (y <= high)
    if tall > 0 and shown.any():
        away = distances(x[shown], y[shown], found, wide, tall)
        if away.max() > 0.5:
            wrong.append(f"{away.max():.2f} pixels away at {x[shown][away.argmax()]!r}")
    lines = [(stroke.x[0], stroke.x[-1]) for stroke in found.strokes]
    empty = [place for place in x[np.isnan(y)] if any(a + wide < place < b - wide for a, b in lines)]
    wrong += [f"a line where there is no value, at {place!r}" for place in empty[:1]]
    if any((np.diff(stroke.x) < 0).any() or not np.isfinite(stroke.y).all() for stroke in found.strokes):
        wrong.append("a line that goes back, or has no value")
    return wrong


def false_breaks(found: Sampled, breaks: Sequence[float], wide: float) -> list[str]:
    """Breaks that lines go over, and gaps between lines where there is no break."""
    lines, near = [(stroke.x[0], stroke.x[-1]) for stroke in found.strokes], 1e-12 * max(1, *map(abs, (0, *breaks)))
    wrong = [f"a line over {place!r}" for place in breaks for a, b in lines if a + near < place < b - near]
    for (_, end), (start, _) in itertools.pairwise(lines):
        if not any(end - near - wide / 100 <= place <= start + near + wide / 100 for place in breaks):
            wrong.append(f"no line between {end!r} and {start!r}")
    return wrong
