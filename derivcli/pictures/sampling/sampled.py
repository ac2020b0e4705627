"""Unbroken lines through functions of one variable, as fine as a picture can show.

All lengths are in pixels but where it says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.sampling.bends import bends
from derivcli.pictures.sampling.narrowing import domain_ends, jumps
from derivcli.pictures.sampling.samples import Evaluate, Mask, Samples, values_at
from derivcli.pictures.sampling.strokes import strokes
from derivcli.pictures.sampling.window import window
from derivcli.pictures.scene import Floats, Stroke

GRID_PIXELS, MIN_GRID, MAX_GRID = 2.0, 400, 2000
"""How far the first points lie apart, and how many they are at least and at most."""

MAX_BEND = 0.2
"""How far a line may be from the curve."""

THIN = 0.5
"""In a gap as narrow, only how high and how low the curve goes can be seen."""

MIN_JUMP = 0.5
"""A step as low is not looked at."""

SIGHT, REACH = 1.0, 20.0
"""How many times its height beyond the window nothing is looked at, and where lines end."""

MAX_ROUNDS = 12
MAX_SEARCHES = 400

LADDER = np.concatenate((np.arange(1, 9), np.arange(10, 53, 6), np.arange(64, 1075, 128)))
"""How many times the distances of points from a break are halved."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """The size of a picture, or of what a terminal can tell apart."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Sampled:
    """The lines through a function, and the vertical range that shows its shape, nan where it has no value."""

    strokes: tuple[Stroke, ...]
    window: tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Scale:
    """A pixel's width, and the height of one for each function, in the units of the axes."""

    wide: float
    high: Floats
    bounds: tuple[Floats, Floats]
    windows: list[tuple[float, float]]


def sampled(
    evaluate: Evaluate,
    low: float,
    high: float,
    breaks: Sequence[float],
    canvas: Canvas,
    slopes: Sequence[int | None] = (),
) -> list[Sampled]:
    """Lines through each function from low to high, within half a pixel of it.

    No line passes over one of the `breaks`, which are sorted, nor over a jump, a pole or a place without value that
    is found. `slopes` has for each function the number of the one that is its derivative, where one is.
    Lines end where a break is near, not on it.
    """
    with np.errstate(all="ignore"):
        return _sampled(_without_slopes(evaluate, slopes), low, high, breaks, canvas, slopes)


def _sampled(
    evaluate: Evaluate,
    low: float,
    high: float,
    breaks: Sequence[float],
    canvas: Canvas,
    slopes: Sequence[int | None],
) -> list[Sampled]:
    wide = high / canvas.width - low / canvas.width
    samples = _first(evaluate, low, high, breaks, canvas, wide)
    known = [None if place >= len(slopes) else slopes[place] for place in range(len(samples.y))]
    ended = False
    for _ in range(MAX_ROUNDS):
        scale = _scale(samples, wide, canvas)
        bend = np.where(_in_sight(samples, scale), bends(samples, known, wide, scale.high), 0)
        gaps = np.diff(samples.x) / wide
        strange = _strange(samples, known, scale) & (gaps < 2 * GRID_PIXELS)
        parts = np.where(gaps > THIN, np.where(strange, gaps / THIN, np.sqrt(bend / MAX_BEND)), 0).max(axis=0)
        if (parts > 1).any():
            samples = _refined(evaluate, samples, parts)
        elif ended:
            break
        else:
            samples, ended = _with_ends(evaluate, samples, known, scale)
    scale = _scale(samples, wide, canvas)
    found = []
    for y, joined, (bottom, top), tall in zip(samples.y, samples.joined, scale.windows, scale.high, strict=True):
        far = REACH * canvas.height * tall
        found.append(Sampled(strokes(samples.x, y, joined, bottom - far, top + far), (bottom, top)))
    return found


def _without_slopes(evaluate: Evaluate, slopes: Sequence[int | None]) -> Evaluate:
    """What evaluates the functions, with no derivative where its function has no value."""

    def evaluated(x: Floats) -> list[Floats]:
        y = list(evaluate(x))
        for function, slope in enumerate(slopes):
            if slope is not None:
                y[slope] = np.where(np.isfinite(y[function]), y[slope], np.nan)
        return y

    return evaluated


def _scale(samples: Samples, wide: float, canvas: Canvas) -> _Scale:
    ranges = [window(samples.x, y, joined, wide) for y, joined in zip(samples.y, samples.joined, strict=True)]
    low, high = np.array(ranges).T
    size = np.fmax(high / 4 - low / 4, 4 * np.finfo(np.float64).eps * np.fmax(np.abs(low), np.abs(high)))
    tall = size / canvas.height * 4
    tall = np.where(tall > 0, tall, 1.0)
    beyond = SIGHT * canvas.height * tall
    return _Scale(wide, tall, (low - beyond, high + beyond), ranges)


def _in_sight(samples: Samples, scale: _Scale) -> Mask:
    """The gaps whose ends do not both lie beyond the window on one side, shape (functions, points - 1)."""
    below, above = samples.y < scale.bounds[0][:, None], samples.y > scale.bounds[1][:, None]
    return np.asarray(~((below[:, 1:] & below[:, :-1]) | (above[:, 1:] & above[:, :-1])))


def _first(
    evaluate: Evaluate, low: float, high: float, breaks: Sequence[float], canvas: Canvas, wide: float
) -> Samples:
    """The first points: a grid that no period fits, and toward each break a row of points ever nearer to it."""
    count = int(np.clip(canvas.width / GRID_PIXELS, MIN_GRID, MAX_GRID))
    places = np.arange(1, count)
    share = (places + 0.3 * ((places * 0.6180339887498949) % 1.0 - 0.5)) / count
    near = [_ladder(each, side, wide) for each in breaks for side in (-1, 1)]
    x = np.concatenate(([low, high], low * (1 - share) + high * share, *near))
    x = np.unique(x[(x >= low) & (x <= high)])
    at = np.asarray(breaks, dtype=np.float64)
    if at.size:
        x = x[~np.isin(x, at)]
    y = values_at(evaluate, x)
    cut = np.zeros(y.shape, dtype=np.bool_)
    before = np.searchsorted(x, at) - 1
    cut[:, before[before >= 0]] = True
    return Samples(x, y, cut)


def _ladder(place: float, side: int, wide: float) -> Floats:
    """Points on a side of a break, from half a pixel down to the neighbouring float."""
    near = place + side * wide * 2.0 ** -LADDER.astype(np.float64)
    return np.append(near[near != place], np.nextafter(place, side * np.inf))


def _refined(evaluate: Evaluate, samples: Samples, parts: Floats) -> Samples:
    """More points in the gaps that are to be divided into parts."""
    count = np.where(parts > 1, np.clip(np.ceil(parts), 2, 8), 1).astype(np.intp)
    gap = np.repeat(np.arange(len(count)), count - 1)
    first = np.cumsum(count - 1) - (count - 1)
    share = (np.arange(len(gap)) - first[gap] + 1) / count[gap]
    x = samples.x[gap] * (1 - share) + samples.x[gap + 1] * share
    return samples.with_more(x, values_at(evaluate, x))


def _with_ends(
    evaluate: Evaluate, samples: Samples, known: Sequence[int | None], scale: _Scale
) -> tuple[Samples, bool]:
    """The samples cut where functions jump or end, and whether nothing was found."""
    finite = np.isfinite(samples.y)
    which, gap = np.nonzero((finite[:, 1:] != finite[:, :-1]) & ~samples.cut[:, :-1])
    apart = samples.x[gap + 1] > np.nextafter(samples.x[gap], np.inf)
    which, gap = which[apart][:MAX_SEARCHES], gap[apart][:MAX_SEARCHES]
    begins = finite[which, gap + 1]
    inner, outer = domain_ends(evaluate, which, samples.x[gap + begins], samples.x[gap + ~begins])
    places = [each for pair in zip(inner, outer, strict=True) for each in pair]
    near = [_ladder(each, 1 if side else -1, scale.wide) for each, side in zip(inner, begins, strict=True)]
    which, left, right = _jumps(evaluate, samples, known, scale)
    for each in np.unique(left):
        near.append(_ladder(each, -1, scale.wide))
    for each in np.unique(right):
        near.append(_ladder(each, 1, scale.wide))
    x = np.unique(np.concatenate((places, left, right, *near)))
    x = x[(x >= samples.x[0]) & (x <= samples.x[-1])]
    x = x[~np.isin(x, samples.x)]
    if not x.size and not len(left):
        return samples, True
    samples = samples.with_more(x, values_at(evaluate, x)) if x.size else samples
    return samples.with_cuts(which, left), not x.size


def _jumps(
    evaluate: Evaluate, samples: Samples, known: Sequence[int | None], scale: _Scale
) -> tuple[NDArray[np.intp], Floats, Floats]:
    """The functions that jump, and the floats before and after their jumps."""
    gaps = np.diff(samples.x)
    able: Mask = (gaps < THIN * 1.01 * scale.wide) & (samples.x[1:] > np.nextafter(samples.x[:-1], np.inf))
    at_once = (gaps < THIN * scale.wide) & ~able
    which, gap = np.nonzero(_strange(samples, known, scale) & (able | at_once))
    which, gap = which[:MAX_SEARCHES], gap[:MAX_SEARCHES]
    left, right = samples.x[gap].copy(), samples.x[gap + 1].copy()
    found, left, right = jumps(evaluate, which, left, right, MIN_JUMP * scale.high[which])
    which = which[found]
    for function, slope in enumerate(known):
        if slope is not None:  # where a function jumps or has a pole, its derivative has none or a pole
            here = which == function
            which = np.append(which, np.full(here.sum(), slope))
            left, right = np.append(left, left[: len(here)][here]), np.append(right, right[: len(here)][here])
    return which, left, right


def _strange(samples: Samples, known: Sequence[int | None], scale: _Scale) -> Mask:
    """The gaps over which a function makes a step that its slope does not tell of."""
    step = np.diff(np.clip(samples.y, *(each[:, None] for each in scale.bounds)), axis=1)
    rises = _rises(samples, known, np.diff(samples.x))
    tall = np.abs(step) > MIN_JUMP * scale.high[:, None]
    return np.asarray(samples.joined & tall & ~(np.abs(step - rises) <= 0.5 * np.abs(step)))


def _rises(samples: Samples, known: Sequence[int | None], gaps: Floats) -> Floats:
    """By how much each function rises over gaps by its derivative, or by the gaps beside them where none is known."""
    rises = np.empty((len(samples.y), len(gaps)))
    for function, slope in enumerate(known):
        if slope is not None:
            rises[function] = gaps * (samples.y[slope, 1:] / 2 + samples.y[slope, :-1] / 2)
        else:
            rate = np.where(samples.joined[function], np.diff(samples.y[function] / 4) / gaps * 4, np.nan)
            before, after = np.append(np.nan, rate[:-1]), np.append(rate[1:], np.nan)
            rises[function] = gaps * np.where(
                np.isnan(before), after, np.where(np.isnan(after), before, before / 2 + after / 2)
            )
    return rises
