"""The scene of the curve of an equation in two variables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from derivcli.pictures.curves.names import UNNAMED, equation_name, variable_name
from derivcli.pictures.curves.page_table import curve_table
from derivcli.pictures.curves.periods import period_of, turns
from derivcli.pictures.curves.plane import Level, Window
from derivcli.pictures.curves.tracing import Traced, traced
from derivcli.pictures.curves.windows import Pair, chosen_window
from derivcli.pictures.drawn import Drawn
from derivcli.pictures.scene import Axis, Curve, Floats, Mark, Name, Panel, Scene, Stroke, Table

MAX_RATIO = 4.0
"""A window no more than so many times as long as it is wide has one scale on both axes, so that circles are round."""


def implicit_scene(drawn: Drawn) -> Scene:
    """The curve on which an equation holds, in the window that was asked for or in one that shows what there is."""

    def evaluate(x: Floats, y: Floats) -> Floats:
        return np.stack(drawn.evaluate(dict(zip(drawn.names, (x, y), strict=True)))[0][:3])

    asked = _asked(drawn)
    periods = [period_of(drawn.expressions, name, drawn.fixed) for name in drawn.names]
    x, y = chosen_window(evaluate, asked, periods)
    equal = drawn.equal or is_even(x, y)
    window = Window(x, y, pixels_of(x, y, drawn.size, equal))
    level = Level(evaluate, window)
    found = traced(level)
    name = equation_name(drawn.expressions[0])
    curve = Curve(UNNAMED, strokes_of(window, found.lines), "path", marks=tuple(_marks(window, found)))
    axes = [
        Axis(variable_name(each), *ends, turns=turns(period))
        for each, ends, period in zip(drawn.names, (x, y), periods, strict=True)
    ]
    panel = Panel(axes[0], axes[1], (curve,))
    said = _notes(found, curve), _description(name, found, x, y, drawn.names)
    return Scene((name,), (panel,), *said, equal, _tables(drawn, level, found))


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


def _marks(window: Window, found: Traced) -> list[Mark]:
    """The isolated points."""
    marks = []
    for each in found.singular:
        x, y = window.on_plane(np.array(each.at))
        if not each.branches:
            marks.append(Mark(float(x), float(y), "isolated"))
    return marks


def _notes(found: Traced, curve: Curve) -> tuple[str, ...]:
    notes = []
    if found.regions:
        notes.append("the equation holds on a whole region, of which only the boundary can be a curve")
    if not curve.strokes and not curve.marks:
        notes.append("no point of this curve is in the window")
    return tuple(notes)


def _description(name: Name, found: Traced, x: Pair, y: Pair, names: Sequence[str]) -> str:
    """The picture in words."""
    count = len(found.lines)
    lines = "no line" if not count else f"{count} line{'s' if count > 1 else ''}"
    ends = [f"{each} from {low:.6g} to {high:.6g}" for each, (low, high) in zip(names, (x, y), strict=True)]
    return f"The curve {name.text} with {' and '.join(ends)}: {lines}."
