"""The roots of a formula in an interval by halving, in ball arithmetic: every one, or some that need not be all."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

from flint import arb, ctx, fmpq

from derivcli.engines.balls.partials import Derivative
from derivcli.engines.balls.run import Coordinate, NoValueError, Path, Run, TouchError, UnsureError
from derivcli.engines.balls.tape import Tape, record
from derivcli.explain.piecewise.roots import BITS, UNKNOWN, WITHIN, Root, Roots
from derivcli.language.tree import Tree, number

REACH = 64
"""How far from 0 roots are looked for by halving."""

SIMPLE = 10_000
"""A root that is a fraction with no larger denominator to all bits is that fraction."""

LOOKS = 1500
"""So many intervals are looked at; a shorter one than NARROW is not halved again."""
NARROW = Fraction(1, 2**24)


def halved(tree: Tree, name: str) -> Roots:
    """The roots between -REACH and REACH by halving, if each is one at which the formula changes its sign."""
    tape = record(tree, (name,))
    waiting = [(Fraction(-REACH), Fraction(REACH))]
    found: list[Root] = []
    looks, sure = 0, True
    while waiting:
        low, high = waiting.pop()
        looks += 1
        if looks > LOOKS:
            return Roots(tuple(found), UNKNOWN)
        kind = _look(tape, name, low, high)
        if kind == "root":
            found += _bisected(tape, name, low, high)
        elif kind == "unclear" and high - low > NARROW:
            middle = (low + high) * Fraction(1, 2) + (high - low) / 1021  # off the points that formulas hold
            waiting += [(low, middle), (middle, high)]
        elif kind == "unclear":
            sure = False
    return Roots(tuple(found), WITHIN if sure else UNKNOWN)


def _look(tape: Tape, name: str, low: Fraction, high: Fraction) -> str:
    """Whether an interval has no root, exactly one at which the formula grows or falls, or it is not clear."""
    ctx.prec = 64
    over = (arb(_exact(low)) + arb(_exact(high))) / 2
    wide = arb(over.mid(), (arb(_exact(high)) - arb(_exact(low))) * 0.5000001)
    with suppress(TouchError, UnsureError, ValueError, ZeroDivisionError):
        try:
            if not _value(tape, name, wide, 64).contains(0):
                return "none"
        except NoValueError:
            return "none"
        slope = _slope(tape, name, wide)
        if not slope.contains(0):
            ends = [_value(tape, name, _exact(end), 192) for end in (low, high)]
            if all(not end.contains(0) for end in ends):
                return "root" if (ends[0] > 0) != (ends[1] > 0) else "none"
    return "unclear"


def _exact(number: Fraction) -> fmpq:
    return fmpq(number.numerator, number.denominator)


def _value(tape: Tape, name: str, at: Coordinate, precision: int) -> arb:
    return Run(tape, precision=precision).evaluate({name: at})[0]


def _slope(tape: Tape, name: str, at: Coordinate) -> arb:
    def series(path: Path, order: int) -> list[arb]:
        return Run(tape, path, order, 64).evaluate({name: at})

    return Derivative((name,)).enclosed(series, tape)


def _bisected(tape: Tape, name: str, low: Fraction, high: Fraction) -> list[Root]:
    """The only root in an interval, by Newton's steps after some halvings."""
    start = _value(tape, name, _exact(low), 192) > 0
    for _ in range(60):
        middle = (low + high) / 2
        ball = _value(tape, name, _exact(middle), 256)
        if ball.contains(0):
            break
        low, high = (middle, high) if (ball > 0) == start else (low, middle)
    ctx.prec = BITS + 64
    near = arb(_exact((low + high) / 2))
    for precision in (128, 256, 512, 1024, 2048, BITS + 32, BITS + 64):
        value = _value(tape, name, near, precision)
        ctx.prec = BITS + 64
        near = arb((near - value / _slope_at(tape, name, near, precision)).mid())
    ctx.prec = BITS + 64
    ball = arb(near, arb(2) ** -(BITS - 64))
    simple = Fraction(float(near)).limit_denominator(SIMPLE)
    if ball.overlaps(arb(_exact(simple))):
        return [Root(_exact(simple), arb(_exact(simple)), number(simple))]
    return [Root(ball, ball)]


def _slope_at(tape: Tape, name: str, at: arb, precision: int) -> arb:
    return Run(tape, {name: (fmpq(1),)}, 1, precision).evaluate({name: at})[1]
