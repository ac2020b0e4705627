"""The numbers of an equation's curve for a page: points on it with its directions, as close as cubics need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.curves.plane import Level
from derivcli.pictures.scene import Column, Floats, Name, Table
from derivcli.pictures.tables import ENLARGED, MAX_ROWS, PIXELS_OFF

MAX_ROUNDS = 12
CORRECTIONS = 4
"""Steps of Newton's method from a cubic to the curve, each of which doubles the digits."""

FLAT = 1e-9
"""A gradient so small, compared with the largest on the curve, has no direction: curves cross or end there."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Points of lines in pixels, one line after the other, with unit vectors along them, both of shape (2, n).

    The vectors are nan where a line has no direction. `apart`, shape (n - 1,), are the gaps between two lines.
    """

    points: Floats
    along: Floats
    apart: NDArray[np.bool_]

    @property
    def lengths(self) -> Floats:
        """The distances of neighbours."""
        return np.asarray(np.hypot(*np.diff(self.points, axis=1)))

    def middle(self) -> Floats:
        """The points halfway on cubics that leave and reach the points in the directions that are known there."""
        start, end = self.points[:, :-1], self.points[:, 1:]
        bend = (self.along[:, :-1] - self.along[:, 1:]) * self.lengths / 8
        return (start + end) / 2 + np.where(np.isfinite(bend), bend, 0)


def curve_table(level: Level, lines: Sequence[Floats], names: Sequence[Name]) -> Table | None:
    """The table of a curve's lines, which are given in pixels; None where there is no line, or too much of them."""
    lines = [line for line in lines if line.shape[1] > 1]
    if not 0 < sum(line.shape[1] for line in lines) <= MAX_ROWS:
        return None
    x, values, errors = _rows(level, _refined(level, runs_along(level, lines)))
    slopes = (2, 3, -1, -1)
    columns = (
        Column(name, each, slope, error) for name, each, slope, error in zip(names, values, slopes, errors, strict=True)
    )
    return Table(0, x, tuple(columns), parameter=Name(""))


def runs_along(level: Level, lines: Sequence[Floats]) -> Runs:
    """Lines with their directions."""
    points = np.concatenate(lines, axis=1)
    apart = np.zeros(points.shape[1] - 1, np.bool_)
    apart[np.cumsum([line.shape[1] for line in lines])[:-1] - 1] = True
    return _directed(level, points, apart)


def _directed(level: Level, points: Floats, apart: NDArray[np.bool_]) -> Runs:
    """The directions are square to the gradient and go the way of the lines."""
    _, across, up = level.at(points)
    size = np.hypot(across, up)
    with np.errstate(all="ignore"):
        along = np.stack([-up, across]) / np.where(size > FLAT * np.nanmax(size), size, np.nan)
    steps = np.where(apart, 0.0, np.diff(points, axis=1))
    way = np.pad(steps, ((0, 0), (1, 0))) + np.pad(steps, ((0, 0), (0, 1)))
    return Runs(points, along * np.where((along * way).sum(axis=0) < 0, -1.0, 1.0), apart)


def _refined(level: Level, runs: Runs) -> Runs:
    """More points in the middle of gaps over which a cubic is off by more than a part of a pixel, if enlarged."""
    for times in ENLARGED:
        for _ in range(MAX_ROUNDS):
            cubic = runs.middle()
            found = on_curve(level, cubic)
            off = np.hypot(*(found - cubic))
            rough = (off > PIXELS_OFF / times) & (off < runs.lengths / 2) & (runs.lengths > 1 / times) & ~runs.apart
            if not rough.any():
                break
            if np.count_nonzero(rough) + runs.points.shape[1] > MAX_ROWS:
                return runs
            places = np.flatnonzero(rough) + 1
            apart = np.insert(runs.apart, places, False)
            runs = _directed(level, np.insert(runs.points, places, found[:, rough], axis=1), apart)
    return runs


def on_curve(level: Level, points: Floats) -> Floats:
    """The points moved onto the curve along the gradient; nan where there is none."""
    with np.errstate(all="ignore"):
        for _ in range(CORRECTIONS):
            value, across, up = level.at(points)
            points = points - np.stack([across, up]) * value / (across**2 + up**2)
    return points


def _rows(level: Level, runs: Runs) -> tuple[Floats, Floats, Floats]:
    """The lengths along all lines, and then both coordinates with their derivatives and how far cubics are off."""
    steps = np.array(level.window.steps)
    lengths = np.where(runs.apart, 1.0, runs.lengths)
    x = np.concatenate([[0.0], np.cumsum(lengths)])
    values = np.concatenate([level.window.on_plane(runs.points), runs.along * steps[:, None]])
    off = np.abs(on_curve(level, runs.middle()) - runs.middle())
    off = np.where(np.isfinite(off), off, lengths / 4) * steps[:, None]
    return x, values, np.where(runs.apart, np.inf, np.concatenate([off, off]))
