"""Limits of formulas with parts that grow or vanish faster than every power: by the germs of their logarithms.

Such a part is a sign times exp(L) with a germ L that is large. A product adds these germs, and of a sum the term that
is the largest tells all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any, TypeAlias

from flint import fmpq

from derivcli.engines.balls.errors import NoValueError
from derivcli.engines.balls.germs.approach import Approach
from derivcli.engines.balls.germs.arithmetic import Germs
from derivcli.engines.balls.germs.evaluation import FORMULAS, GERM_RULES
from derivcli.engines.balls.germs.germ import BRANCH_CUT, CONSTANT_TERM, Germ, NoGermError
from derivcli.engines.balls.tape import HOLDS, Tape, TapeNode, record
from derivcli.language.functions.formulas import parse_tree
from derivcli.language.functions.table import vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """The function `sign` * exp(`log`), where the germ is large."""

    sign: int
    log: Germ


Value: TypeAlias = "Germ | Growth"

LARGE_FORMULAS = {
    "cosh": "(exp(x)+exp(-x))/2",
    "sinh": "(exp(x)-exp(-x))/2",
    "sech": "2/(exp(x)+exp(-x))",
    "asinh": "sign(x)*log(abs(x)+sqrt(x^2+1))",
    "acosh": "log(x+sqrt(x^2-1))",
    "acsch": "asinh(1/x)",
    "gamma": "exp(loggamma(x))",
}
"""What functions of large arguments are in others."""

SERIES = {
    "loggamma": ("(x-1/2)*log(x)-x+log(2*pi)/2+1/(12*x)", 3),
    "polygamma": ("log(x)-1/(2*x)", 2),
}
"""The first terms of functions of large positive arguments, up to a power of 1/x."""

ENDS = {"erf": ("-1", "1"), "erfc": ("2", "0"), "atan": ("-pi/2", "pi/2"), "tanh": ("-1", "1"), "sigmoid": ("0", "1"),
        "sign": ("-1", "1")}  # fmt: skip
"""Limits of functions at minus infinity and at infinity."""

SLOW_ENDS = {"Si": ("-pi/2", "pi/2"), "fresnels": ("-1/2", "1/2"), "fresnelc": ("-1/2", "1/2")}
"""The same of functions that tend to them as 1/x does."""


def growth_of(approach: Approach) -> Value:
    """The formula along a curve.

    Raises NoGermError and the other errors of germs where it has no such value.
    """
    found = _Evaluation(approach).block(approach.tape.order)
    if not isinstance(found, Germ | Growth):
        raise NoGermError
    return found


@dataclass(slots=True, eq=False)
class _Evaluation:
    """The evaluation of a tape, whose values are germs where they can be."""

    approach: Approach

    @property
    def germs(self) -> Germs:
        return self.approach.germs

    def block(self, numbers: Iterable[int]) -> Any:
        values, number = self.approach.values, -1
        for number in numbers:
            if number not in values:
                value = self.node(self.approach.tape.nodes[number])
                told = number in self.approach.limits and isinstance(value, Germ)
                values[number] = self.approach.told(number, value) if told else value
        return values[number]

    def node(self, node: TapeNode) -> Any:
        if node.operation == "variable":
            return self.approach.inputs[self.approach.tape.variables[node.data]]
        if node.operation == "number":
            return self.germs.number(node.data)
        if node.operation == "choice":
            for branch in node.data:
                if self.block(branch.condition):
                    return self.block(branch.value)
            raise NoValueError
        if node.operation in ("integral", "unknown"):
            raise NoGermError
        return self.called(node.operation, [self.approach.values[part] for part in node.parts])

    def called(self, operation: str, parts: Sequence[Any]) -> Any:
        """A function of values: by the rule of germs if that has an answer."""
        if not any(isinstance(part, Growth) for part in parts) and operation != "exp":
            with suppress(NoGermError):
                rule = GERM_RULES.get(operation)
                return self.approach.regular(operation, *parts) if rule is None else rule(self.approach, *parts)
        rule = RULES.get(operation)
        if rule is not None:
            return rule(self, *parts)
        if operation in HOLDS:
            return HOLDS[operation](self.sign(self.sum([parts[0], self.negative(parts[1])])))
        if operation in ENDS or operation in SLOW_ENDS:
            return self.end(operation, parts[0])
        if operation in SERIES and self.sign(parts[-1]) > 0:
            return self.series(operation, parts[-1])
        if operation in LARGE_FORMULAS or operation in FORMULAS:
            return self.by_formula({**FORMULAS, **LARGE_FORMULAS}[operation], vocabulary()[operation].parameters, parts)
        raise NoGermError

    def by_formula(self, formula: str, parameters: tuple[str, ...], parts: Sequence[Value]) -> Any:
        tape = _tape_of(formula, parameters)
        inputs: Any = dict(zip(tape.variables, parts, strict=True))
        inner = Approach(tape, self.germs, inputs)
        found = _Evaluation(inner).block(tape.order)
        self.approach.rigorous = self.approach.rigorous and inner.rigorous
        return found

    def series(self, operation: str, x: Value) -> Value:
        formula, power = SERIES[operation]
        found = self.by_formula(formula, ("x",), [x])
        rest = self.as_germ(self.power(x, fmpq(-power)))
        if not isinstance(found, Germ):
            raise NoGermError
        return self.germs.sum([found, Germ({}, rest.low())])

    def end(self, operation: str, x: Value) -> Germ:
        """A function of a large argument."""
        slow = operation in SLOW_ENDS
        text = (SLOW_ENDS if slow else ENDS)[operation][self.sign(x) > 0]
        constant: Germ = self.by_formula(text, (), [])
        rest = self.as_germ(self.power(x, fmpq(-1))).low() if slow else None
        return self.germs.sum([constant, Germ({}, self.germs.limit if rest is None else rest)])

    # What every rule needs

    def logarithmic(self, value: Value) -> Growth | None:
        """A value as a sign and a logarithm; None for 0."""
        if isinstance(value, Growth):
            return value
        if value.is_zero:
            return None
        sign = self.germs.sign(value)
        return Growth(sign, self.germs.log(value if sign > 0 else self.germs.negative(value)))

    def sign(self, value: Value) -> int:
        return value.sign if isinstance(value, Growth) else self.germs.sign(value)

    def grows(self, value: Value) -> bool:
        """Whether a value is large; where it is not, it is smaller than every power."""
        return isinstance(value, Growth) and self.germs.sign(value.log) > 0

    def as_germ(self, value: Value) -> Germ:
        """A value as a germ; NoGermError where it is larger than all of them."""
        if isinstance(value, Germ):
            return value
        found = self.germs.exp(value.log)
        return found if value.sign > 0 else self.germs.negative(found)

    def exp(self, value: Value) -> Value:
        if self.grows(value):
            if self.sign(value) < 0:
                return Germ({}, None, 1)
            raise NoGermError
        germ = self.as_germ(value)
        large = [place for place in germ.terms if place < CONSTANT_TERM]
        if large and min(large)[0] < 0:
            return Growth(1, germ)
        return self.germs.exp(germ)

    def negative(self, value: Value) -> Value:
        return Growth(-value.sign, value.log) if isinstance(value, Growth) else self.germs.negative(value)

    def product(self, one: Value, other: Value) -> Value:
        if isinstance(one, Germ) and isinstance(other, Germ):
            return self.germs.product(one, other)
        parts = [self.logarithmic(value) for value in (one, other)]
        if parts[0] is None or parts[1] is None:
            return Germ({})
        return self.settled(Growth(parts[0].sign * parts[1].sign, self.germs.sum([parts[0].log, parts[1].log])))

    def settled(self, value: Growth) -> Value:
        """A value as a germ, where its logarithm turned out not to be large."""
        low = min(value.log.terms, default=CONSTANT_TERM)
        return value if low[0] < 0 else self.as_germ(value)

    def power(self, base: Value, exponent: fmpq) -> Value:
        if isinstance(base, Germ):
            return self.germs.power(base, exponent)
        if base.sign < 0 and exponent.q != 1:
            raise NoValueError
        return Growth(base.sign if exponent.p % 2 else 1, self.germs.scaled(base.log, exponent))

    def sum(self, values: Sequence[Value]) -> Value:
        """A sum: the largest term, times 1 plus what the others are over it."""
        if not any(self.grows(value) for value in values):
            return self.germs.sum([self.as_germ(value) for value in values])
        parts = [part for part in map(self.logarithmic, values) if part is not None]
        best = reduce(self.larger, parts)
        shares = []
        for part in parts:
            share = self.germs.exp(self.germs.difference(part.log, best.log))
            shares.append(share if part.sign == best.sign else self.germs.negative(share))
        factor = self.germs.sum(shares)
        sign = self.germs.sign(factor)
        if sign == 0:
            return Germ({})
        log = self.germs.log(factor if sign > 0 else self.germs.negative(factor))
        return self.settled(Growth(best.sign * sign, self.germs.sum([best.log, log])))

    def larger(self, one: Growth, other: Growth) -> Growth:
        difference = self.germs.difference(other.log, one.log)
        return other if not difference.is_zero and self.germs.sign(difference) > 0 else one


def _power(run: _Evaluation, base: Value, exponent: Value) -> Value:
    if isinstance(exponent, Germ) and exponent.is_constant:
        constant = exponent.terms.get(CONSTANT_TERM)
        rational = fmpq(0) if constant is None else constant.rational
        if rational is not None:
            return run.power(base, rational) if rational != 0 else run.germs.number(1)
    if run.sign(base) <= 0:
        raise NoGermError
    return run.exp(run.product(exponent, _log(run, base)))


def _log(run: _Evaluation, x: Value) -> Value:
    if isinstance(x, Germ):
        return run.germs.log(x)
    if x.sign < 0:
        raise NoValueError
    return x.log


def _abs(run: _Evaluation, x: Value) -> Value:
    return x if run.sign(x) >= 0 else run.negative(x)


def _greatest(sense: int) -> Callable[..., Value]:
    def rule(run: _Evaluation, *parts: Value) -> Value:
        best = parts[0]
        for part in parts[1:]:
            if sense * run.sign(run.sum([best, run.negative(part)])) < 0:
                best = part
        return best

    return rule


def _wave(run: _Evaluation, x: Value) -> Germ:
    if run.grows(x):
        return run.germs.bounded()
    raise NoGermError


RULES: dict[str, Callable[..., Any]] = {
    "add": lambda run, *parts: run.sum(parts),
    "multiply": lambda run, *parts: reduce(run.product, parts),
    "power": _power,
    "exp": lambda run, x: run.exp(x),
    "log": _log,
    "abs": _abs,
    "relu": lambda run, x: x if run.sign(x) > 0 else Germ({}),
    "max": _greatest(1),
    "min": _greatest(-1),
    "sin": _wave,
    "cos": _wave,
    "logsumexp": lambda run, *parts: _log(run, run.sum([run.exp(part) for part in parts])),
}
"""The rules of operations of which an operand grows or vanishes faster than every power."""


@cache
def _tape_of(formula: str, parameters: tuple[str, ...]) -> Tape:
    return record(parse_tree(formula, parameters), parameters)


def stand_in(germs: Germs, value: Value) -> Germ:
    """A germ with the limits that a value has, and its slopes where they are infinite."""
    germs.decisions.append(BRANCH_CUT)
    if isinstance(value, Germ):
        return value
    if germs.sign(value.log) < 0:
        return Germ({}, None, value.sign)
    return Germ({(-1, 0): germs.field.rational(value.sign)}, 0)
