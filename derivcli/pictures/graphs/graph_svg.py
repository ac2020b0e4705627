"""The plan of a graph as SVG whose texts are texts, coordinates in points."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from derivcli.errors import visible
from derivcli.pictures.graphs.graph_colors import GRAPH_COLORS, GraphColors
from derivcli.pictures.graphs.graph_plan import (
    HEAD,
    LABEL,
    LETTERS,
    LINE,
    MARGIN,
    PADDING,
    TAG_HEIGHT,
    GraphPlan,
    PlacedBox,
    PlacedEdge,
    PlacedTag,
)
from derivcli.pictures.graphs.graph_sheet import NOTE_LINE, TOP, GraphSheet, title_of

if TYPE_CHECKING:
    from derivcli.pictures.look import Look
    from derivcli.render.blocks import Graph

MONO = "'DejaVu Sans Mono', Menlo, Consolas, monospace"
SERIF = "'STIX Two Text', STIXGeneral, 'Times New Roman', serif"

MAX_NODES_TOLD = 40
"""Nodes of a graph that its description names."""

DOWN = 0.35
"""How far below their middle letters stand, in units of their height."""


def svg_file(graph: Graph, sheet: GraphSheet, look: Look) -> str:
    """The sheet as a file of its own."""
    (width, height), plan, scale = sheet.size, sheet.plan, sheet.scale
    colors = GRAPH_COLORS[look.theme]
    left = (width - plan.width * scale) / 2 if scale != 1 else 0
    ground = "" if look.transparent else f'<rect width="100%" height="100%" fill="{colors.background}"/>\n'
    move = f"translate({_points(left)} {_points(sheet.heading.height)}) scale({scale:.4f})"
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_points(width)}pt" height="{_points(height)}pt" '
        f'viewBox="0 0 {_points(width)} {_points(height)}" role="img" aria-labelledby="title desc">\n'
        f'<title id="title">{escape(title_of(graph))}</title>\n<desc id="desc">{escape(description(graph))}</desc>\n'
        f"<style>\n{rules(colors)}</style>\n{ground}{_heading(sheet)}"
        f'<g transform="{move}">\n{shapes(plan)}</g>\n</svg>\n'
    )


def description(graph: Graph) -> str:
    """The graph for who cannot see it: its nodes one after the other."""
    boxes = [box.summary for box in graph.boxes.values()]
    more = [f"and {len(boxes) - MAX_NODES_TOLD} more"] if len(boxes) > MAX_NODES_TOLD else []
    count = f"{len(boxes)} node{'s' * (len(boxes) != 1)}"
    return visible("; ".join([f"A computational graph of {count}, inputs first", *boxes[:MAX_NODES_TOLD], *more]))


def rules(colors: GraphColors) -> str:
    """The style sheet of a drawing, in the colours of a theme or in names that stand for them."""
    fills = "".join(f".{kind} rect {{ fill: {fill}; }}\n" for kind, fill in colors.fills.items())
    return (
        f"text {{ font: {LETTERS:g}px {MONO}; text-anchor: middle; fill: {colors.ink}; white-space: pre; }}\n"
        f".title {{ font: 14px {SERIF}; text-anchor: start; }}\n"
        f".note {{ font: 9.5px {SERIF}; text-anchor: start; fill: {colors.grey}; }}\n"
        f".node rect {{ stroke: {colors.grey}; stroke-width: 0.9; }}\n{fills}"
        f".node.result rect {{ stroke-width: 1.6; }}\n.node.pale rect {{ stroke: {colors.faint}; }}\n"
        f".value {{ fill: {colors.grey}; }}\n.adjoint {{ fill: {colors.adjoint}; }}\n"
        f".onward {{ font-size: {LABEL:g}px; text-anchor: end; fill: {colors.grey}; }}\n"
        f".tag rect {{ fill: {colors.background}; stroke: {colors.grey}; stroke-width: 0.7; stroke-dasharray: 2 2; }}\n"
        f".tag text {{ font-size: {LABEL:g}px; fill: {colors.grey}; }}\n"
        f".edge path {{ fill: none; stroke: {colors.grey}; }}\n.edge polygon {{ fill: {colors.grey}; }}\n"
        f".edge.pale path {{ stroke: {colors.faint}; }}\n.edge.pale polygon {{ fill: {colors.faint}; }}\n"
        f".edge text {{ font-size: {LABEL:g}px; text-anchor: end; stroke: {colors.background}; stroke-width: 3; "
        "paint-order: stroke; }\n"
    )


def shapes(plan: GraphPlan, said: Mapping[str, str] | None = None) -> str:
    """The drawing without its frame.

    Where there is something to be `said` of each node, they can be pointed at, in the order in which they are
    computed, and each part tells which nodes it belongs to.
    """
    said = said or {}
    numbers = {name: number for number, name in enumerate(said)}
    lines = [_edge(edge, numbers) for edge in plan.edges]
    lines += [_tag(tag, numbers) for tag in plan.tags]
    placed = {box.name: box for box in plan.boxes}
    lines += [_box(placed[name], said) for name in said or placed]
    return "\n".join(lines) + "\n"


def _heading(sheet: GraphSheet) -> str:
    height, lines = TOP, []
    styles = [(line.text, "title", 14.0, line.height) for line in sheet.heading.title]
    for text, kind, letters, room in [*styles, *((line, "note", 9.5, NOTE_LINE) for line in sheet.heading.note)]:
        place = f'x="{_points(MARGIN)}" y="{_points(height + 0.8 * letters / 72)}"'
        lines.append(f'<text class="{kind}" {place}>{escape(text)}</text>\n')
        height += room
    return "".join(lines)


def _box(placed: PlacedBox, said: Mapping[str, str]) -> str:
    box, (x, y) = placed.box, placed.middle
    kinds = f"node {box.kind}{' pale' * box.is_pale}"
    text = escape(visible(said.get(placed.name, "")))
    live = f' tabindex="-1" role="button" aria-label="{text}" data-said="{text}"' if said else ""
    parts = [f'<g class="{kinds}"{live}>', _frame(placed.middle, placed.width, placed.height, 0.07)]
    for number, (line, kind) in enumerate(zip(box.lines, ("made", "value", "adjoint"), strict=False)):
        middle = y - placed.height / 2 + PADDING / 2 + (number + 0.5) * LINE
        parts.append(_text(line, (x, middle), LETTERS, kind))
    if placed.onward:
        place = x + placed.width / 2, y + placed.height / 2 + 0.1
        parts.append(_text(f"↳ {placed.onward}", place, LABEL, "onward"))
    return "".join([*parts, "</g>"])


def _tag(tag: PlacedTag, numbers: Mapping[str, int]) -> str:
    live = f' data-id="{numbers[tag.name]}"' if numbers else ""
    frame = _frame(tag.middle, tag.width, TAG_HEIGHT, 0.05)
    return f'<g class="tag"{live}>{frame}{_text(tag.name, tag.middle, LABEL)}</g>'


def _edge(edge: PlacedEdge, numbers: Mapping[str, int]) -> str:
    source, target = edge.edge
    live = f' data-from="{numbers[source]}" data-to="{numbers[target]}"' if numbers else ""
    curve = " ".join("C" + " ".join(f"{_points(x)} {_points(y)}" for x, y in piece) for piece in edge.curve)
    (x0, y0), (x, y) = edge.stations[0], edge.stations[-1]
    head = " ".join(
        f"{_points(left)},{_points(high)}"
        for left, high in ((x, y), (x - HEAD, y + HEAD / 3), (x - HEAD, y - HEAD / 3))
    )
    label = _text(edge.label, (edge.label_right, y), LABEL) if edge.label else ""
    path = f'<path d="M{_points(x0)} {_points(y0)} {curve}"/><polygon points="{head}"/>'
    return f'<g class="edge{"" if edge.label else " pale"}"{live}>{path}{label}</g>'


def _frame(middle: tuple[float, float], width: float, height: float, radius: float) -> str:
    left, top = middle[0] - width / 2, middle[1] - height / 2
    sizes = f'width="{_points(width)}" height="{_points(height)}" rx="{_points(radius)}"'
    return f'<rect x="{_points(left)}" y="{_points(top)}" {sizes}/>'


def _text(text: str, middle: tuple[float, float], letters: float, kind: str = "") -> str:
    place = f'x="{_points(middle[0])}" y="{_points(middle[1] + DOWN * letters / 72)}"'
    named = f'class="{kind}" ' if kind else ""
    return f"<text {named}{place}>{escape(visible(text))}</text>"


def _points(inches: float) -> str:
    return f"{inches * 72:.1f}".removesuffix(".0")
