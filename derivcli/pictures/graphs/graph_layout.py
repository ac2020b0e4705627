"""Where the nodes of a graph stand in a drawing: in layers from left to right, with few crossings and short edges.

The steps are those of K. Sugiyama, S. Tagawa and M. Toda, Methods for visual understanding of hierarchical system
structures, IEEE Transactions on Systems, Man, and Cybernetics 11 (1981): layers by longest paths, places in them by
barycentres; then heights as near to the neighbours as the order allows.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

Edge: TypeAlias = tuple[str, str]
"""From the node that is read to the node that reads it."""

Point: TypeAlias = tuple[int, float]
"""A layer, and a height in units of one node."""

Item: TypeAlias = "str | tuple[Edge, int]"
"""What stands in a layer: a node, or an edge that passes through."""

SWEEPS = 12
"""Times that the layers are put in order, forth and back; more change nothing in graphs that one can read."""

PASSING = 0.55
"""The height that an edge needs between nodes, and a node that is low."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of nodes, and the points that each edge runs through, its ends included."""

    nodes: Mapping[str, Point]
    edges: Mapping[Edge, Sequence[Point]]


def layout(names: Sequence[str], edges: Iterable[Edge], low: Collection[str] = ()) -> Layout:
    """The layout of a graph without cycles, whose nodes are given in an order in which each follows those it reads.

    Those that are `low` need less room.
    """
    edges = list(dict.fromkeys(edges))
    layers = layers_of(names, edges)
    chains = {edge: _chain(edge, layers) for edge in edges}
    rows: list[list[Item]] = [[] for _ in range(max(layers.values(), default=0) + 1)]
    for name in names:
        rows[layers[name]].append(name)
    for edge, chain in chains.items():
        for place, item in enumerate(chain[1:-1], start=layers[edge[0]] + 1):
            rows[place].append(item)
    before, behind = _neighbours(chains.values())
    _order(rows, before, behind)
    heights = _closed(_heights(rows, before, behind, low), chains.values(), low)
    places = {item: (number, heights[item]) for number, row in enumerate(rows) for item in row}
    return Layout(
        {name: places[name] for name in names},
        {edge: [places[item] for item in chain] for edge, chain in chains.items()},
    )


def layers_of(names: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """The layer of each node: behind all that it reads, and right before its first reader."""
    read: dict[str, list[str]] = defaultdict(list)
    readers: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        read[target].append(source)
        readers[source].append(target)
    layers: dict[str, int] = {}
    for name in names:
        layers[name] = max((layers[part] + 1 for part in read[name]), default=0)
    for name in reversed(names):
        if readers[name]:
            layers[name] = min(layers[reader] for reader in readers[name]) - 1
    return layers


def _chain(edge: Edge, layers: Mapping[str, int]) -> list[Item]:
    source, target = edge
    return [source, *((edge, layer) for layer in range(layers[source] + 1, layers[target])), target]


def _neighbours(chains: Iterable[Sequence[Item]]) -> tuple[dict[Item, list[Item]], dict[Item, list[Item]]]:
    """What each item is joined to in the layer before, and in the one behind."""
    before: dict[Item, list[Item]] = defaultdict(list)
    behind: dict[Item, list[Item]] = defaultdict(list)
    for chain in chains:
        for left, right in itertools.pairwise(chain):
            before[right].append(left)
            behind[left].append(right)
    return before, behind


def _order(rows: Sequence[list[Item]], before: Mapping[Item, list[Item]], behind: Mapping[Item, list[Item]]) -> None:
    """Sort every layer by the mean place of its neighbours, forth and back."""
    for sweep in range(SWEEPS):
        forth = sweep % 2 == 0
        neighbours = before if forth else behind
        for number in range(1, len(rows)) if forth else range(len(rows) - 2, -1, -1):
            positions = {item: place for place, item in enumerate(rows[number - 1 if forth else number + 1])}
            defaults = {item: float(place) for place, item in enumerate(rows[number])}
            means = {
                item: _mean([positions[each] for each in neighbours.get(item, ())], default)
                for item, default in defaults.items()
            }
            rows[number].sort(key=means.__getitem__)


def _heights(
    rows: Sequence[Sequence[Item]],
    before: Mapping[Item, list[Item]],
    behind: Mapping[Item, list[Item]],
    low: Collection[str],
) -> dict[Item, float]:
    """The height of each item: as near to the mean of its neighbours as the order and the distances allow."""
    heights: dict[Item, float] = {}
    for row in rows:
        heights |= _spread(row, [0.0] * len(row), low)
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wished = [
                _mean([heights[each] for each in (*before.get(item, ()), *behind.get(item, ()))], heights[item])
                for item in row
            ]
            heights |= _spread(row, wished, low)
    return heights


def _spread(row: Sequence[Item], wished: Sequence[float], low: Collection[str]) -> dict[Item, float]:
    """Heights in the row's order, at least their distance apart, with the least sum of squares from those wished for.

    Less the distances it is isotonic regression.
    """
    from scipy.optimize import isotonic_regression

    rooms = np.array([_room(item, low) for item in row])
    offsets = np.concatenate([[0.0], np.cumsum((rooms[1:] + rooms[:-1]) / 2)])
    heights = isotonic_regression(np.asarray(wished) - offsets).x + offsets
    return dict(zip(row, heights.tolist(), strict=True))


def _closed(heights: Mapping[Item, float], chains: Iterable[Sequence[Item]], low: Collection[str]) -> dict[Item, float]:
    """The heights without gaps across the whole drawing, such as parts leave that nothing joins."""
    spans = [(height - _room(item, low) / 2, height + _room(item, low) / 2) for item, height in heights.items()]
    for left, right in (pair for chain in chains for pair in itertools.pairwise(chain)):
        spans.append((min(heights[left], heights[right]), max(heights[left], heights[right])))
    spans.sort()
    gaps, end = [], spans[0][1] if spans else 0.0
    for low_end, high_end in spans:
        if low_end > end:
            gaps.append((low_end, low_end - end))
        end = max(end, high_end)
    return {item: height - sum(gap for above, gap in gaps if above <= height) for item, height in heights.items()}


def _room(item: Item, low: Collection[str]) -> float:
    """The height that an item needs, in units of one node."""
    return 1.0 if isinstance(item, str) and item not in low else PASSING


def _mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else default
