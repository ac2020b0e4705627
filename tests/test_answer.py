"""Is a claimed derivative right: never a right one called wrong, never a wrong one called right."""

import subprocess
from fractions import Fraction

import pytest
from flint import arb

from derivcli import answer, derive, parse
from derivcli.check import equality
from derivcli.explain.answer import judge_claim
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FAMILIES
from tests.processes import python
from tests.support import deriv, each, sample

RIGHT = [
    ("x**2", "2x"),
    ("x**2", "x + x"),
    ("-x**2", "-2*x"),
    ("cos(x)", "-sin(x)"),
    ("sin(x)**2", "sin(2x)"),
    ("sin(x)**2", "2 sin x cos x"),
    ("tan(x)", "1 + tan(x)**2"),
    ("tan(x)", "1/cos(x)**2"),
    ("sinh(x)**2", "sinh(2x)"),
    ("tanh(x)", "1 - tanh(x)**2"),
    ("sin(x)**4", "(2 sin(2x) - sin(4x))/2"),
    ("e^x sin x", "sqrt(2)*e^x*sin(x + pi/4)"),
    ("atan(1/x)", "-1/(1 + x**2)"),
    ("atan(x/sqrt(1 - x**2))", "1/sqrt(1 - x**2)"),
    ("log(sec(x) + tan(x))", "sec(x)"),
    ("log(x**3)", "3/x"),
    ("log(x)", "1/x"),
    ("log|x|", "1/x"),
    ("log(x, 2)", "1/(x log 2)"),
    ("2**x", "exp(x log 2) log 2"),
    ("x**x", "x**x*(1 + log x)"),
    ("(x + 1)**5", "5x**4 + 20x**3 + 30x**2 + 20x + 5"),
    ("(x**2 + 1)/(x - 1)", "(x**2 - 2x - 1)/(x - 1)**2"),
    ("(x**2 + 1)/(x - 1)", "1 - 2/(x - 1)**2"),
    ("x**(1/3)", "x**(1/3)/(3x)"),
    ("sqrt(x**2)", "x/sqrt(x**2)"),
    ("sqrt(x + sqrt(x))", "(2 sqrt(x) + 1)/(4 sqrt(x) sqrt(x + sqrt(x)))"),
    ("|x|", "sign(x)"),
    ("|x|", "x/|x|"),
    ("x|x|", "2|x|"),
    ("|x|**3", "3x|x|"),
    ("relu(x)**2", "2 relu(x)"),
    ("max(x, 1)", "if(x > 1, 1, 0)"),
    ("if(x > 0, x**2, x**3)", "if(x > 0, 2x, 3x**2)"),
    ("floor(x)", "0"),
    ("relu(relu(x))", "if(x > 0, 1, 0)"),
    ("max(x, abs(x))", "if(x > 0, 1, -1)"),
    ("clamp(relu(x), 0, 1)", "if(x > 0 and x < 1, 1, 0)"),
    ("max(x, x, x)", "1"),
    ("sigmoid(x)", "sigmoid(x)(1 - sigmoid(x))"),
    ("softplus(x)", "sigmoid(x)"),
    ("gamma(x + 1)", "gamma(x) + x gamma(x) digamma(x)"),
    ("erf(x)", "2 exp(-x**2)/sqrt(pi)"),
    ("besselj(2, x)", "(besselj(1, x) - besselj(3, x))/2"),
    ("elliptic_k(x)", "elliptic_e(x)/(2x(1 - x)) - elliptic_k(x)/(2x)"),
    ("x**(10**9)", "10**9*x**(10**9 - 1)"),
    ("exp(exp(exp(x)))", "exp(exp(exp(x)) + exp(x) + x)"),
    ("log(x - 1000)", "1/(x - 1000)"),
    ("sqrt(x - 5) sqrt(7 - x)", "(6 - x)/(sqrt(x - 5) sqrt(7 - x))"),
    ("0.1x**10", "x**9"),
]


@pytest.mark.sampled
@each(("expression", "claim"), RIGHT[:: sample(3, 1)])
def test_a_right_claim_is_right_in_any_form(expression: str, claim: str) -> None:
    found = answer(expression, claim)
    assert found.equal, (found.counterexample, found.diagnosis)
    assert found.counterexample is None
    assert found.diagnosis.kind == ""


@each(
    ("expression", "claim"),
    [
        ("x**2", "2x"),
        ("sin(x)**2", "sin(2x)"),
        ("log|x|", "1/x"),
        ("x|x|", "2|x|"),
        ("tan(x)", "1 + tan(x)**2"),
        ("sigmoid(x)", "sigmoid(x)(1 - sigmoid(x))"),
        ("logsigmoid(x)", "1 - sigmoid(x)"),
        ("silu(x)", "sigmoid(x)(1 + x(1 - sigmoid(x)))"),
        ("gamma(x)", "gamma(x) digamma(x)"),
        ("sin(x)**2 + cos(x)**2", "0"),
        ("relu(x)", "heaviside(x)"),
    ],
)
def test_what_sympy_can_show_is_proved(expression: str, claim: str) -> None:
    assert answer(expression, claim).how == "proved"


@pytest.mark.parametrize(("expression", "claim"), [("cbrt(x)", "cbrt(x)/(3x)"), ("|sin(x)|", "cos(x) sign(sin(x))")])
def test_what_it_cannot_show_agrees_at_points(expression: str, claim: str) -> None:
    found = answer(expression, claim)
    assert (found.how, found.equal) == ("agrees", True)
    assert found.points >= 20
    assert found.digits >= 30


def test_of_several_variables_one_is_named() -> None:
    assert answer("u**3 + v**2 + 4u v", "2v + 4u", "v").equal
    assert not answer("u**3 + v**2 + 4u v", "2v + 4u", "u").equal
    assert answer(
        "*".join(f"log(x{k})" for k in range(9)), "*".join(f"log(x{k})" for k in range(1, 9)) + "/x0", "x0"
    ).equal


def test_orders_and_mixed_derivatives() -> None:
    assert answer("sin(2x)", "-4 sin(2x)", order=2).equal
    assert answer("exp(2x)", "2**9 exp(2x)", order=9).equal
    assert answer("x**2 y**3", "6x y**2", mixed="x,y").equal
    assert answer("if(x == 0, y, x*y)", "1", mixed="x,y").equal


def test_definitions_are_known_to_formula_and_claim() -> None:
    assert answer("z**2", "6 z", let={"z": "3x + 1"}).equal
    assert answer(parse("z**2", let={"z": "3x + 1"}), "6 z").equal
    assert answer("speed**2", "2 speed", "speed").equal


def test_a_constant_has_the_derivative_0() -> None:
    assert answer("5", "0", "x").equal
    assert answer("5", "x - x").equal
    assert not answer("5", "5", "x").equal


def test_a_claim_may_have_a_value_where_the_function_has_none() -> None:
    assert answer("log(x)", "1/x").equal
    assert answer("asin(x)", "1/sqrt(|1 - x**2|)").equal


def test_a_hole_in_the_claim_is_told() -> None:
    found = answer("x**3", "3x**3/x")
    assert found.equal
    assert found.gaps == ({"x": Fraction(0)},)
    assert "no value at x = 0" in deriv("answer", "x**3", "3x**3/x").stdout


@pytest.mark.sampled
@pytest.mark.usefixtures("undiagnosed")
@each("size", ["1e-3", "1e-12", "1e-30", "1e-60", "1e-300"][:: sample(4, 1)])
@each(
    ("expression", "claim"),
    [
        ("x**2", "2x(1 + {0})"),
        ("sin(x)", "cos(x) + {0}"),
        ("x y", "y + {0} x"),
        ("gamma(x)", "gamma(x) digamma(x)(1 + {0})"),
    ],
)
def test_a_near_miss_is_wrong(expression: str, claim: str, size: str) -> None:
    found = answer(expression, claim.format(size), "x")
    assert found.how == "differs"
    assert found.counterexample is not None
    assert found.counterexample.derivative_text != found.counterexample.claim_text


@pytest.mark.parametrize(
    "claim",
    ["if(x > 100, 3x, 2x)", "if(x < -1000, 0, 2x)", "if(x == 0, 1, 2x)", "if(x > 123.4, if(x < 123.5, 0, 2x), 2x)"],
)
def test_a_claim_wrong_on_a_stretch_that_its_numbers_tell_of_is_wrong(claim: str) -> None:
    assert answer("x**2", claim).how == "differs"


FAR_OUT = [
    ("sigmoid(100x)", "100 sigmoid(100x)(1 - sigmoid(100x)) if(x > 20, 2, 1)"),
    ("sigmoid(10x)", "10 sigmoid(10x)(1 - sigmoid(10x)) if(x > 200, 2, 1)"),
    ("tanh(x)", "1 - tanh(x)**2 + if(x > 2000, 1e-300 exp(-x), 0)"),
]


@pytest.mark.sampled
@pytest.mark.parametrize(("expression", "claim"), FAR_OUT[: sample(2, 3)])
def test_numbers_however_small_are_compared_by_their_sizes(expression: str, claim: str) -> None:
    assert answer(expression, claim).how == "differs"


@pytest.mark.parametrize(
    ("expression", "claim"), [("sigmoid(x - 9e11)", "2 - 2 sigmoid(9e11 - x)"), ("sin(x)**2 + cos(x)**2", "0")]
)
def test_what_is_too_small_to_be_compared_decides_nothing(
    expression: str, claim: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first claim is wrong, the second is right."""
    monkeypatch.setattr(judge_claim, "is_proved", lambda left, right: False)
    assert answer(expression, claim).how == "undecided"
    said = deriv("answer", expression, claim, status=1).stdout
    assert "not decided: both are too close to 0 to be compared at 4" in said


def test_an_agreement_is_one_of_known_numbers() -> None:
    """Balls that meet since one of them is wide are no evidence."""
    ball, other = arb(1), arb(1, 0.5)
    assert equality.is_known(ball)
    assert not equality.is_known(other)
    assert not equality.is_known(arb(0, 1e-200))
    assert equality.is_known(arb(0))
    assert answer("cbrt(exp(-99x))", "-33 cbrt(exp(-99x))").digits >= 30


def test_points_see_only_what_is_at_points() -> None:
    """The limit of what is not proved: no point lies where this claim is wrong, so it is said to agree at points."""
    found = answer("x**2", "if((x - 1/7)**2 < 1/10**12, 0, 2x)")
    assert found.how == "differs"  # since 1/7 stands in it
    found = answer("x**2", "if((7x - pi)**2 < 1/10**12, 0, 2x)")
    assert found.how == "differs"  # since it is known where the condition changes
    found = answer("exp(x)", "exp(x) + exp(-10**30*(7x - pi)**2)")
    assert found.how == "agrees"


def test_a_counterexample_is_one_to_compute_with() -> None:
    found = answer("sin(x)", "sin(x + 1.5708)").counterexample
    assert found is not None
    assert found.at == {"x": 1}


def test_too_few_points_decide_nothing() -> None:
    found = answer("log(-1 - x**2)", "1")
    assert (found.how, found.equal, found.points) == ("undecided", False, 0)
    assert "not decided" in deriv("answer", "log(-1 - x**2)", "1", status=1).stdout


def test_numbers_overrule_a_simplification(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge_claim, "is_proved", lambda left, right: True)
    assert answer("x**2", "2x").how == "proved"
    assert answer("x**2", "2x + 1").how == "differs"


def test_without_the_comparison_nothing_is_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checker that matters is the one that compares."""
    monkeypatch.setattr(equality, "matched", lambda *given: equality.Match(given[3], "outside"))
    assert answer("x**2", "3x").how == "undecided"


QUICK = [row for rows in [*FAMILIES.values()][:4] for row in rows if max(map(len, row.parameters)) == 1]
"""The elementary rows whose parameters need no declaration."""


@pytest.mark.sampled
@pytest.mark.usefixtures("compared_only")
@each("row", QUICK[sample(1, 0) :: sample(8, 1)])
def test_what_the_table_says_of_a_row_is_right(row: Function) -> None:
    for name in row.variables:
        truth = derive(row.example, wrt=name).derivatives[name].text
        assert answer(row.example, truth, name).equal


@pytest.mark.sampled
@pytest.mark.usefixtures("compared_only")
@each("row", QUICK[:: sample(8, 1)])
def test_what_is_near_it_is_wrong(row: Function) -> None:
    for name in row.variables:
        truth = derive(row.example, wrt=name).derivatives[name].text
        assert answer(row.example, f"({truth})*1.0001 + 1/7", name).how == "differs"


# Hostile claims

NESTED = "sin(" * 97 + "x" + ")" * 97
SLOW = "(x**2 + 1)**(1/3)*exp(sin(cos(tan(x))))*log(1 + x**2)/sqrt(1 + x**4)"


HOSTILE = [
    ("(x + 1)**5000", "5000(x + 1)**4999 + 1"),
    ("x**(10**9)", "x**(10**9)"),
    (SLOW, "1"),
    ("x", " + ".join(["x"] * 20_000)),
    ("sin(exp(exp(x**9)))", "1"),
]
HANGING = [
    (NESTED, "cos(x)"),
    ("exp(" * 97 + "x" + ")" * 97, "1"),
    ("*".join(f"(x + {k})" for k in range(200)), "1"),
    (" + ".join(f"sin({k} x)" for k in range(300)), " + ".join(f"cos({k} x)" for k in range(300))),
]


@pytest.mark.parametrize(("expression", "claim"), HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_claim_comes_to_an_end(expression: str, claim: str) -> None:
    assert not answer(expression, claim).equal


QUICKER = [HANGING[0], HANGING[3], *(pytest.param(*pair, marks=pytest.mark.sweep) for pair in HANGING[1:3])]


@pytest.mark.parametrize(("expression", "claim"), QUICKER, ids=range(len(HANGING)))
def test_a_claim_that_would_hang_comes_to_an_end_by_its_clocks(expression: str, claim: str) -> None:
    """In a process of its own, since a guard by the process's timer would stop the clocks of the answer.

    The clock of explanations, all of which are tried in vain, is fast.
    """
    clock = "from derivcli.explain.answer import diagnosis; diagnosis.TOTAL_SECONDS = 1.0"
    words = [*python(), "-c", f"{clock}; from derivcli.__main__ import main; main()", "answer", expression, claim]
    assert subprocess.run(words, timeout=120, capture_output=True, check=False).returncode == 1


def test_long_right_claims_are_right() -> None:
    terms = range(1, 150)
    assert answer(" + ".join(f"sin({k} x)" for k in terms), " + ".join(f"{k} cos({k} x)" for k in terms)).equal


@each(
    ("text", "claim"),
    [
        ("relu(relu(x))", "if(x > 0, 1, 4)"),
        ("abs(relu(x))", "if(x > 0, 1, 3)"),
        ("clamp(relu(x), 0, 1)", "if(x < 0, 3, if(x < 1, 1, 0))"),
        ("max(0, relu(x))", "if(x > 0, 1, 5)"),
        ("max(x, relu(x))", "if(x > 0, 42, 0)"),
        ("max(x, abs(x), relu(x))", "if(x > 0, 1.5, -1)"),
        ("min(abs(x), x)", "if(x < 0, 1, 9)"),
        ("abs(x - abs(x))", "if(x < 0, -2, 7)"),
        ("floor(clamp(x, 0, 1))", "if(x > 1, 4, 0)"),
        ("sign(relu(x))", "if(x < 0, 4, 0)"),
    ],
)
def test_where_a_step_stays_at_its_kink_the_claim_is_judged(text: str, claim: str) -> None:
    """On a half-line an inner function is 0 or two are equal; there is no power series by steps, but a derivative."""
    assert answer(text, claim).how == "differs"


def test_a_claim_is_not_passed_where_too_many_points_stay_open() -> None:
    found = answer("max(x, sqrt(x^2))", "if(x > 0, x^2, -1)")
    assert found.how == "undecided"
    assert found.open.endswith("such as x = 1, it is not known whether they are the same")


@pytest.mark.parametrize(
    "text",
    ["max(x, x, x)", "min(x, x, x, x)", "max(x, abs(x), relu(x))", "max(2x, x + x, 2x, 0)"],
)
def test_conventions_where_several_are_equal_add_up(text: str) -> None:
    slope = derive(text, at={"x": 1.5}).derivatives["x"][0]
    formula = derive(text).derivatives["x"].text
    assert derive(formula, at={"x": 1.5}).value[0] == (2 if "2x" in text else 1)
    assert slope in (1, 2)
