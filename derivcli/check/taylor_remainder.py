"""The remainder of a Taylor polynomial: a rigorous enclosure over an interval.

With c_k(X) for the coefficients of the series about any point of X, the remainder R of the polynomial of degree
n about a is at x, by Lagrange, c_(n+1)(X) (x - a)^(n+1), where X holds all between a and x, and its slope is
(n + 1) c_(n+1)(X) (x - a)^n. The interval is cut into pieces; on each R is what both say, from a and from the
middle of the piece, where R is known, and what f minus the polynomial is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from flint import arb, ctx, fmpq

from derivcli.check.enclosure import PRECISION_BITS, is_narrow, restored_context
from derivcli.check.judge import VERDICT_SECONDS, coordinates
from derivcli.engines.balls.coordinates import Coordinate, Exact, rational
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import ball_of, evaluate
from derivcli.engines.balls.integers import fraction
from derivcli.engines.balls.partials import ONE
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import Tape, record
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.language.expression import Expression
from derivcli.result import FloatArray, SeriesResult

FIRST_PIECES = 16
"""Each side of the centre is first cut into this many pieces."""

MAX_PIECES = 1024

MAX_EXCESS = 0.01
"""How much wider the enclosure may be than the range of the values at the middles of the pieces, relatively."""

PIECE_BITS = 128


def remainders(result: SeriesResult) -> FloatArray:
    """The remainders about every point of a result over its interval, shape (points, 2); NaN where none is found."""
    assert result.interval is not None, "a remainder is that over an interval"
    names = result.expression.variables
    found = np.full((len(result.coefficients), 2), np.nan)
    for point in np.flatnonzero(np.isfinite(result.coefficients).all(axis=1)).tolist():
        at = coordinates(result.at, result.points, names, point)
        ends = remainder(result.expression, at, result.variable, result.coefficients[point].tolist(), *result.interval)
        if ends is not None:
            found[point] = ends
    return found


def remainder(
    expression: Expression, at: Mapping[str, Exact], variable: str, printed: Sequence[float], low: float, high: float
) -> tuple[float, float] | None:
    """The least and the greatest difference of the function and its Taylor polynomial from `low` to `high`.

    The polynomial is the one with the coefficients as printed, so that their rounding is part of it. None where that
    cannot be enclosed, as where a kink, a jump or an edge may lie in the interval or between it and the centre.
    """
    tape = record(expression.expanded, (*expression.variables, *({variable} - {*expression.variables})))
    at = {variable: fmpq(0), **at}  # in which a constant is a polynomial too
    with restored_context():
        try:
            ends = limited(
                VERDICT_SECONDS,
                lambda: _Polynomial.about(tape, at, variable, printed).remainder(rational(low), rational(high)),
            )
        except (OutOfTimeError, TouchError, UnsureError):
            return None
    return ends if all(map(math.isfinite, ends)) else None


@dataclass(frozen=True, slots=True)
class GrowingBound:
    """On stretches a function and its polynomial about `centre` differ by at most factor |x - centre|^power.

    `edges` are the ends of neighbouring stretches, and `factors` hold one for each. `rounding` comes on top of it.
    """

    centre: float
    power: int
    edges: FloatArray
    factors: FloatArray
    rounding: float


def growing_bound(
    expression: Expression, at: Mapping[str, Exact], variable: str, printed: Sequence[float], low: float, high: float
) -> GrowingBound | None:
    """What Lagrange's remainder says from `low` to `high`; None where that cannot be enclosed."""
    tape = record(expression.expanded, (*expression.variables, *({variable} - {*expression.variables})))
    at = {variable: fmpq(0), **at}
    with restored_context():
        try:
            return limited(
                VERDICT_SECONDS,
                lambda: _Polynomial.about(tape, at, variable, printed).growing_bound(rational(low), rational(high)),
            )
        except (OutOfTimeError, TouchError, UnsureError):
            return None


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the variable, with the values of the function there and its c_(n+1)."""

    low: fmpq
    high: fmpq
    values: arb
    beyond: arb


@dataclass(frozen=True, slots=True)
class _Polynomial:
    """The Taylor polynomial of a formula in a variable, with its coefficients as narrow balls."""

    tape: Tape
    at: Mapping[str, Exact]
    variable: str
    centre: arb
    coefficients: list[arb]
    rounded: list[arb]
    """The rounding errors of the printed coefficients."""

    @staticmethod
    def about(tape: Tape, at: Mapping[str, Exact], variable: str, printed: Sequence[float]) -> _Polynomial:
        """The polynomial about a point."""
        for precision in PRECISION_BITS:
            run = Run(tape, {variable: (ONE,)}, len(printed) - 1, precision)
            try:
                coefficients = evaluate(run, at)
            except UnsureError:
                continue
            if run.rigorous and all(map(is_narrow, coefficients)):
                rounded = [true - arb(number) for true, number in zip(coefficients, printed, strict=True)]
                return _Polynomial(tape, at, variable, ball_of(at[variable], precision), coefficients, rounded)
        raise UnsureError

    @property
    def order(self) -> int:
        """One more than the degree."""
        return len(self.coefficients)

    def series(self, place: Coordinate, order: int) -> list[arb]:
        """The coefficients of the formula's series about a place, which may be a stretch of the variable."""
        run = Run(self.tape, {self.variable: (ONE,)}, order, PIECE_BITS + 16 * self.order)
        found = evaluate(run, {**self.at, self.variable: place})
        if not run.rigorous:
            raise UnsureError
        return found

    def remainder(self, low: fmpq, high: fmpq) -> tuple[float, float]:
        """The ends of the remainder from `low` to `high`."""
        least, most = _rational_below(self.centre), -_rational_below(-self.centre)
        right = self.cut(least, max(most, high)) if high >= least else []
        left = self.cut(min(least, low), most) if low < most else []
        while True:
            found = [*self.enclosed(right, low, high), *self.enclosed(left[::-1], low, high)]
            bottom, top = _hull([each for _, each, _ in found])
            inner_bottom, inner_top = _hull([middle for _, _, middle in found])
            allowed = MAX_EXCESS * (inner_top - inner_bottom)
            loose = {
                piece.low
                for piece, ball, _ in found
                if ball.lower() < inner_bottom - allowed or ball.upper() > inner_top + allowed
            }
            if not loose or max(len(left), len(right)) > MAX_PIECES / 2:
                return _down(bottom), 0.0 - _down(-top)
            left, right = self.refined(left, loose), self.refined(right, loose)

    def growing_bound(self, low: fmpq, high: fmpq) -> GrowingBound:
        """How far the function and the polynomial are apart, by the distance from the centre."""
        least, most = _rational_below(self.centre), -_rational_below(-self.centre)
        right = self.cut(least, max(most, high)) if high >= least else []
        left = self.cut(min(least, low), most) if low < most else []
        factors = [*_rising(left[::-1])[::-1], *_rising(right)]
        pieces = [*left, *right]
        edges = [float(piece.low.p) / float(piece.low.q) for piece in pieces] + [_up(arb(pieces[-1].high))]
        reach = max(abs(arb(end) - self.centre).upper() for end in (low, high))
        rounding = _horner([abs(each) for each in self.rounded], reach)
        centre = float(self.centre.mid())
        return GrowingBound(centre, self.order, np.array(edges), np.array(factors), _up(rounding))

    def cut(self, low: fmpq, high: fmpq) -> list[_Piece]:
        """Equal pieces of a stretch, cut again where they are too wide for an enclosure."""
        step = (high - low) / FIRST_PIECES
        return [piece for k in range(FIRST_PIECES) for piece in self.pieces(low + k * step, low + (k + 1) * step)]

    def pieces(self, low: fmpq, high: fmpq) -> list[_Piece]:
        """A stretch as one piece or, where that has no finite enclosure, as several."""
        waiting, found = [(low, high)], []
        while waiting:
            start, stop = waiting.pop()
            try:
                found.append(self.piece(start, stop))
            except (UnsureError, TouchError):
                if len(found) + len(waiting) > MAX_PIECES or (stop - start) * MAX_PIECES**2 < high - low:
                    raise UnsureError from None
                middle = (start + stop) / 2
                waiting += [(middle, stop), (start, middle)]
        return found

    def piece(self, low: fmpq, high: fmpq) -> _Piece:
        """What is known of the function on a stretch."""
        ctx.prec = PIECE_BITS
        wide = self.series(_ball(low, high), self.order)
        return _Piece(low, high, wide[0], wide[-1])

    def refined(self, pieces: list[_Piece], loose: set[fmpq]) -> list[_Piece]:
        """The pieces, the loose ones cut in two."""
        found = []
        for piece in pieces:
            if piece.low in loose:
                middle = (piece.low + piece.high) / 2
                found += self.pieces(piece.low, middle) + self.pieces(middle, piece.high)
            else:
                found.append(piece)
        return found

    def enclosed(self, pieces: list[_Piece], low: fmpq, high: fmpq) -> list[tuple[_Piece, arb, arb]]:
        """The remainder on those pieces that lie in the interval, all of the pieces from the centre outward."""
        found = []
        between: arb | None = None
        for piece in pieces:
            between = piece.beyond if between is None else between.union(piece.beyond)
            start, stop = max(piece.low, low), min(piece.high, high)
            if start > stop:
                continue
            middle = (start + stop) / 2
            at_middle = self.series(middle, 0)[0] - _horner(self.coefficients, arb(middle) - self.centre)
            x = _ball(start, stop)
            shift = x - self.centre
            slope = self.order * between * shift ** (self.order - 1)
            ball = between * shift**self.order
            for other in (at_middle + slope * (x - middle), piece.values - _horner(self.coefficients, shift)):
                ball = ball.intersection(other)
            rounded, rounded_middle = (_horner(self.rounded, each) for each in (shift, arb(middle) - self.centre))
            found.append((piece, ball + rounded, at_middle + rounded_middle))
        return found


def _rising(pieces: Sequence[_Piece]) -> list[float]:
    """For each piece, from the centre outward, the most that c_(n+1) is from there to the centre."""
    found: list[float] = []
    for piece in pieces:
        found.append(max(_up(abs(piece.beyond)), found[-1] if found else 0.0))
    return found


def _horner(coefficients: Sequence[arb], shift: arb) -> arb:
    total = arb(0)
    for coefficient in reversed(coefficients):
        total = total * shift + coefficient
    return total


def _rational_below(ball: arb) -> fmpq:
    """A rational number no greater than any of a ball."""
    below = fraction(ball.lower())
    if below is None:
        raise UnsureError
    return below


def _ball(low: fmpq, high: fmpq) -> arb:
    return arb((low + high) / 2) + arb(0, arb((high - low) / 2).upper())


def _hull(balls: list[arb]) -> tuple[arb, arb]:
    return min(ball.lower() for ball in balls), max(ball.upper() for ball in balls)


def _up(bound: arb) -> float:
    """The least float64 that is no less than a ball."""
    return -_down(-bound.upper())


def _down(bound: arb) -> float:
    """The greatest float64 that is no more than an exact bound."""
    nearest = float(bound)
    return (nearest if arb(nearest) <= bound else math.nextafter(nearest, -math.inf)) + 0.0
