"""Letters side by side: products of them, and functions among them; each is read with a note, or refused with both."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from derivcli import DerivError, derive, parse
from derivcli.language.functions.row import Function
from derivcli.language.lexer.variable_names import variable_names
from derivcli.language.parse import parse_expression
from tests.support import assert_refused, deriv, each, no_hang

VALUES = {
    "a": 1.7, "b": 0.4, "c": 1.3, "h": 0.9, "k": 1.4, "m": 0.55, "n": 3.0, "p": 0.7, "q": 1.15, "r": 0.8, "s": 0.6,
    "t": 1.21, "u": 1.9, "v": 2.2, "w": 0.35, "x": 1.37, "y": 0.83, "z": 1.6, "A": 0.65, "R": 8.3, "T": 2.3, "V": 2.1,
}  # fmt: skip
FUNCTIONS: dict[str, Callable[[float], float]] = {
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "ln": math.log, "log": math.log, "exp": math.exp,
    "sqrt": math.sqrt, "arctan": math.atan, "cot": lambda x: 1 / math.tan(x), "sec": lambda x: 1 / math.cos(x),
    "lg": math.log10, "abs": abs, "arccot": lambda x: math.pi / 2 - math.atan(x), "cbrt": lambda x: x ** (1 / 3),
}  # fmt: skip
"""The meaning of functions whose names begin and end no other function's."""


def random_term(draw: random.Random) -> tuple[str, float]:
    """A term as students write it, without signs and brackets, and its value."""
    text, value = "", 1.0
    if draw.random() < 0.4:
        number = draw.randint(2, 9)
        text, value = str(number), float(number)
    head = draw.sample("kmnxyz", draw.choice([0, 1, 1, 2]))
    for letter in head:
        text, value = text + letter, value * VALUES[letter]
    for _ in range(draw.randint(1, 2)):
        name = draw.choice(list(FUNCTIONS))
        number = draw.choice([0, 0, 3]) if name not in ("log", "sqrt", "cbrt", "exp") else 0
        letters = draw.choice(["x", "y", "z", "t", "u", "nx", "kt", "qy", "bz"])
        inner = math.prod(VALUES[letter] for letter in letters) * (number or 1)
        text += name + (str(number) if number else "") + letters
        value *= FUNCTIONS[name](inner)
    return text, value


def differences(count: int, seed: int) -> list[str]:
    """Where a drawn formula is refused, read without a note, or has another value."""
    draw, wrong = random.Random(seed), []
    for _ in range(count):
        terms = [random_term(draw) for _ in range(draw.randint(1, 3))]
        text = " + ".join(term for term, _ in terms)
        expression = parse(text)
        at = {name: VALUES[name] for name in expression.variables}
        found = derive(text, at=at, check=False).value[0]
        if not math.isclose(found, sum(value for _, value in terms), rel_tol=1e-12):
            wrong.append(f"{text}: {found}")
        if not expression.notes:
            wrong.append(f"{text} has no note")
    return wrong


def test_runs_of_functions_mean_what_students_mean() -> None:
    assert differences(150, seed=1) == []


def test_a_wrong_meaning_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FUNCTIONS, "tan", lambda x: math.tan(x) * (1 + 1e-9))
    assert differences(150, seed=1)


@pytest.mark.parametrize("seed", range(3))
def test_two_and_three_letters_are_their_product(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(40):
        letters = draw.sample([name for name in VALUES if name not in "pu"], draw.choice([2, 3]))
        run = "".join(letters)
        want = 2 * math.prod(VALUES[letter] for letter in letters)
        at = {letter: VALUES[letter] for letter in letters}
        if not any(word in run for word in ("ln", "lg", "tg", "is", "mu", "nu", "xi", "var", "abs", "sh", "tan")):
            (note,) = parse(f"2{run}").notes
            assert note.message.startswith(f"{run} is read as {'*'.join(letters)}; for one variable declare it")
            assert (note.span.start, note.span.stop) == (1, 1 + len(run))
        assert derive(f"2{run}", at=at, check=False).value[0] == pytest.approx(want, rel=1e-14)


READ = [
    # products
    ("xy", "x*y", "xy is read as x*y"),
    ("e^(xy)", "e**(x*y)", "xy is read as x*y"),
    ("2xyz", "2*x*y*z", "xyz is read as x*y*z"),
    ("PV/(nR)", "P*V/(n*R)", "PV and nR are read as P*V and n*R"),
    ("abx^2", "a*b*x**2", "abx is read as a*b*x"),
    ("ab + bc + ca + ad", "a*b + b*c + c*a + a*d", "ab, bc, ca and others are read as a*b, b*c, c*a and so on"),
    ("sin xy", "sin(x*y)", "xy is read as x*y"),
    ("abe^x", "a*b*e**x", "abe is read as a*b*e"),
    ("2pir^2", "2*pi*r**2", "pir is read as pi*r; for the other meaning write p*i*r"),
    ("sin(npix)", "sin(n*pi*x)", "npix is read as n*pi*x; for the other meaning write n*p*i*x"),
    # functions
    ("sinx", "sin(x)", "sinx is read as sin(x)"),
    ("xsinx", "x*sin(x)", "xsinx is read as x*sin(x)"),
    ("2sinxcosx", "2*sin(x)*cos(x)", "sinxcosx is read as sin(x)*cos(x)"),
    ("tanx^2", "tan(x**2)", "tanx^2 is read as tan(x^2); for the other meaning write tan(x)^2"),
    ("lnsinx²", "log(sin(x**2))", "lnsinx² is read as ln(sin(x²)); for the other meaning write ln(sin(x))²"),
    ("sin2x", "sin(2*x)", "sin2x is read as sin(2*x); for the other meaning write sin^2(x)"),
    ("cos2πx", "cos(2*pi*x)", "cos2πx is read as cos(2πx)"),
    ("sin2pift", "sin(2*pi*f*t)", "sin2pift is read as sin(2*pi*f*t)"),
    ("mgsinθ", "m*g*sin(theta)", "mgsin is read as m*g*sin"),
    ("xsin(x)", "x*sin(x)", "xsin is read as x*sin"),
    ("rcostheta", "r*cos(theta)", "rcostheta is read as r*cos(theta)"),
    ("sin2omegat", "sin(2*omega*t)", "sin2omegat is read as sin(2*omega*t)"),
    ("cosxi", "cos(xi)", "cosxi is read as cos(xi)"),
    ("xln x", "x*log(x)", "xln is read as x*ln"),
    ("xsin^2x", "x*sin(x)**2", "xsin is read as x*sin"),
    ("arctanx + lnx", "atan(x) + log(x)", "arctanx and lnx are read as arctan(x) and ln(x)"),
    ("2^x ln2", "2**x*log(2)", "ln2 is read as ln(2)"),
    ("x/sqrt2", "x/sqrt(2)", "sqrt2 is read as sqrt(2)"),
    ("sinx₁", "sin(x1)", "sinx₁ is read as sin(x₁)"),
    ("if(xy > 0, lnx, 0)", "if(x*y > 0, log(x), 0)", "xy is read as x*y"),
]


@each(("text", "canonical", "said"), READ)
def test_what_is_read_with_a_note(text: str, canonical: str, said: str) -> None:
    expression = parse(text)
    assert expression.canonical_text == canonical
    assert expression.notes[0].message.startswith(said)
    start, stop = expression.notes[0].span.start, expression.notes[0].span.stop
    assert text[start:stop] == said.split()[0].rstrip(",")
    assert parse(canonical).canonical_text == canonical


REFUSED = [
    # two meanings
    ("asinx", "write asin(x) or a*sin(x)", 0, 5),
    ("1 + sinhx", "write sinh(x) or sin(h*x)", 4, 9),
    ("tanhx", "write tanh(x) or tan(h*x)", 0, 5),
    ("log2x", "write log2(x) or log(2*x)", 0, 5),
    ("log5x", "write log(5*x) or log_5(x)", 0, 5),
    ("exp2x", "write exp2(x) or exp(2*x)", 0, 5),
    ("sqrt2x", "write sqrt(2*x) or sqrt(2)*x", 0, 6),
    ("xasin(x)", "write x*asin or x*a*sin", 0, 5),
    ("sincx", "write sinc(x) or sin(c*x)", 0, 5),
    ("sinnu", "write sin(n*u) or sin(nu)", 0, 5),
    ("sqrt2 x", "write sqrt(2)*... or sqrt(2*...)", 0, 5),
    ("sinx y", "write sin(x)*y or sin(x*y)", 0, 6),
    ("2sinx^2 y", "write sin(x^2)*y or sin(x^2*y)", 1, 9),
    ("sinx(x+1)", "write sin(x)*(...) or sin(x*(...))", 0, 4),
    ("lnx |x|", "write ln(x)*|...| or ln(x*|...|)", 0, 5),
    ("mux", "write mu*x or m*u*x", 0, 3),
    ("ff", "write f*f", 0, 2),
    ("xx", "write x*x or x^2", 0, 2),
    ("2ex", "write e^x or e*x", 1, 3),
    ("x2y", "write x2*y or x^2*y", 0, 3),
    ("v0t", "write v0*t", 0, 3),
    ("ab2", "write a*b2 or a*b^2", 0, 3),
    # constants and differentials
    ("xe", "write x*e", 0, 2),
    ("EI", "write E*I", 0, 2),
    ("dx", "leave out dx", 0, 2),
    ("x + xdt", "leave out dt", 5, 7),
    ("sinxdx", "leave out dx", 4, 6),
    ("sintau", "declare it", 0, 6),
    ("readx", "declare it", 0, 5),
    # words and slips
    ("sinus", "declare it", 0, 5),
    ("cosine", "declare it", 0, 6),
    ("sine(x)", "did you mean sin?", 0, 4),
    ("logarithm(x)", "did you mean", 0, 9),
    ("expo", "", 0, 4),
    ("tangent", "declare it", 0, 7),
    ("foo(x)", "did you mean", 0, 3),
    ("xy(x+1)", "for a product write *", 0, 2),
    ("isqrt(x)", "did you mean", 0, 5),
    ("inf", "write a finite number", 0, 3),
    ("nan*x", "write a finite number", 0, 3),
    ("abcd", "or write a*b*c*d", 0, 4),
]


@each(("text", "hint", "start", "stop"), REFUSED)
def test_what_is_refused(text: str, hint: str, start: int, stop: int) -> None:
    assert_refused(text, hint, start, stop)


OFFERED = [hint.removeprefix("write ").split(" or ") for _, hint, *_ in REFUSED if " or " in hint and "..." not in hint]


@each("offers", [offers for offers in OFFERED if all("(" in offer or "^" in offer for offer in offers)])
def test_what_a_refusal_offers_is_read_as_different_things(offers: list[str]) -> None:
    found = {parse(offer).text for offer in offers if offer[-1] == ")" or offer[-1].isalpha()}
    assert len(found) == len(offers)


def test_the_other_meaning_of_a_note_is_another() -> None:
    for text in ("tanx^2", "sin2x", "lnsinx^2", "cos3xsinx", "pix"):
        expression = parse(text)
        assert not any(note.other for note in parse(expression.text).notes)
        assert parse(expression.notes[0].other).canonical_text != expression.canonical_text


DECLARED = [
    ("xy + 1", ["xy"], "xy + 1"),
    ("xy + 1", ["x", "y"], "x*y + 1"),
    ("4uv + u + v", [], "4*u*v + u + v"),
    ("sinx", ["sinx"], "sinx"),
    ("cost*x", ["cost"], "cost*x"),
    ("te^x + t", ["e"], "t*e**x + t"),
    ("abcd", list("abcd"), "a*b*c*d"),
    ("dx", ["d", "x"], "d*x"),
]


@each(("text", "names", "canonical"), DECLARED)
def test_what_is_declared_wins_and_needs_no_note(text: str, names: list[str], canonical: str) -> None:
    expression = parse(text, declared=names)
    assert expression.canonical_text == canonical
    assert not expression.notes


@each(("text", "names"), [("kTx", ["kT"]), ("vle", ["vel"]), ("sinab", ["ab"]), ("2fx", [])])
def test_a_known_word_is_not_cut(text: str, names: list[str]) -> None:
    own = {"f": Function("f", "")}
    with pytest.raises(DerivError, match="unknown name"):
        parse_expression(text, names, (), own)


def test_the_command_line_reads_them() -> None:
    assert "df/dx\ty" in deriv("xy").stdout
    assert deriv("xy", "--at", "x=1,y=2", "--format", "value").stdout.split()[0] == "2"
    outcome = deriv("sinx")
    assert "df/dx\tcos(x)" in outcome.stdout
    assert "sinx is read as sin(x)" in outcome.stderr
    assert "declare it, as in --wrt xy" in deriv("xy").stderr
    assert deriv("xy", "--at", "xy=3", "--format", "value").stdout.split()[0] == "1"


def test_their_letters_are_completed() -> None:
    assert variable_names("nRT/V + 2sinzcosw") == ["n", "R", "T", "V", "z", "w"]
    assert variable_names("eˣ + aₙ + “") == ["x", "a_n"]
    assert variable_names("asinx + y") == ["y"]


@each("piece", ["xy", "sinx", "xsinx ", "sinhx", "asinasin", "sin", "lnln", "xyz^", "xe^", "pi", "e^x"])
def test_no_run_takes_long(piece: str) -> None:
    text = piece * (30_000 // len(piece))
    with no_hang(10), pytest.raises(DerivError):
        parse(text + ")")


RIVALS = [
    ("tant + t + a + n", "write t*a*n*t or tan(t)"),
    ("lnx*x*n*l", "write l*n*x or ln(x)"),
    ("2pir + p + i + r", "write p*i*r or pi*r"),
    ("mux + m + u + x", "write m*u*x or mu*x"),
    ("xsin(x) + s + i + n", "write x*s*i*n(...) or x*sin(...)"),
]


@each("text, hint", RIVALS)
def test_known_letters_that_may_be_a_function_are_refused_with_both(text: str, hint: str) -> None:
    with pytest.raises(DerivError) as refusal:
        parse(text)
    assert "has two readings" in refusal.value.message
    assert refusal.value.hint == hint


def test_a_function_of_which_a_letter_is_not_known_is_read() -> None:
    assert parse("tant + a + n").canonical_text == "tan(t) + a + n"
    assert parse("tan(t) + t + a + n").canonical_text == "tan(t) + t + a + n"
