"""Which line is drawn in which colour and with which dashes, and which marks have which shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from derivcli.pictures.drawing.themes import DASHES, Theme
from derivcli.pictures.scene import AnyPanel, Curve, VectorPanel


@dataclass(frozen=True, slots=True)
class Style:
    """The colour of a line, that of its name, its dashes, and its width compared with that of others."""

    line: str
    letters: str
    dashes: Any
    width: float = 1.0


Key: TypeAlias = tuple[int, str, int, str]
Styles: TypeAlias = Mapping[Key, Style]

THIN = 0.65
"""The width of a tangent."""

SHAPES: dict[str, dict[str, Any]] = {
    "closed": {"marker": "o", "size": 6.0},
    "open": {"marker": "o", "size": 6.5, "hollow": True},
    "isolated": {"marker": "o", "size": 6.5},
    "dot": {"marker": "o", "size": 4.6},
    "touch": {"marker": "o", "size": 6.0},
    "zero": {"marker": "o", "size": 5.0},
    "minimum": {"marker": "v", "size": 6.5},
    "maximum": {"marker": "^", "size": 6.5},
    "flat": {"marker": "s", "size": 5.2},
    "saddle": {"marker": "X", "size": 7.0},
    "source": {"marker": "o", "size": 6.0, "hollow": True},
    "sink": {"marker": "o", "size": 6.0},
    "degenerate": {"marker": "P", "size": 7.0},
    "inflection": {"marker": "D", "size": 4.8},
    "corner": {"marker": "o", "size": 5.0},
    "node": {"marker": "o", "size": 5.0},
    "start": {"marker": "o", "size": 6.0},
}
"""For each kind of mark its shape, its size in points, and whether the background shows through."""


def key_of(curve: Curve) -> Key:
    """What curves have in common that look alike."""
    return curve.function, curve.role, curve.order, curve.name.text


def styles_of(panels: Iterable[AnyPanel], theme: Theme) -> dict[Key, Style]:
    """The styles of all lines of a picture: each has dashes of its own, and a colour of its own or its function's.

    Tangents are thin, and a single one is grey, since the point where it touches tells what it belongs to.
    """
    curves = [curve for panel in panels if not isinstance(panel, VectorPanel) for curve in panel.curves]
    keys = list(dict.fromkeys(map(key_of, curves)))
    lines = [key for key in keys if key[1] != "tangent"]
    tangents = [key for key in keys if key[1] == "tangent"]
    several = len({function for function, *_ in lines}) > 1
    styles = {}
    for count, key in enumerate(lines):
        hue = (key[0] if several else count) % len(theme.lines)
        styles[key] = Style(theme.lines[hue], theme.letters[hue], DASHES[count % len(DASHES)])
    if len(tangents) == 1:
        return {**styles, tangents[0]: Style(theme.grey, theme.ink, DASHES[0], THIN)}
    for count, key in enumerate(tangents):
        hue = (len(lines) + count) % len(theme.lines)
        styles[key] = Style(theme.lines[hue], theme.letters[hue], DASHES[count % len(DASHES)], THIN)
    return styles
