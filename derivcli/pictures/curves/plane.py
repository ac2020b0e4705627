"""A function of two variables on the plane of a picture, in which lengths are in pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.scene import Floats

Choice = NDArray[np.bool_]

Pair = tuple[float, float]
"""The two ends of a range."""


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of the plane, and how many pixels it has in each direction."""

    x: tuple[float, float]
    y: tuple[float, float]
    pixels: tuple[int, int]

    @property
    def steps(self) -> tuple[float, float]:
        """The width and the height of a pixel."""
        return (self.x[1] - self.x[0]) / self.pixels[0], (self.y[1] - self.y[0]) / self.pixels[1]

    def on_plane(self, at: Floats) -> Floats:
        """The mathematical coordinates of points in pixels, both of shape (2, ...)."""
        (across, up), low = self.steps, (self.x[0], self.y[0])
        return np.array([low[0] + at[0] * across, low[1] + at[1] * up])

    def in_pixels(self, x: Floats, y: Floats) -> Floats:
        """The points in pixels from the lower left corner, shape (2, ...)."""
        across, up = self.steps
        return np.array([(x - self.x[0]) / across, (y - self.y[0]) / up])


@dataclass(frozen=True, slots=True)
class Level:
    """F(x, y), whose zeros are the curve: from points (2, n) in pixels to F and its gradient by pixel, shape (3, n).

    `evaluate` gives F and its derivatives by x and by y. `cells` tells for the lines of a lattice, and for cells that
    are asked for, which ones are proved not to be passed by the curve, shape (rows, columns); None where that takes too
    long.
    """

    evaluate: Callable[[Floats, Floats], Floats]
    window: Window
    cells: Callable[[Floats, Floats, Choice], Choice | None] | None = None

    def at(self, points: Floats) -> Floats:
        """F, shape (n,), and how it changes from pixel to pixel, each below the other."""
        if not points.shape[1]:
            return np.empty((3, 0))
        found = self.evaluate(*self.window.on_plane(points))
        with np.errstate(over="ignore", invalid="ignore"):
            return np.stack([found[0], found[1] * self.window.steps[0], found[2] * self.window.steps[1]])
