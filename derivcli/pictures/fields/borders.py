"""Where a function of two variables breaks between neighbours of a grid: jumps, poles, the border of its domain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.fields.grid import Grid
from derivcli.pictures.scene import Floats

BORDER, JUMP, POLE = 1, 2, 3
KINDS = {BORDER: "border", JUMP: "jump", POLE: "pole"}

MAX_EDGES = 15_000
"""Edges that are looked at; a function with more of them breaks everywhere, as far as a picture can tell."""

HALVINGS = 60
"""An edge is halved until its ends are neighbours among the float64."""

STEEP = 1.7
"""A difference so many times that of both its neighbours may be a break."""

KEPT = 0.3
"""A break keeps this part of the difference however near the points come; a line that is only steep does not."""

HUGE = 1e200
"""Values that grow so large have no border beside them, they are none that a float64 holds."""

ROUNDING = 1e-9
"""Differences so small beside the values are none."""

GROWTH = 50.0
"""At a pole the values grow so many times while the points come nearer."""


LOOK_EVERY = 6
"""After so many halvings those edges are left alone that turn out to have no break."""

NEAR = (1e-7, 1 / 16, 1 / 4)
"""The parts of the way from a break at which values are taken: the point may have one of its own, and near it they
may bend more than elsewhere."""

Narrowed: TypeAlias = Callable[[Floats, NDArray[np.int64]], Floats]
"""The values at a point on each of some edges, whose numbers come second."""


@dataclass(frozen=True, slots=True)
class Edges:
    """The edges between neighbours along one variable, all of one shape.

    `kinds` is 0 where there is no break, `at` where it is. `before` and `after`, which have one axis more, are the
    values beside it, at the parts NEAR of the way to the end of the edge.
    """

    kinds: NDArray[np.int8]
    at: Floats
    before: Floats
    after: Floats


def broken_edges(value: Callable[[Floats, Floats], Floats], grid: Grid) -> tuple[Edges, Edges]:
    """The edges from left to right, shape (y, x - 1), and from below, shape (y - 1, x), with the breaks on them."""
    across = _along_rows(value, grid.x, grid.y, grid.values)
    up = _along_rows(lambda y, x: value(x, y), grid.y, grid.x, grid.values.T)
    return across, Edges(up.kinds.T, up.at.T, up.before.swapaxes(0, 1), up.after.swapaxes(0, 1))


def _along_rows(value: Callable[[Floats, Floats], Floats], moving: Floats, still: Floats, values: Floats) -> Edges:
    """The edges of each row."""
    suspects = suspicious(values)
    kinds, nothing = np.zeros(suspects.shape, np.int8), np.full((*suspects.shape, len(NEAR)), np.nan)
    edges = Edges(kinds, nothing[..., 0].copy(), nothing.copy(), nothing.copy())
    rows, columns = np.nonzero(suspects)
    if not 0 < len(rows) <= MAX_EDGES:
        return edges
    found = _narrowed(
        lambda at, which: value(at, still[rows[which]]),
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
        least = ROUNDING * np.maximum(np.abs(values[:, 1:]), np.abs(values[:, :-1]))
        steep = np.abs(steps) > STEEP * np.where(np.isnan(size), np.inf, size) + least
        away = signs & ~(left * steps > 0) & ~(right * steps > 0) & (np.abs(steps) > least)
    return np.asarray((finite[:, 1:] != finite[:, :-1]) | steep | away, np.bool_)


@dataclass(slots=True)
class _Search:
    """Edges while they are halved: their ends, and the values there."""

    low: Floats
    high: Floats
    before: Floats
    after: Floats
    is_border: NDArray[np.bool_]
    has_first: NDArray[np.bool_]

    def halve(self, value: Narrowed, active: NDArray[np.int64]) -> None:
        """Keep the half with the border in it, or with more of the difference."""
        low, high, before, after = (each[active] for each in (self.low, self.high, self.before, self.after))
        middle = low / 2 + high / 2
        found = value(middle, active)
        missing, is_border = ~np.isfinite(found), self.is_border[active]
        left = np.where(is_border, missing == self.has_first[active], np.abs(found - before) > np.abs(after - found))
        moves = (middle > low) & (middle < high) & (is_border | ~missing)
        hit = missing & ~is_border  # a point without a value between two that have one is the break itself
        self.high[active] = np.where((left & moves) | hit, middle, high)
        self.after[active] = np.where(left & moves, found, after)
        self.low[active] = np.where((~left & moves) | hit, middle, low)
        self.before[active] = np.where(~left & moves, found, before)


def _narrowed(value: Narrowed, low: Floats, high: Floats, one: Floats, other: Floats) -> Edges:
    """The breaks between two points each; the values beside them are those a little away on both sides."""
    has_first = np.isfinite(one)
    search = _Search(low.copy(), high.copy(), one.copy(), other.copy(), has_first != np.isfinite(other), has_first)
    with np.errstate(all="ignore"):
        first = np.abs(other - one)
        active = np.arange(len(low))
        for step in range(HALVINGS):
            search.halve(value, active)
            if step % LOOK_EVERY == LOOK_EVERY - 1:
                active = active[search.is_border[active] | _keep(search, first)[active]]
        at = search.low / 2 + search.high / 2
        every = np.arange(len(low))
        befores = [value(np.maximum(low, at - _move(at - low, high - low, part)), every) for part in NEAR]
        afters = [value(np.minimum(high, at + _move(high - at, high - low, part)), every) for part in NEAR]
        before = befores[0] = np.where(np.isfinite(befores[0]), befores[0], search.before)
        after = afters[0] = np.where(np.isfinite(afters[0]), afters[0], search.after)
        kept = _keep(search, first) & ~(np.abs(after - before) < KEPT * first) & (first > 0)
        aside, near = _larger(before, after), _larger(search.before, search.after)
        both = np.isfinite(one) & np.isfinite(other)
        usual = GROWTH**2 * np.median(_larger(one, other)[both]) if both.any() else np.inf
        largest = (aside > GROWTH * _larger(one, other)) | (near > GROWTH * aside) | (aside > usual)
        huge = np.where(has_first, np.abs(search.before), np.abs(search.after)) > HUGE
    kinds = np.where(kept, np.where(largest, POLE, JUMP), 0)
    kinds = np.where(search.is_border, np.where(huge, POLE, BORDER), kinds).astype(np.int8)
    return Edges(kinds, at, np.stack(befores, axis=1), np.stack(afters, axis=1))


def _move(way: Floats, edge: Floats, part: float) -> Floats:
    """That part of the way to the end of an edge, or the least one beside a break that lies near the end."""
    return np.asarray(np.maximum(part * way, NEAR[0] * edge), np.float64)


def _larger(one: Floats, other: Floats) -> Floats:
    return np.asarray(np.maximum(np.abs(one), np.abs(other)), np.float64)


def _keep(search: _Search, first: Floats) -> NDArray[np.bool_]:
    """The edges whose ends still differ as much as breaks make them; nan and inf do."""
    return np.asarray(~(np.abs(search.after - search.before) < KEPT * first), np.bool_)
