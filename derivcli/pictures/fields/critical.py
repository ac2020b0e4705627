"""The critical points in a window, with proof: what study tells of a box."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.errors import DerivError
from derivcli.pictures.fields.grid import Window
from derivcli.pictures.scene import Mark, Name
from derivcli.render.numbers import number_text

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.pictures.drawn import Drawn
    from derivcli.points.at_option import Interval
    from derivcli.simplify.domains.roots import Root
    from derivcli.study.boxes.records import BoxPoint, BoxStudy
    from derivcli.study.boxes.study_field import FieldZeros

SECONDS = 1.0
"""The time of a study on the clock."""

LABELLED_POINTS = 9
"""Up to so many critical points each is named in the picture."""

DIGITS = 4


def studied(drawn: Drawn, window: Window, seconds: float = SECONDS) -> BoxStudy | None:
    """What is known of the function in a window; None where functions are in it that a study does not know."""
    from derivcli.engines.balls.errors import TouchError, UnsureError
    from derivcli.engines.symbolic import SYMPY_FAILURES
    from derivcli.study.boxes.study_box import study_box

    if not is_known(drawn):
        return None
    try:
        return study_box(fixed(drawn, drawn.expressions[0]), box_of(drawn, window), seconds)
    except (DerivError, UnsureError, TouchError, *SYMPY_FAILURES):
        return None


def zeros_in(drawn: Drawn, window: Window) -> FieldZeros | None:
    """The zeros of a vector field in a window; None where functions are in it that a study does not know."""
    from derivcli.engines.balls.errors import TouchError, UnsureError
    from derivcli.engines.symbolic import SYMPY_FAILURES
    from derivcli.study.boxes.study_field import field_zeros

    if not is_known(drawn):
        return None
    try:
        return field_zeros([fixed(drawn, each) for each in drawn.expressions], box_of(drawn, window))
    except (DerivError, UnsureError, TouchError, *SYMPY_FAILURES):
        return None


def is_known(drawn: Drawn) -> bool:
    """Whether all functions are such as a study knows."""
    return not any(each.custom_functions or each.unknown_functions or each.has_integrals for each in drawn.expressions)


def box_of(drawn: Drawn, window: Window) -> dict[str, tuple[Root, Root]]:
    """A window as it was typed, or as the numbers that its ends are."""
    from derivcli.points.at_option import Interval
    from derivcli.study.interval_ends import ends_of

    typed = {interval.variable: interval for interval in drawn.intervals}
    box = {}
    for name, ends in zip(drawn.names, window, strict=True):
        asked = typed.get(name)
        box[name] = ends_of(asked if asked and (asked.low, asked.high) == ends else _exact(Interval(name, *ends)))
    return box


def _exact(interval: Interval) -> Interval:
    """An interval whose ends are known as the rational numbers that they are."""
    from fractions import Fraction

    from derivcli.language.tree import number

    return replace(interval, ends=(number(Fraction(interval.low)), number(Fraction(interval.high))))


def fixed(drawn: Drawn, expression: Expression) -> Expression:
    """A function of the two variables, the others as they are fixed."""
    from fractions import Fraction

    from derivcli.engines.symbolic import expression_of
    from derivcli.language.tree import number, substitute, symbol

    if not drawn.fixed:
        return expression
    values = {symbol(name): number(Fraction(value)) for name, value in drawn.fixed.items()}
    return expression_of(substitute(expression.expanded, values), expression.spelling)


def marks_of(points: tuple[BoxPoint, ...], every: bool) -> tuple[Mark, ...]:
    """The critical points as marks; the names of a few have the kind, and those of `every` one where it is and f."""
    named = [*points] if len(points) <= LABELLED_POINTS else [*_first_of_each_kind(points)]
    return tuple(_mark(point, every, any(point is each for each in named)) for point in points)


def _first_of_each_kind(points: tuple[BoxPoint, ...]) -> Iterator[BoxPoint]:
    """Of each kind the point next to the middle of them all, whose name tells what its mark stands for."""
    middle = [sum(point.at[place].value for point in points) / len(points) for place in (0, 1)]
    for kind in dict.fromkeys(point.kind for point in points):
        same = [point for point in points if point.kind == kind]
        yield min(same, key=lambda point: math.dist(middle, [number.value for number in point.at]))


def _mark(point: BoxPoint, every: bool, named: bool) -> Mark:
    x, y = (number.value for number in point.at)
    place = ", ".join(number_text(number.value, DIGITS) for number in point.at)
    value = "" if point.value is None else number_text(point.value.value, DIGITS)
    kind = " ".join(filter(None, (point.extent, point.kind)))
    tip = f"{kind} at ({place})" + (f", f = {value}" if value else "")
    shown = f"{point.kind} {value}\nat ({place})".replace("-", "\u2212") if every else point.kind
    name = Name(shown) if named else None
    return Mark(x, y, point.kind, name, tip, point.verdict.kind)
