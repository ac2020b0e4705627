"""Curves and what touches them in the words that formats share: their quantities, their labels, their findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.engines.engine_table import engine_named
from derivcli.errors import draw_note
from derivcli.language.expression import Expression
from derivcli.render.blocks import Line, Style
from derivcli.render.flag_notes import flag_sentences
from derivcli.render.labels import Label, name_latex
from derivcli.render.latex_printer import latex_of
from derivcli.render.quantities import Quantity, named
from derivcli.render.verdicts import Findings, JudgedColumn, always, columns_of
from derivcli.result import Result
from derivcli.study.curves.curve import Curve, CurveFormulas, Tangents

if TYPE_CHECKING:
    from derivcli.render.format_table import Format

_SLOPE = re.compile(r"d(\d*)(\w+?)/d(\w+?)(\d*)")

LEFT = "the curvature is positive where the curve turns to the left"
"""What is said of the sign of a curvature."""


def label_of(key: str) -> Label:
    """The label of a quantity: that of dy/dx as a derivative."""
    found = _SLOPE.fullmatch(key)
    if found is None:
        return Label(key)
    order, y, x, _ = found.groups()
    return Label(y, (x,) * int(order or 1), "total")


def typed_curve(curve: Curve | CurveFormulas) -> dict[str, Expression]:
    """What was typed for a curve, by its names with their arguments."""
    if curve.radius is not None:
        return {f"r({_arguments(curve.radius, curve.parameter)})": curve.radius}
    return {f"{name}({_arguments(each, curve.parameter)})": each for name, each in coordinates_of(curve).items()}


def coordinates_of(curve: Curve | CurveFormulas) -> Mapping[str, Expression]:
    """The formulas of a curve's coordinates."""
    if isinstance(curve, CurveFormulas):
        return curve.coordinates
    return {name: each.expression for name, each in curve.coordinates.items()}


def _arguments(expression: Expression, parameter: str) -> str:
    return ", ".join(expression.arguments or dict.fromkeys([parameter, *expression.variables]))


def definitions_of(expressions: Iterable[Expression]) -> dict[str, str]:
    """The definitions that some formulas use."""
    return {part.name: part.text for each in expressions for part in each.definitions}


def typed_sides(curve: Curve | CurveFormulas) -> list[tuple[str, str]]:
    """What was understood, as left and right sides."""
    typed = typed_curve(curve)
    return [*definitions_of(typed.values()).items(), *((left, each.text) for left, each in typed.items())]


def typed_latex(curve: Curve | CurveFormulas) -> list[Line]:
    """The same in LaTeX."""
    found = []
    for left, each in typed_curve(curve).items():
        name, _, arguments = left.rstrip(")").partition("(")
        head = f"{name_latex(name)}({', '.join(map(name_latex, arguments.split(', ')))})"
        found.append((head, "=", latex_of(each.tree, each.spelling)))
    return found


def curve_quantities(curve: Curve) -> list[Quantity]:
    """The points, the coordinates, the velocity of a curve in space, and what is measured of the curve."""
    first = curve.results[0]
    found = [Quantity(Label(name), "at", values, typed=first.typed.get(name, ())) for name, values in curve.at.items()]
    for name, each in curve.coordinates.items():
        found.append(Quantity(Label(name), "value", each.value, each.value_verdicts, exact=each.exact_value))
    for name, each in curve.coordinates.items() if len(curve.coordinates) > 2 else ():
        label, key = Label(name, (curve.parameter,), "total"), curve.parameter
        exact = each.exact.get(key, ())
        found.append(Quantity(label, "derivative", each.derivatives[key], each.verdicts.get(key), exact=exact))
    return [*found, *measured_quantities(curve)]


def measured_quantities(curve: Curve | Tangents) -> list[Quantity]:
    """What is measured of a curve at every point."""
    return [
        Quantity(label_of(key), "derivative", values, curve.verdicts.get(key), exact=curve.exact.get(key, ()))
        for key, values in curve.quantities.items()
    ]


def findings_of_curve(curve: Curve, style: Style) -> Findings:
    """What the check found of a curve."""
    findings = Findings(style)
    findings.add_columns([("the curve", curve, _columns(curve_quantities(curve), _author(curve), style))])
    return findings


def findings_of_tangents(tangents: Tangents, style: Style) -> Findings:
    """What the check found of the numbers that lines and planes are made of."""
    findings = Findings(style)
    of = tangents.of
    if isinstance(of, Curve):
        columns = _columns(curve_quantities(of), _author(of), style)
    else:
        columns = [column for name, result in named([of]) for column in columns_of(name, result, style)]
    findings.add_columns([("it", of, columns)])
    return findings


def _columns(quantities: Iterable[Quantity], author: str, style: Style) -> list[JudgedColumn]:
    return [
        JudgedColumn(always(each.label.shown(style.unicode)), each.values, each.verdicts, author, each.role == "value")
        for each in quantities
        if each.verdicts is not None
    ]


def _author(curve: Curve) -> str:
    return engine_named(curve.results[0].engine).author


def curve_notes(record: Curve | CurveFormulas | Tangents, style: Style, shown: Format) -> list[str]:
    """How the texts were read where they could mean two things, and what the format does not tell of the check."""
    of = record.of if isinstance(record, Tangents) else record
    expressions = [of.expression, *(coordinates_of(of).values() if not isinstance(of, Result) else ())]
    notes = [*dict.fromkeys(draw_note(note) for each in expressions for note in each.notes)]
    if isinstance(record, CurveFormulas):
        return notes
    if isinstance(record, Curve) and not record.verdicts:
        return [*notes, *flag_sentences(_named(record), style)]
    findings = findings_of_tangents(record, style) if isinstance(record, Tangents) else findings_of_curve(record, style)
    if style.verdicts and not shown.tells_check:
        notes += findings.report()
    return notes if shown.tells_check or shown.holds_verdicts else [*notes, *findings.lines()]


def _named(curve: Curve) -> list[Result]:
    """The coordinates with formulas that have their names."""
    return [replace(each, expression=replace(each.expression, name=name)) for name, each in curve.coordinates.items()]


def curve_differs(record: Curve | CurveFormulas | Tangents) -> bool:
    """Whether a checked number misleads."""
    if isinstance(record, CurveFormulas):
        return False
    verdicts = [*record.verdicts.values()]
    if isinstance(record, Tangents):
        verdicts += record.of.verdicts.values()
    return any(bool(each.differs.any()) for each in verdicts)


def result_of(tangents: Tangents) -> Result | None:
    """The function that tangents are of, None for a curve of a parameter."""
    return None if isinstance(tangents.of, Curve) else tangents.of
