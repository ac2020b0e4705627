"""Jumps, poles, narrow peaks and ends of a domain, found by dividing gaps down to neighbouring floats."""

from __future__ import annotations

import numpy as np

from derivcli.pictures.sampling.samples import Evaluated, Indices, Mask, of_ordinal, ordinal, subdivided
from derivcli.pictures.scene import Floats

MAX_POINTS = 4096
"""About how many points are evaluated at a time."""

MIN_PARTS, MAX_PARTS = 16, 64
"""Into how many parts gaps are divided at a time; with most, 11 divisions come down to neighbouring floats."""

CONTINUOUS = 0.2
"""A step that shrinks to such a part of itself, as its gap does, is no jump."""

ALONE = 0.1
"""A step that is a smaller part of all steps around it is no jump, but one of many swings."""

FLOATS, SWINGS = 32, 4.0
"""Among so many floats on both sides of a jump or a pole, a function goes up and down its range at most so often."""

NARROW = 0.25
"""Of its rise over a gap, a narrow peak has more than this part within two of the parts of the gap."""

VISIBLE = 0.1
"""How many pixels a peak rises at least."""


def jumps(
    evaluate: Evaluated, functions: Indices, left: Floats, right: Floats, least: Floats
) -> tuple[Indices, Floats, Floats]:
    """The gaps, each of one function, that have a jump or pole, and by how far each gap could be narrowed.

    A step below the `least` that is seen is none. Each division keeps the part with the largest step.
    """
    left, right, first = left.copy(), right.copy(), np.full(len(left), np.inf)
    ends = left.min(initial=np.inf), right.max(initial=-np.inf)
    kept, found = np.arange(len(left)), [np.arange(0)]
    while kept.size:
        x = subdivided(left[kept], right[kept], _parts(kept))
        y = _of_each(evaluate, x, functions[kept])
        step = np.abs(np.diff(y, axis=1))
        step[np.isnan(step)] = np.inf
        row, part = np.arange(len(kept)), np.argmax(step, axis=1)
        size = step[row, part]
        first[kept] = np.fmin(first[kept], np.abs(y[:, -1] - y[:, 0]))
        left[kept], right[kept] = x[row, part], x[row, part + 1]
        going = (size > least[kept]) & (size > CONTINUOUS * first[kept])
        going &= size >= ALONE * np.where(np.isfinite(step), step, 0).sum(axis=1)
        ended = ordinal(right[kept]) - ordinal(left[kept]) <= 1
        found.append(kept[going & ended])
        kept = kept[going & ~ended]
    jumping = np.concatenate(found)
    return jumping[_alone(evaluate, functions[jumping], left[jumping], ends)], left, right


def _alone(evaluate: Evaluated, functions: Indices, places: Floats, ends: tuple[float, float]) -> Mask:
    """Whether the range of a function among the floats around a place comes from few steps: not from rounding."""
    if not places.size:
        return np.zeros(0, dtype=np.bool_)
    around = of_ordinal(ordinal(places)[:, None] + np.arange(-FLOATS, FLOATS + 1))
    y = _of_each(evaluate, np.clip(around, *ends), functions)
    step = np.abs(np.diff(y, axis=1))
    return np.asarray(~(np.nansum(step, axis=1) > SWINGS * (np.nanmax(y, axis=1) - np.nanmin(y, axis=1))))


def domain_ends(evaluate: Evaluated, functions: Indices, inner: Floats, outer: Floats) -> tuple[Floats, Floats]:
    """The last float with a value and the first one without, from places with one toward places without one."""
    inner, outer = inner.copy(), outer.copy()
    kept = np.flatnonzero(np.abs(ordinal(outer) - ordinal(inner)) > 1)
    while kept.size:
        x = _between(inner[kept], outer[kept], _parts(kept))
        known = np.isfinite(_of_each(evaluate, x, functions[kept]))
        known[:, 0], known[:, -1] = True, False
        row, part = np.arange(len(kept)), np.argmin(known, axis=1)
        inner[kept], outer[kept] = x[row, part - 1], x[row, part]
        kept = kept[np.abs(ordinal(outer[kept]) - ordinal(inner[kept])) > 1]
    return inner, outer


def peaks(
    evaluate: Evaluated, functions: Indices, left: Floats, right: Floats, signs: Floats, tall: Floats
) -> tuple[Floats, Mask, Indices]:
    """The highest place in each gap, whether the peak is narrow, and the numbers of gaps in which there is a pole.

    `signs` are -1 for gaps in which the lowest place is looked for, and `tall` is the height of a pixel. The search
    goes on while what is left of a gap still shows a rise, or one larger than before: a peak whose foot alone was seen.
    """
    left, right = left.copy(), right.copy()
    ends = left.min(initial=np.inf), right.max(initial=-np.inf)
    place, rise, first = left.copy(), np.full(len(left), np.inf), np.full(len(left), np.inf)
    narrow, kept, endless = np.zeros(len(left), dtype=np.bool_), np.arange(len(left)), [np.arange(0)]
    while kept.size:
        x = subdivided(left[kept], right[kept], _parts(kept))
        y = signs[kept, None] * _of_each(evaluate, x, functions[kept])
        y[np.isnan(y)] = -np.inf
        row, top = np.arange(len(kept)), np.argmax(y, axis=1)
        before, after = np.fmax(top - 1, 0), np.fmin(top + 1, y.shape[1] - 1)
        new = y[row, top] - np.fmin(y[row, before], y[row, after])
        narrow[kept] |= new > NARROW * (y[row, top] - np.fmin(y[:, 0], y[:, -1]))
        old, rise[kept] = rise[kept], new
        first[kept] = np.fmin(first[kept], new)
        left[kept], right[kept], place[kept] = x[row, before], x[row, after], x[row, top]
        ended = ordinal(right[kept]) - ordinal(left[kept]) <= 2
        going = (new > VISIBLE * tall[kept]) | (new > 4 * old) | (np.isinf(old) & (new > 0))
        known = np.where(np.isfinite(y), y, np.nan)
        swings = np.nansum(np.abs(np.diff(known, axis=1)), axis=1)
        going &= swings <= SWINGS * (y[row, top] - np.nanmin(known, axis=1))
        endless.append(kept[ended & going & (new > 2 * first[kept])])
        kept = kept[going & ~ended]
    poles = np.concatenate(endless)
    return place, narrow, poles[_alone(evaluate, functions[poles], place[poles], ends)]


def _parts(kept: Indices) -> int:
    return int(np.clip(MAX_POINTS // len(kept), MIN_PARTS, MAX_PARTS))


def _between(start: Floats, stop: Floats, parts: int) -> Floats:
    x = subdivided(np.fmin(start, stop), np.fmax(start, stop), parts)
    return np.where((start < stop)[:, None], x, x[:, ::-1])


def _of_each(evaluate: Evaluated, x: Floats, functions: Indices) -> Floats:
    """The values in rows of places, each of one function."""
    y = evaluate(x.ravel()).reshape(-1, *x.shape)
    return np.asarray(y[functions, np.arange(len(x))])
