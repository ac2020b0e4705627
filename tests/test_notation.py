"""Notation of derivatives, primes and quotes is refused with a way out that can be taken; variables stay variables."""

from __future__ import annotations

import re
import shlex
from contextlib import suppress

import pytest

from derivcli import DerivError, derive, implicit, parse
from tests.support import deriv, each, hint_of, no_hang

DERIVATIVES = [
    # text, formula, options of the way out
    ("d(x^2)/dx", "x^2", ""),
    ("d x^4 dx", "x^4", ""),
    ("d sin(x)/dx", "sin(x)", ""),
    ("d^2/dx^2 x^3", "x^3", "--order 2"),
    ("d²/dx² x^3", "x^3", "--order 2"),
    ("d**2/dx**2 (x^3)", "x^3", "--order 2"),
    ("d^3(x^4)/dx^3", "x^4", "--order 3"),
    ("d(x*y)/dy", "x*y", "--wrt y"),
    ("d / dx (x^2 + 3x)", "x^2 + 3x", ""),
    ("(d/dx)(x^2)", "x^2", ""),
    ("d/dθ sin(θ)", "sin(θ)", ""),
    ("d/dx1 x1^2*y", "x1^2*y", "--wrt x1"),
    ("D(x^2)", "x^2", ""),
    ("D^2(x^3)", "x^3", "--order 2"),
    ("d²(x³)", "x³", "--order 2"),
    ("D[x^2, x]", "x^2", ""),
    ("D_x(x^2)", "x^2", ""),
    ("Dy(x*y)", "x*y", "--wrt y"),
    ("d(x+1)", "x+1", ""),
    ("∂(x*y)/∂x", "x*y", "--wrt x"),
    ("∂/∂y x*y", "x*y", "--wrt y"),
    ("∂²(x^2*y)/∂x∂y", "x^2*y", "--mixed x,y"),
    ("∂^3(x^2*y)/∂x^2∂y", "x^2*y", "--mixed x,x,y"),
    ("diff(x^2,x)", "x^2", ""),
    ("diff(x^3*y, x, 2)", "x^3*y", "--wrt x --order 2"),
    ("Derivative(x^2)", "x^2", ""),
    ("d/dx * x^2", "x^2", ""),
    ("(d x^3)/(dx)", "x^3", ""),
    ("d|x|/dx", "|x|", ""),
    ("dln(x)/dx", "ln(x)", ""),
    ("x²′", "x²", ""),
    ("x!'", "x!", ""),
    ("x^2 dx", "x^2", ""),
    ("(x+1)dx", "x+1", ""),
    ("sin(x) y dy", "sin(x) y", "--wrt y"),
    ("(x^2)'", "x^2", ""),
    ("(x^3)''", "x^3", "--order 2"),
    ("(x^3)″", "x^3", "--order 2"),
    ("x^2′", "x^2", ""),
    ("d[x^2]/dx", "x^2", ""),
    ("d/dx [x^2]", "x^2", ""),
    ("d/dx{x^2}", "x^2", ""),
    ("[x^2]'", "x^2", ""),
    ("d(x^2)dx", "x^2", ""),
    ("d (x^2) / d x", "x^2", ""),
    ("d(x*y)/d(y)", "x*y", "--wrt y"),
    ("d x^2/d x", "x^2", ""),
    ("d*(x^2)/dx", "x^2", ""),
    ("(d^2/dx^2)x^3", "x^3", "--order 2"),
    ("d2/dx2 x^3", "x^3", "--order 2"),
    ("d^2/(dx dy) (x*y)", "x*y", "--mixed x,y"),
    ("d_x(x^2)", "x^2", ""),
    ("dx (x^2)", "x^2", ""),
    ("Dx x^2", "x^2", ""),
    ("D_y sin(x*y)", "sin(x*y)", "--wrt y"),
    ("∂_x(x^2 y)", "x^2 y", "--wrt x"),
    ("∂x x^2", "x^2", ""),
]


def refused(text: str, *names: str) -> DerivError:
    with pytest.raises(DerivError) as caught:
        parse(text, declared=names)
    assert caught.value.span is not None
    return caught.value


@each(("text", "formula", "options"), DERIVATIVES)
def test_a_derivative_is_refused_with_the_formula_to_write(text: str, formula: str, options: str) -> None:
    hint = hint_of(refused(text)).partition(";")[0]
    assert hint == f'write "{formula}" {options}'.strip()
    words = shlex.split(hint.removeprefix("write "))
    assert deriv(*words).stdout
    for spaced in (f"  {text} ", text.replace("(", "( ")):
        assert refused(spaced).message == refused(text).message


STANDING_FOR = [
    ("dy/dx", "the formula of y with --wrt x, or an equation with --implicit y"),
    ("dx/dt", "the formula of x with --wrt t"),
    ("d^2y/dx^2", "the formula of y with --wrt x --order 2"),
    ("d²y/dx²", "the formula of y with --wrt x --order 2"),
    ("df/dx = 2x", "the formula of f with --wrt x"),
    ("∂f/∂x", "the formula of f with --wrt x"),
    ("∂²f/∂x∂y", "the formula of f with --mixed x,y"),
    ("d^2f/dxdy", "the formula of f with --mixed x,y"),
    ("(dy)/(dx)", "the formula of y with --wrt x"),
    ("df(x)/dx", "the formula of f with --wrt x"),
    ("f(x)'", "the formula of f"),
    ("(x^2)' + 1", "write the derivative itself in its place"),
    ("1/dx", "leave it out"),
    ("y''", "the formula of y, with --order 2"),
    ("d/dx", "name the variable with --wrt x"),
    ("x*d(x^2)/dx", "write the derivative itself in its place"),
    ("x*diff(x^2, x)", "write the derivative itself in its place"),
    ("d/dx x^2 + 3x", 'for the derivative of all of it write "x^2 + 3x"'),
    ("x + D(x^2)", "for a product write D*(x^2)"),
    ("2d(x+1)", "for a product write d*(x+1)"),
    ("d2y/dx2", "the formula of y with --wrt x --order 2"),
    ("d y / d x", "the formula of y with --wrt x"),
    ("d^n/dx^n x^3", "write the derivative itself in its place"),
    ("D(x)(x+1)", "write the derivative itself in its place; for a product write D*(x)"),
    ("u'v + uv'", "the formula of u"),
    ("u v'", "the formula of v"),
    ("uv'", "write the derivative itself in its place"),
    ("r' + r'", "the formula of r"),
    ("Δx", "write Δ*x for the product"),
    ("(x+δy)", "write δ*y for the product"),
]


@each(("text", "words"), STANDING_FOR)
def test_a_derivative_of_a_letter_or_in_a_formula_is_refused(text: str, words: str) -> None:
    assert words in hint_of(refused(text))


@each("head", ["d", "d^2", "d²", "∂"])
@each("body", ["x", "x^3", "(x^2+1)", " sin(x)", "(2x)", " e^x"])
@each("foot", ["/dx", " / dx", "/dx^2", "/dx²", "/(dx)", "/∂x", "/dtheta", "/dθ"])
def test_no_fraction_of_differentials_is_a_product(head: str, body: str, foot: str) -> None:
    for text in (f"{head}{body}{foot}", f"{head}{foot} {body}", f"3 + 2*{head}{foot} {body}"):
        assert refused(text).message == "deriv differentiates by itself"


@pytest.mark.parametrize("text", ["d/d x (x^2)", "d / d x x^2", "d^2/d x^2 x^3"])
def test_a_quotient_of_d_by_itself_is_no_product(text: str) -> None:
    assert refused(text).message == "deriv differentiates by itself"


LIVE = {
    "a*d + b": "a*d + b", "2d": "2*d", "d^2": "d**2", "d/2": "d/2", "a d": "a*d", "d/x": "d/x", "c/d": "c/d",
    "x d": "x*d", "d*(x^2)": "d*x**2", "D*x": "D*x", "d": "d", "D^2/4": "D**2/4", "sqrt(d)": "sqrt(d)",
    "d1 + d_2": "d1 + d_2",
    "d x/D": "d*x/D", "mod(d, x)": "mod(d, x)", "round(x)": "round(x)", "sinh(d)/d": "sinh(d)/d", "1/d x": "1/d*x",
    "a d/(d x)": "a*d/(d*x)", "c d x/(d y)": "c*d*x/(d*y)",
    "delta*x": "delta*x", "Δ x": "Delta*x", "Δ*x": "Delta*x", "δ": "delta",
}  # fmt: skip


@each("text", LIVE)
def test_a_letter_that_asks_for_nothing_is_a_variable(text: str) -> None:
    assert parse(text).text == LIVE[text]


@each(
    ("text", "names", "canonical"),
    [
        ("d(x+1)", ["d"], "d*(x + 1)"),
        ("D(x^2)", ["D"], "D*x**2"),
        ("d(x^2)/dx", ["d", "x"], "d*x**2/d*x"),
        ("dy/dx", ["dx", "dy"], "dy/dx"),
        ("x^2 dx", ["dx"], "x**2*dx"),
        ("D_x", ["D_x"], "D_x"),
    ],
)
def test_a_declared_letter_stays_a_variable(text: str, names: list[str], canonical: str) -> None:
    assert parse(text, declared=names).text == canonical


@pytest.mark.parametrize("text", ["d(x*y)/dx = 1", "D(x*y) = x", "x = y' ", "dy/dx = x*y"])
def test_a_side_of_an_equation_is_no_product_either(text: str) -> None:
    with pytest.raises(DerivError, match="differentiates by itself"):
        implicit(text, at={"x": 1}, dependent="y")


def test_a_letter_given_a_value_stays_a_variable() -> None:
    assert derive("d(x+1)", at={"d": 2, "x": 1}).value[0] == 4
    assert derive("D(x+1)", at={"x": 1}, let={"D": "3"}).value[0] == 6


@each("text", ["D x^2", "d sin(x)", "d x", "D**2 x", "d |x|", "d√x"])
def test_a_product_that_could_be_a_derivative_has_a_note(text: str) -> None:
    (note,) = parse(text).notes
    assert note.message == f"{text[0]} is read as a variable; for the derivative leave it out"
    assert not parse(text, declared=[text[0]]).notes


@each("text", ["sqrt(D t)", "a/(d x)", "e^(d x)", "|d x|", "x d y", "2 d sin(x)"])
def test_a_product_that_asks_for_nothing_has_no_note(text: str) -> None:
    assert not parse(text).notes


def test_the_way_out_knows_the_names_that_are_declared() -> None:
    assert hint_of(refused("d(Cd*x)/dx", "Cd", "x")) == 'write "Cd*x" --wrt x'


QUOTES = ["''", '""', "``", "“”", "„“", "‘’", "’’", "«»", "`'"]


@each("quotes", QUOTES)
@each("formula", ["x^2", "(x^2)", "sin(x) + 1"])
def test_quotes_around_a_formula_came_along(quotes: str, formula: str) -> None:
    error = refused(f" {quotes[0]}{formula}{quotes[1]}")
    assert (error.message, hint_of(error)) == ("the quotes came along with the formula", f"write {formula}")
    assert refused(f"{quotes[0]}{formula} +").message == "a quote came along with the formula"


@each("text", ["f('x')", "b'x'", "__import__('os')", "'{0}'.format(x)", 'S("x")', "x + 'a'"])
def test_a_string_is_no_prime(text: str) -> None:
    assert "differentiates" not in refused(text).message


SIGNS = "‰∞∂∇∫∑∏→±∓¬∧∨⌋⌉…′″"


@each("where", ["{}x", "x{}", "x + 2{}", "x {} 2", "({}x)"])
@each("sign", SIGNS)
def test_no_way_out_drops_a_sign_without_a_word(sign: str, where: str) -> None:
    hint = hint_of(refused(where.format(sign)))
    assert hint
    assert "remove it or type it again" not in hint


NESTED = ["d/dx " * 198 + "x", "dx " * 330, "∂/∂x" * 240, "'" * 450 + "x" + "'" * 450, "d(" * 450, "(x)'" * 240]
LONG = ["d(" * 50_000, "d/dx" * 50_000, "x/" + " " * 200_000 + "d", "x/(" + " " * 90_000 + "d", "d x " * 90_000 + "dx",
        "x'" * 100_000, "∂" * 100_000, "x/" + "dx" * 100_000 + "!", "/dx^(" + " " * 200_000, "d " * 10_000 + "/ d",
        "x" + " " * 200_000 + "deg(", "x °" * 50_000, "Δ " * 100_000 + "Δx", "d x/" * 100_000,
        "d2 " * 50_000 + "x/dx2", "d2 x/" + "dx2" * 50_000, "sin" * 100_000]  # fmt: skip


@each("text", [*NESTED, *LONG])
def test_no_text_makes_the_search_deep_or_long(text: str) -> None:
    """Each fails or hangs where a way out is looked for within a way out, or from every place to the end."""
    with no_hang(10), suppress(DerivError):
        parse(text)


def test_what_a_way_out_writes_is_read() -> None:
    """Every formula that a way out offers for one that is refused."""
    names = ("sin", "log", "root", "sqrt", "exp")
    texts = [f"{name}{sep}{number}(x)" for name in names for sep in ("", "_") for number in (3, 7)]
    texts += ["cos 60°", "60°", "x°", "(x+1)°", "2½", "½", "½x", "log5 x", "sin^-1(x)", "Δx", "2,5", "xy", "sinx"]
    texts += ["xsinx", "2sinxcosx", "xlnx", "tanx", "xsinycosz"]
    for text in texts:
        hint = _refusal_or_nothing(text)
        for offer in re.split(r",? or | for ", hint.removeprefix("write ").removeprefix("did you mean ").rstrip("?")):
            if re.fullmatch(r"[a-zΔ0-9(]+[(*+./].*", offer) and "..." not in offer:
                assert parse(offer.replace("**n", "**2")).tree is not None, (text, offer)


def _refusal_or_nothing(text: str) -> str:
    try:
        parse(text)
    except DerivError as error:
        return hint_of(error)
    return ""
