"""The tangents of a path at values of its parameter, or half tangents where it turns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from derivcli.pictures.curves.path_interval import Course, Motion
from derivcli.pictures.curves.touching import has_tangents, may_exist, tangent, typed_points
from derivcli.pictures.drawn import Drawn
from derivcli.pictures.scene import Curve, Floats

STEP = 1e-3
"""How far from a stop, as a part of the course, the direction of a path is looked for."""

STRAIGHT = 1e-4
"""Directions are the same, or parallel to an axis, if they differ by less."""

STILL = 1e-9
"""A point stops that would move by less than this part of the window during the whole course."""


def path_tangents(
    drawn: Drawn, motion: Motion, course: Course, sides: tuple[float, float], names: tuple[str, str]
) -> Iterator[Curve]:
    """The tangents at the values of the parameter that were typed, in a window with these sides."""
    if not has_tangents(drawn):
        return
    parameter = typed_points(drawn)[0]
    points, speeds = motion(parameter)
    results = drawn.judge({drawn.moving: parameter})
    size = np.array(sides)
    for place, value in enumerate(parameter):
        (x, y), way = points[:, place].tolist(), speeds[:, place] / size
        if not np.isfinite([x, y]).all():
            continue
        smooth = all(may_exist(each.verdicts[drawn.moving][place]) for each in results)
        moves = bool(np.isfinite(way).all() and np.hypot(*way) * course.length > STILL)
        ways = [way] if smooth and moves else _secants(motion, value, points[:, place], course, size)
        for each in ways:
            run, rise = (each * size).tolist()
            yield tangent((x, y), (run, rise), sides, names, half=len(ways) > 1)


def _secants(motion: Motion, value: float, at: Floats, course: Course, size: Floats) -> list[Floats]:
    """The directions in which the path leaves a point backwards and forwards; one of them if it goes straight on."""
    step = STEP * max(abs(value), course.length, 1.0)
    units = []
    for sign in (-1, 1):
        ways = ((motion(value + sign * np.array([step, step / 2]))[0].T - at) / size).T
        lengths = np.hypot(*ways)
        if np.isfinite(lengths).all() and (lengths > 0).all():
            far, near = (ways / lengths).T
            unit = 2 * near - far
            units.append(np.where(np.abs(unit) < STRAIGHT, 0, unit))
    if len(units) == 2 and abs(units[0][0] * units[1][1] - units[0][1] * units[1][0]) < STRAIGHT:
        return units[1:]
    return units
