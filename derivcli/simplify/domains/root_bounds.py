"""Whether a formula has no root beyond some number, by intervals that reach to infinity.

An end of an interval may be infinite; what lies in it is a real number all the same, so that 0 times it is 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import sympy
from flint import arb, ctx, fmpq

from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.engines.balls.evaluation import ball_of, coordinate
from derivcli.engines.symbolic import derivative_of
from derivcli.language.tree import Tree, row_of

BOUNDS = (64, 256, 1024, 4096, 2**16, 2**24, 2**40)
"""Numbers beyond which there may be no root, tried in this order."""

MAX_DERIVATIVES = 4
"""A formula's sign may follow from its derivative's, and so on, so many times."""

INTERVAL_BITS = 128

INFINITY = arb("inf")

Interval = tuple[arb, arb]


@dataclass(frozen=True, slots=True)
class _Monotone:
    """A function that grows or falls from one number at -infinity, or at its edge, to another at infinity."""

    value: Callable[[arb], arb]
    first: Callable[[], arb]
    last: Callable[[], arb]
    edge: int | None = None


def _infinite() -> arb:
    return +INFINITY


MONOTONE = {
    "exp": _Monotone(arb.exp, lambda: arb(0), _infinite),
    "expm1": _Monotone(arb.expm1, lambda: arb(-1), _infinite),
    "log": _Monotone(arb.log, lambda: -INFINITY, _infinite, edge=0),
    "log1p": _Monotone(arb.log1p, lambda: -INFINITY, _infinite, edge=-1),
    "atan": _Monotone(arb.atan, lambda: -arb.pi() / 2, lambda: arb.pi() / 2),
    "tanh": _Monotone(arb.tanh, lambda: arb(-1), lambda: arb(1)),
    "sinh": _Monotone(arb.sinh, lambda: -INFINITY, _infinite),
    "asinh": _Monotone(arb.asinh, lambda: -INFINITY, _infinite),
    "acosh": _Monotone(arb.acosh, lambda: arb(0), _infinite, edge=1),
    "erf": _Monotone(arb.erf, lambda: arb(-1), lambda: arb(1)),
    "erfc": _Monotone(arb.erfc, lambda: arb(2), lambda: arb(0)),
}


def root_bound(tree: Tree, name: str) -> int | None:
    """A number beyond which, on both sides of 0, a formula is shown to have no root; None if none is found."""
    for size in BOUNDS:
        if all(_has_no_root(tree, name, side, size) for side in (1, -1)):
            return size
    return None


def _has_no_root(tree: Tree, name: str, side: int, size: int) -> bool:
    ctx.prec = INTERVAL_BITS
    far = _Far(name, (arb(size), +INFINITY) if side > 0 else (-INFINITY, arb(-size)))
    try:
        return far.sign(tree) != 0 or far.sign_by_slope(tree, side, arb(side * size)) != 0
    except NoValueError:
        return True


@dataclass(slots=True)
class _Far:
    """Interval arithmetic: the values of formulas where a variable lies in an interval."""

    name: str
    where: Interval
    known: dict[Tree, Interval] = field(default_factory=dict)

    def sign(self, tree: Any) -> int:
        """The sign that a formula has everywhere; 0 if it is not known to have one."""
        with suppress(UnsureError):
            if isinstance(tree, sympy.Mul):
                return math.prod(self.sign(part) for part in tree.args)
            if isinstance(tree, sympy.exp) or (isinstance(tree, sympy.Pow) and self.sign(tree.base) > 0):
                self.interval(tree.args[-1])
                return 1
            low, high = self.interval(tree)
            return int(low > 0) - int(high < 0)
        return 0

    def sign_by_slope(self, tree: Tree, side: int, end: arb, depth: int = 0) -> int:
        """The sign of a formula that at the end of the interval has one and from there on moves away from 0."""
        with suppress(UnsureError, NoValueError):
            self.interval(tree)  # which is known of smooth formulas alone
            slope = derivative_of(tree, (self.name,))
            here = _Far(self.name, (end, end)).sign(tree)
            if here and depth < MAX_DERIVATIVES:
                sign = self.sign(slope) or self.sign_by_slope(slope, side, end, depth + 1)
                return here if sign * side == here else 0
        return 0

    def interval(self, tree: Any) -> Interval:
        """An interval that holds all values of a formula."""
        if tree not in self.known:
            low, high = self.anew(tree)
            if not low <= high:
                raise UnsureError
            self.known[tree] = low, high
        return self.known[tree]

    def anew(self, tree: Any) -> Interval:
        if tree.is_Symbol:
            return self.where
        if not tree.free_symbols:
            ball = ball_of(coordinate(tree), INTERVAL_BITS)
            return ball.lower(), ball.upper()
        if isinstance(tree, sympy.Pow):
            return self.power(tree.base, tree.exp)
        parts = [self.interval(part) for part in tree.args]
        if isinstance(tree, sympy.Add):
            return reduce(_sum, parts)
        if isinstance(tree, sympy.Mul):
            return reduce(_product, parts)
        return _of_call(getattr(row_of(tree), "name", ""), parts)

    def power(self, base: Any, exponent: Any) -> Interval:
        """The values of a power with a rational exponent, or with a number above 0 as its base."""
        if not base.free_symbols:
            return self.interval(sympy.exp(sympy.Mul(exponent, sympy.log(base)), evaluate=False))
        if not exponent.is_Rational:
            raise UnsureError
        size = abs(exponent)
        found = _whole_power(self.interval(base), int(size)) if size.is_Integer else _root(self.interval(base), size)
        return found if exponent > 0 else _reciprocal(found)


def _of_call(name: str, parts: list[Interval]) -> Interval:
    if name in ("sin", "cos"):
        return arb(-1), arb(1)
    if name in MONOTONE and len(parts) == 1:
        return _image(MONOTONE[name], parts[0])
    if name == "cosh":
        return _image(_Monotone(arb.cosh, _infinite, _infinite), _size(parts[0]))
    if name == "abs":  # with a kink, at which its derivative is of no known sign
        return _size(parts[0])
    raise UnsureError


def _sum(one: Interval, other: Interval) -> Interval:
    return (one[0] + other[0]).lower(), (one[1] + other[1]).upper()


def _product(one: Interval, other: Interval) -> Interval:
    ends = [arb(0) if a == 0 or b == 0 else a * b for a in one for b in other]
    return _least(ends), _greatest(ends)


def _least(ends: list[arb]) -> arb:
    return reduce(lambda a, b: a if a < b else b, [end.lower() for end in ends])


def _greatest(ends: list[arb]) -> arb:
    return reduce(lambda a, b: a if a > b else b, [end.upper() for end in ends])


def _size(part: Interval) -> Interval:
    low, high = part
    return (low, high) if low >= 0 else (-high, -low) if high <= 0 else (arb(0), _greatest([-low, high]))


def _reciprocal(part: Interval) -> Interval:
    low, high = part
    if not (low > 0 or high < 0):
        raise UnsureError
    ends = [arb(0) if not end.is_finite() else 1 / end for end in (high, low)]
    return ends[0].lower(), ends[1].upper()


def _whole_power(part: Interval, exponent: int) -> Interval:
    low, high = part if exponent % 2 else _size(part)
    return _raised(low, exponent).lower(), _raised(high, exponent).upper()


def _raised(end: arb, exponent: int) -> arb:
    return end**exponent if end.is_finite() else end


def _root(part: Interval, exponent: Any) -> Interval:
    """A power that is not whole, of which the base is nowhere below 0."""
    low, high = _within(part, 0)
    power = fmpq(int(exponent.p), int(exponent.q))
    ends = [end**power if end.is_finite() and end > 0 else end for end in (low, high)]
    return ends[0].lower(), ends[1].upper()


def _within(part: Interval, edge: int) -> Interval:
    """An interval that is not below an edge; NoValueError if it is."""
    low, high = part
    if high < edge:
        raise NoValueError
    if not low >= edge:
        raise UnsureError
    return low, high


def _image(function: _Monotone, part: Interval) -> Interval:
    """The values of a function that grows or falls."""
    low, high = part if function.edge is None else _within(part, function.edge)
    first = function.first() if low == -INFINITY or low == function.edge else function.value(low)
    last = function.last() if high == INFINITY else function.value(high)
    return _least([first, last]), _greatest([first, last])
