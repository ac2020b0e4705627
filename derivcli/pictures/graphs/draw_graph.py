"""A graph as the bytes of a file, in the look that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivcli.pictures.graphs.graph_page import graph_page
from derivcli.pictures.graphs.graph_picture import draw_sheet, typeset
from derivcli.pictures.graphs.graph_sheet import MAX_WIDTH, sheet_in, sheet_of, title_of
from derivcli.pictures.graphs.graph_svg import svg_file
from derivcli.pictures.picture_files import PAGE

if TYPE_CHECKING:
    from derivcli.pictures.look import Look
    from derivcli.render.blocks import Graph


def draw_graph(graph: Graph, suffix: str, look: Look) -> bytes:
    """The graph as a file: boxes with values and adjoints, edges with local derivatives.

    Without a size it is as large as its letters need. A page is as wide as its size says, and as long as it needs.
    """
    if suffix == PAGE:
        return graph_page(graph, sheet_of(graph, look.size[0] if look.size else MAX_WIDTH), look).encode()
    setting = None if suffix == "svg" else typeset
    sheet = sheet_in(graph, look.size, setting) if look.size else sheet_of(graph, typeset=setting)
    if suffix == "svg":
        return svg_file(graph, sheet, look).encode()
    return draw_sheet(sheet, title_of(graph), suffix, look)
