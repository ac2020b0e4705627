"""120 texts that people and attackers type: each is read as one would want, or refused at its place, at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from derivcli import DerivError, parse
from tests.support import each, no_hang

CASES = Path(__file__).parents[2] / "shared" / "cases" / "inputs.jsonl"

Refusal = tuple[str, int]
"""A piece of the message, and where the caret begins."""

STRING, SQUARE, RANGE = (
    "strings are no part of a formula",
    "square brackets are no part",
    "outside the range of float64",
)
EQUATION, CONDITION, ATTRIBUTE = "this is an equation", "belongs inside a condition", "attributes are no part"

EXPECTED: dict[str, str | Refusal] = {
    # code of a host language
    "import-call": ("'_' stands only between the letters and digits of a name", 0),
    "attr-x-class": (ATTRIBUTE, 1),
    "lambda-call": ("':' is no part of a formula", 7),
    "listcomp": (SQUARE, 0),
    "string-lit": ("the quotes came along", 0),
    "S-string-eval": ("'S' before a bracket has two readings", 0),
    "bytes-lit": (STRING, 1),
    "walrus": ("':' is no part of a formula", 2),
    "exec-call": ("unknown function 'exec'", 0),
    "print-call": ("unknown function 'print'", 0),
    "exit-call": ("unknown function 'exit'", 0),
    "breakpoint": ("unknown function 'breakpoint'", 0),
    "getattr-call": ("unknown function 'getattr'", 0),
    "preview-plot": ("unknown function 'plot'", 0),
    "lambdify-str": ("unknown function 'lambdify'", 0),
    "newline-stmt": ("unknown function 'open'", 2),
    "kwargs": ("arguments have no names here", 15),
    "yield": ("unknown name 'yield'", 1),
    "ellipsis": ("", 0),
    "dollar-cmd": ("'$' is no part of a formula", 0),
    "format-attr": (STRING, 0),
    "backslash-cont": ("'\\' is no part of a formula", 4),
    # what would run for ever
    "tower-9-9-9": (RANGE, 0),
    "factorial-1e8": (RANGE, 0),
    "binomial": "binomial(10**9, 10**8)",
    "bernoulli": ("unknown function 'bernoulli'", 0),
    "zeta-big": "zeta(10**5)",
    "expand-1e5": ("'expand' is not needed", 0),
    "sin-90": "sin(" * 90 + "x" + ")" * 90,
    "minus-90": "-(" * 89 + "-x" + ")" * 89,
    "pow-chain-60": "**".join("x" * 60),
    "float-exp-1e9": (RANGE, 0),
    "sqrt-semi": "sqrt(1000000000000000000000000000057*1000000000000000000000000000099)",
    "sin-huge": (RANGE, 4),
    "integrate": ("deriv does not integrate", 0),
    "range-sum": ("100,000,001 terms of a sum are more than the limit", 0),
    # blanks and characters
    "spaces": ("the expression is empty", 3),
    "newline": "x + 1",
    "crlf": "x + 1",
    "nbsp": "x + 1",
    "rtl-override": ("U+202E", 1),
    "greek-alpha": "alpha*2",
    "fullwidth-x": ("looks like 'x'", 0),
    "unicode-minus": "x - 1",
    "unicode-div": "x/2",
    "unicode-le": (CONDITION, 1),
    "fullwidth-digit": ("looks like '3'", 0),
    "surrogate": ("U+DC80", 1),
    "rich-link": (SQUARE, 0),
    "bell": ("U+0007", 1),
    # Python that is no formula
    "double-eq": (EQUATION, 1),
    "chained-lt": (CONDITION, 1),
    "or-bit": ("'|' is never closed", 1),
    "shift": (CONDITION, 1),
    "floordiv": "floor(x/2)",
    "ternary": ("a number where a condition is needed", 5),
    "list": (SQUARE, 0),
    "tuple": ("a comma only parts the arguments", 2),
    "index": (SQUARE, 1),
    "attr-1-dot": ("a number cannot end at its point", 0),
    # slips
    "x-call-paren": "x*(x + 1)",
    "sin-bare": ("sin needs an argument", 0),
    "sin-two": ("sin takes 1 argument, and here it has 2", 0),
    "typo-fn": ("unknown function 'sine'", 0),
    "unbalanced": ("this '(' is never closed", 3),
    "trailing-op": ("ends where something is still due", 2),
    "triple-star": ("is due here, not '*'", 3),
    # numbers
    "nan": ("'nan' is not a finite number", 0),
    "zoo": ("'zoo' is not a finite number", 0),
    "1e400": (RANGE, 0),
    "hex": ("'0x10' is no decimal number", 0),
    "bin": ("'0b11' is no decimal number", 0),
    "1/0": ("this divides by zero", 2),
    "0**0": "0**0",
    "complex-j": "1*j*x",
    "dot5": "0.5*x",
    "sci": "0.001*x",
    "2exp": "2*e**x",
    # names
    "kw-lambda": "lambda*x",
    "kw-if": ("if needs brackets", 0),
    "kw-True": ("'True' is a condition", 0),
    "name-I": "I*x",
    "name-N": "N*x",
    "name-Q": "Q*x",
    "name-beta": "beta*x",
    "name-zeta": "zeta*x",
    "name-lamda": "lamda*x",
    "name-test": ("unknown name 'test'", 0),
    "name-ff": ("unknown name 'ff'", 0),
    "name-t1": "t1*x",
    "name-dunder": ("'_' stands only between the letters and digits of a name", 0),
    "name-alphabeta": "alpha",
    # notations
    "double-fact": ("the double factorial is not read", 1),
    "abs-bars2": "2*abs(x) + 1",
    "radical-paren": "sqrt(x + 1)",
    "super-neg": "x**-1",
    "half": "(1/2)*x",
    "2x": "2*x",
    "sin 2x": "sin(2*x)",
    "sin**2(x)": "sin(x)**2",
    "sin^-1(x)": ("a power of 'sin' itself is ambiguous", 0),
    "log(x)": "log(x)",
    "log2(x)": "log2(x)",
    "e^x": "e**x",
    "-x**2": "-x**2",
    "1/2x": "1/2*x",
    "x^2^3": "x**2**3",
    "e^2x": "e**2*x",
    "x(x+1)^2": "x*(x + 1)**2",
    "arcsin(x)": "asin(x)",
    "tan^-1": "atan(x)",
    "abs(x)": "abs(x)",
    "pow(x,2)": "x**2",
    "mod(x,2)": "mod(x, 2)",
    "sigmoid": "sigmoid(x)",
    "x*y": "x*y",
    "erf": "erf(x)",
    "Piecewise": "if(x < 0, x, x**2)",
    "x**0.5": "sqrt(x)",
    "diff-call": "x**2",
}

NOTED = {"1/2x", "e^2x", "sqrt-semi"}
"""Read, and with a note on how."""


def cases() -> dict[str, str]:
    if not CASES.exists():
        return {}
    lines = map(json.loads, CASES.read_text("utf-8").splitlines())
    return {line["id"]: line["text"] for line in lines}


def refused(text: str) -> DerivError:
    """The refusal of a text: with a place inside the text, and nothing that acts on a terminal."""
    with no_hang(), pytest.raises(DerivError) as caught:
        parse(text)
    drawn = str(caught.value)
    assert all(line.isprintable() for line in drawn.split("\n"))
    assert len(drawn) < 1_000
    assert caught.value.span
    assert 0 <= caught.value.span.start <= len(text)
    return caught.value


@pytest.mark.skipif(not CASES.exists(), reason=f"{CASES} is absent")
def test_every_text_has_an_expectation() -> None:
    assert list(cases()) == list(EXPECTED)


@pytest.mark.skipif(not CASES.exists(), reason=f"{CASES} is absent")
@pytest.mark.parametrize("name", EXPECTED)
def test_every_text_is_read_or_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text, expected = cases()[name], EXPECTED[name]
    if isinstance(expected, str):
        expression = parse(text)
        assert expression.canonical_text == expected
        assert bool(expression.notes) == (name in NOTED)
    else:
        error = refused(text)
        assert expected[0] in error.message
        assert error.span
        assert error.span.start == expected[1]
    assert not list(tmp_path.iterdir())


HOSTILE = {
    "__import__('os')": 0,
    "__import__('os').system('touch CANARY')": 0,
    "().__class__.__bases__[0].__subclasses__()": 0,
    "x.real.imag": 1,
    "(lambda x: x)(2)": 9,
    "[x for x in y]": 0,
    "f'{x}'": 1,
    "{x: 1}": 2,
    "x; y": 1,
    "`id`": 0,
    "$(touch CANARY)": 0,
    "9**9**9**9": 3,
    "factorial(10**9)": 0,
    "(" * 10_000 + "x" + ")" * 10_000: 1_000,
    "sin(" * 5_000 + "x" + ")" * 5_000: 400,
    "(" * 1_000_000: 1_000,
    "x\x00": 1,
    "\x1b[31mx": 0,
    "x\x1b]0;title\x07": 1,
    "x\x9b31m": 1,
    "x\r\x1b[2K": 2,
    "x\u2028\u202ey": 2,
    "x\u200dy": 1,
    "[red]x[/]": 0,
    "х": 0,
    "ѕin(x)": 0,
    "sіn(x)": 1,
    "ехр(x)": 0,
    "x=3": 1,
    "x==3": 1,
    "x:=3": 1,
    "x[0]": 1,
    "x.y": 1,
    "2,5": 1,
    "": 0,
    "\n": 1,
    "#": 0,
    "x # comment": 2,
    "x" * 2_000_000: 1_000_000,
    "9" * 5_000: 0,
    "1e-99999999": 0,
    "gamma(1000)": 0,
    "exp(exp(exp(10)))": 4,
    "mod(1, 0)": 0,
    "log(-1)": 0,
    "0**-1": 0,
}


@each(("text", "start"), HOSTILE.items())
def test_a_hostile_text_is_refused(text: str, start: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    span = refused(text).span
    assert span
    assert span.start == start
    assert not list(tmp_path.iterdir())
