"""The scene of functions of one variable with their derivatives."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from derivcli.errors import DerivError
from derivcli.pictures.drawn import Drawn
from derivcli.pictures.functions.curves import Line, lines_of, poles
from derivcli.pictures.functions.known import divides, period_of
from derivcli.pictures.functions.names import title, variable_name
from derivcli.pictures.functions.panels import grouped, panel_of, unit_of
from derivcli.pictures.functions.sentences import description, notes
from derivcli.pictures.functions.shown import Shown, shown_of
from derivcli.pictures.functions.special_marks import height_name, special_marks
from derivcli.pictures.functions.tangents import Frame, dots, has_tangents, tangents, typed_points
from derivcli.pictures.scene import Asymptote, Axis, Curve, Panel, Scene


def function_scene(drawn: Drawn) -> Scene:
    """The picture of functions of one variable, or of several along a cut, with the derivatives that were asked for."""
    shown = shown_of(drawn)
    lines = lines_of(shown)
    if not any(line.curve.strokes or line.curve.marks for line in lines):
        hint = "choose an interval where the function is defined"
        raise DerivError("no value in this range is finite", hint=hint)
    lines = [replace(line, curve=_marked(shown, line.curve, place)) for place, line in enumerate(lines)]
    panels = tuple(_with_tangents(shown, _panels(shown, lines)))
    titles = tuple(title(drawn, number) for number in range(len(drawn.expressions)))
    return Scene(titles, panels, tuple(notes(shown, panels)), description(shown, titles, panels), drawn.equal)


def _marked(shown: Shown, curve: Curve, place: int) -> Curve:
    """A curve with dots at points, and with its special points where they were asked for."""
    marks = curve.marks
    if shown.drawn.studied and curve.role == "function":
        marks += special_marks(shown.known[curve.function], shown.low, shown.high)
    points = typed_points(shown.drawn)
    if len(points) and not has_tangents(shown.drawn) and shown.drawn.degree is None:
        marks += dots(points.tolist(), shown.values(points)[place])
    return replace(curve, marks=marks)


def _panels(shown: Shown, lines: Sequence[Line]) -> list[Panel]:
    """The curves in panels, with the lines that they approach."""
    x = _axis(shown)
    by_curve = {id(line.curve): line for line in lines}
    panels = []
    for curves in grouped([line.curve for line in lines]):
        own = [by_curve[id(curve)] for curve in curves]
        places = sorted({place for line in own for place in poles(line, shown.low, shown.high)})
        upright = [Asymptote(place) for place in places]
        panels.append(panel_of(x, curves, [*upright, *_heights(shown, own)], ()))
    return panels


def _axis(shown: Shown) -> Axis:
    turns = any(_turns(shown, number) for number in range(len(shown.known)))
    return Axis(variable_name(shown.variable), shown.low, shown.high, unit_of(shown.low, shown.high), turns=turns)


def _turns(shown: Shown, number: int) -> bool:
    """Whether a function repeats itself after a part of pi or some of it."""
    found = period_of(shown.known[number].expression, shown.variable)
    return found is not None and divides(found[0])


def _heights(shown: Shown, lines: Sequence[Line]) -> Iterator[Asymptote]:
    """The horizontal lines, other than the axis, that functions approach in sight."""
    seen = set()
    for line in lines:
        study = shown.known[line.curve.function].study
        if line.curve.role != "function" or study is None or not line.curve.strokes:
            continue
        bottom, top = line.curve.window
        edges = zip(study.ends, (line.curve.strokes[0].y[0], line.curve.strokes[-1].y[-1]), strict=True)
        for end, edge in edges:
            limit = end.right if end.x.value < 0 else end.left
            if limit is None or not math.isinf(end.x.value) or not math.isfinite(limit.value) or not limit.value:
                continue
            if abs(edge - limit.value) < 0.25 * (top - bottom) and limit.value not in seen:
                seen.add(limit.value)
                yield Asymptote(limit.value, False, height_name(limit))


def _with_tangents(shown: Shown, panels: Sequence[Panel]) -> Iterator[Panel]:
    """The panels with tangents beside their functions."""
    if not has_tangents(shown.drawn):
        yield from panels
        return
    frames = {}
    for panel in panels:
        for curve in panel.curves:
            if curve.role == "function":
                frames[curve.function] = Frame(shown.low, shown.high, panel.y.low, panel.y.high)
    lines = [*tangents(shown.drawn, shown.known, [frames[number] for number in sorted(frames)])]
    for panel in panels:
        functions = {curve.function for curve in panel.curves if curve.role == "function"}
        added = tuple(line for line in lines if line.function in functions)
        yield replace(panel, curves=panel.curves + added)
