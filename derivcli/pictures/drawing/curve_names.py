"""Names of curves: beside the axes where a curve ends at their right side, else along the curve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from derivcli.pictures.drawing.mathtext import typeset
from derivcli.pictures.drawing.occupied import Occupied, Size, Spot
from derivcli.pictures.drawing.styles import Styles, key_of
from derivcli.pictures.drawing.ticks import scaled
from derivcli.pictures.drawing.written import AROUND, box_of, corner, draw_text, measured, text_size
from derivcli.pictures.scene import AnyPanel, Curve, Panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

NAME_SIZE = 1.15
"""Letters of names, compared with those at ticks."""

MAX_WIDTH = 0.3
"""A name wider than this part of the axes stands in a legend."""

AIR, MARGIN_GAP = 2.5, 5.0
"""Points around a name, and between the axes and a name beside them."""

MAX_SHIFT = 0.9
"""Names beside the axes move apart by so many of their heights at most."""

OVERLAP = 0.85
"""Names one below the other are so many of their heights apart: few letters reach both up and down."""

NEAR_SIDE = 0.04
"""A curve that ends so near the right side, in widths of the axes, ends at it."""

MAX_TRIES = 60
"""Of points along a stroke beside which its name may stand."""


def margin(axes: Axes, panel: AnyPanel) -> float:
    """The inches that names need beside the axes."""
    names = [curve.name for curve in named(panel) if isinstance(panel, Panel) and _end(curve, panel)]
    return (max(measured(axes, name, NAME_SIZE)[0] for name in names) + MARGIN_GAP) / 72 if names else 0.0


def named(panel: AnyPanel) -> list[Curve]:
    """The curves that have names."""
    return [curve for curve in panel.curves if curve.name.text] if isinstance(panel, Panel) else []


def draw_curve_names(taken: Occupied, panel: Panel, styles: Styles) -> bool:
    """Names all curves, or, where one finds no place, none of them; the answer is whether it did."""
    curves = named(panel)
    sizes = {id(curve): measured(taken.axes, curve.name, NAME_SIZE) for curve in curves}
    if any(width > MAX_WIDTH * taken.width for width, _ in sizes.values()):
        return False
    ends = {id(curve): end for curve in curves if (end := _end(curve, panel)) is not None}
    heights = {
        key: float(taken.place(np.array([0.0]), scaled(np.array([end]), panel.y))[0, 1]) for key, end in ends.items()
    }
    shifts = _apart(heights, {key: size[1] for key, size in sizes.items()})
    if shifts is None:
        return False
    texts: list[Annotation] = []
    for curve in curves:
        color = styles[key_of(curve)].letters
        if id(curve) in ends:
            texts.append(_draw_at_end(taken.axes, panel, ends[id(curve)], curve, color, shifts[id(curve)]))
            continue
        size = sizes[id(curve)]
        place = next((at for at in _along(panel, curve, taken, size) if not taken.overlap(box_of(at, size, AIR))), None)
        if place is None:
            for text in texts:
                text.remove()
            return False
        taken.add_box(box_of(place, size, AIR))
        texts.append(draw_text(taken, place, curve.name, color, NAME_SIZE))
    return True


def _end(curve: Curve, panel: Panel) -> float | None:
    """The height at which the curve meets the right side of its panel, or None where it does not."""
    if not curve.strokes or curve.role == "path":
        return None
    stroke = max(curve.strokes, key=lambda stroke: stroke.x[-1])
    near = stroke.x[-1] >= panel.x.high - NEAR_SIDE * (panel.x.high - panel.x.low)
    y = float(np.interp(panel.x.high, stroke.x, stroke.y))
    return y if near and panel.y.low <= y <= panel.y.high else None


def _apart(places: Mapping[int, float], heights: Mapping[int, float]) -> dict[int, float] | None:
    """How far each name moves up so that none overlaps the next, or None where one would move too far."""
    order = sorted(places, key=lambda key: places[key])
    found = {key: places[key] for key in order}
    for _ in range(60):
        for low, high in pairwise(order):
            lack = OVERLAP * (heights[low] + heights[high]) / 2 - (found[high] - found[low])
            if lack > 0:
                found[low] -= lack / 2
                found[high] += lack / 2
    shifts = {key: found[key] - places[key] for key in order}
    return shifts if all(abs(shift) <= MAX_SHIFT * heights[key] for key, shift in shifts.items()) else None


def _draw_at_end(axes: Axes, panel: Panel, end: float, curve: Curve, color: str, shift: float) -> Annotation:
    words = typeset(curve.name)
    height = float(scaled(np.array([end]), panel.y)[0])
    return axes.annotate(
        words["text"], (1, height), (MARGIN_GAP, shift), xycoords=axes.get_yaxis_transform(), va="center", ha="left",
        textcoords="offset points", color=color, parse_math=words["parse_math"], fontsize=text_size(NAME_SIZE),
        annotation_clip=False,
    )  # fmt: skip


def _along(panel: Panel, curve: Curve, taken: Occupied, size: Size) -> Iterator[Spot]:
    """Lower left corners for a name beside its curve, from its right end leftwards."""
    for stroke in sorted(curve.strokes, key=lambda stroke: -stroke.x[-1]):
        places = taken.place(scaled(stroke.x, panel.x), scaled(stroke.y, panel.y))
        seen = places[(places >= 0).all(axis=1) & (places <= [taken.width, taken.height]).all(axis=1)]
        for x, y in seen[:: -max(1, len(seen) // MAX_TRIES)]:
            for gap in (4.0, 7.0):
                for side in AROUND:
                    left, bottom = corner((float(x), float(y)), size, side, gap)
                    if 0 <= left <= taken.width - size[0] and 0 <= bottom <= taken.height - size[1]:
                        yield left, bottom
