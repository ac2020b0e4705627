"""A scene as data for the page's script: arrays in base64, names typeset, and each line's look in every theme."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.drawing.outlines import outline_of
from derivcli.pictures.drawing.styles import key_of, styles_of
from derivcli.pictures.drawing.themes import THEMES
from derivcli.pictures.html.field_data import contour_data, vector_data
from derivcli.pictures.html.packed import packed
from derivcli.pictures.look import Look
from derivcli.pictures.scene import (
    AnyPanel,
    Asymptote,
    Axis,
    Band,
    Column,
    Curve,
    Density,
    FieldPanel,
    Mark,
    Name,
    Panel,
    Scene,
    Stroke,
    Table,
    VectorPanel,
)

Data = dict[str, Any]

LINE_PIXELS = 2.0
MAX_CELLS = 300_000
"""Cells of a density: so many are a megabyte and a half of text."""

CSS_PIXELS = 96
"""What a browser calls an inch."""


def scene_data(scene: Scene, look: Look) -> Data:
    """All that the page shows."""
    tables = [_table(table) for table in scene.tables]
    return {
        "titles": [_title(name) for name in scene.titles],
        "size": None if look.size is None else [side * CSS_PIXELS for side in look.size],
        "notes": list(scene.notes),
        "description": scene.description,
        "equal": scene.equal,
        "theme": look.theme,
        "themes": {name: _theme(name) for name in THEMES},
        "panels": [_panel(panel, scene) for panel in scene.panels],
        "tables": tables,
    }


def _theme(name: str) -> Data:
    theme = asdict(THEMES[name])
    return {key: theme[key] for key in ("background", "ink", "grey", "pale", "slopes", "signs", "counts")}


def _name(name: Name | None) -> Data:
    return {"text": name.text if name else ""}


def _title(name: Name) -> Data:
    """A name with its formula as an outline, since a page brings no fonts."""
    outline = outline_of(name) if name.latex else None
    return {"text": name.text, **({} if outline is None else {"path": outline.path, "box": outline.box})}


def _axis(axis: Axis) -> Data:
    return {
        "name": _name(axis.name),
        "low": axis.low,
        "high": axis.high,
        "unit": axis.unit,
        "logarithmic": axis.logarithmic,
        "turns": axis.turns,
    }


def _panel(panel: AnyPanel, scene: Scene) -> Data:
    axes = {"x": _axis(panel.x), "y": _axis(panel.y), "marks": _marks(panel.marks)}
    if isinstance(panel, Panel):
        return {
            **axes,
            "kind": "curves",
            "curves": _curves(panel.curves, scene),
            "asymptotes": [_asymptote(each) for each in panel.asymptotes if math.isfinite(each.place)],
            "bands": [_band(band) for band in panel.bands],
            "densities": [_density(density) for density in panel.densities],
        }
    if isinstance(panel, FieldPanel):
        return {
            **axes,
            "kind": "field",
            "curves": _curves(panel.curves, scene),
            "field": {"name": _name(panel.contours.name), **contour_data(panel.contours)},
            "planes": [
                {"point": plane.point, "slopes": plane.slopes, "name": _name(plane.name)} for plane in panel.planes
            ],
        }
    assert isinstance(panel, VectorPanel)
    field = None if panel.contours is None else {"name": _name(panel.contours.name), **contour_data(panel.contours)}
    return {**axes, "kind": "vectors", "curves": [], "field": field, "vectors": vector_data(panel.grid, panel.vectors)}


def _curves(curves: Iterable[Curve], scene: Scene) -> list[Data]:
    styles = {name: styles_of(scene.panels, theme) for name, theme in THEMES.items()}
    found = []
    for curve in curves:
        table, column = _column_of(curve, scene.tables)
        key = key_of(curve)
        style = styles["light"][key]
        found.append(
            {
                "name": _name(curve.name),
                "role": curve.role,
                "order": curve.order,
                "function": curve.function,
                "table": table,
                "column": column,
                "colors": {name: each[key].line for name, each in styles.items()},
                "letters": {name: each[key].letters for name, each in styles.items()},
                "dash": _dash(style.dashes),
                "width": LINE_PIXELS * style.width,
                **_strokes(curve.strokes),
                "marks": _marks(curve.marks),
                "arrows": None if curve.arrows is None else curve.arrows.tolist(),
            }
        )
    return found


def _dash(dashes: Any) -> list[float]:
    return [] if isinstance(dashes, str) else [round(part * LINE_PIXELS, 2) for part in dashes[1]]


def _strokes(strokes: Sequence[Stroke]) -> Data:
    """The strokes one after the other, with nan between them."""
    gap = np.array([np.nan])
    x = [part for stroke in strokes for part in (stroke.x, gap)][:-1]
    y = [part for stroke in strokes for part in (stroke.y, gap)][:-1]
    return {"x": packed(np.concatenate(x or [gap])), "y": packed(np.concatenate(y or [gap]))}


def _column_of(curve: Curve, tables: Sequence[Table]) -> tuple[int, int]:
    """The table and the column with a curve's numbers, -1 where there are none."""
    if curve.role == "path":
        paths = (
            place
            for place, table in enumerate(tables)
            if table.parameter is not None and table.function == curve.function
        )
        return next(paths, -1), 0
    if curve.role in ("function", "derivative"):
        for place, table in enumerate(tables):
            for number, column in enumerate(table.columns):
                if table.function == curve.function and column.name == curve.name:
                    return place, number
    return -1, -1


def _marks(marks: Iterable[Mark]) -> list[Data]:
    return [_mark(mark) for mark in marks if math.isfinite(mark.x) and math.isfinite(mark.y)]


def _mark(mark: Mark) -> Data:
    return {
        "x": mark.x,
        "y": mark.y,
        "kind": mark.kind,
        "name": _name(mark.name),
        "tip": mark.tip,
        "verdict": mark.verdict,
    }


def _asymptote(asymptote: Asymptote) -> Data:
    return {"place": asymptote.place, "vertical": asymptote.vertical, "name": _name(asymptote.name)}


def _band(band: Band) -> Data:
    return {
        "name": _name(band.name),
        "x": packed(band.x),
        "low": packed(band.low),
        "high": packed(band.high),
        "function": band.function,
    }


def _density(density: Density) -> Data:
    counts = _coarse(density.counts)
    return {
        "name": _name(density.name),
        "counts": packed(counts.ravel(), short=True),
        "rows": counts.shape[0],
        "x": density.x,
        "y": density.y,
    }


def _coarse(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The counts in cells that are joined to squares of them until a page can hold them."""
    while counts.size > MAX_CELLS:
        rows, columns = (1 if side == 1 else 2 for side in counts.shape)
        counts = np.pad(counts, [(0, -side % step) for side, step in zip(counts.shape, (rows, columns), strict=True)])
        counts = counts.reshape(counts.shape[0] // rows, rows, counts.shape[1] // columns, columns).sum(axis=(1, 3))
    return counts


def _table(table: Table) -> Data:
    texts = list(dict.fromkeys(table.verdicts))
    places = {text: place for place, text in enumerate(texts)}
    return {
        "function": table.function,
        "parameter": None if table.parameter is None else table.parameter.text,
        "x": packed(table.x),
        "columns": [_column(column) for column in table.columns],
        "texts": texts,
        "verdicts": [places[text] for text in table.verdicts],
    }


def _column(column: Column) -> Data:
    return {
        "name": _name(column.name),
        "values": packed(column.values),
        "slope": column.slope,
        "errors": packed(column.errors, short=True),
    }
