"""Where a curve F = 0 has no tangent of its own: F and its gradient are 0, or F only touches 0 at a point."""

from __future__ import annotations

import numpy as np

from derivcli.pictures.curves.plane import Choice, Level
from derivcli.pictures.scene import Floats

NEWTON_STEPS = 30
DIFFERENCE_PIXELS = 1e-3
"""How far apart gradients are whose difference is a second derivative."""

NEAR_PIXELS = 1e-6
CROSS = np.array([[0, 1, -1, 0, 0], [0, 0, 0, 1, -1]], float)
MAX_MOVE_PIXELS = 2.0
MARGIN_PIXELS = 1.0
"""How far outside of its cell a point may be found."""

FLAT = 1e-3
"""The gradient is 0 where it is less than this part of its size around."""

ZERO = 1e-8
"""F is 0 where it is less than this part of its size around."""

HALVINGS = 45
MAX_SEARCHED = 400
"""A search for points that F only touches 0 at is for so many cells."""


def flat_points(level: Level, start: Floats, low: Floats, high: Floats, scale: Floats) -> tuple[Floats, Choice]:
    """Points near to `start` at which F and its gradient are 0, and whether they were found within cells.

    `low` and `high` are corners of the cells, (2, n), and `scale`, (2, n), the sizes of F and of its gradient in each.
    """
    with np.errstate(all="ignore"):
        at = start.copy()
        for _ in range(NEWTON_STEPS):
            tried = at[:, None, :] + DIFFERENCE_PIXELS * CROSS[:, :, None]
            here, right, left, up, down = level.at(tried.reshape(2, -1))[1:].reshape(2, 5, -1).swapaxes(0, 1)
            twice = 2 * DIFFERENCE_PIXELS
            step = np.nan_to_num(_least_squares([(right - left) / twice, (up - down) / twice], here))
            at = at + step
            if np.abs(step).max(initial=0) < NEAR_PIXELS:
                break
        found = level.at(at)
        inside = ((at > low - MARGIN_PIXELS) & (at < high + MARGIN_PIXELS)).all(0)
        flat = np.hypot(*found[1:]) <= FLAT * scale[1]
        return at, inside & flat & (np.abs(found[0]) <= ZERO * scale[0])


def _least_squares(columns: list[Floats], here: Floats) -> Floats:
    """The step of Newton's method, the least where the second derivatives do not tell."""
    (a, b), (c, d) = columns
    p, q, r = a * a + b * b, a * c + b * d, c * c + d * d
    extra = 1e-12 * (p + r)
    p, r = p + extra, r + extra
    one, two = a * here[0] + b * here[1], c * here[0] + d * here[1]
    step = -np.stack([r * one - q * two, p * two - q * one]) / (p * r - q * q)
    length = np.hypot(*step)
    return np.asarray(step * np.minimum(1, MAX_MOVE_PIXELS / np.maximum(length, 1e-300)))


def lowest_points(level: Level, start: Floats, low: Floats, high: Floats, scale: Floats) -> tuple[Floats, Choice]:
    """Points near to `start` at which |F| is least and 0, as `flat_points` gives them, by a search around each."""
    around = np.array([[0, 1, 1, 0, -1, -1, -1, 0, 1], [0, 0, 1, 1, 1, 0, -1, -1, -1]], float)
    with np.errstate(all="ignore"):
        at, size, count = start.copy(), 1.0, start.shape[1]
        best = np.full(count, np.inf)
        for _ in range(HALVINGS):
            tried = at[:, None, :] + size * around[:, :, None]
            values = np.abs(level.at(tried.reshape(2, -1))[0]).reshape(9, count)
            choice = np.argmin(np.where(np.isnan(values), np.inf, values), axis=0)
            at, best = tried[:, choice, np.arange(count)], values[choice, np.arange(count)]
            size /= 2
        return at, ((at > low) & (at < high)).all(0) & (best <= ZERO * scale[0])
