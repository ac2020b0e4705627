"""Who decides: a verdict for every number of a result.

First the formula's power series about the point in ball arithmetic, with the precision doubled until float64
could not tell the enclosure from a point. Where the point touches a place without a series, the judge that
uses only f decides. Where PyTorch's number is not the true one, the same series with every step blurred by
float64's rounding tells whether rounding is the reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from flint import arb, ctx, fmpq

from derivcli.check.sides import Limit, Local, Side, is_near, look
from derivcli.check.verdict import WITHOUT, Verdict, Verdicts
from derivcli.engines.balls import (
    Exact,
    Run,
    Tape,
    TouchError,
    UnsureError,
    ball_of,
    coefficients,
    coordinate,
    evaluate,
    rational,
    record,
)
from derivcli.engines.clock import OutOfTimeError, clock

if TYPE_CHECKING:
    from derivcli.points.spec import Points
    from derivcli.result import Result

SECONDS = 2.0
"""How long one number may take."""

PRECISIONS = (96, 192, 384, 768, 1536, 3072)
"""Bits; the last ones serve numbers that are 0 or nearly."""

ENOUGH = 64
"""Bits of an enclosure that float64 cannot tell from a point."""

ROUNDING = {"float64": -48, "float32": -19}
"""The factor by which a step's rounding may blur its result, as a power of 2: a few units in the last place."""

DIGITS = {"float64": 16, "float32": 7}
LOST = 4
"""A number that lost more digits than these is called lossy."""

SMALLEST = {"float64": -1074, "float32": -149}
"""The spacing of the smallest numbers, as a power of 2."""

Tick = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Question:
    """One number to judge: a derivative of an order in the variable `by` at a point, as PyTorch printed it."""

    tape: Tape
    at: Mapping[str, Exact]
    by: str
    order: int
    printed: float
    dtype: str


@dataclass(frozen=True, slots=True)
class Truth:
    """A true number as a ball, and whether its proof is rigorous."""

    ball: arb
    rigorous: bool


def check(result: Result, points: Points, tick: Tick | None = None) -> Result:
    """The result with a verdict for its value and each of its derivatives at every point.

    `tick` is told after each point how many numbers have been judged.
    """
    count = len(result.value)
    wanted = {key: (key.split(",")[0], key.count(",") + 1) for key in result.derivatives}
    columns = {key: Verdicts.empty(count) for key in wanted}
    values = Verdicts.empty(count)
    expression = result.expression
    with _restored_context():
        tape = record(expression.expanded, expression.variables)
        dtype = str(result.value.dtype)
        for point in range(count):
            at = {name: _coordinate(result, points, name, point) for name in expression.variables}
            values.put(point, judge(Question(tape, at, "", 0, float(result.value[point]), dtype)))
            for key, (name, order) in wanted.items():
                printed = float(result.derivatives[key][point])
                columns[key].put(point, judge(Question(tape, at, name, order, printed, dtype)))
            if tick is not None:
                tick(1 + len(wanted))
    return replace(result, verdicts=columns, value_verdicts=values)


def _coordinate(result: Result, points: Points, name: str, point: int) -> Exact:
    """A coordinate as it was typed, or the float64 that it is."""
    typed = points.exact(name, point)
    return coordinate(float(result.at[name][point]) if typed is None else typed)


@contextmanager
def _restored_context() -> Iterator[None]:
    """Leave FLINT's settings as they were: they are the process's own."""
    precision, cap = ctx.prec, ctx.cap
    try:
        yield
    finally:
        ctx.prec, ctx.cap = precision, cap


def judge(question: Question) -> Verdict:
    """The verdict of one number, within its time."""
    try:
        with clock(SECONDS):
            return _judged(question)
    except OutOfTimeError:
        return Verdict("unchecked", message=f"it takes longer than {SECONDS:g} seconds")
    except UnsureError:
        return Verdict("unchecked", message=f"{PRECISIONS[-1]} bits of precision do not settle it")
    except RecursionError:
        return Verdict("unchecked", message="the formula is too deep")


def _judged(question: Question) -> Verdict:
    try:
        truth = enclosure(question)
    except TouchError as place:
        return _at_touch(question, str(place) or "the formula has no real value here")
    return _compared(question, truth)


def enclosure(question: Question) -> Truth:
    """The true number, narrower than float64 can tell, by a power series.

    Raises TouchError where there is none at the point and UnsureError where the precision does not suffice.
    """
    floor = arb(2) ** (SMALLEST["float64"] - 8)
    for precision in PRECISIONS:
        final = precision == PRECISIONS[-1]
        try:
            run = evaluate(
                question.tape, question.at, question.by, question.order, precision=precision, final=final
            )
        except UnsureError:
            continue
        ball = coefficients(run)[question.order] * math.factorial(question.order)
        if ball.rel_accuracy_bits() >= ENOUGH or abs(ball) < floor:
            return Truth(ball, run.rigorous)
    raise UnsureError


def _compared(question: Question, truth: Truth, touched: bool = False) -> Verdict:
    """PyTorch's number beside the true one; `touched` where a step is exactly at a special place."""
    number = nearest(truth.ball)
    if math.isinf(number):
        size = truth.ball.str(6, radius=False)
        right = question.printed == number
        return Verdict("overflow", truth=number, message=f"the true number is {size}", differs=not right)
    digits = right_digits(question.printed, truth.ball, question.dtype)
    if digits >= DIGITS[question.dtype] - LOST:
        return Verdict("proved" if truth.rigorous else "agrees", digits, number)
    cause = _overflow(question) if touched else _off_the_point(question) or rounding(question)
    if not cause:
        return Verdict("wrong", digits, number, message="rounding is not the reason", differs=True)
    return Verdict("lossy", digits, number, message=cause, differs=True)


def nearest(ball: arb) -> float:
    """The float64 nearest to a narrow ball."""
    return float(ball.mid())


def right_digits(printed: float, truth: arb, dtype: str) -> int:
    """How many digits of a number are right, at most those of its format."""
    most = DIGITS[dtype]
    if not math.isfinite(printed):
        return 0
    error = abs(arb(printed) - truth)
    if error < arb(2) ** SMALLEST[dtype]:
        return most
    if not abs(truth) > 0:
        return 0
    relative = float((error / abs(truth)).upper())
    return most if relative == 0 else max(0, min(most, math.floor(-math.log10(relative))))


def rounding(question: Question) -> str:
    """How rounding explains the number; empty where it does not."""
    run = Run(question.tape, question.order)
    try:
        evaluate(
            question.tape, question.at, question.by, question.order, precision=64, noise=ROUNDING[question.dtype], into=run
        )
    except (UnsureError, TouchError):
        return f"{run.extreme} on the way" if run.extreme else "rounding moves it to a place where the formula breaks down"
    ball = coefficients(run)[question.order] * math.factorial(question.order)
    if math.isfinite(question.printed) and (ball * (1 + run.noise)).contains(arb(question.printed)):
        return "cancellation"
    return f"{run.extreme} on the way" if run.extreme else ""


def _off_the_point(question: Question) -> str:
    """What explains a number that is right for the nearest float64 and not for the point as typed."""
    rounded = {name: _as_float(value, question.dtype) for name, value in question.at.items()}
    if all(rounded[name] == value for name, value in question.at.items()):
        return ""
    try:
        truth = enclosure(replace(question, at=rounded))
    except (TouchError, UnsureError):
        return ""
    if right_digits(question.printed, truth.ball, question.dtype) < DIGITS[question.dtype] - LOST:
        return ""
    return f"right for the nearest {question.dtype}, and not for the point as typed"


def _as_float(value: Exact, dtype: str) -> fmpq:
    """The number of a format that stands for a coordinate."""
    number = float(ball_of(value, 200).mid())
    return rational(float(np.dtype(dtype).type(number)))


def _overflow(question: Question) -> str:
    """Overflow or underflow on the way to the value."""
    run = Run(question.tape, 0)
    with suppress(UnsureError, TouchError):
        evaluate(question.tape, question.at, precision=64, noise=ROUNDING[question.dtype], into=run)
    return f"{run.extreme} on the way" if run.extreme else ""


# Where the formula has no power series


def _at_touch(question: Question, reason: str) -> Verdict:
    """The verdict at a kink, a jump, an edge or a hole, from values of f alone; `reason` says why f has none."""
    if question.order == 0 or question.by not in question.at:
        return _without("undefined", question, reason)
    for order in range(1, question.order + 1):
        local = look(question.tape, question.at, question.by, order)
        verdict = _of_local(local, question, reason)
        if order < question.order and verdict.kind not in ("proved", "agrees", "lossy", "wrong", "edge"):
            return replace(verdict, message=f"already the derivative of order {order}: {verdict.message}")
    return verdict


def _of_local(local: Local, question: Question, reason: str) -> Verdict:
    """The kind of place that the values beside a point show."""
    left, right = local.left, local.right
    if not all(side.limit.settled for side in (left, right) if side.defined):
        raise UnsureError
    if local.value is None:
        return _where_undefined(left, right, question, reason)
    if not left.defined and not right.defined:
        return _without("isolated", question, "the formula is real here and not beside")
    if any(side.defined and not _continues(side, local.value) for side in (left, right)):
        return _jump(left, right, question)
    if any(side.defined and not side.derivative.settled for side in (left, right)):
        raise UnsureError
    if not left.defined or not right.defined:
        return _edge(left, right, question)
    return _between(left.derivative, right.derivative, question)


def _where_undefined(left: Side, right: Side, question: Question, reason: str) -> Verdict:
    """No value at the point: a hole that limits fill, or nothing."""
    limits = [side.limit.number for side in (left, right) if side.defined]
    filled = len(limits) == 2 and None not in limits and is_near(limits[0], limits[1])
    if not filled:
        return _without("undefined", question, reason)
    sides = (_float(left.derivative), _float(right.derivative))
    message = f"the formula has no value here, and the limit {_shown(left.limit)} fills the hole"
    same = left.derivative.number is not None and right.derivative.number is not None
    truth = sides[1] if same and is_near(left.derivative.number, right.derivative.number) else None
    return replace(_without("hole", question, message), truth=truth, left=sides[0], right=sides[1])


def _continues(side: Side, value: arb) -> bool:
    """Whether a side tends to the value at the point."""
    return side.limit.number is not None and is_near(side.limit.number, value)


def _jump(left: Side, right: Side, question: Question) -> Verdict:
    """Not continuous; a side that is has its one-sided derivative."""
    sides = {"left": left, "right": right}
    told = [f"to {_shown(side.limit)} from the {name}" for name, side in sides.items() if side.defined]
    derivatives = {name: _float(side.derivative) for name, side in sides.items()}
    return replace(_without("jump", question, f"the formula tends {' and '.join(told)}"), **derivatives)


def _edge(left: Side, right: Side, question: Question) -> Verdict:
    """Defined on one side only: the one-sided derivative is the truth."""
    side, name = (left, "left") if left.defined else (right, "right")
    truth = _float(side.derivative)
    printed = question.printed
    if side.derivative.number is None:
        differs, digits = printed != truth, None
    else:
        known = right_digits(printed, side.derivative.number, question.dtype)
        digits = None if math.isnan(printed) else known
        differs = known < DIGITS[question.dtype] - LOST
    message = f"defined on the {name} only"
    one_sided = {name: truth}
    return Verdict("edge", digits, truth, message=message, differs=differs and not math.isnan(printed), **one_sided)


def _between(left: Limit, right: Limit, question: Question) -> Verdict:
    """Continuous, and defined on both sides."""
    sides = {"left": _float(left), "right": _float(right)}
    if left.number is not None and right.number is not None and is_near(left.number, right.number):
        return _compared(question, Truth(right.number, rigorous=False), touched=True)
    if left.infinite and right.infinite:
        # The left quotient's sign is that of the slope, as on the right.
        kind = "vertical" if left.infinite == right.infinite else "cusp"
        message = "the tangent is vertical" if kind == "vertical" else "both one-sided derivatives are infinite"
        verdict = replace(_without(kind, question, message), **sides)
        if kind == "vertical":
            truth = sides["right"]
            return replace(verdict, truth=truth, differs=verdict.differs or question.printed == -truth)
        return verdict
    return replace(_without("corner", question, f"left {_shown(left)}, right {_shown(right)}"), **sides)


def _without(kind: str, question: Question, message: str) -> Verdict:
    """A place without a derivative, where a number printed misleads."""
    assert kind in WITHOUT
    return Verdict(kind, message=message, differs=math.isfinite(question.printed))


def _float(limit: Limit) -> float | None:
    """A one-sided derivative as a float64."""
    if limit.number is not None:
        return nearest(limit.number) + 0.0
    return math.inf * limit.infinite if limit.infinite else None


def _shown(limit: Limit) -> str:
    """A limit in a sentence."""
    if limit.number is None:
        return {1: "inf", -1: "-inf", 0: "none"}[limit.infinite]
    return f"{nearest(limit.number):.6g}"


def policy(results: Sequence[Result], wanted: bool | None, most: int = 100) -> bool:
    """Whether to check: as wanted or, where nothing is said, small jobs only."""
    if wanted is not None:
        return wanted
    return sum(len(result.value) * len(result.derivatives) for result in results) <= most


def misleading(result: Result) -> int:
    """How many numbers of a checked result mislead."""
    columns = [*result.verdicts.values(), *([result.value_verdicts] if result.value_verdicts else [])]
    return int(sum(np.count_nonzero(column.differs) for column in columns))
