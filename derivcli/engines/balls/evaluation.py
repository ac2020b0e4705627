"""Evaluation: the Taylor coefficients of a tape's formula about a point, enclosed in balls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sympy
from flint import arb, arb_series, ctx, fmpq

from derivcli.engines.balls.coordinates import Coordinate, Direction, Exact, Moved, rational
from derivcli.engines.balls.definite_integrals import integral_rule
from derivcli.engines.balls.errors import NoValueError, TouchError, UnsureError
from derivcli.engines.balls.germs.evaluation import Constants
from derivcli.engines.balls.integers import MAX_BITS, scale
from derivcli.engines.balls.rules import BALL_RULES, FUNCTIONS
from derivcli.engines.balls.run import Number, Run
from derivcli.engines.balls.tape import Tape, TapeNode, moving, record
from derivcli.language.tree import Tree


def evaluate(run: Run, at: Mapping[str, Coordinate]) -> list[arb]:
    """The Taylor coefficients of a run's formula about a point.

    Raises TouchError, NoValueError or UnsureError where there is no series. Afterwards the run tells how it came
    about, or how far it came.
    """
    run.at = at
    run.bits = moving(run.tape, run.path) if run.order else 0  # a value alone touches nothing
    run.constants = run.constants or Constants(run.tape, at, run.precision)
    for number, node in run.tape.inputs():
        if number in run.fixed and not node.varies & run.bits:
            continue
        name = run.tape.variables[node.data]
        coefficients = [at[name], *run.path.get(name, ())[: run.order]]
        balls = [ball_of(each, run.precision) for each in coefficients]
        ctx.prec, ctx.cap = run.precision, run.order + 1
        run.values[number] = run.stored(arb_series(balls), run.exact(number))
    ctx.prec, ctx.cap = run.precision, run.order + 1
    series = _block(run, run.tape.order)
    return [series[place] for place in range(run.order + 1)]


def _block(run: Run, numbers: Iterable[int]) -> Any:
    """Evaluate nodes that have no value yet, and give the value of the last."""
    values, nodes, fixed, bits = run.values, run.tape.nodes, run.fixed, run.bits
    number = -1
    for number in numbers:
        if number in values or (number in fixed and not nodes[number].varies & bits):
            continue
        node = nodes[number]
        try:
            value = _choice(run, node) if node.operation == "choice" else _called(run, node)
        except (ValueError, ZeroDivisionError):  # FLINT's way to refuse a divisor whose ball holds 0
            raise _failure(run) from None
        values[number] = _checked(run, value, node) if type(value) is arb_series else value
    return run.value(number)


def _called(run: Run, node: TapeNode) -> Any:
    """What the rule of an operation gives, perhaps for arguments moved as rounding might."""
    numbers = [Number(run, part) for part in node.parts]
    if run.rounding is not None and run.rounding.inside and node.operation in FUNCTIONS:
        for number in numbers:
            if number.varies:
                number.series = run.rounding.argument(number.series, run.order)
    if node.operation == "integral":
        return _INTEGRAL(run, node, numbers)
    return BALL_RULES[node.operation](run, node, numbers)


_INTEGRAL = integral_rule(evaluate)


def _choice(run: Run, node: TapeNode) -> Any:
    for branch in node.data:
        if _block(run, branch.condition):
            return _block(run, branch.value)
    raise NoValueError


def _checked(run: Run, value: Any, node: TapeNode) -> Any:
    for place in range(run.order + 1):
        if not value[place].is_finite():
            raise _failure(run)
    if run.rounding is None:
        return value
    if node.operation == "number":
        return run.stored(value, node.data)
    if run.bits:
        inner = [run.values[part] for part in node.parts]
        run.rounding.look_at_slope(value, [part for part in inner if type(part) is arb_series], run.order)
    return value if node.operation == "choice" else run.rounding.moved(value, run.order)


def _failure(run: Run) -> Exception:
    """What a step without a finite series means: too little precision or, at the last one, a special point."""
    return TouchError() if run.final and run.order else UnsureError()


def scale_of(value: Coordinate) -> int:
    """The power of 2 next above a coordinate's size. It is 0 for 0."""
    return scale(ball_of(value, 64)) or 0


def step_scale(at: Mapping[str, Coordinate], direction: Direction) -> int:
    """The power of 2 by whose multiples a point moves along a direction by parts of its own size."""
    scales = [scale_of(at[name]) - scale_of(slope) for name, slope in direction.items() if name in at and slope != 0]
    found = min(scales, default=0)
    if abs(found) > MAX_BITS // 2:  # steps of such a size have too many digits
        raise UnsureError
    return found


def ball_of(value: Coordinate, precision: int) -> arb:
    """A coordinate as a ball."""
    ctx.prec = precision
    if isinstance(value, Tape):
        return evaluate(Run(value, precision=precision), {})[0]
    if isinstance(value, Moved):
        return ball_of(value.base, precision) + value.offset * ball_of(value.slope, precision)
    return arb(value)


def rounded(value: Coordinate, dtype: str) -> float:
    """The number of a format that stands for a coordinate."""
    import numpy as np  # late, since claims about formulas need none

    return float(np.dtype(dtype).type(float(ball_of(value, 200).mid())))


def coordinate(value: float | Tree) -> Exact:
    """A point's coordinate from a float64 or from a formula as typed."""
    if isinstance(value, float):
        return rational(value)
    if isinstance(value, sympy.Rational):
        return fmpq(int(value.p), int(value.q))
    tape = record(value, ())
    exact = Run(tape).exact(tape.order[-1])  # as of 1/3
    return tape if exact is None else exact
