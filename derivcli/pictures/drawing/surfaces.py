"""A function of two variables as a surface seen from a side, cut at its window, with tangent planes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from derivcli.pictures.drawing.fields import band_colors
from derivcli.pictures.drawing.themes import THEMES, Theme
from derivcli.pictures.drawing.ticks import scaled, set_name, set_scale
from derivcli.pictures.look import Look
from derivcli.pictures.scene import FieldPanel, Floats, Mesh, TangentPlane

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CELLS = 60
"""The parts of each axis into which a surface is cut."""

ELEVATION, AZIMUTH = 28.0, -58.0

PLANE_PART = 0.22
"""Half the side of a tangent plane, compared with that of the window."""

HEIGHT_PART = 0.78
"""The height of a surface's box, compared with its sides."""


def place_surface(figure: Figure, panel: FieldPanel, look: Look, top: float) -> None:
    """Axes for a surface below the header, with the surface on them."""
    wide = figure.get_figwidth()
    if look.size is None:
        figure.set_figheight(top + 0.92 * wide)
    height = figure.get_figheight()
    tall = height - top
    axes = figure.add_axes((-0.06, -0.04, 1.08, (tall * 1.06) / height), projection="3d")
    draw_surface(axes, panel, look)


def draw_surface(axes: Any, panel: FieldPanel, look: Look) -> None:
    """The surface, coloured by its height, and what touches it."""
    theme = THEMES[look.theme]
    low, high = heights(panel)
    polygons = cut_polygons(panel, low, high)
    _draw_polygons(axes, polygons, (low, high), theme, look.theme)
    for plane in panel.planes:
        _draw_plane(axes, panel, plane, (low, high), theme)
    set_scale(axes.xaxis, panel.x)
    set_scale(axes.yaxis, panel.y)
    set_name(axes.xaxis, panel.x)
    set_name(axes.yaxis, panel.y)
    axes.set_zlim(low, high)
    axes.set_box_aspect((1, 1, HEIGHT_PART))
    axes.view_init(ELEVATION, AZIMUTH)
    _style(axes, theme)


def heights(panel: FieldPanel) -> tuple[float, float]:
    """From where to where a surface is shown, in its unit: all of it, but for poles."""
    contours = panel.contours
    values = contours.values[np.isfinite(contours.values)] / 10.0**contours.unit
    levels = contours.levels / 10.0**contours.unit
    low, high = float(values.min()), float(values.max())
    if len(levels) > 1:
        air = 1.2 * max(float(levels[1] - levels[0]), float(levels[-1] - levels[-2]))
        low, high = max(low, float(levels[0]) - air), min(high, float(levels[-1]) + air)
    if not low < high:
        low, high = low - (abs(low) or 1.0) / 2, high + (abs(high) or 1.0) / 2
    return low, high


def cut_polygons(panel: FieldPanel, low: float, high: float) -> list[Floats]:
    """The surface as polygons, shape (corners, 3), whose parts below `low` and above `high` are cut off."""
    contours = panel.contours
    unit = 10.0**contours.unit
    if contours.mesh is None:
        rows, columns = (np.unique(np.linspace(0, len(axis) - 1, CELLS + 1).astype(int)) for axis in (contours.y, contours.x))
        x, y = np.meshgrid(scaled(contours.x[columns], panel.x), scaled(contours.y[rows], panel.y))
        z = contours.values[np.ix_(rows, columns)] / unit
        grid = np.stack([x, y, z], axis=-1)
        quads = np.stack([grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]], axis=2).reshape(-1, 4, 3)
    else:
        quads = _triangles(panel, contours.mesh, unit)
    quads = quads[np.isfinite(quads).all(axis=(1, 2))]
    inside = (quads[..., 2] >= low) & (quads[..., 2] <= high)
    whole = [*quads[inside.all(axis=1)]]
    crossing = quads[~inside.all(axis=1) & (quads[..., 2].max(axis=1) > low) & (quads[..., 2].min(axis=1) < high)]
    for polygon in crossing:
        part = _above(_above(polygon, low, 1.0), high, -1.0)
        if len(part) > 2:
            whole.append(part)
    return whole


def _triangles(panel: FieldPanel, mesh: Mesh, unit: float) -> Floats:
    vertices = np.column_stack([scaled(mesh.x, panel.x), scaled(mesh.y, panel.y), mesh.values / unit])
    return np.asarray(vertices[mesh.triangles], np.float64)


def _above(polygon: Floats, level: float, sign: float) -> Floats:
    """The part of a polygon on one side of a level."""
    kept: list[Floats] = []
    for one, other in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        a, b = sign * (one[2] - level), sign * (other[2] - level)
        if a >= 0:
            kept.append(one)
        if (a > 0) != (b > 0) and a != b and a != 0 and b != 0:
            kept.append(one + (other - one) * (a / (a - b)))
    return np.array(kept).reshape(-1, 3)


def _draw_polygons(axes: Any, polygons: list[Floats], ends: tuple[float, float], theme: Theme, name: str) -> None:
    from mpl_toolkits.mplot3d.art3d import Poly3DCollection

    low, high = ends
    steps = np.linspace(low, high, 65)[1:-1]
    colors = np.array(band_colors(steps, theme, name))
    middles = np.array([polygon[:, 2].mean() for polygon in polygons])
    faces = colors[np.searchsorted(steps, middles)]
    drawn = Poly3DCollection(polygons, facecolors=faces, edgecolors=theme.ink, linewidths=0.12, shade=False)
    axes.add_collection3d(drawn)


def _draw_plane(
    axes: Any, panel: FieldPanel, plane: TangentPlane, ends: tuple[float, float], theme: Theme
) -> None:
    from mpl_toolkits.mplot3d.art3d import Poly3DCollection

    unit = 10.0**panel.contours.unit
    x, y, z = plane.point
    across, up = (PLANE_PART * (axis.high - axis.low) for axis in (panel.x, panel.y))
    corners = [
        (x + a * across, y + b * up, (z + a * across * plane.slopes[0] + b * up * plane.slopes[1]) / unit)
        for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    part = _above(_above(np.array(corners), ends[0], 1.0), ends[1], -1.0)
    axes.add_collection3d(
        Poly3DCollection([part], facecolors=[theme.lines[1]], alpha=0.45, edgecolors=theme.lines[1], linewidths=0.8)
    )
    axes.plot([x], [y], [z / unit], "o", color=theme.ink, markersize=5, zorder=10)


def _style(axes: Any, theme: Theme) -> None:
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.pane.set(facecolor=theme.background, edgecolor=theme.pale, alpha=1.0)
        axis.line.set(color=theme.grey, linewidth=0.6)
        axis._axinfo["grid"].update(color=theme.pale, linewidth=0.5)


