"""The scene of a moving point: a parametric curve, or a polar one, with the direction in which it is run through."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from derivcli.errors import DerivError
from derivcli.pictures.curves.implicit_scene import is_even, pixels_of
from derivcli.pictures.curves.names import UNNAMED, coordinate_name, variable_name
from derivcli.pictures.curves.path_arrows import arrows
from derivcli.pictures.curves.path_interval import SEARCHED, Course, Motion, course_of, window_around
from derivcli.pictures.curves.path_sampling import FIRST, Piece, sampled_path
from derivcli.pictures.curves.path_tangents import path_tangents
from derivcli.pictures.curves.plane import Window
from derivcli.pictures.curves.special_marks import special_marks, study_of_path
from derivcli.pictures.curves.touching import has_tangents, typed_points
from derivcli.pictures.drawn import Drawn
from derivcli.pictures.scene import Axis, Curve, Floats, Mark, Name, Panel, Scene, Stroke, Table, unit_of
from derivcli.pictures.tables import table_of

AXES = ("x", "y")
SAME_PIXELS = 0.5
"""A path is closed if it ends so near to where it begins."""

Frame = tuple[tuple[float, float], tuple[float, float]]
"""The ranges of both coordinates."""


def path_scene(drawn: Drawn) -> Scene:
    """The path in the plane for the values of its parameter that were asked for, or for a sensible part."""
    if len(drawn.expressions) != 2:
        message = f"a path in the plane has two coordinates, and there are {len(drawn.expressions)}"
        raise DerivError(message, hint="leave out a coordinate, as in a view along its axis")

    def motion(parameter: Floats) -> tuple[Floats, Floats]:
        found = drawn.evaluate({drawn.moving: parameter})
        with np.errstate(all="ignore"):
            return np.stack([each[0] for each in found]), np.stack([each[1] for each in found])

    course = course_of(drawn, motion)

    def position(run: Floats) -> Floats:
        return motion(course.parameter(run))[0]

    x, y = window_around(position(np.linspace(0, 1, 4 * FIRST)))
    equal = drawn.equal or is_even(x, y)
    window = Window(x, y, pixels_of(x, y, drawn.size, equal))
    pieces = sampled_path(position, 0.0, 1.0, window)
    names = [each.name or axis for each, axis in zip(drawn.expressions, AXES, strict=True)]
    titles = _titles(drawn, names)
    strokes = tuple(Stroke(*window.on_plane(each.points)) for each in pieces)
    marks = (*_marks(window, course, pieces), *_special(drawn, course))
    path = Curve(UNNAMED, strokes, "path", marks=marks, arrows=arrows(window, pieces))
    sides = x[1] - x[0], y[1] - y[0]
    touching = path_tangents(drawn, motion, course, sides, (names[0], names[1]))
    dots = () if has_tangents(drawn) else tuple(_dots(drawn, motion))
    axes = [Axis(variable_name(name), *ends, unit_of(*ends)) for name, ends in zip(names, (x, y), strict=True)]
    panel = Panel(axes[0], axes[1], (path, *touching), marks=dots)
    notes = _notes(drawn, course, pieces)
    tables = _tables(drawn, motion, course, pieces, (x, y), names)
    return Scene(titles, (panel,), notes, _description(titles, notes, pieces), equal, tables)


def _tables(
    drawn: Drawn, motion: Motion, course: Course, pieces: Sequence[Piece], frame: Frame, names: Sequence[str]
) -> tuple[Table, ...]:
    """The numbers of the path by its parameter, if they are asked for and it has ends."""
    if not drawn.tips or course.whole or not pieces:
        return ()
    x, y = names
    ends = [(float(each.parameter[0]), float(each.parameter[-1])) for each in pieces]
    breaks = course.parameter(np.array([(one[1] + other[0]) / 2 for one, other in pairwise(ends)]))
    heights = [high - low for low, high in frame]
    made = table_of(
        0,
        [Name(text) for text in (x, y, f"d{x}", f"d{y}")],
        lambda parameter: [*np.concatenate(motion(parameter))],
        (course.low, course.high),
        breaks.tolist(),
        [*heights, np.inf, np.inf],
        slopes=(2, 3, -1, -1),
    )
    return (replace(made, parameter=variable_name(drawn.moving)),)


def _titles(drawn: Drawn, names: Sequence[str]) -> tuple[Name, ...]:
    if drawn.radius is not None:
        return (coordinate_name(drawn.radius.name or "r", drawn.radius),)
    return tuple(coordinate_name(name, each) for name, each in zip(names, drawn.expressions, strict=True))


def _is_closed(pieces: Sequence[Piece]) -> bool:
    """Whether the path ends where it begins."""
    if not pieces:
        return False
    return bool(np.hypot(*(pieces[0].points[:, 0] - pieces[-1].points[:, -1])) < SAME_PIXELS)


def _marks(window: Window, course: Course, pieces: Sequence[Piece]) -> Iterator[Mark]:
    """Where the path begins, unless it comes back to there; all of it, where it does not move."""
    if pieces and all(np.ptp(each.points, axis=1).max() == 0 for each in pieces):
        x, y = window.on_plane(pieces[0].points[:, 0])
        yield Mark(float(x), float(y), "isolated")
    elif pieces and not course.whole and not _is_closed(pieces) and pieces[0].parameter[0] == 0:
        x, y = window.on_plane(pieces[0].points[:, 0])
        yield Mark(float(x), float(y), "start")


def _special(drawn: Drawn, course: Course) -> Iterator[Mark]:
    """The special points that are proved, where they are asked for."""
    if drawn.studied:
        low, high = (-SEARCHED, SEARCHED) if course.whole else (course.low, course.high)
        study = study_of_path(drawn, low, high, course.ends)
        yield from () if study is None else special_marks(study)


def _dots(drawn: Drawn, motion: Motion) -> Iterator[Mark]:
    for x, y in motion(typed_points(drawn)[0])[0].T.tolist():
        if math.isfinite(x) and math.isfinite(y):
            yield Mark(x, y, "dot")


def _notes(drawn: Drawn, course: Course, pieces: Sequence[Piece]) -> tuple[str, ...]:
    """For which values of the parameter the path is drawn."""
    name = variable_name(drawn.moving).text
    if not pieces:
        return (f"there is no point of this path for {name} {course.text}",)
    return (f"{name} {course.text}",)


def _description(titles: Sequence[Name], notes: Sequence[str], pieces: Sequence[Piece]) -> str:
    """The picture in words."""
    parts = f", in {len(pieces)} parts" if len(pieces) > 1 else ""
    back = ". It ends where it begins" if _is_closed(pieces) else ""
    return f"The path {', '.join(title.text for title in titles)}, {notes[0]}{parts}{back}."
