"""The rules of germs of functions that are made of pieces, and of comparisons."""

from __future__ import annotations

from collections.abc import Callable

from flint import fmpq

from derivcli.engines.balls.errors import NoValueError
from derivcli.engines.balls.germs.approach import Approach, GermRule
from derivcli.engines.balls.germs.germ import CONSTANT_TERM, Germ
from derivcli.engines.balls.tape import HOLDS


def _abs(run: Approach, x: Germ) -> Germ:
    if run.germs.is_bounded(x):
        return x
    return run.germs.negative(x) if run.sign(x) < 0 else x


def _relu(run: Approach, x: Germ) -> Germ:
    if run.germs.is_bounded(x):
        return x
    return x if run.sign(x) > 0 else Germ({})


def _greatest(sense: int) -> GermRule:
    """The greatest of the operands or, with `sense` -1, the least."""

    def rule(run: Approach, *parts: Germ) -> Germ:
        best = parts[0]
        for part in parts[1:]:
            if sense * run.sign(run.germs.difference(best, part)) < 0:
                best = part
        return best

    return rule


def _stepping(rule: GermRule) -> GermRule:
    """A step to a whole number. Where its argument grows without bound, all that is known is that it is near."""

    def near(run: Approach, x: Germ) -> Germ:
        if run.germs.is_bounded(x) or any(place < CONSTANT_TERM for place in x.terms):
            return run.germs.sum([x, run.germs.bounded()])
        return rule(run, x)  # type: ignore[no-any-return]

    return near


@_stepping
def _floor(run: Approach, x: Germ) -> Germ:
    return run.germs.number(run.whole_below(x)[0])


@_stepping
def _round(run: Approach, x: Germ) -> Germ:
    """To the nearest whole number, halves to the even one."""
    below, tie = run.whole_below(run.germs.sum([x, run.germs.number(fmpq(1, 2))]))
    return run.germs.number(below - 1 if tie and below.p % 2 else below)


@_stepping
def _trunc(run: Approach, x: Germ) -> Germ:
    sign = run.sign(x)
    below, _ = run.whole_below(x if sign >= 0 else run.germs.negative(x))
    return run.germs.number(sign * below)


def _mod(part: GermRule) -> GermRule:
    """x - y*part(x/y)."""

    def rule(run: Approach, x: Germ, y: Germ) -> Germ:
        if run.sign(y) == 0:
            raise NoValueError
        return run.germs.difference(x, run.germs.product(y, part(run, run.germs.quotient(x, y))))

    return rule


def _compare(holds: Callable[[int], bool]) -> GermRule:
    return lambda run, x, y: holds(run.sign(run.germs.difference(x, y)))


STEPS: dict[str, GermRule] = {
    **{mark: _compare(holds) for mark, holds in HOLDS.items()},
    "abs": _abs,
    "sign": lambda run, x: run.germs.number(run.sign(x)),
    "relu": _relu,
    "max": _greatest(1),
    "min": _greatest(-1),
    "floor": _floor,
    "round": _round,
    "trunc": _trunc,
    "mod": _mod(_floor),
    "fmod": _mod(_trunc),
}
