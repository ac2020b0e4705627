"""Zeros, extrema and inflections as marks with their names, and the tips that a page shows for them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from derivcli.pictures.functions.known import Known
from derivcli.pictures.functions.names import latex, shown
from derivcli.pictures.scene import Mark, Name
from derivcli.render.blocks import Style
from derivcli.render.latex_printer import latex_of
from derivcli.render.study_texts import Special, kind_text, short_latex, short_text, special_points, what_happens
from derivcli.study.study import Number, SpecialPoint

MOST_NAMED = 12
"""Of more special points only extrema have their coordinates beside them, and of more of these none has."""

STYLE = Style(digits=5)

SIGNS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "flat": "flat",
    "inflection": "inflection",
    "crossing": "zero",
    "touching": "zero",
    "zero": "zero",
}
"""The kinds of special points that have marks, the one that is seen first."""


def special_marks(known: Known, low: float, high: float) -> tuple[Mark, ...]:
    """A mark at each zero, extremum and inflection in sight."""
    if known.study is None:
        return ()
    found = [each for each in special_points(known.study, ("zeros", "critical", "inflections"))
             if low <= each.x.value <= high]  # fmt: skip
    extrema = sum(any(point.kind in ("minimum", "maximum") for point in each.points) for each in found)
    return tuple(_marks(found, len(found) <= MOST_NAMED, extrema <= MOST_NAMED))


def _marks(found: Sequence[Special], names_all: bool, names_extrema: bool) -> Iterator[Mark]:
    for each in found:
        kinds = {point.kind for point in each.points}
        kind = next((sign for happens, sign in SIGNS.items() if happens in kinds), "")
        if each.value is not None and math.isfinite(each.value.value) and kind:
            is_named = names_all or (names_extrema and kind in ("minimum", "maximum"))
            name = place_name(each.x, each.value) if is_named else None
            verdict = "proved" if each.is_proved else "agrees"
            yield Mark(each.x.value, each.value.value, kind, name, tip_of(each), verdict)


def tip_of(special: Special) -> str:
    """What happens at a place, in a line."""
    value = special.value
    is_told = value is not None and value.value and math.isfinite(value.value)
    place = place_name(special.x, value).text if value is not None and is_told else text_of(special.x)
    return f"{what_happens(special, STYLE)} at {place}".replace("-", "−")


def told(mark: Mark, point: SpecialPoint, name: Name, order: int, with_slopes: bool) -> Mark:
    """The mark of an end or a corner of a curve, with what happens there."""
    what, place = kind_text(point, STYLE).replace("-", "−"), text_of(point.x)
    tip = f"{name.text} does not exist at {place}, {what}" if order else f"{what} at {place}"
    slopes = slopes_name(point.left_slope, point.right_slope) if mark.kind == "corner" and with_slopes else None
    return replace(mark, tip=tip, verdict=point.verdict.kind, name=slopes)


def place_name(x: Number, y: Number) -> Name:
    """A point by its coordinates, exact where these are short."""
    return Name(f"({text_of(x)}, {text_of(y)})", f"({latex_number_of(x)}, {latex_number_of(y)})")


def text_of(number: Number) -> str:
    """A number in few signs."""
    text = short_text(number, STYLE)
    return text.replace("-", "−").replace("*", "")


def latex_number_of(number: Number) -> str:
    """The same in LaTeX."""
    return short_latex(number)


def slopes_name(left: Number | None, right: Number | None) -> Name | None:
    """Both slopes of a corner or a cusp."""
    if left is None or right is None:
        return None
    if left.value == right.value:
        return Name(f"slope {text_of(left)}", rf"\text{{slope }} {latex_number_of(left)}")
    text = f"slopes {text_of(left)}, {text_of(right)}"
    return Name(text, rf"\text{{slopes }} {latex_number_of(left)}, {latex_number_of(right)}")


def height_name(number: Number) -> Name:
    """A number that a function tends to, as the line of its height."""
    exact = number.exact
    if exact is not None and len(exact.text) <= 12:
        return Name(f"y = {exact.text}".replace("-", "−"), f"y = {latex_of(exact.tree)}")
    return Name(f"y = {shown(number.value)}", f"y = {latex(number.value)}")
