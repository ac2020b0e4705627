"""Unbroken lines from samples."""

from __future__ import annotations

import numpy as np

from derivcli.pictures.sampling.samples import Mask
from derivcli.pictures.scene import Floats, Stroke

STRAIGHT, PASSES = 0.02, 5
"""How many pixels a point is from the line through its neighbours if it is left out, and how often that is done."""


def strokes(
    x: Floats, y: Floats, joined: Mask, bounds: tuple[float, float], pixel: tuple[float, float], thin: float
) -> tuple[Stroke, ...]:
    """The lines of a function over the gaps that are joined; what goes beyond bounds runs along these.

    `pixel` is the size of one. Points that a picture does not need are left out: those on a line, and of those within a
    `thin` width all but the highest and lowest.
    """
    begins = np.flatnonzero(joined & ~np.append(False, joined[:-1]))
    ends = np.flatnonzero(joined & ~np.append(joined[1:], False)) + 2
    lines = [_clipped(x[begin:end], y[begin:end], *bounds) for begin, end in zip(begins, ends, strict=True)]
    return tuple(Stroke(*_thinned(*line, pixel, thin)) for line in lines if len(line[0]) > 1)


def _thinned(x: Floats, y: Floats, pixel: tuple[float, float], thin: float) -> tuple[Floats, Floats]:
    """A line without points that are not needed."""
    for _ in range(PASSES):
        across, up = np.diff(x) / pixel[0], np.diff(y) / pixel[1]
        wide, tall = across[1:] + across[:-1], up[1:] + up[:-1]
        away = np.abs(across[1:] * up[:-1] - across[:-1] * up[1:]) / np.hypot(wide, tall)
        drop = (away < STRAIGHT) | ((wide <= thin) & (up[1:] * up[:-1] >= 0))
        kept = np.ones(len(x), dtype=np.bool_)
        kept[1:-1][::2] = ~drop[::2]
        if kept.all():
            break
        x, y = x[kept], y[kept]
    return x, y


def _clipped(x: Floats, y: Floats, low: float, high: float) -> tuple[Floats, Floats]:
    """A line with points where it crosses a bound, and without those beyond."""
    outside = (y < low) | (y > high)
    if not outside.any():
        return x, y
    inside = np.flatnonzero(~outside)
    points = [(inside, np.zeros(len(inside)), x[inside], y[inside])]
    for bound in (low, high):
        gap = np.flatnonzero((y[1:] > bound) != (y[:-1] > bound))
        share = (bound - y[gap]) / (y[gap + 1] - y[gap])
        points.append((gap, share, x[gap] + (x[gap + 1] - x[gap]) * share, np.full(len(gap), bound)))
    gaps, shares, across, up = (np.concatenate(each) for each in zip(*points, strict=True))
    order = np.lexsort((up * np.where(y[np.fmin(gaps + 1, len(y) - 1)] > y[gaps], 1, -1), shares, gaps))
    return across[order], up[order]
