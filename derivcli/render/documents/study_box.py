"""A function of several variables in a box: its critical points, its least and greatest values, what is not decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from derivcli.check.verdict_kinds import KINDS
from derivcli.language.pickling import shortened
from derivcli.render.ascii_spelling import spelled_for
from derivcli.render.blocks import Block, Column, Document, Gap, Line, Sentence, Style, Table
from derivcli.render.documents.equations import understood
from derivcli.render.formats.json import VERSION
from derivcli.render.labels import name_latex
from derivcli.render.quantities import function_names
from derivcli.render.study_json import exact_text, json_number
from derivcli.render.study_texts import (
    exact_shown,
    interval_latex,
    interval_text,
    number_latex,
    number_shown,
    range_text,
)
from derivcli.render.to_json import described
from derivcli.result import SymbolicResult
from derivcli.study.boxes.records import BoxPoint, BoxStudy, UndecidedBox
from derivcli.study.study import Number

MAX_ROWS = 40
"""So many points are listed; of more the first ones."""

MAX_UNDECIDED = 3

EXTREMES = {"least": "global minimum", "greatest": "global maximum"}


def box_document(study: BoxStudy, style: Style) -> Document:
    """The document of a study in a box."""
    study = spelled_for(study, style)
    return Document(
        blocks=lambda: _blocks(study, style),
        data=lambda: box_json(study),
        rows=lambda: box_rows(study),
    )


def box_line(study: BoxStudy) -> str:
    """The function, the box, and how many critical points there are."""
    open_questions = "" if study.complete else f", {len(study.undecided)} undecided"
    where = box_text(study.box, Style())
    return f"{shortened(study.expression.text)} on {where}; critical: {len(study.critical)}{open_questions}"


def _blocks(study: BoxStudy, style: Style) -> list[Block]:
    result = SymbolicResult(study.expression, {})
    (function,) = function_names([result])
    points = listed_points(study)
    blocks: list[Block] = [understood([result])]
    if points:
        blocks += [Gap(), _table(study, function, points[:MAX_ROWS], style)]
    if len(points) > MAX_ROWS:
        blocks.append(Sentence(f"in all {len(points)} points; the formats tsv and json list every one", "caption"))
    return [*blocks, Gap(), *_sentences(study, function, style)]


def listed_points(study: BoxStudy) -> list[BoxPoint]:
    """The critical points, and those of the boundary with the least or the greatest value."""
    places = {tuple(number.text for number in point.at) for point in study.critical}
    others = [point for point in study.extrema if tuple(number.text for number in point.at) not in places]
    return [*study.critical, *others]


def kind_words(point: BoxPoint) -> str:
    """What a point is, in words."""
    if point.kind in EXTREMES:
        words = EXTREMES[point.kind]
    elif point.kind == "degenerate":
        words = "critical point"
    else:
        words = f"{point.extent} {point.kind}".strip()
    return f"{words} (boundary)" if point.boundary else words


def _table(study: BoxStudy, function: str, points: Sequence[BoxPoint], style: Style) -> Table:
    columns = [
        number_column(name, [point.at[place] for point in points], "at", style)
        for place, name in enumerate(study.variables)
    ]
    values = [point.value for point in points]
    columns.append(number_column(f"{function}({', '.join(study.variables)})", values, "value", style))
    columns.append(
        Column(
            "", [kind_words(point) for point in points], "", numeric=False, marks=[mark(each, style) for each in points]
        )
    )
    return Table(columns, lambda: [_line(point, function, style) for point in points], is_inline=True)


def number_column(label: str, numbers: Sequence[Number | None], role: str, style: Style) -> Column:
    """A column of numbers with their formulas."""
    texts = ["" if each is None else number_shown(each, style) for each in numbers]
    return Column(label, texts, role, exact=["" if each is None else exact_shown(each) for each in numbers])


def mark(point: Any, style: Style) -> str:
    """The sign of a verdict."""
    return KINDS[point.verdict.kind].marks[not style.unicode] or point.verdict.kind


def _line(point: BoxPoint, function: str, style: Style) -> Line:
    """A point in LaTeX: f(x0, y0) = z0, and what it is."""
    place = ", ".join(number_latex(each, number_shown(each, style)) for each in point.at)
    value = "" if point.value is None else number_latex(point.value, number_shown(point.value, style))
    return rf"{name_latex(function)}\left({place}\right)", "=", rf"{value} && \text{{{kind_words(point)}}}"


def box_text(box: Sequence[tuple[Number, Number]], style: Style) -> str:
    """A box as the product of its intervals."""
    return (" × " if style.unicode else " x ").join(interval_text(low, high, style) for low, high in box)


def box_latex(box: Sequence[tuple[Number, Number]], style: Style) -> str:
    """The same in LaTeX."""
    return r" \times ".join(interval_latex(low, high, style) for low, high in box)


def _sentences(study: BoxStudy, function: str, style: Style) -> Iterator[Sentence]:
    for curve in study.curves:
        value = "" if curve.value is None else f"; there {function} is {exact_shown(curve.value) or curve.value.text}"
        yield Sentence(f"every point of {curve.equation.text} is critical{value}")
    what = "no other critical points" if study.critical or study.curves else "no critical points"
    yield from completeness(study, study.undecided, what, style)
    if study.range is not None:
        yield Sentence(f"range: {range_text(study.range, style)}")
    yield from (Sentence(remark.replace("f ", f"{function} ", 1), "caption") for remark in study.remarks)


def completeness(study: Any, undecided: Sequence[UndecidedBox], what: str, style: Style) -> Iterator[Sentence]:
    """That there is nothing else in a box, or what is open, where, and why."""
    inside = box_text(study.box, style)
    latex = [("", "", rf"\text{{{what} in }} {box_latex(study.box, style)}\text{{: proved}}")]
    sign = f"{KINDS['proved'].marks[0]} " if style.unicode else ""
    if study.complete:
        yield Sentence(f"{sign}{what} in {inside}: proved", "verdict", lambda: latex)
        return
    for each in undecided[:MAX_UNDECIDED]:
        yield Sentence(f"not decided in {_short(each.box, style)}: {each.why}", "warning")
    more = len(undecided) - MAX_UNDECIDED
    rest = f"not decided in {more} more parts, which the formats tsv and json list; " if more > 0 else ""
    yield Sentence(f"{rest}elsewhere in {inside} there are {what}: proved")


def _short(box: Sequence[tuple[Number, Number]], style: Style) -> str:
    """A part of a box with few digits, rounded outwards."""
    sides = [f"[{_rounded(low.low, -1)}, {_rounded(high.high, 1)}]" for low, high in box]
    return (" × " if style.unicode else " x ").join(sides)


def _rounded(value: float, sign: int) -> str:
    """A number in four digits that is no nearer to the middle."""
    text = f"{value:.4g}"
    nearest = float(text)
    if (value - nearest) * sign > 0:
        text = f"{value + sign * abs(value) * 1e-3:.4g}"
    return text


def box_json(study: BoxStudy) -> dict[str, Any]:
    """All that a study holds."""
    result = SymbolicResult(study.expression, {})
    return {
        "version": VERSION,
        **described(function_names([result])[0], result),
        "variables": list(study.variables),
        "on": box_ends(study.variables, study.box),
        "complete": study.complete,
        "critical": [_point(point, study.variables) for point in study.critical],
        "extrema": [_point(point, study.variables) for point in study.extrema],
        "range": study.range and [json_number(study.range.low), json_number(study.range.high)],
        "curves": [{"equation": each.equation.text, "value": json_number(each.value)} for each in study.curves],
        "undecided": undecided_json(study.variables, study.undecided),
        "remarks": list(study.remarks),
    }


def box_ends(names: Sequence[str], box: Sequence[tuple[Number, Number]]) -> dict[str, list[Any]]:
    """The intervals of a box."""
    return {name: [json_number(low), json_number(high)] for name, (low, high) in zip(names, box, strict=True)}


def undecided_json(names: Sequence[str], undecided: Sequence[UndecidedBox]) -> list[dict[str, Any]]:
    """What is open, where, and why."""
    return [{"box": _part(names, each), "what": each.what, "why": each.why} for each in undecided]


def _part(names: Sequence[str], each: UndecidedBox) -> dict[str, list[Any]]:
    known = names if len(names) == len(each.box) else [f"{name}{number}" for name in names for number in (1, 2)]
    return box_ends(known, each.box)


def numbers_json(names: Sequence[str], numbers: Sequence[Number]) -> dict[str, Any]:
    """Numbers by their names, with their digits and formulas."""
    return {
        name: {"value": json_number(each), "digits": each.text, "exact": exact_text(each)}
        for name, each in zip(names, numbers, strict=True)
    }


def _point(point: BoxPoint, names: Sequence[str]) -> dict[str, Any]:
    return {
        "at": numbers_json(names, point.at),
        "kind": point.kind,
        "extent": point.extent,
        "value": json_number(point.value),
        "value_exact": exact_text(point.value),
        "signature": point.signature and list(point.signature),
        "boundary": point.boundary,
        "verdict": point.verdict.kind,
    }


def box_rows(study: BoxStudy) -> list[Sequence[str]]:
    """A row for each point, and for each part in which something is undecided."""
    names = [each for name in study.variables for each in (name, f"{name} exact")]
    header = (*names, "kind", "extent", "value", "value exact", "boundary", "verdict")
    rows = [
        (
            *(text for number in point.at for text in (number.text, exact_text(number) or "")),
            *(point.kind, point.extent),
            *_value_cells(point.value),
            *("yes" if point.boundary else "no", point.verdict.kind),
        )
        for point in listed_points(study)
    ]
    curves = [
        (each.equation.text, *[""] * (len(names) - 1), "curve", "", *_value_cells(each.value), "", "proved")
        for each in study.curves
    ]
    return [header, *rows, *curves, *undecided_rows(study.undecided, 2, len(header))]


def _value_cells(value: Number | None) -> tuple[str, str]:
    return ("", "") if value is None else (value.text, exact_text(value) or "")


def undecided_rows(undecided: Sequence[UndecidedBox], width: int, columns: int) -> Iterator[Sequence[str]]:
    """A row for each part that is open: its sides in the places of coordinates, and why in the last column."""
    for each in undecided:
        sides = [text for low, high in each.box for text in (f"{low.text}:{high.text}", *[""] * (width - 1))]
        cells = [*sides, "undecided"]
        yield (*cells, *[""] * (columns - len(cells) - 1), each.why)
