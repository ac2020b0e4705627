"""The signs of a derivative are read as what they ask for, and what has two readings is refused with both."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import Any

import pytest
import sympy

from derivcli import DerivError, derive, implicit, parse
from derivcli.language import derivatives
from tests.support import deriv, each, hint_of, no_hang

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
    assert (found.text, ",".join(found.asked)) == (parse(formula).text, asked)
    assert found.source == text
    for spaced in (f"  {text} ", text.replace("(", "( ")):
        assert (parse(spaced).text, parse(spaced).asked) == (found.text, found.asked)


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
    assert (found.text, found.asked) == (canonical, ())


@pytest.mark.parametrize("text", ["d(x*y)/dx = 1", "D(x*y) = x", "y = (x*y)'", "1 + d/dx(x*y) = 2"])
def test_a_derivative_in_an_equation_is_refused(text: str) -> None:
    with pytest.raises(DerivError, match="a derivative in an equation is not read here"):
        implicit(text, at={"x": 1}, dependent="y")


def test_the_options_may_say_the_same_and_nothing_else() -> None:
    for text, options in (
        ("d/dx (x*y)", "--wrt x"),
        ("d^2/dx^2 (x*y)", "--wrt x --order 2"),
        ("d^2/dx^2 (x*y)", "--order 2"),
        ("∂²/∂x∂y (x*y)", "--mixed x,y"),
        ("d/dx (x*y)", "--mixed x"),
    ):
        assert deriv(text, *options.split()).stdout == deriv(text).stdout
    for text, options, named in (
        ("d/dx (x*y)", "--wrt y", "--wrt"),
        ("d/dx (x*y)", "--wrt x,y", "--wrt"),
        ("d/dx x^2", "--order 2", "--order"),
        ("d^2/dx^2 x^3", "--order 3", "--order"),
        ("∂²/∂x∂y (x*y)", "--mixed y,x", "--mixed"),
        ("∂²/∂x∂y (x*y)", "--order 2", "--order"),
        ("d/dx (x*y)", "--hessian", "--hessian"),
        ("d/dx (x*y)", "--along x=1,y=2", "--along"),
    ):
        told = deriv(text, *options.split(), status=2).stderr
        assert f"and {named} for another" in told
        assert "^" * len(text) in told


def test_several_formulas_ask_for_the_same() -> None:
    assert deriv("d/dx x^2", "d/dx x^3").stdout == deriv("x^2", "x^3").stdout
    told = deriv("d/dx x^2", "x^3", status=2).stderr
    assert "this asks for a derivative that another formula does not" in told


def test_every_command_takes_what_is_asked_for() -> None:
    for command, text, plain in (
        ("steps", "d^2/dx^2 x^3", "x^3 --order 2"),
        ("steps", "∂²/∂x∂y (x^2 y)", "x^2*y --mixed x,y"),
        ("answer", "d/dx x^2 2x", ""),
        ("explain", "d/dx x^2 --at x=2", "x^2 --at x=2"),
    ):
        words = [text, "2x"] if command == "answer" else [text.split(" --")[0], *_options(text)]
        words[0] = words[0].replace(" 2x", "")
        told = deriv(command, *words).stdout
        if plain:
            assert told == deriv(command, plain.split(" --")[0], *_options(plain)).stdout
        else:
            assert "yes: proved" in told
    assert deriv("d/dx x^2", "--at", "x=2", "--code").stdout == deriv("x^2", "--at", "x=2", "--code").stdout
    told = deriv("d/dx sin(x)", "--series", "4", "--at", "x=0", "--format", "value").stdout
    assert told == deriv("cos(x)", "--series", "4", "--at", "x=0", "--format", "value").stdout
    assert "first derivatives" in deriv("explain", "d^2/dx^2 x^3", "--at", "x=2", status=2).stderr
    assert deriv("z", "--let", "z=d/dx x^3", "--at", "x=2", "--format", "value").stdout.split() == ["12"]


def _options(text: str) -> list[str]:
    first = text.partition(" --")
    return (first[1] + first[2]).split()


def test_python_takes_what_is_asked_for() -> None:
    result = derive("d^2/dx^2 x^3", at={"x": 2})
    assert {key: values[0] for key, values in result.derivatives.items()} == {"x,x": 12}
    assert derive(parse("d/dx x^3"), at={"x": 2}).derivatives["x"][0] == 12
    assert derive("(x^3)'").derivatives["x"].text == "3*x**2"


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
    from derivcli.language.functions.table import FUNCTIONS

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


def test_drawn_formulas_have_the_derivatives_that_sympy_finds() -> None:
    check_drawn(40)


@each("rule", ["_product_rule", "_power_rule", "_chain_rule"])
def test_a_planted_fault_in_a_rule_would_be_found(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = getattr(derivatives, rule)

    def wrong(*given: Any) -> Any:
        return derivatives.product([sympy.Rational(2001, 2000), right(*given)])

    monkeypatch.setattr(derivatives, rule, wrong)
    with pytest.raises(AssertionError):
        check_drawn(40)


NESTED = ["d/dx " * 198 + "x", "∂/∂x" * 240, "(" * 90 + "x" + ")'" * 90, "diff(" * 120 + "x" + ", x)" * 120, "D(" * 300]
LONG = ["d x/" * 50_000, "d(x)/dx+" * 50_000, "diff(x,x)+" * 20_000 + "x", "d " * 50_000, "(x)'+" * 20_000 + "1"]


@each("text", [*NESTED, *LONG])
def test_no_text_makes_the_reading_deep_or_long(text: str) -> None:
    with no_hang(10), suppress(DerivError):
        parse(text)
