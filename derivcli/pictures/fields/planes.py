"""What touches a surface: tangent planes at points that were typed, where there are any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from derivcli.pictures.scene import Name, TangentPlane
from derivcli.render.numbers import number_text

if TYPE_CHECKING:
    from derivcli.pictures.drawn import Drawn

NO_PLANE = "no tangent plane"

MAX_PLANES = 3
MAX_NAMED_POINTS = 8
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Touch:
    """A point that was typed, the function there, and its slopes; they are nan where there is no tangent plane."""

    x: float
    y: float
    value: float
    slopes: tuple[float, float]
    name: Name | None
    tip: str


def touching(drawn: Drawn) -> list[Touch]:
    """What is known of the function at each point that was typed."""
    if drawn.points is None or any(name not in drawn.points.at for name in drawn.names):
        return []
    x, y = (np.asarray(drawn.points.at[name], np.float64) for name in drawn.names)
    (result,) = drawn.judge({drawn.names[0]: x, drawn.names[1]: y})
    slopes = [np.asarray(result.derivatives.get(name, np.full(len(x), np.nan)), np.float64) for name in drawn.names]
    for name, each in zip(drawn.names, slopes, strict=True):
        verdicts = result.verdicts.get(name)
        if verdicts is not None:
            each[np.asarray(verdicts.hard())] = np.nan
    return [
        _touch(drawn, point, (float(x[point]), float(y[point])), float(result.value[point]), slopes, len(x))
        for point in range(len(x))
    ]


def _touch(
    drawn: Drawn, point: int, at: tuple[float, float], value: float, slopes: Sequence[np.ndarray], count: int
) -> Touch:
    here = float(slopes[0][point]), float(slopes[1][point])
    letter = drawn.expressions[0].name or "f"
    place = ", ".join(number_text(each, DIGITS) for each in at)
    told = f"{letter} = {number_text(value, DIGITS)}" if np.isfinite(value) else "no value"
    tip = f"At ({place}): {told}, slopes {number_text(here[0], DIGITS)} and {number_text(here[1], DIGITS)}"
    if not np.isfinite(here).all():
        tip = f"At ({place}): {told}, {NO_PLANE}"
    return Touch(*at, value, here, Name(told) if count <= MAX_NAMED_POINTS else None, tip)


def planes_of(drawn: Drawn, points: Sequence[Touch]) -> tuple[TangentPlane, ...]:
    """The tangent planes at the first points that have one."""
    found = [
        TangentPlane((point.x, point.y, point.value), point.slopes, _equation(drawn.names, point))
        for point in points
        if np.isfinite([point.value, *point.slopes]).all()
    ]
    return tuple(found[:MAX_PLANES])


def _equation(names: Sequence[str], point: Touch) -> Name:
    """The equation of the plane, all numbers of it rounded."""
    found = number_text(point.value, DIGITS).replace("-", "\u2212") if point.value else ""
    for name, at, slope in zip(names, (point.x, point.y), point.slopes, strict=True):
        size = "" if abs(slope) == 1 else number_text(abs(slope), DIGITS)
        sign = "\u2212" if slope < 0 else "+" if found else ""
        if slope:
            found = f"{found} {sign} {size}{_step(name, at)}" if found else f"{sign}{size}{_step(name, at)}"
    return Name(f"tangent plane: z = {found or '0'}")


def _step(name: str, at: float) -> str:
    if not at:
        return name
    sign = "+" if at < 0 else "\u2212"
    return f"({name} {sign} {number_text(abs(at), DIGITS)})"
