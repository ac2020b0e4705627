"""Points of a path (x(t), y(t)), as close as its bends need, apart where it jumps or leaves the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.curves.plane import Window
from derivcli.pictures.scene import Floats

Position = Callable[[Floats], Floats]
"""From values of the parameter, shape (n,), to points, shape (2, n)."""

FIRST = 801
TOLERANCE_PIXELS = 0.1
MAX_CHORD_PIXELS = 24.0
LEAST_CHORD_PIXELS = 0.4
"""Between two points so close to each other a picture shows nothing."""

MAX_ROUNDS, MAX_POINTS = 64, 20_000
FAR = 4.0
"""Points so many windows away from the window are not drawn."""

BETWEEN = 0.46875
"""Where between two values of the parameter a third one is tried: not in the middle, which a symmetric path fools."""

UNEVEN = 0.2
"""A path jumps, or is slow on one side, where the third point is closer to one of the two than this part of the way."""


@dataclass(frozen=True, slots=True)
class Piece:
    """An unbroken part of a path: the values of its parameter, and its points in pixels, (2, n)."""

    parameter: Floats
    points: Floats


def sampled_path(position: Position, low: float, high: float, window: Window) -> list[Piece]:
    """The pieces of the path from one value of the parameter to another."""
    with np.errstate(all="ignore"):
        return _sampled(position, low, high, window)


def _sampled(position: Position, low: float, high: float, window: Window) -> list[Piece]:
    edge = np.array(window.pixels, float)[:, None]

    def seen(parameter: Floats) -> Floats:
        points = window.in_pixels(*position(parameter))
        near = (np.abs(points - edge / 2) < (FAR + 0.5) * edge).all(0)
        return np.where(near, points, np.nan)

    parameter = np.linspace(low, high, FIRST)
    points = seen(parameter)
    done = np.zeros(FIRST - 1, bool)
    tiny = 4 * np.finfo(float).eps * max(abs(low), abs(high), high - low)
    for _ in range(MAX_ROUNDS):
        open_gaps = np.nonzero(~done)[0]
        if not open_gaps.size or parameter.size > MAX_POINTS:
            break
        start, stop = parameter[open_gaps], parameter[open_gaps + 1]
        third = start + BETWEEN * (stop - start)
        tried = seen(third)
        needed = _needed(points[:, open_gaps], tried, points[:, open_gaps + 1], edge) & (stop - start > tiny)
        done[open_gaps[~needed]] = True
        places = open_gaps[needed] + 1
        parameter = np.insert(parameter, places, third[needed])
        points = np.insert(points, places, tried[:, needed], axis=1)
        done = np.insert(done, places, False)
    return _pieces(parameter, points)


def _needed(start: Floats, third: Floats, stop: Floats, edge: Floats) -> NDArray[np.bool_]:
    """Between which neighbours the third point is needed, and perhaps more."""
    known = [~np.isnan(each[0]) for each in (start, third, stop)]
    way, part = stop - start, third - start
    chord = np.hypot(*way)
    length = np.maximum(chord, 1e-12)
    away = np.abs(way[0] * part[1] - way[1] * part[0]) / length
    share = (way * part).sum(0) / length**2
    bends = (away > TOLERANCE_PIXELS) | (np.hypot(*part) > MAX_CHORD_PIXELS) | (chord > MAX_CHORD_PIXELS)
    uneven = (chord > LEAST_CHORD_PIXELS) & ((share < UNEVEN) | (share > 1 - UNEVEN))
    beside = [
        ((start[axis] < 0) & (stop[axis] < 0) & (third[axis] < 0))
        | ((start[axis] > edge[axis]) & (stop[axis] > edge[axis]) & (third[axis] > edge[axis]))
        for axis in (0, 1)
    ]
    every = known[0] & known[1] & known[2] & (bends | uneven) & ~(beside[0] | beside[1])
    inside = [((each > -edge / 2) & (each < 1.5 * edge)).all(0) for each in (start, third, stop)]
    at_end = (known[0] ^ known[2]) & (inside[0] | inside[1] | inside[2])
    hole = known[0] & known[2] & ~known[1]
    return np.asarray(every | at_end | hole | (~known[0] & ~known[2] & known[1]))


def _pieces(parameter: Floats, points: Floats) -> list[Piece]:
    """The points in runs between which the path is not, or jumps."""
    there = ~np.isnan(points[0])
    jumps = np.hypot(*np.diff(points, axis=1)) > MAX_CHORD_PIXELS
    steps = np.diff(parameter)
    fine = steps < 1e-9 * (parameter[-1] - parameter[0])
    apart = (
        ~(there[:-1] & there[1:]) | (fine & (np.hypot(*np.diff(points, axis=1)) > LEAST_CHORD_PIXELS)) | (jumps & fine)
    )
    pieces = []
    for run in np.split(np.arange(parameter.size), np.nonzero(apart)[0] + 1):
        if run.size > 1 and there[run].all():
            pieces.append(Piece(parameter[run], points[:, run]))
    return pieces
