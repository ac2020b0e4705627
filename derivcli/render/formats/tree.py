"""A graph as a tree of lines, from the result down to the variables."""

from __future__ import annotations

from derivcli.render.blocks import Document, Style

MAX_DEPTH = 30
"""Levels of a tree that are drawn; what lies deeper is in the table."""

BRANCHES = {True: ("│  ", "├─ ", "└─ ", "   "), False: ("|  ", "+- ", "`- ", "   ")}
"""With Unicode and without: beside a branch that goes on, at a child, at the last child, below it."""


def write_tree(document: Document, style: Style) -> str:
    """The graph; a node that was shown above is not opened again."""
    assert document.graph is not None, "a document of this kind has a graph"
    graph = document.graph()
    lines = [*(f"{left} = {right}" for left, right in graph.title), ""]
    down, branch, last, through = BRANCHES[style.unicode]
    shown: set[str] = set()
    waiting = [(graph.root, "", "")]
    while waiting:
        name, before, margin = waiting.pop()
        children = graph.boxes[name].inputs
        is_above = name in shown and bool(children)
        lines.append(before + graph.boxes[name].summary + "  (above)" * is_above)
        shown.add(name)
        if children and not is_above and len(margin) >= MAX_DEPTH * len(down):
            lines.append(f"{margin}{last}{'…' if style.unicode else '...'} deeper: see --format table")
            continue
        for place, child in enumerate(() if is_above else children[::-1]):
            waiting.append((child, margin + (branch if place else last), margin + (down if place else through)))
    return "\n".join(lines) + "\n"
