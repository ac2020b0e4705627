"""How results of every shape are shown: labels, matrices, gradients, directions, equations, captions."""

import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivcli import Result, parse
from derivcli.check.verdict import Verdict, Verdicts
from derivcli.engines.task import at_once
from derivcli.engines.torch.backward import prepared
from derivcli.language.expression import Expression
from derivcli.language.tree import add, negative
from derivcli.points.at_option import points_from, read_points
from derivcli.render.blocks import Style
from derivcli.render.format_table import formats_for
from derivcli.render.labels import Label
from derivcli.render.results import render
from derivcli.result import Partial, SymbolicResult
from tests.support import drawn, each

WIDE = Style(width=200)


def job(
    texts: list[str], at: str, partials: list[Partial], layout: str = "columns", along: dict[str, str] | None = None
) -> list[Result]:
    """Results without a check, straight from the engine."""
    direction = None if along is None else points_from(along)
    found = at_once(prepared, [parse(text) for text in texts], read_points([at]).at, partials, direction=direction)
    return [replace(result, layout=layout) for result in found]


def hessian(texts: list[str], at: str, names: str) -> list[Result]:
    partials: list[Partial] = [(row, column) for place, row in enumerate(names) for column in names[place:]]
    return job(texts, at, partials, "hessian")


def equation(left: str, right: str) -> Expression:
    sides = parse(left), parse(right)
    names = tuple(dict.fromkeys(name for side in sides for name in side.variables))
    tree = add([sides[0].tree, negative(sides[1].tree)])
    return Expression(f"{left} = {right}", tree, names, sides=(sides[0].tree, sides[1].tree))


def implicit(left: str, right: str, at: str, partials: list[Partial]) -> list[Result]:
    return at_once(prepared, [equation(left, right)], read_points([at]).at, partials, dependent="y")


def judged(results: list[Result], judge: Callable[[str, int], Verdict]) -> list[Result]:
    """The results with a verdict on each derivative."""
    found = []
    for result in results:
        columns = {key: Verdicts.empty(len(result.value)) for key in result.derivatives}
        for key, verdicts in columns.items():
            for point in range(len(verdicts)):
                verdicts.put(point, judge(key, point))
        found.append(replace(result, verdicts=columns))
    return found


@each(
    ("made", "plain", "shown", "simple", "latex"),
    [
        (Label("f"), "f", "f", "f", "f"),
        (Label("f", ("x",)), "df/dx", "f'", "f'", "f'"),
        (Label("f", ("x",) * 5), "d5f/dx5", "f⁽⁵⁾", "d5f/dx5", "f^{(5)}"),
        (Label("f", ("x",) * 200), "d200f/dx200", "f⁽²⁰⁰⁾", "d200f/dx200", "f^{(200)}"),
        (Label("f", ("u",), "partial"), "df/du", "∂f/∂u", "df/du", r"\frac{\partial f}{\partial u}"),
        (
            Label("f1", ("x", "x", "y"), "partial"),
            "d3f1/dx2dy",
            "∂³f1/∂x²∂y",
            "d3f1/dx2dy",
            r"\frac{\partial^{3} f_{1}}{\partial x^{2} \partial y}",
        ),
        (Label("f", ("x", "y", "x"), "partial"), "d3f/dxdydx", "∂³f/∂x∂y∂x", "d3f/dxdydx", None),
        (Label("f", ("along",), "along"), "Df", "Df", "Df", "D f"),
        (Label("f", ("along",) * 12, "along"), "D12f", "D¹²f", "D12f", "D^{12} f"),
        (Label("y", ("x",), "total"), "dy/dx", "dy/dx", "dy/dx", r"\frac{dy}{dx}"),
        (Label("y", ("x", "x"), "total"), "d2y/dx2", "d²y/dx²", "d2y/dx2", r"\frac{d^{2}y}{dx^{2}}"),
        (Label("y", ("x", "z"), "partial"), "d2y/dxdz", "∂²y/∂x∂z", "d2y/dxdz", None),
    ],
)
def test_labels(made: Label, plain: str, shown: str, simple: str, latex: str | None) -> None:
    assert (made.plain, made.shown(), made.shown(unicode=False)) == (plain, shown, simple)
    assert latex in (made.latex, None)


def header(results: list[Result], name: str) -> str:
    return render(results, name, WIDE).splitlines()[0]


def test_columns_are_named_by_what_they_are() -> None:
    mixed = job(["u^3*v^4"], "u=2,v=3", [("u", "u", "v"), ("v",)])
    assert header(mixed, "csv") == "u,v,f,d3f/du2dv,df/dv"
    assert header(job(["u*v"], "u=2,v=3", [("along",) * 2], along={"u": "1"}), "csv") == "u,v,f,D2f"
    assert header(implicit("x^2+y^2", "25", "x=3,y=4", [("x",), ("x", "x")]), "csv") == "x,y,dy/dx,d2y/dx2"
    assert header(implicit("x^2+y^2", "z", "x=3,y=4,z=25", [("x", "z")]), "csv") == "x,y,z,d2y/dxdz"


def test_a_direction_is_told_as_typed_with_its_length() -> None:
    shown = render(job(["u*v"], "u=2,v=3", [("along",)], along={"u": "1", "v": "sqrt(3)"}), "table", WIDE)
    assert "D is along (u, v) = (1, sqrt(3)), of length 2, not scaled\n" in shown
    unit = render(job(["u*v"], "u=2,v=3", [("along",)], along={"u": "3/5", "v": "4/5"}), "markdown", WIDE)
    assert "D is along (u, v) = (3/5, 4/5), of length 1\n" in unit
    latex = render(job(["u*v"], "u=2,v=3", [("along",)], along={"u": "1", "v": "sqrt(3)"}), "latex", WIDE)
    assert r"D &= \frac{d}{dt} \text{ along } (u, v) + t \, (1, \sqrt{3})" in latex


def test_an_equation_has_no_value_but_a_residual() -> None:
    results = implicit("x^2+y^2", "25", "x=3,y=4.5", [("x",)])
    shown = render(results, "table", WIDE)
    assert shown.startswith("x**2 + y**2 = 25\n\n")
    assert re.findall(r"│ +(\S+) +│ +(\S+) +│ +(\S+) +│", shown)[0] == ("x", "y", "dy/dx")
    assert r"x^{2} + y^{2} &= 25" in render(results, "latex", WIDE)
    function = json.loads(render(results, "json", WIDE))["functions"][0]
    assert (function["name"], function["dependent"], function["residual"]) == ("y", "y", [4.25])
    assert function["expression"] == "x**2 + y**2 = 25"
    assert "value" not in function


def cells(shown: str) -> list[list[str]]:
    """The rows of a table in a box."""
    lines = [line for line in shown.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]


def test_a_hessian_is_a_matrix_filled_on_both_sides() -> None:
    shown = render(hessian(["u^3+v^2+4u*v"], "u=3,v=4", "uv"), "table", WIDE)
    assert "\nu = 3, v = 4: f = 91\n" in shown
    assert cells(shown) == [["∂²f", "∂u", "∂v"], ["∂u", "18", "4"], ["∂v", "4", "2"]]
    assert shown.endswith("by nested backward passes\n")


def test_a_hessian_in_latex_names_its_rows_where_their_order_differs() -> None:
    same = render(hessian(["u^3+v^2+4u*v"], "u=3,v=4", "uv"), "latex", WIDE)
    assert r"H_{f}(3, 4) &= \begin{pmatrix} 18 & 4 \\ 4 & 2 \end{pmatrix}" in same
    other = render(hessian(["u^3+v^2+4u*v"], "u=3,v=4", "vu"), "latex", WIDE)
    matrix = r"\begin{pmatrix} 2 & 4 \\ 4 & 18 \end{pmatrix}"
    assert rf"\frac{{\partial^{{2}} f}}{{\partial (v, u)^{{2}}}}(3, 4) &= {matrix}" in other


def test_a_matrix_too_wide_for_amsmath_is_an_array() -> None:
    names = "abcdghkmnpq"
    point = ",".join(f"{name}=1" for name in names)
    assert r"\begin{array}{ccccccccccc}" in render(hessian(["*".join(names)], point, names), "latex", WIDE)


def test_several_functions_are_a_jacobian() -> None:
    results = job(["u*v", "u/v"], "u=2,v=4", [("u",), ("v",)])
    shown = cells(render(results, "table", WIDE))
    assert shown == [["", "value", "∂/∂u", "∂/∂v"], ["f1", "8", "4", "2"], ["f2", "0.5", "0.25", "-0.125"]]
    matrix = r"\begin{pmatrix} 4 & 2 \\ 0.25 & -0.125 \end{pmatrix}"
    head = r"\frac{\partial (f_{1}, f_{2})}{\partial (u, v)}"
    assert rf"\left.{head}\right|_{{u = 2,\, v = 4}} &= {matrix}" in render(results, "latex", WIDE)
    assert "|  f2 |   0.5 | 0.25 | -0.125 |" in render(results, "markdown", WIDE)
    assert render(results, "csv", WIDE).splitlines()[1] == "2,4,8,4,2,0.5,0.25,-0.125"


@pytest.mark.parametrize(("count", "width", "matrix"), [(8, 80, True), (9, 80, False), (2, 15, False)])
def test_matrices_are_for_few_points_and_where_they_fit(count: int, width: int, matrix: bool) -> None:
    shown = render(hessian(["u^3*v"], f"u=0:1:{count},v=4", "uv"), "table", Style(width=width))
    assert ("∂²f │ ∂u" in re.sub(" +", " ", shown)) == matrix
    assert ("∂²f/∂u∂v" in shown) != matrix


@each("unicode", [True, False])
@each("width", [20, 40, 60, 80, 120])
def test_tables_keep_to_the_width(width: int, unicode: bool) -> None:
    long = "learning_rate_of_the_model"
    results = at_once(
        prepared, [parse(f"{long}^3*v", declared=[long])], {long: np.ones(2), "v": np.ones(2)}, [(long, "v")]
    )
    jacobian = job(["u", "v"], "u=1,v=2", [("u",), ("v",)])
    for one in (results, jacobian, hessian(["sin(u*v)/w"], "u=1,2,v=3,w=0", "uvw")):
        text = render(one, "table", Style(width=width, unicode=unicode))
        assert max(map(len, text.splitlines())) <= max(width, 40)
        assert unicode or text.isascii()


def test_entries_that_are_not_right_are_named_and_colored_on_both_sides() -> None:
    def judge(key: str, point: int) -> Verdict:
        return Verdict("lossy", 3, truth=1.5, message="cancellation") if key == "u,v" else Verdict("proved", 16)

    results = judged(hessian(["u^3+v^2+4u*v"], "u=3,v=4", "uv"), judge)
    assert "u = 3, v = 4: ∂²f/∂u∂v lost all but 3 digits" in render(results, "table", WIDE)
    colored = render(results, "table", Style(color=True))
    assert len(re.findall(r"33m *4", colored)) == 2


def test_who_gave_a_number_is_said() -> None:
    def judge(key: str, point: int) -> Verdict:
        return Verdict("corner", None, left=-1.0, right=1.0)

    results = judged(job(["abs(x)"], "x=0", [("x",)]), judge)
    assert "PyTorch's 0 is a convention" in render(results, "table", WIDE)
    taylor = [replace(result, engine="taylor") for result in results]
    assert "Taylor arithmetic's 0 is a convention" in render(taylor, "table", WIDE)
    assert "\nby Taylor arithmetic\n" in render(taylor, "table", WIDE)
    assert json.loads(render(taylor, "json", WIDE))["functions"][0]["engine"] == "taylor"


def test_only_what_is_not_one_backward_pass_is_said() -> None:
    assert "by " not in render(job(["x^2"], "x=1", [("x",)]), "table", WIDE)
    assert "by nested backward passes" in render(job(["x^2"], "x=1", [("x", "x")]), "table", WIDE)


def test_a_gradient_has_a_length_and_a_direction() -> None:
    results = job(["3u+4v"], "u=1,v=1", [("u",), ("v",)])
    assert "\n|∇f| = 5, direction (0.6, 0.8)\n" in render(results, "table", WIDE)
    assert "\n|grad f| = 5, direction (0.6, 0.8)\n" in render(results, "table", Style(unicode=False))
    found = json.loads(render(results, "json", WIDE))["functions"][0]["gradient"]
    assert found == {"norm": [5], "direction": {"u": [0.6], "v": [0.8]}}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@drawn(200, derandomize=True)
@given(parts=st.lists(st.floats(width=32), min_size=2, max_size=5))
def test_the_length_of_a_gradient_neither_overflows_nor_vanishes(dtype: str, parts: list[float]) -> None:
    kind = np.dtype(dtype)
    columns = {f"x{place}": np.array([value], kind) for place, value in enumerate(parts)}
    expression = replace(parse("1"), variables=tuple(columns))
    result = Result(expression, columns, np.ones(1, kind), columns, np.zeros(1, np.uint8))
    norm, direction = result.gradient_norm, result.gradient_direction
    assert norm is not None
    assert norm.dtype == kind
    if not all(map(math.isfinite, parts)):
        assert math.isnan(norm[0])
        return
    exact = math.hypot(*(Fraction(float(values[0])) for values in columns.values()))
    largest = float(np.finfo(kind).max)
    assert min(float(norm[0]), largest) == pytest.approx(min(exact, largest), rel=1e-6, abs=1e-44)
    for name, values in columns.items():
        expected = float(values[0]) / exact if exact else math.nan
        assert float(direction[name][0]) == pytest.approx(expected, rel=1e-5, abs=1e-6, nan_ok=True)


def test_what_is_no_gradient_has_no_length() -> None:
    assert job(["u*v"], "u=1,v=2", [("u",)])[0].gradient_norm is None
    assert job(["u*v"], "u=1,v=2", [("u", "u"), ("v", "v")])[0].gradient_norm is None
    assert job(["u*v"], "u=1,v=2", [("along",)], along={"u": "1"})[0].gradient_norm is None
    assert job(["u^2"], "u=1", [("u",)])[0].gradient_direction == {}


def test_no_direction_is_told_where_there_is_none() -> None:
    flat = render(job(["u^2+v^2"], "u=0,1,v=0", [("u",), ("v",)]), "table", WIDE)
    assert "u = 0, v = 0: |∇f| = 0\nu = 1, v = 0: |∇f| = 2, direction (1, 0)\n" in flat
    assert "∇" not in render(job(["sqrt(u)+v"], "u=0,v=0", [("u",), ("v",)]), "table", WIDE)

    def judge(key: str, point: int) -> Verdict:
        return Verdict("corner", None, left=-1.0, right=1.0) if key == "u" else Verdict("proved", 16)

    assert "∇" not in render(judged(job(["abs(u)+v"], "u=0,v=0", [("u",), ("v",)]), judge), "table", WIDE)


def test_formulas_have_the_same_names() -> None:
    made = SymbolicResult(parse("u^2*v"), {"u,v": parse("2u"), "v,v": parse("0")}, "hessian")
    shown = render([made], "table", WIDE)
    assert shown.splitlines() == ["f(u, v) = u^2*v", "∂²f/∂u∂v = 2*u", "∂²f/∂v² = 0"]
    slope = SymbolicResult(equation("x^2+y^2", "25"), {"x": parse("-x/y")}, dependent="y")
    assert render([slope], "table", WIDE).splitlines() == ["x**2 + y**2 = 25", "dy/dx = -x/y"]
    along = SymbolicResult(parse("u*v"), {"along": parse("v+2u")}, direction=points_from({"u": "1", "v": "2"}))
    assert render([along], "table", WIDE).splitlines()[2] == "Df = v + 2*u"
    assert json.loads(render([along], "json", WIDE))["functions"][0]["direction"] == {"u": 1, "v": 2}


@each("name", formats_for("results"))
def test_numbers_that_are_none_are_shown_in_every_format(name: str) -> None:
    shown = render(hessian(["sqrt(u)/v"], "u=0,v=0", "uv"), name, Style())
    assert "inf" in shown or "nan" in shown
