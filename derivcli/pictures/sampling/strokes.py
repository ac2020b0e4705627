"""Unbroken lines from samples."""

from __future__ import annotations

import numpy as np

from derivcli.pictures.sampling.samples import Mask
from derivcli.pictures.scene import Floats, Stroke


def strokes(x: Floats, y: Floats, joined: Mask, low: float, high: float) -> tuple[Stroke, ...]:
    """The lines of a function over the gaps that are joined; what goes beyond bounds runs along these."""
    begins = np.flatnonzero(joined & ~np.append(False, joined[:-1]))
    ends = np.flatnonzero(joined & ~np.append(joined[1:], False)) + 2
    lines = [_clipped(x[begin:end], y[begin:end], low, high) for begin, end in zip(begins, ends, strict=True)]
    return tuple(Stroke(*line) for line in lines if len(line[0]) > 1)


def _clipped(x: Floats, y: Floats, low: float, high: float) -> tuple[Floats, Floats]:
    """A line with points where it crosses a bound, and without those beyond."""
    outside = (y < low) | (y > high)
    if not outside.any():
        return x, y
    places, new_x, new_y = [np.flatnonzero(~outside).astype(np.float64)], [x[~outside]], [y[~outside]]
    for bound in (low, high):
        gap = np.flatnonzero((y[1:] > bound) != (y[:-1] > bound))
        share = (bound / 4 - y[gap] / 4) / (y[gap + 1] / 4 - y[gap] / 4)
        places.append(gap.astype(np.float64) + np.clip(share, 1e-9, 1 - 1e-9))
        new_x.append(x[gap] + (x[gap + 1] - x[gap]) * share)
        new_y.append(np.full(len(gap), bound))
    order = np.argsort(np.concatenate(places), kind="stable")
    return np.concatenate(new_x)[order], np.concatenate(new_y)[order]
