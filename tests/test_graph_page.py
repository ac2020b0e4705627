"""The page of a graph in a real browser: what lights up by mouse and keyboard, and that it needs nothing else."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from derivcli import explain
from derivcli.pictures.graphs.draw_graph import draw_graph
from derivcli.pictures.look import Look
from derivcli.render.blocks import Graph, Style
from derivcli.render.documents.ledger import ledger_graph
from tests.test_graph_pictures import graph_of

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

ACTS = """
const nodes = [...document.querySelectorAll(".node")];
const said = () => document.getElementById("said").textContent;
const on = (kind) => [...document.querySelectorAll(kind)].map((each) => each.classList.contains("on"));
const state = () => ({ nodes: on(".node"), edges: on(".edge"), tags: on(".tag"), said: said(),
  focus: nodes.indexOf(document.activeElement), pinned: nodes.findIndex((each) => each.ariaPressed === "true") });
const key = (name) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
const mouse = (id, kind) => nodes[id].dispatchEvent(new MouseEvent(kind, { bubbles: kind === "click" }));
const found = { start: state() };
nodes.forEach((_, id) => { mouse(id, "pointerenter"); found[`over ${id}`] = state(); mouse(id, "pointerleave"); });
found.left = state();
mouse(2, "click"); found.clicked = state();
mouse(2, "click"); found.unclicked = state();
nodes.at(-1).focus(); found.focused = state();
key("ArrowLeft"); found.before = state();
key("Enter"); key("Home"); found.kept = state();
key("Escape"); found.escaped = state();
const theme = document.getElementById("theme");
const ground = () => getComputedStyle(document.body).backgroundColor;
found.grounds = [ground(), (theme.click(), ground()), (theme.click(), ground())];
found.names = nodes.map((each) => [each.getAttribute("role"), each.getAttribute("aria-label")]);
found.entries = nodes.filter((each) => each.tabIndex === 0).length;
found.loaded = performance.getEntriesByType("resource").length;
console.assert(found.names.length > 0);
const told = document.createElement("pre");
told.id = "told";
told.textContent = JSON.stringify(found);
document.body.append(told);
"""


def in_browser(page: str, folder: Path, script: str = ACTS) -> tuple[dict, str]:  # type: ignore[type-arg]
    """What a script finds that runs at the end of a page, and what the console says."""
    assert BROWSER is not None, "the test is skipped without one"
    target = folder / "page.html"
    target.write_text(page.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
    words = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    words += ["--enable-logging=stderr", "--dump-dom", target.as_uri()]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
    console = "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)
    told = re.search(r'<pre id="told">(.*?)</pre>', done.stdout, re.DOTALL)
    text = told.group(1) if told else "{}"
    for entity, sign in {"&lt;": "<", "&gt;": ">", "&nbsp;": "\xa0", "&amp;": "&"}.items():
        text = text.replace(entity, sign)
    return json.loads(text), console


def path_of(graph: Graph, name: str) -> set[str]:
    """The nodes that light up: what a node is made of; of an input what is made of it."""
    down = bool(graph.boxes[name].inputs)
    steps = {part: box.inputs for part, box in graph.boxes.items()}
    if not down:
        steps = {part: [each for each, box in graph.boxes.items() if part in box.inputs] for part in graph.boxes}
    found = {name}
    while more := {each for part in found for each in steps[part]} - found:
        found |= more
    return found


needs_browser = pytest.mark.skipif(BROWSER is None, reason="there is no browser")


@needs_browser
def test_paths_light_up_by_mouse_and_keyboard(tmp_path: Path) -> None:
    graph = graph_of("wide")
    found, console = in_browser(draw_graph(graph, "html", Look(size=(7.0, 5.0))).decode(), tmp_path)
    assert console == ""
    assert found["loaded"] == 0
    assert found["entries"] == 1
    names = list(graph.boxes)
    for number, name in enumerate(names):
        state, path = found[f"over {number}"], path_of(graph, name)
        assert {each for each, lit in zip(names, state["nodes"], strict=True) if lit} == path
        assert sum(state["edges"]) == sum(source in path and target in path for source, target in graph.edges)
        assert state["said"].startswith(graph.boxes[name].summary)
    assert any(any(found[f"over {number}"]["tags"]) for number in range(len(names)))
    for quiet in ("start", "left", "escaped"):
        assert not any(found[quiet]["nodes"] + found[quiet]["edges"] + found[quiet]["tags"])
    assert (found["clicked"]["pinned"], found["unclicked"]["pinned"]) == (2, -1)
    last = len(names) - 1
    assert found["focused"]["nodes"] == found[f"over {last}"]["nodes"]
    before = found["before"]["focus"]
    assert names[before] in graph.boxes[names[last]].inputs
    assert (found["kept"]["pinned"], found["kept"]["focus"]) == (before, 0)
    assert found["kept"]["nodes"] == found[f"over {before}"]["nodes"]
    light, dark, again = found["grounds"]
    assert light == again != dark
    assert {role for role, _ in found["names"]} == {"button"}


@needs_browser
def test_what_a_user_types_is_text(tmp_path: Path) -> None:
    ledger = explain("if(x < 1 and x > -2, x^2, -x)", {"x": 0.5}, check=False)
    graph = ledger_graph(ledger, Style())
    evil = "<img src=x onerror=document.title=1>&\"'</script>"
    graph = Graph([(evil, graph.title[0][1])], graph.note, graph.boxes, graph.edges, graph.root)
    script = (
        "const told = document.createElement('pre'); told.id = 'told'; told.textContent = JSON.stringify("
        "{heads: [...document.querySelectorAll('h1')].map((each) => each.textContent), images: document.images.length,"
        " title: document.title}); document.body.append(told);"
    )
    found, console = in_browser(draw_graph(graph, "html", Look()).decode(), tmp_path, script)
    title = f"{evil} = {graph.title[0][1]}"
    assert found == {"heads": [title], "images": 0, "title": title}
    assert console == ""


@needs_browser
def test_an_error_of_a_page_is_seen(tmp_path: Path) -> None:
    page = draw_graph(graph_of("narrow"), "html", Look()).decode()
    assert "nothing_there" in in_browser(page.replace('"use strict";', "nothing_there();"), tmp_path)[1]
    broken = page.replace("pointed ?? pinned ?? focused", "null")
    found, console = in_browser(broken, tmp_path)
    assert console == ""
    assert not any(found["over 1"]["nodes"])


def test_a_page_loads_nothing() -> None:
    page = draw_graph(graph_of("held"), "html", Look()).decode()
    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|href)=|url\(|@import|https?://(?!www\.w3\.org/2000/svg)", page)
