"""The signs of a derivative are read as what they ask for, and what has two readings is refused with both."""

from __future__ import annotations

from contextlib import suppress

import pytest

from derivcli import DerivError, implicit, parse
from tests.support import each, hint_of, no_hang

READ = [
    # text, formula, what is asked for
    ("d/dx x^2", "x^2", "x"),
    ("d/dx (x^2+3x)", "x^2+3x", "x"),
    ("d/dx[x^2]", "x^2", "x"),
    ("d / dx (x^2 + 3x)", "x^2+3x", "x"),
    ("(d/dx)(x^2)", "x^2", "x"),
    ("d/dx * x^2", "x^2", "x"),
    ("d/dx -x^2", "-x^2", "x"),
    ("d/dx |x|", "|x|", "x"),
    ("d/dx 3x sin x", "3x sin(x)", "x"),
    ("d/dx x^2/2", "x^2/2", "x"),
    ("d/dx x^2 y", "x^2*y", "x"),
    ("d/dθ sin(θ)", "sin(θ)", "theta"),
    ("d/dtheta sin(theta)", "sin(theta)", "theta"),
    ("d/dx1 x1^2*y", "x1^2*y", "x1"),
    ("d^2/dx^2 x^3", "x^3", "x,x"),
    ("d²/dx² x³", "x^3", "x,x"),
    ("d**2/dx**2 (x^3)", "x^3", "x,x"),
    ("(d^2/dx^2)x^3", "x^3", "x,x"),
    ("d2/dx2 x^3", "x^3", "x,x"),
    ("d^2/d x^2 x^3", "x^3", "x,x"),
    ("d/d x (x^2)", "x^2", "x"),
    ("d/dx d/dx x^3", "x^3", "x,x"),
    ("d^2/(dx dy) (x*y)", "x*y", "x,y"),
    ("d^2/dxdy (x*y)", "x*y", "x,y"),
    ("d(x^2)/dx", "x^2", "x"),
    ("d (x^2) / d x", "x^2", "x"),
    ("(d x^3)/(dx)", "x^3", "x"),
    ("(d x^3)/dx", "x^3", "x"),
    ("d x^2/d x", "x^2", "x"),
    ("d sin(x)/dx", "sin(x)", "x"),
    ("d sin x/dx", "sin(x)", "x"),
    ("d[x^2]/dx", "x^2", "x"),
    ("d|x|/dx", "|x|", "x"),
    ("d*(x^2)/dx", "x^2", "x"),
    ("dln(x)/dx", "ln(x)", "x"),
    ("d^2(x^3)/dx^2", "x^3", "x,x"),
    ("d²(x³)/dx²", "x^3", "x,x"),
    ("d(x*y)/d(y)", "x*y", "y"),
    ("d e^(-x)/dx", "e^(-x)", "x"),
    ("∂/∂x (x y)", "x*y", "x"),
    ("∂(x*y)/∂x", "x*y", "x"),
    ("∂²/∂x∂y (x y)", "x*y", "x,y"),
    ("∂²(x^2*y)/∂x∂y", "x^2*y", "x,y"),
    ("∂^3(x^2*y)/∂x^2∂y", "x^2*y", "x,x,y"),
    ("∂_x(x^2 y)", "x^2*y", "x"),
    ("∂x x^2", "x^2", "x"),
    ("diff(x^2, x)", "x^2", "x"),
    ("diff(x^2)", "x^2", "x"),
    ("diff(x^3, x, 2)", "x^3", "x,x"),
    ("diff(x*y, x, y)", "x*y", "y,x"),  # by x first, as in SymPy
    ("diff(x^2*y, x, 2, y)", "x^2*y", "y,x,x"),
    ("Derivative(x^2)", "x^2", "x"),
    ("Derivative(x^3, (x, 2))", "x^3", "x,x"),
    ("Derivative(x^3*y, (x, 2), y)", "x^3*y", "y,x,x"),
    ("D(x^2)", "x^2", "x"),
    ("D(x^2, x)", "x^2", "x"),
    ("D[x^2, x]", "x^2", "x"),
    ("D^2(x^3)", "x^3", "x,x"),
    ("D²(x³)", "x^3", "x,x"),
    ("Dx(x^2)", "x^2", "x"),
    ("Dy(x*y)", "x*y", "y"),
    ("Dx x^2", "x^2", "x"),
    ("D_x x^2", "x^2", "x"),
    ("D_y sin(x*y)", "sin(x*y)", "y"),
    ("(x^2)'", "x^2", "x"),
    ("(x^3)''", "x^3", "x,x"),
    ("(x^3)″", "x^3", "x,x"),
    ("(x^3)’’", "x^3", "x,x"),
    ("(x^4)‴", "x^4", "x,x,x"),
    ("((x^3)')'", "x^3", "x,x"),
    ("sin(x)'", "sin(x)", "x"),
    ("|x|'", "|x|", "x"),
    ("(d/dx x^3)'", "x^3", "x,x"),
    ("diff(d/dx x^3, x)", "x^3", "x,x"),
    ("d/dx 5", "5", "x"),
]


@each(("text", "formula", "asked"), READ)
def test_a_derivative_at_the_top_is_asked_for(text: str, formula: str, asked: str) -> None:
    found = parse(text)
    assert (found.canonical_text, ",".join(found.asked)) == (parse(formula).canonical_text, asked)
    assert found.source == text
    for spaced in (f"  {text} ", text.replace("(", "( ")):
        assert (parse(spaced).canonical_text, parse(spaced).asked) == (found.canonical_text, found.asked)


STANDING_FOR = [
    ("dy/dx", "the formula of y with --wrt x, or an equation with --implicit y"),
    ("dx/dt", "the formula of x with --wrt t"),
    ("d^2y/dx^2", "the formula of y"),
    ("d²y/dx²", "the formula of y"),
    ("d2y/dx2", "the formula of y"),
    ("d y / d x", "the formula of y with --wrt x"),
    ("∂f/∂x", "the formula of f with --wrt x"),
    ("∂²f/∂x∂y", "the formula of f"),
    ("df(x)/dx", "the formula of f with --wrt x"),
    ("d/dx y", "the formula of y with --wrt x"),
    ("diff(y, x)", "the formula of y with --wrt x"),
]


@each(("text", "words"), STANDING_FOR)
def test_a_letter_that_stands_for_a_formula_is_refused(text: str, words: str) -> None:
    assert words in hint_of(refused(text))


TWO_READINGS = [
    # text, the place of the caret, the ways out
    ("d/dx x^2 + 3x", "+", "d/dx (x^2 + 3x)", "(d/dx x^2) + 3x"),
    ("d/dx x^2 - 3x", "-", "d/dx (x^2 - 3x)", "(d/dx x^2) - 3x"),
    ("d/dx sin x + 1", "+", "d/dx (sin x + 1)", "(d/dx sin x) + 1"),
    ("2*(d/dx x^2 + 3x)", "+", "d/dx (x^2 + 3x)", "(d/dx x^2) + 3x"),
    ("d(x+1)", "d", "D(x+1)", "d*(x+1)"),
    ("2d(x+1)", "d", "D(x+1)", "d*(x+1)"),
    ("d²(x³)", "d²", "D(x³)", "d²*(x³)"),
    ("2^(x)'", "'", "(2^(x))'", "2^((x)')"),
    ("x(x+1)'", "'", "x*(x+1)'", "(x*(x+1))'"),
    ("(x^2)'(3)", "(3)", "(x^2)'*(3)", "--at x=3"),
    ("D(x^2)(x+1)", "(x+1)", "D(x^2)*(x+1)", "--at"),
    ("diff(x*y)", "diff(x*y)", "diff(..., x)", ""),
    ("(x*y)'", "(x*y)'", "diff(..., x)", ""),
    ("a/d/dx x^2", "d/dx", "brackets", ""),
    ("sin d/dx x", "d/dx", "brackets", ""),
    ("x^d/dx x", "d/dx", "brackets", ""),
]


@each(("text", "place", "first", "second"), TWO_READINGS)
def test_two_readings_are_refused_with_both(text: str, place: str, first: str, second: str) -> None:
    error = refused(text)
    assert error.span is not None
    assert place.startswith(text[error.span.start : error.span.stop])
    assert first in hint_of(error)
    assert second in hint_of(error)


REFUSED = [
    ("d/dx [x^2+1]^3", "what this is the power of is not clear", "^"),
    ("d/dx [x^2+1]²", "what this is the power of is not clear", "²"),
    ("d/dx x^2 if x>0 else 0", "whether the derivative is that of the whole choice", "if"),
    ("d/dx sin x if x>0 else 0", "whether the derivative is that of the whole choice", "if"),
    ("d x^4 dx", "'dx' is no factor of a formula", "dx"),
    ("x^2 dx", "'dx' is no factor of a formula", "dx"),
    ("(x+1)dx", "'dx' is no factor of a formula", "dx"),
    ("sin(x) y dy", "'dy' is no factor of a formula", "dy"),
    ("x^2 dθ", "'dtheta' is no factor of a formula", "dθ"),
    ("dx (x^2)", "'dx' is no factor of a formula", "dx"),
    ("d/dx", "a formula is due behind d/dx", "d/dx"),
    ("3 + d^2/dx^2", "a formula is due behind d^2/dx^2", "d^2/dx^2"),
    ("1/dx", "what stands over 'dx' is no derivative", "/dx"),
    ("d^n/dx^n x^3", "what stands over 'dx' is no derivative", "/dx"),
    ("d^2/dx x^3", "the order over the line is 2, and under it 1", "d^2/dx"),
    ("d/dx^2 x^3", "the order over the line is 1, and under it 2", "d/dx^2"),
    ("d^500/dx^500 x", "the order of a derivative is a whole number up to 200", "d^500/dx^500"),
    ("d^0/dx^0 x", "what stands over 'dx' is no derivative", "/dx"),
    ("diff(x, x, 500)", "the order of a derivative is a whole number up to 200", "500"),
    ("diff(x, x, 1.5)", "the order of a derivative is a whole number", "1.5"),
    ("diff(x^2, 2)", "a derivative is taken by variables", "2"),
    ("diff(x^2, x+1)", "a derivative is taken by variables", "x+1"),
    ("diff(x > 0, x)", "'>' belongs inside a condition", ">"),
    ("x²′", "a prime stands behind a bracket", "x²′"),
    ("x!'", "a prime stands behind a bracket", "x!'"),
    ("∂", "a variable to differentiate by is missing", "∂"),
    ("[x^2]'", "square brackets", "["),
    ("d/dx[x^2", "this '[' is never closed", "["),
    ("d/dx[x^2)", "this '[' is never closed", "["),
    ("1/diff(3, x)", "with its derivatives in place this is refused: this divides by zero", ""),
    ("diff(use_code, x)", "unknown name", "use_code"),
]


@each("rest", [" x", "*x", "/x", " sin(x)"])
def test_a_square_bracket_ends_a_derivative_with_a_note(rest: str) -> None:
    found = parse(f"d/dx [x^2]{rest}")
    assert found.asked == ()
    assert [note.message for note in found.notes if "d/dx ([x^2] ...)" in note.message]
    assert parse("d/dx [x^2] + x").notes == ()


@each(("text", "message", "place"), REFUSED)
def test_what_is_refused(text: str, message: str, place: str) -> None:
    error = refused(text)
    assert message in error.message
    assert error.span is not None
    assert text[error.span.start : error.span.stop].startswith(place)
    assert error.hint


def refused(text: str, *names: str) -> DerivError:
    with pytest.raises(DerivError) as caught:
        parse(text, declared=names)
    assert caught.value.span is not None
    return caught.value


@each(
    ("text", "names", "canonical"),
    [
        ("d(x+1)", ["d"], "d*(x + 1)"),
        ("D(x^2)", ["D"], "D*x**2"),
        ("d(x^2)/dx", ["d", "x"], "d*x**2/d*x"),
        ("d/dx", ["dx"], "d/dx"),
        ("dy/dx", ["dx", "dy"], "dy/dx"),
        ("x^2 dx", ["dx"], "x**2*dx"),
        ("D_x", ["D_x"], "D_x"),
        ("Dx x^2", ["Dx"], "Dx*x**2"),
    ],
)
def test_a_declared_letter_stays_a_variable(text: str, names: list[str], canonical: str) -> None:
    found = parse(text, declared=names)
    assert (found.canonical_text, found.asked) == (canonical, ())


@pytest.mark.parametrize("text", ["d(x*y)/dx = 1", "D(x*y) = x", "y = (x*y)'", "1 + d/dx(x*y) = 2"])
def test_a_derivative_in_an_equation_is_refused(text: str) -> None:
    with pytest.raises(DerivError, match="a derivative in an equation is not read here"):
        implicit(text, at={"x": 1}, dependent="y")


NESTED = ["d/dx " * 198 + "x", "∂/∂x" * 240, "(" * 90 + "x" + ")'" * 90, "diff(" * 120 + "x" + ", x)" * 120, "D(" * 300]
LONG = ["d x/" * 15_000, "d(x)/dx+" * 15_000, "diff(x,x)+" * 6_000 + "x", "d " * 15_000, "(x)'+" * 6_000 + "1"]


@each("text", [*NESTED, *LONG])
def test_no_text_makes_the_reading_deep_or_long(text: str) -> None:
    with no_hang(10), suppress(DerivError):
        parse(text)
