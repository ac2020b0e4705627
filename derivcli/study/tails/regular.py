"""A function of a value where it has a power series, by its series about balls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeAlias

from flint import arb, fmpq

from derivcli.engines.balls.coordinates import Coordinate
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import evaluate
from derivcli.engines.balls.germs.evaluation import GERM_RULES
from derivcli.engines.balls.germs.germ import Germ
from derivcli.engines.balls.integers import only_whole
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import Tape, TapeNode
from derivcli.study.tails.calculus import Calculus, Value
from derivcli.study.tails.stretch import TooFarError

Rule: TypeAlias = Callable[..., Any]
"""Takes the calculus and the values of the operands. Gives a value, or a truth for a condition."""


def regular(run: Calculus, operation: str, *values: Value) -> Value:
    """A function of one value that moves, where it has a power series."""
    moving = [
        k for k, value in enumerate(values) if value.jet[0] and run.rational(value) is None and _moves(run, value)
    ]
    if len(moving) > 1:
        raise UnsureError
    fixed: dict[str, Coordinate] = {}
    for k, value in enumerate(values):
        exact = run.rational(value)
        if k not in moving:
            fixed[f"x{k}"] = run.models.values(value.jet[0]) if exact is None else exact
    precision = run.field.precision

    def series(center: arb, order: int) -> Sequence[arb]:
        tape = _call(operation, len(values))
        point = {f"x{k}": center for k in moving}
        evaluation = Run(tape, {name: [fmpq(1)] for name in point}, order, precision)
        try:
            found = evaluate(evaluation, {**fixed, **point})
        except (UnsureError, TouchError):
            raise TooFarError from None
        if not evaluation.rigorous or not all(ball.is_finite() for ball in found):
            raise TooFarError
        return found

    def find() -> Germ:
        parts, rule = [value.find() for value in values], GERM_RULES.get(operation)
        found: Germ = run.approach.regular(operation, *parts) if rule is None else rule(run.approach, *parts)
        return found

    if not moving:
        return run.constant(series(arb(0), 0)[0], find)
    return run.analytic(values[moving[0]], series, find)


def _moves(run: Calculus, value: Value) -> bool:
    return not run.models.is_number(value.jet[0])


@cache
def _call(operation: str, count: int) -> Tape:
    """A tape of one call."""
    names = tuple(f"x{k}" for k in range(count))
    nodes = [TapeNode("variable", (), k, 1 << k) for k in range(count)]
    nodes.append(TapeNode(operation, tuple(range(count)), None, (1 << count) - 1))
    return Tape(names, nodes, tuple(range(count + 1)))


def pi_times(run: Calculus, factor: fmpq) -> Value:
    """A rational multiple of pi."""
    return run.named(run.field.scaled(run.field.pi(), factor))


def at_whole(run: Calculus, x: Value) -> Value:
    """A value with an exact constant where it seems to tend to a whole number."""
    center = run.split(x)[1]
    return run.exact(x) if not center.is_exact() and only_whole(center) is not None else x
