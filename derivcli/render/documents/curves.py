"""Curves at points or as formulas, and the lines and planes that touch curves and surfaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from derivcli.engines.symbolic import merged
from derivcli.render.ascii_spelling import spelled_for
from derivcli.render.blocks import Block, CheckResult, Document, Equations, Gap, Line, Sentence, Style
from derivcli.render.captions import engine_line
from derivcli.render.curves import (
    LEFT,
    curve_quantities,
    findings_of_curve,
    findings_of_tangents,
    label_of,
    measured_quantities,
    result_of,
    typed_latex,
    typed_sides,
)
from derivcli.render.documents.equations import understood
from derivcli.render.documents.numbers import quantity_rows, quantity_table
from derivcli.render.labels import Label
from derivcli.render.latex_printer import latex_of
from derivcli.render.numbers import latex_number, number_at
from derivcli.render.quantities import Quantity, quantities_of
from derivcli.render.tangents import equation_latex, equation_sides, heading_latex, point_heading
from derivcli.render.to_json_curves import curve_json_object, formulas_json_object, tangents_json_object
from derivcli.study.curves.curve import Curve, CurveFormulas, Tangents

Record = Curve | CurveFormulas | Tangents


def curve_document(record: Record, style: Style) -> Document:
    """The document of a curve, or of what touches one."""
    record = spelled_for(record, style)
    if isinstance(record, Curve):
        return _numbers(record, style)
    return _formulas(record, style) if isinstance(record, CurveFormulas) else _tangents(record, style)


def _numbers(curve: Curve, style: Style) -> Document:
    quantities = curve_quantities(curve)
    answers = measured_quantities(curve)
    return Document(
        blocks=lambda: _number_blocks(curve, style),
        data=lambda: curve_json_object(curve, style),
        rows=lambda: quantity_rows(quantities, style),
        values=lambda: list(zip(*[each.texts(style.digits) for each in answers], strict=True)),
    )


def _number_blocks(curve: Curve, style: Style) -> list[Block]:
    found: list[Block] = [
        Equations(typed_sides(curve), lambda: typed_latex(curve)),
        Gap(),
        quantity_table(curve_quantities(curve), style),
        Sentence(LEFT if len(curve.coordinates) == 2 else "", "caption"),
        Sentence(engine_line(curve.results[:1]) if curve.results[0].engine != "reverse" else "", "caption"),
    ]
    if curve.verdicts:
        findings = findings_of_curve(curve, style)
        found.append(CheckResult(findings.report(), findings.lines(), style.verdicts))
    return found


def _formulas(curve: CurveFormulas, style: Style) -> Document:
    velocity = [(Label(name, (curve.parameter,), "total"), each) for name, each in curve.velocity.items()]
    formulas = [*velocity, *((label_of(key), each) for key, each in curve.formulas.items())]

    def latex() -> list[Line]:
        return [(label.latex_equation, "=", latex_of(each.tree, each.spelling)) for label, each in formulas]

    sides = [(label.equation(style.unicode), each.text) for label, each in formulas]
    return Document(
        blocks=lambda: [
            Equations(typed_sides(curve), lambda: typed_latex(curve)),
            Equations(sides, latex, role="formula"),
            *(Sentence(said, "caption") for said in _ways(curve, style)),
        ],
        data=lambda: formulas_json_object(curve),
        rows=lambda: [
            ("name", "formula"),
            *typed_sides(curve),
            *((label.plain, each.text) for label, each in formulas),
        ],
        values=lambda: [[each.text] for each in curve.formulas.values()],
    )


def _ways(curve: CurveFormulas, style: Style) -> list[str]:
    """How the slopes of a plane curve come about, and what the sign of its curvature says."""
    if len(curve.coordinates) > 2:
        return []
    over, (first, second) = f"d{curve.parameter}", [label_of(key).shown(style.unicode) for key in [*curve.formulas][:2]]
    x, y = curve.coordinates
    quotients = f"{first} is d{y}/{over} over d{x}/{over}"
    return [f"{quotients}, and {second} is the derivative of {first} by {curve.parameter} over d{x}/{over}", LEFT]


def _tangents(tangents: Tangents, style: Style) -> Document:
    return Document(
        blocks=lambda: _tangent_blocks(tangents, style),
        data=lambda: tangents_json_object(tangents, style),
        rows=lambda: _tangent_rows(tangents, style),
        values=lambda: [
            ["; ".join(each.equation for each in lines if "normal" not in each.kind) or "nan"]
            for lines in tangents.touching
        ],
    )


def _tangent_blocks(tangents: Tangents, style: Style) -> list[Block]:
    result = result_of(tangents)
    head: Equations = (
        Equations(typed_sides(tangents.of), lambda: typed_latex(tangents.of))
        if result is None
        else understood([result])
    )
    found: list[Block] = [head]
    for point in range(len(tangents.touching)):
        found += _at_point(tangents, point, style)
    findings = findings_of_tangents(tangents, style)
    if any(_circle(tangents, point, style) for point in range(len(tangents.touching))):
        found.append(Sentence(LEFT, "caption"))
    return [*found, CheckResult(findings.report(), findings.lines(), style.verdicts)]


def _at_point(tangents: Tangents, point: int, style: Style) -> list[Block]:
    lines = tangents.touching[point]
    sides = [equation_sides(each, style) for each in lines]
    circle = _circle(tangents, point, style)
    return [
        Gap(),
        Sentence(point_heading(tangents, point, style), latex=lambda: heading_latex(tangents, point, style)),
        Sentence(tangents.absence[point], "warning"),
        Equations(sides, lambda: [equation_latex(each, style) for each in lines], role="formula"),
        Equations([(name, text) for name, text, _ in circle], lambda: [latex for *_, latex in circle]),
    ]


def _circle(tangents: Tangents, point: int, style: Style) -> list[tuple[str, str, Line]]:
    """The curvature at a point with its radius and centre, where there are any; as text and in LaTeX."""
    quantities = {each.label.plain: each for each in measured_quantities(tangents)}
    told = {name: each for name, each in quantities.items() if _is_told(each, point)}
    if "curvature" not in told:
        return []
    curvature = told.pop("curvature")
    found = [_told("curvature", r"\kappa", curvature, point, style)]
    if "radius" in told:
        found.append(_told("radius of curvature", r"\rho", told.pop("radius"), point, style))
        centres = _centre(list(told.values()), point, style)
        text = f"({', '.join(text for text, _ in centres)})"
        right = rf"\left({', '.join(latex for _, latex in centres)}\right)"
        found.append(("centre of curvature", text, (r"\text{centre of curvature}", "=", right)))
    return found


def _centre(quantities: Sequence[Quantity], point: int, style: Style) -> list[tuple[str, str]]:
    """The two coordinates, exactly if both are known so."""
    exact = [each.exact[point] if each.exact else None for each in quantities]
    known = [(each.text, latex_of(each.tree)) for each in exact if each is not None]
    if len(known) == len(quantities):
        return known
    return [_number(replace(each, exact=()), point, style) for each in quantities]


def _is_told(quantity: Quantity, point: int) -> bool:
    from derivcli.check.verdict_kinds import KINDS

    verdict = None if quantity.verdicts is None else quantity.verdicts[point]
    return verdict is not None and KINDS[verdict.kind].derivative in ("two-sided", "one-sided")


def _told(name: str, sign: str, quantity: Quantity, point: int, style: Style) -> tuple[str, str, Line]:
    text, latex = _number(quantity, point, style)
    return name, text, (sign, "=", latex)


def _number(quantity: Quantity, point: int, style: Style) -> tuple[str, str]:
    """A number with its exact value where that says more; the true one where it misleads."""
    verdict = quantity.verdicts[point] if quantity.verdicts is not None else None
    number = number_at(quantity.values, point, style.digits)
    if verdict is not None and verdict.differs and verdict.truth is not None:
        import numpy as np

        number = number_at(np.array([verdict.truth]), 0, style.digits)
    exact = quantity.exact[point] if quantity.exact else None
    if exact is None or exact.text == number:
        return number, latex_number(number)
    tree = merged(exact.tree)
    if tree.is_Integer:
        return exact.text, latex_of(exact.tree)
    if tree.is_Rational and Fraction(number) == Fraction(tree.p, tree.q):
        return number, latex_number(number)
    return f"{number} = {exact.text}", rf"{latex_of(exact.tree)} \approx {latex_number(number)}"


def _tangent_rows(tangents: Tangents, style: Style) -> list[Sequence[str]]:
    """A row for each point: the numbers, then a column for each kind of line or plane, and why there is none."""
    of = tangents.of
    quantities = curve_quantities(of) if isinstance(of, Curve) else quantities_of([of])
    known = {each.label.plain for each in quantities}
    quantities += [each for each in measured_quantities(tangents) if each.label.plain not in known]
    header, *rows = quantity_rows(quantities, style)
    kinds = list(dict.fromkeys(each.kind for lines in tangents.touching for each in lines))
    columns = [*kinds, "absence"]
    found: list[Sequence[str]] = [[*header, *columns]]
    for row, lines, absence in zip(rows, tangents.touching, tangents.absence, strict=True):
        texts = {each.kind: each.equation for each in lines}
        found.append([*row, *(texts.get(kind, "") for kind in kinds), absence])
    return found
