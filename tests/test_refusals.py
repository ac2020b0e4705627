"""What the language refuses: the sentence, the place and the way out; limits from both sides; hostile texts."""

from __future__ import annotations

import pytest

from derivcli import DerivError, derive, parse
from derivcli.language import limits
from tests.support import each, hint_of, no_hang

"""No refusal takes longer."""

REFUSED = [
    # names
    ("foo(x)", "unknown function 'foo'", "did you mean", 0, 3),
    ("sine(x)", "unknown function 'sine'", "did you mean sin?", 0, 4),
    ("4ff", "unknown name 'ff'", "write f*f, or declare it, as in --at ff=2", 1, 3),
    ("x + abcd", "unknown name 'abcd'", "or write a*b*c*d", 4, 8),
    ("x_max", "unknown name 'x_max'", "--at x_max=2", 0, 5),
    ("x + 2ex", "unknown name 'ex'", "write e^x or e*x", 5, 7),
    ("zeta()", "zeta needs an argument", "write zeta(s, a=1)", 0, 4),
    ("beta(a)", "beta takes 2 arguments, and here it has 1", "write beta(a, b)", 0, 7),
    ("legendre(x, 2)", "n in legendre(n, x) is a constant whole number", "write legendre(1, x)", 9, 10),
    ("lambertw(x, -2)", "k in lambertw(x, k=0) is a constant whole number", "write lambertw(x, -1)", 12, 14),
    ("hermite(10001, x)", "n in hermite(n, x) is over the limit of 10000", "take a smaller one", 8, 13),
    ("gegenbauer(2, a, x)", "a in gegenbauer(n, a, x) is a constant", "write a number there", 14, 15),
    ("elliptic_pi(x)", "elliptic_pi takes 2 arguments, and here it has 1", "write elliptic_pi(n, m)", 0, 14),
    ("inf", "'inf' is not a finite number", "finite", 0, 3),
    ("integrate(x)", "deriv does not integrate", "deriv answer F f", 0, 12),
    ("solve(x)", "deriv does not solve equations", "--implicit y", 0, 5),
    ("limit(x, 0)", "deriv finds limits only where", "--at x=0", 0, 5),
    ("What is the derivative of x^2?", "'What' is no part of a formula", "plain expression", 0, 4),
    ("return x**2", "'return' is no part of a formula", "plain expression", 0, 6),
    ("x squared", "'squared' is written with a sign", "x^2", 2, 9),
    ("f'g + fg'", "the formula of f is not known here", "write f'(x), and f(x) for f,", 1, 2),
    ("sin2(x)", "unknown function 'sin2'", "write sin(2*x) or sin(x)^2", 0, 4),
    ("root_3(x)", "unknown function 'root_3'", "write root(x, 3)", 0, 6),
    ("log5 x", "unknown name 'log5'", "write log(x, 5)", 0, 4),
    ("log_ab(x)", "unknown function 'log_ab'", "write log(x, b)", 0, 6),
    ("log_5(x, 2)", "log_5 takes 1 argument", "log(x, b)", 0, 11),
    ("mod(x, 0)", "this divides by zero", "real numbers", 0, 9),
    ("True", "'True' is a condition", "1 or 0", 0, 4),
    # equations and statements
    ("x==3", "this is an equation", "to one side", 1, 3),
    ("x = 3", "this is an equation", "--at", 2, 3),
    ("x < 3", "'<' belongs inside a condition", "if(x > 0", 2, 3),
    ("x and y", "'and' belongs inside a condition", "if(x > 0", 2, 5),
    ("not x", "'not' belongs inside a condition", "if(x > 0", 0, 3),
    # numbers
    ("1.2.3", "this is not a number", "1.5e-3", 0, 4),
    ("1_000", "this is not a number", "1000", 0, 2),
    ("x+010", "a number cannot begin with 0", "write 10", 2, 5),
    ("2 3", "two numbers stand side by side", "*", 0, 3),
    ("0x10", "'0x10' is no decimal number", "base ten", 0, 4),
    ("2,5", "a comma only parts the arguments", "write 2.5", 1, 2),
    ("1.000,5", "a comma only parts the arguments", "one point before the decimals", 5, 6),
    ("1 000 x", "numbers are written without blanks", "write 1000", 2, 5),
    ("f∘g", "U+2218 (RING OPERATOR)", "what it stands for", 1, 2),
    ("1.x", "a number cannot end at its point", "1.0*x", 0, 2),
    # foreign characters
    ("\u0445 + x", "looks like 'x' but is a different one (U+0445)", "plain x", 0, 1),
    ("2\uff58", "looks like 'x' but is a different one (U+FF58)", "plain x", 1, 2),
    ("\U0001d465", "looks like 'x' but is a different one (U+1D465)", "plain x", 0, 1),
    ("x + \uff13", "looks like '3' but is a different one (U+FF13)", "plain 3", 4, 5),
    ("x\u200by", "U+200B", "", 1, 2),
    ("x\x00", "U+0000 (a control character)", "", 1, 2),
    ("x\x1b[31m", "U+001B (a control character)", "", 1, 2),
    ("'x'", "the quotes came along with the formula", "write x", 0, 1),
    ("f('x')", "strings are no part of a formula", "without quotes", 2, 3),
    ("x[0]", "square brackets are no part of a formula", "x1, x2", 1, 2),
    ("{x", "this '{' is never closed", "add the missing '}'", 0, 1),
    ("x.y", "attributes are no part of a formula", "", 1, 2),
    ("x ± 1", "'±' is two formulas", "argument of its own", 2, 3),
    ("5‰ x", "'‰' is not read here", "divide by 1000", 1, 2),
    ("∫x^2", "deriv does not integrate", "whose derivative you want", 0, 1),
    ("∫x^2 dx", "deriv does not integrate", "integral(exp(-t^2), t, 0, x)", 0, 1),
    ("x→0", "limits are not read here", "--at", 1, 2),
    ("∑x", "the sign ∑ is not read here", "write sum(k*x^k, k, 1, 5)", 0, 1),
    ("x % 2", "'%' is not read here", "mod(x, y)", 2, 3),
    # structure
    ("", "the expression is empty", "deriv", 0, 0),
    ("x+", "ends where something is still due", "", 2, 2),
    ("x+)", "is due here, not ')'", "", 2, 3),
    ("x***2", "is due here, not '*'", "", 3, 4),
    ("x^²", "is due here, not '²'", "", 2, 3),
    ("sin(x", "this '(' is never closed", "add the missing ')'", 3, 4),
    ("x+1)", "nothing is open here", "", 3, 4),
    ("|x", "this '|' is never closed", "abs", 0, 1),
    ("(|x)", "this '|' is never closed", "abs", 1, 2),
    ("2*()", "these brackets are empty", "", 2, 4),
    ("(x, 1)", "a comma only parts the arguments", "separate arguments", 2, 3),
    ("x!!", "the double factorial is not read here", "(x!)!", 1, 3),
    # calls
    ("sin(x, 2)", "sin takes 1 argument, and here it has 2", "write sin(x)", 0, 9),
    ("1+root(x)", "root takes 2 arguments, and here it has 1", "write root(x, n)", 2, 9),
    ("sin()", "sin needs an argument", "write sin(x)", 0, 3),
    ("sin", "sin needs an argument", "write sin(x)", 0, 3),
    ("sin*x", "sin needs an argument", "write sin(x)", 0, 3),
    ("1 + sin*x", "sin needs an argument", "write sin(x)", 4, 7),
    ("sin^-1(x)", "a power of 'sin' itself is ambiguous", "asin(x) for the inverse or 1/sin(x)", 0, 5),
    ("sin\u207b¹ x", "a power of 'sin' itself is ambiguous", "asin(x) for the inverse or 1/sin(x)", 0, 5),
    ("polygamma(x, 2)", "n in polygamma(n, x) is a constant whole number", "polygamma(1, x)", 10, 11),
    ("polygamma(-1, x)", "n in polygamma(n, x) is a constant whole number", "polygamma(1, x)", 10, 12),
    # conditions
    ("if(x, 1, 2)", "a number where a condition is needed", "x > 0", 3, 4),
    ("if(x > 0, 1)", "if takes 3 arguments, and here it has 2", "if(x > 0, x**2, 0)", 0, 12),
    ("if x", "if needs brackets", "if(x > 0, x**2, 0)", 0, 2),
    ("1 + where x", "where needs brackets", "where(x > 0, x**2, 0)", 4, 9),
    ("if(x > 0, y > 0, 2)", "'>' belongs inside a condition", "if(x > 0", 12, 13),
    ("if(True, True, 2)", "'True' is a condition", "1 or 0", 9, 13),
    ("if(x > 0 + True, 1, 2)", "a condition where a number is needed", "", 11, 15),
    ("Piecewise(x, x > 0)", "Piecewise takes pairs", "(b, True)", 10, 11),
    ("Piecewise((x, 1), (0, True))", "a number where a condition is needed", "x > 0", 14, 15),
    ("Piecewise((x, x > 0, 1))", "a comma only parts the arguments", "", 19, 20),
    # constants that are no float64
    ("1/0", "this divides by zero", "real numbers", 2, 3),
    ("x/(2-2)", "this divides by zero", "real numbers", 2, 7),
    ("sqrt(-1)*x", "this constant is not a real number", "real numbers", 0, 8),
    ("x + log(0)", "this constant", "", 4, 10),
    ("1e400", "outside the range of float64", "scale", 0, 5),
    ("x*9**9**9**9", "outside the range of float64", "scale", 5, 12),
    ("factorial(10**9)", "outside the range of float64", "scale", 0, 16),
    ("171! x", "outside the range of float64", "scale", 0, 4),
    ("exp(1000)", "outside the range of float64", "scale", 0, 9),
]


@each(("text", "message", "hint", "start", "stop"), REFUSED)
def test_what_is_refused(text: str, message: str, hint: str, start: int, stop: int) -> None:
    with pytest.raises(DerivError) as caught:
        parse(text)
    error = caught.value
    assert message in error.message
    assert hint in hint_of(error)
    assert error.hint
    assert error.source == text
    assert error.span
    assert (error.span.start, error.span.stop) == (start, stop)


def test_a_refusal_is_drawn_with_its_caret() -> None:
    with pytest.raises(DerivError) as caught:
        parse("x + sine(x)")
    assert str(caught.value).splitlines() == [
        "unknown function 'sine'",
        "  x + sine(x)",
        "      ^^^^",
        "  did you mean sin?",
    ]


NESTS = [
    ("(1+", "x", ")*x"),
    ("|", "x", "|"),
    ("-", "x", ""),
    ("√", "x", ""),
    ("sin(", "x", ")"),
    ("sin ", "x", ""),
    ("x^", "x", ""),
    ("1/(1+", "x", ")"),
]


@each(("opening", "middle", "closing"), NESTS)
def test_nesting_up_to_the_limit(opening: str, middle: str, closing: str) -> None:
    deep = 99 * opening + middle + 99 * closing
    assert parse(deep).text
    assert derive(deep, at={"x": 1.0}).value.shape == (1,)
    with pytest.raises(DerivError, match="deeper than the limit of 100"):
        parse(101 * opening + middle + 101 * closing)


def test_the_longest_text() -> None:
    text = "x" + " " * (limits.MAX_CHARACTERS - 1)
    assert parse(text).text == "x"
    with pytest.raises(DerivError, match="1,000,001 characters; the limit is 1,000,000"):
        parse(text + " ")


@pytest.mark.parametrize(("write", "most"), [("{}", 308), ("x + 0.{}", 398), ("x + {}e-300", 395)])
def test_the_longest_numbers(write: str, most: int) -> None:
    assert parse(write.format("3" * most)).text
    with pytest.raises(DerivError, match=r"over the limit of 400|outside the range of float64"):
        parse(write.format("3" * (most + 2)))


@each("write", ["{}", "x + {}", "x*{}", "x^{}", "sin({} x)", "if(x > {}, 1, x)", "1/{} + x"])
def test_a_number_outside_float64_is_refused(write: str) -> None:
    with pytest.raises(DerivError, match="outside the range of float64"):
        parse(write.format("9" * limits.MAX_DIGITS))


@pytest.mark.parametrize("digits", [401, 5_000, 900_000])
def test_superscripts_have_the_limit_of_numbers(digits: int) -> None:
    for name in ("x", "sin"):
        with pytest.raises(DerivError, match=r"over the limit of 400|float64"):
            parse(name + "²" * digits + "x")


MEGABYTE = 1_000_000
PIECES = ("(", ")", "-", "|", ",", "9", "a", "x^", "1e", "abcd ", "sin ", "not ")
HOSTILE = {
    **{f"a megabyte of {piece}": piece * (MEGABYTE // len(piece)) for piece in PIECES},
    "10,000 brackets": "(" * 10_000 + "x" + ")" * 10_000,
    "5,000 sines": "sin(" * 5_000 + "x" + ")" * 5_000,
    "a tower": "9**9**9**9",
    "a chain of powers": "2^" * 90 + "2",
    "a factorial": "factorial(10**9)",
    "factorials": "9!" + "!)" * 1_000,
    "a long quotient": "(7/3)^-1400/" * 5_000 + ")",
    "rationals": "+".join(f"1/{i}" for i in range(1, 10_000)) + ")",
    "constant calls": "gelu(1)+" * 1_000 + ")",
    "notes": "1/2x " * 10_000 + ")",
    "conditions": "if(" + "x>0 and " * 10_000 + ",1,2)",
    "pairs": "Piecewise(" + "(x,x>0)," * 10_000 + "x)",
    "names": " ".join(f"x{i}" for i in range(20_000)) + ")",
    "letters": "u + v + " + "uv" * 20_000 + ")",
    "a foreign letter at the end": "x+" * 100_000 + "\u0445",
    "no end": "x+" * 50_000,
}  # fmt: skip


@each("text", HOSTILE.values())
def test_a_hostile_text_is_refused(text: str) -> None:
    with no_hang(), pytest.raises(DerivError) as caught:
        parse(text)
    assert len(str(caught.value)) < 1_000
    assert caught.value.span


def test_nested_conditions_are_written_once() -> None:
    with no_hang():
        text = parse("if(x>0,1," * 90 + "x" + ")" * 90).text
    assert text.count("if") == 90
