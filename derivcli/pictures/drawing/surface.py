"""A function of two variables as a surface seen from a side, with the planes that touch it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from derivcli.errors import DerivError
from derivcli.pictures.drawing.fields import SHADES, colors_of
from derivcli.pictures.drawing.mathtext import typeset
from derivcli.pictures.drawing.panel import line_width
from derivcli.pictures.drawing.styles import SHAPES
from derivcli.pictures.drawing.themes import Theme
from derivcli.pictures.drawing.ticks import limits, scaled, set_name, set_scale
from derivcli.pictures.drawing.written import text_size
from derivcli.pictures.scene import Axis, Contours, FieldPanel, Floats, Name, TangentPlane

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Point: TypeAlias = tuple[float, float, float]

MAX_LINES, MAX_TICKS = 46, 5
"""Of the mesh and at each axis."""

VIEW = {"elev": 27, "azim": -58}
ZOOM = 1.06
LEVEL_REACH = 0.4
"""So far beyond the levels values are shown, in the distance between the first and the last of them."""
CLEARNESS = 0.8
"""How opaque a surface is that may hide a plane."""

PLANE_REACH, PLANE_PIECES, PLANE_LIFT = 0.17, 14, 0.006
"""Half the side of a tangent plane and how far it is lifted, in lengths of the axes, and its pieces along a side."""

MAX_EXPONENT = 250
"""Of numbers with which Matplotlib can reckon in three dimensions."""


def draw_surface(axes: Axes, panel: FieldPanel, theme: Theme) -> None:
    """The surface on axes in three dimensions, with tangent planes and marks."""
    if not hasattr(axes, "plot_surface"):
        raise DerivError("a surface needs three axes", hint="make them with add_subplot(projection='3d')")
    three: Any = axes
    height = _height_axis(panel.contours)
    for drawn, axis in ((three.xaxis, panel.x), (three.yaxis, panel.y), (three.zaxis, height)):
        set_scale(drawn, axis)
        set_name(drawn, axis)
        drawn.get_major_locator().set_params(nbins=MAX_TICKS)
        drawn.labelpad = text_size(0.8)
        drawn.set_pane_color(theme.background)
        drawn.line.set_color(theme.grey)
        drawn._axinfo["grid"].update(color=theme.pale, linewidth=line_width(0.35))
    _draw_faces(three, panel, height, theme)
    for plane in panel.planes:
        _draw_point(three, panel, height, plane.point, "touch", plane.name, theme)
    for mark in panel.marks:
        value = _at(panel.contours, mark.x, mark.y)
        _draw_point(three, panel, height, (mark.x, mark.y, value), mark.kind, mark.name, theme)
    three.view_init(**VIEW)
    three.set_box_aspect((1, 1, 0.7), zoom=ZOOM)


def _height_axis(contours: Contours) -> Axis:
    """The axis of values: all of them, or those about the levels where some are far off."""
    values = contours.values[np.isfinite(contours.values)]
    levels = contours.levels[np.isfinite(contours.levels)]
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    if len(levels) > 1:
        reach = LEVEL_REACH * float(np.ptp(levels))
        low, high = max(low, float(levels.min()) - reach), min(high, float(levels.max()) + reach)
    unit = int(np.floor(np.log10(max(abs(low), abs(high)) or 1.0)))
    return Axis(contours.name, low, high, unit if abs(unit) > MAX_EXPONENT else 0)


def _draw_faces(three: Any, panel: FieldPanel, height: Axis, theme: Theme) -> None:
    """The faces of the surface and of the planes together, so that those behind are hidden by those before them."""
    from matplotlib.colors import to_rgba
    from mpl_toolkits.mplot3d.art3d import Poly3DCollection  # type: ignore[import-untyped]

    contours = panel.contours
    rows = np.unique(np.linspace(0, len(contours.y) - 1, MAX_LINES).astype(int))
    columns = np.unique(np.linspace(0, len(contours.x) - 1, MAX_LINES).astype(int))
    values = contours.values[np.ix_(rows, columns)]
    with np.errstate(all="ignore"):
        seen = (values >= height.low) & (values <= height.high)
    z = np.where(seen, scaled(values, height), np.nan)
    faces = _faces(scaled(contours.x[columns], panel.x), scaled(contours.y[rows], panel.y), z)
    low, high = limits(height)
    middle = (faces[:, :, 2].mean(axis=1) - low) / (high - low)
    fills = [colors_of(theme.slopes, SHADES)(middle, alpha=CLEARNESS if panel.planes else None)]
    edges = [np.tile(to_rgba(theme.ink, 0.4), (len(faces), 1))]
    all_faces = [faces]
    for plane in panel.planes:
        piece = _plane_faces(panel, plane, height)
        all_faces.append(piece)
        fills.append(np.tile(to_rgba(theme.lines[0], 0.55), (len(piece), 1)))
        edges.append(np.tile(to_rgba(theme.lines[0], 0.0), (len(piece), 1)))
    three.add_collection3d(
        Poly3DCollection(
            list(np.concatenate(all_faces)), facecolors=np.concatenate(fills), edgecolors=np.concatenate(edges),
            linewidths=line_width(0.12), zsort="average",
        )
    )  # fmt: skip


def _faces(x: Floats, y: Floats, z: Floats) -> Floats:
    """The quadrilaterals of a grid whose corners all have a value, of shape (faces, 4, 3)."""
    grid = np.stack([*np.meshgrid(x, y), z], axis=2)
    faces: Floats = np.stack([grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]], axis=2).reshape(-1, 4, 3)
    return faces[np.isfinite(faces).all(axis=(1, 2))]


def _plane_faces(panel: FieldPanel, plane: TangentPlane, height: Axis) -> Floats:
    """A rectangle of the plane about the point, a little above it, where it is seen, in pieces."""
    part = np.linspace(-PLANE_REACH, PLANE_REACH, PLANE_PIECES + 1)
    across, up = part * (panel.x.high - panel.x.low), part * (panel.y.high - panel.y.low)
    x, y, z = plane.point
    rise = z + plane.slopes[0] * across[None, :] + plane.slopes[1] * up[:, None]
    rise += PLANE_LIFT * (height.high - height.low)
    return _faces(scaled(x + across, panel.x), scaled(y + up, panel.y), scaled(rise, height))


def _draw_point(
    three: Any,
    panel: FieldPanel,
    height: Axis,
    point: Point,
    kind: str,
    name: Name | None,
    theme: Theme,
) -> None:
    """A mark in space with its name."""
    place = [
        float(scaled(np.array([number]), axis)[0])
        for number, axis in zip(point, (panel.x, panel.y, height), strict=True)
    ]
    shape = SHAPES[kind]
    size = line_width(shape["size"] / 2)
    three.plot(*([part] for part in place), marker=shape["marker"], markersize=size, color=theme.ink, zorder=6)
    if name is not None:
        words = typeset(name)
        three.text(*place, "  " + words["text"], parse_math=words["parse_math"], va="bottom", zorder=7)


def _at(contours: Contours, x: float, y: float) -> float:
    """The value at the point of the grid that is nearest."""
    row, column = int(np.abs(contours.y - y).argmin()), int(np.abs(contours.x - x).argmin())
    return float(contours.values[row, column])
