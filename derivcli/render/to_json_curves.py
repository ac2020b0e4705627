"""Curves, and the lines and planes that touch, as objects for JSON."""

from __future__ import annotations

from typing import Any

from derivcli.render.blocks import Style
from derivcli.render.curves import coordinates_of, result_of
from derivcli.render.formats.json import VERSION
from derivcli.render.to_json import numbers_json, numbers_json_object, texts_json, verdicts_json
from derivcli.study.curves.curve import Curve, CurveFormulas, Tangents, Touching


def curve_json_object(curve: Curve, style: Style) -> dict[str, Any]:
    """The points, the coordinates with their derivatives, and what is measured of the curve."""
    whole = numbers_json_object(curve.results, style)
    for name, part in zip(curve.coordinates, whole["functions"], strict=True):
        part["name"] = name
    return {**whole, "curve": {**_head(curve), **_measured(curve, style)}}


def formulas_json_object(curve: CurveFormulas) -> dict[str, Any]:
    """The coordinates, their derivatives by the parameter, and what is measured, as formulas."""
    return {
        "version": VERSION,
        "curve": {
            **_head(curve),
            "velocity": {name: each.canonical_text for name, each in curve.velocity.items()},
            "formulas": {key: each.canonical_text for key, each in curve.formulas.items()},
        },
    }


def tangents_json_object(tangents: Tangents, style: Style) -> dict[str, Any]:
    """The object of the function or the curve, with what touches it at each point."""
    result = result_of(tangents)
    whole = curve_json_object(tangents.of, style) if result is None else numbers_json_object([result], style)
    lines = [[_touching(each) for each in lines] for lines in tangents.touching]
    measured = {"circle": _measured(tangents, style)} if tangents.quantities else {}
    return {**whole, "tangents": {"lines": lines, "absence": list(tangents.absence), **measured}}


def _head(curve: Curve | CurveFormulas) -> dict[str, Any]:
    radius = {} if curve.radius is None else {"radius": curve.radius.canonical_text}
    coordinates = {name: each.canonical_text for name, each in coordinates_of(curve).items()}
    return {"parameter": curve.parameter, **radius, "coordinates": coordinates}


def _measured(record: Curve | Tangents, style: Style) -> dict[str, Any]:
    exact = {"exact": {key: texts_json(each) for key, each in record.exact.items()}} if record.exact else {}
    return {
        "quantities": {key: numbers_json(values, style) for key, values in record.quantities.items()},
        "verdicts": {key: verdicts_json(each) for key, each in record.verdicts.items()},
        **exact,
    }


def _touching(each: Touching) -> dict[str, Any]:
    vectors = {"direction": list(each.direction)} if each.direction else {"normal": list(each.normal)}
    return {"kind": each.kind, "equation": each.equation, "point": list(each.point), **vectors, "exact": each.is_exact}
