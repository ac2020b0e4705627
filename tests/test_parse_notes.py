"""What is read with a note, and names that mean what was declared."""

from __future__ import annotations

import pytest

from derivcli import DerivError, parse
from derivcli.language.functions.table import vocabulary
from derivcli.language.lexer import name_resolution
from derivcli.language.parser import prefix_rules
from tests.support import each

NOTED = [
    # products under a sign
    ("1/2x", "1/2*x", "(1/2)*x", "1/(2*x)", 0, 4),
    ("x + a/b c", "x + a/b*c", "(a/b)*c", "a/(b*c)", 4, 9),
    ("a*b/c d", "a*b/c*d", "(a*b/c)*d", "a*b/(c*d)", 0, 7),
    ("1/2x y", "1/2*x*y", "(1/2)*x", "1/(2*x)", 0, 4),
    ("1/2(x+1)", "1/2*(x + 1)", "(1/2)*(x+1)", "1/(2*(x+1))", 0, 8),
    ("1/2x(x+1)+1", "1/2*x*(x + 1) + 1", "(1/2)*x(x+1)", "1/(2*x(x+1))", 0, 9),
    ("|1/2x|", "abs(1/2*x)", "(1/2)*x", "1/(2*x)", 1, 5),
    ("e^2x", "e**2*x", "(e^2)*x", "e^(2*x)", 0, 4),
    ("√2x", "sqrt(2)*x", "(√2)*x", "√(2*x)", 0, 3),
    ("e^πx", "e**pi*x", "(e^π)*x", "e^(π*x)", 0, 4),
    ("√πx", "sqrt(pi)*x", "(√π)*x", "√(π*x)", 0, 3),
    # raised digits at exponents
    ("x^3²", "x**3**2", "x^(3^2)", "(x^3)^2", 0, 4),
    ("1+x²^3y", "1 + (x**2)**3*y", "(x^2)^3", "x^(2^3)", 2, 6),
    # fractions as exponents
    ("x^1/2", "x**1/2", "(x^1)/2", "x^(1/2)", 0, 5),
    ("x^-1/2", "1/x/2", "(x^-1)/2", "x^(-1/2)", 0, 6),
    ("8^1/3", "8**1/3", "(8^1)/3", "8^(1/3)", 0, 5),
    ("2(x+1)**-3/2", "2*(x + 1)**-3/2", "((x+1)**-3)/2", "(x+1)**(-3/2)", 1, 12),
    ("x^2/3*y", "x**2/3*y", "(x^2)/3", "x^(2/3)", 0, 5),
    # arguments without brackets
    ("sin x/2", "sin(x)/2", "sin(x)/2", "sin(x/2)", 0, 7),
    ("sin x / x", "sin(x)/x", "sin(x) / x", "sin(x / x)", 0, 9),
    ("1 + sin x//2 + 1", "1 + floor(sin(x)/2) + 1", "sin(x)//2", "sin(x//2)", 4, 12),
    ("ln x÷x", "log(x)/x", "ln(x)÷x", "ln(x÷x)", 0, 6),
    ("sin x*y", "sin(x)*y", "sin(x)*y", "sin(x*y)", 0, 7),
    ("cos 2 * pi * t", "cos(2)*pi*t", "cos(2) * pi * t", "cos(2 * pi * t)", 0, 14),
    ("sin^2 x/2", "sin(x)**2/2", "sin^2(x)/2", "sin^2(x/2)", 0, 9),
    ("e^sin x/2", "e**sin(x)/2", "sin(x)/2", "sin(x/2)", 2, 9),
    ("2 sin x/3*cos x", "2*sin(x)/3*cos(x)", "sin(x)/3", "sin(x/3)", 2, 9),
    ("sin -ln x/2", "sin(-log(x))/2", "sin(-ln(x))/2", "sin(-ln(x/2))", 0, 11),
    ("if(sqrt x/2 > 1, x, 2)", "if(sqrt(x)/2 > 1, x, 2)", "sqrt(x)/2", "sqrt(x/2)", 3, 11),
    ("|sin x/2|", "abs(sin(x)/2)", "sin(x)/2", "sin(x/2)", 1, 8),
    ("sin x (x+1)", "sin(x*(x + 1))", "sin(x*(x+1))", "sin(x)*(x+1)", 0, 11),
    ("sin 2x|x|", "sin(2*x*abs(x))", "sin(2x*|x|)", "sin(2x)*|x|", 0, 9),
    ("sin x e^x", "sin(x*e**x)", "sin(x*e^x)", "sin(x)*e^x", 0, 9),
    # arguments in another order
    ("log(3, x)", "log(3)/log(x)", "log(3)/log(x)", "log(x, 3)", 0, 9),
    ("ln(3, x)", "log(3)/log(x)", "ln(3)/ln(x)", "ln(x, 3)", 0, 8),
    # roots with a letter
    ("(x+1)^1/n", "(x + 1)**1/n", "((x+1)^1)/n", "(x+1)^(1/n)", 0, 9),
]


@each(("text", "canonical", "read", "other", "start", "stop"), NOTED)
def test_what_is_read_with_a_note(text: str, canonical: str, read: str, other: str, start: int, stop: int) -> None:
    expression = parse(text)
    (note,) = expression.notes
    assert expression.canonical_text == canonical
    assert note.message == f"this is read as {read}; for the other meaning write {other}"
    assert (note.source, note.span.start, note.span.stop) == (text, start, stop)
    assert note.other == text[:start] + other + text[stop:]
    assert note.message not in [each.message for each in parse(text[:start] + read + text[stop:]).notes]
    assert parse(note.other).canonical_text != canonical


NO_NOTE = """
    sin 2x; sin 2*cos x; cos omega t; sin x/cos x; sin x * e^x; sin 2(x+1); sin pi(x+1); sin x cos x/sin x
    x^2/2; x^3/3; x^2/4; x^2/9; x^2 / 3; x^1/1; e^x/2; x^n/2; x^(1/2); x²/3; x^1.5/2; sin^2(x)/3; log(x, 3); log(3, 2)
    x^-1/n; x^1/n^2; x^1/sin x; √x/2; √x y; 1/2 x; 2/3 sin x; x^2y^3; x^2 y
"""


@each("text", [text.strip() for text in NO_NOTE.replace("\n", ";").split(";") if text.strip()])
def test_what_is_read_without_a_note(text: str) -> None:
    assert not parse(text).notes


def test_a_capital_e_carries_a_note() -> None:
    expression = parse("E^x")
    (note,) = expression.notes
    assert expression.canonical_text == "e**x"
    assert "Euler" in note.message
    assert not parse("E^x", declared=["E"]).notes


def test_a_number_that_float64_cannot_hold_carries_a_note() -> None:
    assert [note.message for note in parse("x + 9007199254740992").notes] == []
    (note,) = parse("x + 9007199254740993").notes
    assert "9007199254740992" in note.message


DECLARED = [
    ("speed*t", ["speed"], "speed*t", ["speed", "t"]),
    ("2speed t", ["speed"], "2*speed*t", ["speed", "t"]),
    ("e*x", ["e"], "e*x", ["e", "x"]),
    ("e^x", ["e", "x"], "e**x", ["e", "x"]),
    ("π r", ["pi"], "pi*r", ["pi", "r"]),
    ("sin(x)", ["sin"], "sin*x", ["sin", "x"]),
    ("gamma(x)", ["gamma"], "gamma*x", ["gamma", "x"]),
    ("4uv", ["u", "v"], "4*u*v", ["u", "v"]),
    ("uv + u", ["uv"], "uv + u", ["uv", "u"]),
    ("x_max - x", ["x_max"], "x_max - x", ["x_max", "x"]),
    ("x₁", ["x1"], "x1", ["x1"]),
    ("α + alpha", ["α"], "alpha + alpha", ["alpha"]),
]


@each(("text", "declared", "canonical", "variables"), DECLARED)
def test_a_declared_name_wins(text: str, declared: list[str], canonical: str, variables: list[str]) -> None:
    expression = parse(text, declared=declared)
    assert (expression.canonical_text, list(expression.variables)) == (canonical, variables)


BOTH = ("gamma", "psi", "beta", "zeta", "j0", "y0", "i1", "E1", "W", "Gamma")
"""Names of variables that the table has or may have too."""


@each("name", BOTH)
def test_a_function_with_a_variables_name_is_one_only_where_it_is_called(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = {**vocabulary(), name: vocabulary()["erf"]}
    for module in (name_resolution, prefix_rules):
        monkeypatch.setattr(module, "vocabulary", lambda: table)
    assert parse(f"{name} x + {name}").canonical_text == f"{name}*x + {name}"
    assert parse(f"{name}(x) + {name}^2").canonical_text == f"erf(x) + {name}**2"
    assert parse(f"{name}(x)", declared=[name]).canonical_text == f"{name}*x"
    assert parse(f"{name}(x)", let={name: "2y"}).canonical_text == f"{name}*x"


SHORT = ("ei", "si", "ci", "li", "ff", "rf", "jn", "yn", "jv", "yv", "iv", "kv")


@each("name", SHORT)
def test_a_function_with_a_name_of_two_letters_is_one_only_where_it_is_called(name: str) -> None:
    row = vocabulary()[name]
    first, second = name[0], name[1]
    arguments = ", ".join("1" if each in row.whole else each for each in row.parameters)
    letters = [first, second]
    call = parse(f"{row.name}({arguments})").canonical_text
    assert parse(f"{name}({arguments})").canonical_text == parse(f"{name} ({arguments})").canonical_text == call
    assert parse(f"{name} + {name}^2", declared=letters).canonical_text == f"{first}*{second} + {first}*{second}**2"
    assert parse(f"{name} x", declared=letters).canonical_text == f"{first}*{second}*x"
    assert parse(f"{name}({arguments})", declared=letters).canonical_text == call
    assert parse(name, declared=[name]).canonical_text == name
    with pytest.raises(DerivError) as refusal:
        parse(f"2{name}")
    assert refusal.value.message == f"unknown name '{name}'"
    assert refusal.value.hint.startswith(f"write {first}*{second}, or declare it")


@pytest.mark.parametrize(("text", "word"), [("sixy", "si"), ("lixy", "li"), ("kvxy", "kv")])
def test_no_name_of_two_letters_is_guessed(text: str, word: str) -> None:
    with pytest.raises(DerivError) as refusal:
        parse(text)
    assert f"{word}(" not in refusal.value.hint


LOST_POWERS = [
    ("5x3-2x2+x", "x2 and x3 are read as variables; for a power write x^3", 1, 3),
    ("f(x) = x2", "x2 is read as a variable; for a power write x^2", 7, 9),
    ("3t2 + sin t", "t2 is read as a variable; for a power write t^2", 1, 3),
    ("y9+x2+x3+x4+x5+x+y", "y9, x2 and x3 are read as variables; for a power write y^9", 0, 2),
]


@each(("text", "message", "start", "stop"), LOST_POWERS)
def test_exponents_that_came_down_to_the_line(text: str, message: str, start: int, stop: int) -> None:
    (note,) = parse(text).notes
    assert (note.message, note.span.start, note.span.stop) == (message, start, stop)


@each("text", ["x2", "x1+x2+x", "x0+x2+x", "x_2+x", "x₂+x", "$x_2+x$", "x2+y", "x10+x", "v2-v1+v", "f(x2) = x2^2"])
def test_names_with_a_number_that_are_no_power(text: str) -> None:
    assert parse(text).notes == ()


def test_a_declared_name_with_a_number_is_no_power() -> None:
    assert parse("x2+x", declared=["x2"]).notes == ()
    assert len(parse("x2+1", declared=["x"]).notes) == 1


@each("text", ["w^T x", "$w^T x$", r"\theta^{T} x", "f(x) = a^T x"])
def test_a_transpose_is_told_from_a_power(text: str) -> None:
    notes = [note for note in parse(text).notes if "T is read as an exponent" in note.message]
    assert len(notes) == 1
    assert "T" in text[notes[0].span.start : notes[0].span.stop]


@each("text", ["e^T + T", "T^2", "e^(T)", "x^2", "e^{-T}", "e^Tx"])
def test_a_variable_that_is_no_transpose(text: str) -> None:
    assert not [note for note in parse(text, declared=["Tx"]).notes if "T is read" in note.message]
