"""What is drawn at points of a curve that were typed: tangents at a few, dots at more."""

from __future__ import annotations

import numpy as np

from derivcli.check.verdict import Verdict
from derivcli.check.verdict_kinds import KINDS
from derivcli.pictures.curves.names import latex, shown
from derivcli.pictures.drawn import Drawn
from derivcli.pictures.scene import Curve, Floats, Mark, Name, Stroke
from derivcli.points.points import Range

MOST_TANGENTS, MOST_DOTS = 6, 30
"""So many points that are typed get tangents, and so many of a list or a range get dots."""

NOTHING = 1e-12
"""A number is 0 if it is less than this part of those beside it."""

REACH = 4.0
"""How many times as far as the window is wide a tangent goes on."""


def typed_points(drawn: Drawn) -> Floats:
    """The points at which something is to be marked, shape (variables, points)."""
    if drawn.points is None or drawn.points.count > MOST_DOTS:
        return np.zeros((len(drawn.names), 0))
    return np.array([drawn.points.at[name] for name in drawn.names], np.float64)


def has_tangents(drawn: Drawn) -> bool:
    """Whether the points get tangents: few values, each typed by itself."""
    points = drawn.points
    if points is None or not 0 < points.count <= MOST_TANGENTS:
        return False
    return not any(isinstance(piece, Range) for axis in points.axes for piece in axis.pieces)


def may_exist(verdict: Verdict | None) -> bool:
    """Whether nothing speaks against a derivative."""
    return verdict is None or KINDS[verdict.kind].derivative in ("two-sided", "open")


def tangent(
    at: tuple[float, float],
    way: tuple[float, float],
    sides: tuple[float, float],
    names: tuple[str, str],
    *,
    half: bool = False,
) -> Curve:
    """The line through a point in one direction, across a window with these sides; only forwards if it is `half`."""
    (x, y), (run, rise) = at, way
    reach = REACH / max(abs(run) / sides[0], abs(rise) / sides[1])
    ends = np.array([0.0 if half else -reach, reach])
    said = "half tangent" if half else "tangent"
    mark = Mark(x, y, "touch", tip=said)
    return Curve(line_name(at, way, names), (Stroke(x + ends * run, y + ends * rise),), "tangent", 1, marks=(mark,))


def line_name(at: tuple[float, float], way: tuple[float, float], names: tuple[str, str]) -> Name:
    """The equation of a line through a point, solved for the second variable where it can be."""
    (x, y), (run, rise), (first, second) = at, way, names
    if abs(run) <= NOTHING * abs(rise):
        return Name(f"{first} = {shown(x)}", f"{first} = {latex(x)}")
    slope = 0.0 if abs(rise) <= NOTHING * abs(run) else rise / run
    constant = y - slope * x
    constant = 0.0 if abs(constant) <= NOTHING * (abs(y) + abs(slope * x)) else constant
    if not slope:
        return Name(f"{second} = {shown(constant)}", f"{second} = {latex(constant)}")
    sign = "" if not constant else "-" if constant < 0 else "+"
    factors = [{"1": "", "−1": "−", "-1": "-"}.get(text, text) for text in (shown(slope), latex(slope))]
    text, formula = f"{second} = {factors[0]}{first}", f"{second} = {factors[1]} {first}"
    if not sign:
        return Name(text, formula)
    return Name(f"{text} {sign.replace('-', '−')} {shown(abs(constant))}", f"{formula} {sign} {latex(abs(constant))}")
