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
        "on": [json_number(study.low), json_number(study.high)],
        "on_exact": [exact_text(study.low), exact_text(study.high)],
        "complete": study.complete,
        **{name: list(map(_point, getattr(study, name))) for name in POINT_LISTS},
        "range": study.range and _extent(study.range),
        "pieces": list(map(_piece, study.pieces)),
        "undecided": list(map(_undecided, study.undecided)),
        "period": study.period and {"number": json_number(study.period), "exact": exact_text(study.period)},
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
        *(point.x.text, exact_text(point.x) or "", kind),
        *_value_cells(point.value),
        *("" if side is None else side.text for side in sides),
        point.verdict.kind,
    ]


def _value_cells(value: Number | None) -> tuple[str, str]:
    return ("", "") if value is None else (value.text, exact_text(value) or "")


def json_number(number: Number | None) -> float | int | str | None:
    """The nearest float64 as JSON holds it."""
    return None if number is None else _json_float(number.value)


def _json_float(value: float) -> float | int | str:
    if not math.isfinite(value):
        return repr(value)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def exact_text(number: Number | None) -> str | None:
    """The formula of a number in the spelling for programs."""
    return None if number is None or number.exact is None else number.exact.canonical_text


def _point(point: SpecialPoint) -> dict[str, Any]:
    value = point.value
    return {
        "x": json_number(point.x),
        "exact": exact_text(point.x),
        "digits": point.x.text,
        "enclosure": [_json_float(point.x.low), _json_float(point.x.high)],
        "kind": point.kind,
        "extent": point.extent,
        "multiplicity": point.multiplicity,
        "value": json_number(value),
        "value_exact": exact_text(value),
        "value_digits": None if value is None else value.text,
        "left": json_number(point.left),
        "right": json_number(point.right),
        "left_slope": json_number(point.left_slope),
        "right_slope": json_number(point.right_slope),
        "verdict": point.verdict.kind,
        "message": point.verdict.message,
    }


def _piece(piece: Piece) -> dict[str, Any]:
    signs = {"sign": piece.sign, "slope": piece.slope, "curvature": piece.curvature}
    return {"low": json_number(piece.low), "high": json_number(piece.high), "defined": piece.defined, **signs}


def _undecided(each: Undecided) -> dict[str, Any]:
    return {"low": json_number(each.low), "high": json_number(each.high), "what": each.what, "why": each.why}


def _extent(extent: Extent) -> dict[str, Any]:
    return {
        "low": json_number(extent.low),
        "high": json_number(extent.high),
        "low_digits": extent.low.text,
        "high_digits": extent.high.text,
        "low_exact": exact_text(extent.low),
        "high_exact": exact_text(extent.high),
        "has_low": extent.has_low,
        "has_high": extent.has_high,
        "gaps": [[json_number(low), json_number(high)] for low, high in extent.gaps],
        "borders": list(map(list, extent.borders)),
    }
