"""A study as an object for JSON, and as rows for programs that read lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from derivcli.render.formats.json import VERSION
from derivcli.render.quantities import function_names
from derivcli.render.to_json import described
from derivcli.result import SymbolicResult
from derivcli.study.study import Extent, Number, Piece, SpecialPoint, Study, Undecided

SPECIAL_LISTS = ("zeros", "critical", "inflections", "breaks")
"""A study's lists of special points of which there are proved to be no others."""

POINT_LISTS = (*SPECIAL_LISTS, "extrema", "ends")
"""All of its lists of points."""

HEADER = (
    "list", "x", "x exact", "kind", "value", "value exact", "left", "right", "left slope", "right slope", "verdict",
)  # fmt: skip


def study_json_object(study: Study) -> dict[str, Any]:
    """All that a study holds."""
    result = SymbolicResult(study.expression, {study.variable: study.expression})
    return {
        "version": VERSION,
        **described(function_names([result])[0], result),
        "variable": study.variable,
        "on": [_number(study.low), _number(study.high)],
        "on_exact": [_exact(study.low), _exact(study.high)],
        "complete": study.complete,
        **{name: list(map(_point, getattr(study, name))) for name in POINT_LISTS},
        "range": study.range and _extent(study.range),
        "pieces": list(map(_piece, study.pieces)),
        "undecided": list(map(_undecided, study.undecided)),
        "period": study.period and {"number": _number(study.period), "exact": _exact(study.period)},
        "remarks": list(study.remarks),
    }


def study_rows(study: Study) -> list[Sequence[str]]:
    """A row for each special point of each list, and for each stretch on which something is undecided."""
    points = [(name, *_cells(point)) for name in POINT_LISTS for point in getattr(study, name)]
    gaps = [
        (each.what, f"{each.low.text}:{each.high.text}", "", "undecided", *[""] * 6, each.why)
        for each in study.undecided
    ]
    return [HEADER, *points, *gaps]


def _cells(point: SpecialPoint) -> list[str]:
    sides = (point.left, point.right, point.left_slope, point.right_slope)
    kind = f"{point.extent} {point.kind}".strip()
    if point.multiplicity > 1:
        kind += f" {point.multiplicity}"
    return [
        *(point.x.text, _exact(point.x) or "", kind),
        *_value_cells(point.value),
        *("" if side is None else side.text for side in sides),
        point.verdict.kind,
    ]


def _value_cells(value: Number | None) -> tuple[str, str]:
    return ("", "") if value is None else (value.text, _exact(value) or "")


def _number(number: Number | None) -> float | int | str | None:
    """The nearest float64 as JSON holds it."""
    return None if number is None else _json_float(number.value)


def _json_float(value: float) -> float | int | str:
    if not math.isfinite(value):
        return repr(value)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _exact(number: Number | None) -> str | None:
    return None if number is None or number.exact is None else number.exact.canonical_text


def _point(point: SpecialPoint) -> dict[str, Any]:
    value = point.value
    return {
        "x": _number(point.x),
        "exact": _exact(point.x),
        "digits": point.x.text,
        "enclosure": [_json_float(point.x.low), _json_float(point.x.high)],
        "kind": point.kind,
        "extent": point.extent,
        "multiplicity": point.multiplicity,
        "value": _number(value),
        "value_exact": _exact(value),
        "value_digits": None if value is None else value.text,
        "left": _number(point.left),
        "right": _number(point.right),
        "left_slope": _number(point.left_slope),
        "right_slope": _number(point.right_slope),
        "verdict": point.verdict.kind,
        "message": point.verdict.message,
    }


def _piece(piece: Piece) -> dict[str, Any]:
    signs = {"sign": piece.sign, "slope": piece.slope, "curvature": piece.curvature}
    return {"low": _number(piece.low), "high": _number(piece.high), "defined": piece.defined, **signs}


def _undecided(each: Undecided) -> dict[str, Any]:
    return {"low": _number(each.low), "high": _number(each.high), "what": each.what, "why": each.why}


def _extent(extent: Extent) -> dict[str, Any]:
    return {
        "low": _number(extent.low),
        "high": _number(extent.high),
        "low_exact": _exact(extent.low),
        "high_exact": _exact(extent.high),
        "has_low": extent.has_low,
        "has_high": extent.has_high,
        "gaps": [[_number(low), _number(high)] for low, high in extent.gaps],
        "borders": list(map(list, extent.borders)),
    }
