"""How pictures look in each theme: colours that every kind of vision tells apart, and dashes that need none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a picture.

    `lines` are those of curves, `letters` those of their names, dark or light enough to be read. `slopes` is the colour
    map of values that have an order and `signs` that of values around 0, on both of which letters can be read. `counts`
    goes from the background's colour to one on which lines are seen.
    `weight` scales the width of lines; `grid` says whether there is one, or else lines on two sides.
    """

    background: str
    ink: str
    grey: str
    pale: str
    lines: tuple[str, ...]
    letters: tuple[str, ...]
    slopes: tuple[str, ...]
    signs: tuple[str, ...]
    counts: tuple[str, ...]
    weight: float = 1.0
    grid: bool = True


# The hues are Okabe and Ito's; neighbours also differ in lightness.
THEMES = {
    "light": Theme(
        *("#ffffff", "#222222", "#6b6b6b", "#e4e4e4"),
        lines=("#0072b2", "#d55e00", "#009e73", "#a3477f", "#e69f00", "#56b4e9"),
        letters=("#0069a6", "#b84f00", "#007a58", "#a3477f", "#8a5f00", "#1f6f9f"),
        slopes=("#fbf9ee", "#e5efd8", "#c1dfd2", "#95c9cf", "#6cacca", "#5593c4"),
        signs=("#5d9dc4", "#aecfe1", "#fafaf7", "#f0c79d", "#d9884f"),
        counts=("#ffffff", "#e2e2df", "#c9c9c5", "#a9a9a5", "#8a8a86"),
    ),
    "dark": Theme(
        *("#15181d", "#e9e9e6", "#9aa0a8", "#2f343c"),
        lines=("#3d9be9", "#ea883e", "#aee0b6", "#c9609a", "#f0c24b", "#9bb7d4"),
        letters=("#5fb0f0", "#ef9a5a", "#aee0b6", "#d982b2", "#f2cb66", "#aac2db"),
        slopes=("#14222f", "#163a50", "#1a5365", "#27696c", "#386d5c", "#4b6a43"),
        signs=("#25628d", "#23435a", "#1d2127", "#55392a", "#96521f"),
        counts=("#15181d", "#2b2f35", "#40454c", "#575d65", "#6f757e"),
    ),
    "print": Theme(
        *("#ffffff", "#000000", "#4d4d4d", "#d9d9d9"),
        lines=("#000000", "#000000", "#5a5a5a", "#5a5a5a", "#000000", "#5a5a5a"),
        letters=("#000000",) * 6,
        slopes=("#ffffff", "#f0f0f0", "#dcdcdc", "#c4c4c4", "#a8a8a8"),
        signs=("#a0a0a0", "#cfcfcf", "#ffffff", "#e6e6e6", "#c4c4c4"),
        counts=("#ffffff", "#e4e4e4", "#cccccc", "#b0b0b0", "#949494"),
        weight=0.75,
        grid=False,
    ),
}

DASHES: tuple[Any, ...] = (
    "solid",
    (0, (4.2, 1.6)),
    (0, (4.2, 1.4, 1.0, 1.4)),
    (0, (1.2, 1.2)),
    (0, (7.0, 1.6, 1.2, 1.6)),
    (0, (4.2, 1.4, 1.0, 1.4, 1.0, 1.4)),
    (0, (2.2, 1.2)),
    (0, (8.0, 2.4)),
)
"""In the order in which curves take them; a derivative after its function."""

LETTER_POINTS = 12.0
"""The size of letters in a picture of the usual size."""


def settings(theme: Theme, scale: float = 1.0) -> Mapping[Any, Any]:
    """Matplotlib's parameters for a theme, with letters and lines in proportion."""
    return {
        # Both families come with Matplotlib; the second lends the letters that the first lacks.
        "font.family": ["STIXGeneral", "DejaVu Sans"],
        "mathtext.fontset": "stix",
        "font.size": LETTER_POINTS * scale,
        "figure.facecolor": theme.background,
        "axes.facecolor": theme.background,
        "text.color": theme.ink,
        "axes.labelcolor": theme.ink,
        "axes.axisbelow": True,
        "axes.edgecolor": theme.pale if theme.grid else theme.ink,
        "axes.linewidth": 0.8 * scale,
        "axes.formatter.limits": (-3, 5),
        "axes.formatter.use_mathtext": True,
        "axes.grid": theme.grid,
        "axes.spines.left": not theme.grid,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "grid.color": theme.pale,
        "grid.linewidth": 0.7 * scale,
        "lines.linewidth": 2.0 * scale * theme.weight,
        "lines.solid_capstyle": "round",
        "legend.frameon": False,
        "legend.handlelength": 2.6,
        "legend.borderaxespad": 0.2,
        **{f"{axis}tick.{part}": theme.ink for axis in "xy" for part in ("labelcolor", "color")},
        **{f"{axis}tick.major.size": 0 if theme.grid else 3.5 * scale for axis in "xy"},
        **{f"{axis}tick.major.pad": 5.0 * scale for axis in "xy"},
        "svg.hashsalt": "deriv",
        "svg.fonttype": "none",
        "pdf.fonttype": 42,
        # Agg gives up on a line with very many corners unless it may draw it in pieces.
        "agg.path.chunksize": 10_000,
    }
