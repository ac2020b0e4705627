"""A ledger as a graph for other programs to draw: Graphviz's DOT, and Mermaid's flowcharts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from derivcli.render.columns import Style
from derivcli.render.ledger import equation_of, numbers_text

if TYPE_CHECKING:
    from derivcli.explain.ledger import Ledger, Node

LEAF, RESULT, INNER, FIXED = "#e3f0fb", "#fdeed9", "#ffffff", "#f3f3f3"
"""What boxes are filled with: leaves with a gradient, the result, what lies between, what is held fixed."""


def write_dot(ledger: Ledger, style: Style) -> str:
    """The graph in DOT."""
    title = "; ".join(f"{left} = {right}" for left, right in equation_of(ledger))
    lines = [
        "digraph ledger {",
        "  rankdir=LR;",
        f'  label="{title}"; labelloc=t;',
        '  node [shape=box, style="rounded,filled", fontname="monospace"];',
        '  edge [fontname="monospace", fontsize=10];',
    ]
    for node in ledger.nodes:
        text = r"\n".join(box_lines(node, style))
        lines.append(f'  "{node.name}" [label="{text}", fillcolor="{color_of(node, ledger)}"];')
    lines += [f'  "{source}" -> "{target}" [label="{label}"];' for source, target, label in edges_of(ledger, style)]
    return "\n".join([*lines, "}"]) + "\n"


def write_mermaid(ledger: Ledger, style: Style) -> str:
    """The graph as a flowchart, which GitHub and others draw where it stands in Markdown.

    Nodes have ids of their own, since words such as `end` mean something there.
    """
    ids = {node.name: f"n{number}" for number, node in enumerate(ledger.nodes)}
    lines = ["flowchart LR"]
    for node in ledger.nodes:
        lines.append(f'  {ids[node.name]}["{"<br/>".join(box_lines(node, style))}"]')
    for source, target, label in edges_of(ledger, style):
        arrow = f'-->|"{label}"|' if label else "-.->"
        lines.append(f"  {ids[source]} {arrow} {ids[target]}")
    colors = {node.name: color_of(node, ledger) for node in ledger.nodes}
    for number, color in enumerate(dict.fromkeys(colors.values())):
        members = ",".join(ids[name] for name, own in colors.items() if own == color)
        lines.append(f"  classDef c{number} fill:{color},stroke:#6b6b6b,color:#222222")
        lines.append(f"  class {members} c{number}")
    return "\n".join(lines) + "\n"


def box_lines(node: Node, style: Style) -> list[str]:
    """What stands in a node's box: how it is made, its value, its adjoint if the pass comes by."""
    made = f"{node.name} = {node.operation}" if node.operation else node.name
    lines = [made, numbers_text(node.value, style)]
    return [*lines, f"adjoint {numbers_text(node.adjoint, style)}"] if node.adjoint is not None else lines


def color_of(node: Node, ledger: Ledger) -> str:
    """What a node's box is filled with."""
    if node.name == ledger.output:
        return RESULT
    if not node.requires_grad:
        return FIXED
    return LEAF if node.is_leaf else INNER


def edges_of(ledger: Ledger, style: Style) -> Iterator[tuple[str, str, str]]:
    """Each edge from what is read to what reads it, with its local derivative; "" where no gradient goes."""
    for node in ledger.nodes:
        slopes: dict[str, list[str]] = {part: [] for part in node.inputs if part in ledger.by_name}
        for local in node.locals:
            slopes[local.of].append(numbers_text(local.value, style))
        for part, labels in slopes.items():
            yield part, node.name, " + ".join(labels)
