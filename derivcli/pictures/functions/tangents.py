"""What is drawn at the points that were typed: tangents at a few, dots at more."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from derivcli.check.verdict import Verdicts
from derivcli.check.verdict_kinds import KINDS
from derivcli.pictures.drawn import Drawn
from derivcli.pictures.functions.known import Known
from derivcli.pictures.functions.names import DIGITS, letters_of, shown
from derivcli.pictures.scene import Curve, Floats, Mark, Name, Stroke
from derivcli.points.points import Points, Range
from derivcli.render.blocks import Style
from derivcli.render.tangents import equation_latex, equation_sides
from derivcli.result import FloatArray, Result
from derivcli.study.curves.curve import Touching
from derivcli.study.curves.lines import Writing
from derivcli.study.curves.tangents import Judged, coordinate_known, in_plane

MOST_TANGENTS, MOST_DOTS = 6, 30
"""So many points that are typed get tangents, and so many of a list or a range get dots."""

BEYOND = 20.0
"""A tangent ends so many heights of the picture beyond it, at most."""

NO_POINTS = Points(())
"""Where the heights of points are typed: nowhere."""

QUAD = r" \quad "
"""What stands before the words behind an equation in LaTeX."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What is seen: an interval of the variable, and the heights that tangents cross."""

    low: float
    high: float
    bottom: float
    top: float


def typed_points(drawn: Drawn) -> Floats:
    """The values of the variable at which something is to be marked."""
    if drawn.points is None or drawn.points.count > MOST_DOTS:
        return np.zeros(0)
    return np.asarray(drawn.points.at[drawn.names[0]], dtype=np.float64)


def has_tangents(drawn: Drawn) -> bool:
    """Whether the points get tangents: few values, each typed by itself, and no polynomials about them."""
    points = drawn.points
    if points is None or not 0 < points.count <= MOST_TANGENTS or drawn.degree is not None:
        return False
    return not any(isinstance(piece, Range) for axis in points.axes for piece in axis.pieces)


def dots(drawn: Drawn) -> list[tuple[Mark, ...]]:
    """Of every function and its derivatives the dots at points where they exist, as far as is known."""
    points = typed_points(drawn)
    if not len(points) or has_tangents(drawn) or drawn.degree is not None:
        return [()] * (len(drawn.expressions) * (1 + len(drawn.partials)))
    found = []
    for result in drawn.judge({drawn.names[0]: points}):
        found.append(tuple(_dots(points, result.value, None)))
        found += [tuple(_dots(points, each, result.verdicts.get(key))) for key, each in result.derivatives.items()]
    return found


def _dots(points: Floats, heights: FloatArray, verdicts: Verdicts | None) -> Iterator[Mark]:
    for place, (x, y) in enumerate(zip(points.tolist(), heights.tolist(), strict=True)):
        verdict = None if verdicts is None else verdicts[place]
        if math.isfinite(y) and (verdict is None or KINDS[verdict.kind].derivative in ("two-sided", "open")):
            yield Mark(x, y, "dot", verdict="" if verdict is None else verdict.kind)


def tangents(drawn: Drawn, known: Sequence[Known], frames: Sequence[Frame]) -> tuple[list[Curve], list[str]]:
    """The tangents of every function at the points that were typed, or half tangents, and why there is none."""
    assert drawn.points is not None, "there are points"
    (variable,) = drawn.names
    curves, missing = [], []
    for number, result in enumerate(drawn.judge(drawn.points)):
        for point in range(drawn.points.count if variable in result.derivatives else 0):
            y = _value(result, known[number], variable, point)
            found, why = _at_point(drawn, number, result, y, point)
            x = float(result.at[variable][point])
            curves += [_line(each, frames[number], number, (x, y), kind) for each, kind in found]
            missing += [] if found else [f"no tangent at {variable} = {shown(x)}{why}"]
    return curves, missing


def _value(result: Result, known: Known, variable: str, point: int) -> float:
    """The value at a point as it was typed, where that is known."""
    x = float(result.at[variable][point])
    value = Judged(result.value, result.value_verdicts).known(point).number
    return next((each.value.value for each in known.breaks if each.x.value == x and each.value is not None), value)


def _at_point(
    drawn: Drawn, number: int, result: Result, y: float, point: int
) -> tuple[list[tuple[Touching, str]], str]:
    """What touches a function at a point of height y, each with the kind of its verdict; or why there is nothing."""
    (variable,) = drawn.names
    assert drawn.points is not None, "there are points"
    x = float(result.at[variable][point])
    if not math.isfinite(y):
        return [], ": the function has no value there"
    letter = "y" if variable != "y" else letters_of(drawn)[number]
    place = [coordinate_known(drawn.points, variable, point, x), coordinate_known(NO_POINTS, letter, point, y)]
    slope = Judged(result.derivatives[variable], result.verdicts.get(variable))
    kind = slope.verdict(point).kind
    found, why = in_plane((variable, letter), place, slope, point, Writing(decimals=True))
    lines = [(each, kind) for each in found if each.kind != "normal"]
    number_there = float(slope.values[point])
    if not lines and kind == "unchecked" and math.isfinite(number_there):
        lines = [(Touching("tangent", letter, "", (x, y), (1.0, number_there)), kind)]
    return lines, why.removeprefix("no tangent")


def _line(touching: Touching, frame: Frame, number: int, at: tuple[float, float], kind: str) -> Curve:
    """A tangent over the whole interval, a half tangent on its side."""
    (x, y), (run, rise) = at, touching.direction
    ends = [frame.low, frame.high]
    if touching.kind.endswith("left"):
        ends[1] = x
    if touching.kind.endswith("right"):
        ends[0] = x
    stroke = _stroke(x, y, rise / run if run else math.inf, ends, frame)
    style = Style(digits=DIGITS)
    name = Name("tangent")
    if touching.right:
        left, right = equation_sides(touching, style)
        head, _, said = equation_latex(touching, style)
        text = f"{left.partition(': ')[2]} = {right}".replace("-", "−").replace("*", "")
        name = Name(text, f"{head.partition(': ')[2] or head} = {said.partition(QUAD)[0]}")
    touch = Mark(x, y, "touch", tip=touching.kind, verdict=kind)
    return Curve(name, (stroke,), "tangent", 1, number, marks=(touch,))


def _stroke(x: float, y: float, slope: float, ends: Sequence[float], frame: Frame) -> Stroke:
    """The line through a point between two ends; a steep one only near what is seen, where its numbers are exact."""
    if math.isinf(slope):
        return Stroke(np.array([x, x]), np.array([frame.bottom, frame.top]))
    beyond = BEYOND * (frame.top - frame.bottom)
    found = []
    for end, opposite in zip(ends, reversed(ends), strict=True):
        height = y + slope * (end - x)
        bound = min(max(height, frame.bottom - beyond), frame.top + beyond)
        crossing = x + (bound - y) / slope if bound != height else end
        is_between = min(end, opposite) <= crossing <= max(end, opposite)
        found.append((crossing, bound) if is_between else (end, height))
    (left, first), (right, last) = found
    return Stroke(np.array([left, right]), np.array([first, last]))
