"""A graph as one of Mermaid's flowcharts, which GitHub and others draw where it stands in Markdown."""

from __future__ import annotations

from derivcli.render.blocks import BOX_FILLS, Document, Style


def write_mermaid(document: Document, style: Style) -> str:
    """The graph as a flowchart.

    Nodes have ids of their own, since words such as `end` mean something there.
    """
    assert document.graph is not None, "a document of this kind has a graph"
    graph = document.graph()
    ids = {name: f"n{number}" for number, name in enumerate(graph.boxes)}
    lines = ["flowchart LR"]
    for name, box in graph.boxes.items():
        lines.append(f'  {ids[name]}["{"<br/>".join(box.lines)}"]')
    for (source, target), label in graph.edges.items():
        arrow = f'-->|"{label}"|' if label else "-.->"
        lines.append(f"  {ids[source]} {arrow} {ids[target]}")
    kinds = dict.fromkeys(box.kind for box in graph.boxes.values())
    for number, kind in enumerate(kinds):
        members = ",".join(ids[name] for name, box in graph.boxes.items() if box.kind == kind)
        lines.append(f"  classDef c{number} fill:{BOX_FILLS[kind]},stroke:#6b6b6b,color:#222222")
        lines.append(f"  class {members} c{number}")
    return "\n".join(lines) + "\n"
