"""LaTeX: the formulas as equations, the numbers as an array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derivcli.render.columns import Style, arguments_of, columns_of, derivative_label, named
from derivcli.render.labels import name_latex

if TYPE_CHECKING:
    from derivcli.result import Result, SymbolicResult


def write_latex(results: Sequence[Result], style: Style) -> str:
    """The formulas, then an array with a row for each point; needs amsmath."""
    columns = columns_of(results)
    rows = zip(*[[_number(text) for text in column.texts(style.digits)] for column in columns], strict=True)
    lines = [" & ".join(f"{column.label.latex}" for column in columns) + r" \\ \hline", *_array_rows(rows)]
    array = "\n".join(lines)
    return (
        _aligned(_functions(results)) + f"\\[\n\\begin{{array}}{{{'r' * len(columns)}}}\n{array}\n\\end{{array}}\n\\]\n"
    )


def write_formulas_latex(results: Sequence[SymbolicResult], style: Style) -> str:
    """The formulas and their derivatives as equations; needs amsmath."""
    from derivcli.render.formula import latex_of

    lines = _functions(results)
    for name, result in named(results):
        for key, formula in result.derivatives.items():
            lines.append((derivative_label(name, key, result).latex_equation, latex_of(formula.tree)))
    return _aligned(lines)


def _functions(results: Sequence[Result] | Sequence[SymbolicResult]) -> list[tuple[str, str]]:
    """Left and right sides of what was understood."""
    from derivcli.render.formula import latex_of

    definitions = {part.name: part.tree for result in results for part in result.expression.definitions}
    functions = [
        (f"{name_latex(name)}({', '.join(map(name_latex, arguments_of(result)))})", latex_of(result.expression.tree))
        for name, result in named(results)
    ]
    return [*((name_latex(name), latex_of(tree)) for name, tree in definitions.items()), *functions]


def _aligned(lines: Sequence[tuple[str, str]]) -> str:
    body = " \\\\\n".join(f"{left} &= {right}" for left, right in lines)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n"


def _array_rows(rows: Sequence[Sequence[str]] | zip[tuple[str, ...]]) -> list[str]:
    lines = [" & ".join(row) for row in rows]
    return [f"{line} \\\\" for line in lines[:-1]] + lines[-1:]


def _number(text: str) -> str:
    words = {"nan": r"\text{nan}", "inf": r"\infty", "-inf": r"-\infty"}
    mantissa, _, exponent = text.partition("e")
    return words.get(text, rf"{mantissa} \cdot 10^{{{exponent}}}" if exponent else text)
