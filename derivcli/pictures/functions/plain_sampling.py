"""Strokes through equally spaced points, until the sampler that refines is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from derivcli.pictures.scene import Floats, Stroke


@dataclass(frozen=True, slots=True)
class Canvas:
    """The size of a picture in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Sampled:
    """The strokes of a curve and the vertical range that shows its shape."""

    strokes: tuple[Stroke, ...]
    window: tuple[float, float]


def sampled(
    evaluate: Callable[[Floats], Sequence[Floats]], low: float, high: float, breaks: Sequence[float], canvas: Canvas
) -> list[Sampled]:
    """The strokes of each output."""
    ends = [low, *breaks, high]
    parts = []
    for left, right in pairwise(ends):
        if left < right:
            first = np.nextafter(left, np.inf) if left in breaks else left
            last = np.nextafter(right, -np.inf) if right in breaks else right
            parts.append(np.linspace(first, last, max(3, int(1500 * (right - left) / (high - low)))))
    outputs = [evaluate(x) for x in parts]
    found = []
    for number in range(len(outputs[0])):
        strokes, values = [], []
        for x, ys in zip(parts, outputs, strict=True):
            y = ys[number]
            finite = np.isfinite(y)
            edges = np.flatnonzero(np.diff(np.concatenate(([0], finite.astype(int), [0]))))
            for start, stop in zip(edges[::2], edges[1::2], strict=True):
                strokes.append(Stroke(x[start:stop], y[start:stop]))
            values.append(y[finite])
        joined = np.concatenate(values) if values else np.zeros(0)
        if len(joined):
            least, most = np.quantile(joined, (0.04, 0.96))
            span = most - least
            window = (float(max(joined.min(), least - span)), float(min(joined.max(), most + span)))
        else:
            window = (np.nan, np.nan)
        found.append(Sampled(tuple(strokes), window))
    return found
