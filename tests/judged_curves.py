"""What is false in a study of a curve, seen by evaluating the formula in 50 digits at many points.

A look in float64 says where to look closely, and never that a claim is false.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np

from derivcli.study.study import Number, Piece, SpecialPoint, Study
from tests.real_curves import DIGITS, along, at
from tests.torn_curves import NAMES, torn

GRID, LOOKS, MANY = 600, 6, 60
"""How many points of float64 an interval has, at how many that seem to refute a claim it is tried, and of how many
pieces and points of a kind."""

NOTHING = mpmath.mpf(10) ** -45
CLOSE = mpmath.mpf(10) ** -9
"""What numbers may differ relative to their size where a limit is only approached."""

NEIGHBOURS = np.concatenate([np.geomspace(1e-10, 0.4, 14), 1 - np.geomspace(1e-10, 0.4, 14), [0.5]])
"""Where a piece is looked at, as parts of its length."""


def false_claims(text: str, study: Study) -> list[str]:
    """Sentences on what a study says that is not so."""
    numbers = special_numbers(study)
    with mpmath.workdps(DIGITS):
        return [
            *of_numbers(study), *of_pieces(text, study), *of_points(text, study, numbers),
            *of_breaks(text, study, numbers), *of_range(text, study, numbers), *of_what_is_not_there(text, study),
        ]  # fmt: skip


def everything(study: Study) -> list[SpecialPoint]:
    return [
        *spread(study.zeros, MANY),
        *spread(study.critical, MANY),
        *spread(study.inflections, MANY),
        *spread(study.breaks, MANY),
    ]


def width(x: Number) -> Any:
    """How far a number may be off."""
    return (
        max(mpmath.mpf(x.high) - mpmath.mpf(x.low), mpmath.mpf(2) ** -52 * abs(x.value)) if finite(x) else mpmath.mpf(0)
    )


def size(x: Number) -> Any:
    """A number that may be beyond float64."""
    return mpmath.mpf(x.text)


def finite(x: Number) -> bool:
    return bool(mpmath.isfinite(size(x)))


def of_numbers(study: Study) -> Iterator[str]:
    """Numbers that contradict themselves, lists that are out of order, pieces that leave out a stretch."""
    for points in (study.zeros, study.critical, study.inflections, study.breaks):
        for point in points:
            if not point.x.low <= point.x.value <= point.x.high:
                yield f"{point.x.text} lies outside of its own bounds"
            if width(point.x) > 1e-9 * (1 + abs(point.x.value)):
                yield f"{point.x.text} is hardly known"
            if not study.low.low <= point.x.value <= study.high.high:
                yield f"{point.x.text} lies outside of the interval"
        if any(one.x.value > two.x.value for one, two in pairwise(points)):
            yield "points are out of order"
    for one, two in pairwise(study.pieces):
        if one.high.value > two.low.value:
            yield f"pieces meet neither nor follow at {one.high.text}"
    if study.complete and study.period is None:
        ends = [study.low, *(end for piece in study.pieces for end in (piece.low, piece.high)), study.high]
        for end, start in zip(ends[::2], ends[1::2], strict=True):
            if abs(end.value - start.value) > 1e-12 * (1 + abs(end.value)) and np.isfinite(end.value + start.value):
                yield f"no piece tells of what is between {end.text} and {start.text}"
        for piece in study.pieces:
            if piece.defined and None in (piece.sign, piece.slope, piece.curvature):
                yield f"all is decided, and a sign between {piece.low.text} and {piece.high.text} is not known"


def samples(piece: Piece) -> np.ndarray:
    """Points of float64 inside a piece."""
    low, high = max(piece.low.high, -1e3), min(piece.high.low, 1e3)
    parts = np.concatenate([NEIGHBOURS, np.linspace(0, 1, 40)[1:-1]])
    x = np.unique(low + parts * (high - low))
    return x[(x > low) & (x < high)]


def of_pieces(text: str, study: Study) -> Iterator[str]:
    """Signs that a function does not have, and values where it is said to have none or the other way round."""
    for piece in spread(study.pieces, MANY):
        x = samples(piece)
        if not len(x):
            continue
        rows = along(text, x)
        where = f"between {piece.low.text} and {piece.high.text}"
        if not piece.defined:
            for each in x[np.isfinite(rows[0])][:LOOKS]:
                if mpmath.isfinite(at(text, each)[0]):
                    yield f"f is defined {where}: at {float(each)!r}"
                    break
            continue
        for each in x[~np.isfinite(rows[0])][:LOOKS]:
            if not mpmath.isfinite(at(text, each)[0]):
                yield f"f is not defined {where}: at {float(each)!r}"
                break
        for order, claimed in enumerate((piece.sign, piece.slope, piece.curvature)):
            if claimed is not None:
                yield from refuted(text, order, claimed, x, rows[order], where)


def refuted(text: str, order: int, claimed: int, x: np.ndarray, row: np.ndarray, where: str) -> Iterator[str]:
    """Points at which a sign is another one."""
    doubtful = x[~(np.sign(row) == claimed)] if claimed else x[[0, len(x) // 2, -1]]
    for each in spread(doubtful.tolist()):
        with mpmath.workdps(3 * DIGITS):
            value = at(text, each)[order]
        if mpmath.isfinite(value) and (
            abs(value) > NOTHING if claimed == 0 else mpmath.sign(value) == -claimed and abs(value) > NOTHING
        ):
            yield f"{NAMES[order]} has not the sign {claimed} {where}: {mpmath.nstr(value, 5)} at {float(each)!r}"
            return


def spread(some: Sequence[Any], few: int = LOOKS) -> list[Any]:
    """A few of some things."""
    return [some[k] for k in np.unique(np.linspace(0, len(some) - 1, few).round().astype(int))] if len(some) else []


def gap(numbers: Any, x: Number) -> Any:
    """A step from a point that stays on this side of all other numbers."""
    distances = np.abs(numbers - x.value)
    distances = distances[distances > max(4 * float(width(x)), 1e-15 * abs(x.value))]
    return mpmath.mpf(min([1.0, *distances.tolist()])) / 100


def special_numbers(study: Study) -> Any:
    """All numbers that a study singles out."""
    points = [point.x for points in (study.zeros, study.critical, study.inflections, study.breaks) for point in points]
    stretches = [(each.low, each.high) for each in study.undecided] + [(each.low, each.high) for each in study.pieces]
    numbers = np.array(
        [each.value for each in (study.low, study.high, *points, *(end for ends in stretches for end in ends))]
    )
    numbers = np.clip(numbers, study.low.value, study.high.value)
    return np.unique(numbers)


def beside(text: str, numbers: Any, x: Number, order: int) -> tuple[int, int]:
    """The signs of f, f' or f'' on both sides of a point, 0 where there is none, and outside of the interval."""
    step, found = gap(numbers, x), []
    for start, side in ((x.low, -1), (x.high, 1)):
        place = mpmath.mpf(start) + side * step
        with mpmath.workdps(3 * DIGITS):
            value = at(text, place)[order] if numbers[0] <= place <= numbers[-1] else mpmath.nan
        found.append(0 if mpmath.isnan(value) or abs(value) < NOTHING**3 else int(mpmath.sign(value)))
    return found[0], found[1]


def vanishes(text: str, x: Number, order: int) -> bool:
    """Whether f or f' may be 0 within the digits of a point."""
    seen = False
    for each in {x.low, x.value, x.high}:
        with mpmath.workdps(3 * DIGITS):
            parts = at(text, each)
        value, slope = parts[order], parts[order + 1] if order < 2 else mpmath.nan
        if mpmath.isnan(value):
            continue
        seen = True
        step = width(x) + mpmath.mpf(10) ** -300
        bound = 0 if mpmath.isnan(slope) else 4 * abs(slope) * step
        bound += 4 * abs(parts[2]) * step**2 if order == 0 and not mpmath.isnan(parts[2]) else 0
        if abs(value) <= bound + NOTHING:
            return True
    return not seen


def of_points(text: str, study: Study, numbers: Any) -> Iterator[str]:
    """Zeros, critical points and inflections that are none, or are of another kind."""
    breaks = {each.x.value for each in study.breaks}
    for point in spread(study.zeros, MANY):
        signs = beside(text, numbers, point.x, 0)
        if not vanishes(text, point.x, 0) and (point.x.value not in breaks or point.x.low == point.x.high):
            yield f"f is not 0 at {point.x.text}"
        told = {"crossing": -1, "touching": 1}.get(point.kind)
        if told is not None and 0 not in signs and signs[0] * signs[1] != told:
            yield f"the zero {point.x.text} is not {point.kind}"
        is_smooth = 0 not in signs and point.x.value not in breaks
        if point.multiplicity and is_smooth and point.multiplicity % 2 != (signs[0] != signs[1]):
            yield f"the zero {point.x.text} has another multiplicity than {point.multiplicity}"
    for point in spread(study.critical, MANY):
        if not vanishes(text, point.x, 1):
            yield f"f' is not 0 at {point.x.text}"
        signs = beside(text, numbers, point.x, 1)
        told_signs = {"minimum": (-1, 1), "maximum": (1, -1)}.get(point.kind)
        if (told_signs and signs not in (told_signs,) and 0 not in signs) or (
            point.kind == "flat" and signs[0] * signs[1] == -1
        ):
            yield f"the critical point {point.x.text} is not a {point.kind}"
    for point in spread(study.inflections, MANY):
        signs = beside(text, numbers, point.x, 2)
        if signs[0] * signs[1] == 1:
            yield f"f'' does not change its sign at {point.x.text}"
    for point in everything(study):
        yield from of_value(text, point)


def of_value(text: str, point: SpecialPoint) -> Iterator[str]:
    """A value that f does not have."""
    if point.value is None or not finite(point.x):
        return
    nudge = mpmath.mpf(10) ** -40  # a jump at a fraction that is not exact in binary
    places = {mpmath.mpf(each) for each in (point.x.low, point.x.value, point.x.high)}
    near = [at(text, place + step) for place in places for step in (0, nudge, -nudge)]
    near = [each for each in near if not mpmath.isnan(each[0])]
    step = width(point.x) + mpmath.mpf(10) ** -300
    for value, slope, curvature in near:
        bound = sum(abs(each) * step**k for k, each in ((1, slope), (2, curvature)) if not mpmath.isnan(each))
        if abs(value - size(point.value)) <= 4 * bound + mpmath.mpf(10) ** -14 * abs(value) + mpmath.mpf(10) ** -16:
            return
    if near and point.x.low == point.x.high:
        yield f"f is not {point.value.text} at {point.x.text}"


def exactly(x: Number) -> Any:
    """A number by its formula, or as far as its digits go."""
    if x.exact is None:
        return mpmath.mpf(x.value)
    try:
        return +at(str(x.exact), mpmath.mpf(0))[0]
    except (NameError, TypeError, SyntaxError, AttributeError):
        return mpmath.mpf(x.value)


def of_breaks(text: str, study: Study, numbers: Any) -> Iterator[str]:
    """One-sided limits and slopes that f does not tend to."""
    for point in (*spread(study.breaks, MANY), *study.ends):
        if not finite(point.x):
            continue
        with mpmath.workdps(6 * DIGITS):
            place = exactly(point.x)
        if abs(place - point.x.value) > 2 * width(point.x) + NOTHING:
            yield f"{point.x.exact.text} is not {point.x.text}"
        known = point.x.exact is not None or point.x.low == point.x.high
        power = 30 if known else 2
        if not known and gap(numbers, point.x) < 10**5 * width(point.x):
            continue
        with mpmath.workdps(6 * DIGITS):
            for side, order, told in (
                (-1, 0, point.left), (1, 0, point.right), (-1, 1, point.left_slope), (1, 1, point.right_slope),
            ):  # fmt: skip
                step = min(gap(numbers, point.x), mpmath.mpf(1)) * mpmath.mpf(10) ** -power
                far, near = (
                    at(text, place + side * step * times)[order] for times in (1, mpmath.mpf(10) ** -(power // 2))
                )
                if told is None:
                    continue
                if mpmath.isnan(near):
                    yield f"at {point.x.text}, on the side {side}, there is no {NAMES[order]}"
                elif not tends(far, near, told, known):
                    where = f"at {point.x.text} on the side {side}"
                    yield f"{NAMES[order]} tends to {mpmath.nstr(near, 8)} {where}, and not to {told.text}"


def tends(far: Any, near: Any, told: Number, known: bool) -> bool:
    """Whether values approach a limit."""
    if not finite(told):
        return bool(mpmath.sign(near) == mpmath.sign(size(told)) and abs(near) > abs(far))
    off = abs(near - size(told))
    return bool(off <= CLOSE * (1 + abs(size(told))) or off < abs(far - size(told)) or not known)


def furthest(study: Study) -> list[SpecialPoint]:
    """The extrema with the least and the greatest value."""
    known = sorted((float(size(point.value)), k) for k, point in enumerate(study.extrema) if point.value is not None)
    return [study.extrema[k] for _, k in (*known[:1], *known[-1:])]


def seen_values(text: str, study: Study) -> tuple[list[Any], list[Any]]:
    """Values that f has at many points, and those that it has at the points that are told."""
    low, high = max(study.low.value, -1e3), min(study.high.value, 1e3)
    row = along(text, np.linspace(low, high, GRID)[1:-1])[0]
    row = row[np.isfinite(row)]
    values = [mpmath.mpf(float(each)) for each in (np.min(row), np.max(row))] if len(row) else []
    told = [
        value
        for point in (*everything(study), *study.ends, *furthest(study))
        if finite(point.x)
        if point.value is not None
        for place in (exactly(point.x), mpmath.mpf(point.x.low), mpmath.mpf(point.x.high))
        if not mpmath.isnan(value := at(text, place)[0])
    ]
    return values, told


def of_range(text: str, study: Study, numbers: Any) -> Iterator[str]:
    """A range that leaves out a value, or has bounds that no value comes near, and wrong global extrema."""
    extent = study.range
    values, told = seen_values(text, study)
    told += exact_values(text, study)
    if extent is None or not (values or told):
        return
    least, most = min([*values, *told]), max([*values, *told])
    room = mpmath.mpf(10) ** -12 * (1 + abs(least) + abs(most))
    if least < mpmath.mpf(extent.low.low) - room or most > mpmath.mpf(extent.high.high) + room:
        values_seen = " to ".join(mpmath.nstr(each, 12) for each in (least, most))
        yield f"f has values outside of [{extent.low.text}, {extent.high.text}]: {values_seen}"
    near = near_breaks(text, study, numbers)
    for bound, reached, has, side in ((extent.low, least, extent.has_low, -1), (extent.high, most, extent.has_high, 1)):
        best = max([reached, *near]) if side > 0 else min([reached, *near])
        if (
            finite(bound)
            and abs(best - size(bound)) > mpmath.mpf(10) ** -4 * (1 + abs(size(bound)))
            and np.isfinite(study.low.value + study.high.value)
        ):
            yield f"no value of f comes near {bound.text}: {mpmath.nstr(best, 8)}"
        if not finite(bound):
            continue
        off = min([abs(each - size(bound)) for each in told], default=mpmath.inf)
        if has and off > mpmath.sqrt(CLOSE) * (1 + abs(size(bound))):
            yield f"f does not have the value {bound.text}"
        if not has and any(value == size(bound) for value in exact_values(text, study)):
            yield f"f has the value {bound.text}"
    for low, high in extent.gaps:
        if any(size(low) + room < each < size(high) - room for each in told):
            yield f"f has values between {low.text} and {high.text}"
    for point in spread(study.critical, MANY):
        value = at(text, exactly(point.x))[0]
        seen = {"minimum": least, "maximum": most}.get(point.kind)
        if (
            seen is not None
            and point.extent == "global"
            and abs(value - seen) > room
            and mpmath.sign(value - seen) == (1 if point.kind == "minimum" else -1)
        ):
            yield f"the {point.kind} at {point.x.text} is not global"


def exact_values(text: str, study: Study) -> list[Any]:
    """Values that f has at fractions, and on pieces on which it is constant."""
    known = [point.x for point in (*everything(study), *study.ends) if point.value is not None and finite(point.x)]
    places = [mpmath.mpf(x.value) for x in known if x.low == x.high]
    constant = [
        each for each in spread(study.pieces, MANY) if each.slope == 0 and finite(each.low) and finite(each.high)
    ]
    places += [(mpmath.mpf(piece.low.value) + mpmath.mpf(piece.high.value)) / 2 for piece in constant]
    return [value for place in places if not mpmath.isnan(value := at(text, place)[0])]


def near_breaks(text: str, study: Study, numbers: Any) -> list[Any]:
    """Values very near to breaks."""
    with mpmath.workdps(6 * DIGITS):
        places = [
            (exactly(point.x), gap(numbers, point.x)) for point in spread(study.breaks, 5 * MANY) if finite(point.x)
        ]
        near = [
            place + side * step * mpmath.mpf(10) ** -power
            for place, step in places for side in (-1, 1) for power in (6, 12, 30)
        ]  # fmt: skip
        inside = [each for each in near if study.low.low < each < study.high.high]
        return [value for each in inside if not mpmath.isnan(value := at(text, each)[0])]


def polished(text: str, x: Number, order: int) -> Any:
    """A simple zero of f' or f'' to all digits, None where it is not simple or not smooth."""
    place = mpmath.mpf(x.value)
    for _ in range(7):
        with mpmath.workdps(2 * DIGITS):
            value, slope = (at(text, place)[order], at(text, place)[order + 1]) if order < 2 else (mpmath.nan,) * 2
        if mpmath.isnan(value) or mpmath.isnan(slope) or abs(slope) < CLOSE:
            return None
        place -= value / slope
    return place if abs(place - x.value) <= 4 * width(x) + mpmath.mpf(10) ** -15 else None


def of_what_is_not_there(text: str, study: Study) -> Iterator[str]:
    """Zeros at critical points and breaks inside of pieces that are not told."""
    zeros, undecided = [point.x for point in study.zeros], study.undecided
    for point in spread(study.critical, MANY):
        place = polished(text, point.x, 1)
        if place is None or any(abs(place - each.value) < CLOSE for each in zeros):
            continue
        is_open = any(
            each.what in ("zeros", "breaks") and each.low.low <= place <= each.high.high for each in undecided
        )
        if abs(at(text, place)[0]) < NOTHING and not is_open:
            yield f"f is 0 at the critical point {point.x.text}, and nothing says so"
    for piece in spread(study.pieces, MANY):
        if piece.defined:
            yield from torn(text, piece)
