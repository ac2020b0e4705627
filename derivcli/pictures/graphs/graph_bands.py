"""A graph in bands below each other, as a text is in lines: a wide one then fits a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from derivcli.pictures.graphs.graph_layout import Edge, Layout, layers_of, layout


@dataclass(frozen=True, slots=True)
class Band:
    """Nodes that stand beside each other, with the edges that end at them.

    `tags` are nodes of bands above that are read here; the layout has them as nodes. `onward` has the nodes that are
    read in bands below, and what reads them there.
    """

    nodes: tuple[str, ...]
    tags: tuple[str, ...]
    edges: tuple[Edge, ...]
    onward: Mapping[str, tuple[str, ...]]
    layout: Layout


def bands_of(names: Sequence[str], edges: Iterable[Edge], widths: Mapping[str, float], count: int) -> list[Band]:
    """The graph in so many bands of about the same width, or in fewer where it has not so many layers."""
    edges = list(dict.fromkeys(edges))
    places = _bands_of_layers(layers_of(names, edges), widths, count)
    return [_band(number, names, edges, places) for number in range(max(places.values(), default=-1) + 1)]


def _bands_of_layers(layers: Mapping[str, int], widths: Mapping[str, float], count: int) -> dict[str, int]:
    """The band of each node: that in which the middle of its layer lies, were all layers in one line."""
    wide = [0.0] * (max(layers.values(), default=-1) + 1)
    for name, layer in layers.items():
        wide[layer] = max(wide[layer], widths[name])
    total, left, found = sum(wide), 0.0, []
    for width in wide:
        found.append(int((left + width / 2) / total * count))
        left += width
    numbers = {band: number for number, band in enumerate(dict.fromkeys(found))}
    return {name: numbers[found[layer]] for name, layer in layers.items()}


def _band(number: int, names: Sequence[str], edges: Sequence[Edge], places: Mapping[str, int]) -> Band:
    nodes = [name for name in names if places[name] == number]
    ending = [edge for edge in edges if places[edge[1]] == number]
    tags = [name for name in names if any(edge[0] == name for edge in ending) and places[name] != number]
    onward: dict[str, list[str]] = {}
    for source, target in edges:
        if places[source] == number != places[target]:
            onward.setdefault(source, []).append(target)
    found = layout([*tags, *nodes], ending, tags)
    return Band(
        tuple(nodes), tuple(tags), tuple(ending), {name: tuple(readers) for name, readers in onward.items()}, found
    )
