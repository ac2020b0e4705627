"""Functions and their derivatives as formulas."""

from __future__ import annotations

from collections.abc import Sequence

from derivcli.render import latex_equations
from derivcli.render.blocks import Block, Document, Equations, Style
from derivcli.render.documents.equations import direction, understood
from derivcli.render.quantities import dependent_of, derivative_equations, equations
from derivcli.render.to_json import formulas_json_object
from derivcli.render.vectors import DIFFERENTIAL, formula_sides
from derivcli.result import SymbolicResult


def formulas_document(results: Sequence[SymbolicResult], style: Style) -> Document:
    """The document of derivatives as formulas."""
    return Document(
        blocks=lambda: _blocks(results, style),
        data=lambda: formulas_json_object(results),
        rows=lambda: _rows(results),
        values=lambda: [[text] for _, text in _lines(results)],
    )


def _blocks(results: Sequence[SymbolicResult], style: Style) -> list[Block]:
    derivatives = Equations(
        formula_sides(results, style.unicode), lambda: latex_equations.derivatives(results), role="formula"
    )
    return [understood(results), direction(results), derivatives]


def _rows(results: Sequence[SymbolicResult]) -> list[Sequence[str]]:
    typed = bool(dependent_of(results[0]))
    functions = [("equation", " = ".join(sides)) if typed else sides for sides in equations(results)]
    return [("name", "formula"), *functions, *_lines(results)]


def _lines(results: Sequence[SymbolicResult]) -> list[tuple[str, str]]:
    """Each derivative with its name; a differential is one line."""
    if results[0].layout == DIFFERENTIAL:
        return formula_sides(results, unicode=False)
    return [(label.plain, text) for label, text in derivative_equations(results)]
