"""The page of a graph in a real browser: what lights up by mouse and keyboard, and that it needs nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from derivcli import explain
from derivcli.pictures.graphs.draw_graph import draw_graph
from derivcli.pictures.look import Look
from derivcli.render.blocks import Graph, Style
from derivcli.render.documents.ledger import ledger_graph
from tests.browser import CHROMIUM, Browser, Tab, running
from tests.test_graph_pictures import graph_of

needs_browser = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")

STATE = """(() => {
  const nodes = [...document.querySelectorAll(".node")];
  const on = (kind) => [...document.querySelectorAll(kind)].map((each) => each.classList.contains("on"));
  return { nodes: on(".node"), edges: on(".edge"), tags: on(".tag"), focus: nodes.indexOf(document.activeElement),
    said: document.getElementById("said").textContent, ground: getComputedStyle(document.body).backgroundColor,
    pinned: nodes.findIndex((each) => each.ariaPressed === "true") };
})()"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running() as found:
        yield found


def opened(browser: Browser, text: str, folder: Path, dark: bool = False) -> Tab:
    """A page in a tab."""
    target = folder / "page.html"
    target.write_text(text, encoding="utf-8")
    return browser.open(target, dark=dark)


def middle(tab: Tab, number: int) -> tuple[float, float]:
    """Where a node is on the screen, after it was scrolled there."""
    place = tab.run(
        f"(() => {{ const node = document.querySelectorAll('.node')[{number}];"
        " node.scrollIntoView({block: 'center', inline: 'center'}); const box = node.getBoundingClientRect();"
        " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
    )
    return place[0], place[1]


def click(tab: Tab, x: float, y: float) -> None:
    tab.mouse("mouseMoved", x, y)
    tab.mouse("mousePressed", x, y, held=True)
    tab.mouse("mouseReleased", x, y)


def path_of(graph: Graph, name: str) -> set[str]:
    """The nodes that light up: what a node is made of; of an input what is made of it."""
    steps = {part: box.inputs for part, box in graph.boxes.items()}
    if not graph.boxes[name].inputs:
        steps = {part: [each for each, box in graph.boxes.items() if part in box.inputs] for part in graph.boxes}
    found = {name}
    while more := {each for part in found for each in steps[part]} - found:
        found |= more
    return found


def state_faults(graph: Graph, name: str, state: dict[str, Any]) -> list[str]:
    """In what not the path of a node lights up, or something else is told."""
    path = path_of(graph, name)
    wrong = []
    if {each for each, lit in zip(graph.boxes, state["nodes"], strict=True) if lit} != path:
        wrong.append("other nodes are lit")
    if sum(state["edges"]) != sum(source in path and target in path for source, target in graph.edges):
        wrong.append("other edges are lit")
    if not state["said"].startswith(graph.boxes[name].summary):
        wrong.append("another node is told of")
    return wrong


def is_dull(state: dict[str, Any]) -> bool:
    return not any(state["nodes"] + state["edges"] + state["tags"])


@needs_browser
def test_paths_light_up_by_mouse_and_keyboard(browser: Browser, tmp_path: Path) -> None:
    graph = graph_of("wide")
    names = list(graph.boxes)
    tab = opened(browser, draw_graph(graph, "html", Look(size=(7.0, 5.0))).decode(), tmp_path)
    assert is_dull(tab.run(STATE))
    tagged = False
    for number, name in enumerate(names):
        tab.mouse("mouseMoved", *middle(tab, number))
        state = tab.run(STATE)
        assert state_faults(graph, name, state) == []
        tagged = tagged or any(state["tags"])
    assert tagged
    click(tab, *middle(tab, 2))
    tab.mouse("mouseMoved", 2, 2)
    state = tab.run(STATE)
    assert (state["pinned"], state_faults(graph, names[2], state)) == (2, [])
    click(tab, 2, 2)
    assert is_dull(tab.run("document.activeElement.blur()") or tab.run(STATE))
    for _ in range(2):
        tab.key("Tab")
    state = tab.run(STATE)
    assert (state["focus"], state_faults(graph, names[2], state)) == (2, [])
    tab.key("End")
    tab.key("ArrowLeft")
    before = tab.run(STATE)["focus"]
    assert names[before] in graph.boxes[names[-1]].inputs
    tab.key("Enter")
    tab.key("Home")
    state = tab.run(STATE)
    assert (state["focus"], state["pinned"], state_faults(graph, names[before], state)) == (0, before, [])
    tab.key("Escape")
    assert is_dull(tab.run(STATE))
    assert tab.troubles() == []
    assert [each for each in tab.requests() if not each.startswith("file:")] == []
    assert len(tab.requests()) == 1
    tab.close()


@needs_browser
def test_light_and_dark(browser: Browser, tmp_path: Path) -> None:
    page = draw_graph(graph_of("narrow"), "html", Look()).decode()
    grounds = []
    for dark in (False, True):
        tab = opened(browser, page, tmp_path, dark)
        grounds.append(tab.run(STATE)["ground"])
        tab.run("document.getElementById('theme').click()")
        grounds.append(tab.run(STATE)["ground"])
        tab.close()
    assert grounds == ["rgb(255, 255, 255)", "rgb(21, 24, 29)", "rgb(21, 24, 29)", "rgb(255, 255, 255)"]


@needs_browser
def test_what_a_user_types_is_text(browser: Browser, tmp_path: Path) -> None:
    ledger = explain("if(x < 1 and x > -2, x^2, -x)", {"x": 0.5}, check=False)
    graph = ledger_graph(ledger, Style())
    evil = "<img src=x onerror=document.title=1>&\"'</script>"
    graph = Graph([(evil, graph.title[0][1])], graph.note, graph.boxes, graph.edges, graph.root)
    tab = opened(browser, draw_graph(graph, "html", Look()).decode(), tmp_path)
    title = f"{evil} = {graph.title[0][1]}"
    assert (tab.text("h1"), tab.run("document.title"), tab.run("document.images.length")) == (title, title, 0)
    assert tab.troubles() == []
    tab.close()


@needs_browser
def test_faults_of_a_page_are_seen(browser: Browser, tmp_path: Path) -> None:
    graph = graph_of("narrow")
    page = draw_graph(graph, "html", Look()).decode()
    ready = 'root.dataset.ready = "yes";'
    assert ready in page
    broken = page.replace("down ? inputs : readers", "inputs").replace(ready, f"{ready} nothing();")
    tab = opened(browser, broken, tmp_path)
    assert "nothing is not defined" in json.dumps(tab.troubles())
    tab.mouse("mouseMoved", *middle(tab, 0))
    assert state_faults(graph, "x", tab.run(STATE)) == ["other nodes are lit", "other edges are lit"]
    tab.close()


def test_a_page_loads_nothing() -> None:
    page = draw_graph(graph_of("held"), "html", Look()).decode()
    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|href)=|url\(|@import|https?://(?!www\.w3\.org/2000/svg)", page)
