"""The colours of graphs in each theme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derivcli.render.blocks import BOX_FILLS


@dataclass(frozen=True, slots=True)
class GraphColors:
    """What the parts of a graph are drawn in; `fills` are by the kinds of boxes."""

    background: str
    ink: str
    grey: str
    pale: str
    adjoint: str
    fills: Mapping[str, str]


GRAPH_COLORS = {
    "light": GraphColors("#ffffff", "#222222", "#6b6b6b", "#d4d4d4", "#0b6fb8", BOX_FILLS),
    "dark": GraphColors(
        *("#14171c", "#e6e6e6", "#a2a8b0", "#3d434c", "#6cb6f0"),
        {"variable": "#16344f", "result": "#4a3614", "inner": "#1f242b", "fixed": "#191c21"},
    ),
    "print": GraphColors(
        *("#ffffff", "#000000", "#4a4a4a", "#b8b8b8", "#000000"),
        {"variable": "#e8e8e8", "result": "#cfcfcf", "inner": "#ffffff", "fixed": "#ffffff"},
    ),
}
"""By the names of the themes."""
