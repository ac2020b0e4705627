"""Functions of the user's own, as `--let` and `let` name them."""

import re

import pytest

import derivcli
from derivcli.errors import DerivError
from tests.support import deriv, each


@pytest.mark.parametrize(
    ("text", "let", "means"),
    [
        ("f(3x)", {"f(x)": "x^2+a"}, "(3*x)**2 + a"),
        ("f(x)^2", {"f(x)": "x+1"}, "(x + 1)**2"),
        ("2f(x)", {"f(x)": "x+1"}, "2*(x + 1)"),
        ("f(g(x))", {"f(x)": "g(x)+b", "g(x)": "a x"}, "a*(a*x) + b"),
        ("g(x, 2)", {"g(x, y)": "x y"}, "x*2"),
        ("h(t)", {"h(x)": "if(x>0, x, 0)"}, "if(t > 0, t, 0)"),
        ("h(t)", {"h(x)": "if(x==0, 1, sin(x)/x)"}, "if(t == 0, 1, sin(t)/t)"),
        ("force(2)", {"force(speed)": "speed^2*rho"}, "2**2*rho"),
        ("f(a)", {"f(x)": "x+a"}, "a + a"),
        ("f(x, y)", {"f(y, x)": "y-2x"}, "x - 2*y"),
        ("f(e)", {"f(e)": "e^2"}, "e**2"),
        ("α(x)", {"α(x)": "x^3"}, "x**3"),
        ("sin(f(x))", {"f(x)": "x^2"}, "sin(x**2)"),
        ("sum(f(k)*x, k, 1, 3)", {"f(x)": "x^2+k"}, "sum((k1**2 + k)*x, k1, 1, 3)"),
        ("f(k)", {"f(x)": "sum(x*k, k, 1, 3)"}, "sum(k*k1, k1, 1, 3)"),
    ],
)
def test_a_call_stands_for_the_formula(text: str, let: dict[str, str], means: str) -> None:
    assert derivcli.parse(text, let=let).canonical_text == means


def test_named_formulas_and_functions_use_each_other() -> None:
    let = {"f(x)": "b x", "b": "c+1", "z": "f(2)"}
    assert derivcli.derive("z*f(x)", at={"x": 3, "c": 1}, let=let).value[0] == 24


@pytest.mark.parametrize(
    ("text", "let", "message", "source", "under"),
    [
        ("f(x)", {"f(x)": "f(x-1)"}, "'f' is defined by itself", "f(x)=f(x-1)", "f"),
        ("f(x)", {"f(x)": "g(x)", "g(x)": "f(x)"}, "'f' is defined by 'g', which calls it", "f(x)=g(x)", "g"),
        ("f(x, 2)", {"f(x)": "x"}, "f takes 1 argument, and here it has 2", "f(x, 2)", "f(x, 2)"),
        ("1+f(x)", {"f(x, y)": "x"}, "f takes 2 arguments, and here it has 1", "1+f(x)", "f(x)"),
        ("x", {"sin(x)": "x"}, "'sin' is a function of deriv already", "sin(x)=x", "sin"),
        ("x", {"pi(x)": "x"}, "'pi' is a constant", "pi(x)=x", "pi"),
        ("x", {"f(x)": "1+", "y": "2"}, "the expression ends", "f(x)=1+", ""),
        ("x", {"f(x)": "x", "f": "2"}, "'f' is given a formula and is a variable too", "f(x)=x", "f"),
        ("x", {"f(x)": "x", "f(y)": "y"}, "'f' is defined more than once", "f(y)=y", "f"),
        ("x", {"f(x, x)": "x"}, "'x' stands twice among the variables", "f(x, x)=x", "x"),
        ("x", {"f(2)": "x"}, "'2' is no name of a variable", "f(2)=x", "2"),
        ("f + f(x)", {"f(x)": "x"}, "'f' is a function here", "f + f(x)", "f"),
        ("f(0)", {"f(x)": "1/x"}, "this divides by zero", "1/0", "0"),
    ],
)
def test_refusals_point_into_the_text(text: str, let: dict[str, str], message: str, source: str, under: str) -> None:
    with pytest.raises(DerivError) as caught:
        derivcli.parse(text, let=let)
    error = caught.value
    assert message in error.message
    assert error.source == source
    assert error.span is not None
    assert source[error.span.start : error.span.stop] == under


def test_a_function_and_a_variable_of_one_name_are_refused() -> None:
    with pytest.raises(DerivError, match="'f' is given a formula and is a variable too"):
        derivcli.derive("f(x)", at={"x": 1, "f": 2}, let={"f(x)": "x"})


@pytest.mark.parametrize(
    "words",
    [
        ["f(3x)", "--let", "f(x)=x^2+1", "--at", "x=2"],
        ["explain", "f(3x)", "--let", "f(x)=x^2+1", "--at", "x=2"],
        ["steps", "f(3x)", "--let", "f(x)=x^2+1"],
        ["f(3x)", "--let=f(x)=x^2+1", "--at", "x=2", "--series", "2"],
        ["f(3x)", "--let", "f(x) = x^2+1", "--at", "x=2", "--code"],
        ["f(3x) = y", "--let", "f(x)=x^2+1", "--implicit", "y"],
    ],
)
def test_every_command_reads_them(words: list[str]) -> None:
    plain = [word.replace("f(3x)", "(3x)^2+1") for word in words if "f(x)" not in word and word != "--let"]
    assert _named_f(deriv(*words).stdout) == _named_f(deriv(*plain).stdout)


def _named_f(text: str) -> str:
    """An output in which the function is called f."""
    return re.sub(r"(?<![a-z])(d?)g(?![a-z])", r"\1f", text)


def test_a_claim_may_call_them() -> None:
    assert derivcli.answer("f(x^2)", "2x*f(x^2)", let={"f(x)": "exp(x)"}).how == "proved"


DEPENDENT = [
    # formula, definitions, the function and the name that it depends on
    ("1 + diff(f(x), x)", {"f(u)": "u^2+x"}, "f", "x"),
    ("1 + diff(f'(t), a)", {"f(u)": "u^2*a"}, "f", "a"),
    ("1 + diff(f(x), x, a)", {"f(u)": "u^2*a"}, "f", "a"),
    ("1 + diff(g(x), x)", {"f(u)": "u^2+x", "g(v)": "f(2v)"}, "g", "x"),
    ("g(2)", {"f(u)": "u^2+x", "g(x)": "1+diff(f(x), x)"}, "f", "x"),
    ("1 + diff(f(x), x)", {"f(u)": "u^2+a", "a": "x^3"}, "f", "x"),
    ("y = d/dx f(x)", {"f(u)": "u^2+x"}, "f", "x"),
]


@each(("text", "let", "function", "name"), DEPENDENT)
def test_no_derivative_in_place_leaves_out_what_a_function_depends_on(
    text: str, let: dict[str, str], function: str, name: str
) -> None:
    with pytest.raises(DerivError) as caught:
        derivcli.parse(text, let=let)
    assert f"the formula of {function} depends on {name} by itself" in caught.value.message
    assert f"make {name} a parameter of {function}" in caught.value.hint


def test_derivatives_in_place_of_functions_that_depend_on_other_names() -> None:
    let = {"f(u)": "u^2+a*u", "g(v)": "f(2v)"}
    assert derivcli.derive("1 + diff(g(x), x)", at={"x": 3, "a": 5}, let=let).value[0] == 1 + 8 * 3 + 10
    assert derivcli.parse("d/dx f(x)", let={"f(u)": "u^2+x"}).asked == ("x",)
    assert derivcli.derive("d/dx f(x)", at={"x": 3}, let={"f(u)": "u^2+x"}).derivatives["x"][0] == 7
