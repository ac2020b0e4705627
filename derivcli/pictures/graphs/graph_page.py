"""A graph as a page of its own, which lights up the path from a node to the inputs. It loads nothing from elsewhere."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from derivcli.errors import visible
from derivcli.pictures.graphs.graph_colors import GRAPH_COLORS, GraphColors
from derivcli.pictures.graphs.graph_plan import MARGIN
from derivcli.pictures.graphs.graph_sheet import GraphSheet, note_of, title_of
from derivcli.pictures.graphs.graph_svg import description, rules, shapes
from derivcli.render.blocks import BOX_FILLS

if TYPE_CHECKING:
    from derivcli.pictures.look import Look
    from derivcli.render.blocks import Graph

PROPERTY = "--"
"""What begins the name of a custom property of CSS."""

OUTLINE = 0.03
"""Inches beside the leftmost box for its outline; the page has a margin of its own."""

SILENT = "Point at a node to see what it is made of, and at an input to see what is made of it."
HELP = (
    "A click or <kbd>Enter</kbd> keeps a path lit, <kbd>Esc</kbd> lets it go. <kbd>Tab</kbd> leads into the graph, "
    "<kbd>←</kbd> and <kbd>→</kbd> along its edges, <kbd>↑</kbd> and <kbd>↓</kbd> through the order of the computation."
)


def _by_name(name: str) -> str:
    return f"var({PROPERTY}{name})"


NAMES = GraphColors(
    *(_by_name("background"), _by_name("ink"), _by_name("grey"), _by_name("faint"), _by_name("adjoint")),
    {kind: _by_name(kind) for kind in BOX_FILLS},
)
"""What stands for the colours in the page's style sheet."""


def graph_page(graph: Graph, sheet: GraphSheet, look: Look) -> str:
    """The page: its colours are those of the reader's system, unless the theme is another than the usual one."""
    plan, title = sheet.plan, escape(title_of(graph))
    left = MARGIN - OUTLINE
    box = " ".join(f"{72 * side:.1f}" for side in (left, 0, plan.width - left, plan.height))
    size = f'width="{96 * (plan.width - left):.0f}" height="{96 * plan.height:.0f}" viewBox="{box}"'
    theme = "" if look.theme == "light" else f' data-theme="{look.theme}"'
    heads = "".join(f"<h1>{escape(visible(f'{left} = {right}'))}</h1>\n" for left, right in graph.title)
    return (
        f'<!DOCTYPE html>\n<html lang="en"{theme}>\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<style>\n{_themes()}{rules(NAMES)}{_text_of('graph_page.css')}</style>\n</head>\n"
        f'<body>\n<button id="theme" type="button">light / dark</button>\n{heads}'
        f'<p>{escape(note_of(graph, plan))}</p>\n<p id="help">{HELP}</p>\n'
        f'<p id="said" role="status">{SILENT}</p>\n<main>\n<svg xmlns="http://www.w3.org/2000/svg" {size} '
        f'role="group" aria-labelledby="name desc">\n<title id="name">{title}</title>\n'
        f'<desc id="desc">{escape(description(graph))}</desc>\n{shapes(plan, _said(graph))}</svg>\n</main>\n'
        f"<script>\n{_text_of('graph_page.js')}</script>\n</body>\n</html>\n"
    )


def _said(graph: Graph) -> dict[str, str]:
    """What the page tells of each node: how it is made and its numbers, and with what slope each reader takes it."""
    found = {}
    for name, box in graph.boxes.items():
        readers = [
            f"∂{target}/∂{name} = {label}"
            for (source, target), label in graph.edges.items()
            if source == name and label
        ]
        found[name] = ";  ".join([box.summary, *readers])
    return found


def _themes() -> str:
    """The colours as variables: light, or dark where the system is, or as the page's button or its maker says."""
    light, dark, paper = (_variables(GRAPH_COLORS[name]) for name in ("light", "dark", "print"))
    return (
        f":root {{ color-scheme: light; {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme]) {{ color-scheme: dark; {dark} }} }}\n"
        f":root[data-theme=dark] {{ color-scheme: dark; {dark} }}\n"
        f":root[data-theme=print] {{ {paper} }}\n@media print {{ :root:root:root {{ {paper} }} }}\n"
    )


def _variables(colors: GraphColors) -> str:
    named = {"background": colors.background, "ink": colors.ink, "grey": colors.grey, "faint": colors.faint}
    return " ".join(
        f"{PROPERTY}{name}: {color};" for name, color in {**named, "adjoint": colors.adjoint, **colors.fills}.items()
    )


def _text_of(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
