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
    "degenerate": {"marker": "P", "size": 7.0},
    "inflection": {"marker": "D", "size": 4.8},
    "corner": {"marker": "o", "size": 5.0},
    "node": {"marker": "o", "size": 5.0},
    "start": {"marker": "o", "size": 6.0},
}
"""For each kind of mark its shape, its size in points, and whether the background shows through."""


def key_of(curve: Curve) -> Key:
    """What curves have in common that look alike: tangents do, and partial derivatives of one order do not."""
    return curve.function, curve.role, curve.order, "" if curve.role == "tangent" else curve.name.text


def styles_of(panels: Iterable[AnyPanel], theme: Theme) -> dict[Key, Style]:
    """The styles of all lines of a picture: each has dashes of its own, and a colour of its own or its function's.

    A tangent is a thin line, since the point where it touches tells what it belongs to.
    """
    curves = [curve for panel in panels if not isinstance(panel, VectorPanel) for curve in panel.curves]
    keys = list(dict.fromkeys(map(key_of, curves)))
    several = len({key[0] for key in keys}) > 1
    styles, count = {}, 0
    for key in keys:
        hue = key[0] if several else count
        hue %= len(theme.lines)
        if key[1] == "tangent":
            styles[key] = Style(theme.lines[hue] if several else theme.grey, theme.ink, DASHES[0], 0.65)
            continue
        styles[key] = Style(theme.lines[hue], theme.letters[hue], DASHES[count % len(DASHES)])
        count += 1
    return styles
