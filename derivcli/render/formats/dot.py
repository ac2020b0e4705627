"""A graph in Graphviz's DOT."""

from __future__ import annotations

from derivcli.render.blocks import BOX_FILLS, Document, Style


def write_dot(document: Document, style: Style) -> str:
    """The graph in DOT."""
    assert document.graph is not None, "a document of this kind has a graph"
    graph = document.graph()
    title = "; ".join(f"{left} = {right}" for left, right in graph.title)
    lines = [
        "digraph ledger {",
        "  rankdir=LR;",
        f'  label="{title}"; labelloc=t;',
        '  node [shape=box, style="rounded,filled", fontname="monospace"];',
        '  edge [fontname="monospace", fontsize=10];',
    ]
    texts = {name: r"\n".join(box.lines) for name, box in graph.boxes.items()}
    lines += [
        f'  "{name}" [label="{texts[name]}", fillcolor="{BOX_FILLS[box.kind]}"];' for name, box in graph.boxes.items()
    ]
    lines += [f'  "{source}" -> "{target}" [label="{label}"];' for (source, target), label in graph.edges.items()]
    return "\n".join([*lines, "}"]) + "\n"
