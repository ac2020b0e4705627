"""A function of two variables on a grid, fine enough for a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.drawn import Drawn
from derivcli.pictures.scene import Floats

Window: TypeAlias = tuple[tuple[float, float], tuple[float, float]]
"""The ends of both variables."""

Field: TypeAlias = Callable[[Floats, Floats], list[list[Floats]]]
"""From two arrays of one shape to the value and the derivatives of each function, of the same shape."""

Picked: TypeAlias = Callable[[list[list[Floats]]], Floats]
"""What makes one number of those of all functions."""

GRID_POINTS, SURFACE_POINTS = 301, 71
"""The points along each variable: an odd count, so that the middle of a window is one of them."""

OFFSETS = (0.381966, 0.2720196)
"""How far, in steps, the inner points of both variables move where the grid hits lines on which there is no value."""


HIT = 1e10
"""A value so many times as large as most is one at a pole, which float64 missed by a little."""

END_OFFSET = 1e-7
"""The part of that by which the first and the last point move."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Values, shape (y, x), over points along both variables."""

    x: Floats
    y: Floats
    values: Floats


def field_of(drawn: Drawn) -> Field:
    """The functions of a picture by its two variables."""
    one, other = drawn.names

    def field(x: Floats, y: Floats) -> list[list[Floats]]:
        found = drawn.evaluate({one: x.ravel(), other: y.ravel()})
        return [[np.broadcast_to(each, x.size).reshape(x.shape) for each in function] for function in found]

    return field


def on_grid(field: Field, x: Floats, y: Floats) -> list[list[Floats]]:
    """The functions at each pair of points, shape (y, x)."""
    across, up = np.meshgrid(x, y)
    return field(across, up)


def value_grid(value: Picked, field: Field, window: Window, count: int = GRID_POINTS) -> Grid:
    """A number made of the functions and derivatives, on a grid that does not run along a line without values."""
    grid = _grid(value, field, window, (0.0, 0.0), count)
    finite = np.isfinite(grid.values)
    usual = float(np.median(np.abs(grid.values[finite]))) if finite.any() else 0.0
    hit = _thin(~finite) | _thin(finite & (np.abs(grid.values) > HIT * usual) & (usual > 0))
    return _grid(value, field, window, OFFSETS, count) if hit.any() else grid


def points_along(ends: tuple[float, float], count: int, offset: float = 0.0) -> Floats:
    """Points from end to end, the inner ones moved by a part of a step."""
    steps = np.arange(count) + offset * (np.arange(count) > 0)
    steps[0], steps[-1] = offset * END_OFFSET, count - 1 - offset * END_OFFSET
    low, high = ends
    return np.asarray(low * (1 - steps / (count - 1)) + high * (steps / (count - 1)), np.float64)


def middles(ends: tuple[float, float], count: int) -> Floats:
    """The middles of so many equal parts of an interval."""
    return points_along(ends, 2 * count + 1)[1::2]


def _grid(value: Picked, field: Field, window: Window, offsets: tuple[float, float], count: int) -> Grid:
    x, y = (points_along(ends, count, offset) for ends, offset in zip(window, offsets, strict=True))
    with np.errstate(all="ignore"):
        return Grid(x, y, np.array(value(on_grid(field, x, y)), np.float64))


def _thin(missing: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The missing points that lie between two others, to the left and right or below and above."""
    padded = np.pad(missing, 1, mode="edge")
    beside = ~padded[1:-1, :-2] & ~padded[1:-1, 2:]
    above = ~padded[:-2, 1:-1] & ~padded[2:, 1:-1]
    return np.asarray(missing & (beside | above), np.bool_)
