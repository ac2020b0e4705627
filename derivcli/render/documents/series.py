"""Taylor polynomials with their coefficients and their remainders; of many points a table of coefficients alone."""

from __future__ import annotations

from collections.abc import Sequence

from derivcli.render import latex_equations
from derivcli.render.blocks import Block, Column, Document, Gap, Line, Polynomial, Sentence, Style, Table, fit
from derivcli.render.captions import engine_line
from derivcli.render.documents.equations import understood
from derivcli.render.documents.numbers import check_result, quantity_rows, quantity_table
from derivcli.render.numbers import number_texts
from derivcli.render.quantities import exact_text
from derivcli.render.series import Expansion, coefficient_quantities, expansions
from derivcli.render.to_json import series_json_object
from derivcli.render.verdicts import mark
from derivcli.result import SeriesResult

MAX_POLYNOMIALS = 8
"""So many polynomials are written out; the coefficients of more are rows of a table."""


def series_document(results: Sequence[SeriesResult], style: Style) -> Document:
    """The document of Taylor polynomials about points."""
    return Document(
        blocks=lambda: _blocks(results, style),
        data=lambda: series_json_object(results, style),
        rows=lambda: quantity_rows(coefficient_quantities(results), style),
        values=lambda: [[one.right(style) or "nan"] for one in expansions(results, style)],
    )


def _blocks(results: Sequence[SeriesResult], style: Style) -> list[Block]:
    found = expansions(results, style)
    if len(found) > MAX_POLYNOMIALS:
        columns = quantity_table(coefficient_quantities(results), style).columns
        parts: list[Block] = [Gap(), Table(columns, lambda: _latex(found, style))]
    else:
        parts = [block for one in found for block in _expansion(one, style)]
    caption = Sentence(engine_line(results), "caption")
    return [understood(results), *parts, caption, *check_result(results, style)]


def _expansion(one: Expansion, style: Style) -> list[Block]:
    return [
        Gap(),
        Sentence(one.heading),
        Polynomial(
            f"T{one.degree}({one.result.variable})", one.right(style) or "", one.absence(), lambda: _latex([one], style)
        ),
        Table(_coefficients(one, style), tuple),
        Sentence(one.remainder(style)),
    ]


def _latex(found: Sequence[Expansion], style: Style) -> list[Line]:
    return [line for one in found for line in latex_equations.expansion_lines(one, style)]


def _coefficients(one: Expansion, style: Style) -> list[Column]:
    """The coefficients under each other, with the marks of their verdicts where they have any and there is room."""
    numbers = number_texts(one.result.coefficients[one.point], style.digits)
    orders = Column("n", [str(order) for order in range(len(numbers))], "at")
    marks = [mark(each[one.point], style.unicode) for each in one.result.verdicts]
    warned = [bool(each.hard()[one.point]) for each in one.result.verdicts]
    exact = [exact_text(each, one.point) for each in one.result.exact]
    marked = [orders, Column("coefficient", numbers, "derivative", warned=warned, marks=marks, exact=exact)]
    return marked if fit(marked, style) else [orders, Column("coefficient", numbers, "derivative", exact=exact)]
