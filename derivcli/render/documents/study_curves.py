"""A curve in the plane: its horizontal and vertical tangents, its crossings and stops, what is not decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from derivcli.language.pickling import shortened
from derivcli.render.ascii_spelling import spelled_for
from derivcli.render.blocks import Block, Column, Document, Gap, Line, Sentence, Style, Table
from derivcli.render.documents.equations import understood
from derivcli.render.documents.study_box import (
    box_ends,
    box_text,
    completeness,
    mark,
    number_column,
    numbers_json,
    undecided_json,
    undecided_rows,
)
from derivcli.render.formats.json import VERSION
from derivcli.render.study_json import exact_text
from derivcli.render.study_texts import number_latex, number_shown
from derivcli.result import SymbolicResult
from derivcli.study.boxes.records import CurvePoint, CurveStudy
from derivcli.study.study import Number

LISTS = ("horizontal", "vertical", "crossings", "singular")

KINDS_IN_WORDS = {
    "horizontal": "horizontal tangent", "vertical": "vertical tangent", "crossing": "crosses itself",
    "isolated": "isolated point", "cusp": "cusp", "singular": "singular point", "stop": "stops",
}  # fmt: skip


def curve_study_document(study: CurveStudy, style: Style) -> Document:
    """The document of the study of a curve."""
    study = spelled_for(study, style)
    return Document(
        blocks=lambda: _blocks(study, style),
        data=lambda: curve_json(study),
        rows=lambda: curve_rows(study),
    )


def is_path(study: CurveStudy) -> bool:
    """Whether a curve is the path of a moving point."""
    return len(study.expressions) > 1


def names_of(study: CurveStudy) -> tuple[str, ...]:
    """The names of the coordinates."""
    return ("x", "y") if is_path(study) else study.variables


def all_points(study: CurveStudy) -> list[CurvePoint]:
    """All points of a study, list by list."""
    return [point for name in LISTS for point in getattr(study, name)]


def curve_line(study: CurveStudy) -> str:
    """The curve, where it is studied, and how many points there are of each kind."""
    counts = [f"{name}: {len(found)}" for name in LISTS if (found := getattr(study, name))]
    open_questions = "" if study.complete else f", {len(study.undecided)} undecided"
    texts = ", ".join(shortened(each.text) for each in study.expressions)
    return f"{texts} on {box_text(study.box, Style())}; {', '.join(counts) or 'no points'}{open_questions}"


def _blocks(study: CurveStudy, style: Style) -> list[Block]:
    dependent = "" if is_path(study) else study.variables[-1]
    named = study.expressions
    if is_path(study):
        pairs = zip(named, names_of(study), strict=True)
        named = tuple(replace(each, name=name, arguments=study.variables) for each, name in pairs)
    results = [SymbolicResult(each, {}, dependent=dependent) for each in named]
    points = all_points(study)
    blocks: list[Block] = [understood(results)]
    if points:
        blocks += [Gap(), _table(study, points, style)]
    last = "stops" if is_path(study) else "singular points"
    what = f"no {'other ' if points else ''}horizontal or vertical tangents, crossings or {last}"
    remarks = [Sentence(remark, "caption") for remark in study.remarks]
    return [*blocks, Gap(), *completeness(study, study.undecided, what, style), *remarks]


def _table(study: CurveStudy, points: Sequence[CurvePoint], style: Style) -> Table:
    columns = []
    if is_path(study):
        (parameter,) = study.variables
        columns.append(_times(parameter, [point.parameters for point in points], style))
    columns += [
        number_column(name, [point.at[place] for point in points], "at", style)
        for place, name in enumerate(names_of(study))
    ]
    words = [KINDS_IN_WORDS[point.kind] for point in points]
    columns.append(Column("", words, "", numeric=False, marks=[mark(each, style) for each in points]))
    return Table(columns, lambda: [_line(point, style) for point in points], is_inline=True)


def _times(parameter: str, times: Sequence[Sequence[Number]], style: Style) -> Column:
    """The values of the parameter, with both at a crossing."""
    texts = [" and ".join(_time(each, style) for each in several) for several in times]
    return Column(parameter, texts, "at")


def _time(number: Number, style: Style) -> str:
    return number.exact.text if number.exact is not None else number_shown(number, style)


def _line(point: CurvePoint, style: Style) -> Line:
    """A point in LaTeX: its coordinates, and what it is."""
    place = ", ".join(number_latex(each, number_shown(each, style)) for each in point.at)
    return rf"\left({place}\right)", ":", rf"\text{{{KINDS_IN_WORDS[point.kind]}}}"


def curve_json(study: CurveStudy) -> dict[str, Any]:
    """All that a study holds."""
    return {
        "version": VERSION,
        "sources": [each.source for each in study.expressions],
        "expressions": [each.canonical_text for each in study.expressions],
        "variables": list(study.variables),
        "on": box_ends(study.variables, study.box),
        "complete": study.complete,
        **{name: [_point(point, study) for point in getattr(study, name)] for name in LISTS},
        "undecided": undecided_json(study.variables, study.undecided),
        "remarks": list(study.remarks),
    }


def _point(point: CurvePoint, study: CurveStudy) -> dict[str, Any]:
    found: dict[str, Any] = {
        "at": numbers_json(names_of(study), point.at), "kind": point.kind, "verdict": point.verdict.kind,
    }  # fmt: skip
    if point.parameters:
        found["parameters"] = [numbers_json(study.variables, [each])[study.variables[0]] for each in point.parameters]
    return found


def curve_rows(study: CurveStudy) -> list[Sequence[str]]:
    """A row for each point, and for each part in which something is undecided."""
    parameters = [f"{study.variables[0]}{number}" for number in (1, 2)] if is_path(study) else []
    names = [each for name in (*parameters, *names_of(study)) for each in (name, f"{name} exact")]
    header = (*names, "kind", "verdict")
    rows = []
    for point in all_points(study):
        times: list[Number | None] = [*point.parameters, None, None][: len(parameters)]
        numbers = [*times, *point.at]
        cells = [
            text for each in numbers for text in (("", "") if each is None else (each.text, exact_text(each) or ""))
        ]
        rows.append((*cells, KINDS_IN_WORDS[point.kind], point.verdict.kind))
    return [header, *rows, *undecided_rows(study.undecided, 2, len(header))]
