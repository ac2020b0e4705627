"""The way of a curve from one of its points to another, with as many points between them as it bends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.curves.plane import Level
from derivcli.pictures.scene import Floats

TOLERANCE_PIXELS = 0.1
"""How far a drawn line may be from its curve."""

MAX_SPLITS = 9
NEWTON_STEPS = 8


@dataclass(frozen=True, slots=True)
class Arcs:
    """Arcs point by point: `points` (2, n), and of each the number of its `arc`; `failed` tells which are not found."""

    points: Floats
    arc: NDArray[np.int64]
    failed: NDArray[np.bool_]


def arcs(level: Level, start: Floats, stop: Floats, slopes: tuple[Floats, Floats]) -> Arcs:
    """Arcs between points (2, n) at which F has these gradients.

    Each is a graph over its chord. The middle of a chord is moved onto the curve, and so are those of both halves as
    long as the curve is away from them, or not parallel to them at the ends.
    """
    count = start.shape[1]
    failed = np.zeros(count, bool)
    owner, low, high = np.arange(count), np.zeros(count), np.ones(count)
    found = [(owner, low, start), (owner, high, stop)]
    ends = [start, stop, *slopes]
    for _ in range(MAX_SPLITS):
        if not owner.size:
            break
        middle, slope, away, true = _onto_curve(level, ends[0], ends[1])
        bends = _bend(ends[0], ends[1], ends[2], ends[3])
        failed[owner[~true | ~np.isfinite(bends)]] = True
        needed = true & (np.maximum(away, bends) > TOLERANCE_PIXELS / 8)
        half = (low + high) / 2
        found.append((owner[needed], half[needed], middle[:, needed]))
        again = true & (np.maximum(away, bends) > TOLERANCE_PIXELS)
        owner = np.tile(owner[again], 2)
        low, high = np.concatenate([low[again], half[again]]), np.concatenate([half[again], high[again]])
        ends = [
            np.concatenate(pair, axis=1)
            for pair in (
                (ends[0][:, again], middle[:, again]),
                (middle[:, again], ends[1][:, again]),
                (ends[2][:, again], slope[:, again]),
                (slope[:, again], ends[3][:, again]),
            )
        ]
    failed[owner] = True
    arc, part, points = (np.concatenate(each, axis=-1) for each in zip(*found, strict=True))
    order = np.lexsort((part, arc))
    return Arcs(points[:, order], arc[order], failed)


def _onto_curve(level: Level, start: Floats, stop: Floats) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
    """The points of the curve across the middles of chords: these, F's gradient there, how far away, and if found."""
    way = stop - start
    length = np.hypot(*way)
    middle, across = (start + stop) / 2, np.stack([-way[1], way[0]]) / length
    away, moved = np.zeros(length.shape), np.full(length.shape, np.inf)
    for _ in range(NEWTON_STEPS):
        found = level.at(middle + away * across)
        moved = found[0] / (found[1] * across[0] + found[2] * across[1])
        moved = np.where(found[0] == 0, 0, moved)
        away = away - np.clip(moved, -length, length)
        if not np.nanmax(np.abs(moved), initial=0) > 1e-6:
            break
    true = (np.abs(moved) < 1e-3) & (np.abs(away) < length)
    points = middle + away * across
    return points, level.at(points)[1:], np.abs(away), true


def _bend(start: Floats, stop: Floats, first: Floats, last: Floats) -> Floats:
    """About how far a curve goes from its chord that has these gradients at its ends."""
    way = stop - start
    tangents = [np.abs((way * slope).sum(0) / (way[0] * slope[1] - way[1] * slope[0])) for slope in (first, last)]
    return np.asarray(np.hypot(*way) * np.maximum(*tangents) / 8)
