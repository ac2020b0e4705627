"""Functions of two variables and vector fields on a pair of axes: bands, labelled lines, arrows, breaks and marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from derivcli.pictures.drawing.field_names import level_texts
from derivcli.pictures.drawing.mathtext import typeset
from derivcli.pictures.drawing.panel import Shown, draw_marks, line_width
from derivcli.pictures.drawing.themes import Theme
from derivcli.pictures.drawing.ticks import limits, scaled, set_name, set_scale
from derivcli.pictures.scene import Contours, Curve, FieldPanel, Floats, Mesh, VectorPanel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.contour import ContourSet

LEAST_SIGNED = 0.25
"""Colours tell signs where the bands of one sign are at least this part of those of the other."""

MAX_TICKS = 11
"""At a scale of colours."""

LINE_WIDTH, ZERO_WIDTH, BREAK_WIDTH = 0.32, 0.6, 0.7
"""Widths compared with that of a curve."""

BREAK_DASHES: dict[str, Any] = {"border": "solid", "jump": (0, (3.0, 1.6)), "pole": (0, (1.0, 2.2))}

ARROW_PART = 0.82
"""The longest arrow, compared with the distance between two."""

ARROW_POWER = 1 / 3
"""Lengths of arrows go with this power of what they show, so that small ones are seen beside large ones."""


def draw_field(axes: Axes, panel: FieldPanel, theme: Theme) -> Shown:
    """Contours with what lies on them."""
    _set_axes(axes, panel)
    filled, lines = _draw_contours(axes, panel, panel.contours, theme)
    if panel.contours.gradient is not None and panel.contours.arrows is not None:
        _draw_arrows(axes, panel, panel.contours.arrows, panel.contours.gradient, theme, 0.55)
    draw_marks(axes, panel, panel.marks, theme.ink, theme)
    return Shown(colors=filled, levels=lines)


def draw_vectors(axes: Axes, panel: VectorPanel, theme: Theme) -> Shown:
    """Arrows of a vector field over what its colour tells."""
    _set_axes(axes, panel)
    filled = lines = None
    if panel.contours is not None:
        filled, lines = _draw_contours(axes, panel, panel.contours, theme)
    _draw_arrows(axes, panel, panel.grid, panel.vectors, theme, 0.9)
    draw_marks(axes, panel, panel.marks, theme.ink, theme)
    return Shown(colors=filled, levels=lines)


def arrow_note(panel: FieldPanel | VectorPanel) -> str:
    """What is to be said of arrows; "" without any."""
    if isinstance(panel, VectorPanel):
        return "lengths of arrows: cube roots"
    has_arrows = panel.contours.gradient is not None and not panel.surface
    return "arrows point uphill, lengths are cube roots of slopes" if has_arrows else ""


def draw_scale(bar: Axes, colors: ScalarMappable, contours: Contours) -> None:
    """A scale of colours on axes of its own, with the name of what they tell above it."""
    import matplotlib

    figure = bar.get_figure(root=True)
    assert figure is not None
    drawn = figure.colorbar(colors, cax=bar, drawedges=False)
    cast(Any, drawn.outline).set_visible(False)
    levels = contours.levels / 10.0**contours.unit
    ticks = levels[:: -(-len(levels) // MAX_TICKS)]
    drawn.set_ticks([float(level) for level in ticks], labels=level_texts(ticks))
    drawn.minorticks_off()
    words = typeset(contours.name)
    bar.set_title(words["text"], parse_math=words["parse_math"], fontsize=matplotlib.rcParams["font.size"], loc="left")


def _set_axes(axes: Axes, panel: FieldPanel | VectorPanel) -> None:
    axes.grid(visible=False)
    axes.spines[:].set_visible(True)
    set_scale(axes.xaxis, panel.x)
    set_scale(axes.yaxis, panel.y)
    set_name(axes.xaxis, panel.x)
    set_name(axes.yaxis, panel.y)


def _draw_contours(
    axes: Axes, panel: FieldPanel | VectorPanel, contours: Contours, theme: Theme
) -> tuple[ContourSet | None, ContourSet | None]:
    """Bands between the levels, the lines at them, and breaks; where there is no value there is a hatching."""
    _draw_undefined(axes, panel, contours, theme)
    for line in panel.curves:
        _draw_break(axes, panel, line, theme)
    levels = contours.levels / 10.0**contours.unit
    if not len(levels):
        if isinstance(panel, FieldPanel):
            _draw_constant(axes, panel, contours, theme)
        return None, None
    bands, lines = _ways_of_drawing(axes, panel, contours, levels)
    ends: dict[str, Any] = {"levels": levels, "extend": "both"}
    if len(levels) == 1:  # one level has no band that Matplotlib fills
        ends = {"levels": [levels[0] - _room(levels), levels[0], levels[0] + _room(levels)]}
    filled = bands(**ends, colors=band_colors(levels, theme), zorder=1.0)
    signed = levels[0] < 0 < levels[-1]
    widths = [line_width(ZERO_WIDTH if signed and level == 0 else LINE_WIDTH) for level in levels]
    drawn = lines(levels=levels, colors=theme.ink, alpha=0.75, linewidths=widths, linestyles="solid", zorder=1.6)
    return filled, drawn


def _ways_of_drawing(
    axes: Axes, panel: FieldPanel | VectorPanel, contours: Contours, levels: Floats
) -> tuple[Any, Any]:
    """What fills bands and what draws lines, on triangles where there are breaks, with values that levels can cut."""
    from functools import partial

    from matplotlib.tri import Triangulation

    room = _room(levels)

    def cut(values: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return np.clip(values / 10.0**contours.unit, levels[0] - room, levels[-1] + room)

    mesh = contours.mesh
    if mesh is None:
        x, y, values = scaled(contours.x, panel.x), scaled(contours.y, panel.y), cut(contours.values)
        return partial(axes.contourf, x, y, values), partial(axes.contour, x, y, values)
    mesh, values = _used(mesh), cut(_used(mesh).values)
    triangles = Triangulation(scaled(mesh.x, panel.x), scaled(mesh.y, panel.y), mesh.triangles)
    return partial(axes.tricontourf, triangles, values), partial(axes.tricontour, triangles, values)


def _room(levels: Floats) -> float:
    """How far beyond the levels values are told apart."""
    return float(levels[-1] - levels[0]) or abs(float(levels[0])) or 1.0


def _used(mesh: Mesh) -> Mesh:
    """The mesh without the vertices of no triangle, which may have no value."""
    used = np.unique(mesh.triangles)
    places = np.zeros(len(mesh.x), np.int64)
    places[used] = np.arange(len(used))
    return Mesh(mesh.x[used], mesh.y[used], mesh.values[used], places[mesh.triangles])


def band_colors(levels: Floats, theme: Theme) -> list[tuple[float, float, float]]:
    """A colour for each band, beginning below the first level; around 0 those of both signs differ."""
    from matplotlib.colors import LinearSegmentedColormap, to_rgb

    count = len(levels) + 1
    places = np.arange(count) / (count - 1) if count > 1 else np.array([0.5])
    ends = np.concatenate([[-np.inf], levels, [np.inf]])
    below, above = int((ends[1:] <= 0).sum()), int((ends[:-1] >= 0).sum())
    most = max(below, above)
    signed = count > 1 and min(below, above) > LEAST_SIGNED * most
    if signed:
        places = np.array([0.5 + 0.5 * _step(number, below, count - above) / most for number in range(count)])
    colors = LinearSegmentedColormap.from_list("bands", theme.signs if signed else theme.slopes)
    return [to_rgb(colors(place)) for place in places]


def _step(number: int, below: int, above: int) -> float:
    """How many bands from 0 one is, negative below it."""
    if number < below:
        return number - below + 0.4
    return number - above + 0.6 if number >= above else 0.0


def _draw_constant(axes: Axes, panel: FieldPanel | VectorPanel, contours: Contours, theme: Theme) -> None:
    """One band where there are no levels."""
    from matplotlib.tri import Triangulation

    color = theme.pale
    mesh = contours.mesh
    if mesh is None:
        axes.axvspan(*limits(panel.x), color=color, zorder=1.0)
    elif len(mesh.triangles):
        mesh = _used(mesh)
        triangles = Triangulation(scaled(mesh.x, panel.x), scaled(mesh.y, panel.y), mesh.triangles)
        axes.tricontourf(triangles, np.zeros(len(mesh.x)), levels=[-1, 1], colors=[color], zorder=1.0)


def _draw_undefined(axes: Axes, panel: FieldPanel | VectorPanel, contours: Contours, theme: Theme) -> None:
    from matplotlib.patches import Rectangle

    if np.isfinite(contours.values).all():
        return
    (left, right), (below, above) = limits(panel.x), limits(panel.y)
    axes.add_patch(
        Rectangle(
            (left, below), right - left, above - below, facecolor=theme.background, edgecolor=theme.pale,
            hatch="////", linewidth=0, zorder=0.5,
        )
    )  # fmt: skip


def _draw_break(axes: Axes, panel: FieldPanel | VectorPanel, line: Curve, theme: Theme) -> None:
    for stroke in line.strokes:
        axes.plot(
            scaled(stroke.x, panel.x), scaled(stroke.y, panel.y), color=theme.ink, scalex=False, scaley=False,
            linewidth=line_width(BREAK_WIDTH), linestyle=BREAK_DASHES[line.role], zorder=2.0, label=f"_{line.role}",
        )  # fmt: skip


def _draw_arrows(
    axes: Axes,
    panel: FieldPanel | VectorPanel,
    grid: tuple[Floats, Floats],
    vectors: Floats,
    theme: Theme,
    alpha: float,
) -> None:
    """Arrows through the points of a grid, in the direction that they have on the axes."""
    x, y = np.meshgrid(scaled(grid[0], panel.x), scaled(grid[1], panel.y))
    (left, right), (below, above) = limits(panel.x), limits(panel.y)
    sides = np.array([right - left, above - below])
    with np.errstate(all="ignore"):
        largest = np.nanmax(np.abs(vectors), initial=0.0, where=np.isfinite(vectors))
        steps = vectors / largest if largest > 0 else vectors
        steps = steps / sides[:, None, None]
        lengths = np.hypot(*steps)
        known = np.isfinite(lengths) & (lengths > 0)
        if not known.any():
            return
        usual = np.quantile(lengths[known], 0.95)
        reach = np.minimum(lengths / usual, 1.0) ** ARROW_POWER * ARROW_PART / max(len(grid[0]), len(grid[1]))
        moves = steps / lengths * reach * sides[:, None, None]
    axes.quiver(
        x[known], y[known], moves[0][known], moves[1][known], angles="xy", scale_units="xy", scale=1, pivot="mid",
        color=theme.ink, alpha=alpha, units="inches", width=line_width(0.42) / 72,
        headwidth=4.4, headlength=4.6, headaxislength=4.2, minlength=0.0, minshaft=1.0, zorder=2.4,
    )  # fmt: skip
