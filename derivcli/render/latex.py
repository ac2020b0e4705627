"""LaTeX: the formulas as equations, the numbers as an array or as matrices; needs amsmath."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derivcli.render import matrices
from derivcli.render.columns import Style, arguments_of, columns_of, dependent_of, derivative_label, named
from derivcli.render.labels import name_latex
from derivcli.render.numbers import number_texts
from derivcli.render.series import Expansion, expansions, interval_texts

if TYPE_CHECKING:
    from derivcli.points.points import Points
    from derivcli.result import AnyResult, FloatArray, Result, SeriesResult, SymbolicResult

WIDEST = 10
"""So many columns a matrix of amsmath has."""


def write_latex(results: Sequence[Result], style: Style) -> str:
    """The formulas, then an array with a row for each point, or the matrices at each."""
    head = aligned([*functions(results), *_direction(results)])
    if matrices.matrices_of(results, style):
        jacobian = matrices.is_jacobian(results)
        return head + aligned(_jacobians(results, style) if jacobian else _hessians(results, style))
    columns = columns_of(results)
    rows = zip(*[[_number(text) for text in column.texts(style.digits)] for column in columns], strict=True)
    lines = [" & ".join(f"{column.label.latex}" for column in columns) + r" \\ \hline", *_array_rows(rows)]
    array = "\n".join(lines)
    return head + f"\\[\n\\begin{{array}}{{{'r' * len(columns)}}}\n{array}\n\\end{{array}}\n\\]\n"


def write_formulas_latex(results: Sequence[SymbolicResult], style: Style) -> str:
    """The formulas and their derivatives as equations, those of a Hessian and of a Jacobian as a matrix."""
    from derivcli.render.latex_printer import latex_of

    lines = [*functions(results), *_direction(results)]
    if matrices.is_jacobian(results):
        entries = [[latex_of(formula.tree) for formula in result.derivatives.values()] for _, result in named(results)]
        return aligned([*lines, (_jacobian_head(results), _matrix(entries))])
    for name, result in named(results):
        if result.layout == "hessian":
            keys, variables = _hessian_keys(result), arguments_of(result)
            entries = [[latex_of(result.derivatives[key].tree) for key in row] for row in keys]
            lines.append((_call(_hessian_head(name, result), [*map(name_latex, variables)]), _matrix(entries)))
            continue
        for key, formula in result.derivatives.items():
            lines.append((derivative_label(name, key, result).latex_equation, latex_of(formula.tree)))
    return aligned(lines)


def write_series_latex(results: Sequence[SeriesResult], style: Style) -> str:
    """The formulas, then each Taylor polynomial and what its remainder lies between."""
    lines = [(left, "=", right) for left, right in functions(results)]
    for one in expansions(results, style):
        lines += _expansion(one, style)
    return _related(lines)


def _expansion(one: Expansion, style: Style) -> list[tuple[str, str, str]]:
    """The equation of a Taylor polynomial, and what the function is more than that."""
    from derivcli.language.functions.formulas import parse_tree
    from derivcli.render.latex_printer import latex_of

    variable = name_latex(one.result.variable)
    left = f"T_{{{one.degree}}}({variable})"
    text = one.right(style)
    right = r"\text{none}" if text is None or one.absence() else latex_of(parse_tree(text, [one.result.variable]))
    about = rf" && {_heading(one)}" if one.heading else ""
    lines = [(left, "=", right + about)]
    ends = one.remainder_ends(style)
    if ends:
        inside = ", ".join(map(_number, interval_texts(one.result)))
        between = rf"\left[{', '.join(map(_number, ends))}\right]"
        difference = rf"{name_latex(one.name)}({variable}) - {left}"
        lines.append((difference, r"\in", rf"{between} \quad \text{{for }} {variable} \in \left[{inside}\right]"))
    return lines


def _heading(one: Expansion) -> str:
    """Of which function a polynomial is, about which point, and what else is held fixed."""
    result = one.result
    centres = [(name_latex(result.variable), _typed(result.points, result.variable, one.point))]
    others = [name for name in result.at if name != result.variable]
    centres += [(name_latex(name), _text(result.at[name], one.point, Style())) for name in others]
    places = ",\\, ".join(f"{name} = {value}" for name, value in centres)
    return rf"\text{{for }} {name_latex(one.name)} \text{{ about }} {places}"


def functions(
    results: Sequence[AnyResult],
) -> list[tuple[str, str]]:
    """Left and right sides of what was understood."""
    from derivcli.render.latex_printer import latex_of

    definitions = {part.name: part.tree for result in results for part in result.expression.definitions}
    functions = [_function(name, result) for name, result in named(results)]
    return [*((name_latex(name), latex_of(tree)) for name, tree in definitions.items()), *functions]


def _function(name: str, result: AnyResult) -> tuple[str, str]:
    from derivcli.render.latex_printer import latex_of

    if dependent_of(result) and result.expression.sides is not None:
        left, right = map(latex_of, result.expression.sides)
        return left, right
    return f"{name_latex(name)}({_names(arguments_of(result))})", latex_of(result.expression.tree)


def _direction(results: Sequence[Result] | Sequence[SymbolicResult]) -> list[tuple[str, str]]:
    """What D stands for, if anything."""
    direction = results[0].direction
    if direction is None:
        return []
    names, vector = ", ".join(map(name_latex, direction.at)), ", ".join(_components(direction))
    return [("D", rf"\frac{{d}}{{dt}} \text{{ along }} ({names}) + t \, ({vector})")]


def _components(direction: Points) -> list[str]:
    """The components of a vector as they were typed."""
    return [_typed(direction, name, 0) for name in direction.at]


def _typed(points: Points, name: str, point: int) -> str:
    """The value of a variable as it was typed."""
    from derivcli.render.latex_printer import latex_of

    tree = points.exact(name, point)
    return _text(points.at[name], point, Style()) if tree is None else latex_of(tree)


def _hessians(results: Sequence[Result], style: Style) -> list[tuple[str, str]]:
    """The value and the Hessian of each function at each point."""
    lines = []
    for point in range(len(results[0].value)):
        for name, result in named(results):
            place = [_text(result.at[each], point, style) for each in arguments_of(result)]
            if not result.dependent:
                lines.append((_call(name_latex(name), place), _text(result.value, point, style)))
            entries = [[_text(result.derivatives[key], point, style) for key in row] for row in _hessian_keys(result)]
            lines.append((_call(_hessian_head(name, result), place), _matrix(entries)))
    return lines


def _jacobians(results: Sequence[Result], style: Style) -> list[tuple[str, str]]:
    """The values of all functions and their Jacobian at each point."""
    names = [[name_latex(name)] for name, _ in named(results)]
    lines = []
    for point in range(len(results[0].value)):
        place = ",\\, ".join(f"{name_latex(name)} = {_text(at, point, style)}" for name, at in results[0].at.items())
        values = [[_text(result.value, point, style)] for result in results]
        lines.append((rf"\left.{_matrix(names)}\right|_{{{place}}}", _matrix(values)))
        rows = [[_text(values, point, style) for values in result.derivatives.values()] for result in results]
        lines.append((rf"\left.{_jacobian_head(results)}\right|_{{{place}}}", _matrix(rows)))
    return lines


def _hessian_head(name: str, result: Result | SymbolicResult) -> str:
    """What a Hessian is called, with its variables where they are not the function's in their order."""
    variables = matrices.hessian_variables(result)
    if variables == arguments_of(result):
        return rf"H_{{{name_latex(name)}}}"
    return rf"\frac{{\partial^{{2}} {name_latex(name)}}}{{\partial ({_names(variables)})^{{2}}}}"


def _hessian_keys(result: Result | SymbolicResult) -> list[list[str]]:
    """The keys of a Hessian's entries, row by row."""
    variables = matrices.hessian_variables(result)
    return [[matrices.hessian_key(result, row, column) for column in variables] for row in variables]


def _jacobian_head(results: Sequence[Result] | Sequence[SymbolicResult]) -> str:
    """What a Jacobian is called."""
    names = _names([name for name, _ in named(results)])
    return rf"\frac{{\partial ({names})}}{{\partial ({_names(list(results[0].derivatives))})}}"


def _matrix(rows: Sequence[Sequence[str]]) -> str:
    """A matrix of texts in LaTeX."""
    body = r" \\ ".join(" & ".join(row) for row in rows)
    if len(rows[0]) <= WIDEST:
        return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"
    return rf"\left(\begin{{array}}{{{'c' * len(rows[0])}}} {body} \end{{array}}\right)"


def _call(head: str, arguments: Sequence[str]) -> str:
    return f"{head}({', '.join(arguments)})"


def _names(names: Sequence[str]) -> str:
    return ", ".join(map(name_latex, names))


def _text(values: FloatArray, point: int, style: Style) -> str:
    return _number(number_texts(values[point : point + 1], style.digits)[0])


def aligned(lines: Sequence[tuple[str, str]]) -> str:
    """Equations aligned at their signs."""
    return _related([(left, "=", right) for left, right in lines])


def _related(lines: Sequence[tuple[str, str, str]]) -> str:
    """Lines aligned at the sign between their sides."""
    body = " \\\\\n".join(f"{left} &{sign} {right}" for left, sign, right in lines)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n"


def _array_rows(rows: Sequence[Sequence[str]] | zip[tuple[str, ...]]) -> list[str]:
    lines = [" & ".join(row) for row in rows]
    return [f"{line} \\\\" for line in lines[:-1]] + lines[-1:]


def _number(text: str) -> str:
    words = {"nan": r"\text{nan}", "inf": r"\infty", "-inf": r"-\infty"}
    mantissa, _, exponent = text.partition("e")
    return words.get(text, rf"{mantissa} \cdot 10^{{{exponent}}}" if exponent else text)
