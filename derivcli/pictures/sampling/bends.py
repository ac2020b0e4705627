"""How far a straight line between two samples is from the curve, in pixels, and what slopes do not explain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from derivcli.pictures.sampling.samples import Mask, Samples
from derivcli.pictures.sampling.scale import Scale
from derivcli.pictures.scene import Floats

SHARES = np.array([0.15, 0.38, 0.62, 0.85])[:, None]
"""Where within a gap the curve is estimated."""

MIN_STEP = 0.5
"""A step as low is not looked at."""

HIDDEN = 2.0**-16
"""In no gap as narrow, in pixels, lines are made finer."""

JUMP = 100.0
"""In a hidden gap, a step is looked at if it is so many times larger than its slope explains: no root is as steep."""

FLOAT_PIXELS = 0.5
"""Where neighbouring floats are farther apart, no step between them is a jump."""

DOUBT = 8.0
"""How many times more than the values alone a derivative may say about a thin gap."""

SIGHT = 2.0
"""How many times its height beyond a window nothing is looked at."""


def bends(samples: Samples, slopes: Sequence[int | None], scale: Scale, thin: float) -> Floats:
    """By how many pixels each function bends away from the line over each gap, shape (functions, points - 1).

    Where a derivative is known, the cubic with both values and both slopes stands for the curve, else the parabolas
    through three points. In gaps below a `thin` width only that counts by which it goes above or below both ends, since
    the nearest point of a line may be beside it; and there a derivative, which may be false, is not believed alone.
    """
    x = samples.x / scale.wide - samples.x[0] / scale.wide
    gaps = np.diff(x)
    joined = samples.joined & in_sight(samples, scale) & (scale.high > scale.low)[:, None]
    found = np.zeros(joined.shape)
    for function, slope in enumerate(slopes):
        y = samples.y[function] / scale.tall[function]
        rate = np.where(joined[function], np.diff(y) / gaps, np.nan)
        away, over = _parabola(x, rate)
        if slope is not None:
            cubic = _cubic(gaps, rate, samples.y[slope] / scale.tall[function] * scale.wide)
            known = np.isfinite(cubic[0])
            over = np.where(known, np.where(gaps > thin, cubic[1], np.fmin(cubic[1], DOUBT * away)), over)
            away = np.where(known, cubic[0], away)
        bend = np.fmax(np.where(gaps > thin, away / np.hypot(1, rate), 0), over)
        found[function] = np.where((bend > 0) & np.isfinite(bend) & (gaps > HIDDEN), bend, 0)
    return found


def _cubic(gaps: Floats, rate: Floats, slope: Floats) -> tuple[Floats, Floats]:
    """The largest distance, up or down, of the cubic from its chord, and by how much it leaves the ends' range."""
    left, right = slope[:-1] - rate, slope[1:] - rate
    away = SHARES * (1 - SHARES) * ((1 - SHARES) * left - SHARES * right) * gaps
    course = away + rate * gaps * SHARES
    step = rate * gaps
    over = np.fmax(course.max(axis=0) - np.fmax(step, 0), np.fmin(step, 0) - course.min(axis=0))
    return np.abs(away).max(axis=0), np.asarray(over)


def _parabola(x: Floats, rate: Floats) -> tuple[Floats, Floats]:
    """The same of parabolas: mostly of the flatter one of those through the next point on each side."""
    bend = np.abs(np.diff(rate)) / (x[2:] - x[:-2])
    before, after = np.append(np.nan, bend), np.append(bend, np.nan)
    away = (0.75 * np.fmin(before, after) + 0.25 * np.fmax(before, after)) * np.diff(x) ** 2 / 4
    turns = np.signbit(rate[1:]) != np.signbit(rate[:-1])
    turning = np.append(False, turns) | np.append(turns, False)
    return np.asarray(away), np.where(turning, away, 0)


def in_sight(samples: Samples, scale: Scale) -> Mask:
    """The gaps whose ends do not both lie beyond the window on one side, shape (functions, points - 1)."""
    low, high = scale.bounds(SIGHT)
    below, above = samples.y < low, samples.y > high
    return np.asarray(~((below[:, 1:] & below[:, :-1]) | (above[:, 1:] & above[:, :-1])))


def strange(samples: Samples, slopes: Sequence[int | None], scale: Scale, thin: float) -> Mask:
    """The gaps over which a function makes a step that its slope does not explain, shape (functions, points - 1).

    In gaps below a `thin` width, neither may the gaps on both sides, since a derivative may be false.
    """
    step, gaps = np.diff(samples.y, axis=1), np.diff(samples.x)
    shown = np.abs(np.diff(np.clip(samples.y, *scale.bounds(SIGHT)), axis=1))
    next_float = samples.x[1:] <= np.nextafter(samples.x[:-1], np.inf)
    hidden = ~next_float & (gaps < HIDDEN * scale.wide)
    seen = samples.joined & (shown > MIN_STEP * scale.tall[:, None])
    seen &= ~next_float | (gaps < FLOAT_PIXELS * scale.wide)
    for function in np.flatnonzero(seen.any(axis=1)).tolist():
        size = np.abs(step[function])
        rate = np.where(samples.joined[function], step[function] / gaps, np.nan)
        before, after = np.append(np.nan, rate[:-1]), np.append(rate[1:], np.nan)
        beside = np.where(np.isnan(before), after, np.where(np.isnan(after), before, before / 2 + after / 2))
        slope = slopes[function]
        known = beside if slope is None else samples.y[slope, 1:] / 2 + samples.y[slope, :-1] / 2
        believed = np.isnan(known) | (gaps < thin * scale.wide)
        for rate, asked in ((beside, believed), (known, ~np.isnan(known))):
            seen[function] &= ~asked | ~(np.abs(step[function] - rate * gaps) <= 0.5 * size)
            seen[function] &= ~asked | ~hidden | (size > JUMP * np.abs(rate * gaps))
    return seen


def turns(samples: Samples, scale: Scale) -> Mask:
    """The points where each function visibly turns, shape (functions, points)."""
    step = np.where(samples.joined, np.diff(samples.y, axis=1) / scale.tall[:, None], 0)
    found = np.zeros(samples.y.shape, dtype=np.bool_)
    found[:, 1:-1] = (step[:, 1:] * step[:, :-1] < 0) & (np.fmin(np.abs(step[:, 1:]), np.abs(step[:, :-1])) > 0.25)
    return found
