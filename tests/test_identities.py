"""Identities of trigonometric, hyperbolic and exponential functions, judged by mpmath and by what books print."""

from functools import partial

import mpmath
import pytest

from derivcli import derive, parse
from derivcli.engines.symbolic import arrange, merged
from derivcli.language.printer import text_of
from derivcli.simplify import shortest as search
from derivcli.simplify.angles import angles
from derivcli.simplify.domains.conditions import factored
from derivcli.simplify.exponentials_and_logarithms import EXPONENTIALS_AND_LOGARITHMS
from derivcli.simplify.on_one_angle import factors_on
from derivcli.simplify.rewriting import Rewriting
from derivcli.simplify.roots import ROOTS
from derivcli.simplify.shortest import shortest
from derivcli.simplify.trigonometry import PYTHAGORAS, RATIOS, TRIGONOMETRY
from tests.by_mpmath import POINTS, assert_same, length, number, slope
from tests.support import sample
from tests.textbook_identities import TEXTBOOK


@pytest.mark.sampled
def test_lengths_of_the_textbook() -> None:
    ratios = []
    for function, book in TEXTBOOK[:: sample(3, 1)]:
        ours = derive(function, wrt=["x"]).derivatives["x"].text
        ratios.append(length(ours) / length(book))
        with mpmath.workdps(30):
            x = next(each for each in POINTS if number(function, each) is not None)
            truth = slope(function, x)
            assert abs(number(book, x) - truth) < 1e-9 * (1 + abs(truth)), (function, book)
            assert_same(book, ours)
    assert sum(ratio <= 1.1 for ratio in ratios) >= 0.95 * len(ratios)
    assert sum(ratio <= 1.25 for ratio in ratios) >= 0.98 * len(ratios)


EXAMPLES = {
    "sin(-u) = -sin(u)": "x*sin(-x) + cos(x + pi)",
    "sin(arcsin(u)) = u": "x*cos(asin(x/50))",
    "like terms collected": "e^x*(sin(x) - cos(x)) + e^x*(sin(x) + cos(x))",
    "tan(u) = sin(u)/cos(u)": "sin(x)/cos(x)",
    "cot(u) = cos(u)/sin(u)": "x*cos(x)/sin(x)",
    "sec(u) = 1/cos(u)": "x/cos(x)",
    "csc(u) = 1/sin(u)": "1/sin(3*x)",
    "tanh(u) = sinh(u)/cosh(u)": "sinh(x)/cosh(x)",
    "coth(u) = cosh(u)/sinh(u)": "cosh(x)/sinh(x)",
    "sech(u) = 1/cosh(u)": "x^2/cosh(x)",
    "csch(u) = 1/sinh(u)": "1/sinh(x)",
    "sin(u)^2 + cos(u)^2 = 1": "sin(x)^2*cos(x) - cos(x)",
    "1 + tan(u)^2 = sec(u)^2": "2*(tan(x)^2 + 1)*tan(x)",
    "1 + cot(u)^2 = csc(u)^2": "(-1 - cot(x)^2)*a",
    "cosh(u)^2 - sinh(u)^2 = 1": "sinh(x)^2*cosh(x) + cosh(x)",
    "1 - tanh(u)^2 = sech(u)^2": "1 - tanh(x)^2",
    "coth(u)^2 - 1 = csch(u)^2": "1 - coth(x)^2",
    "double angle": "2*sin(x)*cos(x)",
    "half angle": "(1 - cos(x))/sin(x)",
    "multiple angles": "4*cos(x)^3 - 3*cos(x)",
    "sinh(u) = (e^u - e^(-u))/2": "(e^x - e^(-x))/(e^x + e^(-x))",
    "sum of angles": "sin(a*x)*cos(b*x) + cos(a*x)*sin(b*x)",
    "sin(u) + sin(v) as a product": "cos(3*x/4) - cos(5*x/4)",
    "e^ln(u) = u": "x*e^(x*ln(n))",
    "logarithms joined": "ln(x + 1) - ln(x)",
    "logarithms split": "ln(8)/ln(2) + ln(x*e^x)",
    "a^u*b^u = (a*b)^u": "4^x/2^x",
    "roots joined": "1/(sqrt(x - 3)*sqrt(x + 3))",
    "sqrt(u/v^2) = sqrt(u)/|v|": "1/(x^2*sqrt(1 + 1/x^2))",
    "|u|*sign(u) = u": "sign(x - 1)*abs(x - 1)/(1 - x)^3",
}
"""A formula for each identity in which it is used."""


ROWS = (*TRIGONOMETRY, *EXPONENTIALS_AND_LOGARITHMS, *ROOTS)


def test_each_rewriting_has_an_example() -> None:
    assert {row.name for row in ROWS if not row.naming} <= EXAMPLES.keys()
    assert {*RATIOS.values(), *PYTHAGORAS.values()} <= EXAMPLES.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_identity_is_right(name: str) -> None:
    formula = EXAMPLES[name]
    tree = merged(parse(formula).expanded)
    made = [(row, each) for row in ROWS for each in row.apply(tree) if each != tree]
    forms = [text_of(arrange(each)) for row, each in made if row.named(tree, each) == name]
    assert forms
    for form in forms:
        assert_same(formula, form)


@pytest.mark.parametrize("wrong", ["cos(x)^2", "-cos(x)", "sin(x)", "-cos(x)^3*1.0000001"])
def test_a_wrong_identity_is_refused(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    forms = [[merged(parse(text).expanded)] for text in (wrong, "-cos(x)^3")]
    rows = [Rewriting("planted", partial(lambda form, formula: form, form)) for form in forms]
    found = []
    for table in (rows[:1], rows):
        shortest.cache_clear()
        monkeypatch.setattr(search, "FAMILIES", (tuple(table),))
        found.append(text_of(shortest(parse("sin(x)^2*cos(x) - cos(x)").expanded).shape))
    shortest.cache_clear()
    assert found == ["sin(x)**2*cos(x) - cos(x)", "-cos(x)**3"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1 - (cos(x) - sin(x))^2/2", "(sin(x) + cos(x))^2"),
        ("(a - b)*tanh(x/2)^2 - a - b", "(a + b*cosh(x))/cosh(x/2)"),
        ("a^2*(1 - cos(x)^2) + 2*a*b*sin(x)*cos(x) + b^2*(1 - sin(x)^2)", "(a*sin(x) + b*cos(x))^2"),
        ("1/sec(x)", "cos(x)"),
        ("1 - cos(x)^2", "sin(x)^2"),
    ],
)
def test_factors_of_a_formula_however_it_is_written(one: str, other: str) -> None:
    trees = [merged(parse(text).expanded) for text in (one, other)]
    found = [{base for base, _ in factored(tree)[1]} for tree in trees]
    assert found[0] == found[1]
    for tree in trees:
        for angle in angles(tree)[:1]:
            assert_same(text_of(arrange(tree)), text_of(arrange(factors_on(tree, angle))))
