"""The rules of germs of arithmetic and elementary functions, which keep constants exact."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from flint import fmpq

from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.engines.balls.exact_angles import arcsine, arctangent, sine
from derivcli.engines.balls.exact_constants import ExactConstant, Field
from derivcli.engines.balls.germs.approach import Approach, GermRule
from derivcli.engines.balls.germs.germ import CONSTANT_TERM, Germ, ShortError
from derivcli.engines.balls.integers import may_be_whole

ONE_HALF = fmpq(1, 2)
ONE = fmpq(1)


def _power(run: Approach, base: Germ, exponent: Germ) -> Germ:
    """base**exponent over the real numbers. 0**0 is 1."""
    if exponent.is_constant:
        constant = exponent.terms.get(CONSTANT_TERM) or run.field.rational(0)
        if constant.is_zero:
            return run.germs.number(1)
        if constant.rational is not None:
            return run.germs.power(base, constant.rational)
    sign = run.sign(base)
    if sign > 0:
        return run.germs.exp(run.germs.product(exponent, run.germs.log(base)))
    if sign < 0:
        raise _of_negative(run, exponent)
    above = run.sign(exponent)
    if above < 0:
        raise NoValueError
    return run.germs.number(int(above == 0))


def _of_negative(run: Approach, exponent: Germ) -> Exception:
    """What it means that a number below 0 is raised to a power that is not known to be a whole number."""
    rest = {place: each for place, each in exponent.terms.items() if place != CONSTANT_TERM}
    if rest:
        run.field.sign(rest[min(rest)])  # it moves, through whole numbers too, or that is not known
        return NoValueError()
    if not exponent.is_constant:
        return ShortError()
    return UnsureError() if may_be_whole(exponent.terms[CONSTANT_TERM].ball) else NoValueError()


def _root(run: Approach, x: Germ, n: Germ) -> Germ:
    exact = n.terms[CONSTANT_TERM].rational if n.is_constant and n.terms else None
    sign, degree = run.sign(x), run.sign(n)
    if degree == 0 or (sign == 0 and degree < 0):
        raise NoValueError
    if sign == 0:
        return x
    if sign < 0 and exact is None:
        raise _of_negative(run, n)
    if sign < 0 and exact is not None and not (exact.q == 1 and exact.p % 2 == 1):
        raise NoValueError
    size = x if sign > 0 else run.germs.negative(x)
    root = run.germs.power(size, 1 / exact) if exact is not None else _power(run, size, run.germs.reciprocal(n))
    return root if sign > 0 else run.germs.negative(root)


def _sine(quarters: int) -> GermRule:
    """sin(x + quarters*pi/2), from the rational sines where the argument is a rational multiple of pi."""

    def rule(run: Approach, x: Germ) -> Germ:
        if run.germs.is_bounded(x) or any(place < CONSTANT_TERM for place in x.terms):
            return run.germs.bounded()
        _, constant, small = run.germs.split(x)
        known, count = run.field, run.germs.count(small)
        values = [sine(known, constant, quarters + shift) for shift in range(min(count, 2))]
        coefficients, factor = [], ONE
        for n in range(count):
            coefficients.append(known.scaled(values[n % 2], factor * (-1) ** (n // 2)))
            factor /= n + 1
        return run.germs.composed(coefficients, small)

    return rule


_sin, cos = _sine(0), _sine(1)


def _bounded(run: Approach, x: Germ, low: int | None, high: int | None) -> None:
    """Raise NoValueError where x is not between the ends, themselves included."""
    for end, sense in ((low, 1), (high, -1)):
        if end is not None and sense * run.sign(run.germs.difference(x, run.germs.number(end))) < 0:
            raise NoValueError


def _quarter(run: Approach, sign: int = 1) -> Germ:
    """pi/2, or minus that."""
    return run.germs.constant(run.field.scaled(run.field.pi(), ONE_HALF * sign))


def _with_value(found: Germ, value: Callable[[Field, ExactConstant], ExactConstant], run: Approach, x: Germ) -> Germ:
    """A function's germ with what the function is exactly where it begins."""
    constant = value(run.field, run.germs.split(x)[1])
    return run.germs.made({**found.terms, CONSTANT_TERM: constant}, found.limit, found.flat)


def asin(run: Approach, x: Germ) -> Germ:
    """At its ends by asin(x) = pi/2 - 2 asin(sqrt((1-x)/2))."""
    _bounded(run, x, -1, 1)
    constant = run.germs.split(x)[1].rational
    if constant is None or abs(constant) != 1:
        return _with_value(run.regular("asin", x), arcsine, run, x)
    size = x if constant > 0 else run.germs.negative(x)
    rest = run.germs.scaled(run.germs.difference(run.germs.number(1), size), ONE_HALF)
    inner = rest if rest.is_zero else run.regular("asin", run.germs.power(rest, ONE_HALF))
    found = run.germs.sum([_quarter(run), run.germs.scaled(inner, fmpq(-2))])
    return found if constant > 0 else run.germs.negative(found)


def _acosh(run: Approach, x: Germ) -> Germ:
    """At its end by acosh(x) = 2 asinh(sqrt((x-1)/2))."""
    _bounded(run, x, 1, None)
    rest = run.germs.difference(x, run.germs.number(1))
    if rest.is_zero:
        return rest
    root = run.germs.power(run.germs.scaled(rest, ONE_HALF), ONE_HALF)
    return run.germs.scaled(run.regular("asinh", root), fmpq(2))


def _atan(run: Approach, x: Germ) -> Germ:
    """At infinity by atan(x) = pi/2 - atan(1/x)."""
    if not run.germs.split(x)[0].terms:
        return _with_value(run.regular("atan", x), arctangent, run, x)
    return run.germs.difference(_quarter(run, run.sign(x)), run.regular("atan", run.germs.reciprocal(x)))


def _acot(run: Approach, x: Germ) -> Germ:
    """atan(1/x), and pi/2 at 0, where it jumps."""
    return run.germs.difference(_quarter(run, run.sign(x) or 1), _atan(run, x))


def _atan2(run: Approach, y: Germ, x: Germ) -> Germ:
    up, right = run.sign(y), run.sign(x)
    if right > 0:
        return _atan(run, run.germs.quotient(y, x))
    if up:
        return run.germs.difference(_quarter(run, up), _atan(run, run.germs.quotient(x, y)))
    if right == 0:
        raise NoValueError
    return run.germs.constant(run.field.pi())


def _has_rational_power(run: Approach, constant: ExactConstant) -> bool:
    """Whether e to a number other than 0 is rational."""
    if constant.is_zero:
        return False
    power = run.germs.exp(run.germs.constant(constant)).terms.get(CONSTANT_TERM)
    return power is not None and power.rational is not None


def _tanh(run: Approach, x: Germ) -> Germ:
    """At infinity, and where that is rational as at log(2), by exp(-2|x|)."""
    large, constant, _ = run.germs.split(x)
    if not large.terms and not _has_rational_power(run, constant):
        return run.regular("tanh", x)
    sign, one = run.sign(x), run.germs.number(1)
    shrunk = run.germs.exp(run.germs.scaled(x, fmpq(-2 * sign)))
    found = run.germs.quotient(run.germs.difference(one, shrunk), run.germs.sum([one, shrunk]))
    return run.germs.scaled(found, fmpq(sign))


def _sigmoid(run: Approach, x: Germ) -> Germ:
    """At infinity, and where that is rational as at log(2), by exp(-|x|)."""
    large, constant, _ = run.germs.split(x)
    if not large.terms and not _has_rational_power(run, constant):
        return run.regular("sigmoid", x)
    sign, one = run.sign(x), run.germs.number(1)
    shrunk = run.germs.exp(run.germs.scaled(x, fmpq(-sign)))
    return run.germs.quotient(one if sign > 0 else shrunk, run.germs.sum([one, shrunk]))


def _xlogy(shift: int) -> GermRule:
    """x*log(y + shift), 0 where x is 0."""

    def rule(run: Approach, x: Germ, y: Germ) -> Germ:
        inside = run.germs.sum([y, run.germs.number(shift)])
        if run.sign(inside) <= 0:
            if run.sign(inside) < 0 or run.sign(x) != 0:
                raise NoValueError
            return Germ({})
        return run.germs.product(x, run.germs.log(inside))

    return rule


ELEMENTARY: dict[str, GermRule] = {
    "pi": lambda run: run.germs.constant(run.field.pi()),
    "e": lambda run: run.germs.constant(run.field.exp(run.field.rational(1))),
    "true": lambda run: True,
    "false": lambda run: False,
    "and": lambda run, *parts: all(parts),
    "or": lambda run, *parts: any(parts),
    "not": lambda run, part: not part,
    "add": lambda run, *parts: run.germs.sum(parts),
    "multiply": lambda run, *parts: reduce(run.germs.product, parts),
    "power": _power,
    "root": _root,
    "exp": lambda run, x: run.germs.exp(x),
    "log": lambda run, x: run.germs.log(x),
    "sin": _sin,
    "cos": cos,
    "asin": asin,
    "acos": lambda run, x: run.germs.difference(_quarter(run), asin(run, x)),
    "atan": _atan,
    "acot": _acot,
    "atan2": _atan2,
    "acosh": _acosh,
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "xlogy": _xlogy(0),
    "xlog1py": _xlogy(1),
}
