"""The points themselves: axes of values, crossed or paired, of which any part can be computed by itself.

Nothing is held but what was typed, so that a range of a billion points costs no memory until a part of it is
asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from derivcli.errors import Note
from derivcli.language.parser.constant_folding import Constant
from derivcli.language.pickling import equal, reduced
from derivcli.language.tree import Tree
from derivcli.result import FloatArray, finite_points

MAX_EXACT_INTEGER = 2.0**53
"""Below it float64 holds every whole number."""

Indices: TypeAlias = "NDArray[np.int64]"


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Numbers that were given; `exact` holds the trees of those typed as formulas or decimals, None for others."""

    numbers: FloatArray
    exact: tuple[Tree | None, ...] | None = field(default=None, repr=False)

    __eq__ = equal
    __reduce__ = reduced

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.numbers)

    @property
    def largest(self) -> float:
        """The largest magnitude of the numbers that are finite."""
        return float(np.abs(self.numbers[np.isfinite(self.numbers)]).max(initial=0))

    def take(self, places: Indices) -> FloatArray:
        """The numbers at these places."""
        return self.numbers[places]


@dataclass(frozen=True, slots=True)
class Range:
    """`count` equally spaced numbers with both ends, each the float64 nearest to the exact one where it can be."""

    start: Constant
    stop: Constant
    count: int

    @property
    def largest(self) -> float:
        """The largest magnitude, which is that of an end."""
        return max(abs(float(self.start)), abs(float(self.stop)))

    @property
    def whole(self) -> tuple[int, int, int] | None:
        """Whole numbers p, r and q for which the i-th number is (p (n-1-i) + r i) / (q (n-1)), if they are short."""
        if isinstance(self.start, Fraction) and isinstance(self.stop, Fraction):
            common = self.start.denominator * self.stop.denominator
            first, last = int(self.start * common), int(self.stop * common)
            if max(abs(first), abs(last), common) * (self.count - 1) < MAX_EXACT_INTEGER:
                return first, last, common
        return None

    def take(self, places: Indices) -> FloatArray:
        """The numbers at these places.

        With rational ends they are quotients of whole numbers, so that a zero in the middle is exactly 0. Where
        those are too long for that, they are interpolated without overflow.
        """
        steps = self.count - 1
        if self.whole is not None:
            first, last, common = self.whole
            return (first * (steps - places) + last * places) / (common * steps)
        part = places / steps
        values: FloatArray = float(self.start) * (1 - part) + float(self.stop) * part
        return values


@dataclass(frozen=True, slots=True)
class Axis:
    """The values of one variable, piece after piece."""

    name: str
    pieces: tuple[Values | Range, ...]
    notes: tuple[Note, ...] = ()
    """Where the text of a value has two meanings."""
    sigma: tuple[Values | Range, ...] = ()
    """The standard uncertainties of the values, piece after piece, up to their signs; none where they are exact."""

    @property
    def count(self) -> int:
        """How many values there are."""
        return sum(piece.count for piece in self.pieces)

    @property
    def largest(self) -> float:
        """The largest magnitude of a value."""
        return max(piece.largest for piece in self.pieces)

    def take(self, places: Indices) -> FloatArray:
        """The values at these places."""
        return _taken(self.pieces, places)

    def sigma_at(self, places: Indices) -> FloatArray:
        """The standard uncertainties of the values at these places."""
        return np.abs(_taken(self.sigma, places))

    def between(self, start: int, stop: int) -> FloatArray:
        """The values from one place to before another; given ones are not copied."""
        piece = self.pieces[0]
        if len(self.pieces) == 1 and isinstance(piece, Values):
            return piece.numbers[start:stop]
        return self.take(np.arange(start, stop))

    def exact(self, place: int) -> Tree | None:
        """The formula or decimal that was typed for a value; None where it is a float64."""
        for piece in self.pieces:
            if place < piece.count:
                return piece.exact[place] if isinstance(piece, Values) and piece.exact is not None else None
            place -= piece.count
        return None


@dataclass(frozen=True)
class Points:
    """Points from the one of the number `start` to before `stop`: every combination of axes, or these paired.

    Combined, the last axis varies fastest. `at` holds arrays of shape (points,).
    """

    axes: tuple[Axis, ...]
    paired: bool = False
    start: int = 0
    stop: int | None = None

    __reduce__ = reduced

    @property
    def names(self) -> list[str]:
        """The variables."""
        return [axis.name for axis in self.axes]

    @property
    def notes(self) -> list[Note]:
        """Where the texts of the values have two meanings."""
        return [note for axis in self.axes for note in axis.notes]

    @property
    def count(self) -> int:
        """The number of points."""
        return (self._all if self.stop is None else self.stop) - self.start

    @cached_property
    def at(self) -> dict[str, FloatArray]:
        """The values of every variable at every point."""
        found: dict[str, FloatArray] = {}
        for axis, (faster, size) in zip(self.axes, self._strides, strict=True):
            if size == self._all:
                found[axis.name] = axis.between(self.start, self.start + self.count)
            else:
                found[axis.name] = axis.take(np.arange(self.start, self.start + self.count) // faster % size)
        return found

    @cached_property
    def sigmas(self) -> dict[str, FloatArray]:
        """The standard uncertainties at every point of the variables that have some."""
        places = np.arange(self.start, self.start + self.count)
        axes = zip(self.axes, self._strides, strict=True)
        return {axis.name: axis.sigma_at(places // faster % size) for axis, (faster, size) in axes if axis.sigma}

    @property
    def is_finite(self) -> bool:
        """Whether every value is a number; others come from files and arrays."""
        return bool(finite_points(self.at, self.count).all())

    def exact(self, name: str, point: int) -> Tree | None:
        """The formula or decimal that was typed for a variable at a point; None where it is a float64."""
        for axis, (faster, size) in zip(self.axes, self._strides, strict=True):
            if axis.name == name:
                return axis.exact((self.start + point) // faster % size)
        return None

    @property
    def typed(self) -> dict[str, tuple[str, ...]]:
        """By each variable with a value that was typed as a formula, such as pi/4, these texts; "" for numbers."""
        from derivcli.language.printer import text_of

        found = {}
        for axis in self.axes:
            trees = [tree for piece in axis.pieces if isinstance(piece, Values) for tree in piece.exact or ()]
            if not all(map(_is_number, trees)):
                exact = (self.exact(axis.name, point) for point in range(self.count))
                found[axis.name] = tuple("" if tree is None or tree.is_Rational else text_of(tree) for tree in exact)
        return found

    def parts(self, size: int) -> Iterator[Points]:
        """The points in pieces of at most so many, one after the other; no points are one piece."""
        end = self.start + self.count
        if not self.count:
            yield self
        for first in range(self.start, end, size):
            yield replace(self, start=first, stop=min(first + size, end))

    @cached_property
    def _all(self) -> int:
        return next(iter({axis.count for axis in self.axes} - {1}), 1) if self.paired else _product(self.axes)

    @cached_property
    def _strides(self) -> list[tuple[int, int]]:
        """For each axis how many points go by before it moves on, and how many values it has."""
        after = [1 if self.paired else _product(self.axes[place:]) for place in range(1, len(self.axes) + 1)]
        return [(faster, axis.count) for faster, axis in zip(after, self.axes, strict=True)]


class Part(NamedTuple):
    """Some of the points, and the rows of a data file that they come from, or None.

    `blank` says which of the rows have no point; None where each has one. Then `cells` are the numbers of the
    variables in all rows, masked where there is none.
    """

    points: Points
    rows: Any
    blank: NDArray[np.bool_] | None = None
    cells: Mapping[str, NDArray[Any]] = {}


def _taken(pieces: Sequence[Values | Range], places: Indices) -> FloatArray:
    """The numbers of pieces at these places."""
    if len(pieces) == 1:
        return pieces[0].take(places)
    found = np.empty(len(places))
    first = 0
    for piece in pieces:
        here = (places >= first) & (places < first + piece.count)
        found[here] = piece.take(places[here] - first)
        first += piece.count
    return found


def _product(axes: Sequence[Axis]) -> int:
    return math.prod(axis.count for axis in axes)


def _is_number(tree: Tree | None) -> bool:
    return tree is None or bool(tree.is_Rational)


def points_from_arrays(at: Mapping[str, FloatArray]) -> Points:
    """Points whose values are all given, in arrays of equal length or of length 1."""
    return Points(tuple(Axis(name, (Values(values),)) for name, values in at.items()), paired=True)
