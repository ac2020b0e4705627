"""Names in a picture: of curves beside their ends or in a legend, of marks and asymptotes where nothing else is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from derivcli.pictures.drawing.mathtext import typeset
from derivcli.pictures.drawing.occupied import Box, Occupied
from derivcli.pictures.drawing.sheet import measuring
from derivcli.pictures.drawing.styles import Style, Styles, key_of
from derivcli.pictures.drawing.themes import Theme
from derivcli.pictures.drawing.ticks import scaled
from derivcli.pictures.scene import Band, Curve, Density, Floats, Name, Panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from matplotlib.text import Annotation

NAME_SIZE, MARK_SIZE = 1.15, 0.92
"""Letters of names, compared with those at ticks."""

MAX_WIDTH = 0.3
"""A name wider than this part of the axes stands in a legend."""

AIR, MARGIN_GAP = 2.5, 5.0
"""Points around a name, and between the axes and a name beside them."""

MAX_SHIFT = 0.9
"""Names beside the axes move apart by so many of their heights at most."""

AROUND = ((1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (0, -1), (1, 0), (-1, 0))
"""Where the name of a mark may stand, from the mark."""


def text_size(axes: Axes, factor: float) -> float:
    """A size of letters in points."""
    import matplotlib

    return factor * float(matplotlib.rcParams["font.size"])


def ends_inside(curve: Curve, panel: Panel) -> tuple[float, float] | None:
    """The point where the curve meets the right side of its panel, or None where it does not."""
    if not curve.strokes or curve.role == "path":
        return None
    stroke = max(curve.strokes, key=lambda stroke: stroke.x[-1] if len(stroke.x) else -np.inf)
    if not len(stroke.x):
        return None
    x, y = float(stroke.x[-1]), float(np.interp(panel.x.high, stroke.x, stroke.y))
    near = x >= panel.x.high - 0.04 * (panel.x.high - panel.x.low)
    return (min(x, panel.x.high), y) if near and panel.y.low <= y <= panel.y.high else None


def margin(axes: Axes, panel: Panel) -> float:
    """The inches that names need beside the axes."""
    names = [curve.name for curve in panel.curves if curve.name.text and ends_inside(curve, panel)]
    renderer = measuring(axes)
    widths = [_measured(axes, name, NAME_SIZE, renderer)[0] for name in names]
    return (max(widths) + MARGIN_GAP) / 72 if widths else 0.0


def _measured(axes: Axes, name: Name, factor: float, renderer: Any) -> tuple[float, float]:
    """The width and height of a name in points."""
    from matplotlib.text import Text

    words = typeset(name)
    text = Text(0, 0, words["text"], parse_math=words["parse_math"], fontsize=text_size(axes, factor))
    text.set_figure(axes.figure)
    box = text.get_window_extent(renderer)
    return box.width * 72 / axes.figure.dpi, box.height * 72 / axes.figure.dpi


def draw_names(axes: Axes, panel: Panel, styles: Styles, theme: Theme, lines: Mapping[int, Line2D]) -> bool:
    """Names all that the panel holds; where a curve's name finds no place, no curve has one, and the answer is no."""
    taken = Occupied(axes)
    renderer = measuring(axes)
    for line in lines.values():
        taken.add_line(*(np.asarray(side, dtype=np.float64) for side in line.get_data()))
    for mark in [mark for curve in panel.curves for mark in curve.marks] + list(panel.marks):
        ((x, y),) = taken.place(scaled(np.array([mark.x]), panel.x), scaled(np.array([mark.y]), panel.y))
        if np.isfinite(x + y):
            taken.add_box(Box(x - 3, y - 3, x + 3, y + 3))
    drawn = _draw_curve_names(axes, panel, styles, taken, renderer)
    for curve in panel.curves:
        color = theme.ink if curve.role == "tangent" else styles[key_of(curve)].letters
        for mark in curve.marks:
            if mark.name is not None:
                _draw_mark_name(axes, panel, mark.x, mark.y, mark.name, color, taken, renderer)
    for mark in panel.marks:
        if mark.name is not None:
            _draw_mark_name(axes, panel, mark.x, mark.y, mark.name, theme.ink, taken, renderer)
    for asymptote in panel.asymptotes:
        if asymptote.name is not None:
            place = (asymptote.place, panel.y.low) if asymptote.vertical else (panel.x.high, asymptote.place)
            _draw_mark_name(axes, panel, *place, asymptote.name, theme.grey, taken, renderer)
    return drawn


def _draw_curve_names(axes: Axes, panel: Panel, styles: Styles, taken: Occupied, renderer: Any) -> bool:
    """Beside the axes where a curve ends at their side, else along it, beginning at its right end."""
    named = [curve for curve in panel.curves if curve.name.text]
    if len(panel.bands) + len(panel.densities):
        return False
    sizes = {id(curve): _measured(axes, curve.name, NAME_SIZE, renderer) for curve in named}
    texts: list[Annotation] = []
    beside = [(end, curve) for curve in named if (end := ends_inside(curve, panel)) is not None]
    places = {id(curve): float(taken.place(*_point(panel, *end))[0, 1]) for end, curve in beside}
    shifts = _apart(places, {key: size[1] for key, size in sizes.items()})
    if shifts is None or any(width > MAX_WIDTH * taken.width for width, _ in sizes.values()):
        return False
    for end, curve in beside:
        texts.append(_beside(axes, panel, end, curve, styles[key_of(curve)], shifts[id(curve)]))
    for curve in named:
        if id(curve) in places:
            continue
        found = next(
            (
                spot
                for spot in _along(panel, curve, taken, sizes[id(curve)])
                if not taken.overlap(_box(spot, sizes[id(curve)], AIR))
            ),
            None,
        )
        if found is None:
            for text in texts:
                text.remove()
            return False
        taken.add_box(_box(found, sizes[id(curve)], AIR))
        texts.append(_draw_text(axes, taken, found, curve.name, styles[key_of(curve)].letters, NAME_SIZE))
    return True


def _point(panel: Panel, x: float, y: float) -> tuple[Floats, Floats]:
    return scaled(np.array([x]), panel.x), scaled(np.array([y]), panel.y)


def _apart(places: Mapping[int, float], heights: Mapping[int, float]) -> dict[int, float] | None:
    """How far each name moves up so that none overlaps the next, or None where one would move too far."""
    order = sorted(places, key=lambda key: places[key])
    found = {key: places[key] for key in order}
    for _ in range(60):
        for low, high in pairwise(order):
            lack = 0.85 * (heights[low] + heights[high]) / 2 - (found[high] - found[low])
            if lack > 0:
                found[low] -= lack / 2
                found[high] += lack / 2
    shifts = {key: found[key] - places[key] for key in order}
    return shifts if all(abs(shift) <= MAX_SHIFT * heights[key] for key, shift in shifts.items()) else None


def _beside(axes: Axes, panel: Panel, end: tuple[float, float], curve: Curve, style: Style, shift: float) -> Annotation:
    words = typeset(curve.name)
    _, y = _point(panel, *end)
    return axes.annotate(
        words["text"], (1, float(y[0])), (MARGIN_GAP, shift), xycoords=axes.get_yaxis_transform(),
        textcoords="offset points", va="center", ha="left", color=style.letters, parse_math=words["parse_math"],
        fontsize=text_size(axes, NAME_SIZE), annotation_clip=False,
    )  # fmt: skip


def _box(spot: tuple[float, float], size: tuple[float, float], air: float) -> Box:
    """The box of a text of a size whose lower left corner is at a spot, with air around it."""
    return Box(spot[0] - air, spot[1] - air, spot[0] + size[0] + air, spot[1] + size[1] + air)


def _along(panel: Panel, curve: Curve, taken: Occupied, size: tuple[float, float]) -> Iterator[tuple[float, float]]:
    """Lower left corners for a name on both sides of its curve, from its right end leftwards."""
    width, height = size
    for stroke in sorted(curve.strokes, key=lambda stroke: -stroke.x[-1]):
        places = taken.place(scaled(stroke.x, panel.x), scaled(stroke.y, panel.y))
        seen = (places >= 0).all(axis=1) & (places <= [taken.width, taken.height]).all(axis=1)
        places = places[seen]
        for x, y in places[:: -max(1, len(places) // 60)]:
            for gap in (4.0, 7.0):
                for across, up in AROUND:
                    left = x + gap if across > 0 else x - width - gap if across < 0 else x - width / 2
                    bottom = y + gap if up > 0 else y - height - gap if up < 0 else y - height / 2
                    if left >= 0 and left + width <= taken.width and bottom >= 0 and bottom + height <= taken.height:
                        yield left, bottom


def _draw_text(
    axes: Axes, taken: Occupied, spot: tuple[float, float], name: Name, color: str, factor: float
) -> Annotation:
    """A name whose lower left corner is at a spot, given in points from the axes' corner."""
    words = typeset(name)
    x, y = taken.transform.inverted().transform(np.array(spot) / taken.points + taken.corner)
    return axes.annotate(
        words["text"], (x, y), color=color, parse_math=words["parse_math"], va="bottom", ha="left",
        fontsize=text_size(axes, factor), zorder=5,
    )  # fmt: skip


def _draw_mark_name(
    axes: Axes, panel: Panel, x: float, y: float, name: Name, color: str, taken: Occupied, renderer: Any
) -> None:
    """The name of a mark in the place around it where it hides least."""
    ((left, bottom),) = taken.place(*_point(panel, x, y))
    size = _measured(axes, name, MARK_SIZE, renderer)
    best, least = None, np.inf
    for gap in (4.0, 8.0, 14.0):
        for across, up in AROUND:
            spot = (
                left + gap if across > 0 else left - gap - size[0] if across < 0 else left - size[0] / 2,
                bottom + gap if up > 0 else bottom - gap - size[1] if up < 0 else bottom - size[1] / 2,
            )
            cost = taken.overlap(_box(spot, size, 1.0))
            if cost < least:
                best, least = spot, cost
        if least == 0:
            break
    if best is not None:
        taken.add_box(_box(best, size, 1.0))
        _draw_text(axes, taken, best, name, color, MARK_SIZE)


def legend_columns(axes: Axes, panel: Panel) -> int:
    """How many entries of a legend stand side by side."""
    names = [curve.name for curve in panel.curves if curve.name.text] + [part.name for part in panel.bands]
    names += [part.name for part in panel.densities]
    renderer = measuring(axes)
    widest = max((_measured(axes, name, 1.0, renderer)[0] for name in names), default=1.0) + text_size(axes, 4.5)
    room = axes.get_window_extent().width * 72 / axes.figure.dpi
    return max(1, min(len(names), int(room / widest)))


def draw_legend(axes: Axes, panel: Panel, lines: Mapping[int, Line2D]) -> None:
    """A legend above the axes with all names in order."""
    from matplotlib.colors import to_hex
    from matplotlib.patches import Patch

    entries: list[tuple[Any, Name]] = [
        (lines[number], curve.name) for number, curve in enumerate(panel.curves) if curve.name.text
    ]
    parts: tuple[Band | Density, ...] = (*panel.bands, *panel.densities)
    named = {part.name.text: part.name for part in parts}
    for shape in axes.collections:
        if shape.get_label() in named:
            color = shape.get_facecolor() if len(shape.get_facecolor()) == 1 else shape.get_cmap()(0.6)
            patch = Patch(facecolor=to_hex(tuple(np.ravel(color)), keep_alpha=True), linewidth=0)
            entries.append((patch, named[str(shape.get_label())]))
    legend = axes.legend(
        [handle for handle, _ in entries], [name.text for _, name in entries], loc="lower right",
        bbox_to_anchor=(1, 1), ncols=legend_columns(axes, panel), borderpad=0.1,
    )  # fmt: skip
    for text, (_, name) in zip(legend.get_texts(), entries, strict=True):
        words = typeset(name)
        text.set(text=words["text"], parse_math=words["parse_math"])
