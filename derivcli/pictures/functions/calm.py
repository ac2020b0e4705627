"""Values that rounding has spoilt where it is proved what they can be.

Within a fraction of a pixel of a break such values are those of (1 - cos(x))/x^2 near 0, or what overflows next to a
pole. Where a function is proved to be constant they are no more than rounding.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from derivcli.pictures.functions.joints import Joint
from derivcli.pictures.functions.known import Known
from derivcli.pictures.scene import Floats
from derivcli.study.study import Piece, Sign

REACH = 1 / 8
"""How far beside a break this goes, in pixels."""

MOST_ROUNDING, TINY = 1e-6, 1e-9
"""What differs from a constant by more than such a part of it is shown as it is; and what stands for 0 in this."""

Values = Callable[[Floats], list[Floats]]


@dataclass(frozen=True, slots=True)
class Output:
    """One output by its number: a function or its first derivative on an interval, and what it does at breaks."""

    number: int
    order: int
    known: Known
    joints: Sequence[Joint]
    low: float
    high: float

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The pieces of the function on which the output is monotone."""
        return () if self.known.study is None else self.known.study.pieces

    def sign(self, piece: Piece) -> Sign:
        """The sign of its derivative on a piece."""
        return (piece.slope, piece.curvature)[self.order]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch on which one output is proved to lie between two numbers.

    What does not is shown as `truth`, if it is off by no more than a part `most` of that.
    """

    output: int
    start: float
    stop: float
    low: float
    high: float
    truth: float
    most: float = math.inf

    def calmed(self, x: Floats, y: Floats) -> Floats:
        """The output at places, with nothing that is proved to be impossible."""
        spoilt = (x > self.start) & (x < self.stop) & ~((y >= self.low) & (y <= self.high) & np.isfinite(y))
        if self.most < math.inf:
            spoilt &= np.abs(y - self.truth) <= self.most * max(abs(self.truth), TINY)  # which no nan is
        return np.where(spoilt, self.truth, y) if spoilt.any() else y


def calm(values: Values, outputs: Iterable[Output], pixel: float) -> Values:
    """The same values, but for those that are proved to be impossible."""
    found = [each for output in outputs for each in (*_beside(values, output, pixel * REACH), *_flat(values, output))]
    if not found:
        return values

    def calmed(x: Floats) -> list[Floats]:
        numbers = values(x)
        first, last = x.min(initial=math.inf), x.max(initial=-math.inf)
        for each in found:
            if each.start < last and first < each.stop:
                numbers[each.output] = each.calmed(x, numbers[each.output])
        return numbers

    return calmed


def _beside(values: Values, output: Output, reach: float) -> Iterator[Stretch]:
    """What lies beside breaks, where the output is proved to be monotone."""
    lows = {piece.low.value: piece for piece in output.pieces}
    highs = {piece.high.value: piece for piece in output.pieces}
    found = []
    for joint in output.joints:
        for side, limit in joint.sides:
            piece = (lows if side > 0 else highs).get(joint.place)
            is_known = limit is not None and piece is not None and output.sign(piece) is not None
            if is_known and piece is not None and piece.high.value - piece.low.value >= reach:
                found.append((joint.place, joint.place + side * reach, limit or 0.0))
    if not found:
        return
    heights = values(np.array([edge for _, edge, _ in found]))[output.number].tolist()
    for (place, edge, limit), height in zip(found, heights, strict=True):
        if math.isfinite(height):
            start, stop = sorted((place, edge))
            truth = math.copysign(min(abs(limit), sys.float_info.max), limit)
            yield Stretch(output.number, start, stop, min(height, limit), max(height, limit), truth)


def _flat(values: Values, output: Output) -> Iterator[Stretch]:
    """Where the output is proved to be constant."""
    limits = {(side, joint.place): limit for joint in output.joints for side, limit in joint.sides}
    for piece in output.pieces:
        low, high = max(piece.low.value, output.low), min(piece.high.value, output.high)
        if output.sign(piece) == 0 and piece.defined and low < high:
            known = limits.get((1, piece.low.value)) or limits.get((-1, piece.high.value))
            truth = values(np.array([low / 2 + high / 2]))[output.number].item() if known is None else known
            if math.isfinite(truth):
                yield Stretch(output.number, low, high, truth, truth, truth, MOST_ROUNDING)
