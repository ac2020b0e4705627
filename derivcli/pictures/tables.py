"""The numbers that a page embeds: rows as close as an enlarged curve needs, and verdicts at some of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.scene import Column, Floats, Name, Table

Numbers: TypeAlias = Callable[[Floats], Sequence[Floats]]
"""From x to a function's value, its first derivative and whatever else the table has, each of shape (points,)."""

Verdicts: TypeAlias = Callable[[Floats], Sequence[str]]
"""From x to what is known of the first derivative there."""

MAX_ROWS = 12_000
"""Rows of all tables of a page together: with three columns, less than a megabyte of text."""

MAX_JUDGED = 400
"""Rows of all tables of a page at round numbers, which get a verdict, at 0.2 to 1 ms each."""

ROUND = (1, 2, 2.5, 3, 4, 5, 6, 8, 10, 20)
"""Distances between rows with a verdict, in powers of ten."""

FIRST_ROWS = 257
SCREEN = 1500
"""Pixels of the axis before anything is enlarged."""

ENLARGED = 8.0 ** np.arange(7)
"""How many times a curve is enlarged for which rows are sought, one after the other, while there are rows left."""

PIXELS_OFF = 0.25
MAX_HALVINGS = 60
BESIDE = 1e-12
"""How near to a break rows lie, as a part of the axis."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in the making: `values` has the shape (columns, rows); a break joins nothing on either side."""

    x: Floats
    values: Floats
    is_break: NDArray[np.bool_]

    @property
    def apart(self) -> NDArray[np.bool_]:
        """Which gaps between two rows no line crosses, shape (rows - 1,)."""
        return self.is_break[:-1] | self.is_break[1:]

    def with_rows(self, x: Floats, values: Floats) -> Rows:
        """These and others, in order."""
        order = np.argsort(np.concatenate([self.x, x]), kind="stable")
        merged = np.concatenate([self.values, values], axis=1)[:, order]
        is_break = np.concatenate([self.is_break, np.zeros(len(x), np.bool_)])[order]
        return Rows(np.concatenate([self.x, x])[order], merged, is_break)


def table_of(
    function: int,
    names: Sequence[Name],
    numbers: Numbers,
    ends: tuple[float, float],
    breaks: Sequence[float],
    heights: Sequence[float],
    *,
    slopes: Sequence[int] = (),
    judged: Verdicts | None = None,
    places: Sequence[float] = (),
    parts: int = 1,
) -> Table:
    """The table of one function between the ends of its axis.

    `names` are those of the curves that its columns draw, `heights` of the windows in which these are seen. Each
    column's derivative is the next one unless `slopes` says which. No line passes over the `breaks`. The `places`, such
    as marks, and the breaks get a row and a verdict. `parts` is how many tables share what a page may hold.
    """
    slopes = slopes or (*range(1, len(names)), -1)
    x, special, asked = _first_places(ends, breaks, places, MAX_JUDGED // parts)
    rows = Rows(x, _numbers(numbers, x), np.isin(x, special))
    rows = _refined(rows, numbers, slopes, np.asarray(heights, float), MAX_ROWS // parts)
    errors = _errors(rows, numbers, slopes)
    columns = tuple(
        Column(name, values, slope, error)
        for name, values, slope, error in zip(names, rows.values, slopes, errors, strict=True)
    )
    return Table(function, rows.x, columns, _verdicts(rows.x, asked, judged))


def _first_places(
    ends: tuple[float, float], breaks: Sequence[float], places: Sequence[float], judged: int
) -> tuple[Floats, Floats, Floats]:
    """The first x, those of them that are breaks, and those that are asked for a verdict."""
    low, high = ends
    near = (high - low) * BESIDE
    special = np.array([place for place in breaks if low <= place <= high], float)
    asked = np.unique(np.concatenate([_round(low, high, judged), special, np.asarray(places, float)]))
    asked = asked[(asked >= low) & (asked <= high)]
    gap = np.maximum(near, 4 * np.spacing(np.abs(special)))
    beside = np.concatenate([special - gap, special + gap])
    x = np.unique(np.concatenate([_spread(low, high, FIRST_ROWS), asked, special, beside]))
    return x[(x >= low) & (x <= high)], special, asked


def _spread(low: float, high: float, count: int) -> Floats:
    """So many numbers from one end to the other, over ranges of any size."""
    parts = np.linspace(0, 1, count)
    return low * (1 - parts) + high * parts


def _round(low: float, high: float, most: int) -> Floats:
    """Numbers of few digits from one end to the other, at most so many, with both ends."""
    wide = (high - low) / max(most - 1, 1)
    if not 0 < wide < np.inf:
        return np.array([low, high])
    power = 10.0 ** np.floor(np.log10(wide))
    step = next(each * power for each in ROUND if each * power >= wide)
    count = np.arange(np.ceil(low / step), np.floor(high / step) + 1)
    inner = np.array([float(f"{each:.12g}") for each in (count * step).tolist()])
    return np.unique(np.concatenate([[low], inner[(inner > low) & (inner < high)], [high]]))


def _numbers(numbers: Numbers, x: Floats) -> Floats:
    with np.errstate(all="ignore"):
        values = np.array([*numbers(x)], np.float64).reshape(-1, len(x))
    return np.where(np.isfinite(values), values, np.nan)


def _refined(rows: Rows, numbers: Numbers, slopes: Sequence[int], heights: Floats, most: int) -> Rows:
    """Rows in the middle of gaps over which a cubic is off by more than a part of a pixel, for ever larger curves."""
    pixel = rows.x[-1] / SCREEN - rows.x[0] / SCREEN  # whose difference may overflow
    for times in ENLARGED:
        fine = np.zeros(len(rows.x) - 1, np.bool_)
        for _ in range(MAX_HALVINGS):
            open_gaps = np.flatnonzero(~fine & ~rows.apart & (np.diff(rows.x) > pixel / times / 4))
            if not len(open_gaps):
                break
            middle, off = _misses(rows, numbers, slopes, open_gaps)
            size = np.fmax(np.abs(middle.values), heights[:, None]) / SCREEN * PIXELS_OFF / times
            rough = (off > size).any(axis=0)
            if np.count_nonzero(rough) + len(rows.x) > most:
                return rows  # half a round would favour one side
            fine[open_gaps[~rough]] = True
            fine = np.insert(fine, open_gaps[rough], False)
            rows = rows.with_rows(middle.x[rough], middle.values[:, rough])
    return rows


def _misses(rows: Rows, numbers: Numbers, slopes: Sequence[int], gaps: NDArray[np.intp]) -> tuple[Rows, Floats]:
    """The rows in the middle of gaps, and how far a cubic is off there or nearer to one end, shape (columns, gaps)."""
    found = []
    for part in (0.5, 0.2):
        x = rows.x[gaps] * (1 - part) + rows.x[gaps + 1] * part
        found.append(Rows(x, _numbers(numbers, x), np.zeros(len(x), np.bool_)))
    with np.errstate(all="ignore"):
        off = [
            np.abs(each.values - _cubics(rows, slopes, gaps, part))
            for each, part in zip(found, (0.5, 0.2), strict=True)
        ]
    worst = np.maximum(*off)
    empty = np.isnan(rows.values)
    nothing = empty[:, gaps] & empty[:, gaps + 1] & np.isnan(found[0].values) & np.isnan(found[1].values)
    return found[0], np.where(nothing, 0, np.where(np.isnan(worst), np.inf, worst))


def _cubics(rows: Rows, slopes: Sequence[int], gaps: NDArray[np.intp], part: float) -> Floats:
    """The cubics over gaps at a part of their width: lines where a slope is not known, shape (columns, gaps)."""
    width = np.diff(rows.x)[gaps]
    left, right = rows.values[:, gaps], rows.values[:, gaps + 1]
    steep = np.array([rows.values[slope] if slope >= 0 else _slopes(rows, own) for own, slope in enumerate(slopes)])
    chord = (right - left) / width
    first, last = steep[:, gaps], steep[:, gaps + 1]
    known = np.isfinite(first) & np.isfinite(last)
    first, last = np.where(known, first, chord), np.where(known, last, chord)
    back = 1 - part
    return left * back + right * part + part * back * width * ((first - chord) * back - (last - chord) * part)


def _slopes(rows: Rows, column: int) -> Floats:
    """The slopes of a column of which there is no derivative: of the parabola through three neighbours."""
    x, y = rows.x, rows.values[column]
    chords = np.where(rows.apart, np.nan, np.diff(y) / np.diff(x))
    before, after = np.concatenate([[np.nan], chords]), np.concatenate([chords, [np.nan]])
    left, right = np.concatenate([[1.0], np.diff(x)]), np.concatenate([np.diff(x), [1.0]])
    middle = (before * right + after * left) / (left + right)
    return np.where(np.isfinite(middle), middle, np.where(np.isfinite(before), before, after))


def _errors(rows: Rows, numbers: Numbers, slopes: Sequence[int]) -> Floats:
    """How far the cubics are off in every gap, inf where nothing joins its rows, shape (columns, rows - 1)."""
    _, off = _misses(rows, numbers, slopes, np.arange(len(rows.x) - 1))
    missing = np.isnan(rows.values)
    return np.where(rows.apart | missing[:, :-1] | missing[:, 1:], np.inf, off)


def _verdicts(x: Floats, asked: Floats, judged: Verdicts | None) -> tuple[str, ...]:
    """What is known of the rows that were asked, and "" for the others."""
    if judged is None:
        return ()
    texts = dict(zip(asked.tolist(), judged(asked), strict=True))
    return tuple(texts.get(place, "") for place in x.tolist())
