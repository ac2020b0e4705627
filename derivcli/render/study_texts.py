"""What a study says in words: numbers, kinds of special points, intervals."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from derivcli.render.blocks import Style
from derivcli.render.latex_printer import latex_of
from derivcli.render.numbers import latex_number, number_text
from derivcli.study.study import Extent, Number, SpecialPoint, Study

MULTIPLE = {2: "double", 3: "triple"}

NAMES = {
    "hole": "hole", "pole": "pole", "jump": "jump", "corner": "corner", "cusp": "cusp", "vertical": "vertical tangent",
    "edge": "edge of the domain", "isolated": "isolated point", "undefined": "undefined",
    "oscillation": "endless oscillation", "kink": "kink of the slope", "end": "end", "flat": "flat point",
    "constant": "end of a constant piece", "inflection": "inflection",
}  # fmt: skip
"""What kinds of special points are called, but for zeros and extrema."""

SLOPED = ("corner", "cusp", "vertical")
"""Breaks whose slopes are told, not their limits."""


DECIMAL = re.compile(r"-?\d+(\.\d+)?")
"""Digits that may be all that there is of a number."""

RATIONAL = re.compile(r"-?\d+(\.\d+|/\d+)?")
"""A formula that is a rational number."""

SHORT_DIGITS = 5

SHORT_FORMULA = 8
"""Letters of a formula that stands in the place of digits."""

SHORT_LATEX = 20
"""The same of one that LaTeX sets."""


@dataclass(frozen=True, slots=True)
class Special:
    """All that happens at one place."""

    x: Number
    points: Sequence[SpecialPoint]

    @property
    def value(self) -> Number | None:
        """What f is there; None where it is not known or nothing."""
        return next((point.value for point in self.points if point.value is not None), None)

    @property
    def is_proved(self) -> bool:
        """Whether all of it is proved."""
        return all(point.verdict.kind == "proved" for point in self.points)


def special_points(study: Study, lists: Iterable[str]) -> list[Special]:
    """What happens at each place, in order, of some of a study's lists."""
    points = [point for name in lists for point in getattr(study, name)]
    places = groupby(sorted(points, key=_place), _place)
    return [Special(group[0].x, group) for _, found in places if (group := list(found))]


def _place(point: SpecialPoint) -> float:
    return point.x.value


def number_shown(number: Number, style: Style) -> str:
    """A number with all its digits, or so many as the style says; a decimal that is exact as it is."""
    if style.digits is not None and not is_infinite(number):
        return rounded(number, style.digits)
    return _decimal(number) or number.text


def rounded(number: Number, digits: int) -> str:
    """A number to so many digits; what cannot be told from 0 is about that."""
    if number.low < 0 < number.high:
        return "~0"
    if math.isinf(number.value) and not is_infinite(number):
        return f"{Decimal(number.text):.{digits - 1}e}".replace("e+", "e")
    return number_text(number.value, digits)


def exact_shown(number: Number) -> str:
    """The formula of a number, "" where none is known or it is what its digits say."""
    return "" if number.exact is None or _decimal(number) else number.exact.text


def _decimal(number: Number) -> str:
    """The digits of a number that they are all of, such as 0.5; "" where they are not."""
    exact = "" if number.exact is None else number.exact.canonical_text
    if not RATIONAL.fullmatch(exact) or not DECIMAL.fullmatch(number.text):
        return ""
    is_whole = Fraction(exact) == Fraction(number.text)
    return (number.text.rstrip("0").rstrip(".") if "." in number.text else number.text) if is_whole else ""


def is_infinite(number: Number) -> bool:
    """Whether a number is infinite, and not only beyond the range of float64."""
    return number.text in ("inf", "-inf")


def infinity(number: Number, style: Style) -> str:
    """An infinite number with its sign; "" for a finite one."""
    sign = "-" if number.value < 0 else "+"
    return sign + ("∞" if style.unicode else "inf") if is_infinite(number) else ""


def short_latex(number: Number, digits: int = SHORT_DIGITS) -> str:
    """A number in LaTeX: its formula where that is not long, or a few digits."""
    exact = number.exact is not None and len(number.exact.text) <= SHORT_LATEX
    return number_latex(number if exact else replace(number, exact=None), rounded(number, digits))


def number_latex(number: Number, digits: str) -> str:
    """A number in LaTeX: its formula where one is known, else these digits."""
    if is_infinite(number):
        return "-\\infty" if number.value < 0 else "+\\infty"
    return latex_number(digits) if number.exact is None else latex_of(number.exact.tree)


def what_happens(special: Special, style: Style) -> str:
    """All kinds of what happens at a place, in words."""
    kinds = {point.kind for point in special.points}
    words = []
    for point in special.points:
        if point.kind == "inflection" and "flat" in kinds:
            continue
        if point.kind == "flat" and "inflection" in kinds:
            words.append("flat inflection")
        else:
            words.append(kind_text(point, style))
    said = list(dict.fromkeys(words))
    return ", ".join(word for word in said if word != "end" or len(said) == 1)


def kind_text(point: SpecialPoint, style: Style) -> str:
    """The kind of a special point in words: double zero, local minimum, corner with slopes -1 and 1."""
    if point.kind in ("zero", "crossing", "touching"):
        return _zero(point.multiplicity, point.kind)
    if point.kind in ("minimum", "maximum"):
        return f"{point.extent} {point.kind}".strip()
    return NAMES.get(point.kind, point.kind) + _sides(point, style)


def _zero(multiplicity: int, kind: str) -> str:
    if multiplicity > max(MULTIPLE):
        return f"zero of multiplicity {multiplicity}"
    if multiplicity > 1:
        return f"{MULTIPLE[multiplicity]} zero"
    return "zero without a change of sign" if kind == "touching" else "zero"


def _sides(point: SpecialPoint, style: Style) -> str:
    """The limits on both sides of a break, or the slopes."""
    if point.kind in ("edge", "end", "kink") and point.value is not None:
        return ""
    slopes = point.kind in SLOPED
    sides = (point.left_slope, point.right_slope) if slopes else (point.left, point.right)
    texts = [short_text(side, style) for side in sides if side is not None]
    if slopes:
        return f": slope{'s' * (len(texts) > 1)} {' and '.join(texts)}" if texts else ""
    if len(set(texts)) > 1:
        return f": {texts[0]} left, {texts[1]} right"
    return f": limit {texts[0]}" if texts else ""


def short_text(number: Number, style: Style, digits: int = SHORT_DIGITS) -> str:
    """A number in few letters: its formula where that is short, or a few digits."""
    exact = exact_shown(number)
    short = exact if exact and len(exact) <= SHORT_FORMULA else rounded(number, min(digits, style.digits or digits))
    return infinity(number, style) or short


def end_text(number: Number, style: Style) -> str:
    """An end of an interval: its formula, or all its digits."""
    return infinity(number, style) or exact_shown(number) or number_shown(number, style)


def interval_text(low: Number, high: Number, style: Style, closed: tuple[bool, bool] = (True, True)) -> str:
    """An interval in brackets, round ones where an end does not belong to it; a single number in braces."""
    if low.value == high.value and all(closed):
        return f"{{{end_text(low, style)}}}"
    first, last = (end and not is_infinite(each) for end, each in zip(closed, (low, high), strict=True))
    return f"{'[' if first else '('}{end_text(low, style)}, {end_text(high, style)}{']' if last else ')'}"


def interval_latex(low: Number, high: Number, style: Style, closed: tuple[bool, bool] = (True, True)) -> str:
    """The same in LaTeX."""
    if low.value == high.value and all(closed):
        return rf"\{{{number_latex(low, number_shown(low, style))}\}}"
    first, last = (end and not is_infinite(each) for end, each in zip(closed, (low, high), strict=True))
    ends = [number_latex(each, number_shown(each, style)) for each in (low, high)]
    return f"{'[' if first else '('}{ends[0]}, {ends[1]}{']' if last else ')'}"


def range_text(extent: Extent, style: Style) -> str:
    """A range, without the gaps in it."""
    parts = [interval_text(low, high, style, closed) for low, high, closed in _range_parts(extent)]
    return f" {'∪' if style.unicode else 'and'} ".join(parts)


def range_latex(extent: Extent, style: Style) -> str:
    """The same in LaTeX."""
    return r" \cup ".join(interval_latex(low, high, style, closed) for low, high, closed in _range_parts(extent))


def _range_parts(extent: Extent) -> list[tuple[Number, Number, tuple[bool, bool]]]:
    """The intervals that a range is made of, each with whether it holds its ends."""
    gaps = [*zip(extent.gaps, extent.borders, strict=True)]
    lows = [(extent.low, extent.has_low), *((high, has_high) for (_, high), (_, has_high) in gaps)]
    highs = [*((low, has_low) for (low, _), (has_low, _) in gaps), (extent.high, extent.has_high)]
    return [(low, high, (has_low, has_high)) for (low, has_low), (high, has_high) in zip(lows, highs, strict=True)]
