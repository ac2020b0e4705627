"""A list of formulas in one text is several formulas, for deriv itself and jacobian; all else in brackets is none."""

from __future__ import annotations

import pytest

from derivcli import DerivError, derive, jacobian, parse
from derivcli.errors import ArgumentError
from derivcli.language.notations.formula_lists import listed_formulas
from tests.support import deriv, each, hint_of, no_hang

LISTS = [
    ("[x^2, sin(x)]", ["x^2", "sin(x)"]),
    (" [ x^2 ,\n sin(x) ] ", ["x^2", "sin(x)"]),
    ("[max(x, 1), Piecewise((x, x > 0), (0, True)), |x|]", ["max(x, 1)", "Piecewise((x, x > 0), (0, True))", "|x|"]),
    ("[x^2]", ["[x^2]"]),
    ("[/b]", ["[/b]"]),
    ("Matrix([x])", ["x"]),
    ("Matrix([x, y])", ["x", "y"]),
    ("sympy.Matrix([[x], [y], [x*y]])", ["x", "y", "x*y"]),
    ("Matrix([[x, y]])", ["x", "y"]),
    ("np.array([ x, y ])", ["x", "y"]),
    ("torch.stack([x, y])", ["x", "y"]),
    (r"[\frac{x}{2}, x]", [r"\frac{x}{2}", "x"]),
    ("[[x, y], [1, 2]]", ["[[x, y], [1, 2]]"]),
    ("[x[0], 1]", ["[x[0], 1]"]),
    ("[x, 1] + [1, x]", ["[x, 1] + [1, x]"]),
    ("[x for x in y]", ["[x for x in y]"]),
    ("[open('CANARY','w') for i in [1]]", ["[open('CANARY','w') for i in [1]]"]),
    ("[x, 1", ["[x, 1"]),
    ("x, 1]", ["x, 1]"]),
    ("(x, 1)", ["x", "1"]),
    ("(x*(y + 1), (x + 1)*y)", ["x*(y + 1)", "(x + 1)*y"]),
    ("(x + 1)", ["(x + 1)"]),
    ("(x, 1) + (1, x)", ["(x, 1) + (1, x)"]),
    ("f(x, y)", ["f(x, y)"]),
    ("x + 1", ["x + 1"]),
    ("", [""]),
]


@each(("text", "formulas"), LISTS)
def test_a_list_is_its_formulas(text: str, formulas: list[str]) -> None:
    assert listed_formulas(text) == formulas


@each(("text", "place"), [("[x,]", 2), ("[, x]", 0), ("[x,, y]", 2), ("Matrix([])", 7), ("Matrix([x,])", 9)])
def test_a_missing_formula_is_refused_where_it_is_missing(text: str, place: int) -> None:
    with pytest.raises(DerivError, match="a formula of this list is missing") as caught:
        listed_formulas(text)
    assert caught.value.span is not None
    assert caught.value.span.start == place


def test_the_command_line_reads_a_list_as_several_formulas() -> None:
    for options in ((), ("--at", "x=1,y=2"), ("--at", "x=1,y=2", "--code")):
        assert deriv("[x^2*y, sin(x)]", *options) == deriv("x^2*y", "sin(x)", *options)
    assert deriv("[x, x^2]", "x^3").stdout == deriv("x", "x^2", "x^3").stdout


def test_jacobian_reads_a_list() -> None:
    found = jacobian("[x^2*y, sin(x)]", at={"x": 1.0, "y": 2.0})
    assert (found.matrix == jacobian(["x^2*y", "sin(x)"], at={"x": 1.0, "y": 2.0}).matrix).all()
    with pytest.raises(ArgumentError, match="a list of formulas, not a text"):
        jacobian("x^2")


def test_one_formula_is_no_list_of_them() -> None:
    for read in (parse, derive):
        with pytest.raises(DerivError, match="square brackets") as caught:
            read("[x, 1]")
        assert "jacobian takes several formulas" in str(caught.value)
    refused = deriv("explain", "[x, 1]", "--at", "x=1", status=2).stderr
    assert "only deriv itself takes several" in refused
    with pytest.raises(DerivError) as caught:
        parse("x[0]")
    assert "x1, x2" in hint_of(caught.value)


def test_a_place_in_a_list_is_shown_in_its_formula() -> None:
    assert "  sine(x)\n  ^^^^\n" in deriv("[x^2, sine(x)]", status=2).stderr


@each("text", ["[" * 500_000, "[" + "x," * 400_000 + "x]", "[" + "(" * 400_000 + "]", "[x]" * 300_000])
def test_long_lists_take_no_long_time(text: str) -> None:
    with no_hang(5):
        assert listed_formulas(text)
