"""A scene as the bytes of a picture file, drawn with Matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivcli.pictures.drawing.field_figure import draw_field_on, field_figure
from derivcli.pictures.drawing.figure import clean_matplotlib, saved
from derivcli.pictures.drawing.names import draw_legend, draw_names, legend_columns, margin
from derivcli.pictures.drawing.panel import draw_panel
from derivcli.pictures.drawing.sheet import arrange, draw_header, legend_inches, new_figure, scale_of
from derivcli.pictures.drawing.styles import styles_of
from derivcli.pictures.drawing.themes import THEMES
from derivcli.pictures.look import Look
from derivcli.pictures.scene import AnyPanel, Panel, Scene

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(scene: Scene, suffix: str, look: Look) -> bytes:
    """The scene as a file of the kind that the suffix names: png, svg, pdf or webp."""
    with clean_matplotlib(THEMES[look.theme], scale_of(look)):
        title = "; ".join(name.text for name in scene.titles)
        return saved(figure_of(scene, look), suffix, title)


def figure_of(scene: Scene, look: Look) -> Figure:
    """The scene as one of Matplotlib's figures, in whatever settings hold."""
    if not isinstance(scene.panels[0], Panel):
        return field_figure(scene, scene.panels[0], look)
    theme, scale = THEMES[look.theme], scale_of(look)
    panels = [panel for panel in scene.panels if isinstance(panel, Panel)]
    assert len(panels) == len(scene.panels), "fields have a picture of their own"
    figure = new_figure(look)
    styles = styles_of(panels, theme)
    rows: list[Axes] = []
    for number in range(len(panels)):
        box = (0.1, 0.1, 0.8, 0.8)
        rows.append(figure.add_axes(box, sharex=rows[0] if rows else None, label=str(number)))
    lines = [draw_panel(axes, panel, styles, theme) for axes, panel in zip(rows, panels, strict=True)]
    for axes in rows[:-1]:
        axes.tick_params(labelbottom=False)
        axes.set_xlabel("")
    top = draw_header(figure, scene, scale, theme)
    arrange(rows, scene, look, top, {}, max(margin(axes, panel) for axes, panel in zip(rows, panels, strict=True)))
    legends = {}
    for number, (axes, panel) in enumerate(zip(rows, panels, strict=True)):
        if not draw_names(axes, panel, styles, theme, lines[number]):
            entries = len(panel.curves) + len(panel.bands) + len(panel.densities)
            legends[number] = legend_inches(-(-entries // legend_columns(axes, panel)), scale)
    if legends:
        left = [
            margin(axes, panel)
            for number, (axes, panel) in enumerate(zip(rows, panels, strict=True))
            if number not in legends
        ]
        arrange(rows, scene, look, top, legends, max(left, default=0.0))
        for number in legends:
            draw_legend(rows[number], panels[number], lines[number])
    return figure


def draw_on(axes: Axes, panel: AnyPanel, look: Look) -> None:
    """The panel on axes of the caller's, in the settings that hold there."""
    if not isinstance(panel, Panel):
        draw_field_on(axes, panel, look)
        return
    theme = THEMES[look.theme]
    styles = styles_of([panel], theme)
    lines = draw_panel(axes, panel, styles, theme)
    if not draw_names(axes, panel, styles, theme, lines):
        draw_legend(axes, panel, lines)
