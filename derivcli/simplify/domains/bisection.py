"""The roots of a formula in an interval by halving, in ball arithmetic: every one, or some that need not be all."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

from flint import arb, ctx, fmpq

from derivcli.engines.balls.coordinates import Coordinate, Path, rational
from derivcli.engines.balls.errors import NoValueError, TouchError, UnsureError
from derivcli.engines.balls.evaluation import evaluate
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import Tape, record
from derivcli.language.tree import Tree, number
from derivcli.simplify.domains.root_bounds import root_bound
from derivcli.simplify.domains.roots import ALL, ROOT_BITS, UNKNOWN, WITHIN, Root, Roots

SEARCH_BOUND = 64
"""How far from 0 roots are looked for by halving where they may be anywhere."""

MAX_DENOMINATOR = 10_000
"""A root that seems to be a fraction with no larger denominator is looked at as that."""

MAX_INTERVALS = 1500
"""So many intervals are looked at; a shorter one than MIN_WIDTH is not halved again."""
MIN_WIDTH = fmpq(1, 2**24)


def roots_by_halving(tree: Tree, name: str) -> Roots:
    """The roots by halving, if each is one at which the formula changes its sign.

    They are all if it is shown that none is further from 0 than some number, else all up to SEARCH_BOUND.
    """
    tape, end = record(tree, (name,)), root_bound(tree, name)
    waiting = [(rational(-(end or SEARCH_BOUND)), rational(end or SEARCH_BOUND))]
    found: list[Root] = []
    looks, sure = 0, True
    while waiting:
        low, high = waiting.pop()
        looks += 1
        if looks > MAX_INTERVALS:
            return Roots(tuple(found), UNKNOWN)
        kind = _look(tape, name, low, high)
        if kind == "root":
            found += _bisected(tape, name, low, high)
        elif kind == "unclear" and high - low > MIN_WIDTH:
            middle = (low + high) / 2 + (high - low) / 1021  # off the points that formulas hold
            waiting += [(low, middle), (middle, high)]
        elif kind == "unclear":
            sure = False
    return Roots(tuple(found), UNKNOWN if not sure else ALL if end else WITHIN)


def _look(tape: Tape, name: str, low: fmpq, high: fmpq) -> str:
    """Whether an interval has no root, exactly one at which the formula grows or falls, or it is not clear."""
    ctx.prec = 64
    start, end = arb(low), arb(high)
    wide = arb(((start + end) / 2).mid(), (end - start) * 0.5000001)
    with suppress(TouchError, UnsureError, ValueError, ZeroDivisionError):
        try:
            if not _value(tape, name, wide, 64).contains(0):
                return "none"
        except NoValueError:
            return "none"
        slope = _slope(tape, name, wide)
        if not slope.contains(0):
            values = [_value(tape, name, place, 192) for place in (low, high)]
            if all(not value.contains(0) for value in values):
                return "root" if (values[0] > 0) != (values[1] > 0) else "none"
    return "unclear"


def _value(tape: Tape, name: str, at: Coordinate, precision: int) -> arb:
    return evaluate(Run(tape, precision=precision), {name: at})[0]


def _slope(tape: Tape, name: str, at: Coordinate) -> arb:
    def series(path: Path, order: int) -> list[arb]:
        return evaluate(Run(tape, path, order, 64), {name: at})

    return Derivative((name,)).enclosed(series, tape)


def _bisected(tape: Tape, name: str, low: fmpq, high: fmpq) -> list[Root]:
    """The only root in an interval, by Newton's steps after some halvings."""
    start = _value(tape, name, low, 192) > 0
    for _ in range(60):
        middle = (low + high) / 2
        ball = _value(tape, name, middle, 256)
        if ball.contains(0):
            break
        low, high = (middle, high) if (ball > 0) == start else (low, middle)
    ctx.prec = ROOT_BITS + 64
    near = arb((low + high) / 2)
    for precision in (128, 256, 512, 1024, 2048, ROOT_BITS + 32, ROOT_BITS + 64):
        value = _value(tape, name, near, precision)
        ctx.prec = ROOT_BITS + 64
        slope = evaluate(Run(tape, {name: (fmpq(1),)}, 1, precision), {name: near})[1]
        near = arb((near - value / slope).mid())
    ctx.prec = ROOT_BITS + 64
    ball = arb(near, arb(2) ** -(ROOT_BITS - 64))
    simple = Fraction(float(near)).limit_denominator(MAX_DENOMINATOR)
    if ball.overlaps(arb(rational(simple))) and _is_zero(tape, {name: rational(simple)}):
        return [Root(rational(simple), arb(rational(simple)), number(simple))]
    return [Root(ball, ball)]


def _is_zero(tape: Tape, at: dict[str, Coordinate]) -> bool:
    run = Run(tape, precision=192)
    with suppress(TouchError, UnsureError):
        if evaluate(run, at)[0] == 0:
            return True
        constant = run.constant(tape.order[-1])
        return constant is not None and constant.is_zero
    return False
