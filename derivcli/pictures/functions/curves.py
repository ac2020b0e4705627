"""The curves of functions and their derivatives: sampled between breaks, and ended there as is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from derivcli.pictures.drawn import Drawn
from derivcli.pictures.functions.calm import Output, Values, calm
from derivcli.pictures.functions.explosive import by_logarithms, explodes, raised
from derivcli.pictures.functions.joints import Joint, function_joint, numeric_joint, slope_joint, through
from derivcli.pictures.functions.known import Known
from derivcli.pictures.functions.lines import Grid, end_marks, joined, tamed
from derivcli.pictures.functions.names import derivative_name, function_name
from derivcli.pictures.functions.shown import Shown
from derivcli.pictures.functions.special_marks import told
from derivcli.pictures.sampling.sampled import Canvas, Sampled, sampled
from derivcli.pictures.scene import Curve, Floats, Mark, Name, Stroke
from derivcli.result import Partial

MOST_SLOPES = 3
"""Of more corners in sight none has its slopes beside it."""

WILD = 1 / 64
"""The part of the interval beside a pole or an endless oscillation whose values are no reason for a higher picture."""

GRID = 401
"""Places that tell how high a curve is away from its poles."""

FINER, REACH = 1.25, 20.0
"""A curve whose window is so many times higher than what is shown needs more points; how far beyond it is drawn."""


@dataclass(frozen=True, slots=True)
class Line:
    """A curve with what it does at breaks in sight, and whether it is to be seen by logarithms.

    `values` are those of all curves, and `number` is that of this one among them. It has as many points as a picture
    needs that shows all of the vertical range `sampled`.
    """

    curve: Curve
    joints: tuple[Joint, ...]
    sampled: tuple[float, float]
    values: Values
    number: int
    explodes: bool = False


def lines_of(shown: Shown) -> list[Line]:
    """Every function, and behind it its derivatives."""
    breaks, step = shown.breaks, 1 + len(shown.drawn.partials)
    here = shown.values(np.array(breaks)) if breaks else [np.zeros(0)] * (step * len(shown.known))
    functions = [
        _function_joints(known, breaks, here[number * step].tolist()) for number, known in enumerate(shown.known)
    ]
    values = calm(shown.values, _outputs(shown, functions), shown.width / shown.drawn.size[0])
    part = np.linspace(0, 1, GRID)
    places = shown.low * (1 - part) + shown.high * part
    grids = [Grid(places, each, shown.width * WILD) for each in values(places)]
    exploding = [not breaks and explodes(each.y) for each in grids]
    found = _sampled(shown, values, breaks, exploding)
    lines: list[Line] = []
    for number, (known, joints) in enumerate(zip(shown.known, functions, strict=True)):
        own = slice(number * step, (number + 1) * step)
        for curve, ends in _curves(shown, number, known, joints, found[own], here[own]):
            place = len(lines)
            curve = replace(curve, window=_window(shown, curve, ends, grids[place]))
            lines.append(Line(curve, ends, found[place].window, values, place, exploding[place]))
    return lines


def _outputs(shown: Shown, functions: Sequence[Sequence[Joint]]) -> Iterator[Output]:
    """The functions and their first derivatives, with what these do at breaks."""
    step, first = 1 + len(shown.drawn.partials), (shown.variable,)
    for number, (known, joints) in enumerate(zip(shown.known, functions, strict=True)):
        yield Output(number * step, 0, known, joints, shown.low, shown.high)
        own = {point.x.value: point for point in known.breaks}
        if first in shown.drawn.partials:
            steep = [slope_joint(own[joint.place], joint) for joint in joints if joint.place in own]
            place = number * step + 1 + shown.drawn.partials.index(first)
            yield Output(place, 1, known, steep, shown.low, shown.high)


def _sampled(shown: Shown, values: Values, breaks: Sequence[float], exploding: Sequence[bool]) -> list[Sampled]:
    """The functions and their derivatives between breaks."""
    slopes = [None if does else slope for does, slope in zip(exploding, slopes_of(shown.drawn), strict=True)]
    special = [] if any(exploding) else shown.special
    canvas = Canvas(*shown.drawn.size)
    found = sampled(by_logarithms(values, exploding), shown.low, shown.high, breaks, canvas, slopes, special)
    return [raised(each) if does else each for does, each in zip(exploding, found, strict=True)]


def finer(shown: Shown, line: Line, low: float, high: float) -> Curve:
    """The curve of a line with as many points as a picture needs that shows it from low to high, and no higher."""
    height, (bottom, top) = high - low, line.sampled
    if line.explodes or not top - bottom > FINER * height < math.inf:
        return line.curve
    ends = low - height, high + height
    width, pixels = shown.drawn.size
    (found,) = sampled(
        lambda x: [np.clip(line.values(x)[line.number], *ends)],
        shown.low,
        shown.high,
        shown.breaks,
        Canvas(width, 3 * pixels),
        (),
        shown.special,
    )
    strokes = [Stroke(each.x, _beyond(line, each, ends, height)) for each in found.strokes]
    return replace(line.curve, strokes=joined(strokes, line.joints, shown.low, shown.high))


def _beyond(line: Line, stroke: Stroke, ends: tuple[float, float], height: float) -> Floats:
    """The heights of a stroke, further than it was followed too."""
    true = np.clip(line.values(stroke.x)[line.number], ends[0] - REACH * height, ends[1] + REACH * height)
    return np.where((stroke.y > ends[0]) & (stroke.y < ends[1]) | np.isnan(true), stroke.y, true)


def slopes_of(drawn: Drawn) -> list[int | None]:
    """For each function and derivative the number of the one that is its derivative by what varies, if it is there."""
    step = 1 + len(drawn.partials)
    places = {partial: 1 + place for place, partial in enumerate(drawn.partials)}
    inner = [places.get((*partial, drawn.names[0])) for partial in ((), *drawn.partials)]
    return [
        None if place is None else number * step + place for number in range(len(drawn.expressions)) for place in inner
    ]


def _curves(
    shown: Shown,
    number: int,
    known: Known,
    joints: Sequence[Joint],
    found: Sequence[Sampled],
    here: Sequence[Floats],
) -> Iterator[tuple[Curve, tuple[Joint, ...]]]:
    """One function and its derivatives, with what they do at breaks."""
    name = function_name(shown.drawn, number)
    yield _ended(shown, Curve(name, (), function=number), found[0], joints), tuple(joints)
    first = number * (1 + len(shown.drawn.partials)) + 1
    before = joints
    for place, partial in enumerate(shown.drawn.partials):
        values = _output(shown, first + place)
        height = found[1 + place].window[1] - found[1 + place].window[0]
        along = {*partial} == {shown.variable}
        own = _derivative_joints(shown, known, partial, before if along else joints, here[1 + place], values, height)
        before = own if along else before
        name = derivative_name(shown.drawn, number, partial)
        yield _ended(shown, Curve(name, (), "derivative", len(partial), number), found[1 + place], own), tuple(own)


def _ended(shown: Shown, curve: Curve, found: Sampled, joints: Sequence[Joint]) -> Curve:
    """A curve that ends at breaks as it does, with marks there."""
    strokes = joined(found.strokes, joints, shown.low, shown.high)
    marks = end_marks(joints, curve.order, shown.low, shown.high)
    told = _told(shown.known[curve.function], marks, curve.name, curve.order)
    return replace(curve, strokes=strokes, window=found.window, marks=tuple(told))


def _window(shown: Shown, curve: Curve, joints: Sequence[Joint], grid: Grid) -> tuple[float, float]:
    """The vertical range that shows the shape of a curve."""
    heights = [] if curve.order else shown.known[curve.function].heights(shown.low, shown.high)
    return tamed(curve.window, curve.strokes, joints, grid, heights)


def _output(shown: Shown, number: int) -> Callable[[Floats], Floats]:
    return lambda x: shown.values(x)[number]


def _function_joints(known: Known, breaks: Sequence[float], here: Sequence[float]) -> list[Joint]:
    """The function at all breaks in sight, also at those of others."""
    own = {point.x.value: point for point in known.breaks}
    return [
        function_joint(own[place]) if place in own else through(place, value)
        for place, value in zip(breaks, here, strict=True)
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
            found.append(numeric_joint(values, joint, shown.width, height))
    return found


def _told(known: Known, marks: Iterator[Mark], name: Name, order: int) -> list[Mark]:
    """The marks of a curve with what happens there, those of a few corners with their slopes beside them."""
    found = [*marks]
    points = {point.x.value: point for point in known.breaks}
    corners = sum(mark.kind == "corner" for mark in found)
    return [
        told(mark, points[mark.x], name, order, corners <= MOST_SLOPES) if mark.x in points else mark for mark in found
    ]


def poles(line: Line, low: float, high: float) -> Iterator[float]:
    """Where a curve tends to infinity within what is shown."""
    for joint in line.joints:
        sides = [(joint.left, joint.place > low), (joint.right, joint.place < high)]
        if any(in_sight and limit is not None and math.isinf(limit) for limit, in_sight in sides):
            yield joint.place
