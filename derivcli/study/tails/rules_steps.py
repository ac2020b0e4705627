"""The rules of values of functions that are made of pieces, and of comparisons."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flint import fmpq

from derivcli.engines.balls.errors import UnsureError
from derivcli.engines.balls.integers import floor, only_whole
from derivcli.engines.balls.tape import HOLDS
from derivcli.study.tails.calculus import Calculus, Value
from derivcli.study.tails.regular import Rule, at_whole
from derivcli.study.tails.stretch import TooFarError

HALF = fmpq(1, 2)


def _by_sign(function: Callable[[Calculus, int, Value], Value]) -> Rule:
    return lambda run, x: function(run, run.sign(x), x)


def _greatest(sense: int) -> Rule:
    def rule(run: Calculus, *values: Value) -> Value:
        best = values[0]
        for value in values[1:]:
            if sense * run.sign(run.difference(best, value)) < 0:
                best = value
        return best

    return rule


def _below(run: Calculus, x: Value) -> fmpq:
    """The greatest whole number below a value, the same for all t."""
    if run.split(x)[0].terms:
        raise UnsureError
    x = at_whole(run, x)
    hull, center = run.models.values(x.jet[0]), run.split(x)[1]
    middle = only_whole(center)
    if middle is None:
        below = floor(hull)
        if below is None:
            raise TooFarError
        return fmpq(below)
    less = run.sign(run.difference(x, run.number(middle))) < 0
    next_one = middle - 1 if less else middle + 1
    other = run.sign(run.difference(x, run.number(next_one)))
    if other * (1 if less else -1) <= 0:
        raise TooFarError
    return fmpq(middle - 1 if less else middle)


def _floor(run: Calculus, x: Value) -> Value:
    return run.number(_below(run, x))


def _round(run: Calculus, x: Value) -> Value:
    """To the nearest whole number; halves are at the point alone, or all along."""
    if run.rational(x) is not None:
        raise UnsureError
    return run.number(_below(run, run.sum(x, run.number(HALF))))


def _trunc(run: Calculus, x: Value) -> Value:
    sign = run.sign(x)
    return run.number(sign * _below(run, x if sign >= 0 else run.scaled(x, -1)))


def _mod(part: Rule, run: Calculus, x: Value, y: Value) -> Value:
    whole = part(run, run.quotient(x, y))
    return run.difference(x, run.product(y, whole))


def _compare(holds: Callable[[int], bool], run: Calculus, x: Value, y: Value) -> bool:
    return holds(run.sign(run.difference(x, y)))


STEPS: dict[str, Rule] = {
    **{mark: partial(_compare, holds) for mark, holds in HOLDS.items()},
    "abs": _by_sign(lambda run, sign, x: x if sign >= 0 else run.scaled(x, -1)),
    "sign": _by_sign(lambda run, sign, x: run.number(sign)),
    "relu": _by_sign(lambda run, sign, x: x if sign > 0 else run.number(0)),
    "max": _greatest(1),
    "min": _greatest(-1),
    "floor": _floor,
    "round": _round,
    "trunc": _trunc,
    "mod": partial(_mod, _floor),
    "fmod": partial(_mod, _trunc),
}
