"""Lines as dots: cut to the canvas, dashed by the length run through, and thinned to a single dot's breadth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.scene import Axis, Floats, Stroke

Dots: TypeAlias = NDArray[np.int64]
"""Shape (dots, 2): columns from the left and rows from below, each dot once."""

FAR = 1e9
"""What lies further off than so many canvases is brought nearer, which turns no line that can be seen."""

STEPS_PER_DOT = 4

DASHES: tuple[tuple[int, ...], ...] = ((), (6, 3), (1, 2), (7, 2, 1, 2), (2, 3), (4, 1))
"""Dots that are drawn, dots that are not, and so on; nothing for an unbroken line."""

TANGENT_DASHES = (1, 3)


@dataclass(frozen=True, slots=True)
class Canvas:
    """A grid of dots, `width` by `height`, over the ranges of two axes."""

    x: Axis
    y: Axis
    width: int
    height: int

    def place(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Where points lie, in dots; nan where they have no place on an axis."""
        return fraction(self.x, x) * self.width, fraction(self.y, y) * self.height

    def eighths(self, u: Floats, v: Floats) -> NDArray[np.int64]:
        """The directions that vectors have on the canvas, in eighths of a turn; its dots are twice as high as wide."""
        with np.errstate(all="ignore"):
            across = u / (self.x.high - self.x.low) * self.width
            up = 2 * v / (self.y.high - self.y.low) * self.height
        turn = np.nan_to_num(np.arctan2(up, across))
        return np.round(turn / (np.pi / 4)).astype(np.int64) % 8


def fraction(axis: Axis, values: Floats) -> Floats:
    """How far along an axis values lie, 0 at its low end and 1 at its high one."""
    with np.errstate(all="ignore"):
        low, high, scaled = (
            _scaled(axis, np.asarray(part, dtype=np.float64)) for part in (axis.low, axis.high, values)
        )
        return np.clip((scaled - low) / (high - low), -FAR, FAR) if high > low else np.full(scaled.shape, 0.5)


def _scaled(axis: Axis, values: Floats) -> Floats:
    return np.log10(values) if axis.logarithmic else values / 10.0**axis.unit


def line_dots(canvas: Canvas, strokes: Iterable[Stroke], dashes: Sequence[int] = ()) -> Dots:
    """The dots of strokes."""
    found = [_stroke_dots(canvas, stroke, dashes) for stroke in strokes]
    return np.unique(np.concatenate([np.empty((0, 2), dtype=np.int64), *found]), axis=0)


def point_dots(canvas: Canvas, x: Floats, y: Floats) -> Dots:
    """The dots at points, of which those outside are left out."""
    across, up = canvas.place(x, y)
    inside = (across >= 0) & (across <= canvas.width) & (up >= 0) & (up <= canvas.height)
    return _held(canvas, across[inside], up[inside])


def _held(canvas: Canvas, across: Floats, up: Floats) -> Dots:
    """Dots of places on the canvas, to which its upper and right edges belong."""
    dots = np.stack([across, up], axis=1).astype(np.int64)
    return np.clip(dots, 0, [canvas.width - 1, canvas.height - 1])


def _stroke_dots(canvas: Canvas, stroke: Stroke, dashes: Sequence[int]) -> Dots:
    across, up = canvas.place(stroke.x, stroke.y)
    if len(across) == 1:
        return point_dots(canvas, stroke.x, stroke.y)
    pieces = _inside(np.stack([across[:-1], up[:-1], across[1:], up[1:]], axis=1), canvas.width, canvas.height)
    if not len(pieces):
        return np.empty((0, 2), dtype=np.int64)
    starts, ways = pieces[:, :2], pieces[:, 2:] - pieces[:, :2]
    lengths = np.hypot(*ways.T)
    counts = np.ceil(lengths * STEPS_PER_DOT).astype(np.int64) + 1
    owner = np.repeat(np.arange(len(pieces)), counts)
    step = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    part = step / np.maximum(counts[owner] - 1, 1)
    run = (np.cumsum(lengths) - lengths)[owner] + part * lengths[owner]
    places = starts[owner] + part[:, None] * ways[owner]
    dots, drawn = _held(canvas, *places.T), _is_drawn(run, dashes)
    changed = np.r_[True, np.any(dots[1:] != dots[:-1], axis=1)]
    return _thinned(dots[changed], drawn[changed])


def _is_drawn(run: Floats, dashes: Sequence[int]) -> NDArray[np.bool_]:
    if not dashes:
        return np.ones(run.shape, dtype=np.bool_)
    ends = np.cumsum(dashes)
    return np.asarray(np.searchsorted(ends, run % ends[-1], side="right") % 2 == 0)


def _thinned(dots: Dots, drawn: NDArray[np.bool_]) -> Dots:
    """The dots that are drawn, without those between two that touch at a corner."""
    keep, places, last = drawn.copy(), dots.tolist(), 0
    for middle, (column, row) in enumerate(places[2:], start=1):
        if abs(column - places[last][0]) == abs(row - places[last][1]) == 1:
            keep[middle] = False
        else:
            last = middle
    return dots[keep]


def _inside(segments: Floats, width: int, height: int) -> Floats:
    """The parts of segments, rows (x0, y0, x1, y1), that lie on the canvas."""
    segments = segments[np.isfinite(segments).all(axis=1)]
    start, way = segments[:, :2], segments[:, 2:] - segments[:, :2]
    toward = np.concatenate([-way, way], axis=1)
    room = np.concatenate([start, [width, height] - start], axis=1)
    with np.errstate(all="ignore"):
        reach = room / toward
    enter = np.where(toward < 0, reach, 0).max(axis=1, initial=0)
    leave = np.where(toward > 0, reach, 1).min(axis=1, initial=1)
    seen = (enter <= leave) & ~((toward == 0) & (room < 0)).any(axis=1)
    enter, leave, start, way = enter[seen], leave[seen], start[seen], way[seen]
    return np.concatenate([start + enter[:, None] * way, start + leave[:, None] * way], axis=1)
