"""The scene of the curve of an equation in two variables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from derivcli.pictures.curves.closer import Singular
from derivcli.pictures.curves.equation_level import level_of
from derivcli.pictures.curves.level_tangents import Touched, tangents_at
from derivcli.pictures.curves.names import UNNAMED, equation_name, shown, variable_name
from derivcli.pictures.curves.page_table import curve_table
from derivcli.pictures.curves.periods import period_of, turns
from derivcli.pictures.curves.plane import Level, Pair, Window
from derivcli.pictures.curves.special_marks import special_marks, study_of_equation
from derivcli.pictures.curves.touching import has_tangents, may_exist, tangent, typed_points
from derivcli.pictures.curves.tracing import Traced, traced
from derivcli.pictures.curves.windows import chosen_window
from derivcli.pictures.drawn import Drawn
from derivcli.pictures.scene import Axis, Curve, Floats, Mark, Name, Panel, Scene, Stroke, Table, unit_of

MAX_RATIO = 4.0
"""A window no more than so many times as long as it is wide has one scale on both axes, so that circles are round."""


def implicit_scene(drawn: Drawn) -> Scene:
    """The curve on which an equation holds, in the window that was asked for or in one that shows what there is."""
    asked = _asked(drawn)
    periods = [period_of(drawn.expressions, name, drawn.fixed) for name in drawn.names]
    x, y = chosen_window(partial(level_of, drawn), asked, [None if each is None else each.size for each in periods])
    equal = drawn.equal or is_even(x, y)
    window = Window(x, y, pixels_of(x, y, drawn.size, equal))
    level = level_of(drawn, window)
    found = traced(level)
    name = equation_name(drawn.expressions[0])
    marks = tuple(_marks(drawn, window, found))
    curve = Curve(UNNAMED, strokes_of(window, found.lines), "path", marks=marks)
    axes = [
        Axis(variable_name(each), *ends, unit_of(*ends), turns=turns(period))
        for each, ends, period in zip(drawn.names, (x, y), periods, strict=True)
    ]
    touching, dots, off = _at_points(drawn, level)
    panel = Panel(axes[0], axes[1], (curve, *touching), marks=tuple(dots))
    notes = (*_notes(found, curve), *off)
    said = _description(name, found, x, y, drawn.names)
    return Scene((name,), (panel,), notes, said, equal, _tables(drawn, level, found))


def _at_points(drawn: Drawn, level: Level) -> tuple[list[Curve], list[Mark], list[str]]:
    """The tangents at points that were typed, or dots there, and which points are not on the curve."""
    curves: list[Curve] = []
    dots, off = [], []
    points = typed_points(drawn)
    for point, smooth in zip(points.T, _smooth(drawn, points), strict=True):
        found = tangents_at(level, level.window.in_pixels(*point), smooth)
        if found is None:
            off.append(f"({shown(float(point[0]))}, {shown(float(point[1]))}) is not on the curve")
        elif has_tangents(drawn):
            curves += _tangents(level.window, found, (drawn.names[0], drawn.names[1]))
        else:
            dots.append(Mark(float(point[0]), float(point[1]), "dot"))
    return curves, dots, off


def _smooth(drawn: Drawn, points: Floats) -> list[bool]:
    """At which points no derivative of F is known not to exist."""
    if not points.size:
        return []
    (result,) = drawn.judge(dict(zip(drawn.names, points, strict=True)))
    columns = [result.verdicts[name] for name in drawn.names]
    return [all(may_exist(column[point]) for column in columns) for point in range(points.shape[1])]


def _tangents(window: Window, found: Touched, names: tuple[str, str]) -> Iterator[Curve]:
    x, y = (float(each) for each in window.on_plane(found.at))
    sides = window.x[1] - window.x[0], window.y[1] - window.y[0]
    for way in found.ways:
        run, rise = (float(each) for each in way * window.steps)
        yield tangent((x, y), (run, rise), sides, names, half=found.half)


def _tables(drawn: Drawn, level: Level, found: Traced) -> tuple[Table, ...]:
    """The numbers of the curve, if they are asked for."""
    x, y = (variable_name(each).text for each in drawn.names)
    names = [Name(text) for text in (x, y, f"d{x}", f"d{y}")]
    table = curve_table(level, found.lines, names) if drawn.tips else None
    return () if table is None else (table,)


def _asked(drawn: Drawn) -> list[Pair | None]:
    """The intervals of both variables, None of one that is to be chosen."""
    known = {each.variable: (each.low, each.high) for each in drawn.intervals}
    return [known.get(name) for name in drawn.names]


def is_even(x: Pair, y: Pair) -> bool:
    """Whether one scale suits both ranges."""
    ratio = (x[1] - x[0]) / (y[1] - y[0])
    return 1 / MAX_RATIO <= ratio <= MAX_RATIO


def pixels_of(x: Pair, y: Pair, size: tuple[int, int], equal: bool) -> tuple[int, int]:
    """How many pixels a window has in a picture of this size; square ones if both axes have one scale."""
    if not equal:
        return size
    step = max((x[1] - x[0]) / size[0], (y[1] - y[0]) / size[1])
    return max(1, round((x[1] - x[0]) / step)), max(1, round((y[1] - y[0]) / step))


def strokes_of(window: Window, lines: Sequence[Floats]) -> tuple[Stroke, ...]:
    """Lines in pixels as strokes of the plane."""
    return tuple(Stroke(*window.on_plane(line)) for line in lines)


def _marks(drawn: Drawn, window: Window, found: Traced) -> Iterator[Mark]:
    """The isolated points, and all special points where they are asked for."""
    study = study_of_equation(drawn, window.x, window.y) if drawn.studied else None
    proved = [] if study is None else [*special_marks(study)]
    yield from proved
    for each in found.singular:
        x, y = (float(value) for value in window.on_plane(np.array(each.at)))
        known = any(math.dist(each.at, window.in_pixels(*np.array([mark.x, mark.y]))) < 1 for mark in proved)
        if not known and (not each.branches or drawn.studied):
            yield from _numeric_mark(each, x, y)


def _numeric_mark(singular: Singular, x: float, y: float) -> Iterator[Mark]:
    """A mark at a singular point that is not proved, if there is something to see."""
    if singular.cusp or singular.branches != 2:
        kind = "corner" if singular.cusp else "isolated" if not singular.branches else "node"
        yield Mark(x, y, kind, verdict="agrees")


def _notes(found: Traced, curve: Curve) -> tuple[str, ...]:
    notes = []
    if found.regions:
        notes.append("the equation holds on a whole region, of which only the boundary can be a curve")
    if found.dense:
        notes.append("some parts of this curve are finer than the picture and left out")
    if not curve.strokes and not curve.marks:
        notes.append("no point of this curve is in the window")
    return tuple(notes)


def _description(name: Name, found: Traced, x: Pair, y: Pair, names: Sequence[str]) -> str:
    """The picture in words."""
    count = len(found.lines)
    lines = "no line" if not count else f"{count} line{'s' if count > 1 else ''}"
    ends = [f"{each} from {low:.6g} to {high:.6g}" for each, (low, high) in zip(names, (x, y), strict=True)]
    return f"The curve {name.text} with {' and '.join(ends)}: {lines}."
