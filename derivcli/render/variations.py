"""The table of variations of a study: points, signs, and the levels at which values stand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from derivcli.render.blocks import BOTTOM, MIDDLE, TOP, Height, Place, Stretch, Style, Variations
from derivcli.render.labels import Label
from derivcli.render.study_texts import (
    SHORT_DIGITS,
    short_latex,
    short_text,
)
from derivcli.study.study import Number, Piece, Sign, SpecialPoint, Study

SHOWN = ("critical", "inflections", "breaks", "ends")
"""The special points that have a column. Zeros of f are no places at which a sign in the table changes."""

CONTINUOUS = ("corner", "cusp", "vertical", "kink")
"""Breaks at which f has a value that is its limit."""

MAX_DIGITS = 17

SIGNS = {1: "+", -1: "-", 0: "0", None: "?"}


@dataclass(frozen=True, slots=True)
class _Boundary:
    """A number at which the table has a column, with what a study has of it in its lists."""

    x: Number
    critical: Sequence[SpecialPoint] = ()
    inflections: Sequence[SpecialPoint] = ()
    breaks: Sequence[SpecialPoint] = ()
    ends: Sequence[SpecialPoint] = ()

    @property
    def points(self) -> list[SpecialPoint]:
        return [*self.breaks, *self.critical, *self.inflections, *self.ends]

    @property
    def bar(self) -> str:
        """The bar that parts f in two there: "|" where it has no value, "!" where it jumps."""
        if math.isinf(self.x.value):
            return ""
        if any(point.value is None and point.kind not in CONTINUOUS for point in self.breaks):
            return "|"
        return "!" if any(point.kind == "jump" for point in self.breaks) else ""

    @property
    def marks(self) -> tuple[str, str]:
        """What stands in the rows of f' and f''."""
        is_sharp = any(point.kind != "kink" and not _has_slope(point) for point in self.breaks)
        bends = self.inflections or any(point.multiplicity > 1 for point in self.critical)
        return "|" if is_sharp else "0" if self.critical else "", "|" if self.breaks else "0" if bends else ""


def _has_slope(point: SpecialPoint) -> bool:
    """Whether f has a slope at the edge of its domain."""
    slopes = [each for each in (point.left_slope, point.right_slope) if each is not None]
    return point.kind == "edge" and any(math.isfinite(each.value) for each in slopes)


def variations(study: Study, function: str, style: Style) -> Variations:
    """The table of variations of a study of a function of that name."""
    boundaries, pieces = _columns(study)
    digits = _digits([each.x for each in boundaries], style)
    levels = _levels(boundaries, pieces)
    places = [
        _place(each, levels[number], number == 0, number == len(pieces), style, digits)
        for number, each in enumerate(boundaries)
    ]
    stretches = [_stretch(piece, levels[number][2]) for number, piece in enumerate(pieces)]
    labels = [Label(function, (study.variable,) * order) for order in range(3)]
    shown = [labels[0].function + f"({study.variable})", *(each.equation(style.unicode) for each in labels[1:])]
    latex = [f"{labels[0].latex}({Label(study.variable).latex})", *(each.latex_equation for each in labels[1:])]
    return Variations(
        (study.variable, shown[1], shown[0], shown[2]),
        (Label(study.variable).latex, latex[1], latex[0], latex[2]),
        places,
        stretches,
    )


def _columns(study: Study) -> tuple[list[_Boundary], list[Piece]]:
    """The numbers that have a column, and the pieces between them, joined where nothing changes between two."""
    numbers = {study.low.value: study.low, study.high.value: study.high}
    for piece in study.pieces:
        numbers |= {piece.low.value: piece.low, piece.high.value: piece.high}
    found: dict[float, dict[str, list[SpecialPoint]]] = {}
    for name in SHOWN:
        for point in getattr(study, name):
            numbers[point.x.value] = point.x
            found.setdefault(point.x.value, {}).setdefault(name, []).append(point)
    boundaries = [_Boundary(numbers[place], **found.get(place, {})) for place in sorted(numbers)]
    between = _between(boundaries, study.pieces)
    kept, pieces = boundaries[:1], between[:1]
    for boundary, piece in zip(boundaries[1:-1], between[1:], strict=True):
        if boundary.points or not _same(pieces[-1], piece):
            kept.append(boundary)
            pieces.append(piece)
    return [*kept, *boundaries[1:][-1:]], pieces


def _between(boundaries: Sequence[_Boundary], known: Sequence[Piece]) -> list[Piece]:
    """The piece between each two neighbours; of one on which nothing is known no sign is."""
    rest = sorted(known, key=lambda piece: piece.low.value, reverse=True)
    found = []
    for low, high in pairwise(boundaries):
        while rest and rest[-1].high.value <= low.x.value:
            rest.pop()
        covers = rest and rest[-1].low.value <= low.x.value and high.x.value <= rest[-1].high.value
        found.append(rest[-1] if covers else Piece(low.x, high.x))
    return found


def _same(one: Piece, other: Piece) -> bool:
    return (one.defined, one.slope, one.curvature) == (other.defined, other.slope, other.curvature)


def _digits(numbers: Sequence[Number], style: Style) -> int:
    """So many digits that neighbours are not written alike."""
    for digits in range(SHORT_DIGITS, MAX_DIGITS):
        texts = [short_text(each, Style(unicode=style.unicode), digits) for each in numbers]
        if all(one != other for one, other in pairwise(texts)):
            return digits
    return MAX_DIGITS


def _levels(boundaries: Sequence[_Boundary], pieces: Sequence[Piece]) -> list[tuple[int, int, int]]:
    """For each point the level of f on its left, at it, and on its right.

    Where f is constant beside a point, the slopes at the far ends of that decide.
    """
    slopes = [piece.slope if piece.defined else None for piece in pieces]
    before: list[Sign] = [None]
    for boundary, slope in zip(boundaries, slopes, strict=False):
        before.append(before[-1] if slope == 0 and not boundary.bar else slope)
    after: list[Sign] = [None]
    for boundary, slope in zip(boundaries[::-1], slopes[::-1], strict=False):
        after.append(after[-1] if slope == 0 and not boundary.bar else slope)
    levels = []
    for boundary, left, right in zip(boundaries, before, after[::-1], strict=True):
        height = _level(left, right)
        levels.append((_level(left, None), height, _level(None, right)) if boundary.bar else (height,) * 3)
    return levels


def _level(left: Sign, right: Sign) -> int:
    """The level of a point between two slopes, of which None are of no account."""
    rises = (left or 0) - (right or 0)
    return TOP if rises > 0 else BOTTOM if rises < 0 else MIDDLE


def _place(
    boundary: _Boundary, levels: tuple[int, int, int], is_first: bool, is_last: bool, style: Style, digits: int
) -> Place:
    before = next((point.left for point in boundary.points if point.left is not None), None)
    after = next((point.right for point in boundary.points if point.right is not None), None)
    value = next((point.value for point in boundary.points if point.value is not None), None)
    if value is None and not boundary.bar:
        value = after if is_first else before if is_last else None
    return Place(
        short_text(boundary.x, Style(unicode=style.unicode), digits),
        short_latex(boundary.x, digits),
        *boundary.marks,
        boundary.bar,
        None if boundary.bar else _height(value, levels[1], style),
        _height(before, levels[0], style) if boundary.bar else None,
        _height(after, levels[2], style) if boundary.bar else None,
    )


def _height(number: Number | None, level: int, style: Style) -> Height | None:
    digits = min(SHORT_DIGITS, style.digits or SHORT_DIGITS)
    return None if number is None else Height(short_text(number, style), short_latex(number, digits), level)


def _stretch(piece: Piece, level: int) -> Stretch:
    return Stretch(SIGNS[piece.slope], SIGNS[piece.curvature], level if piece.slope == 0 else MIDDLE, piece.defined)
