"""Fields for the page's script: contours as polygons and lines, and the grids from which it interpolates."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, cast

import numpy as np

from derivcli.pictures.html.packed import packed
from derivcli.pictures.scene import Contours, Floats

Data = dict[str, Any]

LABEL_POINTS = 24
"""A line of fewer points has no room for its level."""


def contour_data(contours: Contours) -> Data:
    """The regions between levels, the lines at them with their labels, and the numbers of the grid."""
    from contourpy import FillType, LineType, contour_generator

    values = np.ma.masked_invalid(contours.values)
    made = contour_generator(
        contours.x, contours.y, values, fill_type=FillType.OuterOffset, line_type=LineType.Separate
    )
    known = values.compressed()
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    edges = [low, *[level for level in contours.levels.tolist() if low < level < high], high]
    regions = [_polygons(made.filled(one, other)) for one, other in pairwise(edges) if one < other]
    lines, labels = [], []
    for level in contours.levels.tolist():
        found = [line for line in cast(list[Floats], made.lines(level)) if len(line) > 1]
        lines.append({"level": level, "lines": [_line(line) for line in found]})
        labels += [_label(level, line) for line in sorted(found, key=len)[-1:] if len(line) >= LABEL_POINTS]
    return {
        "regions": regions,
        "lines": lines,
        "labels": labels,
        "low": low,
        "high": high,
        "edges": edges,
        **grid_data((contours.x, contours.y), {"z": contours.values}),
        "arrows": None
        if contours.gradient is None or contours.arrows is None
        else vector_data(contours.arrows, contours.gradient),
    }


def vector_data(grid: tuple[Floats, Floats], vectors: Floats) -> Data:
    """A field of vectors on its grid."""
    return grid_data(grid, {"u": vectors[0], "v": vectors[1]})


def grid_data(grid: tuple[Floats, Floats], numbers: dict[str, Floats]) -> Data:
    """Numbers of shape (y, x) on a grid, row after row."""
    return {
        "gridX": packed(grid[0]),
        "gridY": packed(grid[1]),
        **{name: packed(values.ravel()) for name, values in numbers.items()},
    }


def _polygons(filled: Any) -> list[list[dict[str, str]]]:
    """Each region as its outline and its holes."""
    return [
        [_line(points[start:end]) for start, end in pairwise(offsets)] for points, offsets in zip(*filled, strict=True)
    ]


def _line(points: Floats) -> dict[str, str]:
    return {"x": packed(points[:, 0], short=True), "y": packed(points[:, 1], short=True)}


def _label(level: float, line: Floats) -> dict[str, float]:
    x, y = line[len(line) // 2]
    return {"level": level, "x": float(x), "y": float(y)}
