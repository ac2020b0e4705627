"""The rows of a file in a scene: few as dots, many as a density, on the curve or wherever they lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.files.gathered import MAX_DOTS, Gathered
from derivcli.pictures.scene import Axis, Curve, Density, Floats, Mark, Name, Panel, Scene

Evaluate: TypeAlias = Callable[[Floats], Sequence[Floats]]
"""From values of the variable to those of each function."""

CELL_PIXELS = 8
"""Pixels of a density's cell."""

AIR = 0.04
"""What is shown beyond the outermost row, as a part of what is shown."""


@dataclass(frozen=True, slots=True)
class FileRows:
    """The rows of a file called `name`: their values of the variable and perhaps of another one."""

    name: str
    found: Gathered

    @property
    def words(self) -> str:
        """How many rows there are, and of what."""
        count = self.found.count
        return f"{'1 row' if count == 1 else f'{count:,} rows'} of {self.name}"


def shown_interval(ends: tuple[float, float]) -> tuple[float, float]:
    """What is shown of an axis on which rows lie between these ends."""
    low, high = ends
    if low == high:
        air = abs(low) or 1.0
        return low - air, high + air
    air = AIR * (high - low)
    return (low - air, high + air) if np.isfinite([low - air, high + air]).all() else ends


def on_the_curve(
    scene: Scene, rows: FileRows, evaluate: Evaluate, size: tuple[int, int]
) -> Scene:
    """The scene with the rows on the curves of its functions, whose values `evaluate` gives."""
    panels = []
    is_dense = rows.found.grid is not None
    for panel in scene.panels:
        functions = [curve for curve in getattr(panel, "curves", ()) if curve.role == "function"]
        if isinstance(panel, Panel) and functions:
            is_dense = is_dense and not panel.y.logarithmic
            draw = _dense_on if is_dense else _dots_on
            panel = draw(panel, rows, functions, evaluate, size)
        panels.append(panel)
    return _told(replace(scene, panels=tuple(panels)), rows, is_dense)


def where_they_lie(scene: Scene, rows: FileRows, size: tuple[int, int]) -> Scene:
    """The scene with the rows at both of their coordinates, in its first panel."""
    first, *others = scene.panels
    ends = [shown_interval(ends) for ends in rows.found.ends]
    x, y = (_reaching(axis, *ends) for axis, ends in zip((first.x, first.y), ends, strict=True))
    grid = rows.found.grid
    if isinstance(first, Panel) and not y.logarithmic:
        first = replace(first, x=x, y=y)
        if grid is not None:
            counts, shown = grid.counts.T, [axis.ends for axis in grid.axes]
            added = _density(rows, counts, shown, first, size)
            return _told(replace(scene, panels=(replace(first, densities=(*first.densities, added)), *others)), rows, True)
    marks = [Mark(*place, "dot") for place in zip(*(each.tolist() for each in rows.found.dots), strict=True)]
    first = replace(first, marks=(*first.marks, *marks))
    return _told(replace(scene, panels=(first, *others)), rows, False)


def _reaching(axis: Axis, low: float, high: float) -> Axis:
    return replace(axis, low=min(axis.low, low), high=max(axis.high, high))


def _dots_on(
    panel: Panel, rows: FileRows, functions: Sequence[Curve], evaluate: Evaluate, size: tuple[int, int]
) -> Panel:
    """The panel with a dot for each row where its function has a value."""
    (x,) = rows.found.dots
    heights = evaluate(x)
    marks = []
    for curve in functions:
        y = heights[curve.function]
        finite = np.isfinite(y)
        marks += [Mark(*place, "dot") for place in zip(x[finite].tolist(), y[finite].tolist(), strict=True)]
    return replace(panel, marks=(*panel.marks, *marks))


def _dense_on(
    panel: Panel, rows: FileRows, functions: Sequence[Curve], evaluate: Evaluate, size: tuple[int, int]
) -> Panel:
    """The panel with as many rows in each cell as the file has where the curve passes through it."""
    grid = rows.found.grid
    assert grid is not None, "there are many rows"
    (cells,), filled = grid.axes, np.flatnonzero(grid.counts)
    x = np.ldexp(cells.first + filled + 0.5, cells.exponent)
    heights, counts = evaluate(x), np.zeros(_shape(size), np.int64)
    ends = (panel.x.low, panel.x.high), (panel.y.low, panel.y.high)
    for curve in functions:
        y = heights[curve.function]
        inside = np.isfinite(y) & (x >= ends[0][0]) & (x < ends[0][1]) & (y >= ends[1][0]) & (y < ends[1][1])
        column, row = (
            (values[inside] / (high - low) - low / (high - low)) * count
            for values, (low, high), count in zip((x, y), ends, counts.shape[::-1], strict=True)
        )
        np.add.at(counts, (row.astype(np.int64), column.astype(np.int64)), grid.counts[filled[inside]])
    return replace(panel, densities=(*panel.densities, Density(Name(rows.words), counts, *ends)))


def _density(
    rows: FileRows, counts: NDArray[np.int64], ends: Sequence[tuple[float, float]], panel: Panel, size: tuple[int, int]
) -> Density:
    """Counts, of shape (y, x) between such ends, in cells that are large enough to be seen in the panel."""
    outer = []
    for axis, (low, high), shown, pixels in zip((1, 0), ends, (panel.x, panel.y), size, strict=True):
        wanted = max(1.0, pixels / CELL_PIXELS * min(1.0, (high - low) / (shown.high - shown.low)))
        together = max(1, round(counts.shape[axis] / wanted))
        lacking = -counts.shape[axis] % together
        outer.append((low, high + lacking * (high - low) / counts.shape[axis]))
        counts = np.add.reduceat(counts, np.arange(0, counts.shape[axis], together), axis=axis)
    return Density(Name(rows.words), counts, *outer)


def _shape(size: tuple[int, int]) -> tuple[int, int]:
    return max(1, size[1] // CELL_PIXELS), max(1, size[0] // CELL_PIXELS)


def _told(scene: Scene, rows: FileRows, is_dense: bool) -> Scene:
    """The scene that says what its dots or its shading are."""
    found = rows.found
    lot = f"{MAX_DOTS:,} of the " if found.grid is not None and not is_dense else ""
    note = f"{'shading' if is_dense else 'dots'}: {lot}{rows.words}{', drawn by lot' if lot else ''}"
    if found.left_out:
        note += f"; {found.left_out:,} without a finite number {'is' if found.left_out == 1 else 'are'} left out"
    return replace(scene, notes=(*scene.notes, note), description=f"{scene.description} {note[0].upper()}{note[1:]}.")
