"""Marks at the special points of a curve that its study proves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING

from derivcli.engines.balls.errors import NoValueError, TouchError, UnsureError
from derivcli.engines.symbolic import SYMPY_FAILURES, expression_of
from derivcli.language.tree import number, substitute, symbol
from derivcli.pictures.curves.names import DIGITS, latex, shown
from derivcli.pictures.curves.periods import is_known_to_balls
from derivcli.pictures.scene import Mark, Name
from derivcli.points.at_option import Interval
from derivcli.render.blocks import Style
from derivcli.render.study_texts import short_latex, short_text
from derivcli.study.boxes.study_implicit import study_implicit
from derivcli.study.boxes.study_parametric import study_parametric
from derivcli.study.interval_ends import ends_of

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.pictures.curves.plane import Pair
    from derivcli.pictures.drawn import Drawn
    from derivcli.simplify.domains.roots import Root
    from derivcli.study.boxes.records import CurvePoint, CurveStudy
    from derivcli.study.study import Number

MOST_NAMED = 12
"""Of more special points none has its coordinates beside it."""

KINDS = {
    "crossing": ("node", "the curve crosses itself"),
    "isolated": ("isolated", "no other point of the curve is near"),
    "cusp": ("corner", "a cusp"),
    "stop": ("corner", "the point stops"),
    "singular": ("node", "both derivatives are 0"),
    "horizontal": ("flat", "a horizontal tangent"),
    "vertical": ("flat", "a vertical tangent"),
}
"""For each kind of point its mark, and what is said of it."""

STYLE = Style(digits=DIGITS)


def study_of_equation(drawn: Drawn, x: Pair, y: Pair) -> CurveStudy | None:
    """What is proved of the curve of an equation in a window; None of one that cannot be studied."""
    given = {each.variable: ends_of(each) for each in drawn.intervals}
    box = {
        name: given.get(name) or ends_of(Interval(name, *ends)) for name, ends in zip(drawn.names, (x, y), strict=True)
    }
    (equation,) = _studied(drawn)
    with suppress(NoValueError, TouchError, UnsureError, AssertionError, *SYMPY_FAILURES):
        return study_implicit(equation, box) if is_known_to_balls(equation) else None
    return None


def study_of_path(drawn: Drawn, low: float, high: float, ends: tuple[Root, Root] | None) -> CurveStudy | None:
    """What is proved of a path on an interval, whose ends are these numbers; None of one that cannot be studied."""
    x, y = _studied(drawn)
    with suppress(NoValueError, TouchError, UnsureError, AssertionError, *SYMPY_FAILURES):
        start, stop = ends or ends_of(Interval(drawn.moving, low, high))
        known = is_known_to_balls(x) and is_known_to_balls(y)
        return study_parametric(x, y, drawn.moving, start, stop) if known else None
    return None


def _studied(drawn: Drawn) -> list[Expression]:
    """The expressions with the values of all variables that do not vary."""
    if not drawn.fixed:
        return [*drawn.expressions]
    values = _values(drawn.fixed)
    return [expression_of(substitute(each.expanded, values), each.spelling) for each in drawn.expressions]


def _values(fixed: Mapping[str, float]) -> dict[object, object]:
    return {symbol(name): number(Fraction(value)) for name, value in fixed.items()}


def special_marks(study: CurveStudy) -> Iterator[Mark]:
    """A mark at each point that is proved, the one kind of it that is seen first."""
    found: dict[tuple[float, ...], CurvePoint] = {}
    for point in (*study.singular, *study.crossings, *study.horizontal, *study.vertical):
        found.setdefault(tuple(float(f"{each.value:.12g}") for each in point.at), point)
    for place, point in found.items():
        if all(map(math.isfinite, place)):
            kind, said = KINDS[point.kind]
            name = _name(point.at) if len(found) <= MOST_NAMED else None
            tip = f"{said} at ({', '.join(map(_text, point.at))})"
            yield Mark(point.at[0].value, point.at[1].value, kind, name, tip, point.verdict.kind)


def _name(at: tuple[Number, ...]) -> Name:
    formulas = [latex(each.value) if each.exact is None else short_latex(each) for each in at]
    return Name(f"({', '.join(map(_text, at))})", f"({', '.join(formulas)})")


def _text(number: Number) -> str:
    if number.exact is None:
        return shown(number.value)
    return short_text(number, STYLE).replace("-", "−").replace("*", "")
