"""Legends above the axes, for what has no name beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derivcli.pictures.drawing.mathtext import typeset
from derivcli.pictures.drawing.panel import Shown
from derivcli.pictures.drawing.written import measured, text_size
from derivcli.pictures.scene import AnyPanel, Band, Curve, Density, Name, Panel

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

SAMPLE = 4.5
"""The width of a line's sample with the air around it, in letters."""


def names_of(panel: AnyPanel, curves: Sequence[Curve]) -> list[Name]:
    """What a legend lists: these curves, and all bands and densities that have a name."""
    shapes: list[Band | Density] = [*panel.bands, *panel.densities] if isinstance(panel, Panel) else []
    names = [*(curve.name for curve in curves), *(shape.name for shape in shapes if shape.name.text)]
    return list(dict.fromkeys(names))


def rows_of(axes: Axes, names: Sequence[Name]) -> tuple[int, int]:
    """How many rows and columns a legend of these names has."""
    widest = max(measured(axes, name, 1.0)[0] for name in names) + text_size(SAMPLE)
    room = axes.get_window_extent().width * 72 / axes.figure.dpi
    columns = max(1, min(len(names), int(room / widest)))
    rows = -(-len(names) // columns)
    return rows, -(-len(names) // rows)


def draw_legend(axes: Axes, panel: AnyPanel, shown: Shown, curves: Sequence[Curve]) -> None:
    """A legend above the axes with the names in their order, each of them once."""
    samples: dict[Name, Artist] = {}
    if isinstance(panel, Panel):
        parts: list[Curve | Band | Density] = [*panel.curves, *panel.bands, *panel.densities]
        pairs = zip(parts, [*shown.lines, *shown.shapes], strict=True)
        samples = {part.name: sample for part, sample in reversed(list(pairs))}
    names = names_of(panel, curves)
    legend = axes.legend(
        [samples[name] for name in names], [name.text for name in names], loc="lower right", bbox_to_anchor=(1, 1),
        ncols=rows_of(axes, names)[1], borderpad=0.1,
    )  # fmt: skip
    for text, name in zip(legend.get_texts(), names, strict=True):
        words = typeset(name)
        text.set(text=words["text"], parse_math=words["parse_math"])
