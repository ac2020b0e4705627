"""A function of two variables as a surface seen from a side, with the planes that touch it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from derivcli.errors import DerivError
from derivcli.pictures.drawing.fields import band_colors
from derivcli.pictures.drawing.mathtext import typeset
from derivcli.pictures.drawing.panel import line_width
from derivcli.pictures.drawing.sheet import DEPTH_SHAPE
from derivcli.pictures.drawing.styles import SHAPES
from derivcli.pictures.drawing.themes import Theme
from derivcli.pictures.drawing.ticks import limits, scaled, set_name, set_scale
from derivcli.pictures.drawing.written import text_size
from derivcli.pictures.scene import Axis, Contours, FieldPanel, Floats, Name, TangentPlane

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Point: TypeAlias = tuple[float, float, float]

MESH_LINES, MAX_TICKS = 14, 5
"""Along each variable, and at each axis."""

REACH = 10.0
"""How far beyond its axis a face may go, in lengths of the axis."""

LIGHT = np.array([-0.35, -0.45, 0.82])
DARKEST = 0.72
"""The direction of the light, and how bright a face along it is."""

VIEW = {"elev": 27, "azim": -58}
LEVEL_REACH = 0.15
"""So far beyond the levels values are shown, in the distance between the first and the last of them."""
CLEARNESS, PLANE_CLEARNESS = 0.9, 0.6
"""How opaque a surface is that may hide a plane, and the plane."""

SLABS, SHADES = 24, 64
"""Parts of the height into which steep faces are cut, and colours of heights."""

PLANE_REACH, PLANE_PIECES, PLANE_LIFT = 0.19, 14, 0.006
"""Half the side of a tangent plane and how far it is lifted, in lengths of the axes, and its pieces along a side."""

MAX_EXPONENT = 250
"""Of numbers with which Matplotlib can reckon in three dimensions."""


def draw_surface(axes: Axes, panel: FieldPanel, theme: Theme) -> None:
    """The surface on axes in three dimensions, with tangent planes and marks."""
    if not hasattr(axes, "plot_surface"):
        raise DerivError("a surface needs three axes", hint="make them with add_subplot(projection='3d')")
    from matplotlib.ticker import MultipleLocator

    three: Any = axes
    height = _height_axis(panel.contours)
    for drawn, axis in ((three.xaxis, panel.x), (three.yaxis, panel.y), (three.zaxis, height)):
        set_scale(drawn, axis)
        set_name(drawn, axis)
        if axis.turns:
            drawn.set_major_locator(MultipleLocator(np.pi * max(0.5, np.ceil((axis.high - axis.low) / 4 / np.pi))))
        else:
            drawn.get_major_locator().set_params(nbins=MAX_TICKS)
        drawn.labelpad = text_size(0.8)
        drawn.set_pane_color(theme.background)
        drawn.line.set_color(theme.grey)
        drawn._axinfo["grid"].update(color=theme.pale, linewidth=line_width(0.35))
    _draw_faces(three, panel, height, theme)
    for plane in panel.planes:
        _draw_point(three, panel, height, plane.point, "touch", None, theme)
    for mark in panel.marks:
        value = _at(panel.contours, mark.x, mark.y)
        _draw_point(three, panel, height, (mark.x, mark.y, value), mark.kind, mark.name, theme)
    three.view_init(**VIEW)
    three.set_box_aspect(DEPTH_SHAPE)


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

    low, high = limits(height)
    faces, lines = cut_faces(panel, height)
    clear = CLEARNESS if panel.planes else 1.0
    fills = [_lit(faces, panel, height, theme, clear), np.tile(to_rgba(theme.ink, 0.0), (len(lines), 1))]
    edges = [fills[0] * [1, 1, 1, 0.7], np.tile(to_rgba(theme.ink, 0.45), (len(lines), 1))]
    shown = [*faces, *lines]
    for plane in panel.planes:
        pieces = [cut for face in _plane_faces(panel, plane, height) if len(cut := clipped(face, low, high)) > 2]
        shown += pieces
        fills.append(np.tile(to_rgba(theme.lines[3], PLANE_CLEARNESS), (len(pieces), 1)))
        edges.append(np.tile(to_rgba(theme.lines[3], 0.0), (len(pieces), 1)))
    three.add_collection3d(
        Poly3DCollection(
            shown, facecolors=np.concatenate(fills), edgecolors=np.concatenate(edges), linewidths=line_width(0.2),
            zsort="average",
        )
    )  # fmt: skip


def cut_faces(panel: FieldPanel, height: Axis) -> tuple[list[Floats], list[Floats]]:
    """Polygons, shape (corners, 3), of what is seen of the surface, and the pieces of lines on it, shape (2, 3).

    A surface that runs out of sight is cut where it does; one that breaks is cut along the break.
    """
    contours = panel.contours
    with np.errstate(all="ignore"):
        if contours.mesh is None:
            x, y = scaled(contours.x, panel.x), scaled(contours.y, panel.y)
            faces = _faces(x, y, _tall(contours.values, height))
        else:
            mesh = contours.mesh
            corners = [scaled(mesh.x, panel.x), scaled(mesh.y, panel.y), _tall(mesh.values, height)]
            faces = np.column_stack(corners)[mesh.triangles]
    faces = faces[np.isfinite(faces).all(axis=(1, 2))]
    low, high = limits(height)
    inside = ((faces[..., 2] >= low) & (faces[..., 2] <= high)).all(axis=1)
    seen = (faces[..., 2].max(axis=1) > low) & (faces[..., 2].min(axis=1) < high)
    steep = np.ptp(faces[..., 2], axis=1) > 2 * (high - low) / SLABS
    ends = np.linspace(low, high, SLABS + 1)
    cut = [
        part
        for face in faces[seen & (~inside | steep)]
        for bottom, top in pairwise(ends)
        if face[:, 2].min() < top and face[:, 2].max() > bottom and len(part := clipped(face, bottom, top)) > 2
    ]
    shown = [*faces[inside & ~steep], *cut]
    return shown, _pieces(shown, (contours.x, contours.y), panel)


def _tall(values: Floats, height: Axis) -> Floats:
    """Heights in the axis' unit, with those at poles as far away as can be reckoned with."""
    low, high = limits(height)
    return np.clip(values / 10.0**height.unit, low - REACH * (high - low), high + REACH * (high - low))


def _pieces(faces: Sequence[Floats], grid: tuple[Floats, Floats], panel: FieldPanel) -> list[Floats]:
    """The sides of faces that lie on a few lines along which one variable is constant."""
    found = []
    for side, (places, axis) in enumerate(zip(grid, (panel.x, panel.y), strict=True)):
        every = max(1, round((len(places) - 1) / MESH_LINES))
        chosen = {float(place) for place in scaled(places[::every], axis)}
        chosen.add(float(scaled(places[-1:], axis)[0]))
        for face in faces:
            line = face[:, side]
            for place, (one, other) in enumerate(pairwise([*line, line[0]])):
                if one == other and float(one) in chosen:
                    found.append(np.array([face[place], face[(place + 1) % len(face)]]))
    return [*{piece[np.lexsort(piece.T)].tobytes(): piece for piece in found}.values()]


def clipped(face: Floats, low: float, high: float) -> Floats:
    """The part of a polygon between two heights."""
    for level, sign in ((low, 1.0), (high, -1.0)):
        kept: list[Floats] = []
        for one, other in pairwise([*face, face[0]] if len(face) else []):
            a, b = sign * (one[2] - level), sign * (other[2] - level)
            if a >= 0:
                kept.append(one)
            if a * b < 0:
                kept.append(one + (other - one) * (a / (a - b)))
        face = np.array(kept).reshape(-1, 3)
    return face


def _lit(faces: Sequence[Floats], panel: FieldPanel, height: Axis, theme: Theme, clear: float) -> Floats:
    """The colours of faces by their height, a little darker where they turn away from a light at the upper left."""
    low, high = limits(height)
    levels = np.linspace(low, high, SHADES + 1)[1:-1]
    colors = np.array(band_colors(levels, theme))
    sides = np.array([high_end - low_end for low_end, high_end in (limits(panel.x), limits(panel.y), limits(height))])
    fills = np.empty((len(faces), 4))
    for number, face in enumerate(faces):
        normal = np.cross((face[1] - face[0]) / sides, (face[2] - face[0]) / sides)
        size = float(np.linalg.norm(normal))
        light = abs(float(normal @ LIGHT)) / size if size else 1.0
        color = colors[np.searchsorted(levels, face[:, 2].mean())]
        fills[number] = [*np.clip(color * (DARKEST + (1 - DARKEST) * light), 0, 1), clear]
    return fills


def _faces(x: Floats, y: Floats, z: Floats) -> Floats:
    """The quadrilaterals of a grid, of shape (faces, 4, 3)."""
    grid = np.stack([*np.meshgrid(x, y), z], axis=2)
    faces: Floats = np.stack([grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]], axis=2).reshape(-1, 4, 3)
    return faces


def _plane_faces(panel: FieldPanel, plane: TangentPlane, height: Axis) -> Floats:
    """A rectangle of the plane about the point, a little above it, where it is seen, in pieces."""
    part = np.linspace(-PLANE_REACH, PLANE_REACH, PLANE_PIECES + 1)
    across, up = part * (panel.x.high - panel.x.low), part * (panel.y.high - panel.y.low)
    x, y, z = plane.point
    rise = z + plane.slopes[0] * across[None, :] + plane.slopes[1] * up[:, None]
    rise += PLANE_LIFT * (height.high - height.low)
    return _faces(scaled(x + across, panel.x), scaled(y + up, panel.y), _tall(rise, height))


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
