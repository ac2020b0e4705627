"""Drawings of graphs: where nodes and edges stand, and what is written into other programs' languages."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Collection
from itertools import pairwise

import pytest

from derivcli import explain
from derivcli.pictures.graphs.draw_graph import draw_graph
from derivcli.pictures.graphs.graph_layout import PASSING, Edge, Layout, layout
from derivcli.pictures.look import Look
from derivcli.pictures.picture_files import SUFFIXES
from derivcli.render.blocks import Style
from derivcli.render.documents.ledger import ledger_document, ledger_graph
from derivcli.render.format_table import write
from tests.support import each

SLACK = 1e-9


def drawn(seed: int) -> tuple[list[str], list[Edge]]:
    """A graph without cycles, drawn."""
    draw = random.Random(seed)
    names = [f"n{number}" for number in range(draw.randint(1, 30))]
    edges = [
        (names[source], names[target])
        for target in range(1, len(names))
        for source in draw.sample(range(target), min(target, draw.choice([0, 1, 2, 2, 3])))
    ]
    return names, edges


def faults(found: Layout, edges: list[Edge], low: Collection[str] = ()) -> list[str]:
    """In what a layout cannot be read, some of whose nodes are low."""
    wrong = []
    rows: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for name, (layer, height) in found.nodes.items():
        rows[layer].append((height, PASSING if name in low else 1.0))
    for edge in edges:
        points = found.edges[edge]
        if points[0] != found.nodes[edge[0]] or points[-1] != found.nodes[edge[1]]:
            wrong.append(f"{edge} does not join its nodes")
        if any(right[0] != left[0] + 1 for left, right in pairwise(points)):
            wrong.append(f"{edge} leaves out a layer or goes back")
        for layer, height in points[1:-1]:
            rows[layer].append((height, PASSING))
    for layer, row in rows.items():
        for (above, room), (below, other) in pairwise(sorted(row)):
            if below - above < (room + other) / 2 - SLACK:
                wrong.append(f"two things stand in one place of layer {layer}")
    return wrong


def crossings(found: Layout) -> int:
    """How often edges cross between neighbouring layers."""
    spans = [(left[0], left[1], right[1]) for points in found.edges.values() for left, right in pairwise(points)]
    return sum(
        one[0] == other[0] and (one[1] - other[1]) * (one[2] - other[2]) < -SLACK
        for number, one in enumerate(spans)
        for other in spans[:number]
    )


@each("seed", range(40))
def test_nothing_stands_in_the_way(seed: int) -> None:
    names, edges = drawn(seed)
    found = layout(names, edges)
    assert faults(found, edges) == []
    assert found == layout(names, edges)


def test_faults_are_seen() -> None:
    names, edges = ["a", "b", "c"], [("a", "c"), ("b", "c")]
    good = layout(names, edges)
    nodes = {**good.nodes, "b": good.nodes["a"]}
    moved = {edge: [nodes[edge[0]], *points[1:]] for edge, points in good.edges.items()}
    assert faults(Layout(nodes, moved), edges)
    assert faults(Layout(good.nodes, {**good.edges, ("a", "c"): good.edges["b", "c"]}), edges)


def test_crossings_that_need_not_be_are_not() -> None:
    names = ["a", "b", "c", "d", "e", "f", "g"]
    edges = [("a", "f"), ("b", "e"), ("c", "d"), ("d", "g"), ("e", "g"), ("f", "g")]
    assert crossings(layout(names, edges)) == 0
    crossed: dict[Edge, list[tuple[int, float]]] = {("a", "d"): [(0, 0), (1, 1)], ("b", "c"): [(0, 1), (1, 0)]}
    assert crossings(Layout({}, crossed)) == 1


def test_what_reads_nothing_stands_right_before_its_reader() -> None:
    found = layout(["a", "b", "c", "d"], [("a", "c"), ("c", "d"), ("b", "d")])
    assert found.nodes["b"][0] == 1
    assert found.nodes["d"][0] == 2


def test_dot_and_mermaid_name_what_they_join() -> None:
    ledger = explain("sin(end*x)^2 - x*x/3", {"end": 2, "x": 3}, "x")
    document = ledger_document(ledger, Style())
    dot = write(document, "dot", Style())
    assert set(re.findall(r'^  "(\w+)" \[', dot, re.MULTILINE)) == set(ledger.by_name)
    assert re.findall(r'^  "(\w+)" -> "(\w+)"', dot, re.MULTILINE) == [*ledger_graph(ledger, Style()).edges]
    chart = write(document, "mermaid", Style())
    ids = re.findall(r'^  (n\d+)\["', chart, re.MULTILINE)
    assert len(ids) == len(ledger.nodes)
    joined = re.findall(r"^  (n\d+) -.*> ?.*?(n\d+)$", chart, re.MULTILINE)
    assert {part for edge in joined for part in edge} == set(ids)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_picture_depends_on_nothing_else(suffix: str) -> None:
    ledger = explain("sin(x)*x", {"x": 3})
    graph = ledger_graph(ledger, Style())
    assert draw_graph(graph, suffix, Look()) == draw_graph(graph, suffix, Look())


@pytest.mark.parametrize("text", ["x", "3", "x*x", "if(x > 0, x^2, -x)", "x_1*alpha*x"])
def test_every_graph_can_be_drawn(text: str) -> None:
    at = {name: [2.0, -1.0] for name in ("x", "x_1", "alpha") if name in text or name == "x"}
    ledger = explain(text, at, list(at), paired=True, check=False)
    assert draw_graph(ledger_graph(ledger, Style()), "svg", Look()).startswith(b"<?xml")
