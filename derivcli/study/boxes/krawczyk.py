"""Systems of as many equations as unknowns in a box: all solutions, each proved to be there and the only one near.

A part of the box is dropped where an equation has no zero on it. On every other part Krawczyk's operator is tried: with
the midpoint m, its function values F(m), an approximate inverse Y of the Jacobian there, and J an enclosure of all
Jacobians of the part X, every zero in X lies in K = m - Y F(m) + (1 - Y J)(X - m), and if K lies inside X there is
exactly one. What is neither is halved, and in the end left undecided.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TypeAlias

from flint import arb, arb_mat, ctx

from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.study.boxes.instructions import UnsureBoxError
from derivcli.study.boxes.jets import Box

SEARCH_BITS = 64
ROOT_BITS = 256
"""The precisions of the search, and of the solutions that it finds."""

MAX_PARTS = 6000
MAX_SECONDS = 1.0
"""How many parts of a box are looked at, and for how long."""

SMALLEST = 2.0**-18
"""Parts are halved until they are this small beside the box."""

CUT = 0.4871
"""Where a part is cut: not in the middle, since that is where solutions like to lie."""

GROWTH = 1.125
"""How far a part is made larger around a solution that may lie on its edge."""

MAX_NEWTON_STEPS = 40

Interval: TypeAlias = "tuple[float, float]"
Part: TypeAlias = "tuple[Interval, ...]"


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """Equations over boxes: the functions' values, and their values and Jacobian, row by row.

    Solutions are only looked for where the functions in `also` may be 0 too. All of them raise as jets do.
    """

    values: Callable[[Box], Sequence[arb]]
    jacobian: Callable[[Box], tuple[Sequence[arb], Sequence[Sequence[arb]]]]
    also: Callable[[Box], Sequence[arb]] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A solution: a box of at least 128 bits around it, and one in which it is the only one."""

    at: tuple[arb, ...]
    alone_in: tuple[arb, ...]


@dataclass(frozen=True, slots=True)
class Remainder:
    """A part of which nothing is proved, whether the functions may be singular there, and whether it is smallest.

    A `flat` one consists of solutions.
    """

    part: Part
    singular: bool
    small: bool
    flat: bool = False


@dataclass(frozen=True, slots=True)
class Solved:
    """All solutions in a box, or in slightly more than that, and what is not decided.

    `undefined` says whether the functions have no value on a part of the box.
    """

    found: tuple[Solution, ...]
    remainders: tuple[Remainder, ...]
    undefined: bool
    parts: int


def ball(interval: Interval) -> arb:
    """A ball around an interval."""
    low, high = interval
    middle = (low + high) / 2
    return arb(middle, math.nextafter(max(high - middle, middle - low), math.inf) if low < high else 0.0)


def solve(system: System, box: Part, most_parts: int = MAX_PARTS, seconds: float = MAX_SECONDS) -> Solved:
    """All solutions of a system in a box."""
    ctx.prec = SEARCH_BITS
    search = _Search(system, box, [max(high - low, 5e-324) for low, high in box])
    waiting = deque([box])
    end, count = monotonic() + seconds, 0
    while waiting and count < most_parts and (count % 16 or monotonic() < end):
        count += 1
        waiting.extend(search.looked_at(waiting.popleft()))
    search.remainders += [Remainder(part, False, False) for part in waiting]
    return Solved(tuple(search.found), tuple(search.remainders), search.undefined, count)


class _Search:
    """What a search has found so far."""

    def __init__(self, system: System, box: Part, widths: Sequence[float]) -> None:
        self.system, self.box, self.widths = system, box, widths
        self.found: list[Solution] = []
        self.remainders: list[Remainder] = []
        self.undefined = False

    def looked_at(self, part: Part) -> list[Part]:
        """The parts of a part that are still to be looked at."""
        balls = [ball(interval) for interval in part]
        try:
            values = self.system.values(balls)
            if not all(value.contains(_ZERO) for value in values):
                return []
            if self.system.also is not None and not all(value.contains(_ZERO) for value in self.system.also(balls)):
                return []
            if all(value.is_zero() for value in values):
                self.remainders.append(Remainder(part, singular=False, small=False, flat=True))
                return []
        except NoValueError:
            self.undefined = True
            return []
        except UnsureBoxError as failure:
            if not failure.bits:
                self.remainders.append(Remainder(part, singular=True, small=False))
                return []
            return self.halved(part, failure.bits, singular=True)
        if any(self.holds(solution, balls) for solution in self.found):
            return []
        singular = False
        try:
            step = krawczyk(self.system, balls)
        except (UnsureError, NoValueError):
            step, singular = None, True
        if step is None:
            return self.halved(part, singular=singular)
        inner = [
            image.intersection(whole) if image.overlaps(whole) else None
            for image, whole in zip(step.image, balls, strict=True)
        ]
        if any(each is None for each in inner):
            return []
        if step.contracts and (solution := self.solution(balls, step)) is not None:
            if solution not in self.found:
                self.found.append(solution)
            return []
        smaller = tuple(_cut(*each) for each in zip(part, inner, self.widths, strict=True))
        if any(high - low < 0.6 * (end - start) for (low, high), (start, end) in zip(smaller, part, strict=True)):
            return [smaller]
        return self.halved(smaller, reach=step.reach)

    def holds(self, solution: Solution, balls: Box) -> bool:
        """Whether a part lies where a solution is the only one."""
        return all(alone.contains(each) for alone, each in zip(solution.alone_in, balls, strict=True))

    def solution(self, balls: Box, step: Step) -> Solution | None:
        """The only solution in a part, or close to it on its outside; a part of which it is taken is done with."""
        alone: Box | None = balls
        if not inside(step.image, balls) or any(each.rad() < _TINY for each in balls):
            alone = self.surrounded(step)
        if alone is None:
            return None
        known = next((each for each in self.found if inside(each.at, alone)), None)
        if known is not None:
            return known
        at = refined(self.system, [image.mid() for image in step.image], alone)
        return None if at is None else Solution(at, tuple(alone))

    def surrounded(self, step: Step) -> Box | None:
        """A part around Krawczyk's image of another that holds exactly one solution."""
        alone = [_grown(image) for image in step.image]
        for _ in range(3):
            again = krawczyk_or_none(self.system, alone)
            if again is None or not again.contracts:
                return None
            if inside(again.image, alone):
                return alone
            alone = [_grown(image.union(whole)) for whole, image in zip(alone, again.image, strict=True)]
        return None

    def halved(self, part: Part, bits: int = 0, singular: bool = False, reach: Sequence[float] = ()) -> list[Part]:
        """The two halves of a part, cut where that tells most; none if it is small enough, and stays undecided."""
        sizes = [(high - low) / width for (low, high), width in zip(part, self.widths, strict=True)]
        places = [place for place in range(len(part)) if not bits or bits >> place & 1]
        if reach:
            weighted = [reach[place] if sizes[place] > SMALLEST else -1.0 for place in places]
        else:
            weighted = [sizes[place] for place in places]
        if max(sizes[place] for place in places) <= SMALLEST:
            self.remainders.append(Remainder(part, singular, True))
            return []
        place = places[max(range(len(places)), key=weighted.__getitem__)]
        low, high = part[place]
        cut = low + CUT * (high - low)
        if not low < cut < high:
            self.remainders.append(Remainder(part, singular, True))
            return []
        return [(*part[:place], half, *part[place + 1 :]) for half in ((low, cut), (cut, high))]


@dataclass(frozen=True, slots=True)
class Step:
    """Krawczyk's operator on a part, whether it contracts there, and how much each unknown widens the functions."""

    image: tuple[arb, ...]
    contracts: bool
    reach: tuple[float, ...]


def krawczyk_or_none(system: System, balls: Box) -> Step | None:
    """Krawczyk's operator, or none where the functions have no Jacobian on the whole of a part."""
    try:
        return krawczyk(system, balls)
    except (UnsureError, NoValueError):
        return None


def krawczyk(system: System, balls: Box) -> Step | None:
    """Krawczyk's operator on a part; none where the Jacobian has no inverse in its midpoint."""
    count = len(balls)
    _, rows = system.jacobian(balls)
    inverse = approximate_inverse([[entry.mid() for entry in row] for row in rows])
    if inverse is None:
        return None
    middle = [each.mid() for each in balls]
    values = system.values(middle)
    moved = [each - point for each, point in zip(balls, middle, strict=True)]
    image, contracts = [], True
    for row in range(count):
        weights = inverse[row]
        centre = middle[row]
        for weight, value in zip(weights, values, strict=True):
            centre = centre - weight * value
        bound = _ZERO
        for column in range(count):
            entry = _ONE if row == column else _ZERO
            for weight, other in zip(weights, rows, strict=True):
                entry = entry - weight * other[column]
            centre = centre + entry * moved[column]
            bound = bound + entry.abs_upper()
        contracts = contracts and bool(bound < _ONE)
        image.append(centre)
    reach = tuple(
        sum(float(rows[row][column].abs_upper()) for row in range(count)) * float(balls[column].rad())
        for column in range(count)
    )
    return Step(tuple(image), contracts, reach)


def approximate_inverse(rows: Sequence[Sequence[arb]]) -> list[list[arb]] | None:
    """A matrix near the inverse of one of points; none if it has none. Nothing is proved of it."""
    if len(rows) == 1:
        return [[(1 / rows[0][0]).mid()]] if not rows[0][0].is_zero() else None
    if len(rows) == 2:
        (a, b), (c, d) = rows
        determinant = (a * d - b * c).mid()
        if determinant.is_zero() or not determinant.is_finite():
            return None
        scale = (1 / determinant).mid()
        return [[(d * scale).mid(), (-b * scale).mid()], [(-c * scale).mid(), (a * scale).mid()]]
    try:
        inverse = arb_mat([[*row] for row in rows]).inv()
    except ZeroDivisionError:
        return None
    found = [[inverse[row, column].mid() for column in range(len(rows))] for row in range(len(rows))]
    return found if all(entry.is_finite() for row in found for entry in row) else None


def refined(system: System, start: Sequence[arb], alone_in: Box) -> tuple[arb, ...] | None:
    """A narrow box around the only solution in a box, proved anew; none where the digits run out."""
    before = ctx.prec
    ctx.prec = ROOT_BITS
    try:
        point = [each.mid() for each in start]
        for _ in range(MAX_NEWTON_STEPS):
            values, rows = system.jacobian(point)
            inverse = approximate_inverse([[entry.mid() for entry in row] for row in rows])
            if inverse is None:
                return None
            step = [sum((w * value for w, value in zip(row, values, strict=True)), _ZERO).mid() for row in inverse]
            point = [(each - change).mid() for each, change in zip(point, step, strict=True)]
            size = max((abs(each) for each in point), default=_ZERO)
            if all(abs(change) <= (size + _TINY) * _CLOSE for change in step):
                break
        return _proved(system, point, alone_in)
    except (UnsureError, NoValueError):
        return None
    finally:
        ctx.prec = before


def _proved(system: System, point: Sequence[arb], alone_in: Box) -> tuple[arb, ...] | None:
    """A box around a point that holds a solution, and lies where only one is."""
    for bits in (ROOT_BITS - 40, ROOT_BITS - 100):
        radii = [max(abs(each), _ONE) * arb(2) ** -bits for each in point]
        narrow = [each + arb(0, radius.upper()) for each, radius in zip(point, radii, strict=True)]
        step = krawczyk_or_none(system, narrow)
        if step is not None and inside(step.image, narrow) and inside(narrow, alone_in):
            return step.image
    return None


_ZERO, _ONE, _TINY = arb(0), arb(1), arb(2) ** -64
_CLOSE = arb(2) ** -100
"""Newton's method doubles the digits: after a step this small the next one would be smaller than the last bit."""


def inside(inner: Box, outer: Box) -> bool:
    """Whether a box lies in the interior of another."""
    return all(whole.contains_interior(each) for whole, each in zip(outer, inner, strict=True))


def _grown(each: arb) -> arb:
    return each.mid() + arb(0, (each.rad() * GROWTH + _TINY * max(abs(each.mid()), _TINY)).upper())


def _cut(interval: Interval, inner: arb, width: float) -> Interval:
    """What a ball leaves of an interval, rounded outwards, and not made much smaller than parts ever are."""
    low, high = interval
    spare = SMALLEST * width / 8
    below = math.nextafter(float(inner.lower()) - spare, -math.inf)
    return max(low, below), min(high, math.nextafter(float(inner.upper()) + spare, math.inf))
