"""A left side names a formula, or says of a claim which derivative it is; constants are functions."""

from __future__ import annotations

import json

import pytest

from derivcli import DerivError, answer, derive, implicit, jacobian, parse, steps
from tests.support import deriv, each, hint_of

NAMED = [
    # text, name, arguments, formula, variables
    ("f(x) = x^2", "f", "x", "x^2", "x"),
    ("f(x)=x^2", "f", "x", "x^2", "x"),
    ("f(x, y) := x y", "f", "x,y", "x*y", "x,y"),
    ("f(y, x) = x/y", "f", "y,x", "x/y", "y,x"),
    ("f(x, y) = x^2", "f", "x,y", "x^2", "x,y"),
    ("f(x) = a x^2", "f", "x", "a*x^2", "x,a"),
    ("f(speed) = speed^2", "f", "speed", "x^2", "speed"),
    ("y = x^2", "y", "", "x^2", "x"),
    ("y ≔ x^2", "y", "", "x^2", "x"),
    ("x^2 = y", "y", "", "x^2", "x"),
    ("sin(x) = y", "y", "", "sin(x)", "x"),
    ("A = pi r^2", "A", "", "pi*r^2", "r"),
    ("E = m c^2", "E", "", "m*c^2", "m,c"),
    ("θ = x^2", "theta", "", "x^2", "x"),
    ("f: x -> x^2", "f", "x", "x^2", "x"),
    ("x ↦ x^2", "", "x", "x^2", "x"),
    ("(x, y) -> x y", "", "x,y", "x*y", "x,y"),
    ("f(x) = 5", "f", "x", "5", "x"),
    ("y = if(x == 0, 1, x)", "y", "", "if(x == 0, 1, x)", "x"),
    ("x = y", "x", "", "y", "y"),
    ("d1/d2 = r", "r", "", "d1/d2", "d1,d2"),
    ("y = d/dx x^3", "y", "", "3*x^2", "x"),
    (r"f(x) = \frac{x}{2}", "f", "x", "x/2", "x"),
]


@each(("text", "name", "arguments", "formula", "variables"), NAMED)
def test_a_left_side_names_a_formula(text: str, name: str, arguments: str, formula: str, variables: str) -> None:
    found = parse(text)
    assert (found.name, ",".join(found.arguments), ",".join(found.variables)) == (name, arguments, variables)
    assert found.canonical_text.replace("speed", "x") == parse(formula).canonical_text
    assert (found.source, found.asked) == (text, ())
    point = {each: 0.7 + place for place, each in enumerate(found.variables)}
    assert derive(found, at=point, check=False).value[0] == derive(text, at=point, check=False).value[0]


REFUSED = [
    ("x = 3", "this is an equation", "--at x=3", "="),
    ("y = 5", "this is an equation", "--at y=5", "="),
    ("y = x*y", "this is an equation", "--implicit y", "="),
    ("x^2 + y^2 = 25", "this is an equation", "--implicit y", "="),
    ("f(x) = x^2 = y", "this is an equation", "leave out", "="),
    ("f(x) = f(x - 1)", "'f' is defined by itself", "without it", "="),
    ("f(x, x) = x", "'x' stands twice among the variables", "another name", "x"),
    ("x→0", "limits are not read here", "--at", "→"),
    ("f(2) = 5", "'2' is no name of a variable", "f(x) = x^2", "2"),
    ("f(x) = (x^2", "this '(' is never closed", "add", "("),
    ("y = x^2 +", "the expression ends", "complete it", ""),
    (
        "y' = 2x",
        "this states a derivative",
        "write 2x to differentiate it; whether it is a derivative deriv answer",
        "=",
    ),
    ("f'(x) = 2x", "this states a derivative", "write 2x", "="),
    ("dy/dx = 2x", "this states a derivative", "write 2x", "="),
    ("y' = x", "this states a derivative", "write x", "="),
    ("d/dx x^2 = 2x", "this states a derivative", "write 2x", "="),
]


@each(("text", "message", "hint", "place"), REFUSED)
def test_other_equations_are_refused(text: str, message: str, hint: str, place: str) -> None:
    with pytest.raises(DerivError) as caught:
        parse(text)
    error = caught.value
    assert message in error.message
    assert hint in hint_of(error)
    assert error.source == text
    assert error.span is not None
    assert text[error.span.start : error.span.stop].strip() == place


def test_a_note_stands_where_the_formula_was_typed() -> None:
    (note,) = parse("y = 1/2x").notes
    assert (note.source, note.span.start, note.other) == ("y = 1/2x", 4, "y = 1/(2*x)")
    (note,) = parse("1/2x = y").notes
    assert (note.source, note.span.start, note.other) == ("1/2x = y", 0, "1/(2*x) = y")


def test_an_equation_stays_one_where_it_is_asked_for() -> None:
    result = implicit("y = x^2", "y", at={"x": 3, "y": 9})
    assert result.derivatives["x"][0] == 6
    assert deriv("y = 5*x", "--implicit", "y").stdout == deriv("y = x*5", "--implicit", "y").stdout.replace(
        "x*5", "5*x"
    )


def test_results_are_called_by_the_name() -> None:
    assert deriv("y = x^2").stdout == "name\tformula\ny(x)\tx^2\ndy/dx\t2*x\n"
    assert "y'(x) &= 2 x" in deriv("y = x^2", "--format", "latex").stdout
    found = json.loads(deriv("A = pi r^2", "--at", "r=1", "--format", "json").stdout)
    assert found["functions"][0]["name"] == "A"
    table = deriv("g(t) = a t^2", "--at", "t=1,a=2", columns=80).stdout
    assert "g(t) = a*t^2" in table
    assert "│ t │ a │ g │ g' │" in table
    assert "y'(x) = d/dx[x^2]" in deriv("steps", "y = x^2", columns=80).stdout
    assert steps("h(x) = x^2")[0].steps[-1].canonical_text == "2*x"
    both = deriv("f(x) = x^2", "g(x) = x^3", "--at", "x=2", columns=80).stdout
    assert "│ x │ f │ f' │ g │ g' │" in both
    assert "y.backward()" in deriv("y = x^2", "--code", "--at", "x=2").stdout


def test_derivatives_are_those_by_the_arguments() -> None:
    result = derive("f(x) = a x^2", at={"x": 1, "a": 2})
    assert {key: values[0] for key, values in result.derivatives.items()} == {"x": 4}
    assert derive("f(x) = a x^2", at={"x": 1, "a": 2}, wrt=["a"]).derivatives["a"][0] == 1
    assert [*derive("f(x, y) = a x y").derivatives] == ["x", "y"]
    assert [*derive("f(x, y) = a x y", order=2).derivatives] == ["x,x", "y,y"]
    gradient = derive("f(x, y) = a x y", at={"x": 1, "y": 2, "a": 3}).gradient
    assert gradient is not None
    assert gradient.tolist() == [[6, 3]]
    assert jacobian(["f(x) = x^2", "g(x) = x"], at={"x": 3}).matrix.tolist() == [[[6], [1]]]


def test_names_are_given_once() -> None:
    assert "'f' is the name of two formulas" in deriv("f(x)=x^2", "f(x)=x^3", status=2).stderr
    assert "'y' is the name of another formula and a variable here" in deriv("y=x^2", "x*y", status=2).stderr


CLAIMS = [
    # formula, claim, whether it is right
    ("x^2", "y' = 2x", True),
    ("x^2", "f'(x) = 2x", True),
    ("x^2", "dy/dx = 2x", True),
    ("x^2", "df(x)/dx = 2x", True),
    ("x^2", "d/dx x^2 = 2x", True),
    ("x^2", "d(x^2)/dx = 2x", True),
    ("y = x^2", "y' = 2x", True),
    ("y = x^2", "y' = 3x", False),
    ("y = x^2", "y'' = 2", True),
    ("x^3", "d^2y/dx^2 = 6x", True),
    ("x^3", "f″(x) = 6x", True),
    ("x^3", "y'' = 3x^2", False),
    ("x^2*y", "∂f/∂x = 2x*y", True),
    ("x^2*y", "∂²f/∂x∂y = 2x", True),
    ("f(x) = a x^2", "f'(x) = 2a x", True),
    ("d/dx x^2", "2x", True),
    ("d/dx x^2", "y' = 2x", True),
    ("(x^3)''", "6x", True),
    ("x^2", "d/dx x^2", True),
    ("5", "0", True),
    ("5", "y' = 0", True),
    ("pi", "1", False),
    # the formula's own name
    ("f(x) = e^x", "f'(x) = f(x)", True),
    ("f(x) = e^(a x)", "f'(x) = a f(x)", True),
    ("f(x) = e^x", "f'(x) = 2f(x)", False),
    ("y = e^(2x)", "dy/dx = 2y", True),
    ("y = sin(x)", "y'' = -y", True),
    ("e^x", "y' = y", True),
    ("e^x", "dy/dx = y", True),
    ("e^x", "dy/dx = 2y", False),
    ("f(x)", "f'(x) = f(x)", False),
    # LaTeX
    (r"y = e^{2x}", r"\frac{dy}{dx} = 2e^{2x}", True),
    (r"x^2", r"y' = \frac{4x}{2}", True),
    (r"\sum_{k=1}^3 x^k", r"\sum_{k=1}^3 k x^{k-1}", True),
    (r"\sum_{k=1}^3 x^k", r"y' = \sum_{k=1}^3 x^{k-1}", False),
]


@each(("formula", "claim", "right"), CLAIMS)
def test_a_claim_may_say_which_derivative_it_is(formula: str, claim: str, right: bool) -> None:
    assert answer(formula, claim).equal is right


CLASHES = [
    ("x^2", "d/dx x^3 = 2x", "the left side is no derivative of the formula"),
    ("y = x^2", "f' = 2x", "the function is y here, and not f"),
    ("x^2*y", "f' = 2x*y", "by which of x and y"),
    ("x^2*y", "y' = 2x*y", "'y' is a variable here, and no function"),
    ("d/dx x^3", "y'' = 6x", "the derivative by x is asked for, and this is one by x, x"),
    ("x^2", "f(x) = 2x", "a claim is a formula, not an equation"),
    ("f(x) = x^2", "f'(2) = 4", "the left side speaks of 2, and the formula of x"),
    ("f(x) = x^2", "f'(t) = 2t", "the left side speaks of t, and the formula of x"),
    ("x^2", "f'(2) = 4", "the left side speaks of 2, and the formula of x"),
]


@each(("formula", "claim", "message"), CLASHES)
def test_a_claim_of_another_derivative_is_refused(formula: str, claim: str, message: str) -> None:
    with pytest.raises(DerivError) as caught:
        answer(formula, claim)
    assert message in caught.value.message
    assert claim.startswith(caught.value.source.rstrip())


def test_the_order_of_a_claim_is_that_of_the_options() -> None:
    assert "yes" in deriv("answer", "x^3", "y'' = 6x", "--order", "2").stdout
    assert "and --order for another" in deriv("answer", "x^3", "y'' = 6x", "--order", "3", status=2).stderr


@each("text", ["5", "pi", "2+3", "-1", "sqrt(2)", "e"])
def test_constants_are_functions(text: str) -> None:
    result = derive(text)
    assert {key: found.text for key, found in result.derivatives.items()} == {"x": "0"}
    assert deriv(text).stdout.splitlines()[1].startswith("f(x)\t")
    assert derive(text, at={"x": 1}).derivatives["x"][0] == 0
    assert derive(text, wrt=["t"]).derivatives["t"].canonical_text == "0"
    assert steps(text)[0].steps[-1].canonical_text == "0"
    assert answer(text, "0").equal
    assert [*derive(text, order=2).derivatives] == ["x,x"]
