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
        x, y = x[kept], y[kept]
    return x, y


def _clipped(x: Floats, y: Floats, low: float, high: float) -> tuple[Floats, Floats]:
    """A line with points where it crosses a bound, and without those beyond."""
    outside = (y < low) | (y > high)
    if not outside.any():
        return x, y
    places, new_x, new_y = [np.flatnonzero(~outside).astype(np.float64)], [x[~outside]], [y[~outside]]
    for bound in (low, high):
        gap = np.flatnonzero((y[1:] > bound) != (y[:-1] > bound))
        share = (bound - y[gap]) / (y[gap + 1] - y[gap])
        places.append(gap.astype(np.float64) + np.clip(share, 1e-9, 1 - 1e-9))
        new_x.append(x[gap] + (x[gap + 1] - x[gap]) * share)
        new_y.append(np.full(len(gap), bound))
    order = np.argsort(np.concatenate(places), kind="stable")
    return np.concatenate(new_x)[order], np.concatenate(new_y)[order]
