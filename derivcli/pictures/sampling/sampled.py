"""Unbroken lines through functions of one variable, as fine as a picture can show.

A grid comes first, then points near what is known or seen on it, and then more wherever a line would leave the curve.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from derivcli.pictures.sampling.approach import approach, ladder
from derivcli.pictures.sampling.bends import HIDDEN, bends, strange
from derivcli.pictures.sampling.breaks import with_breaks
from derivcli.pictures.sampling.dense import dense, extremes
from derivcli.pictures.sampling.peaks import with_peaks
from derivcli.pictures.sampling.samples import UNIT, Evaluate, Evaluated, Samples, evaluated
from derivcli.pictures.sampling.scale import Canvas, Scale, scale_of
from derivcli.pictures.sampling.strokes import strokes
from derivcli.pictures.scene import Floats, Stroke

__all__ = ["Canvas", "Sampled", "sampled"]

GRID_PIXELS, MIN_GRID, MAX_GRID = 2.0, 400, 5000
"""How far the first points lie apart, and how many they are at least and at most."""

MAX_BEND = 0.2
"""How many pixels a line may be from the curve."""

THIN = 0.5
"""In a gap as narrow, in pixels, only how high and how low the curve goes can be seen."""

REACH = 20.0
"""How many times its height beyond a window lines end."""

MIN_PARTS, MAX_PARTS, MAX_ROUNDS = 4, 8, 16
"""Into how many parts a gap is divided at a time, at least where it has a step, and how often."""

MAX_POINTS = 60_000
"""With more points, lines are not made finer."""

MAX_APPROACHES, FINER = 3, 0.5
"""How often breaks are approached, and by which factor a pixel has become less high if they are again: what seems
still where a pole flattens all else may be a pole itself."""

MAX_AT_ONCE = 40
"""How many gaps are searched for jumps before they are thin."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """The lines through a function, and the vertical range that shows its shape, nan where it has no value."""

    strokes: tuple[Stroke, ...]
    window: tuple[float, float]


def sampled(
    evaluate: Evaluate,
    low: float,
    high: float,
    breaks: Sequence[float],
    canvas: Canvas,
    slopes: Sequence[int | None] = (),
    special: Sequence[float] = (),
) -> list[Sampled]:
    """Lines through each function from low to high, within half a pixel of it.

    No line passes over one of the `breaks`, which are sorted, nor over a jump, a pole or a place without value that
    is found. `slopes` has for each function the number of the one that is its derivative, where one is, and `special`
    are places near which there may be more to see than on a grid. Lines end where a break is near, not on it.
    """
    with np.errstate(all="ignore"):
        values = evaluated(evaluate, slopes)
        known = [slopes[place] if place < len(slopes) else None for place in range(len(values(np.array([low]))))]
        wide = high / canvas.width - low / canvas.width
        samples = _first(values, low, high, breaks, canvas)
        samples = with_peaks(values, samples, known, scale_of(samples, wide, canvas))
        beside = [ladder(each, side, wide) for each in special for side in (-1, 1)]
        samples = samples.with_more(values, np.concatenate((np.asarray(special, dtype=np.float64), *beside)))
        near = [(low, 1), (high, -1), *((each, side) for each in breaks for side in (-1, 1))]
        for _ in range(MAX_APPROACHES):
            before = scale_of(samples, wide, canvas)
            samples = samples.with_more(values, approach(values, near, low, high, before))
            samples, scale = _refined(values, samples, known, wide, canvas)
            if not (scale.tall < FINER * before.tall).any():
                break
        samples = _with_extremes(values, samples, known, scale)
        return _shown(samples, scale_of(samples, wide, canvas))


def _first(evaluate: Evaluated, low: float, high: float, breaks: Sequence[float], canvas: Canvas) -> Samples:
    """A grid that no period fits, off all breaks."""
    count = int(np.clip(canvas.width / GRID_PIXELS, MIN_GRID, MAX_GRID))
    places = np.arange(1, count)
    share = (places + 0.3 * ((places * 0.6180339887498949) % 1.0 - 0.5)) / count
    x = np.unique(np.concatenate(([low], low * (1 - share) + high * share, [high])))
    at = np.asarray(breaks, dtype=np.float64)
    x = np.where(np.isin(x, at), np.nextafter(x, low / 2 + high / 2), x)
    y = evaluate(x)
    samples = Samples(x, y, np.full(y.shape, np.nan))
    functions = np.repeat(np.arange(len(y)), len(at))
    return samples.with_cuts(functions, np.tile(at, len(y)))


def _refined(
    evaluate: Evaluated, samples: Samples, slopes: Sequence[int | None], wide: float, canvas: Canvas
) -> tuple[Samples, Scale]:
    """More points until lines are near the curve, and cuts where it is broken."""
    for _ in range(MAX_ROUNDS):
        scale = scale_of(samples, wide, canvas)
        crowded = dense(samples, scale)
        gaps = np.diff(samples.x) / wide
        parts = np.sqrt(bends(samples, slopes, scale, THIN) / MAX_BEND)
        parts = np.where(crowded, np.where(gaps > THIN, gaps / THIN, 0), parts)
        steps = strange(samples, slopes, scale, THIN) & ~(crowded & (gaps < THIN))
        at_once = steps & ((gaps < THIN) | (steps.sum() <= MAX_AT_ONCE))
        parts = np.where(steps & (gaps > HIDDEN), np.fmax(parts, MIN_PARTS), parts).max(axis=0)
        more = _divided(samples.x, np.where(gaps > THIN, np.fmin(parts, np.ceil(gaps / THIN)), parts))
        before = samples
        samples = with_breaks(evaluate, samples, slopes, at_once, scale)
        samples = samples.with_more(evaluate, more) if more.size else samples
        if samples is before or len(samples.x) > MAX_POINTS:
            break
    return samples, scale


def _divided(x: Floats, parts: Floats) -> Floats:
    """Points that divide gaps into parts."""
    count = np.where(parts > 1, np.clip(np.ceil(parts), 2, MAX_PARTS), 1).astype(np.intp)
    gap = np.repeat(np.arange(len(count)), count - 1)
    first = np.cumsum(count - 1) - (count - 1)
    share = (np.arange(len(gap)) - first[gap] + 1) / count[gap]
    return np.asarray(x[gap] * (1 - share) + x[gap + 1] * share)


def _with_extremes(evaluate: Evaluated, samples: Samples, slopes: Sequence[int | None], scale: Scale) -> Samples:
    """More points where functions swing faster than a picture can show: how high and how low they go in each gap."""
    wide = np.diff(samples.x) > THIN / 8 * scale.wide
    left, right = samples.x[:-1], samples.x[1:]
    found = [
        extremes(evaluate, function, left[gaps], right[gaps])
        for function, gaps in enumerate(dense(samples, scale) & wide)
        if gaps.any()
    ]
    if not found:
        return samples
    samples = samples.with_more(evaluate, np.concatenate(found))
    parts = np.sqrt(bends(samples, slopes, scale, THIN) / MAX_BEND)  # of gaps beside those, too
    return samples.with_more(evaluate, _divided(samples.x, np.where(dense(samples, scale), 0, parts).max(axis=0)))


def _shown(samples: Samples, scale: Scale) -> list[Sampled]:
    """The lines of each function, as far as they can be of use, and its window."""
    low, high = (bound[:, 0] for bound in scale.bounds(REACH))
    found = []
    for function, (y, joined) in enumerate(zip(samples.y, samples.joined, strict=True)):
        bounds, pixel = (low[function], high[function]), (scale.wide, scale.tall[function])
        lines = strokes(samples.x, y, joined, bounds, pixel, THIN)
        window = float(UNIT * scale.low[function]), float(UNIT * scale.high[function])
        found.append(Sampled(tuple(Stroke(line.x, UNIT * line.y) for line in lines), window))
    return found
