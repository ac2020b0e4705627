"""A derivative inside of a formula is taken in place, with the values of SymPy's, and none where there is none."""

from __future__ import annotations

import random
from typing import Any

import pytest
import sympy

from derivcli import derive, parse
from derivcli.language.differentiation import derivatives
from derivcli.language.functions.table import FUNCTIONS
from tests.support import each, sample

IN_PLACE = {
    "x*diff(sin(x^2), x)": "2*x^2*cos(x^2)",
    "3 + d/dx x^2": "3+2x",
    "sin((x^2)')": "sin(2x)",
    "x*d(x^2)/dx": "2*x^2",
    "(x^2)' + 1": "2x+1",
    "-d/dx x^2": "-2x",
    "1/2 d/dx x^2": "x",
    "2 d/dx x^2": "4x",
    "d/dx (x^2) + 3x": "5x",
    "d/dx[x**2]*sin(x) + x**2*d/dx[sin(x)]": "2x sin(x) + x^2 cos(x)",
    "d/dx x^2 + d/dx x^3": "2x+3x^2",
    "|d/dx x^2|": "|2x|",
    "d(x^2)/dx + d(x^3)/dx": "2x+3x^2",
    "x + D(x^2)": "3x",
    "e^(d/dx x^2)": "e^(2x)",
    "diff(x^2*y, y) + x": "x^2+x",
    "d/dx (x*d/dx x^2) + 0": "4x",
    "diff(diff(x^4, x), x)/x": "12x",
    "1/(d/dx x^2)": "1/(2x)",
    "diff(x^x, x)*1": "x^x*(ln(x)+1)",
    "2*diff(integrand, integrand)": "2",
}


@each("text", IN_PLACE)
def test_a_derivative_inside_is_taken_in_place(text: str) -> None:
    found, means = (parse(each, declared=["integrand"]) for each in (text, IN_PLACE[text]))
    assert found.asked == ()
    for x in (0.7, 1.3, 2.4):
        values = []
        for expression in (found, means):
            place = {name: {"x": x, "y": 1.7}.get(name, 1.0) for name in expression.variables or ("x",)}
            values.append(derive(expression, at=place, check=False).value[0])
        assert abs(values[0] - values[1]) < 1e-12 * (1 + abs(values[1]))


KINKS = {
    "diff(abs(x), x)": 0,
    "diff(relu(x), x)": 0,
    "diff(floor(x), x)": 1,
    "diff(sign(x), x)": 0,
    "diff(max(x, 2), x)": 2,
    "diff(min(x, 2, 5), x)": 5,
    "diff(if(x > 1, x^2, x), x)": 1,
    "diff(Piecewise((x, x < 3), (9, True)), x)": 3,
    "diff(clamp(x, 0, 1), x)": 1,
    "diff(abs(x - 1)*x, x)": 1,
    "diff(sqrt(x), x)": 0,
    "diff(x^1.5, x)": 0,
    "diff(log(x), x)": -1,
    "diff(asin(x), x)": 1,
    "diff(x/x, x)": 0,
    "diff(sqrt(x)^2, x)": -1,
    "diff(hardshrink(x), x)": 0.5,
    "diff(diff(abs(x), x), x)": 0,
    "diff(abs(x)*abs(x), x)": 0,
}


@each("text", KINKS)
def test_no_convention_at_a_kink_goes_on_as_truth(text: str) -> None:
    """Where the function inside has no derivative, or no value, the derivative in place has none."""
    check_kink(text)


def check_kink(text: str) -> None:
    for formula in (f"1 + {text}", f"x*{text}", f"sin({text})"):
        result = derive(formula, at={"x": [KINKS[text], 0.25]})
        assert not abs(result.value[0]) < float("inf"), formula
        verdict = result.verdicts["x"][0]
        assert verdict is not None
        assert verdict.kind in ("undefined", "hole", "jump", "corner"), formula
        assert abs(result.value[1]) < 100


def test_a_planted_convention_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its guard the derivative of |x| at 0 is proved to be 0."""
    monkeypatch.setattr(derivatives, "_needed", lambda *_: iter(()))
    result = derive("1 + diff(abs(x), x)", at={"x": 0})
    assert result.value[0] == 1
    with pytest.raises(AssertionError):
        check_kink("diff(abs(x), x)")


def test_rows_go_no_further_than_their_functions() -> None:
    """In place the derivative of a function has no value where the function has none, and else that of the function."""
    at = {"x": [-3.7, -2.5, -1.3, -1.0, -0.6, 0.0, 0.3, 1.0, 1.7, 2.0, 3.3, 12.0]}
    tried = 0
    for row in FUNCTIONS:
        if row.parameters != ("x",) or row.name in ("loggamma", "gamma", "digamma", "trigamma", "factorial"):
            continue  # the last ones have poles, which are no numbers either way
        function = derive(f"{row.name}(x)", at=at, check=False)
        inside = derive(f"0 + diff({row.name}(x), x)", at=at, check=False)
        for place, slope in enumerate(function.derivatives["x"]):
            defined = abs(function.value[place]) < float("inf")
            if abs(inside.value[place]) < float("inf"):
                assert defined, (row.name, at["x"][place])
                assert inside.value[place] == pytest.approx(slope, rel=1e-9, abs=1e-12), row.name
                tried += 1
            elif defined:
                assert function.flags[place] or not abs(slope) < float("inf"), (row.name, at["x"][place])
    assert tried > 500


LEAVES = ("x", "x", "x", "y", "2", "3", "1/2", "pi")
CALLS = ("sin", "cos", "exp", "atan", "tanh", "sinh")


def drawn(chooser: random.Random, depth: int) -> str:
    """A smooth formula in x and y."""
    if depth == 0 or chooser.random() < 0.15:
        return chooser.choice(LEAVES)
    kind = chooser.randrange(5)
    first, second = drawn(chooser, depth - 1), drawn(chooser, depth - 1)
    if kind == 0:
        return f"({first} + {second})"
    if kind == 1:
        return f"({first} - {second})"
    if kind == 2:
        return f"({first})*({second})"
    if kind == 3:
        return f"({first})/(2 + ({second})**2)"
    return f"{chooser.choice(CALLS)}(({first})/3)"


WRITTEN = [
    # how a first derivative by x is written
    "d/dx ({})", "d/dx[{}]", "d({})/dx", "(d/dx)({})", "∂/∂x ({})", "∂({})/∂x", "diff({}, x)", "Derivative({}, x)",
    "D({}, x)", "D[{}, x]", "Dx({})", "D_x({})", "diff({}, x, 1)", "(d ({}))/(dx)", "d/d x ({})", "∂_x({})",
]  # fmt: skip
HIGHER = [
    "d^{0}/dx^{0} ({1})",
    "d^{0}({1})/dx^{0}",
    "diff({1}, x, {0})",
    "Derivative({1}, (x, {0}))",
    "∂^{0}/∂x^{0} ({1})",
]


def check_drawn(count: int) -> None:
    """Values against SymPy's own derivative of a tree that SymPy's own reader made of the plain formula."""
    chooser = random.Random(17)
    x, y = sympy.symbols("x y", real=True)
    for number in range(count):
        formula = f"({drawn(chooser, 3)}) + x*y"
        order = 1 + number % 3
        body = sympy.parse_expr(formula, {"x": x, "y": y})  # a text of our own
        point = {x: sympy.Rational(chooser.randint(-20, 20), 7), y: sympy.Rational(chooser.randint(1, 20), 9)}
        slope = sympy.diff(body, x, order)
        wanted = float(slope.subs(point).evalf(30))
        further = float(sympy.diff(slope, x).subs(point).evalf(30))
        at = {"x": float(point[x]), "y": float(point[y])}
        way = chooser.choice(HIGHER).format(order, formula) if order > 1 else chooser.choice(WRITTEN).format(formula)
        top = derive(way, at=at, check=False)
        assert [float(values[0]) for values in top.derivatives.values()] == [pytest.approx(wanted, rel=1e-8, abs=1e-9)]
        if order < 3:
            inside = derive(f"y + 2*({way})", at=at, wrt=["x"], check=False)
            assert inside.value[0] == pytest.approx(at["y"] + 2 * wanted, rel=1e-9, abs=1e-9), way
            assert inside.derivatives["x"][0] == pytest.approx(2 * further, rel=1e-7, abs=1e-8), way


@pytest.mark.sampled
def test_drawn_formulas_have_the_derivatives_that_sympy_finds() -> None:
    check_drawn(sample(15, 400))


@each("rule", ["_product_rule", "_power_rule", "_chain_rule"])
def test_a_planted_fault_in_a_rule_would_be_found(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = getattr(derivatives, rule)

    def wrong(*given: Any) -> Any:
        return derivatives.product([sympy.Rational(2001, 2000), right(*given)])

    monkeypatch.setattr(derivatives, rule, wrong)
    with pytest.raises(AssertionError):
        check_drawn(15)
