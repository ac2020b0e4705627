"""How far a straight line between two samples is from the curve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from derivcli.pictures.sampling.samples import Samples
from derivcli.pictures.scene import Floats

SHARES = np.array([0.2, 0.4, 0.6, 0.8])[:, None]
"""Where within a gap the curve is estimated."""


def bends(samples: Samples, slopes: Sequence[int | None], wide: float, high: Floats) -> Floats:
    """By how many pixels each function bends away from the line over each gap, shape (functions, points - 1).

    `wide` and `high` are a pixel's size. Where a derivative is known, the cubic with both values and both slopes stands
    for the curve, else the parabolas through three points.
    """
    x = (samples.x / 2 - samples.x[0] / 2) / (wide / 2)
    joined = samples.joined
    found = np.zeros(joined.shape)
    for function, slope in enumerate(slopes):
        y = samples.y[function] / high[function]
        rate = np.where(joined[function], np.diff(y) / np.diff(x), np.nan)
        bend = _parabola(x, rate)
        if slope is not None:
            cubic = _cubic(x, rate, samples.y[slope] / high[function] * wide)
            bend = np.where(np.isfinite(cubic), cubic, bend)
        found[function] = np.where(np.isfinite(bend), bend, 0) / np.hypot(1, np.where(np.isnan(rate), 0, rate))
    return found


def _cubic(x: Floats, rate: Floats, slope: Floats) -> Floats:
    """The largest distance, up or down, of the cubic from its chord."""
    left, right = slope[:-1] - rate, slope[1:] - rate
    away = SHARES * (1 - SHARES) * ((1 - SHARES) * left - SHARES * right)
    return np.asarray(np.abs(away).max(axis=0) * np.diff(x))


def _parabola(x: Floats, rate: Floats) -> Floats:
    """The same of parabolas: mostly of the flatter one of those through the next point on each side."""
    bend = np.abs(np.diff(rate)) / (x[2:] - x[:-2])
    before, after = np.append(np.nan, bend), np.append(bend, np.nan)
    return np.asarray((0.75 * np.fmin(before, after) + 0.25 * np.fmax(before, after)) * np.diff(x) ** 2 / 4)
