"""The power series of a formula in several variables at once, about all points of a box, enclosed in balls.

Degree by degree a coefficient encloses the derivative over factorials at every point of the box. Sums, products and
powers have rules of their own. Every other operation has its power series in its operand by the ball rules; operations
of two operands that both vary are put down to these. Of degree 0 alone, kinks and jumps have an enclosure too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from flint import arb, arb_series, ctx, fmpq

from derivcli.engines.balls.coordinates import Coordinate
from derivcli.engines.balls.errors import NoValueError, TouchError, UnsureError
from derivcli.engines.balls.germs.evaluation import Constants
from derivcli.engines.balls.rules import BALL_RULES
from derivcli.engines.balls.run import Number, Run
from derivcli.engines.balls.tape import Tape, TapeNode
from derivcli.uncertainty.ranges import RANGES, hull, whole_power
from derivcli.uncertainty.signs import is_nonnegative
from derivcli.uncertainty.taylor_arithmetic import Series, composed, constant, product, total, value_of

CONDITIONS = frozenset({"<", "<=", ">", ">=", "==", "!=", "and", "or", "not", "true", "false"})
"""Operations whose value is true or false."""

FAILURES = (UnsureError, TouchError, ValueError, ZeroDivisionError)
"""What a rule raises where there is no finite series over a box."""


class EmptyError(UnsureError):
    """The formula seems to have a value nowhere in a box."""


@dataclass(slots=True, eq=False)
class Formula:
    """A tape at a point where some variables move; `bits` has a bit for each of those.

    `known` are the values of nodes at the point, of which those that do not move are used.
    """

    tape: Tape
    at: Mapping[str, Coordinate]
    bits: int
    known: Mapping[int, Any]
    precision: int

    def series(self, start: Mapping[str, Series], order: int) -> Series:
        """The power series where each variable that moves starts with a series of its own.

        Raises UnsureError where there may be none at a point of the box.
        """
        ctx.prec, ctx.cap = self.precision, order + 1
        run = _TaylorRun(self, start, order)
        try:
            found: Series = run.block(self.tape.order)
        except NoValueError:
            raise EmptyError from None
        except FAILURES:
            raise UnsureError from None
        if not all(value.is_finite() for terms in found for value in terms.values()):
            raise UnsureError
        return found


@dataclass(slots=True, eq=False)
class _TaylorRun:
    """One evaluation."""

    formula: Formula
    start: Mapping[str, Series]
    order: int
    values: dict[int, Any] = field(default_factory=dict)

    def block(self, numbers: Sequence[int]) -> Any:
        """Evaluate nodes that have no value yet, and give that of the last."""
        for number in numbers:
            if number not in self.values:
                self.values[number] = self.made(number, self.formula.tape.nodes[number])
        return self.values[numbers[-1]]

    def made(self, number: int, node: TapeNode) -> Any:
        operation = node.operation
        if operation == "choice":
            return self.choice(node)
        if operation == "variable":
            name = self.formula.tape.variables[node.data]
            if name in self.start:
                return self.start[name]
        if not node.varies & self.formula.bits and number in self.formula.known:
            value = self.formula.known[number]
            return constant(value[0]) if type(value) is arb_series else value
        rule = RULES.get(operation)
        found = None if rule is None else rule(self, node)
        return self.general(node) if found is None else found

    def moves(self, number: int) -> bool:
        """Whether a node depends on a variable that moves."""
        return bool(self.formula.tape.nodes[number].varies & self.formula.bits)

    def choice(self, node: TapeNode) -> Any:
        """The first branch whose condition holds; of degree 0 the hull of all that may hold."""
        found: list[arb] = []
        for branch in node.data:
            try:
                holds = self.block(branch.condition)
            except FAILURES:
                if self.order:
                    raise
                found.append(value_of(self.block(branch.value)))
                continue
            if holds:
                value = self.block(branch.value)
                return constant(reduce(arb.union, [*found, value_of(value)])) if found else value
        raise NoValueError

    def general(self, node: TapeNode) -> Any:
        """An operation by its ball rule, in the one operand that varies."""
        varying = {part for part in node.parts if self.moves(part)}
        if node.operation in CONDITIONS:
            return self.ruled(node, varying, 0)
        if node.operation in RANGES and not self.order:
            return constant(RANGES[node.operation](*[value_of(self.values[part]) for part in node.parts]))
        if node.operation == "integral" or len(varying) > 1:
            raise UnsureError
        series = self.ruled(node, varying, self.order if varying else 0)
        if not varying:
            return constant(series[0])
        coefficients = [series[place] for place in range(self.order + 1)]
        return composed(coefficients, self.values[varying.pop()], self.order)

    def ruled(self, node: TapeNode, varying: set[int], order: int) -> Any:
        """What the ball rule of a node gives."""
        formula = self.formula
        constants = None if varying else Constants(formula.tape, formula.at, formula.precision)
        ctx.prec, ctx.cap = formula.precision, order + 1
        run = Run(formula.tape, {}, order, formula.precision)
        run.bits = formula.bits if order else 0
        run.at = {name: value for name, value in formula.at.items() if name not in self.start}
        run.constants = constants
        for part in node.parts:
            value = self.values[part]
            if isinstance(value, list):
                ball = value_of(value)
                value = arb_series([ball, 1]) if order and part in varying else arb_series([ball])
            run.values[part] = value
        return BALL_RULES[node.operation](run, node, [Number(run, part) for part in node.parts])

    def taken(self, function: Callable[[Any], Any], inner: Series) -> Series:
        """A function of a series, by what it makes of a variable's own."""
        ctx.prec, ctx.cap = self.formula.precision, self.order + 1  # other rules may have changed them
        series = function(arb_series([value_of(inner), 1]))
        return composed([series[place] for place in range(self.order + 1)], inner, self.order)

    def whole_power(self, base: Series, exponent: int) -> Series:
        """A whole power, whose coefficients are binomials."""
        ball = value_of(base)
        if exponent < 0 and ball.contains(0):
            raise UnsureError
        factor, coefficients = fmpq(1), []
        for place in range(self.order + 1):
            if factor == 0:
                break
            coefficients.append(arb(factor) * whole_power(ball, exponent - place))
            factor = factor * (exponent - place) / (place + 1)
        return composed(coefficients, base, self.order)


def _add(run: _TaylorRun, node: TapeNode) -> Series:
    return reduce(total, [run.values[part] for part in node.parts])


def _multiply(run: _TaylorRun, node: TapeNode) -> Series:
    factors = [
        run.values[part] if count == 1 else run.whole_power(run.values[part], count)
        for part, count in Counter(node.parts).items()
    ]
    return reduce(lambda one, other: product(one, other, run.order), factors)


def _raised(run: _TaylorRun, node: TapeNode) -> Series | None:
    base, exponent = node.parts
    if not run.moves(exponent):
        number = Run(run.formula.tape, at=run.formula.at).exact(exponent)
        if number is not None and number.q == 1 and abs(number.p) <= MAX_WHOLE_POWER:
            return run.whole_power(run.values[base], int(number.p))
        return None if number is None or run.order else _power_from_zero(run, base, number)
    if not run.moves(base):
        return None
    logarithm = run.taken(_log, run.values[base])
    return run.taken(arb_series.exp, product(run.values[exponent], logarithm, run.order))


def _power_from_zero(run: _TaylorRun, base: int, exponent: fmpq) -> Series | None:
    """The values of a power above 0 where the base is never negative and may be 0."""
    ball = value_of(run.values[base])
    if exponent <= 0 or not ball.contains(0) or not is_nonnegative(run.formula.tape, base):
        return None
    return constant(hull(arb(0), ball.abs_upper() ** arb(exponent)))


def _log(x: Any) -> Any:
    if not x[0] > 0:
        raise UnsureError
    return x.log()


def _inverse(x: Any) -> Any:
    if x[0].contains(0):
        raise UnsureError
    return 1 / x


def _root(x: Any) -> Any:
    if not x[0] > 0:
        raise UnsureError
    return x.sqrt()


def _both_vary(run: _TaylorRun, node: TapeNode) -> tuple[Series, Series] | None:
    """The two operands of an operation, if both vary."""
    if len(node.parts) != 2 or not all(map(run.moves, node.parts)):
        return None
    return run.values[node.parts[0]], run.values[node.parts[1]]


def _atan2(run: _TaylorRun, node: TapeNode) -> Series | None:
    both = _both_vary(run, node)
    if both is None or not run.order:
        return None
    y, x = both
    if value_of(x) > 0:
        return run.taken(arb_series.atan, product(y, run.taken(_inverse, x), run.order))
    up = 1 if value_of(y) > 0 else -1 if value_of(y) < 0 else 0
    if not up:
        raise UnsureError
    angle = run.taken(arb_series.atan, product(x, run.taken(_inverse, y), run.order))
    return total(constant(up * arb.pi() / 2), [{key: -value for key, value in terms.items()} for terms in angle])


def _hypot(run: _TaylorRun, node: TapeNode) -> Series | None:
    both = _both_vary(run, node)
    if both is None:
        return None
    if not run.order:
        x, y = map(value_of, both)
        least, most = x.abs_lower() ** 2 + y.abs_lower() ** 2, x.abs_upper() ** 2 + y.abs_upper() ** 2
        return constant(hull(least.nonnegative_part().sqrt(), most.sqrt()))
    return run.taken(_root, total(run.whole_power(both[0], 2), run.whole_power(both[1], 2)))


def _xlogy(run: _TaylorRun, node: TapeNode) -> Series | None:
    both = _both_vary(run, node)
    return None if both is None else product(both[0], run.taken(_log, both[1]), run.order)


def _logsumexp(run: _TaylorRun, node: TapeNode) -> Series:
    grown = [run.taken(arb_series.exp, run.values[part]) for part in node.parts]
    return run.taken(_log, reduce(total, grown))


def _greatest(sense: int) -> Callable[[_TaylorRun, TapeNode], Series | None]:
    """The operand that is greatest over the whole box; with `sense` -1 the least."""

    def rule(run: _TaylorRun, node: TapeNode) -> Series | None:
        if not run.order:
            return None
        best = run.values[node.parts[0]]
        for part in node.parts[1:]:
            difference = sense * (value_of(best) - value_of(run.values[part]))
            if difference < 0:
                best = run.values[part]
            elif not difference > 0 and best is not run.values[part]:
                raise UnsureError
        found: Series = best
        return found

    return rule


MAX_WHOLE_POWER = 64

RULES: dict[str, Callable[[_TaylorRun, TapeNode], Series | None]] = {
    "add": _add,
    "multiply": _multiply,
    "power": _raised,
    "atan2": _atan2,
    "hypot": _hypot,
    "xlogy": _xlogy,
    "logsumexp": _logsumexp,
    "max": _greatest(1),
    "min": _greatest(-1),
}
"""Operations with a rule of their own, which gives None where the ball rule is to be asked."""
