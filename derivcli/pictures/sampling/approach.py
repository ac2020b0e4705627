"""Points ever nearer to a break, as near as there is something to see."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from derivcli.pictures.sampling.samples import Evaluated
from derivcli.pictures.sampling.scale import Scale
from derivcli.pictures.scene import Floats

HALVINGS = np.concatenate((np.arange(1, 12), np.arange(12, 53, 4), np.arange(64, 1075, 64))).astype(np.float64)
"""How many times the distance of a pixel is halved for each point."""

STILL = 0.05
"""A function that changes by so many pixels twice has come near enough to its limit."""


def approach(evaluate: Evaluated, places: Sequence[tuple[float, int]], low: float, high: float, scale: Scale) -> Floats:
    """Points beside places, each with the side that it is approached from.

    They come as near as the next float, or until every function seems to have a limit. Nearer points could tell only
    how a function is rounded that has no value at the place.
    """
    rows = [ladder(place, side, scale.wide) for place, side in places]
    rows = [row[(row >= low) & (row <= high)] for row in rows]
    if not rows:
        return np.zeros(0)
    y = evaluate(np.concatenate(rows)) / scale.tall[:, None]
    found, start = [], 0
    for row in rows:
        moves = np.abs(np.diff(y[:, start : start + len(row)], axis=1))
        still = ((moves[:, 1:] < STILL) & (moves[:, :-1] < STILL)) | np.isnan(moves[:, 1:])
        calm = np.flatnonzero(still.all(axis=0))
        found.append(row[: calm[0] + 3] if calm.size else row)
        start += len(row)
    return np.concatenate(found)


def ladder(place: float, side: int, wide: float) -> Floats:
    """Points on a side of a place, from half a pixel down to the next float."""
    near = place + side * wide * 2.0**-HALVINGS
    near = near[near != place]
    return np.append(near, np.nextafter(place, side * np.inf))
