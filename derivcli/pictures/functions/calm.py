"""Values within a fraction of a pixel of a break that rounding has spoilt, as of (1 - cos(x))/x^2 near 0."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from derivcli.pictures.functions.joints import Joint
from derivcli.pictures.functions.known import Known
from derivcli.pictures.scene import Floats

REACH = 1 / 8
"""How far beside a break this goes, in pixels."""

Values = Callable[[Floats], list[Floats]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch beside a break on which one output is proved to be monotone, between two numbers."""

    output: int
    start: float
    stop: float
    low: float
    high: float


def calm(values: Values, outputs: Sequence[tuple[int, int, Known, Sequence[Joint]]], pixel: float) -> Values:
    """The same values, but for those beside breaks that are proved to be impossible: the nearest possible ones.

    An output has its number, the order of the derivative, what is known of its function, and what it does at breaks.
    """
    found = [each for output in outputs for each in _stretches(values, *output, pixel * REACH)]
    if not found:
        return values

    def calmed(x: Floats) -> list[Floats]:
        numbers = values(x)
        for each in found:
            inside = (x > each.start) & (x < each.stop)
            if inside.any():
                numbers[each.output] = np.where(
                    inside, np.clip(numbers[each.output], each.low, each.high), numbers[each.output]
                )
        return numbers

    return calmed


def _stretches(
    values: Values, output: int, order: int, known: Known, joints: Sequence[Joint], reach: float
) -> Iterator[Stretch]:
    pieces = () if known.study is None else known.study.pieces
    for joint in joints:
        for side, limit in ((-1, joint.left), (1, joint.right)):
            for piece in pieces:
                end = piece.low.value if side > 0 else piece.high.value
                sign = (piece.slope, piece.curvature)[order]
                if limit is None or end != joint.place or piece.high.value - piece.low.value < reach or sign is None:
                    continue
                edge = joint.place + side * reach
                (height,) = values(np.array([edge]))[output].tolist()
                if math.isfinite(height):
                    ends = sorted((joint.place, edge))
                    yield Stretch(output, ends[0], ends[1], min(height, limit), max(height, limit))
