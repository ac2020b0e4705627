"""The tangents of a curve F = 0 at its points, all of them where it crosses itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from derivcli.pictures.curves.plane import Level
from derivcli.pictures.scene import Floats

MAX_MOVE_PIXELS = 0.5
"""A point so near to the curve is moved onto it."""

STEP_PIXELS = 1e-2
FLAT = 1e-6
"""The gradient is 0 if it is less than this part of what it is a pixel away."""

EVEN = 0.05
"""Second derivatives are 0 if they tell so little of how the gradient differs."""

SQUARE = 1e-7
"""A number is 0 if its square, or it beside another one, is less than this."""

CIRCLE = np.stack([np.cos(np.arange(16) * np.pi / 8), np.sin(np.arange(16) * np.pi / 8)])
RING_PIXELS, RING = 1e-2, 1800
SAME = 0.05
"""Directions around a point that differ by less are one."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A point of a curve in pixels, and the directions of its tangents there, or of `half` tangents."""

    at: Floats
    ways: list[Floats]
    half: bool = False


def tangents_at(level: Level, at: Floats, smooth: bool) -> Touched | None:
    """What touches the curve at the point of it that is next to one in pixels; None if there is no such point.

    Where F's gradient is 0, the directions are those in which its second derivative is 0. Where F is not `smooth`, they
    are those in which the curve leaves the point.
    """
    with np.errstate(all="ignore"):
        if not smooth:
            near = level.at(at[:, None] + MAX_MOVE_PIXELS * CIRCLE)[0]
            return _left(at, _around(level, at)) if (near < 0).any() and (near >= 0).any() else None
        here, hessian = _expansion(level, at)
        size = np.abs(hessian).max()
        if not np.isfinite(here).all():
            return None
        if np.hypot(*here[1:]) > FLAT * size:
            return _regular(level, at)
        if abs(here[0]) > np.abs(level.at(at[:, None] + MAX_MOVE_PIXELS * CIRCLE)[0]).max():
            return None
        return Touched(at, _null_directions(hessian) if size > 0 else _lines(_around(level, at)))


def _regular(level: Level, at: Floats) -> Touched | None:
    """The tangent where F has a gradient."""
    moved = at.copy()
    for _ in range(8):
        value, across, up = level.at(moved[:, None])[:, 0]
        moved = moved - value * np.array([across, up]) / (across**2 + up**2)
    if not np.hypot(*(moved - at)) < MAX_MOVE_PIXELS:
        return None
    at = moved if np.abs(moved - at).max() > SQUARE else at
    across, up = level.at(at[:, None])[1:, 0]
    return Touched(at, [np.array([-up, across])])


def _left(at: Floats, ways: list[Floats]) -> Touched:
    """Lines where each direction has its opposite, else half tangents."""
    lines = _lines(ways)
    return Touched(at, lines) if len(ways) == 2 * len(lines) else Touched(at, ways, half=True)


def _expansion(level: Level, at: Floats) -> tuple[Floats, Floats]:
    """F, its gradient, and its second derivatives by differences of gradients."""
    step = STEP_PIXELS * np.array([[0, 1, -1, 0, 0], [0, 0, 0, 1, -1]], float)
    here, right, left, above, below = level.at(at[:, None] + step).T
    hessian = np.stack([right[1:] - left[1:], above[1:] - below[1:]]) / (2 * STEP_PIXELS)
    around = np.abs(np.stack([right, left, above, below])[:, 1:]).max()
    is_zero = np.abs(hessian).max() * STEP_PIXELS < EVEN * around  # the gradient differs by more than it says
    return here, np.zeros((2, 2)) if is_zero else (hessian + hessian.T) / 2


def _null_directions(hessian: Floats) -> list[Floats]:
    """The directions in which a quadratic form is 0: two, one or none."""
    sizes, axes = np.linalg.eigh(hessian)
    least, most = sizes / np.abs(sizes).max()
    if min(abs(least), abs(most)) < SQUARE:
        return [_snapped(axes[:, int(abs(most) < abs(least))])]
    if least * most > 0:
        return []
    weights = np.sqrt([-least, most])
    return [_snapped(weights[1] * axes[:, 0] + sign * weights[0] * axes[:, 1]) for sign in (-1, 1)]


def _snapped(way: Floats) -> Floats:
    snapped: Floats = np.where(np.abs(way) < SQUARE * np.abs(way).max(), 0.0, way)
    return snapped


def _around(level: Level, at: Floats) -> list[Floats]:
    """The directions in which F changes its sign on a small circle around a point."""
    turn = np.arange(RING + 1) * 2 * np.pi / RING + 0.0123

    def values(turn: Floats) -> Floats:
        around: Floats = level.at(at[:, None] + RING_PIXELS * np.stack([np.cos(turn), np.sin(turn)]))[0]
        return around

    signs = values(turn) < 0
    places = np.nonzero(signs[1:] != signs[:-1])[0]
    low, high, first = turn[places], turn[places + 1], signs[places]
    for _ in range(40):
        middle = (low + high) / 2
        same = (values(middle) < 0) == first
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return [*np.stack([np.cos(low), np.sin(low)]).T.round(4)]


def _lines(ways: list[Floats]) -> list[Floats]:
    """The lines along directions, one along those that are nearly the same or opposite."""
    lines: list[Floats] = []
    for way in ways:
        along = [each for each in lines if abs(each[0] * way[1] - each[1] * way[0]) < SAME * np.hypot(*each)]
        if along:
            along[0] += way if along[0] @ way > 0 else -way
        else:
            lines.append(way.copy())
    return [(line / np.hypot(*line)).round(4) + 0.0 for line in lines]
