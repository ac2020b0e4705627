"""Derivatives that are read together: a gradient or a curl as a vector, a total differential as a sum."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from derivcli.render.blocks import Line, Style
from derivcli.render.labels import Label, name_latex
from derivcli.render.latex_printer import latex_of
from derivcli.render.numbers import number_at
from derivcli.render.quantities import (
    derivative_formulas,
    elasticity_formulas,
    exact_text,
    field_name,
    named,
    point_text,
)
from derivcli.result import Result, SymbolicResult

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.language.tree import Tree

DIFFERENTIAL = "differential"

MAX_DIFFERENTIALS = 8
"""Points whose differentials get a line."""


def formula_sides(results: Sequence[SymbolicResult], unicode: bool = True) -> list[tuple[str, str]]:
    """The derivatives as equations: those of one vector or of one differential together."""
    sides = []
    for name, result in named(results):
        formulas = result.derivatives
        if result.layout == DIFFERENTIAL:
            sides.append((whole(name, result).shown(unicode), differential(result)))
        elif is_vector(result):
            vector = f"({', '.join(each.text for each in formulas.values())})"
            sides.append((whole(name, result).shown(unicode), vector))
        else:
            labelled = (*derivative_formulas(name, result), *elasticity_formulas(name, result))
            sides += [(label.equation(unicode), each.text) for label, each in labelled]
    return sides


def is_vector(result: Result | SymbolicResult) -> bool:
    """Whether the derivatives are the components of a vector that has a name."""
    return result.layout == "gradient" or len(result.sums) > 1


def is_whole(result: Result | SymbolicResult) -> bool:
    """Whether the derivatives are told together."""
    return is_vector(result) or result.layout == DIFFERENTIAL


def whole(name: str, result: Result | SymbolicResult) -> Label:
    """The label of a vector or of a differential."""
    return Label(field_name(name, result), (result.layout,), result.layout)


def differential(result: SymbolicResult) -> str:
    """The total differential: 2*x dx - 3*y^2 dy."""
    return _differential(result, lambda each: each.text, lambda name: f"d{name}", " ")


def differential_latex(name: str, result: SymbolicResult) -> Line:
    """The same as an equation in LaTeX."""
    right = _differential(result, _latex, lambda each: f"d{_gap(each)}{name_latex(each)}", r" \, ")
    return whole(name, result).latex, "=", right


def _latex(formula: Expression) -> str:
    return latex_of(formula.tree, formula.spelling)


def _gap(name: str) -> str:
    return "" if len(name) == 1 else " "


def _differential(
    result: SymbolicResult, written: Callable[[Expression], str], step: Callable[[str], str], gap: str
) -> str:
    pairs = [(written(each), is_sum(each.tree), step(name)) for name, each in result.derivatives.items()]
    return joined([(f"({text})" if inside else text, one) for text, inside, one in pairs], gap)


def is_sum(tree: Tree) -> bool:
    """Whether a formula needs brackets as a factor."""
    return bool(tree.is_Add or tree.is_Piecewise)


def joined(terms: Iterable[tuple[str, str]], gap: str = " ") -> str:
    """Coefficients and differentials as a sum, those with 0 left out."""
    found = ""
    for text, one in terms:
        if text == "0":
            continue
        sign, size = ("-", text[1:]) if text.startswith("-") else ("+", text)
        between = f" {sign} " if found else "-" if sign == "-" else ""
        found += between + (one if size == "1" else f"{size}{gap}{one}")
    return found or "0"


def vector_latex(name: str, result: SymbolicResult) -> Line:
    """A vector as an equation with a column in LaTeX."""
    column = r" \\ ".join(map(_latex, result.derivatives.values()))
    return whole(name, result).latex, "=", rf"\begin{{pmatrix}} {column} \end{{pmatrix}}"


def differential_lines(results: Sequence[Result], style: Style) -> list[str]:
    """The total differential at each of a few points.

    Of one at which a step of the function is not smooth nothing is said: there partial derivatives are no differential.
    """
    (name, result), *_ = named(results)
    count = len(result.value)
    if result.layout != DIFFERENTIAL or count > MAX_DIFFERENTIALS:
        return []
    return [_at_point(name, result, point, style) for point in range(count) if _is_smooth(result, point)]


def _is_smooth(result: Result, point: int) -> bool:
    hard = any(verdicts.hard()[point] for verdicts in result.verdicts.values())
    return not result.flags[point] and not hard


def _at_point(name: str, result: Result, point: int, style: Style) -> str:
    where = f"{point_text(result.at, point, style)}: " if len(result.value) > 1 else ""
    number = partial(number_at, point=point, digits=style.digits)
    numbers = [
        (exact_text(result.exact.get(key, ()), point) or number(values), f"d{key}")
        for key, values in result.derivatives.items()
    ]
    terms = [(f"({text})" if " " in text else text, one) for text, one in numbers]
    return f"{where}{whole(name, result).shown(style.unicode)} = {joined(terms)}"
