"""A panel on a pair of axes: densities, bands, asymptotes, curves and marks, from the back to the front."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from derivcli.pictures.drawing.styles import SHAPES, Style, Styles, key_of
from derivcli.pictures.drawing.themes import Theme
from derivcli.pictures.drawing.ticks import limits, scaled, set_name, set_scale
from derivcli.pictures.scene import AnyPanel, Band, Curve, Density, FieldPanel, Floats, Mark, Panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.contour import ContourSet
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.transforms import TransformedBbox

BORDER = 0.025
"""Of the axes' lengths, for marks at their ends."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What was drawn of a panel.

    `lines` are those of its curves, `shapes` samples of its bands and densities for a legend, `colors` what a scale of
    colours explains, `levels` its contour lines.
    """

    lines: tuple[Line2D, ...] = ()
    shapes: tuple[Patch, ...] = ()
    colors: Any = None
    levels: ContourSet | None = None


def draw_panel(axes: Axes, panel: Panel, styles: Styles, theme: Theme) -> Shown:
    """Draws all but names on the axes."""
    set_scale(axes.xaxis, panel.x)
    set_scale(axes.yaxis, panel.y)
    set_name(axes.xaxis, panel.x)
    if panel.y.name.text:
        set_name(axes.yaxis, panel.y)
    _draw_zero_lines(axes, panel, theme)
    densities = [_draw_density(axes, panel, density, theme) for density in panel.densities]
    bands = [_draw_band(axes, panel, band, theme) for band in panel.bands]
    for asymptote in panel.asymptotes:
        place = scaled(np.array([asymptote.place]), panel.x if asymptote.vertical else panel.y)[0]
        draw = axes.axvline if asymptote.vertical else axes.axhline
        draw(place, color=theme.grey, linewidth=line_width(0.55), linestyle=(0, (1.0, 2.2)), zorder=1.8)
    lines = [draw_curve(axes, panel, curve, styles[key_of(curve)], theme) for curve in panel.curves]
    draw_marks(axes, panel, panel.marks, theme.ink, theme)
    return Shown(tuple(lines), (*bands, *densities))


def line_width(factor: float) -> float:
    """A width of lines, in proportion to that of a curve."""
    import matplotlib

    return factor * float(matplotlib.rcParams["lines.linewidth"])


def _draw_zero_lines(axes: Axes, panel: Panel, theme: Theme) -> None:
    dotted = {asymptote.vertical for asymptote in panel.asymptotes if asymptote.place == 0}
    for axis, vertical, draw in ((panel.x, True, axes.axvline), (panel.y, False, axes.axhline)):
        low, high = limits(axis)
        if not axis.logarithmic and low < 0 < high and vertical not in dotted:
            draw(0, color=theme.grey, linewidth=line_width(0.42), zorder=1.5)


def _draw_density(axes: Axes, panel: Panel, density: Density, theme: Theme) -> Patch:
    """Cells the darker the more points lie in them, by logarithms, so that few do not vanish beside many."""
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Patch

    x, y = (scaled(edges, axis) for edges, axis in zip(density.edges, (panel.x, panel.y), strict=True))
    shade = np.ma.masked_equal(np.log1p(density.counts), 0)
    colors = LinearSegmentedColormap.from_list("counts", theme.counts[1:])
    axes.pcolormesh(x, y, shade, cmap=colors, vmin=0, rasterized=True, zorder=1.6)
    return Patch(facecolor=theme.counts[2], linewidth=0)


def _draw_band(axes: Axes, panel: Panel, band: Band, theme: Theme) -> Patch:
    from matplotlib.patches import Patch

    look: dict[str, Any] = {"facecolor": theme.lines[band.function % len(theme.lines)], "alpha": 0.18, "linewidth": 0}
    x, low, high = scaled(band.x, panel.x), scaled(band.low, panel.y), scaled(band.high, panel.y)
    axes.fill_between(x, low, high, zorder=1.7, **look)
    return Patch(**look)


def joined(strokes: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Strokes one after the other with a nan between them, where Matplotlib lifts its pen."""
    gap = np.array([np.nan])
    both = [[part for stroke in strokes for part in (stroke[side], gap)][:-1] for side in (0, 1)]
    return (np.concatenate(both[0]), np.concatenate(both[1])) if strokes else (gap, gap)


def draw_curve(axes: Axes, panel: Panel | FieldPanel, curve: Curve, style: Style, theme: Theme) -> Line2D:
    """The line of a curve with its marks and arrows."""
    x, y = joined([(scaled(stroke.x, panel.x), scaled(stroke.y, panel.y)) for stroke in curve.strokes])
    # Through the gaps of what is dashed, which comes later, what lies below it is seen.
    front = 2.2 if curve.role == "tangent" else 2.5 + 0.01 * min(curve.order, 20)
    (line,) = axes.plot(
        x, y, color=style.line, linestyle=style.dashes, linewidth=line_width(style.width), zorder=front,
        label=curve.name.text, scalex=False, scaley=False,
    )  # fmt: skip
    draw_marks(axes, panel, curve.marks, style.letters if curve.role == "tangent" else style.line, theme)
    if curve.arrows is not None and len(curve.arrows):
        _draw_arrows(axes, panel, curve.arrows, style)
    return line


def draw_marks(axes: Axes, panel: AnyPanel, marks: Iterable[Mark], color: str, theme: Theme) -> None:
    """The marks, those of one kind together."""
    kinds: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        kinds[mark.kind].append(mark)
    for kind, same in kinds.items():
        shape = SHAPES[kind]
        x = scaled(np.array([mark.x for mark in same]), panel.x)
        y = scaled(np.array([mark.y for mark in same]), panel.y)
        hollow = shape.get("hollow", False)
        size = line_width(shape["size"] / 2) / theme.weight**0.5
        (drawn,) = axes.plot(
            x, y, linestyle="none", marker=shape["marker"], markersize=size,
            color=color, markerfacecolor=theme.background if hollow else color,
            markeredgecolor=color if hollow else theme.background, markeredgewidth=line_width(0.75 if hollow else 0.35),
            zorder=4.0 if hollow else 4.1, scalex=False, scaley=False, label=f"_{kind}",
        )  # fmt: skip
        drawn.set_clip_box(_with_border(axes))


def _with_border(axes: Axes) -> TransformedBbox:
    """The axes with a border in which marks at their ends are seen whole."""
    from matplotlib.transforms import Bbox, TransformedBbox

    return TransformedBbox(Bbox([[-BORDER, -BORDER], [1 + BORDER, 1 + BORDER]]), axes.transAxes)


def _draw_arrows(axes: Axes, panel: Panel | FieldPanel, arrows: Floats, style: Style) -> None:
    """Heads of arrows on a path, in the direction in which it is run through."""
    for x, y, across, up in arrows:
        place = scaled(np.array([x]), panel.x)[0], scaled(np.array([y]), panel.y)[0]
        rise = np.array([across / 10.0**panel.x.unit, up / 10.0**panel.y.unit])
        (x_low, x_high), (y_low, y_high) = limits(panel.x), limits(panel.y)
        rise *= 1e-3 / np.hypot(rise[0] / (x_high - x_low), rise[1] / (y_high - y_low))
        head = {"arrowstyle": "-|>,head_width=0.28,head_length=0.55", "color": style.line, "shrinkA": 0, "shrinkB": 0}
        tail = (place[0] - rise[0], place[1] - rise[1])
        axes.annotate("", place, tail, arrowprops={**head, "mutation_scale": line_width(6.5), "linewidth": 0}, zorder=3)
