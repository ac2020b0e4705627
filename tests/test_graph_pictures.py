"""Pictures of graphs: wide ones in bands, sizes in which letters can be read, colours, and no room taken twice."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

import pytest

from derivcli import DerivError, explain
from derivcli.pictures.graphs.draw_graph import draw_graph
from derivcli.pictures.graphs.graph_bands import bands_of
from derivcli.pictures.graphs.graph_colors import GRAPH_COLORS
from derivcli.pictures.graphs.graph_plan import ADVANCE, LABEL, TAG_HEIGHT, GraphPlan, plans_of
from derivcli.pictures.graphs.graph_sheet import MAX_WIDTH, sheet_in, sheet_of
from derivcli.pictures.look import THEMES, Look
from derivcli.render.blocks import Graph, Style
from derivcli.render.documents.ledger import ledger_graph
from tests.support import each
from tests.test_layout import drawn, faults

FORMULAS = {
    "narrow": "sin(x)*x + exp(y*x)",
    "wide": "exp(-(x-y)^2/(2*y^2))/(y*sqrt(2*pi))*(1+tanh(x+y)*sin(y*x))^3 + log(1+x^2+y^2)",
    "deep": "sin(cos(" * 14 + "x*y" + "))" * 14,
    "broad": "+".join(f"sin({number}x*y)" for number in range(2, 30)),
    "held": "if(x > 0, x^2*y, -x) + floor(y)*3",
    "constant": "3+0*x*y",
}


def graph_of(name: str, adjoints: bool = True) -> Graph:
    ledger = explain(FORMULAS[name], {"x": 2.0, "y": 3.0}, "x" if name == "held" else None, check=False)
    return ledger_graph(ledger, Style(), adjoints)


Frame = tuple[float, float, float, float]


def frames(plan: GraphPlan) -> dict[str, Frame]:
    """What each box, each name below one and each tag covers."""
    found = {}
    for placed in plan.boxes:
        (x, y), half, high = placed.middle, placed.width / 2, placed.height / 2
        found[placed.name] = x - half, y - high, x + half, y + high
        if placed.onward:
            length = (len(placed.onward) + 2) * LABEL / 72 * ADVANCE
            found[f"below {placed.name}"] = x + half - length, y + high + 0.03, x + half, y + high + 0.17
    for number, tag in enumerate(plan.tags):
        (x, y), half = tag.middle, tag.width / 2
        found[f"tag {number}"] = x - half, y - TAG_HEIGHT / 2, x + half, y + TAG_HEIGHT / 2
    return found


def plan_faults(plan: GraphPlan, graph: Graph) -> list[str]:
    """In what a plan is no drawing of its graph that one can read."""
    wrong = []
    covered = frames(plan)
    for (one, first), (other, second) in itertools.combinations(covered.items(), 2):
        if min(first[2], second[2]) > max(first[0], second[0]) and min(first[3], second[3]) > max(first[1], second[1]):
            wrong.append(f"{one} and {other} overlap")
    for name, (left, top, right, bottom) in covered.items():
        if min(left, top) < 0 or right > plan.width or bottom > plan.height:
            wrong.append(f"{name} is cut off")
    if sorted(placed.name for placed in plan.boxes) != sorted(graph.boxes):
        wrong.append("not each node has a box")
    if sorted(edge.edge for edge in plan.edges) != sorted(graph.edges):
        wrong.append("not each edge is drawn")
    places = {placed.name: placed.middle for placed in plan.boxes}
    for edge in plan.edges:
        source, target = edge.edge
        tags = [tag for tag in plan.tags if tag.name == source]
        starts = [(places[source], covered[source][2] - places[source][0])]
        starts += [(tag.middle, tag.width / 2) for tag in tags]
        x, y = edge.stations[0]
        if not any(abs(middle[0] + half - x) + abs(middle[1] - y) < 1e-9 for middle, half in starts):
            wrong.append(f"{edge.edge} does not start at its source")
        left, top, _, bottom = covered[target]
        x, y = edge.stations[-1]
        if abs(x - left) > 1e-9 or not top < y < bottom:
            wrong.append(f"{edge.edge} does not end at its target")
        if any(right < left - 1e-9 for (left, _), (right, _) in itertools.pairwise(edge.stations)):
            wrong.append(f"{edge.edge} goes back")
    return wrong


@each("name", FORMULAS)
def test_plans_can_be_read(name: str) -> None:
    graph = graph_of(name)
    for plan in itertools.islice(plans_of(graph), 4):
        assert plan_faults(plan, graph) == []
    sheet = sheet_of(graph)
    assert sheet.plan.width <= MAX_WIDTH
    assert sheet.plan.width <= sheet.size[0]


def test_faults_of_plans_are_seen() -> None:
    graph = graph_of("narrow")
    plan = next(plans_of(graph))
    object.__setattr__(plan.boxes[2], "middle", plan.boxes[3].middle)
    assert {fault.split()[-1] for fault in plan_faults(plan, graph)} >= {"overlap", "source", "target"}
    object.__setattr__(plan, "edges", plan.edges[1:])
    assert "not each edge is drawn" in plan_faults(plan, graph)


@each("seed", range(20))
def test_bands_share_out_a_graph(seed: int) -> None:
    names, edges = drawn(seed)
    bands = bands_of(names, edges, dict.fromkeys(names, 1.0), 3)
    assert sorted(name for band in bands for name in band.nodes) == sorted(names)
    assert sorted(edge for band in bands for edge in band.edges) == sorted(dict.fromkeys(edges))
    above: set[str] = set()
    for band in bands:
        assert above >= set(band.tags)
        assert faults(band.layout, list(band.edges), band.tags) == []
        above |= set(band.nodes)
    onward = {(source, target) for band in bands for source, readers in band.onward.items() for target in readers}
    assert onward == {edge for band in bands for edge in band.edges if edge[0] in band.tags}


def test_parts_that_nothing_joins_stand_close() -> None:
    plan = sheet_of(graph_of("wide")).plan
    spans = sorted((top, bottom) for _, top, _, bottom in frames(plan).values())
    spans += [(min(ys), max(ys)) for ys in ([y for _, y in edge.stations] for edge in plan.edges)]
    end = 0.0
    for top, bottom in sorted(spans):
        assert top - end < 1.0
        end = max(end, bottom)


@each("size", [(16.0, 9.0), (8.0, 11.0), (30.0, 5.0)])
def test_a_size_is_filled_and_letters_stay_readable(size: tuple[float, float]) -> None:
    sheet = sheet_in(graph_of("wide"), size)
    assert sheet.size == size
    assert sheet.scale >= 0.5
    wide, tall = sheet.plan.width * sheet.scale, sheet.plan.height * sheet.scale + sheet.heading.height
    assert wide <= size[0] + 1e-9
    assert tall <= size[1] + 1e-9
    assert max(wide / size[0], tall / size[1]) > 0.99


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(DerivError, match="cannot be read"):
        draw_graph(graph_of("deep"), "png", Look(size=(3.0, 2.0)))


def test_adjoints_can_be_left_out() -> None:
    graph, full = graph_of("narrow", adjoints=False), graph_of("narrow")
    assert not any("adjoint" in line for box in graph.boxes.values() for line in box.lines)
    assert graph.edges == full.edges
    assert b">adjoint" not in draw_graph(graph, "svg", Look())
    assert b">adjoint 806.858" in draw_graph(full, "svg", Look())


@each("theme", THEMES)
def test_every_part_is_seen_in_each_theme(theme: str) -> None:
    colors = GRAPH_COLORS[theme]
    grounds = [colors.background, *colors.fills.values()]
    assert min(contrast(ink, ground) for ink in (colors.ink, colors.grey, colors.adjoint) for ground in grounds) >= 4.5
    data = draw_graph(graph_of("held"), "svg", Look(theme=theme)).decode()
    assert colors.background in data
    assert (
        f'fill="{colors.background}"' not in draw_graph(graph_of("held"), "svg", Look(theme, transparent=True)).decode()
    )


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as the Web Content Accessibility Guidelines define it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_text_of_an_svg_is_text_with_a_title_and_a_description() -> None:
    graph = graph_of("held")
    root = ElementTree.fromstring(draw_graph(graph, "svg", Look(size=(12.0, 6.0))))
    space = "{http://www.w3.org/2000/svg}"
    texts = ["".join(each.itertext()) for each in root.iter(f"{space}text")]
    assert all(line in texts for box in graph.boxes.values() for line in box.lines)
    title, desc = root.findtext(f"{space}title") or "", root.findtext(f"{space}desc") or ""
    assert title.endswith("if(x > 0, x^2*y, -x) + floor(y)*3")
    assert re.search(r"\d+ nodes, inputs first; x = 2", desc)
