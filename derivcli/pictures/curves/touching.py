"""What is drawn at points of a curve that were typed: tangents at a few, dots at more."""

from __future__ import annotations

import numpy as np

from derivcli.pictures.curves.names import DIGITS
from derivcli.pictures.drawn import Drawn
from derivcli.pictures.scene import Curve, Floats, Mark, Name, Stroke
from derivcli.points.points import Range
from derivcli.render.numbers import latex_number, number_text

MOST_TANGENTS, MOST_DOTS = 6, 30
"""So many points that are typed get tangents, and so many of a list or a range get dots."""

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


def tangent(
    at: tuple[float, float], way: tuple[float, float], sides: tuple[float, float], names: tuple[str, str]
) -> Curve:
    """The line through a point in one direction, across a window with these sides."""
    (x, y), (run, rise) = at, way
    reach = REACH / max(abs(run) / sides[0], abs(rise) / sides[1])
    stroke = Stroke(np.array([x - reach * run, x + reach * run]), np.array([y - reach * rise, y + reach * rise]))
    return Curve(line_name(at, way, names), (stroke,), "tangent", 1, marks=(Mark(x, y, "touch", tip="tangent"),))


def line_name(at: tuple[float, float], way: tuple[float, float], names: tuple[str, str]) -> Name:
    """The equation of a line through a point, solved for the second variable where it can be."""
    (x, y), (run, rise), (first, second) = at, way, names
    if abs(run) <= 1e-12 * abs(rise):
        return Name(f"{first} = {_shown(x)}", f"{first} = {latex_number(_digits(x))}")
    slope = rise / run
    constant = y - slope * x
    constant = 0.0 if abs(constant) < 1e-12 * (abs(y) + abs(slope * x)) else constant
    factor = _digits(slope)
    factor = {"1": "", "-1": "-"}.get(factor, factor)
    parts = [] if slope == 0 else [(factor, first)]
    texts, signs = [f"{number.replace('-', '−')}{name}" for number, name in parts], ["+", "−"]
    formulas = [f"{latex_number(number) if number not in ('', '-') else number}{name}" for number, name in parts]
    if constant or not parts:
        sign = constant < 0
        size = _digits(abs(constant)) if parts else _digits(constant)
        texts.append(f" {signs[sign]} {size}" if parts else size.replace("-", "−"))
        formulas.append(f" {'-' if sign else '+'} {latex_number(size)}" if parts else latex_number(size))
    return Name(f"{second} = {''.join(texts)}", f"{second} = {''.join(formulas)}")


def _digits(value: float) -> str:
    return number_text(value + 0.0, DIGITS)


def _shown(value: float) -> str:
    return _digits(value).replace("-", "−")
