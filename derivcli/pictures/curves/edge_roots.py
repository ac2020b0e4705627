"""Where a curve F = 0 meets short straight edges: all of them are searched at once.

An edge has one zero where F changes its sign. It has two, or one that touches, where F turns back on its way to 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.curves.plane import Choice, Level
from derivcli.pictures.scene import Floats

Places = NDArray[np.int64]

MAX_HALVINGS, NARROW = 64, 1e-12
"""Steps of a search on an edge, and the part of it that need not be looked at."""

NEAR = 1e-7
"""A zero is found if it is known to this part of its edge."""

JUMP = 1e-3
"""F jumps where it changes by this part of its size at the ends within the narrowest part of an edge."""

POLE = 4.0
"""There is a pole where F becomes so much larger on both sides of a place than at the ends."""

TOUCHES = 1e-9
"""F touches 0 if its least size on an edge is less than this part of that at the ends."""

ENDS = 1e-5
"""The same where F ends: a square root goes to 0 slowly."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Straight edges from `start` to `stop`, both of shape (2, n), and F and its gradient at both: (3, n)."""

    start: Floats
    stop: Floats
    first: Floats
    last: Floats

    def take(self, places: Places | Choice) -> Edges:
        """Some of them."""
        return Edges(self.start[:, places], self.stop[:, places], self.first[:, places], self.last[:, places])

    def along(self, found: Floats) -> Floats:
        """How F changes along each edge."""
        way = self.stop - self.start
        return np.asarray(found[1] * way[0] + found[2] * way[1])

    @property
    def scale(self) -> Floats:
        """The size of F at the ends."""
        sizes: Floats = np.fmax(np.abs(self.first[0]), np.abs(self.last[0]))
        return sizes


@dataclass(frozen=True, slots=True)
class EdgeRoots:
    """The zeros on some edges, in the order of the edges and along each.

    `edge` has the number of each one's edge, `points` and `slopes` the place and F's gradient there, (2, zeros);
    `touches` tells where F does not change its sign. `rough` tells for each edge whether to look closer: F jumps,
    touches 0, comes near to it or is not defined everywhere.
    """

    edge: Places
    points: Floats
    slopes: Floats
    touches: Choice
    rough: Choice


def edge_roots(level: Level, edges: Edges, fine: bool) -> EdgeRoots:
    """All zeros of F on the edges, as far as F and its gradient at the ends tell of them.

    Edges on which F is not defined everywhere are searched only if they are `fine`.
    """
    with np.errstate(all="ignore"):
        start = edges.start
        defined = [~np.isnan(each[0]) for each in (edges.first, edges.last)]
        rough = np.asarray(~(np.isfinite(edges.first).all(0) & np.isfinite(edges.last).all(0)))
        parts: list[tuple[Places, Floats, bool]] = []
        half = np.nonzero(defined[0] ^ defined[1])[0]
        if fine and half.size:
            edges, ended = _shortened(level, edges, half, defined[0][half])
            parts.append((half[ended], edges.stop[:, half[ended]], True))
        known = ~np.isnan(edges.first[0]) & ~np.isnan(edges.last[0])
        changes = (edges.first[0] < 0) != (edges.last[0] < 0)
        parts += _changing(level, edges, np.nonzero(known & changes)[0], rough)
        parts += _turning(level, edges, np.nonzero(known & ~changes)[0], rough)
        return _in_order(level, start, parts, rough)


def _in_order(level: Level, start: Floats, parts: list[tuple[Places, Floats, bool]], rough: Choice) -> EdgeRoots:
    edge = np.concatenate([places for places, _, _ in parts])
    points = np.concatenate([at for _, at, _ in parts], axis=1)
    touches = np.concatenate([np.full(len(places), touch) for places, _, touch in parts])
    order = np.lexsort((np.abs(points - start[:, edge]).sum(0), edge))
    edge, points, touches = edge[order], points[:, order], touches[order]
    rough[edge[touches]] = True
    return EdgeRoots(edge, points, level.at(points)[1:], touches, rough)


def _changing(level: Level, edges: Edges, places: Places, rough: Choice) -> list[tuple[Places, Floats, bool]]:
    """The zeros on the edges at these places, at whose ends F has different signs."""
    points, true = bracketed(level, edges.take(places))
    rough[places[~true]] = True
    return [(places[true], points[:, true], False)]


def bracketed(level: Level, edges: Edges) -> tuple[Floats, Choice]:
    """A place on each edge where F changes its sign, and whether it is 0 there: by Newton's method and halving."""
    count = edges.start.shape[1]
    way, scale, negative = edges.stop - edges.start, edges.scale, edges.first[0] < 0
    low, high, ends = np.zeros(count), np.ones(count), np.stack([edges.first[0], edges.last[0]])
    part = _inner(ends[0] / (ends[0] - ends[1]), low, high)
    active, true = np.arange(count), np.ones(count, bool)
    for step in range(MAX_HALVINGS):
        if not active.size:
            break
        here = part[active]
        found = level.at(edges.start[:, active] + here * way[:, active])
        before = (found[0] < 0) == negative[active]
        low[active], high[active] = np.where(before, here, low[active]), np.where(before, high[active], here)
        ends[0, active] = np.where(before, found[0], ends[0, active])
        ends[1, active] = np.where(before, ends[1, active], found[0])
        move = found[0] / (found[1] * way[0, active] + found[2] * way[1, active])
        aim = here - move
        inside = (aim >= low[active]) & (aim <= high[active]) & (step % 8 < 6)
        part[active] = np.where(inside, aim, (low[active] + high[active]) / 2)
        done = (found[0] == 0) | (inside & (np.abs(move) < NEAR) & (np.abs(found[0]) <= JUMP * scale[active]))
        part[active] = np.where(found[0] == 0, here, part[active])
        grows = np.abs(ends[:, active]).min(0) > POLE * scale[active]
        narrow = ~done & ((high[active] - low[active] <= NARROW) | grows)
        true[active[narrow]] = np.abs(ends[1] - ends[0])[active[narrow]] <= JUMP * scale[active[narrow]]
        active = active[~(done | narrow)]
    true[active] = False
    return edges.start + part * way, true


def _inner(part: Floats, low: Floats, high: Floats) -> Floats:
    """The parts, away from the ends."""
    return np.where((part > low + 0.01) & (part < high - 0.01), part, (low + high) / 2)


def _turning(level: Level, edges: Edges, places: Places, rough: Choice) -> list[tuple[Places, Floats, bool]]:
    """The zeros on edges at whose ends F has the same sign, and between which it turns back."""
    edges = edges.take(places)
    sign = np.where(edges.first[0] < 0, -1.0, 1.0)
    slopes = [sign * edges.along(each) for each in (edges.first, edges.last)]
    sizes = [np.abs(edges.first[0]), np.abs(edges.last[0])]
    meet = (sizes[1] - sizes[0] - slopes[1]) / (slopes[0] - slopes[1])
    depth = sizes[0] + slopes[0] * meet  # where the tangents at both ends meet
    turns = np.nonzero((slopes[0] < 0) & (slopes[1] > 0) & (depth < np.minimum(*sizes) / 4))[0]
    rough[places[turns]] = True
    edges, sign, places = edges.take(turns), sign[turns], places[turns]
    at, found = _lowest(level, edges, sign)
    through = sign * found[0] < 0
    touch = ~through & (np.abs(found[0]) <= TOUCHES * edges.scale)
    made: list[tuple[Places, Floats, bool]] = [(places[touch], at[:, touch], True)]
    some, middle, value = edges.take(through), at[:, through], found[:, through]
    made += _halves(level, Edges(some.start, middle, some.first, value), places[through])
    return made + _halves(level, Edges(middle, some.stop, value, some.last), places[through])


def _halves(level: Level, edges: Edges, places: Places) -> list[tuple[Places, Floats, bool]]:
    points, true = bracketed(level, edges)
    return [(places[true], points[:, true], False)]


def _lowest(level: Level, edges: Edges, sign: Floats) -> tuple[Floats, Floats]:
    """Where sign F is least on each edge, or less than 0, and what F is there: by false position and halving."""
    count, way = edges.start.shape[1], edges.stop - edges.start
    low, high = np.zeros(count), np.ones(count)
    slopes = np.stack([sign * edges.along(edges.first), sign * edges.along(edges.last)])
    part, values, active = np.full(count, 0.5), np.empty((3, count)), np.arange(count)
    for step in range(MAX_HALVINGS):
        here = part[active]
        found = level.at(edges.start[:, active] + here * way[:, active])
        values[:, active] = found
        slope = sign[active] * (found[1] * way[0, active] + found[2] * way[1, active])
        falls = slope < 0
        low[active], high[active] = np.where(falls, here, low[active]), np.where(falls, high[active], here)
        slopes[0, active] = np.where(falls, slope, slopes[0, active])
        slopes[1, active] = np.where(falls, slopes[1, active], slope)
        width = high[active] - low[active]
        share = slopes[0, active] / (slopes[0, active] - slopes[1, active])
        aim = low[active] + width * np.clip(share, 0.001, 0.999)
        end = (sign[active] * found[0] <= 0) | (width < NARROW) | np.isnan(slope)
        keep = ~end
        part[active] = np.where(end, here, aim if step % 3 else (low[active] + high[active]) / 2)
        active = active[keep]
        if not active.size:
            break
    return edges.start + part * way, values


def _shortened(level: Level, edges: Edges, half: Places, first: Choice) -> tuple[Edges, Choice]:
    """The edges at the places `half` up to where F ends, and whether it goes to 0 there.

    These are run through from the end that has a value; `first` tells if that is the start.
    """
    begin = np.where(first, edges.start[:, half], edges.stop[:, half])
    value = np.where(first, edges.first[:, half], edges.last[:, half])
    way = np.where(first, edges.stop[:, half], edges.start[:, half]) - begin
    low, high, last = np.zeros(half.size), np.ones(half.size), value
    for _ in range(40):
        middle = (low + high) / 2
        found = level.at(begin + middle * way)
        there = ~np.isnan(found[0])
        low, high = np.where(there, middle, low), np.where(there, high, middle)
        last = np.where(there, found, last)
    start, stop, firsts, lasts = (each.copy() for each in (edges.start, edges.stop, edges.first, edges.last))
    start[:, half], stop[:, half], firsts[:, half], lasts[:, half] = begin, begin + low * way, value, last
    same = (value[0] < 0) == (last[0] < 0)
    ended = same & (low > 0) & (np.abs(last[0]) <= ENDS * np.abs(value[0]))
    return Edges(start, stop, firsts, lasts), ended
