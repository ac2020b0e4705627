"""Where to evaluate: the text of `--at`, or the same as Python values, to points.

    spec   := assignment { "," assignment }
    assignment := name "=" item { "," item }
    item   := constant formula | start ":" stop ":" count

A range is a linspace with both ends. Several values of several variables are crossed, the last variable
varying fastest, or paired with `zip`. A value is a constant formula, perhaps with its standard uncertainty, as
`uncertain_values` reads it. Behind a range there is one for each of its values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import chain, groupby
from typing import Any, Protocol, TypeAlias

import numpy as np

from derivcli.errors import ArgumentError, DerivError, Note, Span
from derivcli.language import limits
from derivcli.language.lexer.tokens import canonical_name, is_name
from derivcli.language.parse import in_place, parse_expression
from derivcli.language.parser import constant_folding
from derivcli.language.parser.constant_folding import Constant
from derivcli.language.tree import Tree
from derivcli.points.cross_or_zip import cross_or_zip
from derivcli.points.points import Axis, Points, Range, Values
from derivcli.points.python_values import parts_of
from derivcli.points.uncertain_values import Piece, UncertainText, reading_notes, uncertain_text


class Array(Protocol):
    """An array, or a number of its library, as NumPy reads both."""

    def __array__(self) -> Any: ...


Value: TypeAlias = float | Fraction | Decimal | str | Array
Item: TypeAlias = Value | Sequence[Value]
"""What Python gives a variable: one value, or several in a list or in an array of any library."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The values of one variable between two ends, which may be infinite; "" is the only variable that there is.

    `ends` are the formulas that the finite ends were typed as.
    """

    variable: str
    low: float
    high: float
    ends: tuple[Tree | None, Tree | None] = (None, None)

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise DerivError("an interval goes up from one number to another", hint="write it like x=0:1")


INFINITE = re.compile(r"\s*([-+\u2212]?)\s*(?:inf|infinity|oo|\u221e)\s*", re.IGNORECASE)
"""An end that is no number."""


def read_interval(spec: str) -> Interval:
    """The interval that `x=low:high` writes, both ends of it finite."""
    intervals = read_intervals(spec)
    if len(intervals) != 1 or not intervals[0].variable:
        raise _no_interval(spec)
    if not -np.inf < intervals[0].low < intervals[0].high < np.inf:
        raise DerivError("the two ends are finite here", spec, Span(0, len(spec)), "write it like x=0:1")
    return intervals[0]


def read_intervals(spec: str) -> list[Interval]:
    """The intervals that `x=low:high,y=low:high` writes, or `low:high` for the only variable."""
    found = _assignments(spec)
    if not found:
        return [_interval(spec, "", 0, len(spec))]
    if found[0][0].start() > 0:
        raise _no_interval(spec)
    return [_interval(spec, match.group(1), match.end(), end) for match, end in found]


def _no_interval(spec: str) -> DerivError:
    return DerivError("an interval has a name and two ends", spec, Span(0, len(spec)), "write it like x=0:1")


def _interval(spec: str, name: str, start: int, stop: int) -> Interval:
    bounds = list(stretches(spec, start, stop, ":"))
    if len(bounds) != 2 or (name and not is_name(name)):
        raise _no_interval(spec)
    (low, first), (high, last) = (_end(spec, *bound) for bound in bounds)
    try:
        return Interval(canonical_name(name) if name else "", low, high, (first, last))
    except DerivError as error:
        error.source, error.span = spec, Span(*bounds[0])
        raise


def _end(spec: str, start: int, stop: int) -> tuple[float, Tree | None]:
    """An end as the nearest float64, and as a formula where it is finite."""
    infinite = INFINITE.fullmatch(spec, start, stop)
    if infinite is not None:
        return np.inf if infinite.group(1) in ("", "+") else -np.inf, None
    value, tree = read_constant(spec, start, stop, [])
    return constant_folding.float_of(value), tree


def read_points(specs: Iterable[str], paired: bool = False, uncertain: bool = False) -> Points:
    """The points that `--at` texts write; raises DerivError with the place where they are none.

    Uncertainties are read where values may be `uncertain`, and refused elsewhere.
    """
    axes = [axis for spec in specs for axis in _read_spec(spec, uncertain)]
    return cross_or_zip(axes, paired)


def without_intervals(specs: Iterable[str]) -> tuple[list[str], list[str]]:
    """The texts of `--at` without the intervals `x=low:high` in them, and these, which name no points."""
    points: list[str] = []
    intervals: list[str] = []
    for spec in specs:
        found = _assignments(spec)
        if not found or found[0][0].start() > 0:
            points.append(spec)
            continue
        for match, end in found:
            text = spec[match.start() : end].strip(", ")
            items = list(stretches(spec, match.end(), end, ","))
            is_interval = len(items) == 1 and len(list(stretches(spec, *items[0], ":"))) == 2
            (intervals if is_interval else points).append(text)
    return points, intervals


def points_from(at: Mapping[str, Item], paired: bool = False, uncertain: bool = False) -> Points:
    """The points that Python values give: numbers, formulas as text, sequences or arrays of one dimension."""
    return cross_or_zip([_axis_from(name, value, uncertain) for name, value in at.items()], paired)


_ASSIGNMENT = re.compile(r"(?:^|,)\s*((?:[^\W\d_]|\u2206)[\w\u2206]*)\s*=(?!=)")


def _read_spec(spec: str, uncertain: bool) -> list[Axis]:
    if not spec.strip():
        raise DerivError("the points are empty", spec, Span(0, 1), "write them like x=3 or x=0:1:11")
    found = _assignments(spec)
    if not found or found[0][0].start() > 0:
        raise DerivError("a point needs the name of its variable", spec, Span(0, len(spec)), "write it like x=3,y=4")
    return [_read_axis(spec, match, end, uncertain) for match, end in found]


def _assignments(spec: str) -> list[tuple[re.Match[str], int]]:
    """Where each `name=` of a text stands, and where what it is given ends."""
    starts = list(_ASSIGNMENT.finditer(spec))
    return list(zip(starts, [*(match.start() for match in starts[1:]), len(spec)], strict=False))


def _read_axis(spec: str, match: re.Match[str], end: int, uncertain: bool) -> Axis:
    name = match.group(1)
    if not is_name(name):
        raise DerivError(f"'{name}' is no name of a variable", spec, Span(*match.span(1)), "write it like x=3")
    items: list[tuple[Values | Range, Values | Range | None]] = []
    notes: list[Note] = []
    for start, stop in stretches(spec, match.end(), end, ","):
        bounds = list(stretches(spec, start, stop, ":"))
        read = _read_value if len(bounds) == 1 else _read_range
        items.append(read(spec, bounds, Span(start, stop), notes))
        if items[-1][1] is not None and not uncertain:
            hint = 'leave it out; uncertainties are propagated by `deriv "x^2" --at x=3±0.1`'
            raise DerivError("an uncertainty has no meaning here", spec, Span(start, stop), hint)
    pieces = _joined(piece for piece, _ in items)
    sigmas = [sigma for _, sigma in items if sigma is not None]
    if sigmas and len(sigmas) < len(items):
        hint = "write one behind each value, ±0 behind one that is known exactly"
        raise DerivError(f"some values of '{name}' have no uncertainty", spec, Span(match.end(), end), hint)
    return Axis(canonical_name(name), pieces, tuple(notes), _joined(sigmas))


def stretches(spec: str, start: int, end: int, separator: str) -> Iterable[tuple[int, int]]:
    """The stretches of a text between separators that stand outside brackets."""
    depth = 0
    for position in range(start, end):
        character = spec[position]
        depth += (character == "(") - (character == ")")
        if character == separator and depth <= 0:
            yield start, position
            start = position + 1
    yield start, end


def _read_value(
    spec: str, bounds: Sequence[tuple[int, int]], span: Span, notes: list[Note]
) -> tuple[Values, Values | None]:
    """A value, and its uncertainty if it has one."""
    ((start, stop),) = bounds
    found = uncertain_text(spec, start, stop)
    if found is None:
        value, tree = read_constant(spec, start, stop, notes)
        notes += reading_notes(spec, start, stop)
        return Values(np.array([constant_folding.float_of(value)]), (tree,)), None
    value, tree = _read_piece(spec, found.value, found.factor, notes)
    spread = _spread(spec, found, notes)
    sigma = constant_folding.multiply([value, spread / 100]) if found.is_percent else spread
    notes += found.notes
    number = Values(np.array([constant_folding.float_of(value)]), (tree,))
    return number, Values(np.array([constant_folding.float_of(sigma)]))


def _spread(spec: str, found: UncertainText, notes: list[Note]) -> Constant:
    """The standard uncertainty, or how many percent it is."""
    spread, _ = _read_piece(spec, found.spread, None if found.is_percent else found.factor, notes)
    if spread < 0:
        raise DerivError("an uncertainty is not negative", spec, found.spread.span, "write it without its sign")
    return spread


def _read_piece(spec: str, piece: Piece, factor: Piece | None, notes: list[Note]) -> tuple[Constant, Tree]:
    """A constant formula, or its product with another one."""
    if factor is None and not piece.written:
        return read_constant(spec, piece.span.start, piece.span.stop, notes)
    parts = [each for each in (piece, factor) if each is not None]
    for part in parts:
        if not part.written:
            read_constant(spec, part.span.start, part.span.stop, [])  # an error has its place here
    texts = [part.written or spec[part.span.start : part.span.stop] for part in parts]
    text = texts[0] if factor is None else "*".join(f"({text})" for text in texts)
    try:
        return read_constant(text, 0, len(text), [])
    except DerivError as error:
        error.source, error.span = spec, Span(parts[0].span.start, parts[-1].span.stop)
        raise


def read_constant(spec: str, start: int, stop: int, notes: list[Note]) -> tuple[Constant, Tree]:
    """A number or a formula without variables; what else its text could mean is added to the notes."""
    text = spec[start:stop]
    span = Span(start + len(text) - len(text.lstrip()), max(start + 1, stop - len(text) + len(text.rstrip())))
    if not text.strip():
        raise DerivError("a value is missing here", spec, Span(start, start + 1), "write a number")
    if "==" not in text and ("=" in text or ";" in text):
        hint = "part the variables with commas, as in x=1,y=2"
        raise DerivError("a comma is missing between two variables", spec, span, hint)
    try:
        expression = in_place(parse_expression(text))
    except DerivError as error:
        place = error.span or Span(0, len(text))
        error.source, error.span = spec, Span(place.start + start, place.stop + start)
        raise
    if expression.variables:
        name = expression.variables[0]
        raise DerivError(f"a point is a number, and '{name}' is a variable", spec, span, "write a number such as pi/2")
    if expression.constant is None:
        raise DerivError("this formula has no value as a number here", spec, span, "write the number itself")
    for note in expression.notes:
        if note.other:
            place = Span(note.span.start + start, note.span.stop + start)
            notes.append(replace(note, source=spec, span=place, other=spec[:start] + note.other + spec[stop:]))
    return expression.constant, expression.tree


def _read_range(
    spec: str, bounds: Sequence[tuple[int, int]], span: Span, notes: list[Note]
) -> tuple[Range, Range | None]:
    """A range, and the uncertainties of its values if it has some."""
    if len(bounds) != 3:
        raise DerivError("a range is start:stop:count", spec, span, "write it like x=0:1:11")
    found = [uncertain_text(spec, *bound) for bound in bounds]
    for uncertain, bound in zip(found[:2], bounds, strict=False):
        if uncertain is not None:
            hint = "write it like x=0:1:11±0.1"
            raise DerivError("the uncertainty of a range stands behind it", spec, Span(*bound), hint)
    last = found[2]
    ends = [bounds[0], bounds[1], bounds[2] if last is None else (last.value.span.start, last.value.span.stop)]
    start, stop, count = (read_constant(spec, *piece, notes)[0] for piece in ends)
    _check_count(spec, count, span, Span(*ends[2]))
    range_ = Range(start, stop, int(count))
    if last is None:
        return range_, None
    spread, notes[len(notes) :] = _spread(spec, last, notes), last.notes
    low, high = (constant_folding.multiply([end, spread / 100]) if last.is_percent else spread for end in (start, stop))
    return range_, Range(low, high, int(count))


def _check_count(spec: str, count: Constant, span: Span, place: Span) -> None:
    if count != int(count) or count < 0:
        raise DerivError("the count of a range is a whole number", spec, place, "write it like x=0:1:11")
    if count < 2:
        hint = "a range is start:stop:count, as in x=0:1:11; one point is x=0"
        raise DerivError(f"a range has at least 2 points, and this one has {int(count)}", spec, place, hint)
    limits.check_points(int(count), spec, place)


def _axis_from(name: str, value: object, uncertain: bool) -> Axis:
    if not isinstance(name, str) or not is_name(name):
        raise ArgumentError(f"'{name}' is no name of a variable", hint='write it like {"x": 3}')
    name = canonical_name(name)
    parts = parts_of(name, value)
    axes = [_axis_of_text(name, part, uncertain) if isinstance(part, str) else Axis(name, (part,)) for part in parts]
    if any(axis.sigma for axis in axes) and not all(axis.sigma for axis in axes):
        hint = "write all of them as texts, ±0 behind one that is known exactly"
        raise ArgumentError(f"some values of '{name}' have no uncertainty", hint=hint)
    sigma = _joined(chain.from_iterable(axis.sigma for axis in axes))
    return Axis(name, _joined(chain.from_iterable(axis.pieces for axis in axes)), sigma=sigma)


def _joined(pieces: Iterable[Values | Range]) -> tuple[Values | Range, ...]:
    """The pieces, with values that follow each other as one of them."""
    found: list[Values | Range] = []
    for _, run in groupby(pieces, type):
        group = list(run)
        values = [piece for piece in group if isinstance(piece, Values)]
        if len(values) > 1:
            exact = tuple(tree for piece in values for tree in piece.exact or (None,) * piece.count)
            group = [Values(np.concatenate([piece.numbers for piece in values]), exact)]
        found += group
    return tuple(found)


def _axis_of_text(name: str, text: str, uncertain: bool) -> Axis:
    spec = f"{name}={text}"
    axes = _read_spec(spec, uncertain)
    if len(axes) != 1:
        hint = "give each variable its own entry"
        raise DerivError(f"the text for '{name}' names other variables", spec, Span(0, len(spec)), hint)
    return axes[0]
