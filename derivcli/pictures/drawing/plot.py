"""One picture of functions and their derivatives over one variable, as PNG, SVG or PDF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from derivcli.pictures.drawing.figure import GREY, clean_matplotlib, saved
from derivcli.pictures.drawing.plot_curves import (
    NAME_LETTERS,
    Curve,
    Panel,
    label,
    panels_of,
    short,
    unit_of,
    varying,
    with_place,
)
from derivcli.pictures.sampling.discontinuities import lonely
from derivcli.render.captions import direction_line
from derivcli.render.labels import raised

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from derivcli.result import Result

MAX_MARKED_POINTS = 30
"""Up to so many points each one is marked."""

DASHES: tuple[Any, ...] = ("solid", (0, (4.2, 1.6)), (0, (4.2, 1.4, 1.0, 1.4)), (0, (1.2, 1.2)))

# All lengths in inches: letters and axes keep their size, whatever stands in the header.
WIDTH, LEFT, RIGHT, TOP, BOTTOM = 7.2, 0.78, 0.28, 0.18, 0.62
TITLE_LINE, NOTE_LINE, LEGEND_LINE, LEGEND_GAP = 0.30, 0.24, 0.25, 0.10
PANEL_HEIGHTS = {1: (3.7,), 2: (2.3, 2.0)}
TITLE_LETTERS, NOTE_LETTERS, TITLE_LINES = 64, 96, 4


def draw_plot(results: Sequence[Result], suffix: str) -> bytes:
    """The functions and derivatives over the one variable that varies, as the bytes of a picture file."""
    results = [with_place(result) for result in results]
    name = varying(results[0].at)
    panels = panels_of(results, name)
    x = np.asarray(results[0].at[name], dtype=np.float64)
    x_unit = unit_of(x)
    titles, note = _titles(results), _note(results, name, x_unit, panels)
    with clean_matplotlib():
        figure, rows = _figure(titles, note, panels)
        for axes, panel in zip(rows, panels, strict=True):
            _draw_panel(axes, panel, 10.0**x_unit)
            axes.tick_params(labelbottom=axes is rows[-1])
        low, high = x.min() / 10.0**x_unit, x.max() / 10.0**x_unit
        rows[-1].set_xlim(low - 0.015 * (high - low), high + 0.015 * (high - low))
        rows[-1].set_xlabel(short(name, NAME_LETTERS), parse_math=False, fontsize=14)
        return saved(figure, suffix, titles[0])


# How it is named.


def _titles(results: Sequence[Result]) -> list[str]:
    lines = [
        short(f"{label(results, index)} = {result.expression.text}", TITLE_LETTERS)
        for index, result in enumerate(results)
    ]
    more = len(lines) - TITLE_LINES + 1
    return lines if more < 2 else [*lines[:-more], f"… and {more} more functions"]


def _note(results: Sequence[Result], name: str, x_unit: int, panels: list[Panel]) -> str:
    """What the axes do not say: definitions, constants, circles, unusual scales, values out of sight."""
    notes = [f"{part.name} = {part.text}" for result in results for part in result.expression.definitions]
    notes += [line for line in [direction_line(results)] if line]
    notes += [f"{other} = {values[0]:.6g}" for other, values in results[0].at.items() if other != name]
    if x_unit:
        notes.append(f"horizontal unit 10{raised(x_unit)}")
    for panel in panels:
        notes += [f"vertical unit 10{raised(panel.unit)}"] * (panel.unit != 0)
        notes += ["logarithmic scale"] * panel.logarithmic
    curves = [(curve, panel) for panel in panels for curve in panel.curves]
    if any(np.isfinite(curve.circles[1]).any() for curve, _ in curves):
        notes.append("○ PyTorch’s convention, perhaps no derivative")
    if any(((curve.y < panel.low) | (curve.y > panel.high)).any() for curve, panel in curves):
        notes.append("values beyond the axis are cut off")
    return short("   ·   ".join(dict.fromkeys(notes)), NOTE_LETTERS)


# How it is drawn.


def _figure(titles: list[str], note: str, panels: list[Panel]) -> tuple[Figure, list[Axes]]:
    """From top to bottom the titles, a note, and empty axes for each panel with room for its legend."""
    from matplotlib.figure import Figure

    top = TOP + TITLE_LINE * len(titles) + NOTE_LINE * bool(note)
    legends = [LEGEND_GAP + LEGEND_LINE * -(-len(panel.curves) // _legend_columns(panel)) for panel in panels]
    heights = PANEL_HEIGHTS[len(panels)]
    height = top + sum(legends) + sum(heights) + BOTTOM
    figure = Figure(figsize=(WIDTH, height), dpi=200)
    _draw_header(figure, titles, note)
    rows: list[Axes] = []
    for legend, extent in zip(legends, heights, strict=True):
        top += legend + extent
        box = (LEFT / WIDTH, 1 - top / height, 1 - (LEFT + RIGHT) / WIDTH, extent / height)
        rows.append(figure.add_axes(box, sharex=rows[0] if rows else None))
    return figure, rows


def _draw_header(figure: Figure, titles: list[str], note: str) -> None:
    """The lines above the axes; here and elsewhere the user's text is plain text, "$" and "\\" mean themselves."""
    for number, line in enumerate([*titles, note]):
        look: dict[str, Any] = {"fontsize": 15} if number < len(titles) else {"fontsize": 11, "color": GREY}
        place = (LEFT / WIDTH, 1 - (TOP + TITLE_LINE * number) / figure.get_figheight())
        figure.text(*place, line, va="top", parse_math=False, **look)


def _legend_columns(panel: Panel) -> int:
    """How many entries of the legend stand side by side: all, or each function above its derivatives."""
    longest = max(len(curve.label) for curve in panel.curves)
    colors = len({curve.color for curve in panel.curves})
    rows = -(-len(panel.curves) // max(1, min(colors, 80 // (longest + 8))))
    return -(-len(panel.curves) // rows)


def _draw_panel(axes: Axes, panel: Panel, x_unit: float) -> None:
    for curve in panel.curves:
        _draw_curve(axes, curve, x_unit)
    axes.set_ylim(panel.low, panel.high)
    axes.locator_params(steps=[1, 2, 5, 10])
    if panel.logarithmic:
        axes.locator_params("y", integer=True)
        axes.yaxis.set_major_formatter(lambda value, _: f"$10^{{{value:.0f}}}$")
    elif panel.low < 0 < panel.high:
        axes.axhline(0, color=GREY, linewidth=0.9, zorder=1.5)
    legend = axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=_legend_columns(panel))
    for text in legend.get_texts():
        text.set(parse_math=False, fontsize=13)


def _draw_curve(axes: Axes, curve: Curve, x_unit: float) -> None:
    """The line, its points where they are few or have no neighbour, and the circles off it."""
    x, few = curve.x / x_unit, len(np.unique(curve.x)) <= MAX_MARKED_POINTS
    shape, size = ("s", 4.5) if curve.order else ("o", 5.5)
    dashes = DASHES[1 + (curve.order - 1) % (len(DASHES) - 1)] if curve.order else DASHES[0]
    point: dict[str, Any] = {"marker": shape, "markersize": size, "markeredgecolor": "white", "markeredgewidth": 0.7}
    line: dict[str, Any] = {"linestyle": dashes, "linewidth": 1.7 if curve.order else 2.2}
    axes.plot(x, curve.y, label=curve.label, color=curve.color, **line, **(point if few else {}))
    if not few:
        alone = lonely(np.isfinite(curve.y))
        axes.plot(x[alone], curve.y[alone], linestyle="none", color=curve.color, **point)
    at, value = curve.circles
    axes.plot(at / x_unit, value, "o", color=curve.color, markersize=6.5, markerfacecolor="white", zorder=4)
