"""Functions of which a text says nothing but the name: how they are read, and their derivatives as books write them."""

from __future__ import annotations

import copy
import pickle

import pytest

import derivcli
from derivcli.errors import DerivError
from derivcli.render.latex_printer import latex_of
from tests.support import each

READ = [
    ("f(x)*g(x)", "f(x)*g(x)"),
    ("2f(x)g(x)", "2*f(x)*g(x)"),
    ("f(x+1)", "f(x + 1)"),
    ("f1(x) + f_2(x+1)", "f1(x) + f_2(x + 1)"),
    ("F(x^2)", "F(x**2)"),
    ("x^2*y(x)", "x**2*y(x)"),
    ("e^(u(x))", "e**u(x)"),
    ("x(t)^2+y(t)^2", "x(t)**2 + y(t)**2"),
    ("θ(t)", "theta(t)"),
    ("u(x, t)", "u(x, t)"),
    ("u_xx(x, t) - u_t(x,t)", "u_xx(x, t) - u_t(x, t)"),
    ("f_xy(x,y)", "f_xy(x, y)"),
    ("f^(1,0)(x^2, y)", "f^(1,0)(x**2, y)"),
    ("f^(1,2)(x, y)", "f_xyy(x, y)"),
    ("y''(x)+y(x)", "y''(x) + y(x)"),
    ("y'(x+1)", "y'(x + 1)"),
    ("f′(x) + f″(x)", "f'(x) + f''(x)"),
    ("f''''(x)", "f^(4)(x)"),
    ("f^(4)(x)", "f^(4)(x)"),
    ("f**(2)(x)", "f''(x)"),
    ("f(x)^2", "f(x)**2"),
    ("f(x) + f^2(x)", "f(x) + f(x)**2"),
    ("f(x) + f²(x)", "f(x) + f(x)**2"),
    ("sin f(x)", "sin(f(x))"),
    ("sin x f(x)", "sin(x)*f(x)"),
    ("(f(x+h)-f(x))/h", "(f(x + h) - f(x))/h"),
    ("f(2)x", "f(2)*x"),
    ("2xf(x)", "2*x*f(x)"),
    ("2xf'(x)+f(x)", "2*x*f'(x) + f(x)"),
    ("xg(x)h(x)", "x*g(x)*h(x)"),
]

PRODUCTS = [
    ("f*x + f(x+1)", "f*x + f*(x + 1)"),
    ("f (x)", "f*x"),
    ("f^2(x)", "f**2*x"),
    ("x(x+1)", "x*(x + 1)"),
    ("n(n-1)", "n*(n - 1)"),
    ("a(x+1)", "a*(x + 1)"),
    ("k(2)", "k*2"),
    ("k(x)+k", "k*x + k"),
    ("y(x)+y^2", "y*x + y**2"),
    ("x(x)", "x*x"),
    ("gamma(x)", "gamma(x)"),
    ("y(pi)", "y*pi"),
]


@each("text, means", READ)
def test_a_letter_before_a_bracket_is_a_function(text: str, means: str) -> None:
    expression = derivcli.parse(text)
    assert expression.canonical_text == means
    again = derivcli.parse(means)
    assert again.tree == expression.tree


@each("text, means", PRODUCTS)
def test_a_letter_that_is_a_variable_is_multiplied(text: str, means: str) -> None:
    assert derivcli.parse(text).canonical_text == means


@pytest.mark.parametrize("declared", ["f", "k"])
def test_a_declared_letter_is_multiplied(declared: str) -> None:
    expression = derivcli.parse(f"{declared}(x)", declared=[declared])
    assert expression.canonical_text == f"{declared}*x"
    assert "product" in expression.notes[0].message


def test_a_note_names_the_product() -> None:
    assert [note.message for note in derivcli.parse("2k(x) + f(x)").notes] == [
        "k and f are read as functions; for a product write k*(...)"
    ]
    assert not derivcli.parse("y'(x) + y(x)").notes, "a prime leaves no doubt"
    assert derivcli.parse("k*(x)").canonical_text == "k*x"


REFUSED = [
    ("f'(x) + f", "'f' is a function and a variable here", "f"),
    ("f(x) + f(x, y)", "f takes 1 argument, and here it has 2", "f(x, y)"),
    ("f'(x, y)", "a prime does not say by which", "f'(x, y)"),
    ("f^(1,0)(x)", "f has 1 variable, and here are 2 orders", "f^(1,0)(x)"),
    ("f^(300)(x)", "the order of a derivative is a whole number up to 200", "^(300)"),
    ("f(x,y)+f_x(2,y)", "what f_x is the derivative by is not clear", "f_x(2,y)"),
    ("f()", "f needs an argument", "f"),
    ("max'(x, y)", "max has several variables", "max'(x, y)"),
    ("f^-1(x)+f(x)", "a power of 'f' itself is ambiguous", "f^-"),
]


@each("text, message, under", REFUSED)
def test_what_is_not_clear_is_refused_at_its_place(text: str, message: str, under: str) -> None:
    with pytest.raises(DerivError) as caught:
        derivcli.parse(text)
    error = caught.value
    assert message in error.message
    assert error.source == text
    assert error.span is not None
    assert text[error.span.start : error.span.stop] == under
    assert error.hint


BOOK = [
    ("f(x)*g(x)", "f'(x)*g(x) + f(x)*g'(x)"),
    ("f(x)*g(x)*h(x)", "f'(x)*g(x)*h(x) + f(x)*g'(x)*h(x) + f(x)*g(x)*h'(x)"),
    ("f(x)/g(x)", "(f'(x)*g(x) - f(x)*g'(x))/g(x)**2"),
    ("f(x)/x", "(x*f'(x) - f(x))/x**2"),
    ("1/f(x)", "-f'(x)/f(x)**2"),
    ("f(g(x))", "f'(g(x))*g'(x)"),
    ("f(x^2)", "2*x*f'(x**2)"),
    ("sin(f(x))", "cos(f(x))*f'(x)"),
    ("e^(u(x))", "exp(u(x))*u'(x)"),
    ("ln(f(x))", "f'(x)/f(x)"),
    ("sqrt(f(x))", "f'(x)/(2*sqrt(f(x)))"),
    ("f(x)^2", "2*f(x)*f'(x)"),
    ("f(x)^5", "5*f(x)**4*f'(x)"),
    ("x^2*y(x)", "2*x*y(x) + x**2*y'(x)"),
    ("x^2+y(x)^2", "2*x + 2*y(x)*y'(x)"),
    ("f'(g(x))*g'(x)", "f''(g(x))*g'(x)**2 + f'(g(x))*g''(x)"),
    ("x f(x)", "f(x) + x*f'(x)"),
    ("x - f(x)", "1 - f'(x)"),
    ("f(x)g(x) + 3x", "f'(x)*g(x) + f(x)*g'(x) + 3"),
    ("if(x>0, f(x), g(x))", "Piecewise((f'(x), x > 0), (g'(x), x < 0))"),
]


@each("text, derivative", BOOK)
def test_derivatives_are_those_of_a_book(text: str, derivative: str) -> None:
    found = derivcli.derive(text).derivatives["x"]
    assert found.canonical_text == derivative
    assert derivcli.parse(derivative).canonical_text == derivative


def test_partial_derivatives() -> None:
    found = derivcli.derive("f(x, y) + f(x^2, y)", order=2).derivatives
    assert found["x,x"].canonical_text == "2*f^(1,0)(x**2, y) + 4*x**2*f^(2,0)(x**2, y) + f_xx(x, y)"
    assert derivcli.hessian("u(x, t)").derivatives["x,t"].canonical_text == "u_xt(x, t)"
    assert derivcli.derive("f(x)^n").derivatives["x"].canonical_text == "n*f(x)**(n - 1)*f'(x)"


def test_expressions_travel_as_what_was_typed() -> None:
    expression = derivcli.parse("f'(x^2)*u_xx(x, t)")
    for other in (pickle.loads(pickle.dumps(expression)), copy.deepcopy(expression)):
        assert other == expression
        assert other.canonical_text == expression.canonical_text
    assert derivcli.parse("f(x)") != derivcli.parse("f'(x)")


def test_the_letter_of_the_result_is_another() -> None:
    from tests.support import deriv

    assert deriv("f(x)*g(x)").stdout.splitlines()[1:] == ["h(x)\tf(x)*g(x)", "dh/dx\tf'(x)*g(x) + f(x)*g'(x)"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda: derivcli.derive("f(x)", at={"x": 1}),
        lambda: derivcli.explain("x*f(x)", at={"x": 1}),
        lambda: derivcli.series("f'(x)", 2, at={"x": 1}),
        lambda: derivcli.script("f(x)", at={"x": 1}),
        lambda: derivcli.jacobian(["x", "f(x)"], at={"x": 1}),
    ],
)
def test_numbers_are_refused_with_the_way_to_define_them(ask: object) -> None:
    with pytest.raises(DerivError) as caught:
        ask()  # type: ignore[operator]
    assert caught.value.message == "f is not known"
    assert caught.value.hint == 'define it, as in let={"f(x)": "x^2"}'


@pytest.mark.parametrize(
    ("text", "let", "derivative"),
    [
        ("f'(x)", "x^2+a x", "2"),
        ("f'(x^2)", "x^3", "12*x**3"),
        ("f''(2)*x", "x^3", "12"),
        ("f^(3)(x)", "x^4", "24"),
        ("f'(f(x))", "x^2", "4*x"),
        ("x*f'(a)", "sin(x)", "cos(a)"),
    ],
)
def test_primes_of_a_function_of_ones_own(text: str, let: str, derivative: str) -> None:
    assert derivcli.derive(text, wrt="x", let={"f(x)": let}).derivatives["x"].canonical_text == derivative


@each(
    "text, same",
    [
        ("sin'(x^2)", "cos(x**2)"),
        ("sin''(2x)", "-sin(2*x)"),
        ("exp''(2x)", "exp(2*x)"),
        ("log'(x)", "1/x"),
        ("x gamma'(x)", "x*gamma(x)*digamma(x)"),
        ("besselj'(2, x)", "(besselj(1, x)-besselj(3, x))/2"),
        ("elu'(x)", "if(x>0, 1, exp(x))"),
        ("cos'(0)x", "0*x"),
    ],
)
def test_primes_of_functions_of_the_table(text: str, same: str) -> None:
    found, expected = (derivcli.derive(each, at={"x": 0.3}) for each in (text, same))
    assert found.value == pytest.approx(expected.value, rel=1e-14)
    assert found.derivatives["x"] == pytest.approx(expected.derivatives["x"], rel=1e-13)


@each(
    "text, let, means",
    [
        ("f'(x)", "abs(x)", "Piecewise((sign(x), x != 0))"),
        ("f'(x^2)", "if(x>0, x, 0)", "Piecewise((if(x**2 > 0, 1, 0), x**2 != 0))"),
        ("f'(2)", "abs(x)", "sign(2)"),
        ("x*diff(f(x^2), x)", "x^3", "x*(2*x*(3*(x**2)**2))"),
        ("f'(x)", "d/dx x^3", "6*x"),
        ("f(g(x))*d/dx(g(x))", "f", "f(g(x))*g'(x)"),
        ("x + diff(y(x), x, 2)", "x", "x + y''(x)"),
    ],
)
def test_a_derivative_in_its_place_states_no_convention(text: str, let: str, means: str) -> None:
    known = {} if let == "f" else {"f(x)": let}
    assert derivcli.parse(text, let=known).canonical_text == means


@each("text, let", [("f'(0)", "abs(x)"), ("relu'(0)", ""), ("x+f'(0)", "if(x>0, x, 0)"), ("log'(-1)", "")])
def test_where_there_is_no_derivative_it_is_refused(text: str, let: str) -> None:
    with pytest.raises(DerivError, match="there is no derivative at this place") as caught:
        derivcli.parse(text, let={"f(x)": let} if let else {})
    assert caught.value.source == text


def test_at_the_top_a_derivative_of_unknown_functions_is_asked_for() -> None:
    assert derivcli.derive("d/dx (f(x)*g(x))").derivatives["x"].canonical_text == "f'(x)*g(x) + f(x)*g'(x)"
    assert derivcli.derive("(f(x)/g(x))'").derivatives["x"].canonical_text == "(f'(x)*g(x) - f(x)*g'(x))/g(x)**2"
    assert derivcli.derive("d/dx f(x)", let={"f(x)": "x^3"}).derivatives["x"].canonical_text == "3*x**2"


@each("text", [text for text, _ in READ if "f_2" not in text] + ["f'(x)/g(x)^2", "f^(12)(x)", "y'(x+1)+f(g(x))^2"])
def test_what_is_printed_in_latex_comes_back(text: str) -> None:
    tree = derivcli.parse(text).tree
    again = derivcli.parse(latex_of(tree))
    assert again.canonical_text == derivcli.parse(derivcli.parse(text).canonical_text).canonical_text


@each(
    "latex, means",
    [
        (r"f'(x)", "f'(x)"),
        (r"f^{\prime\prime}(x)", "f''(x)"),
        (r"f^{(4)}\left(x\right)", "f^(4)(x)"),
        (r"f_{xy}(x, y)", "f_xy(x, y)"),
        (r"u_{xx}\left(x, t\right)", "u_xx(x, t)"),
        (r"f^{(1,0)}\left(x^{2}, y\right)", "f^(1,0)(x**2, y)"),
        (r"\frac{f(x)}{g(x)}", "f(x)/g(x)"),
    ],
)
def test_latex_of_books_is_read(latex: str, means: str) -> None:
    assert derivcli.parse(latex).canonical_text == means
