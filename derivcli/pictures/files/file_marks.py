"""The rows of a file in a scene: few as dots, many as a density, on the curve or wherever they lie."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.files.gathered import MAX_DOTS, Gathered
from derivcli.pictures.scene import AnyPanel, Axis, Density, Floats, Mark, Name, Panel, Scene

Evaluate: TypeAlias = Callable[[Floats], Sequence[Floats]]
"""From values of the variable to those of each function."""

CELL_PIXELS = 8
"""Pixels of a density's cell."""

STRIP, STRIP_GAP = 0.045, 0.02
"""The height of a strip, and that of the gap above it, as parts of what is shown."""

LARGEST = sys.float_info.max

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
    air = AIR * high - AIR * low
    return (low - air, high + air) if np.isfinite([low - air, high + air]).all() else ends


def on_the_curve(scene: Scene, rows: FileRows, evaluate: Evaluate, size: tuple[int, int]) -> Scene:
    """The scene with the rows on the curves of its functions, whose values `evaluate` gives.

    Of many the lowest panel has a strip, since curves would hide them.
    """
    panels = list(scene.panels)
    if rows.found.grid is None:
        (x,) = rows.found.dots
        heights = evaluate(x)
        unseen = int((~np.isfinite(heights).any(axis=0)).sum())
        shown = replace(scene, panels=tuple(_dots_on(panel, x, heights) for panel in panels))
        return _told(shown, rows, "dots", unseen)
    assert isinstance(panels[-1], Panel), "functions of one variable stand in such a panel"
    panels[-1] = _strip_below(panels[-1], rows, _shared(size, scene))
    return _told(replace(scene, panels=tuple(panels)), rows, "strip")


def where_they_lie(scene: Scene, rows: FileRows, size: tuple[int, int]) -> Scene:
    """The scene with the rows at both of their coordinates, in its first panel."""
    first, *others = scene.panels
    found = rows.found
    if isinstance(first, Panel):
        ends = [shown_interval(ends) for ends in found.ends]
        x, y = (_reaching(axis, *each) for axis, each in zip((first.x, first.y), ends, strict=True))
        first = replace(first, x=x, y=y)
    kind = "dots" if found.grid is None else "lot"
    if isinstance(first, Panel) and found.grid is not None and not first.y.logarithmic:
        added = _density(found.grid.counts.T, [axis.ends for axis in found.grid.axes], first, _shared(size, scene))
        first, kind = replace(first, densities=(*first.densities, added)), "shading"
    else:
        across, up = found.dots
        first = replace(first, marks=(*first.marks, *_dots(across, up)))
    return _told(replace(scene, panels=(first, *others)), rows, kind)


def _shared(size: tuple[int, int], scene: Scene) -> tuple[int, int]:
    """The pixels of one panel."""
    return size[0], size[1] // len(scene.panels)


def _reaching(axis: Axis, low: float, high: float) -> Axis:
    return replace(axis, low=min(axis.low, low), high=max(axis.high, high))


def _dots_on(panel: AnyPanel, x: Floats, heights: Sequence[Floats]) -> AnyPanel:
    """The panel with a dot for each row where its function has a value."""
    assert isinstance(panel, Panel), "functions of one variable stand in such a panel"
    functions = [curve for curve in panel.curves if curve.role == "function"]
    marks = [mark for curve in functions for mark in _dots(x, heights[curve.function])]
    return replace(panel, marks=(*panel.marks, *marks))


def _dots(x: Floats, y: Floats) -> list[Mark]:
    finite = np.isfinite(y)
    return [Mark(across, up, "dot") for across, up in zip(x[finite].tolist(), y[finite].tolist(), strict=True)]


def _strip_below(panel: Panel, rows: FileRows, size: tuple[int, int]) -> Panel:
    """The panel with a strip at its lower edge that tells how many rows lie where; its heights mean nothing."""
    grid = rows.found.grid
    assert grid is not None, "there are many rows"
    low, high = panel.y.low, panel.y.high
    if panel.y.logarithmic:
        bottom, top = (low * (high / low) ** -part for part in (STRIP + STRIP_GAP, STRIP_GAP))
    else:
        bottom, top = (max(low - part * high + part * low, -LARGEST) for part in (STRIP + STRIP_GAP, STRIP_GAP))
    panel = replace(panel, y=replace(panel.y, low=bottom))
    strip = _density(grid.counts[np.newaxis], [grid.axes[0].ends, (bottom, top)], panel, size)
    return replace(panel, densities=(*panel.densities, strip))


def _density(
    counts: NDArray[np.int64], ends: Sequence[tuple[float, float]], panel: Panel, size: tuple[int, int]
) -> Density:
    """Counts, of shape (y, x) between such ends, in cells that are large enough to be seen in the panel."""
    outer = []
    for axis, (low, high), shown, pixels in zip((1, 0), ends, (panel.x, panel.y), size, strict=True):
        count = counts.shape[axis]
        part = (high / 2 - low / 2) / (shown.high / 2 - shown.low / 2)
        together = max(1, round(count / max(1.0, pixels / CELL_PIXELS * min(1.0, part))))
        lacking = -count % together
        outer.append((low, min(high + lacking * (high / count - low / count), LARGEST)))
        counts = np.add.reduceat(counts, np.arange(0, counts.shape[axis], together), axis=axis)
    return Density(Name(""), counts, *outer)


NOTES = {
    "dots": "dots: {rows}",
    "lot": f"dots: {MAX_DOTS:,} of {{rows}}, drawn by lot",
    "shading": "shading: {rows}, the darker the more",
    "strip": "strip below: {rows}, the darker the more",
}
"""What is said of the rows by the way in which they are shown."""


def _told(scene: Scene, rows: FileRows, kind: str, unseen: int = 0) -> Scene:
    """The scene that says what shows its rows, and how many are `unseen` since no function has a value there."""
    note = NOTES[kind].format(rows=rows.words)
    if unseen:
        note += f", {unseen:,} of them where no function has a value"
    left_out = rows.found.left_out
    if left_out:
        note += f"; {left_out:,} without a finite number {'is' if left_out == 1 else 'are'} left out"
    return replace(scene, notes=(*scene.notes, note), description=f"{scene.description} {note[0].upper()}{note[1:]}.")
