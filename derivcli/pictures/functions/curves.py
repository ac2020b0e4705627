"""The curves of functions and their derivatives: sampled between breaks, and ended there as is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from derivcli.pictures.functions.joints import Joint, function_joint, numeric_joint, slope_joint, through
from derivcli.pictures.functions.known import Known
from derivcli.pictures.functions.lines import TURNS, end_marks, joined
from derivcli.pictures.functions.names import derivative_name, function_name
from derivcli.pictures.functions.plain_sampling import Canvas, Sampled, sampled
from derivcli.pictures.functions.shown import Shown
from derivcli.pictures.functions.special_marks import slopes_name
from derivcli.pictures.scene import Curve, Floats, Mark
from derivcli.result import Partial

MOST_SLOPES = 3
"""Of more corners in sight none has its slopes beside it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A curve with what it does at breaks in sight."""

    curve: Curve
    joints: tuple[Joint, ...]


def lines_of(shown: Shown) -> list[Line]:
    """Every function, and behind it its derivatives."""
    breaks = shown.breaks
    found = sampled(shown.values, shown.low, shown.high, breaks, Canvas(*shown.drawn.size))
    here = shown.values(np.array(breaks)) if breaks else [np.zeros(0)] * len(found)
    step = 1 + len(shown.drawn.partials)
    lines: list[Line] = []
    for number, known in enumerate(shown.known):
        own = slice(number * step, (number + 1) * step)
        lines += _lines(shown, number, known, found[own], here[own], breaks)
    return lines


def _lines(
    shown: Shown, number: int, known: Known, found: Sequence[Sampled], here: Sequence[Floats], breaks: Sequence[float]
) -> Iterator[Line]:
    """One function and its derivatives."""
    joints = _function_joints(known, breaks, here[0])
    marks = [*_with_slopes(known, end_marks(joints, 0, shown.low, shown.high))]
    yield _line(shown, Curve(function_name(shown.drawn, number), (), function=number), found[0], joints, marks)
    first = number * (1 + len(shown.drawn.partials)) + 1
    before = joints
    for place, partial in enumerate(shown.drawn.partials):
        values = _output(shown, first + place)
        height = found[1 + place].window[1] - found[1 + place].window[0]
        joints_ = _derivative_joints(shown, known, partial, before, here[1 + place], values, height)
        if {*partial} == {shown.variable}:
            before = joints_
        name = derivative_name(shown.drawn, number, partial)
        curve = Curve(name, (), "derivative", len(partial), number)
        marks = [*end_marks(joints_, len(partial), shown.low, shown.high)]
        yield _line(shown, curve, found[1 + place], joints_, marks)


def _line(shown: Shown, curve: Curve, found: Sampled, joints: Sequence[Joint], marks: Sequence[Mark]) -> Line:
    strokes = joined(found.strokes, joints, shown.low, shown.high)
    return Line(replace(curve, strokes=strokes, window=found.window, marks=tuple(marks)), tuple(joints))


def _output(shown: Shown, number: int) -> Callable[[Floats], Floats]:
    return lambda x: shown.values(x)[number]


def _function_joints(known: Known, breaks: Sequence[float], here: Floats) -> list[Joint]:
    """The function at all breaks in sight, also at those of others."""
    own = {point.x.value: point for point in known.breaks}
    return [
        function_joint(own[place]) if place in own else through(place, value)
        for place, value in zip(breaks, here.tolist(), strict=True)
    ]


def _derivative_joints(
    shown: Shown,
    known: Known,
    partial: Partial,
    before: Sequence[Joint],
    here: Floats,
    values: Callable[[Floats], Floats],
    height: float,
) -> list[Joint]:
    """A derivative at all breaks in sight."""
    own = {point.x.value: point for point in known.breaks}
    found = []
    for joint, value in zip(before, here.tolist(), strict=True):
        if joint.place not in own:
            found.append(through(joint.place, value))
        elif partial == (shown.variable,):
            found.append(slope_joint(own[joint.place], joint))
        else:
            found.append(numeric_joint(values, joint, shown.high - shown.low, height))
    return found


def _with_slopes(known: Known, marks: Iterator[Mark]) -> list[Mark]:
    """The marks of a function, those of a few corners with their slopes beside them."""
    found = [*marks]
    corners = {mark.x for mark in found if mark.kind == "corner"}
    points = {point.x.value: point for point in known.breaks if point.kind in TURNS}
    named = []
    for mark in found:
        point = points.get(mark.x)
        if mark.kind == "corner" and point is not None:
            name = slopes_name(point.left_slope, point.right_slope)
            mark = replace(mark, name=name if len(corners) <= MOST_SLOPES else None, tip=name.text if name else "")
        named.append(mark)
    return named


def poles(line: Line, low: float, high: float) -> Iterator[float]:
    """Where a curve tends to infinity within what is shown."""
    for joint in line.joints:
        sides = [(joint.left, joint.place > low), (joint.right, joint.place < high)]
        if any(in_sight and limit is not None and math.isinf(limit) for limit, in_sight in sides):
            yield joint.place
