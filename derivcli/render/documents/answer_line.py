"""One answer in short: a value with its derivatives and what is known of them, for people and as one row."""

from __future__ import annotations

from collections.abc import Sequence

from derivcli.check.verdict import Verdicts
from derivcli.render.blocks import Block, Document, Equations, Sentence, Style
from derivcli.render.captions import engine_line
from derivcli.render.documents.equations import direction, understood
from derivcli.render.documents.formulas import formulas_document
from derivcli.render.documents.numbers import check_result
from derivcli.render.documents.propagation import budgets, has_budgets
from derivcli.render.numbers import number_at, number_texts
from derivcli.render.quantities import Quantity, derivative_equations, exact_text, quantities_of
from derivcli.render.to_json import numbers_json_object
from derivcli.result import Result, SymbolicResult


def answer_document(result: Result | SymbolicResult, style: Style) -> Document:
    """The document of a function and its derivatives at one point, or as formulas.

    Its only row has the value and, for each derivative, the derivative and the kind of its verdict, which is empty
    where there is none. Where exact values were asked for, each number has its own behind it. A value that is not
    simply right has a last cell, `f KIND`, and one with an uncertainty has `sigma f NUMBER` behind that. Where a
    formula has no variables the verdict is that of the value.
    """
    if isinstance(result, SymbolicResult):
        formulas = formulas_document([result], style)
        return Document(blocks=formulas.blocks, data=formulas.data, rows=lambda: [_formula_row(result)])
    return Document(
        blocks=lambda: _blocks(result, style),
        data=lambda: numbers_json_object([result], style),
        rows=lambda: [_row(result, style)],
    )


def _blocks(result: Result, style: Style) -> list[Block]:
    shown = [(each, _told(each, style)) for each in quantities_of([result]) if each.role != "at"]
    if not result.derivatives:
        return [Equations([(result.expression.text, text) for _, text in shown]), *check_result([result], style)]
    if has_budgets([result]):
        return [understood([result]), *budgets([result], style), *check_result([result], style)]
    values, derivatives = _sides(shown, "value", style), _sides(shown, "derivative", style)
    return [
        understood([result]),
        direction([result]),
        Equations(values, role="value"),
        Equations(derivatives, role="derivative"),
        Sentence(engine_line([result]), "caption"),
        *check_result([result], style),
    ]


def _sides(shown: Sequence[tuple[Quantity, str]], role: str, style: Style) -> list[tuple[str, str]]:
    return [(each.label.shown(style.unicode), text) for each, text in shown if each.role == role]


def _told(quantity: Quantity, style: Style) -> str:
    """A number, and its exact value where that says more."""
    (number,), exact = quantity.texts(style.digits), exact_text(quantity.exact, 0)
    return f"{number} = {exact}" if exact not in ("", number) else number


def _row(result: Result, style: Style) -> list[str]:
    judged, spread = result.value_verdicts, result.propagated
    sigma = [] if spread is None else [f"sigma f {number_at(spread.sigma, 0, style.digits)}"]
    row = [*number_texts(result.value, style.digits), *[exact_text(result.exact_value, 0)] * style.exact]
    for key, values in result.derivatives.items():
        row += [*number_texts(values, style.digits), *[exact_text(result.exact.get(key, ()), 0)] * style.exact]
        row.append(_kind(result.verdicts.get(key)))
    if not result.derivatives:
        return [*row, "", _kind(judged)]
    kind = [f"f {_kind(judged)}"] if judged is not None and judged.hard().any() else []
    return [*row, *kind, *sigma]


def _kind(verdicts: Verdicts | None) -> str:
    return "" if verdicts is None else verdicts.names()[0]


def _formula_row(result: SymbolicResult) -> list[str]:
    derivatives = [cell for _, text in derivative_equations([result]) for cell in (text, "")]
    return [result.expression.text, *derivatives]
