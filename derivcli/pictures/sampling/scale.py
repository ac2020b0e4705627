"""The size of a picture, and how large its pixels are in the units of the axes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from derivcli.pictures.sampling.samples import Samples
from derivcli.pictures.sampling.window import window
from derivcli.pictures.scene import Floats

FLAT = 4 * np.finfo(np.float64).eps
"""A function that varies by less than this part of itself is constant, and its rounding no shape."""


SHARED = 1e4
"""A window that is so many times as high as another one does not share its axis."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """The size of a picture, or of what a terminal can tell apart, in pixels."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Scale:
    """How wide a pixel is, and for each function how high one is, and the `low` and `high` end of its window."""

    wide: float
    tall: Floats
    low: Floats
    high: Floats

    def bounds(self, heights: float) -> tuple[Floats, Floats]:
        """The ends of a range that goes beyond each window by a multiple of its height, shape (functions, 1).

        It reaches over the windows of the other functions too, with which it may share an axis.
        """
        high = np.fmax(self.high - self.low, self.tall)
        apart = np.fmax(self.high - self.low[:, None], self.high[:, None] - self.low)
        others = np.where(high < SHARED * high[:, None], apart, 0).max(axis=1)
        beyond = np.fmax(heights * high, others)
        return (self.low - beyond)[:, None], (self.high + beyond)[:, None]


def scale_of(samples: Samples, wide: float, canvas: Canvas) -> Scale:
    """The scale at which all samples are seen."""
    ranges = [
        window(samples.x, y, joined, cut, wide)
        for y, joined, cut in zip(samples.y, samples.joined, samples.cut, strict=True)
    ]
    low, high = np.array(ranges).T
    tall = np.fmax(high - low, FLAT * np.fmax(np.abs(low), np.abs(high))) / canvas.height
    return Scale(wide, np.where(tall > 0, tall, 1.0), low, high)
