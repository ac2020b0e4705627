"""Jumps, poles and ends of a domain, found by dividing gaps down to neighbouring floats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.sampling.samples import Evaluate, Mask, ordinal, subdivided, values_at
from derivcli.pictures.scene import Floats

PARTS = 32
"""Into how many parts a gap is divided at a time; 13 divisions come down to neighbouring floats from anywhere."""

CONTINUOUS = 0.2
"""A step that shrinks to such a part of itself, as its gap does, is no jump."""


def jumps(
    evaluate: Evaluate, functions: NDArray[np.intp], left: Floats, right: Floats, least: Floats
) -> tuple[NDArray[np.intp], Floats, Floats]:
    """Of gaps, each of one function, those with a jump or pole: their numbers, and the floats on both sides of it.

    A step below the `least` that is seen is none. Each division keeps the part with the largest step.
    """
    rows, kept = np.arange(len(left)), np.arange(len(left))
    found: list[tuple[NDArray[np.intp], Floats, Floats]] = []
    first = np.full(len(left), np.nan)
    while kept.size:
        x = subdivided(left[kept], right[kept], PARTS)
        y = _of_each(evaluate, x, functions[kept])
        step = np.abs(np.diff(y / 4, axis=1)) * 4
        step = np.where(np.isnan(step), np.inf, step)
        part, row = np.argmax(step, axis=1), rows[: len(kept)]
        left[kept], right[kept], size = x[row, part], x[row, part + 1], step[row, part]
        first[kept] = np.fmin(first[kept], np.abs(y[:, -1] / 4 - y[:, 0] / 4) * 4)
        going = (size > least[kept]) & (size > CONTINUOUS * first[kept])
        ended = ordinal(right[kept]) - ordinal(left[kept]) <= 1
        done = kept[going & ended]
        found.append((done, left[done], right[done]))
        kept = kept[going & ~ended]
    return tuple(np.concatenate(each) for each in zip(*found, strict=True)) if found else (kept, left, right)  # type: ignore[return-value]


def domain_ends(evaluate: Evaluate, functions: NDArray[np.intp], inner: Floats, outer: Floats) -> tuple[Floats, Floats]:
    """The last float with a value and the first one without, from places with one toward places without one."""
    inner, outer = inner.copy(), outer.copy()
    kept = np.arange(len(inner))
    while kept.size:
        x = _between(inner[kept], outer[kept])
        known: Mask = np.isfinite(_of_each(evaluate, x, functions[kept]))
        known[:, 0], known[:, -1] = True, False
        part, row = np.argmin(known, axis=1), np.arange(len(kept))
        inner[kept], outer[kept] = x[row, part - 1], x[row, part]
        kept = kept[np.abs(ordinal(outer[kept]) - ordinal(inner[kept])) > 1]
    return inner, outer


def _between(start: Floats, stop: Floats) -> Floats:
    x = subdivided(np.minimum(start, stop), np.maximum(start, stop), PARTS)
    return np.where((start < stop)[:, None], x, x[:, ::-1])


def _of_each(evaluate: Evaluate, x: Floats, functions: NDArray[np.intp]) -> Floats:
    """The values in rows of places, each of one function."""
    y = values_at(evaluate, x.ravel()).reshape(-1, *x.shape)
    return np.asarray(y[functions, np.arange(len(x))])
