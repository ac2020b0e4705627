"""The scene of functions of one variable with their derivatives."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from derivcli.errors import DerivError
from derivcli.pictures.drawn import Drawn
from derivcli.pictures.functions.curves import Line, finer, lines_of, poles
from derivcli.pictures.functions.known import divides, period_of
from derivcli.pictures.functions.names import shown as number
from derivcli.pictures.functions.names import title, variable_name
from derivcli.pictures.functions.page_tables import tables
from derivcli.pictures.functions.panels import grouped, panel_of
from derivcli.pictures.functions.polynomials import bands, is_proved_on, polynomials, series_of
from derivcli.pictures.functions.sentences import description, notes
from derivcli.pictures.functions.shown import Shown, shown_of
from derivcli.pictures.functions.special_marks import height_name, special_marks
from derivcli.pictures.functions.tangents import Frame, dots, has_tangents, tangents
from derivcli.pictures.scene import Asymptote, Axis, Curve, Mark, Panel, Scene, unit_of

LEAST_TURN = 0.45
"""An axis of less than such a part of a period is not divided by pi."""

POLYNOMIAL_AIR = 0.2
"""More air where polynomials leave their function, as a part of what is shown."""


def function_scene(drawn: Drawn) -> Scene:
    """The picture of functions of one variable, or of several along a cut, with the derivatives that were asked for."""
    shown = shown_of(drawn)
    drawn = shown.drawn
    lines = lines_of(shown)
    if not any(line.curve.strokes or line.curve.marks for line in lines):
        hint = "choose an interval where the function is defined"
        where = f"{shown.variable} from {number(shown.low)} to {number(shown.high)}"
        raise DerivError(f"no finite value was found for {where}", hint=hint)
    marks = dots(drawn)
    lines = [replace(line, curve=_marked(shown, line.curve, added)) for line, added in zip(lines, marks, strict=True)]
    panels, missing = _with_tangents(shown, _panels(shown, lines))
    panels, more = _with_polynomials(shown, panels)
    titles = tuple(title(drawn, number) for number in range(len(drawn.expressions)))
    said = (*notes(shown, panels), *missing, *more), description(shown, titles, panels)
    return Scene(titles, tuple(panels), *said, drawn.equal, tuple(tables(shown, lines, panels)))


def _marked(shown: Shown, curve: Curve, points: tuple[Mark, ...]) -> Curve:
    """A curve with dots at points, and with its special points where they were asked for."""
    special: tuple[Mark, ...] = ()
    if shown.drawn.studied and curve.role == "function":
        special = special_marks(shown.known[curve.function], shown.low, shown.high)
    return replace(curve, marks=(*curve.marks, *special, *points))


def _panels(shown: Shown, lines: Sequence[Line]) -> list[Panel]:
    """The curves in panels, with the lines that they approach."""
    x = _axis(shown)
    by_curve = {id(line.curve): line for line in lines}
    panels = []
    every, equal = [line.curve for line in lines], shown.drawn.equal
    for curves in [every] if equal else grouped(every, shown.drawn.studied, shown.drawn.equal):
        own = [by_curve[id(curve)] for curve in curves]
        places = sorted({place for line in own for place in poles(line, shown.low, shown.high)})
        upright = [Asymptote(place) for place in places]
        explosive = all(line.explodes for line in own) and not equal
        panel = panel_of(x, curves, [*upright, *_heights(shown, own)], explosive, equal)
        panels.append(replace(panel, curves=tuple(finer(shown, line, panel.y.low, panel.y.high) for line in own)))
    return panels


def _axis(shown: Shown) -> Axis:
    turns = any(_turns(shown, number) for number in range(len(shown.known)))
    return Axis(variable_name(shown.variable), shown.low, shown.high, unit_of(shown.low, shown.high), turns=turns)


def _turns(shown: Shown, number: int) -> bool:
    """Whether a function repeats itself after a part of pi or some of it."""
    found = period_of(shown.known[number].expression, shown.variable)
    return found is not None and divides(found[0]) and shown.width > LEAST_TURN * found[0]


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
            if study.pieces[0 if end.x.value < 0 else -1].slope == 0:
                continue  # the function itself is the line
            if abs(edge - limit.value) < 0.25 * (top - bottom) and limit.value not in seen:
                seen.add(limit.value)
                yield Asymptote(limit.value, False, height_name(limit))


def _with_tangents(shown: Shown, panels: list[Panel]) -> tuple[list[Panel], list[str]]:
    """The panels with tangents beside their functions, and why there is none somewhere."""
    if not has_tangents(shown.drawn):
        return panels, []
    frames = {}
    for panel in panels:
        for curve in panel.curves:
            if curve.role == "function":
                frames[curve.function] = Frame(shown.low, shown.high, panel.y.low, panel.y.high)
    lines, missing = tangents(shown.drawn, shown.known, [frames[number] for number in sorted(frames)])
    return [replace(panel, curves=panel.curves + _beside(panel, lines)) for panel in panels], missing


def _beside(panel: Panel, curves: Sequence[Curve]) -> tuple[Curve, ...]:
    """Those of the curves whose functions are in a panel."""
    functions = {curve.function for curve in panel.curves if curve.role == "function"}
    return tuple(curve for curve in curves if curve.function in functions)


def _with_polynomials(shown: Shown, panels: list[Panel]) -> tuple[list[Panel], list[str]]:
    """The panels with polynomials and what is proved of them on an interval, and why there is none somewhere."""
    found, missing = series_of(shown)
    if not found:
        return panels, missing
    proved = [*bands(shown, found)] if is_proved_on(shown) else []
    made = []
    for panel in panels:
        height = panel.y.high - panel.y.low
        y = replace(panel.y, low=panel.y.low - POLYNOMIAL_AIR * height, high=panel.y.high + POLYNOMIAL_AIR * height)
        curves = panel.curves + _beside(panel, [*polynomials(shown, found, height)])
        functions = {curve.function for curve in panel.curves}
        own = tuple(band for band in proved if band.function in functions)
        made.append(replace(panel, y=y, curves=curves, bands=panel.bands + own))
    return made, missing
