"""Extremes of which the samples show no more than a foot, or a side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from derivcli.pictures.sampling.approach import ladder
from derivcli.pictures.sampling.narrowing import peaks
from derivcli.pictures.sampling.samples import Evaluated, Indices, Mask, Samples
from derivcli.pictures.sampling.scale import Scale
from derivcli.pictures.scene import Floats

MAX_PEAKS = 100
"""Where a function has more rough extremes, they are not looked at: a finer grid will show them."""

LIKE = 3.0
"""At a smooth extreme that samples show well, second derivatives of neighbours differ by less than this factor."""

ROUNDING = 8 * np.finfo(np.float64).eps


def with_peaks(evaluate: Evaluated, samples: Samples, slopes: Sequence[int | None], scale: Scale) -> Samples:
    """The samples and more where a function has an extreme that they do not show well, with cuts at poles."""
    which, left, right, signs = _rough_extremes(samples, slopes)
    if not len(which):
        return samples
    place, narrow, endless = peaks(evaluate, which, samples.x[left], samples.x[right], signs, scale.tall[which])
    near = [ladder(each, side, scale.wide) for each in np.unique(place[narrow]) for side in (-1, 1)]
    return samples.with_more(evaluate, np.concatenate((np.delete(place, endless), *near))).with_cuts(
        which[endless], place[endless]
    )


def _rough_extremes(samples: Samples, slopes: Sequence[int | None]) -> tuple[Indices, Indices, Indices, Floats]:
    """For each rough extreme its function, the samples on both sides of it, and 1 if it is a maximum, else -1."""
    found = []
    for function, slope in enumerate(slopes):
        y = samples.y[function]
        rise = np.where(samples.joined[function], np.diff(y), np.nan)
        local = (rise[1:] * rise[:-1] < 0) & (np.abs(rise[1:]) + np.abs(rise[:-1]) > ROUNDING * np.abs(y[1:-1]))
        at = np.flatnonzero(local & ~_smooth(samples.x, rise)) + 1
        if len(at) > MAX_PEAKS:
            continue
        found.append((np.full(len(at), function), at - 1, at + 1, np.where(rise[at] < 0, 1.0, -1.0)))
        if slope is not None:
            rate = samples.y[slope]
            known = np.append(np.append(False, local), False)
            between = (rate[1:] * rate[:-1] < 0) & ~known[1:] & ~known[:-1] & samples.joined[function]
            at = np.flatnonzero(between)[:MAX_PEAKS]
            found.append((np.full(len(at), function), at, at + 1, np.sign(rate[at])))
    none = np.zeros(0, dtype=np.intp)
    which, left, right, signs = (
        np.concatenate(each) for each in zip((none, none, none, np.zeros(0)), *found, strict=True)
    )
    return which, left, right, signs


def _smooth(x: Floats, rise: Floats) -> Mask:
    """Which points, but the first and the last, have a second derivative like that of both neighbours."""
    second = np.diff(rise / np.diff(x))
    before, after = np.append(np.nan, second[:-1]) / second, np.append(second[1:], np.nan) / second
    return np.asarray(~((before < 1 / LIKE) | (before > LIKE) | (after < 1 / LIKE) | (after > LIKE)))
