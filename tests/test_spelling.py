"""Formulas are printed as the user spells them, and what is printed reads back."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from derivcli import derive, parse
from derivcli.engines.symbolic import differentiate
from derivcli.language.printer import text_of
from derivcli.language.spelling import CANONICAL, Spelling
from tests.support import deriv, each, sample
from tests.test_language_page import spans

CHOICES = {
    "power": ("^", "**"),
    "log": ("ln({})", "log({})"),
    "exp": ("e{p}({})", "exp({})"),
    "sqrt": ("√({})", "sqrt({})", "({}){p}(1/2)"),
    "abs": ("|{}|", "abs({})"),
    "atan": ("arctan({})", "atan({})"),
    "sin": ("sin({})",),
    "square": ("({}){p}2",),
}
"""How each is written, `{p}` being the sign of a power."""

MARKS = {
    "^": r"\^", "**": r"\*\*", "ln({})": r"\bln\b", "log({})": r"\blog\b", "e{p}({})": r"\be\b", "exp({})": r"\bexp\b",
    "√({})": "√", "sqrt({})": r"\bsqrt\b", "({}){p}(1/2)": r"\(1/2\)", "|{}|": r"\|", "abs({})": r"\babs\b",
    "arctan({})": r"\barctan\b", "atan({})": r"\batan\b",
}  # fmt: skip
"""What a text has that is written in a way."""

POINT = {"x": 0.7, "y": 1.3}


def drawn(random_: random.Random) -> tuple[str, dict[str, str]]:
    """A formula in one spelling, and the spelling."""
    ways = {name: random_.choice(each) for name, each in CHOICES.items()}

    def term(depth: int) -> str:
        if depth == 0:
            return random_.choice(["x", "x + 2", "3*x*y", "y + x/5"])
        if random_.random() < 0.4:
            return f"{factor(depth - 1)}{random_.choice('*/')}{factor(depth - 1)}"
        return factor(depth - 1)

    def factor(depth: int) -> str:
        name = random_.choice([*CHOICES][1:])
        inner = term(depth)
        if name == "abs" and "|" in inner:  # bars in bars are written otherwise
            name = "sin"
        return ways[name].replace("{p}", ways["power"]).format(inner)

    return f"x{ways['power']}3*y + {term(2)}", ways


def strange(text: str, typed: str) -> list[str]:
    """The ways of writing in a text that the typed one has not, though it has another for the same."""
    return [
        way
        for choices in CHOICES.values()
        for way in choices
        if any(re.search(MARKS[each], typed) for each in choices if each in MARKS and each != way)
        and way in MARKS
        and re.search(MARKS[way], text)
        and not re.search(MARKS[way], typed)
    ]


def reads_back(text: str, typed: str) -> bool:
    """Whether a text has the value of the derivative of a formula by x that PyTorch finds."""
    found = derive(f"{text} + 0*x + 0*y", POINT, ["x"], check=False).value[0]
    exact = derive(f"{typed} + 0*x + 0*y", POINT, ["x"], check=False).derivatives["x"][0]
    return bool(found == pytest.approx(exact, rel=1e-9, abs=1e-9, nan_ok=True))


@pytest.mark.sampled
def test_derivatives_are_spelled_as_the_formula() -> None:
    random_ = random.Random(18)
    for number in range(sample(40, 1000)):
        typed, _ = drawn(random_)
        expression = parse(typed)
        assert parse(expression.text).tree == expression.tree, typed
        assert not strange(expression.text, typed), (typed, expression.text)
        (formula,) = differentiate(expression, [("x",)]).derivatives.values()
        assert not strange(formula.text, typed), (number, typed, formula.text)
        assert reads_back(formula.text, typed), (typed, formula.text)


def test_a_strange_spelling_is_found() -> None:
    formula = differentiate(parse("x^2*ln(x)"), [("x",)]).derivatives["x"]
    assert strange(text_of(formula.tree), "x^2*ln(x)") == ["log({})"]
    assert not reads_back(formula.text.replace("ln", "exp"), "x^2*ln(x)")


@each(
    "typed, derivative",
    [
        (r"x \ln x", "ln(x) + 1"),
        (r"e^{2x}", "2*e^(2*x)"),
        (r"\exp(2x)", "2*exp(2*x)"),
        (r"\arctan^2 x", "2*arctan(x)/(x^2 + 1)"),
        ("np.log(x)**2", "2*log(x)/x"),
        ("log(x)^2 + ln(x)", "(2*log(x) + 1)/x"),
        ("e^x + exp(2*x)", "exp(x) + 2*exp(2*x)"),
        ("2**x + x^3", "3*x**2 + 2**x*log(2)"),
        ("tg(x)^2", "2*tg(x)*(tg(x)^2 + 1)"),
        ("ln(x)^(1/2)", "1/(2*x*ln(x)^(1/2))"),
        ("x²", "2*x"),
        ("∛x", "1/(3*∛x^2)"),
        ("sqrt(|x - |x + 1||)", None),
    ],
)
def test_the_spelling_is_that_of_the_text(typed: str, derivative: str | None) -> None:
    formula = differentiate(parse(typed), [("x",)]).derivatives["x"]
    if derivative is not None:
        assert reads_back(derivative, typed), formula.text
        assert not strange(formula.text, derivative), formula.text
        assert {*re.findall(r"[a-z]+|\^|√|∛", formula.text)} == {*re.findall(r"[a-z]+|\^|√|∛", derivative)}
    assert reads_back(formula.text, typed)


def test_names_that_are_variables_mean_nothing_else() -> None:
    assert derive("e*erf(x^2)", wrt=["x"]).derivatives["x"].text == "4*e*x*e^(-x^4)/sqrt(pi)"
    found = differentiate(parse("e*erf(x^2)", declared=["e"]), [("x",)]).derivatives["x"]
    assert found.text == "4*e*x*exp(-x^4)/sqrt(pi)"
    assert differentiate(parse("ln*2^x", declared=["ln"]), [("x",)]).derivatives["x"].text == "2^x*ln*log(2)"


def test_definitions_bring_their_spelling() -> None:
    assert derive("u*2", let={"u": "ln(x)^2"}).derivatives["x"].text == "4*ln(x)/x"
    assert derive("2*g(x)", let={"g(t)": "ln(t)^2"}).derivatives["x"].text == "4*ln(x)/x"


def test_one_spelling_is_for_programs() -> None:
    (function,) = deriv("e^(x^2)*ln(x)", "--format", "json").json["functions"]
    assert function["expression"] == "e**x**2*log(x)"
    assert "^" not in function["derivatives"]["x"]
    assert "ln" not in function["derivatives"]["x"]
    assert Spelling() == CANONICAL


PAGE = (Path(__file__).parents[1] / "docs" / "language.md").read_text()
TABLE = re.search(r"^\| formula \| derivative \|\n\| --- \| --- \|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)


def rows_of_the_page() -> Iterator[tuple[str, str]]:
    """Each formula on the page with its derivative."""
    assert TABLE is not None
    for line in TABLE[1].splitlines():
        yield from zip(*(spans(cell) for cell in re.split(r"(?<!\\)\|", line)[1:-1]), strict=True)


@each("typed, derivative", rows_of_the_page())
def test_the_page_tells_how_formulas_are_printed(typed: str, derivative: str) -> None:
    assert derive(typed).derivatives["x"].text == derivative


@each(
    "text, variables",
    [
        ("arctan(y/x)", "x,y"),
        ("a*y + b*x", "a,x,b,y"),
        ("z*y*x", "x,y,z"),
        ("t*x", "t,x"),
        ("x2*x1 + y", "x1,x2,y"),
        ("w*u", "u,w"),
        ("f(y, x) = y*x", "y,x"),
        ("n*R*T/V", "n,R,T,V"),
    ],
)
def test_variables_stand_in_their_usual_order(text: str, variables: str) -> None:
    assert ",".join(parse(text).variables) == variables
    assert [*derive(text).derivatives] == variables.split(",")
    assert [*derive(text, wrt=variables.split(",")[::-1]).derivatives] == variables.split(",")[::-1]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("tan x", "sec(x)^2"),
        ("arctan(x)", "1/(x^2 + 1)"),
        ("1/(2x + 1)", "-2/(2*x + 1)^2"),
        ("tan(x)", "sec(x)**2"),
        ("atan(x)", "1/(x**2 + 1)"),
        ("x**2 ln x", "2*x*ln(x) + x"),
    ],
)
def test_habits_of_books_bring_the_signs_of_books(typed: str, shown: str) -> None:
    (found,) = derive(typed).derivatives.values()
    assert found.text == shown


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("x^2 ln x", "--at", "x=0"), "ln has no real value at 0"),
        (("x**2*log(x)", "--at", "x=0"), "log has no real value at 0"),
        (("steps", "x arctan x"), "derivative of arctan\t"),
        (("steps", "x*atan(x)"), "derivative of atan\t"),
        (("steps", "sin(x)*ln(x)"), "derivatives of sin and ln\t"),
        (("steps", "ln(x^2/(x + 1))"), "2*ln(|x|)"),
        (("answer", "arctan x", "1/(1-x^2)"), "the derivative of arctan(x) is taken for that of atanh(x)"),
        (("answer", "2^x", "2^x"), "ln(2)"),
        (("ln(x+sqrt(x^2-1))",), "x^2"),
    ],
)
def test_sentences_are_spelled_as_formulas_are(words: tuple[str, ...], told: str) -> None:
    outcome = deriv(*words, status=int(words[0] == "answer"))
    assert told in outcome.stdout + outcome.stderr
    assert not ("^" in outcome.stdout and "**" in outcome.stdout + outcome.stderr)
