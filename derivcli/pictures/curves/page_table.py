"""The numbers of an equation's curve for a page: points on it with its directions, as close as cubics need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from derivcli.pictures.curves.plane import Level
from derivcli.pictures.scene import Column, Floats, Name, Table
from derivcli.pictures.tables import ENLARGED, MAX_ROWS, PIXELS_OFF

MAX_ROUNDS = 12
CORRECTIONS = 4
"""Steps of Newton's method from a cubic to the curve, each of which doubles the digits."""

FLAT = 1e-9
"""A gradient so small, compared with the largest on the curve, has no direction: curves cross or end there."""


@dataclass(frozen=True, slots=True)
class Run:
    """Points of a line in pixels, with unit vectors along it, which are nan where it has none; both of shape (2, n)."""

    points: Floats
    along: Floats

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
    """The table of a curve's lines, which are given in pixels; None where there is no line."""
    runs = [run_along(level, line) for line in lines if line.shape[1] > 1]
    if not runs:
        return None
    room = MAX_ROWS // len(runs)
    runs = [_refined(level, run, room) for run in runs]
    x, values, errors = _rows(level, runs)
    slopes = (2, 3, -1, -1)
    columns = (
        Column(name, each, slope, error) for name, each, slope, error in zip(names, values, slopes, errors, strict=True)
    )
    return Table(0, x, tuple(columns), parameter=Name(""))


def run_along(level: Level, line: Floats) -> Run:
    """A line with its directions, which are square to the gradient and go the way of the line."""
    _, across, up = level.at(line)
    size = np.hypot(across, up)
    with np.errstate(all="ignore"):
        along = np.stack([-up, across]) / np.where(size > FLAT * np.nanmax(size), size, np.nan)
    way = np.gradient(line, axis=1)
    return Run(line, along * np.where((along * way).sum(axis=0) < 0, -1.0, 1.0))


def _refined(level: Level, run: Run, room: int) -> Run:
    """More points in the middle of gaps over which a cubic is off by more than a part of a pixel, if enlarged."""
    for times in ENLARGED:
        for _ in range(MAX_ROUNDS):
            cubic = run.middle()
            found = on_curve(level, cubic)
            off = np.hypot(*(found - cubic))
            rough = (off > PIXELS_OFF / times) & (off < run.lengths / 2) & (run.lengths > 1 / times)
            if not rough.any():
                break
            if np.count_nonzero(rough) + run.points.shape[1] > room:
                return run
            places = np.flatnonzero(rough) + 1
            run = run_along(level, np.insert(run.points, places, found[:, rough], axis=1))
    return run


def on_curve(level: Level, points: Floats) -> Floats:
    """The points moved onto the curve along the gradient; nan where there is none."""
    with np.errstate(all="ignore"):
        for _ in range(CORRECTIONS):
            value, across, up = level.at(points)
            points = points - np.stack([across, up]) * value / (across**2 + up**2)
    return points


def _rows(level: Level, runs: Sequence[Run]) -> tuple[Floats, Floats, Floats]:
    """The lengths along all lines, and then both coordinates with their derivatives and how far cubics are off."""
    steps = np.array(level.window.steps)
    x, values, errors = [], [], []
    start = 0.0
    for run in runs:
        x.append(start + np.concatenate([[0.0], np.cumsum(run.lengths)]))
        start = float(x[-1][-1]) + 1.0
        values.append(np.concatenate([level.window.on_plane(run.points), run.along * steps[:, None]]))
        off = np.abs(on_curve(level, run.middle()) - run.middle())
        off = np.where(np.isfinite(off), off, run.lengths / 4) * steps[:, None]
        errors.append(np.concatenate([np.concatenate([off, off]), np.full((4, 1), np.inf)], axis=1))
    return np.concatenate(x), np.concatenate(values, axis=1), np.concatenate(errors, axis=1)[:, :-1]
