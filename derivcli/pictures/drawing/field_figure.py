"""The picture of a field: its header and one pair of axes, or the three of a surface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivcli.pictures.drawing.fields import draw_field, draw_vectors
from derivcli.pictures.drawing.sheet import arrange, draw_header, new_figure, scale_of
from derivcli.pictures.drawing.surfaces import draw_surface, place_surface
from derivcli.pictures.drawing.themes import THEMES
from derivcli.pictures.look import Look
from derivcli.pictures.scene import FieldPanel, Scene, VectorPanel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 6.2
"""Inches where no size is asked for; most fields are as high as they are wide."""


def field_figure(scene: Scene, panel: FieldPanel | VectorPanel, look: Look) -> Figure:
    """A scene of one field as a figure."""
    theme, scale = THEMES[look.theme], scale_of(look)
    figure = new_figure(look)
    if look.size is None:
        figure.set_figwidth(WIDTH)
    top = draw_header(figure, scene, scale, theme)
    if isinstance(panel, FieldPanel) and panel.surface:
        place_surface(figure, panel, look, top)
        return figure
    axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
    write = draw_field(axes, panel, look) if isinstance(panel, FieldPanel) else draw_vectors(axes, panel, look)
    arrange([axes], scene, look, top, {}, 0.0)
    figure.draw_without_rendering()
    write()
    return figure


def draw_field_on(axes: Axes, panel: FieldPanel | VectorPanel, look: Look) -> None:
    """A field on axes of the caller's."""
    if isinstance(panel, VectorPanel):
        draw_vectors(axes, panel, look)()
    elif panel.surface:
        draw_surface(axes, panel, look)
    else:
        draw_field(axes, panel, look)()
