"""What the functions of a formula do to values on a one-sided interval.

Where a function has no power series in what its argument tends to, a formula says what it is in others that have;
elsewhere its series about balls serves. A formula's derivatives are right by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial, reduce
from typing import Any

from flint import arb, fmpq

from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.engines.balls.germs.germ import Germ
from derivcli.engines.balls.tape import Tape, TapeNode, record
from derivcli.language.functions.formulas import parse_tree
from derivcli.language.functions.table import vocabulary
from derivcli.study.tails.calculus import Calculus, Value
from derivcli.study.tails.regular import Rule, at_whole, pi_times, regular
from derivcli.study.tails.rules_growing import GROWING
from derivcli.study.tails.rules_steps import STEPS

ONE, HALF = fmpq(1), fmpq(1, 2)


def _power(run: Calculus, base: Value, exponent: Value) -> Value:
    constant = run.rational(exponent)
    if constant is not None:
        return run.power(base, constant) if constant != 0 else run.number(1)
    return run.exp(run.product(exponent, run.log(base)))


def _root(run: Calculus, x: Value, n: Value) -> Value:
    degree = run.rational(n)
    if degree is None or degree.q != 1 or degree == 0:
        raise UnsureError
    sign = run.sign(x)
    if sign < 0 and degree.p % 2 == 0:
        raise NoValueError
    if sign == 0:
        return x
    size = run.power(x if sign > 0 else run.scaled(x, -1), 1 / degree)
    return size if sign > 0 else run.scaled(size, -1)


def _wave(run: Calculus, operation: str, x: Value) -> Value:
    """A sine or a cosine, of which nothing but bounds are known where the argument grows without bound."""
    if not run.is_large(x):
        return regular(run, operation, x)
    wave, half = arb(0, 1), arb(0, 0.5)
    slopes = [run.models.bounded(0, ball) for ball in (wave, wave, half)[: run.order + 1]]
    return Value(run.chained(slopes, x), run.germs.bounded)


def _tan(run: Calculus, x: Value) -> Value:
    return run.quotient(_wave(run, "sin", x), _wave(run, "cos", x))


def _asin(run: Calculus, x: Value) -> Value:
    """At its ends by asin(x) = pi/2 - 2 asin(sqrt((1-x)/2))."""
    x = at_whole(run, x)
    center = run.split(x)[1]
    if not (center == 1 or center == -1):
        return regular(run, "asin", x)
    size = x if center > 0 else run.scaled(x, -1)
    inner = run.power(run.scaled(run.difference(run.number(1), size), HALF), HALF)
    found = run.difference(pi_times(run, HALF), run.scaled(regular(run, "asin", inner), 2))
    return found if center > 0 else run.scaled(found, -1)


def _acos(run: Calculus, x: Value) -> Value:
    x = at_whole(run, x)
    if run.split(x)[1] != 1:
        return run.difference(pi_times(run, HALF), _asin(run, x))
    inner = run.power(run.scaled(run.difference(run.number(1), x), HALF), HALF)
    return run.scaled(regular(run, "asin", inner), 2)


def _acosh(run: Calculus, x: Value) -> Value:
    """At its end by acosh(x) = 2 asinh(sqrt((x-1)/2)), at infinity by a logarithm."""
    if not run.is_large(x):
        x = at_whole(run, x)
        if run.split(x)[1] != 1:
            return regular(run, "acosh", x)
        less = run.difference(x, run.number(1))
        return run.scaled(regular(run, "asinh", run.power(run.scaled(less, HALF), HALF)), 2)
    square = run.difference(run.power(x, fmpq(2)), run.number(1))
    return run.log(run.sum(x, run.power(square, HALF)))


def _asinh(run: Calculus, x: Value) -> Value:
    if not run.is_large(x):
        return regular(run, "asinh", x)
    sign = run.sign(x)
    square = run.sum(run.power(x, fmpq(2)), run.number(1))
    found = run.log(run.sum(run.scaled(x, sign), run.power(square, HALF)))
    return run.scaled(found, sign)


def _atan(run: Calculus, x: Value) -> Value:
    """At infinity by atan(x) = pi/2 - atan(1/x)."""
    if not run.is_large(x):
        return regular(run, "atan", x)
    return run.difference(pi_times(run, HALF * run.sign(x)), regular(run, "atan", run.power(x, fmpq(-1))))


def _acot(run: Calculus, x: Value) -> Value:
    return _atan(run, run.power(x, fmpq(-1)))


def _atan2(run: Calculus, y: Value, x: Value) -> Value:
    up, right = run.sign(y), run.sign(x)
    if right > 0:
        return _atan(run, run.quotient(y, x))
    if up:
        return run.difference(pi_times(run, HALF * up), _atan(run, run.quotient(x, y)))
    if right == 0:
        raise NoValueError
    return pi_times(run, ONE)


def _logsumexp(run: Calculus, *parts: Value) -> Value:
    """The largest argument, and the logarithm of what is left."""
    best = parts[0]
    for part in parts[1:]:
        best = part if run.sign(run.difference(part, best)) > 0 else best
    shares = [run.number(1) if part is best else run.exp(run.difference(part, best)) for part in parts]
    return run.sum(best, run.log(run.sum(*shares)))


def _xlogy(shift: int, run: Calculus, x: Value, y: Value) -> Value:
    return run.product(x, run.log(run.sum(y, run.number(shift)) if shift else y))


def of_formula(run: Calculus, text: str, **values: Value) -> Value:
    """A formula of values."""
    tape = _tape(text, tuple(values))
    return block(run, tape, tape.order, {}, list(values.values()))  # type: ignore[no-any-return]


@cache
def _tape(text: str, names: tuple[str, ...]) -> Tape:
    return record(parse_tree(text, names), names)


def _by_formula(name: str) -> Rule:
    row = vocabulary()[name]
    return lambda run, *values: of_formula(run, FORMULAS[name], **dict(zip(row.parameters, values, strict=True)))


def block(run: Calculus, tape: Tape, numbers: Sequence[int], known: dict[int, Any], inputs: Sequence[Value]) -> Any:
    """Evaluate nodes that have no value yet, and give the value of the last."""
    number = -1
    for number in numbers:
        if number in known:
            continue
        node = tape.nodes[number]
        if node.operation == "variable":
            known[number] = inputs[node.data]
        elif node.operation == "number":
            known[number] = run.number(node.data)
        elif node.operation == "choice":
            known[number] = _choice(run, tape, node, known, inputs)
        elif node.operation == "integral":
            raise UnsureError
        else:
            parts = [known[part] for part in node.parts]
            rule = RULES.get(node.operation)
            known[number] = regular(run, node.operation, *parts) if rule is None else rule(run, *parts)
            if tape is run.approach.tape and number in run.approach.limits:
                known[number] = _with_limit(run, number, known)
    return known[number]


def _with_limit(run: Calculus, number: int, known: Mapping[int, Any]) -> Value:
    """A value with the limit that is known of it."""
    value = known[number]
    earlier = {other: each for other, each in known.items() if isinstance(each, Value) and other != number}

    def find() -> Germ:
        for other, each in earlier.items():
            if each.germ is not None:
                run.approach.values[other] = each.germ
        return run.approach.told(number, value.find())

    return Value(value.jet, find)


def _choice(run: Calculus, tape: Tape, node: TapeNode, known: dict[int, Any], inputs: Sequence[Value]) -> Any:
    for branch in node.data:
        if block(run, tape, branch.condition, known, inputs):
            return block(run, tape, branch.value, known, inputs)
    raise NoValueError


FORMULAS = {
    "log2": "log(x)/log(2)",
    "log10": "log(x)/log(10)",
    "csch": "2/(exp(x)-exp(-x))",
    "coth": "(exp(x)+exp(-x))/(exp(x)-exp(-x))",
    "asech": "acosh(1/x)",
    "acsch": "asinh(1/x)",
    "atanh": "(log(1+x)-log(1-x))/2",
    "logit": "log(x)-log(1-x)",
    "hypot": "sqrt(x^2+y^2)",
    "softsign": "x/(1+abs(x))",
    "log1p": "log(1+x)",
    "tanhshrink": "x-tanh(x)",
}
"""What functions are in others."""

RULES: dict[str, Rule] = {
    **STEPS,
    **GROWING,
    "true": lambda run: True,
    "false": lambda run: False,
    "and": lambda run, *parts: all(parts),
    "or": lambda run, *parts: any(parts),
    "not": lambda run, part: not part,
    "pi": lambda run: pi_times(run, ONE),
    "e": lambda run: run.named(run.field.exp(run.field.rational(1))),
    "add": lambda run, *parts: run.sum(*parts),
    "multiply": lambda run, *parts: reduce(run.product, parts),
    "power": _power,
    "root": _root,
    "exp": lambda run, x: run.exp(x),
    "log": lambda run, x: run.log(x),
    "sin": lambda run, x: _wave(run, "sin", x),
    "cos": lambda run, x: _wave(run, "cos", x),
    "tan": _tan,
    "asin": _asin,
    "acos": _acos,
    "atan": _atan,
    "acot": _acot,
    "atan2": _atan2,
    "asinh": _asinh,
    "acosh": _acosh,
    "logsumexp": _logsumexp,
    "xlogy": partial(_xlogy, 0),
    "xlog1py": partial(_xlogy, 1),
    **{name: _by_formula(name) for name in FORMULAS},
}
"""The rule of every operation whose power series may end. All others have one at what their arguments tend to."""
