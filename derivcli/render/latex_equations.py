"""What was understood and what came out as lines of LaTeX: formulas, directions, matrices, polynomials."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from derivcli.language.functions.formulas import parse_tree
from derivcli.render import matrices, vectors
from derivcli.render.blocks import Line, Style
from derivcli.render.labels import name_latex
from derivcli.render.latex_printer import latex_of
from derivcli.render.numbers import formula_latex, latex_number, number_at
from derivcli.render.quantities import arguments_of, dependent_of, derivative_label, elasticity_formulas, named
from derivcli.render.series import Expansion, interval_texts
from derivcli.result import AnyResult, Exact, FloatArray, Result, SymbolicResult

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.points.points import Points

MAX_MATRIX_COLUMNS = 10


def understood(results: Sequence[AnyResult]) -> list[Line]:
    """The definitions, then each function or equation."""
    definitions = {part.name: part for result in results for part in result.expression.definitions}
    lines = [(name_latex(name), "=", latex_of(each.tree, each.spelling)) for name, each in definitions.items()]
    return [*lines, *(_function(name, result) for name, result in named(results))]


def _function(name: str, result: AnyResult) -> Line:
    if dependent_of(result) and result.expression.sides is not None:
        left, right = (latex_of(side, result.expression.spelling) for side in result.expression.sides)
        return left, "=", right
    return _call(name_latex(name), map(name_latex, arguments_of(result))), "=", _formula(result.expression)


def _formula(expression: Expression) -> str:
    return latex_of(expression.tree, expression.spelling)


def direction(results: Sequence[Result] | Sequence[SymbolicResult]) -> list[Line]:
    """What D stands for, if anything."""
    vector = results[0].direction
    if vector is None:
        return []
    components = ", ".join(_typed(vector, name, 0) for name in vector.at)
    return [("D", "=", rf"\frac{{d}}{{dt}} \text{{ along }} ({_names(list(vector.at))}) + t \, ({components})")]


def _typed(points: Points, name: str, point: int) -> str:
    tree = points.exact(name, point)
    return _number(points.at[name], point, Style()) if tree is None else latex_of(tree)


def derivatives(results: Sequence[SymbolicResult]) -> list[Line]:
    """The derivatives as formulas, those of a Hessian and of a Jacobian as a matrix."""
    if matrices.is_jacobian(results):
        entries = [[_formula(formula) for formula in result.derivatives.values()] for result in results]
        return [(_jacobian_head(results), "=", _matrix(entries)), *_elasticities(results)]
    lines = []
    for name, result in named(results):
        if result.layout == "hessian":
            entries = [[_formula(result.derivatives[key]) for key in row] for row in _hessian_keys(result)]
            head = _call(_hessian_head(name, result), map(name_latex, arguments_of(result)))
            lines.append((head, "=", _matrix(entries)))
            continue
        if vectors.is_vector(result):
            lines.append(vectors.vector_latex(name, result))
            continue
        if result.layout == vectors.DIFFERENTIAL:
            lines.append(vectors.differential_latex(name, result))
            continue
        for key, formula in result.derivatives.items():
            lines.append((derivative_label(name, key, result).latex_equation, "=", _formula(formula)))
    return [*lines, *_elasticities(results)]


def _elasticities(results: Sequence[SymbolicResult]) -> list[Line]:
    labelled = [pair for name, result in named(results) for pair in elasticity_formulas(name, result)]
    return [(label.latex_equation, "=", _formula(formula)) for label, formula in labelled]


def matrix_lines(results: Sequence[Result], style: Style) -> list[Line]:
    """The values and the Hessian of each function, or the Jacobian of all, at each point."""
    at_point = _jacobian if matrices.is_jacobian(results) else _hessians
    return [line for point in range(len(results[0].value)) for line in at_point(results, point, style)]


def _hessians(results: Sequence[Result], point: int, style: Style) -> list[Line]:
    lines = []
    for name, result in named(results):
        place = [_coordinate(result, each, point, style) for each in arguments_of(result)]
        if not result.dependent:
            lines.append((_call(name_latex(name), place), "=", _value(result, point, style)))
        entries = [[_derivative(result, key, point, style) for key in row] for row in _hessian_keys(result)]
        lines.append((_call(_hessian_head(name, result), place), "=", _matrix(entries)))
    return lines


def _jacobian(results: Sequence[Result], point: int, style: Style) -> list[Line]:
    first = results[0]
    place = ",\\, ".join(f"{name_latex(name)} = {_coordinate(first, name, point, style)}" for name in first.at)
    names = _matrix([[name_latex(name)] for name, _ in named(results)])
    values = [[_value(result, point, style)] for result in results]
    rows = [[_derivative(result, key, point, style) for key in result.derivatives] for result in results]
    sides = ((names, _matrix(values)), (_jacobian_head(results), _matrix(rows)))
    return [(rf"\left.{left}\right|_{{{place}}}", "=", right) for left, right in sides]


def expansion_lines(one: Expansion, style: Style) -> list[Line]:
    """The equation of a Taylor polynomial, and what the function is more than that."""
    variable = name_latex(one.result.variable)
    left = f"T_{{{one.degree}}}({variable})"
    text = one.right(style)
    right = r"\text{none}" if text is None or one.absence() else latex_of(parse_tree(text, [one.result.variable]))
    about = rf" && {_heading(one)}" if one.heading else ""
    lines = [(left, "=", right + about)]
    ends = one.remainder_ends(style)
    if ends:
        inside = ", ".join(map(latex_number, interval_texts(one.result)))
        between = rf"\left[{', '.join(map(latex_number, ends))}\right]"
        difference = rf"{name_latex(one.name)}({variable}) - {left}"
        lines.append((difference, r"\in", rf"{between} \quad \text{{for }} {variable} \in \left[{inside}\right]"))
    return lines


def _heading(one: Expansion) -> str:
    result = one.result
    centres = [(name_latex(result.variable), _typed(result.points, result.variable, one.point))]
    others = [name for name in result.at if name != result.variable]
    centres += [(name_latex(name), _number(result.at[name], one.point, Style())) for name in others]
    places = ",\\, ".join(f"{name} = {value}" for name, value in centres)
    return rf"\text{{for }} {name_latex(one.name)} \text{{ about }} {places}"


def _hessian_head(name: str, result: Result | SymbolicResult) -> str:
    """What a Hessian is called, with its variables where they are not the function's in their order."""
    variables = matrices.hessian_variables(result)
    if variables == arguments_of(result):
        return rf"H_{{{name_latex(name)}}}"
    return rf"\frac{{\partial^{{2}} {name_latex(name)}}}{{\partial ({_names(variables)})^{{2}}}}"


def _hessian_keys(result: Result | SymbolicResult) -> list[list[str]]:
    variables = matrices.hessian_variables(result)
    return [[matrices.hessian_key(result, row, column) for column in variables] for row in variables]


def _jacobian_head(results: Sequence[Result] | Sequence[SymbolicResult]) -> str:
    names = _names([name for name, _ in named(results)])
    return rf"\frac{{\partial ({names})}}{{\partial ({_names(list(results[0].derivatives))})}}"


def _matrix(rows: Sequence[Sequence[str]]) -> str:
    body = r" \\ ".join(" & ".join(row) for row in rows)
    if len(rows[0]) <= MAX_MATRIX_COLUMNS:
        return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"
    return rf"\left(\begin{{array}}{{{'c' * len(rows[0])}}} {body} \end{{array}}\right)"


def _call(head: str, arguments: Iterable[str]) -> str:
    inside = ", ".join(arguments)
    return f"{head}({inside})" if inside else head


def _names(names: Sequence[str]) -> str:
    return ", ".join(map(name_latex, names))


def _coordinate(result: Result, name: str, point: int, style: Style) -> str:
    """A coordinate of a point as it was typed."""
    typed = result.typed[name][point] if name in result.typed else ""
    return formula_latex(typed) if typed else _number(result.at[name], point, style)


def _value(result: Result, point: int, style: Style) -> str:
    return _exactly(result.exact_value, result.value, point, style)


def _derivative(result: Result, key: str, point: int, style: Style) -> str:
    return _exactly(result.exact.get(key, ()), result.derivatives[key], point, style)


def _exactly(exact: Exact, values: FloatArray, point: int, style: Style) -> str:
    """The exact value where it was asked for and is known, else the number."""
    known = exact[point] if style.exact and exact else None
    return _number(values, point, style) if known is None else latex_of(known.tree)


def _number(values: FloatArray, point: int, style: Style) -> str:
    return latex_number(number_at(values, point, style.digits))
