"""How what Python gets shows itself: one line, the text of a terminal, mathematics, HTML, tables of other libraries."""

import random
from html.parser import HTMLParser
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
import torch

import derivcli
from derivcli import (
    answer,
    check_function,
    check_functions,
    derive,
    explain,
    hessian,
    implicit,
    jacobian,
    parse,
    series,
    steps,
)
from derivcli.errors import DerivError
from tests.support import each

FORMULA = "x**2*y + abs(x)"
AT: dict[str, Any] = {"x": [0, 1], "y": 2}


class Square(torch.autograd.Function):
    """x^2."""

    @staticmethod
    def forward(ctx: Any, i: torch.Tensor) -> torch.Tensor:
        """The square."""
        ctx.save_for_backward(i)
        square: torch.Tensor = i**2
        return square

    @staticmethod
    def backward(ctx: Any, grad_output: torch.Tensor) -> torch.Tensor:
        """2x times what comes."""
        (i,) = ctx.saved_tensors
        gradient: torch.Tensor = grad_output * 2 * i
        return gradient


RECORDS: dict[str, Any] = {
    "Expression": lambda: parse(FORMULA),
    "equation": lambda: implicit("x^2 + y^2 = 25", "y").expression,
    "Result": lambda: derive(FORMULA, AT),
    "one point": lambda: derive(FORMULA, "x=1,y=2"),
    "no points": lambda: derive("x^2", {"x": np.array([])}),
    "Hessian": lambda: hessian("x^2*y", "x=1,y=2"),
    "implicit": lambda: implicit("x^2 + y^2 = 25", "y", "x=3,y=4"),
    "SymbolicResult": lambda: derive(FORMULA),
    "Hessian formulas": lambda: hessian("x^2*y"),
    "Jacobian": lambda: jacobian(["x*y", "x + y"], AT),
    "Jacobian formulas": lambda: jacobian(["x*y", "x + y"]),
    "SeriesResult": lambda: series("exp(x)", 3, {"x": 0}),
    "Ledger": lambda: explain("x*sin(x)", {"x": 1}),
    "steps": lambda: steps("x*sin(x)"),
    "Derivation": lambda: steps("x*sin(x)")[0],
    "right": lambda: answer("x^2", "2x"),
    "wrong": lambda: answer("x^2", "3x"),
    "FunctionReport": lambda: check_function(Square),
    "FileReport": lambda: check_functions(__file__),
}
"""One of each kind of record."""


class Balance(HTMLParser):
    """Reads HTML and counts: elements opened and not closed, rows of tables, what is no plain text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.rows = 0
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)
        self.rows += tag == "tr"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@each("name", RECORDS)
def test_every_record_shows_itself(name: str) -> None:
    record = RECORDS[name]()
    line, bundle = repr(record), record._repr_mimebundle_()
    assert "\n" not in line
    assert len(line) < 400
    assert "array(" not in line
    assert bundle["text/plain"] == str(record)
    assert len(bundle) > 1
    assert len(bundle["text/plain"]) < 5000
    if "text/html" in bundle:
        assert Balance(bundle["text/html"]).open == []
    if "text/latex" in bundle:
        assert bundle["text/latex"].count("$") % 2 == 0
        assert "align*" not in bundle["text/latex"]


def test_bundle_has_what_is_asked_for() -> None:
    record = derive("x^2", {"x": 3})
    assert [*record._repr_mimebundle_(include=["text/html"])] == ["text/html"]
    assert "text/latex" not in record._repr_mimebundle_(exclude=["text/latex"])


def test_verdicts_stand_in_the_table() -> None:
    found = Balance(derive("abs(x)", {"x": [0, 1]})._repr_html_() or "")
    assert found.rows == 3
    assert "corner" in found.texts
    assert any(text.startswith("✓") for text in found.texts)


def test_many_points_are_not_all_shown_but_all_judged() -> None:
    record = derive("abs(x)", "x=-50:50:101", check=True)
    found = Balance(record._repr_html_() or "")
    assert found.rows == 11
    assert "the first 10 of 101 points" in found.texts
    assert any("corner" in text for text in found.texts)  # at the 51st point
    assert str(record).count("\n") < 30


def test_no_text_of_a_user_is_markup() -> None:
    record = derive("if(x < 1, x, 2)", {"x": 0})
    shown = record._repr_html_() or ""
    assert "&lt;" in shown
    assert "<1" not in shown.replace(" ", "")


def test_first_points() -> None:
    whole = derive("abs(x)*y", {"x": [3, 2, 1, 0], "y": 2}, check=True)
    part = derive("abs(x)*y", {"x": [3, 2], "y": 2}, check=True)
    assert whole.first(2) == part
    assert whole.first(4) == whole


def test_tables_of_other_libraries() -> None:
    record = derive("abs(x)*y", {"x": [0, 1], "y": 2}, check=True)
    table, frame = record.to_arrow(), record.to_pandas()
    assert table.column_names[:3] == ["x", "y", "f"]
    assert frame["df/dy"].tolist() == record.derivatives["y"].tolist()
    assert frame["df/dx verdict"].tolist() == ["corner", "proved"]
    assert [*jacobian(["x*y", "x"], {"x": 1, "y": 2}).to_pandas()["df1/dy"]] == [1.0]


def test_exact_values_are_shown() -> None:
    record = derive("sin(x)", {"x": ["pi/3", 0]}, exact=True)
    assert "0.5 = 1/2" in "".join(Balance(record._repr_html_() or "").texts).replace("0.5000000000000001", "0.5")
    assert r"\frac{\sqrt{3}}{2}" in (record._repr_latex_() or "")
    assert record.to_pandas()["df/dx exact"].tolist() == ["1/2", "1"]


def test_no_points_are_told_nothing_of() -> None:
    assert "≈" not in str(derive("x^2", "x=3").first(0))


X, Y = sympy.symbols("x y")


def drawn(draw: random.Random, depth: int) -> Any:
    """A formula of SymPy's, made as its users make them."""
    if not depth:
        return draw.choice([X, Y, sympy.Integer(draw.randint(1, 5)), sympy.Rational(draw.randint(1, 9), 7), 0.1, 2.5])
    parts = [drawn(draw, depth - 1) for _ in range(2)]
    make = draw.choice([
        lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a - b, lambda a, b: a / (b**2 + 1),
        lambda a, b: sympy.sin(a) * b, lambda a, b: sympy.exp(-(a**2)) + b, lambda a, b: sympy.log(1 + a**2) * b,
        lambda a, b: sympy.Abs(a) + sympy.Max(a, b), lambda a, b: sympy.atan2(a, b + 3), lambda a, b: sympy.sqrt(a**2),
        lambda a, b: sympy.Piecewise((a, X > 1), (b, True)), lambda a, b: sympy.erf(a) - sympy.tanh(b),
    ])  # fmt: skip
    return make(*parts)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("seed", range(40))
def test_formulas_of_sympy(seed: int) -> None:
    formula = sympy.sympify(drawn(random.Random(seed), 3))
    at = {"x": 0.7, "y": 1.3}
    found = derive(
        formula, {name: at[name] for name in sorted(map(str, formula.free_symbols))} or {"x": 1}, check=False
    )
    expected = mpmath.mpf(str(formula.evalf(30, subs={X: sympy.Float("0.7", 40), Y: sympy.Float("1.3", 40)})))
    assert found.value[0] == pytest.approx(float(expected), rel=1e-12, abs=1e-12)


REFUSED = {
    "imaginary": (sympy.I * X, "no real number"),
    "infinite": (sympy.oo * X, "no real number"),
    "an equation": (sympy.Eq(X, 1), "not Equality"),
    "a matrix": (sympy.Matrix([X]), "Matrix"),
    "an odd name": (sympy.Symbol("x y") * X, "no name"),
    "one name twice": (X + sympy.Symbol("x", positive=True), "two symbols that are called x"),
    "a number's name": (sympy.Symbol("pi") * sympy.pi, "called like the number pi"),
}


@each("name", REFUSED)
def test_what_sympy_may_hold_and_we_do_not_read(name: str) -> None:
    formula, message = REFUSED[name]
    with pytest.raises(DerivError, match=message):
        derive(formula)


def test_numbers_of_sympy_are_exact() -> None:
    assert derive(sympy.Float(1) / 3 * X, {"x": 3}).derivatives["x"][0] == 1 / 3
    assert derive(sympy.Symbol("e") * X, {"x": 3, "e": 2}).value[0] == 6  # a symbol is a variable, whatever its name


@each("dtype", [torch.float32, np.float32, np.dtype("float32"), "float32"])
def test_formats_by_the_names_of_libraries(dtype: Any) -> None:
    record = derive("x^2", {"x": torch.tensor([1.0, 2.0], requires_grad=True)}, dtype=dtype, device=torch.device("cpu"))
    assert record.value.dtype == np.float32
    assert record.derivatives["x"].tolist() == [2, 4]


@each("dtype", [torch.int32, complex, 3, np.int64])
def test_other_formats_are_refused(dtype: Any) -> None:
    with pytest.raises(DerivError, match=r"number format|a format of"):
        derive("x^2", {"x": 1}, dtype=dtype)


def test_public_records_are_all_here() -> None:
    shown = {type(make()).__name__ for make in RECORDS.values()}
    records = {
        name for name in derivcli.__all__ if name.endswith(("Result", "Report", "Ledger", "Answer", "Derivation"))
    }
    assert {*records, "Expression", "Jacobian"} <= shown | {"Records"}
