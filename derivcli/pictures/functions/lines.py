"""The strokes and marks of a curve: sampled pieces that end where the curve does, and go on where it goes on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from derivcli.pictures.functions.joints import Joint
from derivcli.pictures.scene import Floats, Mark, Stroke

REACH = 1 / 700
"""A stroke that ends so near to a break, as a part of the interval, ends there."""

MOST_WILD = 3.0
"""What is next to a pole makes a picture at most so many times higher."""

EXPLOSIVE = 8.0
"""Where so many times the height is gone with twice the distance from a pole, that is looked at from further away."""

TURNS = ("corner", "cusp", "vertical")
"""Kinds of breaks at which a function is continuous and has no slope."""


def joined(strokes: Sequence[Stroke], joints: Sequence[Joint], low: float, high: float) -> tuple[Stroke, ...]:
    """The strokes with their ends put to the limits at breaks, and made one where the curve goes on."""
    parts = [(each.x, each.y) for each in strokes if len(each.x)]
    for joint in joints:
        parts = _at_joint(parts, joint, (high - low) * REACH)
    return tuple(Stroke(x, y) for x, y in parts if len(x) > 1)


def _at_joint(parts: list[tuple[Floats, Floats]], joint: Joint, reach: float) -> list[tuple[Floats, Floats]]:
    left = _nearest(parts, joint.place, reach, -1)
    right = _nearest(parts, joint.place, reach, 1)
    found = dict(enumerate(parts))
    if left is not None and joint.left is not None and math.isfinite(joint.left):
        x, y = _before(*parts[left], joint.place)
        found[left] = np.append(x, joint.place), np.append(y, joint.left)
    if right is not None and joint.right is not None and math.isfinite(joint.right):
        x, y = _after(*parts[right], joint.place)
        found[right] = np.insert(x, 0, joint.place), np.insert(y, 0, joint.right)
    if joint.goes_on and left is not None and right is not None:
        (x, y), (beyond_x, beyond_y) = found[left], found.pop(right)
        found[left] = np.concatenate((x, beyond_x[1:])), np.concatenate((y, beyond_y[1:]))
    return [found[number] for number in sorted(found)]


def _nearest(parts: Sequence[tuple[Floats, Floats]], place: float, reach: float, side: int) -> int | None:
    """The number of the stroke that ends beside a place on a side."""
    for number, (x, _) in enumerate(parts):
        away = place - x[-1] if side < 0 else x[0] - place
        middle = x[0] if side < 0 else x[-1]
        if 0 <= away <= reach and (middle - place) * side >= 0:
            return number
    return None


def _before(x: Floats, y: Floats, place: float) -> tuple[Floats, Floats]:
    kept = x < place
    return x[kept], y[kept]


def _after(x: Floats, y: Floats, place: float) -> tuple[Floats, Floats]:
    kept = x > place
    return x[kept], y[kept]


def end_marks(joints: Sequence[Joint], order: int, low: float, high: float) -> Iterator[Mark]:
    """What marks the ends of strokes at breaks in sight, and the values that stand apart."""
    for joint in joints:
        sides = [(joint.left, joint.place > low), (joint.right, joint.place < high)]
        limits = dict.fromkeys(
            limit for limit, in_sight in sides if in_sight and limit is not None and math.isfinite(limit)
        )
        here = joint.here if joint.here is None or math.isfinite(joint.here) else None
        if joint.goes_on:
            if joint.kind in TURNS and not order and here is not None:
                yield Mark(joint.place, here, "corner")
            continue
        for limit in limits:
            if limit != here:
                yield Mark(joint.place, limit, "open")
        if here is not None and low <= joint.place <= high:
            yield Mark(joint.place, here, "isolated" if joint.kind == "isolated" else "closed")


def _is_near(end: float, places: Iterable[float], reach: float) -> bool:
    return any(abs(end - place) < reach for place in places)


@dataclass(frozen=True, slots=True)
class Grid:
    """Values of a curve at places all over an interval, and how far from a pole they are looked at."""

    x: Floats
    y: Floats
    reach: float


def tamed(
    window: tuple[float, float],
    strokes: Sequence[Stroke],
    joints: Sequence[Joint],
    grid: Grid,
    heights: Sequence[float],
) -> tuple[float, float]:
    """The vertical range that shows the shape, in which what is next to a pole or an oscillation is not most of it.

    The heights of special points are always in it.
    """
    if not strokes:
        return window
    known = {joint.place for joint in joints if not joint.has_pole and None not in (joint.left, joint.right)}
    inner = {float(end) for each in strokes for end in (each.x[0], each.x[-1])} - {strokes[0].x[0], strokes[-1].x[-1]}
    wild = {joint.place for joint in joints} - known | {end for end in inner if not _is_near(end, known, grid.reach)}
    if wild:
        away = np.min([np.abs(grid.x - place) for place in wild], axis=0)
        low, high = _calm_range(grid.y[away > grid.reach], heights) or window
        for further in (2, 4, 8):
            calmer = _calm_range(grid.y[away > further * grid.reach], heights)
            if calmer is None or high / EXPLOSIVE - low / EXPLOSIVE <= calmer[1] - calmer[0]:
                break
            low, high = calmer
        if window[1] / MOST_WILD - window[0] / MOST_WILD > high - low > 0:
            window = max(low, window[0]), min(high, window[1])
        window = min([window[0], *heights]), max([window[1], *heights])
    return window


def _calm_range(y: Floats, heights: Sequence[float]) -> tuple[float, float] | None:
    y = y[np.isfinite(y)]
    numbers = [*heights, *((float(y.min()), float(y.max())) if len(y) else ())]
    return (min(numbers), max(numbers)) if numbers else None
