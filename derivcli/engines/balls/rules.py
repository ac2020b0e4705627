"""The ball interpretation: a rule for every primitive, from the values of functions alone.

A rule gives a truncated power series for those of its operands. Elementary functions have series of their own
in FLINT; of all others FLINT knows values at complex balls, and `cauchy.analytic` makes their series by
Cauchy's integral, with its error bound. Where a function has no series at a point, the rule says so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add, mul

from flint import arb, arb_series, fmpq

from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.engines.balls.integers import may_be_whole
from derivcli.engines.balls.rule import BallRule, BallSeries, between, no_value, nonzero, plain
from derivcli.engines.balls.rules_special import SPECIAL
from derivcli.engines.balls.rules_steps import STEPS
from derivcli.engines.balls.run import Number, Run
from derivcli.engines.balls.tape import TapeNode

DIVISION = "the formula divides by zero here"
SQUARE_ROOT = "the formula takes the square root of a negative number here"
FRACTIONAL = "a negative number has no real power of this kind here; cbrt(x) and root(x, n) are real for odd n"


# Arithmetic


def _power(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    """base**exponent over the real numbers. 0**0 is 1."""
    base, exponent = numbers
    constant = None if exponent.varies else exponent.exact
    if constant is not None and constant.q == 1:
        return _whole_power(base, int(constant.p))
    sign = base.sign()
    if sign > 0:
        if constant is not None:
            return base.series**constant
        return (exponent.series * base.series.log()).exp()
    if sign < 0:
        return _power_of_negative(base, exponent)
    above = exponent.sign()
    if above < 0:
        raise NoValueError(DIVISION)
    if base.varies or exponent.varies:
        base.touch()
        exponent.touch()
    return arb_series([arb(int(above == 0))])


def _whole_power(base: Number, exponent: int) -> BallSeries:
    if exponent < 0 and base.sign() == 0:
        raise NoValueError(DIVISION)
    if exponent == -1:
        return 1 / base.series
    power = _raised(base.series, abs(exponent))
    return 1 / power if exponent < 0 else power


def _raised(base: BallSeries, exponent: int) -> BallSeries:
    """A whole power by squaring. FLINT's power fails for a constant series whose ball holds 0."""
    power = arb_series([arb(1)])
    while exponent:
        if exponent & 1:
            power = power * base
        exponent >>= 1
        base = base * base if exponent else base
    return power


def _power_of_negative(base: Number, exponent: Number) -> BallSeries:
    """A real value only where the exponent is a whole number."""
    exact = exponent.exact
    if exact is None:
        if not may_be_whole(exponent.ball):
            raise NoValueError(FRACTIONAL)
        raise UnsureError
    if exact.q != 1:
        raise NoValueError(SQUARE_ROOT if exact == fmpq(1, 2) else FRACTIONAL)
    exponent.touch()
    return _whole_power(base, int(exact.p))


def _root(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    x, n = numbers
    exact = n.exact
    odd = exact is not None and exact.q == 1 and exact.p % 2 == 1
    sign = x.sign()
    if sign == 0:
        if n.sign() <= 0:
            raise no_value(node, *numbers)
        x.touch()
        return arb_series([arb(0)])
    if sign < 0:
        if not odd:
            raise no_value(node, *numbers)
        n.touch()
    size = x.series if sign > 0 else -x.series
    root = size ** fmpq(1, exact) if exact is not None and not n.varies else (size.log() / n.series).exp()
    return root if sign > 0 else -root


# Elementary functions with edges


def _tan(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    x = numbers[0]
    if run.sign(x.ball.cos(), lambda: _zero_cosine(x), x) == 0:
        raise no_value(node, x)
    return x.series.tan()


def _zero_cosine(x: Number) -> fmpq | None:
    """The number 0 where x is an odd multiple of pi/2."""
    turns = None if x.constant is None else x.field.turns(x.constant)
    return fmpq(0) if turns is not None and (turns + fmpq(1, 2)).q == 1 else None


def _beyond_value(x: BallSeries) -> BallSeries:
    """A series without its value, which is exactly 0."""
    return arb_series([arb(0), *[x[place] for place in range(1, x.length())]])


def _expm1(x: BallSeries) -> BallSeries:
    """exp(x) - 1, which loses no digits near 0."""
    growth = _beyond_value(x).exp()
    return x[0].expm1() * growth + (growth - 1)


def _log1p(x: BallSeries) -> BallSeries:
    """log(1 + x), which loses no digits near 0."""
    return x[0].log1p() + (1 + _beyond_value(x) / (1 + x[0])).log()


def _odd(function: Callable[[BallSeries], BallSeries]) -> Callable[[BallSeries], BallSeries]:
    """An odd function from what it is on the right of 0."""
    return lambda x: function(x) if x[0] >= 0 else -function(-x)


@_odd
def _sinh(x: BallSeries) -> BallSeries:
    growth = _expm1(x)
    return (growth + growth / (1 + growth)) / 2


@_odd
def _asinh(x: BallSeries) -> BallSeries:
    square = x * x
    return _log1p(x + square / (1 + (1 + square).sqrt()))


@_odd
def _tanh(x: BallSeries) -> BallSeries:
    decay = _expm1(-2 * x)
    return -decay / (2 + decay)


def _sech(x: BallSeries) -> BallSeries:
    shrunk = (-x if x[0] >= 0 else x).exp()
    return 2 * shrunk / (1 + shrunk * shrunk)


def _acot(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    """atan(1/x), and pi/2 at 0, where it jumps."""
    x = numbers[0]
    if x.sign() == 0:
        x.touch()
        return arb_series([arb.pi() / 2])
    return (1 / x.series).atan()


def _hypot(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    x, y = numbers[::-1] if numbers[0].ball.contains(0) else numbers  # one that is not 0 tells enough
    if x.sign() == 0 and y.sign() == 0:
        x.touch()
        y.touch()
        return arb_series([arb(0)])
    return (x.series * x.series + y.series * y.series).sqrt()


def _atan2(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    y, x = numbers
    if x.ball > 0:  # for y of any sign
        return (y.series / x.series).atan()
    up = y.sign()
    if x.ball.contains(0) and not y.ball.contains(0):  # for x of either sign
        return up * arb.pi() / 2 - (x.series / y.series).atan()
    right = x.sign()
    if right > 0:
        return (y.series / x.series).atan()
    if up != 0:
        return up * arb.pi() / 2 - (x.series / y.series).atan()
    if right == 0:
        raise no_value(node, *numbers)
    y.touch()
    return arb_series([arb.pi()])


def _softsign(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    """x/(1 + |x|), which has a derivative at 0 and no second one."""
    x = numbers[0]
    sign = x.sign()
    if sign == 0 and run.order > 1:
        x.touch()
    return x.series / (1 + (x.series if sign >= 0 else -x.series))


def _unknown(run: Run, node: TapeNode, numbers: list[Number]) -> BallSeries:
    """A function of which nothing is known has no enclosure."""
    raise UnsureError


BALL_RULES: dict[str, BallRule] = {
    **STEPS,
    **SPECIAL,
    "unknown": _unknown,
    "number": lambda run, node, numbers: arb_series([arb(node.data)]),
    "pi": lambda run, node, numbers: arb_series([arb.pi()]),
    "e": lambda run, node, numbers: arb_series([arb.const_e()]),
    "add": plain(lambda *x: reduce(add, x)),
    "multiply": plain(lambda *x: reduce(mul, x)),
    "power": _power,
    "root": _root,
    "exp": plain(arb_series.exp),
    "expm1": plain(_expm1),
    "log": between(0, None, arb_series.log),
    "log2": between(0, None, lambda x: x.log() / arb.const_log2()),
    "log10": between(0, None, lambda x: x.log() / arb.const_log10()),
    "log1p": between(-1, None, _log1p),
    "sin": plain(arb_series.sin),
    "cos": plain(arb_series.cos),
    "tan": _tan,
    "asin": between(-1, 1, arb_series.asin, {-1: arb.asin, 1: arb.asin}),
    "acos": between(-1, 1, arb_series.acos, {-1: arb.acos, 1: arb.acos}),
    "atan": plain(arb_series.atan),
    "acot": _acot,
    "atan2": _atan2,
    "sinh": plain(_sinh),
    "cosh": plain(lambda x: (x.exp() + (-x).exp()) / 2),
    "tanh": plain(_tanh),
    "sech": plain(_sech),
    "csch": nonzero(_odd(lambda x: -2 * (-x).exp() / _expm1(-2 * x))),
    "coth": nonzero(lambda x: 1 / _tanh(x)),
    "asinh": plain(_asinh),
    "acosh": between(1, None, lambda x: (x + (x * x - 1).sqrt()).log(), {1: lambda x: arb(0)}),
    "atanh": between(-1, 1, lambda x: (_log1p(x) - _log1p(-x)) / 2),
    "asech": between(0, 1, lambda x: ((1 + (1 - x * x).sqrt()) / x).log(), {1: lambda x: arb(0)}),
    "acsch": nonzero(lambda x: _asinh(1 / x)),
    "hypot": _hypot,
    "softsign": _softsign,
    "tanhshrink": plain(lambda x: x - _tanh(x)),
    "sigmoid": plain(lambda x: 1 / (1 + (-x).exp())),
    "logit": between(0, 1, lambda x: (x / (1 - x)).log()),
    "logsumexp": plain(lambda *x: reduce(add, [each.exp() for each in x]).log()),
}
"""The rule of every primitive and of the operations of arithmetic. Rewrites are put in place."""

FUNCTIONS = frozenset(BALL_RULES.keys() - STEPS.keys() - {"number", "pi", "e", "add", "multiply", "power"})
