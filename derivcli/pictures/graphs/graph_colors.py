"""The colours of graphs in each theme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derivcli.pictures.drawing.themes import THEMES, Theme
from derivcli.render.blocks import BOX_FILLS


@dataclass(frozen=True, slots=True)
class GraphColors:
    """What the parts of a graph are drawn in: `faint` where nothing flows back, `fills` by the kinds of boxes."""

    background: str
    ink: str
    grey: str
    faint: str
    adjoint: str
    fills: Mapping[str, str]


def _colors(theme: Theme, faint: str, fills: Mapping[str, str]) -> GraphColors:
    return GraphColors(theme.background, theme.ink, theme.grey, faint, theme.letters[0], fills)


GRAPH_COLORS = {
    "light": _colors(THEMES["light"], "#d0d0d0", BOX_FILLS),
    "dark": _colors(
        THEMES["dark"],
        "#454c56",
        {"variable": "#143048", "result": "#3f2e12", "inner": "#1f242b", "fixed": "#191c21"},
    ),
    "print": _colors(
        THEMES["print"],
        "#b8b8b8",
        {"variable": "#ebebeb", "result": "#d6d6d6", "inner": "#ffffff", "fixed": "#ffffff"},
    ),
}
"""By the names of the themes."""
