"""Signs of books: degrees, percent, fractions, floors, roots, dashes, letters above and below the line."""

from __future__ import annotations

import math
import random

import pytest

from derivcli import DerivError, derive, parse
from tests.support import assert_refused, deriv, each, hint_of, no_hang

DEGREE = math.pi / 180

VALUES = [
    # text, the value and the derivative at x = 1.3, a piece of the note
    ("x + 5°", 1.3 + math.pi / 36, 1, "5° is read as 5*pi/180"),
    ("sin 30°*x", 0.65, 0.5, "30° is read as 30*pi/180"),
    ("2sin 30º + x", 2.3, 1, "30° is read"),
    ("sin(30˚) + x", 1.8, 1, "30° is read"),
    ("60∘ + x", math.pi / 3 + 1.3, 1, "60° is read"),
    ("sin 2x°", math.sin(2.6 * DEGREE), 2 * DEGREE * math.cos(2.6 * DEGREE), "x° is read as x*pi/180"),
    ("cos((x+1)°)", math.cos(2.3 * DEGREE), -DEGREE * math.sin(2.3 * DEGREE), "(x+1)° is read as (x+1)*pi/180"),
    ("x²°", 1.69 * DEGREE, 2.6 * DEGREE, "x²° is read as x²*pi/180"),
    ("-x°^2", -((1.3 * DEGREE) ** 2), -2.6 * DEGREE**2, "x° is read"),
    ("tan 45 deg * x", 1.3, 1, "45 degrees is read"),
    ("tan(45 degrees)*x", 1.3, 1, "45 degrees is read"),
    ("x + 45deg", 1.3 + math.pi / 4, 1, "45 degrees is read"),
    ("50%*x", 0.65, 0.5, "50% is read as 50/100; for the remainder write mod(x, y)"),
    ("x%", 0.013, 0.01, "x% is read as x/100"),
    ("(1 + 5%)^2*x", 1.05**2 * 1.3, 1.05**2, "5% is read as 5/100"),
    ("x - 5% - 3", -1.75, 1, "5% is read"),
    ("2½x", 3.25, 2.5, "2½ is read as 2+1/2"),
    ("x^2½", 1.3**2.5, 2.5 * 1.3**1.5, "2½ is read as 2+1/2"),
    ("1⅓ + x", 4 / 3 + 1.3, 1, "1⅓ is read as 1+1/3"),
]


@each(("text", "value", "slope", "said"), VALUES)
def test_what_has_two_meanings_has_a_note(text: str, value: float, slope: float, said: str) -> None:
    expression = parse(text)
    result = derive(text, at={"x": 1.3}, check=False)
    assert result.value[0] == pytest.approx(value, rel=1e-14)
    assert result.derivatives["x"][0] == pytest.approx(slope, rel=1e-14)
    assert said in expression.notes[0].message
    assert parse(expression.text).tree == expression.tree
    assert not parse(expression.text).notes


def test_an_angle_in_degrees_is_exact() -> None:
    outcome = deriv("cos(x + 60°)", "--at", "x=0", "--format", "json").json
    assert outcome["functions"][0]["value"][0] == 0.5 or math.isclose(outcome["functions"][0]["value"][0], 0.5)
    assert parse("5°").constant == pytest.approx(math.pi / 36, rel=1e-15)


PLAIN = {
    "½x": "(1/2)*x", "x^½": "x**(1/2)", "x^-½": "x**(-(1/2))", "sin ½x": "sin((1/2)*x)", "⅞": "7/8", "1/½": "1/(1/2)",
    "⌊x⌋": "floor(x)", "2⌈x/2⌉²": "2*ceil(x/2)**2", "sin⌊x⌋": "sin(floor(x))", "⌊⌈x⌉+½⌋": "floor(ceil(x) + 1/2)",
    "∜x": "root(x, 4)", "2∜(x+1)": "2*root(x + 1, 4)", "sin ∜x": "sin(root(x, 4))", "x•y∙z": "x*y*z", "x∶y": "x/y",
    "if(x⩽1, x, 2)": "if(x <= 1, x, 2)", "if(1⩾x, x, 2)": "if(1 >= x, x, 2)", "if(x≦1, x, 2)": "if(x <= 1, x, 2)",
    **{f"x{dash}1": "x - 1" for dash in "-−‐‑‒–—―﹣－"}, **{f"{dash}x": "-x" for dash in "−‐‑‒–—―﹣－"},
}  # fmt: skip


@each("text", PLAIN)
def test_what_has_one_meaning_is_read_without_a_note(text: str) -> None:
    expression = parse(text)
    assert expression.canonical_text == PLAIN[text]
    assert not expression.notes


REFUSED = [
    ("cos (x+1)°", "write cos((x+1)°) or (cos (x+1))°", 0, 10),
    ("2sin(30)°", "write sin((30)°) or (sin(30))°", 1, 9),
    ("x^2°", "write (x^2)° or x^(2°)", 0, 4),
    ("2^-x°", "write (2^-x)° or 2^(x°)", 0, 5),
    ("20°C", "write the number alone", 2, 3),
    ("60°30", "write (60+30/60)° for 60°30'", 0, 5),
    ("°x", "complete what stands before it", 0, 1),
    ("f∘g", "what it stands for", 1, 2),
    ("5 % 3", "for the remainder write mod(x, y); for percent divide by 100", 2, 3),
    ("x % 2", "for the remainder", 2, 3),
    ("x%y", "for the remainder", 1, 2),
    ("50% x", "for the remainder", 2, 3),
    ("50%(x+1)", "for the remainder", 2, 3),
    ("5 % -3", "for the remainder", 2, 3),
    ("5%-3", "for the remainder", 1, 2),
    ("5%%", "for the remainder", 1, 2),
    ("x^50%", "write (x^50)% or x^(50%)", 0, 5),
    ("x½", "write *(1/2) for the product or ^(1/2) for the power", 0, 2),
    ("(x+1)½", "^(1/2) for the power", 0, 6),
    ("2 ½", "write 2+1/2 or 2*(1/2)", 0, 3),
    ("2.5½", "write 2.5+1/2 or 2.5*(1/2)", 0, 4),
    ("½2", "write * between them", 0, 2),
    ("⌊x⌉", "add the missing '⌋'", 0, 1),
    ("⌊x)", "add the missing '⌋'", 0, 1),
    ("sin(x⌋", "add the missing ')'", 3, 4),
    ("|x⌋|", "close it, or write abs(...)", 0, 1),
    ("x⌋", "remove it or open it before", 1, 2),
    ("2⌈x", "add the missing '⌉'", 1, 2),
    ("⌊x, y⌋", "separate arguments", 2, 3),
]


@each(("text", "hint", "start", "stop"), REFUSED)
def test_what_is_refused(text: str, hint: str, start: int, stop: int) -> None:
    assert_refused(text, hint, start, stop)


def test_a_word_for_degrees_can_be_declared_or_called() -> None:
    assert parse("2 deg", declared=["deg"]).canonical_text == "2*deg"
    assert parse("2 degrees(x)").canonical_text == "2*rad2deg(x)"
    assert not parse("deg2rad(30)").notes


RAISED = dict(zip("abcdefghiknmprstuvwxyz0123456789+-()/", "ᵃᵇᶜᵈᵉᶠᵍʰⁱᵏⁿᵐᵖʳˢᵗᵘᵛʷˣʸᶻ⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᐟ", strict=True))
EXPONENTS = ("x", "n", "-x", "2n", "n+1", "-2x", "(n+1)", "(x-n)/2", "1/2", "x-1", "n/3", "-n+2")


def raised_pairs(count: int, seed: int) -> list[tuple[str, str]]:
    """Drawn formulas with exponents above the line, and the same with brackets."""
    draw, pairs = random.Random(seed), []
    for _ in range(count):
        printed, typed = "", ""
        for _ in range(draw.randint(1, 3)):
            base, exponent = draw.choice(["e", "x", "2", "(1+x)", "y", "|x|", "sin(x)"]), draw.choice(EXPONENTS)
            behind = (
                draw.choice([" + ", "*", "/", " - ", "y", "(x+2)", "cos(x)"]) if printed else draw.choice([" + ", "*"])
            )
            behind = " + " if behind[0] == "(" and exponent == "(n+1)" else behind  # as f⁽²⁾(x) is a derivative
            printed += f"{base}{''.join(RAISED[sign] for sign in exponent)}{behind}"
            typed += f"({base})^({exponent}){behind if behind[-1] in ' */' else '*' + behind}"
            printed, typed = (printed, typed) if behind[-1] in " */" else (printed + " + ", typed + " + ")
        pairs.append((printed + "1", typed + "1"))
    return pairs


def different(pairs: list[tuple[str, str]]) -> list[str]:
    """Those of which the two texts have two values."""
    found, every = [], " + 0*(x+y+n)"
    for pair in pairs:
        one, other = (derive(text + every, at={"x": 0.7, "y": 1.3, "n": 1.9}, check=False).value[0] for text in pair)
        found += [pair[0]] * (not math.isclose(one, other))
    return found


def test_exponents_above_the_line_are_those_in_brackets() -> None:
    assert different(raised_pairs(80, seed=3)) == []


def test_a_lost_exponent_is_found() -> None:
    pairs = [(printed.replace("ⁿ", "ˣ"), typed) for printed, typed in raised_pairs(80, seed=3)]
    assert different(pairs)


LETTERS = {
    "eˣ": "e**x", "sinⁿx": "sin(x)**n", "x⁽ⁿ⁺¹⁾": "x**(n + 1)", "eˣy": "e**x*y", "x¹ᐟ²": "x**(1/2)",
    "√xⁿ": "sqrt(x**n)", "logₐx": "log(x)/log(a)", "logₐ(x)": "log(x)/log(a)", "log₂x": "log2(x)", "log₁₀x": "log10(x)",
    "sin²x": "sin(x)**2",
    "xₙy": "x_n*y", "aₙxⁿ": "a_n*x**n", "θₙ + vₘₐₓ": "theta_n + v_max", "eˣsin(x)": "e**x*sin(x)", "x₁²": "x1**2",
    "\ufeffx^2": "x**2", "x^2\u200b": "x**2", "x\u200b + 1": "x + 1", "(x\u2060)": "x", "x\u00ad+1": "x + 1",
    "sin\u2061x": "sin(x)", "sin\u2061(x)": "sin(x)", "2\u2062x\u2062y": "2*x*y",
    "x\u2009y": "x*y", "x\u202f+\u00a01": "x + 1",
    "\\frac{eˣ}{2}\u200b": "e**x/2",
}  # fmt: skip


@each("text", LETTERS)
def test_letters_off_the_line_and_what_nobody_sees(text: str) -> None:
    expression = parse(text)
    assert expression.canonical_text == LETTERS[text]
    assert expression.source == text
    assert not expression.notes


@each("quotes", ["“”", "„“", "‘’", "«»", "‹›"])
def test_printed_quotes_around_a_formula_are_left_out_with_a_note(quotes: str) -> None:
    expression = parse(f" {quotes[0]}sinx + 1{quotes[1]}")
    assert expression.canonical_text == "sin(x) + 1"
    first, second = expression.notes
    assert (first.message, first.span.start, first.span.stop) == ("the quotes around the formula are left out", 1, 11)
    assert (second.message, second.span.start, second.span.stop) == ("sinx is read as sin(x)", 2, 6)


OFF_THE_LINE = [
    ("1 + eˣ²", "write e^(x^2) or (e^x)^2", 5, 7),
    ("xⁿ!", "write (x^n)! or x^(n!)", 1, 2),
    ("xⁿ^2", "write (x^n)^... or x^(n^...)", 1, 2),
    ("f⁽²⁾(x)", "write f''(x) for a derivative or f^(2)*(...) for a product", 1, 4),
    ("xⁿ°", "write (x^n)° or x^(n°)", 0, 3),
    ("sin⁻¹(x)", "write asin(x) for the inverse", 0, 5),
    ("x₁ₙ", "as in x_n and x_1", 1, 3),
    ("xₙ₊₁", "", 2, 3),
    ("ⁿ√x", "complete what stands before it", 0, 1),
    ("eˣ + foo(x)", "did you mean", 5, 8),
    ("eˣ +", "complete it", 4, 4),
    ("x\u200dy", "remove it or type it again", 1, 2),
    ("1\u200b000", "remove it or type it again", 1, 2),
    ("x*\u200b*2", "remove it or type it again", 2, 3),
    ("5\u00adx", "remove it or type it again", 1, 2),
    ("x\u202e+1", "remove it or type it again", 1, 2),
    ("“x^2", "leave it out", 0, 1),
    ("“x” + “y”", "write the formula without quotes", 0, 1),
    ("'x'", "write x", 0, 1),
]


@each(("text", "hint", "start", "stop"), OFF_THE_LINE)
def test_what_is_refused_stands_where_it_was_typed(text: str, hint: str, start: int, stop: int) -> None:
    with pytest.raises(DerivError) as refused:
        parse(text)
    assert hint in hint_of(refused.value)
    assert refused.value.source == text
    assert refused.value.span is not None
    assert (refused.value.span.start, refused.value.span.stop) == (start, stop)


def test_an_index_can_be_given_a_value() -> None:
    assert derive("xₙ^2", at={"xₙ": 3}).value[0] == derive("x_n^2", at={"x_n": 3}).value[0] == 9


@each("piece", ["⁰", "ˣ", "xⁿ", "₀", "ₙ", "xₙ", "\u200b", "x\u200b+", "“", "⁽", "⁽⁾", "°", "½", "%", "⌊", "x°"])
def test_no_sign_takes_long(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    with no_hang(), pytest.raises(DerivError):
        parse(text + ")")
