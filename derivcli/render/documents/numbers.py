"""Values and derivatives at points: a table with a row for each, or a matrix at each, and what is known of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from derivcli.check.verdict import Verdicts
from derivcli.render import latex_equations
from derivcli.render.blocks import (
    Block,
    CheckResult,
    Column,
    Document,
    Gap,
    Matrices,
    Sentence,
    Style,
    Table,
)
from derivcli.render.captions import engine_line, gradient_lines
from derivcli.render.documents.equations import direction, understood
from derivcli.render.documents.propagation import budgets, has_budgets, spread_sentences
from derivcli.render.matrices import matrices_of
from derivcli.render.numbers import number_texts
from derivcli.render.quantities import Quantity, for_people, for_programs, quantities_of
from derivcli.render.to_json import numbers_json_object
from derivcli.render.vectors import differential_lines
from derivcli.render.verdicts import checked, findings_of, mark
from derivcli.result import Result, SeriesResult


def numbers_document(results: Sequence[Result], style: Style) -> Document:
    """The document of functions with their derivatives at points."""
    return Document(
        blocks=lambda: _blocks(results, style),
        data=lambda: numbers_json_object(results, style),
        rows=lambda: quantity_rows(for_programs(quantities_of(results), style), style),
        values=lambda: _derivatives(results, style),
    )


def _blocks(results: Sequence[Result], style: Style) -> list[Block]:
    if has_budgets(results):
        return [
            understood(results),
            *budgets(results, style),
            Sentence(engine_line(results), "caption"),
            *check_result(results, style),
        ]
    return [
        understood(results),
        direction(results),
        Gap(),
        _numbers(results, style),
        *(Sentence(line) for line in [*differential_lines(results, style), *gradient_lines(results, style)]),
        *spread_sentences(results, style),
        Sentence(engine_line(results), "caption"),
        *check_result(results, style),
    ]


def _numbers(results: Sequence[Result], style: Style) -> Block:
    table = quantity_table(for_people(quantities_of(results)), style)
    matrices = matrices_of(results, style)
    return Matrices(matrices, table, lambda: latex_equations.matrix_lines(results, style)) if matrices else table


def quantity_table(quantities: Iterable[Quantity], style: Style) -> Table:
    """A column for each quantity; of several rows each checked derivative has the marks of its verdicts."""
    return Table([_column(quantity, style) for quantity in quantities])


def _column(quantity: Quantity, style: Style) -> Column:
    marks, warned, verdicts = [], [], quantity.verdicts
    if quantity.role == "derivative" and verdicts is not None and len(verdicts) > 1:
        marks = [mark(verdicts[point], style.unicode) for point in range(len(verdicts))]
        warned = verdicts.hard().tolist()
    label = quantity.label
    texts = quantity.shown(style.digits)
    return Column(
        label.shown(style.unicode),
        texts,
        quantity.role,
        numeric=quantity.codes is None,
        latex=label.latex,
        warned=warned,
        marks=marks,
        exact=quantity.exact_texts,
    )


def check_result(results: Sequence[Result | SeriesResult], style: Style) -> list[Block]:
    """What the check found, if there was one."""
    if not checked(results) or not any(len(result.flags) for result in results):
        return []
    findings = findings_of(results, style)
    return [CheckResult(findings.report(), findings.lines(), style.verdicts)]


def quantity_rows(quantities: Iterable[Quantity], style: Style) -> list[Sequence[str]]:
    """A row of names, then a row for each point."""
    found: list[tuple[str, list[str]]] = []
    for quantity in quantities:
        found.append((quantity.label.plain, quantity.texts(style.digits)))
        if style.exact and quantity.role in ("value", "derivative"):
            found.append((f"{quantity.label.plain} exact", quantity.exact_texts or [""] * len(quantity.values)))
        if style.verdicts and quantity.verdicts is not None:
            found += _verdicts(quantity.label.plain, quantity.verdicts, style)
    return [[name for name, _ in found], *zip(*[texts for _, texts in found], strict=True)]


def _verdicts(name: str, verdicts: Verdicts, style: Style) -> list[tuple[str, list[str]]]:
    truths = number_texts(verdicts.truth, style.digits)
    known = ["" if math.isnan(truth) else text for truth, text in zip(verdicts.truth.tolist(), truths, strict=True)]
    return [(f"{name} verdict", verdicts.names()), (f"{name} truth", known)]


def _derivatives(results: Sequence[Result], style: Style) -> list[Sequence[str]]:
    answers = ("derivative",) if results[0].propagated is None else ("value", "sigma")
    derivatives = [quantity for quantity in quantities_of(results) if quantity.role in answers]
    return list(zip(*[_answers(quantity, style) for quantity in derivatives], strict=True))


def _answers(quantity: Quantity, style: Style) -> list[str]:
    """The numbers, and where exact values were asked for those that are known in their places, without spaces."""
    texts = quantity.texts(style.digits)
    if not style.exact or not quantity.exact:
        return texts
    pairs = zip(quantity.exact_texts, texts, strict=True)
    return [exact.replace(" ", "") or text for exact, text in pairs]
