"""The sheet of a picture: where titles, notes, legends and panels stand, in inches."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from derivcli.pictures.drawing.themes import LETTER_POINTS
from derivcli.pictures.look import USUAL_INCHES, Look
from derivcli.pictures.scene import AnyPanel, Panel, Scene

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.figure import Figure

SIDE, TOP, BETWEEN, GAP = 0.22, 0.18, 0.18, 0.02
BAR, BAR_GAP = 0.15, 0.14
"""The width of a scale of colours, and its distance."""

LEGEND_LINE = 0.235
PANEL_HEIGHTS = {1: (3.8,), 2: (2.3, 2.0)}
"""Of panels one below the other; of more of them each has the last one's."""
FIELD_HEIGHT = 1.25
"""Of functions of two variables, compared with those of one."""
DEPTH_SHAPE = (1.0, 1.0, 0.7)
DEPTH_SHRINKAGE, USUAL_LETTERS = 8.0, 0.032
"""How much smaller a surface is for each part of its axes' height that letters take more than usual."""
DEPTH_ABOVE, DEPTH_BELOW = 0.15, 0.0
"""How far axes in three dimensions reach beyond their panel."""
GROWTH, SHRINKAGE, LEAST_SCALE, MOST_SCALE = 0.8, 0.6, 0.45, 8.0
"""Letters grow with this power of the size and shrink with that one, since small ones must still be read."""
LEAST_PANEL = 0.5
X_TICK, Y_TICK = 0.75, 0.48
"""At least so far apart are ticks."""


def scale_of(look: Look) -> float:
    """How large letters and lines are, compared with those of a picture of the usual size."""
    if look.size is None:
        return 1.0
    side = min(asked / usual for asked, usual in zip(look.size, USUAL_INCHES, strict=True))
    return float(min(max(side ** (GROWTH if side > 1 else SHRINKAGE), LEAST_SCALE), MOST_SCALE))


def measuring(axes: Axes | Figure) -> RendererAgg:
    """What tells how large texts are at the resolution of a figure, or of the one that axes are in."""
    assert axes.figure is not None
    return _measuring(axes.figure.dpi)


@lru_cache(maxsize=4)
def _measuring(dpi: float) -> RendererAgg:
    """It is kept, since it remembers the sizes of texts."""
    from matplotlib.backends.backend_agg import RendererAgg

    renderer: RendererAgg = RendererAgg(1, 1, dpi)  # type: ignore[no-untyped-call]
    return renderer


def new_figure(look: Look) -> Figure:
    """A figure without contents, of the usual height where none is asked for."""
    from matplotlib.figure import Figure

    return Figure(figsize=look.size or USUAL_INCHES, dpi=look.dpi)


class Row(NamedTuple):
    """A panel's axes, and those of its scale of colours where it has one."""

    axes: Axes
    bar: Axes | None = None

    @property
    def has_depth(self) -> bool:
        """Whether it is seen from a side, with three axes, whose numbers stand inside."""
        return self.axes.name == "3d"


def arrange(
    rows: Sequence[Row], scene: Scene, look: Look, top: float, legends: Mapping[int, float], right: float
) -> None:
    """Gives the axes their places below the header, with the inches of each legend above its axes.

    `right` is what names need beside the axes. The figure grows to what is shown where no size is asked for.
    """
    figure, scale, count = rows[0].axes.get_figure(root=True), scale_of(look), len(rows)
    assert figure is not None
    renderer, dpi = measuring(figure), figure.dpi
    flat = [row for row in rows if not row.has_depth]
    left = SIDE * scale + max((_outside(row.axes.yaxis, renderer) for row in flat), default=0.0) / dpi
    below = SIDE * scale * 0.6 + max((_outside(row.axes.xaxis, renderer) for row in flat[-1:]), default=0.0) / dpi
    bars = [_outside(row.bar.yaxis, renderer) / dpi + (BAR_GAP + BAR) * scale for row in rows if row.bar is not None]
    right = max([right, *bars])
    fixed = top + below + sum(legends.get(number, 0.0) for number in range(count)) + BETWEEN * scale * count
    width = figure.get_figwidth()
    wide = max(width - left - right - SIDE * scale, LEAST_PANEL)
    heights = _heights(scene.panels, scene.equal, wide, scale)
    if look.size:
        room = max(look.size[1] - fixed, LEAST_PANEL)
        heights = [height * room / sum(heights) for height in heights]
    else:
        figure.set_figheight(fixed + sum(heights))
    height = figure.get_figheight()
    for number, ((axes, bar), tall) in enumerate(zip(rows, heights, strict=True)):
        top += legends.get(number, 0.0) + BETWEEN * scale + tall
        if rows[number].has_depth:
            # Matplotlib leaves much air above what is seen from a side.
            low, extent = top + DEPTH_BELOW * tall, (1 + DEPTH_ABOVE + DEPTH_BELOW) * tall
            axes.set_position((0, 1 - low / height, 1, extent / height))
            # The numbers stand outside of what is enlarged, and take more of a small picture.
            letters = LETTER_POINTS * scale / (72 * extent)
            cast(Any, axes).set_box_aspect(DEPTH_SHAPE, zoom=1 - DEPTH_SHRINKAGE * max(letters - USUAL_LETTERS, 0))
            continue
        axes.set_position((left / width, 1 - top / height, wide / width, tall / height))
        if scene.equal:
            axes.set_aspect("equal", adjustable="box", anchor="NW")
            axes.apply_aspect()
        box = axes.get_position()
        _set_density(axes.xaxis, box.width * width / (X_TICK * scale))
        _set_density(axes.yaxis, box.height * height / (Y_TICK * scale))
        if bar is not None:
            bar.set_position((box.x1 + BAR_GAP * scale / width, box.y0, BAR * scale / width, box.height))


def _heights(panels: Collection[AnyPanel], equal: bool, wide: float, scale: float) -> list[float]:
    usual = PANEL_HEIGHTS.get(len(panels), (PANEL_HEIGHTS[2][-1],) * len(panels))
    if not equal:
        return [
            height * scale * (1.0 if isinstance(panel, Panel) else FIELD_HEIGHT)
            for panel, height in zip(panels, usual, strict=True)
        ]
    heights = []
    for panel in panels:
        (x_low, x_high), (y_low, y_high) = ((axis.low, axis.high) for axis in (panel.x, panel.y))
        ratio = (y_high - y_low) / (x_high - x_low) if x_high > x_low else 1.0
        heights.append(wide * min(max(ratio, 0.15), 1.1))
    return heights


def _outside(axis: Any, renderer: RendererAgg) -> float:
    """How many dots an axis' numbers and name take beside the axes."""
    boxes = [text.get_window_extent(renderer) for text in axis.get_ticklabels() if text.get_text()]
    side = "width" if axis.axis_name == "y" else "height"
    room = max((getattr(box, side) for box in boxes), default=0.0)
    gap = axis.majorTicks[0].get_pad() + axis.majorTicks[0].get_tick_padding() if axis.majorTicks else 4.0
    name = axis.label.get_window_extent(renderer) if axis.label.get_text() else None
    points = gap + (axis.labelpad if name else 0.0)
    return float(room + points * renderer.dpi / 72 + (getattr(name, side) if name else 0.0))


def _set_density(axis: Any, ticks: float) -> None:
    """As many ticks as there is room for, where they are at round numbers."""
    from matplotlib.ticker import MaxNLocator

    if isinstance(axis.get_major_locator(), MaxNLocator):
        axis.get_major_locator().set_params(nbins=int(min(max(ticks, 2), 9)))


def legend_inches(lines: int, scale: float) -> float:
    """The height of a legend of so many lines."""
    return (LEGEND_LINE * lines + GAP) * scale * LETTER_POINTS / 12
