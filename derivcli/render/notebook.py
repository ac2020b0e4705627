"""What is returned, as people see it: one line, the text of a terminal, mathematics, or HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from derivcli.check.verdict import Verdict
from derivcli.custom.report import FileReport, FunctionReport
from derivcli.errors import ArgumentError
from derivcli.explain.answer.answer import Answer
from derivcli.explain.ledger import Ledger, Node
from derivcli.explain.steps.derivation import Derivation
from derivcli.language.expression import Expression
from derivcli.language.pickling import shortened
from derivcli.language.printer import text_of
from derivcli.render.blocks import Block, CheckResult, Document, Sentence, Style
from derivcli.render.curves import curve_quantities, label_of
from derivcli.render.documents.answer import answer_document, marked
from derivcli.render.documents.curves import curve_document
from derivcli.render.documents.formulas import formulas_document
from derivcli.render.documents.function_check import conclusion, file_conclusion, function_check_document
from derivcli.render.documents.ledger import ledger_document
from derivcli.render.documents.numbers import check_result, numbers_document
from derivcli.render.documents.series import series_document
from derivcli.render.documents.steps import steps_document
from derivcli.render.documents.study import study_document
from derivcli.render.documents.study_box import box_document, box_line, box_text, kind_words
from derivcli.render.documents.study_curves import KINDS_IN_WORDS, curve_line, curve_study_document
from derivcli.render.documents.study_questions import claim_text, questions_document, solutions_text
from derivcli.render.formats.html import html_of
from derivcli.render.formats.latex import write_latex
from derivcli.render.latex_printer import latex_of
from derivcli.render.numbers import number_at
from derivcli.render.quantities import derivative_label, for_people, function_names, quantities_of
from derivcli.render.study_json import SPECIAL_LISTS
from derivcli.render.study_texts import end_text, interval_text, kind_text, range_text
from derivcli.result import Jacobian, Result, SeriesResult, SymbolicResult, VectorField
from derivcli.showing import Records, listed
from derivcli.study.boxes.records import BoxPoint, BoxStudy, CriticalCurve, CurvePoint, CurveStudy, UndecidedBox
from derivcli.study.curves.curve import Curve, CurveFormulas, Tangents, Touching
from derivcli.study.questions import Claim, Inverse, Solutions, StudiedInterval
from derivcli.study.study import Extent, Number, Piece, SpecialPoint, Study, Undecided

MAX_ROWS = 10
"""Points that are shown of more."""

STYLE = Style(width=100)

ENVIRONMENTS = {
    r"\begin{align*}": r"$$\begin{aligned}", r"\end{align*}": r"\end{aligned}$$", r"\[": "$$", r"\]": "$$",
}  # fmt: skip
"""What stands in notebooks, which know no more than mathematics, for environments of LaTeX."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a kind of record is shown: on one line, as a document, and whether as mathematics and as HTML."""

    short: Callable[[Any], str]
    document: Callable[[Any, Style], Document]
    has_latex: bool = True
    has_html: bool = False


def short(record: Any) -> str:
    """One line, as Python shows a record."""
    return f"<{type(record).__name__} {LINES[type(record)](record)}>"


def text(record: Any) -> str:
    """The text of a terminal."""
    if isinstance(record, Expression):
        return record.text
    row = _row(record)
    if row is None:
        return repr(list(record)) if isinstance(record, Records) else short(record)
    from derivcli.render.formats.terminal import terminal_text  # late: Rich takes long

    return terminal_text(_blocks(record, row), STYLE).strip("\n")


def latex(record: Any) -> str | None:
    """Mathematics between the signs by which notebooks know it."""
    if isinstance(record, Expression):
        return rf"$\displaystyle {' = '.join(map(latex_of, record.sides or (record.tree,)))}$"
    row = _row(record)
    if row is None or not row.has_latex:
        return None
    style = replace(STYLE, exact=True)
    body = write_latex(row.document(_excerpt(record), style), style)
    for environment, known in ENVIRONMENTS.items():
        body = body.replace(environment, known)
    return body.strip("\n")


def html(record: Any) -> str | None:
    """HTML, of records with numbers or verdicts in them."""
    row = _row(record)
    return html_of(_blocks(record, row)) if row is not None and row.has_html else None


def to_arrow(record: Result | Jacobian | VectorField) -> Any:
    """A table of Arrow, with the columns that a data file has."""
    from derivcli.points.files.writer import table_of
    from derivcli.render.data_columns import data_columns, naming

    results = _results(record)
    typed = list(results[0].at)
    columns = data_columns(results, Style(verdicts=True), typed, naming(results, typed, headers=()))
    exact = {f"{each.label.plain} exact": each.exact_texts for each in quantities_of(results) if any(each.exact)}
    return table_of({**columns, **exact})


def _results(record: Any) -> Any:
    """The results in a record of several, or the record itself as the only one."""
    return record.results if isinstance(record, Jacobian | VectorField) else (record,)


def to_pandas(record: Result | Jacobian | VectorField) -> Any:
    """A data frame of pandas."""
    try:
        return to_arrow(record).to_pandas()
    except ModuleNotFoundError:
        raise ArgumentError("pandas is not installed", hint="install it, or take to_arrow()") from None


def _row(record: Any) -> Shown | None:
    """What is known of the kind of a record, or of the records in a list."""
    if not isinstance(record, Records):
        return ROWS.get(type(record))
    kind = type(record[0]) if record else object
    return replace(ROWS[kind], document=LISTS[kind]) if kind in LISTS else None


def _blocks(record: Any, row: Shown) -> Sequence[Block]:
    """The blocks of a record, of many points the first ones; what a check found it found at all of them."""
    if not _is_long(record):
        return row.document(record, STYLE).blocks()
    results = _results(record)
    count = len(results[0].flags)
    blocks = row.document(_excerpt(record), STYLE).blocks()
    kept = [block for block in blocks if not isinstance(block, CheckResult)]
    return [*kept, Sentence(f"the first {MAX_ROWS} of {count:,} points", "caption"), *check_result(results, STYLE)]


def _excerpt(record: Any) -> Any:
    """The first points of a record of many."""
    return record.first(MAX_ROWS) if _is_long(record) else record


def _is_long(record: Any) -> bool:
    results = _results(record)
    return isinstance(results[0], Result | SeriesResult) and len(results[0].flags) > MAX_ROWS


# One line of each kind


def _result(result: Result) -> str:
    """The function and, at one point, all numbers; else how many points there are."""
    count = len(result.flags)
    if count != 1:
        names = [quantity.label.shown() for quantity in for_people(quantities_of([result])) if quantity.role != "at"]
        return f"{shortened(result.expression.text)}: {listed(names)} at {count:,} points"
    numbers = [f"{each.label.shown()} = {each.shown()[0]}" for each in for_people(quantities_of([result]))]
    kinds = [verdicts.names()[0] for verdicts in result.verdicts.values()]
    judged = f" ({listed(list(dict.fromkeys(kinds)))})" if any(kinds) else ""
    return f"{shortened(result.expression.text)}: {listed(numbers, 8)}{judged}"


def _jacobian(record: Jacobian) -> str:
    texts = [shortened(result.expression.text) for result in record.results]
    points = len(record.results[0].flags)
    return f"of {listed(texts)} at {points:,} point{'s' * (points != 1)}"


def _field(record: VectorField) -> str:
    """The components, and what they are differentiated to."""
    texts = [shortened(result.expression.text) for result in record.results]
    name = record.results[-1].layout
    points = f" at {len(record.results[0].flags):,} points" if isinstance(record.results[0], Result) else ""
    return f"({listed(texts)}): {name}{points}"


def _field_document(record: VectorField, style: Style) -> Document:
    is_numbers = isinstance(record.results[0], Result)
    document: Callable[[Any, Style], Document] = numbers_document if is_numbers else formulas_document
    return document(record.results, style)


def _series(result: SeriesResult) -> str:
    points, degree = result.coefficients.shape
    centres = f"{points:,} point{'s' * (points != 1)}"
    return f"{shortened(result.expression.text)} in {result.variable} to degree {degree - 1} about {centres}"


def _symbolic(result: SymbolicResult) -> str:
    (name,) = function_names([result])
    labels = [derivative_label(name, key, result).equation() for key in result.derivatives]
    formulas = [shortened(each.text) for each in result.derivatives.values()]
    return listed([f"{label} = {formula}" for label, formula in zip(labels, formulas, strict=True)])


def _ledger(ledger: Ledger) -> str:
    return f"{shortened(ledger.result.expression.text)}: {len(ledger.nodes):,} nodes"


def _derivation(one: Derivation) -> str:
    count = f"{len(one.steps)} step{'s' * (len(one.steps) != 1)}"
    return f"{shortened(text_of(one.start, one.expression.spelling))} = {shortened(one.answer.text)}: {count}"


def _report(report: FunctionReport) -> str:
    return f"{report.name}: {conclusion(report)}"


def _node(node: Node) -> str:
    values = np.atleast_1d(node.value)
    value = number_at(values, 0, None) if len(values) == 1 else f"{len(values):,} values"
    return f"{node.name}{f' = {node.operation}' if node.operation else ''}: {value}"


def _verdict(verdict: Verdict) -> str:
    digits = f", {verdict.digits} digits" if verdict.digits is not None else ""
    truth = f", truth {verdict.truth!r}" if verdict.truth is not None else ""
    return f"{verdict.kind}{digits}{truth}{f': {verdict.message}' if verdict.message else ''}"


def _study(study: Study) -> str:
    """The function, the interval, and how many special points there are of each kind."""
    counts = [f"{name}: {len(found)}" for name in SPECIAL_LISTS if (found := getattr(study, name))]
    said = ", ".join(counts) or "no special points"
    where = interval_text(study.low, study.high, STYLE)
    open_questions = "" if study.complete else f", {len(study.undecided)} undecided"
    return f"{shortened(study.expression.text)} on {where}; {said}{open_questions}"


def _special_point(point: SpecialPoint) -> str:
    value = "" if point.value is None else f", value {end_text(point.value, STYLE)}"
    return f"{kind_text(point, STYLE)} at {end_text(point.x, STYLE)}{value} ({point.verdict.kind})"


def _piece(piece: Piece) -> str:
    where = interval_text(piece.low, piece.high, STYLE, (False, False))
    return (
        f"{where}: f {piece.sign}, f' {piece.slope}, f'' {piece.curvature}" if piece.defined else f"{where}: undefined"
    )


def _curve(curve: Curve) -> str:
    """The coordinates and, at one point, all numbers; else how many points there are."""
    texts = listed([shortened(each.expression.text) for each in curve.results])
    count = len(curve.flags)
    if count != 1:
        return f"({texts}) at {count:,} points"
    return f"({texts}): {listed([f'{each.label.shown()} = {each.shown()[0]}' for each in curve_quantities(curve)], 9)}"


def _curve_formulas(curve: CurveFormulas) -> str:
    return listed([f"{label_of(key).equation()} = {shortened(each.text)}" for key, each in curve.formulas.items()], 4)


def _tangents(tangents: Tangents) -> str:
    equations = [f"{each.kind} {each.equation}" for lines in tangents.touching for each in lines]
    return listed([*equations, *filter(None, tangents.absence)])


def _place(at: Sequence[Number]) -> str:
    return f"({', '.join(end_text(each, STYLE) for each in at)})"


def _several(document: Callable[[Any, Style], Document]) -> Callable[[Any, Style], Document]:
    return lambda record, style: document([record], style)


def _inverse(found: Inverse) -> str:
    return f"{found.y.text} at {found.x.text}, derivative {found.derivative.text}"


ROWS: Mapping[type, Shown] = {
    Result: Shown(_result, _several(numbers_document), has_html=True),
    Jacobian: Shown(_jacobian, lambda record, style: numbers_document(record.results, style), has_html=True),
    VectorField: Shown(_field, _field_document, has_html=True),
    SeriesResult: Shown(_series, _several(series_document), has_html=True),
    SymbolicResult: Shown(_symbolic, _several(formulas_document)),
    Derivation: Shown(_derivation, _several(steps_document)),
    Curve: Shown(_curve, curve_document, has_html=True),
    CurveFormulas: Shown(_curve_formulas, curve_document),
    Tangents: Shown(_tangents, curve_document, has_html=True),
    Study: Shown(_study, study_document, has_html=True),
    BoxStudy: Shown(box_line, box_document, has_html=True),
    Claim: Shown(lambda claim: claim_text(claim, STYLE), _several(questions_document), has_html=True),
    Solutions: Shown(lambda found: solutions_text(found, STYLE), _several(questions_document), has_html=True),
    Inverse: Shown(_inverse, _several(questions_document), has_html=True),
    CurveStudy: Shown(curve_line, curve_study_document, has_html=True),
    Ledger: Shown(_ledger, ledger_document, has_latex=False, has_html=True),
    Answer: Shown(lambda answer: marked(answer, STYLE), answer_document, has_latex=False, has_html=True),
    FunctionReport: Shown(_report, function_check_document, has_latex=False, has_html=True),
    FileReport: Shown(file_conclusion, function_check_document, has_latex=False, has_html=True),
}
"""How each kind of record is shown."""

LISTS: Mapping[type, Callable[[Any, Style], Document]] = {
    SymbolicResult: formulas_document,
    Derivation: steps_document,
}
"""How several of a kind are shown together."""

LINES: Mapping[type, Callable[[Any], str]] = {
    **{kind: row.short for kind, row in ROWS.items()},
    Expression: lambda expression: shortened(expression.text),
    Node: _node,
    Verdict: _verdict,
    Touching: lambda each: f"{each.kind}: {each.equation}",
    Number: lambda number: end_text(number, STYLE),
    SpecialPoint: _special_point,
    Piece: _piece,
    StudiedInterval: lambda on: f"{shortened(on.expression.text)} on {interval_text(on.low, on.high, STYLE)}",
    BoxPoint: lambda point: f"{kind_words(point)} at {_place(point.at)} ({point.verdict.kind})",
    CurvePoint: lambda point: f"{KINDS_IN_WORDS[point.kind]} at {_place(point.at)} ({point.verdict.kind})",
    CriticalCurve: lambda curve: curve.equation.text,
    UndecidedBox: lambda each: f"{each.what} in {box_text(each.box, STYLE)}: {each.why}",
    Undecided: lambda each: f"{each.what} on {interval_text(each.low, each.high, STYLE)}: {each.why}",
    Extent: lambda extent: range_text(extent, STYLE),
}
"""What one line says of each kind of record."""

WRITER = SimpleNamespace(short=short, text=text, latex=latex, html=html, to_arrow=to_arrow, to_pandas=to_pandas)
"""What records ask to be shown by."""
