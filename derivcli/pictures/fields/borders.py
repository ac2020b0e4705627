"""Where a function of two variables breaks between neighbours of a grid: jumps, poles, the border of its domain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.fields.grid import Grid
from derivcli.pictures.scene import Floats

BORDER, JUMP, POLE = 1, 2, 3
KINDS = {BORDER: "border", JUMP: "jump", POLE: "pole"}

MAX_EDGES = 40_000
"""Edges that are looked at; a function with more of them breaks everywhere, as far as a picture can tell."""

HALVINGS = 60
"""An edge is halved until its ends are neighbours among the float64."""

STEEP = 1.7
"""A difference so many times that of both its neighbours may be a break."""

KEPT = 0.5
"""A break keeps this part of the difference however near the points come; a line that is only steep does not."""

HUGE = 1e200
"""Values that grow so large have no border beside them, they are none that a float64 holds."""

GROWTH = 50.0
"""At a pole the values grow so many times while the points come nearer."""


@dataclass(frozen=True, slots=True)
class Edges:
    """The edges between neighbours along one variable, all of one shape.

    `kinds` is 0 where there is no break, `at` where it is, `before` and `after` are the values beside it.
    """

    kinds: NDArray[np.int8]
    at: Floats
    before: Floats
    after: Floats


def broken_edges(value: Callable[[Floats, Floats], Floats], grid: Grid) -> tuple[Edges, Edges]:
    """The edges from left to right, shape (y, x - 1), and from below, shape (y - 1, x), with the breaks on them."""
    across = _along_rows(value, grid.x, grid.y, grid.values)
    up = _along_rows(lambda y, x: value(x, y), grid.y, grid.x, grid.values.T)
    return across, Edges(up.kinds.T, up.at.T, up.before.T, up.after.T)


def _along_rows(value: Callable[[Floats, Floats], Floats], moving: Floats, still: Floats, values: Floats) -> Edges:
    """The edges of each row."""
    suspects = suspicious(values)
    kinds, nothing = np.zeros(suspects.shape, np.int8), np.full(suspects.shape, np.nan)
    edges = Edges(kinds, nothing.copy(), nothing.copy(), nothing.copy())
    rows, columns = np.nonzero(suspects)
    if not 0 < len(rows) <= MAX_EDGES:
        return edges
    found = _narrowed(
        lambda at: value(at, still[rows]),
        moving[columns],
        moving[columns + 1],
        values[rows, columns],
        values[rows, columns + 1],
    )
    for name in ("kinds", "at", "before", "after"):
        getattr(edges, name)[rows, columns] = getattr(found, name)
    return edges


def suspicious(values: Floats) -> NDArray[np.bool_]:
    """The edges along each row that may hold a break.

    Only one end has a value, or the difference is much larger than those beside it, or the values run away from each
    other on both sides and change their sign between them.
    """
    finite = np.isfinite(values)
    with np.errstate(all="ignore"):
        steps = np.where(finite[:, 1:] & finite[:, :-1], values[:, 1:] - values[:, :-1], np.nan)
        signs = np.signbit(values[:, 1:]) != np.signbit(values[:, :-1])
        padded = np.pad(steps, ((0, 0), (1, 1)), constant_values=np.nan)
        left, right = padded[:, :-2], padded[:, 2:]
        size = np.fmax(np.abs(left), np.abs(right))
        least = 1e-9 * np.nanmax(np.abs(values), where=finite, initial=0.0)
        steep = np.abs(steps) > STEEP * np.where(np.isnan(size), np.inf, size) + least
        away = signs & ~(left * steps > 0) & ~(right * steps > 0) & (np.abs(steps) > least)
    return np.asarray((finite[:, 1:] != finite[:, :-1]) | steep | away, np.bool_)


def _narrowed(value: Callable[[Floats], Floats], low: Floats, high: Floats, one: Floats, other: Floats) -> Edges:
    """The breaks between two points each, found by halving; of two halves the one with more difference is kept."""
    before, after = one.copy(), other.copy()
    is_border = np.isfinite(one) != np.isfinite(other)
    has_first = np.isfinite(one)
    with np.errstate(all="ignore"):
        first = np.abs(other - one)
        for _ in range(HALVINGS):
            middle = low / 2 + high / 2
            found = value(middle)
            missing = ~np.isfinite(found)
            left = np.where(is_border, missing == has_first, np.abs(found - before) > np.abs(after - found))
            moves = (middle > low) & (middle < high) & (is_border | ~missing)
            high, after = np.where(left & moves, middle, high), np.where(left & moves, found, after)
            low, before = np.where(~left & moves, middle, low), np.where(~left & moves, found, before)
            if not moves.any():
                break
        kept = ~(np.abs(after - before) < KEPT * first) & (first > 0)
        largest = np.maximum(np.abs(after), np.abs(before)) > GROWTH * np.maximum(np.abs(one), np.abs(other))
    huge = np.where(has_first, np.abs(before), np.abs(after)) > HUGE
    kinds = np.where(kept, np.where(largest, POLE, JUMP), 0)
    kinds = np.where(is_border, np.where(huge, POLE, BORDER), kinds).astype(np.int8)
    return Edges(kinds, low / 2 + high / 2, before, after)
