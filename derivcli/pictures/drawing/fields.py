"""Functions of two variables as filled contours, and vector fields as arrows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from derivcli.pictures.drawing.mathtext import typeset
from derivcli.pictures.drawing.panel import draw_curve, draw_marks, line_width
from derivcli.pictures.drawing.styles import Styles, key_of
from derivcli.pictures.drawing.themes import Theme
from derivcli.pictures.drawing.ticks import scaled, set_name, set_scale
from derivcli.pictures.scene import Contours, FieldPanel, Floats, VectorPanel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.contour import QuadContourSet

SHADES = 64
"""Colours where values are shown without lines."""

MAX_TICKS = 11
"""At a scale of colours."""

LONGEST = 0.92
"""The length of the longest arrow, in distances between arrows."""

USUAL_PERCENTILE = 95
"""Vectors longer than this part of all are drawn as long as the longest arrow."""

ARROW_NOTE = "arrows as long as the square root of what they show"


def draw_field(axes: Axes, panel: FieldPanel, styles: Styles, theme: Theme) -> tuple[ScalarMappable, QuadContourSet]:
    """Filled contours with lines, arrows of the gradient, curves and marks; gives the fill and its lines."""
    _set_axes(axes, panel)
    filled, lines = _draw_contours(axes, panel, panel.contours, theme, theme.slopes)
    if panel.contours.gradient is not None and panel.contours.arrows is not None:
        _draw_arrows(axes, panel, panel.contours.arrows, panel.contours.gradient, theme, 0.6)
    for curve in panel.curves:
        draw_curve(axes, panel, curve, styles[key_of(curve)], theme)
    draw_marks(axes, panel, panel.marks, theme.ink, theme)
    return filled, lines


def draw_vectors(axes: Axes, panel: VectorPanel, theme: Theme) -> ScalarMappable | None:
    """Arrows of a vector field over colours of what is told of it; gives the colours, where there are any."""
    _set_axes(axes, panel)
    shades = None if panel.contours is None else _draw_shades(axes, panel, panel.contours, theme)
    _draw_arrows(axes, panel, panel.grid, panel.vectors, theme, 0.95)
    draw_marks(axes, panel, panel.marks, theme.ink, theme)
    return shades


def draw_scale(bar: Axes, colors: ScalarMappable, contours: Contours) -> None:
    """A scale of colours on axes of its own, with the name of what they tell above it."""
    import matplotlib

    figure = bar.get_figure(root=True)
    assert figure is not None
    drawn = figure.colorbar(colors, cax=bar, drawedges=False)
    cast(Any, drawn.outline).set_visible(False)
    levels = np.unique(contours.levels[np.isfinite(contours.levels)])
    if levels.size:
        drawn.set_ticks([float(level) for level in levels[:: -(-len(levels) // MAX_TICKS)]])
    drawn.minorticks_off()
    words = typeset(contours.name)
    bar.set_title(words["text"], parse_math=words["parse_math"], fontsize=matplotlib.rcParams["font.size"], loc="left")


def colors_of(shades: Sequence[str], count: int) -> Any:
    """So many colours from the first of the shades to the last."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("shades", list(shades), N=max(count, 2))


def _set_axes(axes: Axes, panel: FieldPanel | VectorPanel) -> None:
    for drawn, axis in ((axes.xaxis, panel.x), (axes.yaxis, panel.y)):
        set_scale(drawn, axis)
        set_name(drawn, axis)
    axes.grid(visible=False)


def _draw_contours(
    axes: Axes, panel: FieldPanel, contours: Contours, theme: Theme, shades: Sequence[str]
) -> tuple[QuadContourSet, QuadContourSet]:
    """Each stripe between two levels has its own colour, however far apart they are."""
    from matplotlib.colors import BoundaryNorm

    x, y = scaled(contours.x, panel.x), scaled(contours.y, panel.y)
    values = np.ma.masked_invalid(contours.values)
    levels = np.unique(contours.levels[np.isfinite(contours.levels)])
    if not len(levels):
        levels = np.array([0.0])
    ends = [np.nextafter(levels[0], -np.inf) - 1.0, *levels, np.nextafter(levels[-1], np.inf) + 1.0]
    low, high = float(values.min()), float(values.max())
    ends[0], ends[-1] = min(low, ends[0]), max(high, ends[-1])
    norm = BoundaryNorm(ends, len(ends) - 1)
    colors = colors_of(shades, len(ends) - 1)
    filled = axes.contourf(x, y, values, levels=ends, cmap=colors, norm=norm, zorder=0.5)
    lines = axes.contour(
        x,
        y,
        values,
        levels=levels,
        colors=theme.ink,
        linewidths=line_width(0.32),
        linestyles="solid",
        alpha=0.6,
        zorder=1.2,
    )
    return filled, lines


def _draw_shades(axes: Axes, panel: VectorPanel, contours: Contours, theme: Theme) -> ScalarMappable:
    """Colours of values, with that of 0 in the middle."""
    values = np.ma.masked_invalid(contours.values)
    known = np.abs(contours.levels[np.isfinite(contours.levels)])
    reach = float(known.max(initial=0.0)) or float(np.abs(values).max()) or 1.0
    x, y = scaled(contours.x, panel.x), scaled(contours.y, panel.y)
    # Shades between the points of the grid need a value at each of them.
    shading: Any = "nearest" if np.ma.getmaskarray(values).any() else "gouraud"
    colors = colors_of(theme.signs, 4 * SHADES)
    look: dict[str, Any] = {"vmin": -reach, "vmax": reach, "shading": shading, "rasterized": True}
    return axes.pcolormesh(x, y, values, cmap=colors, zorder=0.5, **look)


def _draw_arrows(
    axes: Axes, panel: FieldPanel | VectorPanel, grid: tuple[Floats, Floats], vectors: Floats, theme: Theme, ink: float
) -> None:
    """Arrows about the points of a grid, whose lengths grow by square roots, so that short ones are seen too."""
    x, y = scaled(grid[0], panel.x), scaled(grid[1], panel.y)
    with np.errstate(all="ignore"):
        across, up = vectors[0] / 10.0**panel.x.unit, vectors[1] / 10.0**panel.y.unit
        cell = (np.ptp(x) / max(len(x) - 1, 1) or 1.0, np.ptp(y) / max(len(y) - 1, 1) or 1.0)
        # Directions are those of the mathematics; lengths are counted in cells.
        length = np.hypot(across / cell[0], up / cell[1])
        there = np.isfinite(length) & (length > 0)
        if not there.any():
            return
        usual = float(np.percentile(length[there], USUAL_PERCENTILE))
        factor = LONGEST * np.sqrt(np.clip(length / usual, 0, 1)) / np.where(there, length, np.nan)
    columns, rows = np.meshgrid(x, y)
    axes.quiver(
        columns[there], rows[there], (across * factor)[there], (up * factor)[there], angles="xy", scale_units="xy",
        scale=1, pivot="mid", color=theme.ink, alpha=ink, width=line_width(0.5) / 72, units="inches", headwidth=4.2,
        headlength=4.8, headaxislength=4.3, minlength=0.6, zorder=2.0,
    )  # fmt: skip
