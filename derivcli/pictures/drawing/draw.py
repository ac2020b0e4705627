"""A scene as the bytes of a picture file, drawn with Matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.pictures.drawing.curve_names import margin
from derivcli.pictures.drawing.figure import clean_matplotlib, saved
from derivcli.pictures.drawing.header import draw_header
from derivcli.pictures.drawing.legend import draw_legend, names_of, rows_of
from derivcli.pictures.drawing.names import draw_names
from derivcli.pictures.drawing.panel import Shown, draw_panel
from derivcli.pictures.drawing.sheet import Row, arrange, legend_inches, new_figure, scale_of
from derivcli.pictures.drawing.styles import Styles, styles_of
from derivcli.pictures.drawing.themes import THEMES, Theme
from derivcli.pictures.look import Look
from derivcli.pictures.scene import AnyPanel, Curve, FieldPanel, Name, Panel, Scene, VectorPanel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(scene: Scene, suffix: str, look: Look) -> bytes:
    """The scene as a file of the kind that the suffix names: png, svg, pdf or webp."""
    with clean_matplotlib(THEMES[look.theme], scale_of(look)):
        title = "; ".join(name.text for name in scene.titles)
        return saved(figure_of(scene, look), suffix, title, scene.description, look.transparent)


def figure_of(scene: Scene, look: Look) -> Figure:
    """The scene as one of Matplotlib's figures, in whatever settings hold."""
    scene = _without_repetition(scene)
    theme, scale = THEMES[look.theme], scale_of(look)
    figure, styles = new_figure(look), styles_of(scene.panels, theme)
    rows: list[Row] = []
    shown: list[Shown] = []
    for number, panel in enumerate(scene.panels):
        axes = _add_axes(figure, panel, number, rows[0].axes if rows else None)
        shown.append(_draw(axes, panel, styles, theme))
        rows.append(Row(axes, _add_bar(figure, panel, shown[-1], number)))
    for row in rows[:-1]:
        row.axes.tick_params(labelbottom=False)
        row.axes.set_xlabel("")
    top = draw_header(figure, scene.titles, (*scene.notes, *_remarks(scene.panels)), scale, theme)
    _name_all(rows, scene, look, shown, styles, top)
    return figure


def draw_on(axes: Axes, panel: AnyPanel, look: Look) -> None:
    """The panel on axes of the caller's, in the settings that hold there."""
    theme = THEMES[look.theme]
    styles = styles_of([panel], theme)
    shown = _draw(axes, panel, styles, theme)
    if shown.colors is not None and (figure := axes.get_figure(root=True)) is not None:
        figure.colorbar(shown.colors, ax=axes)
    left = _name(axes, panel, styles, theme, shown)
    if names_of(panel, left):
        draw_legend(axes, panel, shown, left)


def _draw(axes: Axes, panel: AnyPanel, styles: Styles, theme: Theme) -> Shown:
    """All of a panel but its names."""
    if isinstance(panel, Panel):
        return draw_panel(axes, panel, styles, theme)
    if isinstance(panel, VectorPanel):
        from derivcli.pictures.drawing.fields import draw_vectors

        return draw_vectors(axes, panel, theme)
    if panel.surface:
        from derivcli.pictures.drawing.surface import draw_surface

        draw_surface(axes, panel, theme)
        return Shown()
    from derivcli.pictures.drawing.fields import draw_field

    return draw_field(axes, panel, theme)


def _name(axes: Axes, panel: AnyPanel, styles: Styles, theme: Theme, shown: Shown) -> list[Curve]:
    """Writes names into a panel whose size is known; gives the curves that a legend is to name."""
    if isinstance(panel, FieldPanel) and panel.surface:
        return []
    found = draw_names(axes, panel, styles, theme, shown.lines)
    if not isinstance(panel, Panel) and shown.levels is not None:
        from derivcli.pictures.drawing.field_names import name_levels

        name_levels(axes, panel, shown.levels, theme)
    return found


def _without_repetition(scene: Scene) -> Scene:
    """The scene whose only curve has no name where that is the title."""
    if len(scene.panels) != 1 or not isinstance(panel := scene.panels[0], Panel):
        return scene
    curves = [curve for curve in panel.curves if curve.name.text]
    if len(curves) != 1 or len(scene.titles) != 1 or curves[0].name.text != scene.titles[0].text:
        return scene
    nameless = [replace(curve, name=Name("")) for curve in panel.curves]
    return replace(scene, panels=(replace(panel, curves=tuple(nameless)),))


def _remarks(panels: Sequence[AnyPanel]) -> list[str]:
    """What is to be said of how panels are drawn."""
    from derivcli.pictures.drawing.fields import arrow_note

    return list(filter(None, [arrow_note(panel) for panel in panels if not isinstance(panel, Panel)]))


def _add_axes(figure: Figure, panel: AnyPanel, number: int, first: Axes | None) -> Axes:
    """Axes whose place is not known yet."""
    box = (0.1, 0.1, 0.8, 0.8)
    if isinstance(panel, FieldPanel) and panel.surface:
        return figure.add_axes(box, projection="3d", label=str(number), computed_zorder=False)
    return figure.add_axes(box, sharex=first, label=str(number))


def _add_bar(figure: Figure, panel: AnyPanel, shown: Shown, number: int) -> Axes | None:
    """The axes of a scale of the panel's colours."""
    if shown.colors is None or isinstance(panel, Panel) or panel.contours is None:
        return None
    from derivcli.pictures.drawing.fields import draw_scale

    bar = figure.add_axes((0.9, 0.1, 0.05, 0.8), label=f"scale {number}")
    draw_scale(bar, shown.colors, panel.contours)
    return bar


def _name_all(
    rows: Sequence[Row], scene: Scene, look: Look, shown: Sequence[Shown], styles: Styles, top: float
) -> None:
    """Arranges the rows, writes their names, and makes room for legends where these are needed."""
    theme, scale = THEMES[look.theme], scale_of(look)
    margins = [margin(row.axes, panel) for row, panel in zip(rows, scene.panels, strict=True)]
    arrange(rows, scene, look, top, {}, max(margins))
    heights, listed = {}, {}
    for number, ((axes, _), panel) in enumerate(zip(rows, scene.panels, strict=True)):
        listed[number] = _name(axes, panel, styles, theme, shown[number])
        if names := names_of(panel, listed[number]):
            heights[number] = legend_inches(rows_of(axes, names)[0], scale)
    if heights:
        arrange(rows, scene, look, top, heights, max(margins))
        for number in heights:
            draw_legend(rows[number].axes, scene.panels[number], shown[number], listed[number])
